"""The marks inside a unit: emphasis, links, code, breaks; what a translator must not lose.

A unit becomes words and codes. A pair of codes encloses words, such as the two ends of a link; a
single code stands alone. Written out again, they give the unit as it was, to the letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DEPTH_LIMIT = 20  # of pairs inside each other; deeper ones stay words

_SINGLE = re.compile(
    r"(?P<escaped>\\.)|(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<address><[a-z]+:[^>\s]+>)|(?P<tag></?[A-Za-z][^<>]{0,2000}>|<!--)|(?P<broken>\n)",
    re.DOTALL,
)
_END_OF_LINK = re.compile(
    r"\]\((?:[^()\s\\]|\\.|\([^()\s]*\)){0,2000}(?:\s+\"[^\"]{0,500}\")?\s*\)"
    r"|\]\[[^\[\]]{0,500}\]|\]\{[^{}\n]{0,100}\}"
)
_STARS = re.compile(r"\*{1,3}|_{1,3}")
LANGUAGE = "language"  # the name of marks like [Théâtre]{lang=fr}
_NAMES = {1: "emphasis", 2: "strong emphasis", 3: "strong emphasis"}


@dataclass(frozen=True)
class Code:
    """A mark: what stands before the words that it encloses, and behind them. A single code has
    no `parts`, and all of it in `opening`. `number` counts the codes of a unit from 1; 0 is for
    one that is not known by a number."""

    number: int
    opening: str
    closing: str = ""
    parts: tuple[Part, ...] | None = None
    name: str = ""


Part = str | Code


def parsed(words: str) -> tuple[Part, ...]:
    """Return a unit as words and codes."""
    return tuple(_Parser(words).read(0, len(words), 0))


def written(parts: Iterable[Part]) -> str:
    """Return words and codes as Markdown."""
    return "".join(
        part if isinstance(part, str) else part.opening + written(part.parts or ()) + part.closing
        for part in parts
    )


def codes_in(parts: Iterable[Part]) -> Iterator[Code]:
    """Yield every code, in the order of their beginnings."""
    for part in parts:
        if isinstance(part, Code):
            yield part
            yield from codes_in(part.parts or ())


def meaning(code: Code) -> str:
    """Return what two codes must share to be the same mark: an address, or a kind of emphasis."""
    return code.name if "emphasis" in code.name else f"{code.name} {code.opening}{code.closing}"


def meanings(words: str) -> Counter[str]:
    """Return the marks in a unit that a translation must have too, each as often as it stands
    there. Marks of a language are not among them: what is foreign in one language is not in
    another."""
    codes = codes_in(parsed(words))
    return Counter(meaning(code) for code in codes if code.name != LANGUAGE)


class _Parser:
    """Reads the marks of one unit."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._number = 0

    def read(self, start: int, end: int, depth: int) -> Iterator[Part]:
        """Yield the parts between two places, words that touch as one."""
        at = plain = start
        while at < end:
            found = self._code(at, end, depth)
            if found is None:
                step = _SINGLE.match(self._words, at, end)
                at = step.end() if step and step["escaped"] else at + 1
                continue
            code, after = found
            if plain < at:
                yield self._words[plain:at]
            yield code
            at = plain = after
        if plain < end:
            yield self._words[plain:end]

    def _code(self, at: int, end: int, depth: int) -> tuple[Code, int] | None:
        single = _SINGLE.match(self._words, at, end)
        if single:
            name = "break" if single["broken"] else "code" if single["code"] else "address"
            code = Code(self._next(), single[0], name=name) if not single["escaped"] else None
            return (code, single.end()) if code else None
        if depth >= DEPTH_LIMIT:
            return None
        if self._words[at] == "[":
            return self._link(at, end, depth)
        return self._emphasis(at, end, depth) if self._words[at] in "*_" else None

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _pair(self, name: str, at: int, inner: int, last: int, after: int, depth: int) -> Code:
        number = self._next()
        parts = tuple(self.read(inner, last, depth + 1))
        return Code(number, self._words[at:inner], self._words[last:after], parts, name)

    def _link(self, at: int, end: int, depth: int) -> tuple[Code, int] | None:
        level = 0
        for place in self._outside_singles(at, end):
            letter = self._words[place]
            level += (letter == "[") - (letter == "]")
            if level == 0:
                closing = _END_OF_LINK.match(self._words, place, end)
                if closing is None:
                    return None
                name = LANGUAGE if closing[0].startswith("]{lang=") else "link"
                pair = self._pair(name, at, at + 1, place, closing.end(), depth)
                return pair, closing.end()
        return None

    def _emphasis(self, at: int, end: int, depth: int) -> tuple[Code, int] | None:
        stars = _STARS.match(self._words, at, end)
        assert stars is not None
        mark, inner = stars[0], stars.end()
        if inner >= end or self._words[inner].isspace() or not self._may_open(mark, at):
            return None
        skip = inner
        for place in self._outside_singles(inner, end):
            if place < skip:
                continue
            closing = _STARS.match(self._words, place, end)
            if closing is None:
                continue
            if closing[0] == mark and place > inner and self._may_close(mark, place):
                name = _NAMES[len(mark)]
                return self._pair(name, at, inner, place, closing.end(), depth), closing.end()
            skip = closing.end()
        return None

    def _may_open(self, mark: str, at: int) -> bool:
        return "*" in mark or at == 0 or not self._words[at - 1].isalnum()

    def _may_close(self, mark: str, place: int) -> bool:
        if self._words[place - 1].isspace():
            return False
        after = self._words[place + len(mark) : place + len(mark) + 1]
        return "*" in mark or not after.isalnum()

    def _outside_singles(self, start: int, end: int) -> Iterator[int]:
        """Yield the places of letters that belong to no single code and are not escaped."""
        at = start
        while at < end:
            if single := _SINGLE.match(self._words, at, end):
                at = single.end()
                continue
            yield at
            at += 1
