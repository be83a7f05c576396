"""Negatives: what is to be made of a picture in the sources for a frame of the layout."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from brochure.pictures.frames import (
    PRINT_PPI,
    SCREEN_PPI,
    Crop,
    Frame,
    crop_about,
    focus_in,
    scaled,
)
from brochure.program import digest_of_code
from brochure.sources import OnDisk, Source
from brochure.sources.picture import HEIC, Picture

# In the dictionary of a picture: the pixels that it gets at a screen, where print has more.
SCREEN_SIZE_KEY = "BrochureScreenSize"
PHOTO = "photo:"  # before the key of a negative in an address of a composed section


@dataclass(frozen=True)
class Print:
    """A developed photo as a section shows it: its key, a digest of all that it depends on, and its
    pixels, in print and at a screen."""

    key: str
    size: tuple[int, int]
    screen_size: tuple[int, int]

    @property
    def address(self) -> str:
        """The address under which a composed section shows it."""
        return f"{PHOTO}{self.key}"


@dataclass(frozen=True)
class Negative:
    """A picture as it is stored, the part of it that is shown, and the print that is made of it.

    A drawing in vectors is shown whole, and scaled by nobody. `focus` is where in the part the
    picture's focus lies, in per cent.
    """

    source: Source | OnDisk = field(repr=False)
    format: str
    crop: Crop
    print: Print
    focus: tuple[float, float]

    @property
    def key(self) -> str:
        """The key of the print."""
        return self.print.key

    @property
    def is_drawing(self) -> bool:
        """Whether it is in vectors."""
        return self.format == "SVG"


def negative(picture: Picture, frame: Frame, focus: Sequence[float]) -> Negative:
    """Return what is made of a picture for a frame, about the focus in per cent."""
    width, height = picture.width, picture.height
    if picture.format == "SVG":
        crop, sizes = Crop(0, 0, width, height), [(0, 0), (0, 0)]
        inside = (float(focus[0]), float(focus[1]))
    else:
        crop = crop_about(width, height, frame, focus)
        sizes = [scaled(crop, frame, ppi) for ppi in (PRINT_PPI, SCREEN_PPI)]
        inside = focus_in(crop, width, height, focus)
    library = _version_of_heic() if picture.format == HEIC else ""
    facts = (picture.source.digest, picture.format, crop, *sizes, *_darkroom(), library)
    key = hashlib.sha256(repr(facts).encode()).hexdigest()
    return Negative(picture.source, picture.format, crop, Print(key, *sizes), inside)


@cache
def _darkroom() -> tuple[str, ...]:
    """Return the code and the libraries that develop: with others, other pixels."""
    here = Path(__file__).parent
    code = digest_of_code(here / name for name in ("developing.py", "metadata.py"))
    return code, metadata.version("pillow")


@cache
def _version_of_heic() -> str:
    return metadata.version("pi-heif")  # which has read it
