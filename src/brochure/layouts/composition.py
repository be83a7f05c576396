"""The HTML of a section: Jinja templates of the layout over the project's facts and texts.

The text that composing gives is the key under which the typeset section is cached. Pictures and
other files are named with their digest for that reason.
"""

from __future__ import annotations

import hashlib
import re
import traceback
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar, cast
from urllib.parse import quote

import jinja2
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.editions import Edition, Kind, Section
from brochure.layouts.folder import Layout
from brochure.layouts.resolution import report_resolution
from brochure.layouts.standing import Standing, StandingSections
from brochure.layouts.titles import Listing, Titles
from brochure.layouts.views import VIEWS, common_view, is_in_layout
from brochure.model import PlacedPhoto, Project, consulting
from brochure.pictures import PHOTO, Negative, Print, negative
from brochure.sources import Folder
from brochure.sources.folder import decoded

SWATCHES = "swatches.css.j2"
TEMPLATE_ENDING = ".html.j2"
SETTINGS = ("dense", "roomy")  # a style sheet for each, beside the one of the kind of section
FILLER, FOLIOS = "filler", "folios"

_NAMED = re.compile(r"var\(\s*--([\w-]+)")  # custom properties in use
_DECLARATION = re.compile(r"\s*--([\w-]+):[^;{}]*;\s*")
_PHOTO = re.compile(re.escape(PHOTO) + r"([0-9a-f]{64})")


@dataclass(frozen=True)
class Style:
    """A style sheet of the layout: its file and its text."""

    file: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Fit:
    """The pages that a section's text is to fill, the style sheets of its other settings, and the
    file that holds the text, "" where it is not known."""

    pages: int
    dense: Style | None
    roomy: Style | None
    text: str = ""

    @property
    def settings(self) -> tuple[Style, ...]:
        """The style sheets that there are."""
        return tuple(style for style in (self.dense, self.roomy) if style)


@dataclass(frozen=True)
class Composed:
    """A section ready for typesetting: an HTML document, and the style sheets for it.

    The HTML is packed: thousands of sections may wait for their turn, and most of each is as in
    the others. `photos` are the developed photos that the document shows. Fonts and the layout's
    pictures are not listed: every section may draw on all of them.
    """

    name: str
    template: str
    packed: bytes = field(repr=False)
    styles: tuple[Style, ...] = field(repr=False)
    tagged: bool = True
    photos: tuple[Print, ...] = ()
    fit: Fit | None = None

    @property
    def html(self) -> str:
        """The document."""
        return zlib.decompress(self.packed).decode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in it."""
        parts = [self.html, *(style.text for style in self.styles), str(self.tagged)]
        if self.fit:
            settings = (style.text if style else "" for style in (self.fit.dense, self.fit.roomy))
            parts += [str(self.fit.pages), *settings, self.fit.text]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def packed(html: str) -> bytes:
    """Return a document as it waits in a composed section."""
    return zlib.compress(html.encode(), level=1)


C = TypeVar("C", bound=Callable[..., Composed | None])


def _stands(compose: C) -> C:
    """Keep what a method of the composer composed as standing, if nothing was found meanwhile."""

    @wraps(compose)
    def composed_and_kept(self: Composer, *asked: object) -> Composed | None:
        before = self.found.told
        with consulting() as folders:
            composed = compose(self, *asked)
        if composed and self.found.told == before:
            kept = Standing(composed.name, composed.template, composed.digest)
            self.standing.put((compose.__name__, *asked), folders, kept)
        return composed

    return cast(C, composed_and_kept)


class Composer:
    """Composes the sections of one project in one layout."""

    def __init__(self, project: Project, layout: Layout, found: Diagnostics) -> None:
        self.project = project
        self.layout = layout
        self.found = found
        self._environment = _environment(project.folder, layout, found)
        self.titles = Titles(project)
        self._styles: dict[tuple[str, str], tuple[Style, ...]] = {}
        self.negatives: dict[str, Negative] = {}  # what sections show, by key
        self._settings: dict[str, list[Style | None]] = {}
        self._swatches: dict[tuple[Style, frozenset[str]], Style] = {}
        self._named: dict[Style, frozenset[str]] = {}

    @cached_property
    def standing(self) -> StandingSections:
        """The sections that need not be composed again."""
        return StandingSections(self.project, self.layout)

    def known(self, compose: Callable[..., Composed | None], *asked: object) -> Standing | None:
        """Return what one of the methods below would compose, if that is known from before."""
        return self.standing.find((compose.__name__, *asked))

    @_stands
    def section(self, section: Section, edition: Edition, listing: Listing) -> Composed | None:
        """Return a section composed; `edition` and `listing` serve the sections of an edition."""
        view = {"section": section, **VIEWS[section.kind](self, section, edition, listing)}
        format_ = self.layout.format_of(section.kind)
        fit = self._fit(section.kind, view)
        return self._render(section.kind, section.language, str(section), format_, view, fit)

    @_stands
    def filler(
        self, language: str, side: str, swatch: str | None, format_: str, draft: bool = False
    ) -> Composed | None:
        """Return the page of a format that fills a gap on the left or on the right."""
        view = {"side": side, "accent": swatch, "draft": draft}
        return self._render(FILLER, language, f"{FILLER} {side} {language}", format_, view)

    @_stands
    def folios(self, language: str, count: int, format_: str, letter: str = "") -> Composed | None:
        """Return the sheet of folios 1 to `count`, one page each, to be laid over pages."""
        numbers = [f"{letter}{number}" for number in range(1, count + 1)]
        view = {"numbers": numbers, "accent": None}
        composed = self._render(FOLIOS, language, f"{FOLIOS} {language}", format_, view)
        return composed and replace(composed, tagged=False)

    def document(
        self, template: str, language: str, name: str, format_: str, view: Mapping[str, Any]
    ) -> Composed | None:
        """Return a document that is no section of an edition, composed from a template."""
        return self._render(template, language, name, format_, view)

    def _render(
        self,
        template: str,
        language: str,
        name: str,
        format_: str,
        view: Mapping[str, Any],
        fit: Fit | None = None,
    ) -> Composed | None:
        path = f"{template}{TEMPLATE_ENDING}"
        view = {**common_view(self, language), **view}
        try:
            html = self._environment.get_template(path).render(**view)
            settings = fit.settings if fit else ()
            sheets = self._with_used_swatches(html, self._sheets(template, format_), settings)
            photos = self._photos_named_in(html)
            file = f"{self.layout.folder}/{path}"
            return Composed(name, file, packed(html), sheets, photos=photos, fit=fit)
        except Exception as error:  # a template is a program: it may raise anything
            self._report(error, path)
            return None

    def _fit(self, kind: Kind, view: Mapping[str, Any]) -> Fit | None:
        """Return how a section is fitted, None where its kind takes as many pages as it needs."""
        pages = self.layout.style(kind).fits
        if pages is None:
            return None
        if kind not in self._settings:
            paths = (f"{self.layout.folder}/{kind}-{name}.css" for name in SETTINGS)
            there = self.project.folder.exists
            self._settings[kind] = [self._style(path) if there(path) else None for path in paths]
        dense, roomy = self._settings[kind]
        text = view["practice"].text if "practice" in view else view.get("text")
        return Fit(pages, dense, roomy, text.file if text else "")

    def framed(self, placed: PlacedPhoto, frame: str) -> Negative:
        """Return what is made of a photo for a frame of the layout.

        Raises `TemplateRuntimeError` for a frame that the layout does not have.
        """
        if frame not in self.layout.sheet.frames:
            known = did_you_mean(frame, self.layout.sheet.frames)
            raise jinja2.TemplateRuntimeError(f'layout.yaml has no frame "{frame}", {known}')
        place = self.layout.frame(frame)
        made = negative(placed.picture, place, placed.photo.focus)
        if not made.is_drawing:
            report_resolution(placed, made.crop, place, self.found)
        return self.negatives.setdefault(made.key, made)

    def _photos_named_in(self, html: str) -> tuple[Print, ...]:
        """Return the photos that a document shows, by the keys in it."""
        keys = sorted(set(_PHOTO.findall(html)))
        return tuple(self.negatives[key].print for key in keys if key in self.negatives)

    def _sheets(self, template: str, format_: str) -> tuple[Style, ...]:
        """Return the layout's style sheets for a template: swatches, base, format, its own."""
        if (template, format_) not in self._styles:
            swatches = self._environment.get_template(SWATCHES).render(
                swatches=self.layout.sheet.swatches, format=self.layout.format(format_)
            )
            files = [f"{self.layout.folder}/{name}.css" for name in ("base", format_, template)]
            sheets = [self._style(file) for file in files if self.project.folder.exists(file)]
            first = Style(f"{self.layout.folder}/{SWATCHES}", swatches)
            self._styles[template, format_] = (first, *sheets)
        return self._styles[template, format_]

    def _with_used_swatches(
        self, html: str, sheets: tuple[Style, ...], settings: tuple[Style, ...]
    ) -> tuple[Style, ...]:
        """Return the style sheets of a section without the swatches that nothing in it names.

        So another recipe for a colour is no reason to typeset what is not in this colour.
        """
        first, *others = sheets
        used = set(_NAMED.findall(html))
        used.update(name for sheet in (*sheets, *settings) for name in self._named_in(sheet))
        key = (first, frozenset(used & self.layout.sheet.swatches.keys()))
        if key not in self._swatches:
            unused = self.layout.sheet.swatches.keys() - used
            lines = first.text.splitlines(keepends=True)
            text = "".join(line for line in lines if _declared(line) not in unused)
            self._swatches[key] = Style(first.file, text)
        return (self._swatches[key], *others)

    def _named_in(self, sheet: Style) -> frozenset[str]:
        if sheet not in self._named:
            self._named[sheet] = frozenset(_NAMED.findall(sheet.text))
        return self._named[sheet]

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


def _declared(line: str) -> str:
    """Return the custom property that a line of a style sheet declares and nothing else, or ""."""
    found = _DECLARATION.fullmatch(line)
    return found[1] if found else ""


def _environment(folder: Folder, layout: Layout, found: Diagnostics) -> jinja2.Environment:
    """Return an environment that reads the layout's folder only and runs no code of its own."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = f"{layout.folder}/{name}"
        if not is_in_layout(folder, path):
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
        bytecode_cache=_compiled,
    )
    environment.filters |= {"data_uri": _data_uri, "seeded": seeded, "html": Markup}
    return environment


class _Compiled(jinja2.BytecodeCache):
    """Templates compiled in this process: compiling all of a layout takes as long as a section.

    In memory only. Whatever reads compiled code from a file runs what somebody has put there.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was compiled from the same template."""
        if known := self._known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; the last of each template is enough."""
        self._known = {key: code for key, code in self._known.items() if key[0] != bucket.key}
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_compiled = _Compiled()


@lru_cache(maxsize=1024)
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
