"""What only a drawn page shows: how much ink meets on the paper, and what the knife leaves.

Poppler's pdftoppm draws the pages as separations, with overprint; it is an external program. It
shows stray RGB black as K100, so colours are not judged here.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageMath, ImageStat

from brochure.preflight.findings import PT, Box, Finding, Job, Level
from brochure.preflight.opened import OpenedFile, Page
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import sides

# Dots are 0.25 mm wide: fine enough for a bleed of 3 mm, and 15 mm are a whole number of them.
_DOTS = 4
_RESOLUTION = _DOTS * 25.4
_DOT = PT / _DOTS  # in points
_SQUARE = 15 * _DOTS
_ROUNDING = 1.5  # per cent: four inks, each rounded to a 255th by Poppler and by JPEG
_INKED = 8  # of 255: what a JPEG makes of white paper beside ink is less

# A page of A0 has 15 million dots, one of A5 half a million; a dot takes four bytes.
_DOTS_A_PAGE = 20_000_000
_DOTS_A_FILE = 600_000_000
_PAGES = 500
_SECONDS = 120

Dots = tuple[int, int, int, int]  # left, top, right, bottom, counted from the upper left

_NONE = subprocess.DEVNULL
_SHORTEST = 3 * _DOTS  # an edge that is shorter is a rule or a letter, not a picture
_TOUCHING = _DOTS // 2  # how deep artwork reaches into the page that touches its edge
_OUTERMOST = _DOTS  # how deep the white is that reaches the end of the bleed

_LACKING = (
    "pdftoppm is not installed; it belongs to Poppler (Debian, Ubuntu: sudo apt-get install"
    " poppler-utils; Fedora: sudo dnf install poppler-utils; macOS: brew install poppler)"
)


@dataclass(frozen=True)
class _Edge:
    """Where artwork ends at the trim: the side as a reader sees it, the length in mm."""

    side: str
    length: float
    box: Box


@dataclass(frozen=True)
class _Drawn:
    """What the raster of one page says: the mean ink of its fullest square, and its edges."""

    number: int
    ink: float
    box: Box
    edges: tuple[_Edge, ...]


@dataclass(frozen=True)
class _Proof:
    """The pages that were drawn, and why others were not: page and reason, 0 is the whole file."""

    pages: tuple[_Drawn, ...]
    gaps: tuple[tuple[int, str], ...]


@rule("R0026", Level.WARNING, outputs=("print",))
def ink_coverage(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """More ink than the paper takes.

    What: in some square of 15 mm inside the bleed, the four inks add up to more than the limit
    on average (Ghent Workgroup 2022, R0026). The fullest square of each page is named.

    Why: paper takes only so much ink. What is too much dries slowly, marks the sheet above it in
    the pile and closes the details of dark pictures.

    Fix: convert pictures with the profile of the printing condition, which keeps the limit, and
    mix dark areas from less ink: a deep black is 40/30/30/100, not 100/100/100/100.
    """
    proof = _proof(file, job.bleed)
    yield from _unlooked("R0026", proof)
    for page in proof.pages:
        if page.ink > job.ink + _ROUNDING:
            message = f"{page.ink:.0f} % ink on average in 15 mm × 15 mm, at most {job.ink} %"
            yield Finding(page.number, "R0026", Level.WARNING, message, page.box)


@rule("B-bleed", Level.WARNING, outputs=("print",))
def unfilled_bleed(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Bleed that is declared but white.

    What: a page has a bleed, and its artwork reaches the edge of the trimmed page, but it stops
    there: the bleed beside it is white, at least its outermost millimetre.

    Why: no knife meets the edge exactly. Where the artwork ends at the trim, a white line shows
    at the edge of the printed page.

    Fix: let pictures and areas of colour that touch the edge reach into the whole bleed, or end
    them well inside the page.
    """
    proof = _proof(file, job.bleed)
    yield from _unlooked("B-bleed", proof)
    for page in proof.pages:
        for edge in page.edges:
            message = f"the bleed on the {edge.side} side is white along {edge.length:.0f} mm"
            message += " where the artwork touches the trim"
            yield Finding(page.number, "B-bleed", Level.WARNING, message, edge.box)


# Separations, by Poppler


def _unlooked(rule_id: str, proof: _Proof) -> Iterator[Finding]:
    for page, reason in proof.gaps:
        yield Finding(page, rule_id, Level.UNCHECKED, f"the inks were not looked at: {reason}")


def _proof(file: OpenedFile, bleed: float) -> _Proof:
    """Draw the pages of a file and measure them, once for both rules."""
    key = f"raster {bleed}"
    if key not in file.memo:
        file.memo[key] = _proofed(file, bleed)
    proof: _Proof = file.memo[key]
    return proof


def _proofed(file: OpenedFile, bleed: float) -> _Proof:
    tool = shutil.which("pdftoppm")
    if tool is None:
        return _Proof((), ((0, _LACKING),))
    chosen, gaps = _affordable(file.pages)
    drawn: list[_Drawn] = []
    with tempfile.TemporaryDirectory(prefix="brochure-") as name:
        folder = Path(name)
        (folder / "file.pdf").write_bytes(file.content)
        trouble = _draw(tool, folder, [page.number for page in chosen])
        pictures = {int(path.stem.rpartition("-")[2]): path for path in folder.glob("*.jpg")}
        for page in chosen:
            if page.number in pictures:
                try:
                    drawn.append(_measured(pictures[page.number], page, bleed))
                    continue
                except OSError as error:  # the last picture of a program that was stopped
                    trouble = trouble or str(error)
            gaps.append((page.number, trouble or "pdftoppm drew nothing"))
    if not drawn and gaps and len({reason for _, reason in gaps}) == 1:
        gaps = [(0, gaps[0][1])]
    return _Proof(tuple(drawn), tuple(gaps))


def _affordable(pages: Iterable[Page]) -> tuple[list[Page], list[tuple[int, str]]]:
    """Return the pages that are drawn, and those that are too large or too many."""
    chosen: list[Page] = []
    gaps: list[tuple[int, str]] = []
    left = _DOTS_A_FILE
    for page in pages:
        width, height = (side / _DOT for side in _size(page.media))
        if min(width, height) < 1 or width * height > _DOTS_A_PAGE:
            gaps.append((page.number, "the page is too large or too small to be drawn"))
        elif width * height > left or len(chosen) == _PAGES:
            gaps.append((0, f"only the pages before page {page.number} were drawn"))
            break
        else:
            chosen.append(page)
            left -= int(width * height)
    return chosen, gaps


def _draw(tool: str, folder: Path, numbers: list[int]) -> str:
    """Draw pages into a folder; return what went wrong, and nothing when all went well."""
    end = time.monotonic() + _SECONDS
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        together = [number for _, number in run]
        command = [tool, "-q", "-jpegcmyk", "-jpegopt", "quality=100", "-hide-annotations"]
        command += ["-r", str(_RESOLUTION), "-f", str(together[0]), "-l", str(together[-1])]
        command += [str(folder / "file.pdf"), str(folder / "page")]
        left = max(0.1, end - time.monotonic())
        try:
            result = subprocess.run(command, stdin=_NONE, stdout=_NONE, stderr=_NONE, timeout=left)
        except subprocess.TimeoutExpired:
            return f"pdftoppm was stopped after {_SECONDS} seconds"
        except OSError as error:
            return f"pdftoppm does not run: {error.strerror}"
        if result.returncode:
            return f"pdftoppm ended with code {result.returncode}"
    return ""


def _measured(picture: Path, page: Page, bleed: float) -> _Drawn:
    with Image.open(picture, formats=("JPEG",)) as opened:
        # Back into the page's own coordinates. Pillow has undone Adobe's inversion: 255 is full.
        inks = opened.rotate(90 * page.turns, expand=True)
    paper = _paper(page, inks)
    ink, box = _fullest_square(inks, paper.dots(page.bleed))
    edges = _open_edges(inks, paper, page, bleed) if "BleedBox" in page.boxes else ()
    return _Drawn(page.number, ink, paper.points(box), tuple(edges))


@dataclass(frozen=True)
class _Paper:
    """Leads from points of a page to dots of its picture, and back.

    `left` and `top` are the picture's upper left corner, in points.
    """

    left: float
    top: float
    size: tuple[int, int]

    def dots(self, box: Box) -> Dots:
        """Return the picture's part that a box covers, to the nearest dot, at least one."""
        across = [round((x - self.left) / _DOT) for x in (box[0], box[2])]
        down = [round((self.top - y) / _DOT) for y in (box[3], box[1])]
        left, top = (
            min(max(at[0], 0), end - 1) for at, end in zip((across, down), self.size, strict=True)
        )
        right, bottom = min(across[1], self.size[0]), min(down[1], self.size[1])
        return left, top, max(right, left + 1), max(bottom, top + 1)

    def points(self, dots: Dots) -> Box:
        left, right = (round(self.left + dot * _DOT, 2) for dot in (dots[0], dots[2]))
        top, bottom = (round(self.top - dot * _DOT, 2) for dot in (dots[1], dots[3]))
        return left, bottom, right, top


def _paper(page: Page, inks: Image.Image) -> _Paper:
    """Poppler begins at the upper left of what readers see, and draws the last dot whole."""
    spare = [dots * _DOT - side for dots, side in zip(inks.size, _size(page.media), strict=True)]
    if not all(-_DOT < points < 2 * _DOT for points in spare):
        raise OSError("pdftoppm drew the page in another size")
    left, top, turns = page.media[0], page.media[3], page.turns
    left -= spare[0] * (turns in (2, 3))
    top += spare[1] * (turns in (1, 2))
    return _Paper(left, top, inks.size)


def _fullest_square(inks: Image.Image, area: Dots) -> tuple[float, Dots]:
    """Return the largest mean ink of any square in an area, in per cent, and the square."""
    part = inks.crop(area)
    side = min(_SQUARE, *part.size)
    half = side // 2
    # Blurring rounds each ink, so it only says where to look: there the mean is taken exactly.
    bands = part.filter(ImageFilter.BoxBlur((side - 1) / 2)).split()
    columns, rows = (length - side + 1 for length in part.size)
    total = ImageMath.lambda_eval(
        lambda of: of["c"] + of["m"] + of["y"] + of["k"],
        **dict(zip("cmyk", bands, strict=True)),
    ).crop((half, half, half + columns, half + rows))
    means = array("i", total.tobytes())
    row, column = divmod(means.index(total.getextrema()[1]), columns)
    across, down = {column, min(column + 1, columns - 1)}, {row, min(row + 1, rows - 1)}
    corners = [(area[0] + x, area[1] + y) for x in across for y in down]
    squares = [(x, y, x + side, y + side) for x, y in corners]
    return max((sum(ImageStat.Stat(inks.crop(at)).mean) / 2.55, at) for at in squares)


def _open_edges(inks: Image.Image, paper: _Paper, page: Page, bleed: float) -> Iterator[_Edge]:
    """Yield the sides where ink touches the trim and the bleed outside it is white."""
    cyan, magenta, yellow, black = inks.split()
    most = ImageChops.lighter(ImageChops.lighter(cyan, magenta), ImageChops.lighter(yellow, black))
    inked = most.point([255 if level > _INKED else 0 for level in range(256)])
    trim, declared = paper.dots(page.trim), paper.dots(page.bleed)
    asked = round(bleed * _DOTS)
    for turns, side in enumerate(sides(page)):
        # The side that is looked at becomes the top; a box is turned along with the picture.
        turned = inked.rotate(90 * turns, expand=True)
        left, top, right, _ = _turned(trim, inked.size, turns)
        depth = min(asked, top - _turned(declared, inked.size, turns)[1])
        if depth < 1:
            continue
        inside = _row(turned.crop((left, top, right, top + _TOUCHING)))
        outer = (left, top - depth, right, top - depth + min(_OUTERMOST, depth))
        outside = _row(turned.crop(outer))
        touching = [a == 255 and b == 0 for a, b in zip(inside, outside, strict=True)]
        runs = [run for run in _runs(touching) if run[1] - run[0] >= _SHORTEST]
        if runs:
            length = sum(end - start for start, end in runs) / _DOTS
            strip = (left + runs[0][0], top - depth, left + runs[-1][1], top)
            yield _Edge(side, length, paper.points(_turned(strip, turned.size, -turns)))


def _turned(box: Dots, size: tuple[int, int], turns: int) -> Dots:
    """Return a box of a picture as it lies after quarter turns against the clock."""
    width, height = size
    for _ in range(turns % 4):
        box = box[1], width - box[2], box[3], width - box[0]
        width, height = height, width
    return box


def _row(strip: Image.Image) -> bytes:
    """Return one dot for each column of a strip: 255 where all of it is inked, 0 where none."""
    return strip.resize((strip.width, 1), Image.Resampling.BOX).tobytes()


def _runs(marks: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Yield where a run of true marks begins and ends."""
    position = 0
    for mark, run in groupby(marks):
        length = len(list(run))
        if mark:
            yield position, position + length
        position += length


def _size(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]
