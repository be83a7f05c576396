"""The same job done three ways, in one run: brochure, WeasyPrint alone, Typst. A Markdown table.

    .venv/bin/python bench/compare.py 30 --jobs 2 --typst /tmp/typst/bin/python

Typst is not among brochure's dependencies: give it a virtual environment of its own,
`python -m venv /tmp/typst && /tmp/typst/bin/pip install typst`. Without --typst it is left out.
Every row is a process of its own that begins with nothing but its files in the system's cache.
What is counted in each way, and what is not, is in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import measure
import pikepdf
from make_project import Wanted, make_project
from typst_content import name_of, write_content

HERE = Path(__file__).parent
CHANGED = ("practice-0001", "region-1", "brochure")  # the editions that hold the changed text
COLUMNS = ("way", "what is made", "files", "pages", "MB", "s", "s of CPU", "ratio of s")


@dataclass(frozen=True)
class Row:
    """One measured job; `group` says with which of brochure's rows it is compared."""

    way: str
    what: str
    group: str
    files: list[Path]
    run: measure.Run


@dataclass(frozen=True)
class Bench:
    """A project in a temporary folder, and how many processes work on it."""

    folder: Path
    jobs: int
    typst: str | None

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def run(self, *arguments: str | Path) -> measure.Run:
        """Run a script with its arguments."""
        return measure.run([str(each) for each in arguments])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("practices", type=int, nargs="?", default=30)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--languages", default="en,fr,de,it")
    parser.add_argument("--format", choices=("a4", "a5"), default="a4")
    parser.add_argument("--typst", metavar="PYTHON", help="a Python that has typst")
    arguments = parser.parse_args()
    languages = tuple(arguments.languages.split(","))
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    with tempfile.TemporaryDirectory(prefix="brochure-bench-") as folder:
        bench = Bench(Path(folder), arguments.jobs, arguments.typst)
        make_project(bench.project, Wanted(arguments.practices, languages, format=arguments.format))
        _print_rows(_rows(bench, languages[0]))


def _rows(bench: Bench, language: str) -> Iterator[Row]:
    measure.brochure(bench.project, "check")
    yield from _brochure(bench)
    yield from _weasyprint(bench, language)
    if bench.typst:
        yield from _typst(bench, bench.typst, language)


def _brochure(bench: Bench) -> Iterator[Row]:
    for what, options in (("all", ()), ("screen", ("--output", "screen"))):
        measure.forget(bench.project)
        yield _built(bench, f"{what}, cold", what, options)
        measure.change_a_word(bench.project)
        yield _built(bench, f"{what}, one word", f"word {what}", options)
        yield _built(bench, f"{what}, no change", f"nothing {what}", options)


def _built(bench: Bench, what: str, group: str, options: tuple[str, ...]) -> Row:
    jobs = ("--jobs", str(bench.jobs))
    run = measure.brochure(bench.project, "build", "--json", *jobs, *options)
    files = [bench.project / "out" / file for file in json.loads(run.printed)["built"]]
    return Row("brochure", what, group, files, run)


def _weasyprint(bench: Bench, language: str) -> Iterator[Row]:
    screen, affected = ("--output", "screen"), _affected(bench, language)
    only = [word for file in affected for word in ("--file", file)]
    for what, group, options in (
        ("screen", "screen", screen),
        ("screen, the affected files", "word screen", (*screen, *only)),
        ("all, laid out twice", "all", ()),
        ("all, laid out once", "all", ("--written-twice",)),
    ):
        out = bench.folder / "direct"
        shutil.rmtree(out, ignore_errors=True)
        script = (sys.executable, HERE / "direct.py", bench.project, out)
        run = bench.run(*script, "--jobs", str(bench.jobs), *options)
        yield Row("WeasyPrint", what, group, sorted(out.rglob("*.pdf")), run)


def _typst(bench: Bench, python: str, language: str) -> Iterator[Row]:
    content = bench.folder / "content"
    write_content(bench.project, content)
    only = [name_of(file) for file in _affected(bench, language)]
    for what, group, options in (
        ("screen", "screen", []),
        ("screen, a process for each file", "screen", ["--alone"]),
        ("screen, the affected files", "word screen", only),
    ):
        out = bench.folder / "typst"
        shutil.rmtree(out, ignore_errors=True)
        script = (python, HERE / "typst_job.py", content, bench.project / "fonts", out)
        run = bench.run(*script, str(bench.jobs), *options)
        yield Row("Typst", what, group, sorted(out.rglob("*.pdf")), run)


def _affected(bench: Bench, language: str) -> list[str]:
    """Return the screen files of the editions that hold the changed text."""
    files = (path.relative_to(bench.project / "out") for path in bench.project.rglob("*.pdf"))
    wanted = {f"{name}-{language}" for name in CHANGED}
    return sorted(str(file) for file in files if file.stem in wanted)


def _print_rows(rows: Iterator[Row]) -> None:
    """Print each row when it is measured; ratios are to brochure's row of the same group.

    A whole job is compared with the rows for one word, too: that is what the others would do.
    """
    seconds: dict[str, float] = {}
    for row in rows:
        if row.way == "brochure":
            seconds[row.group] = row.run.seconds
        groups = [row.group, *(f"word {row.group}",) * (row.way != "brochure")]
        ratios = [_ratio(row, group, seconds) for group in groups if group in seconds]
        if row.group.startswith("nothing"):
            ratios = [_ratio(row, row.group.removeprefix("nothing "), seconds)]
        pages, size = _counted(row.files)
        made = f"{len(row.files)} | {pages} | {size:.1f}"
        spent = f"{row.run.seconds:.2f} | {row.run.cpu:.1f}"
        print(f"| {row.way} | {row.what} | {made} | {spent} | {', '.join(ratios)} |", flush=True)


def _ratio(row: Row, group: str, seconds: dict[str, float]) -> str:
    names = {"all": "cold", "screen": "cold", "word all": "one word", "word screen": "one word"}
    return f"{row.run.seconds / seconds[group]:.3g} × {names.get(group, group)}"


def _counted(files: list[Path]) -> tuple[int, float]:
    pages = 0
    for file in files:
        with pikepdf.open(file) as pdf:
            pages += len(pdf.pages)
    return pages, sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
