"""Holds the HTML of the sections to account: every kind of section, as the layout writes it.

One expected file for each in tests/golden/; motifs, which are long, stand there as a digest.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import SMALL, Expected, copy_project
from on_the_desk import Desktop, desktop

from brochure.editions import Kind
from brochure.model import PlanPart

GOLDEN = Path(__file__).parent / "golden"
MOTIF = re.compile(r"data:image/svg\+xml,[^&\"]*")


class Case(NamedTuple):
    """An expected file, the kind of section in it, family and subject of the edition that it is
    taken from; and of several sections of this kind, which one."""

    name: str
    kind: Kind
    family: str
    subject: str
    section: str = ""
    languages: tuple[str, ...] = ("en", "fr")

    def files(self) -> list[str]:
        return [f"{self.name}-{tag}.html" for tag in self.languages]


SECTIONS = [
    Case("cover-of-the-brochure", Kind.COVER, "brochure", ""),
    Case("cover-of-a-region", Kind.COVER, "regions", "north"),
    Case("cover-of-a-leaflet", Kind.COVER, "leaflets", "harbour-lab"),
    Case("cover-of-a-leaflet-without-translation", Kind.COVER, "leaflets", "mill-fund"),
    Case("imprint", Kind.IMPRINT, "brochure", ""),
    Case("contents", Kind.CONTENTS, "brochure", ""),
    Case("contents-of-a-region", Kind.CONTENTS, "regions", "south"),
    Case("project", Kind.PROJECT, "brochure", ""),
    Case("region", Kind.REGION, "regions", "north"),
    Case("region-without-text", Kind.REGION, "regions", "south"),
    Case("practice", Kind.PRACTICE, "leaflets", "harbour-lab"),
    Case("practice-without-translation", Kind.PRACTICE, "leaflets", "mill-fund"),
    Case("index", Kind.INDEX, "brochure", ""),
    Case("back-of-the-brochure", Kind.BACK, "brochure", ""),
    Case("back-of-a-leaflet", Kind.BACK, "leaflets", "harbour-lab"),
    Case("cover-of-a-region-with-its-plan", Kind.COVER, "events", "north"),
    Case("contents-of-a-region-with-its-plan", Kind.CONTENTS, "events", "north"),
    Case("plan-cover", Kind.PLAN_COVER, "plans", "north"),
    Case("plan-contents", Kind.PLAN_CONTENTS, "plans", "north"),
    Case("plan-contents-behind-practices", Kind.PLAN_CONTENTS, "events", "north"),
    Case("plan-frame", Kind.PLAN_FRAME, "plans", "north"),
    Case("plan-actions", Kind.PLAN_ACTIONS, "plans", "north"),
    Case("action", Kind.ACTION, "plans", "north", "north/night-school"),
    Case("action-to-be-confirmed", Kind.ACTION, "plans", "north", "north/exchange"),
    Case("plan-delivery", Kind.PLAN_DELIVERY, "plans", "north"),
    Case("plan-signature", Kind.PLAN_SIGNATURE, "plans", "north"),
    Case("plan-summary", Kind.PLAN_SUMMARY, "summaries", "north", "", ("en",)),
]

# Expected file, side, format, and whether it is the page of a draft.
FILLERS = [
    ("filler-left", "left", "a5", False),
    ("filler-right", "right", "a5", False),
    ("filler-of-a-draft", "left", "a4", True),
]


@pytest.fixture(scope="module")
def composing(tmp_path_factory: pytest.TempPathFactory) -> Desktop:
    return desktop(copy_project(SMALL, tmp_path_factory.mktemp("sections") / "project"))


def without_motifs(html: str) -> str:
    return MOTIF.sub(lambda m: f"motif:{hashlib.sha256(m[0].encode()).hexdigest()[:16]}", html)


# Expected files.


@pytest.mark.parametrize(
    ("case", "language"),
    [
        pytest.param(case, language, id=f"{case.name}-{language}")
        for case in SECTIONS
        for language in case.languages
    ],
)
def test_a_section_is_written_as_expected(
    composing: Desktop, expected: Expected, case: Case, language: str
) -> None:
    edition = composing.edition(case.family, case.subject, language)
    html = composing.html(case.kind, edition, case.section)
    expected.check(GOLDEN / f"{case.name}-{language}.html", without_motifs(html))


@pytest.mark.parametrize(("name", "side", "format_", "draft"), FILLERS)
def test_a_filler_is_written_as_expected(
    composing: Desktop, expected: Expected, name: str, side: str, format_: str, draft: bool
) -> None:
    filler = composing.composer.filler("en", side, "ochre", format_, draft)
    assert filler is not None
    expected.check(GOLDEN / f"{name}.html", without_motifs(filler.html))


def test_a_page_has_the_size_and_the_style_sheet_of_its_format(composing: Desktop) -> None:
    for format_, size in (("a5", "148.0mm 210.0mm"), ("a4", "210.0mm 297.0mm")):
        filler = composing.composer.filler("en", "left", None, format_)
        assert filler is not None
        assert [style.file.rpartition("/")[2] for style in filler.styles] == [
            *("swatches.css.j2", "base.css", f"{format_}.css", "filler.css")
        ]
        assert f"@page {{ size: {size}; bleed: 5.0mm }}" in filler.styles[0].text


@pytest.mark.parametrize(("format_", "letter"), [("a5", ""), ("a4", "P")])
def test_a_sheet_of_folios_holds_each_number_on_a_page_of_its_own(
    composing: Desktop, format_: str, letter: str
) -> None:
    sheet = composing.composer.folios("fr", 12, format_, letter)
    assert sheet is not None
    assert not sheet.tagged, "folios are laid over pages as artifacts"
    pages = re.findall(r'<div class="page"><span>(\w+)</span></div>', sheet.html)
    assert pages == [f"{letter}{number}" for number in range(1, 13)]


def test_there_is_an_expected_file_for_every_kind_of_section() -> None:
    assert {case.kind for case in SECTIONS} == set(Kind)
    names = {file for case in SECTIONS for file in case.files()}
    fillers = {f"{name}.html" for name, *_ in FILLERS}
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


def test_every_passage_of_a_plan_is_printed(small: Path) -> None:
    names = [*PlanPart, "night-school", "exchange"]
    source = small / "plans/north/en.md"
    front, _, _ = source.read_text(encoding="utf-8").partition("## ")
    passages = (f"## A heading {{#{name}}}\n\nWords of *{name}*.\n" for name in names)
    source.write_text(front + "\n".join(passages), encoding="utf-8")
    composing = desktop(small)
    plan = composing.edition("plans", "north", "en")
    html = "".join(composing.section(part.section, plan) for part in plan.parts)
    lost = [name for name in names if html.count(f"Words of <em>{name}</em>.") != 1]
    assert lost == []
    assert "A heading" not in html, "the document has its own words for its parts"


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
