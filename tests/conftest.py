"""What the tests share: the built sample, a small project to break, and expected files.

The sample is built once per session, also when pytest runs in several processes: the first one
builds, the others wait for its lock.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SMALL = Path(__file__).parent / "small"
SHARED_FOLDERS = ("layouts", "fonts", "icc")

MakeProject = Callable[[], Path]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected files")


class Expected:
    """Compares text with an expected file, or rewrites the file under `--accept`."""

    def __init__(self, accept: bool) -> None:
        self._accept = accept

    def check(self, path: Path, text: str) -> None:
        if self._accept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}; see make accept"


@pytest.fixture
def expected(pytestconfig: pytest.Config) -> Expected:
    return Expected(bool(pytestconfig.getoption("--accept")))


def copy_project(source: Path, target: Path) -> Path:
    """Return a copy of a project with layouts, fonts and profiles; unchanged files are links."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    for name in SHARED_FOLDERS:
        if not (target / name).exists():
            shutil.copytree(ROOT / name, target / name, copy_function=os.link)
    return target


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small project, to change and to break. Files in layouts/, fonts/ and icc/ are
    hard links: replace them (`unlink`, then write), never write into them."""
    return copy_project(SMALL, tmp_path / "project")


@dataclass(frozen=True)
class Built:
    """A built project: its sources, its output folder, and what `build --json` said."""

    root: Path
    out: Path
    report: dict[str, Any]

    def pdf(self, name: str) -> Path:
        return self.out / name

    @property
    def pdfs(self) -> list[Path]:
        """The files for the screen."""
        return self.made_for("screen")

    def made_for(self, output: str) -> list[Path]:
        """The files for the screen, for print, or for booklets."""
        manifest = json.loads((self.out / "manifest.json").read_text(encoding="utf-8"))
        files = [entry["file"] for entry in manifest["files"] if entry["output"] == output]
        return sorted(self.out / file for file in files)


def run_brochure(*arguments: str | Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    command = [sys.executable, "-m", "brochure", "--project", str(root), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build(root: Path, out: Path, *arguments: str | Path) -> Built:
    result = run_brochure("build", "--json", "--out", out, *arguments, root=root)
    assert result.returncode == 0, result.stdout + result.stderr
    return Built(root, out, json.loads(result.stdout))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    """The repository's own brochure, built once."""
    return once(tmp_path_factory, worker_id, "sample", lambda out: build(ROOT, out))


@pytest.fixture(scope="session")
def small_built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    """The small project, built once."""

    def make(out: Path) -> Built:
        return build(copy_project(SMALL, out.with_name("small-project")), out)

    return once(tmp_path_factory, worker_id, "small", make)


def once(
    factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], Built]
) -> Built:
    base = factory.getbasetemp() if worker == "master" else factory.getbasetemp().parent
    done = base / f"{name}.json"
    with _locked(base / f"{name}.lock"):
        if not done.exists():
            built = make(base / name)
            record = {"root": str(built.root), "out": str(built.out), "report": built.report}
            done.write_text(json.dumps(record), encoding="utf-8")
    record = json.loads(done.read_text(encoding="utf-8"))
    return Built(Path(record["root"]), Path(record["out"]), record["report"])


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that other test processes wait for; a folder is made by one of them only."""
    deadline = time.monotonic() + 300
    while True:
        try:
            path.mkdir()
            break
        except FileExistsError:
            assert time.monotonic() < deadline, f"{path} was never given back"
            time.sleep(0.1)
    try:
        yield
    finally:
        path.rmdir()
