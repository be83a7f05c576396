"""What was made before, on disk: each under the digest of everything that went into it.

An entry is one file, written beside and moved into place: a line with the digest of the next one,
a line of JSON with what is to be known of the content, the note, then the content. Notes are read
while a build plans, contents only when they are bound; so a build holds none in memory. An entry
that does not agree with its digests counts as absent. The folder may be deleted or copied at any
time; it changes only how long a build takes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

VERSION = 5
DAY = 24 * 3600.0  # seconds


class EntryLost(Exception):
    """Content that was there is gone or spoilt: it must be made again."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Cache:
    """The cache in one folder; several builds may use it at once.

    `spare` is a folder for this build alone. It takes what the cache cannot: its disk may be
    full, or not ours to write to.
    """

    def __init__(self, folder: Path, spare: Path | None = None) -> None:
        self.folder = folder / f"v{VERSION}"
        self._places = [self.folder, spare] if spare else [self.folder]

    def note(self, key: str) -> Mapping[str, Any] | None:
        """Return the note of the entry under `key`; None when no whole entry is there."""
        for path in self._paths(key):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                with path.open("rb") as stream:
                    head = _head(key, stream)
                    size = os.fstat(stream.fileno()).st_size
                    whole = size == stream.tell() + int(head["bytes"])
                if whole:
                    _use(path)
                    return _note(head)
        return None

    def content(self, key: str) -> bytes:
        """Return an entry's content; raises `EntryLost` when it is not there as it was made."""
        for path in self._paths(key):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                with path.open("rb") as stream:
                    head = _head(key, stream)
                    content = stream.read()
                if hashlib.sha256(content).hexdigest() == head["sha256"]:
                    return content
        raise EntryLost(key)

    def entry(self, key: str) -> tuple[Mapping[str, Any], bytes] | None:
        """Return note and content of an entry; None when it is not there as it was made."""
        note = self.note(key)
        with contextlib.suppress(EntryLost):
            return None if note is None else (note, self.content(key))
        return None

    def store(self, key: str, note: Mapping[str, Any], content: bytes) -> None:
        """Keep an entry, or raise the `OSError` of the last place that could not take it."""
        digest = hashlib.sha256(content).hexdigest()
        head = json.dumps({"note": note, "sha256": digest, "bytes": len(content)}).encode()
        *earlier, last = self._paths(key)
        for path in earlier:
            with contextlib.suppress(OSError):
                _write_entry(path, key, head, content)
                return
        _write_entry(last, key, head, content)

    def discard(self, key: str) -> None:
        """Take an entry out that turned out to be spoilt."""
        for path in self._paths(key):
            with contextlib.suppress(OSError):
                path.unlink()

    def shrink(self, limit: int) -> int:
        """Remove what was used longest ago until `limit` bytes are left; returns the bytes gone.

        What other versions of the program have kept goes first, and what was being written by a
        process that was killed.
        """
        entries = sorted(_entries(self.folder), key=lambda entry: entry[0])
        size, gone = sum(size for _, size, _ in entries), 0
        for _, bytes_, path in entries:
            if size - gone <= limit:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                gone += bytes_
        return gone

    def _paths(self, key: str) -> list[Path]:
        return [place / key[:2] / key[2:] for place in self._places]


def _head(key: str, stream: BinaryIO) -> dict[str, Any]:
    """Return what stands before an entry's content; ValueError when it is not as written."""
    digest, head = stream.readline(), stream.readline()
    if not head.endswith(b"\n") or digest != _digest(key, head[:-1]) + b"\n":
        raise ValueError(key)
    found: dict[str, Any] = json.loads(head)
    return found


def _note(head: dict[str, Any]) -> Mapping[str, Any]:
    note: dict[str, Any] = head["note"]
    return note


def _digest(key: str, head: bytes) -> bytes:
    """Return the digest of an entry with its key: one in another's place is not whole."""
    return hashlib.sha256(key.encode() + head).hexdigest().encode()


def _write_entry(path: Path, key: str, head: bytes, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, b"\n".join((_digest(key, head), head, content)))


def _use(path: Path) -> None:
    """Note that an entry was used today, once a day: those used longest ago are removed first."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > DAY:
            os.utime(path)


def _entries(current: Path) -> Iterator[tuple[tuple[bool, float], int, Path]]:
    """Yield all files in the folder of a cache, in which `current` is that of this version: what
    they are sorted by, those to be kept last; their sizes, and their paths."""
    root = current.parent
    for folder, _, names in os.walk(root):
        first = Path(folder).relative_to(root).parts[:1]
        outdated = first != (current.name,) and re.fullmatch(r"v\d+", "".join(first)) is not None
        for name in names:
            path = Path(folder, name)
            with contextlib.suppress(OSError):
                status = path.lstat()
                left = name.endswith(".part") and time.time() - status.st_mtime > DAY
                yield (not (outdated or left), status.st_mtime), status.st_size, path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so nobody ever sees half of it."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with named_in_errors(path), os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def named_in_errors(path: Path) -> Iterator[None]:
    """Name the file that is being written where the system does not: a full disk has no name."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
