"""Holds the facts of plans to account: what may be to be confirmed, what is counted, what is said.

What each message says is held by the examples in tests/diagnostics/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from conftest import SMALL
from on_the_desk import desktop
from pydantic import BaseModel

from brochure.build import check
from brochure.diagnostics import Diagnostics
from brochure.layouts.plan_views import stakeholders_of
from brochure.model import Plan, Texts
from brochure.model.plan_checks import unknown_values, words_in
from brochure.model.plans import PlanSheet
from brochure.model.validation import validated
from brochure.sources import Folder
from brochure.sources.yaml import Located, parse_yaml

PLAN = "plans/north/plan.yaml"
SMALL_PLAN = (SMALL / PLAN).read_text(encoding="utf-8")


def located(text: str) -> Located:
    """Return YAML without mistakes."""
    found = Diagnostics()
    values = parse_yaml(text, PLAN, found)
    assert not list(found)
    assert values is not None
    return values


def changed(old: str, new: str, text: str = SMALL_PLAN) -> str:
    """Return the small project's plan with one thing changed."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def sheet(text: str) -> PlanSheet:
    return PlanSheet.model_validate(located(text).value)


def mistakes(text: str) -> list[str]:
    """Return where the sheet of a plan is not kept to, as `rule line`."""
    found = Diagnostics()
    validated(PlanSheet, located(text), found)
    return [f"{each.rule} {each.place.line}" for each in found]


def rules_of(root: Path) -> set[tuple[str, str]]:
    """Return what is found in a copy of the small project, beside what it lacks unbroken."""
    found = Diagnostics()
    check(Folder(root), found)
    return {
        (each.rule, each.place.file)
        for each in found
        if each.place.file != "practices/mill-fund/fr.md"
    }


def line_of(words: str, text: str = SMALL_PLAN) -> int:
    """Return the number of the only line that holds these words."""
    [line] = [number for number, each in enumerate(text.split("\n"), 1) if words in each]
    return line


# Words by language.


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("partner: The North", []),
        ("partner: {en: The North, fr: Le Nord}", ["partner"]),
        ("partner: {fr: Le Nord}", ["partner"]),
        ("partner: {de-AT: Der Norden}", ["partner"]),
        ("partner: {}", []),
        ("partner:", []),
        ("other_partners: [The board, {en: A}, {fr: B}]", ["other_partners.1", "other_partners.2"]),
        ("contact: {name: tbc, email: tbc, telephone: tbc}", []),
        ("policy_instrument: {kind: other, name: {en: A}}", ["policy_instrument.name"]),
        ("actions:\n  - id: one\n    title: {en: A}", ["actions.0.title"]),
        ("actions:\n  - {id: one}", []),  # "id" is a key, not the language Indonesian
        ("actions: [{id: one, end: tbc}]", []),
        ("actions: [{steps: [{text: {en: A}}]}]", ["actions.0.steps.0.text"]),
        (
            "actions: [{indicators: [{name: {en: A}, unit: {fr: B}}]}]",
            ["actions.0.indicators.0.name", "actions.0.indicators.0.unit"],
        ),
        ("stakeholders: [{name: A}, {name: {en: B}}]", ["stakeholders.1.name"]),
        ("actions: tbc", []),
        ("- en: A", ["0"]),
    ],
)
def test_words_are_found_wherever_they_are_given_by_language(text: str, paths: list[str]) -> None:
    found = words_in(located(text).value)
    assert [".".join(map(str, path)) for path in found] == paths


@pytest.mark.parametrize("text", ["period: {end: 2022-12}", "actions: [{steps: [{end: 2020-03}]}]"])
def test_a_key_of_three_letters_is_no_language(text: str) -> None:
    assert not list(words_in(located(text).value))


def test_all_words_of_the_small_plan_are_found() -> None:
    by_language = re.findall(r"\{en: ", SMALL_PLAN)
    assert len(list(words_in(located(SMALL_PLAN).value))) == len(by_language)


# What is to be confirmed.


def unknown_lines(text: str) -> list[int]:
    """Return the line of each value that is to be confirmed."""
    places = unknown_values(located(text), sheet(text).model_dump())
    return [place.line for place in places]


def test_each_value_to_be_confirmed_is_counted_once_in_its_place() -> None:
    written = [number for number, line in enumerate(SMALL_PLAN.split("\n"), 1) if "tbc" in line]
    exchange = line_of("- id: exchange")  # it has neither an end nor steps
    assert sorted(unknown_lines(SMALL_PLAN)) == sorted([*written, exchange, exchange])


def test_a_place_is_that_of_the_value() -> None:
    places = unknown_values(located("a: tbc\nb: [1, tbc, {c: tbc}]"), {"a": "tbc", "b": [1, "tbc"]})
    assert [(place.line, place.column) for place in places] == [(1, 4), (2, 8)]


def test_words_that_hold_the_letters_are_not_counted() -> None:
    text = changed("name: Harbour Board\n", "name: The tbc board\n")
    assert sorted(unknown_lines(text)) == sorted(unknown_lines(SMALL_PLAN))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("    start: 2020-03\n    end: 2021-08\n", "- id: night-school"),
        ("        baseline: {value: 0, year: 2019}\n", "- name: {en: Pupils"),
    ],
)
def test_a_value_that_is_left_out_is_counted_where_it_would_stand(words: str, place: str) -> None:
    text = changed(words, "")
    more = [line_of(place, text)] * words.count("\n")
    assert len(unknown_lines(text)) == len(unknown_lines(SMALL_PLAN)) + len(more)
    assert unknown_lines(text).count(more[0]) == len(more)


def test_what_is_none_is_not_to_be_confirmed() -> None:
    text = changed("    indicators: []\n", "")
    assert len(unknown_lines(text)) == len(unknown_lines(SMALL_PLAN)) + 1


# Where "tbc" may stand. Every key of the sheet is in one of these tables.

TO_BE_CONFIRMED = [
    *("actions[].end", "actions[].funding", "actions[].indicators", "actions[].inspired_by"),
    *("actions[].players", "actions[].risks", "actions[].start", "actions[].steps"),
    *("actions[].costs", "actions[].title", "actions[].steps[].start", "actions[].steps[].end"),
    *("actions[].costs[].amount", "actions[].funding[].amount"),
    *("actions[].indicators[].baseline", "actions[].indicators[].target"),
    *("actions[].indicators[].baseline.value", "actions[].indicators[].baseline.year"),
    *("actions[].indicators[].target.value", "actions[].indicators[].target.year"),
    *("actions[].risks[].answer", "contact.name", "contact.email", "contact.telephone", "events"),
    *("events[].date", "period.start", "period.end", "policy_instrument.kind"),
    *("policy_instrument.name", "stakeholders"),
]

# Here it stands for words, and the document says in its language what it means.
NOT_AS_WORDS = [
    *("partner", "other_partners[]", "actions[].players[]", "actions[].steps[].text"),
    *("actions[].costs[].line", "actions[].funding[].source", "actions[].indicators[].name"),
    *("actions[].indicators[].unit", "actions[].indicators[].source"),
    *("actions[].indicators[].responsible", "actions[].risks[].risk", "stakeholders[].name"),
    *("stakeholders[].role", "events[].title", "events[].place", "signatories[].organisation"),
    *("signatories[].name", "signatories[].position"),
]

NEVER = [
    *("country", "nuts", "status", "contact", "period", "policy_instrument"),
    *("other_partners", "signatories", "sources", "actions", "sources[]", "actions[]"),
    *("actions[].steps[]", "actions[].costs[]", "actions[].funding[]", "actions[].indicators[]"),
    *("actions[].risks[]", "stakeholders[]", "events[]", "signatories[]"),
    *("actions[].costs[].year", "events[].until", "signatories[].date"),
]

# Here it is a name like any other, which must be known: of a region, a language, a practice.
AS_A_NAME = ["region", "language", "actions[].id", "actions[].inspired_by[]"]

FULL_PLAN = changed(
    "Responsable des plans}\n",
    "Responsable des plans}\n    date: 2020-05-14\n",
)


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Yield every key of a sheet and of the sheets in it; `[]` stands for each entry of a list."""
    for key, field in model.model_fields.items():
        yield f"{before}{key}"
        yield from _keys_in(field.annotation, f"{before}{key}")


def _keys_in(annotation: Any, path: str) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from keys_of(annotation, f"{path}.")
    elif getattr(annotation, "__origin__", None) is list:
        yield f"{path}[]"
        yield from _keys_in(get_args(annotation)[0], f"{path}[]")
    elif getattr(annotation, "__origin__", None) is not dict:
        for argument in get_args(annotation):
            yield from _keys_in(argument, path)


def test_every_key_of_a_plan_stands_in_one_of_the_tables() -> None:
    tables = [*TO_BE_CONFIRMED, *NOT_AS_WORDS, *NEVER, *AS_A_NAME]
    assert sorted(tables) == sorted(set(keys_of(PlanSheet)))


def with_tbc(key: str) -> list[str]:
    """Return the rules broken by the full plan with `tbc` in the first place of a key."""
    values = located(FULL_PLAN)
    set_to_tbc(values.value, key)
    found = Diagnostics()
    validated(PlanSheet, values, found)
    return [each.rule for each in found]


def set_to_tbc(values: Any, key: str) -> None:
    *path, last = (0 if part == "0" else part for part in key.replace("[]", ".0").split("."))
    for part in path:
        values = values[part]
    assert last == 0 or last in values, f"the full plan has no {key}"
    values[last] = "tbc"


def test_the_full_plan_has_no_mistake() -> None:
    assert mistakes(FULL_PLAN) == []


@pytest.mark.parametrize("key", TO_BE_CONFIRMED)
def test_what_may_not_be_known_yet_may_be_to_be_confirmed(key: str) -> None:
    assert with_tbc(key) == []


@pytest.mark.parametrize("key", NEVER)
def test_what_must_be_known_may_not_be_to_be_confirmed(key: str) -> None:
    assert with_tbc(key) in (["wrong-type"], ["wrong-value"])


@pytest.mark.parametrize("key", NOT_AS_WORDS)
def test_no_document_prints_the_letters_tbc_for_words(small: Path, key: str) -> None:
    file = small / "plans/north/plan.yaml"
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    set_to_tbc(values, key)
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    for (section, _), html in desktop(small).every_section().items():
        words = re.sub(r"<[^>]*>", " ", html)
        assert not re.search(r"\btbc\b", words), (section, key)


@pytest.mark.parametrize("key", AS_A_NAME)
def test_it_is_a_name_like_any_other_where_a_name_stands(key: str) -> None:
    assert with_tbc(key) == []


def test_it_is_written_in_small_letters() -> None:
    assert mistakes(changed("    players: tbc\n", "    players: TBC\n")) == ["wrong-type 51"]


# Amounts.


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("0", "0"),
        ("12000", "12000"),
        ("0.5", "0.5"),
        ("30500.50", "30500.5"),
        ("0.10", "0.1"),
        ("1234567.89", "1234567.89"),
        ("999999999999.99", "999999999999.99"),
        ('"12000.50"', "12000.50"),
    ],
)
def test_an_amount_is_read_to_the_cent(written: str, amount: str) -> None:
    read = sheet(changed("amount: 12000\n", f"amount: {written}\n")).actions[0].costs
    assert not isinstance(read, str)
    assert read[0].amount == Decimal(amount)
    assert isinstance(read[0].amount, Decimal)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("0.005", "wrong-value"),
        ("12000.001", "wrong-value"),
        ("-1", "wrong-value"),
        ("-0.01", "wrong-value"),
        ("1000000000000", "wrong-value"),
        (".nan", "wrong-type"),
        ("NaN", "wrong-value"),
        ("Infinity", "wrong-value"),
        ("true", "wrong-type"),
        ("12,000", "wrong-type"),
        ("12 000", "wrong-type"),
        ("12000 EUR", "wrong-type"),
        ("€12000", "wrong-type"),
        ("[12000]", "wrong-type"),
        ("{en: 12000}", "wrong-type"),
        ('""', "wrong-type"),
        ("~", "wrong-type"),
    ],
)
def test_anything_else_is_no_amount(written: str, rule: str) -> None:
    line = line_of("amount: 12000")
    assert mistakes(changed("amount: 12000\n", f"amount: {written}\n")) == [f"{rule} {line}"]


@pytest.mark.parametrize("written", [".nan", "nan", "inf", "-Infinity", "true", '"1,200"', "many"])
def test_what_an_indicator_measures_is_a_number(written: str) -> None:
    line = line_of("target: {value: 1200")
    [mistake] = mistakes(changed("target: {value: 1200", f"target: {{value: {written}"))
    assert mistake in (f"wrong-type {line}", f"wrong-value {line}")


@pytest.mark.parametrize("written", ["0", "-3", "1200", "0.25", "1.5e3"])
def test_a_measured_number_may_be_any(written: str) -> None:
    assert mistakes(changed("target: {value: 1200", f"target: {{value: {written}")) == []


# Dates.


@pytest.mark.parametrize("month", ["2020-03", '"2020"', "tbc", "2199-12", "1900-01"])
def test_a_month_or_a_year_alone_dates_an_action(month: str) -> None:
    assert mistakes(changed('start: "2022"', f"start: {month}")) == []


@pytest.mark.parametrize(
    "month",
    ["2020-13", "2020-00", "2020-3", "20-03", "2020-03-01", "2020/03", "March 2020", "2020"],
)
def test_anything_else_is_no_month(month: str) -> None:
    [mistake] = mistakes(changed('start: "2022"', f"start: {month}"))
    assert mistake in ("wrong-value 52", "wrong-type 52")


@pytest.mark.parametrize("day", ["2020-02-29", "2020-05", "tbc"])
def test_a_day_or_a_month_dates_an_event(day: str) -> None:
    assert mistakes(changed("date: 2020-05-12", f"date: {day}")) == []


@pytest.mark.parametrize("day", ["2021-02-29", "2020-04-31", "2020-05-32", "2020", "12.5.2020"])
def test_anything_else_is_no_day(day: str) -> None:
    [mistake] = mistakes(changed("date: 2020-05-12", f"date: {day}"))
    assert mistake in ("wrong-value 65", "wrong-type 65")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("until: 2020-05-14", "until: 2020-06"),
        ("date: 2020-05-12", "date: 2020-05"),
        ("date: 2020-05-12", "date: tbc"),
    ],
)
def test_the_last_day_of_an_event_is_not_lost_without_a_message(
    small: Path, old: str, new: str
) -> None:
    """The document prints two days, or the first date alone."""
    (small / PLAN).write_text(changed(old, new), encoding="utf-8")
    assert {file for _, file in rules_of(small)} == {PLAN}


# Texts.


def test_the_small_plan_has_no_mistake(small: Path) -> None:
    assert rules_of(small) == set()


def replace(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    (root / path).unlink()
    (root / path).write_text(changed(old, new, text), encoding="utf-8")


def test_a_plan_without_passages_in_its_own_language_is_not_left_out_without_a_message(
    small: Path,
) -> None:
    text = (small / "plans/north/fr.md").read_text(encoding="utf-8")
    (small / "plans/north/fr.md").write_text(text.partition("\n## ")[0], encoding="utf-8")
    assert {file for _, file in rules_of(small)} >= {"plans/north/fr.md"}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("status: draft", "status: drft", "wrong-value"),
        ("status: draft", "status: [draft", "yaml-syntax"),
        ("region: north", "region: north\nregion: south", "duplicate-key"),
    ],
)
def test_a_link_to_a_plan_with_a_mistake_is_not_reported_as_well(
    small: Path, old: str, new: str, rule: str
) -> None:
    replace(small, PLAN, old, new)
    replace(small, "plans/north/fr.md", "Il reste à", "[Il](brochure:plan/north) reste à")
    assert rules_of(small) == {(rule, PLAN)}


def test_a_link_to_a_plan_with_a_mistake_is_found_in_a_folder_of_any_name(small: Path) -> None:
    replace(small, PLAN, "status: draft", "status: drft")
    replace(small, "plans/north/fr.md", "Il reste à", "[Il](brochure:plan/north) reste à")
    (small / "plans/north").rename(small / "plans/harbour")
    assert rules_of(small) == {("wrong-value", "plans/harbour/plan.yaml")}


def test_a_text_with_a_mistake_is_not_said_to_be_missing(small: Path) -> None:
    replace(small, "plans/north/en.md", "title: Local", "titel: Local")
    assert rules_of(small) == {
        ("unknown-key", "plans/north/en.md"),
        ("missing-title", "plans/north/en.md"),
    }


def test_a_mistake_in_the_facts_hides_none_in_the_texts(small: Path) -> None:
    replace(small, PLAN, "status: draft", "status: drft")
    replace(small, "plans/north/en.md", "{#budget}", "{#money}")
    assert ("unknown-passage", "plans/north/en.md") in rules_of(small)


# Stakeholders.


def stakeholders(text: str) -> list[tuple[dict[str, str], dict[str, str] | None, list[int]]]:
    facts = sheet(text)
    plan = Plan(facts.region, "plans/north", "fr", facts, Texts("plans/north", {}))
    return [(each["name"], each["role"], each["actions"]) for each in stakeholders_of(plan)]


BOARD = {"": "Harbour Board"}
OWNER = {"en": "Owner of the harbour", "fr": "Propriétaire du port"}
MILL = {"en": "The mill", "fr": "Le moulin"}
MAKERS = {"en": "The makers", "fr": "Les artisans"}


def test_players_and_stakeholders_with_equal_words_are_one() -> None:
    assert stakeholders(SMALL_PLAN) == [
        (BOARD, OWNER, [1]),
        (MILL, None, []),
        (MAKERS, None, [1]),
    ]


def test_a_player_has_the_numbers_of_all_its_actions() -> None:
    text = changed("    players: tbc\n", "    players: [{fr: Les artisans, en: The makers}]\n")
    assert stakeholders(text) == [(BOARD, OWNER, [1]), (MILL, None, []), (MAKERS, None, [1, 2])]


def test_other_words_are_somebody_else() -> None:
    text = changed("    players: tbc\n", "    players: [{fr: Les artisans}, The makers]\n")
    assert stakeholders(text)[3:] == [
        ({"fr": "Les artisans"}, None, [2]),
        ({"": "The makers"}, None, [2]),
    ]


def test_without_stakeholders_the_players_are_left() -> None:
    text = re.sub(r"(?ms)^stakeholders:.*(?=^events:)", "stakeholders: tbc\n", SMALL_PLAN)
    assert stakeholders(text) == [(BOARD, None, [1]), (MAKERS, None, [1])]
    nobody = changed("    players: [Harbour Board, {en: The makers, fr: Les artisans}]\n", "", text)
    assert stakeholders(nobody) == []


def test_a_player_who_is_named_twice_in_an_action_has_its_number_once() -> None:
    text = changed("    players: tbc\n", "    players: [Harbour Board, Harbour Board]\n")
    assert stakeholders(text)[0] == (BOARD, OWNER, [1, 2])


def test_a_stakeholder_who_is_named_twice_keeps_the_role() -> None:
    text = changed(
        "  - name: {en: The mill, fr: Le moulin}\n",
        "  - name: {en: The mill, fr: Le moulin}\n  - name: Harbour Board\n",
    )
    assert stakeholders(text)[0] == (BOARD, OWNER, [1])
