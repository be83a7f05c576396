"""Typesetting many sections: what the cache has is taken from it, the rest goes to a workshop."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from brochure.cache import Cache
from brochure.languages.hyphenation import SAME_DICTIONARY
from brochure.layouts import Composed
from brochure.pictures import Negative
from brochure.program import digest_of_code, engine_versions
from brochure.typeset.darkroom import Darkroom, photo_file
from brochure.typeset.galley import Galley, galley_of
from brochure.typeset.times import Times
from brochure.workshop import Died, Workshop

if TYPE_CHECKING:
    from brochure.typeset.engine import Engine


_NONE: Mapping[str, Negative] = MappingProxyType({})


@dataclass(frozen=True)
class Job:
    """A composed section under the key of its typeset form."""

    key: str
    composed: Composed


@dataclass(frozen=True)
class Failure:
    """A section that the engine could not typeset, and why."""

    job: Job
    reason: str


def key_of(digest: str, surroundings: str) -> str:
    """Return the key of a section's typeset form from the digest of what was composed;
    `surroundings` is that of fonts, assets and engine."""
    return hashlib.sha256(f"{digest}\0{surroundings}".encode()).hexdigest()


def job(composed: Composed, surroundings: str) -> Job:
    """Return a job for a composed section."""
    return Job(key_of(composed.digest, surroundings), composed)


def surroundings(digests: Iterable[str]) -> str:
    """Return one digest of the given ones, this program's typesetting and the engine's versions."""
    here = Path(__file__).parent
    names = ("engine.py", "fetching.py", "fitting.py", "lines.py", "tagging.py")
    code = digest_of_code(here / name for name in names)
    dictionaries = (f"{tag} as {other}" for tag, other in sorted(SAME_DICTIONARY.items()))
    versions = map(" ".join, engine_versions())
    parts = [*sorted(digests), code, *versions, *dictionaries]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """What comes of a job: a typeset section with its PDF, after some seconds."""

    galley: Galley
    pdf: bytes
    seconds: float


class Typesetter:
    """Typesets jobs, and keeps what it makes; `typeset` is the task that a workshop does."""

    def __init__(
        self,
        cache: Cache,
        workshop: Workshop,
        task: TypesetTask,
        times: Times,
        darkroom: Darkroom,
    ) -> None:
        self._cache, self._workshop, self._task, self._times = cache, workshop, task, times
        self._darkroom = darkroom
        self.stored = 0  # sections that were put into the cache

    def found(self, key: str) -> Galley | None:
        """Return what is known of a section that was typeset before."""
        return galley_of(self._cache.note(key))

    def expect(self, names: Iterable[str]) -> None:
        """Get ready to typeset sections of these names, which are being composed."""
        self._workshop.expect(self._task.get_ready, self._times.expected(names))

    def typeset(
        self,
        jobs: Iterable[Job],
        on_done: Callable[[Job, bool], None],
        negatives: Mapping[str, Negative] = _NONE,
    ) -> tuple[dict[str, Galley], list[Failure]]:
        """Return the typeset sections by key, and the failures; one failing stops no other.

        `on_done` is told of each section, and whether it was made now (True) or found. `negatives`
        are those of the photos that the sections show, by key.
        """
        made: dict[str, Galley] = {}
        missing: list[Job] = []
        for each in {each.key: each for each in jobs}.values():
            if found := self.found(each.key):
                made[each.key] = found
                on_done(each, False)
            else:
                missing.append(each)
        undeveloped = self._darkroom.develop(
            negatives[photo.key] for each in missing for photo in each.composed.photos
        )
        missing, failures = _parted(missing, undeveloped)
        # The longest first, so that no worker is left with a long one at the end.
        missing.sort(key=lambda each: (-self._times.guess(each.composed), each.key))
        seconds = sum(self._times.guess(each.composed) for each in missing)
        for each, result in self._workshop.run(self._task, missing, seconds):
            if isinstance(result, Made):
                self._cache.store(each.key, result.galley.note(), result.pdf)
                self.stored += 1
                self._times.note(each.composed, result.seconds)
                made[each.key] = result.galley
            else:
                failures.append(
                    Failure(each, result.reason if isinstance(result, Died) else result)
                )
            on_done(each, True)
        return made, failures


def _parted(jobs: list[Job], undeveloped: Mapping[str, str]) -> tuple[list[Job], list[Failure]]:
    """Return the jobs that have all of their photos, and the failures that the others are."""
    ready, failures = [], []
    for each in jobs:
        reasons = [undeveloped[p.key] for p in each.composed.photos if p.key in undeveloped]
        if reasons:
            failures.append(Failure(each, reasons[0]))
        else:
            ready.append(each)
    return ready, failures


@dataclass(frozen=True)
class TypesetTask:
    """Typesets one job of the project in a folder, in whatever process it is called.

    `scratch` is a folder for the engine, there as long as the build: processes that are ended
    do not tidy up. Developed photos are taken out of `photos`; on another machine, where there is
    no cache, they are files of the folder.
    """

    root: str
    scratch: str
    photos: Cache | None = field(default=None, compare=False)

    def __call__(self, job: Job) -> Made | str:
        """Return what was made, or the reason why nothing was."""
        engine = self._engine()  # without one, no section is to blame
        try:
            started = time.perf_counter()
            galley, pdf = engine.typeset(job.composed)
            return Made(galley, pdf, time.perf_counter() - started)
        except Exception as error:  # the engine's own bugs cost one section, not the build
            return f"{type(error).__name__}: {error}"
        except BaseException as error:
            # Raised by the URL fetcher for a file outside the project, see fetching.py.
            if type(error).__name__ == "FatalURLFetchingError":
                return str(error)
            raise

    def get_ready(self, _: None) -> None:
        """Start the engine, which takes as long as typesetting some sections."""
        self._engine()

    def _engine(self) -> Engine:
        from brochure.typeset.engine import Engine

        if self not in _engines:
            _engines.clear()
            # On another machine they are relative to the working folder.
            root, scratch = Path(self.root).absolute(), Path(self.scratch).absolute()
            _engines[self] = Engine(root, scratch, self._photo)
        return _engines[self]

    def _photo(self, key: str) -> bytes:
        if self.photos:
            return self.photos.content(key)
        return (Path(self.root) / photo_file(key)).read_bytes()


_engines: dict[TypesetTask, Engine] = {}  # one at most: fonts and style sheets are read once
