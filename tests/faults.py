"""Builds as whole processes, in which something goes wrong; and two contents to build by turns."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conftest import SMALL

from brochure.cache import VERSION

CACHE = ".brochure/cache"
MARK = "BROCHURE_TEST_MARK"
PATIENCE = 30.0  # seconds

# Regions have contents, so that pages are numbered; leaflets share their sections.
SELECTION = ("--language", "en", "--edition", "regions", "--edition", "leaflets")
LEAFLET = ("--language", "en", "--practice", "mill-fund")
LEAFLET_FILE = "en/practices/mill-fund-en.pdf"

# What the two contents differ in. All files name the publisher.
CHANGES = {
    "brochure.yaml": ("The testers", "Other testers"),
    "practices/mill-fund/en.md": ("The fund lends", "This fund lends"),
}

_marks = itertools.count()


@dataclass(frozen=True)
class Content:
    """One of two contents, built: its project, what is published of it, the seconds it took."""

    root: Path
    out: dict[str, bytes]
    seconds: float


def write_content(root: Path, number: int) -> None:
    """Write the sources of a content, 0 or 1, into a project."""
    for file, words in CHANGES.items():
        text = (SMALL / file).read_text(encoding="utf-8")
        assert words[0] in text
        (root / file).write_text(text.replace(words[0], words[number]), encoding="utf-8")


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all files of an output folder, but for those that are staged."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".staging-")
    }


def entries(root: Path) -> list[Path]:
    """Return the entries of a project's cache."""
    return sorted((root / CACHE / f"v{VERSION}").glob("??/[!.]*"))


def link_cache(source: Path, target: Path) -> None:
    """Give a project the sections of another one; an entry is replaced, and never written to."""
    folder = f"{CACHE}/v{VERSION}"
    shutil.copytree(source / folder, target / folder, copy_function=_link, dirs_exist_ok=True)


def _link(source: str, target: str) -> None:
    if not Path(target).exists():
        os.link(source, target)


def let_others_work(root: Path, built: Path) -> None:
    """Let every section that another project has built seem slow: `--jobs 2` starts processes."""
    names = json.loads((built / CACHE / "times.json").read_bytes())
    file = root / CACHE / "times.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(dict.fromkeys(names, 9.0)), encoding="utf-8")


@dataclass(frozen=True)
class Build:
    """A build that goes on. All its processes carry its mark in their environment."""

    process: subprocess.Popen[str]
    mark: str

    def kill(self, whom: str = "build") -> None:
        """Kill the process that was started, or with it all that it has started (`group`)."""
        end = {"build": os.kill, "group": os.killpg}[whom]
        end(self.process.pid, signal.SIGKILL)

    def finished(self) -> tuple[int, str, str]:
        """Wait for the end; returns the exit code and what was printed, also on stderr.

        Nobody may go on after the build: whoever does is ended, and the test fails.
        """
        self.process.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        while (alive := self.processes()) and time.monotonic() < end:
            time.sleep(0.01)
        for process in alive:
            os.kill(process, signal.SIGKILL)
        assert not alive, "processes of a build were left when it had ended"
        return self.process.returncode, *self.process.communicate()

    def processes(self) -> list[int]:
        """Return the processes of the build that are alive."""
        sign = f"{MARK}={self.mark}".encode()
        return [pid for pid, environment in _environments() if sign in environment.split(b"\0")]

    def workers(self) -> list[int]:
        """Return those that work for it."""
        return [pid for pid in self.processes() if b"spawn_main" in _read(pid, "cmdline")]

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that happens while the build goes on."""
        while not happened():
            assert self.process.poll() is None, f"it ended too early: {self.finished()}"
            time.sleep(0.002)


def _environments() -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            yield int(folder.name), _read(int(folder.name), "environ")


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended, or is not ours
        return b""


def start(
    root: Path,
    *arguments: str,
    temporary: Path,
    environment: Mapping[str, str] | None = None,
    around: tuple[str, ...] = (),
    preexec: Callable[[], None] | None = None,
) -> Build:
    """Start a build of a project; `around` is a command that runs the one given to it."""
    temporary.mkdir(exist_ok=True)
    mark = f"{os.getpid()}-{next(_marks)}"
    words = [sys.executable, "-m", "brochure", "--project", str(root), "build", *arguments]
    process = subprocess.Popen(
        [*around, *words],
        env={**os.environ, "TMPDIR": str(temporary), MARK: mark, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, which may be killed as a whole
        preexec_fn=preexec,
    )
    return Build(process, mark)


def dying(when: str, count: int, whom: str) -> dict[str, str]:
    """Return the environment of a build that is killed before it does something; see `killed/`."""
    paths = [str(Path(__file__).parent / "killed"), os.environ.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "BROCHURE_TEST_WHEN": f"{count} {when}",
        "BROCHURE_TEST_WHOM": whom,
    }
