"""The HTML of a section: Jinja templates of the layout over the project's facts and texts.

Composing is fast, so it always happens; the text it gives is the key under which the typeset
section is cached. Pictures and other files are named with their digest for that reason.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from brochure.diagnostics import Diagnostics, Place
from brochure.editions import Edition, Kind, Section, filled_regions
from brochure.languages import Language, choose
from brochure.layouts.folder import Layout
from brochure.model import PlacedPhoto, Project, Text
from brochure.sources import Folder
from brochure.sources.folder import decoded

SWATCHES = "swatches.css.j2"
TEMPLATE_ENDING = ".html.j2"
FILLER, FOLIOS = "filler", "folios"


@dataclass(frozen=True)
class Style:
    """A style sheet of the layout: its file and its text."""

    file: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Composed:
    """A section ready for typesetting: an HTML document, and the style sheets for it."""

    name: str
    template: str
    html: str = field(repr=False)
    styles: tuple[Style, ...] = field(repr=False)
    tagged: bool = True

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in it."""
        parts = (self.html, *(style.text for style in self.styles), str(self.tagged))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A line of the contents or the index: a section and the folio of its first page."""

    section: Section
    title: str
    title_language: str  # the source language's where the text is not translated
    level: int
    folio: int
    swatch: str | None
    theme: str | None

    @property
    def language(self) -> str:
        """The language of the section."""
        return self.section.language


@dataclass(frozen=True)
class Listing:
    """The sections of an edition with their first pages, in order."""

    entries: tuple[Entry, ...] = ()


class Composer:
    """Composes the sections of one project in one layout."""

    def __init__(self, project: Project, layout: Layout, found: Diagnostics) -> None:
        self.project = project
        self.layout = layout
        self.found = found
        self._environment = _environment(project.folder, layout, found)
        self._styles: dict[str, tuple[Style, ...]] = {}

    def section(self, section: Section, edition: Edition, listing: Listing) -> Composed | None:
        """Return a section composed; `edition` and `listing` serve the sections of an edition."""
        view = {"section": section, **_VIEWS[section.kind](self, section, edition, listing)}
        return self._render(section.kind, section.language, str(section), view)

    def filler(self, language: str, side: str, swatch: str | None) -> Composed | None:
        """Return the page that fills a gap on the left or on the right."""
        view = {"side": side, "accent": swatch}
        return self._render(FILLER, language, f"{FILLER} {side} {language}", view)

    def folios(self, language: str, count: int) -> Composed | None:
        """Return the sheet of folios 1 to `count`, one page each, to be laid over pages."""
        view = {"numbers": range(1, count + 1), "accent": None}
        composed = self._render(FOLIOS, language, f"{FOLIOS} {language}", view)
        return composed and replace(composed, tagged=False)

    def title(self, section: Section) -> str:
        """Return a section's title for contents and outline, "" for the covers."""
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
            case _:
                return ""

    def entry(self, section: Section, level: int, folio: int) -> Entry:
        """Return a section's line in contents and index."""
        practices = self.project.practices
        return Entry(
            section=section,
            title=self.title(section),
            title_language=self._title_language(section),
            level=level,
            folio=folio,
            swatch=self.swatch(section),
            theme=practices[section.subject].facts.theme if section.kind is Kind.PRACTICE else None,
        )

    def _title_language(self, section: Section) -> str:
        match section.kind:
            case Kind.PRACTICE:
                return self.project.practice_text(section.subject, section.language).language
            case Kind.PROJECT:
                return self._page_text("project", section.language).language
            case _:
                return section.language

    def swatch(self, section: Section) -> str | None:
        """Return the name of the region colour that a section is printed in, if any."""
        regions = self.project.regions
        if section.kind is Kind.REGION:
            return regions[section.subject].facts.swatch
        if section.kind is Kind.PRACTICE:
            return regions[self.project.practices[section.subject].facts.region].facts.swatch
        return None

    def edition_title(self, edition: Edition) -> str:
        """Return what an edition is called on its cover and in its metadata."""
        if edition.practice:
            return self.project.practice_text(edition.practice, edition.language).title
        title = self.project.words(self.project.facts.title, edition.language)
        if edition.region:
            return f"{title} – {self.project.region_name(edition.region, edition.language)}"
        return title

    def _page_text(self, page: str, language: str) -> Text:
        return choose(self.project.pages[page], language, self.project.source_language)

    def _render(
        self, template: str, language: str, name: str, view: Mapping[str, Any]
    ) -> Composed | None:
        path = f"{template}{TEMPLATE_ENDING}"
        view = {**_common_view(self, language), **view}
        try:
            html = self._environment.get_template(path).render(**view)
            return Composed(name, f"{self.layout.folder}/{path}", html, self._sheets(template))
        except Exception as error:  # a template is a program: it may raise anything
            self._report(error, path)
            return None

    def _sheets(self, template: str) -> tuple[Style, ...]:
        """Return the layout's style sheets for a template: swatches, base, and its own."""
        if template not in self._styles:
            swatches = self._environment.get_template(SWATCHES).render(
                swatches=self.layout.sheet.swatches, format=self.layout.sheet.format
            )
            files = [f"{self.layout.folder}/{name}.css" for name in ("base", template)]
            sheets = [self._style(file) for file in files if self.project.folder.exists(file)]
            first = Style(f"{self.layout.folder}/{SWATCHES}", swatches)
            self._styles[template] = (first, *sheets)
        return self._styles[template]

    def _style(self, file: str) -> Style:
        source = self.project.folder.read_checked(file, self.found)
        return Style(file, source.content.decode("utf-8", "replace") if source else "")

    def _report(self, error: Exception, path: str) -> None:
        place = Place(f"{self.layout.folder}/{path}")
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.endswith(".j2"):
                place = Place(frame.filename, frame.lineno or 0)
        if isinstance(error, jinja2.TemplateNotFound):
            message = f'the layout has no file "{error.name}" that can be read'
            self.found.add("layout", place, message, "add the file, or correct its name")
            return
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = Place(error.filename or place.file, error.lineno)
        message = str(getattr(error, "message", error) or type(error).__name__)
        if isinstance(error, RecursionError):
            message = "it calls itself without end"
        message = " ".join(message.replace("'", '"').rstrip(".").split())
        self.found.add("layout", place, f"the template fails: {message}", "correct the template")


def _environment(folder: Folder, layout: Layout, found: Diagnostics) -> jinja2.Environment:
    """Return an environment that reads the layout's folder only and runs no code of its own."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = f"{layout.folder}/{name}"
        if not _is_in_layout(folder, path):
            return None
        source = folder.read_checked(path, found)
        text = decoded(source, found) if source else None
        # With its path, so that a mistake is located; and never read a second time.
        return None if text is None else (text, path, lambda: True)

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"data_uri": _data_uri, "seeded": seeded, "html": Markup}
    return environment


def _is_in_layout(folder: Folder, path: str) -> bool:
    return ".." not in path.split("/") and folder.exists(path)


def _data_uri(svg: str) -> Markup:
    return Markup("data:image/svg+xml," + quote(str(svg), safe="/:=()'-_.,;* "))


def seeded(seed: str, count: int, choices: int) -> list[int]:
    """Return `count` numbers from 0 to `choices` - 1 that look random and depend on `seed` only.

    SHA-256 in counter mode: the same for ever, on every machine.
    """
    numbers: list[int] = []
    block = 0
    while len(numbers) < count:
        digest = hashlib.sha256(f"{seed}/{block}".encode()).digest()
        numbers += [byte % choices for byte in digest]
        block += 1
    return numbers[:count]


def _common_view(composer: Composer, language: str) -> dict[str, Any]:
    project = composer.project
    tag = Language(language)

    def words(value: Mapping[str, str]) -> str:
        return tag.set_spaces(project.words(value, language))

    def practice(slug: str) -> dict[str, Any]:
        return _practice_view(composer, slug, language)

    def asset(name: str) -> str:
        path = f"{composer.layout.folder}/{name}"
        if not _is_in_layout(project.folder, path):
            raise jinja2.TemplateNotFound(name)
        source = project.folder.read(path)
        return f"{source.path}?sha256={source.digest[:16]}"

    return {
        "language": language,
        "direction": tag.direction,
        "strings": project.strings[language].words,
        "facts": project.facts,
        "swatches": composer.layout.sheet.swatches,
        "words": words,
        "practice_of": practice,
        "practices_of": lambda slugs: [practice(slug) for slug in slugs],
        "region_name": lambda region: project.region_name(region, language),
        "theme_name": lambda theme: words(project.facts.themes[theme]),
        "language_name": lambda other: Language(other).name_in(language),
        "own_name": lambda other: Language(other).name_in(other),
        "date": tag.date(project.facts.imprint.date),
        "asset": asset,
        "spaced": tag.set_spaces,
    }


def _practice_view(composer: Composer, slug: str, language: str) -> dict[str, Any]:
    project = composer.project
    practice = project.practices[slug]
    return {
        "slug": slug,
        "facts": practice.facts,
        "text": project.practice_text(slug, language),
        "swatch": project.regions[practice.facts.region].facts.swatch,
        "photo": _photo_view(practice.photos[0], project.practice_text(slug, language))
        if practice.photos
        else None,
    }


def _photo_view(placed: PlacedPhoto, text: Text) -> dict[str, Any]:
    source = placed.picture.source
    return {
        "address": f"{quote(source.path)}?sha256={source.digest[:16]}",
        "alt": text.alt[placed.photo.file],
        "credit": placed.photo.credit,
        "focus": placed.photo.focus,
    }


View = dict[str, Any]
Viewer = Callable[[Composer, Section, Edition, Listing], View]


def _practice_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
    uptakes = c.project.uptakes
    return {
        "practice": _practice_view(c, s.subject, s.language),
        "accent": c.swatch(s),
        "taken_up_by": [u for u in uptakes if u.origin == s.subject],
        "taken_up_from": [u for u in uptakes if u.heir == s.subject],
    }


def _region_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
    region = c.project.regions[s.subject]
    texts = region.texts
    return {
        "region": region,
        "text": choose(texts, s.language, c.project.source_language) if texts else None,
        "accent": c.swatch(s),
        "native": c.project.native_practices(s.subject),
        "adopted": c.project.adopted_practices(s.subject),
    }


def _project_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
    return {"text": c._page_text("project", s.language), "accent": None}


def _edition_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
    region = e.region or (c.project.practices[e.practice].facts.region if e.practice else None)
    return {
        "edition": e,
        "region": region,
        "accent": c.project.regions[region].facts.swatch if region else None,
        "entries": [entry for entry in listing.entries if entry.level],
    }


def _index_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
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


def _imprint_section(c: Composer, s: Section, e: Edition, listing: Listing) -> View:
    return {"accent": None, "regions": filled_regions(c.project)}


_VIEWS: dict[Kind, Viewer] = {
    Kind.COVER: _edition_section,
    Kind.IMPRINT: _imprint_section,
    Kind.CONTENTS: _edition_section,
    Kind.PROJECT: _project_section,
    Kind.REGION: _region_section,
    Kind.PRACTICE: _practice_section,
    Kind.INDEX: _index_section,
    Kind.BACK: _edition_section,
}
