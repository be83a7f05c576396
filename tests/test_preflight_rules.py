"""Each rule of preflight: a small file that breaks exactly it, and one that just passes."""

from __future__ import annotations

from typing import Any

import pikepdf
import preflight_files as files
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from preflight_files import (
    Case,
    area,
    both,
    font,
    form,
    image,
    line,
    metadata,
    paint,
    resource,
    root,
    separation,
    setting,
    text,
)

from brochure.preflight import Finding, Job, Level, check, preflight
from brochure.preflight.registry import RULES, Rule

OWN = "brochure.preflight.rules."
PRINT = Job("print")
SCREEN = Job("screen")


def own_rules() -> list[Rule]:
    """The rules that this file tests: those that need no raster."""
    return [RULES[id_] for id_ in sorted(RULES) if RULES[id_].check.__module__.startswith(OWN)]


@pytest.fixture(autouse=True)
def without_raster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "all_rules", own_rules)


def found(pdf: pikepdf.Pdf, job: Job) -> list[Finding]:
    return preflight(files.saved(pdf), job)


def cmyk(*tints: float) -> str:
    return " ".join(map(str, tints)) + " k"


def shading(space: object, kind: int = 2) -> Dictionary:
    function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0], C1=[1, 1, 1], N=1)
    return Dictionary(
        ShadingType=kind, ColorSpace=space, Coords=[0, 0, 100, 100], Function=function
    )


def shading_pattern(space: object) -> Dictionary:
    return Dictionary(PatternType=2, Shading=shading(space))


def tiling(content: str, **entries: Any) -> files.Change:
    made = form(content, PatternType=1, PaintType=1, TilingType=1, XStep=10, YStep=10, **entries)
    return resource("Pattern", "P", made)


def icc_space(pdf: pikepdf.Pdf) -> Array:
    stream = Stream(pdf, files.profile())
    stream.N = 4
    return Array([Name.ICCBased, pdf.make_indirect(stream)])


def lab(pdf: pikepdf.Pdf) -> Array:
    return Array([Name.Lab, Dictionary(WhitePoint=[0.96, 1, 0.82])])


def indexed(pdf: pikepdf.Pdf) -> Array:
    return Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\0\0\0\xff\xff\xff")])


def gray_mask(space: object) -> files.Change:
    def mask(pdf: pikepdf.Pdf) -> Stream:
        made = Stream(pdf, bytes(100))
        made.Type, made.Subtype, made.Width, made.Height = Name.XObject, Name.Image, 10, 10
        made.ColorSpace, made.BitsPerComponent = space, 8
        return pdf.make_indirect(made)

    return image(10, 1, SMask=mask)


def soft_mask(content: str, space: object = Name.DeviceGray) -> files.Change:
    group = form(content, Group=Dictionary(S=Name.Transparency, CS=space))
    state = lambda pdf: Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group(pdf)))  # noqa: E731
    return both(resource("ExtGState", "mask", state), paint("q /mask gs Q"))


def annotation(kind: str, rect: tuple[float, ...], **entries: Any) -> files.Change:
    return setting(Annots=lambda: Array([
        Dictionary(Type=Name.Annot, Subtype=Name(kind), Rect=Array(rect), **entries)
    ]))  # fmt: skip


def second_page(width: float, content: str = files.GROUND, shift: float = 0) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        files.page(pdf, files.first(pdf).Resources.Font.F, content)
        last = pdf.pages[-1].obj
        last.TrimBox = Array([20, 20, 20 + width, 420])
        last.BleedBox = Array([8, 8, 32 + width, 432])
        last.MediaBox = Array([0, 0, 40 + width, 440])

    return change


def intent(**entries: object) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            if value is None:
                del pdf.Root.OutputIntents[0][f"/{key}"]
            else:
                pdf.Root.OutputIntents[0][f"/{key}"] = value

    return change


def intent_profile(data: bytes) -> files.Change:
    return lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(data)


def layers(**default: bool) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
        usual = Dictionary(OFF=Array([layer]) if default.get("off") else Array())
        if default.get("base_off"):
            usual.BaseState, usual.ON = Name.OFF, Array([layer] if default.get("on") else [])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=usual)

    return change


def characters(**codes: str) -> files.Change:
    return font(lambda font, _: font.ToUnicode.write(files.to_unicode(**codes)))


def shown(codes: str) -> files.Change:
    return paint(f"BT /over gs 0 0 0 1 k /F 10 Tf 1 0 0 1 60 200 Tm <{codes}> Tj ET")


def at(left: float) -> files.Change:
    return paint(f"BT /over gs 0 0 0 1 k /F 10 Tf 1 0 0 1 {left} 200 Tm <0002> Tj ET")


def without_outlines() -> bytes:
    """The font with all outlines lost: what the engine writes when its fonts were deleted."""
    program = bytearray(files.font_program())
    for entry in range(int.from_bytes(program[4:6], "big")):
        at = 12 + 16 * entry
        if program[at : at + 4] == b"loca":
            offset, length = (int.from_bytes(program[at + i : at + i + 4], "big") for i in (8, 12))
            program[offset : offset + length] = bytes(length)
    return bytes(program)


def only_b_without_outline() -> bytes:
    """The font with the last glyph empty."""
    program = bytearray(files.font_program())
    for entry in range(int.from_bytes(program[4:6], "big")):
        at = 12 + 16 * entry
        if program[at : at + 4] == b"loca":
            offset, length = (int.from_bytes(program[at + i : at + i + 4], "big") for i in (8, 12))
            size = length // 5
            end = offset + length
            program[end - size : end] = program[end - 2 * size : end - size]
    return bytes(program)


def program(data: bytes) -> files.Change:
    return font(lambda _, descriptor: descriptor.FontFile2.write(data))


def without_information(pdf: pikepdf.Pdf) -> None:
    del pdf.trailer["/Info"]


def information(version: str) -> files.Change:
    return lambda pdf: pdf.docinfo.__setitem__("/GTS_PDFXVersion", String(version))


def base_font(name: str) -> files.Change:
    def change(font: Dictionary, descriptor: Dictionary) -> None:
        font.BaseFont = descriptor.FontName = Name(f"/ABCDEF+{name}")

    return files.font(change)


INVISIBLE = b"BT /over gs 0 0 0 1 k 0 Tr /F 10 Tf 60 200 Td <0002> Tj ET"  # when 0 is made 3
WHITE = cmyk(0, 0, 0, 0)
BLACK = cmyk(0, 0, 0, 1)
GREEN = cmyk(0.5, 0, 1, 0)
CYAN = cmyk(1, 0, 0, 0)
WHITE_LINE, BLACK_LINE, GREEN_LINE = (c.replace("k", "K") for c in (WHITE, BLACK, GREEN))
ALL = resource("ColorSpace", "All", separation("All"))
SPOT = resource("ColorSpace", "Spot", separation("PANTONE 032"))
OF_BLACK = resource("ColorSpace", "K", separation("Black"))

PRINT_CASES = [
    Case("R0001", metadata("PDF/X-4", "PDF/X-1a"), what="another standard"),
    Case("R0001", root("/Metadata", None), what="no metadata"),
    Case("R0001", metadata("<?xpacket begin", "<!DOCTYPE a><?xpacket begin"), what="entities"),
    Case("R0001", metadata(' xmpMM:DocumentID="uuid:1"', ""), what="no document id"),
    Case("R0001", metadata("Small", ""), what="no title"),
    Case("R0001", both(metadata(' pdf:Trapped="False"', ""), without_information),
         metadata(' pdf:Trapped="False"', ""), what="trapping"),
    Case("R0001", metadata('Trapped="False"', 'Trapped="True"'), what="trapping said twice"),
    Case("R0001", information("PDF/X-3:2003"), information("PDF/X-4"), what="information"),
    Case("R0001", root("/OpenAction", lambda _: Dictionary(S=Name.JavaScript, JS=b"app.beep()")),
         root("/OpenAction", lambda _: Dictionary(S=Name.GoTo, D=b"here")), what="script"),
    Case("R0001", resource("ExtGState", "curve", lambda pdf: Dictionary(
        Type=Name.ExtGState, TR=files.tint(pdf))), resource("ExtGState", "curve", lambda _:
        Dictionary(Type=Name.ExtGState, TR=Name.Identity)), what="transfer curve"),
    Case("R0001", image(10, 1, Alternates=lambda _: Array()), image(10, 1), what="alternates"),
    Case("R0002", setting(UserUnit=2), setting(UserUnit=1)),
    Case("R0003", setting(CropBox=lambda: Array(files.TRIM)),
         setting(CropBox=lambda: Array(files.MEDIA))),
    Case("R0004", second_page(301), second_page(300.05), what="size"),
    Case("R0004", setting(Rotate=90), setting(Rotate=360), what="turned"),
    Case("R0005", lambda pdf: files.first(pdf).Contents.write(b"0 0 0 1 k 0 0 5 5 re f"),
         lambda pdf: files.first(pdf).Contents.write(b"0 0 0 1 k 0 0 50 50 re f")),
    Case("R0005", lambda pdf: files.first(pdf).Contents.write(b"0 0 100 100 re W n"),
         what="clipped only"),
    Case("R0005", lambda pdf: files.first(pdf).Contents.write(INVISIBLE.replace(b"0 Tr", b"3 Tr")),
         lambda pdf: files.first(pdf).Contents.write(INVISIBLE), what="invisible text"),
    Case("R0007", text(WHITE), text(WHITE, state="knock")),
    Case("R0007", text(WHITE, state="over0"), what="mode 0"),
    Case("R0008", area(WHITE, 50, 50), area(WHITE, 50, 50, "knock")),
    Case("R0008", line(WHITE_LINE, 1), line(WHITE_LINE, 1, "knock"), what="line"),
    Case("R0009", text(BLACK, 11.94, "knock"), text(BLACK, 11.96, "knock")),
    Case("R0009", text(BLACK, 10, "over0"), what="mode 0"),
    Case("R0009", both(OF_BLACK, text("/K cs 1 scn", 10, "knock")),
         both(OF_BLACK, text("/K cs 1 scn", 10, "over0")), what="separation"),
    Case("R0010", line(BLACK_LINE, 1.9994, "knock"), line(BLACK_LINE, 1.9996, "knock")),
    Case("R0010", area(BLACK, 100, 1, "knock"), area(BLACK, 100, 2, "knock"), what="rectangle"),
    Case("R0011", text("0 g", 10, "knock"), text("0 g", 12, "knock")),
    Case("R0012", line("0 G", 1, "knock"), line("0 G", 2, "knock")),
    Case("R0013", area("0.5 g", 50, 50), area("0.5 g", 50, 50, "knock")),
    Case("R0014", base_font("CourierNewPSMT"), base_font("Couriosity")),
    Case("R0015", text(cmyk(1, 0.96, 0, 0.85), 20), text(cmyk(1, 0.95, 0, 0.85), 20)),
    Case("R0016", text(WHITE, 7.94, "knock"), text(WHITE, 7.96, "knock")),
    Case("R0016", paint("q 0.5 0 0 0.5 0 0 cm BT /knock gs 0 0 0 0 k /F 8 Tf 2 0 0 1.9 200 200 Tm"
                        " <0002> Tj ET Q"), what="matrices"),
    Case("R0017", text(GREEN, 7.9), text(GREEN, 8)),
    Case("R0017", text(GREEN, 7.9), text(CYAN, 2), what="one ink"),
    Case("R0018", line(WHITE_LINE, 0.2494, "knock"), line(WHITE_LINE, 0.2496, "knock")),
    Case("R0019", line(GREEN_LINE, 0.2), line(GREEN_LINE, 0.25)),
    Case("R0019", paint("q 0.1 0 0 1 0 0 cm 0.5 0 1 0 K 1 w 600 100 m 2000 100 l S Q"),
         what="squeezed"),
    Case("R0019", area(GREEN, 0.2, 100), area(GREEN, 0.3, 100), what="rectangle"),
    Case("R0019", paint("0.5 0 1 0 k 60 60 m 60.2 60 l 60.2 90 l 60 90 l h f"),
         paint("0.5 0 1 0 k 60 60 m 90 60 90 60 90 90 c 70 90 l h 60 60 m f"), what="polygon"),
    Case("R0020", both(SPOT, area("/Spot cs 1 scn", 50, 50)),
         both(OF_BLACK, area("/K cs 0.5 scn", 50, 50))),
    Case("R0020", image(10, 1, separation("Varnish")), image(10, 1, separation("Cyan")),
         what="picture"),
    Case("R0024", both(ALL, area("/All cs 1 scn", 50, 50)),
         both(ALL, paint("/All cs 1 scn 0 0 10 10 re f"))),
    Case("R0027", text("0 0 0 rg"), text(BLACK), what="content"),
    Case("R0027", area("/DeviceRGB cs 1 0 0 scn", 50, 50), what="cs"),
    Case("R0027", resource("ColorSpace", "DefaultCMYK", icc_space), what="default"),
    Case("R0027", resource("ColorSpace", "L", lab), what="unused"),
    Case("R0027", both(resource("XObject", "X", form("1 0 0 RG 1 w 0 0 m 9 9 l S")),
                       paint("/X Do")),
         both(resource("XObject", "X", form("1 0 0 0 K 1 w 60 60 m 90 90 l S")), paint("/X Do")),
         what="form"),
    Case("R0027", both(tiling("1 0 0 rg 0 0 5 5 re f"), area("/Pattern cs /P scn", 50, 50)),
         both(tiling("1 0 0 0 k 0 0 5 5 re f"), area("/Pattern cs /P scn", 50, 50)),
         what="tiling"),
    Case("R0027", both(resource("Pattern", "P", lambda _: shading_pattern(Name.DeviceRGB)),
                       area("/Pattern cs /P scn", 50, 50)),
         both(resource("Pattern", "P", lambda _: shading_pattern(Name.DeviceCMYK)),
              area("/Pattern cs /P scn", 50, 50)), what="shading pattern"),
    Case("R0027", both(resource("Shading", "S", lambda _: shading(Name.DeviceRGB)),
                       paint("/S sh")),
         both(resource("Shading", "S", lambda _: shading(Name.DeviceCMYK)), paint("/S sh")),
         what="shading"),
    Case("R0027", image(10, 1, Name.DeviceRGB), image(10, 1), what="picture"),
    Case("R0027", image(10, 1, indexed), what="palette"),
    Case("R0027", image(10, 1, None), what="no space"),
    Case("R0027", gray_mask(Name.DeviceRGB), gray_mask(Name.DeviceGray), what="picture mask"),
    Case("R0027", soft_mask("1 0 0 rg 0 0 5 5 re f"), soft_mask("1 g 0 0 5 5 re f"),
         what="soft mask"),
    Case("R0027", soft_mask("", Name.DeviceRGB), what="group of a soft mask"),
    Case("R0027", paint("q 9 0 0 9 60 60 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc\nEI Q"),
         paint("q 9 0 0 9 60 60 cm BI /W 1 /H 1 /CS /CMYK /BPC 8 ID abcd\nEI Q"), what="inline"),
    Case("R0030", setting(Group=lambda: Dictionary(S=Name.Transparency, CS=Name.DeviceGray)),
         setting(Group=lambda: Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK))),
    Case("R0030", both(resource("XObject", "X", form("", Group=Dictionary(
        S=Name.Transparency, CS=Name.DeviceGray))), paint("/X Do")), what="form"),
    Case("R0031", image(100, 32.1), image(100, 32), what="warning"),  # 224, 225 ppi
    Case("R0031", image(100, 48.2), image(16, 200), what="error"),
    Case("R0032", image(100, 9.01, Name.DeviceGray, 1), image(100, 9, Name.DeviceGray, 1)),
    Case("R0035", root("/OutputIntents", None), what="none"),
    Case("R0035", intent(S=Name.GTS_PDFA1), what="another"),
    Case("R0035", intent(OutputConditionIdentifier=None), what="no condition"),
    Case("R0035", intent(DestOutputProfile=None), what="no profile"),
    Case("R0035", intent_profile(files.profile(space=b"RGB ")), what="RGB"),
    Case("R0035", intent_profile(files.profile(kind=b"mntr")), what="monitor"),
    Case("R0035", intent_profile(b"too short"), what="short"),
    Case("R0036", layers(off=True), layers()),
    Case("R0036", layers(base_off=True), layers(base_off=True, on=True), what="base state"),
    Case("B-safe", at(31.0), at(31.7)),  # 3.9 and 4.1 mm from the trim
    Case("B02", font(lambda _, d: d.__delitem__("/FontFile2")), what="not embedded"),
    Case("B02", program(b""), what="empty"),
    Case("B02", program(without_outlines()), what="no outlines"),
    Case("B02", program(files.font_program()[:300]), what="cut off"),
    Case("B03", setting(BleedBox=lambda: Array([11.6, 11.4, 328.6, 428.6])),
         setting(BleedBox=lambda: Array([11.5, 11.49, 328.51, 428.51])), what="3 mm"),
    Case("B03", setting(BleedBox=lambda: Array([-10, 8, 332, 432])), what="media"),
    Case("B03", setting(BleedBox=lambda: Array([30, 30, 310, 410])), what="inside out"),
    Case("B03", setting(TrimBox=None), what="no trim"),
    Case("B03", setting(ArtBox=lambda: Array(files.TRIM)), what="trim and art"),
    Case("B05", annotation("/Link", (50, 50, 60, 60)), annotation("/Link", (0, 0, 8, 8))),
    Case("B05", annotation("/Text", (50, 50, 60, 60)),
         annotation("/PrinterMark", (50, 50, 60, 60)), what="press"),
    Case("B06", font(lambda f, _: f.__delitem__("/ToUnicode")), what="no map"),
    Case("B06", characters(c0001="0020", c0002="0041"), what="gap"),
    Case("B06", characters(c0002="FFFD", c0003="0042"), what="replacement"),
    Case("B06", characters(c0002="E000", c0003="0042"), what="private"),
    Case("B06", characters(c0002="0042", c0003="0041"), what="wrong"),
    Case("B07", both(shown("0000"), characters(c0000="0041", c0002="0041", c0003="0042")),
         shown("0001"), what="notdef"),
    Case("B07", program(only_b_without_outline()), what="lost outline"),
    Case("B09", line(CYAN.replace("k", "K"), 0), line(CYAN.replace("k", "K"), 0.1)),
]  # fmt: skip


def without_alt(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot.K.K[1]["/Alt"]


def as_heading(role: str) -> files.Change:
    return lambda pdf: pdf.Root.StructTreeRoot.K.K[0].__setattr__("S", Name(role))


def more_headings(*roles: str) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        tree = pdf.Root.StructTreeRoot
        tree.RoleMap = Dictionary(Chapter=Name.H2)
        for role in roles:
            tree.K.K.append(pdf.make_indirect(Dictionary(S=Name(role), P=tree.K)))

    return change


def many_pages(count: int, bookmarks: bool = False) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for _ in range(count - 1):
            pdf.add_blank_page()
        if bookmarks:
            with pdf.open_outline() as outline:
                outline.root.append(pikepdf.OutlineItem("One", 0))

    return change


def link(**entries: object) -> files.Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            if value is None:
                del files.first(pdf).Annots[0][f"/{key}"]
            else:
                files.first(pdf).Annots[0][f"/{key}"] = value

    return change


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = b"text"


SCREEN_CASES = [
    Case("B10", root("/OpenAction", lambda _: Dictionary(S=Name.JavaScript, JS=b"x"))),
    Case("B10", link(A=Dictionary(S=Name.Launch, F=b"calc.exe")),
         link(A=Dictionary(S=Name.GoToR, F=b"other.pdf")), what="launch"),
    Case("B10", attached, what="attachment"),
    Case("B21", metadata("Small", " "), what="empty"),
    Case("B21", root("/Metadata", None), what="no metadata"),
    Case("B21", root("/ViewerPreferences", None), what="not shown"),
    Case("B22", root("/Lang", None), root("/Lang", lambda _: String("pt-BR"))),
    Case("B22", root("/Lang", lambda _: String("a language")), what="no tag"),
    Case("B23", root("/MarkInfo", None), what="not marked"),
    Case("B23", root("/StructTreeRoot", None), what="no tree"),
    Case("B23", paint("10 10 50 50 re f"), paint("/Artifact BMC 10 10 50 50 re f EMC"),
         what="untagged"),
    Case("B24", without_alt),
    Case("B25", as_heading("/H2"), as_heading("/P"), what="first"),
    Case("B25", more_headings("/Chapter", "/H4"), more_headings("/Chapter", "/H3", "/H1"),
         what="gap"),
    Case("B26", many_pages(21), many_pages(20)),
    Case("B26", many_pages(21), many_pages(21, bookmarks=True), what="bookmarks"),
    Case("B27", link(Contents=String(" ")), what="no description"),
    Case("B27", link(StructParent=None), what="not tagged"),
    Case("B27", setting(Tabs=None), what="order"),
    Case("B02", program(without_outlines()), what="screen"),
    Case("B06", font(lambda f, _: f.__delitem__("/ToUnicode")), what="screen"),
]  # fmt: skip


def ids(cases: list[Case]) -> list[str]:
    return [f"{case.rule} {case.what}".strip() for case in cases]


def test_the_files_themselves_break_no_rule() -> None:
    assert found(files.print_file(), PRINT) == []
    assert found(files.screen_file(), SCREEN) == []


@pytest.mark.parametrize("case", PRINT_CASES, ids=ids(PRINT_CASES))
def test_a_rule_of_print(case: Case) -> None:
    broken, passing = files.print_file(), files.print_file()
    case.broken(broken)
    case.passing(passing)
    assert {finding.rule for finding in found(broken, PRINT)} == {case.rule}
    assert found(passing, PRINT) == []


@pytest.mark.parametrize("case", SCREEN_CASES, ids=ids(SCREEN_CASES))
def test_a_rule_of_the_screen(case: Case) -> None:
    broken, passing = files.screen_file(), files.screen_file()
    case.broken(broken)
    case.passing(passing)
    assert {finding.rule for finding in found(broken, SCREEN)} == {case.rule}
    assert found(passing, SCREEN) == []


def test_the_number_of_pages_is_held_to_the_binding() -> None:
    assert found(files.print_file(), Job("print", multiple_of=4))[0].rule == "B04"
    pdf = files.print_file()
    for _ in range(3):
        second_page(300)(pdf)
    assert found(pdf, Job("print", multiple_of=4)) == []


def test_every_rule_has_a_case() -> None:
    elsewhere = {"B01", "B04", "B08"}  # in test_preflight.py and above
    shown = {case.rule for case in PRINT_CASES + SCREEN_CASES}
    assert {rule.id for rule in own_rules()} == shown | elsewhere


@pytest.mark.parametrize(("points", "level"), [(13.12, Level.ERROR), (13.1, Level.WARNING)])
def test_how_coarse_line_art_is_decides_the_level(points: float, level: Level) -> None:
    pdf = files.print_file()
    image(100, points, Name.DeviceGray, 1)(pdf)  # 549 and 550 ppi
    (finding,) = found(pdf, PRINT)
    assert (finding.rule, finding.level) == ("R0032", level)


@pytest.mark.parametrize(
    ("points", "level"), [(48.4, Level.ERROR), (48.0, Level.WARNING), (32.1, Level.WARNING)]
)
def test_how_coarse_a_picture_is_decides_the_level(points: float, level: Level) -> None:
    pdf = files.print_file()
    image(100, points)(pdf)
    (finding,) = found(pdf, PRINT)
    assert finding.level is level
    assert finding.box == pytest.approx((60, 60, 60 + points, 60 + points))


def test_findings_of_one_kind_are_summed_up_by_page() -> None:
    pdf = files.print_file()
    both(text(GREEN, 7), text(GREEN, 6))(pdf)
    (finding,) = found(pdf, PRINT)
    assert finding.message == (
        "text of 7.0 pt in CMYK 50/0/100/0, at least 8 pt (and 1 more on this page)"
    )
