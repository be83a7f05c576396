"""What was read of files and folders, and whether it is still there as it was.

A file that has the size and the time of change that it had is taken to be the same, as make and
git do. Where these differ, or the change was so recent that another could have the same time,
its digest decides.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

RECENT = 2_000_000_000  # nanoseconds; the coarsest times of change of a file system are 2 s apart


@dataclass(frozen=True)
class Stamp:
    """A file as it was: its size in bytes, its time of change in nanoseconds, its SHA-256."""

    size: int
    changed: int
    digest: str


def stamp_of(status: os.stat_result, digest: str) -> Stamp:
    """Return the stamp of a file with a status and a digest."""
    return Stamp(status.st_size, status.st_mtime_ns, digest)


def is_as_stamped(path: Path, stamp: Stamp, at: int) -> bool:
    """Whether a file is as it was when it was stamped, which was at `at`, in nanoseconds."""
    try:
        status = path.stat()
        if status.st_size != stamp.size:
            return False
        if status.st_mtime_ns == stamp.changed and stamp.changed < at - RECENT:
            return True
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == stamp.digest
    except OSError:
        return False


@dataclass(frozen=True)
class Seen:
    """What a project's folder answered: the files that were read, whether files were there, and
    the names in folders, which are sorted and end with `/` where they are folders."""

    files: dict[str, Stamp]
    asked: dict[str, bool]
    listed: dict[str, list[str]]


@dataclass(frozen=True)
class Stamps:
    """Files as they were at a time, `at`, in nanoseconds, by their paths below a folder."""

    files: Mapping[str, Stamp] = field(default_factory=dict)
    at: int = 0

    def vouch_for(self, folder: Path, file: str, digest: str) -> bool:
        """Whether a file is known to have a digest without being read."""
        stamp = self.files.get(file)
        return (
            stamp is not None
            and stamp.digest == digest
            and is_as_stamped(folder / file, stamp, self.at)
        )
