"""What may stand in each source file, as pydantic models; `brochure schema` writes them out."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from brochure.model.plans import PlanSheet
from brochure.model.words import (
    LanguageTag,
    Line,
    Sheet,
    Slug,
    Web,
    Words,
    Year,
)


class Funding(Sheet):
    """Who pays, and by which visibility rules (EU 821/2014 or 2021/1060) that must be said."""

    programme: Line
    project: Line
    visibility: Literal["2014-20", "2021-27"] = "2021-27"


class Imprint(Sheet):
    """Who publishes, when, and under which licence."""

    publisher: Line
    date: Annotated[datetime.date, Field(strict=False)]
    website: Web | None = None
    licence: Line | None = None


class RegionSheet(Sheet):
    """A region: its name in each language, where it is, its colour in the layout."""

    name: Words
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    nuts: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z0-9]{0,3}$")]
    swatch: Slug


# What to do about a translation: publish nothing, publish with a note on the page, or publish.
Policy = Literal["block", "mark", "use"]


class EditionSheet(Sheet):
    """A family of files: what each holds, for which regions or practices, what it is called."""

    holds: Literal["everything", "region", "practice", "plan", "plan-summary", "region-and-plan"]
    file: Annotated[
        str,
        StringConstraints(
            pattern=r"^[^/\\:*?\"<>|\x00-\x1f][^\\:*?\"<>|\x00-\x1f]*\.pdf$", max_length=150
        ),
    ]
    languages: Annotated[list[LanguageTag], Field(min_length=1)] | None = None
    together: Annotated[list[LanguageTag], Field(min_length=1)] | None = None
    regions: Annotated[list[Slug], Field(min_length=1)] | None = None
    practices: Annotated[list[Slug], Field(min_length=1)] | None = None
    missing: Policy = "mark"
    outdated: Policy = "use"

    def without_effect(self) -> list[str]:
        """Return the keys that say nothing for what these editions hold."""
        idle = {
            "regions": self.regions is not None and self.holds in ("everything", "practice"),
            "practices": self.practices is not None and self.holds != "practice",
            "languages": self.languages is not None and self.together is not None,
            **dict.fromkeys(("missing", "outdated"), self.holds in ("plan", "plan-summary")),
        }
        return [key for key, is_idle in idle.items() if is_idle and key in self.model_fields_set]


class PrintProfile(Sheet):
    """What a print shop or an office printer wants: lengths in mm, ink in per cent of one colour.

    `condition` is the registered name of the printing condition that `profile`, an ICC profile in
    the project, describes. `caliper` is the thickness of a leaf of the paper.
    """

    output: Literal["print", "booklet"]
    bleed: Annotated[float, Field(ge=3, le=5, strict=False)] = 3
    marks: bool = False
    condition: Line = "FOGRA39"
    profile: Line = "icc/ISOcoated_v2_300_bas.icc"
    ink: Annotated[int, Field(ge=200, le=400)] = 300
    paper: Words
    caliper: Annotated[float, Field(gt=0, le=1, strict=False)]
    binding: Literal["saddle-stitch", "perfect", "stapled", "none"] = "saddle-stitch"
    cover: Literal["bound", "separate"] = "bound"


class BrochureSheet(Sheet):
    """`brochure.yaml`: the one configuration file of a project."""

    title: Words
    subtitle: Words = {}
    languages: Annotated[list[LanguageTag], Field(min_length=1)]
    source_language: LanguageTag
    layout: Slug
    funding: Funding
    imprint: Imprint
    themes: dict[Slug, Words]
    regions: dict[Slug, RegionSheet]
    editions: dict[Slug, EditionSheet]
    print: dict[Slug, PrintProfile] = {}


class PlaceSheet(Sheet):
    """Where a practice is at home; coordinates in degrees (WGS 84)."""

    name: Words
    latitude: Annotated[float, Field(ge=-90, le=90, strict=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, strict=False)] | None = None


class Contact(Sheet):
    """Whom to ask, with that person's consent to print it."""

    organisation: Line | None = None
    name: Line | None = None
    email: (
        Annotated[str, StringConstraints(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$")] | None
    ) = None
    telephone: Line | None = None


class Photo(Sheet):
    """A photo in the practice's `photos/`; `focus` is the point kept when cropping, in per cent
    of the width from the left and of the height from the top."""

    file: Line
    credit: Words
    focus: Annotated[
        list[Annotated[int, Field(ge=0, le=100)]], Field(min_length=2, max_length=2)
    ] = [50, 50]


class Transfer(Sheet):
    """Where a practice was taken up: `practice/<slug>` or `region/<id>`, and in which year."""

    to: Annotated[str, StringConstraints(pattern=r"^(?:practice|region)/[a-z0-9-]+$")]
    when: Year | None = None


class PracticeSheet(Sheet):
    """`practice.yaml`: the facts of a good practice, without prose."""

    slug: Slug | None = None
    region: Slug
    place: PlaceSheet | None = None
    organisation: Words
    theme: Slug
    since: Year | None = None
    links: list[Web] = []
    contact: Contact | None = None
    photos: list[Photo] = []
    transfers: list[Transfer] = []
    sources: list[Web] = []


class FigureSheet(Sheet):
    """A large figure pulled from the evidence, written as the language writes numbers."""

    value: Line
    label: Line


TITLE_LIMIT = 100  # characters


class FrontMatter(Sheet):
    """The head of a `<language>.md`: what is said about the text, in its language."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT)]
    summary: Line | None = None
    facts: dict[str, Line] = {}
    figures: Annotated[list[FigureSheet], Field(max_length=2)] = []
    alt: dict[str, Line] = {}
    sources: list[Web] = []
    status: Literal["draft"] | None = None


# What `brochure schema` writes, by file name.
SCHEMAS: dict[str, type[Sheet]] = {
    "brochure": BrochureSheet,
    "practice": PracticeSheet,
    "plan": PlanSheet,
    "text": FrontMatter,
}
