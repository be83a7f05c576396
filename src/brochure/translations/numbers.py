"""The numbers in a text, whatever the language writes between their digits."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

_SPACES = "  \u00a0\u202f\u2009"
_TOKEN = re.compile(rf"\d+(?:[{_SPACES}]\d{{3}}(?!\d))*(?:[.,'’]\d+(?:[{_SPACES}]\d{{3}}(?!\d))*)*")
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[ .,'’])\d{3})(?:(?P=mark)\d{3})*\Z")


@cache
def decimal_mark(tag: str) -> str:
    """Return what a language writes before decimals, "." or ",": CLDR's, by Babel."""
    from babel import UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    try:
        return str(get_decimal_symbol(tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "."


def numbers_in(words: str, tag: str) -> Counter[str]:
    """Return the numbers in words of a language, each as plain digits with a point."""
    found: Counter[str] = Counter()
    for token in _TOKEN.findall(words):
        found.update(_read(re.sub(rf"[{_SPACES}]", " ", token), decimal_mark(tag)))
    return found


def _read(token: str, mark: str) -> list[str]:
    whole, _, decimals = token.partition(mark) if token.count(mark) == 1 else (token, "", "")
    if not decimals.isdigit() and decimals:
        whole, decimals = token, ""
    if whole.isdigit() or ((match := _GROUPED.match(whole)) and match["mark"] != mark):
        plain = re.sub(r"\D", "", whole).lstrip("0") or "0"
        return [f"{plain}.{decimals}".rstrip("0").rstrip(".") if decimals else plain]
    # No number, but a date or the number of a section: each part alone.
    return [part.lstrip("0") or "0" for part in re.findall(r"\d+", token)]
