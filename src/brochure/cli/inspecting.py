"""`brochure preflight`: the last look at finished files, ours or anybody's."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from brochure.cli.commands import command
from brochure.cli.ending import ExitCode
from brochure.cli.printing import print_json

if TYPE_CHECKING:
    from brochure.build import Desk
    from brochure.preflight.findings import Finding, Job
    from brochure.preflight.html import Section
    from brochure.preflight.opened import OpenedFile


@dataclass(frozen=True)
class _Task:
    """A file, under the name that the user knows it by, and what it is checked for.

    `ask` means that nobody has said what it is for: it is for print if the file says so.
    """

    name: str
    path: Path
    job: Job
    ask: bool = False


@dataclass(frozen=True)
class _Result:
    """What was found in a file, and what the page of `--html` says about it."""

    name: str
    findings: list[Finding]
    section: Section | None


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
    from brochure.preflight.findings import Level
    from brochure.preflight.report import as_json as values_of
    from brochure.preflight.report import as_text

    tasks = (
        [_foreign(root, file, made_for, profile) for file in files]
        if files
        else _published(root, (out or root / "out").resolve(), made_for, profile)
    )
    results: list[_Result] = []
    for task in tasks:
        results.append(_examined(task, with_section=html is not None))
        if not as_json:
            click.echo(as_text(task.name, results[-1].findings), nl=False)
    if as_json:
        print_json({"files": [values_of(each.name, each.findings) for each in results]})
    if html:
        _write_page(html, [each.section for each in results if each.section])
    failed = any(each.level is Level.ERROR for result in results for each in result.findings)
    sys.exit(ExitCode.PROBLEMS if failed else ExitCode.OK)


def _examined(task: _Task, with_section: bool) -> _Result:
    """Read a file and open it, once for the check and for the pictures."""
    from brochure.preflight.check import claims_print, examined, unreadable
    from brochure.preflight.opened import Damaged, opened

    job = task.job
    try:
        with opened(_content(task.path)) as file:
            if task.ask and claims_print(file):
                job = replace(job, output="print")
            found = examined(file, job)
            section = _section(task, job.output, found, file) if with_section else None
    except Damaged as error:
        found = [unreadable(error)]
        output = "unknown" if task.ask else job.output
        section = _section(task, output, found, None) if with_section else None
    return _Result(task.name, found, section)


def _section(task: _Task, output: str, found: list[Finding], file: OpenedFile | None) -> Section:
    from brochure.preflight.html import section

    return section(task.name, output, found, file)


def _content(path: Path) -> bytes:
    """Return a file, or so much of it that the check says that it is too large."""
    from brochure.preflight.opened import LARGEST_FILE

    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _write_page(path: Path, sections: list[Section]) -> None:
    from brochure.cache import write_whole
    from brochure.preflight.html import html_report

    write_whole(path.resolve(), html_report(sections).encode())


def _foreign(
    root: Path, path: Path, made_for: Literal["print", "screen"] | None, profile: str | None
) -> _Task:
    """Return the task for a file from anywhere: it need not be ours, nor the project be there."""
    from brochure.preflight.findings import Job

    if not path.is_file():
        hint = "write it from the folder that you are in"
        _stop(f'there is no file "{path}"', hint, ExitCode.USAGE)
    job = Job(made_for or "screen")
    if profile:
        job = _job(_desk(root), profile, job.output, multiple_of=1)
    return _Task(str(path), path, job, ask=made_for is None)


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
        _stop(f'there is no such file in "{out}"', "run brochure build first", ExitCode.PROBLEMS)
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
        what = f'--profile: "{profile}" is not in brochure.yaml'
        _stop(what, did_you_mean(profile, known), ExitCode.USAGE)
    chosen = known[profile]
    return Job(output, bleed=chosen.bleed, ink=chosen.ink, multiple_of=multiple_of)


def _desk(root: Path) -> Desk:
    from brochure.cli.commands import read_desk

    return read_desk(root, as_json=False)


def _stop(what: str, hint: str, code: ExitCode) -> NoReturn:
    click.echo(f"error: {what}\n  hint: {hint}", err=True)
    sys.exit(code)
