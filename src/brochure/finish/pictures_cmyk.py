"""What a screen colour, a picture and a gradient are in inks, and which space they are given in.

Shares of ink and of light are 0 to 1 here, as in PDF; only recipes and ICC count otherwise.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import PIL
from pikepdf import Array, Dictionary, Name, Object
from PIL import Image, ImageChops, ImageCms

from brochure.cache import Cache

RGB = tuple[int, int, int]  # 8 bit each
WHITE, BLACK = (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)  # no ink, and pure K

DARK = 20.0  # L*: below, a colour that is nearly grey is printed in K alone
NEARLY_GREY = 10.0  # chroma C*ab
JPEG_QUALITY = 92
IN_MEMORY = 32  # converted pictures, of about 1 MB

# A picture that was converted by other code, or encoded by another library, is not the same.
_CODE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest() + PIL.__version__

COMPONENTS = {"Gray": 1, "RGB": 3, "CMYK": 4}
_NAMES = {"/G": "Gray", "/RGB": "RGB", "/CMYK": "CMYK", "/I": "Indexed"}  # of inline images
_NAMES |= {f"/Device{name}": name for name in COMPONENTS} | {"/Pattern": "Pattern"}


class Inks:
    """Says what is printed for a colour: a swatch by its recipe, near black in K, the rest by ICC.

    Swatches are "#rrggbb" with CMYK in per cent. The conversion is relative colorimetric with
    black point compensation. White is always bare paper.
    """

    def __init__(
        self, swatches: Mapping[str, tuple[int, int, int, int]], srgb: bytes, cmyk: bytes
    ) -> None:
        self.srgb = srgb
        screen, press = _profile(srgb), _profile(cmyk)
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        intent, compensated = _intent(), ImageCms.Flags.BLACKPOINTCOMPENSATION
        self._press = ImageCms.buildTransform(screen, press, "RGB", "CMYK", intent, compensated)
        self._seen = ImageCms.buildTransform(screen, lab, "RGB", "LAB", intent)
        self._printed = ImageCms.buildTransform(press, lab, "CMYK", "LAB", intent)
        self._known: dict[RGB, tuple[float, ...]] = {}
        for code, recipe in swatches.items():
            red, green, blue = bytes.fromhex(code.removeprefix("#"))
            self._known[red, green, blue] = tuple(share / 100 for share in recipe)
        self._known[255, 255, 255] = WHITE
        self._by_profile: set[RGB] = set()
        self._tones: list[int] = []

    def of(self, colour: RGB) -> tuple[float, ...]:
        """Return the shares of cyan, magenta, yellow and black."""
        if colour not in self._known:
            if self._is_near_black(colour):
                self._known[colour] = BLACK
            else:
                levels = self._press.apply(Image.new("RGB", (1, 1), colour)).tobytes()
                self._known[colour] = tuple(level / 255 for level in levels)
                self._by_profile.add(colour)
        return self._known[colour]

    def went_by_profile(self, colour: RGB) -> bool:
        """Say whether `of` found neither a recipe nor a rule for the colour."""
        return colour in self._by_profile

    def converted(
        self, values: Sequence[float], family: str, mask: bool, used: set[RGB]
    ) -> tuple[float, ...]:
        """Return a colour of the family "RGB" or "Gray" in inks, and note it in `used`.

        In a luminosity mask a colour is no ink but a measure: it becomes a share of light by the
        formula that a reader would use (ISO 32000-1, 10.3.2).
        """
        red, green, blue = values if family == "RGB" else (*values, *values, *values)
        if mask:
            light = red if family == "Gray" else 0.3 * red + 0.59 * green + 0.11 * blue
            return (light,)
        colour = eight_bit(red), eight_bit(green), eight_bit(blue)
        used.add(colour)
        return self.of(colour)

    def picture(self, image: Image.Image) -> Image.Image:
        """Return a picture in "CMYK"; one in greys stays "L", in tones that K prints as light."""
        if image.mode == "L":
            return image.point(self._grey_tones())
        return self._press.apply(image if image.mode == "RGB" else image.convert("RGB"))

    def _is_near_black(self, colour: RGB) -> bool:
        """Say whether a colour is one that readers take for black: L* under 20, C*ab under 10."""
        seen = self._seen.apply(Image.new("RGB", (1, 1), colour))
        light, a, b = (band.tobytes()[0] for band in seen.split())
        chroma = float(((a - 128) ** 2 + (b - 128) ** 2) ** 0.5)
        return light / 255 * 100 < DARK and chroma < NEARLY_GREY

    def _grey_tones(self) -> list[int]:
        """Return for each grey of a screen the DeviceGray that K prints as equally light.

        Black point compensation by hand, as a profile knows the black of all inks only: black is
        K 100 %, paper is white, luminance is linear between them.
        """
        if not self._tones:
            levels = Image.frombytes("L", (256, 1), bytes(range(256)))
            none = Image.new("L", (256, 1))
            printed = _luminances(
                self._printed.apply(Image.merge("CMYK", (none, none, none, levels)))
            )
            seen = _luminances(self._seen.apply(Image.merge("RGB", (levels,) * 3)))
            darkest = printed[255]
            rising = printed[::-1]  # from K 100 % to none, as DeviceGray counts
            self._tones = [
                min(255, bisect_left(rising, darkest + (1 - darkest) * each)) for each in seen
            ]
            self._tones[0], self._tones[255] = 0, 255
        return self._tones


def _profile(content: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(content))


def _intent() -> ImageCms.Intent:
    return ImageCms.Intent.RELATIVE_COLORIMETRIC


def _luminances(lab: Image.Image) -> list[float]:
    """Return Y, 0 to 1, of each pixel (CIE 1976, inverted)."""
    lights = [level / 255 * 100 for level in lab.tobytes()[::3]]
    return [((light + 16) / 116) ** 3 if light > 8 else light / 903.3 for light in lights]


def eight_bit(share: float) -> int:
    """Return a share of light as the byte that it was before WeasyPrint divided it by 255.

    Shares beyond 0 to 1 count as the nearest of them (ISO 32000-1, 8.6.4.1).
    """
    return round(min(max(share, 0.0), 1.0) * 255)


def family_of(space: Object, srgb: bytes) -> str:
    """Return "RGB", "Gray", "CMYK", "Indexed" or "Pattern"; another space by its own name.

    An ICC-based space counts as RGB when its profile is sRGB, and as grey with one component.
    """
    if isinstance(space, Array) and len(space) == 1:
        return family_of(space[0], srgb)
    if not isinstance(space, Array):
        return _NAMES.get(str(space), str(space))
    kind = str(space[0])
    if kind == "/ICCBased":
        profile = space[1].read_bytes()
        if int(space[1].N) == 1:
            return "Gray"
        described = b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile
        return "RGB" if profile == srgb or (described and int(space[1].N) == 3) else kind
    if kind in ("/Indexed", "/I"):
        base = family_of(space[1], srgb)
        return "Indexed" if base in ("RGB", "Gray") else f"/Indexed of {base}"
    return kind if kind != "/Pattern" else "/Pattern of a plain colour"


@dataclass(frozen=True)
class _Stored:
    """A picture as it stands in a file, 8 bit a component; names without their slash."""

    data: bytes
    filter: str
    space: str


class Pictures:
    """Converts images; each picture once, by its digest, and never again with the same `cache`.

    `press` is the digest of the two profiles between which is converted.
    """

    def __init__(self, inks: Inks, press: str, cache: Cache | None = None) -> None:
        self._inks, self._press, self._cache = inks, press, cache
        self._stored: OrderedDict[str, _Stored] = OrderedDict()

    def convert(self, image: pikepdf.Stream, mask: bool) -> None:
        """Rewrite an image in inks, or as light where it is part of a luminosity mask.

        Stencils stay, and so do greys of one bit, soft masks (ISO 32000-1, 11.6.5.3: DeviceGray)
        and CMYK. What was JPEG stays JPEG, what was stored without loss stays so.
        """
        if bool(image.get(Name.ImageMask, False)):
            return
        if Name.SMask in image:
            self._check_soft_mask(image.SMask)
        if Name.ColorSpace not in image:
            raise ValueError(f"a picture without a colour space, {image.get(Name.Filter)}")
        family = family_of(image.ColorSpace, self._inks.srgb)
        if family == "CMYK" and not mask:
            return
        _check(image, family)
        if family == "Gray" and (mask or int(image.BitsPerComponent) == 1):
            image.ColorSpace = Name.DeviceGray
            return
        stored = self._convert(image, mask)
        image.write(stored.data, filter=Name(f"/{stored.filter}"))
        image.ColorSpace, image.BitsPerComponent = Name(f"/{stored.space}"), 8
        if Name.Decode in image:
            del image[Name.Decode]

    def _check_soft_mask(self, soft: Object) -> None:
        if family_of(soft.ColorSpace, self._inks.srgb) != "Gray" or Name.Matte in soft:
            raise ValueError("a soft mask that is not plain grey (ISO 32000-1, 11.6.5.3)")
        soft.ColorSpace = Name.DeviceGray

    def _convert(self, image: pikepdf.Stream, mask: bool) -> _Stored:
        key = self._key(image, mask)
        if key in self._stored:
            self._stored.move_to_end(key)
            return self._stored[key]
        stored = self._kept(key)
        if stored is None:
            drawn = self._drawn(pikepdf.PdfImage(image).as_pil_image(apply_mask=False), mask)
            photo = image.get(Name.Filter) in (Name.DCTDecode, Array([Name.DCTDecode]))
            stored = _stored(drawn, photo)
            if self._cache:
                note = {"filter": stored.filter, "space": stored.space}
                self._cache.store(key, note, stored.data)
        self._stored[key] = stored
        if len(self._stored) > IN_MEMORY:
            self._stored.popitem(last=False)
        return stored

    def _key(self, image: pikepdf.Stream, mask: bool) -> str:
        """Return the digest of all that a converted picture depends on."""
        palette = b""
        if isinstance(image.ColorSpace, Array) and len(image.ColorSpace) == 4:
            lookup = image.ColorSpace[3]
            stream = isinstance(lookup, pikepdf.Stream)
            palette = lookup.read_bytes() if stream else bytes(lookup)
        told = (Name.Width, Name.Height, Name.BitsPerComponent, Name.Filter, Name.DecodeParms)
        facts = [repr(image.get(each)) for each in told]
        facts += [family_of(image.ColorSpace, self._inks.srgb), str(mask), self._press, _CODE]
        digest = hashlib.sha256(repr(facts).encode())
        digest.update(palette)
        digest.update(image.read_raw_bytes())
        return digest.hexdigest()

    def _kept(self, key: str) -> _Stored | None:
        entry = self._cache.entry(key) if self._cache else None
        if entry is None:
            return None
        note, content = entry
        with contextlib.suppress(KeyError):
            return _Stored(content, str(note["filter"]), str(note["space"]))
        return None

    def _drawn(self, image: Image.Image, mask: bool) -> Image.Image:
        if image.mode not in ("1", "L", "P", "RGB"):
            raise ValueError(f"a picture in the colour mode {image.mode}")
        if mask:
            return image.convert("L")
        return self._inks.picture(image.convert("L") if image.mode == "1" else image)


def _check(image: Object, family: str) -> None:
    """Refuse what nothing here writes, and what would come out in wrong colours."""
    if family not in ("RGB", "Gray", "Indexed"):
        raise ValueError(f"a picture in the colour space {family}")
    if isinstance(image.get(Name.Mask), Array):
        raise ValueError("a picture with a colour key mask (ISO 32000-1, 8.9.6.4)")
    decode = [float(each) for each in image.get(Name.Decode, Array())]
    if decode and (family == "Indexed" or decode != [0, 1] * (len(decode) // 2)):
        raise ValueError(f"a picture with the decode array {decode}")


def _stored(image: Image.Image, photo: bool) -> _Stored:
    """Return a picture encoded.

    A CMYK JPEG holds shares of ink, as DCTDecode gives them out (ISO 32000-1, 7.4.8). Pillow writes
    them inverted, as Photoshop does, so it is given them inverted; no /Decode is needed.
    """
    space = "DeviceCMYK" if image.mode == "CMYK" else "DeviceGray"
    if not photo:
        return _Stored(zlib.compress(image.tobytes()), "FlateDecode", space)
    stream = io.BytesIO()
    upright = ImageChops.invert(image) if image.mode == "CMYK" else image
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())  # no notes, no profile
    bare.save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return _Stored(stream.getvalue(), "DCTDecode", space)


def convert_shading(
    pdf: pikepdf.Pdf, shading: Object, inks: Inks, mask: bool, used: set[RGB]
) -> None:
    """Rewrite a gradient (ISO 32000-1, 8.7.4.5) in inks, stop by stop: swatches keep their recipes.

    Between two stops the inks are mixed. A gradient of light in a mask stays DeviceGray.
    """
    family = family_of(shading.ColorSpace, inks.srgb)
    if family == "CMYK" and not mask:
        return
    if family not in ("RGB", "Gray"):
        raise ValueError(f"a gradient in the colour space {family}")
    if family == "Gray" and mask:
        shading.ColorSpace = Name.DeviceGray
        return
    if not isinstance(shading.get(Name.Function), Dictionary | pikepdf.Stream):
        raise ValueError(f"a gradient of type {shading.ShadingType} without one function")

    def stop(values: Sequence[float]) -> Array:
        return Array([round(each, 4) for each in inks.converted(values, family, mask, used)])

    def ramp(function: Object) -> Object:
        kind = int(function.FunctionType)
        if kind == 0:
            return sampled(function)
        if kind not in (2, 3):
            raise ValueError(f"a gradient with a function of type {kind}")
        made = Dictionary(dict(function.items()))
        if Name.Range in made:
            del made[Name.Range]
        if kind == 3:
            made.Functions = Array([ramp(each) for each in function.Functions])
        else:
            made.C0 = stop([float(each) for each in function.get(Name.C0, Array([0]))])
            made.C1 = stop([float(each) for each in function.get(Name.C1, Array([1]))])
        return made

    def sampled(function: Object) -> Object:
        width, samples = COMPONENTS[family], function.read_bytes()
        plain = all(
            [float(each) for each in function.get(name, Array([0, 1] * width))] == [0, 1] * width
            for name in (Name.Range, Name.Decode)
        )
        if int(function.BitsPerSample) != 8 or not plain:
            raise ValueError("a gradient with samples that are no bytes from 0 to 1")
        lights = [
            [byte / 255 for byte in samples[i : i + width]] for i in range(0, len(samples), width)
        ]
        inked = [inks.converted(each, family, mask, used) for each in lights]
        made = pikepdf.Stream(pdf, bytes(eight_bit(share) for each in inked for share in each))
        for name in (Name.FunctionType, Name.Domain, Name.Size, Name.BitsPerSample, Name.Encode):
            if name in function:
                made[name] = function[name]
        made.Range = Array([0, 1] * len(inked[0]))
        return pdf.make_indirect(made)

    shading.Function = ramp(shading.Function)
    if Name.Background in shading:
        shading.Background = stop([float(each) for each in shading.Background])
    shading.ColorSpace = Name.DeviceGray if mask else Name.DeviceCMYK
