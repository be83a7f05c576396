"""What one build works with: the request, the cache, the hands, and a folder for odds and ends."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from brochure.build.scratch import scratch_folder
from brochure.cache import Cache
from brochure.cluster import ROOT, SCRATCH, ClusterWorkshop
from brochure.editions import Selection
from brochure.sources.seen import Stamps
from brochure.typeset import Darkroom, Times, TypesetTask, Typesetter
from brochure.workshop import LocalWorkshop

GIB = 1024**3
CACHE_LIMIT = 4 * GIB  # bytes; a section takes about 60 kB, a photo for print about 1 MB


@dataclass(frozen=True)
class Request:
    """What to build, from where to where. `date` stands in for the imprint's date, `layout`
    for the project's layout; `stamps` are those of the files that the last build published.

    `cluster` is the address of a Dask cluster that typesets in place of this machine.
    """

    root: Path
    out: Path
    cache: Path
    workers: int
    producer: str
    selection: Selection = field(default_factory=Selection)
    date: datetime.date | None = None
    layout: str | None = None
    stamps: Stamps = field(default_factory=Stamps, repr=False)
    cluster: str | None = None


class Shop:
    """A build's equipment; a context manager that ends what was started and tidies up.

    A process that builds again and again keeps one open: engine and bindery stay warm.

    With a cluster, that is where sections are typeset; all other work is done on this machine.
    `cluster` makes the way to it, from the cache with what is sent there.
    """

    def __init__(
        self, request: Request, cluster: Callable[[Cache], ClusterWorkshop] | None = None
    ) -> None:
        self.request = request
        # Made here, not in other processes: those end without tidying up.
        with ExitStack() as open_:
            self.scratch = open_.enter_context(scratch_folder())
            self.cache = Cache(request.cache, spare=self.scratch / "sections")
            self._cluster = cluster(self.cache) if cluster else None
            self._open = open_.pop_all()
        self.workshop = LocalWorkshop(request.workers)
        self._times = Times(request.cache)
        here = TypesetTask(str(request.root), str(self.scratch), self.cache)
        task = TypesetTask(ROOT, SCRATCH) if self._cluster else here
        self.darkroom = Darkroom(self.cache, self.workshop)
        hands = self._cluster or self.workshop
        self.typesetter = Typesetter(self.cache, hands, task, self._times, self.darkroom)

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *exception: object) -> None:
        self.workshop.close()
        if self._cluster:
            self._cluster.close()
        self._times.save()
        self._open.close()
        if self.typesetter.stored:
            self.cache.shrink(CACHE_LIMIT)
