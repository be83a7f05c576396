"""A folder for odds and ends: each build has its own, in the system's temporary folder."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from brochure.cache import DAY
from brochure.publish import held

PREFIX = "brochure-build-"


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make the folder, and remove it in the end; remove those of builds that were killed."""
    _remove_left_behind()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, held(Path(folder)):
        yield Path(folder)


def _remove_left_behind() -> None:
    """Remove what nobody holds. A folder is made a moment before it is held, so it has a day."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY:
                with held(left, wait=False):
                    shutil.rmtree(left, ignore_errors=True)
