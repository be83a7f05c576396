"""Pieces of text as PDFium has them on a page: where, how large, how they are painted.

The interpreter of this package knows colours as numbers of ink; PDFium turns them into what a
screen shows, by the same arithmetic with which it draws the page. Where the two are compared, as
text and its ground are, both must come from PDFium.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from brochure.preflight import objects
from brochure.preflight.findings import Box
from brochure.preflight.light import RGB
from brochure.preflight.state import IDENTITY, Matrix, placed, times

_DEEPEST = 16  # forms in forms, as for the interpreter
_INVISIBLE = 3
_UNSEEN = (_INVISIBLE, 7)  # render modes that paint nothing: hidden, and clipping only
_OUTLINED = (1, 5)  # stroked and not filled

# Names of bold cuts, but not of those half way: CSS and Word call a weight of 700 bold.
_BOLD = re.compile(
    r"(?<!semi)(?<!demi)(?<!semi[-_ ])(?<!demi[-_ ])(bold|heavy|black)", re.IGNORECASE
)
_FORCED = 1 << 18  # ForceBold, ISO 32000-1, table 123


@dataclass(frozen=True)
class Piece:
    """Text of one operator that is painted.

    `box` is around its letters and `size` is what is seen, both in points of the page. `colour`
    is None when what is seen may be another: with patterns and with transparency.
    """

    handle: Any  # of PDFium; it lives as long as the page
    mode: int  # how it is painted: the operator Tr
    box: Box
    size: float
    bold: bool
    colour: RGB | None

    def hide(self) -> None:
        """Take the text out of what is drawn from now on."""
        pdfium.FPDFTextObj_SetTextRenderMode(self.handle, _INVISIBLE)

    def show(self) -> None:
        pdfium.FPDFTextObj_SetTextRenderMode(self.handle, self.mode)

    def paint(self, colour: RGB) -> None:
        """Paint the text in an opaque colour from now on."""
        pdfium.FPDFPageObj_SetFillColor(self.handle, *colour, 255)
        pdfium.FPDFPageObj_SetStrokeColor(self.handle, *colour, 255)


def pieces(page: pypdfium2.PdfPage) -> list[Piece]:
    """Return the text that a page paints, in forms too, in the order of painting."""
    return list(_on_page(page))


def _on_page(page: pypdfium2.PdfPage) -> Iterator[Piece]:
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _of(pdfium.FPDFPage_GetObject(page, index), _Within())


@dataclass(frozen=True)
class _Within:
    """The forms that an object stands in: where they are placed, and whether they are opaque."""

    to: Matrix = IDENTITY
    opaque: bool = True
    depth: int = 0

    def form(self, item: Any) -> _Within:
        opaque = self.opaque and not pdfium.FPDFPageObj_HasTransparency(item)
        return _Within(times(_matrix(item), self.to), opaque, self.depth + 1)


def _of(item: Any, within: _Within) -> Iterator[Piece]:
    """Yield the text in an object."""
    kind = pdfium.FPDFPageObj_GetType(item)
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        piece = _piece(item, within)
        if piece is not None:
            yield piece
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and within.depth < _DEEPEST:
        inside = within.form(item)
        for index in range(pdfium.FPDFFormObj_CountObjects(item)):
            yield from _of(pdfium.FPDFFormObj_GetObject(item, index), inside)


def _piece(item: Any, within: _Within) -> Piece | None:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
    colour, opacity = _painted(item, mode)
    sides = [ctypes.c_float() for _ in range(4)]
    if mode in _UNSEEN or not opacity or not pdfium.FPDFPageObj_GetBounds(item, *sides):
        return None
    left, bottom, right, top = (side.value for side in sides)
    box = placed(left, bottom, right, top, within.to)
    if not all(abs(side) < objects.LARGEST for side in box):  # nor is it a number in every case
        return None
    opaque = within.opaque and not pdfium.FPDFPageObj_HasTransparency(item)
    plain = colour if opaque else None
    return Piece(item, mode, box, _size(item, within.to), _is_bold(item), plain)


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _size(item: Any, to: Matrix) -> float:
    """Return the size of text as it is seen: across its line, in points."""
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(item, size)
    a, b, c, d, _, _ = times(_matrix(item), to)
    along = math.hypot(a, b)
    return size.value * abs(a * d - b * c) / along if along else 0.0


def _painted(item: Any, mode: int) -> tuple[RGB | None, int]:
    """Return the colour of text, and how opaque it is, from 0 to 255."""
    stroke, fill = pdfium.FPDFPageObj_GetStrokeColor, pdfium.FPDFPageObj_GetFillColor
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not (stroke if mode in _OUTLINED else fill)(item, red, green, blue, opacity):
        return None, 255
    return (red.value, green.value, blue.value), opacity.value


def _is_bold(item: Any) -> bool:
    font = pdfium.FPDFTextObj_GetFont(item)
    if not font:
        return False
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    flags = pdfium.FPDFFont_GetFlags(font)
    said = name.value.decode("latin-1")
    return bool(_BOLD.search(said)) or (flags > 0 and bool(flags & _FORCED))
