"""Alphabetical order by language, after the Unicode Collation Algorithm (UTS 10).

Three levels: letters, then accents, then small before capital. Where letters stand is said in
`alphabets.toml`. Marks of quotation are not read, and so not sorted by; a hyphen is as good as a
space. Scripts follow each other as in Unicode: Latin, Greek, Cyrillic.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

Key = tuple[tuple[str, ...], tuple[str, ...], tuple[bool, ...], str]

_FILE = Path(__file__).parent / "alphabets.toml"
_UNREAD = re.compile(r"[\"'“”„‟«»‘’‚‛‹›·]")
_SPACE = re.compile(r"[\s\u2010-\u2015-]+")
# Unicode does not take these apart.
_JOINED = {"œ": "oe", "æ": "ae", "ĳ": "ij", "ß": "ss"}


@dataclass(frozen=True)
class _Alphabet:
    """The letters that stand elsewhere than among the accents of another letter.

    `places` gives each a place behind its neighbour, and its rank among the variants there.
    """

    letters: re.Pattern[str]  # any of them, or any sign
    places: dict[str, tuple[str, str]]


@lru_cache(maxsize=4096)
def sort_key(text: str, tag: str) -> Key:
    """Return a key to sort by in the language of a tag; two texts share it only when equal."""
    alphabet = _alphabet(tag.split("-")[0])
    plain = _SPACE.sub(" ", _UNREAD.sub("", unicodedata.normalize("NFC", text)))
    letters: list[str] = []
    accents: list[str] = []
    for found in alphabet.letters.finditer(plain.lower()):
        place, accent = alphabet.places.get(found[0]) or _taken_apart(found[0])
        letters += [place] if found[0] in alphabet.places else place
        accents.append(accent)
    capitals = tuple(sign.isupper() for sign in plain if sign.isalpha())
    return tuple(letters), tuple(accents), capitals, text


def _taken_apart(sign: str) -> tuple[str, str]:
    """Return the letters that a sign consists of, and its accents."""
    if joined := _JOINED.get(sign):
        return joined, sign
    signs = unicodedata.normalize("NFKD", sign)
    accents = "".join(each for each in signs if unicodedata.combining(each))
    return "".join(each for each in signs if not unicodedata.combining(each)), accents


@cache
def _alphabet(tag: str) -> _Alphabet:
    written: dict[str, list[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    places: dict[str, tuple[str, str]] = {}
    for row in (*written["root"], *written.get(tag, [])):
        places.update(_places(row))
    longest_first = sorted(places, key=len, reverse=True)
    pattern = "|".join([*map(re.escape, longest_first), "."])
    return _Alphabet(re.compile(pattern, re.DOTALL), places)


def _places(row: str) -> dict[str, tuple[str, str]]:
    """Return the place of each letter of a row behind its first: "z < å" gives "z" and a bit."""
    first, *others = re.split(r" (?=[<=])", row)
    places: dict[str, tuple[str, str]] = {}
    step = variant = 0
    for relation, letter in (other.split() for other in others):
        step, variant = (step + 1, 0) if relation == "<" else (step, variant + 1)
        place = first + (chr(0xE000 + step) if step else "")
        places[letter] = place, chr(0xE000 + variant) if variant else ""
    return places
