"""Holds every layout to the contract, and the second one to what it promises: text, no pictures.

A layout is a folder: nothing of it may be in another one, nor in the program.
"""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, SMALL, Built, build, copy_project, run_brochure
from on_the_desk import add_photo
from pypdf import PdfReader
from validation import FLAVOURS, failures_of

from brochure.build import check
from brochure.cli import ExitCode
from brochure.diagnostics import Diagnostics
from brochure.editions import Kind
from brochure.layouts import Composer, Listing
from brochure.sources import Folder

LAYOUTS = sorted(path.name for path in (ROOT / "layouts").iterdir())
TEMPLATES = [*Kind, "filler", "folios", "print-order"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_a_template_for_everything(layout: str) -> None:
    there = {path.name for path in (ROOT / "layouts" / layout).glob("*.html.j2")}
    assert {f"{name}.html.j2" for name in TEMPLATES} <= there


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_names_no_other(layout: str) -> None:
    files = [path for path in (ROOT / "layouts" / layout).rglob("*") if path.is_file()]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert not any(f"{other}/" in text for other in LAYOUTS if other != layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_section_of_the_sample_is_composed(layout: str) -> None:
    found = Diagnostics()
    assert check(Folder(ROOT), found, layout) is not None
    assert [each for each in found if each.place.file.startswith("layouts/")] == []


def test_two_layouts_share_no_typeset_section(small: Path) -> None:
    seen: list[set[str]] = []
    for layout in LAYOUTS:
        found = Diagnostics()
        desk = check(Folder(small), found, layout)
        assert desk is not None
        composer = Composer(desk.project, desk.layout, found)
        composed = [composer.section(*each, Listing()) for each in desk.sections()]
        seen.append({each.digest for each in composed if each})
    assert all(seen)
    assert set.intersection(*seen) == set()


# -- the layout `ledger`


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A part of the small project, with a photo that this layout does not print."""
    root = copy_project(SMALL, tmp_path_factory.mktemp("ledger") / "project")
    add_photo(root, "red")
    chosen = [f"--edition={name}" for name in ("brochure", "plans", "summaries", "events")]
    return build(root, root / "proof", "--layout", "ledger", "--output", "screen", *chosen)


def test_the_text_is_there(ledger: Built) -> None:
    pages = [page.extract_text() for page in PdfReader(ledger.pdf("fr/brochure-fr.pdf")).pages]
    assert "Une petite brochure" in pages[0]
    (practice,) = [text for text in pages if "LE NORD" in text]
    assert "prête machines et salles" in practice
    assert "1\N{NARROW NO-BREAK SPACE}200 visiteurs" in practice
    assert sum("pas encore été traduit" in text for text in pages) == 1
    assert "Union européenne" in pages[-1]


def test_there_are_no_images(ledger: Built) -> None:
    assert len(ledger.pdfs) == 7
    for pdf in ledger.pdfs:
        assert not any(page.images for page in PdfReader(pdf).pages), pdf


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_its_files_are_tagged_and_pass(ledger: Built, flavour: str) -> None:
    for pdf in ledger.pdfs:
        with pikepdf.open(pdf) as file:
            assert file.Root.MarkInfo.Marked
            assert len(file.Root.StructTreeRoot.K)
        assert failures_of(pdf, flavour) == [], pdf


def test_every_page_of_a_draft_says_so(ledger: Built) -> None:
    pages = PdfReader(ledger.pdf("en/plans/north-en.pdf")).pages
    assert all("DRAFT" in page.extract_text().upper() for page in pages)


# -- the option


def test_another_layout_goes_into_a_folder_of_its_own(small: Path) -> None:
    part = ("build", "--practice", "mill-fund", "--language", "en", "--output", "screen")
    file = "en/practices/mill-fund-en.pdf"
    assert run_brochure(*part, root=small).returncode == 0
    before = (small / "out" / file).read_bytes()
    result = run_brochure(*part, "--layout", "ledger", root=small)
    assert result.returncode == 0, result.stderr
    assert (small / "out" / file).read_bytes() == before
    assert (small / "out-ledger" / file).read_bytes() != before
    assert run_brochure(*part, "--layout", "ledger", root=small).stdout.count("reused") == 1


@pytest.mark.parametrize("command", [["build"], ["check"], ["print-order", "x", "--copies", "1"]])
def test_an_unknown_layout_is_refused(small: Path, command: list[str]) -> None:
    result = run_brochure(*command, "--layout", "../layouts/ledger", root=small)
    assert result.returncode == ExitCode.USAGE
    assert '--layout: there is no layout "../layouts/ledger"' in result.stderr
