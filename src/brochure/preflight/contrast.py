"""Whether text stands out from what it stands on, as a screen shows it.

First a page is drawn once without its text, and each piece of text is compared with all that lies
in its box: this is fast, and clears nearly every piece. The few that are left are looked at
closely, letter by letter. Nothing is hidden by being covered or cut off: what cannot be seen is
found by painting the letters black and white, and looking for a difference.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from brochure.preflight.content import PageContent, contents
from brochure.preflight.drawing import Dots, Sheet
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.lettering import Piece, pieces
from brochure.preflight.light import RGB, as_hex, contrast
from brochure.preflight.marks import TextShown
from brochure.preflight.opened import Damaged, OpenedFile, Page
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import text_size

# WCAG 2.1, success criterion 1.4.3, and the definition of "large scale" text.
_READABLE = 4.5
_READABLE_LARGE = 3.0
_LARGE = 18.0  # points
_LARGE_BOLD = 14.0

_STRAY = 0.02  # of the dots in a box: an edge that the box touches, not what the text stands on
_TENTH = 0.1  # of the letters: one that cannot be read spoils a word, a speck does not
_SEEN = 16  # of 255: less is what smoothing leaves of a letter that something covers
_STEMS = 80.0  # dots across the size of text: the stem of a light letter is four of them wide

_DOTS_A_PAGE = 2_000_000  # one dot is a point, up to pages of A1
_DOTS_A_PIECE = 500_000
_SECONDS = 30  # for one file

_BLACK: RGB = (0, 0, 0)
_WHITE: RGB = (255, 255, 255)


@dataclass(frozen=True)
class _Faint:
    """Text that does not stand out enough: its contrast, and the two colours that have it."""

    contrast: float
    colour: RGB
    ground: RGB
    piece: Piece

    def message(self, words: str) -> str:
        size = f"{'bold ' if self.piece.bold else ''}text of {self.piece.size:.1f} pt"
        return (
            f'the {size} "{words[:40]}" is {as_hex(self.colour)} on {as_hex(self.ground)},'
            f" a contrast of {_floored(self.contrast)}, at least {_limit(self.piece):g}"
        )


@rule("B28", Level.WARNING, outputs=("screen",))
def text_contrast(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Text does not stand out from what it stands on.

    What: the contrast between letters and their ground is less than 4.5 to 1, or less than 3 to 1
    for large text: from 18 pt, or from 14 pt in a bold cut (WCAG 2.1, success criterion 1.4.3).
    A tenth of the letters is enough, where the ground changes as in a photo. Text in the very
    colour of its ground counts too; text that is hidden on purpose does not: invisible, wholly
    transparent, covered, cut off, or in a layer that is switched off. Notes and form fields are
    not looked at.

    Why: many people see less sharply than the designer, and everybody does on a phone in the sun.

    Fix: make the text darker or its ground lighter, or the other way round. Put a plain area
    between a photo and the text on it. A logo may stay as it is.
    """
    end = time.monotonic() + _SECONDS
    for content in contents(file):
        number = content.page.number
        if not _has_text(content):
            continue
        try:
            yield from _on_page(file.document, content.page, end)
        except (Damaged, pypdfium2.PdfiumError) as error:
            message = f"the contrast of text was not looked at: {error}"
            yield Finding(number, "B28", Level.UNCHECKED, message)
        except TimeoutError:
            message = f"after {_SECONDS} seconds the contrast of more text was not looked at"
            yield Finding(number, "B28", Level.UNCHECKED, message)
            return


def _has_text(content: PageContent) -> bool:
    """Return whether a page shows text, by the interpreter: it is not drawn if it does not."""
    return any(
        isinstance(mark, TextShown) and (mark.fill or mark.stroke) and mark.size > 0
        for mark in content.marks
    )


def _on_page(pdf: pypdfium2.PdfDocument, page: Page, end: float) -> Iterator[Finding]:
    """Yield one finding for each colour of text that is faint somewhere on a page; TimeoutError
    at the end of the time, after what was found until then."""
    opened = pdf[page.number - 1]
    try:
        worst: dict[RGB, list[_Faint]] = {}
        late = False
        try:
            for faint in _faint(opened, end):
                worst.setdefault(faint.piece.colour or faint.colour, []).append(faint)
        except TimeoutError:
            late = True
        for found in worst.values():
            first = min(found, key=lambda faint: faint.contrast)
            more = f" (and {len(found) - 1} more on this page)" if len(found) > 1 else ""
            message = first.message(_words(opened, first.piece)) + more
            yield Finding(page.number, "B28", Level.WARNING, message, first.piece.box)
        if late:
            raise TimeoutError
    finally:
        opened.close()


def _words(page: pypdfium2.PdfPage, piece: Piece) -> str:
    text = page.get_textpage()
    try:
        return " ".join(text.get_text_bounded(*piece.box).split())
    finally:
        text.close()


def _faint(page: pypdfium2.PdfPage, end: float) -> Iterator[_Faint]:
    """Yield the faint text of a page; TimeoutError at the end of the time."""
    found = pieces(page)
    for piece in found:
        piece.hide()
    sheet = _sheet(page, 1.0, page.get_size(), _DOTS_A_PAGE)
    ground = sheet.drawn((0, 0, *sheet.size))
    for piece in found:
        part = sheet.dots(piece.box)
        if part is None or not _is_doubtful(piece, ground.crop(part)):
            continue
        if time.monotonic() > end:
            raise TimeoutError
        faint = _looked_at(page, piece)
        if faint is not None:
            yield faint


def _sheet(page: pypdfium2.PdfPage, scale: float, part: tuple[float, float], most: int) -> Sheet:
    """Return a sheet at a scale, or a smaller one that makes a part, in points, not too large."""
    area = max(part[0] * part[1], 1e-6)
    return Sheet(page, min(scale, math.sqrt(most / area)))


def _is_doubtful(piece: Piece, ground: Image.Image) -> bool:
    """Return whether some of what lies in the box of a text is too near to it in light."""
    if piece.colour is None:
        return True
    limit, total = _limit(piece), ground.width * ground.height
    near = sum(count for count, dot in _colours(ground) if contrast(piece.colour, dot) < limit)
    return near > _STRAY * total


def _colours(picture: Image.Image) -> list[tuple[int, RGB]]:
    """Return each colour of a picture in RGB, after the number of its dots."""
    found: Any = picture.getcolors(picture.width * picture.height)
    return list(found)


def _looked_at(page: pypdfium2.PdfPage, piece: Piece) -> _Faint | None:
    """Compare the page with and without the letters, dot by dot where a letter is solid."""
    left, bottom, right, top = piece.box
    scale = _STEMS / max(piece.size, 1.0)
    sheet = _sheet(page, scale, (right - left, top - bottom), _DOTS_A_PIECE)
    part = sheet.dots(piece.box)
    if part is None:
        return None
    ground, seen, letters = _drawn_in_turn(sheet, part, piece)
    above, below, cover = map(_dots, (seen, ground, letters))
    most = max(cover)
    if most < _SEEN:
        return None  # covered, cut off, or in a layer that is off
    dots = zip(above, below, cover, strict=True)
    pairs = Counter((own, under) for own, under, letter in dots if letter == most)
    colour, under = _lowest_tenth(pairs)
    ratio = contrast(colour, under)
    return _Faint(ratio, colour, under, piece) if ratio < _limit(piece) else None


def _drawn_in_turn(
    sheet: Sheet, part: Dots, piece: Piece
) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Return a part of the page without any text, with one piece of it, and how much of each
    dot the letters of this piece take."""
    ground = sheet.drawn(part)
    piece.show()
    seen = sheet.drawn(part)
    piece.paint(_WHITE)
    white = sheet.drawn(part)
    piece.paint(_BLACK)
    black = sheet.drawn(part)
    piece.hide()
    red, green, blue = ImageChops.difference(white, black).split()
    return ground, seen, ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _dots(picture: Image.Image) -> Any:
    """Return the dots of a picture, row by row: colours, or numbers if it is grey."""
    return picture.get_flattened_data()


def _lowest_tenth(pairs: Counter[tuple[RGB, RGB]]) -> tuple[RGB, RGB]:
    """Return the two colours whose contrast all but a tenth of the dots exceed."""
    rated = sorted(pairs, key=lambda pair: contrast(*pair))
    reached = accumulate(pairs[pair] for pair in rated)
    least = _TENTH * pairs.total()
    return next(pair for pair, dots in zip(rated, reached, strict=True) if dots >= least)


def _limit(piece: Piece) -> float:
    large = _LARGE_BOLD if piece.bold else _LARGE
    return _READABLE_LARGE if text_size(piece.size) >= large else _READABLE


def _floored(ratio: float) -> str:
    """Return a contrast with two decimals, never rounded up to what it does not reach."""
    return f"{math.floor(100 * ratio) / 100:.2f}"
