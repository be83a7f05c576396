"""What each kind of section gives to its template: plain values, in the section's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jinja2

from brochure.editions import Edition, Kind, Section, filled_regions
from brochure.languages import Language, choose, funding_statement
from brochure.layouts.plan_views import PLAN_VIEWS
from brochure.layouts.titles import Listing, Setting
from brochure.model import PlacedPhoto, Text
from brochure.model.sheets import PracticeSheet
from brochure.sources import Folder, Source

if TYPE_CHECKING:
    from brochure.maps import LocatorMap

DIGEST_MARK = "?sha256="  # behind the path of a picture: with it, a change changes the HTML


def is_in_layout(folder: Folder, path: str) -> bool:
    """Whether a path names a file of a layout, and leads nowhere else."""
    return ".." not in path.split("/") and folder.exists(path)


def mark_of(source: Source) -> str:
    """Return what stands behind `DIGEST_MARK` in the address of a picture."""
    return source.digest[:16]


def common_view(setting: Setting, language: str) -> dict[str, Any]:
    """Return what every template gets."""
    project = setting.project
    tag = Language(language)

    def words(value: Mapping[str, str]) -> str:
        found = tag.printed(project.words(value, language))
        # Also where a plan has "tbc" in place of a name.
        return str(project.strings[language]["plan"]["tbc"]) if found == "tbc" else found

    def practice(slug: str) -> PracticeView:
        return PracticeView(setting, project.practices[slug].slug, language)

    def asset(name: str) -> str:
        path = f"{setting.layout.folder}/{name}"
        if not is_in_layout(project.folder, path):
            raise jinja2.TemplateNotFound(name)
        source = project.folder.read(path)
        return f"{source.path}{DIGEST_MARK}{mark_of(source)}"

    return {
        "language": language,
        "draft": False,
        "direction": tag.direction,
        "strings": project.strings[language].words,
        "facts": project.facts,
        "cofunding": funding_statement(language),
        "swatches": setting.layout.sheet.swatches,
        "words": words,
        "practice_of": practice,
        "practices_of": lambda slugs: [practice(slug) for slug in slugs],
        "region_name": lambda region: project.region_name(region, language),
        "theme_name": lambda theme: words(project.facts.themes[theme]),
        "language_name": lambda other: Language(other).name_in(language),
        "own_name": lambda other: Language(other).name_in(other),
        "date": tag.date(project.facts.imprint.date),
        "dated": tag.dated,
        "days": tag.days,
        "quarter": lambda each: tag.quarter(each.year, each.number),
        "numeral": tag.number,
        "euros": tag.euros,
        "territory": tag.territory,
        "asset": asset,
        "spaced": tag.printed,
    }


@dataclass(frozen=True)
class PracticeView:
    """A practice for a template. Its text is looked up when it is asked for: a mosaic of all
    practices does not depend on their texts."""

    _setting: Setting = field(repr=False)  # with this name it is out of reach for templates
    slug: str
    language: str

    @property
    def facts(self) -> PracticeSheet:
        """What is in `practice.yaml`."""
        return self._setting.project.practices[self.slug].facts

    @property
    def text(self) -> Text:
        """The text in the section's language, or in the source language."""
        return self._setting.project.practice_text(self.slug, self.language)

    @property
    def swatch(self) -> str:
        """The name of the region's colour."""
        return self._setting.project.regions[self.facts.region].facts.swatch

    @property
    def photo(self) -> dict[str, Any] | None:
        """The first photo, if there is one."""
        photos = self._setting.project.practices[self.slug].photos
        return _photo_view(self._setting, photos[0], self.text) if photos else None


def _photo_view(setting: Setting, placed: PlacedPhoto, text: Text) -> dict[str, Any]:
    def in_frame(frame: str) -> dict[str, Any]:
        negative = setting.framed(placed, frame)
        return {"address": negative.print.address, "focus": negative.focus}

    return {
        "alt": text.alt[placed.photo.file],
        "credit": placed.photo.credit,
        "in_frame": in_frame,
    }


def _note(c: Setting, s: Section) -> str:
    """Return what the page says about its translation, "" for nothing."""
    if not s.note:
        return ""
    tag = Language(s.language)
    original = Language(c.project.source_language).name_in(s.language)
    words = str(c.project.strings[s.language][s.note])
    return tag.printed(words.replace("{language}", original))


View = dict[str, Any]
Viewer = Callable[[Setting, Section, Edition, Listing], View]


def _practice_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    uptakes = c.project.uptakes
    return {
        "practice": PracticeView(c, s.subject, s.language),
        "accent": c.titles.swatch(s),
        "taken_up_by": [u for u in uptakes if u.origin == s.subject],
        "taken_up_from": [u for u in uptakes if u.heir == s.subject],
        "note": _note(c, s),
    }


def _region_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    region = c.project.regions[s.subject]
    texts = region.texts
    return {
        "region": region,
        "text": choose(texts, s.language, c.project.source_language) if texts else None,
        "accent": c.titles.swatch(s),
        "native": c.project.native_practices(s.subject),
        "adopted": c.project.adopted_practices(s.subject),
        "map": lambda width, height, size: _map(c, s, width, height, size),
        "note": _note(c, s),
    }


def _map(c: Setting, s: Section, width: float, height: float, size: float) -> LocatorMap | None:
    """Return the map of a region, none where no practice of it has a place with coordinates."""
    project, tag = c.project, Language(s.language)
    practices = (project.practices[slug] for slug in project.native_practices(s.subject))
    places = [practice.facts.place for practice in practices]
    found = [
        (place.name, place.latitude, place.longitude)
        for place in places
        if place and place.latitude is not None and place.longitude is not None
    ]
    if not found:
        return None
    from brochure.maps import Spot, locator  # only a layout that draws maps reads the countries

    spots = [Spot(tag.printed(project.words(name, s.language)), y, x) for name, y, x in found]
    return locator(project.regions[s.subject].facts.country, spots, width, height, size)


def _project_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    return {
        "text": choose(c.project.pages["project"], s.language, c.project.source_language),
        "accent": None,
        "note": _note(c, s),
    }


def _edition_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    region = e.region or (c.project.practices[e.practice].facts.region if e.practice else None)
    return {
        "edition": e,
        "region": region,
        "accent": c.project.regions[region].facts.swatch if region else None,
        "entries": [entry for entry in listing.entries if entry.level],
    }


def _index_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    tag = Language(s.language)
    practices = [entry for entry in listing.entries if entry.theme]
    themes = sorted(
        {entry.theme for entry in practices if entry.theme},
        key=lambda theme: tag.sort_key(c.project.words(c.project.facts.themes[theme], s.language)),
    )
    groups = {
        theme: sorted(
            (entry for entry in practices if entry.theme == theme),
            key=lambda entry: tag.sort_key(entry.title),
        )
        for theme in themes
    }
    return {"groups": groups, "accent": None}


def _imprint_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    return {"accent": None, "regions": filled_regions(c.project)}


VIEWS: dict[Kind, Viewer] = {
    Kind.COVER: _edition_section,
    Kind.IMPRINT: _imprint_section,
    Kind.CONTENTS: _edition_section,
    Kind.PROJECT: _project_section,
    Kind.REGION: _region_section,
    Kind.PRACTICE: _practice_section,
    Kind.INDEX: _index_section,
    Kind.BACK: _edition_section,
    **PLAN_VIEWS,
}
