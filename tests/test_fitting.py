"""A text is fitted to the pages of its layout: roomy, as it is, dense, or told to be too long."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from bound_file import MM
from conftest import SMALL, Built, copy_project

from brochure.build import check
from brochure.build.shop import Request, Shop
from brochure.diagnostics import Diagnostics
from brochure.editions import Kind
from brochure.layouts import Composed, Composer, Listing, Style, packed
from brochure.layouts.composition import Fit
from brochure.sources import Folder
from brochure.typeset import Galley, Job

PAGE = """@page { size: 100mm 100mm; margin: 10mm }
body, p { margin: 0; font: 10pt/12pt "Source Serif 4" }"""
HTML = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{}</body></html>'
DENSE = Style("dense.css", "p { font-size: 8pt; line-height: 9pt; color: #000001 }")
ROOMY = Style("roomy.css", "p { font-size: 12pt; line-height: 15pt; color: #000002 }")
LINE = 12 / 72 * 25.4  # mm
LINES_A_PAGE = int(80 / LINE)

Typeset = Callable[[int], tuple[Galley, float]]


@pytest.fixture(scope="module")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> Typeset:
    """Typeset so many lines that are fitted to one page; returns the size of the letters too."""
    root = copy_project(SMALL, tmp_path_factory.mktemp("fitting") / "project")

    def typeset(lines: int) -> tuple[Galley, float]:
        body = "".join(f"<p>Line {number}</p>" for number in range(lines))
        fit = Fit(1, DENSE, ROOMY)
        composed = Composed(
            "x", "x.html.j2", packed(HTML.format(body)), (Style("a.css", PAGE),), fit=fit
        )
        with Shop(Request(root, root / "out", root / "cache", 1, "test")) as shop:
            name = composed.digest
            made, failures = shop.typesetter.typeset([Job(name, composed)], lambda job, made: None)
            assert not failures
            with pikepdf.open(io.BytesIO(shop.cache.content(name))) as pdf:
                content = pdf.pages[0].Contents.read_bytes()
        size = re.search(rb"/\S+ ([\d.]+) Tf", content)
        assert size
        return made[name], float(size[1])

    return typeset


@pytest.mark.parametrize(
    ("lines", "size"),
    [(1, 12), (LINES_A_PAGE, 10), (LINES_A_PAGE + 3, 8)],
    ids=["roomy", "normal", "dense"],
)
def test_the_setting_that_fills_the_page_best_is_kept(
    typeset: Typeset, lines: int, size: float
) -> None:
    galley, found = typeset(lines)
    assert (galley.pages, galley.remarks) == (1, ())
    assert found * 0.75 == pytest.approx(size, abs=0.01)  # of CSS pixels


def test_what_fits_in_no_setting_says_how_much_is_too_much(typeset: Typeset) -> None:
    dense_a_page = int(80 / (9 / 72 * 25.4))
    galley, _ = typeset(dense_a_page + 2)
    assert galley.pages == 2
    assert [remark.rule for remark in galley.remarks] == ["copy-too-long"]
    assert "2 lines of text (14 characters) too much for 1 page" in galley.remarks[0].message


def test_a_swatch_that_only_a_setting_names_is_declared_for_it(small: Path) -> None:
    sheet = small / "layouts/atelier/practice-dense.css"
    text = sheet.read_text("utf-8")
    sheet.unlink()
    sheet.write_text(text + "h1 { color: var(--eu-yellow) }\n", "utf-8")
    found = Diagnostics()
    desk = check(Folder(small), found)
    assert desk is not None
    composer = Composer(desk.project, desk.layout, found)
    declared = {
        section.kind: "--eu-yellow:" in composed.styles[0].text
        for section, edition in desk.sections()
        if (composed := composer.section(section, edition, Listing()))
    }
    assert (declared[Kind.PRACTICE], declared[Kind.REGION]) == (True, False)


def test_every_practice_of_the_sample_fills_one_spread(sample: Built) -> None:
    pages = {}
    for path in sorted(sample.out.glob("*/practices/*.pdf")):
        if not path.stem.endswith(("-print", "-booklet")):
            with pikepdf.open(path) as pdf:
                pages[path.name] = len(pdf.pages)
    assert len(pages) >= 90
    assert {name: count for name, count in pages.items() if count != 4} == {}


LEADING = 12.5  # pt, the baseline grid of the layout
TYPE_AREA = (17 * MM, (210 - 13) * MM)  # pt from the foot of the page


def test_the_columns_of_a_practice_share_the_baseline_grid(sample: Built) -> None:
    """Lines of body text in both columns stand on one grid, within 0.2 mm."""
    astray, seen = [], 0
    for path in sorted(sample.out.glob("*/practices/*.pdf")):
        if path.stem.endswith(("-print", "-booklet")):
            continue
        lines = baselines_of_text(path, 2)
        seen += len(lines)
        first = max(lines)
        for line in lines:
            off = (first - line + LEADING / 2) % LEADING - LEADING / 2
            if abs(off) > 0.2 * MM:
                astray.append(f"{path.name}: {line:.2f} pt is {off:.2f} pt off")
    assert seen > 3000
    assert astray == []


def baselines_of_text(path: Path, index: int) -> set[float]:
    """Return the baselines, in pt, of the lines that are set in the text's typeface."""
    found = set()
    with pdfium.PdfDocument(path) as pdf:
        text = pdf[index].get_textpage()
        x, y, flags = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
        name = ctypes.create_string_buffer(100)
        for number in range(text.count_chars()):
            pdfium.raw.FPDFText_GetCharOrigin(text, number, x, y)
            size = pdfium.raw.FPDFText_GetFontInfo(text, number, name, len(name), flags)
            if b"Source-Serif" in name.raw[:size] and TYPE_AREA[0] < y.value < TYPE_AREA[1]:
                found.add(round(y.value, 2))
    return found
