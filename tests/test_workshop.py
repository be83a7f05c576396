"""Holds the workshop to account: every piece is done, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from brochure.workshop import Died, LocalWorkshop

LONG = 60.0  # seconds; more than enough for a pool


@dataclass(frozen=True)
class Square:
    """A task that says where it was done."""

    def __call__(self, number: int) -> tuple[int, int]:
        return number * number, os.getpid()


@dataclass(frozen=True)
class Fatal:
    """A task that ends its process on some numbers: on `once` only where `mark` is not there."""

    always: frozenset[int]
    once: frozenset[int]
    mark: Path

    def __call__(self, number: int) -> int:
        if number in self.always:
            os.kill(os.getpid(), signal.SIGKILL)
        if number in self.once and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number


@dataclass(frozen=True)
class Ready:
    """What a process does before its work: it leaves a file with its number."""

    folder: Path

    def __call__(self, _: None) -> None:
        (self.folder / str(os.getpid())).touch()


@dataclass(frozen=True)
class Refusing:
    """A task that raises."""

    def __call__(self, number: int) -> int:
        raise OSError(28, "No space left on device", f"{number}.pdf")


@pytest.fixture
def workshop() -> Iterator[LocalWorkshop]:
    shop = LocalWorkshop(2)
    yield shop
    shop.close()


def test_short_work_is_done_here(workshop: LocalWorkshop) -> None:
    results = list(workshop.run(Square(), range(5), seconds=0.5))
    assert results == [(n, (n * n, os.getpid())) for n in range(5)]


def test_one_piece_is_done_here_however_long_it_takes(workshop: LocalWorkshop) -> None:
    assert list(workshop.run(Square(), [3], seconds=LONG)) == [(3, (9, os.getpid()))]


def test_one_worker_is_this_process() -> None:
    results = list(LocalWorkshop(1).run(Square(), range(3), seconds=LONG))
    assert {pid for _, result in results if not isinstance(result, Died) for pid in result[1:]} == {
        os.getpid()
    }


def test_long_work_is_done_by_others_which_stay_for_more(workshop: LocalWorkshop) -> None:
    first = dict(workshop.run(Square(), range(20), seconds=LONG))
    second = dict(workshop.run(Square(), range(20), seconds=0.01))
    results = [each for each in (*first.values(), *second.values()) if not isinstance(each, Died)]
    assert sorted(square for square, _ in results) == sorted([n * n for n in range(20)] * 2)
    workers = {pid for _, pid in results}
    assert os.getpid() not in workers
    assert len(workers) <= 2


def test_a_piece_that_ends_its_process_costs_no_other(
    workshop: LocalWorkshop, tmp_path: Path
) -> None:
    task = Fatal(frozenset({4, 11}), frozenset(), tmp_path / "mark")
    results = dict(workshop.run(task, range(20), seconds=LONG))
    assert results.pop(4) == results.pop(11) == Died()
    assert results == {n: n * n for n in range(20) if n not in (4, 11)}


def test_a_process_that_ends_by_accident_costs_nothing(
    workshop: LocalWorkshop, tmp_path: Path
) -> None:
    task = Fatal(frozenset(), frozenset({7}), tmp_path / "mark")
    assert dict(workshop.run(task, range(20), seconds=LONG)) == {n: n * n for n in range(20)}


@pytest.mark.parametrize("seconds", [0.01, LONG])
def test_what_a_task_raises_is_raised(workshop: LocalWorkshop, seconds: float) -> None:
    with pytest.raises(OSError, match=r"No space left on device: '\d\.pdf'"):
        list(workshop.run(Refusing(), range(4), seconds))


@dataclass(frozen=True)
class Late:
    """A task that raises on 0, and else goes on for a while and leaves a file, named by number."""

    folder: str

    def __call__(self, number: int) -> None:
        mark = Path(self.folder, "begun")
        if number == 0:
            wait_until(mark.exists)
            raise OSError(28, "No space left on device")
        mark.touch()
        time.sleep(1)
        Path(self.folder, str(number)).touch()


def test_nobody_is_still_at_work_when_the_work_ends_early(
    workshop: LocalWorkshop, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No space"):
        list(workshop.run(Late(str(tmp_path)), range(9), LONG))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert "begun" in left
    time.sleep(1.5)
    assert sorted(path.name for path in tmp_path.iterdir()) == left


ENDLESS = """
import sys, time
from brochure.workshop import LocalWorkshop
from test_workshop import Sleep

if __name__ == "__main__":
    list(LocalWorkshop(2).run(Sleep(sys.argv[1]), range(2), 60))
"""


@dataclass(frozen=True)
class Sleep:
    """A task that notes its process and goes on for longer than any test."""

    folder: str

    def __call__(self, number: int) -> None:
        Path(self.folder, str(os.getpid())).touch()
        time.sleep(60)


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS, encoding="utf-8")
    notes = tmp_path / "notes"
    notes.mkdir()
    paths = {"PYTHONPATH": f"{Path(__file__).parent}:{os.environ.get('PYTHONPATH', '')}"}
    parent = subprocess.Popen([sys.executable, script, notes], env={**os.environ, **paths})
    wait_until(lambda: len(list(notes.iterdir())) == 2)
    parent.kill()
    parent.wait()
    workers = [int(path.name) for path in notes.iterdir()]
    wait_until(lambda: not any(Path(f"/proc/{pid}/stat").exists() for pid in workers))


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_processes_that_get_ready_are_those_that_work(
    workshop: LocalWorkshop, tmp_path: Path
) -> None:
    workshop.expect(Ready(tmp_path), LONG)
    results = dict(workshop.run(Square(), range(40), LONG))
    hands = {str(done[1]) for done in results.values() if not isinstance(done, Died)}
    assert hands <= {path.name for path in tmp_path.iterdir()}
    assert str(os.getpid()) not in hands


def test_little_work_starts_no_process(workshop: LocalWorkshop, tmp_path: Path) -> None:
    workshop.expect(Ready(tmp_path), 0.5)
    results = workshop.run(Square(), [1, 2], 0.5)
    assert {done for _, done in results} == {(1, os.getpid()), (4, os.getpid())}
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_dies_while_it_gets_ready_costs_no_work(
    workshop: LocalWorkshop, tmp_path: Path
) -> None:
    workshop.expect(Fatal(frozenset(), frozenset({None}), tmp_path / "mark"), LONG)  # type: ignore[arg-type]
    time.sleep(0.5)
    results = dict(workshop.run(Square(), range(8), LONG))
    assert {number: done[0] for number, done in results.items() if not isinstance(done, Died)} == {
        number: number * number for number in range(8)
    }
