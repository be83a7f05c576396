"""Holds the HTML of the sections to account: every kind of section, as the layout writes it.

One expected file for each in tests/golden/; motifs, which are long, stand there as a digest.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from conftest import SMALL, Expected, copy_project
from on_the_desk import Desktop, desktop

from brochure.editions import Kind

GOLDEN = Path(__file__).parent / "golden"
MOTIF = re.compile(r"data:image/svg\+xml,[^&\"]*")

# Expected file, kind of section, and the family and subject of the edition that it is taken from.
SECTIONS = [
    ("cover-of-the-brochure", Kind.COVER, "brochure", ""),
    ("cover-of-a-region", Kind.COVER, "regions", "north"),
    ("cover-of-a-leaflet", Kind.COVER, "leaflets", "harbour-lab"),
    ("cover-of-a-leaflet-without-translation", Kind.COVER, "leaflets", "mill-fund"),
    ("imprint", Kind.IMPRINT, "brochure", ""),
    ("contents", Kind.CONTENTS, "brochure", ""),
    ("contents-of-a-region", Kind.CONTENTS, "regions", "south"),
    ("project", Kind.PROJECT, "brochure", ""),
    ("region", Kind.REGION, "regions", "north"),
    ("region-without-text", Kind.REGION, "regions", "south"),
    ("practice", Kind.PRACTICE, "leaflets", "harbour-lab"),
    ("practice-without-translation", Kind.PRACTICE, "leaflets", "mill-fund"),
    ("index", Kind.INDEX, "brochure", ""),
    ("back-of-the-brochure", Kind.BACK, "brochure", ""),
    ("back-of-a-leaflet", Kind.BACK, "leaflets", "harbour-lab"),
]


@pytest.fixture(scope="module")
def composing(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    return desktop(copy_project(SMALL, tmp_path_factory.mktemp("sections") / "project"))


def without_motifs(html: str) -> str:
    return MOTIF.sub(lambda m: f"motif:{hashlib.sha256(m[0].encode()).hexdigest()[:16]}", html)


# Expected files.


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("name", "kind", "family", "subject"), SECTIONS)
def test_a_section_is_written_as_expected(
    composing: Desktop,
    expected: Expected,
    name: str,
    kind: Kind,
    family: str,
    subject: str,
    language: str,
) -> None:
    html = composing.html(kind, composing.edition(family, subject, language))
    expected.check(GOLDEN / f"{name}-{language}.html", without_motifs(html))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_filler_is_written_as_expected(composing: Desktop, expected: Expected, side: str) -> None:
    filler = composing.composer.filler("en", side, "ochre")
    assert filler is not None
    expected.check(GOLDEN / f"filler-{side}.html", without_motifs(filler.html))


def test_a_sheet_of_folios_holds_each_number_on_a_page_of_its_own(composing: Desktop) -> None:
    sheet = composing.composer.folios("fr", 12)
    assert sheet is not None
    assert not sheet.tagged, "folios are laid over pages as artifacts"
    pages = re.findall(r'<div class="page"><span>(\d+)</span></div>', sheet.html)
    assert pages == [str(number) for number in range(1, 13)]


def test_there_is_an_expected_file_for_every_kind_of_section() -> None:
    assert {kind for _, kind, _, _ in SECTIONS} == set(Kind)
    names = {f"{name}-{tag}.html" for name, _, _, _ in SECTIONS for tag in ("en", "fr")}
    fillers = {"filler-left.html", "filler-right.html"}
    assert {path.name for path in GOLDEN.iterdir()} == names | fillers


# Every word that an author wrote.


@pytest.mark.parametrize(
    "text",
    ["practices/mill-fund", "pages/north", "pages/project"],
    ids=lambda path: Path(path).name,
)
def test_no_passage_of_a_text_is_left_out(small: Path, text: str) -> None:
    source = small / text / "en.md"
    passage = (
        "\n\n## A heading of its own\n\nWords under a heading.\n\n### A lower one\n\n- an item\n"
    )
    source.write_text(source.read_text(encoding="utf-8").rstrip() + passage, encoding="utf-8")
    html = "".join(desktop(small).every_section().values())
    for words in ("A heading of its own", "Words under a heading.", "A lower one", "an item"):
        assert words in html, words


# Motifs and photos.


def motif_in(html: str) -> str:
    (motif,) = set(MOTIF.findall(html))
    return str(motif)


def test_a_practice_has_the_same_motif_in_every_language_and_another_than_others(
    composing: Desktop,
) -> None:
    motifs = {
        subject: {
            motif_in(composing.html(Kind.PRACTICE, composing.edition("leaflets", subject, tag)))
            for tag in ("en", "fr")
        }
        for subject in ("harbour-lab", "mill-fund")
    }
    assert {len(each) for each in motifs.values()} == {1}
    assert motifs["harbour-lab"] != motifs["mill-fund"]


def test_a_motif_stays_when_another_practice_comes_or_goes(composing: Desktop, small: Path) -> None:
    third = small / "practices" / "a-third"
    third.mkdir()
    for name in ("practice.yaml", "en.md"):
        (third / name).write_bytes((small / "practices/mill-fund" / name).read_bytes())
    now = desktop(small)
    for subject in ("harbour-lab", "mill-fund"):
        before = composing.html(Kind.PRACTICE, composing.edition("leaflets", subject, "en"))
        after = now.html(Kind.PRACTICE, now.edition("leaflets", subject, "en"))
        assert motif_in(before) == motif_in(after)
