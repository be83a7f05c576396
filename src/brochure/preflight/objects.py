"""What stands in a PDF object, asked for with its type: anything else is as good as absent.

pypdf repairs and raises in many places; here a damaged object is None, and pypdf's own words on
it are heard by `opened.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
    TextStringObject,
)

from brochure.preflight.findings import Box

LARGEST = 1e9  # of any number: larger ones are meant to break something
_HOLDS = (IndirectObject, DictionaryObject, ArrayObject)
_CHAIN = 16  # references that lead to references
_LENGTH = 1_000_000  # elements of an array that are looked at


def resolved(value: object) -> object:
    """Return what a reference leads to; None for null, for nothing and for damage."""
    for _ in range(_CHAIN):
        if not isinstance(value, IndirectObject):
            return None if isinstance(value, NullObject) else value
        try:
            value = value.get_object()
        except Exception:  # whatever a damaged file makes pypdf raise
            return None
    return None


def dictionary(value: object) -> DictionaryObject | None:
    """Return a dictionary (streams are dictionaries too), or None."""
    found = resolved(value)
    return found if isinstance(found, DictionaryObject) else None


def entries(value: object) -> dict[str, object]:
    """Return the entries of a dictionary, or none; the values are not resolved."""
    found = dictionary(value)
    return {str(key): entry for key, entry in found.items()} if found is not None else {}


def stream(value: object) -> StreamObject | None:
    """Return a stream, or None."""
    found = resolved(value)
    return found if isinstance(found, StreamObject) else None


def array(value: object) -> list[object]:
    """Return the elements of an array, or none; the elements are not resolved."""
    found = resolved(value)
    return list(found[:_LENGTH]) if isinstance(found, ArrayObject) else []


def name(value: object) -> str:
    """Return a name with its slash, or an empty string."""
    found = resolved(value)
    return str(found) if isinstance(found, NameObject) else ""


def text(value: object) -> str:
    """Return a text string, or an empty one."""
    found = resolved(value)
    if isinstance(found, TextStringObject):
        return str(found)
    if isinstance(found, ByteStringObject):
        return bytes(found).decode("latin-1")
    return ""


def flag(value: object) -> bool:
    """Return True for the object true only."""
    found = resolved(value)
    return bool(found.value) if isinstance(found, BooleanObject) else False


def number(value: object, default: float = 0.0) -> float:
    """Return a number that arithmetic survives, or the default."""
    found = resolved(value)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return default
    if abs(found) > LARGEST or not math.isfinite(found):
        return math.copysign(LARGEST, found) if found == found else default
    return float(found)


def numbers(value: object) -> list[float]:
    """Return an array of numbers, or an empty list if anything else is in it."""
    found = [resolved(item) for item in array(value)]
    if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in found):
        return [number(item) for item in found]
    return []


def box(value: object) -> Box | None:
    """Return a rectangle with its corners in order, or None."""
    found = numbers(value)
    if len(found) != 4:
        return None
    left, bottom, right, top = found
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def identity(value: object) -> tuple[int, int] | int:
    """Return what tells an object from others, to find circles and to keep what was read."""
    if isinstance(value, IndirectObject):
        return value.idnum, value.generation
    reference = getattr(value, "indirect_reference", None)
    if isinstance(reference, IndirectObject):
        return reference.idnum, reference.generation
    return id(value)


def reachable(
    *roots: object, seen: set[tuple[int, int]] | None = None, limit: int = 500_000
) -> Iterator[DictionaryObject]:
    """Yield each dictionary and stream that can be reached from some objects, once.

    `seen` are the objects that were met before, for walks that share one. Lists of widths and
    of numbers are passed over.
    """
    waiting = list(roots)
    seen = set() if seen is None else seen
    looked_at = 0
    while waiting and looked_at < limit:
        looked_at += 1
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            key = value.idnum, value.generation
            if key in seen:
                continue
            seen.add(key)
            value = resolved(value)
        if isinstance(value, DictionaryObject):
            yield value
            waiting.extend(entry for entry in value.values() if isinstance(entry, _HOLDS))
        elif isinstance(value, ArrayObject):
            waiting.extend(entry for entry in value[:_LENGTH] if isinstance(entry, _HOLDS))
