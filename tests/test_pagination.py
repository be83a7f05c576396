"""Holds the arithmetic of pages to account: where each section of a volume begins.

Pages count from 1, and odd pages are on the right.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from brochure.bind.pagination import first_pages
from brochure.layouts import Opens

Sections = list[tuple[Opens, int]]

OPENS: st.SearchStrategy[Opens] = st.sampled_from(("left", "right", "next"))
SECTIONS: st.SearchStrategy[Sections] = st.lists(
    st.tuples(OPENS, st.integers(1, 12)), min_size=1, max_size=12
)
MULTIPLES = st.integers(1, 32)

untimed = settings(deadline=None)


def ends(sections: Sections, firsts: list[int]) -> list[int]:
    """Return the last page of each section."""
    return [first + pages - 1 for first, (_, pages) in zip(firsts, sections, strict=True)]


def gaps(sections: Sections, firsts: list[int]) -> list[int]:
    """Return how many pages stand empty before each section."""
    before = [0, *ends(sections, firsts)[:-1]]
    return [first - last - 1 for first, last in zip(firsts, before, strict=True)]


@untimed
@given(SECTIONS, MULTIPLES)
def test_every_section_opens_on_its_side(sections: Sections, multiple: int) -> None:
    sides = ["right" if first % 2 else "left" for first in first_pages(sections, multiple)]
    assert sides == [
        side if opens == "next" else opens for side, (opens, _) in zip(sides, sections, strict=True)
    ]


@untimed
@given(SECTIONS, MULTIPLES)
def test_sections_keep_their_order_and_never_share_a_page(
    sections: Sections, multiple: int
) -> None:
    firsts = first_pages(sections, multiple)
    assert len(firsts) == len(sections)
    assert firsts[0] >= 1
    lasts = ends(sections, firsts)
    assert all(last < first for (last, _), (_, first) in pairwise(zip(lasts, firsts, strict=True)))


@untimed
@given(SECTIONS, MULTIPLES)
def test_only_the_side_makes_a_gap_before_a_section_that_is_not_the_last(
    sections: Sections, multiple: int
) -> None:
    *before_others, _ = gaps(sections, first_pages(sections, multiple))
    assert set(before_others) <= {0, 1}
    opens_next = [
        gap for gap, (opens, _) in zip(before_others, sections, strict=False) if opens == "next"
    ]
    assert set(opens_next) <= {0}


@untimed
@given(SECTIONS, MULTIPLES)
def test_a_section_of_its_own_is_not_moved_to_fill_a_sheet(
    sections: Sections, multiple: int
) -> None:
    opens, pages = sections[0]
    assert first_pages([(opens, pages)], multiple) == [2 if opens == "left" else 1]


def step_of(opens: Opens) -> int:
    """Return by how many pages a section moves on to the next one where it may open."""
    return 1 if opens == "next" else 2


def may_fill(first: int, last: tuple[Opens, int], multiple: int) -> bool:
    """Whether the last section may end a sheet, given a page `first` on its side.

    On a side it moves on by two pages at a time, so an even multiple is met from an even last page
    only.
    """
    opens, pages = last
    return step_of(opens) == 1 or multiple % 2 == 1 or (first + pages - 1) % 2 == 0


def first_without_filling(sections: Sections) -> int:
    """Return where the last section would begin if the volume had any number of pages."""
    return first_pages(sections, 1)[-1]


@untimed
@given(SECTIONS, MULTIPLES)
def test_the_volume_ends_with_a_full_sheet_when_the_side_of_the_back_cover_allows(
    sections: Sections, multiple: int
) -> None:
    assume(len(sections) > 1)
    first = first_without_filling(sections)
    opens, pages = sections[-1]
    assume(may_fill(first, sections[-1], multiple))
    firsts = first_pages(sections, multiple)
    assert ends(sections, firsts)[-1] % multiple == 0
    passed_over = range(first, firsts[-1], step_of(opens))
    assert not any((page + pages - 1) % multiple == 0 for page in passed_over)


# A back cover whose last page has an odd number, whatever comes before it.
ODD_BACKS: st.SearchStrategy[tuple[Opens, int]] = st.one_of(
    st.tuples(st.just("right"), st.integers(0, 5).map(lambda n: 2 * n + 1)),
    st.tuples(st.just("left"), st.integers(1, 6).map(lambda n: 2 * n)),
)
EVEN_MULTIPLES = st.integers(1, 16).map(lambda n: 2 * n)


@untimed
@given(SECTIONS, ODD_BACKS, EVEN_MULTIPLES)
def test_the_back_cover_stays_where_it_is_when_its_side_forbids_a_full_sheet(
    others: Sections, back: tuple[Opens, int], multiple: int
) -> None:
    sections = [*others, back]
    first = first_without_filling(sections)
    assert not may_fill(first, back, multiple)
    assert first_pages(sections, multiple)[-1] == first


def test_a_leaflet_of_cover_spread_and_back_fills_one_sheet_without_a_gap() -> None:
    assert first_pages([("right", 1), ("left", 2), ("left", 1)], 4) == [1, 2, 4]


def test_a_leaflet_of_a_single_page_gets_one_filler_before_its_back() -> None:
    assert first_pages([("right", 1), ("left", 1), ("left", 1)], 4) == [1, 2, 4]


def test_a_back_cover_of_two_pages_on_the_left_never_fills_a_sheet() -> None:
    assert first_pages([("right", 1), ("left", 2)], 4) == [1, 2]


def test_sections_that_open_on_any_side_follow_each_other_without_a_gap() -> None:
    plan: Sections = [("right", 1), ("next", 2), ("next", 3), ("next", 1), ("next", 1)]
    assert first_pages(plan, 1) == [1, 2, 4, 7, 8]


def test_a_last_section_on_any_side_moves_on_by_single_pages_to_fill_a_sheet() -> None:
    assert first_pages([("right", 1), ("next", 2)], 4) == [1, 3]
    assert first_pages([("right", 1), ("next", 1)], 4) == [1, 4]
