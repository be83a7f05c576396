"""What a page puts on the paper: text, paths, pictures and shadings."""

from __future__ import annotations

from dataclasses import dataclass

from brochure.preflight.colour import Colour, Space
from brochure.preflight.findings import Box


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour and how it meets what lies below it; `mode` is the overprint mode, OPM."""

    colour: Colour
    overprint: bool
    mode: int


@dataclass(frozen=True, slots=True)
class TextShown:
    """Text of one operator. `size` is what is seen, in points; both paints are None when the
    text is invisible. The box is rough: from the baseline to the size above it."""

    box: Box
    tagged: bool
    size: float
    fill: Paint | None
    stroke: Paint | None
    width: float  # of the stroke, in points
    glyphs: int
    font: str


@dataclass(frozen=True, slots=True)
class PathPainted:
    """A path, filled or stroked or both. `thin` is the shorter side of a filled rectangle,
    which draws a line without a stroke; None for every other filled path."""

    box: Box
    tagged: bool
    fill: Paint | None
    stroke: Paint | None
    width: float
    thin: float | None


@dataclass(frozen=True, slots=True)
class ImagePainted:
    """A picture: its size in pixels, and the lower of its two resolutions as placed.

    `space` is None for a stencil, which is painted with `fill`.
    """

    box: Box
    tagged: bool
    pixels: tuple[int, int]
    ppi: float
    space: Space | None
    bits: int
    fill: Paint | None


@dataclass(frozen=True, slots=True)
class ShadingPainted:
    """A smooth change of colours, over a box that is only where it may reach at most."""

    box: Box
    tagged: bool
    space: Space


Mark = TextShown | PathPainted | ImagePainted | ShadingPainted
