"""`brochure preflight`: the last look at finished files, ours or anybody's."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from brochure.cli.commands import ExitCode, command
from brochure.cli.printing import print_json

if TYPE_CHECKING:
    from brochure.build import Desk
    from brochure.preflight.findings import Finding, Job

FILE_LIMIT = 500 * 1024 * 1024


@dataclass(frozen=True)
class _Task:
    """A file, under the name that the user knows it by, and what it is checked for."""

    name: str
    path: Path
    job: Job


@command.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "made_for",
    type=click.Choice(["print", "screen"]),
    help="What the files are for.  [print, if they say so themselves]",
)
@click.option("--profile", metavar="NAME", help="The print profile whose limits hold.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: out/]")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def preflight(
    root: Path,
    files: tuple[Path, ...],
    made_for: Literal["print", "screen"] | None,
    profile: str | None,
    out: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Check finished PDFs as a print shop and a screen reader would; without FILES, all of out/."""
    from brochure.preflight.check import preflight as checked
    from brochure.preflight.findings import Level
    from brochure.preflight.report import as_json as values_of
    from brochure.preflight.report import as_text

    tasks = (
        [_foreign(root, file, made_for, profile) for file in files]
        if files
        else _published(root, (out or root / "out").resolve(), made_for, profile)
    )
    results: list[tuple[_Task, list[Finding]]] = []
    for task in tasks:
        results.append((task, checked(_content(task.path), task.job)))
        if not as_json:
            click.echo(as_text(task.name, results[-1][1]), nl=False)
    if as_json:
        print_json({"files": [values_of(task.name, found) for task, found in results]})
    if html:
        _write_page(html, results)
    failed = any(each.level is Level.ERROR for _, found in results for each in found)
    sys.exit(ExitCode.PROBLEMS if failed else ExitCode.OK)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_LIMIT)


def _write_page(path: Path, results: list[tuple[_Task, list[Finding]]]) -> None:
    from brochure.cache import write_whole
    from brochure.preflight.html import Checked, html_report

    files = [
        Checked(task.name, _content(task.path), task.job.output, tuple(found))
        for task, found in results
    ]
    write_whole(path.resolve(), html_report(files).encode())


def _foreign(root: Path, path: Path, made_for: str | None, profile: str | None) -> _Task:
    """Return the task for a file from anywhere: it need not be ours, nor the project be there."""
    from brochure.preflight.findings import Job

    output: Literal["print", "screen"] = "screen"
    if made_for == "print" or (made_for is None and b"GTS_PDFX" in _content(path)):
        output = "print"
    job = Job(output)
    if profile:
        job = _job(_desk(root), profile, output, multiple_of=1)
    return _Task(str(path), path, job)


def _published(root: Path, out: Path, made_for: str | None, profile: str | None) -> list[_Task]:
    """Return the tasks for the files that the last build published."""
    desk = _desk(root)
    tasks = []
    for edition in desk.editions:
        for output in edition.outputs:
            path = out / output.file
            asked = made_for in (None, "print" if output.profile else "screen") and profile in (
                None,
                output.profile,
            )
            if output.outlet == "booklet" or not asked or not path.is_file():
                continue
            folded = output.profile is not None and _folds(desk, output.profile)
            whole = output.outlet == "print" and edition.plan is None
            multiple = 4 if folded and whole else 1
            kind: Literal["print", "screen"] = "print" if output.profile else "screen"
            tasks.append(_Task(output.file, path, _job(desk, output.profile, kind, multiple)))
    if not tasks:
        click.echo(
            f'error: there is no such file in "{out}"\n  hint: run brochure build first', err=True
        )
        sys.exit(ExitCode.PROBLEMS)
    return tasks


def _folds(desk: Desk, profile: str) -> bool:
    return desk.project.facts.print[profile].binding == "saddle-stitch"


def _job(
    desk: Desk, profile: str | None, output: Literal["print", "screen"], multiple_of: int
) -> Job:
    from brochure.diagnostics import did_you_mean
    from brochure.preflight.findings import Job

    if profile is None:
        return Job(output, multiple_of=multiple_of)
    known = desk.project.facts.print
    if profile not in known:
        hint = did_you_mean(profile, known)
        click.echo(
            f'error: --profile: "{profile}" is not in brochure.yaml\n  hint: {hint}', err=True
        )
        sys.exit(ExitCode.USAGE)
    chosen = known[profile]
    return Job(output, bleed=chosen.bleed, ink=chosen.ink, multiple_of=multiple_of)


def _desk(root: Path) -> Desk:
    from brochure.cli.commands import read_desk

    return read_desk(root, as_json=False)
