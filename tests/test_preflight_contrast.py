"""Holds the contrast of text to WCAG 2.1: what just fails, what just passes, what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import preflight_files as files
import pytest
from conftest import Built
from pikepdf import Array, Dictionary, Name, Stream, String
from preflight_files import Case, both, form, paint, resource, setting

from brochure.layouts.folder import contrast as of_the_layout
from brochure.preflight import Finding, Job, Level, preflight
from brochure.preflight.content import contents
from brochure.preflight.contrast import text_contrast
from brochure.preflight.light import as_hex, contrast, luminance
from brochure.preflight.opened import opened

SCREEN = Job("screen")
Make = Callable[[pikepdf.Pdf], object]

# The lightest gray on white that is readable, and the next one; for large text, too.
DARK_ENOUGH, TOO_LIGHT = f"{0x76 / 255:.4f} g", f"{0x77 / 255:.4f} g"
LARGE_DARK_ENOUGH, LARGE_TOO_LIGHT = f"{0x94 / 255:.4f} g", f"{0x95 / 255:.4f} g"
WHITE_PAPER = "1 g 50 50 220 90 re f"


def artifact(*content: str) -> Make:
    """Paint something that need not be tagged."""
    return paint("/Artifact BMC q", *content, "Q EMC")


def words(colour: str, size: float = 10, ground: str = WHITE_PAPER, how: str = "") -> Make:
    """Show two letters, squares of 0.4 by 0.7 of the size, on a ground."""
    return artifact(ground, f"{how} BT {colour} /F {size} Tf 60 60 Td <00020003> Tj ET")


def named(name: str) -> Make:
    def change(font: Dictionary, descriptor: Dictionary) -> None:
        below = font.DescendantFonts[0]
        font.BaseFont = below.BaseFont = descriptor.FontName = Name(f"/ABCDEF+{name}")

    return files.font(change)


def forced_bold(pdf: pikepdf.Pdf) -> None:
    files.font(lambda _, descriptor: descriptor.__setattr__("Flags", 1 << 18))(pdf)


def opaque(value: float) -> Make:
    return resource("ExtGState", "a", lambda _: Dictionary(Type=Name.ExtGState, ca=value))


def blending(mode: Name) -> Make:
    return resource("ExtGState", "a", lambda _: Dictionary(Type=Name.ExtGState, BM=mode))


def photo(*columns: int) -> Make:
    """Place a picture of gray columns where the words are: 60 to 70 across."""

    def make(pdf: pikepdf.Pdf) -> Stream:
        made = Stream(pdf, bytes(columns))
        made.Type, made.Subtype, made.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        made.Width, made.Height, made.BitsPerComponent = len(columns), 1, 8
        return pdf.make_indirect(made)

    placed = artifact("10 0 0 20 60 55 cm /Im Do")
    return both(resource("XObject", "Im", make), placed)


def on_photo(*columns: int) -> Make:
    return both(photo(*columns), words("1 g", ground=""))


def shading(*ends: int) -> Make:
    """Make a pattern that changes from gray to gray, from 60 to 70 across."""
    function = Dictionary(FunctionType=2, Domain=[0, 1], C0=ends[:1], C1=ends[1:], N=1)
    axial = Dictionary(
        ShadingType=2, ColorSpace=Name.DeviceGray, Coords=[60, 0, 70, 0], Function=function
    )
    return resource("Pattern", "P", lambda _: Dictionary(PatternType=2, Shading=axial))


def layer(on: bool) -> Make:
    def change(pdf: pikepdf.Pdf) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
        usual = Dictionary(ON=Array([group] if on else []), OFF=Array([] if on else [group]))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=usual)
        files.first(pdf).Resources.Properties = Dictionary(Layer=group)
        artifact(
            WHITE_PAPER, "/OC /Layer BDC",
            f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET", "EMC",
        )(pdf)  # fmt: skip

    return change


def in_a_form(colour: str, how: str = "") -> Make:
    inner = form(f"BT {colour} /F 10 Tf 0 0 Td <0002> Tj ET", Matrix=[1, 0, 0, 1, 30, 30])
    placed = artifact(WHITE_PAPER, "1.5 0 0 1.5 20 20 cm", how, "/X Do")
    shared = lambda pdf: pdf.pages[0].obj.Resources.XObject.X.__setattr__(  # noqa: E731
        "Resources", Dictionary(Font=Dictionary(F=files.first(pdf).Resources.Font.F))
    )
    return both(resource("XObject", "X", inner), shared, placed)


SLANTED = "q 0.7071 0.7071 -0.7071 0.7071 60 60 cm BT {} /F 20 Tf <000200020002> Tj ET Q"
CORNER = "1 g 40 40 90 90 re f 0.3 g 90 50 20 15 re f"  # in the box, but not under a letter

CASES = [
    Case("B28", words(TOO_LIGHT), words(DARK_ENOUGH), "plain"),
    Case("B28", words(TOO_LIGHT, 17.9), words(LARGE_DARK_ENOUGH, 18), "large"),
    Case("B28", words(LARGE_TOO_LIGHT, 18), words(LARGE_DARK_ENOUGH, 17.96), "too light"),
    Case("B28", both(named("Test-Bold"), words(TOO_LIGHT, 13.9)),
         both(named("Test-Bold"), words(LARGE_DARK_ENOUGH, 14)), "bold"),
    Case("B28", both(named("Test-SemiBold"), words(TOO_LIGHT, 14)),
         both(forced_bold, words(TOO_LIGHT, 14)), "half bold"),
    Case("B28", words("1 g", ground="0.5 g 50 50 220 90 re f"),
         words("1 g", ground="0.46 g 50 50 220 90 re f"), "white on gray"),
    Case("B28", words("1 0.6 0 rg"), words("0.7 0.2 0.1 rg"), "colours"),
    Case("B28", words("0 0.5 1 0 k"), words("0.2 1 1 0.2 k"), "CMYK"),
    Case("B28", words("1 g"), words("1 g", how="3 Tr"), "the ground's own colour"),
    Case("B28", words("1 g", how="1 Tr 1 G"), words("1 g", how="1 Tr 0 G"), "outlined"),
    Case("B28", both(opaque(0.5), words("0 g", how="/a gs")),
         both(opaque(0.6), words("0 g", how="/a gs")), "transparent"),
    Case("B28", both(opaque(0.01), words("0 g", how="/a gs")),
         both(opaque(0), words("0 g", how="/a gs")), "wholly transparent"),
    Case("B28", both(blending(Name.Screen), words("0 g", 10, "0.5 g 50 50 99 99 re f", "/a gs")),
         both(blending(Name.Difference), words("1 g", how="/a gs")), "blended"),
    Case("B28", on_photo(0, 0, 0, 0, 255), on_photo(0, 0, 0, 0, 0), "a white part of a photo"),
    Case("B28", on_photo(*[150] * 4, 0), on_photo(*[0] * 15, 255), "a speck in a photo"),
    Case("B28", both(shading(1, 1), words("/Pattern cs /P scn")),
         both(shading(0, 0), words("/Pattern cs /P scn")), "pattern"),
    Case("B28", artifact(CORNER, SLANTED.format("0.6 g")),
         artifact(CORNER, SLANTED.format("0.2 g")), "slanted"),
    Case("B28", artifact(WHITE_PAPER, f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET"),
         artifact(WHITE_PAPER, f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET", WHITE_PAPER),
         "covered"),
    Case("B28", artifact(WHITE_PAPER, "60 60 8 8 re W n",
                         f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET"),
         artifact(WHITE_PAPER, "90 90 8 8 re W n",
                  f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET"), "cut off"),
    Case("B28", both(opaque(0.3), in_a_form("0 g", "/a gs")),
         both(opaque(0.7), in_a_form("0 g", "/a gs")), "transparent form"),
    Case("B28", layer(on=True), layer(on=False), "layer"),
    Case("B28", in_a_form(TOO_LIGHT), in_a_form(DARK_ENOUGH), "form"),
    Case("B28", words(TOO_LIGHT),
         both(setting(CropBox=lambda: Array([0, 150, 340, 440])), words(TOO_LIGHT)), "cropped"),
]  # fmt: skip


def screen(*changes: Make) -> pikepdf.Pdf:
    pdf = files.screen_file()
    both(*changes)(pdf)
    return pdf


def found(*changes: Make) -> list[Finding]:
    return preflight(files.saved(screen(*changes)), SCREEN)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_text_is_held_to_its_contrast(case: Case) -> None:
    (finding,) = found(case.broken)
    assert (finding.page, finding.rule, finding.level) == (1, "B28", Level.WARNING)
    assert found(case.passing) == []


def test_the_finding_says_what_and_where() -> None:
    (finding,) = found(words(TOO_LIGHT))
    assert finding.message == (
        'the text of 10.0 pt "AB" is #777777 on #ffffff, a contrast of 4.47, at least 4.5'
    )
    assert finding.box == pytest.approx((60, 60, 69, 67), abs=0.2)
    (finding,) = found(named("Test-Bold"), words(LARGE_TOO_LIGHT, 14))
    assert 'the bold text of 14.0 pt "AB" is #959595' in finding.message
    assert finding.message.endswith("a contrast of 2.99, at least 3")


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_pages_are_looked_at_where_readers_see_the_text(turned: int) -> None:
    crop = setting(Rotate=turned, CropBox=lambda: Array([30, 20, 300, 400]))
    ground = "0 g 50 50 220 90 re f"  # the page is 0.9 all around
    (finding,) = found(crop, words("0.3 g", ground=ground))
    assert "is #4d4d4d on #000000" in finding.message
    assert finding.box == pytest.approx((60, 60, 69, 67), abs=0.2)
    assert found(crop, words("0.7 g", ground=ground)) == []


def test_text_of_one_colour_is_summed_up_by_page_with_the_worst_first() -> None:
    beside = artifact("BT 1 0.6 0 rg /F 10 Tf 200 60 Td <0002> Tj ET")
    orange, gray = found(words(TOO_LIGHT), beside)
    assert "#ff9900 on #ffffff" in orange.message
    assert "#777777 on #ffffff" in gray.message
    lower = artifact("0.8 g 50 50 50 90 re f", f"BT {TOO_LIGHT} /F 10 Tf 60 60 Td <0002> Tj ET")
    upper = artifact(f"BT {TOO_LIGHT} /F 10 Tf 160 60 Td <0002> Tj ET")
    (worst,) = found(artifact(WHITE_PAPER), upper, lower)
    assert "#777777 on #cccccc" in worst.message
    assert worst.message.endswith(" (and 1 more on this page)")


def test_text_that_is_painted_twice_to_look_bold_does_not_stand_on_itself() -> None:
    again = "BT 0 g /F 10 Tf {} 60 Td <0002> Tj ET"
    assert found(artifact(WHITE_PAPER, again.format(60), again.format(60.2))) == []


def test_no_page_is_looked_at_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brochure.preflight.contrast._SECONDS", -1)
    (finding,) = found(words(TOO_LIGHT))
    assert (finding.page, finding.level) == (1, Level.UNCHECKED)
    assert "more text was not looked at" in finding.message
    assert found(words(DARK_ENOUGH)) == []


def test_what_pdfium_cannot_open_is_not_checked() -> None:
    with opened(files.saved(screen(words(TOO_LIGHT)))) as file:
        contents(file)
        file.too_much = True
        (finding,) = text_contrast(file, SCREEN)
    assert finding.level is Level.UNCHECKED
    assert "was not looked at: a page has more content" in finding.message


def test_a_huge_page_is_looked_at_too() -> None:
    huge = setting(MediaBox=lambda: Array([0, 0, 14400, 14400]))
    assert [finding.rule for finding in found(huge, words(TOO_LIGHT, 40))] == []
    assert [finding.rule for finding in found(huge, words("0.8 g", 40))] == ["B28"]


def test_what_was_found_before_the_time_is_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0, 1, 99])
    monkeypatch.setattr("brochure.preflight.contrast.time.monotonic", lambda: next(times))
    with opened(files.saved(screen(words(TOO_LIGHT), words("0.8 g", ground="")))) as file:
        found_of_the_first, unchecked = text_contrast(file, SCREEN)
    assert "#777777" in found_of_the_first.message
    assert unchecked.level is Level.UNCHECKED


def test_a_page_that_its_boxes_leave_nothing_of_shows_no_text() -> None:
    outside = setting(CropBox=lambda: Array([1000, 1000, 1100, 1100]))
    assert found(outside, words(TOO_LIGHT)) == []


# Light


@pytest.mark.parametrize("one", [(0, 0, 0), (255, 255, 255), (118, 118, 118), (200, 55, 31)])
@pytest.mark.parametrize("other", [(255, 255, 255), (1, 2, 3)])
def test_contrast_is_that_of_the_layouts(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    expected = of_the_layout(as_hex(one), as_hex(other))
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected)


def test_light_at_both_ends() -> None:
    assert luminance((0, 0, 0)) == 0
    assert luminance((255, 255, 255)) == pytest.approx(1)
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


def test_the_screen_files_of_the_sample_can_be_read(sample: Built) -> None:
    chosen = [pdf for pdf in sample.pdfs if not pdf.stem.endswith(("-print", "-booklet"))]
    assert chosen
    for pdf in chosen:
        assert contrasts(pdf) == [], pdf.name


def contrasts(pdf: Path) -> list[Finding]:
    with opened(pdf.read_bytes()) as file:
        return list(text_contrast(file, SCREEN))
