"""Holds the plan to account: which files are published, what each is called and what it binds.

Everything here is read, nothing is typeset.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import ROOT, SMALL

from brochure.build import read
from brochure.diagnostics import Diagnostic, Diagnostics
from brochure.editions import Edition, Kind, Section, Selection
from brochure.sources import Folder


def editions_of(root: Path) -> dict[str, Edition]:
    """Return the plan of a project without mistakes, by file name."""
    editions, mistakes = planned(root)
    assert [str(each) for each in mistakes] == []
    return editions


def planned(root: Path) -> tuple[dict[str, Edition], list[Diagnostic]]:
    """Return the plan of a project, and its errors; translations may be missing."""
    found = Diagnostics()
    desk = read(Folder(root), found)
    assert desk is not None
    mistakes = [each for each in found if each.rule != "missing-translation"]
    return {edition.file: edition for edition in desk.editions}, mistakes


def with_editions(root: Path, *families: str) -> Path:
    """Put other editions into a project; each is one line of YAML."""
    path = root / "brochure.yaml"
    before, _, _ = path.read_text(encoding="utf-8").partition("editions:\n")
    lines = [f"  {family}\n" for family in families]
    path.write_text(f"{before}editions:\n{''.join(lines)}", encoding="utf-8")
    return root


def with_transfer(root: Path, target: str) -> Path:
    """Let the Harbour Lab be taken up by `target`."""
    path = root / "practices" / "harbour-lab" / "practice.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("practice/mill-fund", target), encoding="utf-8")
    return root


def without_mill_fund(root: Path) -> Path:
    """Take the south its own practice, and the links to it."""
    shutil.rmtree(root / "practices" / "mill-fund")
    for path in [*root.glob("practices/harbour-lab/*.md"), *root.glob("plans/north/*")]:
        text = path.read_text(encoding="utf-8").replace("[mill-fund, harbour-lab]", "[harbour-lab]")
        path.write_text(text.replace("brochure:practice/mill-fund", "https://example.org/"))
    return root


def sections(edition: Edition) -> list[str]:
    """Return the sections of an edition in order; its own without its name."""
    return [str(part.section).replace(f" {edition.id}", "") for part in edition.parts]


# The small project as it stands.

BROCHURE_SECTIONS = [
    *("cover en", "imprint en", "contents en", "project en"),
    *("region north en", "practice harbour-lab en"),
    *("region south en", "practice mill-fund en"),
    *("index en", "back en"),
]


def test_the_small_project_publishes_these_files_in_this_order(small: Path) -> None:
    assert list(editions_of(small)) == [
        "en/brochure-en.pdf",
        "fr/brochure-fr.pdf",
        "en/regions/north-en.pdf",
        "en/regions/south-en.pdf",
        "fr/regions/north-fr.pdf",
        "fr/regions/south-fr.pdf",
        "en/practices/harbour-lab-en.pdf",
        "en/practices/mill-fund-en.pdf",
        "fr/practices/harbour-lab-fr.pdf",
        "fr/practices/mill-fund-fr.pdf",
        "multilingual/brochure-fr-en.pdf",
        "en/plans/north-en.pdf",
        "fr/plans/north-fr.pdf",
        "en/plans/north-summary-en.pdf",
        "en/events/north-en.pdf",
        "fr/events/north-fr.pdf",
    ]


def test_the_brochure_binds_the_regions_with_their_practices(small: Path) -> None:
    brochure = editions_of(small)["en/brochure-en.pdf"]
    assert sections(brochure) == BROCHURE_SECTIONS
    assert (brochure.id, brochure.family, brochure.holds) == (
        "brochure-en",
        "brochure",
        "everything",
    )
    assert (brochure.region, brochure.practice, brochure.language) == (None, None, "en")
    assert brochure.practices == ("harbour-lab", "mill-fund")


def test_the_outline_has_practices_below_their_region_and_no_covers(small: Path) -> None:
    brochure = editions_of(small)["fr/brochure-fr.pdf"]
    assert [(part.section.kind, part.level) for part in brochure.parts] == [
        (Kind.COVER, 0),
        (Kind.IMPRINT, 1),
        (Kind.CONTENTS, 1),
        (Kind.PROJECT, 1),
        (Kind.REGION, 1),
        (Kind.PRACTICE, 2),
        (Kind.REGION, 1),
        (Kind.PRACTICE, 2),
        (Kind.INDEX, 1),
        (Kind.BACK, 0),
    ]


def test_a_regions_file_binds_its_own_practices_and_then_those_it_took_up(small: Path) -> None:
    editions = editions_of(small)
    assert sections(editions["fr/regions/north-fr.pdf"]) == [
        *("cover fr", "imprint fr", "contents fr"),
        *("region north fr", "practice harbour-lab fr", "back fr"),
    ]
    south = editions["en/regions/south-en.pdf"]
    assert sections(south) == [
        *("cover en", "imprint en", "contents en"),
        *("region south en", "practice mill-fund en", "practice harbour-lab en", "back en"),
    ]
    assert (south.region, south.practice, south.id) == ("south", None, "regions-south-en")


def test_a_leaflet_binds_one_practice_between_covers(small: Path) -> None:
    leaflet = editions_of(small)["en/practices/harbour-lab-en.pdf"]
    assert sections(leaflet) == ["cover en", "practice harbour-lab en", "back en"]
    assert (leaflet.region, leaflet.practice) == (None, "harbour-lab")


def test_languages_together_stand_side_by_side_for_each_region_and_practice(small: Path) -> None:
    bilingual = editions_of(small)["multilingual/brochure-fr-en.pdf"]
    assert (bilingual.languages, bilingual.language) == (("fr", "en"), "fr")
    assert sections(bilingual) == [
        *("cover fr", "imprint fr", "contents fr", "project fr", "project en"),
        *("region north fr", "region north en"),
        *("practice harbour-lab fr", "practice harbour-lab en"),
        *("region south fr", "region south en"),
        *("practice mill-fund fr", "practice mill-fund en"),
        *("index fr", "back fr"),
    ]
    assert bilingual.practices == ("harbour-lab", "mill-fund")


def test_editions_share_the_section_of_a_practice_and_never_their_covers(small: Path) -> None:
    editions = editions_of(small).values()
    shared = [part.section for edition in editions for part in edition.parts]
    assert shared.count(Section(Kind.PRACTICE, "en", "harbour-lab")) == 6
    own = [section for section in shared if section.kind in OWN]
    assert len(own) == len(set(own))
    assert {section.kind for section in own} == OWN


OWN = {Kind.COVER, Kind.CONTENTS, Kind.BACK, Kind.PLAN_CONTENTS}


def test_a_plan_alone_and_behind_practices_shares_its_sections(small: Path) -> None:
    editions = editions_of(small)
    plan, both = editions["fr/plans/north-fr.pdf"], editions["fr/events/north-fr.pdf"]
    alone = {part.section for part in plan.parts if part.section.kind not in OWN}
    assert alone < {part.section for part in both.parts}


def test_a_link_finds_a_section_under_one_name_in_every_language() -> None:
    names = {Section(Kind.PRACTICE, tag, "mill-fund").target for tag in ("en", "fr")}
    assert names == {"practice/mill-fund"}
    assert Section(Kind.REGION, "en", "north").target == "region/north"
    assert Section(Kind.CONTENTS, "en", "brochure-en").target == "contents"
    assert Section(Kind.PLAN_COVER, "en", "north").target == "plan/north"
    assert Section(Kind.ACTION, "fr", "north/exchange").target == "action/north/exchange"


# Local Action Plans.

FRENCH_PLAN = [
    *("plan-cover north fr", "plan-contents fr", "plan-frame north fr", "plan-actions north fr"),
    *("action north/night-school fr", "action north/exchange fr"),
    *("plan-delivery north fr", "plan-signature north fr"),
]


def test_a_plan_binds_its_parts_in_the_order_of_the_form(small: Path) -> None:
    plan = editions_of(small)["fr/plans/north-fr.pdf"]
    assert sections(plan) == FRENCH_PLAN
    assert (plan.id, plan.family, plan.holds) == ("plans-north-fr", "plans", "plan")
    assert (plan.region, plan.practice, plan.plan) == ("north", None, "north")
    assert plan.practices == ()
    assert [part.level for part in plan.parts] == [0, 1, 1, 1, 2, 2, 1, 1]


def test_a_plan_is_one_block_without_a_letter(small: Path) -> None:
    editions = editions_of(small)
    for name in ("fr/plans/north-fr.pdf", "en/plans/north-summary-en.pdf", "en/brochure-en.pdf"):
        (block,) = editions[name].blocks
        assert (block.parts, block.lettered) == (editions[name].parts, False)


def test_a_summary_is_a_single_section(small: Path) -> None:
    summary = editions_of(small)["en/plans/north-summary-en.pdf"]
    assert sections(summary) == ["plan-summary north en"]
    assert (summary.region, summary.plan, summary.language) == ("north", "north", "en")


def test_practices_and_plan_are_two_blocks_of_which_the_second_has_a_letter(small: Path) -> None:
    both = editions_of(small)["fr/events/north-fr.pdf"]
    practices, plan = both.blocks
    assert (practices.lettered, plan.lettered) == (False, True)
    assert practices.parts + plan.parts == both.parts
    assert sections(both) == [
        *("cover fr", "imprint fr", "contents fr"),
        *("region north fr", "practice harbour-lab fr", "back fr"),
        *FRENCH_PLAN,
    ]
    assert [part.level for part in plan.parts] == [1, 2, 2, 2, 3, 3, 2, 2]
    assert (both.region, both.plan, both.practices) == ("north", "north", ("harbour-lab",))


def test_an_edition_without_a_plan_says_so(small: Path) -> None:
    editions = editions_of(small)
    with_plan = {name for name, edition in editions.items() if edition.plan}
    assert with_plan == {name for name in editions if "/plans/" in name or "/events/" in name}


PLAN_FAMILIES = (
    'plans: {holds: plan, file: "{region}-{languages}.pdf"}',
    'summaries: {holds: plan-summary, file: "{region}-summary-{languages}.pdf"}',
    'events: {holds: region-and-plan, file: "{region}-event-{languages}.pdf"}',
)


def without_passages(path: Path) -> None:
    """Leave a text its front matter and the plan in brief."""
    in_brief, _, _ = path.read_text(encoding="utf-8").partition("## ")
    path.write_text(in_brief, encoding="utf-8")


def test_a_plan_is_published_in_every_language_that_it_is_written_in(small: Path) -> None:
    assert list(editions_of(with_editions(small, *PLAN_FAMILIES))) == [
        *("north-en.pdf", "north-fr.pdf"),
        "north-summary-en.pdf",  # the plan is its own summary in its own language, French
        *("north-event-en.pdf", "north-event-fr.pdf"),
    ]


def test_a_plan_without_a_text_in_a_language_has_no_file_in_it(small: Path) -> None:
    (small / "plans/north/en.md").unlink()
    assert list(editions_of(with_editions(small, *PLAN_FAMILIES))) == [
        *("north-fr.pdf", "north-event-fr.pdf")
    ]


def test_a_text_without_passages_gives_the_summary_alone(small: Path) -> None:
    without_passages(small / "plans/north/en.md")
    assert list(editions_of(with_editions(small, *PLAN_FAMILIES))) == [
        *("north-fr.pdf", "north-summary-en.pdf", "north-event-fr.pdf")
    ]


def test_a_summary_that_is_asked_for_and_not_written_is_missed_with_its_file(small: Path) -> None:
    (small / "plans/north/en.md").unlink()
    family = 'short: {holds: plan-summary, languages: [en], file: "{region}.pdf"}'
    found = Diagnostics()
    desk = read(Folder(with_editions(small, family)), found)
    assert desk is not None
    assert desk.editions == ()
    missed = [each for each in found if each.place.file == "plans/north/en.md"]
    assert [each.rule for each in missed] == ["missing-translation"]


def test_a_plan_in_several_languages_needs_a_text_in_each(small: Path) -> None:
    family = 'both: {holds: plan, together: [fr, en], file: "{region}-{languages}.pdf"}'
    editions = editions_of(with_editions(small, family))
    both = editions["north-fr-en.pdf"]
    assert (both.languages, both.language) == (("fr", "en"), "fr")
    assert sections(both) == [
        *("plan-cover north fr", "plan-contents fr"),
        *("plan-frame north fr", "plan-frame north en"),
        *("plan-actions north fr", "plan-actions north en"),
        *("action north/night-school fr", "action north/night-school en"),
        *("action north/exchange fr", "action north/exchange en"),
        *("plan-delivery north fr", "plan-delivery north en"),
        *("plan-signature north fr", "plan-signature north en"),
    ]
    without_passages(small / "plans/north/en.md")
    editions, mistakes = planned(small)
    assert editions == {}
    assert rules(mistakes) == [("no-effect", FIRST_EDITION)]


@pytest.mark.parametrize(
    ("holds", "said_of_none"),
    [("plan", ["no-effect"]), ("plan-summary", []), ("region-and-plan", ["no-effect"])],
)
def test_plans_can_be_narrowed_to_regions_and_languages(
    small: Path, holds: str, said_of_none: list[str]
) -> None:
    family = f'one: {{holds: {holds}, regions: [%s], languages: [en], file: "{{region}}.pdf"}}'
    assert list(editions_of(with_editions(small, family % "north"))) == ["north.pdf"]
    editions, mistakes = planned(with_editions(small, family % "south"))
    assert editions == {}
    assert [each.rule for each in mistakes] == said_of_none


@pytest.mark.parametrize("holds", ["plan", "plan-summary", "region-and-plan"])
def test_practices_do_not_narrow_plans(small: Path, holds: str) -> None:
    family = (
        f"one: {{holds: {holds}, practices: [mill-fund], languages: [en],"
        ' file: "{region}-{language}.pdf"}'
    )
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("no-effect", FIRST_EDITION)]


def test_a_region_without_practices_has_its_plan_and_no_file_that_holds_both(small: Path) -> None:
    plan = small / "plans/north/plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("region: north", "region: east"))
    path = small / "brochure.yaml"
    east = "  east: {name: The East, country: XX, nuts: XX3, swatch: plum}\neditions:"
    path.write_text(path.read_text(encoding="utf-8").replace("editions:", east, 1))
    editions = editions_of(with_editions(small, *PLAN_FAMILIES))
    assert list(editions) == ["east-en.pdf", "east-fr.pdf", "east-summary-en.pdf"]
    assert sections(editions["east-en.pdf"])[0] == "plan-cover east en"


# Variations.


def test_without_a_page_on_the_project_the_brochure_has_no_such_section(small: Path) -> None:
    shutil.rmtree(small / "pages" / "project")
    brochure = editions_of(small)["en/brochure-en.pdf"]
    assert sections(brochure) == [each for each in BROCHURE_SECTIONS if each != "project en"]


def test_a_region_that_only_took_up_a_practice_has_a_file_and_an_opener(small: Path) -> None:
    editions = editions_of(with_transfer(without_mill_fund(small), "region/south"))
    assert sections(editions["en/regions/south-en.pdf"]) == [
        *("cover en", "imprint en", "contents en"),
        *("region south en", "practice harbour-lab en", "back en"),
    ]
    in_brochure = sections(editions["en/brochure-en.pdf"])
    assert in_brochure.count("practice harbour-lab en") == 1
    assert "region south en" in in_brochure


def test_a_region_that_neither_has_nor_took_up_a_practice_appears_nowhere(small: Path) -> None:
    editions = editions_of(with_transfer(without_mill_fund(small), "region/north"))
    assert not [name for name in editions if "south" in name]
    assert "region south en" not in sections(editions["en/brochure-en.pdf"])


def test_a_practice_taken_up_in_its_own_region_is_not_bound_twice(small: Path) -> None:
    editions = editions_of(with_transfer(small, "region/north"))
    assert sections(editions["en/regions/north-en.pdf"]).count("practice harbour-lab en") == 1


def test_regions_stand_in_the_order_of_the_configuration(small: Path) -> None:
    path = small / "brochure.yaml"
    text = path.read_text(encoding="utf-8")
    [north] = [line for line in text.splitlines(keepends=True) if line.startswith("  north:")]
    path.write_text(text.replace(north, "").replace("editions:", f"{north}editions:"))
    assert [each for each in sections(editions_of(small)["en/brochure-en.pdf"]) if " " in each][
        4:8
    ] == [
        *("region south en", "practice mill-fund en", "region north en", "practice harbour-lab en")
    ]


def test_editions_can_be_narrowed_to_languages(small: Path) -> None:
    family = 'leaflets: {holds: practice, languages: [fr], file: "{practice}-{language}.pdf"}'
    assert list(editions_of(with_editions(small, family))) == [
        *("harbour-lab-fr.pdf", "mill-fund-fr.pdf")
    ]


def test_editions_can_be_narrowed_to_regions(small: Path) -> None:
    family = 'south: {holds: region, regions: [south], file: "{region}-{language}.pdf"}'
    assert list(editions_of(with_editions(small, family))) == ["south-en.pdf", "south-fr.pdf"]


def test_editions_can_be_narrowed_to_practices(small: Path) -> None:
    family = 'some: {holds: practice, practices: [mill-fund], file: "{practice}-{language}.pdf"}'
    assert list(editions_of(with_editions(small, family))) == [
        *("mill-fund-en.pdf", "mill-fund-fr.pdf")
    ]


def test_leaflets_may_hold_their_languages_together(small: Path) -> None:
    family = 'both: {holds: practice, together: [fr, en], file: "{practice}-{languages}.pdf"}'
    editions = editions_of(with_editions(small, family))
    assert list(editions) == ["harbour-lab-fr-en.pdf", "mill-fund-fr-en.pdf"]
    assert sections(editions["mill-fund-fr-en.pdf"]) == [
        *("cover fr", "practice mill-fund fr", "practice mill-fund en", "back fr")
    ]
    assert editions["mill-fund-fr-en.pdf"].id == "both-mill-fund-fr-en"


def test_two_families_may_publish_the_same_under_other_names(small: Path) -> None:
    editions = editions_of(
        with_editions(
            small,
            'web: {holds: everything, file: "web/{language}.pdf"}',
            'archive: {holds: everything, file: "archive/{language}.pdf"}',
        )
    )
    web, archive = editions["web/en.pdf"], editions["archive/en.pdf"]
    assert sections(web) == sections(archive) == BROCHURE_SECTIONS
    assert web.id != archive.id


# File names.


def test_a_file_name_may_hold_every_part_that_there_is(small: Path) -> None:
    families = (
        'one: {holds: practice, file: "{languages}/x/{practice}_{language}.pdf"}',
        'two: {holds: region, together: [en, fr], file: "{language}/{region} ({languages}).pdf"}',
    )
    assert {"en/x/mill-fund_en.pdf", "en/north (en-fr).pdf"} <= set(
        editions_of(with_editions(small, *families))
    )


def rules(mistakes: Iterable[Diagnostic]) -> list[tuple[str, int]]:
    return [(each.rule, each.place.line) for each in mistakes]


BEFORE_EDITIONS, _, _ = (SMALL / "brochure.yaml").read_text(encoding="utf-8").partition("editions:")
FIRST_EDITION = BEFORE_EDITIONS.count("\n") + 2  # the line in brochure.yaml


def test_an_unknown_part_of_a_file_name_is_an_error_with_the_nearest_name(small: Path) -> None:
    family = 'some: {holds: practice, file: "{practise}-{practice}-{language}.pdf"}'
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("wrong-value", FIRST_EDITION)]
    assert mistakes[0].hint == 'write "{practice}"'


@pytest.mark.parametrize(
    ("holds", "name"),
    [
        *(
            ("practice", "{region}-{practice}-{language}.pdf"),
            ("everything", "{region}{language}.pdf"),
        ),
        *(("region", "{practice}{region}-{language}.pdf"), ("everything", "{language.pdf")),
    ],
)
def test_a_part_that_the_edition_does_not_have_is_an_error(
    small: Path, holds: str, name: str
) -> None:
    family = f'some: {{holds: {holds}, languages: [en], file: "{name}"}}'
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("wrong-value", FIRST_EDITION)]


@pytest.mark.parametrize("name", ["../{language}.pdf", "a/../../{language}.pdf"])
def test_a_file_name_that_leads_out_of_the_output_folder_is_an_error(
    small: Path, name: str
) -> None:
    _, mistakes = planned(with_editions(small, f'some: {{holds: everything, file: "{name}"}}'))
    assert {each.rule for each in mistakes} == {"path-outside-project"}


def test_editions_that_would_have_one_name_are_an_error(small: Path) -> None:
    _, mistakes = planned(with_editions(small, 'all: {holds: everything, file: "brochure.pdf"}'))
    assert rules(mistakes) == [("duplicate-file-name", FIRST_EDITION)]


def test_names_that_differ_in_capitals_only_are_one_name(small: Path) -> None:
    _, mistakes = planned(
        with_editions(
            small,
            'one: {holds: everything, languages: [en], file: "Brochure.pdf"}',
            'two: {holds: everything, languages: [fr], file: "brochure.pdf"}',
        )
    )
    assert rules(mistakes) == [
        ("duplicate-file-name", FIRST_EDITION),
        ("duplicate-file-name", FIRST_EDITION + 1),
    ]


@pytest.mark.parametrize("name", ["./en.pdf", "a//en.pdf", "a/./en.pdf"])
def test_a_roundabout_file_name_is_an_error(small: Path, name: str) -> None:
    family = f'one: {{holds: everything, languages: [en], file: "{name}"}}'
    _, mistakes = planned(with_editions(small, family))
    assert [each.place.line for each in mistakes] == [FIRST_EDITION]


def test_an_unknown_practice_is_an_error_with_the_nearest_name(small: Path) -> None:
    family = 'some: {holds: practice, practices: [mil-fund], file: "{practice}-{language}.pdf"}'
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("dangling-link", FIRST_EDITION)]
    assert mistakes[0].hint == 'write "mill-fund"'


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("regions: [nort]", "region", "unknown-region"),
        ("languages: [de]", "region", "unknown-language"),
        ("together: [en, de]", "region", "unknown-language"),
    ],
)
def test_an_unknown_region_or_language_is_an_error(
    small: Path, key: str, value: str, rule: str
) -> None:
    family = f'some: {{holds: {value}, {key}, file: "{{region}}-{{languages}}.pdf"}}'
    _, mistakes = planned(with_editions(small, family))
    assert rule in {each.rule for each in mistakes}


@pytest.mark.parametrize("key", ["together: [fr, en, fr]", "regions: [north, north]"])
def test_a_name_that_stands_twice_in_a_list_is_an_error(small: Path, key: str) -> None:
    family = f'some: {{holds: region, {key}, file: "{{region}}-{{languages}}.pdf"}}'
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("wrong-value", FIRST_EDITION)]


@pytest.mark.parametrize(
    ("holds", "key", "name"),
    [
        ("everything", "regions: [north]", "{language}"),
        ("everything", "practices: [mill-fund]", "{language}"),
        ("practice", "regions: [north]", "{practice}-{language}"),
        ("region", "practices: [mill-fund]", "{region}-{language}"),
        ("region", "together: [en, fr], languages: [en]", "{region}"),
    ],
)
def test_a_key_that_narrows_nothing_is_said_to_have_no_effect(
    small: Path, holds: str, key: str, name: str
) -> None:
    family = f'some: {{holds: {holds}, {key}, file: "{name}.pdf"}}'
    _, mistakes = planned(with_editions(small, family))
    assert rules(mistakes) == [("no-effect", FIRST_EDITION)]


# Selections.

PLANS_EN = {
    *("en/plans/north-en.pdf", "en/plans/north-summary-en.pdf", "en/events/north-en.pdf"),
}
PLANS_FR = {"fr/plans/north-fr.pdf", "fr/events/north-fr.pdf"}
ALL_EN = {
    *("en/brochure-en.pdf", "en/regions/north-en.pdf", "en/regions/south-en.pdf"),
    *("en/practices/harbour-lab-en.pdf", "en/practices/mill-fund-en.pdf"),
    *("multilingual/brochure-fr-en.pdf", *PLANS_EN),
}
SELECTIONS: list[tuple[dict[str, set[str]], set[str]]] = [
    ({"languages": {"en"}}, ALL_EN),
    (
        {"regions": {"north"}},
        {"en/regions/north-en.pdf", "fr/regions/north-fr.pdf", *PLANS_EN, *PLANS_FR},
    ),
    (
        {"practices": {"mill-fund"}},
        {"en/practices/mill-fund-en.pdf", "fr/practices/mill-fund-fr.pdf"},
    ),
    (
        {"practices": {"mill-fund", "harbour-lab"}, "languages": {"fr"}},
        {"fr/practices/mill-fund-fr.pdf", "fr/practices/harbour-lab-fr.pdf"},
    ),
    (
        # Regions and practices name files, so both together name more.
        {"regions": {"south"}, "practices": {"mill-fund"}, "languages": {"en"}},
        {"en/regions/south-en.pdf", "en/practices/mill-fund-en.pdf"},
    ),
    ({"families": {"bilingual"}}, {"multilingual/brochure-fr-en.pdf"}),
    ({"families": {"brochure-fr"}}, {"fr/brochure-fr.pdf"}),
    (
        {"families": {"brochure", "bilingual"}, "languages": {"fr"}},
        {"fr/brochure-fr.pdf", "multilingual/brochure-fr-en.pdf"},
    ),
    (
        {"families": {"regions"}, "regions": {"north"}, "languages": {"en"}},
        {"en/regions/north-en.pdf"},
    ),
    ({"families": {"brochure"}, "practices": {"mill-fund"}}, set()),
    ({"families": {"plans", "events"}, "languages": {"fr"}}, PLANS_FR),
    ({"families": {"summaries"}}, {"en/plans/north-summary-en.pdf"}),
    ({"families": {"events-north-en"}}, {"en/events/north-en.pdf"}),
    ({"families": {"plans"}, "regions": {"south"}}, set()),
]


@pytest.mark.parametrize(("asked", "picked"), SELECTIONS)
def test_a_selection_picks_these_files(
    small: Path, asked: dict[str, set[str]], picked: set[str]
) -> None:
    selection = Selection(**{option: frozenset(names) for option, names in asked.items()})
    editions = editions_of(small)
    assert {file for file, edition in editions.items() if selection.picks(edition)} == picked


def test_without_a_wish_everything_is_picked(small: Path) -> None:
    assert all(map(Selection().picks, editions_of(small).values()))


# The repository's own brochure.


def test_the_sample_publishes_its_files_under_the_names_of_the_readme() -> None:
    editions = editions_of(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for folder, name in (
        ("en", "brochure-en.pdf"),
        ("en", "regions/wallonia-en.pdf"),
        ("en", "practices/kikk-festival-en.pdf"),
        ("multilingual", "wallonia-fr-en.pdf"),
    ):
        assert f"{folder}/{name}" in editions
        assert name in readme
    assert "fr/practices/kikk-festival-fr.pdf" in editions


def test_the_sample_has_every_practice_in_every_language() -> None:
    editions = editions_of(ROOT)
    practices = {path.name for path in (ROOT / "practices").iterdir()}
    assert {
        f"{language}/practices/{practice}-{language}.pdf"
        for practice in practices
        for language in ("en", "fr", "de", "it", "ca")
    } == {name for name in editions if "/practices/" in name}
