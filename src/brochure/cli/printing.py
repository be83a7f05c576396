"""What the commands print: progress, diagnostics, and what a build did."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from brochure.diagnostics import Diagnostic, Diagnostics, Severity

if TYPE_CHECKING:
    from brochure.daybook import Report
    from brochure.editions import Edition


class Progress:
    """A progress bar on a terminal; in a log, one plain line for each stage."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        self._quiet = quiet

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, what: str, done: int, total: int) -> None:
        if self._bar:
            if what not in self._tasks:
                self._tasks[what] = self._bar.add_task(what, total=total)
            self._bar.update(self._tasks[what], completed=done, total=total)
        elif not self._quiet and done == total:
            with contextlib.suppress(BrokenPipeError):  # nobody reads on, but the build goes on
                click.echo(f"{what}: {total}", err=True)


def print_diagnostics(found: Iterable[Diagnostic], only: Severity | None = None) -> None:
    """Print findings on the error stream, all or those of one severity."""
    for diagnostic in found:
        if only is None or diagnostic.severity is only:
            click.echo(str(diagnostic), err=True)


def print_report(report: Report, out: Path, seconds: float) -> None:
    """Print what a build made, and a line that sums it up."""
    for entry in report.built:
        click.echo(f"built   {entry.file}  {number_of(entry.pages, 'page')}, {_size(entry.bytes)}")
    for file in report.removed:
        click.echo(f"removed {file}")
    print_to_be_confirmed(report.unknown)
    if report.failed:
        click.echo(f"nothing published: {summary(report.diagnostics)}")
        return
    click.echo(
        f"{len(report.built)} built, {len(report.reused)} reused in {out}; "
        f"{number_of(report.typeset, 'section')} typeset, {report.cached} from the cache; "
        f"{summary(report.diagnostics)}; {seconds:.1f} s"
    )


def report_json(report: Report, out: Path, seconds: float) -> dict[str, Any]:
    """Return what a build made as plain values."""
    return {
        "out": str(out),
        "built": [entry.file for entry in report.built],
        "reused": [entry.file for entry in report.reused],
        "removed": report.removed,
        "sections": {"typeset": report.typeset, "cached": report.cached},
        "seconds": round(seconds, 2),
        **to_be_confirmed(report.unknown),
        "diagnostics": [each.as_json() for each in report.diagnostics],
        **counts(report.diagnostics),
    }


def contents_of(edition: Edition) -> str:
    """Return what an edition holds, in a few words."""
    practices = number_of(len(edition.practices), "practice")
    if not edition.plan:
        return practices
    plan = "summary of a plan" if edition.holds == "plan-summary" else "plan"
    return f"{practices}, {plan}" if edition.practices else plan


def print_to_be_confirmed(unknown: Mapping[str, list[int]]) -> None:
    """Say how many values of each plan are not known yet, and in which lines they stand."""
    for file, numbers in unknown.items():
        if numbers:
            values = number_of(len(numbers), "value")
            places = sorted(set(numbers))
            lines = f"line{'s' if len(places) > 1 else ''} {', '.join(_runs(places))}"
            click.echo(f"{file}: {values} to be confirmed, in {lines}")


def _runs(numbers: list[int]) -> Iterator[str]:
    """Yield sorted numbers, those that follow each other as one run."""
    while numbers:
        length = next((i for i, n in enumerate(numbers) if n != numbers[0] + i), len(numbers))
        first, last = numbers[0], numbers[length - 1]
        yield f"{first}" if first == last else f"{first} to {last}"
        numbers = numbers[length:]


def to_be_confirmed(unknown: Mapping[str, list[int]]) -> dict[str, Any]:
    """Return for the file of each plan how many values are not known yet, and their lines."""
    counted = {
        file: {"values": len(numbers), "lines": sorted(set(numbers))}
        for file, numbers in unknown.items()
    }
    return {"to_be_confirmed": counted}


def counts(found: Diagnostics) -> dict[str, int]:
    """Return how many errors and warnings there are."""
    return {"errors": found.count(Severity.ERROR), "warnings": found.count(Severity.WARNING)}


def summary(found: Diagnostics) -> str:
    """Return how many errors and warnings there are, in words."""
    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    return f"{number_of(errors, 'error')}, {number_of(warnings, 'warning')}"


def number_of(count: int, noun: str) -> str:
    """Return a number of things, such as `1 page` or `2 pages`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _size(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def print_json(value: object) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
