"""Words as they come back from a printed page: in pieces, in lines, with hyphens at their ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

HYPHENS = "-\u2010\u00ad\ufffe\x02"  # the last two: what PDFium makes of one at the end of a line
SAME_LINE = 4  # points; lines are 8 apart and more, raised letters less


@dataclass(frozen=True)
class Piece:
    """Words that are set in one go, where they begin and where they end, in points from the
    lower left of the page."""

    words: str
    page: int
    x: float
    y: float
    end: float

    def follows_on_its_line(self, other: Piece) -> bool:
        same_height = abs(self.y - other.y) < SAME_LINE
        return self.page == other.page and same_height and self.x >= other.x


def joined(pieces: Iterable[Piece]) -> str:
    """Return the words of pieces in their order, a line feed wherever a new line begins."""
    words: list[str] = []
    last: Piece | None = None
    for piece in pieces:
        if last is not None and not piece.follows_on_its_line(last):
            words.append("\n")
        words.append(piece.words)
        last = piece
    return plain("".join(words))


def plain(text: str) -> str:
    """Return text with every run of spaces as one ordinary space, line ends kept."""
    return re.sub(r" *\n *", "\n", re.sub(r"[ \t\u00a0\u202f]+", " ", text)).strip()


def stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text read back from a file, however its lines are broken."""
    return _unbroken(words) in _unbroken(text) or _pattern(words).search(text) is not None


def letters(text: str) -> str:
    """Return text without spaces and hyphens, in which places can be compared."""
    return re.sub(rf"[\s{re.escape(HYPHENS)}]+", "", text)


_HYPHEN = f"[{re.escape(HYPHENS)}]"


@cache
def _unbroken(text: str) -> str:
    """Return text in one line without any hyphen, for those that only a line's end made."""
    return re.sub(r"\s+", " ", re.sub(rf"{_HYPHEN}\n?", "", text)).strip()


@cache
def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds words that are broken at other places too, as after a slash."""
    broken = f"(?:{_HYPHEN}?\n)?"
    folded = plain(re.sub(r"\s+", " ", words))
    return re.compile("".join(_character(c) + broken for c in folded))


def _character(character: str) -> str:
    if character == " ":
        return "[ \n]"
    return _HYPHEN if character in HYPHENS else re.escape(character)
