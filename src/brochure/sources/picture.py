"""Pictures: what a file says about itself, read before anything decodes it."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.drawing import cleaned
from brochure.sources.folder import PICTURE_LIMIT, Folder, OnDisk, Source
from brochure.sources.memory import Form, Memory

if TYPE_CHECKING:
    from PIL.Image import Image

PIXEL_LIMIT = 100_000_000  # a full page at A3 and 600 ppi has 70 million
GREYS_OF_SIXTEEN_BITS = ("I;16", "I;16B", "I;16L")
# What screens show; print is made from it.
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", *GREYS_OF_SIXTEEN_BITS)
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
HEIC = "HEIF"  # as the library for it says; telephones write .heic
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_ORIENTATION = 0x0112  # tag of EXIF
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))  # in the description of a profile


@dataclass(frozen=True)
class Picture:
    """A picture file that can be decoded; width and height in pixels, of the picture upright.

    A drawing (`format` "SVG") has its own units, and a `source` in which only what draws is left.
    """

    path: str
    width: int
    height: int
    format: str
    source: Source | OnDisk = field(repr=False)


@dataclass(frozen=True)
class _Probed:
    """What a picture file says of itself; of a drawing, also what draws in it."""

    width: int
    height: int
    format: str
    drawing: str | None = field(default=None, repr=False)


def read_picture(folder: Folder, path: str, place: Place, found: Diagnostics) -> Picture | None:
    """Return the picture at `path`, or None with diagnostics at `place`, where it is named.

    What is left out of a drawing is reported in the drawing.
    """
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
    read = _read_drawing if path.lower().endswith(".svg") else _probe
    probed = _memory.recall(key, found, partial(read, source, place))
    stored = folder.let_go(path)
    if probed is None:
        return None
    is_drawing = probed.drawing is not None
    content = Source(path, (probed.drawing or "").encode()) if is_drawing else stored
    return Picture(path, probed.width, probed.height, probed.format, content)


def _written(probed: _Probed | None) -> list[Any] | None:
    return [*astuple(probed)] if probed else None


def _from_written(written: list[Any] | None) -> _Probed | None:
    return _Probed(*written) if written else None


_memory = Memory(Form("pictures", _written, _from_written))


def opened(content: bytes) -> Image:
    """Return a picture whose pixels are not decoded yet; raises what Pillow raises."""
    from PIL import Image, ImageFile  # 50 ms: only where pictures are

    Image.MAX_IMAGE_PIXELS = None  # our own, lower limit is checked before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # which the engine sets, where it was imported before
    formats = (*FORMATS, HEIC) if _reads_heic() else FORMATS
    return Image.open(io.BytesIO(content), formats=formats)


def turn_of(image: Image) -> int:
    """Return how a picture is to be turned (EXIF 2.32, tag 274): 1 for not at all, to 8.

    Of TIFF, Pillow has turned it already.
    """
    turn: object = 1
    with suppress(Exception):  # whatever odd metadata make Pillow raise
        turn = image.getexif().get(_ORIENTATION, 1)
    return turn if image.format != "TIFF" and isinstance(turn, int) and 1 <= turn <= 8 else 1


def is_srgb(profile: bytes | None) -> bool:
    """Whether the colours of a picture are sRGB: by its ICC profile, or because it has none."""
    return not profile or any(name in profile for name in _SRGB)


@cache
def _reads_heic() -> bool:
    """Whether the library for HEIC is installed, and made known to Pillow."""
    if find_spec("pi_heif") is None:
        return False
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False)
    return True


def _probe(source: Source, place: Place, found: Diagnostics) -> _Probed | None:
    from PIL import UnidentifiedImageError

    if (
        source.content[4:8] == b"ftyp"
        and source.content[8:12] in _HEIC_BRANDS
        and not _reads_heic()
    ):
        found.add(
            "picture-unreadable",
            place,
            f'the picture "{source.path}" is HEIC, and the library for it is not installed',
            'export it as JPEG, or type: pip install "brochure[heic]"',
        )
        return None
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of odd metadata, which is not printed
            opened(source.content) as image,
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
            if turn_of(image) > 4:
                width, height = height, width
            image.draft(image.mode, (1, 1))  # of a JPEG, an eighth is enough to see it is whole
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
            " or greys",
            "convert it to RGB in an image program; print colours are made from it",
        )
        return None
    return _Probed(width, height, "JPEG" if kind == "MPO" else kind)


def _read_drawing(source: Source, place: Place, found: Diagnostics) -> _Probed | None:
    drawing = cleaned(source, _is_bounded, found, place)
    if drawing is None:
        return None
    return _Probed(drawing.width, drawing.height, "SVG", drawing.content.decode())


def _is_bounded(content: bytes) -> bool:
    """Whether a picture inside a drawing can be decoded, and is no larger than others may be."""
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings(action="ignore"), opened(content) as image:
            if image.width * image.height > PIXEL_LIMIT or image.format not in ("JPEG", "PNG"):
                return False
            image.load()
            return image.mode in MODES
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return False
