"""The darkroom: photos are developed before the sections that show them are typeset, and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from brochure.cache import Cache
from brochure.pictures import Negative
from brochure.workshop import Died, Workshop

SECONDS_PER_MEGAPIXEL = 0.02  # of what is stored


def photo_file(key: str) -> str:
    """Return where a developed photo lies in a folder that is sent to another machine."""
    return f"photos/{key}"


@dataclass(frozen=True)
class DevelopTask:
    """Develops one negative, in whatever process it is called."""

    def __call__(self, negative: Negative) -> bytes | str:
        """Return the developed picture, or the reason why there is none."""
        from brochure.pictures.developing import developed  # Pillow: only where photos are

        try:
            return developed(negative)
        except Exception as error:  # of a library that decodes: it costs the sections, not all
            path = negative.source.path
            return f'the photo "{path}" cannot be developed: {type(error).__name__}: {error}'


class Darkroom:
    """Develops photos in a workshop, and keeps them in the cache."""

    def __init__(self, cache: Cache, workshop: Workshop) -> None:
        self._cache, self._workshop = cache, workshop
        self.made = 0  # photos that were developed, and not found

    def develop(self, negatives: Iterable[Negative]) -> dict[str, str]:
        """See to it that the cache has photos; returns why it lacks some, by key."""
        wanted = {each.key: each for each in negatives}
        missing = [each for key, each in sorted(wanted.items()) if not self._has(key)]
        seconds = SECONDS_PER_MEGAPIXEL * sum(map(_megapixels, missing))
        failures: dict[str, str] = {}
        for negative, made in self._workshop.run(DevelopTask(), missing, seconds):
            if isinstance(made, bytes):
                self._cache.store(negative.key, {"photo": negative.source.path}, made)
                self.made += 1
            else:
                failures[negative.key] = made.reason if isinstance(made, Died) else made
        return failures

    def _has(self, key: str) -> bool:
        """Whether the cache has a photo as it was made; its note alone would not tell."""
        return self._cache.entry(key) is not None


def _megapixels(negative: Negative) -> float:
    return negative.crop.width * negative.crop.height / 1e6
