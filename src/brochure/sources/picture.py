"""Pictures: what a file says about itself, read before anything decodes it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from functools import partial

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.folder import PICTURE_LIMIT, Folder, Source
from brochure.sources.memory import Memory

PIXEL_LIMIT = 100_000_000  # a full page at A3 and 600 ppi has 70 million
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")  # what screens show; print is made from it
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")


@dataclass(frozen=True)
class Picture:
    """A picture file that can be decoded; width and height in pixels, as stored."""

    path: str
    width: int
    height: int
    format: str
    source: Source = field(repr=False)


def read_picture(folder: Folder, path: str, place: Place, found: Diagnostics) -> Picture | None:
    """Return the picture at `path`, or None with diagnostics at `place`, where it is named."""
    if folder.holds(path) and not folder.exists(path):
        found.add(
            "picture-missing",
            place,
            f'the picture "{path}" does not exist',
            "add the file, or correct the name (capital letters count)",
        )
        return None
    source = folder.read_checked(path, found, PICTURE_LIMIT, place)
    if source is None:
        return None
    key = (path, source.digest, place)
    return _memory.recall(key, found, partial(_probe, source, place))


_memory = Memory[Picture | None]()


def _probe(source: Source, place: Place, found: Diagnostics) -> Picture | None:
    from PIL import Image, ImageFile, UnidentifiedImageError  # 50 ms: only where pictures are

    Image.MAX_IMAGE_PIXELS = None  # our own, lower limit is checked before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # which the engine sets, where it was imported before
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of odd metadata, which is not printed
            Image.open(io.BytesIO(source.content), formats=FORMATS) as image,
        ):
            width, height, kind = *image.size, image.format or ""
            if width * height > PIXEL_LIMIT:
                found.add(
                    "picture-too-large",
                    place,
                    f'the picture "{source.path}" has {width * height // 1_000_000} megapixels,'
                    f" at most {PIXEL_LIMIT // 1_000_000} are read",
                    "scale it to at most 10,000 pixels on its longer side",
                )
                return None
            image.load()
            mode = image.mode
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        found.add(
            "picture-unreadable",
            place,
            f'the picture "{source.path}" cannot be read as {", ".join(FORMATS)}',
            "open it in an image program and export it again as JPEG or PNG",
        )
        return None
    if mode not in MODES:
        found.add(
            "picture-colour",
            place,
            f'the picture "{source.path}" is stored in the colour mode "{mode}", expected RGB'
            " or greys of 8 bits",
            "convert it to RGB in an image program; print colours are made from it",
        )
        return None
    return Picture(source.path, width, height, kind, source)
