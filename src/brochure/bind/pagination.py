"""On which page each section of a volume begins: pure arithmetic, pages counted from 1."""

from __future__ import annotations

from collections.abc import Sequence

from brochure.layouts import Opens


def first_pages(sections: Sequence[tuple[Opens, int]], multiple_of: int) -> list[int]:
    """Return the first page of each section, given the side it opens on and its pages.

    A section begins on the next page of its side, or on the next page at all. The last one, such
    as the back cover, moves on until the volume ends with a multiple of `multiple_of` pages; when
    the side forbids that, as with a back cover of two pages that opens on the left, the side
    counts.
    """
    firsts: list[int] = []
    following = 1
    for i, (opens, pages) in enumerate(sections):
        first = _on_side(following, opens)
        if i and i == len(sections) - 1:
            first = _at_the_end(first, opens, pages, multiple_of)
        firsts.append(first)
        following = first + pages
    return firsts


def _on_side(page: int, opens: Opens) -> int:
    """Return `page` or the next; page 1, as every odd one, is on the right."""
    if opens == "next":
        return page
    return page + ((page % 2 == 1) != (opens == "right"))


def _at_the_end(first: int, opens: Opens, pages: int, multiple_of: int) -> int:
    step = 1 if opens == "next" else 2
    for candidate in range(first, first + 2 * multiple_of, step):
        if (candidate + pages - 1) % multiple_of == 0:
            return candidate
    return first
