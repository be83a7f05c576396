"""A page as PDFium draws it: any part, at any scale, as often as it is asked for."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from functools import cached_property

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from brochure.preflight.findings import Box

Dots = tuple[int, int, int, int]  # left, top, right, bottom, counted from the upper left

_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Sheet:
    """A page at a scale: dots for each point. It is as large as what readers see, the CropBox,
    and turned as they see it."""

    page: pypdfium2.PdfPage
    scale: float

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in dots; at least one, even when boxes leave nothing of the page."""
        width, height = (math.ceil(side * self.scale) for side in self.page.get_size())
        return max(width, 1), max(height, 1)

    def dots(self, box: Box) -> Dots | None:
        """Return the part that a box in points of the page covers, or None if it is outside."""
        corners = self._dot(box[0], box[1]), self._dot(box[2], box[3])
        (left, right), (top, bottom) = (sorted(ends) for ends in zip(*corners, strict=True))
        width, height = self.size
        if left >= width or top >= height or right < 0 or bottom < 0:
            return None
        left, top = max(left, 0), max(top, 0)
        return left, top, min(max(right, left + 1), width), min(max(bottom, top + 1), height)

    def drawn(self, part: Dots) -> Image.Image:
        """Return a part as it is drawn now, in RGB, on white paper."""
        left, top, right, bottom = part
        width, height = right - left, bottom - top
        bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_BGR)
        try:
            bitmap.fill_rect(_WHITE, 0, 0, width, height)
            pdfium.FPDF_RenderPageBitmap(
                bitmap, self.page, -left, -top, *self.size, 0, pdfium.FPDF_ANNOT
            )
            picture: Image.Image = bitmap.to_pil().convert("RGB")
            return picture
        finally:
            bitmap.close()

    def _dot(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self.page, 0, 0, *self.size, 0, x, y, across, down)
        return across.value, down.value
