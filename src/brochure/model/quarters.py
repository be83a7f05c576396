"""Months and quarters of a plan: pure arithmetic on what stands in `plan.yaml`.

A date of a plan is a month (`2019-10`) or a whole year (`2019`); `tbc` is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

QUARTERS_OF_A_YEAR = 4
MONTHS_OF_A_QUARTER = 3


def first_month(date: str) -> int | None:
    """Return the first month that a date can mean, counted from the year 0; None for `tbc`."""
    return _month(date, 1)


def last_month(date: str) -> int | None:
    """Return the last month that a date can mean, counted from the year 0; None for `tbc`."""
    return _month(date, 12)


def _month(date: str, of_a_year_alone: int) -> int | None:
    if date == "tbc":
        return None
    year, _, month = date.partition("-")
    return int(year) * 12 + int(month or of_a_year_alone) - 1


def is_reversed(start: str, end: str) -> bool:
    """Whether a span ends before it starts, whatever its years alone may mean."""
    first, last = first_month(start), last_month(end)
    return first is not None and last is not None and last < first


def is_outside(date: str, start: str, end: str) -> bool:
    """Whether a date certainly lies outside the period from `start` to `end`."""
    early, late = last_month(date), first_month(date)
    begins, ends = first_month(start), last_month(end)
    before = early is not None and begins is not None and early < begins
    after = late is not None and ends is not None and late > ends
    return before or after


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of_month(cls, month: int) -> Quarter:
        """Return the quarter of a month that is counted from the year 0."""
        year, rest = divmod(month, 12)
        return cls(year, rest // MONTHS_OF_A_QUARTER + 1)

    def __sub__(self, other: Quarter) -> int:
        """Return how many quarters lie from the other to this one."""
        return (self.year - other.year) * QUARTERS_OF_A_YEAR + self.number - other.number


@dataclass(frozen=True)
class Span:
    """From one quarter to another, both included; None where that end is to be confirmed."""

    start: Quarter | None
    end: Quarter | None

    @classmethod
    def of(cls, start: str, end: str) -> Span:
        """Return the span of two dates of a plan."""
        first, last = first_month(start), last_month(end)
        return cls(
            None if first is None else Quarter.of_month(first),
            None if last is None else Quarter.of_month(last),
        )


@dataclass(frozen=True)
class Bar:
    """A span on a chart: its first column from 0, its number of columns, which ends are open."""

    column: int
    columns: int
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True)
class Chart:
    """The columns of a timeline: a quarter each, whole years, in order."""

    years: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Chart:
        """Return the chart that shows all spans; without any date it has no column."""
        dates = [quarter for span in spans for quarter in (span.start, span.end) if quarter]
        if not dates:
            return cls(())
        return cls(tuple(range(min(dates).year, max(dates).year + 1)))

    @property
    def columns(self) -> int:
        """How many quarters the chart shows."""
        return len(self.years) * QUARTERS_OF_A_YEAR

    def bar(self, span: Span) -> Bar | None:
        """Return a span as a bar, open ends drawn as far as the chart goes; None without a date."""
        if not self.years or not (span.start or span.end):
            return None
        origin = Quarter(self.years[0], 1)
        column = span.start - origin if span.start else 0
        last = span.end - origin if span.end else self.columns - 1
        return Bar(column, last - column + 1, span.start is None, span.end is None)
