"""Rules on pages and their boxes: size, bleed, turning, number of pages."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight import objects
from brochure.preflight.content import contents
from brochure.preflight.findings import PT, Box, Finding, Job, Level
from brochure.preflight.marks import Mark, TextShown
from brochure.preflight.opened import OpenedFile, Page
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import NEARLY, overlaps, touches

_ALIKE = 0.1  # points by which the sizes of pages may differ
_OF_THE_PRESS = ("/PrinterMark", "/TrapNet")


@rule("R0002", Level.ERROR, outputs=("print",))
def scaled(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A page is scaled.

    What: the page has a UserUnit other than 1 (Ghent Workgroup 2022, R0002).

    Why: some programs heed it and some do not: the page comes out in the wrong size.

    Fix: save the page in its true size.
    """
    for page in file.pages:
        if page.user_unit != 1:
            message = f"the page is scaled: UserUnit is {page.user_unit:g}"
            yield Finding(page.number, "R0002", Level.ERROR, message)


@rule("R0003", Level.ERROR, outputs=("print",))
def cropped(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A part of the page is hidden.

    What: the page has a CropBox that is not its MediaBox (Ghent Workgroup 2022, R0003).

    Why: programs that place pages take the CropBox, and the bleed is lost.

    Fix: remove the CropBox.
    """
    for page in file.pages:
        if not _same(page.crop, page.media):
            message = "the CropBox differs from the MediaBox"
            yield Finding(page.number, "R0003", Level.ERROR, message, page.crop)


@rule("R0004", Level.WARNING, outputs=("print",))
def one_size(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Pages differ in size, or are turned.

    What: the TrimBox of a page has another size than that of the first page, or the page is
    rotated (Ghent Workgroup 2022, R0004).

    Why: all pages of a print job are cut alike, and turned pages end up on their side.

    Fix: print pages of another size as a job of their own, and turn what is on the page, not the
    page.
    """
    first = file.pages[0].trim
    for page in file.pages:
        sides = zip(_size(page.trim), _size(first), strict=True)
        if any(abs(own - other) > _ALIKE for own, other in sides):
            message = f"the page is {_millimetres(page.trim)}, the first {_millimetres(first)}"
            yield Finding(page.number, "R0004", Level.WARNING, message)
        if page.rotate % 360:
            message = f"the page is turned by {page.rotate:g} degrees"
            yield Finding(page.number, "R0004", Level.WARNING, message)


@rule("R0005", Level.WARNING, outputs=("print",))
def empty(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A page is empty.

    What: nothing is painted inside the TrimBox, or only invisible text (Ghent Workgroup 2022,
    R0005).

    Why: an empty page is often a mistake, and it is paid for.

    Fix: put something on the page, or take it out. If it must stay, tell the print shop.
    """
    for content in contents(file):
        painted = (mark for mark in content.marks if not _is_invisible(mark))
        if not any(touches(mark.box, content.page.trim) for mark in painted):
            yield Finding(content.page.number, "R0005", Level.WARNING, "the page is empty")


@rule("B03", Level.ERROR, outputs=("print",))
def bleed(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The page boxes do not fit into each other, or the bleed is too small.

    What: a page needs a TrimBox, or an ArtBox but not both; the TrimBox lies inside the BleedBox,
    and this inside the MediaBox; the bleed on each side is at least what the job asks for.

    Why: the print shop cuts at the TrimBox. Without bleed, a white line shows at the edge.

    Fix: set the boxes when the file is made, with the bleed that the print shop names.
    """
    for page in file.pages:
        for message in _faults(page, job.bleed):
            yield Finding(page.number, "B03", Level.ERROR, message)


def _faults(page: Page, wanted: float) -> Iterator[str]:
    if "TrimBox" in page.boxes and "ArtBox" in page.boxes:
        yield "the page has both a TrimBox and an ArtBox"
    if "TrimBox" not in page.boxes:
        yield "the page has no TrimBox"
        return
    if not _inside(page.bleed, page.media):
        yield "the BleedBox reaches beyond the MediaBox"
    if not _inside(page.trim, page.bleed):
        yield "the TrimBox reaches beyond the BleedBox"
        return
    trim, around = page.trim, page.bleed
    sides = trim[0] - around[0], trim[1] - around[1], around[2] - trim[2], around[3] - trim[3]
    least = min(sides)
    if least < wanted * PT - NEARLY:
        yield f"the bleed is {max(least, 0) / PT:.2f} mm, and {wanted:g} mm are asked for"


@rule("B04", Level.ERROR, outputs=("print",))
def number_of_pages(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The number of pages does not suit the binding.

    What: the number of pages is not a multiple of what the binding asks for: four for stapled
    brochures.

    Why: one folded sheet has four pages. The print shop adds empty ones, where it likes.

    Fix: add pages, or take some out; a filler page is better than an empty one.
    """
    count = len(file.pages)
    if job.multiple_of > 1 and count % job.multiple_of:
        message = f"the file has {count} pages, which is not a multiple of {job.multiple_of}"
        yield Finding(0, "B04", Level.ERROR, message)


@rule("B05", Level.ERROR, outputs=("print",))
def on_the_page(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A link, note or form field lies on the page.

    What: an annotation reaches into the BleedBox. PDF/X allows only marks of the press there.

    Why: a comment or the frame of a link may be printed.

    Fix: leave links and comments out of files for print.
    """
    for page in file.pages:
        for annotation in page.annotations:
            kind = objects.name(annotation.get("/Subtype"))
            place = objects.box(annotation.get("/Rect"))
            if kind in _OF_THE_PRESS or (place and not overlaps(place, page.bleed)):
                continue
            message = f"an annotation of the kind {kind[1:] or 'unknown'} lies on the page"
            yield Finding(page.number, "B05", Level.ERROR, message, place)
            break


def _is_invisible(mark: Mark) -> bool:
    return isinstance(mark, TextShown) and mark.fill is None and mark.stroke is None


def _same(first: Box, second: Box) -> bool:
    return all(abs(a - b) <= NEARLY for a, b in zip(first, second, strict=True))


def _inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - NEARLY and inner[1] >= outer[1] - NEARLY
        and inner[2] <= outer[2] + NEARLY and inner[3] <= outer[3] + NEARLY
    )  # fmt: skip


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _millimetres(box: Box) -> str:
    width, height = _size(box)
    return f"{width / PT:.1f} × {height / PT:.1f} mm"
