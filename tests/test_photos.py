"""Holds photos in the published files to account: described, inside the page, fit for archives,
silent about where and with what they were taken, and in the pixels of their output.

Leaflets of the small project are built here, with photos of all kinds.
"""

from __future__ import annotations

import base64
import contextlib
import io
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from conftest import SMALL, Built, build, copy_project
from on_the_desk import rewrite
from pikepdf import Name
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from validation import FLAVOURS, failures_of

from brochure.preflight import Job, Level, preflight
from brochure.preflight.marks import ImagePainted
from brochure.preflight.opened import opened
from brochure.preflight.rules.common import images
from brochure.sources import Folder

IMAGE_DESCRIPTION, ORIENTATION, GPS = 0x010E, 0x0112, 0x8825  # tags of EXIF
HEIC = Path(__file__).parent / "pictures/phone.heic"
SECRET = "the photographer's home"
DESCRIPTION = "Two people at a machine"
PLACE = (50.0, 38.0, 12.5)  # degrees, minutes, seconds north
SLUGS = ("harbour-lab", "mill-fund", "a-third", "a-large-one", "a-telephone", "a-drawing")
LEAFLETS = [f"en/practices/{slug}-en.pdf" for slug in SLUGS]
RASTERS = LEAFLETS[:-1]
PRINT = {
    "shop": {"output": "print", "paper": "coated", "caliper": 0.1},
    "office": {"output": "booklet", "paper": "coated", "caliper": 0.1},
}
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 316 179">
<defs>
 <linearGradient id="sky"><stop stop-color="#3060c0"/><stop offset="1" stop-color="#f0e0c0"/>
 </linearGradient>
 <radialGradient id="sun"><stop offset="0" stop-color="#fc0"/><stop offset="1" stop-color="#c40"/>
 </radialGradient>
 <clipPath id="round"><circle cx="160" cy="90" r="60"/></clipPath>
</defs>
<style>.wave { fill: none; stroke: rgb(20, 90, 60); stroke-width: 4 }</style>
<rect width="316" height="179" fill="url(#sky)"/>
<g clip-path="url(#round)"><rect x="90" y="20" width="140" height="140" fill="url(#sun)"/></g>
<path class="wave" d="M0 150 C80 110 120 190 200 150 S316 150 316 150"/>
<g id="dot" opacity="0.5"><circle cx="30" cy="30" r="9" fill="teal"/></g>
<use href="#dot" x="240"/>
<image x="20" y="60" width="40" height="30" href="data:image/jpeg;base64,{picture}"/>
</svg>"""


@pytest.fixture(scope="module")
def with_photos(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Leaflets with a photo that a phone turned, one from an agency, and a PNG with a palette."""
    folder = tmp_path_factory.mktemp("photos")
    root = copy_project(SMALL, folder / "project")
    rewrite(root / "brochure.yaml", lambda facts: facts.update(print=PRINT))
    for slug in SLUGS[2:]:
        shutil.copytree(root / "practices/mill-fund", root / "practices" / slug)
    noise = Image.effect_noise((60, 40), 50)
    notes = Image.Exif()
    notes[IMAGE_DESCRIPTION] = SECRET
    notes.get_ifd(GPS).update({1: "N", 2: PLACE, 3: "E", 4: (5.0, 34.0, 0.0)})
    lab = photo_at(root, "harbour-lab", "lab.jpg")
    notes[ORIENTATION] = 6  # by a quarter
    noise.convert("RGB").save(lab, exif=notes, comment=SECRET.encode())
    mill = photo_at(root, "mill-fund", "mill.jpg")
    ready = Image.effect_noise((316, 179), 50).convert("RGB")  # with the aspect of the frame
    ready.save(mill, xmp=SECRET.encode(), comment=SECRET.encode(), quality=95)
    third = photo_at(root, "a-third", "third.png")
    text = PngInfo()
    text.add_text("Author", SECRET)
    noise.convert("P").save(third, transparency=0, pnginfo=text)
    large = Image.linear_gradient("L").resize((2600, 2600)).convert("RGB")
    del notes[ORIENTATION]
    large.save(photo_at(root, "a-large-one", "large.jpg", focus=[50, 10]), exif=notes)
    shutil.copyfile(HEIC, photo_at(root, "a-telephone", "phone.heic"))
    inside = io.BytesIO()
    noise.convert("RGB").save(inside, "JPEG", exif=notes, comment=SECRET.encode())
    words = DRAWING.replace("{picture}", base64.b64encode(inside.getvalue()).decode())
    photo_at(root, "a-drawing", "drawing.svg").write_text(words, encoding="utf-8")
    return build(root, folder / "out", "--edition", "leaflets", "--language", "en", "--jobs", "1")


def photo_at(project: Path, slug: str, file: str, **more: object) -> Path:
    """Return where a practice's photo is to be saved, named in its sources."""
    folder = project / "practices" / slug
    (folder / "photos").mkdir()
    photo = {"file": file, "credit": "A photographer", **more}
    rewrite(folder / "practice.yaml", lambda facts: facts.update(photos=[photo]))
    for text in folder.glob("*.md"):
        rewrite(text, lambda front: front.update(alt={file: DESCRIPTION}))
    return folder / "photos" / file


@pytest.fixture(params=LEAFLETS)
def leaflet(with_photos: Built, request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(with_photos.pdf(request.param)) as pdf:
        yield pdf


def figure_in(pdf: pikepdf.Pdf) -> pikepdf.Object:
    (figure,) = (
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary)
        and each.get(Name.S) == Name.Figure
        and str(each.get(Name.Alt)) == DESCRIPTION
    )
    return figure


def pictures_in(pdf: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Stream) and each.get(Name.Subtype) == Name.Image
    ]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", LEAFLETS)
def test_a_leaflet_with_a_photo_is_accessible_and_fit_for_archives(
    with_photos: Built, name: str, flavour: str
) -> None:
    assert failures_of(with_photos.pdf(name), flavour) == []


def test_a_photo_that_bleeds_is_described_as_far_as_the_page_goes(leaflet: pikepdf.Pdf) -> None:
    figure = figure_in(leaflet)
    left, bottom, right, top = (float(side) for side in figure.A.BBox)
    _, _, width, height = (float(side) for side in figure.Pg.MediaBox)
    assert (left, right, top) == pytest.approx((0, width, height), abs=0.01)
    assert 0 < bottom < top


def test_a_drawing_stays_one(with_photos: Built) -> None:
    with pikepdf.open(with_photos.pdf(LEAFLETS[-1])) as pdf:
        (inside,) = pictures_in(pdf)
        assert (int(inside.Width), int(inside.Height)) == (60, 40)
        shadings = [each for each in pdf.objects if "/ShadingType" in repr(each)]
        assert len(shadings) >= 2


def test_a_photo_is_stored_in_screen_colours_and_never_smoothed(leaflet: pikepdf.Pdf) -> None:
    pictures = pictures_in(leaflet)
    assert pictures
    for picture in pictures:
        assert picture.get(Name.ColorSpace) in (Name.DeviceRGB, Name.DeviceGray)
        assert not bool(picture.get(Name.Interpolate, False))


def test_a_photo_that_was_turned_stands_upright(with_photos: Built) -> None:
    with pikepdf.open(with_photos.pdf(LEAFLETS[0])) as pdf:
        (picture,) = pictures_in(pdf)
        assert (int(picture.Width), int(picture.Height)) == (40, 23)  # the middle of 40 × 60


def streams_of(path: Path) -> Iterator[bytes]:
    """Yield a file as it is, and each of its streams, as stored and unpacked."""
    yield path.read_bytes()
    with pikepdf.open(path) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream):
                yield each.read_raw_bytes()
                with contextlib.suppress(pikepdf.PdfError):  # of JPEG
                    yield each.read_bytes()


@pytest.mark.parametrize("output", ["screen", "print", "booklet"])
def test_no_file_says_who_took_a_photo_where(with_photos: Built, output: str) -> None:
    seconds = struct.pack(">II", 25, 2)  # as EXIF counts 12.5
    lab = (with_photos.root / "practices/harbour-lab/photos/lab.jpg").read_bytes()
    assert SECRET.encode() in lab
    assert seconds in lab
    files = with_photos.made_for(output)
    assert len(files) == len(LEAFLETS)
    for file in files:
        for stream in streams_of(file):
            assert not [told for told in (SECRET.encode(), seconds, b"Exif\0") if told in stream]


def painted_in(path: Path) -> list[ImagePainted]:
    """Return the pictures of a file as preflight sees them placed."""
    with opened(path.read_bytes()) as file:
        return [mark for _, found in images(file) for mark in found]


@pytest.mark.parametrize(("ending", "ppi"), [("", 150), ("-print", 300)])
def test_a_large_photo_has_the_pixels_of_its_output(
    with_photos: Built, ending: str, ppi: int
) -> None:
    path = with_photos.pdf(f"en/practices/a-large-one-en{ending}.pdf")
    (mark,) = painted_in(path)
    assert mark.ppi == pytest.approx(ppi, abs=1)
    assert mark.pixels == {150: (934, 529), 300: (1867, 1058)}[ppi]
    with pikepdf.open(path) as pdf:
        (stored,) = pictures_in(pdf)
        assert stored.Filter == Name.DCTDecode
        assert "/BrochureScreenSize" not in stored


def test_a_small_photo_has_its_own_pixels_in_both(with_photos: Built) -> None:
    for ending in ("", "-print"):
        (mark,) = painted_in(with_photos.pdf(f"en/practices/mill-fund-en{ending}.pdf"))
        assert mark.pixels == (316, 179)


def test_the_part_around_the_focus_is_shown(with_photos: Built) -> None:
    """A ramp from black at the top to white: its focus is near the top."""
    with pikepdf.open(with_photos.pdf("en/practices/a-large-one-en.pdf")) as pdf:
        (stored,) = pictures_in(pdf)
        drawn = pikepdf.PdfImage(stored).as_pil_image()
    top, bottom = (drawn.getpixel((400, y)) for y in (0, drawn.height - 1))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] < 6
    assert bottom[0] == pytest.approx(255 * 1473 / 2600, abs=4)


@pytest.mark.parametrize("name", [LEAFLETS[2], LEAFLETS[3], LEAFLETS[5]])
def test_preflight_lets_photos_for_print_pass(with_photos: Built, name: str) -> None:
    """Not for their resolution where the small ones are: that is what it is for."""
    findings = preflight(
        with_photos.pdf(name.replace(".pdf", "-print.pdf")).read_bytes(), Job("print")
    )
    errors = {each.rule for each in findings if each.level is Level.ERROR}
    small = {LEAFLETS[2]: {"R0031"}, LEAFLETS[5]: {"R0031"}}
    assert errors == small.get(name, set()), [str(each) for each in findings]


def test_a_photo_that_is_too_small_is_reported_where_it_is_named(with_photos: Built) -> None:
    found = with_photos.report["diagnostics"]
    small = {each["file"] for each in found if each["rule"] == "picture-too-small"}
    slugs = ("harbour-lab", "mill-fund", "a-third", "a-telephone")
    assert small == {f"practices/{slug}/practice.yaml" for slug in slugs}


def test_a_warning_does_not_depend_on_what_was_built_before(with_photos: Built) -> None:
    """Of what stands from the last build, nothing is composed again, and yet all is said."""
    part = ("--edition", "leaflets", "--language", "fr", "--jobs", "1", "--output", "screen")
    built = build(with_photos.root, with_photos.out.with_name("french"), *part)
    rules = {each["rule"] for each in built.report["diagnostics"]}
    assert "picture-too-small" in rules
    again = build(with_photos.root, with_photos.out.with_name("again"), *part)
    assert again.report["diagnostics"] == built.report["diagnostics"]
    assert again.report["sections"]["typeset"] == 0


def test_a_photo_that_stands_upright_is_not_compressed_again(with_photos: Built) -> None:
    source = with_photos.root / "practices/mill-fund/photos/mill.jpg"
    with pikepdf.open(with_photos.pdf(LEAFLETS[1])) as pdf:
        (picture,) = pictures_in(pdf)
        printed = Image.open(io.BytesIO(picture.read_raw_bytes()))
        with Image.open(source) as written:
            assert written.tobytes() == printed.tobytes()


def test_a_photo_that_was_checked_is_not_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(content := b"\x89PNG" + bytes(1000))
    folder = Folder(tmp_path)
    digest = folder.read("photo.png").digest
    stored = folder.let_go("photo.png")
    assert (stored.digest, stored.content) == (digest, content)
    assert folder.read("photo.png").content == content
    assert content not in vars(stored).values()
    assert folder.digests() == {"photo.png": digest}
    assert folder.seen().files["photo.png"].digest == digest


def test_a_photo_that_changes_during_a_build_is_not_taken_for_the_one_before(
    tmp_path: Path,
) -> None:
    (tmp_path / "photo.png").write_bytes(b"before")
    folder = Folder(tmp_path)
    folder.read("photo.png")
    stored = folder.let_go("photo.png")
    (tmp_path / "photo.png").write_bytes(b"after")
    with pytest.raises(OSError, match="changed while the project was built"):
        _ = stored.content
