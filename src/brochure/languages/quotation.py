"""Quotation marks and apostrophes: which sign opens, which closes, and which is none of both.

Marks in pairs become those of the language, from the outside in. A mark without its partner stays
as it was typed: a quotation over several paragraphs, or an inch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from brochure.languages.conventions import Conventions

NARROW = "\u202f"
SPACES = " \u00a0\u202f"
MARK = "\ue000"  # stands for a tag inside a line: nothing is between its neighbours
BREAK = "\x1e"  # stands for a tag that ends a line or paragraph; Unicode counts it as a space

_DOUBLE = '"“”„‟«»'
_SINGLE = "'‘’‚‛‹›"
_ANY = re.compile(f"[{_DOUBLE}{_SINGLE}{BREAK}]")
_OPENING = "([{/–—-¿¡"
_DEEPEST = 8  # quotations inside each other; more open marks are none
_YEAR = re.compile(r"\d0?\d?s?(?!\w)")  # behind an apostrophe: '68, '90s


@dataclass(frozen=True)
class _Opened:
    """A mark that may open a quotation: where it stands, and which sign it is."""

    position: int
    sign: str

    @property
    def double(self) -> bool:
        return self.sign in _DOUBLE


@dataclass(frozen=True)
class _Around:
    """What stands around a sign, beyond tags: "" at the ends of the text."""

    before: str
    after: str

    @property
    def opens(self) -> bool:
        before = self.before
        free = not before or before.isspace() or before in _OPENING
        return free and bool(self.after) and not self.after.isspace()

    @property
    def closes(self) -> bool:
        return bool(self.before) and not self.before.isspace() and not self.after.isalnum()


def set_quotes(text: str, language: Conventions) -> str:
    """Return a text with the quotation marks and apostrophes of a language."""
    if not any(match[0] != BREAK for match in _ANY.finditer(text)):
        return text
    pairs, apostrophes = _Search(text, language).found()
    changes = {position: (position + 1, "’") for position in apostrophes}
    for first, last, form in _forms(pairs, text, language):
        opening, closing = language.quotes[form], language.quotes[form + 1]
        space = NARROW if language.inner_space and form == 0 else ""
        content = first + 1, last
        while text[content[0]] in SPACES and content[0] + 1 < last:
            content = content[0] + 1, last
        while text[content[1] - 1] in SPACES and content[1] - 1 > content[0]:
            content = content[0], content[1] - 1
        changes[first] = content[0], opening + space
        changes[content[1]] = last + 1, space + closing
    pieces, end = [], 0
    for start in sorted(changes):
        stop, words = changes[start]
        pieces += [text[end:start], words]
        end = stop
    return "".join([*pieces, text[end:]])


class _Search:
    """One walk through a text, which pairs the marks that belong together."""

    def __init__(self, text: str, language: Conventions) -> None:
        self._text, self._language = text, language
        self._open: list[_Opened] = []
        self._pairs: list[tuple[int, int]] = []
        self._apostrophes: set[int] = set()

    def found(self) -> tuple[list[tuple[int, int]], set[int]]:
        """Return the pairs by their positions, and the positions of apostrophes."""
        for match in _ANY.finditer(self._text):
            if match[0] == BREAK:
                self._end()
            else:
                self._look(match[0], match.start())
        self._end()
        return sorted(self._pairs), self._apostrophes

    def _end(self) -> None:
        """Nothing is quoted beyond a paragraph; what would open a word there is an apostrophe."""
        for mark in self._open:
            if mark.sign == "'" and self._next(mark.position).isalnum():
                self._apostrophes.add(mark.position)
        self._open.clear()

    def _look(self, sign: str, position: int) -> None:
        around = _Around(self._previous(position), self._next(position))
        if self._is_apostrophe(sign, position, around):
            self._apostrophes.add(position)
        elif not self._language.quotes:
            if sign == "'" and around.before.isalpha():
                self._apostrophes.add(position)
        elif self._closes(sign, around) and self._close(sign in _DOUBLE, position):
            pass
        elif self._opens(sign, around, position):
            self._open.append(_Opened(position, sign))
            del self._open[:-_DEEPEST]
        elif sign == "'" and around.before.isalpha():
            self._apostrophes.add(position)

    def _is_apostrophe(self, sign: str, position: int, around: _Around) -> bool:
        if sign not in "'’":
            return False
        if around.before.isalnum() and around.after.isalnum():
            return True
        behind = self._text[position + 1 : position + 12]
        if around.before.isalnum() or not behind:
            return False
        return bool(_YEAR.match(behind) or _elisions(self._language).match(behind))

    def _closes(self, sign: str, around: _Around) -> bool:
        if sign in "„‚":
            return False
        if sign in "«‹":
            return around.closes and any(mark.sign in "»›" for mark in self._open)
        if sign in "»›":
            opened = any(mark.sign in "«‹" for mark in self._open)
            return opened or (around.closes and not around.opens)
        return around.closes and not (around.opens and around.before in "([{/")

    def _close(self, double: bool, position: int) -> bool:
        """Whether an open mark was found for a closing one; what is open within it stays alone."""
        for index in range(len(self._open) - 1, -1, -1):
            mark = self._open[index]
            if mark.double == double:
                if not self._text[mark.position + 1 : position].strip(f"{SPACES}{MARK}"):
                    return False
                self._pairs.append((mark.position, position))
                for alone in self._open[index + 1 :]:
                    if alone.sign == "'":
                        self._apostrophes.add(alone.position)
                del self._open[index:]
                return True
            if mark.double:
                return False  # a single mark closes nothing outside the double ones
        return False

    def _opens(self, sign: str, around: _Around, position: int) -> bool:
        if sign in "«‹":
            return bool(around.after)
        if sign == "’" and self._language.quotes[2] != "’":
            return False
        before = around.before
        if before in "'’" and before and self._position_before(position) in self._apostrophes:
            return bool(around.after) and not around.after.isspace()  # l'"atelier"
        nested = any(mark.position == self._position_before(position) for mark in self._open)
        return (around.opens or nested) and not (sign == "'" and before.isdigit())

    def _position_before(self, position: int) -> int:
        position -= 1
        while position >= 0 and self._text[position] in MARK + "\u202f\u00a0":
            position -= 1
        return position

    def _previous(self, position: int) -> str:
        position -= 1
        while position >= 0 and self._text[position] == MARK:
            position -= 1
        return self._text[position] if position >= 0 else ""

    def _next(self, position: int) -> str:
        position += 1
        while position < len(self._text) and self._text[position] == MARK:
            position += 1
        return self._text[position] if position < len(self._text) else ""


@cache
def _elisions(language: Conventions) -> re.Pattern[str]:
    words = "|".join(map(re.escape, language.elisions))
    return re.compile(rf"(?:{words})(?!\w)" if words else r"(?!)", re.I)


def _forms(
    pairs: list[tuple[int, int]], text: str, language: Conventions
) -> list[tuple[int, int, int]]:
    """Return each pair with the index of its signs: 0 for the first pair, 2 for the inner one.

    Levels alternate. A single mark outside all others keeps the inner form, which it resembles.
    """
    forms: list[tuple[int, int, int]] = []
    around: list[tuple[int, int]] = []  # end and form of the pairs that are open
    for first, last in pairs:
        while around and around[-1][0] < first:
            around.pop()
        if around:
            form = 2 - around[-1][1]
        else:
            form = 2 if text[first] in _SINGLE and language.quotes[2] in _SINGLE else 0
        around.append((last, form))
        forms.append((first, last, form))
    return forms
