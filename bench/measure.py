"""Run commands as processes of their own; seconds, and the memory of parent and largest process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
POLL = 0.05


@dataclass(frozen=True)
class Run:
    """What one command took: seconds by the clock, seconds of all its processes on a core, memory
    in MB; and what it printed."""

    seconds: float
    cpu: float
    parent: float
    largest: float
    printed: str


def brochure(project: Path, *arguments: str) -> Run:
    """Run one command of this repository's program on a project."""
    return run([sys.executable, "-m", "brochure", "--project", str(project), *arguments])


def run(command: Sequence[str]) -> Run:
    """Run a command to its end; it must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.ended.set()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}\n{printed[-2000:]}")
    # The kernel's figure is that of the largest of the process and those it waited for.
    largest = usage.ru_maxrss / 1024
    return Run(seconds, usage.ru_utime + usage.ru_stime, watch.peak or largest, largest, printed)


class _Watch(threading.Thread):
    """Reads the peak memory of one process alone as long as it lives."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self.ended = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        while not self.ended.wait(POLL):
            try:
                lines = self._status.read_text().splitlines()
            except OSError:  # no such process any more, or not Linux
                return
            for line in lines:
                if line.startswith("VmHWM:"):
                    self.peak = int(line.split()[1]) / 1024


def forget(project: Path) -> None:
    """Delete the cache and the output of a project."""
    for name in (".brochure", "out"):
        shutil.rmtree(project / name, ignore_errors=True)


def change_a_word(project: Path) -> None:
    """Change one word of one text in one language."""
    path = next(iter(sorted((project / "practices").glob("*/*.md"))))
    text = path.read_text("utf-8").rstrip("\n")
    path.write_text(f"{text} {time.time_ns()}.\n", "utf-8")
