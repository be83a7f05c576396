"""The workshop on a Dask cluster, seen from the machine that asks."""

from __future__ import annotations

import hashlib
import logging
import pickle
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from brochure.cluster.bench import FOR_THE_ENGINE
from brochure.cluster.errand import Answer, Errand, Refused, fingerprint_of_worker, run_errand
from brochure.cluster.problem import ClusterProblem, in_words, refusal
from brochure.program import fingerprint
from brochure.sources import Source
from brochure.workshop import Died

P = TypeVar("P")
R = TypeVar("R")

# Where a task finds the files that were sent, and room for files of its own: a hand works there.
ROOT, SCRATCH = ".", f"../{FOR_THE_ENGINE}"

CONNECT = 10.0  # seconds to wait for a scheduler, or for its first worker
PATIENCE = 60.0  # seconds to wait for a worker when all are gone: they may be started again
BEAT = 2.0  # seconds between looks at a cluster that says nothing
AT_HAND = 2  # pieces for each thread of the cluster: one that is done, and one that waits

_START = "start the cluster, or build without --cluster"
_SAME = "install the same brochure with the same system libraries there, such as in one image"


@dataclass(frozen=True)
class _Killed:
    """What comes of an errand whose workers ended, one after the other."""


@dataclass(frozen=True)
class _Sent:
    """A piece at the cluster, with the files that the cluster keeps for it."""

    piece: Any
    files: list[Any] = field(repr=False)


class ClusterWorkshop:
    """The workers of a Dask cluster. It is asked for nothing before there is work.

    `shared` are the files that every piece needs; they reach each worker once. `needs` says which
    others a piece needs. A task is called in a folder that holds these files and no others.
    Raises `ClusterProblem` when the library for it is not installed.
    """

    def __init__(
        self, address: str, shared: Sequence[Source], needs: Callable[[Any], Sequence[Source]]
    ) -> None:
        if find_spec("distributed") is None:
            message = "a cluster needs the package distributed, which is not installed"
            raise ClusterProblem(message, 'type: pip install "brochure[cluster]"')
        self._address, self._needs = address, needs
        self._shared = {source.path: source.content for source in shared}
        self._name = _digest_of(shared)
        self._fingerprint = fingerprint()
        self._client: Any = None
        self._files: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._kept: Any = None  # the shared files at the cluster

    def run(
        self, task: Callable[[P], R], pieces: Sequence[P], seconds: float
    ) -> Iterator[tuple[P, R | Died]]:
        """Yield every piece with what came of it; see `Workshop`.

        Raises `ClusterProblem` when the cluster cannot be reached, is lost, or would typeset
        differently.
        """
        if not pieces:
            return
        self._connect()
        suspects = []
        for piece, outcome in self._done_by(task, pieces, AT_HAND * self._threads()):
            if isinstance(outcome, _Killed):
                suspects.append(piece)
            else:
                yield piece, outcome
        # A worker that ends is laid to the charge of all pieces that it had: each goes alone.
        for piece, outcome in self._done_by(task, suspects, 1):
            yield piece, Died() if isinstance(outcome, _Killed) else outcome

    def expect(self, ready: Callable[[None], object], seconds: float) -> None:
        """Do nothing: the cluster's workers are there, and get ready by themselves."""

    def close(self) -> None:
        """Leave the cluster; what it is doing for this build is given up."""
        if self._client:
            self._client.close(timeout=CONNECT)
            self._client = None

    def _connect(self) -> None:
        """Find the cluster, and refuse it unless all of its workers give the same pages."""
        if self._kept is None:
            self._client = self._client or self._reached()
            self._require_workers()
            self._kept = self._keep(f"brochure-shared-{self._name}", self._shared)

    def _reached(self) -> Any:
        import distributed

        dask: Any = distributed  # which has no types
        secret = dask.Security().get_connection_args("client").get("ssl_context")
        if self._address.startswith("tls://") and not secret:
            message = f"the cluster at {self._address} asks for certificates, and Dask knows none"
            raise ClusterProblem(message, "name them in Dask's own configuration, below comm.tls")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # we say it in our words
        try:
            return dask.Client(self._address, timeout=CONNECT, set_as_default=False)
        except Exception as error:  # from wrong certificates to a name that nobody knows
            message = f"the cluster at {self._address} cannot be reached: {in_words(error)}"
            raise ClusterProblem(message, _START) from error

    def _require_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError as error:
            message = f"the cluster at {self._address} has no workers"
            hint = f"start some: dask worker {self._address}"
            raise ClusterProblem(message, hint) from error
        try:
            self._client.run_on_scheduler(_same, "")  # it reads the names of what workers call
        except Exception as error:
            message = f"the scheduler at {self._address} has no brochure: {in_words(error)}"
            raise ClusterProblem(message, _SAME) from error
        found = self._client.run(fingerprint_of_worker, on_error="return")
        if reason := refusal(found, self._fingerprint):
            raise ClusterProblem(reason, _SAME)

    def _threads(self) -> int:
        return max(1, int(sum(self._client.nthreads().values())))

    def _done_by(
        self, task: Callable[[P], R], pieces: Sequence[P], at_once: int
    ) -> Iterator[tuple[P, R | Died | _Killed]]:
        waiting, flying = deque(pieces), dict[Any, _Sent]()
        done: queue.Queue[Any] = queue.Queue()
        while waiting or flying:
            while waiting and len(flying) < at_once:
                future, sent = self._send(task, waiting.popleft())
                flying[future] = sent
                future.add_done_callback(done.put)
            future = self._next(done)
            sent = flying.pop(future)
            yield sent.piece, self._outcome(future)

    def _send(self, task: Callable[[P], R], piece: P) -> tuple[Any, _Sent]:
        own = [(source, self._file(source)) for source in self._needs(piece)]
        errand = Errand(
            self._fingerprint,
            self._name,
            tuple(source.path for source, _ in own),
            pickle.dumps((task, piece)),
        )
        files = [future for _, future in own]
        key = f"brochure-section-{uuid.uuid4()}"
        future = self._client.submit(run_errand, errand, self._kept, files, key=key)
        return future, _Sent(piece, files)

    def _file(self, source: Source) -> Any:
        """Return a file at the cluster, which keeps it as long as pieces there need it."""
        if (found := self._files.get(source.digest)) is None:
            found = self._keep(f"brochure-file-{source.digest}", source.content)
            self._files[source.digest] = found
        return found

    def _keep(self, key: str, content: Any) -> Any:
        # As work, not as data that is scattered: the scheduler can send it again when the worker
        # that holds it is lost. Workers pass it on to each other.
        return self._client.submit(_same, content, key=key)

    def _next(self, done: queue.Queue[Any]) -> Any:
        """Return the next piece that is done; raises `ClusterProblem` when there will be none."""
        alone_since: float | None = None
        while True:
            try:
                return done.get(timeout=BEAT)
            except queue.Empty:
                if self._has_workers():
                    alone_since = None
                elif alone_since is None:
                    alone_since = time.monotonic()
                elif time.monotonic() - alone_since > PATIENCE:
                    raise self._lost("all of its workers are gone") from None

    def _has_workers(self) -> bool:
        """Whether the cluster has workers; raises `ClusterProblem` when it does not answer."""
        try:
            return bool(self._client.nthreads())
        except Exception as error:
            raise self._lost("its scheduler does not answer") from error

    def _outcome(self, future: Any) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            outcome = future.result(timeout=PATIENCE)
        except KilledWorker:
            return _Killed()
        except (CancelledError, TimeoutError) as error:
            raise self._lost("its scheduler is gone") from error
        except Exception as error:
            message = f"a worker of the cluster fails: {in_words(error)}"
            raise ClusterProblem(message, "look at the worker's own messages") from error
        if isinstance(outcome, Refused):
            found = {outcome.worker: outcome.fingerprint}
            raise ClusterProblem(refusal(found, self._fingerprint), _SAME)
        if isinstance(outcome, Answer):
            result = pickle.loads(outcome.pickled)
            if not outcome.is_result:
                raise result
            return result
        return outcome

    def _lost(self, why: str) -> ClusterProblem:
        message = f"the cluster at {self._address} was lost in the middle of the work: {why}"
        return ClusterProblem(message, "build again: what was typeset is kept")


def _same(content: Any) -> Any:
    """Return what was given: this is how a cluster gets files."""
    return content


def _digest_of(files: Sequence[Source]) -> str:
    parts = sorted(f"{source.path}\0{source.digest}" for source in files)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
