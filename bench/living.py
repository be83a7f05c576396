"""Time one word in a process that lives on, as the preview's does: all files that hold it.

    .venv/bin/python bench/living.py FOLDER TEXT [runs]

FOLDER is a project, such as `make_project.py` writes, and TEXT one of its texts, such as
practices/practice-0007/en.md. The text is changed, and what was changed is built again: every
file, for screen and print. The first build and the first change are not counted. The text is put
back at the end.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from pathlib import Path

from brochure.build import Request, build
from brochure.build.shop import Shop
from brochure.daybook import Daybook, Report


def main() -> None:
    root, text = Path(sys.argv[1]).resolve(), Path(sys.argv[1], sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    before = text.read_text(encoding="utf-8")
    seconds, cpu = [], []
    gc.set_threshold(50_000, 20, 20)  # as the command does
    with Shop(_request(root, Report())) as shop:
        report = build(_request(root, Report()), shop=shop)
        try:
            for run in range(runs + 1):
                text.write_text(f"{before}\n\nRun {run}.\n", encoding="utf-8")
                request = _request(root, report)
                started = time.perf_counter(), time.process_time()
                report = build(request, shop=shop)
                seconds.append(time.perf_counter() - started[0])
                cpu.append(time.process_time() - started[1])
        finally:
            text.write_text(before, encoding="utf-8")
    made = f"{len(report.built)} files, {report.typeset} section"
    print(f"{made}: median {statistics.median(seconds[1:]):.2f} s by the clock,", end=" ")
    print(
        f"{min(seconds[1:]):.2f} to {max(seconds[1:]):.2f}; {statistics.median(cpu[1:]):.2f} of CPU"
    )


def _request(root: Path, last: Report) -> Request:
    """Return what to build, with what the last build knows of its files."""
    daybook = Daybook(root, root / "out", root / ".brochure/cache", ("living",))
    daybook.write(last)
    return Request(
        root=root,
        out=root / "out",
        cache=root / ".brochure/cache",
        workers=os.cpu_count() or 1,
        producer="brochure bench",
        stamps=daybook.stamps(),
    )


if __name__ == "__main__":
    main()
