"""The list of rules: a decorator puts each function on it, with its id, level and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import OpenedFile

Output = Literal["print", "screen"]
Check = Callable[[OpenedFile, Job], Iterator[Finding]]

BOTH: tuple[Output, ...] = ("print", "screen")


@dataclass(frozen=True)
class Rule:
    """One entry of the list. `level` is the gravest that its findings have."""

    id: str
    level: Level
    outputs: tuple[Output, ...]
    check: Check

    @property
    def manual(self) -> str:
        """What, why and how to mend it: the docstring of the function."""
        return self.check.__doc__ or ""


RULES: dict[str, Rule] = {}


def rule(id_: str, level: Level, outputs: tuple[Output, ...] = BOTH) -> Callable[[Check], Check]:
    """Put a function on the list of rules. Its docstring says "What:", "Why:" and "Fix:"."""

    def enter(check: Check) -> Check:
        known = RULES.get(id_)
        if known is not None and known.check.__module__ != check.__module__:
            raise ValueError(f"two rules are called {id_}")
        RULES[id_] = Rule(id_, level, outputs, check)
        return check

    return enter
