"""`build` reads like the table of contents of the house; every step is a room."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from brochure.build.proofs import Desk, Proofs
from brochure.diagnostics import Diagnostics
from brochure.editions import Selection, plan
from brochure.layouts import Composer, Listing, read_layout
from brochure.model import Plan, read_project
from brochure.publish import Published, Publisher
from brochure.sources import Folder
from brochure.typeset import Cache, Typesetter

Progress = Callable[[str, int, int], None]  # what is being done, how many of how many


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _accept(desk: Desk) -> None:
    """Refuse nothing."""


@dataclass(frozen=True)
class Request:
    """What to build, from where to where. `date` stands in for the imprint's date."""

    root: Path
    out: Path
    cache: Path
    workers: int
    producer: str
    selection: Selection = field(default_factory=Selection)
    date: datetime.date | None = None


@dataclass
class Report:
    """What a build did."""

    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    built: list[Published] = field(default_factory=list)
    reused: list[Published] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    typeset: int = 0
    cached: int = 0
    plans: list[Plan] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether nothing was published because of an error."""
        return self.diagnostics.failed


def build(
    request: Request, progress: Progress = _silent, inspect: Callable[[Desk], None] = _accept
) -> Report:
    """Build what is asked for and publish it; with an error nothing is published at all.

    `inspect` sees the project before anything is made, and may refuse the request by raising.
    """
    report = Report()
    desk = read(Folder(request.root), report.diagnostics, request.date)
    if desk is None or report.failed:
        return report
    inspect(desk)
    chosen = [edition for edition in desk.editions if request.selection.picks(edition)]
    with Typesetter(request.root, Cache(request.cache), request.workers) as typesetter:
        proofs = Proofs(desk, chosen, typesetter, report.diagnostics, progress)
        proofs.typeset_sections()
        proofs.typeset_contents()
        proofs.typeset_fillers_and_folios()
    report.typeset, report.cached = proofs.made, proofs.found
    regions = dict.fromkeys(edition.plan for edition in chosen if edition.plan)
    report.plans = [desk.project.plans[region] for region in regions]
    if not report.failed:
        _bind_and_publish(request, desk, proofs, report, progress)
    return report


def read(folder: Folder, found: Diagnostics, date: datetime.date | None = None) -> Desk | None:
    """Return the project in a folder with layout and plan; None when one of them is unusable."""
    project = read_project(folder, found, date)
    if project is None:
        return None
    layout = read_layout(project, found)
    editions = plan(project, found)
    return Desk(project, layout, editions) if layout else None


def check(folder: Folder, found: Diagnostics) -> Desk | None:
    """Read everything and compose every section, so that nothing but the typesetting is left."""
    desk = read(folder, found)
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


def _bind_and_publish(
    request: Request, desk: Desk, proofs: Proofs, report: Report, progress: Progress
) -> None:
    from brochure.build.volumes import Volumes  # pikepdf and harfbuzz: 0.3 s

    chosen = proofs.editions
    volumes = Volumes.prepare(desk, proofs, request.producer, report.diagnostics)
    if volumes is None:
        return
    with Publisher(request.out) as publisher:
        wanted = [(edition, request.selection.outputs(edition)) for edition in chosen]
        total = sum(len(outputs) for _, outputs in wanted)
        orders = (order for each in wanted for order in volumes.orders(*each))
        for done, order in enumerate(orders, 1):
            if last := publisher.published(order.output.file, order.key):
                report.reused.append(last)
            else:
                content, pages = volumes.make(order)
                report.built.append(publisher.stage(order.entry(content, pages), content))
            progress("binding", done, total)
        # Only a build of everything may take away what is no longer planned: a part of it would
        # leave the other languages without the files that the new names have not yet replaced.
        planned = {output.file for edition in desk.editions for output in edition.outputs}
        report.removed = publisher.publish(planned if total == len(planned) else None)
