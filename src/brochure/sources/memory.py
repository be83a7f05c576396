"""What was read of a source a moment ago: a process that lives on reads only what has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from brochure.diagnostics import Diagnostic, Diagnostics

R = TypeVar("R")

ROOM = 20_000  # results, of about 20 kB; those of photos hold the photo, which is in use anyway


class Memory(Generic[R]):
    """Results of reading, with what was found on the way, by everything that they depend on.

    Results are shared, so they must be of types that nobody changes.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[R, tuple[Diagnostic, ...]]] = OrderedDict()

    def recall(self, key: Hashable, found: Diagnostics, read: Callable[[Diagnostics], R]) -> R:
        """Return the result for a key, read now or remembered; `found` is told either way."""
        if key not in self._known:
            own = Diagnostics()
            self._known[key] = read(own), tuple(own)
            if len(self._known) > ROOM:
                self._known.popitem(last=False)
        result, diagnostics = self._known[key]
        found.extend(diagnostics)
        return result
