"""A text file taken apart into what is translated piece by piece: its units.

A unit is a value of the front matter, or a heading, a paragraph, an entry of a list, or a cell of
a table. Each knows where it stands, so that it can be replaced and everything else stays as its
author wrote it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from brochure.diagnostics import Diagnostics
from brochure.sources import Source
from brochure.sources.folder import decoded
from brochure.translations.blocks import blocks_of
from brochure.translations.fields import read_front
from brochure.translations.sameness import digest_of
from brochure.translations.units import Unit


@dataclass(frozen=True)
class Manuscript:
    """A text file: all of its text, where the prose begins in it, and its units in order."""

    file: str
    text: str = field(repr=False)
    body: int
    units: tuple[Unit, ...] = field(repr=False)
    crlf: bool = False  # how its lines end
    is_draft: bool = False  # its author says so

    @property
    def fields(self) -> tuple[Unit, ...]:
        """The units of the front matter."""
        return tuple(unit for unit in self.units if unit.path)

    @property
    def prose(self) -> tuple[Unit, ...]:
        """The units of the text below it."""
        return tuple(unit for unit in self.units if not unit.path)

    @cached_property
    def has_passages(self) -> bool:
        """Whether there is a heading of the second level: without one, a plan is summed up."""
        return any(unit.level == 2 for unit in self.units)

    def without_passages(self) -> Manuscript:
        """Return the same text with only the units before its first heading."""
        first = next((i for i, unit in enumerate(self.units) if unit.level), len(self.units))
        return replace(self, units=self.units[:first])


def read_manuscript(source: Source, heading_id: Callable[[str], str]) -> Manuscript | None:
    """Return a text file taken apart, None for one that cannot be read.

    What is wrong with it is reported where the project is read. `heading_id` returns the id of a
    standard heading from its words, "" for any other.
    """
    text = decoded(source, Diagnostics())
    return (
        None
        if text is None
        else parse_manuscript(source.path, text, heading_id, crlf=b"\r\n" in source.content)
    )


def parse_manuscript(
    file: str, text: str, heading_id: Callable[[str], str] = lambda words: "", *, crlf: bool = False
) -> Manuscript | None:
    """Return a text taken apart, None where it has no front matter."""
    body = _end_of_front_matter(text)
    front = None if body is None else read_front(file, text, body)
    if body is None or front is None:
        return None
    first_line = text.count("\n", 0, body) + 1
    prose = blocks_of(text, body, first_line, heading_id)
    return Manuscript(file, text, body, (*front.units, *prose), crlf, front.is_draft)


def _end_of_front_matter(text: str) -> int | None:
    """Return where the prose begins, None without front matter (as `sources` splits a file)."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None
    position = len(lines[0]) + 1
    for line in lines[1:]:
        position += len(line) + 1
        if line.rstrip() == "---":
            return min(position, len(text))
    return None


def digest(unit: Unit | None) -> str:
    """Return the digest of a unit's words, "-" where there is no unit."""
    return digest_of(unit.words) if unit else "-"
