"""Generated sentences in real words: each language has lists, and any word of one goes with any of
the next. The same seed gives the same text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).parent / "words"
LANGUAGES = tuple(sorted(file.stem for file in WORDS.glob("*.yaml")))

AVERAGE = 165  # letters of a sentence

# Names that every language writes alike, and that begin with a consonant: French needs no "d’".
TOWNS = (
    *("Namur", "Charleroi", "Girona", "Lleida", "Graz", "Linz", "Merano", "Bressanone", "Riga"),
    *("Valmiera", "Liepāja", "Tournai", "Tarragona", "Steyr", "Verviers", "Manresa", "Villach"),
    *("Brunico", "Cēsis"),
)


@cache
def words(language: str) -> dict[str, Any]:
    """Return the word lists of a language."""
    content: dict[str, Any] = yaml.safe_load((WORDS / f"{language}.yaml").read_text("utf-8"))
    return content


def title(language: str, number: int) -> str:
    """Return a title that no other practice has: 19 towns, 9 kinds of house, 8 adjectives."""
    lists = words(language)
    kind: str = lists["titles"][number % 9]
    adjective = lists["adjectives"][(number // 171 + number % 171) % 8]
    return _capital(f"{kind.format(adjective)} {town(number)}")


def town(number: int) -> str:
    """Return the town of a practice."""
    return TOWNS[number % len(TOWNS)]


def sentence(language: str, chance: random.Random) -> str:
    """Return one sentence, of one clause or of two."""
    lists = words(language)
    text = chance.choice(lists["openings"]) + _clause(lists, chance)
    if chance.random() < 0.35:
        text += chance.choice(lists["links"]) + _clause(lists, chance)
    return _capital(text) + "."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _clause(lists: dict[str, Any], chance: random.Random) -> str:
    subject, verb, what = (chance.choice(lists[key]) for key in ("subjects", "verbs", "objects"))
    return f"{subject} {verb} {what}{chance.choice(lists['tails'])}"


def paragraph(language: str, chance: random.Random, letters: int) -> str:
    """Return sentences of about as many letters in all; one at least."""
    found = [sentence(language, chance)]
    while sum(map(len, found)) + AVERAGE / 2 < letters:
        found.append(sentence(language, chance))
    return " ".join(found)


def body(language: str, headings: list[str], chance: random.Random, letters: int) -> str:
    """Return the Markdown of a text: a lead, then a heading for each of the others.

    The second passage is a list, the last one begins with a quotation.
    """
    share = letters / (len(headings) + 1)
    return "\n\n".join(_passages(language, headings, chance, share)) + "\n"


def _passages(
    language: str, headings: list[str], chance: random.Random, share: float
) -> Iterator[str]:
    yield paragraph(language, chance, round(share * 0.8))
    for i, heading in enumerate(headings):
        yield f"## {heading}"
        letters = share * chance.uniform(0.75, 1.15)
        if i == 1:
            items = (sentence(language, chance) for _ in range(max(2, round(letters / AVERAGE))))
            yield "\n".join(f"- {item}" for item in items)
            continue
        if i == len(headings) - 1:
            yield f"> {sentence(language, chance)}"
            letters -= AVERAGE
        half = round(letters / 2)
        yield paragraph(language, chance, half)
        yield paragraph(language, chance, half)
