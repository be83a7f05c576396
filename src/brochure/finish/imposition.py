"""Which page stands where on a sheet: pure arithmetic. Pages count from 1, lengths are mm.

A *sheet* is a piece of paper with two *sides*. Books open to the left: odd pages are on the
right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Where the blank pages of a booklet go: before its last page, which then stays the back cover,
# or after it.
Blanks = Literal["before-back", "at-end"]

# How pages share a sheet that is cut: each fills a side of its own, or they follow each other.
Placement = Literal["repeated", "sequential"]


@dataclass(frozen=True)
class Side:
    """One side of a folded sheet, as it comes out of the printer: a page on either side of the
    fold, None where it is blank. `sheet` counts from 1, the outermost."""

    sheet: int
    face: Literal["front", "back"]
    left: int | None
    right: int | None


@dataclass(frozen=True)
class Grid:
    """One side of a sheet that is cut: its pages row by row from the upper left, None where a
    place is empty. `side` counts from 1."""

    side: int
    columns: int
    rows: int
    pages: tuple[int | None, ...]

    def cell(self, place: int) -> tuple[int, int]:
        """Return the column and the row of a place, all from 0: column 0 is on the left, row 0
        at the top."""
        return place % self.columns, place // self.columns


def saddle_stitch(pages: int, blanks: Blanks = "before-back") -> tuple[Side, ...]:
    """Return the sides of a booklet's sheets: front, back, from the outermost sheet inwards.

    The pages are filled with blanks to n, a multiple of four; a booklet of one page has its
    blanks behind it. Sheet k, from 0, carries n-2k and 2k+1 on its front, 2k+2 and n-2k-1 on its
    back: two pages that lie side by side make n+1. The back is upright when the printer turns
    the landscape sheet on its short edge, /DuplexFlipShortEdge. Folded and put into each other,
    front outwards, the sheets read 1 to n. ValueError when there is no page.
    """
    order = _filled(pages, blanks)
    last = len(order) - 1
    sides: list[Side] = []
    for k in range(len(order) // 4):
        outer, inner = 2 * k, 2 * k + 1
        sides.append(Side(k + 1, "front", order[last - outer], order[outer]))
        sides.append(Side(k + 1, "back", order[inner], order[last - inner]))
    return tuple(sides)


def _filled(pages: int, blanks: Blanks) -> list[int | None]:
    """Return the pages in the order of reading, blanks among them, a multiple of four in all."""
    _at_least("pages", pages)
    order: list[int | None] = [*range(1, pages + 1)]
    blank: list[int | None] = [None] * (-pages % 4)
    if blanks == "at-end" or pages == 1:
        return order + blank
    return order[:-1] + blank + order[-1:]


def creep(pages: int, paper_mm: float) -> tuple[float, ...]:
    """Return how far the pages of each sheet move towards the spine, in mm, outermost first.

    Sheet k, from 0, lies in the fold of k others, so its fore-edge stands out by k times the
    thickness of the paper, and that much is trimmed off: creep(k) = k x `paper_mm`. The innermost
    sheet moves by (sheets - 1) x `paper_mm`, the "H" of
    https://www.impozycjoner.com/markers/reduction-of-creeping-pages, which multiplies it by 1.2
    to 1.4 where a fold is not pressed flat; to allow for that, pass a thicker paper. ValueError
    when there is no page or the thickness is negative.
    """
    _at_least("pages", pages)
    if paper_mm < 0:
        raise ValueError(f"paper is {paper_mm} mm thick, that is less than nothing")
    return tuple(sheet * paper_mm for sheet in range(-(-pages // 4)))


def n_up(
    pages: int, columns: int, rows: int, placement: Placement = "sequential"
) -> tuple[Grid, ...]:
    """Return the sides of sheets with `columns` x `rows` places each.

    "sequential" sets the pages one after another, and leaves the last places empty. "repeated"
    fills a side with each page, for leaflets that are cut apart: whichever edge the sheet is
    turned on, each page 1 has page 2 behind it. ValueError when a number is less than 1.
    """
    _at_least("pages", pages)
    _at_least("columns", columns)
    _at_least("rows", rows)
    places = columns * rows
    if placement == "repeated":
        return tuple(Grid(n, columns, rows, (n,) * places) for n in range(1, pages + 1))
    return tuple(
        Grid(
            side=start // places + 1,
            columns=columns,
            rows=rows,
            pages=tuple(p if p <= pages else None for p in range(start + 1, start + places + 1)),
        )
        for start in range(0, pages, places)
    )


def spine_mm(pages: int, caliper_mm: float) -> float:
    """Return the width of a perfect binding's spine in mm: leaves times the paper's thickness.

    pages / 2 x caliper, without cover and glue; pattersonprinting.com computes 128 pages of
    0.0039 in (0.1 mm) to 0.25 in (6.35 mm). An odd last page takes a whole leaf. ValueError when
    there is no page or the caliper is negative.
    """
    _at_least("pages", pages)
    if caliper_mm < 0:
        raise ValueError(f"paper is {caliper_mm} mm thick, that is less than nothing")
    return -(-pages // 2) * caliper_mm


def _at_least(what: str, number: int) -> None:
    if number < 1:
        raise ValueError(f"{what}: {number}, but at least 1 is needed")
