"""Holds the reading of YAML to account: plain values by YAML 1.2, and the place of each.

What YAML can do beyond plain values (aliases, repeated keys, endless nesting) must be refused
with a diagnostic at the place where it stands.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.yaml import DEPTH_LIMIT, Located, parse_yaml

FILE = "practice.yaml"
untimed = settings(deadline=None)


def read(text: str) -> Located:
    """Return a document that must be free of mistakes."""
    found = Diagnostics()
    located = parse_yaml(text, FILE, found)
    assert [str(each) for each in found] == []
    assert located is not None
    return located


def mistakes(text: str, first_line: int = 1) -> list[tuple[str, int, int]]:
    """Return rule, line and column of everything that is wrong with a text."""
    found = Diagnostics()
    parse_yaml(text, FILE, found, first_line)
    return [(each.rule, each.place.line, each.place.column) for each in found]


# Scalars.

SCALARS: list[tuple[str, object]] = [
    ("no", "no"),  # Norwegian
    ("yes", "yes"),
    ("on", "on"),
    ("y", "y"),
    ("true", True),
    ("False", False),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("null", None),
    ("~", None),
    ("", None),
    ("1:30", "1:30"),
    ("12:30:45", "12:30:45"),
    ("0o17", "0o17"),
    ("0x1f", "0x1f"),
    ("0b101", "0b101"),
    ("1_000", "1_000"),
    ("1e3", "1e3"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("2026-11-24", "2026-11-24"),
    ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
    ("2014-20", "2014-20"),
    ("2015", 2015),
    ("-3", -3),
    ("+3", 3),
    ("007", 7),
    ("1234567890123456789", "1234567890123456789"),  # longer than any number that is meant
    ("12345678901234567890.5", "12345678901234567890.5"),
    ("50.5", 50.5),
    ("-.5", -0.5),
    ("1.5e-3", 0.0015),
    ("1.2.3", "1.2.3"),
    ("=", "="),
    ('"no"', "no"),
    ('"2015"', "2015"),
    ("'true'", "true"),
    ("'~'", "~"),
    ("|\n  2015", "2015"),
    (">\n  no\n  more", "no more"),
]


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_a_scalar_is_read_as_yaml_1_2_has_it(written: str, value: object) -> None:
    read_value = read(f"key: {written}").value["key"]
    assert (read_value, type(read_value)) == (value, type(value))


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert list(read("no: 1\n2014: 2\ntrue: 3\n1:30: 4\n~: 5\n").value) == [
        *("no", "2014", "true", "1:30", "~")
    ]


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert read("<<: {a: 1}\nb: 2").value == {"<<": {"a": 1}, "b": 2}


def test_an_empty_document_is_an_empty_mapping() -> None:
    assert read("").value == {}
    assert read("# only a remark\n").value == {}


# Places.

PRACTICE = """\
# facts
region: north
place:
  name: {en: Harbour, fr: Port}
  latitude: 50.5
links:
  - https://example.org/
  -   https://example.org/é
"""


def test_every_value_knows_its_line_and_column() -> None:
    located = read(PRACTICE)
    assert located.place("region") == Place(FILE, 2, 9)
    assert located.place("place") == Place(FILE, 4, 3)
    assert located.place("place", "name", "fr") == Place(FILE, 4, 27)
    assert located.place("links", 1) == Place(FILE, 8, 7)


def test_every_key_knows_its_line_and_column() -> None:
    located = read(PRACTICE)
    assert located.key_place("place") == Place(FILE, 3, 1)
    assert located.key_place("place", "latitude") == Place(FILE, 5, 3)
    assert located.key_place("place", "name", "fr") == Place(FILE, 4, 23)


def test_what_is_not_there_has_the_place_of_what_should_hold_it() -> None:
    located = read(PRACTICE)
    assert located.place("place", "longitude") == located.place("place")
    assert located.place("links", 7) == located.place("links")
    assert located.key_place("theme") == Place(FILE, 2, 1)


def test_columns_count_letters_not_bytes() -> None:
    assert read('{é: "œuvre", b: 1}').place("b") == Place(FILE, 1, 17)


def test_lines_count_from_the_first_line_of_the_file() -> None:
    located = parse_yaml("title: x", "en.md", Diagnostics(), first_line=2)
    assert located is not None
    assert located.place("title") == Place("en.md", 2, 8)
    assert mistakes("a: 1\na: 2", first_line=2) == [("duplicate-key", 3, 1)]


# What is refused.


def test_a_repeated_key_is_reported_where_it_stands_again_and_the_first_counts() -> None:
    text = "region: north\ntheme: finance\nregion: south\n"
    found = Diagnostics()
    located = parse_yaml(text, FILE, found)
    assert located is not None
    assert located.value == {"region": "north", "theme": "finance"}
    [repeated] = found
    assert (repeated.rule, repeated.place) == ("duplicate-key", Place(FILE, 3, 1))
    assert "first on line 1" in repeated.message


def test_a_key_repeated_in_other_quotes_is_repeated() -> None:
    assert mistakes("2014: a\n'2014': b") == [("duplicate-key", 2, 1)]


def test_the_same_key_in_two_mappings_is_not_repeated() -> None:
    assert mistakes("a: {en: 1}\nb: {en: 2}") == []


def test_an_alias_is_refused_where_it_stands() -> None:
    assert mistakes("a: &x 1\nb:\n  c: *x\n") == [("yaml-alias", 3, 6)]


def test_an_alias_inside_what_it_names_is_refused() -> None:
    assert mistakes("a: &x\n  - *x\n") == [("yaml-alias", 2, 5)]


def test_aliases_that_multiply_are_refused_one_by_one() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert len(mistakes("\n".join(lines))) == 8 * 9


def test_an_alias_to_nothing_is_refused_like_any_other() -> None:
    assert mistakes("a: *x") == [("yaml-alias", 1, 4)]


def test_a_key_that_is_no_plain_text_is_refused() -> None:
    assert mistakes("? [a, b]\n: 1") == [("yaml-syntax", 1, 3)]


def test_a_second_document_is_refused() -> None:
    assert mistakes("--- \na: 1\n---\nb: 2") == [("yaml-syntax", 3, 1)]


def test_a_tab_is_reported_at_its_own_place() -> None:
    assert mistakes("place:\n \tname: x") == [("yaml-tab", 2, 2)]


def test_a_colon_too_many_is_reported_at_its_line() -> None:
    assert mistakes("summary: a\nteam: three: people") == [("yaml-syntax", 2, 12)]


def test_a_control_character_is_refused() -> None:
    assert [rule for rule, *_ in mistakes("a: \x01")] == ["yaml-syntax"]


def test_values_may_be_nested_to_the_limit_and_no_deeper() -> None:
    assert mistakes("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT) == []
    too_deep = DEPTH_LIMIT + 1
    assert mistakes("[" * too_deep + "]" * too_deep) == [("yaml-syntax", 1, too_deep)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_endless_nesting_is_a_mistake_and_exhausts_no_stack(opening: str) -> None:
    reading = (
        "from brochure.diagnostics import Diagnostics\n"
        "from brochure.sources.yaml import parse_yaml\n"
        "found = Diagnostics()\n"
        f"parse_yaml({opening!r} * 100_000, 'x.yaml', found)\n"
        "print(*(each.rule for each in found))"
    )
    # In a process of its own: where it goes wrong, the process dies.
    result = subprocess.run([sys.executable, "-c", reading], capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip()) == (0, "yaml-syntax")


def test_a_tag_makes_nothing_but_plain_values() -> None:
    assert read("a: !!python/object/apply:os.system ['true']").value == {"a": ["true"]}


# Round trips: what PyYAML writes is read back, and every value is found at its place.

# PyYAML writes YAML 1.1, where fewer texts look like numbers; those few are left out.
LOOKS_LIKE_A_NUMBER = re.compile(r"[-+.0-9eE]+\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).filter(
    lambda text: not LOOKS_LIKE_A_NUMBER.match(text)
)
NUMBERS = st.integers(-(10**17), 10**17) | st.integers(-(10**6), 10**6).map(lambda n: n / 64)
PLAIN = st.none() | st.booleans() | NUMBERS | TEXTS


def nested(leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.dictionaries(
        keys,
        st.recursive(
            leaves,
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
            max_leaves=12,
        ),
        max_size=5,
    )


@untimed
@given(nested(PLAIN, TEXTS), st.booleans())
def test_plain_values_are_read_as_they_were_written(value: dict[str, Any], flow: bool) -> None:
    written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    assert read(written).value == value


def numbered(value: Any, counter: list[int] | None = None) -> Any:
    """Return a value whose every scalar is another word, so that each stands at one place only."""
    counter = [0] if counter is None else counter
    if isinstance(value, dict):
        return {key: numbered(inner, counter) for key, inner in value.items()}
    if isinstance(value, list):
        return [numbered(inner, counter) for inner in value]
    counter[0] += 1
    return f"word{counter[0]}."


def scalars(
    value: Any, path: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], str]]:
    """Return every scalar with its path."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in scalars(inner, (*path, key))]
    if isinstance(value, list):
        return [each for i, inner in enumerate(value) for each in scalars(inner, (*path, i))]
    return [(path, value)]


def place_in(text: str, word: str) -> Place:
    before = text[: text.index(word)]
    return Place(FILE, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


@untimed
@given(nested(st.none(), TEXTS), st.booleans(), st.integers(2, 6))
def test_every_value_is_found_at_its_line_and_column(
    value: dict[str, Any], flow: bool, indent: int
) -> None:
    value = numbered(value)
    written = yaml.safe_dump(value, default_flow_style=flow, indent=indent)
    located = read(written)
    for path, word in scalars(value):
        assert located.place(*path) == place_in(written, word)
