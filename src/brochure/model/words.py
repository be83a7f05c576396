"""Value types of the source files: words per language, slugs, months, and what is not known yet."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from brochure.languages import is_tag

# The key of a word that is the same in every language.
EVERY_LANGUAGE = ""


class Sheet(BaseModel):
    """A mapping in a source file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _by_language(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {EVERY_LANGUAGE: value}
    raise PydanticCustomError("words_type", "a text, or a text for each language")


Words = Annotated[
    dict[str, Annotated[str, Field(min_length=1)]],
    Field(min_length=1),
    BeforeValidator(_by_language),
    WithJsonSchema(
        {
            "description": "a text, the same in every language, or one text for each language",
            "oneOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        }
    ),
]


def in_language(words: dict[str, str], wanted: str, source: str) -> str:
    """Return the words in the wanted language, else in the source language, else any."""
    for key in (wanted, EVERY_LANGUAGE, source):
        if key in words:
            return words[key]
    return next(iter(words.values()), "")


def language_of(words: dict[str, str], wanted: str, source: str) -> str:
    """Return the language that `in_language` finds words in: those without one are the source's."""
    if wanted in words:
        return wanted
    return source if EVERY_LANGUAGE in words or source in words else next(iter(words), source)


def _tag(value: str) -> str:
    if not is_tag(value):
        raise ValueError("a language tag such as en or de-AT")
    return value


LanguageTag = Annotated[str, AfterValidator(_tag)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
LINE_LIMIT = 2000  # characters
Line = Annotated[str, StringConstraints(min_length=1, max_length=LINE_LIMIT)]
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=2000)]
Year = Annotated[int, Field(ge=1000, le=2200)]
Month = Annotated[str, StringConstraints(pattern=r"^(?:19|20|21)\d\d(?:-(?:0[1-9]|1[0-2]))?$")]


def _in_the_calendar(value: str) -> str:
    day = value if value.count("-") == 2 else f"{value}-01"
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        raise PydanticCustomError("no_such_day", "a day of the calendar") from None
    return value


Day = Annotated[
    str,
    StringConstraints(pattern=r"^(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?$"),
    AfterValidator(_in_the_calendar),
]
ToBeConfirmed = Literal["tbc"]
