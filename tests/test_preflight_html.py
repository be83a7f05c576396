"""Holds the report page to its promises: whole in itself, escaped, and right about the places."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pikepdf
import pytest
from PIL import Image

from brochure.preflight import html, raster
from brochure.preflight.findings import Box, Finding, Level
from brochure.preflight.html import Section, html_report, section
from brochure.preflight.opened import Damaged, opened

EMPTY = {"meta", "img", "br", "link", "input", "hr"}
WARNING_INK = (0x8A, 0x4B, 0x00)
ERROR_INK = (0xB3, 0x00, 0x1B)
HOSTILE = "</td><script>alert('1')</script> \" onload=\"x {{ 7 * 7 }} \x00\x1b\ud800 &amp;"


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def all(self, *names: str) -> list[Element]:
        inside = [found for child in self.children for found in child.all(*names)]
        return ([self] if self.name in names else []) + inside

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


class Reader(HTMLParser):
    """Builds a tree, and fails where a tag is not closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.words.append(data)


def read(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def pdf(pages: int = 1, box: tuple[int, ...] = (0, 0, 420, 595), rotate: int = 0) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        page = made.add_blank_page()
        page.MediaBox = pikepdf.Array(box)
        if rotate:
            page.Rotate = rotate
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def finding(
    page: int = 1,
    message: str = "too dark",
    box: Box | None = None,
    level: Level = Level.WARNING,
    rule: str = "R0026",
) -> Finding:
    return Finding(page, rule, level, message, box)


def about(name: str, content: bytes, output: str, findings: Sequence[Finding] = ()) -> Section:
    """Return what the page says of a file: with pictures, if it can be opened."""
    try:
        with opened(content) as file:
            return section(name, output, findings, file)
    except Damaged:
        return section(name, output, findings, None)


def report(content: bytes, *findings: Finding, name: str = "a.pdf") -> Element:
    return read(html_report([about(name, content, "print", findings)]))


def pictures(page: Element) -> list[Image.Image]:
    found = []
    for image in page.all("img"):
        start, data = image.attributes["src"].split(",", 1)
        assert start == "data:image/jpeg;base64"
        picture = Image.open(io.BytesIO(base64.b64decode(data, validate=True))).convert("RGB")
        assert picture.size == (int(image.attributes["width"]), int(image.attributes["height"]))
        found.append(picture)
    return found


def inked(picture: Image.Image) -> Box:
    """Return what of a white picture is not white."""
    box = picture.convert("L").point([255 if level < 200 else 0 for level in range(256)]).getbbox()
    assert box is not None, "nothing is drawn"
    return box


def is_near(dot: object, ink: tuple[int, ...]) -> bool:
    assert isinstance(dot, tuple)
    return all(abs(a - b) < 45 for a, b in zip(dot, ink, strict=True))


# The page


def test_the_page_is_whole_in_itself_and_well_formed() -> None:
    text = html_report([about("a.pdf", pdf(), "print", [finding(box=(10, 10, 90, 90))])])
    page = read(text)
    assert text.startswith("<!DOCTYPE html>")
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("script", "link", "iframe", "object", "form", "base", "svg") == []
    for element in page.all(*{element.name for element in everything(page)}):
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "action", "background", "srcset", "data"):
                assert value.startswith(("#", "data:image/jpeg;base64,"))
    style = page.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in text.replace("http-equiv", "")


def everything(element: Element) -> list[Element]:
    return [inner for child in element.children for inner in (child, *everything(child))]


def test_headings_tables_and_pictures_can_be_listened_to() -> None:
    page = report(pdf(), finding(box=(10, 10, 90, 90)), finding(0, level=Level.ERROR, rule="R1"))
    levels = [int(heading.name[1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in page.all("table"):
        assert table.all("caption")[0].text
        assert {head.attributes["scope"] for head in table.all("th")} <= {"col", "row", "rowgroup"}
    ids = [e.attributes["id"] for e in everything(page) if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert {link.attributes["href"][1:] for link in page.all("a")} <= set(ids)
    (image,) = page.all("img")
    assert image.attributes["alt"] == "Page 1 of a.pdf, the place of finding 2 outlined"


def test_the_summary_comes_first_and_says_what_this_is_not() -> None:
    files = [
        about("one.pdf", pdf(), "print", [finding(level=Level.ERROR, rule="R0035"), finding()]),
        about("two.pdf", pdf(), "screen", [finding(level=Level.UNCHECKED), finding(0)]),
        about("three.pdf", pdf(), "print", []),
    ]
    page = read(html_report(files))
    header = page.all("header")[0].text
    assert "1 error, 2 warnings, 1 not checked in 3 files." in header
    assert "This is no certified PDF/X validator" in header
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.all("table")[0].all("tr")]
    assert rows == [
        ["File", "Made for", "Errors", "Warnings", "Unchecked"],
        ["one.pdf", "print", "1", "1", "0"],
        ["two.pdf", "screen", "0", "1", "1"],
        ["three.pdf", "print", "0", "0", "0"],
    ]
    assert [heading.text for heading in page.all("h2")][1:] == ["one.pdf", "two.pdf", "three.pdf"]
    assert page.text.endswith("Nothing was found.")


def test_the_table_has_the_gravest_first_with_the_manual_of_each_rule() -> None:
    page = report(
        pdf(3),
        finding(3, "dark"),
        finding(0, "no intent", level=Level.ERROR, rule="R9999"),
        finding(1, "darker"),
    )
    table = page.all("table")[1]
    rows = [[cell.text for cell in row.all("td")] for row in table.all("tr") if row.all("td")]
    assert rows == [
        ["1", "error", "R9999", "file", "no intent"],
        ["2", "warning", "R0026", "1", "darker"],
        ["3", "warning", "R0026", "3", "dark"],
    ]
    unknown, known = (row for row in table.all("tr") if row.attributes.get("class") == "rule")
    assert unknown.text == "error R9999"
    assert "R0026: More ink than the paper takes" in known.text
    assert [term.text for term in known.all("dt")] == ["What", "Why", "Fix"]
    docstring = " ".join((raster.ink_coverage.__doc__ or "").split()).lower()
    for term, meaning in zip(known.all("dt"), known.all("dd"), strict=True):
        assert f"{term.text}: {meaning.text}".lower() in docstring


def test_hostile_words_are_only_words() -> None:
    content = pdf()
    calm = report(content, finding(box=(10, 10, 90, 90), rule="R1"))
    wild = report(content, finding(message=HOSTILE, box=(10, 10, 90, 90), rule="R1"), name=HOSTILE)
    assert [e.name for e in everything(wild)] == [e.name for e in everything(calm)]
    attributes = [sorted(e.attributes) for e in everything(calm)]
    assert [sorted(e.attributes) for e in everything(wild)] == attributes
    shown = " ".join(
        HOSTILE.replace("\x00", "�").replace("\x1b", "�").replace("\ud800", "�").split()
    )
    (cell,) = (cell for cell in wild.all("td") if "alert" in cell.text)
    assert cell.text == shown
    assert wild.all("h2")[1].text == shown
    assert shown in " ".join(wild.all("img")[0].attributes["alt"].split())
    wild_page = html_report([about(HOSTILE, content, "print", [finding(message=HOSTILE)])])
    assert "49" not in read(wild_page).all("td")[-1].text
    wild_page.encode("utf-8")


def test_endless_messages_and_endless_findings_are_cut() -> None:
    page = report(pdf(), *(finding(0, f"{i} " + "x" * 10_000) for i in range(html.ROWS + 7)))
    table = page.all("table")[1]
    cells = [row.all("td") for row in table.all("tr") if len(row.all("td")) == 5]
    assert len(cells) == html.ROWS
    assert max(len(row[4].text) for row in cells) <= 500
    assert "7 more findings of this rule: numbers 201 to 207." in table.text


def test_colours_of_words_stand_out_from_white() -> None:
    style = read(html_report([])).all("style")[0].text
    inks = re.findall(r"(?<![-\w])color: (#[0-9a-f]{3,6})\b", style)
    assert len(inks) >= 4
    for ink in inks:
        assert contrast(ink, "#fff") >= 4.5
        assert contrast(ink, "#f2f2f2") >= 4.5  # behind the names of rules
    for drawn in ("#b3001b", "#8a4b00", "#4a4a4a"):
        assert contrast(drawn, "#fff") >= 4.5  # the numbers in pictures


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Thumbnails

PLACE = (120.0, 240.0, 300.0, 360.0)  # 100 to 250 dots across, 60 dpi


@pytest.mark.parametrize(
    ("box", "rotate", "expected"),
    [
        ((0, 0, 420, 600), 0, (100, 200, 250, 300)),
        ((-60, -120, 360, 480), 0, (150, 100, 300, 200)),  # the paper begins elsewhere
        ((0, 0, 420, 600), 90, (200, 100, 300, 250)),
        ((0, 0, 420, 600), 180, (100, 200, 250, 300)),
        ((0, 0, 480, 600), 180, (150, 200, 300, 300)),
        ((0, 0, 480, 600), 270, (200, 150, 300, 300)),
    ],
)
def test_outlines_stand_where_the_finding_is(
    box: tuple[int, ...], rotate: int, expected: tuple[int, ...]
) -> None:
    (picture,) = pictures(report(pdf(box=box, rotate=rotate), finding(box=PLACE)))
    left, top, right, bottom = expected
    assert inked(picture) == pytest.approx((left - 2, top - 2, right + 3, bottom + 3), abs=1)
    for dot in ((left + 60, top - 2), (left + 60, bottom + 1), (right + 1, top + 60)):
        assert is_near(picture.getpixel(dot), WARNING_INK)
    assert is_near(picture.getpixel(((left + right) // 2, (top + bottom) // 2)), (255, 255, 255))


def test_the_crop_box_is_what_is_drawn() -> None:
    made = pikepdf.open(io.BytesIO(pdf(box=(0, 0, 420, 600))))
    made.pages[0].CropBox = pikepdf.Array([60, 60, 360, 540])
    stream = io.BytesIO()
    made.save(stream)
    (picture,) = pictures(report(stream.getvalue(), finding(box=PLACE)))
    assert picture.size == (250, 400)
    assert inked(picture) == pytest.approx((48, 148, 203, 253), abs=1)


def test_each_outline_has_the_colour_of_its_level_and_its_own_number() -> None:
    grave = finding(box=(240, 300, 400, 500), level=Level.ERROR, rule="R0001")
    page = report(pdf(), finding(box=(24, 48, 120, 144)), grave)
    (picture,) = pictures(page)
    assert is_near(picture.getpixel((280, picture.height - 250 + 1)), ERROR_INK)
    assert is_near(picture.getpixel((60, picture.height - 40 + 1)), WARNING_INK)
    # In the corner of the large box is its number: white on the ink.
    corner = picture.crop((200, picture.height - 416, 212, picture.height - 404))
    assert sum(is_near(dot, ERROR_INK) for dot in corner.get_flattened_data()) > 40
    assert any(
        min(dot) > 200
        for dot in corner.crop((2, 2, 10, 10)).get_flattened_data()
        if isinstance(dot, tuple)
    )
    assert page.all("figcaption")[0].text == "Page 1: 1, 2"


def test_numbers_of_boxes_at_one_place_do_not_cover_each_other() -> None:
    one = pictures(report(pdf(), finding(message="a", box=PLACE)))[0]
    two = pictures(report(pdf(), *(finding(message=m, box=PLACE) for m in "ab")))[0]
    assert count_dots(two, WARNING_INK) > count_dots(one, WARNING_INK) + 80


def count_dots(picture: Image.Image, ink: tuple[int, ...]) -> int:
    return sum(is_near(dot, ink) for dot in picture.get_flattened_data())


@pytest.mark.parametrize(
    "box",
    [
        (-900.0, -900.0, -800.0, -800.0),  # off the paper: its nearest edge
        (0.0, 0.0, 420.0, 595.0),
        (-1e30, -1e30, 1e30, 1e30),
        (200.0, 200.0, 200.0, 200.0),
        (419.0, 594.0, 420.0, 595.0),
    ],
)
def test_odd_boxes_are_still_shown(box: Box) -> None:
    (picture,) = pictures(report(pdf(), finding(box=box)))
    assert count_dots(picture, WARNING_INK) > 30


def test_a_box_that_is_no_box_is_not_outlined() -> None:
    page = report(pdf(), finding(box=(float("nan"), 0, float("inf"), 3)))
    assert page.all("figcaption")[0].text == "Page 1; without a place: 1"
    assert pictures(page)[0].convert("L").getextrema() == (255, 255)


def test_only_pages_with_findings_are_shown() -> None:
    page = report(pdf(5), finding(2, box=PLACE), finding(4), finding(0, "the file"))
    assert [caption.text for caption in page.all("figcaption")] == [
        "Page 2: 2",
        "Page 4; without a place: 3",
    ]
    assert report(pdf(5), finding(0)).all("img", "h3") == []


def test_the_number_of_thumbnails_is_bounded_and_the_rest_is_counted() -> None:
    page = report(pdf(43, box=(0, 0, 60, 60)), *(finding(number) for number in range(1, 44)))
    assert len(page.all("img")) == html.THUMBNAILS == 40
    assert "3 more pages with findings are not shown." in page.text


def test_pages_that_cannot_be_drawn_are_named() -> None:
    assert "Not drawn: page 9." in report(pdf(2), finding(9), finding(1)).text
    assert "Not drawn: pages 1, 2." in report(b"no PDF", finding(1), finding(2)).text


@pytest.mark.parametrize("size", [(14400, 14400), (14400, 3), (1, 1), (3, 3)])
def test_pages_of_any_size_make_small_pictures(size: tuple[int, int]) -> None:
    page = report(pdf(box=(0, 0, *size)), finding(box=(0, 0, *size)))
    assert all(max(picture.size) <= 1001 for picture in pictures(page))
    assert len(page.all("img")) == 1 or "Not drawn: page 1." in page.text


def test_the_same_findings_make_the_same_page() -> None:
    findings = [finding(box=PLACE), finding(2), finding(0, level=Level.ERROR)]
    one = html_report([about("a.pdf", pdf(2), "print", findings)])
    assert one == html_report([about("a.pdf", pdf(2), "print", findings[::-1])])
