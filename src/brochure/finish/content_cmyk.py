"""One content stream turned from sRGB to CMYK, with the overprint that black ink asks for.

The engine's streams are a closed world. What it writes is converted; what could hold a screen
colour and is not known here is refused by name, so that no RGB reaches a press unnoticed (GWG 2022
R0027).
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

from brochure.finish.pictures_cmyk import (
    BLACK,
    COMPONENTS,
    RGB,
    Inks,
    Pictures,
    family_of,
)

SMALL_TEXT = 12.0  # points: pure K below it overprints (GWG 2022 R0009)
THIN_LINE = 2.0  # points: the same for lines (R0010), be they strokes or narrow shapes

Matrix = tuple[float, float, float, float]  # a b c d: sizes do not ask where things stand
UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0)

# Lines and fills overprint apart: "10" is a black line around a fill that knocks out.
SETTINGS = {(line, fill): f"/PressK{line:d}{fill:d}" for line in (0, 1) for fill in (0, 1)}

# ISO 32000-1, 7.2 and 7.3: white space, then operands, then an operator. Every repetition is
# possessive: a stream that does not fit is refused in linear time.
_SPACE = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+)"
_TEXT = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\))*+\)"
_PLAIN_OPERAND = (
    rb"[+-]?(?:\d++\.?\d*+|\.\d++)(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|/[^\0\t\n\f\r ()<>\[\]{}/%]*+|" + _TEXT + rb"|<[0-9A-Fa-f\0\t\n\f\r ]*+>"
    rb"|(?:true|false|null)(?![^\0\t\n\f\r ()<>\[\]{}/%])"
)
_ARRAY = rb"\[(?:" + _SPACE + rb"|" + _PLAIN_OPERAND + rb")*+\]"
_DICTIONARY = rb"<<(?:" + _SPACE + rb"|" + _PLAIN_OPERAND + rb"|" + _ARRAY + rb")*+>>"
_INSTRUCTION = re.compile(
    _SPACE + rb"*+((?:(?:" + _PLAIN_OPERAND + rb"|" + _ARRAY + rb"|" + _DICTIONARY + rb")"
    + _SPACE + rb"*+)*+)([A-Za-z'\"][A-Za-z0-9]*+\*?)(?![^\0\t\n\f\r ()<>\[\]{}/%])",
    re.DOTALL,
)  # fmt: skip
_REST = re.compile(_SPACE + rb"*+\Z")
_IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = rb"([+-]?(?:\d++\.?\d*+|\.\d++))"
_RECTANGLE = re.compile(rb"\s".join([_NUMBER] * 4) + rb"\sre\b")
# Ends of lines, and of curves with the two points before: a curve lies between these.
_POINT = re.compile(_NUMBER + rb"\s" + _NUMBER + rb"(?=(?:\s[\d.+-]+){0,4}\s[mlcvy]\b)")
# Abbreviations in inline images (8.9.7), of keys and of values.
_IMAGE_KEYS = dict(
    BPC="BitsPerComponent", CS="ColorSpace", D="Decode", DP="DecodeParms", F="Filter",
    H="Height", I="Interpolate", IM="ImageMask", W="Width",
)  # fmt: skip
_IMAGE_VALUES = dict(
    G="DeviceGray", RGB="DeviceRGB", CMYK="DeviceCMYK", I="Indexed", AHx="ASCIIHexDecode",
    A85="ASCII85Decode", Fl="FlateDecode", LZW="LZWDecode", RL="RunLengthDecode", DCT="DCTDecode",
)  # fmt: skip

# Operators by what they do to colours (ISO 32000-1, annex A). Capital letters are about lines.
_COLOURS = {b"g": "Gray", b"rg": "RGB", b"k": "CMYK"}
_SHOW_TEXT = frozenset(b"Tj TJ ' \"".split())
_STROKE, _FILL = frozenset(b"S s".split()), frozenset(b"f F f* sh Do".split())
_BOTH = frozenset(b"B B* b b*".split())
_FIELDS = frozenset(b"sh Do".split())  # fill what no path of theirs bounds
_ENDS_PATH = (_STROKE | _FILL | _BOTH | {b"n"}) - _FIELDS
_CLIP = frozenset(b"W W*".split())
_NEUTRAL = frozenset(
    b"m l c v y h re J j M d ri i Tc Tw Tz TL Ts Td TD T* d0 BX EX BMC BDC EMC MP DP".split()
)


class State(NamedTuple):
    """What of the graphics state colours and overprint depend on (ISO 32000-1, 8.4).

    Paints are only known as pure K or not. `clip` is the width of the narrowest clipping path, in
    the units of the page. `over` is the overprint of lines and fills, None where whoever paints
    the stream may have set either.
    """

    matrix: Matrix = UPRIGHT
    fill_black: bool = False
    line_black: bool = False
    fill_space: str = ""
    line_space: str = ""
    width: float = 1.0
    size: float = 0.0
    mode: int = 0
    clip: float = math.inf
    over: tuple[int, int] | None = (0, 0)


# Pages and patterns begin in DeviceGray black (8.6.3), which is spelled out as pure K.
FIRST = State(fill_black=True, line_black=True, fill_space="Gray", line_space="Gray")
FIRST_COLOURS = b"0 0 0 1 k 0 0 0 1 K\n"
Stack = tuple[State, ...]


@dataclass(frozen=True)
class Converted:
    """A content stream in inks, packed, the state that it leaves, and what it draws, as large as
    where."""

    packed: bytes
    after: Stack
    drawn: tuple[tuple[str, Matrix], ...]
    used: frozenset[RGB]
    overprints: bool


class Content:
    """Converts one content stream, whose resources give its colour spaces their names."""

    def __init__(
        self, inks: Inks, pictures: Pictures, spaces: Mapping[str, str], mask: bool
    ) -> None:
        self._inks, self._pictures, self._spaces, self._mask = inks, pictures, spaces, mask
        self._used: set[RGB] = set()
        self._drawn: list[tuple[str, Matrix]] = []
        self._out: list[bytes] = []
        self._copied, self._path, self._overprints = 0, 0, False

    def convert(self, content: bytes, before: Stack, opening: bytes = b"") -> Converted:
        """Return the stream converted, after `opening`; operators that are none of its business
        stay as bytes."""
        self._content, self._stack = content, list(before)
        self._state, self._text = self._stack.pop(), UPRIGHT
        position = 0
        while found := _INSTRUCTION.match(content, position):
            position = found.end()
            operator = found[2]
            if operator == b"BI":
                position = self._inline_image(found)
            elif operator not in _NEUTRAL:
                self._instruction(found, operator)
        if not _REST.match(content, position):
            raise ValueError(
                f"cannot read a content stream at {content[position : position + 40]!r}"
            )
        self._out.append(content[self._copied :])
        return Converted(
            zlib.compress(opening + b"".join(self._out)),
            (*self._stack, self._state),
            tuple(self._drawn),
            frozenset(self._used),
            self._overprints,
        )

    def _instruction(self, found: re.Match[bytes], operator: bytes) -> None:
        state, line = self._state, operator.isupper()
        if operator == b"q":
            self._stack.append(state)
        elif operator == b"Q":
            if not self._stack:
                raise ValueError("a content stream with more Q than q")
            self._state = self._stack.pop()
        elif operator == b"cm":
            self._state = state._replace(matrix=product(_matrix(found), state.matrix))
        elif operator in (b"BT", b"ET"):
            self._text = UPRIGHT
        elif operator == b"Tm":
            self._text = _matrix(found)
        elif operator == b"Tf":
            self._state = state._replace(size=float(found[1].split()[-1]))
        elif operator == b"Tr":
            self._state = state._replace(mode=int(found[1]))
        elif operator == b"w":
            self._state = state._replace(width=float(found[1]))
        elif operator in _SHOW_TEXT:
            self._show_text(found)
        elif operator in _STROKE:
            self._overprint(found, self._thin(), self._thin())
        elif operator in _BOTH:
            self._overprint(found, self._thin(), False)
        elif operator in _FILL:
            self._overprint(found, False, operator not in _FIELDS and self._narrow(found))
            if operator == b"Do":
                self._drawn.append((found[1].strip().decode(), state.matrix))
        elif operator in _CLIP:
            width = width_of(self._content[self._path : found.start()]) * scale(state.matrix)
            self._state = state._replace(clip=min(state.clip, width))
        elif (family := _COLOURS.get(operator.lower())) is not None:
            self._colour(found, family, line)
        elif operator.lower() == b"cs":
            self._space(found, line)
        elif operator.lower() in (b"sc", b"scn"):
            self._colour_in_space(found, line)
        elif operator == b"gs":
            if found[1].strip().decode() in SETTINGS.values():
                raise ValueError("a content stream that was converted to CMYK before")
        elif operator == b"n":
            pass
        elif operator == b"d1":  # a glyph without colours of its own
            self._state = state._replace(over=(0, 0))
        else:
            raise ValueError(f"the operator {operator.decode()} is not known in a content stream")
        if operator in _ENDS_PATH:
            self._path = found.end()

    def _replace(self, start: int, end: int, new: bytes) -> None:
        self._out += (self._content[self._copied : start], new)
        self._copied = end

    # Colours.

    def _colour(self, found: re.Match[bytes], family: str, line: bool) -> None:
        """Write a colour as k or K; in a mask as g or G."""
        try:
            values = tuple(float(each) for each in found[1].split())
        except ValueError:
            values = ()
        if len(values) != COMPONENTS[family] or (family == "CMYK" and self._mask):
            place = "a mask" if self._mask else "a content stream"
            raise ValueError(f"{found[0].strip().decode('latin-1')!r} in {place} is no colour")
        if family != "CMYK":
            values = self._inks.converted(values, family, self._mask, self._used)
        operator = (b"G" if line else b"g") if self._mask else (b"K" if line else b"k")
        self._replace(found.start(1), found.end(2), b"%b %b" % (_numbers(values), operator))
        self._paint(line, family, values == BLACK)

    def _space(self, found: re.Match[bytes], line: bool) -> None:
        name = found[1].strip().decode()
        family = self._spaces.get(name) or family_of(Name(name), b"")
        if family == "Pattern":
            self._replace(found.start(1), found.end(1), b"/Pattern ")
        elif family in COMPONENTS and not (self._mask and family == "CMYK"):
            first = b"0 g" if self._mask else b"0 0 0 1 k"  # the first colour of all of them
            self._replace(found.start(1), found.end(2), first.upper() if line else first)
        else:
            raise ValueError(f"a colour in the colour space {family}, called {name}")
        self._paint(line, family, family != "Pattern" and not self._mask)

    def _colour_in_space(self, found: re.Match[bytes], line: bool) -> None:
        family = self._state.line_space if line else self._state.fill_space
        if family in COMPONENTS:
            self._colour(found, family, line)
        elif family != "Pattern" or len(found[1].split()) != 1:
            words = found[0].strip().decode("latin-1")
            raise ValueError(
                f"the colour {words!r} in the colour space {family or 'of the caller'}"
            )

    def _paint(self, line: bool, family: str, black: bool) -> None:
        if line:
            self._state = self._state._replace(line_space=family, line_black=black)
        else:
            self._state = self._state._replace(fill_space=family, fill_black=black)

    # Overprint.

    def _show_text(self, found: re.Match[bytes]) -> None:
        """Let text in pure K overprint below 12 points, as high as it is printed."""
        state = self._state
        _, _, c, d = product(self._text, state.matrix)
        small = round(state.size * math.hypot(c, d), 1) < SMALL_TEXT
        fill, line = small and state.fill_black, small and state.line_black
        if state.mode % 4 == 0:
            self._overprint(found, fill, fill)
        elif state.mode % 4 == 1:
            self._overprint(found, line, line)
        elif state.mode % 4 == 2:
            self._overprint(found, line, fill)

    def _thin(self) -> bool:
        state = self._state
        return state.line_black and round(state.width * scale(state.matrix), 3) < THIN_LINE

    def _narrow(self, found: re.Match[bytes]) -> bool:
        """Say whether a shape in pure K is a line: the engine fills the borders of boxes."""
        state = self._state
        if not state.fill_black:
            return False
        width = width_of(self._content[self._path : found.start()]) * scale(state.matrix)
        return round(min(width, state.clip), 3) < THIN_LINE

    def _overprint(self, found: re.Match[bytes], line: bool, fill: bool) -> None:
        """Set the overprint before what paints, unless it is so already."""
        wanted = (int(line), int(fill))
        if self._state.over != wanted and not self._mask:
            start = found.start(1)
            self._replace(start, start, f"{SETTINGS[wanted]} gs\n".encode())
            self._state = self._state._replace(over=wanted)
            self._overprints = True

    # Pictures.

    def _inline_image(self, found: re.Match[bytes]) -> int:
        """Convert an image from BI to EI (ISO 32000-1, 8.9.7); return where it ends."""
        content = self._content
        data = content.index(b"ID", found.end()) + 3
        head = self._image_head(content[found.end() : data - 3])
        earliest = data
        if Name.Filter not in head:
            bits = COMPONENTS.get(family_of(head.get(Name.ColorSpace, Name.G), b""), 1)
            bits *= int(head.get(Name.BitsPerComponent, 1)) * int(head.Width)
            earliest += (bits + 7) // 8 * int(head.Height)
        end = _IMAGE_END.search(content, earliest)
        if end is None:
            raise ValueError("an inline image without an end")
        self._overprint(found, False, False)
        place = pikepdf.new()  # a stream lives as long as its file
        image = pikepdf.Stream(place, content[data : end.start()], head)
        before = image.read_raw_bytes()
        self._pictures.convert(image, self._mask)
        if image.read_raw_bytes() != before:
            self._replace(found.start(2), end.end(), _inline(image))
        return end.end()

    def _image_head(self, words: bytes) -> Dictionary:
        head = Dictionary(Subtype=Name.Image)
        for key, value in pikepdf.Object.parse(b"<<%b>>" % words).items():
            name = _IMAGE_KEYS.get(key[1:], key[1:])
            if isinstance(value, Name):
                own = self._spaces.get(str(value)) if name == "ColorSpace" else None
                value = Name(f"/Device{own}") if own in COMPONENTS else _unabbreviated(value)
            elif isinstance(value, Array):
                value = Array([_unabbreviated(each) for each in value])
            head[f"/{name}"] = value
        return head


def _unabbreviated(value: Object) -> Object:
    if not isinstance(value, Name):
        return value
    return Name(f"/{_IMAGE_VALUES.get(str(value)[1:], str(value)[1:])}")


def _inline(image: pikepdf.Stream) -> bytes:
    """Return a picture from BI to EI; its data are letters, so that no EI can stand in them."""
    told = (image.Width, image.Height, str(image.ColorSpace).encode())
    data = zlib.compress(image.read_bytes()).hex().encode()
    return b"BI /W %d /H %d /BPC 8 /CS %b /F [/AHx /Fl] ID\n%b>\nEI" % (*told, data)


def _matrix(found: re.Match[bytes]) -> Matrix:
    a, b, c, d, _, _ = (float(each) for each in found[1].split())
    return a, b, c, d


def width_of(path: bytes) -> float:
    """Return how wide a path is where it is narrow: the shorter side of the box around it,
    infinite where it draws nothing.

    A rectangle in another is the border of a box, as wide as its widest side. Three and more, as
    in a QR code, are as narrow as the narrowest of them.
    """
    boxes = [tuple(map(float, found.groups())) for found in _RECTANGLE.finditer(path)]
    points = [(float(x), float(y)) for x, y in _POINT.findall(path)]
    if len(boxes) == 2 and not points:
        (x, y, width, height), (left, bottom, inner, above) = sorted(boxes, key=_area)[::-1]
        return max(left - x, bottom - y, x + width - left - inner, y + height - bottom - above)
    if len(boxes) > 2 and not points:
        return min(abs(side) for *_, width, height in boxes for side in (width, height))
    for x, y, width, height in boxes:
        points += [(x, y), (x + width, y + height)]
    if not points:
        return math.inf
    across, along = ([each[i] for each in points] for i in (0, 1))
    return min(max(across) - min(across), max(along) - min(along))


def _area(box: tuple[float, ...]) -> float:
    return abs(box[2] * box[3])


def product(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d = first
    e, f, g, h = second
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def scale(matrix: Matrix) -> float:
    a, b, c, d = matrix
    return math.sqrt(abs(a * d - b * c))


def _numbers(values: tuple[float, ...]) -> bytes:
    return " ".join(f"{each:.4f}".rstrip("0").rstrip(".") for each in values).encode()
