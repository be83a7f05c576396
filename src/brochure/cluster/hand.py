"""A process that works on a machine of the cluster: pickled work in, pickled outcomes out.

A worker of the cluster starts it, and does not typeset itself. So an engine that crashes takes no
worker with it, a slow page does not keep a worker from answering its scheduler, and the fonts of
two projects never meet in one process.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from typing import Any, BinaryIO

from brochure.program import fingerprint

IDLE = 600.0  # seconds without work after which the process ends; its fonts take memory


def main() -> None:
    """Work in the folder that the first argument names, until there is nothing left to do."""
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    os.chdir(sys.argv[1])
    _send(outbox, fingerprint())
    orders: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(inbox, orders), daemon=True).start()
    while True:
        try:
            work = orders.get(timeout=IDLE)
        except queue.Empty:
            return
        _send(outbox, done(work))


def done(work: bytes) -> tuple[bool, bytes]:
    """Return what a pickled task makes of its piece, pickled: True with it, False with an error."""
    try:
        task, piece = pickle.loads(work)
        return True, pickle.dumps(task(piece))
    except Exception as error:
        return False, _pickled(error)


def _pickled(error: Exception) -> bytes:
    """Return an error as bytes; one that does not survive the way is put in words."""
    try:
        kept = pickle.dumps(error)
        pickle.loads(kept)
        return kept
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _listen(inbox: BinaryIO, orders: queue.Queue[bytes]) -> None:
    """Take orders; when the worker is gone, give up what is being done, and end."""
    try:
        while True:
            orders.put(pickle.load(inbox))
    except (EOFError, OSError):
        os._exit(0)


def _send(outbox: BinaryIO, answer: Any) -> None:
    pickle.dump(answer, outbox)
    outbox.flush()


if __name__ == "__main__":
    main()
