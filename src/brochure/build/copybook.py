"""The copybook: what earlier builds read and composed, on disk, for the next one to start from.

One word is changed, and everything else is as it was: then one text is read and one section is
composed. Like the cache, the copybook only changes how long a build takes.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from brochure import program
from brochure.cache import write_whole
from brochure.sources.memory import taken_up, written_down

FOLDER = "copybook"


@contextlib.contextmanager
def copybook(cache: Path, question: Iterable[object]) -> Iterator[None]:
    """Read the copybook for one question before work, and write it afterwards if it changed.

    `question` is what tells builds apart that would only overwrite each other's: their options.
    """
    name = hashlib.sha256(repr([*question]).encode()).hexdigest()[:16]
    file = cache / FOLDER / name
    before = _read(file)
    taken_up(before.decode() if before else "")
    try:
        yield
    finally:
        after = written_down().encode()
        if after and after != before:
            with contextlib.suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(file, _seal(after) + b"\n" + after)


def _read(file: Path) -> bytes | None:
    """Return what a copybook holds; None when it is not as it was written, or if it was written
    by another program."""
    with contextlib.suppress(OSError):
        seal, _, content = file.read_bytes().partition(b"\n")
        if seal == _seal(content):
            return content
    return None


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(program.identity().encode() + content).hexdigest().encode()
