"""Which sections an edition binds, and in which order: one function for each kind of edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from brochure.editions.sections import Block, Kind, Part, Section
from brochure.model import Project


def filled_regions(project: Project) -> list[str]:
    """Return the regions that have a practice or took one up, in the order of brochure.yaml."""
    return [
        region
        for region in project.regions
        if project.native_practices(region) or project.adopted_practices(region)
    ]


Tags = tuple[str, ...]


def _everything(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    parts = [
        *_front(tags[0], id_),
        Part(Section(Kind.CONTENTS, tags[0], id_), 1),
        *(Part(Section(Kind.PROJECT, tag), 1) for tag in tags if "project" in project.pages),
    ]
    for region in filled_regions(project):
        parts += [Part(Section(Kind.REGION, tag, region), 1) for tag in tags]
        parts += _practices(project.native_practices(region), tags, level=2)
    parts += [
        Part(Section(Kind.INDEX, tags[0], id_), 1),
        Part(Section(Kind.BACK, tags[0], id_), 0),
    ]
    yield Block(tuple(parts))


def _region(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    slugs = project.native_practices(subject) + project.adopted_practices(subject)
    yield Block(
        (
            *_front(tags[0], id_),
            Part(Section(Kind.CONTENTS, tags[0], id_), 1),
            *(Part(Section(Kind.REGION, tag, subject), 1) for tag in tags),
            *_practices(slugs, tags, level=2),
            Part(Section(Kind.BACK, tags[0], id_), 0),
        )
    )


def _leaflet(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    yield Block(
        (
            Part(Section(Kind.COVER, tags[0], id_), 0),
            *_practices((subject,), tags, level=1),
            Part(Section(Kind.BACK, tags[0], id_), 0),
        )
    )


def _plan(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    yield Block(
        (
            Part(Section(Kind.PLAN_COVER, tags[0], subject), 0),
            *_inside(project, tags, subject, id_, 1),
        )
    )


def _plan_summary(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    yield Block(tuple(Part(Section(Kind.PLAN_SUMMARY, tag, subject), 1) for tag in tags))


def _region_and_plan(project: Project, tags: Tags, subject: str, id_: str) -> Iterator[Block]:
    yield from _region(project, tags, subject, id_)
    cover = Part(Section(Kind.PLAN_COVER, tags[0], subject), 1)
    yield Block((cover, *_inside(project, tags, subject, id_, 2)), lettered=True)


def _inside(project: Project, tags: Tags, region: str, id_: str, level: int) -> Iterator[Part]:
    """Yield the parts of a plan behind its cover, at a depth of the outline."""
    yield Part(Section(Kind.PLAN_CONTENTS, tags[0], id_), level)
    actions = [f"{region}/{action.id}" for action in project.plans[region].facts.actions]
    for kind, subjects, below in (
        (Kind.PLAN_FRAME, [region], 0),
        (Kind.PLAN_ACTIONS, [region], 0),
        (Kind.ACTION, actions, 1),
        (Kind.PLAN_DELIVERY, [region], 0),
        (Kind.PLAN_SIGNATURE, [region], 0),
    ):
        for subject, tag in product(subjects, tags):
            yield Part(Section(kind, tag, subject), level + below)


def _front(tag: str, id_: str) -> Iterator[Part]:
    yield Part(Section(Kind.COVER, tag, id_), 0)
    yield Part(Section(Kind.IMPRINT, tag), 1)


def _practices(slugs: Iterable[str], tags: Tags, level: int) -> Iterator[Part]:
    for slug, tag in product(slugs, tags):
        yield Part(Section(Kind.PRACTICE, tag, slug), level)


# By what an edition holds, as `brochure.yaml` says it.
BLOCKS = {
    "everything": _everything,
    "region": _region,
    "practice": _leaflet,
    "plan": _plan,
    "plan-summary": _plan_summary,
    "region-and-plan": _region_and_plan,
}
