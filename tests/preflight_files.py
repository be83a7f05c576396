"""Small PDFs that preflight is shown: one that is right for print, one for the screen, and what is
changed in them to break one rule each.

Built with pikepdf; preflight never sees pikepdf.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pikepdf import Array, Dictionary, Name, Stream, String

Change = Callable[[pikepdf.Pdf], object]

TRIM = (20.0, 20.0, 320.0, 420.0)
BLEED = (8.0, 8.0, 332.0, 432.0)
MEDIA = (0.0, 0.0, 340.0, 440.0)
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/"
 xmp:CreateDate="2024-01-01T00:00:00Z" xmp:ModifyDate="2024-01-01T00:00:00Z"
 xmp:MetadataDate="2024-01-01T00:00:00Z" xmpMM:DocumentID="uuid:1" xmpMM:VersionID="1"
 xmpMM:RenditionClass="default" pdf:Trapped="False">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Small</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@functools.cache
def font_program() -> bytes:
    """A TrueType font with four glyphs: .notdef, space, A, B."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "A", "B"])
    builder.setupCharacterMap({0x20: "space", 0x41: "A", 0x42: "B"})
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, 700), (450, 700), (450, 0)):
        pen.lineTo(point)
    pen.closePath()
    square, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": square, "space": nothing, "A": square, "B": square})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", "space", "A", "B"], (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Test", "styleName": "Regular"})
    builder.setupPost()
    stream = io.BytesIO()
    builder.save(stream)
    return stream.getvalue()


def to_unicode(**codes: str) -> bytes:
    """A ToUnicode map: `c0002="0041"`."""
    lines = "\n".join(f"<{code[1:]}> <{text}>" for code, text in codes.items())
    return (
        "begincmap\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{len(codes)} beginbfchar\n{lines}\nendbfchar\nendcmap"
    ).encode()


def add_font(pdf: pikepdf.Pdf) -> Dictionary:
    program = Stream(pdf, font_program())
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/ABCDEF+Test"), Flags=4, ItalicAngle=0,
        Ascent=800, Descent=-200, CapHeight=700, StemV=80, FontBBox=[0, -200, 500, 800],
        FontFile2=pdf.make_indirect(program),
    )  # fmt: skip
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/ABCDEF+Test"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        CIDToGIDMap=Name.Identity, DW=500, FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    characters = Stream(pdf, to_unicode(c0001="0020", c0002="0041", c0003="0042"))
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/ABCDEF+Test"),
        Encoding=Name("/Identity-H"), DescendantFonts=[pdf.make_indirect(descendant)],
        ToUnicode=pdf.make_indirect(characters),
    )  # fmt: skip
    return pdf.make_indirect(font)


def profile(space: bytes = b"CMYK", kind: bytes = b"prtr") -> bytes:
    """The head of an ICC profile, which is all that preflight reads."""
    head = bytearray(132)
    head[0:4] = (132).to_bytes(4, "big")
    head[12:16], head[16:20], head[36:40] = kind, space, b"acsp"
    return bytes(head)


GROUND = "0 0 0 0.2 k 8 8 324 424 re f\n"
TEXT = "BT /over gs 0 0 0 1 k /F 10 Tf 1 0 0 1 60 300 Tm <00020003> Tj ET\n"


def page(pdf: pikepdf.Pdf, font: Any, content: str) -> None:
    def state(**entries: Any) -> Dictionary:
        return Dictionary(Type=Name.ExtGState, **entries)

    resources = Dictionary(
        Font=Dictionary(F=font),
        ExtGState=Dictionary(
            over=state(OP=True, op=True, OPM=1),
            over0=state(OP=True, op=True, OPM=0),
            knock=state(OP=False, op=False, OPM=1),
        ),
        ColorSpace=Dictionary(),
        XObject=Dictionary(),
        Pattern=Dictionary(),
        Shading=Dictionary(),
    )
    pdf.add_blank_page(page_size=(MEDIA[2], MEDIA[3]))
    made = pdf.pages[-1].obj
    made.MediaBox, made.BleedBox, made.TrimBox = Array(MEDIA), Array(BLEED), Array(TRIM)
    made.Resources = resources
    made.Contents = pdf.make_indirect(Stream(pdf, content.encode()))


def print_file() -> pikepdf.Pdf:
    """One page that breaks no rule of print."""
    pdf = pikepdf.new()
    page(pdf, add_font(pdf), GROUND + TEXT)
    pdf.Root.Metadata = pdf.make_indirect(Stream(pdf, XMP.encode()))
    pdf.Root.Metadata.Type, pdf.Root.Metadata.Subtype = Name.Metadata, Name.XML
    icc = Stream(pdf, profile())
    icc.N = 4
    pdf.Root.OutputIntents = Array([Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFX, OutputConditionIdentifier=String("FOGRA39"),
        DestOutputProfile=pdf.make_indirect(icc),
    )])  # fmt: skip
    pdf.docinfo["/Trapped"] = Name("/False")
    return pdf


def screen_file() -> pikepdf.Pdf:
    """One page that breaks no rule of the screen: a heading, a figure, a link."""
    pdf = pikepdf.new()
    page(pdf, add_font(pdf), (
        "/Artifact BMC 0.9 0.9 0.9 rg 0 0 340 440 re f EMC\n"
        "/H1 <</MCID 0>> BDC 0 0 0 rg BT /F 10 Tf 60 300 Td <0002> Tj ET EMC\n"
        "/Figure <</MCID 1>> BDC 100 100 50 50 re f EMC\n"
        "/Link <</MCID 2>> BDC BT /F 10 Tf 60 200 Td <0003> Tj ET EMC\n"
    ))  # fmt: skip
    first = pdf.pages[0].obj
    for box in ("/TrimBox", "/BleedBox"):
        del first[box]
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(S=Name.Document, P=tree))

    def element(role: str, mcid: int, **more: Any) -> Dictionary:
        entries = Dictionary(S=Name(role), P=document, Pg=first, K=mcid, **more)
        return pdf.make_indirect(entries)

    document.K = Array([
        element("/H1", 0), element("/Figure", 1, Alt=String("a square")), element("/Link", 2),
    ])  # fmt: skip
    tree.K = document
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.Lang = String("en")
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.Metadata = pdf.make_indirect(Stream(pdf, XMP.encode()))
    first.StructParents, first.Tabs = 0, Name.S
    first.Annots = Array([pdf.make_indirect(Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=[60, 200, 100, 210], StructParent=1, F=4,
        Contents=String("to example.org"),
        A=Dictionary(S=Name.URI, URI=String("https://example.org")),
    ))])  # fmt: skip
    return pdf


def saved(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    stream = io.BytesIO()
    pdf.save(stream, fix_metadata_version=False, **how)
    return stream.getvalue()


# Changes


def first(pdf: pikepdf.Pdf) -> Dictionary:
    found: Dictionary = pdf.pages[0].obj
    return found


def paint(*content: str) -> Change:
    """Put something on top of the page."""

    def change(pdf: pikepdf.Pdf) -> None:
        before = first(pdf).Contents.read_bytes()
        first(pdf).Contents.write(before + "\n".join(("", *content, "")).encode())

    return change


def setting(**entries: object) -> Change:
    """Set entries of the page, or take out those that are None."""

    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            if value is None:
                del first(pdf)[f"/{key}"]
            else:
                first(pdf)[f"/{key}"] = value() if callable(value) else value

    return change


def root(key: str, value: Callable[[pikepdf.Pdf], object] | None) -> Change:
    """Set an entry of the catalog, or take it out."""

    def change(pdf: pikepdf.Pdf) -> None:
        if value is None:
            del pdf.Root[key]
        else:
            pdf.Root[key] = value(pdf)

    return change


def resource(category: str, name: str, make: Callable[[pikepdf.Pdf], object]) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf).Resources[f"/{category}"][f"/{name}"] = make(pdf)

    return change


def both(*changes: Change) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for one in changes:
            one(pdf)

    return change


def metadata(old: str, new: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        assert old in XMP
        pdf.Root.Metadata.write(XMP.replace(old, new).encode())

    return change


def font(change_it: Callable[[Any, Any], object]) -> Change:
    """Change the font and its descriptor."""

    def change(pdf: pikepdf.Pdf) -> None:
        found = first(pdf).Resources.Font.F
        change_it(found, found.DescendantFonts[0].FontDescriptor)

    return change


def nothing(pdf: pikepdf.Pdf) -> None:
    pass


def text(colour: str, size: float = 10, state: str = "over") -> Change:
    shown = f"BT /{state} gs {colour} /F {size} Tf 1 0 0 1 60 200 Tm <0002> Tj ET"
    return paint(shown)


def line(colour: str, width: float, state: str = "over") -> Change:
    return paint(f"/{state} gs {colour} {width} w 60 100 m 200 100 l S")


def area(colour: str, width: float, height: float, state: str = "over") -> Change:
    return paint(f"/{state} gs {colour} 60 100 {width} {height} re f")


def image(
    pixels: int, points: float, space: object = Name.DeviceCMYK, bits: int = 8, **entries: object
) -> Change:
    """Place a square picture."""

    def make(pdf: pikepdf.Pdf) -> Stream:
        channels = {"/DeviceCMYK": 4, "/DeviceRGB": 3}.get(str(space), 1)
        made = Stream(pdf, bytes((pixels * channels * bits + 7) // 8 * pixels))
        made.Type, made.Subtype = Name.XObject, Name.Image
        made.Width = made.Height = pixels
        made.BitsPerComponent = bits
        if space is not None:
            made.ColorSpace = space(pdf) if callable(space) else space
        for key, value in entries.items():
            made[f"/{key}"] = value(pdf) if callable(value) else value
        return pdf.make_indirect(made)

    placed = paint(f"q {points} 0 0 {points} 60 60 cm /Im Do Q")
    return both(resource("XObject", "Im", make), placed)


def form(content: str, **entries: object) -> Callable[[pikepdf.Pdf], Stream]:
    def make(pdf: pikepdf.Pdf) -> Stream:
        made = Stream(pdf, content.encode())
        made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 400, 500])
        for key, value in entries.items():
            made[f"/{key}"] = value(pdf) if callable(value) else value
        return pdf.make_indirect(made)

    return make


def tint(pdf: pikepdf.Pdf) -> Dictionary:
    return Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 1, 0], N=1)


def separation(ink: str) -> Callable[[pikepdf.Pdf], Array]:
    return lambda pdf: Array([Name.Separation, Name(f"/{ink}"), Name.DeviceCMYK, tint(pdf)])


@dataclass(frozen=True)
class Case:
    """What breaks a rule, and what comes as close as it may."""

    rule: str
    broken: Change
    passing: Change = nothing
    what: str = ""
