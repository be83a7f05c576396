"""What stands beside the emblem of the Union from 2021 on, in each language's official words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "cofunding.toml"
_FALLBACK = "en"


@dataclass(frozen=True)
class Statement:
    """The statement: its words, the language that they are in, and whether they were checked."""

    text: str
    language: str
    checked: bool

    def fits(self, tag: str) -> bool:
        """Whether the words are in the language of a tag."""
        return self.language in (tag, tag.split("-")[0])


@cache
def funding_statement(tag: str) -> Statement:
    """Return the statement in the language of a tag, or in English where there is none in it."""
    for language in (tag, tag.split("-")[0], _FALLBACK):
        for state, statements in _written().items():
            if text := statements.get(language):
                return Statement(text, language, state == "checked")
    raise KeyError(_FALLBACK)


@cache
def _written() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
