"""Holds the documents of Local Action Plans to account: what a reader finds in the published files.

The repository's own plans and the plan of the small project, in every language and edition.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypdfium2 as pdfium
import pytest
from bound_file import BoundFile, BoundSection, Element, bound_file, bound_files
from conftest import SMALL, Built, build, copy_project
from on_the_desk import rewrite
from pikepdf import Name
from printed_words import Piece, joined, plain, stands_in

from brochure.editions import OF_A_PLAN, Kind
from brochure.layouts import Titles
from brochure.layouts.plan_views import stakeholders_of
from brochure.model import PlanPart

PLANS_OF_THE_SAMPLE = {
    *(f"{tag}/plans/wallonia-{tag}.pdf" for tag in ("fr", "en", "de")),
    *(f"{tag}/plans/catalonia-{tag}.pdf" for tag in ("ca", "en")),
    *(f"{tag}/plans/austria-{tag}.pdf" for tag in ("de", "en")),
    *(f"{tag}/plans/south-tyrol-{tag}.pdf" for tag in ("de", "it", "en")),
}


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    """Every file that holds a plan."""
    return [file for file in bound_files(sample, small_built) if file.edition.plan]


@pytest.fixture
def whole(files: list[BoundFile]) -> list[BoundFile]:
    """Every file that holds a whole plan."""
    return [file for file in files if file.edition.holds != "plan-summary"]


def section_of(file: BoundFile, kind: Kind, subject: str = "") -> BoundSection:
    return next(
        each
        for each in file.sections
        if each.section.kind is kind and subject in ("", each.section.subject)
    )


def said(file: BoundFile, *path: str) -> str:
    """Return a word of the layout in the language of a file."""
    words: Any = file.desk.project.strings[file.edition.language].words
    for key in path:
        words = words[key]
    return plain(str(words))


# Files.


def test_every_plan_is_published_in_every_language_that_it_is_written_in(sample: Built) -> None:
    names = {file.edition.file for file in bound_files(sample) if file.edition.holds == "plan"}
    assert names == PLANS_OF_THE_SAMPLE


def test_plans_in_another_language_have_a_summary_in_english(sample: Built) -> None:
    summaries = [file for file in bound_files(sample) if file.edition.holds == "plan-summary"]
    assert {file.edition.plan for file in summaries} == {
        *("wallonia", "catalonia", "austria", "south-tyrol")
    }
    for file in summaries:
        plan = file.desk.project.plans[file.edition.plan or ""]
        (section,) = file.sections
        language = {"fr": "French", "ca": "Catalan", "de": "German"}[plan.language]
        assert f"The plan itself is written in {language}." in section.words.replace("\n", " ")
        assert stands_in(plain(plan.texts["en"].title), section.words)


def test_practices_and_plan_are_bound_into_one_file_each_in_its_own_format(
    whole: list[BoundFile],
) -> None:
    bound = [file for file in whole if file.edition.holds == "region-and-plan"]
    assert bound
    for file in bound:
        widths = [round(float(page.trimbox[2]) * 25.4 / 72) for page in file.pdf.pages]
        practices, plan = widths.count(148), widths.count(210)
        assert widths == [148] * practices + [210] * plan, file
        assert practices % 4 == 0
        assert plan > 0


# What stands in a plan.


def test_a_plan_has_all_its_parts_in_the_order_of_the_form(whole: list[BoundFile]) -> None:
    for file in whole:
        words = "\n".join(each.words for each in file.sections if each.section.kind in OF_A_PLAN)
        parts = [part for part in PlanPart if part is not PlanPart.ACTIONS]
        at = 0
        for part in (parts[0], parts[1], PlanPart.ACTIONS, *parts[2:]):
            at = words.find(f"\n{said(file, 'plan', part)}\n", at) + 1
            assert at, f"{file}: {part}"


def test_every_action_stands_in_its_own_section_with_its_lines(whole: list[BoundFile]) -> None:
    lines = (
        *("inspired-by", "background", "steps", "players", "timeframe"),
        *("costs", "funding", "indicators"),
    )
    for file in whole:
        plan = file.desk.project.plans[file.edition.plan or ""]
        for number, action in enumerate(plan.facts.actions, 1):
            section = section_of(file, Kind.ACTION, f"{plan.region}/{action.id}")
            assert section.words.startswith(str(number))
            for key in lines:
                words = said(file, "plan", key)  # labels may stand in capitals
                assert stands_in(words, section.words) or words.upper() in section.words, key
            for step in action.steps if isinstance(action.steps, list) else []:
                words = file.desk.project.words(step.text, file.edition.language)
                assert stands_in(plain(words), section.words), (file, words)


def test_what_is_not_known_says_so_where_it_would_stand(whole: list[BoundFile]) -> None:
    for file in whole:
        contact = file.desk.project.plans[file.edition.plan or ""].facts.contact
        frame = section_of(file, Kind.PLAN_FRAME)
        for key, value in (("contact", contact.name), ("telephone", contact.telephone)):
            printed = said(file, "plan", "tbc") if value == "tbc" else value
            assert stands_in(f"{said(file, 'plan', key)} {printed}", frame.words.replace("\n", " "))


def test_every_stakeholder_and_player_is_listed_once(whole: list[BoundFile]) -> None:
    for file in whole:
        plan = file.desk.project.plans[file.edition.plan or ""]
        delivery = section_of(file, Kind.PLAN_DELIVERY)
        listed = stakeholders_of(plan)
        assert listed, file
        for each in listed:
            words = file.desk.project.words(each["name"], file.edition.language)
            assert stands_in(plain(words), delivery.words), (file, words)


# The timeline.


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("fr/plans/wallonia-fr.pdf", ["T1 2020 – à confirmer", "T3 2019 – T1 2021"]),
        ("de/plans/wallonia-de.pdf", ["Q1 2020 – noch zu bestätigen", "Q3 2019 – Q1 2021"]),
        ("ca/plans/catalonia-ca.pdf", ["3T 2020 – 4T 2020", "per confirmar"]),
        ("it/plans/south-tyrol-it.pdf", ["T1 2018 – T4 2021"]),
    ],
)
def test_the_timeline_says_the_quarters_of_each_action(
    sample: Built, name: str, rows: list[str]
) -> None:
    file = bound_file(sample, name)
    table = table_of(file, said(file, "plan", "by-quarter"))
    printed = [row[1] for row in table[1:]]
    assert [row for row in rows if row not in printed] == []


def test_the_timeline_has_a_row_for_each_action_and_a_head_of_years(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "en/plans/north-en.pdf")
    assert table_of(file, "By quarter") == [
        ["Action", "By quarter", "2020 2021 2022"],
        ["1 A night school for makers", "Q1 2020 – Q3 2021", ""],
        ["2 An exchange with the South", "Q1 2022 – to be confirmed", ""],
    ]


def table_of(file: BoundFile, head: str) -> list[list[str]]:
    """Return the cells of the first table with this head, as a screen reader meets them."""
    return next(table for table in tables_of(file) if head in table[0])


def tables_of(file: BoundFile) -> list[list[list[str]]]:
    """Return every table of a file: its rows, and the words of their cells."""
    below: dict[tuple[int, int], list[Element]] = {}
    for element in file.elements:
        below.setdefault(element.holder.objgen, []).append(element)

    def of_kind(element: Element, kind: str) -> Iterator[Element]:
        for each in below.get(element.object.objgen, []):
            yield from [each] if each.kind == kind else of_kind(each, kind)

    def pieces(element: Element) -> Iterator[Piece]:
        yield from (spoken.piece for spoken in file.spoken_in(element))
        for each in below.get(element.object.objgen, []):
            yield from pieces(each)

    return [
        [
            [" ".join(joined(pieces(cell)).split()) for cell in below[row.object.objgen]]
            for row in of_kind(table, "/TR")
        ]
        for table in file.elements
        if table.kind == "/Table"
    ]


# Money.


def test_the_budget_adds_up_by_year_and_by_source_in_the_readers_own_digits(
    small_built: Built,
) -> None:
    english = bound_file(small_built, "en/plans/north-en.pdf")
    assert table_of(english, "2020") == [
        ["Action", "2020", "2021", "2022", "Total"],
        ["1 A night school for makers", "12,000", "30,500.50", "–", "42,500.50"],
        ["2 An exchange with the South", "–", "–", "to be confirmed", "to be confirmed"],
        ["In all", "12,000", "30,500.50", "to be confirmed", "42,500.50 + to be confirmed"],
    ]
    french = bound_file(small_built, "fr/plans/north-fr.pdf")
    (funding,) = (table for table in tables_of(french) if table[0][:2] == ["Source", "Action"])
    assert funding[1:] == [
        ["Le Nord", "1", "20 000"],
        ["Harbour Board", "1", "22 500,50"],
        ["à confirmer", "2", "à confirmer"],
        ["En tout", "", "42 500,50 + à confirmer"],
    ]


def test_monitoring_risks_events_and_stakeholders_are_tables_of_what_the_plan_says(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "en/plans/north-en.pdf")
    assert table_of(file, "Measured by")[1:] == [
        [
            "1",
            "Pupils",
            "0 pupils (2019)",
            "1,200 pupils (2021)",
            "Harbour Board; Lists of the school",
        ],
        ["2", "none", "–", "–", "–"],
    ]
    assert table_of(file, "Risk")[1:] == [
        ["1", "The room is too small", "A second evening"],
        ["2", "none", "–"],
    ]
    assert table_of(file, "Event")[1:] == [
        ["12–14 May 2020", "Opening days", "North Town"],
        ["to be confirmed", "Closing day", "–"],
    ]
    assert table_of(file, "Role")[1:] == [
        ["Harbour Board", "Owner of the harbour", "1"],
        ["The mill", "–", "–"],
        ["The makers", "–", "1"],
    ]


def test_the_signature_page_has_lines_for_what_is_written_by_hand(small_built: Built) -> None:
    file = bound_file(small_built, "en/plans/north-en.pdf")
    forms = [table for table in tables_of(file) if table[0][0] == "Organisation"][-2:]
    assert forms == [
        [
            ["Organisation", "The North Council"],
            ["Name", "A. Person"],
            ["Position", "Head of plans"],
            ["Date", ""],
            ["Signature", ""],
        ],
        [
            ["Organisation", "Harbour Board"],
            ["Name", ""],
            ["Position", ""],
            ["Date", ""],
            ["Signature", ""],
        ],
    ]
    words = section_of(file, Kind.PLAN_SIGNATURE).words
    assert words.count("Stamp of the organisation") == 2


# Tables.


def test_every_head_of_a_table_says_what_it_is_the_head_of(files: list[BoundFile]) -> None:
    for file in files:
        heads = [element.object for element in file.elements if element.kind == "/TH"]
        assert heads
        assert {str(head.A.Scope) for head in heads} <= {"/Row", "/Column"}, file


def test_a_long_table_repeats_its_head_and_tears_no_row(tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    long = [
        {"name": f"Partner {n}", "role": "A role that is told in a good many words " * 3}
        for n in range(60)
    ]
    rewrite(root / "plans/north/plan.yaml", lambda plan: plan.update(stakeholders=long))
    built = build(root, tmp_path / "out", "--edition", "plans", "--language", "en")
    with pdfium.PdfDocument(built.pdf("en/plans/north-en.pdf")) as document:
        pages = [plain(page.get_textpage().get_text_range()) for page in document]
    with_partners = [page for page in pages if re.search(r"Partner \d", page)]
    assert len(with_partners) > 2
    for page in with_partners:
        assert "Organisation" in page
        assert page.count("in a good many words") == 3 * len(re.findall(r"Partner \d", page))


# Drafts.


def test_every_page_of_a_draft_carries_its_mark_and_no_page_of_another(
    files: list[BoundFile],
) -> None:
    statuses = set()
    for file in files:
        status = file.desk.project.plans[file.edition.plan or ""].facts.status
        statuses.add(status)
        mark = said(file, "plan", "draft").upper()
        for number, page in enumerate(file.pdf.pages, 1):
            marked = mark in [piece.words for piece in file.artifacts[number - 1]]
            of_the_plan = float(page.trimbox[2]) > 500
            assert marked == (status == "draft" and of_the_plan), (file, number)
    assert statuses == {"draft", "approved"}


# Links.


def test_a_link_to_a_practice_leads_to_its_page_or_to_its_leaflet(files: list[BoundFile]) -> None:
    inside = outside = 0
    for file in files:
        plan = file.desk.project.plans[file.edition.plan or ""]
        wanted = {
            slug
            for action in plan.facts.actions
            if isinstance(action.inspired_by, list)
            for slug in action.inspired_by
        }
        practices = {
            file.pdf.pages[each.pages[0] - 1].obj.objgen: each.section.subject
            for each in file.sections
            if each.section.kind is Kind.PRACTICE
        }
        found: set[str | None] = set()
        for number, link in file.links():
            section = file.section_on(number)
            if section is None or section.section.kind not in OF_A_PLAN:
                continue
            if Name.Dest in link:
                slug = practices.get(link.Dest[0].objgen)
                inside += slug is not None
            elif not str(link.A.URI).startswith("http"):
                slug = leaflet_of(file, unquote(str(link.A.URI)), str(link.Contents))
                outside += slug is not None
            else:
                slug = None
            found.add(slug)
        assert wanted <= found, file
    assert inside
    assert outside


def leaflet_of(file: BoundFile, address: str, contents: str) -> str | None:
    """Return the practice whose leaflet an address leads to, None for the file of a plan."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(file.edition.file), address))
    edition = next(each for each in file.desk.editions if each.file == target)
    out = file.path.parents[len(Path(file.edition.file).parts) - 1]
    assert (out / target).is_file(), target
    titles = Titles(file.desk.project)
    assert contents == f"{titles.edition_title(edition)} ({posixpath.basename(target)})"
    return edition.practice


def test_a_practice_that_is_inside_is_never_looked_for_in_another_file(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "en/events/north-en.pdf")
    leaflets = {str(link.A.URI) for _, link in file.links() if Name.A in link}
    assert "../practices/mill-fund-en.pdf" in leaflets
    assert "../practices/harbour-lab-en.pdf" not in leaflets


# Work.


def test_another_word_in_an_action_makes_this_section_alone_anew(tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    first = build(root, tmp_path / "out")
    assert first.report["sections"]["cached"] == 0
    text = root / "plans/north/en.md"
    text.write_text(text.read_text("utf-8").replace("It is still", "It is yet"), "utf-8")
    second = build(root, tmp_path / "out")
    assert second.report["sections"]["typeset"] == 1
    assert second.report["built"] == ["en/plans/north-en.pdf", "en/events/north-en.pdf"]


def test_the_report_counts_what_is_to_be_confirmed_and_names_the_lines(
    small_built: Built,
) -> None:
    source = (small_built.root / "plans/north/plan.yaml").read_text(encoding="utf-8")
    written = [n for n, line in enumerate(source.splitlines(), 1) if re.search(r"\btbc\b", line)]
    counted = small_built.report["to_be_confirmed"]["plans/north/plan.yaml"]
    # Beside the written ones: the second action's end and steps, which it says nothing about.
    assert counted["values"] == len(written) + 2
    assert set(written) < set(counted["lines"])
    assert len(counted["lines"]) == len(written) + 1
