"""Where work is done: in this process, in processes beside it, or on other machines.

Work is a task, which is called, and pieces to call it with. Every piece is independent of the
others, so the order in which they are done is nobody's business.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess
from typing import Any, Protocol, TypeVar

P = TypeVar("P")
R = TypeVar("R")

START = 1.0  # seconds until a new process has imported what it works with


@dataclass(frozen=True)
class Died:
    """What comes of a piece of work whose process ends in the middle of it."""

    reason: str = "the process that did it ended: it may have run out of memory"


class Workshop(Protocol):
    """Somewhere to work. It is closed when the work is done."""

    def run(
        self, task: Callable[[P], R], pieces: Sequence[P], seconds: float
    ) -> Iterator[tuple[P, R | Died]]:
        """Yield every piece with what came of it, in any order; `seconds` is a guess at the whole.

        What the task raises is raised here, and ends the work.
        """
        ...

    def expect(self, ready: Callable[[None], object], seconds: float) -> None:
        """Get ready for work of so many seconds, a guess; `ready` is what hands do before it."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class LocalWorkshop:
    """This process, and up to `workers` others, which start when that saves time, and stay."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._processes: set[BaseProcess] = set()

    def run(
        self, task: Callable[[P], R], pieces: Sequence[P], seconds: float
    ) -> Iterator[tuple[P, R | Died]]:
        """Yield every piece with what came of it; see `Workshop`."""
        if self._has_use_of_others(len(pieces), seconds):
            yield from self._by_others(task, pieces)
        else:
            for piece in pieces:
                yield piece, task(piece)

    def expect(self, ready: Callable[[None], object], seconds: float) -> None:
        """Start the other processes already, if the work will have use of them; see `Workshop`."""
        if self._pool is None and self._has_use_of_others(self._workers, seconds):
            for _ in range(self._workers):
                self._submit(ready, None)

    def close(self) -> None:
        """End the other processes; what they are doing is given up."""
        if self._pool:
            pool, self._pool = self._pool, None
            # Ended by hand, and at once: where a pool that waits for its processes is interrupted,
            # they wait for it, and Python for them, for ever.
            with _interrupts_held():
                while self._processes:
                    self._processes.pop().terminate()
                pool.shutdown(cancel_futures=True)

    def _has_use_of_others(self, count: int, seconds: float) -> bool:
        hands = min(self._workers, count)
        if hands <= 1:
            return False
        return self._pool is not None or seconds * (1 - 1 / hands) > START

    def _by_others(
        self, task: Callable[[P], R], pieces: Sequence[P]
    ) -> Iterator[tuple[P, R | Died]]:
        try:
            yield from self._flown(task, deque(pieces))
        except BaseException:
            # The work ends early, and somebody tidies up after it: nobody may be still at it.
            self.close()
            raise

    def _flown(self, task: Callable[[P], R], waiting: deque[P]) -> Iterator[tuple[P, R | Died]]:
        flying: dict[Future[R], P] = {}
        while waiting or flying:
            try:
                while waiting and len(flying) < 2 * self._workers:  # one at hand for each
                    flying[self._submit(task, waiting[0])] = waiting[0]
                    waiting.popleft()
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    yield flying.pop(future), result
            except BrokenProcessPool:
                # Nobody knows on which of them the process died: each is done again, alone.
                suspects, flying = list(flying.values()), {}
                self.close()
                for piece in suspects:
                    yield piece, self._alone(task, piece)

    def _alone(self, task: Callable[[P], R], piece: P) -> R | Died:
        try:
            return self._submit(task, piece).result()
        except BrokenProcessPool:
            self.close()
            return Died()

    def _submit(self, task: Callable[[P], R], piece: P) -> Future[R]:
        if self._pool is None:
            # Never fork: a child that inherits the engine's fonts deletes them when it ends.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self._workers, mp_context=context, initializer=_end_with_parent
            )
        # Submitting starts processes. Making the pool does not, but lets interrupts through: it
        # starts Python's resource tracker, which ends with taking all signals again.
        with _interrupts_held():
            before = multiprocessing.active_children()
            future = self._pool.submit(task, piece)
            self._processes.update(set(multiprocessing.active_children()).difference(before))
            return future


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            wait_for([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back: processes started meanwhile never see it, and end when the pool does."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before: Any = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
