"""A Dask cluster of this machine alone, and tasks for it.

A worker imports this module to do the tasks, so it imports as little as it can.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Look:
    """A task that says which process did it, and which files it found there."""

    def __call__(self, number: int) -> tuple[int, list[str]]:
        files = (path for path in Path().rglob("*") if path.is_file())
        return os.getpid(), sorted(path.as_posix() for path in files)


@dataclass(frozen=True)
class Fatal:
    """A task that ends its process on some numbers: on `once` only where `mark` is not there.

    On those in `worker`, it ends the worker that started its process as well.
    """

    always: frozenset[int] = frozenset()
    worker: frozenset[int] = frozenset()
    once: frozenset[int] = frozenset()
    mark: str = ""

    def __call__(self, number: int) -> int:
        if number in self.worker:
            _end_worker()
        first = number in self.once and not Path(self.mark).exists()
        if first:
            Path(self.mark).touch()
        if first or number in self.always:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number


def _end_worker() -> None:
    """End the worker of this process, and no other, should it be gone already."""
    parent = psutil.Process().parent()
    if parent and "spawn_main" in " ".join(parent.cmdline()):
        parent.kill()
    time.sleep(PATIENCE)


@dataclass(frozen=True)
class Refusing:
    """A task that raises."""

    def __call__(self, number: int) -> int:
        raise OSError(28, "No space left on device", f"{number}.pdf")


@dataclass(frozen=True)
class Slow:
    """A task that takes its time."""

    def __call__(self, number: int) -> int:
        time.sleep(0.5)
        return number


class LoopbackCluster:
    """A scheduler, and workers that are started one by one; it ends what it has started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        found = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port=0", f"--scheduler-file={found}")
        wait_until(lambda: bool(found.exists() and found.read_text()))
        self.address = str(json.loads(found.read_text())["address"])

    def start_worker(self, name: str, *options: str, code: Path | None = None) -> Worker:
        """Return a worker that has begun to answer; `code` is where its own brochure is."""
        folder = self._folder / name
        folder.mkdir()
        process = self._start(
            "worker",
            self.address,
            *("--nthreads=1", f"--local-directory={folder}", *options),
            code=code,
        )
        log = self._folder / f"{process.pid}.log"
        wait_until(lambda: "Registered to" in log.read_text())
        return Worker(process, folder)

    def close(self) -> None:
        """End what was started; what that has started ends by itself."""
        for process in self._started:
            process.kill()
            process.wait()

    def _start(self, kind: str, *options: str, code: Path | None = None) -> subprocess.Popen[bytes]:
        here = str(Path(__file__).parent)
        settings = {
            "PYTHONPATH": os.pathsep.join([str(code), here] if code else [here]),
            # The second death of a worker is a piece's own fault, or the test takes long.
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            # A worker asks another for files that it has, if only it had not ended.
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s",
        }
        host = "--host=127.0.0.1"
        command = [sys.executable, "-m", "dask", kind, host, "--no-dashboard", *options]
        unnamed = self._folder / "starting.log"
        with unnamed.open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **settings}
            )
        unnamed.rename(self._folder / f"{process.pid}.log")
        self._started.append(process)
        return process


@dataclass(frozen=True)
class Worker:
    """A worker's process, and the folder into which it writes."""

    process: subprocess.Popen[bytes]
    folder: Path

    def hands(self) -> list[psutil.Process]:
        """Return the processes that work for this one on sections, for which fonts are there."""
        if not any(self.folder.rglob("root/fonts/*.ttf")):
            return []
        return list(psutil.Process(self.process.pid).children())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def loopback_cluster(folder: Path) -> Iterator[LoopbackCluster]:
    cluster = LoopbackCluster(folder)
    try:
        yield cluster
    finally:
        cluster.close()


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
