"""What a translation that comes back must keep, so that it cannot damage a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from brochure.diagnostics import Diagnostics
from brochure.sources import Source
from brochure.sources.markdown import read_prose
from brochure.translations.exchange import limit_of
from brochure.translations.inline import Code, Part, codes_in, meanings, parsed
from brochure.translations.manuscript import parse_manuscript
from brochure.translations.numbers import numbers_in
from brochure.translations.units import Shape, Unit

_HEAD = "---\ntitle: title\nsummary: summary\n---\n"

# What stands before and behind a unit of a shape, alone in a text.
_ALONE = {
    Shape.HEADING: ("## ", ""),
    Shape.PARAGRAPH: ("", ""),
    Shape.ENTRY: ("- ", ""),
    Shape.QUOTATION: ("> ", ""),
    Shape.CELL: ("| a | ", " |\n|---|---|"),
}
_ONWARD = {Shape.ENTRY: "  ", Shape.QUOTATION: "> "}
# What begins a block where a sentence was meant, such as "1. Januar".
_BEGINNING = re.compile(r"(\d+)(\.)(?=\s)|()([-+*#>])(?=[\s#>]|$)")


class Refused(Exception):
    """Why a translation is not taken, in words, and what mends it."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.hint = hint


@dataclass(frozen=True)
class Tongues:
    """The language that a unit is translated from, and the one into which."""

    source: str
    translation: str


def checked(unit: Unit, words: str, tongues: Tongues, *, any_numbers: bool = False) -> str:
    """Return a translation as it may be written for a unit of the original.

    Marks that would begin a list or a heading are escaped. Raises `Refused` for what would lose
    a link, an emphasis or a number, is too long, or is no longer one unit.
    """
    if unit.path:
        _check_length(unit.path, words)
    else:
        _check_marks(unit.words, words)
    if not any_numbers:
        _check_numbers(unit, words, tongues)
    if unit.path:
        return words
    for form in (words, _BEGINNING.sub(r"\1\3\\\2\4", words, count=1)):
        if _stays_one(unit, form):
            return form
    raise Refused(
        "the translation is no longer one piece of text, or holds HTML or a picture",
        "write it as the original is written, without other marks at its beginning",
    )


def _check_length(path: str, words: str) -> None:
    if "\n" in words:
        raise Refused("the translation has more than one line", "write it on one line")
    if len(words) > limit_of(path):
        raise Refused(
            f"the translation has {len(words)} characters, at most {limit_of(path)} are allowed",
            "shorten it",
        )


def _check_marks(source: str, words: str) -> None:
    wanted, there = meanings(source), meanings(words)
    if wanted == there:
        return
    missing = [_shown(each) for each in (wanted - there).elements()]
    extra = [_shown(each) for each in (there - wanted).elements()]
    parts = [f"it lacks {', '.join(missing)}"] if missing else []
    parts += [f"it has {', '.join(extra)}, which the original has not"] if extra else []
    raise Refused(
        " and ".join(parts), "keep the links, the emphasis and the breaks of the original"
    )


def _shown(mark: str) -> str:
    text = " ".join(mark.split())
    text = "a break of the line" if text == "break" else text
    return text if len(text) <= 80 else f"{text[:79]}…"


def _check_numbers(unit: Unit, words: str, tongues: Tongues) -> None:
    wanted = set(numbers_in(bare(unit.words), tongues.source))
    there = set(numbers_in(bare(words), tongues.translation))
    if wanted == there:
        return
    missing, extra = sorted(wanted - there), sorted(there - wanted)
    parts = [f"it lacks {', '.join(missing)}"] if missing else []
    parts += [f"it has {', '.join(extra)} instead"] if extra else []
    raise Refused(
        f"the numbers differ: {' and '.join(parts)}",
        "correct them; if they are meant so, import with --any-numbers",
    )


def bare(words: str) -> str:
    """Return words without their marks: no addresses, no code."""
    return "".join(_words(parsed(words)))


def _words(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield from _words(part.parts or (" ",))


def _stays_one(unit: Unit, words: str) -> bool:
    """Whether words are one unit of the same shape when they stand in a text, and none is lost."""
    before, behind = _ALONE[unit.shape]
    onward = _ONWARD.get(unit.shape, "")
    text = _HEAD + before + words.replace("\n", f"  \n{onward}") + behind + "\n"
    found = Diagnostics()
    if read_prose(Source("translation", text.encode("utf-8", "replace")), found) is None:
        return False
    manuscript = parse_manuscript("translation", text)
    units = manuscript.prose if manuscript else ()
    units = units[1:] if unit.shape is Shape.CELL else units
    return len(found) == 0 and [(u.shape, u.words) for u in units] == [(unit.shape, words)]


def resolved(parts: tuple[Part, ...], source: str) -> str:
    """Return words and numbered codes as Markdown, with the marks of the original.

    Raises `Refused` for a code that neither the original nor the file knows.
    """
    codes = {code.number: code for code in codes_in(parsed(source))}
    return "".join(_resolved(parts, codes)).strip()


def _resolved(parts: tuple[Part, ...], codes: dict[int, Code]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
            continue
        known = codes.get(part.number, part)
        if known is part and not part.opening:
            raise Refused(
                f"it has a placeholder with the number {part.number}, which the original has not",
                "use the placeholders of the original only",
            )
        if part.name == "closing":
            yield known.closing if known is not part else part.opening
            continue
        yield known.opening
        if part.parts is not None:
            yield from _resolved(part.parts, codes)
            yield known.closing
