"""Holds the cover and the inside of a print file to account: where each page lies, what shows on
the spine, and that both are files for print with nothing of the other in them.

They are split off the sample's print files; PDFium reads and renders them and the pages.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys

import pikepdf
import pypdfium2 as pdfium
import pytest
from bound_file import MM
from conftest import ROOT, Built
from pikepdf import Array, Dictionary, Name, Object, Stream
from PIL import Image, ImageChops, ImageStat

from brochure.finish.cover import split_cover
from brochure.finish.imposition import spine_mm
from brochure.finish.marks import Slug, marks

BLEED = 3.0  # mm, as brochure.yaml says
CALIPER = 0.11
SCALE = 2.0  # pixels in a point
WIDE = 10.0  # mm; a spine that two bleeds do not fill
BROCHURE = "en/brochure-en-print.pdf"
REGION = "en/regions/latvia-en-print.pdf"  # its last page but one shares resources with others
FILES = (BROCHURE, REGION, "en/plans/austria-en-print.pdf", "multilingual/wallonia-fr-en-print.pdf")
SHORT = "en/practices/wallimage-en-print.pdf"
ODD = "de/plans/south-tyrol-de-print.pdf"
MIXED = "en/events/catalonia-en-print.pdf"

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points
WHITE = ((255, 255),) * 3


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def saved(pdf: pikepdf.Pdf) -> bytes:
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def numbers(array: Object) -> Box:
    left, bottom, right, top = (float(side) for side in array)
    return left, bottom, right, top


def size_of(pdf: bytes) -> tuple[float, float]:
    """Return width and height of the first trimmed page, in points."""
    with opened(pdf) as file:
        left, bottom, right, top = numbers(file.pages[0].trimbox)
        return right - left, top - bottom


def pages_in(pdf: bytes) -> int:
    with opened(pdf) as file:
        return len(file.pages)


def rendered(pdf: bytes, number: int, box: Box) -> Image.Image:
    """Return what is seen in a box of a page, which is counted from 0."""
    with opened(pdf) as file:
        page = file.pages[number].obj
        page.MediaBox = Array([round(side, 4) for side in box])
        del page.TrimBox, page.BleedBox
        cropped = saved(file)
    with pdfium.PdfDocument(cropped) as document:
        found = document[number].render(scale=SCALE).to_pil().convert("RGB")
        assert isinstance(found, Image.Image)
        return found


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart on average, 255 at most."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def words_in(pdf: bytes, number: int, box: Box) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return " ".join(document[number].get_textpage().get_text_bounded(*box).split())


def places(pdf: bytes, spine: float) -> list[tuple[int, float, int]]:
    """Return where pages lie on the cover: spread from 0, left edge in points, page from 0."""
    right, last = size_of(pdf)[0] + spine * MM, pages_in(pdf) - 1
    return [(0, 0, last), (0, right, 0), (1, 0, 1), (1, right, last - 1)]


def book_spine(pdf: bytes) -> float:
    """Return the width of the spine around the pages inside, in mm."""
    return spine_mm(pages_in(pdf) - 4, CALIPER)


@pytest.fixture(params=FILES)
def pdf(request: pytest.FixtureRequest, sample: Built) -> bytes:
    return sample.pdf(request.param).read_bytes()


@pytest.fixture
def brochure(sample: Built) -> bytes:
    return sample.pdf(BROCHURE).read_bytes()


# Where things lie.


def test_the_inside_is_the_pages_between_as_they_are(pdf: bytes) -> None:
    inside, _ = split_cover(pdf, BLEED, book_spine(pdf))
    with opened(pdf) as before, opened(inside) as after:
        pages = list(before.pages)[2:-2]
        for page, kept in zip(pages, after.pages, strict=True):
            assert drawn_on(kept) == drawn_on(page)
            assert kept.label == page.label
            for name in ("/MediaBox", "/BleedBox", "/TrimBox"):
                assert numbers(kept.obj[name]) == numbers(page.obj[name])
        box = numbers(before.pages[0].mediabox)
    for number in range(pages_in(inside)):
        assert words_in(inside, number, box) == words_in(pdf, number + 2, box)
    for number in range(0, pages_in(inside), 5):
        assert rendered(inside, number, box) == rendered(pdf, number + 2, box)


def drawn_on(page: pikepdf.Page) -> bytes:
    return pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page))


def test_page_labels_go_on_where_the_cover_ends(brochure: bytes) -> None:
    with opened(brochure) as file:
        for firsts in ((0,), (0, 1), (0, 2), (0, 1, 20), (0, 31)):
            ranges = [(i, Dictionary(S=Name.D, St=4, P=f"{i}-")) for i in firsts]
            file.Root.PageLabels = Dictionary(Nums=Array([i for each in ranges for i in each]))
            labels = [page.label for page in file.pages]
            with opened(split_cover(saved(file), BLEED, 0)[0]) as inside:
                assert [page.label for page in inside.pages] == labels[2:-2]


@pytest.mark.parametrize("spine", [0, None, WIDE])
def test_the_boxes_of_the_cover_nest_and_measure_right(pdf: bytes, spine: float | None) -> None:
    spine = book_spine(pdf) if spine is None else spine
    width, height = (length / MM for length in size_of(pdf))
    with opened(split_cover(pdf, BLEED, spine)[1]) as cover:
        assert len(cover.pages) == 2
        for page in cover.pages:
            trim = [side / MM for side in numbers(page.obj.TrimBox)]
            bleed = [side / MM for side in numbers(page.obj.BleedBox)]
            assert trim == pytest.approx([0, 0, 2 * width + spine, height], abs=0.01)
            assert bleed == pytest.approx(
                [-BLEED, -BLEED, trim[2] + BLEED, trim[3] + BLEED], abs=0.01
            )
            assert page.obj.MediaBox == page.obj.BleedBox
            assert not {"/CropBox", "/Rotate", "/Annots", "/UserUnit"} & set(page.obj.keys())


def test_the_spine_of_the_brochure_is_its_leaves_times_their_caliper(brochure: bytes) -> None:
    assert book_spine(brochure) == pytest.approx(26 * 0.11)


@pytest.mark.parametrize("spine", [0, 1.54, WIDE])
def test_every_half_has_the_words_of_its_page(pdf: bytes, spine: float) -> None:
    _, cover = split_cover(pdf, BLEED, spine)
    width, height = size_of(pdf)
    found = [words_in(cover, s, (x, 0, x + width, height)) for s, x, _ in places(pdf, spine)]
    expected = [words_in(pdf, p, (0, 0, width, height)) for _, _, p in places(pdf, spine)]
    assert found == expected
    assert any(found)


@pytest.mark.parametrize("spine", [0, 1.54, WIDE])
def test_every_half_looks_like_its_page_with_the_bleed_around(pdf: bytes, spine: float) -> None:
    _, cover = split_cover(pdf, BLEED, spine)
    (width, height), bleed = size_of(pdf), BLEED * MM
    for spread, x, number in places(pdf, spine):
        left, right = (-bleed, width) if x == 0 else (0, width + bleed)
        found = rendered(cover, spread, (x + left, -bleed, x + right, height + bleed))
        expected = rendered(pdf, number, (left, -bleed, right, height + bleed))
        assert difference(found, expected) < 0.05, (spread, number)
        # The column at the fold: nothing of a neighbour, and no hairline.
        edge = found.width - 2 if x == 0 else 1
        column = (edge, 0, edge + 1, found.height)
        assert difference(found.crop(column), expected.crop(column)) < 1, (spread, number)


@pytest.mark.parametrize("spine", [1.54, 2 * BLEED, WIDE])
def test_bleeds_meet_in_the_middle_of_the_spine_or_end_before(
    brochure: bytes, spine: float
) -> None:
    _, cover = split_cover(brochure, BLEED, spine)
    (width, height), bleed = size_of(brochure), BLEED * MM
    into = min(spine / 2, BLEED) * MM
    seen = into - 1 / SCALE  # a pixel less: the neighbour may begin in the middle of it
    for spread, x, number in places(brochure, spine):
        on_page = (width, width + seen) if x == 0 else (-seen, 0)
        start, end = x + on_page[0], x + on_page[1]
        found = rendered(cover, spread, (start, -bleed, end, height + bleed))
        expected = rendered(brochure, number, (on_page[0], -bleed, on_page[1], height + bleed))
        assert difference(found, expected) < 0.05, (spread, number)
    back = rendered(cover, 0, (width + 0.5, 0, width + seen, height))
    assert back.getextrema() != WHITE
    assert len(back.getcolors() or ()) == 1  # the back's solid colour, to the middle
    if spine > 2 * BLEED:
        for spread in (0, 1):
            box = (width + into + 0.5, -bleed, width + spine * MM - into - 0.5, height + bleed)
            assert rendered(cover, spread, box).getextrema() == WHITE


# What the files hold.


def test_both_files_keep_the_output_intent_and_say_what_they_are(pdf: bytes) -> None:
    with opened(pdf) as before:
        profile = before.Root.OutputIntents[0].DestOutputProfile.read_raw_bytes()
        title = str(before.docinfo.Title)
        info = {k: str(v) for k, v in before.docinfo.items() if k != "/Title"}
        language = str(before.Root.Lang)
        xmp_before = before.Root.Metadata.read_bytes().decode()
    seen = set()
    halves = split_cover(pdf, BLEED, 2, inside_note="Buchblock", cover_note="Umschlag & Rücken")
    for half, note in zip(halves, ("Buchblock", "Umschlag & Rücken"), strict=True):
        with opened(half) as file:
            assert file.pdf_version == "1.6"
            (intent,) = file.Root.OutputIntents
            assert intent.S == Name.GTS_PDFX
            assert str(intent.OutputConditionIdentifier) == "FOGRA39"
            assert intent.DestOutputProfile.read_raw_bytes() == profile
            assert str(file.Root.Lang) == language
            assert Name.Filter not in file.Root.Metadata
            xmp = file.Root.Metadata.read_bytes().decode()
            assert str(file.docinfo.Title) == f"{title} ({note})"
            assert {k: str(v) for k, v in file.docinfo.items() if k != "/Title"} == info
            with file.open_metadata() as read:
                assert read["dc:title"] == f"{title} ({note})"
                assert read["pdfxid:GTS_PDFXVersion"] == "PDF/X-4"
            ids = re.findall(r"<xmpMM:(?:Document|Instance)ID>uuid:([0-9a-f-]{36})<", xmp)
            assert len(ids) == 2
            assert not set(ids) & set(re.findall(r"uuid:([0-9a-f-]{36})", xmp_before))
            seen |= {*ids, *(bytes(each) for each in file.trailer.ID)}
    assert len(seen) == 6  # of each file: two, and one of the trailer, twice
    with opened(halves[1]) as cover:
        keys = {"/Type", "/Pages", "/Metadata", "/Lang", "/OutputIntents"}
        assert set(cover.Root.keys()) == keys


def test_pages_and_forms_blend_in_cmyk_and_nothing_is_rgb(pdf: bytes) -> None:
    inside, cover = split_cover(pdf, BLEED, book_spine(pdf))
    with opened(cover) as file:
        for page in file.pages:
            assert str(page.obj.Group.CS) == "/DeviceCMYK"
            forms = list(page.resources.XObject.values())
            assert len(forms) == 2
            for form in forms:
                assert str(form.Group.CS) == "/DeviceCMYK"
                assert numbers(form.BBox)[0] == pytest.approx(-BLEED * MM, abs=0.01)
    for half in (inside, cover):
        with opened(half) as file:
            for item in file.objects:
                if isinstance(item, Stream | Dictionary | Array):
                    values = item if isinstance(item, Array) else item.values()
                    assert not [v for v in values if v in (Name.DeviceRGB, Name.CalRGB, Name.Lab)]
                if isinstance(item, Stream) and item.get(Name.Subtype) == Name.Form:
                    operators = {str(each.operator) for each in pikepdf.parse_content_stream(item)}
                    assert not operators & {"rg", "RG", "g", "G"}


def test_a_file_holds_no_resource_that_it_does_not_use(pdf: bytes) -> None:
    halves = split_cover(pdf, BLEED, book_spine(pdf))
    for half in halves:
        with opened(half) as file:
            owners: list[Object] = [page.obj for page in file.pages]
            owners += [o for o in file.objects if isinstance(o, Stream) and Name.Resources in o]
            for owner in owners:
                words = [w for i in pikepdf.parse_content_stream(owner) for w in i.operands]
                names = {str(word) for word in words if isinstance(word, Name)}
                for category in ("/Font", "/XObject", "/Pattern", "/ExtGState", "/Shading"):
                    assert set(owner.Resources.get(category, Dictionary()).keys()) <= names
            pages = [o for o in file.objects if isinstance(o, Dictionary) and is_page(o)]
            assert len(pages) == len(file.pages)
    assert streams(halves[0]) | streams(halves[1]) == streams(pdf)


def is_page(item: Object) -> bool:
    return bool(item.get(Name.Type) == Name.Page)


def streams(pdf: bytes) -> set[str]:
    """Return the digests of font programs and pictures."""
    with opened(pdf) as file:
        return {
            hashlib.sha256(item.read_raw_bytes()).hexdigest()
            for item in file.objects
            if isinstance(item, Stream)
            and (item.get(Name.Subtype) == Name.Image or Name.Length1 in item)
        }


# Printer's marks.

FACE = (ROOT / "fonts/SourceSans3-Regular.ttf").read_bytes()
MARGIN = 12.0  # mm, around the bleed


def marked(pdf: bytes) -> bytes:
    with opened(pdf) as file:
        pages = len(file.pages)
        for number, page in enumerate(file.pages, 1):
            marks(page, file, Slug("", "en", number, pages, "2026-11-24"), BLEED)
        return saved(file)


@pytest.mark.parametrize("spine", [0, 1.54, WIDE])
def test_marks_stand_around_the_spread_and_change_nothing_inside_its_bleed(
    brochure: bytes, spine: float
) -> None:
    inside, cover = split_cover(marked(brochure), BLEED, spine, face=FACE)
    plain = split_cover(brochure, BLEED, spine)[1]
    with opened(inside) as file:
        outside = {numbers(p.mediabox)[0] < numbers(p.obj.BleedBox)[0] for p in file.pages}
        assert outside == {True}
    with opened(cover) as file, opened(plain) as unmarked:
        box = numbers(unmarked.pages[0].mediabox)
        for page, other in zip(file.pages, unmarked.pages, strict=True):
            for name in ("/BleedBox", "/TrimBox"):
                assert numbers(page.obj[name]) == numbers(other.obj[name])
            media = [-1, -1, 1, 1]
            grown = [side + to * MARGIN * MM for side, to in zip(box, media, strict=True)]
            assert numbers(page.mediabox) == pytest.approx(grown, abs=0.01)
    for spread in (0, 1):
        assert rendered(cover, spread, box) == rendered(plain, spread, box)


def inked(pdf: bytes, spread: int, box: Box) -> bool:
    """Whether anything is seen in a box, in mm from the lower left trimmed corner."""
    left, bottom, right, top = (side * MM for side in box)
    return rendered(pdf, spread, (left, bottom, right, top)).getextrema() != WHITE


@pytest.mark.parametrize("spine", [0, 1.54, WIDE])
def test_fold_marks_point_at_both_edges_of_the_spine(brochure: bytes, spine: float) -> None:
    _, cover = split_cover(marked(brochure), BLEED, spine)
    width, height = (length / MM for length in size_of(brochure))
    for spread in (0, 1):
        for x in (width, width + spine):
            for y, far in ((-BLEED - 6, -BLEED - 1), (height + BLEED + 1, height + BLEED + 6)):
                assert inked(cover, spread, (x - 0.3, y, x + 0.3, far))
        middle = width + spine / 2
        for y in (-BLEED - 8, height + BLEED + 2):  # no target where the fold marks are
            aside = spine / 2 + 0.5
            assert not inked(cover, spread, (middle + aside, y, middle + aside + 5, y + 6))
            assert not inked(cover, spread, (middle - aside - 5, y, middle - aside, y + 6))
        for x in (width / 2, width + spine + width / 2):
            for y in (-BLEED - 5, height + BLEED + 5):
                assert inked(cover, spread, (x - 2.5, y - 2.5, x + 2.5, y + 2.5))


def test_fold_marks_are_dashes_and_cut_marks_are_not(brochure: bytes) -> None:
    _, cover = split_cover(marked(brochure), BLEED, 1.54)
    with opened(cover) as file:
        for page in file.pages:
            dashes = [
                [float(str(each)) for each in instruction.operands[0]]
                for instruction in pikepdf.parse_content_stream(page)
                if str(instruction.operator) == "d"
            ]
            assert dashes == [pytest.approx([MM], abs=0.001), []]


def test_the_slug_of_the_cover_says_which_file_it_is_and_needs_a_face(brochure: bytes) -> None:
    whole = marked(brochure)
    covers = [split_cover(whole, BLEED, 1.54, face=face)[1] for face in (FACE, None)]
    height = size_of(brochure)[1] / MM
    line = (0, height + BLEED + 9, 60, height + BLEED + 11)
    assert [inked(cover, 0, line) for cover in covers] == [True, False]
    with opened(covers[0]) as file:
        title = str(file.docinfo.Title)
        language = str(file.Root.Lang)
    with opened(brochure) as file:
        day = str(file.docinfo.CreationDate)
    date = f"{day[2:6]}-{day[6:8]}-{day[8:10]}"
    expected = pikepdf.new()
    expected.add_blank_page(page_size=size_of(brochure))
    page = expected.pages[0]
    page.obj.TrimBox = page.obj.BleedBox = page.obj.MediaBox
    marks(page, expected, Slug(title, language, 1, 2, date), 0, FACE)
    with opened(covers[0]) as file:
        assert outlines(file.pages[0]) == outlines(page) != []


def outlines(page: pikepdf.Page) -> list[str]:
    """Return the letters of the slug, which is all that is filled in curves."""
    stream = page.obj.Contents[-1].read_bytes().decode()
    return re.findall(r"(?<= cm\n)[^ ]+ [^ ]+ m\n.*?(?=\nf\n)", stream, re.DOTALL)


def test_without_marks_on_the_pages_there_are_none_on_the_cover(brochure: bytes) -> None:
    _, cover = split_cover(brochure, BLEED, 1.54, face=FACE)
    with opened(cover) as file:
        assert all(page.obj.MediaBox == page.obj.BleedBox for page in file.pages)


_DIGESTS = """
import hashlib, sys
from pathlib import Path
from brochure.finish.cover import split_cover
for half in split_cover(Path(sys.argv[1]).read_bytes(), 3, 1.54):
    print(hashlib.sha256(half).hexdigest())
"""


def test_the_same_file_gives_the_same_bytes_in_another_process(
    sample: Built, brochure: bytes
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    printed = subprocess.run(
        [sys.executable, "-c", _DIGESTS, sample.pdf(BROCHURE)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    here = [hashlib.sha256(half).hexdigest() for half in split_cover(brochure, BLEED, 1.54)]
    assert printed == here


# What is refused.


@pytest.mark.parametrize(
    ("name", "bleed", "spine", "message"),
    [
        (SHORT, 3, 0, "an even number of pages, at least 6, but the file has 4"),
        (ODD, 3, 0, "an even number of pages, at least 6, but the file has 9"),
        (MIXED, 3, 0, r"148 × 210 mm, but not \d+ to 26$"),
        (BROCHURE, 5, 0, "page 1 has no bleed of 5 mm on all sides"),
        (BROCHURE, 3, -1, "the spine is -1 mm wide"),
        ("en/brochure-en.pdf", 0, 0, "not for print"),
    ],
)
def test_what_has_no_cover_to_take_off_is_refused(
    sample: Built, name: str, bleed: float, spine: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        split_cover(sample.pdf(name).read_bytes(), bleed, spine)
