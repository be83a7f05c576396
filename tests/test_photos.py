"""Holds photos in the published files to account: described, inside the page, fit for archives,
and silent about where and with what they were taken.

The repository's own brochure has motifs where photos will stand, so two leaflets are built here.
"""

from __future__ import annotations

import io
import shutil
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

IMAGE_DESCRIPTION, ORIENTATION = 0x010E, 0x0112  # tags of EXIF
SECRET = "the photographer's home"
DESCRIPTION = "Two people at a machine"
LEAFLETS = [f"en/practices/{slug}-en.pdf" for slug in ("harbour-lab", "mill-fund", "a-third")]


@pytest.fixture(scope="module")
def with_photos(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Leaflets with a photo that a phone turned, one from an agency, and a PNG with a palette."""
    folder = tmp_path_factory.mktemp("photos")
    root = copy_project(SMALL, folder / "project")
    shutil.copytree(root / "practices/mill-fund", root / "practices/a-third")
    noise = Image.effect_noise((60, 40), 50)
    notes = Image.Exif()
    notes[IMAGE_DESCRIPTION] = SECRET
    notes[ORIENTATION] = 6  # by a quarter
    lab = photo_at(root, "harbour-lab", "lab.jpg")
    noise.convert("RGB").save(lab, exif=notes, comment=SECRET.encode())
    mill = photo_at(root, "mill-fund", "mill.jpg")
    noise.convert("RGB").save(mill, xmp=SECRET.encode(), comment=SECRET.encode(), quality=95)
    third = photo_at(root, "a-third", "third.png")
    text = PngInfo()
    text.add_text("Author", SECRET)
    noise.convert("P").save(third, transparency=0, pnginfo=text)
    return build(root, folder / "out", "--edition", "leaflets", "--language", "en", "--jobs", "1")


def photo_at(project: Path, slug: str, file: str) -> Path:
    """Return where a practice's photo is to be saved, named in its sources."""
    folder = project / "practices" / slug
    (folder / "photos").mkdir()
    photo = {"file": file, "credit": "A photographer"}
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


def pictures_in(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
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


def test_a_photo_is_stored_in_screen_colours_and_never_smoothed(leaflet: pikepdf.Pdf) -> None:
    pictures = pictures_in(leaflet)
    assert pictures
    for picture in pictures:
        assert picture.get(Name.ColorSpace) in (Name.DeviceRGB, Name.DeviceGray)
        assert not bool(picture.get(Name.Interpolate, False))


def test_a_photo_that_was_turned_stands_upright(with_photos: Built) -> None:
    with pikepdf.open(with_photos.pdf(LEAFLETS[0])) as pdf:
        (picture,) = pictures_in(pdf)
        assert (int(picture.Width), int(picture.Height)) == (40, 60)


def test_a_photo_says_nothing_about_who_took_it_where(leaflet: pikepdf.Pdf) -> None:
    for picture in pictures_in(leaflet):
        stored = bytes(picture.read_raw_bytes())
        assert SECRET.encode() not in stored
        assert b"Exif" not in stored


def test_a_photo_that_stands_upright_is_not_compressed_again(with_photos: Built) -> None:
    source = with_photos.root / "practices/mill-fund/photos/mill.jpg"
    with pikepdf.open(with_photos.pdf(LEAFLETS[1])) as pdf:
        (picture,) = pictures_in(pdf)
        printed = Image.open(io.BytesIO(picture.read_raw_bytes()))
        with Image.open(source) as written:
            assert written.tobytes() == printed.tobytes()
