"""Holds QR codes to account: a decoder reads each from the printed page, and none from the screen.

The decoder (ZXing) gets pages as PDFium renders them, at the resolution of a cheap scanner.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
import segno
import yaml
import zxingcpp
from bound_file import MM
from conftest import ROOT, Built, build
from pikepdf import Name

from brochure.codes import FINEST, QUIET, Code, modules

LANGUAGES = ("en", "fr", "de", "it", "ca")
COMFORTABLE = 0.4  # mm, a module that any telephone reads in poor light
DPI = 200


def first_links() -> dict[str, str]:
    """Return the first address of each practice of the sample that has one."""
    found = {}
    for path in sorted((ROOT / "practices").glob("*/practice.yaml")):
        if links := yaml.safe_load(path.read_text(encoding="utf-8")).get("links"):
            found[path.parent.name] = links[0]
    return found


LINKS = first_links()


@cache
def read_from(path: Path) -> tuple[str, ...]:
    """Return what a decoder reads from all pages of a file."""
    with pdfium.PdfDocument(path) as pdf:
        pages = (page.render(scale=DPI / 72).to_pil() for page in pdf)
        return tuple(code.text for page in pages for code in zxingcpp.read_barcodes(page))


# On paper, and only there.


def test_sample_has_practices_with_a_link() -> None:
    assert len(LINKS) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("practice", LINKS)
@pytest.mark.parametrize("output", ["print", "booklet"])
def test_code_of_a_leaflet_is_read_back(
    sample: Built, output: str, practice: str, language: str
) -> None:
    leaflet = sample.pdf(f"{language}/practices/{practice}-{language}-{output}.pdf")
    assert read_from(leaflet) == (LINKS[practice],)


@pytest.mark.parametrize("output", ["print", "booklet"])
def test_codes_of_the_whole_brochure_are_read_back(sample: Built, output: str) -> None:
    read = read_from(sample.pdf(f"de/brochure-de-{output}.pdf"))
    assert sorted(read) == sorted(LINKS.values())


def test_screen_file_has_no_code(sample: Built) -> None:
    assert read_from(sample.pdf("de/brochure-de.pdf")) == ()
    for practice in LINKS:
        assert read_from(sample.pdf(f"en/practices/{practice}-en.pdf")) == ()


def test_practice_without_a_link_has_no_code(sample: Built) -> None:
    assert read_from(sample.pdf("en/practices/sowalfin-en-print.pdf")) == ()


# How they are drawn.


def drawn_codes(path: Path) -> list[str]:
    """Return the operators of each code in a file for print: artifacts of the layout's."""
    found = []
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            page.contents_coalesce()
            content = page.obj.Contents.read_bytes().decode("latin-1")
            artifacts = re.findall(r"/Artifact <</Type /Layout>> BDC\n(.*?)EMC", content, re.S)
            found += artifacts
    return found


def test_code_is_one_path_in_black_alone(sample: Built) -> None:
    codes = drawn_codes(sample.pdf("en/brochure-en-print.pdf"))
    assert len(codes) == len(LINKS)
    for code in codes:
        assert len(re.findall(r"\bf\n", code)) == 2  # the square of paper, and one path
        colours = re.findall(r"([\d. ]+) k\b", code)
        assert [each.split() for each in colours] == [["0"] * 4, ["0", "0", "0", "1"]]
        assert not re.search(r"\b(?:rg|g)\b", code)
        unit = float(re.findall(r"([\d.]+) 0 0 -[\d.]+ ", code)[0])
        assert unit / MM >= COMFORTABLE


def test_code_of_a_booklet_is_grey_without_a_press_profile(sample: Built) -> None:
    with pikepdf.open(sample.pdf("en/practices/wallimage-en-booklet.pdf")) as pdf:
        forms = {o.objgen: o for o in pdf.objects if isinstance(o, pikepdf.Stream)}
        streams = [f.read_bytes() for f in forms.values() if f.get(Name.Subtype) == Name.Form]
    drawn = [content for content in streams if b"\n0 g " in content and b"/Layout" in content]
    assert len(drawn) == 1


@pytest.mark.parametrize("address", ["https://www.kikk.be", "https://example.org/" + "a/" * 40])
def test_path_covers_the_dark_modules_and_no_other(address: str) -> None:
    from brochure.finish.codes import _runs

    rows = modules(address)
    dark = {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
    covered = set()
    for run in _runs(rows):
        x, y, width, height, operator = run.split()
        assert (height, operator) == ("1", "re")
        covered |= {(int(x) - QUIET + step, int(y) - QUIET) for step in range(int(width))}
    assert covered == dark
    assert len(rows) == segno.make_qr(address, error="m").symbol_size(border=0)[0]


# What is too long.


def test_modules_of_a_longer_address_are_finer() -> None:
    codes = [Code(0, 0, 0, 18 * MM, "https://example.org/" + "a" * n) for n in range(0, 300, 20)]
    widths = [code.module for code in codes]
    assert all(one >= other for one, other in itertools.pairwise(widths))
    readable = [code.is_readable for code in codes]
    assert readable == sorted(readable, reverse=True)
    assert readable[0]
    assert not readable[-1]
    assert all(code.is_readable == (code.module >= FINEST) for code in codes)


def test_address_longer_than_any_code_has_none() -> None:
    code = Code(0, 0, 0, 18 * MM, "https://example.org/" + "a" * 2400)
    assert (code.module, code.is_readable) == (0.0, False)


def test_code_that_is_too_fine_is_not_printed(small: Path) -> None:
    sheet = small / "practices/mill-fund/practice.yaml"
    address = "https://example.org/" + "long-" * 25
    text = sheet.read_text(encoding="utf-8")
    text += f"links: [{address}]\n"
    sheet.unlink()
    sheet.write_text(text, encoding="utf-8")
    print_ = "\nprint:\n  offset: {output: print, paper: {en: coated}, caliper: 0.1}\n"
    configuration = small / "brochure.yaml"
    configuration.write_text(configuration.read_text(encoding="utf-8") + print_, encoding="utf-8")
    built = build(small, small / "out", "--practice", "mill-fund", "--language", "en")
    said = [each for each in built.report["diagnostics"] if each["rule"] == "code-too-fine"]
    assert [(each["file"], each["line"]) for each in said] == [
        ("practices/mill-fund/practice.yaml", text.count("\n"))
    ]
    (made,) = built.made_for("print")
    assert drawn_codes(made) == []
