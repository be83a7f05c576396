"""One language: names, dates, numbers and money, as CLDR gives them; its direction and order."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from brochure.languages import typography
from brochure.languages.collation import Key, sort_key

T = TypeVar("T")

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?\Z")
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}

# Dates of a language without a country follow European usage: 24 November, not November 24.
_USAGE = {"en": "en-GB", "pt": "pt-PT"}


def is_tag(text: str) -> bool:
    """Whether `text` is a language tag such as `fr` or `de-AT` (BCP 47)."""
    return _TAG.match(text) is not None


@dataclass(frozen=True)
class Language:
    """One language, named by its tag."""

    tag: str

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return "rtl" if self.tag.split("-")[0] in _RIGHT_TO_LEFT else "ltr"

    @property
    def is_known(self) -> bool:
        """Whether there is a language of this tag, by the names that CLDR has in English."""
        return self.tag.split("-")[0] in _locale("en").languages

    def name_in(self, reader: str) -> str:
        """Return this language's name in the language `reader`, such as `anglais`."""
        named, words = _known_locale(self.tag), _locale(reader)
        name = named.get_display_name(words) if named else words.languages.get(self.tag)
        return name or self.tag

    def territory(self, code: str) -> str:
        """Return a country's name, such as `Belgien`, from its code of two letters."""
        name: str | None = _locale(self.tag).territories.get(code)
        return name or code

    def date(self, day: datetime.date) -> str:
        """Return a date written out in this language."""
        from babel.dates import format_date

        return format_date(day, "long", locale=self._usage)

    def dated(self, date: str) -> str:
        """Return a year, month or day of a source file, such as `2019-10`, written out."""
        from babel.dates import format_skeleton

        year, *rest = map(int, date.split("-"))
        if not rest:
            return date
        if len(rest) == 2:
            return self.date(datetime.date(year, *rest))
        return format_skeleton("yMMMM", datetime.date(year, rest[0], 1), locale=self._usage)

    def days(self, first: str, last: str) -> str:
        """Return the days from one to a later one, such as `22–24 May 2017`."""
        from babel.dates import format_date

        start, end = (datetime.date.fromisoformat(day) for day in (first, last))
        differing = "y" if start.year != end.year else "M" if start.month != end.month else "d"
        patterns = self._usage.interval_formats.get("yMMMd", {}).get(differing)
        dash = re.search(r"\s*[–-]\s*\Z", patterns[0]) if patterns else None
        # As a date is written alone, and before it only what the first day does not share.
        alone = self._usage.date_formats["long"].pattern
        beginning = re.match(r"((d\.?).*?M{4})", alone)
        if dash is None or beginning is None:
            return f"{self.date(start)} – {self.date(end)}"
        pattern = {"d": beginning[2], "M": beginning[1], "y": alone}[differing]
        return format_date(start, pattern, locale=self._usage) + dash[0] + self.date(end)

    def quarter(self, year: int, number: int) -> str:
        """Return a quarter of a year, such as `Q3 2019`."""
        from babel.dates import format_skeleton

        return format_skeleton("yQQQ", datetime.date(year, number * 3, 1), locale=self._usage)

    def number(self, value: float) -> str:
        """Return a number as this language writes it, with the digits that it has."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._usage, decimal_quantization=False)

    def euros(self, amount: Decimal) -> str:
        """Return an amount of money without its currency: cents only where there are some."""
        from babel.numbers import format_decimal

        pattern = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
        return format_decimal(amount, format=pattern, locale=self._usage)

    @property
    def _usage(self) -> Any:
        return _locale(_USAGE.get(self.tag, self.tag))

    def sort_key(self, text: str) -> Key:
        """Return a key that sorts titles and names as this language's dictionaries do."""
        return sort_key(text, self.tag)

    def printed(self, text: str) -> str:
        """Return HTML or plain text with this language's marks, dashes and no-break spaces."""
        return typography.printed(text, self.tag)


@cache
def _known_locale(tag: str) -> Any:
    from babel import Locale, UnknownLocaleError  # 60 ms: not on every path

    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _locale(tag: str) -> Any:
    return _known_locale(tag) or _known_locale("en")


def choose(texts: Mapping[str, T], wanted: str, source: str) -> T:
    """Return the text in the wanted language, or the one in the source language instead.

    The fallback policy in one place; raises KeyError when there is neither, which loading forbids.
    """
    return texts[wanted] if wanted in texts else texts[source]
