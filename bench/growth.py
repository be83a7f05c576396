"""How time and memory grow with the number of practices: a Markdown table.

    .venv/bin/python bench/growth.py 8 30 --jobs 2

For each size a project is generated in a temporary folder, built, changed in one place and built
again, each time by a process of its own. Every practice has two A4 pages with a photo, in four
languages: a brochure, five regional files and leaflets in each, for the screen and for print.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import measure
from make_project import PHOTO, Wanted, draw_photo, make_project

SIZES = (8, 30, 120, 480)
COLUMNS = (
    *("practices", "build", "files", "sections typeset", "s", "s of CPU", "ms a practice"),
    *("parent, MB", "largest process, MB"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--languages", default="en,fr,de,it")
    parser.add_argument("--format", choices=("a4", "a5"), default="a4")
    parser.add_argument("--screen", action="store_true", help="screen files only")
    arguments = parser.parse_args()
    options = ["--jobs", str(arguments.jobs), *(["--output", "screen"] * arguments.screen)]
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    for size in arguments.sizes:
        languages = tuple(arguments.languages.split(","))
        with tempfile.TemporaryDirectory(prefix="brochure-bench-") as folder:
            project = Path(folder) / "project"
            make_project(project, Wanted(size, languages, format=arguments.format))
            for line in _rows(project, size, options):
                print(line, flush=True)


def _rows(project: Path, size: int, options: list[str]) -> Iterator[str]:
    measure.brochure(project, "check")  # files in the system's cache, .pyc written
    changes: tuple[tuple[str, Callable[[Path], None]], ...] = (
        ("cold", measure.forget),
        ("one word", measure.change_a_word),
        ("one photo", _change_a_photo),
        ("one swatch", _change_a_swatch),
        ("no change", _nothing),
    )
    for name, prepare in changes:
        prepare(project)
        run = measure.brochure(project, "build", "--json", *options)
        report = json.loads(run.printed)
        made = f"{len(report['built'])} of {len(report['built']) + len(report['reused'])}"
        yield _line(size, name, made, report["sections"]["typeset"], run)
    run = measure.brochure(project, "check")
    yield _line(size, "`check`", "", "", run)


def _line(size: int, name: str, files: str, sections: object, run: measure.Run) -> str:
    each = 1000 * run.seconds / size
    spent = f"{run.seconds:.2f} | {run.cpu:.1f} | {each:.0f}"
    return (
        f"| {size} | {name} | {files} | {sections} | {spent}"
        f" | {run.parent:.0f} | {run.largest:.0f} |"
    )


def _change_a_photo(project: Path) -> None:
    draw_photo(project / "practices/practice-0001/photos" / PHOTO, str(time.time_ns()))


def _change_a_swatch(project: Path) -> None:
    """Change the colour of the first region on the screen by one step."""
    path = project / "layouts/atelier/layout.yaml"
    text = path.read_text("utf-8")
    changed = text.replace("#c8371f", "#c8371e")
    if changed == text:
        raise SystemExit(f'"{path}" has no swatch "#c8371f" any more')
    path.write_text(changed, "utf-8")


def _nothing(project: Path) -> None:
    """Leave the project as it is."""


if __name__ == "__main__":
    main()
