"""What went wrong, where, and how to mend it.

A diagnostic is a value, never an exception: every room adds to one `Diagnostics` and goes on, so
that one run reports everything. This module prints nothing; only `cli` does.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a diagnostic weighs; an error stops the build before anything is published."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"  # nothing is wrong, but it is good to know


# Every rule there is, with its severity. The manual of each is docs/messages.md; a test holds
# the two together, and asks for an example folder of each in tests/diagnostics/.
RULES: dict[str, Severity] = {
    # files and syntax
    "file-missing": Severity.ERROR,
    "file-unreadable": Severity.ERROR,
    "file-too-large": Severity.ERROR,
    "path-outside-project": Severity.ERROR,
    "invalid-utf8": Severity.ERROR,
    "yaml-syntax": Severity.ERROR,
    "yaml-tab": Severity.ERROR,
    "yaml-alias": Severity.ERROR,
    "duplicate-key": Severity.ERROR,
    "front-matter": Severity.ERROR,
    # facts
    "unknown-key": Severity.ERROR,
    "missing-key": Severity.ERROR,
    "wrong-type": Severity.ERROR,
    "wrong-value": Severity.ERROR,
    "unknown-language": Severity.ERROR,
    "unknown-region": Severity.ERROR,
    "unknown-theme": Severity.ERROR,
    "unknown-swatch": Severity.ERROR,
    "unknown-layout": Severity.ERROR,
    "no-effect": Severity.WARNING,
    "duplicate-slug": Severity.ERROR,
    "duplicate-file-name": Severity.ERROR,
    "dangling-transfer": Severity.ERROR,
    # plans
    "dates-reversed": Severity.ERROR,
    "outside-period": Severity.WARNING,
    "funding-gap": Severity.WARNING,
    "missing-players": Severity.WARNING,
    "missing-target": Severity.WARNING,
    "target-year": Severity.ERROR,
    "unknown-passage": Severity.ERROR,
    "missing-passage": Severity.WARNING,
    # prose
    "missing-title": Severity.ERROR,
    "missing-alt": Severity.ERROR,
    "missing-summary": Severity.WARNING,
    "missing-translation": Severity.WARNING,
    "missing-source-text": Severity.ERROR,
    "untranslated-text": Severity.ERROR,
    "outdated-translation": Severity.ERROR,
    "dangling-link": Severity.ERROR,
    "unsafe-link": Severity.ERROR,
    "heading-level": Severity.ERROR,
    "duplicate-heading": Severity.ERROR,
    "raw-html": Severity.WARNING,
    "picture-in-text": Severity.ERROR,
    "missing-glyph": Severity.ERROR,
    # languages
    "unknown-tag": Severity.ERROR,
    "no-hyphenation": Severity.NOTE,
    "funding-statement": Severity.WARNING,
    # pictures
    "picture-missing": Severity.ERROR,
    "picture-unreadable": Severity.ERROR,
    "picture-too-large": Severity.ERROR,
    "picture-colour": Severity.ERROR,
    "picture-cleaned": Severity.WARNING,
    "picture-small": Severity.WARNING,
    "picture-too-small": Severity.WARNING,
    # layout and typesetting
    "layout": Severity.ERROR,
    "low-contrast": Severity.WARNING,
    "engine": Severity.ERROR,
    "engine-warning": Severity.WARNING,
    "text-off-page": Severity.ERROR,
    "copy-too-long": Severity.WARNING,
    "code-too-fine": Severity.WARNING,
    "colour-without-recipe": Severity.WARNING,
    "section-failed": Severity.ERROR,
}


@dataclass(frozen=True, order=True)
class Place:
    """A place in a source file; lines and columns count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One finding: `message` says what was found and what was expected, `hint` how to mend it."""

    place: Place
    rule: str
    message: str
    hint: str = ""

    @property
    def severity(self) -> Severity:
        """The severity that the table of rules gives."""
        return RULES[self.rule]

    def __str__(self) -> str:
        line = f"{self.place}: {self.severity}[{self.rule}]: {self.message}"
        return f"{line}\n  hint: {self.hint}" if self.hint else line

    def as_plain(self) -> list[Any]:
        """Return values that JSON has, from which `from_plain` makes the diagnostic again."""
        place = self.place
        return [[place.file, place.line, place.column], self.rule, self.message, self.hint]

    @classmethod
    def from_plain(cls, values: Iterable[Any]) -> Diagnostic:
        """Return the diagnostic that `as_plain` has written down."""
        place, *words = values
        return cls(Place(*place), *words)

    def as_json(self) -> dict[str, str | int]:
        """The diagnostic as plain values, for editors and CI."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "severity": str(self.severity),
            "rule": self.rule,
            "message": self.message,
            "hint": self.hint,
        }


# Line ends, control and direction characters, and the bytes of a file name that is not UTF-8.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def _visible(text: str) -> str:
    """Return text from a source file so that it cannot steer the terminal that shows it."""
    return _HARMFUL.sub(lambda match: ascii(match[0])[1:-1], text)


@dataclass
class Diagnostics:
    """The findings of one run; each is kept once, and read back in the order of the files."""

    _found: set[Diagnostic] = field(default_factory=set)
    told: int = 0  # how often something was added, what was known already counted too

    def add(self, rule: str, place: Place, message: str, hint: str = "") -> None:
        """Record a finding under `rule`, which must stand in `RULES`."""
        if rule not in RULES:
            raise KeyError(rule)
        place = replace(place, file=_visible(place.file))
        self._found.add(Diagnostic(place, rule, _visible(message), _visible(hint)))
        self.told += 1

    def extend(self, others: Iterable[Diagnostic]) -> None:
        """Record findings made elsewhere, such as in a worker."""
        found = tuple(others)
        self._found.update(found)
        self.told += len(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(found.severity is severity for found in self._found)

    @property
    def failed(self) -> bool:
        """Whether anything found forbids publishing."""
        return self.count(Severity.ERROR) > 0


def quoted(names: Iterable[str]) -> str:
    """Return the names sorted, in double quotes, separated by commas."""
    return ", ".join(f'"{name}"' for name in sorted(set(names)))


def _likeness(found: str, name: str) -> float:
    """Return how alike two names are, from 0 to 1, in capital or small letters.

    A beginning that both have, such as "practice/", makes no practice like another.
    """
    shared = 0
    for position, (one, other) in enumerate(zip(found, name, strict=False), 1):
        if one != other:
            break
        if one in "/:":
            shared = position
    return difflib.SequenceMatcher(
        None, found[shared:].casefold(), name[shared:].casefold()
    ).ratio()


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """Return a hint: the known name closest to `found`, or all known names."""
    names = sorted(known)
    likeness = {name: _likeness(found, name) for name in names}
    if names and max(likeness.values()) >= 0.65:
        return f'write "{max(names, key=likeness.__getitem__)}"'
    if not names:
        return "remove it"
    return f'write "{names[0]}"' if len(names) == 1 else f"use one of {quoted(names)}"
