"""Holds the darkroom to account: which part of a picture is shown, upright, in which pixels, and
that nothing a camera noted is left. What becomes of it in files is tested in test_photos.py."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat
from PIL.PngImagePlugin import PngInfo

from brochure.cache import Cache
from brochure.diagnostics import Diagnostics, Place
from brochure.layouts.resolution import report_resolution
from brochure.model import PlacedPhoto
from brochure.model.sheets import Photo
from brochure.pictures import (
    Crop,
    Frame,
    Negative,
    crop_about,
    focus_in,
    negative,
    pixels_of,
    ppi_of,
)
from brochure.pictures.developing import developed
from brochure.pictures.metadata import without_metadata
from brochure.preflight.findings import Level
from brochure.preflight.marks import ImagePainted
from brochure.preflight.rules.pictures import _coarse
from brochure.sources import Folder, Source, picture
from brochure.sources.picture import Picture, read_picture
from brochure.typeset import Darkroom
from brochure.workshop import LocalWorkshop

FACE = Frame(158, 89.5)
MIDDLE = (50, 50)
SECRET = b"50.6333 N, 5.5667 E, the photographer's home"
DESCRIPTION, ORIENTATION, GPS = 0x010E, 0x0112, 0x8825
HEIC = Path(__file__).parent / "pictures/phone.heic"  # 240 × 160, with SECRET's end and a place

sides = st.integers(1, 12_000)
shares = st.integers(0, 100)
lengths = st.floats(1, 500)


def noted(turn: int = 1) -> Image.Exif:
    """Return notes as cameras write them."""
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET.decode()
    if turn != 1:
        exif[ORIENTATION] = turn
    exif.get_ifd(GPS).update({1: "N", 2: (50.0, 38.0, 0.0), 3: "E", 4: (5.0, 34.0, 0.0)})
    return exif


def corners(width: int = 160, height: int = 90) -> Image.Image:
    """Return a picture that looks different in every position: red, green, blue, white corners."""
    image = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill="green")
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill="blue")
    draw.rectangle((width // 2, height // 2, width, height), fill="white")
    return image


def stored(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def read(content: bytes, folder: Path, file: str = "a.jpg") -> Picture:
    (folder / file).write_bytes(content)
    found = Diagnostics()
    read = read_picture(Folder(folder), file, Place("p.yaml", 1), found)
    assert list(found) == []
    assert read is not None
    return read


def made(
    content: bytes, folder: Path, frame: Frame = FACE, focus: tuple[int, int] = MIDDLE
) -> tuple[Image.Image, bytes, Negative]:
    """Return a picture as it is developed: decoded, its bytes, and its negative."""
    wanted = negative(read(content, folder), frame, focus)
    print_ = developed(wanted)
    with Image.open(io.BytesIO(print_)) as image:
        image.load()
        return image, print_, wanted


# -- frames


@given(sides, sides, lengths, lengths, shares, shares)
def test_a_crop_is_inside_holds_its_focus_and_has_the_aspect_of_its_frame(
    width: int, height: int, across: float, along: float, x: int, y: int
) -> None:
    frame = Frame(across, along)
    crop = crop_about(width, height, frame, (x, y))
    assert 0 <= crop.left <= crop.left + crop.width <= width
    assert 0 <= crop.top <= crop.top + crop.height <= height
    assert crop.left - 1e-9 <= width * x / 100 <= crop.left + crop.width + 1e-9
    assert crop.top - 1e-9 <= height * y / 100 <= crop.top + crop.height + 1e-9
    # To within a pixel on the side that is cut, and as large as it can be.
    aspect = across / along
    assert crop.width == width or crop.height == height
    assert (
        abs(crop.width - crop.height * aspect) <= max(1, aspect)
        or abs(crop.height - crop.width / aspect) <= 1
    )


@given(sides, sides, lengths, lengths, shares, shares)
def test_the_focus_is_in_the_middle_where_the_edges_allow(
    width: int, height: int, across: float, along: float, x: int, y: int
) -> None:
    crop = crop_about(width, height, Frame(across, along), (x, y))
    inside = focus_in(crop, width, height, (x, y))
    for share, part, start, whole in (
        (inside[0], crop.width, crop.left, width),
        (inside[1], crop.height, crop.top, height),
    ):
        assert 0 <= share <= 100
        free = 0 < start < whole - part
        assert not free or abs(share - 50) <= 50 / part + 0.01


def test_a_face_asks_for_the_pixels_that_the_manual_names() -> None:
    assert pixels_of(FACE, 300) == (1867, 1058)
    assert round(ppi_of(Crop(0, 0, 1867, 1058), FACE)) == 300


@given(st.integers(20, 4000))
def test_a_photo_is_judged_alike_when_it_is_read_and_by_preflight(width: int) -> None:
    height = round(width * FACE.height / FACE.width)
    crop = crop_about(width, height, FACE, MIDDLE)
    found = Diagnostics()
    read = Picture("a.jpg", width, height, "JPEG", Source("a.jpg", b""))
    placed = PlacedPhoto(Photo(file="a.jpg", credit={"en": "A"}), read, Place("p", 1))
    report_resolution(placed, crop, FACE, found)
    painted = ImagePainted(
        (0, 0, 448, 254), False, (crop.width, crop.height), ppi_of(crop, FACE), None, 8, None
    )
    levels = {each.level for each in _coarse("R0031", 1, [painted], False, (149, 224))}
    names = {Level.ERROR: "picture-too-small", Level.WARNING: "picture-small"}
    assert [each.rule for each in found] == [names[level] for level in levels]


# -- developing


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_stands_upright(kind: str, turn: int, tmp_path: Path) -> None:
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],  # stored turned to the left, to be turned to the right
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    upright = corners(320, 180)
    camera = upright
    for each in turns.get(turn, []):
        camera = camera.transpose(each)
    ways: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}
    content = stored(camera, kind, exif=noted(turn), **ways.get(kind, {}))
    image, _, wanted = made(content, tmp_path, Frame(160, 90))
    assert (wanted.crop.width, wanted.crop.height) == image.size == (320, 180)
    difference = ImageChops.difference(image.convert("RGB"), upright)
    assert max(ImageStat.Stat(difference).mean) < 2


@pytest.mark.parametrize("size", [(320, 180), (2400, 1350)], ids=["as it is", "scaled"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_nothing_that_a_camera_noted_is_left(
    kind: str, size: tuple[int, int], tmp_path: Path
) -> None:
    text = PngInfo()
    text.add_text("Author", SECRET.decode())
    more: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": SECRET, "xmp": SECRET},
        "PNG": {"pnginfo": text},
        "TIFF": {"description": SECRET.decode()},
        "WEBP": {"xmp": SECRET},
    }
    content = stored(Image.effect_noise(size, 60).convert("RGB"), kind, exif=noted(), **more[kind])
    assert SECRET in content
    image, print_, _ = made(content, tmp_path)
    assert SECRET not in print_
    assert b"Exif" not in print_
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_second_picture_behind_a_jpeg_goes_as_well() -> None:
    first, second = (stored(corners(), "JPEG", exif=noted()) for _ in range(2))
    bare = without_metadata(first + second)
    assert bare == without_metadata(first)
    assert SECRET not in bare
    with Image.open(io.BytesIO(bare)) as image, Image.open(io.BytesIO(first)) as before:
        assert image.tobytes() == before.tobytes()


def test_notes_between_the_scans_of_a_jpeg_go_as_well() -> None:
    content = stored(Image.effect_noise((64, 64), 50).convert("RGB"), "JPEG", progressive=True)
    second = content.index(b"\xff\xda", content.index(b"\xff\xda") + 2)
    note = b"\xff\xfe" + (len(SECRET) + 2).to_bytes(2, "big") + SECRET
    bare = without_metadata(content[:second] + note + content[second:])
    assert bare == without_metadata(content)
    assert bare.count(b"\xff\xda") == content.count(b"\xff\xda") > 2


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_have_an_end(rest: bytes) -> None:
    assert len(without_metadata(b"\xff\xd8" + rest)) <= len(rest) + 2


def test_a_jpeg_that_needs_no_change_is_not_encoded_again(tmp_path: Path) -> None:
    content = stored(Image.effect_noise((316, 179), 50).convert("RGB"), "JPEG", exif=noted())
    _, print_, _ = made(content, tmp_path)
    assert print_ == without_metadata(content)


def test_a_photo_is_cropped_about_its_focus(tmp_path: Path) -> None:
    tall = Image.new("RGB", (900, 1600), "white")
    ImageDraw.Draw(tall).rectangle((400, 200, 500, 300), fill="black")
    content = stored(tall, "JPEG", quality=95)
    image, _, wanted = made(content, tmp_path, Frame(160, 90), (50, 16))
    assert image.size == (900, 506)
    assert wanted.crop.top == 3
    assert wanted.focus == (50, 50)
    assert max(image.getpixel((450, 250))) < 20  # type: ignore[arg-type]
    below, _, _ = made(content, tmp_path, Frame(160, 90), (50, 80))
    assert min(low for low, _ in below.getextrema()) > 235  # type: ignore[misc]


def test_a_large_photo_is_scaled_and_a_small_one_never(tmp_path: Path) -> None:
    large = stored(corners(3200, 1800), "JPEG", quality=95)
    image, _, wanted = made(large, tmp_path)
    assert image.size == wanted.print.size == (1867, 1058)
    assert wanted.print.screen_size == (934, 529)
    expected = corners(1867, 1058)
    assert max(ImageStat.Stat(ImageChops.difference(image, expected)).mean) < 2
    image, _, wanted = made(stored(corners(400, 227), "JPEG"), tmp_path)
    assert image.size == wanted.print.size == wanted.print.screen_size == (400, 227)


def test_other_colours_become_those_of_screens(tmp_path: Path) -> None:
    """A profile in which red and green are exchanged, to see that it is followed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    table = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * 32, 12)}
    red, green = table[b"rXYZ"], table[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    content = bytes(profile).replace(b"s\0R\0G\0B", b"x\0R\0G\0B").replace(b"sRGB", b"xRGB")
    orange = Image.new("RGB", (316, 179), (250, 120, 10))
    plain, _, _ = made(stored(orange, "JPEG"), tmp_path)
    exchanged, print_, _ = made(stored(orange, "JPEG", icc_profile=content), tmp_path)
    assert ImageStat.Stat(plain).mean == pytest.approx([250, 120, 10], abs=3)
    assert ImageStat.Stat(exchanged).mean == pytest.approx([120, 250, 10], abs=3)
    assert b"ICC_PROFILE" not in print_


def test_a_profile_that_fits_no_picture_is_passed_over(tmp_path: Path) -> None:
    image, _, _ = made(stored(corners(316, 179), "JPEG", icc_profile=b"nothing"), tmp_path)
    assert max(ImageStat.Stat(ImageChops.difference(image, corners(316, 179))).mean) < 3


def sixteen_bits() -> Image.Image:
    return Image.frombytes("I;16", (4, 2), b"".join(n.to_bytes(2, "little") for n in LEVELS))


LEVELS = (0, 257, 128 * 257, 255 * 257, 65535, 32896, 1000, 64000)

DRAWN: dict[str, tuple[Callable[[], Image.Image], str, str]] = {
    "with transparency": (lambda: Image.new("RGBA", (32, 18), (200, 0, 0, 99)), "PNG", "RGBA"),
    "with idle transparency": (lambda: Image.new("RGBA", (32, 18), (9, 0, 0, 255)), "PNG", "RGB"),
    "with a palette": (lambda: corners(32, 18).convert("P"), "PNG", "RGB"),
    "of one bit": (lambda: Image.new("1", (32, 18), 1), "PNG", "L"),
    "greys of sixteen bits": (sixteen_bits, "PNG", "L"),
    "a scan of sixteen bits": (sixteen_bits, "TIFF", "L"),
    "greys": (lambda: Image.linear_gradient("L"), "PNG", "L"),
    "a photo without loss": (lambda: Image.effect_noise((320, 180), 90), "TIFF", "L"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_kind_of_picture_becomes_one_that_is_published(name: str, tmp_path: Path) -> None:
    make, kind, mode = DRAWN[name]
    whole = make()
    frame = Frame(whole.width, whole.height)
    image, print_, _ = made(stored(whole, kind), tmp_path, frame)
    assert (image.size, image.mode) == (whole.size, mode)
    lossless = image.mode.endswith("A") or whole.convert("RGBA").getcolors(64)
    assert print_[:4] == (b"\x89PNG" if lossless else b"\xff\xd8\xff\xe0")
    if whole.mode.startswith("I;16"):
        assert list(image.tobytes()) == [level // 257 for level in LEVELS]
    elif lossless:
        assert image.convert("RGBA").tobytes() == whole.convert("RGBA").tobytes()


def test_lines_of_few_colours_are_stored_without_loss_when_they_are_scaled(tmp_path: Path) -> None:
    image, print_, wanted = made(stored(corners(3200, 1800), "PNG"), tmp_path)
    assert print_[:4] == b"\x89PNG"
    assert image.size == wanted.print.size == (1867, 1058)
    assert len(image.getcolors(10_000) or ()) > 4


def test_of_a_tiff_the_first_page_is_shown(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (32, 18), colour) for colour in ("red", "blue")]
    content = stored(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    image, _, _ = made(content, tmp_path, Frame(16, 9))
    assert image.getcolors() == [(32 * 18, (255, 0, 0))]


def test_a_photo_of_a_telephone_is_read(tmp_path: Path) -> None:
    assert b"the photographer's home" in HEIC.read_bytes()
    wanted = negative(read(HEIC.read_bytes(), tmp_path, "phone.heic"), Frame(240, 160), MIDDLE)
    print_ = developed(wanted)
    assert b"photographer" not in print_
    with Image.open(io.BytesIO(print_)) as image:
        assert image.size == (240, 160)
        red, green, blue = image.getpixel((200, 20))  # type: ignore[misc]
        assert red > 150 > max(green, blue)


def test_without_the_library_for_it_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "_reads_heic", lambda: False)
    (tmp_path / "phone.HEIC").write_bytes(HEIC.read_bytes())
    found = Diagnostics()
    assert read_picture(Folder(tmp_path), "phone.HEIC", Place("p.yaml", 7), found) is None
    assert [str(each) for each in found] == [
        'p.yaml:7: error[picture-unreadable]: the picture "phone.HEIC" is HEIC, and the library'
        " for it is not installed\n"
        '  hint: export it as JPEG, or type: pip install "brochure[heic]"'
    ]


def test_the_same_negative_gives_the_same_bytes(tmp_path: Path) -> None:
    content = stored(Image.effect_noise((2400, 1350), 60).convert("RGB"), "JPEG")
    wanted = negative(read(content, tmp_path), FACE, MIDDLE)
    assert developed(wanted) == developed(wanted)


def test_whatever_changes_the_picture_changes_its_key(tmp_path: Path) -> None:
    whole = stored(corners(2400, 1600), "JPEG")
    keys = [
        negative(read(whole, tmp_path), FACE, MIDDLE).key,
        negative(read(whole, tmp_path), FACE, (50, 60)).key,
        negative(read(whole, tmp_path), Frame(100, 89.5), MIDDLE).key,
        negative(read(stored(corners(2400, 1600), "JPEG", quality=80), tmp_path), FACE, MIDDLE).key,
    ]
    assert len(set(keys)) == len(keys)
    assert negative(read(whole, tmp_path), FACE, MIDDLE).key == keys[0]


# -- the darkroom


def test_a_photo_is_developed_once_and_again_when_it_is_spoilt(tmp_path: Path) -> None:
    wanted = negative(read(stored(corners(), "JPEG"), tmp_path), FACE, MIDDLE)
    cache = Cache(tmp_path / "cache")
    first = Darkroom(cache, LocalWorkshop(1))
    assert first.develop([wanted, wanted]) == {}
    assert first.made == 1
    second = Darkroom(cache, LocalWorkshop(1))
    assert second.develop([wanted]) == {}
    assert second.made == 0
    (entry,) = (path for path in cache.folder.rglob("*") if path.is_file())
    entry.write_bytes(entry.read_bytes()[:-4] + b"oops")
    assert second.develop([wanted]) == {}
    assert second.made == 1
    assert cache.content(wanted.key) == developed(wanted)


def test_a_photo_that_cannot_be_developed_is_a_reason_not_a_crash(tmp_path: Path) -> None:
    whole = read(stored(corners(), "JPEG"), tmp_path)
    spoilt = Picture(whole.path, whole.width, whole.height, "JPEG", Source("a.jpg", b"nothing"))
    wanted = negative(spoilt, FACE, MIDDLE)
    room = Darkroom(Cache(tmp_path / "cache"), LocalWorkshop(1))
    (reason,) = room.develop([wanted]).values()
    assert reason.startswith('the photo "a.jpg" cannot be developed: UnidentifiedImageError')
