"""Rules on what is too small or too thin for plates that never meet exactly."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.marks import PathPainted
from brochure.preflight.opened import OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import line_width, lines, summed, text_size, texts

_TEXT = 8.0  # points
_LINE = 0.25


@rule("R0016", Level.WARNING, outputs=("print",))
def small_white_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """White text is small.

    What: white text is below 8 pt (Ghent Workgroup 2022, R0016).

    Why: the ink around it runs into the fine lines of the letters.

    Fix: set it larger and in a bolder cut, or dark on light.
    """
    for content, found in texts(file):
        hits = [
            (f"white text of {mark.size:.1f} pt, at least {_TEXT:g} pt", mark.box)
            for mark, paint in found
            if text_size(mark.size) < _TEXT and paint.colour.is_white
        ]
        yield from summed("R0016", Level.WARNING, content.page.number, hits)


@rule("R0017", Level.WARNING, outputs=("print",))
def small_coloured_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Text of several inks is small.

    What: text of two or more inks is below 8 pt (Ghent Workgroup 2022, R0017).

    Why: the plates never meet exactly: the letters get coloured edges and are hard to read.

    Fix: set it larger, or in one ink.
    """
    for content, found in texts(file):
        hits = [
            (f"text of {mark.size:.1f} pt in {paint.colour}, at least {_TEXT:g} pt", mark.box)
            for mark, paint in found
            if text_size(mark.size) < _TEXT and paint.colour.is_multi
        ]
        yield from summed("R0017", Level.WARNING, content.page.number, hits)


@rule("R0018", Level.WARNING, outputs=("print",))
def thin_white_lines(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A white line is thin.

    What: a white line is below 0.25 pt (Ghent Workgroup 2022, R0018). Here a filled rectangle
    counts as a line too.

    Why: the ink beside it closes the line.

    Fix: draw it with 0.5 pt.
    """
    for content, found in lines(file):
        hits = [
            (f"a white line of {width:.3f} pt, at least {_LINE} pt", mark.box)
            for mark, paint, width in found
            if line_width(width) < _LINE and paint.colour.is_white
        ]
        yield from summed("R0018", Level.WARNING, content.page.number, hits)


@rule("R0019", Level.WARNING, outputs=("print",))
def thin_coloured_lines(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A line of several inks is thin.

    What: a line of two or more inks is below 0.25 pt (Ghent Workgroup 2022, R0019). Here a filled
    rectangle counts as a line too.

    Why: the plates never meet exactly: one line becomes two.

    Fix: draw it with 0.25 pt or more, or in one ink.
    """
    for content, found in lines(file):
        hits = [
            (f"a line of {width:.3f} pt in {paint.colour}, at least {_LINE} pt", mark.box)
            for mark, paint, width in found
            if line_width(width) < _LINE and paint.colour.is_multi
        ]
        yield from summed("R0019", Level.WARNING, content.page.number, hits)


@rule("B09", Level.WARNING, outputs=("print",))
def hairlines(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A line has no width.

    What: a line is drawn with the width 0, which is one dot of whatever device shows it.

    Why: on a screen it looks well; on a printing plate it is a hundredth of a millimetre, and
    vanishes.

    Fix: draw it with 0.25 pt or more.
    """
    for content in contents(file):
        hits = [
            ("a line has the width 0", mark.box)
            for mark in content.marks
            if isinstance(mark, PathPainted) and mark.stroke is not None
            and line_width(mark.width) == 0
        ]  # fmt: skip
        yield from summed("B09", Level.WARNING, content.page.number, hits)
