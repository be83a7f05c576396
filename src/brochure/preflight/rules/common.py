"""What rules share: findings summed up by page, and the roundings of the Ghent Workgroup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brochure.preflight.content import PageContent, contents
from brochure.preflight.findings import Box, Finding, Level
from brochure.preflight.marks import ImagePainted, Paint, PathPainted, TextShown
from brochure.preflight.opened import OpenedFile, Page

NEARLY = 0.005  # points by which boxes may miss each other: numbers in files are rounded
_SIDES = ("top", "right", "bottom", "left")  # clockwise, as pages are turned


def text_size(size: float) -> float:
    """Return a size of text as it is compared: to a tenth of a point."""
    return round(size, 1)


def line_width(width: float) -> float:
    """Return a width as it is compared: to a thousandth of a point."""
    return round(width, 3)


def summed(
    rule: str, level: Level, page: int, hits: Iterable[tuple[str, Box]]
) -> Iterator[Finding]:
    """Yield one finding for the hits on a page: the first, and how many there are."""
    found = list(hits)
    if found:
        message, box = found[0]
        more = f" (and {len(found) - 1} more on this page)" if len(found) > 1 else ""
        yield Finding(page, rule, level, message + more, box)


def texts(file: OpenedFile) -> Iterator[tuple[PageContent, list[tuple[TextShown, Paint]]]]:
    """Yield each page with its visible text, and what it is painted with."""
    for content in contents(file):
        found = []
        for mark in content.marks:
            printed = isinstance(mark, TextShown) and _is_printed(mark.box, content.page)
            if isinstance(mark, TextShown) and printed and mark.size > 0:
                found += [(mark, paint) for paint in (mark.fill, mark.stroke) if paint]
        yield content, found


def lines(file: OpenedFile) -> Iterator[tuple[PageContent, list[tuple[PathPainted, Paint, float]]]]:
    """Yield each page with its lines: strokes, and filled rectangles, which are as thick as
    their shorter side."""
    for content in contents(file):
        found = []
        for mark in content.marks:
            if not isinstance(mark, PathPainted) or not _is_printed(mark.box, content.page):
                continue  # printer's marks around the bleed are no lines of the page
            if mark.stroke is not None:
                found.append((mark, mark.stroke, mark.width))
            if mark.fill is not None and mark.thin is not None and mark.stroke is None:
                found.append((mark, mark.fill, mark.thin))
        yield content, found


def _is_printed(box: Box, page: Page) -> bool:
    """Return whether something meets the bleed box: what is wholly outside is cut away."""
    return touches(box, page.bleed)


def images(file: OpenedFile) -> Iterator[tuple[PageContent, list[ImagePainted]]]:
    """Yield each page with its pictures."""
    for content in contents(file):
        yield content, [mark for mark in content.marks if isinstance(mark, ImagePainted)]


def overlaps(first: Box, second: Box, by: float = NEARLY) -> bool:
    """Return whether two boxes have more in common than an edge."""
    return (
        min(first[2], second[2]) - max(first[0], second[0]) > by
        and min(first[3], second[3]) - max(first[1], second[1]) > by
    )


def touches(first: Box, second: Box) -> bool:
    """Return whether two boxes meet: as `overlaps`, but a line without thickness counts too."""
    return (
        first[0] < second[2] and second[0] < first[2] and first[1] < second[3]
        and second[1] < first[3]
    )  # fmt: skip


def sides(page: Page) -> tuple[str, ...]:
    """Return what readers call the top, right, bottom and left of the page's coordinates."""
    return _SIDES[page.turns :] + _SIDES[: page.turns]
