"""The words that a layout prints by itself, from `layouts/<layout>/strings/<language>.yaml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from brochure.diagnostics import Diagnostics, Place, quoted
from brochure.languages.locale import Language
from brochure.sources import Folder, Source
from brochure.sources.yaml import Located, read_yaml


@dataclass(frozen=True)
class Strings:
    """The words that a layout prints by itself in one language, from `strings/<language>.yaml`."""

    language: str
    source: Source = field(repr=False)
    words: Mapping[str, Any] = field(repr=False)
    heading_ids: Mapping[str, str] = field(repr=False)

    def heading_id(self, words: str) -> str:
        """Return the id of a standard heading from its words in this language, or ""."""
        return self.heading_ids.get(_folded(words), "")

    def __getitem__(self, key: str) -> Any:
        return self.words[key]


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFC", words).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", plain).strip(" .:")


def read_strings(
    folder: Folder, layout: str, languages: Iterable[str], found: Diagnostics
) -> dict[str, Strings]:
    """Return the layout's words in each language; every file must have the first one's keys."""
    if not folder.exists(f"layouts/{layout}/layout.yaml"):
        return {}  # an unknown layout is reported where it is read
    strings: dict[str, Strings] = {}
    pattern: set[tuple[str, ...]] | None = None
    for tag in languages:
        path = f"layouts/{layout}/strings/{tag}.yaml"
        if not folder.exists(path):
            found.add(
                "file-missing",
                Place(path),
                f'the layout "{layout}" has no words in {Language(tag).name_in("en")}',
                "copy the file of another language and translate it",
            )
            continue
        source = folder.read_checked(path, found)
        located = read_yaml(source, found) if source else None
        if source is None or located is None or not _is_mapping(located, found):
            continue
        _report_values(located, found)
        keys = set(_leaves(located.value))
        if pattern is None:
            pattern = keys
        _report_keys(located, pattern - keys, found)
        strings[tag] = Strings(tag, source, located.value, _heading_ids(located.value))
    return strings


def _is_mapping(located: Located, found: Diagnostics) -> bool:
    if isinstance(located.value, dict) and isinstance(located.value.get("headings", {}), dict):
        return True
    found.add(
        "wrong-type",
        located.place(),
        'a mapping of words was expected, with the standard headings under "headings"',
        "copy the file of another language and translate it",
    )
    return False


def _report_keys(located: Located, missing: set[tuple[str, ...]], found: Diagnostics) -> None:
    if missing:
        found.add(
            "missing-key",
            Place(located.file),
            f"these words are missing: {quoted('.'.join(key) for key in missing)}",
            "add the keys, as in the file of the first language",
        )


def _report_values(located: Located, found: Diagnostics) -> None:
    """Every word is a text; only a heading may have several wordings."""
    for path in _leaves(located.value):
        value = located.value
        for key in path:
            value = value[key]
        wordings = value if isinstance(value, list) and path[0] == "headings" else [value]
        if not wordings or not all(isinstance(wording, str) for wording in wordings):
            found.add(
                "wrong-type",
                located.place(*path),
                f'"{".".join(path)}" is no text',
                "write the words, in double quotes",
            )


def _leaves(words: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[str, ...]]:
    if isinstance(words, dict):
        for key, value in words.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path


def _heading_ids(words: Mapping[str, Any]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for heading, wordings in words.get("headings", {}).items():
        for wording in wordings if isinstance(wordings, list) else [wordings]:
            ids[_folded(str(wording))] = heading
    return ids
