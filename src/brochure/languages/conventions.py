"""How a language sets type: its quotation marks, dashes, and the words that never part.

One file for each language in `conventions/<tag>.toml`; a new language is a new file.
docs/typography.md lists the rules with their sources.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "conventions"


@dataclass(frozen=True)
class Conventions:
    """The habits of one language; the defaults are those of a language without a file."""

    quotes: str = ""  # four signs: the first pair, and the pair inside it; "" leaves them as typed
    inner_space: bool = False  # narrow, inside the first pair
    high_space: bool = False  # narrow before ; ! ? and a full one before :
    dash: str = "\N{EN DASH}"  # between words, with spaces around it
    dash_stays: bool = False  # with the word before it, so that no line begins with it
    paired_dash: str = ""  # around an insertion, without spaces on its inside
    greek: bool = False  # its question mark looks like a semicolon
    short_words: str = ""  # words of one letter that never end a line
    months: tuple[str, ...] = ()
    month_first: bool = False  # the day stands behind the month
    spaced: tuple[str, ...] = ()  # short forms of several words: narrow spaces between their parts
    titles: tuple[str, ...] = ()  # stay with the word behind them
    before_numbers: tuple[str, ...] = ()  # stay with the number behind them
    after_numbers: tuple[str, ...] = ()  # stay with the number before them
    elisions: tuple[str, ...] = ()  # words that begin with an apostrophe, without it


_KEYS = {field.name for field in fields(Conventions)}


@cache
def conventions(tag: str) -> Conventions:
    """Return the conventions of a language: its own, or those of the language without a country."""
    return Conventions(**_written(tag))


def known() -> list[str]:
    """Return the tags that have conventions of their own."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def _written(tag: str) -> dict[str, Any]:
    base = tag.rpartition("-")[0]
    inherited = _written(base) if base else {}
    path = FOLDER / f"{tag}.toml"
    if not path.is_file():
        return inherited
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    if like := found.pop("like", None):
        inherited = _written(like)
    assert found.keys() <= _KEYS, path
    own = {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
    return {**inherited, **own}
