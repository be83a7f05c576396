"""Located diagnostics from pydantic's findings: by error type, never by its prose."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from brochure.diagnostics import Diagnostics, did_you_mean
from brochure.model.words import Sheet
from brochure.sources.yaml import Located

S = TypeVar("S", bound=Sheet)

_AMOUNT = "write it like 12000 or 12000.50, with nothing between the thousands and without EUR"
# Pydantic's stable error types: the rule, what was expected ({} takes a value of the error's
# context), and a hint.
_EXPECTED: dict[str, tuple[str, str, str]] = {
    "string_type": ("wrong-type", "a text", "put the value in double quotes"),
    "int_type": ("wrong-type", "a whole number", "write digits only, without quotes"),
    "int_parsing": ("wrong-type", "a whole number", "write digits only, without quotes"),
    "int_from_float": ("wrong-type", "a whole number", "write digits only"),
    "float_type": ("wrong-type", "a number", "write digits with a point, without quotes"),
    "float_parsing": ("wrong-type", "a number", "write digits with a point, without quotes"),
    "decimal_type": ("wrong-type", "an amount in euros", _AMOUNT),
    "decimal_parsing": ("wrong-type", "an amount in euros", _AMOUNT),
    "finite_number": ("wrong-value", "a number", "write digits with a point, without quotes"),
    "decimal_max_places": (
        "wrong-value",
        "at most {decimal_places} digits behind the point",
        "round the amount to cents",
    ),
    "bool_type": ("wrong-type", "true or false", "write true or false"),
    "dict_type": ("wrong-type", "a mapping", 'write lines of the form "key: value" below it'),
    "model_type": ("wrong-type", "a mapping", 'write lines of the form "key: value" below it'),
    "list_type": ("wrong-type", "a list", 'write each entry on a line of its own after "- "'),
    "date_from_datetime_parsing": ("wrong-type", "a date", "write it as 2026-11-24"),
    "date_parsing": ("wrong-type", "a date", "write it as 2026-11-24"),
    "date_from_datetime_inexact": ("wrong-type", "a date", "write it as 2026-11-24"),
    "date_type": ("wrong-type", "a date", "write it as 2026-11-24"),
    "no_such_day": ("wrong-value", "a day of the calendar", "correct the day or the month"),
    "words_type": (
        "wrong-type",
        "a text, or a text for each language",
        "put the text in double quotes",
    ),
    "literal_error": ("wrong-value", "{expected}", "use one of these words"),
    "enum": ("wrong-value", "{expected}", "use one of these words"),
    "string_too_short": ("wrong-value", "a text", "write the text"),
    "string_too_long": ("wrong-value", "at most {max_length} characters", "shorten the text"),
    "too_short": ("wrong-value", "{min_length} or more", "add what is missing"),
    "too_long": ("wrong-value", "{max_length} or fewer", "remove some"),
    "greater_than": ("wrong-value", "more than {gt:g}", "correct the number"),
    "greater_than_equal": ("wrong-value", "{ge:g} or more", "correct the number"),
    "less_than": ("wrong-value", "less than {lt:g}", "correct the number"),
    "less_than_equal": ("wrong-value", "{le:g} or less", "correct the number"),
    "value_error": ("wrong-value", "{error}", 'write it like "fr" for French'),
}

# What a text must look like, by its pattern's beginning.
_PATTERNS: list[tuple[str, str, str]] = [
    ("^https?:", "a web address", "begin it with https://"),
    ("^[a-z0-9]+(?:-", "small letters, digits and hyphens", "write it like creative-hub"),
    ("^(?:practice|region)/", "practice/<slug> or region/<id>", "write it like region/latvia"),
    ("^[A-Z]{2}$", "a country code of two capital letters", "write it like BE"),
    ("^[A-Z]{2}[", "a NUTS code", "write it like BE3 or ES51"),
    ("^[^@", "an e-mail address", "write it like name@example.org"),
    ("^#[0-9a-f]", "six digits 0 to 9 or a to f after #", 'write it like "#c8321e", in quotes'),
    (
        r"^(?:19|20|21)\d\d(?:-",
        "a month or a year from 1900 to 2199",
        'write it like 2019-11, or "2019" in quotes for a year alone',
    ),
    (
        r"^(?:19|20|21)\d\d-",
        "a day or a month from 1900 to 2199",
        "write it like 2019-11-14 or 2019-11",
    ),
    ("^[^/", "a relative file name that ends in .pdf", "use / between folders and no : * ? |"),
]


def validated(sheet: type[S], located: Located, found: Diagnostics) -> S | None:
    """Return the values of a file as `sheet`, or None with a diagnostic for each mistake."""
    try:
        return sheet.model_validate(located.value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            # Where "tbc" may stand for a value, pydantic also says of a wrong value that it is
            # not "tbc".
            if details.get("ctx", {}).get("expected") != "'tbc'":
                _report(sheet, located, details, found)
        return None


def _report(
    sheet: type[Sheet], located: Located, details: ErrorDetails, found: Diagnostics
) -> None:
    path = _source_path(located, details["loc"])
    kind = details["type"]
    if kind == "extra_forbidden":
        key = str(path[-1])
        hint = did_you_mean(key, _keys_at(sheet, path[:-1]))
        found.add("unknown-key", located.key_place(*path), f'"{key}" is no key here', hint)
    elif kind == "missing":
        key = str(details["loc"][-1])
        rule = (
            "missing-title" if sheet.__name__ == "FrontMatter" and key == "title" else "missing-key"
        )
        found.add(
            rule, located.place(*path), f'the key "{key}" is missing', f'add a line "{key}: …"'
        )
    elif path and path[-1] == "[key]":
        key = str(path[-2])
        expected, hint = _expected(details)[1:]
        found.add(
            "wrong-value",
            located.key_place(*path[:-1]),
            f'the key is "{key}", expected {expected}',
            hint,
        )
    else:
        _report_value(located, path, details, found)


def _report_value(
    located: Located, path: tuple[str | int, ...], details: ErrorDetails, found: Diagnostics
) -> None:
    rule, expected, hint = _expected(details)
    name = next((f'"{part}"' for part in reversed(path) if isinstance(part, str)), None)
    if name is None:  # the whole file
        name = "this"
        hint = 'write lines of the form "key: value"'
    value = details["input"]
    if isinstance(value, str) and value != "tbc" and value.casefold() == "tbc":
        hint = 'write "tbc" in small letters'
    state = f"has {_count(value)}" if details["type"] in _COUNTED else f"is {_shown(value)}"
    found.add(rule, located.place(*path), f"{name} {state}, expected {expected}", hint)


_COUNTED = ("too_short", "too_long")


def _count(value: list[object]) -> str:
    return {0: "no entry", 1: "1 entry"}.get(len(value), f"{len(value)} entries")


def _expected(details: ErrorDetails) -> tuple[str, str, str]:
    """Return the rule, what was expected, and a hint."""
    if details["type"] == "string_pattern_mismatch":
        return "wrong-value", *_pattern(details)
    rule, expected, hint = _EXPECTED.get(
        details["type"], ("wrong-value", "another value", "see docs/brochure-yaml.md")
    )
    context = dict(details.get("ctx", {}))
    return rule, expected.format(**context).replace("'", '"'), hint


def _pattern(details: ErrorDetails) -> tuple[str, str]:
    pattern = str(details.get("ctx", {}).get("pattern", ""))
    for beginning, expected, hint in _PATTERNS:
        if pattern.startswith(beginning):
            return expected, hint
    return "a text of another form", "correct the value"


def _source_path(located: Located, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return the part of pydantic's path that exists in the file: it adds names of unions."""
    kept: list[str | int] = []
    value = located.value
    for part in path:
        if part == "[key]":
            kept.append(part)
            continue
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            continue
        kept.append(part)
    return tuple(kept)


def _keys_at(sheet: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that a sheet knows at a path."""
    for part in path:
        if isinstance(part, str) and part in sheet.model_fields:
            inner = _sheet_in(sheet.model_fields[part].annotation)
            if inner is None:
                return []
            sheet = inner
    return list(sheet.model_fields)


def _sheet_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if inner := _sheet_in(argument):
            return inner
    return None


_NAMES = {dict: "a mapping", list: "a list", type(None): "empty"}


def _shown(value: object) -> str:
    if name := _NAMES.get(type(value)):
        return name
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    short = text if len(text) <= 40 else text[:39] + "…"
    return f'"{short}"' if isinstance(value, str) else f"the number {short}"
