"""Rules on overprint: white must never, small black should."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.marks import Paint, PathPainted, TextShown
from brochure.preflight.opened import OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import line_width, lines, summed, text_size, texts


@rule("R0007", Level.ERROR, outputs=("print",))
def white_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """White text overprints.

    What: text without any ink is set to overprint (Ghent Workgroup 2022, R0007).

    Why: white that overprints leaves what is below it as it is: the text disappears.

    Fix: let white text knock out: switch overprint off for it.
    """
    for content, found in texts(file):
        hits = [("white text overprints, and will not be seen", mark.box)
                for mark, paint in found if paint.overprint and paint.colour.is_white]  # fmt: skip
        yield from summed("R0007", Level.ERROR, content.page.number, hits)


@rule("R0008", Level.WARNING, outputs=("print",))
def white_paths(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A white shape overprints.

    What: a line or an area without any ink is set to overprint (Ghent Workgroup 2022, R0008).

    Why: it disappears in print, and what it was to cover comes back.

    Fix: let it knock out: switch overprint off for it.
    """
    for content in contents(file):
        hits = [
            ("a white shape overprints, and will not be seen", mark.box)
            for mark in content.marks
            if isinstance(mark, PathPainted)
            and any(paint.overprint and paint.colour.is_white for paint in _paints(mark))
        ]
        yield from summed("R0008", Level.WARNING, content.page.number, hits)


@rule("R0009", Level.WARNING, outputs=("print",))
def black_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Small black text does not overprint.

    What: text of pure black ink below 12 pt does not overprint with overprint mode 1 (Ghent
    Workgroup 2022, R0009).

    Why: black that knocks out leaves a white gap around the letters as soon as the plates are a
    little off.

    Fix: set black text to overprint, with OPM 1.
    """
    for content, found in texts(file):
        hits = [
            (f"black text of {mark.size:.1f} pt does not overprint", mark.box)
            for mark, paint in found
            if text_size(mark.size) < 12 and _knocks_out(paint)
        ]
        yield from summed("R0009", Level.WARNING, content.page.number, hits)


@rule("R0010", Level.WARNING, outputs=("print",))
def black_lines(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A thin black line does not overprint.

    What: a line of pure black ink below 2 pt does not overprint with overprint mode 1 (Ghent
    Workgroup 2022, R0010). Here a filled rectangle counts as a line too.

    Why: it leaves a white gap beside the line as soon as the plates are a little off.

    Fix: set black lines to overprint, with OPM 1.
    """
    for content, found in lines(file):
        hits = [
            (f"a black line of {width:.2f} pt does not overprint", mark.box)
            for mark, paint, width in found
            if line_width(width) < 2 and _knocks_out(paint)
        ]
        yield from summed("R0010", Level.WARNING, content.page.number, hits)


@rule("R0011", Level.WARNING, outputs=("print",))
def gray_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Small black text is in DeviceGray.

    What: black text below 12 pt uses the colour space DeviceGray (Ghent Workgroup 2022, R0011).

    Why: overprint mode 1 does not apply to DeviceGray, so such text always knocks out, or erases
    the colours below it.

    Fix: paint it in DeviceCMYK, 0/0/0/100.
    """
    for content, found in texts(file):
        hits = [
            (f"black text of {mark.size:.1f} pt is in DeviceGray", mark.box)
            for mark, paint in found
            if text_size(mark.size) < 12 and _is_gray(paint) and paint.colour.is_pure_black
        ]
        yield from summed("R0011", Level.WARNING, content.page.number, hits)


@rule("R0012", Level.WARNING, outputs=("print",))
def gray_lines(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A thin black line is in DeviceGray.

    What: a black line below 2 pt uses the colour space DeviceGray (Ghent Workgroup 2022, R0012).

    Why: overprint mode 1 does not apply to DeviceGray, so such lines always knock out, or erase
    the colours below them.

    Fix: paint it in DeviceCMYK, 0/0/0/100.
    """
    for content, found in lines(file):
        hits = [
            (f"a black line of {width:.2f} pt is in DeviceGray", mark.box)
            for mark, paint, width in found
            if line_width(width) < 2 and _is_gray(paint) and paint.colour.is_pure_black
        ]
        yield from summed("R0012", Level.WARNING, content.page.number, hits)


@rule("R0013", Level.WARNING, outputs=("print",))
def gray_overprint(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Gray overprints in DeviceGray.

    What: text or a shape in DeviceGray is set to overprint (Ghent Workgroup 2022, R0013). White
    is left to R0007 and R0008.

    Why: programs disagree on what this means; the colours below come through or not.

    Fix: paint it in DeviceCMYK, or switch overprint off.
    """
    for content in contents(file):
        hits = [
            ("gray in DeviceGray overprints", mark.box)
            for mark in content.marks
            if isinstance(mark, TextShown | PathPainted)
            and any(
                paint.overprint and _is_gray(paint) and not paint.colour.is_white
                for paint in _paints(mark)
            )
        ]
        yield from summed("R0013", Level.WARNING, content.page.number, hits)


def _paints(mark: TextShown | PathPainted) -> list[Paint]:
    return [paint for paint in (mark.fill, mark.stroke) if paint is not None]


def _is_gray(paint: Paint) -> bool:
    return paint.colour.space.family == "DeviceGray"


def _knocks_out(paint: Paint) -> bool:
    """Return whether pure black, not in DeviceGray, removes the colours below it."""
    if not paint.colour.is_pure_black or _is_gray(paint):
        return False
    needs_mode = paint.colour.space.family == "DeviceCMYK"
    return not paint.overprint or (needs_mode and paint.mode != 1)
