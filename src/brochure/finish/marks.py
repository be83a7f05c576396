"""Printer's marks around a page: crop marks, registration targets, a colour bar and a slug line;
around a spread, fold marks as well.

They are lines and areas in CMYK, outside the bleed. Registration colour is 1 1 1 1 of DeviceCMYK
and not the separation /All: GWG 2022 warns of /All (R0024) and of every spot colour (R0020), and
four full process inks mark the same four plates. That much ink would be too much on a page; out
here it is cut off with the sheet. The slug is drawn as outlines, so that no font is embedded for
it. Lengths are mm in this module's constants, points in what is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf
import uharfbuzz
from pikepdf import Array, Name

PT = 72 / 25.4  # points in a millimetre

MARGIN = 12.0  # from the bleed to the edge of the media
CROP_GAP = 1.0  # from the bleed to a crop mark
CROP_LENGTH = 5.0
TARGET_AT = 5.0  # from the bleed to the middle of a registration target
TARGET_RADIUS = 2.0
FOLD_DASH = 1.0  # mm; a line of dashes is folded, a whole one cut
TARGET_ARM = 3.0
SWATCH = 5.0  # one square of the colour bar
BAR_GAP = 2.0  # from the bleed to the bar
BAR_INSET = 5.0  # from the trimmed corner, where a crop mark stands, to the bar
SLUG_GAP = 9.0  # from the bleed to the line that the slug stands on
LINE = 0.25  # points; lines and letters of the marks
SLUG_SIZE = 6.0  # points
SAME_BOX = 0.1  # mm

# Cyan, magenta, yellow, black and the three that are printed from two; a tint has half of each.
_SOLIDS = (
    *((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
    *((1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0)),
)
_NARROWEST = 2 * (BAR_INSET + len(_SOLIDS) * SWATCH + TARGET_ARM + 2)  # mm, for the colour bar

_CIRCLE = 0.5523  # of the radius: where the handles of a quarter of a circle stand

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


@dataclass(frozen=True)
class Slug:
    """What the slug line says: title, language tag, page and number of pages, date (ISO 8601),
    and the sheet where there are some."""

    title: str
    language: str
    page: int
    pages: int
    date: str
    sheet: str = ""

    @property
    def line(self) -> str:
        """Its words in one line, what is empty left out."""
        parts = (self.title, self.language, f"{self.page}/{self.pages}", self.sheet, self.date)
        return " · ".join(part for part in parts if part)


def marks(
    page: pikepdf.Page,
    pdf: pikepdf.Pdf,
    slug: Slug,
    bleed_mm: float,
    face: bytes | None = None,
    folds: tuple[float, ...] = (),
) -> None:
    """Enlarge the page's media by 12 mm around its bleed, and draw the marks there.

    TrimBox and BleedBox stay as they are; a CropBox goes, for it must be the media (GWG 2022,
    R0003). What the page paints beyond its bleed is cut off. `face` is the font file that the
    slug is drawn from, as outlines; without it, there is no slug. It stands at the top, is as
    wide as the trimmed page at most, and is set smaller for that. `folds` are the places where a
    spread is folded, in points from its left trimmed edge, from left to right: marks of dashes
    stand above and below them, and the targets in the middle of the pages beside.

    ValueError when the page has no TrimBox or BleedBox, when its bleed is not `bleed_mm` on all
    sides, and when the trimmed page is narrower than the colour bar asks for, 90 mm.
    """
    trim, bleed = _boxes(page, bleed_mm)
    media = grown(bleed, MARGIN * PT)
    drawn = [
        *_crop_marks(trim, bleed),
        *_targets(trim, bleed, folds),
        *_fold_marks(trim, bleed, folds),
        *_colour_bar(trim, bleed),
    ]
    if face is not None:
        drawn += _slug_line(slug, face, trim, bleed)
    left, bottom, right, top = bleed
    before = f"q {numbers(left, bottom, right - left, top - bottom)} re W n\n"
    # Marks are no part of what the page says (ISO 32000-1, 14.8.2.2.2).
    after = "\nQ\n/Artifact <</Type /Page>> BDC\nq\n" + "\n".join(drawn) + "\nQ\nEMC\n"
    contents = page.obj.get(Name.Contents, Array())
    streams = list(contents) if isinstance(contents, Array) else [contents]
    page.obj.Contents = Array(
        [pdf.make_stream(before.encode()), *streams, pdf.make_stream(after.encode())]
    )
    page.obj.MediaBox = Array([round(side, 3) for side in media])
    if Name.CropBox in page.obj:
        del page.obj[Name.CropBox]


def _boxes(page: pikepdf.Page, bleed_mm: float) -> tuple[Box, Box]:
    """Return TrimBox and BleedBox, or say with a ValueError what is wrong with them."""
    for name in (Name.TrimBox, Name.BleedBox):
        if name not in page.obj:
            raise ValueError(f"a page without {name} gets no marks")
    trim, bleed = box_of(page.obj.TrimBox), box_of(page.obj.BleedBox)
    asked = grown(trim, bleed_mm * PT)
    if any(abs(is_ - should) > SAME_BOX * PT for is_, should in zip(bleed, asked, strict=True)):
        found = tuple(round(abs(b - t) / PT, 2) for b, t in zip(bleed, trim, strict=True))
        raise ValueError(f"the page's bleed is {found} mm (left, bottom, …), not {bleed_mm} mm")
    if trim[2] - trim[0] < (_NARROWEST - SAME_BOX) * PT:
        raise ValueError(f"the page is narrower than its colour bar, {_NARROWEST:g} mm")
    return trim, bleed


def box_of(array: pikepdf.Object) -> Box:
    """Return a page's box, of which the file may name any two opposite corners."""
    x, y, to_x, to_y = (float(side) for side in array)
    return min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def grown(box: Box, by: float) -> Box:
    """Return a box with so much more on each side."""
    left, bottom, right, top = box
    return left - by, bottom - by, right + by, top + by


def _crop_marks(trim: Box, bleed: Box) -> list[str]:
    """Return two lines at each corner that point at the edges of the trimmed page."""
    left, bottom, right, top = trim
    near, far = (grown(bleed, gap * PT) for gap in (CROP_GAP, CROP_GAP + CROP_LENGTH))
    lines = [_line(near[side], y, far[side], y) for y in (bottom, top) for side in (0, 2)]
    lines += [_line(x, near[side], x, far[side]) for x in (left, right) for side in (1, 3)]
    return [f"1 1 1 1 K {LINE} w", *lines]


def _targets(trim: Box, bleed: Box, folds: tuple[float, ...]) -> list[str]:
    """Return a circle with a cross in the middle of each side, in registration colour; of a
    spread, in the middle of each page, for its own middle is where the fold marks stand."""
    left, bottom, right, top = grown(bleed, TARGET_AT * PT)
    y = (trim[1] + trim[3]) / 2
    middles = {(trim[0] + trim[2]) / 2}
    if folds:
        middles = {trim[0] + folds[0] / 2, (trim[0] + folds[-1] + trim[2]) / 2}
    arm = TARGET_ARM * PT
    drawn = [f"1 1 1 1 K {LINE} w"]
    ends = [(x, end) for x in sorted(middles) for end in (bottom, top)]
    for at_x, at_y in ((left, y), (right, y), *ends):
        drawn += [
            _line(at_x - arm, at_y, at_x + arm, at_y),
            _line(at_x, at_y - arm, at_x, at_y + arm),
            _circle(at_x, at_y, TARGET_RADIUS * PT),
        ]
    return drawn


def _fold_marks(trim: Box, bleed: Box, folds: tuple[float, ...]) -> list[str]:
    """Return a line of dashes above and below each place where a spread is folded."""
    if not folds:
        return []
    near, far = (grown(bleed, gap * PT) for gap in (CROP_GAP, CROP_GAP + CROP_LENGTH))
    places = [trim[0] + fold for fold in dict.fromkeys(folds)]
    lines = [_line(x, near[end], x, far[end]) for x in places for end in (1, 3)]
    dash = numbers(FOLD_DASH * PT)
    return [f"1 1 1 1 K {LINE} w [{dash}] 0 d", *lines, "[] 0 d"]


def _colour_bar(trim: Box, bleed: Box) -> list[str]:
    """Return the squares below the page: solids on the left, tints on the right."""
    step = SWATCH * PT
    y = bleed[1] - BAR_GAP * PT - step
    solids = trim[0] + BAR_INSET * PT
    tints = trim[2] - BAR_INSET * PT - len(_SOLIDS) * step
    drawn: list[str] = []
    for start, strength in ((solids, 1.0), (tints, 0.5)):
        for i, inks in enumerate(_SOLIDS):
            colour = numbers(*(strength * ink for ink in inks))
            drawn.append(f"{colour} k {numbers(start + i * step, y, step, step)} re f")
    return drawn


def _slug_line(slug: Slug, face: bytes, trim: Box, bleed: Box) -> list[str]:
    """Return the slug's outlines above the page, from the left edge of the trimmed page."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(face)))
    drawn, length = _outlines(font, slug.line)
    scale = min(SLUG_SIZE / font.face.upem, (trim[2] - trim[0]) / max(length, 1))
    place = numbers(trim[0], bleed[3] + SLUG_GAP * PT)
    return [f"0 0 0 1 k {scale:.6f} 0 0 {scale:.6f} {place} cm", *drawn]


def _outlines(font: uharfbuzz.Font, text: str) -> tuple[list[str], int]:
    """Return the operators that draw a line of text, and its length, in units of the font.

    HarfBuzz sets it with kerning and accents, and gives quadratic curves as cubic ones. Each
    glyph is drawn from its own origin: the same letters are then the same bytes, which shrink
    well. Whole units are near enough, 2 µm at this size.
    """
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    # Of no script: as Latin, a Greek capital would become its Latin look-alike in this line.
    buffer.direction, buffer.script = "ltr", "Zyyy"
    uharfbuzz.shape(font, buffer)
    path: list[str] = []

    def draw(operator: str, values: tuple[float, ...]) -> None:
        path.append(" ".join(f"{round(value)}" for value in values) + f" {operator}")

    pen = uharfbuzz.DrawFuncs()  # the last of each function's values is no length
    pen.set_move_to_func(lambda *values: draw("m", values[:2]))
    pen.set_line_to_func(lambda *values: draw("l", values[:2]))
    pen.set_cubic_to_func(lambda *values: draw("c", values[:6]))
    pen.set_close_path_func(lambda *_: path.append("h"))
    drawn: list[str] = []
    length = x = y = 0  # of the line so far, and where the last origin was set
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        font.draw_glyph(info.codepoint, pen)
        if path:
            to_x, to_y = length + position.x_offset, position.y_offset
            drawn += [f"1 0 0 1 {to_x - x} {to_y - y} cm", *path, "f"]
            x, y = to_x, to_y
            path.clear()
        length += position.x_advance
    return drawn, length


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"{numbers(x, y)} m {numbers(to_x, to_y)} l S"


def _circle(x: float, y: float, r: float) -> str:
    h = _CIRCLE * r
    quarters = (
        (x + r, y + h, x + h, y + r, x, y + r),
        (x - h, y + r, x - r, y + h, x - r, y),
        (x - r, y - h, x - h, y - r, x, y - r),
        (x + h, y - r, x + r, y - h, x + r, y),
    )
    curves = " ".join(f"{numbers(*quarter)} c" for quarter in quarters)
    return f"{numbers(x + r, y)} m {curves} s"


def numbers(*values: float) -> str:
    """Return lengths for a content stream; a thousandth of a point is 0.4 µm."""
    return " ".join(f"{round(value, 3) + 0.0:.10g}" for value in values)
