"""Typeset sections on disk, each under the digest of everything that went into it.

An entry is one file, written beside and moved into place: a line with the digest of what follows,
a line of JSON with pages and remarks, then the PDF. An entry that does not agree with its digest
counts as absent. The folder may be deleted or copied at any time; it changes only how long a
build takes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VERSION = 4


@dataclass(frozen=True)
class Remark:
    """Something that came up while a section was typeset: the rule, the words, the place in the
    layout; no file stands for the section's template."""

    rule: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Anchor:
    """An element with an id: its page from 0, and its top in points below the trimmed edge."""

    name: str
    page: int
    top: float


@dataclass(frozen=True)
class Typeset:
    """A typeset section: its PDF, its number of pages, the remarks on it, its anchors, and the
    addresses that it links to."""

    pdf: bytes = field(repr=False)
    pages: int
    remarks: tuple[Remark, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    links: tuple[str, ...] = ()

    def anchor(self, name: str) -> Anchor | None:
        """Return the anchor of a name; "" stands for the top of the section."""
        if not name:
            return Anchor("", 0, 0.0)
        return next((anchor for anchor in self.anchors if anchor.name == name), None)


class Cache:
    """The cache in one folder; several builds may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"v{VERSION}"

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def load(self, key: str) -> Typeset | None:
        """Return the entry under `key`, or None when there is none that is whole."""
        try:
            digest, _, content = self._path(key).read_bytes().partition(b"\n")
            if digest != _digest(key, content):
                return None
            head, _, pdf = content.partition(b"\n")
            entry = json.loads(head)
            remarks = tuple(Remark(**remark) for remark in entry["remarks"])
            anchors = tuple(Anchor(**anchor) for anchor in entry["anchors"])
            links = tuple(str(link) for link in entry["links"])
            return Typeset(pdf, int(entry["pages"]), remarks, anchors, links)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def store(self, key: str, made: Typeset) -> None:
        """Keep an entry; a full or read-only disk is no error, the build goes on without."""
        kept: dict[str, Any] = {"pages": made.pages, "links": made.links}
        kept["remarks"] = [asdict(remark) for remark in made.remarks]
        kept["anchors"] = [asdict(anchor) for anchor in made.anchors]
        head = json.dumps(kept)
        content = head.encode() + b"\n" + made.pdf
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, _digest(key, content) + b"\n" + content)


def _digest(key: str, content: bytes) -> bytes:
    """Return the digest of an entry with its key: one in another's place is not whole."""
    return hashlib.sha256(key.encode() + content).hexdigest().encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so nobody ever sees half of it."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
