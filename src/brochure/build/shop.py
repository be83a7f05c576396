"""What one build works with: the request, the cache, the hands, and a folder for odds and ends."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from brochure.cache import Cache
from brochure.editions import Selection
from brochure.sources.seen import Stamps
from brochure.typeset import Times, TypesetTask, Typesetter
from brochure.workshop import LocalWorkshop

GIB = 1024**3
CACHE_LIMIT = 4 * GIB  # bytes; a section takes about 60 kB, a photo for print about 1 MB


@dataclass(frozen=True)
class Request:
    """What to build, from where to where. `date` stands in for the imprint's date; `stamps` are
    those of the files that the last build published."""

    root: Path
    out: Path
    cache: Path
    workers: int
    producer: str
    selection: Selection = field(default_factory=Selection)
    date: datetime.date | None = None
    stamps: Stamps = field(default_factory=Stamps, repr=False)


class Shop:
    """A build's equipment; a context manager that ends what was started and tidies up.

    A process that builds again and again keeps one open: engine and bindery stay warm.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        # Made here, not in other processes: those end without tidying up.
        self._folder = tempfile.TemporaryDirectory(prefix="brochure-")
        self.scratch = Path(self._folder.name)
        self.cache = Cache(request.cache, spare=self.scratch / "sections")
        self.workshop = LocalWorkshop(request.workers)
        self._times = Times(request.cache)
        task = TypesetTask(str(request.root), self._folder.name)
        self.typesetter = Typesetter(self.cache, self.workshop, task, self._times)

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *exception: object) -> None:
        self.workshop.close()
        self._times.save()
        self._folder.cleanup()
        if self.typesetter.stored:
            self.cache.shrink(CACHE_LIMIT)
