"""What is to be published: the plan.

This room alone decides which files exist, what they are called and which sections they bind, in
which order. Nothing further down says "unless".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.model import Project
from brochure.model.sheets import EditionSheet


class Kind(StrEnum):
    """The kinds of section; a layout has one template for each."""

    COVER = "cover"
    IMPRINT = "imprint"
    CONTENTS = "contents"
    PROJECT = "project"
    REGION = "region"
    PRACTICE = "practice"
    INDEX = "index"
    BACK = "back"


# Sections that say what else is in their edition: each edition has its own.
OF_THE_EDITION = frozenset({Kind.COVER, Kind.CONTENTS, Kind.INDEX, Kind.BACK})
# Sections that name page numbers, so they are typeset when all others are.
NUMBERED = frozenset({Kind.CONTENTS, Kind.INDEX})


@dataclass(frozen=True, order=True)
class Section:
    """The smallest thing typeset alone, in one language.

    `subject` is a practice's slug, a region's id, or the edition's id for a section of its own.
    """

    kind: Kind
    language: str
    subject: str = ""

    @property
    def target(self) -> str:
        """The name under which links and contents find the section, in any language."""
        named = self.kind in (Kind.REGION, Kind.PRACTICE)
        return f"{self.kind}/{self.subject}" if named else str(self.kind)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.subject, self.language)))


@dataclass(frozen=True)
class Part:
    """A section bound into an edition; `level` is its depth in the outline, 0 for none."""

    section: Section
    level: int


@dataclass(frozen=True)
class Edition:
    """One file to publish. `family` is its key in brochure.yaml, `file` lies below `out/`."""

    id: str
    family: str
    holds: str
    languages: tuple[str, ...]
    file: str
    region: str | None
    practice: str | None
    parts: tuple[Part, ...]

    @property
    def language(self) -> str:
        """The language of cover, contents and metadata: the first."""
        return self.languages[0]

    @property
    def practices(self) -> tuple[str, ...]:
        """The slugs of the practices inside, each once."""
        slugs = (p.section.subject for p in self.parts if p.section.kind is Kind.PRACTICE)
        return tuple(dict.fromkeys(slugs))


@dataclass(frozen=True)
class Selection:
    """What the user asked for; an empty set asks for everything."""

    languages: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    practices: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()

    def picks(self, edition: Edition) -> bool:
        """Whether an edition is asked for: languages narrow, regions and practices name files."""
        if self.languages and self.languages.isdisjoint(edition.languages):
            return False
        if self.families and self.families.isdisjoint({edition.family, edition.id}):
            return False
        if self.regions or self.practices:
            return edition.region in self.regions or edition.practice in self.practices
        return True


def plan(project: Project, found: Diagnostics) -> tuple[Edition, ...]:
    """Return every edition of a project, in the order of brochure.yaml."""
    editions = tuple(
        edition
        for family, sheet in project.facts.editions.items()
        for edition in _family(project, family, sheet, found)
    )
    _report_clashes(project, editions, found)
    return editions


def _family(
    project: Project, family: str, sheet: EditionSheet, found: Diagnostics
) -> Iterator[Edition]:
    languages = dict.fromkeys(sheet.languages or project.facts.languages)
    place = project.located.place("editions", family, "file")
    together = [tuple(sheet.together)] if sheet.together else [(tag,) for tag in languages]
    for tags, subject in product(together, _subjects(project, family, sheet, found)):
        region = subject if sheet.holds == "region" else None
        practice = subject if sheet.holds == "practice" else None
        id_ = "-".join(filter(None, (family, subject, *tags)))
        names = {"language": tags[0], "languages": "-".join(tags)}
        names |= {"region": region} if region else {}
        names |= {"practice": practice} if practice else {}
        yield Edition(
            id=id_,
            family=family,
            holds=sheet.holds,
            languages=tags,
            file=_file_name(sheet.file, names, family, place, found),
            region=region,
            practice=practice,
            parts=tuple(_PARTS[sheet.holds](project, tags, subject, id_)),
        )


def _subjects(project: Project, family: str, sheet: EditionSheet, found: Diagnostics) -> list[str]:
    """Return the regions or practices that have a file in this family, [""] for everything."""
    if sheet.holds == "everything":
        return [""]
    if sheet.holds == "practice":
        for slug in set(sheet.practices or ()) - set(project.practices):
            found.add(
                "dangling-link",
                project.located.place("editions", family, "practices"),
                f'the editions "{family}" name the practice "{slug}", which does not exist',
                did_you_mean(slug, project.practices),
            )
        return [s for s in project.practices if sheet.practices is None or s in sheet.practices]
    return [r for r in filled_regions(project) if sheet.regions is None or r in sheet.regions]


def filled_regions(project: Project) -> list[str]:
    """Return the regions that have a practice or took one up, in the order of brochure.yaml."""
    return [
        region
        for region in project.regions
        if project.native_practices(region) or project.adopted_practices(region)
    ]


def _everything(project: Project, tags: tuple[str, ...], subject: str, id_: str) -> Iterator[Part]:
    yield from _front(tags[0], id_)
    yield Part(Section(Kind.CONTENTS, tags[0], id_), 1)
    yield from (Part(Section(Kind.PROJECT, tag), 1) for tag in tags if "project" in project.pages)
    for region in filled_regions(project):
        yield from (Part(Section(Kind.REGION, tag, region), 1) for tag in tags)
        yield from _practices(project.native_practices(region), tags, level=2)
    yield Part(Section(Kind.INDEX, tags[0], id_), 1)
    yield Part(Section(Kind.BACK, tags[0], id_), 0)


def _region(project: Project, tags: tuple[str, ...], subject: str, id_: str) -> Iterator[Part]:
    yield from _front(tags[0], id_)
    yield Part(Section(Kind.CONTENTS, tags[0], id_), 1)
    yield from (Part(Section(Kind.REGION, tag, subject), 1) for tag in tags)
    slugs = project.native_practices(subject) + project.adopted_practices(subject)
    yield from _practices(slugs, tags, level=2)
    yield Part(Section(Kind.BACK, tags[0], id_), 0)


def _leaflet(project: Project, tags: tuple[str, ...], subject: str, id_: str) -> Iterator[Part]:
    yield Part(Section(Kind.COVER, tags[0], id_), 0)
    yield from _practices((subject,), tags, level=1)
    yield Part(Section(Kind.BACK, tags[0], id_), 0)


def _front(tag: str, id_: str) -> Iterator[Part]:
    yield Part(Section(Kind.COVER, tag, id_), 0)
    yield Part(Section(Kind.IMPRINT, tag), 1)


def _practices(slugs: Iterable[str], tags: tuple[str, ...], level: int) -> Iterator[Part]:
    for slug, tag in product(slugs, tags):
        yield Part(Section(Kind.PRACTICE, tag, slug), level)


_PARTS = {"everything": _everything, "region": _region, "practice": _leaflet}

_FIELD = re.compile(r"\{([^{}]*)\}")


def _file_name(
    pattern: str, names: dict[str, str], family: str, place: Place, found: Diagnostics
) -> str:
    for field in _FIELD.findall(pattern):
        if field not in names:
            found.add(
                "wrong-value",
                place,
                f'the file name of the editions "{family}" holds "{{{field}}}"',
                did_you_mean(f"{{{field}}}", [f"{{{name}}}" for name in names]),
            )
    if set("{}") & set(_FIELD.sub("", pattern)):
        found.add(
            "wrong-value",
            place,
            f'the file name of the editions "{family}" holds a brace without its partner',
            "write fields like {language}",
        )
    parts = pattern.split("/")
    if ".." in parts:
        found.add(
            "path-outside-project",
            place,
            f'the file name "{pattern}" of the editions "{family}" leads out of the output folder',
            'remove the ".."',
        )
    if {"", "."} & set(parts):
        found.add(
            "wrong-value",
            place,
            f'the file name "{pattern}" of the editions "{family}" has a folder without a name',
            'write one "/" between folders, and no "."',
        )
    return _FIELD.sub(lambda match: names.get(match[1], match[1]), pattern)


def _report_clashes(project: Project, editions: tuple[Edition, ...], found: Diagnostics) -> None:
    counted = Counter(edition.file.casefold() for edition in editions)
    exactly = Counter(edition.file for edition in editions)
    for edition in editions:
        if counted[edition.file.casefold()] > 1:
            found.add(
                "duplicate-file-name",
                project.located.place("editions", edition.family, "file"),
                f'{counted[edition.file.casefold()]} editions are called "{edition.file}"'
                + (
                    ", small and capital letters being one"
                    if exactly[edition.file] < counted[edition.file.casefold()]
                    else ""
                ),
                "put {language}, {region} or {practice} into the"
                f' "file" of "{edition.family}"',
            )
