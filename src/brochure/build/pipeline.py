"""`build` reads like the table of contents of the house; every step is a room."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from contextlib import nullcontext

from brochure.build.copybook import copybook
from brochure.build.proofs import Desk, Proofs, surrounding_files
from brochure.build.shop import Request, Shop
from brochure.cache import Cache, EntryLost
from brochure.cluster import ClusterWorkshop
from brochure.daybook import Report
from brochure.diagnostics import Diagnostics
from brochure.editions import plan
from brochure.layouts import Composer, Listing, read_layout
from brochure.model import Plan, read_project
from brochure.publish import Publisher
from brochure.sources import Folder, Source
from brochure.typeset import Job, photo_file

ROUNDS = 3  # of typesetting, where sections in the cache turn out to be spoilt, or taken away

Progress = Callable[[str, int, int], None]  # what is being done, how many of how many


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _accept(desk: Desk) -> None:
    """Refuse nothing."""


def build(
    request: Request,
    progress: Progress = _silent,
    inspect: Callable[[Desk], None] = _accept,
    shop: Shop | None = None,
) -> Report:
    """Build what is asked for and publish it; with an error nothing is published at all.

    `inspect` sees the project before anything is made, and may refuse the request by raising.
    `shop` is one that is open already, for the same project and cache, and stays open. Raises
    `ClusterProblem` when the cluster of the request cannot typeset.
    """
    with copybook(request.cache, (request.date, request.layout)):
        return _built(request, progress, inspect, shop)


def _built(
    request: Request, progress: Progress, inspect: Callable[[Desk], None], shop: Shop | None
) -> Report:
    report = Report()
    folder = Folder(request.root)
    desk = read(folder, report.diagnostics, request.date, request.layout)
    if desk is None or report.failed:
        return report
    inspect(desk)
    chosen = [edition for edition in desk.editions if request.selection.picks(edition)]
    own = nullcontext(shop) if shop else Shop(request, _cluster(request, desk))
    with own as equipment:
        for left in reversed(range(ROUNDS)):
            proofs = Proofs(desk, chosen, equipment.typesetter, report.diagnostics, progress)
            proofs.typeset_sections()
            proofs.typeset_contents()
            proofs.typeset_fillers_and_folios()
            report.typeset, report.cached = report.typeset + proofs.made, proofs.found
            if report.failed:
                break
            try:
                _bind_and_publish(request, equipment, proofs, report, progress)
                break
            except EntryLost:
                if not left:
                    raise
                proofs.discard_what_is_spoilt(equipment.cache)
    regions = dict.fromkeys(edition.plan for edition in chosen if edition.plan)
    report.unknown = unknown_in(desk.project.plans[region] for region in regions)
    report.seen = folder.seen()
    return report


def read(
    folder: Folder,
    found: Diagnostics,
    date: datetime.date | None = None,
    layout: str | None = None,
) -> Desk | None:
    """Return the project in a folder with layout and plan; None when one of them is unusable.

    `date` and `layout` stand in for those of `brochure.yaml`.
    """
    project = read_project(folder, found, date, layout)
    if project is None:
        return None
    chosen = read_layout(project, found)
    editions = plan(project, found)
    return Desk(project, chosen, editions) if chosen else None


def unknown_in(plans: Iterable[Plan]) -> dict[str, list[int]]:
    """Return the lines in which values of plans are to be confirmed, by the plan's file."""
    return {f"{plan.folder}/plan.yaml": [place.line for place in plan.unknown] for plan in plans}


def check(folder: Folder, found: Diagnostics, layout: str | None = None) -> Desk | None:
    """Read everything and compose every section, so that nothing but the typesetting is left."""
    desk = read(folder, found, layout=layout)
    if desk is None or found.failed:
        return desk
    composer = Composer(desk.project, desk.layout, found)
    for section, edition in desk.sections():
        composer.section(section, edition, Listing())
    for side in ("left", "right"):
        for format_ in desk.layout.sheet.formats:
            composer.filler(desk.project.source_language, side, None, format_)
    for format_ in desk.layout.sheet.formats:
        composer.folios(desk.project.source_language, 1, format_)
    return desk


def _cluster(request: Request, desk: Desk) -> Callable[[Cache], ClusterWorkshop] | None:
    """Return what makes the way to the cluster that was asked for; it knows what of this project
    sections need, beside the photos that a cache has."""
    address = request.cluster
    if address is None:
        return None

    def way(cache: Cache) -> ClusterWorkshop:
        def photos(job: Job) -> list[Source]:
            keys = (photo.key for photo in job.composed.photos)
            return [Source(photo_file(key), cache.content(key)) for key in keys]

        return ClusterWorkshop(address, surrounding_files(desk), photos)

    return way


def _bind_and_publish(
    request: Request, shop: Shop, proofs: Proofs, report: Report, progress: Progress
) -> None:
    """Bind, finish and publish; raises `EntryLost` when a typeset section is not there any more."""
    from brochure.build.finishing import Finishing  # pikepdf and harfbuzz: 0.3 s
    from brochure.build.volumes import Volumes

    desk = proofs.desk
    volumes = Volumes.prepare(desk, proofs, request.producer, report.diagnostics)
    if volumes is None:
        return
    wanted = [(edition, request.selection.outputs(edition)) for edition in proofs.editions]
    with Publisher(request.out, request.stamps) as publisher:
        finishing = Finishing(volumes, publisher)
        finishing.finish(wanted, shop, report.diagnostics, progress)
        if report.failed:
            return
        # Only a build of everything may take away what is no longer planned: a part of it would
        # leave the other languages without the files that the new names have not yet replaced.
        planned = {output.file for edition in desk.editions for output in edition.outputs}
        total = sum(len(outputs) for _, outputs in wanted)
        report.removed = publisher.publish(planned if total == len(planned) else None)
        finishing.report_mixed(report.diagnostics, desk.layout.folder)
        report.built = finishing.built
        report.reused = sorted(finishing.reused, key=lambda entry: entry.file)
