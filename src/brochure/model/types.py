"""The frozen model: after loading it is valid, and nothing later checks or changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from brochure.diagnostics import Place
from brochure.languages import Language, Strings, choose
from brochure.model.plans import PlanSheet
from brochure.model.sheets import BrochureSheet, Photo, PracticeSheet, RegionSheet
from brochure.model.words import in_language, language_of
from brochure.sources import Folder
from brochure.sources.fonts import Fonts
from brochure.sources.picture import Picture
from brochure.sources.yaml import Located


@dataclass(frozen=True)
class Passage:
    """What stands under one heading of the second level; `id` is "" for a heading of one's own."""

    id: str
    heading: str
    html: str


@dataclass(frozen=True)
class Figure:
    """A large figure and what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class Text:
    """One text in one language. HTML is clean; everything else is plain."""

    file: str  # where it stands, from the project's folder
    language: str
    title: str
    summary: str
    facts: Mapping[str, str]
    figures: tuple[Figure, ...]
    alt: Mapping[str, str]
    lead: str
    passages: tuple[Passage, ...]
    sources: tuple[str, ...] = ()


class Texts(Mapping[str, Text]):
    """The texts about one thing by language. Looking one up is noticed by `consulting`."""

    def __init__(self, folder: str, texts: Mapping[str, Text]) -> None:
        self.folder = folder  # in which their files stand
        self._texts = dict(texts)

    def __getitem__(self, language: str) -> Text:
        if (consulted := _consulted.get()) is not None:
            consulted.add(self.folder)
        return self._texts[language]

    def __contains__(self, language: object) -> bool:
        return language in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


_consulted: ContextVar[set[str] | None] = ContextVar("consulted", default=None)


@contextmanager
def consulting() -> Iterator[set[str]]:
    """Collect the folders of the texts that are looked up meanwhile, in a set."""
    folders: set[str] = set()
    token = _consulted.set(folders)
    try:
        yield folders
    finally:
        _consulted.reset(token)


@dataclass(frozen=True)
class PlacedPhoto:
    """A photo with its picture file, and the place that names it."""

    photo: Photo
    picture: Picture
    place: Place


@dataclass(frozen=True)
class Region:
    """A region of the partnership, with its opening text where there is one."""

    id: str
    facts: RegionSheet
    texts: Texts = field(repr=False)

    def name(self, language: str, source: str) -> str:
        """Return the region's name in a language."""
        return in_language(self.facts.name, language, source)


@dataclass(frozen=True)
class Practice:
    """A good practice: its facts, its texts by language, its photos, and where each of its links
    is written."""

    slug: str
    facts: PracticeSheet
    texts: Texts = field(repr=False)
    photos: tuple[PlacedPhoto, ...] = ()
    links_at: tuple[Place, ...] = field(default=(), repr=False)

    def text(self, language: str, source: str) -> Text:
        """Return the text in a language, or in the source language when it is missing."""
        return choose(self.texts, language, source)


class PlanPart(StrEnum):
    """The parts of a plan that a passage of its texts may belong to, beside its actions."""

    GENERAL = "general"
    CONTEXT = "context"
    ACTIONS = "actions"
    TIMELINE = "timeline"
    BUDGET = "budget"
    STAKEHOLDERS = "stakeholders"
    MONITORING = "monitoring"
    RISKS = "risks"
    EVENTS = "events"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Plan:
    """A region's Local Action Plan: facts and texts, in its own `language` and others.

    `folder` is relative to the project; `unknown` are the places of what is to be confirmed.
    """

    region: str
    folder: str
    language: str
    facts: PlanSheet
    texts: Texts = field(repr=False)
    unknown: tuple[Place, ...] = field(default=(), repr=False)

    def is_written_in(self, language: str) -> bool:
        """Whether the whole plan exists in a language: a text without passages sums it up."""
        return language in self.texts and bool(self.texts[language].passages)


@dataclass(frozen=True)
class Uptake:
    """Practice `origin` was taken up in `region`, as practice `heir` where it has a page."""

    origin: str
    region: str
    heir: str | None
    when: int | None


@dataclass(frozen=True)
class Project:
    """Everything there is to publish, checked and cross-referenced."""

    folder: Folder = field(repr=False)
    facts: BrochureSheet = field(repr=False)
    located: Located = field(repr=False)  # brochure.yaml, for the place of what is found later
    regions: Mapping[str, Region]
    practices: Mapping[str, Practice]
    pages: Mapping[str, Texts]
    plans: Mapping[str, Plan]
    strings: Mapping[str, Strings] = field(repr=False)
    fonts: Fonts = field(repr=False)

    @property
    def source_language(self) -> str:
        """The language that texts are translated from."""
        return self.facts.source_language

    def words(self, words: Mapping[str, str], language: str) -> str:
        """Return words of the configuration or of facts in a language."""
        return in_language(dict(words), language, self.source_language)

    def words_language(self, words: Mapping[str, str], language: str) -> str:
        """Return the language that `words` finds them in, for the tags of a page."""
        return language_of(dict(words), language, self.source_language)

    def practice_text(self, slug: str, language: str) -> Text:
        """Return a practice's text in a language, or in the source language."""
        return self.practices[slug].text(language, self.source_language)

    def region_name(self, region: str, language: str) -> str:
        """Return a region's name in a language."""
        return self.regions[region].name(language, self.source_language)

    @cached_property
    def uptakes(self) -> tuple[Uptake, ...]:
        """Every transfer of a practice, in the order of the practices."""
        found = []
        for slug, practice in self.practices.items():
            for transfer in practice.facts.transfers:
                kind, _, target = transfer.to.partition("/")
                heir = target if kind == "practice" else None
                if heir and heir not in self.practices:
                    continue  # its file is broken, which is reported
                region = self.practices[target].facts.region if heir else target
                found.append(Uptake(slug, region, heir, transfer.when))
        return tuple(found)

    def native_practices(self, region: str) -> tuple[str, ...]:
        """Return the slugs of the practices that are at home in a region."""
        return tuple(s for s, p in self.practices.items() if p.facts.region == region)

    def adopted_practices(self, region: str) -> tuple[str, ...]:
        """Return the slugs of practices from elsewhere that a region has taken up."""
        native = set(self.native_practices(region))
        origins = (uptake.origin for uptake in self.uptakes if uptake.region == region)
        return tuple(dict.fromkeys(slug for slug in origins if slug not in native))

    def language(self, tag: str) -> Language:
        """Return the language of a tag."""
        return Language(tag)
