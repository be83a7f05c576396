"""Rules on the resolution of pictures, as they are placed."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.pictures.frames import COARSE_PPI, SOFT_PPI
from brochure.preflight.findings import Box, Finding, Job, Level
from brochure.preflight.marks import ImagePainted
from brochure.preflight.opened import OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import images, summed

_LIMITS = (COARSE_PPI, SOFT_PPI)  # by which photos are judged when they are read, too
_TINY = 16  # pixels: a picture that small is a swatch or a dot


@rule("R0031", Level.ERROR, outputs=("print",))
def resolution(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A picture is too coarse.

    What: a picture in colour or grey has 149 ppi or less as placed (error), or 224 ppi or less
    (warning). The lower of both directions counts; pictures of at most 16 × 16 pixels are exempt
    (Ghent Workgroup 2022, R0031).

    Why: the reader sees its pixels, or a blur.

    Fix: place it smaller, or get a larger picture from whoever took it. To scale it up adds
    pixels but no detail.
    """
    for content, found in images(file):
        yield from _coarse("R0031", content.page.number, found, one_bit=False, limits=_LIMITS)


@rule("R0032", Level.ERROR, outputs=("print",))
def resolution_of_line_art(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A black and white picture is too coarse.

    What: a picture of one bit has 549 ppi or less as placed (error), or 799 ppi or less
    (warning). Pictures of at most 16 × 16 pixels are exempt (Ghent Workgroup 2022, R0032).

    Why: such pictures have no greys to smooth their edges: the steps show.

    Fix: scan it again with 1200 ppi, or have it drawn as vectors.
    """
    for content, found in images(file):
        yield from _coarse("R0032", content.page.number, found, one_bit=True, limits=(549, 799))


def _coarse(
    rule_id: str, page: int, found: list[ImagePainted], one_bit: bool, limits: tuple[int, int]
) -> Iterator[Finding]:
    hits: dict[Level, list[tuple[str, Box]]] = {Level.ERROR: [], Level.WARNING: []}
    for mark in found:
        ppi = round(mark.ppi)
        if (mark.bits == 1) is not one_bit or max(mark.pixels) <= _TINY or ppi > limits[1]:
            continue
        level = Level.ERROR if ppi <= limits[0] else Level.WARNING
        width, height = mark.pixels
        message = f"a picture of {width} × {height} pixels has {ppi} ppi, at least {limits[1] + 1}"
        hits[level].append((message, mark.box))
    for level, of_level in hits.items():
        yield from summed(rule_id, level, page, of_level)
