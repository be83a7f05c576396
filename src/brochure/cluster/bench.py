"""A bench: a folder with files, and a process (`hand.py`) that works among them.

A worker of the cluster does not typeset itself, but keeps a bench for each of its threads. So an
engine that crashes takes no worker with it, a slow page does not keep the worker from answering
its scheduler, and the fonts of two projects never meet in one process.
"""

from __future__ import annotations

import contextlib
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from brochure.cluster.problem import Fingerprint

FOR_A_PROJECT, FOR_THE_ENGINE = "root", "scratch"  # the folders of a bench


class BenchBroken(Exception):
    """The process ended in the middle of a piece of work."""


class Bench:
    """Made with the name of its files, and with the files by path; it is closed after use.

    Raises OSError where the files cannot be written, or the process cannot be started.
    """

    def __init__(self, name: str, files: Mapping[str, bytes], where: Path) -> None:
        self.name = name
        self._folder = Path(tempfile.mkdtemp(prefix="brochure-", dir=where))
        self.root = self._folder / FOR_A_PROJECT
        for folder in (self.root, self._folder / FOR_THE_ENGINE):
            folder.mkdir()
        for path, content in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content)
        # -P, or a file of the project could be imported. In a session of its own, or Ctrl-C at
        # the worker would reach it; it ends when the worker does, for its input ends.
        command = [sys.executable, "-P", "-m", "brochure.cluster.hand", str(self.root)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        try:
            self.fingerprint = cast(Fingerprint, self._answer())
        except BenchBroken:
            self.close()
            raise

    @property
    def is_whole(self) -> bool:
        """Whether the process is there to work."""
        return self._process.poll() is None

    def do(self, work: bytes) -> tuple[bool, bytes]:
        """Return what comes of a pickled task and its piece; see `hand.done`.

        Raises `BenchBroken` when the process ends instead; the bench is of no use then.
        """
        assert self._process.stdin
        try:
            pickle.dump(work, self._process.stdin)
            self._process.stdin.flush()
        except OSError as error:
            raise BenchBroken from error
        return cast("tuple[bool, bytes]", self._answer())

    def close(self) -> None:
        """End the process, and remove the files."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what it never took is still to be written
                if stream:
                    stream.close()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self) -> object:
        assert self._process.stdout
        try:
            return pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._process.kill()  # half an answer is followed by nothing good
            self._process.wait()
            raise BenchBroken from error
