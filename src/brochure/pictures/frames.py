"""Frames: which part of a picture a frame shows, and whether it has pixels enough for it.

Frames are in millimetres, with the bleed. Pixels are those of the picture when it stands upright.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MM_PER_INCH = 25.4
PRINT_PPI, SCREEN_PPI = 300, 150  # what is published at most

# Pixels per inch at and below which a picture is soft, or so coarse that print shops send it back
# (Ghent Workgroup 2022, R0031).
SOFT_PPI, COARSE_PPI = 224, 149


@dataclass(frozen=True)
class Frame:
    """Where a picture stands in a layout: width and height in mm, with the bleed."""

    width: float
    height: float


@dataclass(frozen=True)
class Crop:
    """A part of a picture, in whole pixels from its top left corner."""

    left: int
    top: int
    width: int
    height: int


def crop_about(width: int, height: int, frame: Frame, focus: Sequence[float]) -> Crop:
    """Return the largest part of a picture with a frame's aspect, to within a pixel.

    The focus, in per cent from the left and from the top, is its middle as far as the edges of
    the picture allow, and always inside.
    """
    aspect = frame.width / frame.height
    across = min(width, max(1, round(height * aspect)))
    along = min(height, max(1, round(width / aspect)))
    left = _start(width, across, focus[0] / 100)
    top = _start(height, along, focus[1] / 100)
    return Crop(left, top, across, along)


def _start(whole: int, part: int, share: float) -> int:
    return min(max(0, round(whole * share - part / 2)), whole - part)


def focus_in(crop: Crop, width: int, height: int, focus: Sequence[float]) -> tuple[float, float]:
    """Return where in a crop the focus of its picture lies, in per cent."""
    x = (width * focus[0] / 100 - crop.left) / crop.width
    y = (height * focus[1] / 100 - crop.top) / crop.height
    return round(100 * min(max(x, 0), 1), 2), round(100 * min(max(y, 0), 1), 2)


def pixels_of(frame: Frame, ppi: int) -> tuple[int, int]:
    """Return how many pixels fill a frame at so many for each inch: width and height."""
    return math.ceil(frame.width / MM_PER_INCH * ppi), math.ceil(frame.height / MM_PER_INCH * ppi)


def ppi_of(crop: Crop, frame: Frame) -> float:
    """Return the pixels for each inch with which a crop fills a frame: the lower of both sides."""
    across, along = crop.width / frame.width, crop.height / frame.height
    return min(across, along) * MM_PER_INCH


def scaled(crop: Crop, frame: Frame, ppi: int) -> tuple[int, int]:
    """Return the width and height in pixels to which a crop is scaled for a frame: never up."""
    most = pixels_of(frame, ppi)
    return min(crop.width, most[0]), min(crop.height, most[1])
