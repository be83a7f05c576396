"""The only door out: finished files appear in the output folder whole, all together, or not at all.

Everything is first written to a folder beside. Only when the whole build has succeeded are the
files moved to their places, and the manifest last. A build that stops in between, for whatever
reason, leaves the files of the last good build. What it had staged is removed by the next build,
unless somebody is still at work in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from brochure.cache import named_in_errors, write_whole
from brochure.sources.seen import Stamps

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.json"
STAGING = ".staging-"
VERSION = 3
_TUPLES = ("languages", "mixed")


@dataclass(frozen=True)
class Published:
    """One file below the output folder: an `output` of an edition, for the screen or for print.

    `key` is the digest of all that went into it. `mixed` are the colours, "#rrggbb", that have no
    recipe and are printed as the profile mixes them.
    """

    file: str
    edition: str
    output: str
    title: str
    languages: tuple[str, ...]
    pages: int
    bytes: int
    sha256: str
    key: str
    mixed: tuple[str, ...] = ()


class Publisher:
    """The output folder of one build; a context manager that tidies up what was not published."""

    def __init__(self, out: Path, stamps: Stamps | None = None) -> None:
        """`stamps` are those of the last build; what they vouch for is not read again."""
        self.out, self._stamps = out, stamps or Stamps()
        self.last = {entry.file: entry for entry in _read_manifest(out / MANIFEST)}
        self._staging: Path | None = None
        self._staged: list[Published] = []
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Publisher:
        self._remove_left_behind()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._staging:
            shutil.rmtree(self._staging, ignore_errors=True)
        self._held.close()

    def published(self, file: str, key: str) -> Published | None:
        """Return the last build's entry for a file made from the same, if it is still whole."""
        entry = self.last.get(file)
        if entry is None or entry.key != key:
            return None
        if self._stamps.vouch_for(self.out, file, entry.sha256):
            return entry
        try:
            content = (self.out / file).read_bytes()
        except OSError:
            return None
        return entry if hashlib.sha256(content).hexdigest() == entry.sha256 else None

    @property
    def staging(self) -> Path:
        """The folder beside the output folder's own files in which new ones are staged."""
        if self._staging is None:
            self.out.mkdir(parents=True, exist_ok=True)
            with held(self.out):  # or another build would take the new folder for a forgotten one
                self._staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=self.out))
                self._held.enter_context(held(self._staging))
        return self._staging

    def _remove_left_behind(self) -> None:
        """Remove what builds have staged that were killed: nobody holds it."""
        if staging_folders(self.out):
            with held(self.out):  # a folder is made a moment before it is held
                for left in staging_folders(self.out):
                    with contextlib.suppress(OSError), held(left, wait=False):
                        shutil.rmtree(left, ignore_errors=True)

    def add(self, entry: Published) -> None:
        """Take note of a file that was staged."""
        self._staged.append(entry)

    def publish(self, planned: set[str] | None = None) -> list[str]:
        """Move the staged files to their places; returns the old files that were taken away.

        `planned` names every file of the plan: files of an earlier build that are not among them
        are removed. None removes none, and nothing that is not in the manifest ever is.
        """
        if not self._staged and (planned is None or self.last.keys() <= planned):
            return []
        staging = self.staging
        with held(self.out):  # another build may publish into the same folder
            self.last = {entry.file: entry for entry in _read_manifest(self.out / MANIFEST)}
            files = self.last | {entry.file: entry for entry in self._staged}
            gone = sorted(set(files) - planned) if planned is not None else []
            kept = [files[file] for file in sorted(files) if file not in gone]
            _write_manifest(staging / MANIFEST, kept)  # a disk that is full is full before moving
            for entry in self._staged:
                target = self.out / entry.file
                target.parent.mkdir(parents=True, exist_ok=True)
                (staging / entry.file).replace(target)
            self._remove(gone)
            (staging / MANIFEST).replace(self.out / MANIFEST)
        return gone

    def remove_all(self) -> list[str]:
        """Remove every file of the manifest, and the manifest; returns their names."""
        files = sorted(self.last)
        self._remove(files)
        (self.out / MANIFEST).unlink(missing_ok=True)
        self._remove_left_behind()
        return files

    def _remove(self, files: list[str]) -> None:
        for file in files:
            path = self.out / file
            if path.is_file() and path.parent.resolve().is_relative_to(self.out.resolve()):
                path.unlink()
                _remove_empty(self.out, path.parent)


def staging_folders(out: Path) -> list[Path]:
    """Return the folders in which builds stage their files, or have staged them."""
    return list(out.glob(f"{STAGING}*"))


@contextlib.contextmanager
def held(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder, so that no other process holds it at the same time.

    Raises `OSError` when another holds it and this one is not to `wait`. The system lets go for a
    process that ends, however it ends. Windows has no such lock for folders: nothing is held.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def stage(staging: Path, file: str, content: bytes) -> None:
    """Write a new file, named as below the output folder, into a publisher's staging folder."""
    path = staging / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with named_in_errors(path):
        path.write_bytes(content)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _remove_empty(out: Path, folder: Path) -> None:
    while folder != out and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _read_manifest(path: Path) -> list[Published]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["version"] != VERSION:
            return []
        return [
            Published(**{**entry, **{name: tuple(entry[name]) for name in _TUPLES}})
            for entry in manifest["files"]
            if _is_below(entry["file"])
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # none yet, or not ours: then everything is made anew


def _is_below(file: str) -> bool:
    """Whether a file of the manifest lies below the output folder: it may have been edited."""
    path = Path(file)
    plain = path.parts and path.as_posix() == file and "\0" not in file  # no "./a", "a//b", ""
    return bool(plain) and not path.is_absolute() and ".." not in path.parts


def _write_manifest(path: Path, entries: list[Published]) -> None:
    manifest = {"version": VERSION, "files": [asdict(entry) for entry in entries]}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    write_whole(path, text.encode())
