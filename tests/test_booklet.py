"""Holds imposed sheets to account: what is printed where, and that nothing else is in the file.

Sheets are made from published files. PDFium reads and renders each half of a sheet and the page
that should stand there.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from bound_file import MM
from conftest import Built, run_brochure
from pikepdf import Array, Dictionary, Name, Object
from PIL import Image, ImageChops, ImageStat

from brochure.finish.booklet import booklet, n_up_sheets
from brochure.finish.imposition import Side, creep, saddle_stitch

BROCHURE = "en/brochure-en.pdf"
LEAFLET = "en/practices/wallimage-en.pdf"
PLAN = "en/plans/austria-en.pdf"
FILES = (BROCHURE, LEAFLET, "en/regions/catalonia-en.pdf", PLAN)
MIXED = "en/events/catalonia-en.pdf"
THICK = 0.5  # mm; a paper whose creep is seen in a raster
SCALE = 2.0  # pixels in a point

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def saved(pdf: pikepdf.Pdf) -> bytes:
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


@cache
def size_of(pdf: bytes) -> tuple[float, float]:
    """Return width and height of the first page, in points."""
    with opened(pdf) as file:
        box = file.pages[0].mediabox
        return float(box[2] - box[0]), float(box[3] - box[1])


@cache
def pages_in(pdf: bytes) -> int:
    with opened(pdf) as file:
        return len(file.pages)


def rendered(pdf: bytes, boxes: dict[int, Box]) -> dict[int, Image.Image]:
    """Return what is seen in a box of some pages, which are counted from 0."""
    with opened(pdf) as file:
        for number, box in boxes.items():
            page = file.pages[number].obj
            page.MediaBox = Array([round(side, 4) for side in box])
            for name in ("/TrimBox", "/CropBox", "/BleedBox", "/Annots"):
                if name in page:
                    del page[name]
        cropped = saved(file)
    with pdfium.PdfDocument(cropped) as document:
        return {
            number: document[number].render(scale=SCALE).to_pil().convert("RGB") for number in boxes
        }


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart on average, 255 at most."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def with_photos(pdf: bytes) -> set[int]:
    """Return the pages with a picture of pixels, counted from 0."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return {number for number, page in enumerate(file.pages) if page.get_images()}


def words_in(pdf: bytes, boxes: list[tuple[int, Box]]) -> list[str]:
    """Return the words inside boxes of pages, which are counted from 0."""
    words = []
    with pdfium.PdfDocument(pdf) as document:
        for number, (left, bottom, right, top) in boxes:
            text = document[number].get_textpage().get_text_bounded(left, bottom, right, top)
            words.append(" ".join(text.split()))
    return words


def halves(pdf: bytes) -> list[tuple[int, Box, int]]:
    """Return each half of the sheets of a booklet of `pdf` that a page stands on: the side from
    0, the half, the page from 0."""
    fold, height = size_of(booklet(pdf))[0] / 2, size_of(pdf)[1]
    found: list[tuple[int, Box, int]] = []
    for i, side in enumerate(saddle_stitch(pages_in(pdf))):
        if side.left:
            found.append((i, (0, 0, fold, height), side.left - 1))
        if side.right:
            found.append((i, (fold, 0, 2 * fold, height), side.right - 1))
    return found


@pytest.fixture(params=FILES)
def pdf(request: pytest.FixtureRequest, sample: Built) -> bytes:
    return sample.pdf(request.param).read_bytes()


@pytest.fixture
def leaflet(sample: Built) -> bytes:
    return sample.pdf(LEAFLET).read_bytes()


# Sheets.


def test_a_booklet_has_two_sides_for_every_four_pages(pdf: bytes) -> None:
    assert pages_in(booklet(pdf)) == 2 * -(-pages_in(pdf) // 4)


@pytest.mark.parametrize(("name", "size"), [(BROCHURE, (297, 210)), (PLAN, (420, 297))])
def test_a_sheet_is_the_paper_that_the_page_is_half_of(
    sample: Built, name: str, size: tuple[float, float]
) -> None:
    with opened(booklet(sample.pdf(name).read_bytes())) as file:
        for page in file.pages:
            assert [float(side) / MM for side in page.mediabox] == pytest.approx(
                [0, 0, *size], abs=0.01
            )
            assert {"/CropBox", "/TrimBox", "/Rotate", "/UserUnit"} & set(page.obj.keys()) == set()


def test_a_sheet_of_pages_of_no_standard_size_is_two_pages_wide(leaflet: bytes) -> None:
    with opened(leaflet) as file:
        for page in file.pages:
            page.obj.TrimBox = page.obj.MediaBox = Array([0, 0, 300, 500])
        assert size_of(booklet(saved(file))) == (600, 500)


def test_every_half_has_the_words_of_its_page(pdf: bytes) -> None:
    width, height = size_of(pdf)
    expected = words_in(pdf, [(page, (0, 0, width, height)) for _, _, page in halves(pdf)])
    found = words_in(booklet(pdf), [(side, box) for side, box, _ in halves(pdf)])
    assert found == expected
    assert any(found)


@pytest.mark.parametrize("paper", [0, THICK])
def test_every_half_looks_like_its_page_moved_towards_the_fold(pdf: bytes, paper: float) -> None:
    sheets = booklet(pdf, paper)
    width, height = size_of(pdf)
    fold = size_of(sheets)[0] / 2
    moves = creep(pages_in(pdf), paper)
    photos = with_photos(pdf)
    for left in (True, False):
        on_this_half = [half for half in halves(pdf) if (half[1][0] == 0) == left]
        boxes: dict[int, Box] = {}
        for side, _, page in on_this_half:
            move = moves[side // 2] * MM
            start = width - fold - move if left else move
            boxes[page] = (start, 0, start + fold, height)
        pages = rendered(pdf, boxes)
        sides = rendered(sheets, {side: box for side, box, _ in on_this_half})
        for side, _, number in on_this_half:
            found, expected = sides[side], pages[number]
            # The fore-edge: white where the page ends, though its content goes on there.
            white = round((fold - width + moves[side // 2] * MM) * SCALE)
            edge = (0, 0, white - 1, found.height)
            inner = (white + 1, 0, found.width, found.height)
            if not left:
                edge = (found.width - white + 1, 0, found.width, found.height)
                inner = (0, 0, found.width - white - 1, found.height)
            both = found.crop(inner), expected.crop(inner)
            if number in photos:
                # PDFium draws a photo from one whole pixel to another, so its fine lines differ.
                # From afar they do not; a page that is moved by a pixel has 0.68 or more.
                assert difference(*(each.reduce(8) for each in both)) < 0.4, (side, number)
            else:
                assert difference(*both) < 0.05, (side, number)
            if white > 1:
                assert found.crop(edge).getextrema() == ((255, 255),) * 3, (side, number)


def test_blank_pages_are_blank(sample: Built) -> None:
    sheets = booklet(sample.pdf(PLAN).read_bytes())  # 10 pages
    width, height = size_of(sheets)
    for i, side in enumerate(saddle_stitch(10)):
        for page, left in ((side.left, 0.0), (side.right, width / 2)):
            if page is None:
                half = rendered(sheets, {i: (left, 0, left + width / 2, height)})[i]
                assert half.getextrema() == ((255, 255),) * 3
    assert Side(2, "front", None, 3) in saddle_stitch(10)


def placed(sheets: bytes) -> list[list[tuple[str, float, float, float]]]:
    """Return name, scale and lower left corner of the forms on each side."""
    with opened(sheets) as file:
        return [
            [
                (name.decode(), float(scale), float(x), float(y))
                for scale, x, y, name in re.findall(
                    rb"(\S+) 0 0 \S+ (\S+) (\S+) cm (/P\d+) Do", page.obj.Contents.read_bytes()
                )
            ]
            for page in file.pages
        ]


def test_creep_moves_both_pages_of_a_side_towards_each_other(sample: Built) -> None:
    pdf = sample.pdf(BROCHURE).read_bytes()
    moves = creep(pages_in(pdf), 0.1)
    flat, moved = placed(booklet(pdf, 0)), placed(booklet(pdf))
    assert moves[-1] == pytest.approx(1.3)  # mm: fourteen sheets
    for number, (before, after) in enumerate(zip(flat, moved, strict=True)):
        (left, right), (left_moved, right_moved) = before, after
        move = moves[number // 2] * MM
        assert left_moved[2] - left[2] == pytest.approx(move, abs=0.002)
        assert right_moved[2] - right[2] == pytest.approx(-move, abs=0.002)
        assert {left_moved[3], right_moved[3]} == {0}


def with_bleed(pdf: bytes) -> bytes:
    """Return a file whose pages show 5 mm around the trimmed page, where layouts go on."""
    with opened(pdf) as file:
        for page in file.pages:
            left, bottom, right, top = (float(side) for side in page.trimbox)
            around = 5 * MM
            box = Array([left - around, bottom - around, right + around, top + around])
            page.obj.MediaBox = page.obj.BleedBox = box
        return saved(file)


def test_nothing_of_a_bleed_lies_on_the_page_beyond_the_fold(leaflet: bytes) -> None:
    for sheets, from_bleed in (
        (booklet(leaflet, THICK), booklet(with_bleed(leaflet), THICK)),
        (n_up_sheets(leaflet, 2, 1), n_up_sheets(with_bleed(leaflet), 2, 1)),
    ):
        boxes: dict[int, Box] = {i: (0, 0, *size_of(sheets)) for i in range(2)}
        assert rendered(sheets, boxes) == rendered(from_bleed, boxes)


def test_a_turned_page_is_placed_as_it_is_shown(leaflet: bytes) -> None:
    with opened(leaflet) as file:
        for page in file.pages:
            page.obj.Rotate = 90
        turned = saved(file)
    sheets = booklet(turned)
    width, height = (2 * size_of(leaflet)[1], size_of(leaflet)[0])
    assert size_of(sheets) == pytest.approx((width, height), abs=0.01)
    with pdfium.PdfDocument(turned) as document:
        expected = document[0].render(scale=SCALE).to_pil().convert("RGB")
    found = rendered(sheets, {0: (width / 2, 0, width, height)})[0]
    assert difference(found, expected.resize(found.size)) < 1


# What the file says.


def test_the_printer_is_asked_for_both_sides_at_full_size(pdf: bytes) -> None:
    with opened(booklet(pdf)) as file:
        assert file.pdf_version == "1.7"
        view = file.Root.ViewerPreferences
        assert view.Duplex == Name.DuplexFlipShortEdge
        assert view.PrintScaling == Name("/None")
        assert bool(view.PickTrayByPDFSize)


def test_the_title_says_what_it_is_and_the_rest_is_kept(pdf: bytes) -> None:
    with opened(pdf) as before, opened(booklet(pdf)) as after:
        assert str(after.docinfo.Title) == f"{before.docinfo.Title} (booklet)"
        assert {k: v for k, v in after.docinfo.items() if k != "/Title"} == {
            k: v for k, v in before.docinfo.items() if k != "/Title"
        }
        assert after.Root.Lang == before.Root.Lang
        with after.open_metadata() as xmp:
            assert xmp["dc:title"] == str(after.docinfo.Title)
            assert xmp.pdfa_status == ""
        assert b"pdfuaid" not in after.Root.Metadata.read_bytes()
    with opened(booklet(pdf, note="livret")) as french:
        assert str(french.docinfo.Title).endswith(" (livret)")


def test_nothing_for_readers_at_a_screen_is_left(pdf: bytes) -> None:
    for sheets in (booklet(pdf), n_up_sheets(pdf, 2, 1)):
        with opened(sheets) as file:
            assert set(file.Root.keys()) == {
                *("/Type", "/Pages", "/Metadata", "/Lang", "/OutputIntents", "/ViewerPreferences")
            }
            assert {key for page in file.pages for key in page.obj.keys()} == {  # noqa: SIM118
                *("/Type", "/Parent", "/MediaBox", "/Resources", "/Contents")
            }
            for item in file.objects:
                if isinstance(item, Dictionary | pikepdf.Stream):
                    assert item.get(Name.Type) != Name.StructElem
                    assert "/StructParents" not in item
                    assert "/StructParent" not in item


def test_places_in_a_tree_of_tags_are_taken_from_what_pages_draw(leaflet: bytes) -> None:
    with opened(leaflet) as file:
        tagged = file.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
        tagged.StructParents, tagged.StructParent = 7, 8
        file.pages[0].obj.Resources.XObject = Dictionary({"/Tagged": tagged})
        sheets = booklet(saved(file))
    with opened(sheets) as file:
        drawn = file.pages[0].obj.Resources.XObject["/P1"].Resources.XObject["/Tagged"]
        assert {"/StructParents", "/StructParent"} & set(drawn.keys()) == set()


def programs(pdf: bytes) -> list[str]:
    """Return the digests of all font programs."""
    with opened(pdf) as file:
        fonts = [
            item[key].read_raw_bytes()
            for item in file.objects
            if isinstance(item, Dictionary)
            for key in ("/FontFile", "/FontFile2", "/FontFile3")
            if key in item
        ]
    return sorted(hashlib.sha256(font).hexdigest() for font in fonts)


def test_font_programs_are_neither_lost_nor_doubled(pdf: bytes) -> None:
    found = programs(booklet(pdf))
    assert found == programs(pdf)
    assert len(set(found)) == len(found) > 0
    assert programs(n_up_sheets(pdf, 2, 2, placement="repeated")) == found


def test_sheets_are_not_larger_than_the_pages(pdf: bytes) -> None:
    assert len(booklet(pdf)) < len(pdf)
    assert len(n_up_sheets(pdf, 2, 2, placement="repeated")) < len(pdf)


_DIGESTS = """
import hashlib, sys
from pathlib import Path
from brochure.finish.booklet import booklet, n_up_sheets
pdf = Path(sys.argv[1]).read_bytes()
for sheets in (booklet(pdf), n_up_sheets(pdf, 2, 1)):
    print(hashlib.sha256(sheets).hexdigest())
"""


def test_the_same_file_gives_the_same_bytes_in_another_process(sample: Built) -> None:
    path = sample.pdf(BROCHURE)
    pdf = path.read_bytes()
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    printed = subprocess.run(
        [sys.executable, "-c", _DIGESTS, path],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    here = [hashlib.sha256(each).hexdigest() for each in (booklet(pdf), n_up_sheets(pdf, 2, 1))]
    assert printed == here


def test_the_small_project_has_booklets_of_all_files_with_pages_of_one_size(
    small_built: Built,
) -> None:
    made = 0
    for path in small_built.pdfs:
        pdf = path.read_bytes()
        with opened(pdf) as file:
            sizes = {tuple(round(float(side)) for side in page.trimbox) for page in file.pages}
        if len(sizes) == 1:
            assert pages_in(booklet(pdf)) == 2 * -(-pages_in(pdf) // 4), path.name
            made += 1
    assert made


# What is refused.


def test_pages_of_several_sizes_make_no_booklet(sample: Built) -> None:
    pdf = sample.pdf(MIXED).read_bytes()
    with opened(pdf) as file:
        widths = [round(float(page.trimbox[2]) / MM) for page in file.pages]
    first_a4, last = widths.index(210) + 1, len(widths)
    assert set(widths[: first_a4 - 1]) == {148}
    message = rf"148 × 210 mm, but not {first_a4} to {last}$"
    with pytest.raises(ValueError, match=message):
        booklet(pdf)
    with pytest.raises(ValueError, match=message):
        n_up_sheets(pdf, 2, 1)


def test_single_pages_of_another_size_are_named(leaflet: bytes) -> None:
    with opened(leaflet) as file:
        for number in (1, 3):
            file.pages[number].obj.TrimBox = Array([0, 0, 300, 400])
        with pytest.raises(ValueError, match=r"but not 2, 4$"):
            booklet(saved(file))


def test_paper_of_negative_thickness_is_refused(leaflet: bytes) -> None:
    with pytest.raises(ValueError, match="thick"):
        booklet(leaflet, -0.1)


# Sheets that are cut.


def cell(
    sheets: bytes, page: tuple[float, float], columns: int, rows: int, place: int, scale: float = 1
) -> Box:
    """Return where a place is on a side, its grid in the middle of the sheet."""
    (width, height), column, row = size_of(sheets), place % columns, place // columns
    left = width / 2 + (column - columns / 2) * page[0] * scale
    top = height / 2 + (rows / 2 - row) * page[1] * scale
    return left, top - page[1] * scale, left + page[0] * scale, top


@pytest.mark.parametrize(
    ("columns", "rows", "sheet", "scale"),
    [
        (2, 1, (297, 210), 1.0),  # the paper is turned
        (2, 2, (210, 297), 148.5 / 210),
        (1, 1, (210, 297), 1.0),  # pages are not enlarged
        (3, 1, (297, 210), 99 / 148),
    ],
)
def test_pages_follow_each_other_on_a_sheet(
    leaflet: bytes, columns: int, rows: int, sheet: tuple[float, float], scale: float
) -> None:
    sheets = n_up_sheets(leaflet, columns, rows)
    page = size_of(leaflet)
    places = columns * rows
    assert [length / MM for length in size_of(sheets)] == pytest.approx(sheet, abs=0.01)
    assert pages_in(sheets) == -(-4 // places)
    cells = [(i // places, cell(sheets, page, columns, rows, i % places, scale)) for i in range(4)]
    assert words_in(sheets, cells) == words_in(leaflet, [(i, (0, 0, *page)) for i in range(4)])
    drawn = [each for side in placed(sheets) for each in side]
    assert [name for name, *_ in drawn] == ["/P1", "/P2", "/P3", "/P4"]
    for (_, found, x, y), (_, (left, bottom, _, _)) in zip(drawn, cells, strict=True):
        assert found == pytest.approx(scale, rel=1e-4)
        assert (x, y) == pytest.approx((left, bottom), abs=0.05)


def test_a_repeated_page_fills_its_sheet(leaflet: bytes) -> None:
    sheets = n_up_sheets(leaflet, 2, 2, (148 * 2, 210 * 2), "repeated")
    page = size_of(leaflet)
    assert [[name for name, *_ in side] for side in placed(sheets)] == [
        [f"/P{number}"] * 4 for number in range(1, 5)
    ]
    for number in range(4):
        cells = [(number, cell(sheets, page, 2, 2, place)) for place in range(4)]
        expected = words_in(leaflet, [(number, (0, 0, *page))]) * 4
        assert words_in(sheets, cells) == expected


def test_a_sheet_that_is_cut_looks_like_its_pages(leaflet: bytes) -> None:
    sheets = n_up_sheets(leaflet, 2, 1)
    page = size_of(leaflet)
    for place in (0, 1):
        found = rendered(sheets, {0: cell(sheets, page, 2, 1, place)})[0]
        expected = rendered(leaflet, {place: (0, 0, *page)})[place]
        assert difference(found, expected) < 0.05


def test_sheets_turn_on_their_upright_edge_and_say_how_many_pages_they_hold(
    leaflet: bytes,
) -> None:
    for columns, rows, duplex in (
        (2, 1, Name.DuplexFlipShortEdge),
        (2, 2, Name.DuplexFlipLongEdge),
    ):
        with opened(n_up_sheets(leaflet, columns, rows)) as file:
            view: Object = file.Root.ViewerPreferences
            assert view.Duplex == duplex
            assert str(file.docinfo.Title).endswith(f" ({columns} × {rows})")


@pytest.mark.parametrize(("columns", "rows"), [(0, 1), (1, -1)])
def test_a_sheet_needs_places(leaflet: bytes, columns: int, rows: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        n_up_sheets(leaflet, columns, rows)


# The command.


def test_a_leaflet_is_put_twice_on_a_sheet_from_the_command_line(
    small_built: Built, tmp_path: Path
) -> None:
    leaflet = small_built.pdf("en/practices/mill-fund-en.pdf")
    sheets = tmp_path / "sheets.pdf"
    made = run_brochure("n-up", leaflet, "--repeat", "--to", sheets, root=small_built.root)
    assert made.returncode == 0, made.stderr
    with pdfium.PdfDocument(sheets) as document:
        assert len(document) == 4
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [297, 210]


def test_what_cannot_be_imposed_is_said(small_built: Built, tmp_path: Path) -> None:
    mixed = small_built.pdf("en/events/north-en.pdf")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"no PDF")
    for file in (mixed, broken):
        target = tmp_path / "sheets.pdf"
        made = run_brochure("n-up", file, "--to", target, root=small_built.root)
        assert made.returncode == 1
        assert "cannot be imposed" in made.stderr
        assert not target.exists()
