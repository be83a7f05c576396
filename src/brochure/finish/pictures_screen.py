"""Photos for the screen: in the pixels that a screen shows, where the typeset ones are for print.

The engine was told the size, see `SCREEN_SIZE_KEY`. What was JPEG stays JPEG, what was stored
without loss stays so. The picture keeps its place in the page, and its tag.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections import OrderedDict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Name

from brochure.cache import Cache
from brochure.pictures import SCREEN_SIZE_KEY

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 85
IN_MEMORY = 64  # scaled pictures, of about 150 kB

_KEY = Name(f"/{SCREEN_SIZE_KEY}")
_CODE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest() + version("pillow")
_PHOTO = (Name.DCTDecode, Array([Name.DCTDecode]))


class ScreenPictures:
    """Scales the photos of one build: each once, and never again with the same `cache`."""

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache
        self._known: OrderedDict[str, bytes] = OrderedDict()

    def scale(self, pdf: pikepdf.Pdf) -> None:
        """Rewrite the photos of a file that have more pixels than a screen shows, in place."""
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and _KEY in item:
                width, height = (int(side) for side in item[_KEY])
                del item[_KEY]
                if isinstance(soft := item.get(Name.SMask), pikepdf.Stream):
                    self._rewrite(soft, (width, height))
                self._rewrite(item, (width, height))

    def _rewrite(self, image: pikepdf.Stream, size: tuple[int, int]) -> None:
        photo = image.get(Name.Filter) in _PHOTO
        content = self._scaled(image, size, photo)
        image.write(content, filter=Name.DCTDecode if photo else Name.FlateDecode)
        image.Width, image.Height, image.BitsPerComponent = *size, 8

    def _scaled(self, image: pikepdf.Stream, size: tuple[int, int], photo: bool) -> bytes:
        facts = [repr(image.get(name)) for name in (Name.Width, Name.Height, Name.ColorSpace)]
        digest = hashlib.sha256(repr((facts, size, photo, _CODE)).encode())
        digest.update(image.read_raw_bytes())
        key = digest.hexdigest()
        if key not in self._known:
            self._known[key] = self._kept(key) or self._made(key, image, size, photo)
            if len(self._known) > IN_MEMORY:
                self._known.popitem(last=False)
        return self._known[key]

    def _made(self, key: str, image: pikepdf.Stream, size: tuple[int, int], photo: bool) -> bytes:
        from PIL.Image import Resampling  # only where a photo is scaled

        drawn = pikepdf.PdfImage(image).as_pil_image(apply_mask=False)
        small = drawn.resize(size, Resampling.LANCZOS)
        content = _jpeg(small) if photo else zlib.compress(small.tobytes())
        if self._cache:
            self._cache.store(key, {"screen": list(size)}, content)
        return content

    def _kept(self, key: str) -> bytes | None:
        entry = self._cache.entry(key) if self._cache else None
        return entry[1] if entry else None


def _jpeg(image: Image) -> bytes:
    from PIL.Image import frombytes

    stream = io.BytesIO()
    frombytes(image.mode, image.size, image.tobytes()).save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def forget_screen_sizes(pdf: pikepdf.Pdf) -> None:
    """Take the notes for the screen out of a file that is printed."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and _KEY in item:
            del item[_KEY]
