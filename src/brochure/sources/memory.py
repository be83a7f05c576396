"""What was read of a source before, so that only what has changed is read again.

A process that lives on remembers. What takes long to read is also written down, as plain values,
and another process takes it from there; which file holds it is not this room's business.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from brochure.diagnostics import Diagnostic, Diagnostics

R = TypeVar("R")

ROOM = 20_000  # results, of about 20 kB; those of photos hold the photo, which is in use anyway


class Keeper(Protocol):
    """Something that remembers, and that another process can take its memories from."""

    def written(self) -> Mapping[str, str]:
        """Return what is worth keeping, each thing under a key, in one line."""
        ...

    def take(self, written: dict[str, str]) -> None:
        """Take what `written` returned in another process."""
        ...


_keepers: dict[str, Keeper] = {}


def keep(name: str, keeper: Keeper) -> None:
    """Have something written down under a name, from now on."""
    _keepers[name] = keeper


def written_down() -> str:
    """Return what all keepers have to be written down: in each line a name, a key and a thing."""
    return "".join(
        f"{name} {key} {thing}\n"
        for name, keeper in sorted(_keepers.items())
        for key, thing in keeper.written().items()
    )


def taken_up(written: str) -> None:
    """Give the keepers what `written_down` returned in another process."""
    things: dict[str, dict[str, str]] = {name: {} for name in _keepers}
    for line in written.split("\n")[:-1]:
        name, key, thing = line.split(" ", 2)
        things.setdefault(name, {})[key] = thing
    for name, keeper in _keepers.items():
        keeper.take(things[name])


@dataclass(frozen=True)
class Form(Generic[R]):
    """How results are written down: under a name, as values that JSON has, and back again."""

    name: str
    written: Callable[[R], Any]
    read: Callable[[Any], R]


class Memory(Generic[R]):
    """Results of reading, with what was found on the way, by everything that they depend on.

    Results are shared, so they must be of types that nobody changes. With a form they are kept,
    those that were asked for since the last time that some were taken.
    """

    def __init__(self, form: Form[R] | None = None) -> None:
        self._known: OrderedDict[str, tuple[R, tuple[Diagnostic, ...]]] = OrderedDict()
        self._form = form
        self._written: dict[str, str] = {}  # by key, of some that are known and of others
        self._recalled: set[str] = set()  # keys
        if form:
            keep(form.name, self)

    def recall(self, key: tuple[object, ...], found: Diagnostics, read: Reading[R]) -> R:
        """Return the result for a key, read now or remembered; `found` is told either way."""
        digest = hashlib.sha256(repr(key).encode()).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._from_written(digest) or _read_now(read)
            if len(self._known) > ROOM:
                self._known.popitem(last=False)
        self._recalled.add(digest)
        result, diagnostics = self._known[digest]
        found.extend(diagnostics)
        return result

    def take(self, written: dict[str, str]) -> None:
        """Take what was written down, in place of what was taken before."""
        self._written, self._recalled = written, set()

    def written(self) -> Mapping[str, str]:
        """Return what was recalled since, as JSON by key."""
        for digest in self._recalled - self._written.keys():
            if self._form and digest in self._known:
                result, diagnostics = self._known[digest]
                values = [[each.as_plain() for each in diagnostics], self._form.written(result)]
                self._written[digest] = json.dumps(values, ensure_ascii=False)
        return {digest: self._written[digest] for digest in sorted(self._recalled)}

    def _from_written(self, digest: str) -> tuple[R, tuple[Diagnostic, ...]] | None:
        if self._form is None or digest not in self._written:
            return None
        diagnostics, value = json.loads(self._written[digest])
        return self._form.read(value), tuple(map(Diagnostic.from_plain, diagnostics))


Reading = Callable[[Diagnostics], R]


def _read_now(read: Reading[R]) -> tuple[R, tuple[Diagnostic, ...]]:
    own = Diagnostics()
    return read(own), tuple(own)
