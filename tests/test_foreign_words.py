"""Holds words in another language to account: in the tags of the PDF, and in how they are set."""

from __future__ import annotations

import pytest
from bound_file import bound_file
from conftest import SMALL, Built, build, copy_project
from validation import FLAVOURS, failures_of

from brochure.languages import NARROW

FRENCH = '[Théâtre *royal* "neuf" !]{lang=fr}'
GERMAN = "[the **Mühle**](brochure:practice/mill-fund){lang=de}"
LEAFLET = "en/practices/harbour-lab-en.pdf"
BROCHURE = "en/brochure-en.pdf"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small project, with words in French and German in an English text."""
    root = copy_project(SMALL, tmp_path_factory.mktemp("foreign") / "project")
    text = root / "practices/harbour-lab/en.md"
    written = text.read_text(encoding="utf-8")
    words = f'The "lab" of the {FRENCH} is "near" {GERMAN}. '
    text.write_text(written.replace("The lab stands ", f"{words}The lab stands "), encoding="utf-8")
    chosen = ("--edition=brochure", "--edition=leaflets", "--language=en", "--output=screen")
    return build(root, root / "proof", *chosen)


@pytest.mark.parametrize("name", [LEAFLET, BROCHURE])
def test_a_screen_reader_hears_each_language(foreign: Built, name: str) -> None:
    sections = [s for s in bound_file(foreign, name).sections if s.section.subject == "harbour-lab"]
    (section,) = sections
    french = section.words_in("fr").replace(NARROW, " ")  # PDFium knows one kind of space
    assert french == "Théâtre royal « neuf » !"
    assert section.words_in("de") == "the Mühle"
    assert "The “lab” of the" in section.words_in("en")
    assert "is “near”" in section.words_in("en")
    spans = [e for e in section.elements if e.object.get("/Lang") == "fr"]
    assert [each.kind for each in spans] == ["/Span"]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_files_with_several_languages_pass(foreign: Built, flavour: str) -> None:
    for pdf in (foreign.pdf(LEAFLET), foreign.pdf(BROCHURE)):
        assert failures_of(pdf, flavour) == [], pdf


def test_the_text_itself_keeps_no_braces(foreign: Built) -> None:
    words = bound_file(foreign, LEAFLET).printed
    assert not any("{" in page or "]" in page for page in words)
