"""The units of Markdown prose: headings, paragraphs, entries of lists, quotations, cells of tables.

Code, rules and the addresses of references are no words, and belong to no unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from brochure.translations.units import Shape, Unit

# The same headings as in `sources.markdown`: marks at the beginning of a line, an id at its end.
_HEADING = re.compile(
    r"(?P<marks>#{1,6})[ \t]+(?P<words>.+?)[ \t]*#*[ \t]*(?:\{\s*#(?P<id>[\w-]+)\s*\})?[ \t]*\Z"
)
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*\Z")
_REFERENCE = re.compile(r" {0,3}\[[^\]\n]+\]:[ ]*\S*")
_BEGINNING = re.compile(
    r"(?P<quote>(?:[ ]{0,3}>[ ]?)*)(?P<indent>[ \t]*)(?P<mark>(?:[-*+]|\d+\.)[ \t]+)?"
)
_UNDER_A_HEAD = re.compile(r"[ ]{0,3}\|?[ ]*:?-+:?[ ]*(?:\|[ ]*:?-+:?[ ]*)*\|?[ ]*\Z")
_CELL = re.compile(r"(?:\\.|(`+)(?:(?!\1).)+\1|[^|\\])+|\\")


@dataclass
class _Block:
    """The lines of a unit that is being read, each with where it begins behind its marks."""

    shape: Shape
    line: int
    quote: str
    onward: str
    pieces: list[tuple[int, str]] = field(default_factory=list)

    def unit(self) -> Unit | None:
        """Return the unit, None where the block has no words."""
        last_start, last = self.pieces[-1]
        words = ""
        for _, piece in self.pieces:
            broken = piece.endswith("  ")
            words += piece.strip() + ("\n" if broken else " ")
        start = self.pieces[0][0]
        end = last_start + len(last.rstrip())
        words = words.strip()
        if not words:
            return None
        return Unit(self.shape, words, self.line, start, end, onward=self.onward)


def blocks_of(
    text: str, body: int, first_line: int, heading_id: Callable[[str], str]
) -> list[Unit]:
    """Return the units of the prose that begins at `body`, which is line `first_line`."""
    return list(_Reader(text, body, first_line, heading_id).read())


class _Reader:
    """Goes through the lines of one prose."""

    def __init__(
        self, text: str, body: int, first_line: int, heading_id: Callable[[str], str]
    ) -> None:
        self._text = text
        self._lines = text[body:].split("\n")
        self._starts = [body]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._first_line = first_line
        self._heading_id = heading_id
        self._block: _Block | None = None
        self._in_list = False
        self._after_blank = True

    def read(self) -> Iterator[Unit]:
        code = self._code_lines()
        number = 0
        while number < len(self._lines):
            line = self._lines[number]
            if number in code or not line.strip(" \t>"):
                yield from self._end()
                self._after_blank = True
            elif rows := self._rows_of_table(number):
                yield from self._end()
                yield from self._table(number, rows)
                number += rows - 1
            elif heading := _HEADING.match(line):
                yield from self._end()
                yield self._heading(number, heading)
            elif self._is_no_words(line):
                yield from self._end()
                self._after_blank = True
            else:
                yield from self._words(number, line)
            number += 1
        yield from self._end()

    def _code_lines(self) -> set[int]:
        """Return the lines of fenced code, as Markdown's own extension finds them."""
        from markdown.extensions.fenced_code import FencedBlockPreprocessor

        prose, lines = "\n".join(self._lines), set[int]()
        for match in FencedBlockPreprocessor.FENCED_BLOCK_RE.finditer(prose):
            first = prose.count("\n", 0, match.start())
            lines.update(range(first, first + match[0].rstrip("\n").count("\n") + 1))
        return lines

    def _end(self) -> Iterator[Unit]:
        if self._block and (unit := self._block.unit()):
            yield unit
        self._block = None

    def _is_no_words(self, line: str) -> bool:
        if self._block is not None:
            return False
        indented = line.startswith(("    ", "\t")) and not self._in_list
        return indented or bool(_RULE.match(line)) or bool(_REFERENCE.match(line))

    def _heading(self, number: int, match: re.Match[str]) -> Unit:
        self._after_blank, self._in_list = True, False
        start = self._starts[number]
        return Unit(
            Shape.HEADING,
            match["words"].strip(),
            self._first_line + number,
            start + match.start("words"),
            start + match.end("words"),
            level=len(match["marks"]),
            anchor=match["id"] or self._heading_id(match["words"].strip()),
        )

    def _words(self, number: int, line: str) -> Iterator[Unit]:
        found = _BEGINNING.match(line)
        assert found is not None  # it may match nothing
        quote, mark = found["quote"], found["mark"]
        begins = self._block is None
        if self._block:
            in_list = self._block.shape is Shape.ENTRY
            begins = bool(mark and in_list) or len(quote.strip()) > len(self._block.quote.strip())
        if begins:
            yield from self._end()
            if self._after_blank and not found["indent"] and not mark:
                self._in_list = False
            self._in_list = self._in_list or bool(mark)
            shape = Shape.ENTRY if mark else Shape.QUOTATION if quote.strip() else Shape.PARAGRAPH
            onward = quote + found["indent"] + " " * len(mark or "")
            self._block = _Block(shape, self._first_line + number, quote, onward)
            at = found.end()
        else:
            at = found.end("indent")
        self._after_blank = False
        assert self._block is not None
        self._block.pieces.append((self._starts[number] + at, line[at:]))

    def _rows_of_table(self, number: int) -> int:
        """Return how many lines of a table begin here, 0 for anything else."""
        lines = self._lines[number:]
        if self._block is not None or len(lines) < 2 or "|" not in lines[0]:
            return 0
        if not _UNDER_A_HEAD.match(lines[1]) or "|" not in lines[0] + lines[1]:
            return 0
        return next((i for i, line in enumerate(lines) if not line.strip()), len(lines))

    def _table(self, number: int, rows: int) -> Iterator[Unit]:
        self._after_blank, self._in_list = False, False
        for row in (number, *range(number + 2, number + rows)):
            for cell in _CELL.finditer(self._lines[row]):
                words = cell[0].strip()
                if words:
                    start = self._starts[row] + cell.start()
                    start += len(cell[0]) - len(cell[0].lstrip())
                    line = self._first_line + row
                    yield Unit(Shape.CELL, words, line, start, start + len(words))
