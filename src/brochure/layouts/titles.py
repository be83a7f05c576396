"""What sections and editions are called: in contents, outline, links and metadata.

A section has one heading at its top, or several, each with an anchor of its own in the page. The
template prints what it likes; these are the names by which a reader finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from brochure.editions import Edition, Kind, Section
from brochure.languages import Strings, choose
from brochure.layouts.folder import Layout
from brochure.model import PlacedPhoto, PlanPart, Project, Text
from brochure.model.plans import Action
from brochure.pictures import Negative

# How links between sections begin; binding turns what follows into a place.
SCHEME = "brochure:"

# The parts of a plan that share a section, each with its number in the programme's form, if any.
_FRAME = {PlanPart.GENERAL: "part-1", PlanPart.CONTEXT: "part-2"}
_DELIVERY = (
    PlanPart.TIMELINE,
    PlanPart.BUDGET,
    PlanPart.STAKEHOLDERS,
    PlanPart.MONITORING,
    PlanPart.RISKS,
    PlanPart.EVENTS,
)


@dataclass(frozen=True)
class Heading:
    """A heading at a depth of the outline; `anchor` is its id in the page, "" for the top."""

    title: str
    language: str  # the source language's where the text is not translated
    level: int
    anchor: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the contents or the index: a heading of a section, and the folio of its page."""

    section: Section
    heading: Heading
    folio: str
    swatch: str | None
    theme: str | None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.heading.title

    @property
    def title_language(self) -> str:
        """The language of the title."""
        return self.heading.language

    @property
    def level(self) -> int:
        """Its depth, from 1."""
        return self.heading.level

    @property
    def language(self) -> str:
        """The language of the section."""
        return self.section.language

    @property
    def address(self) -> str:
        """What a link to it is written as."""
        address = f"{SCHEME}{self.section.target}/{self.language}"
        return f"{address}#{self.heading.anchor}" if self.heading.anchor else address


@dataclass(frozen=True)
class Listing:
    """The headings of an edition with their pages, in order."""

    entries: tuple[Entry, ...] = ()


class Setting(Protocol):
    """What composing a section looks at: the project, the layout, and what things are called."""

    project: Project
    layout: Layout
    titles: Titles

    def framed(self, placed: PlacedPhoto, frame: str) -> Negative:
        """Return what is made of a photo for a frame of the layout."""
        ...


class Titles:
    """The names of the sections and editions of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def headings(self, section: Section, level: int) -> tuple[Heading, ...]:
        """Return a section's headings, the first at a depth of the outline; none for covers."""
        tag = section.language
        if section.kind in (Kind.PLAN_FRAME, Kind.PLAN_DELIVERY):
            strings = self.project.strings[tag]
            names = _FRAME if section.kind is Kind.PLAN_FRAME else dict.fromkeys(_DELIVERY, "")
            return tuple(
                Heading(_plan_part(strings, part, number), tag, level, str(part))
                for part, number in names.items()
            )
        title = self.title(section)
        return (Heading(title, self._language(section), level),) if title else ()

    def title(self, section: Section) -> str:
        """Return a section's title, "" for the covers of the brochure."""
        strings = self.project.strings[section.language]
        match section.kind:
            case Kind.PRACTICE:
                return self.project.practice_text(section.subject, section.language).title
            case Kind.REGION:
                return self.project.region_name(section.subject, section.language)
            case Kind.PROJECT:
                return self._page_text("project", section.language).title
            case Kind.IMPRINT:
                return str(strings["imprint"]["title"])
            case Kind.CONTENTS | Kind.INDEX:
                return str(strings[str(section.kind)])
            case Kind.PLAN_CONTENTS:
                return str(strings["contents"])
            case Kind.PLAN_COVER | Kind.PLAN_SUMMARY:
                return self.project.plans[section.subject].texts[section.language].title
            case Kind.PLAN_ACTIONS:
                return _plan_part(strings, PlanPart.ACTIONS, "part-3")
            case Kind.PLAN_SIGNATURE:
                return str(strings["plan"][PlanPart.SIGNATURE])
            case Kind.ACTION:
                return self._action_title(section, strings)
            case _:
                return ""

    def _action_title(self, section: Section, strings: Strings) -> str:
        number, action = self.action(section)
        words = strings["plan"]
        title = action.title
        name = words["tbc"] if title == "tbc" else self._words(title, section.language)
        return f"{str(words['action']).replace('{number}', str(number))} – {name}"

    def action(self, section: Section) -> tuple[int, Action]:
        """Return the action that a section is about, and its number from 1."""
        region, _, id_ = section.subject.partition("/")
        actions = enumerate(self.project.plans[region].facts.actions, 1)
        return next((number, action) for number, action in actions if action.id == id_)

    def _words(self, words: dict[str, str], language: str) -> str:
        return self.project.words(words, language)

    def _language(self, section: Section) -> str:
        match section.kind:
            case Kind.PRACTICE:
                return self.project.practice_text(section.subject, section.language).language
            case Kind.PROJECT:
                return self._page_text("project", section.language).language
            case _:
                return section.language

    def entries(self, section: Section, headings: dict[Heading, str]) -> tuple[Entry, ...]:
        """Return a section's lines in contents and index; `headings` come with their folios."""
        practices = self.project.practices
        theme = practices[section.subject].facts.theme if section.kind is Kind.PRACTICE else None
        return tuple(
            Entry(section, heading, folio, self.swatch(section), theme)
            for heading, folio in headings.items()
        )

    def swatch(self, section: Section) -> str | None:
        """Return the name of the region colour that a section is printed in, if any."""
        regions = self.project.regions
        if section.kind is Kind.REGION:
            return regions[section.subject].facts.swatch
        if section.kind is Kind.PRACTICE:
            return regions[self.project.practices[section.subject].facts.region].facts.swatch
        return regions[section.plan].facts.swatch if section.plan else None

    def letter(self, language: str) -> str:
        """Return what stands before the page numbers of a plan that is bound behind practices."""
        return str(self.project.strings[language]["plan"]["folio"])

    def is_draft(self, section: Section) -> bool:
        """Whether a section belongs to a plan that is not approved yet."""
        plan = section.plan
        return plan is not None and self.project.plans[plan].facts.status == "draft"

    def edition_title(self, edition: Edition) -> str:
        """Return what an edition is called on its cover and in its metadata."""
        tag = edition.language
        if edition.practice:
            return self.project.practice_text(edition.practice, tag).title
        title = self.project.words(self.project.facts.title, tag)
        if not edition.region:
            return title
        region = self.project.region_name(edition.region, tag)
        words = self.project.strings[tag]["plan"]
        match edition.holds:
            case "plan":
                return self.project.plans[edition.region].texts[tag].title
            case "plan-summary":
                return f"{self.project.plans[edition.region].texts[tag].title} – {words['summary']}"
            case "region-and-plan":
                return f"{title} – {str(words['with-practices']).replace('{region}', region)}"
            case _:
                return f"{title} – {region}"

    def _page_text(self, page: str, language: str) -> Text:
        return choose(self.project.pages[page], language, self.project.source_language)


def _plan_part(strings: Strings, part: PlanPart, number: str) -> str:
    words = strings["plan"]
    return f"{words[number]} – {words[part]}" if number else str(words[part])
