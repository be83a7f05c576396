"""What is translated on its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Shape(StrEnum):
    """What a unit is in its text; the names are those that translators read."""

    FIELD = "field"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ENTRY = "list entry"
    QUOTATION = "quotation"
    CELL = "table cell"


@dataclass(frozen=True)
class Unit:
    """One piece of a text: its words in Markdown on one line, "\\n" for a break that is meant.

    A value of the front matter has a `path`, such as `facts.money`; it is plain text. `start` and
    `end` are where it stands in the file's text, `flow` says that this is between the brackets of
    a mapping. `onward` begins each further line of it. A heading has its level, and its id where
    it has one.
    """

    shape: Shape
    words: str
    line: int
    start: int
    end: int = field(compare=False)
    path: str = ""
    onward: str = field(default="", compare=False)
    flow: bool = field(default=False, compare=False)
    level: int = 0
    anchor: str = ""

    @property
    def name(self) -> str:
        """How it is called in tables and messages."""
        return self.path or (f"heading {self.level}" if self.level else str(self.shape))
