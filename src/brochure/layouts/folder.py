"""`layouts/<name>/`: its `layout.yaml`, and the files that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.editions import Kind, Note
from brochure.model import Project
from brochure.model.validation import validated
from brochure.model.words import Line, Sheet, Slug
from brochure.pictures import Frame
from brochure.sources.yaml import Located, read_yaml

# Words that the program itself uses, for outlines, links, metadata and print orders: every layout
# has them.
_OF_A_PLAN = (
    *("folio", "tbc", "summary", "with-practices", "action", "part-1", "part-2", "part-3"),
    *("general", "context", "actions", "timeline", "budget", "stakeholders", "monitoring"),
    *("risks", "events", "signature"),
)
_OF_AN_ORDER = (  # in the order of the page
    *("title", "request", "row", "part"),
    *("publication", "edition", "languages", "publisher", "date"),
    *("product", "copies", "format", "size", "pages"),
    *("cover", "own-cover", "separate-cover", "no-cover"),
    *("printing", "colours", "process", "condition", "ink", "at-most", "bleed", "on-all-sides"),
    *("marks", "with-marks", "fold-marks", "no-marks"),
    *("finish", "paper", "caliper", "mm", "thickness", "spine", "unglued", "binding", "finishing"),
    *("files", "print-file", "print-file-size", "cover-file", "cover-file-size"),
    *("booklet-file", "booklet-file-size", "single-pages", "not-certified"),
)
_WAYS_TO_BIND = ("saddle-stitch", "folded", "perfect", "stapled", "none", "leaf")
USED_BY_THE_PROGRAM: frozenset[tuple[str, ...]] = frozenset(
    {
        *(("imprint", "title"), ("contents",), ("index",)),
        *((str(note),) for note in Note if note),
        *(("plan", key) for key in _OF_A_PLAN),
        *(("print-order", key) for key in _OF_AN_ORDER),
        *(("print-order", "orientations", key) for key in ("portrait", "landscape")),
        *(("print-order", "bindings", key) for key in _WAYS_TO_BIND),
        *(("print-order", "finishings", key) for key in _WAYS_TO_BIND),
    }
)

Opens = Literal["left", "right", "next"]
READABLE = 4.5  # contrast of text, WCAG 2.1, 1.4.3
Percent = Annotated[int, Field(ge=0, le=100)]


class Format(Sheet):
    """The trimmed page and the bleed around it, in mm; a block of its pages is filled to a
    multiple of `multiple_of`."""

    width: Annotated[float, Field(gt=0, le=1000, strict=False)]
    height: Annotated[float, Field(gt=0, le=1000, strict=False)]
    bleed: Annotated[float, Field(ge=3, le=10, strict=False)] = 5
    multiple_of: Annotated[int, Field(ge=1, le=32)] = 4


class Swatch(Sheet):
    """One colour: on screen as sRGB, on paper as a CMYK recipe in per cent."""

    srgb: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
    cmyk: Annotated[list[Percent], Field(min_length=4, max_length=4)]


class FrameSheet(Sheet):
    """Where a photo stands: its width and height in mm, with the bleed, at their largest."""

    width: Annotated[float, Field(gt=0, le=1000, strict=False)]
    height: Annotated[float, Field(gt=0, le=1000, strict=False)]


class SectionStyle(Sheet):
    """On which side a kind of section opens (`next`: on any), in which format (without one, in
    the layout's first), which of its pages carry a folio, and how many pages its text is fitted
    to; without this number it takes as many as it needs."""

    opens: Opens
    format: Slug | None = None
    folio: Literal["every", "after-first", "none"] = "every"
    fits: Annotated[int, Field(ge=1, le=32)] | None = None

    def unnumbered(self, pages: int) -> int:
        """Return how many of a section's first pages carry no folio."""
        return {"every": 0, "after-first": 1, "none": pages}[self.folio]


class LayoutSheet(Sheet):
    """`layout.yaml`."""

    name: Line
    formats: Annotated[dict[Slug, Format], Field(min_length=1)]
    swatches: dict[Slug, Swatch]
    frames: Annotated[dict[Slug, FrameSheet], Field(default_factory=dict)]
    sections: dict[Annotated[Kind, Field(strict=False)], SectionStyle]


@dataclass(frozen=True)
class Layout:
    """A layout that has been read; `folder` is relative to the project."""

    name: str
    folder: str
    sheet: LayoutSheet

    def style(self, kind: Kind) -> SectionStyle:
        """Return how sections of a kind are bound."""
        return self.sheet.sections[kind]

    def format_of(self, kind: Kind) -> str:
        """Return the name of the format that a kind of section is made in."""
        return self.style(kind).format or next(iter(self.sheet.formats))

    def format(self, name: str) -> Format:
        """Return a format by its name."""
        return self.sheet.formats[name]

    def frame(self, name: str) -> Frame:
        """Return a frame for photos by its name; raises KeyError for one that there is not."""
        sheet = self.sheet.frames[name]
        return Frame(sheet.width, sheet.height)


def read_layout(project: Project, found: Diagnostics) -> Layout | None:
    """Return the layout that the project names, or None with diagnostics."""
    name = project.facts.layout
    path = f"layouts/{name}"
    if not project.folder.exists(f"{path}/layout.yaml"):
        found.add(
            "unknown-layout",
            project.located.place("layout"),
            f'there is no layout "{name}", "{path}/layout.yaml" was expected',
            did_you_mean(name, project.folder.folders("layouts")),
        )
        return None
    source = project.folder.read_checked(f"{path}/layout.yaml", found)
    located = read_yaml(source, found) if source else None
    sheet = validated(LayoutSheet, located, found) if located else None
    if sheet is None:
        return None
    for kind in Kind:
        if kind not in sheet.sections:
            found.add(
                "layout",
                Place(f"{path}/layout.yaml"),
                f'"sections" says nothing about "{kind}"',
                f'add a line "{kind}: {{opens: left}}" below "sections"',
            )
            return None
    if located:
        _check_formats(located, sheet, found)
    _check_swatches(project, sheet, found)
    _check_words(project, found)
    return Layout(name, path, sheet)


def _check_formats(located: Located, sheet: LayoutSheet, found: Diagnostics) -> None:
    for kind, style in sheet.sections.items():
        if style.format and style.format not in sheet.formats:
            found.add(
                "layout",
                located.place("sections", kind.value, "format"),
                f'the format "{style.format}" of "{kind}" is none of the "formats"',
                did_you_mean(style.format, sheet.formats),
            )


def _check_swatches(project: Project, sheet: LayoutSheet, found: Diagnostics) -> None:
    # A region is printed in a swatch, its tint and its deep tone.
    names = set(sheet.swatches)
    whole = {name for name in names if {f"{name}-tint", f"{name}-deep"} <= names}
    for id_, region in project.facts.regions.items():
        if region.swatch not in whole:
            found.add(
                "unknown-swatch",
                project.located.place("regions", id_, "swatch"),
                f'the region "{id_}" has the swatch "{region.swatch}", which the layout'
                f' "{project.facts.layout}" does not mix with a tint and a deep tone',
                did_you_mean(region.swatch, whole),
            )
        elif "paper" in names:
            _check_contrast(project, sheet, region.swatch, found)


def _check_contrast(project: Project, sheet: LayoutSheet, name: str, found: Diagnostics) -> None:
    """A region's swatch carries text on paper (WCAG 2.1, 1.4.3: at least 4.5 to 1)."""
    ratio = contrast(sheet.swatches[name].srgb, sheet.swatches["paper"].srgb)
    if ratio < READABLE:
        found.add(
            "low-contrast",
            Place(f"layouts/{project.facts.layout}/layout.yaml"),
            f'the swatch "{name}" has a contrast of {ratio:.1f} to the paper, text needs'
            f" {READABLE} or more",
            'make its "srgb" darker, and its "cmyk" with it',
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two sRGB colours, 1 to 21 (WCAG 2.1, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(srgb: str) -> float:
    """Return the relative luminance of a colour such as `#c8371f` (WCAG 2.1, definition)."""
    parts = (int(srgb[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _check_words(project: Project, found: Diagnostics) -> None:
    """The words that the program uses; that all languages have the same is checked before."""
    strings = project.strings.get(project.source_language)
    if strings is None:
        return  # reported already
    missing = (_missing_in(strings.words, path) for path in USED_BY_THE_PROGRAM)
    for path in {path for path in missing if path}:
        found.add(
            "missing-key",
            Place(strings.source.path),
            f'the word "{".".join(path)}" is missing, which the program needs',
            "add the key, as in the file of another layout",
        )


def _missing_in(words: object, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path as far as the first key that is missing, so that a whole part which a
    layout lacks is one finding; nothing where the words are there."""
    for depth, key in enumerate(path, 1):
        words = words.get(key) if isinstance(words, Mapping) else None
        if words is None:
            return path[:depth]
    return ()
