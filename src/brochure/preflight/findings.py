"""What preflight finds, and what it looks for: plain values, shared by all rules and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Level(StrEnum):
    """How much a finding weighs: a print shop sends a file with errors back."""

    ERROR = "error"
    WARNING = "warning"
    UNCHECKED = "unchecked"  # the rule could not look: a tool is missing on this machine


PT = 72 / 25.4  # points in a millimetre
Box = tuple[float, float, float, float]  # left, bottom, right, top, in points of the page


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of a file: `page` counts from 1, 0 is the whole file; `box` is where it is."""

    page: int
    rule: str
    level: Level
    message: str
    box: Box | None = None


@dataclass(frozen=True)
class Job:
    """What a file is for, and the limits that hold: lengths in mm, ink in per cent.

    `multiple_of` is what the binding asks of the number of pages.
    """

    output: Literal["print", "screen"]
    bleed: float = 3
    safe: float = 4
    ink: int = 300
    multiple_of: int = 1
