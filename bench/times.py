"""Time the commands on the repository's own brochure, as whole processes, and print a table.

    .venv/bin/python bench/times.py [runs]

`cold` deletes the cache and the output before each run; `one word` changes a word of one English
text on a copy of the project; `no change` builds again what is built; `finish again` deletes the
output and keeps the typeset pages. Each row is the median of the runs, with the least and the most.
Memory is the largest of the processes.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("brochure.yaml", "practices", "pages", "plans", "layouts", "fonts", "icc")
WORD_FILE = "practices/kikk-festival/en.md"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        _copy_sources(project)
        _run(project, "build")  # files in the system's cache, .pyc written
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {runs} runs")
        print(f"{'':24} {'median s':>9} {'least':>7} {'most':>7} {'peak MB':>8}")
        for name, prepare, arguments in (
            ("build, cold, 1 job", _forget, ("build", "--jobs", "1")),
            ("build, cold, all cores", _forget, ("build",)),
            ("screen files, cold", _forget, ("build", "--output", "screen")),
            ("finish all again", _forget_files, ("build",)),
            ("finish screen again", _forget_files, ("build", "--output", "screen")),
            ("build, one word", _change_a_word, ("build",)),
            ("build, no change", _nothing, ("build",)),
            ("check", _nothing, ("check",)),
            ("editions", _nothing, ("editions",)),
        ):
            _row(name, project, prepare, arguments, runs)


def _row(
    name: str,
    project: Path,
    prepare: Callable[[Path], None],
    arguments: tuple[str, ...],
    runs: int,
) -> None:
    seconds, peaks = [], []
    for _ in range(runs):
        prepare(project)
        spent, peak = _run(project, *arguments)
        seconds.append(spent)
        peaks.append(peak)
    middle = statistics.median(seconds)
    print(f"{name:24} {middle:9.2f} {min(seconds):7.2f} {max(seconds):7.2f} {max(peaks):8.0f}")


def _run(project: Path, *arguments: str) -> tuple[float, float]:
    """Return the seconds of wall time and the peak memory in MB of one command."""
    command = [sys.executable, "-m", "brochure", "--project", str(project), *arguments]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        spent = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return spent, usage.ru_maxrss / 1024


def _copy_sources(project: Path) -> None:
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name)
        else:
            shutil.copy(source, project / name)


def _nothing(project: Path) -> None:
    """Leave the project as it is."""


def _forget(project: Path) -> None:
    for name in (".brochure", "out"):
        shutil.rmtree(project / name, ignore_errors=True)


def _forget_files(project: Path) -> None:
    """Leave the typeset pages: binding and finishing alone are done again."""
    shutil.rmtree(project / "out", ignore_errors=True)


def _change_a_word(project: Path) -> None:
    path = project / WORD_FILE
    path.write_text(
        path.read_text(encoding="utf-8") + f"\nAgain {time.time_ns()}.\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
