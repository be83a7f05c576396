"""Whether a photo has pixels enough for the frame in which it is printed."""

from __future__ import annotations

from brochure.diagnostics import Diagnostics
from brochure.model import PlacedPhoto
from brochure.pictures import PRINT_PPI, Crop, Frame, pixels_of, ppi_of
from brochure.pictures.frames import COARSE_PPI, SOFT_PPI


def report_resolution(placed: PlacedPhoto, crop: Crop, frame: Frame, found: Diagnostics) -> None:
    """Report a photo that is too small, where it is named.

    Pixels per inch are rounded, and too few, as preflight says it of the finished page.
    """
    ppi = round(ppi_of(crop, frame))
    if ppi > SOFT_PPI:
        return
    coarse = ppi <= COARSE_PPI
    width, height = pixels_of(frame, PRINT_PPI)
    least = pixels_of(frame, SOFT_PPI + 1)
    does = "is too coarse for print" if coarse else "is soft in print"
    found.add(
        "picture-too-small" if coarse else "picture-small",
        placed.place,
        f'the picture "{placed.picture.path}" {does}: {crop.width} × {crop.height} pixels of it'
        f" fill {frame.width:g} × {frame.height:g} mm with {ppi} ppi, needed are"
        f" {SOFT_PPI + 1} or more",
        f"get a larger one: the part that is shown needs {least[0]:,} × {least[1]:,} pixels, better"
        f" {width:,} × {height:,}",
    )
