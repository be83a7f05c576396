"""Typesetting many sections: what the cache has is taken from it, the rest goes to workers."""

from __future__ import annotations

import ctypes
import hashlib
import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from brochure.layouts import Composed
from brochure.typeset.cache import Cache, Typeset

if TYPE_CHECKING:
    from brochure.typeset.engine import Engine


@dataclass(frozen=True)
class Job:
    """A composed section under the key of its typeset form."""

    key: str
    composed: Composed


@dataclass(frozen=True)
class Failure:
    """A section that the engine could not typeset, and why."""

    job: Job
    reason: str


def job(composed: Composed, surroundings: str) -> Job:
    """Return a job; `surroundings` is the digest of fonts, assets and engine."""
    key = hashlib.sha256(f"{composed.digest}\0{surroundings}".encode()).hexdigest()
    return Job(key, composed)


def surroundings(digests: Iterable[str]) -> str:
    """Return one digest of the given ones, this program's typesetting and the engine's versions."""
    code = [hashlib.sha256(file.read_bytes()).hexdigest() for file in _own_code()]
    parts = [*sorted(digests), *code, *engine_versions()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _own_code() -> list[Path]:
    here = Path(__file__).parent
    return [here / "engine.py", here / "tagging.py"]


@cache
def engine_versions() -> tuple[str, ...]:
    """Return the versions of what lays out text, without importing it."""
    names = ("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "pyphen", "pillow")
    return (*(f"{name} {version(name)}" for name in names), f"pango {_pango_version()}")


def _pango_version() -> str:
    for name in ("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0.dylib"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.pango_version_string.restype = ctypes.c_char_p
        return str(library.pango_version_string().decode())
    return "unknown"


class Typesetter:
    """Typesets jobs for one project. Workers start when they are first needed, and then stay.

    Use it as a context manager: leaving it ends the workers.
    """

    def __init__(self, root: Path, cache: Cache, workers: int) -> None:
        self._root = str(root)
        self._cache = cache
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        # Made here, not in the workers: those end without tidying up.
        self._scratch = tempfile.TemporaryDirectory(prefix="brochure-")

    def __enter__(self) -> Typesetter:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        self._scratch.cleanup()

    def typeset(
        self, jobs: Iterable[Job], on_done: Callable[[Job, bool], None]
    ) -> tuple[dict[str, Typeset], list[Failure]]:
        """Return the typeset sections by key, and the failures; one failing stops no other.

        `on_done` is told of each section, and whether it was made now (True) or found.
        """
        made: dict[str, Typeset] = {}
        missing: dict[str, Job] = {}
        for each in {each.key: each for each in jobs}.values():
            if found := self._cache.load(each.key):
                made[each.key] = found
                on_done(each, False)
            else:
                missing[each.key] = each
        failures: list[Failure] = []
        for each, result in self._results(list(missing.values())):
            if isinstance(result, Typeset):
                self._cache.store(each.key, result)
                made[each.key] = result
            else:
                failures.append(Failure(each, result))
            on_done(each, True)
        return made, failures

    def _results(self, jobs: list[Job]) -> Iterator[tuple[Job, Typeset | str]]:
        """Yield each job with its section or the reason why there is none."""
        if self._pool is None and min(self._workers, len(jobs)) <= 1:
            for each in jobs:
                yield each, _typeset_here(self._root, self._scratch.name, each.composed)
            return
        if self._pool is None:
            # Never fork: a child that inherits the parent's fonts deletes them when it ends.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(min(self._workers, len(jobs)), mp_context=context)
        # The longest first, so that no worker is left with a long one at the end.
        jobs.sort(key=lambda each: (-len(each.composed.html), each.key))
        with _interrupts_held():  # submitting starts the workers
            futures: dict[Future[Typeset | str], Job] = {
                self._pool.submit(
                    _typeset_here, self._root, self._scratch.name, each.composed
                ): each
                for each in jobs
            }
        for future in as_completed(futures):
            error = future.exception()
            reason = str(error) or type(error).__name__
            yield futures[future], reason if error else future.result()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back: workers started meanwhile never see it, and end when the pool does."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_engines: dict[str, Engine] = {}


def _typeset_here(root: str, scratch: str, composed: Composed) -> Typeset | str:
    """Typeset in this process, whose engine for the project is made on first use."""
    from brochure.typeset.engine import Engine

    try:
        if root not in _engines:
            _engines.clear()
            _engines[root] = Engine(Path(root), Path(scratch))
        return _engines[root].typeset(composed)
    except Exception as error:  # the engine's own bugs cost one section, not the build
        return f"{type(error).__name__}: {error}"
    except BaseException as error:
        # Raised by the URL fetcher for a file outside the project, see fetching.py.
        if type(error).__name__ == "FatalURLFetchingError":
            return str(error)
        raise
