"""Rules on fonts: embedded, whole, and the text can be read back."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from functools import partial

import pypdfium2
import pypdfium2.raw as pdfium

from brochure.preflight.content import contents, fonts
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.marks import TextShown
from brochure.preflight.opened import Damaged, OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.typefaces import Font

_MOST_CHARACTERS = 1_000_000  # of a page
_NO_CHARACTERS = "\0\ufffd\uffff"  # U+FFFE is PDFium's sign for a hyphen at the end of a line


@rule("R0014", Level.WARNING, outputs=("print",))
def courier(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Courier is used.

    What: text is set in a font called Courier (Ghent Workgroup 2022, R0014).

    Why: programs take Courier when they cannot find a font. It is seldom meant.

    Fix: install the font that was meant, and make the file again.
    """
    for font in fonts(file):
        if font.used and font.name.lower().startswith("courier"):
            message = f"text is set in {font.name}, mostly a sign that a font was missing"
            yield Finding(min(font.used.values()), "R0014", Level.WARNING, message)


@rule("B02", Level.ERROR)
def embedded(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A font is not embedded, or has no glyphs.

    What: text is shown in a font whose program is not in the file, or is empty, cut off or
    without outlines.

    Why: each reader takes another font instead, or shows nothing at all.

    Fix: make the file again with the font embedded. If the program is empty, the program that made
    the file has lost the font while it ran.
    """
    for font in fonts(file):
        if font.used and font.fault:
            message = f"the font {font.name} {font.fault}"
            yield Finding(min(font.used.values()), "B02", Level.ERROR, message)


@rule("B06", Level.ERROR)
def reads_back(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Text does not read back.

    What: glyphs are shown, but the file does not say which characters they are, or says something
    else than the font does. The whole page is also read with PDFium.

    Why: searching, copying, reading aloud and the check of a print shop get wrong text or none.

    Fix: make the file again with ToUnicode maps. Do not print to PDF from a viewer.
    """
    for font in fonts(file):
        yield from _codes(font, "B06", font.spoken, font.unread)
    if file.too_much or any(font.fault for font in fonts(file)):
        return  # B08 and B02 say so; PDFium would take forever, or read other fonts
    for content in contents(file):
        shown = sum(mark.glyphs for mark in content.marks if isinstance(mark, TextShown))
        if not shown:
            continue
        try:
            found, unread = _read(file.document, content.page.number)
        except (Damaged, pypdfium2.PdfiumError) as error:
            message = f"PDFium does not read this page: {error}"
            yield Finding(content.page.number, "B06", Level.ERROR, message)
            continue
        if found == 0 and any(font.spoken for font in fonts(file)):
            message = f"{shown} glyphs are shown, but no text reads back"
            yield Finding(content.page.number, "B06", Level.ERROR, message)
        elif unread:
            message = f"{unread} of {found} characters do not read back"
            yield Finding(content.page.number, "B06", Level.ERROR, message)


@rule("B07", Level.ERROR)
def glyphs(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A glyph is missing.

    What: text shows the glyph .notdef, which is the sign for a missing one, or a glyph that the
    embedded program does not hold although it stands for a visible character.

    Why: readers see a box or a gap where a character should be.

    Fix: use a font that has the character. If it has, the program that made the file left the
    glyph out: make the file again.
    """
    for font in fonts(file):
        yield from _codes(font, "B07", font.used, partial(_glyph_fault, font))


def _glyph_fault(font: Font, code: int) -> str:
    if font.undefined(code):
        return "it is .notdef"
    return "it has no outline" if font.missing(code) else ""


def _codes(
    font: Font, rule_id: str, codes: dict[int, int], fault: Callable[[int], str]
) -> Iterator[Finding]:
    """Yield one finding for the faulty codes of a font: on the first page, with the first."""
    faulty = [(page, code, why) for code, page in codes.items() if (why := fault(code))]
    if faulty:
        page, code, why = min(faulty)
        more = f" (and {len(faulty) - 1} more glyphs of this font)" if len(faulty) > 1 else ""
        message = f"{font.name}, glyph of code {code}: {why}{more}"
        yield Finding(page, rule_id, Level.ERROR, message)


def _read(pdf: pypdfium2.PdfDocument, number: int) -> tuple[int, int]:
    """Return how many characters PDFium reads on a page, and how many of them are none."""
    page = pdf[number - 1]
    try:
        text_page = page.get_textpage()
        try:
            count = min(max(text_page.count_chars(), 0), _MOST_CHARACTERS)
            buffer = (ctypes.c_ushort * (count + 1))()
            pdfium.FPDFText_GetText(text_page, 0, count, buffer)
            text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
            unmapped = sum(
                pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1 for index in range(count)
            )
            return count, max(unmapped, sum(text.rstrip("\0").count(s) for s in _NO_CHARACTERS))
        finally:
            text_page.close()
    finally:
        page.close()
