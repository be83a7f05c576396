"""Holds the arithmetic of sheets to account: which page stands where, and how far it moves.

A booklet is made here as a bookbinder makes it: sheets are folded, put into each other and read.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brochure.finish.imposition import (
    Blanks,
    Grid,
    Placement,
    Side,
    creep,
    n_up,
    saddle_stitch,
    spine_mm,
)

PAGES = st.integers(1, 400)
FULL = st.integers(1, 100).map(lambda sheets: 4 * sheets)
BLANKS: st.SearchStrategy[Blanks] = st.sampled_from(("before-back", "at-end"))
PLACEMENTS: st.SearchStrategy[Placement] = st.sampled_from(("repeated", "sequential"))
PAPERS = st.floats(0, 1)  # mm
PLACES = st.integers(1, 8)

untimed = settings(deadline=None)

Sheet = tuple[Side, Side]


def sheets(sides: tuple[Side, ...]) -> list[Sheet]:
    """Return front and back of each sheet, from the outermost."""
    return list(zip(sides[::2], sides[1::2], strict=True))


def leaves(sides: tuple[Side, ...]) -> list[tuple[int | None, int | None]]:
    """Return both pages of each leaf as the folded booklet is leafed through.

    Turned on its short edge, the right half of a front has the left half of its back behind it.
    The first half of the booklet are the right halves of the fronts, from the outermost sheet
    inwards; the second half are the right halves of the backs, outwards again.
    """
    inwards = [(front.right, back.left) for front, back in sheets(sides)]
    outwards = [(back.right, front.left) for front, back in reversed(sheets(sides))]
    return inwards + outwards


def read_through(sides: tuple[Side, ...]) -> list[int | None]:
    return [page for leaf in leaves(sides) for page in leaf]


# Saddle stitching.


@untimed
@given(PAGES, BLANKS)
def test_each_page_stands_once_and_blanks_fill_a_multiple_of_four(
    pages: int, blanks: Blanks
) -> None:
    sides = saddle_stitch(pages, blanks)
    placed = [page for side in sides for page in (side.left, side.right)]
    assert sorted(page for page in placed if page) == list(range(1, pages + 1))
    assert len(placed) % 4 == 0
    assert placed.count(None) < 4


@untimed
@given(PAGES, BLANKS)
def test_folded_sheets_read_from_the_first_page_to_the_last(pages: int, blanks: Blanks) -> None:
    read = read_through(saddle_stitch(pages, blanks))
    assert [page for page in read if page is not None] == list(range(1, pages + 1))


@untimed
@given(PAGES)
def test_blanks_stand_before_the_back_cover(pages: int) -> None:
    assume(pages > 1)
    read = read_through(saddle_stitch(pages))
    assert read[: pages - 1] == list(range(1, pages))
    assert read[-1] == pages
    assert set(read[pages - 1 : -1]) <= {None}


@untimed
@given(PAGES)
def test_blanks_stand_at_the_end_when_asked(pages: int) -> None:
    read = read_through(saddle_stitch(pages, "at-end"))
    assert read[:pages] == list(range(1, pages + 1))
    assert set(read[pages:]) <= {None}


@untimed
@given(FULL)
def test_two_pages_side_by_side_make_one_more_than_all(pages: int) -> None:
    sums = {(side.left or 0) + (side.right or 0) for side in saddle_stitch(pages)}
    assert sums == {pages + 1}


@untimed
@given(FULL)
def test_front_and_back_of_a_leaf_hold_consecutive_pages(pages: int) -> None:
    for odd, even in leaves(saddle_stitch(pages)):
        assert odd is not None
        assert odd % 2 == 1
        assert even == odd + 1


@untimed
@given(FULL)
def test_even_pages_are_on_the_left_and_odd_ones_on_the_right(pages: int) -> None:
    for side in saddle_stitch(pages):
        assert (side.left or 0) % 2 == 0
        assert (side.right or 0) % 2 == 1


@untimed
@given(PAGES)
def test_the_innermost_sheet_shows_the_two_middle_pages(pages: int) -> None:
    innermost = saddle_stitch(pages, "at-end")[-1]
    middle = 2 * -(-pages // 4)
    assert innermost.face == "back"
    assert innermost.left == (middle if middle <= pages else None)
    assert innermost.right == (middle + 1 if middle < pages else None)


@untimed
@given(PAGES, BLANKS)
def test_sheets_are_counted_from_the_outermost_front_before_back(
    pages: int, blanks: Blanks
) -> None:
    sides = saddle_stitch(pages, blanks)
    numbered = [(front.sheet, front.face, back.sheet, back.face) for front, back in sheets(sides)]
    assert numbered == [(n, "front", n, "back") for n in range(1, len(sides) // 2 + 1)]


def test_eight_pages_make_two_sheets() -> None:
    assert saddle_stitch(8) == (
        Side(1, "front", 8, 1),
        Side(1, "back", 2, 7),
        Side(2, "front", 6, 3),
        Side(2, "back", 4, 5),
    )


def test_six_pages_have_two_blanks_before_their_back_cover() -> None:
    assert [(side.left, side.right) for side in saddle_stitch(6)] == [
        (6, 1),
        (2, None),
        (None, 3),
        (4, 5),
    ]


def test_a_single_page_is_a_front_cover() -> None:
    assert [(side.left, side.right) for side in saddle_stitch(1)] == [(None, 1), (None, None)]


# Creep.


@untimed
@given(PAGES, PAPERS)
def test_every_sheet_moves_by_one_thickness_more_than_the_one_around_it(
    pages: int, paper: float
) -> None:
    moves = creep(pages, paper)
    assert len(moves) == len(saddle_stitch(pages)) // 2
    assert moves[0] == 0
    assert all(outer <= inner for outer, inner in pairwise(moves))
    assert all(inner - outer == pytest.approx(paper) for outer, inner in pairwise(moves))


@untimed
@given(PAGES, PAPERS)
def test_no_page_moves_by_more_than_the_sheets_around_the_innermost_are_thick(
    pages: int, paper: float
) -> None:
    moves = creep(pages, paper)
    assert max(moves) == moves[-1] == pytest.approx((len(moves) - 1) * paper)


def test_creep_of_thin_and_thick_booklets() -> None:
    assert creep(4, 0.1) == (0,)
    assert creep(16, 0.1) == pytest.approx((0, 0.1, 0.2, 0.3))
    assert creep(64, 0.15)[-1] == pytest.approx(2.25)


# Several pages on a sheet that is cut.


def placed(grids: tuple[Grid, ...]) -> list[int]:
    return [page for grid in grids for page in grid.pages if page is not None]


@untimed
@given(PAGES, PLACES, PLACES)
def test_pages_that_follow_each_other_are_neither_lost_nor_repeated(
    pages: int, columns: int, rows: int
) -> None:
    grids = n_up(pages, columns, rows)
    assert placed(grids) == list(range(1, pages + 1))
    assert sum(grid.pages.count(None) for grid in grids) < columns * rows


@untimed
@given(PAGES, PLACES, PLACES)
def test_a_repeated_page_fills_a_side_and_none_is_lost(pages: int, columns: int, rows: int) -> None:
    grids = n_up(pages, columns, rows, "repeated")
    assert [set(grid.pages) for grid in grids] == [{page} for page in range(1, pages + 1)]


@untimed
@given(PAGES, PLACES, PLACES, PLACEMENTS)
def test_every_side_has_all_its_places(
    pages: int, columns: int, rows: int, placement: Placement
) -> None:
    grids = n_up(pages, columns, rows, placement)
    assert [grid.side for grid in grids] == list(range(1, len(grids) + 1))
    for grid in grids:
        cells = [grid.cell(place) for place in range(len(grid.pages))]
        assert sorted(cells) == [(c, r) for c in range(columns) for r in range(rows)]


@untimed
@given(PAGES, PLACES, PLACES)
def test_cut_leaflets_have_consecutive_pages_front_and_back_whichever_edge_is_turned(
    pages: int, columns: int, rows: int
) -> None:
    grids = n_up(pages, columns, rows, "repeated")
    for front, back in zip(grids[::2], grids[1::2], strict=False):
        for behind in (back.pages, back.pages[::-1]):
            assert {
                (even or 0) - (odd or 0) for odd, even in zip(front.pages, behind, strict=True)
            } == {1}


def test_places_are_counted_row_by_row_from_the_upper_left() -> None:
    (grid,) = n_up(3, 2, 2)
    assert grid.pages == (1, 2, 3, None)
    assert [grid.cell(place) for place in range(4)] == [(0, 0), (1, 0), (0, 1), (1, 1)]


# Spines.


@untimed
@given(FULL, PAPERS)
def test_a_spine_is_as_wide_as_its_leaves_are_thick(pages: int, caliper: float) -> None:
    assert spine_mm(pages, caliper) == pytest.approx(pages / 2 * caliper)
    assert spine_mm(pages - 1, caliper) == spine_mm(pages, caliper)


def test_the_printers_example_of_a_spine() -> None:
    assert spine_mm(128, 0.0039 * 25.4) == pytest.approx(0.25 * 25.4, abs=0.02)


# What is refused.


@given(st.integers(max_value=0))
def test_nothing_is_made_of_no_pages(pages: int) -> None:
    with pytest.raises(ValueError, match="pages"):
        saddle_stitch(pages)
    with pytest.raises(ValueError, match="pages"):
        creep(pages, 0.1)
    with pytest.raises(ValueError, match="pages"):
        n_up(pages, 1, 1)
    with pytest.raises(ValueError, match="pages"):
        spine_mm(pages, 0.1)


@given(st.floats(max_value=0, exclude_max=True))
def test_paper_is_not_thinner_than_nothing(paper: float) -> None:
    with pytest.raises(ValueError, match="thick"):
        creep(4, paper)
    with pytest.raises(ValueError, match="thick"):
        spine_mm(4, paper)


@given(st.integers(max_value=0))
def test_a_side_has_a_place_at_least(places: int) -> None:
    with pytest.raises(ValueError, match="columns"):
        n_up(4, places, 1)
    with pytest.raises(ValueError, match="rows"):
        n_up(4, 1, places)
