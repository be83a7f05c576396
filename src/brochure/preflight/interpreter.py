"""The interpreter of content streams: notes what they put on the paper, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pypdf.generic import StreamObject

from brochure.preflight import objects
from brochure.preflight.colour import CMYK, GRAY, RGB, UNKNOWN, Colour, Space, initial, space_of
from brochure.preflight.machine import Machine
from brochure.preflight.marks import ImagePainted, Paint, PathPainted, ShadingPainted, TextShown
from brochure.preflight.scanning import InlineImage, Operand
from brochure.preflight.state import Matrix, Path, matrix, placed, thinnest, times
from brochure.preflight.typefaces import Font

_NO_POINTS = 1e-6


class Interpreter(Machine):
    """What each operator does. Operands that make no sense raise, and the machine notes it."""

    methods: ClassVar = {
        "q": "save", "Q": "restore", "cm": "concatenate", "w": "line_width",
        "gs": "graphics_state", "BMC": "begin_tag", "BDC": "begin_tag", "EMC": "end_tag",
        "g": "fill_gray", "G": "stroke_gray", "rg": "fill_rgb", "RG": "stroke_rgb",
        "k": "fill_cmyk", "K": "stroke_cmyk", "cs": "fill_space", "CS": "stroke_space",
        "sc": "fill_colour", "scn": "fill_colour", "SC": "stroke_colour", "SCN": "stroke_colour",
        "sh": "shading", "m": "move", "l": "line", "c": "curve", "v": "curve", "y": "curve",
        "re": "rectangle", "n": "end_path", "f": "fill", "F": "fill", "f*": "fill",
        "S": "stroke", "s": "stroke", "B": "both", "B*": "both", "b": "both", "b*": "both",
        "BT": "begin_text", "Tf": "font", "Tc": "spacing", "Tw": "word", "Tz": "scale",
        "TL": "leading", "Ts": "rise", "Tr": "render", "Td": "next_line",
        "TD": "next_line_leading", "Tm": "text_matrix", "T*": "new_line", "Tj": "show",
        "'": "new_line_show", '"': "spaced_show", "TJ": "show_items", "Do": "do",
        "EI": "inline_image",
    }  # fmt: skip
    without_effect: ClassVar = frozenset(
        ["h", "W", "W*", "i", "ri", "j", "J", "M", "d", "ET", "BX", "EX", "MP", "DP", "d0", "d1"]
    )

    def _line_width(self, operands: list[Operand]) -> None:
        self.state.width = abs(_number(operands[-1]))

    # Colours

    def _device(self, space: Space, operands: list[Operand]) -> Colour:
        self._name_space(space, "a colour in the content")
        return Colour(space, _numbers(operands, space.components))

    def _fill_gray(self, operands: list[Operand]) -> None:
        self.state.fill = self._device(GRAY, operands)

    def _stroke_gray(self, operands: list[Operand]) -> None:
        self.state.stroke = self._device(GRAY, operands)

    def _fill_rgb(self, operands: list[Operand]) -> None:
        self.state.fill = self._device(RGB, operands)

    def _stroke_rgb(self, operands: list[Operand]) -> None:
        self.state.stroke = self._device(RGB, operands)

    def _fill_cmyk(self, operands: list[Operand]) -> None:
        self.state.fill = self._device(CMYK, operands)

    def _stroke_cmyk(self, operands: list[Operand]) -> None:
        self.state.stroke = self._device(CMYK, operands)

    def _fill_space(self, operands: list[Operand]) -> None:
        self.state.fill = initial(self._space(operands[-1]))

    def _stroke_space(self, operands: list[Operand]) -> None:
        self.state.stroke = initial(self._space(operands[-1]))

    def _space(self, value: Operand) -> Space:
        return self._name_space(space_of(value, self._named()), "a colour space in the content")

    def _fill_colour(self, operands: list[Operand]) -> None:
        self.state.fill = self._coloured(self.state.fill.space, operands)

    def _stroke_colour(self, operands: list[Operand]) -> None:
        self.state.stroke = self._coloured(self.state.stroke.space, operands)

    def _coloured(self, space: Space, operands: list[Operand]) -> Colour:
        if space.family != "Pattern":
            return Colour(space, _numbers(operands, space.components or len(operands)))
        below = space.base
        tints = _numbers(operands[:-1], below.components) if below is not None else ()
        colour = Colour(space, tints, str(operands[-1]))
        self._pattern(colour, Colour(below, tints) if below is not None else None)
        return colour

    def _pattern(self, colour: Colour, below: Colour | None) -> None:
        """Run the cell of a pattern once a page and colour, or note its shading."""
        value = objects.dictionary(self.resource("/Pattern", colour.pattern))
        key = objects.identity(value), below, self._base
        if value is None or key in self._patterns:
            return
        self._patterns.add(key)
        if isinstance(value, StreamObject):
            paint = Paint(below, False, 0) if below is not None else None
            self.form(value, self._base, paint)
        elif "/Shading" in value:
            self._shade(value.get("/Shading"), "a shading pattern")

    def _shade(self, shading: object, where: str) -> None:
        space = space_of(objects.entries(shading).get("/ColorSpace"), self._named())
        self._name_space(space, where)
        self.emit(ShadingPainted(self.page.media, self.tagged, space))

    def _shading(self, operands: list[Operand]) -> None:
        self._shade(self.resource("/Shading", operands[-1]), "a shading")

    # Paths

    def _move(self, operands: list[Operand]) -> None:
        self._path.begin()
        self._line(operands)

    def _line(self, operands: list[Operand]) -> None:
        x, y = _numbers(operands, 2)
        self._path.add(x, y)

    def _curve(self, operands: list[Operand]) -> None:
        values = _numbers(operands, len(operands) // 2 * 2)
        for x, y in zip(values[::2], values[1::2], strict=True):
            self._path.add(x, y, 10)

    def _rectangle(self, operands: list[Operand]) -> None:
        self._path.rectangle(*_numbers(operands, 4))

    def _end_path(self, _: list[Operand]) -> None:
        self._path = Path()

    def _fill(self, _: list[Operand]) -> None:
        self._paint(True, False)

    def _stroke(self, _: list[Operand]) -> None:
        self._paint(False, True)

    def _both(self, _: list[Operand]) -> None:
        self._paint(True, True)

    def _paint(self, fill: bool, stroke: bool) -> None:
        bounds, thin = self._path.finish()
        self._path, state = Path(), self.state
        if bounds is None:
            return
        left, bottom, right, top = bounds
        half = state.width / 2 if stroke else 0
        self.emit(PathPainted(
            placed(left - half, bottom - half, right + half, top + half, state.ctm),
            self.tagged,
            state.fill_paint() if fill else None,
            state.stroke_paint() if stroke else None,
            state.line_width() if stroke else 0.0,
            thinnest(thin, state.ctm) if fill and thin is not None else None,
        ))  # fmt: skip

    # Text

    def _begin_text(self, _: list[Operand]) -> None:
        self.text.begin()

    def _font(self, operands: list[Operand]) -> None:
        self.state.font = self.shared.font(self.resource("/Font", operands[-2]))
        self.state.size = _number(operands[-1])
        if self.state.font is None:
            self.problem(f"the font {str(operands[-2])[:40]} is missing")

    def _spacing(self, operands: list[Operand]) -> None:
        self.state.spacing = _number(operands[-1])

    def _word(self, operands: list[Operand]) -> None:
        self.state.word = _number(operands[-1])

    def _scale(self, operands: list[Operand]) -> None:
        self.state.scale = _number(operands[-1]) / 100

    def _leading(self, operands: list[Operand]) -> None:
        self.state.leading = _number(operands[-1])

    def _rise(self, operands: list[Operand]) -> None:
        self.state.rise = _number(operands[-1])

    def _render(self, operands: list[Operand]) -> None:
        self.state.render = int(_number(operands[-1]))

    def _next_line(self, operands: list[Operand]) -> None:
        x, y = _numbers(operands, 2)
        self.text.move(x, y)

    def _next_line_leading(self, operands: list[Operand]) -> None:
        self.state.leading = -_number(operands[-1])
        self._next_line(operands)

    def _text_matrix(self, operands: list[Operand]) -> None:
        self.text.matrix = self.text.line = matrix(operands)

    def _new_line(self, _: list[Operand]) -> None:
        self.text.move(0, -self.state.leading)

    def _new_line_show(self, operands: list[Operand]) -> None:
        self._new_line([])
        self._show(operands)

    def _spaced_show(self, operands: list[Operand]) -> None:
        self.state.word, self.state.spacing = _numbers(operands[:2], 2)
        self._new_line_show(operands[2:])

    def _show(self, operands: list[Operand]) -> None:
        self._show_items([operands[-1:]])

    def _show_items(self, operands: list[Operand]) -> None:
        """Note the text, and move on by its width."""
        state, font, items = self.state, self.state.font, operands[-1]
        if font is None or not isinstance(items, list):
            return
        shown = b"".join(item for item in items if isinstance(item, bytes))
        moved = sum(item for item in items if isinstance(item, float))
        codes = font.codes(shown)
        if codes:
            self._use(font, codes)
        widths, default = font.widths, font.default_width
        unit = font.matrix[0] if font.kind == "Type3" else 0.001
        width = sum([widths.get(code, default) for code in codes]) * unit - moved / 1000
        width = width * state.size + len(codes) * state.spacing
        if state.word and font.kind != "Type0":
            width += shown.count(b" ") * state.word
        width *= state.scale
        to = times(self.text.matrix, state.ctm)
        if codes:
            self._emit_text(font, codes, width, to)
        self.text.advance(width)

    def _emit_text(self, font: Font, codes: Sequence[int], width: float, to: Matrix) -> None:
        state, render = self.state, self.state.render
        size = state.size * font.height
        self.emit(TextShown(
            placed(min(width, 0), state.rise, max(width, 0), state.rise + size, to),
            self.tagged,
            _seen(abs(size), to),
            state.fill_paint() if render in (0, 2, 4, 6) else None,
            state.stroke_paint() if render in (1, 2, 5, 6) else None,
            state.line_width(),
            len(codes),
            font.name,
        ))  # fmt: skip
        if font.kind == "Type3":
            own = matrix(font.matrix)
            to = times((state.size * state.scale, 0, 0, state.size, 0, state.rise), to)
            for glyph in font.drawings(codes):
                key = objects.identity(glyph), state.fill, None
                if key not in self._patterns:
                    self._patterns.add(key)
                    self.form(glyph, times(own, to))

    def _use(self, font: Font, codes: Sequence[int]) -> None:
        """Remember the codes of a font, with the page on which each is met first."""
        if self._silent:
            return
        for code in set(codes).difference(font.used):
            font.used[code] = self.page.number
        if not (self.tags and self.tags[-1][1]):
            for code in set(codes).difference(font.spoken):
                font.spoken[code] = self.page.number

    # Pictures and forms

    def _do(self, operands: list[Operand]) -> None:
        value = objects.stream(self.resource("/XObject", operands[-1]))
        if value is None:
            self.problem(f"{str(operands[-1])[:40]} is missing")
            return
        kind = objects.name(value.get("/Subtype"))
        if kind == "/Form":
            self.form(value, self.state.ctm)
        elif kind == "/Image":
            self._image(value)
        else:
            self.problem(f"{str(operands[-1])[:40]} is neither a picture nor a form")

    def _inline_image(self, operands: list[Operand]) -> None:
        image = operands[-1]
        if isinstance(image, InlineImage):
            self._image(image)

    def _image(self, image: StreamObject | InlineImage) -> None:
        width = int(objects.number(image.get("/Width")))
        height = int(objects.number(image.get("/Height")))
        stencil = image.get("/ImageMask") is True or objects.flag(image.get("/ImageMask"))
        space, bits = None, 1
        if not stencil:
            bits = int(objects.number(image.get("/BitsPerComponent"), 8))
            given = image.get("/ColorSpace")
            space = space_of(given, self._named()) if given is not None else UNKNOWN
            self._name_space(space, "a picture")
        mask = objects.stream(image.get("/SMask"))
        if mask is not None:
            self.transparent = True
            self._name_space(space_of(mask.get("/ColorSpace")), "the soft mask of a picture")
        a, b, c, d, _, _ = self.state.ctm
        across, up = (a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5
        self.emit(ImagePainted(
            placed(0, 0, 1, 1, self.state.ctm),
            self.tagged,
            (width, height),
            72 * min(width / max(across, _NO_POINTS), height / max(up, _NO_POINTS)),
            space,
            bits,
            self.state.fill_paint() if stencil else None,
        ))  # fmt: skip


def _number(value: Operand) -> float:
    if not isinstance(value, float):
        raise TypeError("a number is expected")
    return value


def _numbers(operands: list[Operand], count: int) -> tuple[float, ...]:
    """Return exactly so many numbers: the last ones."""
    found = tuple(map(_number, operands[-count:])) if count else ()
    if len(found) != count:
        raise ValueError("too few numbers")
    return found


def _seen(size: float, to: Matrix) -> float:
    """Return the size of text as it is seen: across its line."""
    a, b, c, d, _, _ = to
    along = (a * a + b * b) ** 0.5
    return size * abs(a * d - b * c) / along if along else 0.0
