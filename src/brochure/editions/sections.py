"""The types of the plan: sections, parts and blocks that bind them, editions, a user's choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    PLAN_COVER = "plan-cover"
    PLAN_CONTENTS = "plan-contents"
    PLAN_FRAME = "plan-frame"
    PLAN_ACTIONS = "plan-actions"
    ACTION = "action"
    PLAN_DELIVERY = "plan-delivery"
    PLAN_SIGNATURE = "plan-signature"
    PLAN_SUMMARY = "plan-summary"


class Note(StrEnum):
    """What a page says about its translation: the key of the words in a layout's strings."""

    NONE = ""
    NOT_TRANSLATED = "not-translated"
    OUTDATED = "outdated"


# Sections that say what else is in their edition: each edition has its own.
OF_THE_EDITION = frozenset({Kind.COVER, Kind.CONTENTS, Kind.INDEX, Kind.BACK, Kind.PLAN_CONTENTS})
# Sections that name page numbers, so they are typeset when all others are.
NUMBERED = frozenset({Kind.CONTENTS, Kind.INDEX, Kind.PLAN_CONTENTS})
# Sections of a Local Action Plan: they lead to what they name in other files, too.
OF_A_PLAN = frozenset(kind for kind in Kind if kind is Kind.ACTION or kind.startswith("plan-"))


@dataclass(frozen=True, order=True)
class Section:
    """The smallest thing typeset alone, in one language.

    `subject` is a practice's slug, a region's id (of a plan, too), `<region>/<id>` for an action,
    or the edition's id for a section of its own. `note` is what its page says about the
    translation, by the policy of the editions that hold it.
    """

    kind: Kind
    language: str
    subject: str = ""
    note: Note = Note.NONE

    @property
    def target(self) -> str:
        """The name under which links and contents find the section, in any language."""
        if self.kind is Kind.PLAN_COVER:
            return f"plan/{self.subject}"
        named = self.kind in (Kind.REGION, Kind.PRACTICE) or self.kind in OF_A_PLAN
        return f"{self.kind}/{self.subject}" if named else str(self.kind)

    @property
    def plan(self) -> str | None:
        """The region whose plan the section is a part of, if any."""
        of_one = self.kind in OF_A_PLAN and self.kind not in OF_THE_EDITION
        return self.subject.partition("/")[0] if of_one else None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.subject, self.language)))


@dataclass(frozen=True)
class Part:
    """A section bound into an edition; `level` is its depth in the outline, 0 for none."""

    section: Section
    level: int


@dataclass(frozen=True)
class Block:
    """A book block: parts whose pages are counted from 1.

    The numbers of a `lettered` block are printed with a letter, so that they differ from those of
    the block before it.
    """

    parts: tuple[Part, ...]
    lettered: bool = False


class Outlet(StrEnum):
    """What a file is made for."""

    SCREEN = "screen"
    PRINT = "print"
    BOOKLET = "booklet"
    COVER = "cover"  # for print as well: the cover alone, where the profile wants it separate


@dataclass(frozen=True)
class Output:
    """One file of an edition, below `out/`, for a print profile unless it is for the screen."""

    outlet: Outlet
    file: str
    profile: str | None = None


@dataclass(frozen=True)
class Edition:
    """What is published under one name: its screen file `file`, and its other outputs.

    `family` is its key in brochure.yaml.
    """

    id: str
    family: str
    holds: str
    languages: tuple[str, ...]
    file: str
    region: str | None
    practice: str | None
    blocks: tuple[Block, ...]
    outputs: tuple[Output, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its parts in order, of all blocks."""
        return tuple(part for block in self.blocks for part in block.parts)

    @property
    def plan(self) -> str | None:
        """The region whose Local Action Plan is inside, if any."""
        return next((part.section.plan for part in self.parts if part.section.plan), None)

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
    outlets: frozenset[str] = frozenset()

    def picks(self, edition: Edition) -> bool:
        """Whether an edition is asked for: languages narrow, regions and practices name files."""
        if self.languages and self.languages.isdisjoint(edition.languages):
            return False
        if self.families and self.families.isdisjoint({edition.family, edition.id}):
            return False
        if self.regions or self.practices:
            return edition.region in self.regions or edition.practice in self.practices
        return True

    def outputs(self, edition: Edition) -> list[Output]:
        """Return the outputs of an edition that are asked for."""
        return [each for each in edition.outputs if not self.outlets or each.outlet in self.outlets]
