"""A project folder: reads files once, digests them while reading, and never leaves the folder."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.seen import Seen, is_as_stamped, stamp_of

MIB = 1024 * 1024
TEXT_LIMIT = 2 * MIB  # bytes; a practice of 400 words is about 3 kB
PICTURE_LIMIT = 200 * MIB


@dataclass(frozen=True)
class Source:
    """The bytes of one file as they were when read. `path` is relative to the project."""

    path: str
    content: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class OnDisk:
    """A file that was read, and is read again where its content is needed: a picture has megabytes.

    `file` is its real path; another process may read it too.
    """

    path: str
    file: Path
    digest: str

    @property
    def content(self) -> bytes:
        """The content; raises `OSError` when it is not as it was any more."""
        content = self.file.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.digest:
            raise OSError(errno.ESTALE, "it was changed while the project was built", self.path)
        return content


class Folder:
    """A project's root. Paths given to it are relative to it, with `/` between the parts."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._sources: dict[str, Source | OnDisk] = {}
        # What was answered, so that another build can see whether the answers are the same.
        self._statuses: dict[str, os.stat_result] = {}
        self._asked: dict[str, bool] = {}
        self._listed: dict[str, list[str]] = {}

    def holds(self, path: str) -> bool:
        """Whether `path`, with symbolic links followed, lies inside the project."""
        try:
            return (self.root / path).resolve().is_relative_to(self.root)
        except (OSError, ValueError, RuntimeError):  # loops of links, NUL bytes
            return False

    def absolute(self, path: str) -> Path:
        """Return the real path of a file; raises `PermissionError` when it is outside."""
        if not self.holds(path):
            raise PermissionError(path)
        return (self.root / path).resolve()

    def exists(self, path: str) -> bool:
        """Whether `path` names a file inside the project."""
        self._asked[path] = self._exists(path)
        return self._asked[path]

    def _exists(self, path: str) -> bool:
        try:
            return self.holds(path) and (self.root / path).is_file()
        except OSError:  # a name longer than the file system allows
            return False

    def folders(self, path: str) -> list[str]:
        """Return the names of the folders in `path`, sorted; hidden ones left out."""
        return [name.removesuffix("/") for name in self._names(path) if name.endswith("/")]

    def files(self, path: str) -> list[str]:
        """Return the names of the files in `path`, sorted; hidden ones left out."""
        return [name for name in self._names(path) if not name.endswith("/")]

    def _names(self, path: str) -> list[str]:
        if path not in self._listed:
            self._listed[path] = self._list(path)
        return self._listed[path]

    def _list(self, path: str) -> list[str]:
        """Return the names in `path`, in order; those of folders end with `/`."""
        if not self.holds(path) or not (self.root / path).is_dir():
            return []
        entries = sorted((self.root / path).iterdir())
        return [e.name + "/" * e.is_dir() for e in entries if not e.name.startswith(".")]

    def files_below(self, path: str) -> list[str]:
        """Return the files in `path` and in the folders below it, as paths within the project."""
        here = [f"{path}/{name}" for name in self.files(path)]
        below = (self.files_below(f"{path}/{name}") for name in self.folders(path))
        return [*here, *(file for files in below for file in files)]

    def read(self, path: str, limit: int = TEXT_LIMIT) -> Source:
        """Return the file's content, at most `limit` bytes.

        Raises `PermissionError` when the path leads out of the project, `ValueError` when the
        file is longer than `limit`, and other `OSError`s when it cannot be read.
        """
        if path not in self._sources:
            real = self.absolute(path)
            if real.exists() and not real.is_file():  # opening a named pipe would wait for ever
                raise OSError(errno.EINVAL, "this is no file")
            with real.open("rb") as stream:
                status = os.fstat(stream.fileno())
                content = stream.read(limit + 1)
            if len(content) > limit:
                raise ValueError(path)
            self._sources[path], self._statuses[path] = Source(path, content), status
        known = self._sources[path]
        return known if isinstance(known, Source) else Source(path, known.content)

    def let_go(self, path: str) -> OnDisk:
        """Return a file that was read without its content, and keep none of it."""
        known = self._sources[path]
        if isinstance(known, Source):
            known = OnDisk(path, self.absolute(path), known.digest)
            self._sources[path] = known
        return known

    def digests(self) -> dict[str, str]:
        """Return the digest of every file read so far, by path."""
        return {path: source.digest for path, source in sorted(self._sources.items())}

    def seen(self) -> Seen:
        """Return what the folder has answered so far."""
        stamps = {
            path: stamp_of(self._statuses[path], source.digest)
            for path, source in self._sources.items()
        }
        return Seen(stamps, dict(self._asked), dict(self._listed))

    def is_as_seen(self, seen: Seen, at: int) -> bool:
        """Whether the folder would answer as it did at the time `at`, in nanoseconds."""
        return (
            all(self._list(path) == names for path, names in seen.listed.items())
            and all(self._exists(path) == there for path, there in seen.asked.items())
            and all(
                self.holds(path) and is_as_stamped(self.root / path, stamp, at)
                for path, stamp in seen.files.items()
            )
        )

    def read_checked(
        self, path: str, found: Diagnostics, limit: int = TEXT_LIMIT, place: Place | None = None
    ) -> Source | None:
        """Return the file's content, or None with a diagnostic at `place` (the file itself)."""
        where = place or Place(path)
        try:
            return self.read(path, limit)
        except PermissionError as error:
            if self.holds(path):
                found.add(
                    "file-unreadable",
                    where,
                    f'"{path}" cannot be read: {error.strerror or "permission denied"}',
                    "allow reading the file",
                )
            else:
                found.add(
                    "path-outside-project",
                    where,
                    f'"{path}" leads out of the project folder',
                    "copy the file into the project and name it from there",
                )
        except ValueError:
            found.add(
                "file-too-large",
                where,
                f'"{path}" is larger than {limit // MIB} MiB',
                "make the file smaller or split it",
            )
        except FileNotFoundError:
            found.add("file-missing", where, f'"{path}" does not exist', "add the file")
        except OSError as error:
            found.add(
                "file-unreadable",
                where,
                f'"{path}" cannot be read: {(error.strerror or "unknown reason").lower()}',
                "check the file and its permissions",
            )
        return None


def decoded(source: Source, found: Diagnostics) -> str | None:
    """Return the text of a UTF-8 file with `\\n` line ends, or None with a located diagnostic."""
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source.content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        found.add(
            "invalid-utf8",
            Place(source.path, line, column),
            f"byte 0x{source.content[error.start]:02x} is not valid UTF-8",
            "save the file again with the encoding UTF-8",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
