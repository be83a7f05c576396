"""What of a picture is published: the part that its frame shows, upright, and nothing else."""

from brochure.pictures.frames import (
    PRINT_PPI,
    SCREEN_PPI,
    Crop,
    Frame,
    crop_about,
    focus_in,
    pixels_of,
    ppi_of,
)
from brochure.pictures.negative import PHOTO, SCREEN_SIZE_KEY, Negative, Print, negative

__all__ = [
    "PHOTO",
    "PRINT_PPI",
    "SCREEN_PPI",
    "SCREEN_SIZE_KEY",
    "Crop",
    "Frame",
    "Negative",
    "Print",
    "crop_about",
    "focus_in",
    "negative",
    "pixels_of",
    "ppi_of",
]
