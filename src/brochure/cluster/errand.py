"""What a worker of the cluster does with a piece of work: it has it done among the right files.

The worker needs nothing of the disk of the machine that asks. The files that every piece needs
are laid out once for each bench. The files of one piece are there only while it is done, so no
piece finds what another has left.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brochure.cluster.bench import Bench, BenchBroken
from brochure.cluster.problem import Fingerprint
from brochure.workshop import Died

ATTEMPTS = 2  # at a piece that ends its process: the machine may have been short of memory


@dataclass(frozen=True)
class Errand:
    """A piece of work on its way. `work` is the task with the piece, pickled.

    `shared` is the digest of the files that all pieces need; `paths` are where the files belong
    that only this one needs.
    """

    fingerprint: Fingerprint
    shared: str
    paths: tuple[str, ...]
    work: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What came of an errand, pickled: a result, or an error that the task raised."""

    pickled: bytes = field(repr=False)
    is_result: bool


@dataclass(frozen=True)
class Refused:
    """What comes of an errand to a worker that would typeset differently."""

    worker: str
    fingerprint: Fingerprint


def run_errand(
    errand: Errand, shared: Mapping[str, bytes], own: Sequence[bytes]
) -> Answer | Refused | Died:
    """Do an errand on the worker of the cluster in which this is called, and return its outcome.

    `shared` holds files by path, `own` those of `errand.paths`. Raises OSError where the worker
    cannot write them.
    """
    for _ in range(ATTEMPTS):
        with _bench(errand, shared) as bench:
            if bench.fingerprint != errand.fingerprint:
                return Refused(_here().address, bench.fingerprint)
            files = dict(zip(errand.paths, own, strict=True))
            with contextlib.suppress(BenchBroken), laid_out(bench.root, files):
                is_result, pickled = bench.do(errand.work)
                return Answer(pickled, is_result)
    return Died()


def fingerprint_of_worker(dask_worker: Any) -> Fingerprint:
    """Return what a worker of the cluster would typeset with; Dask gives the worker, by name."""
    with contextlib.closing(Bench("", {}, Path(dask_worker.local_directory))) as bench:
        return bench.fingerprint


@contextlib.contextmanager
def laid_out(root: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Have files below a folder; those that were there before stay as they are."""
    new = {root / path: content for path, content in files.items() if not (root / path).exists()}
    try:
        for path, content in new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield
    finally:
        for path in new:
            path.unlink(missing_ok=True)


# The benches on which nobody works, all for the same files. One is taken by each thread of the
# worker, so there are never more of them than threads.
_idle: list[Bench] = []
_lock = threading.Lock()


@contextlib.contextmanager
def _bench(errand: Errand, shared: Mapping[str, bytes]) -> Iterator[Bench]:
    """Have a bench with the shared files for oneself; it is kept for the next errand if it can."""
    bench = _taken(errand) or Bench(errand.shared, shared, Path(_here().local_directory))
    try:
        yield bench
    finally:
        if bench.is_whole and bench.fingerprint == errand.fingerprint:
            with _lock:
                _idle.append(bench)
        else:
            bench.close()


def _taken(errand: Errand) -> Bench | None:
    """Take an idle bench that fits, and close those that do not."""
    with _lock:
        benches, _idle[:] = list(_idle), []
        fitting = [bench for bench in benches if _fits(bench, errand)]
        _idle.extend(fitting[1:])
    for bench in benches:
        if bench not in fitting:
            bench.close()
    return fitting[0] if fitting else None


def _fits(bench: Bench, errand: Errand) -> bool:
    same = (bench.name, bench.fingerprint) == (errand.shared, errand.fingerprint)
    return same and bench.is_whole


def _here() -> Any:
    from distributed import get_worker

    return get_worker()
