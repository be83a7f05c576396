"""Holds printer's marks to account: where they lie, in which inks, and that the page stays as is.

Pages are those of the sample, with as much bleed as a print shop asks for; PDFium renders them.
"""

from __future__ import annotations

import io
import re

import pikepdf
import pypdfium2 as pdfium
import pytest
from bound_file import MM
from conftest import ROOT, Built
from pikepdf import Array, Name
from PIL import Image

from brochure.finish.marks import LINE, Slug, marks

FACE = (ROOT / "fonts/SourceSans3-Regular.ttf").read_bytes()
SLUG = Slug("Räume für Ideen – Λάρισα", "de", 3, 32, "2026-11-24", "2a")
BLEED = 3.0  # mm
MARGIN = 12.0  # mm, around the bleed
SCALE = 4 / MM  # pixels in a point: four in a mm
BLEEDS = (0.0, 3.0, 5.0)

Box = tuple[float, float, float, float]  # left, bottom, right, top


@pytest.fixture
def pdf(sample: Built) -> pikepdf.Pdf:
    """The cover, which bleeds on three sides, and a page of text, as print output has them."""
    with pikepdf.open(sample.pdf("en/brochure-en.pdf")) as file:
        made = pikepdf.new()
        made.pages.extend([file.pages[0], file.pages[4]])
    for page in made.pages:
        set_bleed(page, BLEED)
        for name in (Name.Annots, Name.StructParents):
            if name in page.obj:
                del page.obj[name]
    return made


def set_bleed(page: pikepdf.Page, bleed: float) -> None:
    box = around(numbers(page.obj.TrimBox), bleed * MM)
    page.obj.BleedBox = page.obj.MediaBox = Array([round(side, 3) for side in box])


def blank(width: float = 148, height: float = 210, bleed: float = BLEED) -> pikepdf.Pdf:
    """Return a file with an empty page; lengths in mm."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(width * MM, height * MM))
    page.obj.TrimBox = page.obj.MediaBox
    set_bleed(page, bleed)
    return pdf


def numbers(array: pikepdf.Object) -> Box:
    left, bottom, right, top = (float(side) for side in array)
    return left, bottom, right, top


def around(box: Box, by: float) -> Box:
    left, bottom, right, top = box
    return left - by, bottom - by, right + by, top + by


def contains(outer: Box, inner: Box) -> bool:
    return all(o <= i for o, i in zip(outer[:2], inner[:2], strict=True)) and all(
        o >= i for o, i in zip(outer[2:], inner[2:], strict=True)
    )


def rendered(page: pikepdf.Page, box: Box) -> Image.Image:
    """Return what is seen in a box of the page, in points."""
    one = pikepdf.new()
    one.pages.append(page)
    one.pages[0].obj.MediaBox = Array([round(side, 4) for side in box])
    stream = io.BytesIO()
    one.save(stream)
    with pdfium.PdfDocument(stream.getvalue()) as document:
        picture: Image.Image = document[0].render(scale=SCALE).to_pil().convert("RGB")
        return picture


def drawn_in(page: pikepdf.Page, box: Box) -> bool:
    """Whether anything but white is seen in a box, in mm from the trimmed lower left corner."""
    return rendered_at(page, box).getextrema() != ((255, 255),) * 3


def rendered_at(page: pikepdf.Page, box: Box) -> Image.Image:
    """Return what is seen in a box, in mm from the trimmed lower left corner."""
    left, bottom, *_ = numbers(page.obj.TrimBox)
    x, y, to_x, to_y = (side * MM for side in box)
    return rendered(page, (left + x, bottom + y, left + to_x, bottom + to_y))


def instructions(page: pikepdf.Page) -> list[tuple[str, list[float]]]:
    """Return operators and numbers of what the marks add, which is the last content stream."""
    found: list[tuple[str, list[float]]] = []
    for instruction in pikepdf.parse_content_stream(page.obj.Contents[-1]):
        assert isinstance(instruction, pikepdf.ContentStreamInstruction)
        operator = str(instruction.operator)
        if operator != "BDC":  # its operands are no numbers
            found.append((operator, [float(str(each)) for each in instruction.operands]))
    return found


# Boxes.


@pytest.mark.parametrize("bleed", BLEEDS)
def test_boxes_lie_in_each_other_and_trim_and_bleed_stay(bleed: float) -> None:
    pdf = blank(bleed=bleed)
    page = pdf.pages[0]
    page.obj.CropBox = page.obj.MediaBox
    trim, bleed_box = numbers(page.obj.TrimBox), numbers(page.obj.BleedBox)
    marks(page, pdf, SLUG, bleed, FACE)
    media = numbers(page.obj.MediaBox)
    assert numbers(page.obj.TrimBox) == trim
    assert numbers(page.obj.BleedBox) == bleed_box
    assert contains(media, bleed_box)
    assert contains(bleed_box, trim)
    assert media == pytest.approx(around(bleed_box, MARGIN * MM), abs=0.001)
    assert Name.CropBox not in page.obj


# Inside the bleed.


def test_nothing_changes_inside_the_bleed(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        bleed = numbers(page.obj.BleedBox)
        before = rendered(page, bleed)
        assert before.getextrema() != ((255, 255),) * 3
        marks(page, pdf, SLUG, BLEED, FACE)
        assert rendered(page, bleed) == before


def test_the_media_box_hides_nothing_of_the_page_that_would_show_beside_the_marks(
    pdf: pikepdf.Pdf,
) -> None:
    page = pdf.pages[0]
    empty = blank()
    trim, bleed = numbers(page.obj.TrimBox), numbers(page.obj.BleedBox)
    beyond = (bleed[0] - 3, trim[3] - 40 * MM, bleed[0] - 1, trim[3] - 10 * MM)
    assert rendered(page, beyond).getextrema() != ((255, 255),) * 3  # typeset with 5 mm
    for each, file in ((page, pdf), (empty.pages[0], empty)):
        marks(each, file, SLUG, BLEED, FACE)
    strips = (
        (0, 0, bleed[0] - 1, 0),
        (bleed[2] + 1, 0, 0, 0),
        (0, 0, 0, bleed[1] - 1),
        (0, bleed[3] + 1, 0, 0),
    )
    media = numbers(page.obj.MediaBox)
    for strip in strips:
        box = tuple(side or whole for side, whole in zip(strip, media, strict=True))
        assert len(box) == 4
        assert rendered(page, box) == rendered(empty.pages[0], box)


@pytest.mark.parametrize("bleed", BLEEDS)
@pytest.mark.parametrize("size", [(148, 210), (210, 297), (90, 90)])
def test_marks_leave_the_bleed_of_an_empty_page_empty(
    size: tuple[float, float], bleed: float
) -> None:
    width, height = size
    pdf = blank(width, height, bleed)
    marks(pdf.pages[0], pdf, SLUG, bleed, FACE)
    clear = bleed + 0.9
    assert not drawn_in(pdf.pages[0], (-clear, -clear, width + clear, height + clear))


# Where the marks lie: boxes in mm from the lower left corner of a trimmed A5 page.

W, H, B = 148.0, 210.0, BLEED
CORNERS = ((0, 0, -1, -1), (W, 0, 1, -1), (0, H, -1, 1), (W, H, 1, 1))


@pytest.fixture(scope="module")
def marked() -> pikepdf.Pdf:
    pdf = blank()
    marks(pdf.pages[0], pdf, SLUG, BLEED, FACE)
    return pdf


def test_crop_marks_begin_outside_the_bleed_and_are_five_long(marked: pikepdf.Pdf) -> None:
    left, bottom, *_ = numbers(marked.pages[0].obj.TrimBox)
    lines = set()
    start: list[float] = []
    for operator, operands in instructions(marked.pages[0]):
        if operator == "m":
            start = operands
        elif operator == "l" and len(start) == 2:
            ends = (*start, *operands)
            x, y, to_x, to_y = (
                round((value - (bottom if i % 2 else left)) / MM, 2) for i, value in enumerate(ends)
            )
            lines.add((x, y, to_x, to_y))
    near, far = B + 1, B + 6
    for x, y, out_x, out_y in CORNERS:
        assert (x + out_x * near, y, x + out_x * far, y) in lines
        assert (x, y + out_y * near, x, y + out_y * far) in lines


def test_crop_marks_are_seen_where_they_point_at_the_trimmed_edges(marked: pikepdf.Pdf) -> None:
    page = marked.pages[0]
    for x, y, out_x, out_y in CORNERS:
        middle_x, middle_y = x + out_x * (B + 3.5), y + out_y * (B + 3.5)
        assert drawn_in(page, (middle_x - 1, y - 0.3, middle_x + 1, y + 0.3))
        assert drawn_in(page, (x - 0.3, middle_y - 1, x + 0.3, middle_y + 1))
        assert not drawn_in(page, (middle_x - 1, y + 0.5, middle_x + 1, y + 2))
        assert not drawn_in(page, (middle_x - 1, middle_y - 1, middle_x + 1, middle_y + 1))


def test_a_target_stands_in_the_middle_of_each_side(marked: pikepdf.Pdf) -> None:
    page = marked.pages[0]
    for x, y in ((-B - 5, H / 2), (W + B + 5, H / 2), (W / 2, -B - 5), (W / 2, H + B + 5)):
        for out_x, out_y in ((1, 0), (-1, 0), (0, 1), (0, -1)):  # the cross
            assert drawn_in(page, square(x + 2.6 * out_x, y + 2.6 * out_y, 0.25))
            assert not drawn_in(page, square(x + 3.5 * out_x, y + 3.5 * out_y, 0.25))
        for out_x, out_y in ((1, 1), (-1, 1), (1, -1), (-1, -1)):  # the circle
            assert drawn_in(page, square(x + 1.41 * out_x, y + 1.41 * out_y, 0.25))
            assert not drawn_in(page, square(x + 0.7 * out_x, y + 0.7 * out_y, 0.25))
            assert not drawn_in(page, square(x + 2.5 * out_x, y + 2.5 * out_y, 0.5))


def square(x: float, y: float, half: float) -> Box:
    return x - half, y - half, x + half, y + half


SOLIDS = [
    *((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
    *((1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0)),
]


def test_the_colour_bar_has_solids_and_half_tints_in_squares_of_five(marked: pikepdf.Pdf) -> None:
    left, bottom, *_ = numbers(marked.pages[0].obj.TrimBox)
    bar: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    colour: tuple[float, ...] = ()
    for operator, operands in instructions(marked.pages[0]):
        if operator == "k":
            colour = tuple(operands)
        elif operator == "re":
            x, y, width, height = operands
            place = (x - left, y - bottom, width, height)
            bar.append((colour, tuple(round(value / MM, 2) for value in place)))
    tints = [tuple(ink / 2 for ink in inks) for inks in SOLIDS]
    assert [inks for inks, _ in bar] == [*SOLIDS, *tints]
    rows = [5 + 5 * i for i in range(7)], [W - 40 + 5 * i for i in range(7)]
    assert [place for _, place in bar] == [(x, -B - 7, 5, 5) for row in rows for x in row]
    black = rendered_at(marked.pages[0], (20.5, -B - 6.5, 24.5, -B - 2.5))
    assert max(black.convert("L").tobytes()) < 60


def test_the_slug_stands_above_the_targets_and_within_the_media(marked: pikepdf.Pdf) -> None:
    page = marked.pages[0]
    assert drawn_in(page, (0, H + B + 9, 20, H + B + 11))
    assert not drawn_in(page, (-B - 12, H + B + 8.2, W + B + 12, H + B + 8.4))
    assert not drawn_in(page, (-B - 12, H + B + 11.3, W + B + 12, H + B + 12))
    assert not drawn_in(page, (-B - 12, H + B + 9, -0.1, H + B + 12))


def test_a_long_slug_is_as_wide_as_the_page(marked: pikepdf.Pdf) -> None:
    pdf = blank()
    page = pdf.pages[0]
    marks(page, pdf, Slug("Ideen " * 60, "de", 1, 1, "2026-11-24"), BLEED, FACE)
    assert drawn_in(page, (W - 5, H + B + 8.5, W, H + B + 12))
    assert not drawn_in(page, (W + 0.2, H + B + 8.5, W + B + 12, H + B + 12))


def test_without_a_face_there_is_no_slug() -> None:
    pdf = blank()
    marks(pdf.pages[0], pdf, SLUG, BLEED)
    assert not drawn_in(pdf.pages[0], (-B - 12, H + B + 8.2, W + B + 12, H + B + 12))
    assert drawn_in(pdf.pages[0], (W / 2 - 3, H + B + 2, W / 2 + 3, H + B + 8))


def test_the_slug_says_what_the_sheet_is() -> None:
    assert SLUG.line == "Räume für Ideen – Λάρισα · de · 3/32 · 2a · 2026-11-24"
    assert Slug("Title", "", 1, 2, "").line == "Title · 1/2"


def shapes(title: str) -> list[list[tuple[str, list[float]]]]:
    """Return the outlines of a slug's characters, those of the title first."""
    pdf = blank()
    marks(pdf.pages[0], pdf, Slug(title, "", 1, 1, ""), BLEED, FACE)
    drawn: list[list[tuple[str, list[float]]]] = [[]]
    for operator, operands in instructions(pdf.pages[0]):
        if operator == "f":
            drawn.append([])
        elif operator in "mlch":
            drawn[-1].append((operator, operands))
    return drawn[14:-1]  # the colour bar comes first


def test_the_slug_draws_every_character_that_is_seen() -> None:
    assert [len(shapes(title)) for title in ("A", "Λ", "Ж λ")] == [5, 5, 6]  # and "· 1/1"
    assert all(shape for shape in shapes("Ж λ"))


def test_a_greek_capital_among_latin_letters_is_the_greek_one() -> None:
    assert shapes("Ideas Λ")[5] == shapes("Λ")[0] != shapes("λ")[0]


# What the marks are made of.


def test_all_colours_are_cmyk_and_nothing_needs_a_resource(marked: pikepdf.Pdf) -> None:
    found = instructions(marked.pages[0])
    operators = {operator for operator, _ in found}
    assert operators <= {
        *("q", "Q", "cm", "EMC", "K", "k", "w"),
        *("m", "l", "c", "h", "re", "S", "s", "f"),
    }
    assert {tuple(inks) for operator, inks in found if operator == "K"} == {(1, 1, 1, 1)}
    assert {widths[0] for operator, widths in found if operator == "w"} == {LINE}
    resources = marked.pages[0].obj.get(Name.Resources)
    assert resources is None or not resources.keys()
    operands = [len(inks) for operator, inks in found if operator in "Kk"]
    assert set(operands) == {4}


def test_marks_are_artifacts_and_leave_the_graphics_state_as_it_was(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        contents = page.obj.Contents
        before = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
        marks(page, pdf, SLUG, BLEED, FACE)
        assert list(page.obj.Contents)[1:-1] == before
        stream = page.obj.Contents[-1].read_bytes()
        assert re.fullmatch(rb"\s*Q\s+/Artifact <</Type /Page>> BDC\s.*\sEMC\s*", stream, re.DOTALL)
        whole = [str(each.operator) for each in pikepdf.parse_content_stream(page)]
        assert whole.count("q") == whole.count("Q")


def test_marks_of_a_page_take_little_room_and_are_the_same_every_time() -> None:
    streams = []
    for _ in range(2):
        pdf = blank()
        stream = io.BytesIO()
        marks(pdf.pages[0], pdf, SLUG, BLEED, FACE)
        pdf.save(stream, deterministic_id=True)
        streams.append(stream.getvalue())
    assert streams[0] == streams[1]
    assert len(streams[0]) < 10_000


# What is refused.


@pytest.mark.parametrize("name", ["/TrimBox", "/BleedBox"])
def test_a_page_without_its_boxes_gets_no_marks(name: str) -> None:
    pdf = blank()
    del pdf.pages[0].obj[name]
    with pytest.raises(ValueError, match=name):
        marks(pdf.pages[0], pdf, SLUG, BLEED)


def test_a_page_with_another_bleed_gets_no_marks() -> None:
    pdf = blank(bleed=3.5)
    with pytest.raises(ValueError, match=r"3\.5.* mm .*not 3\.0 mm"):
        marks(pdf.pages[0], pdf, SLUG, BLEED)


def test_a_page_narrower_than_the_colour_bar_gets_no_marks() -> None:
    pdf = blank(width=85)
    with pytest.raises(ValueError, match="90 mm"):
        marks(pdf.pages[0], pdf, SLUG, BLEED)
