"""The report as one HTML page: what was found, why it matters, and pictures of the places.

The page needs nothing else: no script, no network. Names and messages come out of files that
anybody may have made, so the template escapes all of them.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import jinja2
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from brochure.preflight.findings import Box, Finding, Level
from brochure.preflight.manual import Entry, entry
from brochure.preflight.opened import Damaged, OpenedFile
from brochure.preflight.registry import RULES
from brochure.preflight.report import LIMITS

THUMBNAILS = 40  # a file
ROWS = 200  # a rule and file
MARKS = 50  # a thumbnail
_SCALE = 60 / 72  # 60 dpi
_LONGEST = 1000  # dots, whatever the size of the page
_LETTERS = 500  # of a message

_WEIGHT = list(Level)  # the gravest first
# The same colours as in the template: on white, each has a contrast of more than 5:1.
_INK = {Level.ERROR: "#b3001b", Level.WARNING: "#8a4b00"}
_OTHER_INK = "#4a4a4a"
Dots = tuple[int, int, int, int]  # left, top, right, bottom; the last two belong to it

# What no text in a table should hold: control characters, and halves of characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class _Row:
    number: int
    finding: Finding

    @property
    def message(self) -> str:
        return _clean(self.finding.message)


@dataclass(frozen=True)
class _Group:
    """All findings of one rule and level in a file, and what the rule's manual says."""

    rule: str
    level: Level
    manual: Entry | None
    rows: tuple[_Row, ...]

    @property
    def shown(self) -> tuple[_Row, ...]:
        return self.rows[:ROWS]


@dataclass(frozen=True)
class _Thumbnail:
    page: int
    uri: str
    width: int
    height: int
    marked: tuple[int, ...]  # numbers of the findings that are outlined
    unmarked: tuple[int, ...]  # and of those that have no place


@dataclass(frozen=True)
class Section:
    """What the page says about one file, with its pictures. Make it with `section`."""

    name: str
    output: str
    counts: dict[Level, int]
    groups: tuple[_Group, ...]
    thumbnails: tuple[_Thumbnail, ...]
    pages_left_out: int
    pages_not_drawn: tuple[int, ...]


def html_report(sections: Sequence[Section]) -> str:
    """Return the page for one or several files."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = Path(__file__).with_name("report.html").read_text(encoding="utf-8")
    total = {level: sum(section.counts[level] for section in sections) for level in Level}
    page = environment.from_string(template)
    return page.render(sections=sections, total=total, levels=list(Level), limits=LIMITS)


def section(
    name: str, output: str, findings: Sequence[Finding], file: OpenedFile | None
) -> Section:
    """Return what the page says about a file: its name, what it is made for, what was found.

    The pages with findings are drawn here, out of the file as it was opened for the check; without
    it, as when it cannot be opened, there are no pictures.
    """
    groups = tuple(_groups(findings))
    rows = [row for group in groups for row in group.rows]
    pages = sorted({row.finding.page for row in rows} - {0})
    chosen = pages[:THUMBNAILS]
    drawn = tuple(_thumbnails(file, chosen, rows)) if file and chosen else ()
    counts = Counter(finding.level for finding in findings)
    return Section(
        name=_clean(name),
        output=output,
        counts={level: counts[level] for level in Level},
        groups=groups,
        thumbnails=drawn,
        pages_left_out=len(pages) - len(chosen),
        pages_not_drawn=tuple(sorted(set(chosen) - {thumbnail.page for thumbnail in drawn})),
    )


def _groups(findings: Iterable[Finding]) -> Iterable[_Group]:
    """Yield findings by rule, the gravest first, and numbered through."""

    def key(finding: Finding) -> tuple[int, str]:
        return _WEIGHT.index(finding.level), finding.rule

    ordered = sorted(sorted(findings, key=lambda f: (f.page, f.message)), key=key)
    number = 0
    for _, group in groupby(ordered, key=key):
        members = list(group)
        rows = tuple(_Row(number + i, finding) for i, finding in enumerate(members, 1))
        number += len(rows)
        rule = RULES.get(members[0].rule)
        manual = entry(rule) if rule else None
        yield _Group(_clean(members[0].rule), members[0].level, manual, rows)


def _clean(text: str) -> str:
    """Return a text that can stand in the page: not endless, and without control characters."""
    text = text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


# Thumbnails


def _thumbnails(
    file: OpenedFile, pages: Sequence[int], rows: Sequence[_Row]
) -> Iterable[_Thumbnail]:
    """Yield pictures of pages with the boxes of their findings outlined."""
    for number in pages:
        here = [row for row in rows if row.finding.page == number]
        try:
            yield _thumbnail(file.document, number, here)
        except (Damaged, pypdfium2.PdfiumError, IndexError, ValueError, MemoryError):
            continue  # the report says which pages were not drawn


def _thumbnail(pdf: pypdfium2.PdfDocument, number: int, rows: Sequence[_Row]) -> _Thumbnail:
    page = pdf[number - 1]
    try:
        scale = min(_SCALE, _LONGEST / max(*page.get_size(), 1))
        bitmap = page.render(scale=scale, may_draw_forms=False)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        places = bitmap.get_posconv(page)
        paper = page.get_bbox()
        marked: dict[_Row, Dots] = {}
        for row in rows:
            box = row.finding.box
            if box is not None and all(map(math.isfinite, box)) and len(marked) < MARKS:
                left, bottom, right, top = _within(box, paper)
                corners = [places.to_bitmap(left, bottom), places.to_bitmap(right, top)]
                marked[row] = _around(corners, picture.size)
        _mark(picture, marked)
    finally:
        page.close()
    numbers = tuple(row.number for row in marked)
    others = tuple(row.number for row in rows if row not in marked)
    return _Thumbnail(number, _uri(picture), *picture.size, numbers, others)


def _within(box: Box, paper: Box) -> Box:
    """Return the part of a box that lies on the paper; outside it, the nearest edge of it."""
    left, right = (min(max(x, paper[0]), paper[2]) for x in (box[0], box[2]))
    bottom, top = (min(max(y, paper[1]), paper[3]) for y in (box[1], box[3]))
    return left, bottom, right, top


def _around(corners: Sequence[tuple[int, int]], size: tuple[int, int]) -> Dots:
    """Return what goes around two corners, two dots outside them but on the picture."""
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*corners, strict=True))
    width, height = size
    left, top = min(max(left - 2, 0), width - 6), min(max(top - 2, 0), height - 6)
    return (
        left,
        top,
        max(min(right + 2, width - 1), left + 5),
        max(min(bottom + 2, height - 1), top + 5),
    )


def _mark(picture: Image.Image, marked: dict[_Row, Dots]) -> None:
    """Outline places in a picture, then put the number of each beside it, or inside a large one."""
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(11)
    for row, (left, top, right, bottom) in marked.items():
        ink = _INK.get(row.finding.level, _OTHER_INK)
        draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="white")
        draw.rectangle((left, top, right, bottom), outline=ink, width=2)
    taken: list[Dots] = []
    for row, around in marked.items():
        label = str(row.number)
        size = round(draw.textlength(label, font)) + 6, 14
        places = [_on(picture, corner, size) for corner in _corners(around, size)]
        free = (place for place in places if not any(_meet(place, other) for other in taken))
        place = next(free, places[0])
        taken.append(place)
        draw.rectangle(place, fill=_INK.get(row.finding.level, _OTHER_INK))
        middle = ((place[0] + place[2] + 1) / 2, (place[1] + place[3] + 1) / 2)
        draw.text(middle, label, "white", font, anchor="mm")


def _corners(around: Dots, size: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """Yield where the number of a box may begin, the best place first."""
    left, top, right, bottom = around
    width, height = size
    small = right - left < 3 * width or bottom - top < 3 * height
    for y in (top - height, bottom + 1) if small else (top, bottom - height + 1):
        yield left, y
        yield right - width + 1, y
    for y in range(top, bottom - height, height):
        yield left, y


def _on(picture: Image.Image, corner: tuple[int, int], size: tuple[int, int]) -> Dots:
    """Return a rectangle, moved onto the picture."""
    (x, y), (width, height) = corner, size
    x, y = max(min(x, picture.width - width), 0), max(min(y, picture.height - height), 0)
    return x, y, x + width - 1, y + height - 1


def _meet(one: Dots, other: Dots) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _uri(picture: Image.Image) -> str:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80, subsampling=0, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
