"""Which language says it how: names, dates, spaces, sorting, direction, and the layout's words.

Above this room a text may exist in several languages; a section is made in exactly one.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from brochure.diagnostics import Diagnostics, Place, quoted
from brochure.sources import Folder, Source
from brochure.sources.yaml import Located, read_yaml

T = TypeVar("T")

NARROW = "\u202f"  # narrow no-break space
FIXED = "\u00a0"  # no-break space

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?\Z")
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}

# Dates of a language without a country follow European usage: 24 November, not November 24.
_USAGE = {"en": "en-GB", "pt": "pt-PT"}

# Letters that Unicode takes apart into no others, sorted as readers look for them.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d"})

# Spaces that a typesetter sets and an author types as ordinary ones or not at all, by language.
_EVERYWHERE: list[tuple[str, str]] = [
    (r"(?<=\d) (?=\d{3}(?!\d))", NARROW),
    (r"(?<=\bEUR) (?=\d)|(?<=\d) (?=(?:%|€|EUR\b|m²|km\b))", FIXED),
]
_SPACES: dict[str, list[tuple[str, str]]] = {
    "fr": [
        (r"[ \u00a0](?=[;!?]+(?:\s|$|[)»”…,.]))", NARROW),
        (r" (?=:(?:\s|$))", FIXED),
        (r"(?<=«)[ \u00a0]", NARROW),
        (r"[ \u00a0](?=»)", NARROW),
    ],
}


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

    def sort_key(self, text: str) -> tuple[str, str]:
        """Return a key that sorts accents beside their letters, small beside capital."""
        bare = unicodedata.normalize("NFKD", text)
        letters = "".join(c for c in bare if not unicodedata.combining(c)).casefold()
        return letters.translate(_LETTERS), text

    def set_spaces(self, html: str) -> str:
        """Return HTML or plain text with this language's no-break spaces in its words."""
        pieces = re.split(r"(<[^>]*>)", html)
        rules = _rules(self.tag.split("-")[0])
        pieces[::2] = [_spaced(piece, rules) for piece in pieces[::2]]
        return "".join(pieces)


def _spaced(text: str, rules: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


@cache
def _rules(tag: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(found), put) for found, put in [*_EVERYWHERE, *_SPACES.get(tag, [])]]


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


@dataclass(frozen=True)
class Strings:
    """The words that a layout prints by itself in one language, from `strings/<language>.yaml`."""

    language: str
    source: Source = field(repr=False)
    words: Mapping[str, Any] = field(repr=False)
    heading_ids: Mapping[str, str] = field(repr=False)

    def heading_id(self, words: str) -> str:
        """Return the id of a standard heading from its words in this language, or ""."""
        return self.heading_ids.get(_folded(words), "")

    def __getitem__(self, key: str) -> Any:
        return self.words[key]


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFC", words).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", plain).strip(" .:")


def read_strings(
    folder: Folder, layout: str, languages: Iterable[str], found: Diagnostics
) -> dict[str, Strings]:
    """Return the layout's words in each language; every file must have the first one's keys."""
    if not folder.exists(f"layouts/{layout}/layout.yaml"):
        return {}  # an unknown layout is reported where it is read
    strings: dict[str, Strings] = {}
    pattern: set[tuple[str, ...]] | None = None
    for tag in languages:
        path = f"layouts/{layout}/strings/{tag}.yaml"
        if not folder.exists(path):
            found.add(
                "file-missing",
                Place(path),
                f'the layout "{layout}" has no words in {Language(tag).name_in("en")}',
                "copy the file of another language and translate it",
            )
            continue
        source = folder.read_checked(path, found)
        located = read_yaml(source, found) if source else None
        if source is None or located is None or not _is_mapping(located, found):
            continue
        _report_values(located, found)
        keys = set(_leaves(located.value))
        if pattern is None:
            pattern = keys
        _report_keys(located, pattern - keys, found)
        strings[tag] = Strings(tag, source, located.value, _heading_ids(located.value))
    return strings


def _is_mapping(located: Located, found: Diagnostics) -> bool:
    if isinstance(located.value, dict) and isinstance(located.value.get("headings", {}), dict):
        return True
    found.add(
        "wrong-type",
        located.place(),
        'a mapping of words was expected, with the standard headings under "headings"',
        "copy the file of another language and translate it",
    )
    return False


def _report_keys(located: Located, missing: set[tuple[str, ...]], found: Diagnostics) -> None:
    if missing:
        found.add(
            "missing-key",
            Place(located.file),
            f"these words are missing: {quoted('.'.join(key) for key in missing)}",
            "add the keys, as in the file of the first language",
        )


def _report_values(located: Located, found: Diagnostics) -> None:
    """Every word is a text; only a heading may have several wordings."""
    for path in _leaves(located.value):
        value = located.value
        for key in path:
            value = value[key]
        wordings = value if isinstance(value, list) and path[0] == "headings" else [value]
        if not wordings or not all(isinstance(wording, str) for wording in wordings):
            found.add(
                "wrong-type",
                located.place(*path),
                f'"{".".join(path)}" is no text',
                "write the words, in double quotes",
            )


def _leaves(words: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[str, ...]]:
    if isinstance(words, dict):
        for key, value in words.items():
            yield from _leaves(value, (*path, key))
    else:
        yield path


def _heading_ids(words: Mapping[str, Any]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for heading, wordings in words.get("headings", {}).items():
        for wording in wordings if isinstance(wordings, list) else [wordings]:
            ids[_folded(str(wording))] = heading
    return ids
