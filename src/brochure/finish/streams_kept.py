"""Content streams in inks, kept from one build to the next.

One word is changed, and its brochure is printed again: all pages but two are as they were, and
what they paint need not be turned into inks once more.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import PIL

from brochure.cache import Cache
from brochure.finish.content_cmyk import Converted, Stack, State

IN_MEMORY = 4096  # converted streams, of about 10 kB
LEAST = 2048  # bytes: what is shorter is converted as quickly as it is read

# What was converted by other code, or holds a picture that another library encoded, is not the
# same.
_CODE = (
    b"".join(
        (Path(__file__).parent / name).read_bytes()
        for name in ("content_cmyk.py", "pictures_cmyk.py")
    )
    + PIL.__version__.encode()
)


class Streams:
    """Converted streams by all that they follow from: in memory, and in the cache if there is one.

    `inks` is a digest of what colours become: the profiles, and the recipes of swatches.
    """

    def __init__(self, inks: str, cache: Cache | None) -> None:
        self._inks, self._cache = hashlib.sha256(_CODE + inks.encode()).hexdigest(), cache
        self._known: OrderedDict[tuple[object, ...], Converted] = OrderedDict()

    def converted(
        self,
        content: bytes,
        before: Stack,
        spaces: Mapping[str, str],
        mask: bool,
        opening: bytes,
        convert: Callable[[], Converted],
    ) -> Converted:
        """Return a stream converted, by `convert` if nobody has converted it before."""
        key = (content, before, tuple(spaces.items()), mask, opening)
        if key not in self._known:
            self._known[key] = self._from_cache(key, convert)
            if len(self._known) > IN_MEMORY:
                self._known.popitem(last=False)
        return self._known[key]

    def _from_cache(self, asked: tuple[object, ...], convert: Callable[[], Converted]) -> Converted:
        content, *rest = asked
        if self._cache is None or not isinstance(content, bytes) or len(content) < LEAST:
            return convert()
        key = hashlib.sha256(content + repr([*rest, self._inks]).encode()).hexdigest()
        if entry := self._cache.entry(key):
            return _read(*entry)
        converted = convert()
        self._cache.store(key, _note(converted), converted.packed)
        return converted


def _note(converted: Converted) -> dict[str, Any]:
    return {
        "after": converted.after,
        "drawn": converted.drawn,
        "used": sorted(converted.used),
        "overprints": converted.overprints,
    }


def _read(note: Mapping[str, Any], packed: bytes) -> Converted:
    return Converted(
        packed,
        tuple(_state(*values) for values in note["after"]),
        tuple((name, _matrix(matrix)) for name, matrix in note["drawn"]),
        frozenset((red, green, blue) for red, green, blue in note["used"]),
        note["overprints"],
    )


def _state(matrix: list[float], *rest: Any) -> State:
    state = State(_matrix(matrix), *rest)
    return state if state.over is None else state._replace(over=(state.over[0], state.over[1]))


def _matrix(values: list[float]) -> tuple[float, float, float, float]:
    a, b, c, d = values
    return a, b, c, d
