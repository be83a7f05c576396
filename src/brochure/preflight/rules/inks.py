"""Rules on inks: rich black, spot colours, registration colour."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight.colour import NO_INK, PROCESS, Colour
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.marks import ImagePainted, Mark, ShadingPainted
from brochure.preflight.opened import OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import overlaps, summed, texts


@rule("R0015", Level.WARNING, outputs=("print",))
def rich_black_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Text is rich black.

    What: text has at least 85 % black and more than 280 % ink in all (Ghent Workgroup 2022,
    R0015).

    Why: four plates never meet exactly. The letters get coloured edges, and so much ink smears.

    Fix: set text in black ink alone: 0/0/0/100.
    """
    for content, found in texts(file):
        hits = []
        for mark, paint in found:
            inks = paint.colour.inks or {}
            total = sum(inks.values())
            if round(inks.get("Black", 0), 3) >= 0.85 and round(total, 3) > 2.8:
                hits.append((f"text has {100 * total:.0f} % ink: {paint.colour}", mark.box))
        yield from summed("R0015", Level.WARNING, content.page.number, hits)


@rule("R0020", Level.ERROR, outputs=("print",))
def spot_colours(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A spot colour is used.

    What: the page names an ink that is not cyan, magenta, yellow or black (Ghent Workgroup 2022,
    R0020).

    Why: each spot colour is one more plate. In a job of four colours it is lost, or billed.

    Fix: convert it to CMYK.
    """
    for content in contents(file):
        inks = frozenset[str]().union(*(space.all_colorants() for space in content.spaces))
        for ink in sorted(inks.difference(PROCESS, ("All", "None"))):
            message = f'the spot colour "{ink[:60]}" is used'
            yield Finding(content.page.number, "R0020", Level.ERROR, message)


@rule("R0024", Level.WARNING, outputs=("print",))
def registration_colour(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Registration colour is on the page.

    What: something inside the TrimBox is painted with the separation All (Ghent Workgroup 2022,
    R0024).

    Why: it is meant for marks beside the page. On the page it is 400 % ink.

    Fix: set it in black, and keep the registration colour to the marks.
    """
    for content in contents(file):
        hits = [
            ("registration colour is on the page", mark.box)
            for mark in content.marks
            if _has_all(mark) and overlaps(mark.box, content.page.trim, by=0)
        ]
        yield from summed("R0024", Level.WARNING, content.page.number, hits)


def _has_all(mark: Mark) -> bool:
    if isinstance(mark, ShadingPainted):
        return "All" in mark.space.all_colorants()
    if isinstance(mark, ImagePainted):
        in_picture = mark.space is not None and "All" in mark.space.all_colorants()
        return in_picture or (mark.fill is not None and _is_all(mark.fill.colour))
    return any(_is_all(paint.colour) for paint in (mark.fill, mark.stroke) if paint is not None)


def _is_all(colour: Colour) -> bool:
    return (colour.inks or {}).get("All", 0) > NO_INK
