"""The commands with their options, and the exit code of each."""

from __future__ import annotations

import datetime
import gc
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from brochure import __version__
from brochure.cli.addresses import ClusterAddress
from brochure.cli.ending import ExitCode, fail, miss, refuse
from brochure.cli.printing import (
    Progress,
    contents_of,
    counts,
    number_of,
    print_diagnostics,
    print_json,
    print_report,
    print_to_be_confirmed,
    report_json,
    summary,
    to_be_confirmed,
)
from brochure.diagnostics import Diagnostics, Severity, did_you_mean

if TYPE_CHECKING:
    from brochure.build import Desk
    from brochure.daybook import Report
    from brochure.editions import Selection

CACHE = ".brochure/cache"
DEBUG = "BROCHURE_DEBUG"
PRODUCER = f"brochure {__version__}"


def main() -> None:
    """Run the command and exit with an `ExitCode`; a bug is one line that asks to be reported."""
    # A build makes many objects that live until its end: looking for garbage among them again
    # and again takes a tenth of its time.
    gc.set_threshold(50_000, 20, 20)
    try:
        # Not `command.main`: it would take the end of a pipe for itself, as exit code 1.
        with command.make_context("brochure", sys.argv[1:]) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:  # after --help and --version
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; the files of the last build are as they were", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:  # the reader, such as head, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)
    except OSError as error:
        if os.environ.get(DEBUG):
            raise
        reason = (error.strerror or type(error).__name__).lower()
        click.echo(
            f'error: "{error.filename or "a file"}" cannot be written or read: {reason}\n'
            "  hint: check the permissions and the room on the disk",
            err=True,
        )
        sys.exit(ExitCode.UNWRITABLE)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        click.echo(
            f"bug in brochure {__version__}: {type(error).__name__}: {error}\n"
            f"  hint: report this line; with {DEBUG}=1 in the environment it says more",
            err=True,
        )
        sys.exit(ExitCode.INTERNAL)


_layout = click.option("--layout", metavar="NAME", help="Instead of the layout in brochure.yaml.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="brochure")
@click.option(
    "--project",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=".",
    help="The project's folder, with brochure.yaml in it.  [default: this folder]",
)
@click.pass_context
def command(context: click.Context, project: Path) -> None:
    """Build a multilingual brochure of good practices from text files."""
    context.obj = project.resolve()


@command.command()
@click.option("--language", "languages", multiple=True, metavar="LL", help="Only this language.")
@click.option("--region", "regions", multiple=True, metavar="ID", help="Only this region's files.")
@click.option(
    "--practice", "practices", multiple=True, metavar="SLUG", help="Only this practice's leaflet."
)
@click.option("--edition", "families", multiple=True, metavar="NAME", help="Only these editions.")
@click.option(
    "--output",
    "outlets",
    multiple=True,
    type=click.Choice(["screen", "print", "cover", "booklet"]),
    help="Only files for this.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Sections typeset at once.  [all cores]")
@click.option("--cluster", type=ClusterAddress(), help="Typeset on the Dask cluster that is there.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: out/]")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Instead of the imprint's date.")
@_layout
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def build(
    root: Path,
    languages: tuple[str, ...],
    regions: tuple[str, ...],
    practices: tuple[str, ...],
    families: tuple[str, ...],
    outlets: tuple[str, ...],
    jobs: int | None,
    cluster: str | None,
    out: Path | None,
    date: datetime.datetime | None,
    layout: str | None,
    as_json: bool,
) -> None:
    """Build the editions into out/; options narrow what is built, and may be repeated."""
    from brochure.daybook import Daybook

    started = time.monotonic()
    _check_layout(root, layout)
    folder, day = _out(root, out, layout), date.date() if date else None
    names = [frozenset(each) for each in (languages, regions, practices, families, outlets)]
    daybook = Daybook(root, folder, root / CACHE, (PRODUCER, day, layout, *map(sorted, names)))
    report = daybook.unchanged()
    if report is None:
        with Progress(quiet=as_json) as progress:
            report = _built(
                root,
                folder,
                names,
                progress,
                workers=jobs or os.cpu_count() or 1,
                date=day,
                layout=layout,
                stamps=daybook.stamps(),
                cluster=cluster,
            )
        daybook.write(report)
    seconds = time.monotonic() - started
    if as_json:
        print_json(report_json(report, folder, seconds))
    else:
        print_diagnostics(report.diagnostics)
        print_report(report, folder, seconds)
    sys.exit(ExitCode.PROBLEMS if report.failed else ExitCode.OK)


def _built(
    root: Path, out: Path, names: list[frozenset[str]], progress: Progress, **how: Any
) -> Report:
    """Build, now that it is known that there is something to do: this imports what takes long.

    `how` are the other fields of the request.
    """
    from brochure.build import Request, build
    from brochure.cluster import ClusterProblem
    from brochure.editions import Selection

    _require_libraries(root)
    selection = Selection(*names)
    request = Request(root, out, root / CACHE, producer=PRODUCER, selection=selection, **how)
    try:
        return build(request, progress.step, lambda desk: _check_selection(desk, selection))
    except ClusterProblem as problem:
        miss(str(problem), problem.hint)


@command.command()
@_layout
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def check(root: Path, layout: str | None, as_json: bool) -> None:
    """Read and check all sources; build nothing."""
    from brochure.build import check, unknown_in
    from brochure.sources import Folder

    _check_layout(root, layout)
    found = Diagnostics()
    desk = check(Folder(root), found, layout)
    unknown = unknown_in(desk.project.plans.values()) if desk else {}
    if as_json:
        diagnostics = [each.as_json() for each in found]
        print_json({"diagnostics": diagnostics, **to_be_confirmed(unknown), **counts(found)})
    else:
        print_diagnostics(found)
        if desk:
            project = desk.project
            print_to_be_confirmed(unknown)
            click.echo(
                f"{number_of(len(project.practices), 'practice')}, "
                f"{number_of(len(project.facts.languages), 'language')}, "
                f"{number_of(len(desk.editions), 'edition')}: {summary(found)}"
            )
    sys.exit(ExitCode.PROBLEMS if found.failed else ExitCode.OK)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_obj
def editions(root: Path, as_json: bool) -> None:
    """List what a build would make, without building."""
    desk = read_desk(root, as_json=as_json)
    if as_json:
        print_json(
            {
                "editions": [
                    {
                        "edition": edition.id,
                        "family": edition.family,
                        "file": edition.file,
                        "languages": edition.languages,
                        "region": edition.region,
                        "practices": edition.practices,
                        "plan": edition.plan,
                    }
                    for edition in desk.editions
                ]
            }
        )
        return
    for edition in desk.editions:
        click.echo(f"{edition.file}  {contents_of(edition)}")
    click.echo(number_of(len(desk.editions), "edition"))


@command.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: schemas/]")
@click.pass_obj
def schema(root: Path, out: Path | None) -> None:
    """Write a JSON Schema for each kind of source file, for editors that complete and check."""
    from brochure.schemas import write_schemas

    for path in write_schemas(out or root / "schemas"):
        click.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


@command.command()
@click.pass_obj
def doctor(root: Path) -> None:
    """Say what this machine lacks, and how to get it."""
    from brochure.doctor import examine

    findings = list(examine(root))
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        click.echo(
            f"{'ok     ' if finding.ok else 'MISSING'}  {finding.name:<{width}}  {finding.found}"
        )
        if not finding.ok:
            click.echo(f"         {'':<{width}}  {finding.remedy}")
    sys.exit(ExitCode.OK if all(finding.ok for finding in findings) else ExitCode.MISSING)


@command.command("print-order")
@click.argument("edition", metavar="EDITION")
@click.option("--copies", type=click.IntRange(1), required=True, help="How many are printed.")
@click.option("--language", metavar="LL", help="The language of the order.  [the edition's]")
@click.option("--profile", metavar="NAME", help="The print profile.  [the first for print]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: out/]")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="That of the build, if it had one.")
@click.option("--layout", metavar="NAME", help="That of the build, if it had one.")
@click.pass_obj
def print_order(
    root: Path,
    edition: str,
    copies: int,
    language: str | None,
    profile: str | None,
    out: Path | None,
    date: datetime.datetime | None,
    layout: str | None,
) -> None:
    """Write what a print shop needs for a quote of EDITION, as a page and as text."""
    _require_libraries(root)
    _check_layout(root, layout)
    desk = read_desk(root, as_json=False, date=date.date() if date else None, layout=layout)
    editions = {each.id: each for each in desk.editions}
    profiles = [k for k, each in desk.project.facts.print.items() if each.output == "print"]
    for option, name, known in (
        ("EDITION", edition, editions),
        ("--language", language, desk.project.facts.languages),
        ("--profile", profile, profiles),
    ):
        if name is not None and name not in known:
            fail(f'{option}: "{name}" is not in the plan\n  hint: {did_you_mean(name, known)}')
    if not profiles:
        refuse("nothing is printed", 'add a profile with "output: print" to brochure.yaml')
    from brochure.build import Request
    from brochure.print_order import order_of, write

    folder, workers = _out(root, out, layout), os.cpu_count() or 1
    request, chosen = Request(root, folder, root / CACHE, workers, PRODUCER), editions[edition]
    with Progress(quiet=not sys.stderr.isatty()) as progress:
        order = order_of(desk, chosen, profile or profiles[0], copies, request, progress.step)
    if isinstance(order, str):
        options = f" --out {shlex.quote(str(out))}" if out else ""
        options += f" --date {date:%Y-%m-%d}" if date else ""
        options += f" --layout {layout}" if layout else ""
        refuse(order, f"type: brochure build --edition {edition}{options}")
    paths, found = write(order, desk, language or chosen.language, request)
    print_diagnostics(found)
    for path in paths:
        click.echo(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    sys.exit(ExitCode.OK if paths else ExitCode.PROBLEMS)


@command.command()
@click.option("--cache", is_flag=True, help="Remove the typeset sections as well.")
@click.option(
    "--keep",
    type=click.IntRange(0),
    metavar="MB",
    help="With --cache: keep what was used last, this many megabytes.  [0]",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="[default: out/]")
@click.pass_obj
def clean(root: Path, cache: bool, keep: int | None, out: Path | None) -> None:
    """Remove the built files; only those that a build has made."""
    from brochure.cache import Cache
    from brochure.publish import Publisher

    if keep is not None and not cache:
        fail("--keep is about the cache\n  hint: add --cache")
    removed = Publisher((out or root / "out").resolve()).remove_all()
    click.echo(f"{number_of(len(removed), 'file')} removed")
    if cache and keep:
        gone = Cache(root / CACHE).shrink(keep * 1_000_000)
        click.echo(f"{gone / 1_000_000:.1f} MB of the cache removed")
    elif cache and (root / CACHE).is_dir():
        shutil.rmtree(root / CACHE)
        click.echo("cache removed")


# -- what the commands share


def _out(root: Path, out: Path | None, layout: str | None) -> Path:
    """Return the output folder: with a layout of its own, a build leaves the others alone."""
    return (out or root / (f"out-{layout}" if layout else "out")).resolve()


def _check_layout(root: Path, layout: str | None) -> None:
    """Refuse the name of a layout that is not there."""
    if not layout:
        return
    from brochure.sources import Folder

    known = Folder(root).folders("layouts")
    if layout not in known:
        fail(f'--layout: there is no layout "{layout}"\n  hint: {did_you_mean(layout, known)}')


def read_desk(
    root: Path, *, as_json: bool, date: datetime.date | None = None, layout: str | None = None
) -> Desk:
    """Return the project, or print what is wrong with it and exit; options as in `build`."""
    from brochure.build import read
    from brochure.sources import Folder

    found = Diagnostics()
    desk = read(Folder(root), found, date, layout)
    if desk is None or found.failed:
        if as_json:
            print_json({"diagnostics": [each.as_json() for each in found], **counts(found)})
        else:
            print_diagnostics(found, only=Severity.ERROR)
        sys.exit(ExitCode.PROBLEMS)
    return desk


def _check_selection(desk: Desk, selection: Selection) -> None:
    """Refuse a name that the project does not have, with the nearest one that it has."""
    if not any((selection.languages, selection.regions, selection.practices, selection.families)):
        return
    families = {e.family for e in desk.editions} | {e.id for e in desk.editions}
    for option, names, known in (
        ("--language", selection.languages, desk.project.facts.languages),
        ("--region", selection.regions, [e.region for e in desk.editions if e.region]),
        ("--practice", selection.practices, desk.project.practices),
        ("--edition", selection.families, families),
    ):
        for name in sorted(names):
            if name not in known:
                fail(f'{option}: "{name}" is not in the plan\n  hint: {did_you_mean(name, known)}')
    if not any(selection.picks(edition) for edition in desk.editions):
        fail("no edition fits all of these options\n  hint: see brochure editions, and use fewer")


def _require_libraries(root: Path) -> None:
    from brochure.doctor import LIBRARIES, examine

    for finding in examine(root):
        if finding.name in LIBRARIES and not finding.ok:
            miss(f"{finding.name} is missing", finding.remedy)
