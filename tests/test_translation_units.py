"""Holds the taking apart of texts to losing nothing, and the pairing of two to what is meant."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from brochure.translations.manuscript import Manuscript, digest, parse_manuscript
from brochure.translations.pairing import paired
from brochure.translations.record import Record, Row
from brochure.translations.sameness import digest_of, is_small_change

FRONT = (
    '---\ntitle: A title\nfacts: {money: "1, 2", team: two}\n'
    'figures:\n  - value: "5"\n    label: five\n---\n'
)
TEXTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("practices", "pages", "plans")
    for path in (ROOT / folder).glob("*/*.md")
)


def read(body: str, front: str = FRONT) -> Manuscript:
    manuscript = parse_manuscript("en.md", front + body)
    assert manuscript is not None
    return manuscript


def prose(body: str) -> list[tuple[str, str]]:
    return [(unit.name, unit.words) for unit in read(body).prose]


def test_the_values_of_the_front_matter_are_units_by_their_path() -> None:
    units = read("").units
    assert [(unit.path, unit.words, unit.line) for unit in units] == [
        ("title", "A title", 2),
        ("facts.money", "1, 2", 3),
        ("facts.team", "two", 3),
        ("figures.1.value", "5", 5),
        ("figures.1.label", "five", 6),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One\nline more.\n\nTwo.", [("paragraph", "One line more."), ("paragraph", "Two.")]),
        ("Meant  \nto break.", [("paragraph", "Meant\nto break.")]),
        ("## How {#how}\n### Why ###", [("heading 2", "How"), ("heading 3", "Why")]),
        ("#1 in Europe", [("paragraph", "#1 in Europe")]),
        (
            "- one\n  and a half\n- two\n    1. three\n\n    more of three",
            [
                ("list entry", "one and a half"),
                ("list entry", "two"),
                ("list entry", "three"),
                ("paragraph", "more of three"),
            ],
        ),
        ("Not a list:\n- one", [("paragraph", "Not a list: - one")]),
        ("> said\n> twice\n>\n> again", [("quotation", "said twice"), ("quotation", "again")]),
        ("text\n\n***\n\n```\ncode | x\n```\n\nend", [("paragraph", "text"), ("paragraph", "end")]),
        ("text\n\n    code", [("paragraph", "text")]),
        ("[a]: https://example.org\n\nSee [a].", [("paragraph", "See [a].")]),
        (
            "| a | b\\|c |\n|---|:-:|\n| `x|y` |  |\n\nend",
            [
                ("table cell", "a"),
                ("table cell", "b\\|c"),
                ("table cell", "`x|y`"),
                ("paragraph", "end"),
            ],
        ),
    ],
)
def test_the_text_is_taken_apart(body: str, expected: list[tuple[str, str]]) -> None:
    assert prose(body) == expected


def test_no_unit_of_the_sample_overlaps_another_and_no_letter_of_its_prose_is_left_out() -> None:
    for file in TEXTS:
        text = (ROOT / file).read_text(encoding="utf-8")
        manuscript = parse_manuscript(file, text)
        assert manuscript is not None, file
        at, between = manuscript.body, ""
        for unit in manuscript.prose:
            assert at <= unit.start < unit.end, (file, unit)
            assert text[unit.start : unit.end] == unit.words
            between += text[at : unit.start]
            at = unit.end
        between += text[at:]
        assert not re.search("[A-Za-z]", re.sub(r"\{#[a-z-]+\}", "", between)), file


LINES = st.sampled_from(
    [
        *(
            "word word",
            "- item",
            "1. one",
            "    - deep",
            "> said",
            ">",
            "## Head",
            "### Head {#id}",
        ),
        *(
            "",
            "",
            "| a | b |",
            "|---|---|",
            "```",
            "***",
            "    code",
            "two  ",
            "[a]: x",
            "*s* `x|y`",
        ),
    ]
)


@given(st.lists(LINES, max_size=25))
def test_units_of_any_text_are_in_order_and_hold_what_stands_there(lines: list[str]) -> None:
    body = "\n".join(lines)
    manuscript = read(body)
    at = manuscript.body
    for unit in manuscript.prose:
        assert at <= unit.start < unit.end <= len(manuscript.text)
        there = manuscript.text[unit.start : unit.end].replace(">", " ").split()
        assert there == unit.words.replace(">", " ").split()
        assert manuscript.text.count("\n", 0, unit.start) + 1 == unit.line
        at = unit.end


# What is small.


@pytest.mark.parametrize(
    ("before", "after", "small"),
    [
        ("A lab, open.", "A lab – open!", True),
        ("The “Lab” opens", "the 'lab' opens", True),
        ("in 2019, they", "in 2019 they", True),
        ("EUR 1,500", "EUR 1.500", False),
        ("1.5 per cent", "15 per cent", False),
        ("a change of -5", "a change of 5", False),
        ("2014–2020", "2014, 2020", False),
        ("They paid 5%", "They paid 5", False),
        ("[lab](https://a.org/x-y)", "[lab](https://a.org/xy)", False),
        ("[lab](https://a.org/)", "[Lab](https://a.org/)", True),
        ("a *lab*", "a lab", False),
        ("two labs", "two lab", False),
    ],
)
def test_a_change_is_small_where_it_says_the_same(before: str, after: str, small: bool) -> None:
    assert is_small_change(before, after) is small
    assert is_small_change(after, before) is small


def test_spaces_make_no_other_digest() -> None:
    assert digest_of("two  words\n") == digest_of("two\u00a0words")
    assert digest_of("two words") != digest_of("two word")


def test_to_say_in_which_language_a_name_is_makes_no_other_digest() -> None:
    assert digest_of("the [Théâtre de Liège]{lang=fr} leads") == digest_of(
        "the Théâtre de Liège leads"
    )
    assert digest_of("[lab](https://a.org)") != digest_of("lab")


# What belongs together.


def rows_of(source: Manuscript, translation: Manuscript) -> Record:
    rows = [
        Row(s.path, digest(s), digest(t), True)
        for s, t in zip(source.units, translation.units, strict=True)
    ]
    return Record({"fr": tuple(rows)}, {digest(s): s.words for s in source.units})


def partners(source: Manuscript, translation: Manuscript, record: Record) -> list[tuple[str, str]]:
    pairs = paired(source, translation, record, "fr")
    return [
        (p.source.words if p.source else "", p.translation.words if p.translation else "")
        for p in pairs
        if not (p.source.path if p.source else p.translation and p.translation.path)
    ]


OLD = read("First words here.\n\n- alpha 1\n- beta 2\n\nLast words.\n")
FRENCH = read("Premiers mots.\n\n- alpha 1\n- bêta 2\n\nDerniers mots.\n")


def test_a_new_paragraph_moves_no_other() -> None:
    new = read("First words here.\n\nInserted words.\n\n- alpha 1\n- beta 2\n\nLast words.\n")
    assert partners(new, FRENCH, rows_of(OLD, FRENCH)) == [
        ("First words here.", "Premiers mots."),
        ("Inserted words.", ""),
        ("alpha 1", "alpha 1"),
        ("beta 2", "bêta 2"),
        ("Last words.", "Derniers mots."),
    ]


def test_what_was_taken_out_of_the_original_is_still_known() -> None:
    new = read("First words here.\n\n- alpha 1\n\nLast words.\n")
    pairs = paired(new, FRENCH, rows_of(OLD, FRENCH), "fr")
    gone = next(pair for pair in pairs if pair.source is None)
    assert (gone.translation and gone.translation.words, gone.was) == ("bêta 2", "beta 2")


def test_paragraphs_that_change_places_with_equals_keep_their_partners() -> None:
    source, translation = read("same\n\nsame\n\nother"), read("pareil\n\npareil\n\nautre")
    new = read("same\n\nother")
    found = partners(new, translation, rows_of(source, translation))
    assert ("other", "autre") in found
    assert ("same", "pareil") in found


def test_a_paragraph_that_both_sides_changed_keeps_what_is_known_of_it() -> None:
    new = read("First words here, changed.\n\n- alpha 1\n- beta 2\n\nLast words.\n")
    french = read("Premiers mots, autrement.\n\n- alpha 1\n- bêta 2\n\nDerniers mots.\n")
    pair = next(p for p in paired(new, french, rows_of(OLD, FRENCH), "fr") if "changed" in str(p))
    assert pair.was == "First words here."


def test_without_a_record_headings_and_numbers_tell_what_belongs_together() -> None:
    source = read("In 2019 it began.\n\nIt grew.\n\n## Money {#money}\n\nEUR 5,000.\n\nMore.\n")
    translation = read("En 2019, il commence.\n\n## Argent {#money}\n\n5 000 euros.\n")
    assert partners(source, translation, Record()) == [
        ("In 2019 it began.", "En 2019, il commence."),
        ("It grew.", ""),
        ("Money", "Argent"),
        ("EUR 5,000.", "5 000 euros."),
        ("More.", ""),
    ]


def test_shapes_that_differ_never_belong_together() -> None:
    assert partners(read("- one"), read("un"), Record()) == [("one", ""), ("", "un")]
