"""Rules on what is too near to the knife. PDFium is asked, which knows where the letters are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pypdfium2

from brochure.preflight.findings import PT, Box, Finding, Job, Level
from brochure.preflight.opened import Damaged, OpenedFile, Page
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import sides, touches


@rule("B-safe", Level.WARNING, outputs=("print",))
def unsafe_text(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Text close to the knife.

    What: letters stand nearer to the edge of the trimmed page than the safe distance. Text wholly
    outside the trimmed page, such as the slug line, does not count, nor does invisible text.

    Why: the knife may be a millimetre or two off, and cuts into the letters or leaves them
    stuck to the edge.

    Fix: move the text further inside the page.
    """
    try:
        for page in file.pages:
            yield from _near_the_edge(file.document, page, job.safe)
    except (Damaged, pypdfium2.PdfiumError) as error:
        message = f"the letters were not measured: {error}"
        yield Finding(0, "B-safe", Level.UNCHECKED, message)


def _near_the_edge(pdf: pypdfium2.PdfDocument, page: Page, safe: float) -> Iterator[Finding]:
    """Yield a finding for each side with text too near to it, at the text that is nearest."""
    opened = pdf[page.number - 1]
    text = opened.get_textpage()
    try:
        for side, found in _too_near(text, page, safe).items():
            for distance, box, words in islice(_visible(text, sorted(found)), 1):
                cut = distance < 0
                where = "is cut off at" if cut else f"stands {distance / PT:.1f} mm from"
                message = f'the text "{words[:40]}" {where} the {side} edge'
                message += f", expected at least {safe:g} mm"
                yield Finding(page.number, "B-safe", Level.WARNING, message, box)
    finally:
        text.close()
        opened.close()


def _visible(
    text: pypdfium2.PdfTextPage, found: list[tuple[float, Box]]
) -> Iterator[tuple[float, Box, str]]:
    """Yield those that hold visible words, with these. Each is asked for only when it is needed:
    PDFium goes through the whole page for the words in one box."""
    for distance, box in found:
        words = " ".join(text.get_text_bounded(*box).split())
        if words and not _is_invisible(text, box):
            yield distance, box, words


def _too_near(
    text: pypdfium2.PdfTextPage, page: Page, safe: float
) -> dict[str, list[tuple[float, Box]]]:
    """Return the boxes around letters that are too near to each side of the trim."""
    left, bottom, right, top = page.trim
    found: dict[str, list[tuple[float, Box]]] = {side: [] for side in sides(page)}
    for number in range(text.count_rects()):
        box: Box = text.get_rect(number)
        if not touches(box, page.trim):
            continue
        distances = (top - box[3], right - box[2], box[1] - bottom, box[0] - left)
        for side, distance in zip(sides(page), distances, strict=True):
            if distance < safe * PT - 0.02:
                found[side].append((distance, box))
    return found


def _is_invisible(text: pypdfium2.PdfTextPage, box: Box) -> bool:
    """Whether the text in a box is there only to be searched, as under a scan (mode 3)."""
    middle = (box[1] + box[3]) / 2
    index = text.get_index(box[0], middle, 2, (box[3] - box[1]) / 2 + 1)
    if index is None:
        return False
    letter = pypdfium2.raw.FPDFText_GetTextObject(text, index)
    return bool(letter) and pypdfium2.raw.FPDFTextObj_GetTextRenderMode(letter) == 3
