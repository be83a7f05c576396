"""What travels to a translator and back: rows, whatever the file that carries them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brochure.languages import Strings
from brochure.model.sheets import TITLE_LIMIT
from brochure.model.words import LINE_LIMIT
from brochure.translations.inline import Part
from brochure.translations.manuscript import digest
from brochure.translations.record import NOTHING
from brochure.translations.standing import Standing, State, TextStanding

CELL_LIMIT = 30_000  # characters that travel in one row; a cell of Excel takes 32,767
LIMITS = {"title": TITLE_LIMIT}  # characters of a value of the front matter
_NONE = "none"
_KEY = re.compile(
    r"(?P<text>[a-z]+/[^:]+)/(?P<language>[A-Za-z-]+)"
    r":(?P<number>\d{1,6})-(?P<source>[0-9a-f]{8})-(?P<own>[0-9a-f]{8}|none)\Z"
)
# What XML, and so every file that travels, cannot hold.
_UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True)
class Key:
    """What names a row: a text by its folder, the language that it is translated into, a unit of
    the original by number and digest, and the digest of the translation that there was."""

    text: str
    language: str
    number: int
    made_from: str
    own: str

    def __str__(self) -> str:
        return f"{self.file}:{self.unit}"

    @property
    def file(self) -> str:
        """What the keys of one text in one language have in common."""
        return f"{self.text}/{self.language}"

    @property
    def unit(self) -> str:
        """The key within the text."""
        return f"{self.number}-{self.made_from}-{_NONE if self.own == NOTHING else self.own}"

    @classmethod
    def read(cls, written: str) -> Key | None:
        """Return the key that was written, None for anything else."""
        match = _KEY.match(written.strip())
        if match is None:
            return None
        own = NOTHING if match["own"] == _NONE else match["own"]
        number = int(match["number"])
        return cls(match["text"], match["language"], number, match["source"], own)


@dataclass(frozen=True)
class Row:
    """One unit to translate: where it stands, its words, the translation so far, a remark."""

    key: Key
    where: str
    source: str
    translation: str
    state: State
    remark: str


@dataclass(frozen=True)
class Parcel:
    """All that travels at once, from one language into another."""

    source_language: str
    language: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Returned:
    """A row that came back. `place` is the line or the number of the row in its file. The
    translation is words, or words and codes that are known by their numbers. `source` is the
    original as the file has it, where it does. `problem` says why it cannot be read."""

    place: int
    key: str
    translation: tuple[Part, ...]
    source: str = ""
    problem: str = ""


def rows_of(text: TextStanding, strings: Strings | None, *, every: bool) -> Iterator[Row]:
    """Yield the units of a text that are to be translated: missing and outdated ones, or all."""
    for unit in text.units:
        source = unit.pair.source
        behind = unit.state in (State.MISSING, State.OUTDATED)
        if source is None or not (every or behind) or not may_travel(source.words):
            continue
        there = unit.pair.translation
        key = Key(text.original.folder, text.language, unit.number, digest(source), digest(there))
        words = there.words if there else _standard_heading(unit, strings)
        yield Row(key, source.name, source.words, words, unit.state, _remark(unit))


def may_travel(words: str) -> bool:
    """Whether a file can hold these words."""
    return len(words) <= CELL_LIMIT and not _UNWRITABLE.search(words)


def _standard_heading(unit: Standing, strings: Strings | None) -> str:
    """Return the words of a standard heading in a language, "" for all other units."""
    wordings = strings.words.get("headings", {}) if strings else {}
    found = wordings.get(unit.unit.anchor, "") if unit.unit.level else ""
    return str(found[0] if isinstance(found, list) and found else found or "")


def limit_of(path: str) -> int:
    """Return how many characters a value of the front matter may have."""
    return LIMITS.get(path, LINE_LIMIT)


def _remark(unit: Standing) -> str:
    from brochure.translations.changes import marked

    remarks = []
    if unit.unit.path in LIMITS:
        remarks.append(f"at most {limit_of(unit.unit.path)} characters")
    if unit.state is State.OUTDATED and unit.pair.was and unit.pair.source:
        change = marked(unit.pair.was, unit.pair.source.words)
        remarks.append(f"changed since: {change}")
    remark = "; ".join(remarks)
    return remark if may_travel(remark) else ""


def texts_of(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows by the text and language that they belong to, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key.file, []).append(row)
    return found
