"""How long sections took to typeset the last time: the longest are begun first.

Only the order of work and the number of processes depend on it, never what is made.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from brochure.cache import write_whole
from brochure.layouts import Composed

FILE = "times.json"
PER_BYTE = 60e-6  # seconds: a section of 5 kB of packed HTML takes about 0.3
NEW = 0.15  # seconds: a section that nobody has composed yet
KEPT = 20_000  # names


class Times:
    """The times of sections by their names, in a file beside the cache; guesses for new ones."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._new: dict[str, float] = {}
        self._last = _read(self._file)

    def expected(self, names: Iterable[str]) -> float:
        """Return the seconds that is likely to take what of sections of these names is new.

        Whether one that was typeset before is in the cache is known when it has been composed.
        """
        return sum(NEW for name in names if name not in self._last)

    def guess(self, composed: Composed) -> float:
        """Return the seconds that a section is likely to take."""
        last = self._new.get(composed.name, self._last.get(composed.name))
        return last if last is not None else len(composed.packed) * PER_BYTE

    def note(self, composed: Composed, seconds: float) -> None:
        """Remember how long a section took."""
        self._new[composed.name] = round(seconds, 3)

    def save(self) -> None:
        """Write what was noted, with what another build may have noted meanwhile."""
        if self._new:
            times = _read(self._file) | self._new
            kept = dict(list(times.items())[-KEPT:])
            with contextlib.suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._file, json.dumps(kept, indent=0).encode())


def _read(file: Path) -> dict[str, float]:
    try:
        times = json.loads(file.read_bytes())
        return {str(name): float(seconds) for name, seconds in times.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
