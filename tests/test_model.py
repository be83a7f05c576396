"""Holds the project to account as it is after reading: complete, in every language, and frozen."""

from __future__ import annotations

import copy
import dataclasses
import datetime
from pathlib import Path
from typing import Any

import pydantic
import pytest

from brochure.build import check, read
from brochure.diagnostics import Diagnostics
from brochure.languages import FIXED, NARROW
from brochure.model import Project, read_project
from brochure.sources import Folder


def project_in(root: Path, date: datetime.date | None = None) -> Project:
    """Return a project without mistakes; translations may be missing."""
    found = Diagnostics()
    project = read_project(Folder(root), found, date)
    assert {each.rule for each in found} <= {"missing-translation"}
    assert project is not None
    return project


def rules(root: Path) -> set[str]:
    """Return the rules that a project breaks; reading it must come to an end."""
    found = Diagnostics()
    check(Folder(root), found)
    return {each.rule for each in found} - {"missing-translation"}


def practice_file(root: Path, slug: str) -> Path:
    return root / "practices" / slug / "practice.yaml"


def add_practice(root: Path, slug: str, *lines: str) -> None:
    """Add a practice in the north, with further lines of facts."""
    folder = root / "practices" / slug
    folder.mkdir()
    facts = ("region: north", "organisation: Somebody", "theme: finance", *lines)
    (folder / "practice.yaml").write_text("\n".join(facts) + "\n", encoding="utf-8")
    (folder / "en.md").write_text(f"---\ntitle: {slug}\nsummary: x\n---\nText.\n", encoding="utf-8")


# What stands in the files.


def test_a_practice_has_its_facts_and_its_texts_by_language(small: Path) -> None:
    practice = project_in(small).practices["harbour-lab"]
    assert (practice.slug, practice.facts.region, practice.facts.since) == (
        *("harbour-lab", "north", 2015),
    )
    assert set(practice.texts) == {"en", "fr"}
    text = practice.texts["en"]
    assert (text.language, text.title) == ("en", "Harbour Lab")
    assert text.facts == {"for-whom": "makers and students", "team": "three people (2020)"}
    assert [(figure.value, figure.label) for figure in text.figures] == [
        ("1,200", "visitors in 2020")
    ]


def test_a_text_is_its_lead_and_its_passages(small: Path) -> None:
    text = project_in(small).practices["harbour-lab"].texts["en"]
    assert text.lead.startswith("<p>The lab stands at the harbour.")
    assert [(each.id, each.heading) for each in text.passages] == [
        ("how-it-works", "How it works"),
        ("evidence", "Evidence of success"),
    ]
    how_it_works, evidence = text.passages
    assert "<h3>Rules</h3>" in how_it_works.html
    assert "Evidence" not in how_it_works.html
    assert evidence.html.endswith("</p>")


def test_a_text_without_headings_is_all_lead(small: Path) -> None:
    add_practice(small, "plain")
    text = project_in(small).practices["plain"].texts["en"]
    assert (text.lead, text.passages) == ("<p>Text.</p>", ())


def test_the_words_of_a_text_have_the_spaces_of_its_language(small: Path) -> None:
    text = project_in(small).practices["harbour-lab"].texts["fr"]
    assert f"machines{FIXED}: le" in text.lead
    assert text.figures[0].value == f"1{NARROW}200"
    assert f"«{NARROW}project{NARROW}»" in project_in(small).pages["project"]["fr"].summary


def test_practices_stand_in_the_order_of_their_slugs(small: Path) -> None:
    add_practice(small, "aaa", "slug: zzz")
    assert list(project_in(small).practices) == ["harbour-lab", "mill-fund", "zzz"]


# Fallback.


def test_a_missing_text_of_a_practice_gives_the_one_of_the_source_language(small: Path) -> None:
    project = project_in(small)
    assert set(project.practices["mill-fund"].texts) == {"en"}
    assert project.practice_text("mill-fund", "fr") is project.practices["mill-fund"].texts["en"]
    assert project.practice_text("mill-fund", "fr").language == "en"  # so the page can say so
    assert project.practice_text("harbour-lab", "fr").language == "fr"


def test_words_are_in_the_language_asked_for_or_the_source_language_or_any(small: Path) -> None:
    project = project_in(small)
    assert project.words({"en": "Finance", "fr": "Financement"}, "fr") == "Financement"
    assert project.words({"en": "Finance", "de": "Finanzierung"}, "fr") == "Finance"
    assert project.words({"de": "Finanzierung"}, "fr") == "Finanzierung"
    assert project.words({}, "fr") == ""


def test_the_language_that_words_are_found_in_is_known(small: Path) -> None:
    project = project_in(small)
    for words, wanted, found in (
        ({"en": "Finance", "fr": "Financement"}, "fr", "fr"),
        ({"en": "Finance", "de": "Finanzierung"}, "fr", "en"),
        ({"de": "Finanzierung"}, "fr", "de"),
        ({"": "RCIA"}, "fr", "en"),  # a plain text counts as the source language's
        ({}, "fr", "en"),
    ):
        assert project.words_language(words, wanted) == found


def test_words_that_are_the_same_everywhere_need_no_language(small: Path) -> None:
    project = project_in(small)
    organisation = project.practices["harbour-lab"].facts.organisation
    assert {project.words(organisation, tag) for tag in ("en", "fr", "lv")} == {
        "The harbour association"
    }


def test_a_region_is_named_in_the_language_of_the_page(small: Path) -> None:
    project = project_in(small)
    assert (project.region_name("north", "fr"), project.region_name("south", "en")) == (
        *("Le Nord", "The South"),
    )
    assert project.region_name("north", "lv") == "The North"


def test_a_missing_translation_is_a_warning_at_the_file_that_is_missing(small: Path) -> None:
    found = Diagnostics()
    read_project(Folder(small), found)
    assert [(each.rule, each.place.file) for each in found] == [
        ("missing-translation", "practices/mill-fund/fr.md")
    ]
    assert not found.failed


def test_a_missing_text_in_the_source_language_is_an_error(small: Path) -> None:
    (small / "practices" / "harbour-lab" / "en.md").unlink()
    assert rules(small) == {"missing-source-text"}


# Transfers.


def test_an_uptake_knows_origin_region_heir_and_year(small: Path) -> None:
    [uptake] = project_in(small).uptakes
    assert dataclasses.astuple(uptake) == ("harbour-lab", "south", "mill-fund", 2020)


def test_a_practice_may_be_taken_up_by_a_region_without_a_practice_there(small: Path) -> None:
    add_practice(small, "plain", "transfers:", "  - to: region/south", "  - to: region/north")
    uptakes = project_in(small).uptakes
    assert [dataclasses.astuple(each) for each in uptakes if each.origin == "plain"] == [
        ("plain", "south", None, None),
        ("plain", "north", None, None),
    ]


def test_uptakes_stand_in_the_order_of_the_practices(small: Path) -> None:
    add_practice(small, "aaa", "transfers: [{to: practice/harbour-lab}, {to: region/south}]")
    assert [(each.origin, each.region) for each in project_in(small).uptakes] == [
        ("aaa", "north"),
        ("aaa", "south"),
        ("harbour-lab", "south"),
    ]


def test_native_practices_are_at_home_and_adopted_ones_come_from_elsewhere(small: Path) -> None:
    project = project_in(small)
    assert project.native_practices("north") == ("harbour-lab",)
    assert project.native_practices("south") == ("mill-fund",)
    assert project.adopted_practices("north") == ()
    assert project.adopted_practices("south") == ("harbour-lab",)
    assert project.native_practices("east") == project.adopted_practices("east") == ()


def test_a_practice_taken_up_twice_by_a_region_is_adopted_once(small: Path) -> None:
    add_practice(small, "aaa", "transfers: [{to: practice/mill-fund}, {to: region/south}]")
    assert project_in(small).adopted_practices("south") == ("aaa", "harbour-lab")


def test_a_practice_taken_up_at_home_is_not_adopted(small: Path) -> None:
    add_practice(small, "aaa", "transfers: [{to: practice/harbour-lab}]")
    assert project_in(small).adopted_practices("north") == ()


# Mistakes that must not stop the reading.


def test_a_transfer_to_a_practice_whose_file_is_broken_is_no_second_mistake(small: Path) -> None:
    practice_file(small, "mill-fund").write_text("region: south\ntheme: finance\n")
    assert rules(small) == {"missing-key"}


def test_a_transfer_to_the_folder_of_a_practice_with_another_slug_leads_nowhere(
    small: Path,
) -> None:
    with practice_file(small, "mill-fund").open("a") as stream:
        stream.write("slug: old-mill-fund\n")
    assert rules(small) == {"dangling-transfer", "dangling-link"}


def test_two_practices_with_one_slug_are_an_error(small: Path) -> None:
    add_practice(small, "aaa", "slug: mill-fund")
    assert rules(small) == {"duplicate-slug"}


@pytest.mark.parametrize(
    "broken", ["", "region: [", "- a\n- b\n", "region: 7\ntransfers: x\n", "\ttheme: finance\n"]
)
def test_a_broken_practice_is_reported_and_the_others_still_read(small: Path, broken: str) -> None:
    practice_file(small, "mill-fund").write_text(broken)
    found = Diagnostics()
    desk = read(Folder(small), found)
    assert found.failed
    assert {each.place.file for each in found if each.severity == "error"} == {
        "practices/mill-fund/practice.yaml"
    }
    assert desk is not None
    assert set(desk.project.practices) == {"harbour-lab"}


# Frozen.


@pytest.mark.parametrize(
    ("part", "attribute"),
    [
        (lambda project: project, "practices"),
        (lambda project: project.practices["harbour-lab"], "slug"),
        (lambda project: project.practices["harbour-lab"].texts["en"], "title"),
        (lambda project: project.practices["harbour-lab"].texts["en"].passages[0], "html"),
        (lambda project: project.regions["north"], "facts"),
        (lambda project: project.uptakes[0], "when"),
    ],
    ids=["project", "practice", "text", "passage", "region", "uptake"],
)
def test_no_part_of_the_project_can_be_changed(small: Path, part: Any, attribute: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(part(project_in(small)), attribute, "other")


@pytest.mark.parametrize(
    ("sheet", "attribute"),
    [
        (lambda project: project.facts, "languages"),
        (lambda project: project.facts.imprint, "date"),
        (lambda project: project.facts.regions["north"], "swatch"),
        (lambda project: project.practices["harbour-lab"].facts, "region"),
    ],
    ids=["brochure", "imprint", "region", "practice"],
)
def test_no_fact_can_be_changed(small: Path, sheet: Any, attribute: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        setattr(sheet(project_in(small)), attribute, "other")


def test_composing_every_section_changes_nothing_in_the_project(small: Path) -> None:
    desk = check(Folder(small), Diagnostics())
    assert desk is not None
    fresh = project_in(small)
    for part in ("facts", "practices", "regions", "pages", "plans", "strings"):
        assert getattr(desk.project, part) == getattr(fresh, part)


# The date.


def test_the_date_of_the_imprint_counts(small: Path) -> None:
    assert project_in(small).facts.imprint.date == datetime.date(2026, 1, 31)


def test_a_date_given_from_outside_counts_instead_and_nothing_else_changes(small: Path) -> None:
    given = datetime.date(2027, 2, 1)
    as_written, as_given = project_in(small), project_in(small, given)
    assert as_given.facts.imprint.date == given
    expected = copy.deepcopy(as_written.facts.model_dump())
    expected["imprint"]["date"] = given
    assert as_given.facts.model_dump() == expected
