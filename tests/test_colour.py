"""Holds the press colours to account: recipes to the per cent, pure black, overprint, no RGB left.

Small PDFs are made here; the repository's own files and the small project's are converted whole.
What reaches the plates is read from poppler's separation, which did not make the file.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import math
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import weasyprint
import yaml
from conftest import ROOT, Built, build
from hypothesis import given
from hypothesis import strategies as st
from on_the_desk import add_photo
from pikepdf import Array, Dictionary, Name, Object, Stream
from PIL import Image, ImageChops, ImageCms, ImageStat

from brochure.cache import Cache
from brochure.finish import content_cmyk, streams_kept
from brochure.finish.colour import PressColours
from brochure.finish.content_cmyk import FIRST, Content, Converted, State
from brochure.finish.pictures_cmyk import Inks, eight_bit

SRGB = (ROOT / "icc/sRGB2014.icc").read_bytes()
CMYK = (ROOT / "icc/ISOcoated_v2_300_bas.icc").read_bytes()
RECIPES: dict[str, tuple[int, int, int, int]] = {
    each["srgb"]: tuple(each["cmyk"])
    for each in yaml.safe_load((ROOT / "layouts/atelier/layout.yaml").read_text("utf-8"))[
        "swatches"
    ].values()
}
INK, VERMILION = "0.113725 0.113725 0.105882", "0.784314 0.215686 0.121569"
BLACK = "0 0 0 1"
SIDE = 40  # points, of the squares drawn here


@functools.cache
def press() -> PressColours:
    return PressColours(RECIPES, SRGB, CMYK)


def engine_writes(code: str) -> str:
    """Return a colour as WeasyPrint writes it."""
    return " ".join(f"{byte / 255:f}".rstrip("0") for byte in bytes.fromhex(code[1:]))


def page_with(content: str | bytes, size: tuple[int, int] = (200, 200), **resources: Any) -> Any:
    """Return a PDF of one page; streams among the resources are made by `streams`."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=size)
    page.obj.Contents = Stream(pdf, content.encode() if isinstance(content, str) else content)
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = pdf.make_indirect(Dictionary(Font=Dictionary(F=helvetica), **resources))
    return pdf


def stream_in(pdf: pikepdf.Pdf, content: str | bytes, **entries: Any) -> Object:
    data = content.encode() if isinstance(content, str) else content
    return pdf.make_indirect(Stream(pdf, data, Dictionary(**entries)))


def group_in(pdf: pikepdf.Pdf, content: str, space: Name = Name.DeviceRGB, **more: Any) -> Object:
    return stream_in(
        pdf,
        content,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 200, 200]),
        Group=Dictionary(S=Name.Transparency, CS=space, I=True),
        Resources=pdf.make_indirect(Dictionary(**more)),
    )


def converted(content: str | bytes, **resources: Any) -> str:
    pdf = page_with(content, **resources)
    press().convert(pdf)
    return str(pdf.pages[0].obj.Contents.read_bytes().decode("latin-1"))


def separation(pdf: pikepdf.Pdf, folder: Path, *options: str) -> Image.Image:
    """Return the first page in CMYK as poppler separates it, 0 to 255 of ink, at 100 ppi."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not on this machine")
    pdf.save(folder / "page.pdf")
    command = ["pdftoppm", "-jpegcmyk", "-r", "100", *options, "page.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with Image.open(next(folder.glob("page-*.jpg"))) as image:
        image.load()
    assert image.mode == "CMYK"
    return image


def inks_at(image: Image.Image, x: float, y: float) -> list[float]:
    """Return per cent of ink at a place in points from the upper left corner."""
    pixel = image.getpixel((round(x / 72 * 100), round(y / 72 * 100)))
    assert isinstance(pixel, tuple)
    return [level / 255 * 100 for level in pixel]


def instructions(stream: Any) -> Iterator[tuple[list[Any], str]]:
    """Yield operands and operator, as pikepdf reads them."""
    for each in pikepdf.parse_content_stream(stream):
        image = isinstance(each, pikepdf.ContentStreamInlineImage)
        yield ([each.iimage] if image else list(each.operands)), str(each.operator)  # type: ignore[union-attr]


def reach(plate: Image.Image) -> tuple[float, float]:
    """Return the least and the most ink of a plate, 0 to 255."""
    least, most = plate.getextrema()
    assert isinstance(least, int | float)
    assert isinstance(most, int | float)
    return least, most


# What is left of RGB.

NO_INK = {"/DeviceRGB", "/CalRGB", "/CalGray", "/Lab", "/ICCBased", "/Indexed", "/DefaultRGB"}
SCREEN_OPERATORS = {"rg", "RG", "g", "G", "cs", "CS", "sc", "SC", "scn", "SCN"}


def screen_colours_in(pdf: pikepdf.Pdf) -> list[str]:
    """Return every trace of a colour that is no ink, in whatever the pages reach."""
    found: list[str] = []
    seen: set[tuple[int, int]] = set()

    def look(item: Object, place: str, mask: bool) -> None:
        if isinstance(item, Name):
            if str(item) in NO_INK or (place.endswith("/CS") and str(item) == "/DeviceGray"):
                found.extend([] if mask and str(item) == "/DeviceGray" else [f"{place}: {item}"])
            return
        if not isinstance(item, Array | Dictionary | Stream):
            return
        if item.is_indirect:
            if item.objgen in seen:
                return
            seen.add(item.objgen)
        if isinstance(item, Array):
            for each in item:
                look(each, place, mask)
            return
        if isinstance(item, Stream) and (
            item.get(Name.Subtype) == Name.Form or Name.PatternType in item
        ):
            operators(item, place, mask)
        soft = item.get(Name.SMask)
        if isinstance(soft, Dictionary) and not isinstance(soft, Stream):
            by_light = str(soft.S) == "/Luminosity"
            look(soft, f"{place}/SMask", by_light)  # before it is met elsewhere
        for key, value in sorted(item.items(), key=lambda pair: pair[0] != "/ExtGState"):
            if key not in ("/Parent", "/P", "/SMask", "/StructParents", "/Annots"):
                look(value, f"{place}{key}", mask)

    def operators(stream: Any, place: str, mask: bool) -> None:
        for operands, name in instructions(stream):
            if name not in SCREEN_OPERATORS or (mask and name in ("g", "G")):
                continue
            pattern = len(operands) == 1 and isinstance(operands[0], Name)
            if not pattern or (name in ("cs", "CS") and operands[0] != Name.Pattern):
                found.append(f"{place}: {operands} {name}")

    for page in pdf.pages:
        operators(page, "page", False)
        look(page.obj, "page", False)
    return found


def test_no_screen_colour_is_left_in_any_file(sample: Built, small_built: Built) -> None:
    colours, left, before = PressColours(RECIPES, SRGB, CMYK), [], 0
    files = [*sample.pdfs, *small_built.pdfs]
    for path in files:
        with pikepdf.open(path) as pdf:
            before += bool(screen_colours_in(pdf))
            assert colours.convert(pdf) <= {"#003399", "#ffcc00"}, path  # the emblem's
            left += [f"{path.name}: {trace}" for trace in screen_colours_in(pdf)]
    assert before == len(files)
    assert left == []


def data_url(image: Image.Image, kind: str) -> str:
    stream = io.BytesIO()
    image.save(stream, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"


def everything_the_engine_paints() -> bytes:
    noise = Image.effect_noise((60, 40), 50)
    pictures = [
        data_url(noise.convert("RGB"), "JPEG"),
        data_url(noise, "JPEG"),
        data_url(Image.merge("RGBA", (noise,) * 4), "PNG"),
        data_url(noise, "PNG"),
        data_url(noise.convert("P"), "PNG"),
        data_url(noise.convert("1"), "PNG"),
    ]
    html = f"""<style>@page {{size: 300px 700px; margin: 0}} div {{height: 40px}}</style>
    <div style="background: linear-gradient(#c8371f, #f7d9cf)"></div>
    <div style="background: linear-gradient(90deg, rgba(47, 67, 168, 0), #123456 40%, black)"></div>
    <div style="background: radial-gradient(#c8371f, white)"></div>
    <div style="background: repeating-linear-gradient(45deg, #c8371f, #c8371f 5px, #fff 5px)"></div>
    <div style="opacity: .5; background: #7a3069">x</div>
    <div style="border: 3px double #1d6f4d; outline: 1px dotted red">y</div>
    {"".join(f'<img src="{each}">' for each in pictures)}
    <svg width="100" height="100" viewBox="0 0 100 100"><defs>
    <mask id="m"><rect width="100" height="100" fill="white"/>
      <circle cx="50" cy="50" r="30" fill="#800000"/></mask>
    <linearGradient id="g"><stop offset="0" stop-color="#c8371f"/>
      <stop offset="1" stop-color="#fff" stop-opacity=".2"/></linearGradient>
    <pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse">
      <circle cx="5" cy="5" r="4" fill="#2f43a8"/></pattern></defs>
    <rect width="100" height="100" fill="#96630a" mask="url(#m)"/>
    <rect width="50" height="20" fill="url(#g)"/>
    <rect y="50" width="50" height="40" fill="url(#p)" stroke="url(#g)"/>
    <text x="5" y="90" fill="#000" stroke="white" stroke-width="1">Hi</text></svg>
    <p style="color: #0a64c8; text-decoration: underline">Words</p><hr>"""
    pdf = weasyprint.HTML(string=html).write_pdf()
    assert pdf is not None
    return bytes(pdf)


@pytest.mark.filterwarnings("default")
def test_everything_that_the_engine_can_paint_becomes_ink() -> None:
    with pikepdf.open(io.BytesIO(everything_the_engine_paints())) as pdf:
        traces = " ".join(screen_colours_in(pdf))
        for place in ("/Shading", "/Pattern", "/Group/CS", "/XObject", "rg"):
            assert place in traces, place
        mixed = press().convert(pdf)
        assert screen_colours_in(pdf) == []
    assert {"#123456", "#0a64c8", "#ff0000"} <= mixed
    assert not mixed & {"#000000", "#ffffff", *RECIPES}


# Colours.


def test_each_swatch_is_printed_by_its_recipe(tmp_path: Path) -> None:
    squares = [
        f"{engine_writes(code)} rg {(i % 5) * SIDE} {160 - i // 5 * SIDE} {SIDE} {SIDE} re f"
        for i, code in enumerate(RECIPES)
    ]
    pdf = page_with("\n".join(squares))
    assert press().convert(pdf) == frozenset()
    image = separation(pdf, tmp_path)
    for i, (code, recipe) in enumerate(RECIPES.items()):
        for dx, dy in ((12, 12), (20, 20), (28, 26)):
            inks = inks_at(image, i % 5 * SIDE + dx, i // 5 * SIDE + dy)
            assert inks == pytest.approx(recipe, abs=1), code


bytes_ = st.integers(0, 255)


@given(bytes_)
def test_a_colour_is_read_back_as_the_byte_that_it_was(byte: int) -> None:
    assert eight_bit(float(f"{byte / 255:f}")) == byte


@given(bytes_, bytes_, bytes_, st.sampled_from(["rg", "RG"]))
def test_any_colour_becomes_what_icc_or_the_rules_say(
    red: int, green: int, blue: int, operator: str
) -> None:
    code = f"#{bytes((red, green, blue)).hex()}"
    words = converted(f"{engine_writes(code)} {operator}").split()
    *inks, written = words[-5:]
    assert written == {"rg": "k", "RG": "K"}[operator]
    shares = [float(each) for each in inks]
    expected = by_icc(red, green, blue)
    if code in RECIPES:
        expected = [share / 100 for share in RECIPES[code]]
    elif max(red, green, blue) < 60 and shares[:3] == [0, 0, 0]:
        expected = [0, 0, 0, 1]
    assert shares == pytest.approx(expected, abs=0.0001)


def transform() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(SRGB)),
        ImageCms.ImageCmsProfile(io.BytesIO(CMYK)),
        "RGB",
        "CMYK",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


ICC = transform()


def by_icc(red: int, green: int, blue: int) -> list[float]:
    pixel = ICC.apply(Image.new("RGB", (1, 1), (red, green, blue))).tobytes()
    return [level / 255 for level in pixel]


@pytest.mark.parametrize(
    ("code", "pure"),
    [
        ("#000000", True),
        ("#2f2f2f", True),  # L* 19.8
        ("#303030", False),  # L* 20.3
        ("#0a0a19", True),  # L* 3, hardly blue
        ("#140028", False),  # L* 3, deep violet
        ("#1d1d1b", True),
    ],
)
def test_what_readers_take_for_black_is_black_alone(code: str, pure: bool) -> None:
    pdf = page_with(f"{engine_writes(code)} rg 0 0 9 9 re f")
    mixed = press().convert(pdf)
    *_, (_, inks, _) = painted(pdf.pages[0], pdf.pages[0].obj.Resources)
    assert (inks == [0, 0, 0, 1]) == pure
    assert mixed == (frozenset() if pure else {code})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1 1 1 rg", "0 0 0 0 k"),
        ("1 g", "0 0 0 0 k"),
        ("0 G", f"{BLACK} K"),
        ("/DeviceGray cs 0 sc", f"{BLACK} k {BLACK} k"),
        (f"/DeviceRGB CS {VERMILION} SCN", f"{BLACK} K 0 0.88 0.95 0.08 K"),
        (f"/own cs {VERMILION} scn", f"{BLACK} k 0 0.88 0.95 0.08 k"),
        ("/DeviceCMYK cs .1 .2 0.3 +0.4 scn", f"{BLACK} k 0.1 0.2 0.3 0.4 k"),
        ("/Pattern cs /p scn", "/Pattern cs /p scn"),
        (
            f"(1 1 1 rg) Tj % 1 1 1 rg\n{VERMILION} rg",
            "(1 1 1 rg) Tj % 1 1 1 rg 0 0.88 0.95 0.08 k",
        ),
    ],
)
def test_every_way_to_say_a_colour_is_understood(content: str, expected: str) -> None:
    pdf = page_with(content)
    profile = stream_in(pdf, SRGB, N=3)
    pdf.pages[0].obj.Resources.ColorSpace = Dictionary(
        own=Array([Name.ICCBased, profile]), DefaultRGB=Array([Name.ICCBased, profile])
    )
    press().convert(pdf)
    words = pdf.pages[0].obj.Contents.read_bytes().decode().split()
    assert " ".join(words[10:]).removeprefix("/PressK11 gs ") == expected
    assert Name.ColorSpace not in pdf.pages[0].obj.Resources


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("/lab cs 50 0 0 scn", "/Lab"),
        ("/spot cs 1 scn", "/Separation"),
        ("1 1 rg", "1 1 rg"),
        ("1 0 0 xx", "xx"),
        ("1 0 0 rg ]", "]"),
        ("Q", "more Q than q"),
        ("/nothing Do", "/nothing"),
        ("/PressK11 gs", "before"),
        ("/Pattern cs 1 0 0 /p scn", "1 0 0 /p scn"),
    ],
)
def test_what_is_unknown_is_refused_by_name(content: str, named: str) -> None:
    white = Dictionary(WhitePoint=Array([0.96, 1, 0.82]))
    spaces = Dictionary(
        lab=Array([Name.Lab, white]),
        spot=Array([Name.Separation, Name.Gold, Name.DeviceRGB, Dictionary()]),
    )
    with pytest.raises(ValueError, match=named.replace("]", r"\]")):
        converted(content, ColorSpace=spaces)


operand = st.one_of(
    st.floats(-2000, 2000).map(lambda v: round(v, 3)).map(str),
    st.text("abc()\\ rg", max_size=9).map(lambda v: pikepdf.String(v).unparse().decode("latin-1")),
    st.binary(max_size=5).map(lambda v: f"<{v.hex()}>"),
    st.sampled_from(["/a1.0", "/Span", "true", "null", "<</MCID 0>>", "<< /T [ 1 (x) ] >>"]),
    st.lists(st.integers(-99, 99).map(str)).map(lambda v: f"[{' '.join(v)}]"),
)


@given(
    st.lists(st.tuples(st.lists(operand, max_size=4), st.sampled_from(["re", "BDC", "d", "MP"])))
)
def test_what_is_no_colour_stays_as_it_was(instructions: list[tuple[list[str], str]]) -> None:
    content = "\n".join(" ".join([*operands, operator]) for operands, operator in instructions)
    assert converted(content).endswith(content)


# Black text and lines.


def painted(stream: Any, resources: Object) -> Iterator[tuple[str, Any, bool]]:
    """Yield each painting operator with the fill, or for strokes the line, and its overprint."""
    fill = line = None
    over = (False, False)
    stack: list[Any] = []
    for operands, name in instructions(stream):
        if name == "q":
            stack.append((fill, line, over))
        elif name == "Q":
            fill, line, over = stack.pop()
        elif name == "k":
            fill = [float(each) for each in operands]
        elif name == "K":
            line = [float(each) for each in operands]
        elif name == "gs":
            state = resources.ExtGState[operands[0]]
            if Name.OP in state:
                over = (bool(state.OP), bool(state.op))
                assert int(state.OPM) == int(any(over))
        elif name in ("Tj", "TJ", "f", "f*", "B"):
            yield name, fill, over[1]
        if name in ("S", "B"):
            yield "S", line, over[0]


def overprints(content: str, **resources: Any) -> list[tuple[str, bool]]:
    pdf = page_with(content, **resources)
    press().convert(pdf)
    page = pdf.pages[0]
    return [(name, over) for name, _, over in painted(page, page.obj.Resources)]


def text(size: float, scale: float = 1, mode: int = 0) -> str:
    return f"BT {mode} Tr {scale} 0 0 -{scale} 20 30 Tm /F {size} Tf (Text) Tj ET"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{INK} rg {text(10)}", [("Tj", True)]),
        (f"{INK} rg {text(11.9)}", [("Tj", True)]),
        (f"{INK} rg {text(12)}", [("Tj", False)]),
        (f".75 0 0 .75 0 0 cm {INK} rg {text(15)} {text(16)}", [("Tj", True), ("Tj", False)]),
        (f"{INK} rg {text(6, 3)} {text(24, 0.4)}", [("Tj", False), ("Tj", True)]),
        (text(10), [("Tj", True)]),  # the first colour of a page is black
        (f"1 1 1 rg {text(10)}", [("Tj", False)]),
        (f"{VERMILION} rg {text(10)}", [("Tj", False)]),
        (f"q {INK} rg {text(10)} Q 1 g {text(10)}", [("Tj", True), ("Tj", False)]),
        (f"{INK} rg {text(10)} 0 0 9 9 re f", [("Tj", True), ("f", False)]),
        (f"q {INK} rg {text(10)} 1 g 0 0 9 9 re f Q {text(9)}",
         [("Tj", True), ("f", False), ("Tj", True)]),
        (f"{INK} rg 1 1 1 RG {text(10, mode=2)}", [("Tj", True)]),
        (f"1 1 1 rg {INK} RG {text(10, mode=2)}", [("Tj", False)]),
        (f"{INK} RG 1.9 w 0 0 m 9 9 l S", [("S", True)]),
        (f"{INK} RG 2 w 0 0 m 9 9 l S", [("S", False)]),
        (f".75 0 0 .75 0 0 cm {INK} RG 2 w 0 0 m 9 9 l S", [("S", True)]),
        ("1 1 1 RG .5 w 0 0 m 9 9 l S", [("S", False)]),
        (f"{VERMILION} RG .5 w 0 0 m 9 9 l S", [("S", False)]),
        (f"1 g {INK} RG 1 w 0 0 9 9 re B", [("B", False), ("S", True)]),
        (f"{INK} rg 1 1 1 RG 1 w 0 0 9 9 re B", [("B", False), ("S", False)]),
        # The engine draws the borders of boxes as shapes: a rectangle, a ring, or a part of one.
        (f"{INK} rg 0 0 90 1.9 re f", [("f", True)]),
        (f"{INK} rg 0 0 90 2 re f", [("f", False)]),
        (f"{INK} rg 0 0 1 90 re f 0 0 5 90 re f", [("f", True), ("f", False)]),
        (f"2 0 0 2 0 0 cm {INK} rg 0 0 90 1.5 re f", [("f", False)]),
        (f"{VERMILION} rg 0 0 90 1 re f", [("f", False)]),
        (f"{INK} rg 0 0 90 90 re 1 1 88 88 re f*", [("f*", True)]),
        (f"{INK} rg 0 0 90 90 re 1 3 88 86 re f*", [("f*", False)]),
        (f"q 0 9 m 90 9 l 90 8 l 0 8 l W* n {INK} rg 0 0 90 9 re f* Q 0 0 90 9 re f*",
         [("f*", True), ("f*", False)]),
        (f"q 0 0 90 90 re W n {INK} rg 0 0 90 9 re f Q", [("f", False)]),
        (f"{INK} rg 0 0 m 90 0 l 90 40 l 0 40 l f", [("f", False)]),
        (f"{INK} rg 0 0 m 0 10 20 10 20 0 c f", [("f", False)]),
        (f"0 0 9 1 re n {INK} rg 0 0 9 9 re f", [("f", False)]),
    ],
)  # fmt: skip
def test_only_small_black_text_and_thin_black_lines_overprint(
    content: str, expected: list[tuple[str, bool]]
) -> None:
    assert overprints(content) == expected


@pytest.mark.parametrize(
    "order", ["q .5 0 0 .5 0 0 cm /x Do Q /x Do", "/x Do .5 0 0 .5 0 0 cm /x Do"]
)
def test_a_form_that_is_drawn_small_has_small_text(order: str) -> None:
    pdf = page_with(order)
    form = group_in(pdf, f"{INK} rg {text(20)}", Font=pdf.pages[0].obj.Resources.Font)
    pdf.pages[0].obj.Resources.XObject = Dictionary(x=form)
    press().convert(pdf)
    assert [over for _, _, over in painted(form, form.Resources)] == [True]
    assert form.read_bytes().count(b"PressK11 gs") == 1


def test_in_the_files_all_that_overprints_is_pure_black(sample: Built) -> None:
    counted = {True: 0, False: 0}
    with pikepdf.open(sample.pdf("en/brochure-en.pdf")) as pdf:
        press().convert(pdf)
        for page in pdf.pages:
            for name, inks, over in painted(page, page.obj.Resources):
                assert not over or inks == [0, 0, 0, 1], (name, inks)
                counted[over] += name in ("Tj", "TJ") and inks == [0, 0, 0, 1]
    assert counted[True] > 10 * counted[False] > 0  # most text is small, titles are not


def test_black_text_leaves_the_other_plates_empty(tmp_path: Path) -> None:
    pdf = page_with(f"{INK} rg {text(11).replace('-1', '1')} {text(40).replace('-1', '1')}")
    press().convert(pdf)
    cyan, magenta, yellow, black = separation(pdf, tmp_path).split()
    assert [reach(plate)[1] for plate in (cyan, magenta, yellow)] == [0, 0, 0]
    assert reach(black) == (0, 255)


def test_small_black_text_does_not_cut_the_colour_below(tmp_path: Path) -> None:
    content = f"{VERMILION} rg 0 0 200 200 re f {INK} rg {text(11).replace('-1', '1')}"
    pdf = page_with(content)
    press().convert(pdf)
    _, magenta, _, black = separation(pdf, tmp_path, "-overprint").split()
    assert reach(black)[1] > 240
    assert reach(magenta)[0] > 0.85 * 255


# Pictures.


def photo() -> Image.Image:
    """A gradient in all hues, without the noise that compression would change."""
    across = Image.linear_gradient("L").resize((120, 80))
    down = across.transpose(Image.Transpose.ROTATE_90).resize((120, 80))
    return Image.merge("RGB", (across, down, ImageChops.invert(across)))


def image_in(pdf: pikepdf.Pdf, image: Image.Image, jpeg: bool = False, **entries: Any) -> Object:
    data, extra = image.tobytes(), {}
    if jpeg:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=98, subsampling=0, comment=b"secret")
        data, extra = stream.getvalue(), {"Filter": Name.DCTDecode}
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray}[image.mode]
    told = {"ColorSpace": space, "BitsPerComponent": 8, **extra, **entries}
    return stream_in(
        pdf, data, Type=Name.XObject, Subtype=Name.Image, Width=image.width, Height=image.height,
        **told,
    )  # fmt: skip


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("jpeg", [True, False])
def test_a_photo_is_printed_as_the_profile_says(jpeg: bool, tmp_path: Path) -> None:
    pdf = page_with("q 200 0 0 200 0 0 cm /i Do Q")
    image = image_in(pdf, photo(), jpeg)
    pdf.pages[0].obj.Resources.XObject = Dictionary(i=image)
    assert press().convert(pdf) == frozenset()
    assert (image.ColorSpace, Name.Decode in image) == (Name.DeviceCMYK, False)
    assert image.Filter == (Name.DCTDecode if jpeg else Name.FlateDecode)
    expected = ICC.apply(photo())
    if jpeg:
        stored = bytes(image.read_raw_bytes())
        assert b"secret" not in stored
        assert b"ICC_PROFILE" not in stored
        with Image.open(io.BytesIO(stored)) as read:  # Pillow inverts what Adobe marked
            assert [read.layer[i][1:3] for i in range(4)] == [(1, 1)] * 4  # type: ignore[attr-defined]
            assert difference(ImageChops.invert(read), expected) < 3
    else:
        assert image.read_bytes() == expected.tobytes()
    plates = separation(pdf, tmp_path)
    assert difference(plates, expected.resize(plates.size)) < 4


def test_greys_are_printed_in_black_alone_and_as_light_as_on_screen(tmp_path: Path) -> None:
    pdf = page_with("q 200 0 0 200 0 0 cm /i Do Q")
    image = image_in(pdf, Image.linear_gradient("L"))
    pdf.pages[0].obj.Resources.XObject = Dictionary(i=image)
    press().convert(pdf)
    assert image.ColorSpace == Name.DeviceGray
    tones = image.read_bytes()[::256]
    assert (tones[0], tones[255]) == (0, 255)
    assert list(tones) == sorted(tones)
    # 50 % K is lighter than the grey in the middle of a screen's: dots gain (ISO 12647-2).
    assert tones[128] < 128
    cyan, magenta, yellow, black = separation(pdf, tmp_path).split()
    assert [reach(plate)[1] for plate in (cyan, magenta, yellow)] == [0, 0, 0]
    assert reach(black)[1] > 250


def test_pictures_with_palettes_masks_and_stencils() -> None:
    pdf = page_with("/a Do /b Do /c Do")
    alpha = image_in(pdf, Image.new("L", (4, 4), 128))
    palette = pikepdf.String(bytes((200, 55, 31, 255, 255, 255)))
    indexed = Array([Name.Indexed, Name.DeviceRGB, 1, palette])
    one = image_in(pdf, Image.new("L", (8, 1), 0), ColorSpace=indexed)
    two = image_in(pdf, Image.new("RGB", (4, 4), "#c8371f"), SMask=alpha)
    three = stream_in(
        pdf, b"\xaa", Subtype=Name.Image, ImageMask=True, Width=8, Height=1, BitsPerComponent=1
    )
    pdf.pages[0].obj.Resources.XObject = Dictionary(a=one, b=two, c=three)
    press().convert(pdf)
    expected = ICC.apply(Image.new("RGB", (1, 1), "#c8371f")).tobytes()
    assert one.read_bytes() == expected * 8
    assert two.read_bytes() == expected * 16
    assert (alpha.ColorSpace, alpha.read_bytes()) == (Name.DeviceGray, bytes([128] * 16))
    assert three.read_bytes() == b"\xaa"
    assert Name.ColorSpace not in three


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ({"Mask": Array([0, 0, 0, 0, 0, 0])}, "colour key"),
        ({"Decode": Array([1, 0, 1, 0, 1, 0])}, "decode array"),
        ({"ColorSpace": Array([Name.CalRGB, Dictionary()])}, "/CalRGB"),
    ],
)
def test_a_picture_that_would_come_out_wrong_is_refused(
    entries: dict[str, Any], named: str
) -> None:
    pdf = page_with("/i Do")
    image = image_in(pdf, Image.new("RGB", (4, 4)), **entries)
    pdf.pages[0].obj.Resources.XObject = Dictionary(i=image)
    with pytest.raises(ValueError, match=named):
        press().convert(pdf)


def test_inline_images_and_drawn_glyphs() -> None:
    pixels = bytes((200, 55, 31, 10, 69, 73)) * 6  # with an E and an I among them
    head = b"BI /W 4 /H 3 /BPC 8 /CS /RGB "
    ascii_ = b"/F /AHx ID " + pixels.hex().encode() + b"> EI"
    stencil = b"BI /IM true /W 8 /H 3 /D [1 0] ID \nEI EI"  # three bytes that look like its end
    content = head + b"ID " + pixels + b"\nEI\n" + head + ascii_ + b"\n1 0 0 rg"
    pdf = page_with(content)
    glyph = stream_in(pdf, b"500 0 d0 1 0 0 rg 0 0 9 9 re f " + stencil)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=glyph))
    pdf.pages[0].obj.Resources.Font.T = font
    press().convert(pdf)
    images = [
        operands[0] for operands, name in instructions(pdf.pages[0]) if name == "INLINE IMAGE"
    ]
    expected = ICC.apply(Image.frombytes("RGB", (4, 3), pixels)).tobytes()
    assert [image.read_bytes() for image in images] == [expected, expected]
    assert [str(image.obj.ColorSpace) for image in images] == ["/DeviceCMYK"] * 2
    assert b" rg" not in pdf.pages[0].obj.Contents.read_bytes() + glyph.read_bytes()
    assert glyph.read_bytes().endswith(stencil)


def test_a_photo_in_the_sources_is_printed_in_cmyk(small: Path, tmp_path: Path) -> None:
    add_photo(small, "#3060c0")
    leaflet = ("--edition", "leaflets", "--language", "en", "--practice", "harbour-lab")
    built = build(small, tmp_path / "out", *leaflet[:4])
    with pikepdf.open(built.pdf("en/practices/harbour-lab-en.pdf")) as pdf:
        press().convert(pdf)
        (image,) = (
            each
            for each in pdf.objects
            if isinstance(each, Stream) and each.get(Name.Subtype) == Name.Image
        )
        assert image.ColorSpace == Name.DeviceCMYK
        expected = ICC.apply(Image.new("RGB", (1, 1), "#3060c0")).tobytes()
        assert image.read_bytes() == expected * (60 * 40)
        assert screen_colours_in(pdf) == []


# Gradients, groups, patterns, masks.


def ramp(start: list[float], end: list[float]) -> Dictionary:
    one = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array(start), C1=Array(end), N=1)
    return Dictionary(
        FunctionType=3,
        Domain=Array([0, 1]),
        Functions=Array([one]),
        Bounds=Array([]),
        Encode=Array([0, 1]),
    )


def gradient(space: Name, function: Object, **more: Any) -> Dictionary:
    return Dictionary(
        ShadingType=2,
        ColorSpace=space,
        Coords=Array([0, 0, 200, 0]),
        Extend=Array([True, True]),
        Function=function,
        **more,
    )


def test_a_gradient_leads_from_recipe_to_recipe(tmp_path: Path) -> None:
    function = ramp([0.784314, 0.215686, 0.121569], [1, 1, 1])
    shading = gradient(Name.DeviceRGB, function, Background=Array([0, 0, 0]))
    pdf = page_with("/s sh", Shading=Dictionary(s=shading))
    press().convert(pdf)
    assert [float(each) for each in pdf.pages[0].obj.Resources.Shading.s.Background] == [0, 0, 0, 1]
    image = separation(pdf, tmp_path)
    assert inks_at(image, 1, 100) == pytest.approx([0, 88, 95, 8], abs=2)
    assert inks_at(image, 100, 100) == pytest.approx([0, 44, 47.5, 4], abs=2)
    assert inks_at(image, 199, 100) == pytest.approx([0, 0, 0, 0], abs=2)


def test_a_sampled_gradient_and_one_that_is_programmed() -> None:
    pdf = page_with("/s sh")
    told = {"Domain": Array([0, 1]), "Range": Array([0, 1] * 3)}
    samples = bytes((200, 55, 31, 255, 255, 255))
    sampled = stream_in(pdf, samples, FunctionType=0, Size=Array([2]), BitsPerSample=8, **told)
    pdf.pages[0].obj.Resources.Shading = Dictionary(s=gradient(Name.DeviceRGB, sampled))
    press().convert(pdf)
    function = pdf.pages[0].obj.Resources.Shading.s.Function
    assert function.read_bytes() == bytes((0, 224, 242, 20, 0, 0, 0, 0))
    assert len(function.Range) == 8
    pdf = page_with("/s sh")
    programmed = stream_in(pdf, b"{dup dup}", FunctionType=4, **told)
    pdf.pages[0].obj.Resources.Shading = Dictionary(s=gradient(Name.DeviceRGB, programmed))
    with pytest.raises(ValueError, match="function of type 4"):
        press().convert(pdf)


def test_groups_blend_in_inks_and_patterns_are_printed_by_recipe(tmp_path: Path) -> None:
    pdf = page_with("/Pattern cs /p scn 0 0 200 100 re f /x Do")
    page = pdf.pages[0].obj
    page.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)
    form = group_in(pdf, f"{VERMILION} rg 0 100 200 100 re f")
    unused = group_in(pdf, "1 0 0 rg")
    tile = stream_in(
        pdf, f"{INK} rg 0 0 5 5 re f", PatternType=1, PaintType=1, TilingType=1, XStep=5, YStep=5,
        BBox=Array([0, 0, 5, 5]), Resources=Dictionary(),
    )  # fmt: skip
    page.Resources.XObject = Dictionary(x=form, y=unused)
    page.Resources.Pattern = Dictionary(p=tile)
    press().convert(pdf)
    assert {page.Group.CS, form.Group.CS, unused.Group.CS} == {Name.DeviceCMYK}
    assert screen_colours_in(pdf) == []
    image = separation(pdf, tmp_path)
    assert inks_at(image, 100, 50) == pytest.approx([0, 88, 95, 8], abs=1)
    assert inks_at(image, 100, 150) == pytest.approx([0, 0, 0, 100], abs=1)


def test_a_mask_measures_light_and_stays_grey(tmp_path: Path) -> None:
    pdf = page_with(f"/m gs {INK} rg 0 0 200 200 re f")
    shading = gradient(Name.DeviceGray, ramp([1], [0]))
    content = f"/s sh 1 0 0 rg 0 0 200 50 re f 0 0 200 25 re {VERMILION} RG 0 g f"
    group = group_in(pdf, content, Shading=Dictionary(s=shading))
    soft = Dictionary(Type=Name.Mask, S=Name.Luminosity, G=group, BC=Array([0, 0, 0]))
    resources = pdf.pages[0].obj.Resources
    resources.ExtGState = Dictionary(m=Dictionary(SMask=soft))
    resources.XObject = Dictionary(x=group)  # the engine lists masks among what pages draw
    press().convert(pdf)
    assert (group.Group.CS, [float(each) for each in soft.BC]) == (Name.DeviceGray, [0])
    assert group.Resources.Shading.s.ColorSpace == Name.DeviceGray
    assert b"0.3 g" in group.read_bytes()
    image = separation(pdf, tmp_path)
    assert inks_at(image, 100, 190) == pytest.approx([0, 0, 0, 0], abs=2)
    assert inks_at(image, 100, 165) == pytest.approx([0, 0, 0, 30], abs=2)
    assert inks_at(image, 100, 50) == pytest.approx([0, 0, 0, 50], abs=2)


def test_a_picture_in_a_mask_is_light_too() -> None:
    pdf = page_with("/m gs 0 0 200 200 re f")
    grey = image_in(pdf, Image.new("L", (2, 2), 99))
    red = image_in(pdf, Image.new("RGB", (2, 2), (255, 0, 0)))
    group = group_in(pdf, "/g Do /r Do", XObject=Dictionary(g=grey, r=red))
    soft = Dictionary(S=Name.Luminosity, G=group)
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(m=Dictionary(SMask=soft))
    press().convert(pdf)
    assert (grey.ColorSpace, grey.read_bytes()) == (Name.DeviceGray, bytes([99] * 4))
    assert (red.ColorSpace, red.read_bytes()) == (Name.DeviceGray, bytes([76] * 4))


def test_what_is_both_a_mask_and_on_a_page_is_refused() -> None:
    pdf = page_with("/m gs /x Do")
    group = group_in(pdf, "1 0 0 rg")
    resources = pdf.pages[0].obj.Resources
    resources.XObject = Dictionary(x=group)
    resources.ExtGState = Dictionary(m=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group)))
    with pytest.raises(ValueError, match="luminosity mask"):
        press().convert(pdf)


def test_comments_that_show_themselves_are_printed_in_inks() -> None:
    pdf = page_with("")
    look = group_in(pdf, f"{VERMILION} rg 0 0 9 9 re f")
    note = Dictionary(Type=Name.Annot, AP=Dictionary(N=look), C=Array([1, 1, 1]))
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])
    press().convert(pdf)
    note = pdf.pages[0].obj.Annots[0]
    assert [float(each) for each in note.C] == [0, 0, 0, 0]
    assert b"0 0.88 0.95 0.08 k" in look.read_bytes()


# Once, and alike.


def test_a_section_in_two_files_is_converted_once(
    monkeypatch: pytest.MonkeyPatch, small_built: Built
) -> None:
    counted: list[bytes] = []
    convert = content_cmyk.Content.convert

    def counting(self: Any, content: bytes, *others: Any) -> Any:
        counted.append(content)
        return convert(self, content, *others)

    monkeypatch.setattr(content_cmyk.Content, "convert", counting)
    colours = PressColours(RECIPES, SRGB, CMYK)
    path = small_built.pdf("en/practices/harbour-lab-en.pdf")
    results = []
    for _ in range(2):
        with pikepdf.open(path) as pdf:
            mixed = colours.convert(pdf)
            stream = io.BytesIO()
            pdf.save(stream, deterministic_id=True)
            results.append((len(counted), mixed, stream.getvalue()))
    assert results[0] == results[1]
    assert results[0][0] > 0


def test_pages_that_share_a_stream_are_converted_alike() -> None:
    pdf = page_with("")
    first = pdf.pages[0].obj
    opening, closing = stream_in(pdf, "q 0.5 g"), stream_in(pdf, "0 0 9 9 re f Q")
    first.Contents = Array([opening, stream_in(pdf, text(9)), closing])
    pdf.pages.append(pdf.pages[0])
    second = pdf.pages[1].obj
    second.Contents = Array([opening, stream_in(pdf, f"0 g {text(9)}"), closing])
    press().convert(pdf)
    for page in pdf.pages:
        words = [name for _, name in instructions(page)]
        assert not SCREEN_OPERATORS & set(words)
        assert words.count("q") == words.count("Q") == 1
    (_, *one), (_, *two) = (painted(page, page.obj.Resources) for page in pdf.pages)
    assert [over for *_, over in one] == [over for *_, over in two] == [False]


def embedded_photo(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    """A photo as the engine embeds it."""
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(stream, "JPEG")
    made = pikepdf.Stream(pdf, stream.getvalue(), Filter=Name.DCTDecode)
    made.Type, made.Subtype, made.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
    made.Width, made.Height, made.BitsPerComponent = 256, 256, 8
    return made


@pytest.mark.parametrize("spoilt", [False, True])
def test_a_photo_is_converted_once_for_all_builds_with_one_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: bool
) -> None:
    counted: list[Image.Image] = []
    convert = Inks.picture

    def counting(self: Inks, image: Image.Image) -> Image.Image:
        counted.append(image)
        return convert(self, image)

    monkeypatch.setattr(Inks, "picture", counting)
    cache, made = Cache(tmp_path), []
    for _ in range(2):
        pdf = pikepdf.new()
        image = embedded_photo(pdf)
        PressColours(RECIPES, SRGB, CMYK, cache).pictures.convert(image, mask=False)
        made.append((image.read_raw_bytes(), str(image.Filter), str(image.ColorSpace)))
        if spoilt:
            for path in tmp_path.glob("v*/??/*"):
                path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert made[0] == made[1]
    assert made[0][1:] == ("/DCTDecode", "/DeviceCMYK")
    assert len(counted) == 1 + spoilt


def test_a_photo_is_converted_anew_for_another_press(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for press in (CMYK, CMYK + bytes(4)):  # a profile may be followed by anything
        pdf = pikepdf.new()
        PressColours(RECIPES, SRGB, press, cache).pictures.convert(embedded_photo(pdf), mask=False)
    assert len(list(tmp_path.glob("v*/??/*"))) == 2


LONG = b"q 0.5 w 0.784 0.216 0.122 rg 1 0 0 RG 0 0 9 9 re B Q BT /F1 9 Tf 0.1 g (a) Tj ET\n" * 40


def converted_with(cache: Cache, recipes: dict[str, tuple[int, int, int, int]]) -> Converted:
    return PressColours(recipes, SRGB, CMYK, cache).content(LONG, (FIRST,), {}, False, b"0 g\n")


def counting(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    seen: list[bytes] = []
    convert = Content.convert

    def counted(self: Content, content: bytes, *rest: Any) -> Converted:
        seen.append(content)
        return convert(self, content, *rest)

    monkeypatch.setattr(Content, "convert", counted)
    return seen


@pytest.mark.parametrize("spoilt", [False, True])
def test_a_stream_is_converted_once_for_all_builds_with_one_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: bool
) -> None:
    seen, cache, made = counting(monkeypatch), Cache(tmp_path), []
    for _ in range(2):
        made.append(converted_with(cache, RECIPES))
        if spoilt:
            for path in tmp_path.glob("v*/??/*"):
                path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert made[0] == made[1]
    assert made[0].used == {(200, 55, 31), (255, 0, 0), (26, 26, 26)}
    assert len(seen) == 1 + spoilt


def test_a_stream_is_converted_anew_for_another_recipe(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    one = converted_with(cache, {"#ff0000": (0, 100, 100, 0)})
    other = converted_with(cache, {"#ff0000": (0, 90, 90, 0)})
    assert one.packed != other.packed


def test_colours_that_the_profile_mixed_are_named_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for _ in range(2):
        colours = PressColours({}, SRGB, CMYK, cache)
        used = colours.content(LONG, (FIRST,), {}, False).used
        assert {each for each in used if colours.inks.went_by_profile(each)} == {
            (200, 55, 31),
            (255, 0, 0),
        }


@given(
    st.lists(
        st.tuples(
            st.tuples(*[st.floats(-9, 9)] * 4),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["", "Gray", "RGB", "Pattern"]),
            st.sampled_from(["", "Gray", "RGB"]),
            st.floats(0, 9),
            st.floats(0, 99),
            st.integers(0, 7),
            st.sampled_from([math.inf, 2.5]),
            st.sampled_from([None, (0, 1), (1, 0)]),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_known_of_a_stream_comes_out_of_the_cache_as_it_went_in(states: list[Any]) -> None:
    converted = Converted(
        b"packed",
        tuple(State(*each) for each in states),
        (("/x1", (1.0, 0.0, 0.5, 1.0)),),
        frozenset({(1, 2, 3)}),
        True,
    )
    note = json.loads(json.dumps(streams_kept._note(converted)))
    assert streams_kept._read(note, b"packed") == converted
