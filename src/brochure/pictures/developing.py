"""Developing: a picture as its frame shows it, in the pixels that print needs.

Upright, in sRGB or greys, cropped and scaled down. What comes out is made of pixels alone: nothing
of what a camera or a program noted is left.
"""

from __future__ import annotations

import base64
import contextlib
import io
import math
import re
import warnings

from PIL import Image, ImageCms, ImageOps

from brochure.pictures.frames import Crop
from brochure.pictures.metadata import without_metadata
from brochure.pictures.negative import Negative
from brochure.sources.picture import is_srgb, opened, turn_of

QUALITY = 95  # of a JPEG that is printed: it will be encoded again, in inks
FEW_COLOURS = 64  # what has no more is drawn, not taken: it is stored without loss
SHARPER = 1.5  # a JPEG is decoded at no less than so many times the size that it gets

_EMBEDDED = re.compile(rb"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]*)")


def developed(negative: Negative) -> bytes:
    """Return the picture to be printed: a JPEG, a PNG, or an SVG.

    The same negative gives the same bytes. A JPEG that needs no change is not encoded again.
    """
    content = negative.source.content
    if negative.is_drawing:
        return _EMBEDDED.sub(_bare_embedded, content)
    with warnings.catch_warnings(action="ignore"), opened(content) as image:  # of odd metadata
        if _is_ready(image, negative):
            return without_metadata(content)
        return _encoded(*_drawn(image, negative), is_jpeg=negative.format == "JPEG")


def _is_ready(image: Image.Image, negative: Negative) -> bool:
    """Whether a JPEG can be printed as it is stored."""
    crop = negative.crop
    return (
        image.format in ("JPEG", "MPO")
        and turn_of(image) == 1
        and image.size == (crop.width, crop.height) == negative.print.size
        and is_srgb(image.info.get("icc_profile"))
    )


def _drawn(image: Image.Image, negative: Negative) -> tuple[Image.Image, bool]:
    """Return the part of a picture that is shown, and whether it has few colours."""
    crop, size = negative.crop, negative.print.size
    turned = turn_of(image) > 4  # by a quarter, see EXIF 2.32, table 6
    stored = image.size
    if image.format in ("JPEG", "MPO"):
        share = SHARPER * size[0] / crop.width
        image.draft(image.mode, (int(stored[0] * share), int(stored[1] * share)))
    image.load()
    scale = image.width / stored[0], image.height / stored[1]
    image = ImageOps.exif_transpose(image)
    if turned:
        scale = scale[::-1]
    part, box = _cut(image, crop, scale)
    eight = _in_eight_bits(part)
    few = _has_few_colours(eight)  # scaling adds some
    if size != (crop.width, crop.height):
        eight = eight.resize(size, Image.Resampling.LANCZOS, box)
    return _in_srgb(eight, image.info.get("icc_profile")), few


Box = tuple[float, float, float, float]


def _cut(image: Image.Image, crop: Crop, scale: tuple[float, float]) -> tuple[Image.Image, Box]:
    """Return whole pixels around a crop, and where between them it lies.

    `image` has `scale` pixels for each one that the crop counts.
    """
    left, top = crop.left * scale[0], crop.top * scale[1]
    right = min(left + crop.width * scale[0], image.width)
    bottom = min(top + crop.height * scale[1], image.height)
    x, y = math.floor(left), math.floor(top)
    part = image.crop((x, y, math.ceil(right), math.ceil(bottom)))
    return part, (left - x, top - y, right - x, bottom - y)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture in "L", "LA", "RGB" or "RGBA"."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    elif "transparency" in image.info:
        image = image.convert("LA" if image.mode in ("1", "L") else "RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    return _without_idle_alpha(image)


def _without_idle_alpha(image: Image.Image) -> Image.Image:
    if image.mode in ("LA", "RGBA") and image.getchannel("A").getextrema()[0] == 255:
        return image.convert(image.mode[:-1])
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture whose colours are sRGB's; without a profile they are so already.

    Relative colorimetric with black point compensation, as print does. A profile that does not
    fit its picture is passed over, as browsers do.
    """
    if is_srgb(profile):
        return image
    alpha = image.getchannel("A") if image.mode.endswith("A") else None
    opaque = image.convert(image.mode[:-1]) if alpha else image
    with contextlib.suppress(ImageCms.PyCMSError, OSError):
        made = ImageCms.profileToProfile(
            opaque,
            ImageCms.ImageCmsProfile(io.BytesIO(profile or b"")),
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            "RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if made is not None:  # as it is only where a picture is changed in place
            opaque = made.convert("L") if image.mode.startswith("L") else made
    if alpha:
        opaque.putalpha(alpha)
    return opaque


def _has_few_colours(image: Image.Image) -> bool:
    return image.getcolors(FEW_COLOURS) is not None


def _encoded(image: Image.Image, few: bool, is_jpeg: bool) -> bytes:
    bare = Image.frombytes(image.mode, image.size, image.tobytes())  # no notes, no profile
    stream = io.BytesIO()
    if image.mode.endswith("A") or (few and not is_jpeg):
        bare.save(stream, "PNG")
    else:
        bare.save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


def _bare_embedded(found: re.Match[bytes]) -> bytes:
    """Return a picture inside a drawing, without notes; it was checked when it was read."""
    content = base64.b64decode(found[1])
    with opened(content) as image:
        if (
            image.format == "JPEG"
            and turn_of(image) == 1
            and is_srgb(image.info.get("icc_profile"))
        ):
            kind, bare = b"jpeg", without_metadata(content)
        else:
            profile = image.info.get("icc_profile")
            upright = _in_eight_bits(ImageOps.exif_transpose(image))
            few = _has_few_colours(upright)
            kind, bare = b"png", _encoded(_in_srgb(upright, profile), few, is_jpeg=False)
            kind = b"jpeg" if bare[:2] == b"\xff\xd8" else kind
    return b"data:image/%b;base64,%b" % (kind, base64.b64encode(bare))
