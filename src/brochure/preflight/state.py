"""The graphics state of a content stream, and the arithmetic of its matrices."""

from __future__ import annotations

import math
from collections.abc import Iterable

from brochure.preflight.colour import Colour
from brochure.preflight.findings import Box
from brochure.preflight.marks import Paint
from brochure.preflight.typefaces import Font

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_FARTHEST = 1e12


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return one matrix for two, the first applied first; ValueError when it leaves all bounds."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    product = (
        a * g + b * i, a * h + b * j,
        c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip
    if not all(-_FARTHEST < value < _FARTHEST for value in product):
        raise ValueError("a matrix with numbers beyond all bounds")
    return product


def matrix(values: Iterable[object], default: Matrix = IDENTITY) -> Matrix:
    """Return six numbers as a matrix."""
    found = [value for value in values if isinstance(value, (int, float))]
    if len(found) != 6:
        return default
    a, b, c, d, e, f = map(float, found)
    return a, b, c, d, e, f


def placed(left: float, bottom: float, right: float, top: float, to: Matrix) -> Box:
    """Return the box around a rectangle that a matrix moves."""
    a, b, c, d, e, f = to
    xs = (a * left, a * right), (c * bottom, c * top)
    ys = (b * left, b * right), (d * bottom, d * top)
    return (
        min(xs[0]) + min(xs[1]) + e, min(ys[0]) + min(ys[1]) + f,
        max(xs[0]) + max(xs[1]) + e, max(ys[0]) + max(ys[1]) + f,
    )  # fmt: skip


def thinnest(length: float, to: Matrix) -> float:
    """Return a length as it is seen, in the direction in which the matrix makes it shortest."""
    a, b, c, d, _, _ = to
    squares, area = a * a + b * b + c * c + d * d, a * d - b * c
    larger = (squares + math.sqrt(max(squares * squares - 4 * area * area, 0))) / 2
    return length * abs(area) / math.sqrt(larger) if larger else 0.0


class State:
    """What `q` saves and `Q` restores."""

    __slots__ = (
        "ctm", "fill", "fill_over", "font", "leading", "mode", "render", "rise", "scale",
        "size", "spacing", "stroke", "stroke_over", "width", "word",
    )  # fmt: skip

    def __init__(self, ctm: Matrix) -> None:
        self.ctm = ctm
        self.fill = self.stroke = Colour()
        self.fill_over = self.stroke_over = False
        self.mode = 0
        self.width = 1.0
        self.font: Font | None = None
        self.size = self.spacing = self.word = self.leading = self.rise = 0.0
        self.scale = 1.0
        self.render = 0

    def copy(self) -> State:
        new = State.__new__(State)  # written out, because most pages do this hundreds of times
        new.ctm, new.fill, new.stroke = self.ctm, self.fill, self.stroke
        new.fill_over, new.stroke_over, new.mode = self.fill_over, self.stroke_over, self.mode
        new.width, new.render, new.font, new.size = self.width, self.render, self.font, self.size
        new.spacing, new.word, new.leading = self.spacing, self.word, self.leading
        new.rise, new.scale = self.rise, self.scale
        return new

    def fill_paint(self) -> Paint:
        return Paint(self.fill, self.fill_over, self.mode)

    def stroke_paint(self) -> Paint:
        return Paint(self.stroke, self.stroke_over, self.mode)

    def line_width(self) -> float:
        """Return the width of lines as it is seen, in points."""
        return thinnest(self.width, self.ctm)


class Path:
    """The points of the path under construction, as far as rules ask: where it reaches, and
    the shorter side of its thinnest part that has three to five corners and no curve."""

    __slots__ = ("_bounds", "_corners", "_part", "_thick", "_thin")

    def __init__(self) -> None:
        self._bounds: list[float] | None = None
        self._part: list[float] | None = None
        self._corners = 0
        self._thin: float | None = None

    def begin(self) -> None:
        """Close a part: what follows is another one."""
        part = self._part
        if part is None:
            return
        if 3 <= self._corners <= 5:
            side = min(part[2] - part[0], part[3] - part[1])
            self._thin = side if self._thin is None else min(side, self._thin)
        bounds = self._bounds
        self._bounds = part if bounds is None else [
            min(bounds[0], part[0]), min(bounds[1], part[1]),
            max(bounds[2], part[2]), max(bounds[3], part[3]),
        ]  # fmt: skip
        self._part = None

    def add(self, x: float, y: float, corners: int = 1) -> None:
        part = self._part
        if part is None:
            self._part, self._corners = [x, y, x, y], corners
            return
        self._corners += corners
        part[0], part[1] = min(part[0], x), min(part[1], y)
        part[2], part[3] = max(part[2], x), max(part[3], y)

    def rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self.begin()
        self.add(x, y)
        self.add(x + width, y + height, corners=3)
        self.begin()

    def finish(self) -> tuple[list[float] | None, float | None]:
        """Return where the path reaches, and its thinnest part."""
        self.begin()
        return self._bounds, self._thin


class Text:
    """Where text is shown: the text matrix, and the one its line began with."""

    __slots__ = ("line", "matrix")

    def __init__(self) -> None:
        self.line = self.matrix = IDENTITY

    def begin(self) -> None:
        self.line = self.matrix = IDENTITY

    def move(self, x: float, y: float) -> None:
        """Go to the start of another line."""
        self.line = self.matrix = times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def advance(self, width: float) -> None:
        """Go on to the end of what was shown."""
        self.matrix = times((1.0, 0.0, 0.0, 1.0, width, 0.0), self.matrix)
