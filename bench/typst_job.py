"""Compile many files with Typst in a pool of processes, for compare.py.

    typst-venv/bin/python bench/typst_job.py CONTENT FONTS OUT JOBS [--alone] [FILE ...]

CONTENT holds a JSON file for each PDF, as typst_content.py writes them. Needs the package `typst`
from PyPI, in a virtual environment of its own, and nothing else. Typst keeps in memory what it has
laid out, and so do the processes of the pool: a practice in three files is laid out once or twice.
With --alone, each file is compiled by a new process, as the command `typst compile` does it.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parent / "brochure.typ"
_compilers: dict[str, Any] = {}


def main() -> None:
    content, fonts, out = map(Path, sys.argv[1:4])
    jobs, only = int(sys.argv[4]), [each for each in sys.argv[5:] if each != "--alone"]
    tasks = 1 if "--alone" in sys.argv else None
    files = [path for path in content.rglob("*.json") if path.stem in only or not only]
    files.sort(key=lambda path: -path.stat().st_size)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=tasks) as pool:
        waiting = [
            pool.submit(compile_file, str(each), str(fonts), str(out / each.stem)) for each in files
        ]
        for each in waiting:
            each.result()


def compile_file(content: str, fonts: str, name: str) -> None:
    """Compile one file; the compiler of a process reads the fonts once and keeps its memory."""
    import typst  # type: ignore[import-not-found]

    if fonts not in _compilers:
        _compilers[fonts] = typst.Compiler(
            str(TEMPLATE), root="/", font_paths=[fonts], ignore_system_fonts=True
        )
    path = Path(f"{name}.pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    _compilers[fonts].compile(
        output=str(path), format="pdf", sys_inputs={"content": content}, pdf_standards=["ua-1"]
    )


if __name__ == "__main__":
    main()
