"""Holds the files for print to account: PDF/X-4 as far as a machine can see, page for page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2 as pdfium
import pytest
from conftest import SMALL, Built, build, copy_project
from pikepdf import Array, Dictionary, Name, Object, Stream
from printed_words import plain

MM = 72 / 25.4
BLEED = 3  # mm, as brochure.yaml says
XMP = {
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
PROFILE = "  shop: {output: print, paper: coated, caliper: 0.1%s}\n"


@pytest.fixture
def printed(sample: Built) -> list[Path]:
    return sample.made_for("print")


def test_every_edition_has_a_file_for_print_and_every_brochure_a_booklet(sample: Built) -> None:
    names = {output: set(map(str, sample.made_for(output))) for output in ("screen", "print")}
    assert names["print"] == {name.removesuffix(".pdf") + "-print.pdf" for name in names["screen"]}
    booklets = {path.relative_to(sample.out).as_posix() for path in sample.made_for("booklet")}
    assert "en/brochure-en-booklet.pdf" in booklets
    assert not [name for name in booklets if "/plans/" in name or "/events/" in name]


def test_trim_bleed_and_media_boxes_are_right(printed: list[Path]) -> None:
    for path in printed:
        screen = pypdf.PdfReader(screen_of(path))
        for page, shown in zip(pypdf.PdfReader(path).pages, screen.pages, strict=True):
            trim, bleed = box_of(page, "/TrimBox"), box_of(page, "/BleedBox")
            assert [round(v / MM, 2) for v in (trim[0] - bleed[0], bleed[3] - trim[3])] == [
                BLEED,
                BLEED,
            ]
            assert box_of(page, "/MediaBox") == bleed
            assert "/CropBox" not in page
            assert [round(v, 2) for v in trim] == [round(v, 2) for v in box_of(shown, "/MediaBox")]


def box_of(page: pypdf.PageObject, name: str) -> list[float]:
    box = page[name]
    assert isinstance(box, list)
    return [float(side) for side in box]


def screen_of(path: Path) -> Path:
    return path.with_name(path.name.replace("-print.pdf", ".pdf"))


def test_screen_and_print_agree_page_for_page(printed: list[Path]) -> None:
    for path in printed[::4]:
        assert words_of(path) == words_of(screen_of(path)), path


def words_of(path: Path) -> list[str]:
    with pdfium.PdfDocument(path) as document:
        return [plain(page.get_textpage().get_text_range()) for page in document]


def test_the_output_intent_is_fogra39_with_its_profile(sample: Built, printed: list[Path]) -> None:
    profile = (sample.root / "icc/ISOcoated_v2_300_bas.icc").read_bytes()
    for path in printed:
        with pikepdf.open(path) as pdf:
            (intent,) = pdf.Root.OutputIntents
            assert intent.S == Name.GTS_PDFX
            assert str(intent.OutputConditionIdentifier) == "FOGRA39"
            assert str(intent.RegistryName) == "http://www.color.org"
            assert intent.DestOutputProfile.read_bytes() == profile
            assert intent.DestOutputProfile.N == 4


def test_a_file_says_that_it_is_pdf_x_4_and_has_its_ids(printed: list[Path]) -> None:
    instances = set()
    for path in printed:
        with pikepdf.open(path) as pdf:
            assert pdf.pdf_version == "1.6"
            assert str(pdf.docinfo["/Trapped"]) == "/False"
            xmp = ET.fromstring(pdf.Root.Metadata.read_bytes().decode().strip("\ufeff"))
        assert text_of(xmp, "pdfxid:GTS_PDFXVersion") == "PDF/X-4"
        assert text_of(xmp, "pdf:Trapped") == "False"
        assert re.fullmatch(r"uuid:[0-9a-f-]{36}", text_of(xmp, "xmpMM:DocumentID"))
        instances.add(text_of(xmp, "xmpMM:InstanceID"))
    assert len(instances) == len(printed)


def text_of(xmp: ET.Element, path: str) -> str:
    found = xmp.find(f".//{path}", XMP)
    assert found is not None, path
    return found.text or ""


def test_nothing_for_readers_at_a_screen_is_left(printed: list[Path]) -> None:
    for path in printed:
        with pikepdf.open(path) as pdf:
            keys = {"/StructTreeRoot", "/MarkInfo", "/Outlines", "/AcroForm", "/OpenAction"}
            assert not keys & set(pdf.Root.keys()), path
            assert not pdf.is_encrypted
            for page in pdf.pages:
                assert Name.Annots not in page.obj
                assert Name.StructParents not in page.obj


def test_no_rgb_is_left_anywhere(printed: list[Path]) -> None:
    wrong = []
    for path in printed[::3]:
        with pikepdf.open(path) as pdf:
            for each in pdf.objects:
                if isinstance(each, Stream | Dictionary | Array) and names_rgb(each):
                    wrong.append(f"{path.name}: {each.objgen}")
            for page in pdf.pages:
                for instruction in pikepdf.parse_content_stream(page):
                    if str(instruction.operator) in ("rg", "RG", "g", "G"):
                        wrong.append(f"{path.name}: {instruction}")
    assert wrong == []


def names_rgb(each: Object) -> bool:
    values = each.values() if isinstance(each, Dictionary | Stream) else list(each)
    return any(value in (Name.DeviceRGB, Name.CalRGB, Name.Lab) for value in values)


def test_another_bleed_and_marks_are_a_matter_of_the_profile(tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    brochure = root / "brochure.yaml"
    text = brochure.read_text(encoding="utf-8")
    brochure.write_text(
        f"{text}print:\n{PROFILE % ', bleed: 5'}  marked: {{output: print, paper: x, "
        "caliper: 0.1, marks: true}\n",
        encoding="utf-8",
    )
    built = build(root, tmp_path / "out", "--practice", "mill-fund", "--language", "en")
    plain_file, marked = (
        pypdf.PdfReader(built.pdf(f"en/practices/mill-fund-en-print{ending}.pdf"))
        for ending in ("", "-marked")
    )
    left = [box_of(p, "/TrimBox")[0] - box_of(p, "/MediaBox")[0] for p in plain_file.pages]
    assert {round(points / MM, 1) for points in left} == {5.0}
    for page in marked.pages:
        assert box_of(page, "/BleedBox")[0] - box_of(page, "/MediaBox")[0] > 5 * MM
    with pikepdf.open(built.pdf("en/practices/mill-fund-en-print-marked.pdf")) as pdf:
        assert all(Name.Annots not in page.obj for page in pdf.pages)


def test_the_same_project_gives_the_same_bytes_for_print(tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    brochure = root / "brochure.yaml"
    brochure.write_text(
        brochure.read_text(encoding="utf-8")
        + f"print:\n{PROFILE % ''}  office: {{output: booklet, paper: x, caliper: 0.1}}\n",
        encoding="utf-8",
    )
    arguments = ("--practice", "mill-fund", "--language", "en")
    sums = [
        [
            (entry["file"], entry["sha256"])
            for entry in json.loads(
                (build(root, tmp_path / name, *arguments).out / "manifest.json").read_text()
            )["files"]
        ]
        for name in ("one", "two")
    ]
    assert sums[0] == sums[1]
    assert len(sums[0]) == 3
