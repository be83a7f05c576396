"""Typesetting in the order that page numbers ask for.

First every section that names no page; then contents and indexes, with the numbers that follow
from the first; then the pages that fill gaps, and the folios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from brochure.bind.pagination import first_pages
from brochure.build.remarks import report_codes, report_failure, report_remarks
from brochure.cache import Cache, EntryLost
from brochure.diagnostics import Diagnostics, Place
from brochure.editions import NUMBERED, OF_THE_EDITION, Block, Edition, Kind, Part, Section
from brochure.layouts import (
    COMPOSED,
    SCHEME,
    Composed,
    Composer,
    Entry,
    Heading,
    Layout,
    Listing,
    Standing,
)
from brochure.model import Project
from brochure.sources import Source
from brochure.sources.folder import PICTURE_LIMIT
from brochure.typeset import Anchor, Galley, Job, Typesetter, job, key_of, surroundings

FOLIO_SHEET = 32  # pages of a sheet of folios, or a multiple of it
NUMBERING_ROUNDS = 4

K = TypeVar("K")


@dataclass(frozen=True)
class Desk:
    """A project that has been read, with its layout and its plan."""

    project: Project
    layout: Layout
    editions: tuple[Edition, ...]

    def sections(self) -> Iterator[tuple[Section, Edition]]:
        """Yield every section that is to be typeset once, with an edition that holds it."""
        seen = set()
        for edition in self.editions:
            for part in edition.parts:
                slot = slot_of(part.section, edition)
                if slot not in seen:
                    seen.add(slot)
                    yield part.section, edition


@dataclass(frozen=True)
class Gap:
    """A page without a section, to be filled on its side in the colour of what comes before."""

    language: str
    side: str
    swatch: str | None
    format: str
    draft: bool = False


@dataclass(frozen=True)
class Placed:
    """A part or a gap at its place: the number of its first page, as counted in its block.

    `letter` stands before the number; `folios` is the sheet of numbers that is laid over it.
    """

    item: Part | Gap
    number: int
    letter: str
    folios: FolioSheet


@dataclass(frozen=True)
class FolioSheet:
    """A sheet of page numbers: in a language and a format, with a letter, from 1 to `count`."""

    language: str
    count: int
    format: str
    letter: str


# Under which a section's typeset form is found: an edition's own sections by its id.
Slot = tuple[Section, str]


def slot_of(section: Section, edition: Edition) -> Slot:
    """Return the slot of a section in an edition; sections that editions share have one."""
    return section, edition.id if section.kind in OF_THE_EDITION else ""


@dataclass(frozen=True)
class Known:
    """A section that is typeset already, under its key, and that nobody had to compose."""

    key: str
    composed: Standing
    galley: Galley


Composing = Callable[..., Composed | None]
Order = Job | Known | None  # none for what could not be composed


class Proofs:
    """The typeset sections of the editions of one build, and the pages on which they begin."""

    def __init__(
        self,
        desk: Desk,
        editions: list[Edition],
        typesetter: Typesetter,
        found: Diagnostics,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.desk = desk
        self.editions = editions
        self.composer = Composer(desk.project, desk.layout, found)
        self.around = surroundings(source.digest for source in surrounding_files(desk))
        self.made = 0  # typeset now
        self.found = 0  # taken from the cache
        self._typesetter = typesetter
        self._diagnostics = found
        self._progress = progress
        self._galleys: dict[str, Galley] = {}
        self._sections: dict[Slot, str] = {}
        self._gaps: dict[Gap, str] = {}
        self._folios: dict[FolioSheet, str] = {}

    def typeset_sections(self) -> None:
        """Galley every section that names no page numbers."""
        asked: dict[Slot, tuple[Section, Edition, Listing]] = {}
        for edition in self.editions:
            for part in edition.parts:
                if part.section.kind not in NUMBERED:
                    slot = slot_of(part.section, edition)
                    asked.setdefault(slot, (part.section, edition, Listing()))
        wanted: dict[Slot, Order] = {
            slot: self._known(self.composer.section, *each) for slot, each in asked.items()
        }
        new = [slot for slot, order in wanted.items() if order is None]
        self._typesetter.expect(str(section) for section, _ in new)
        for slot in new:
            wanted[slot] = self._composed(self.composer.section, *asked[slot])
        self._sections |= self._made("typesetting", wanted)
        for section, edition_id in wanted:
            if key := self._sections.get((section, edition_id)):
                galley = self._galleys[key]
                report_codes(
                    section, galley, self.desk.project, self.desk.layout, self._diagnostics
                )

    def typeset_contents(self) -> None:
        """Galley contents and indexes with page numbers, again where they moved the pages."""
        pending = {edition.id: edition for edition in self.editions if _numbered(edition)}
        for _ in range(NUMBERING_ROUNDS):
            if self._diagnostics.failed or not pending:
                return
            assumed = {id_: self._listing(edition) for id_, edition in pending.items()}
            wanted = {
                slot_of(part.section, edition): self._section(part.section, edition, assumed[id_])
                for id_, edition in pending.items()
                for part in _numbered(edition)
            }
            self._sections |= self._made("numbering", wanted)
            if self._diagnostics.failed:
                return
            pending = {i: e for i, e in pending.items() if self._listing(e) != assumed[i]}
        for edition in pending.values():
            self._diagnostics.add(
                "layout",
                Place(f"{self.desk.layout.folder}/contents.html.j2"),
                f'the contents of "{edition.id}" grow and shrink with the numbers in them',
                "set the contents so that a longer number makes no longer line",
            )

    def typeset_fillers_and_folios(self) -> None:
        """Galley the pages that fill gaps, and the sheets of folios that are long enough."""
        if self._diagnostics.failed:
            return
        gaps: dict[Gap, Order] = {}
        sheets: dict[FolioSheet, Order] = {}
        for edition in self.editions:
            for placed in self.sequence(edition):
                gap, sheet = placed.item, placed.folios
                if isinstance(gap, Gap) and gap not in gaps:
                    gaps[gap] = self._order(
                        self.composer.filler,
                        gap.language,
                        gap.side,
                        gap.swatch,
                        gap.format,
                        gap.draft,
                    )
                if sheet not in sheets:
                    sheets[sheet] = self._order(
                        self.composer.folios,
                        sheet.language,
                        sheet.count,
                        sheet.format,
                        sheet.letter,
                    )
        self._gaps = self._made("fillers", gaps)
        self._folios = self._made("folios", sheets)

    # What is known when all is typeset.

    def section(self, section: Section, edition: Edition) -> tuple[str, Galley]:
        """Return a section's key and what is known of it."""
        key = self._sections[slot_of(section, edition)]
        return key, self._galleys[key]

    def gap(self, gap: Gap) -> tuple[str, Galley]:
        """Return the page that fills a gap, with its key."""
        return self._gaps[gap], self._galleys[self._gaps[gap]]

    def folios(self, sheet: FolioSheet) -> tuple[str, Galley]:
        """Return a sheet of page numbers, with its key."""
        return self._folios[sheet], self._galleys[self._folios[sheet]]

    def discard_what_is_spoilt(self, cache: Cache) -> None:
        """Take out of the cache what these proofs rely on and what is not there as it was made."""
        for key in self._galleys:
            try:
                cache.content(key)
            except EntryLost:
                cache.discard(key)

    def headings(self, part: Part, edition: Edition) -> list[tuple[Heading, Anchor]]:
        """Return the headings of a part that its pages hold, with their places on them."""
        galley = self._galley(part.section, edition)
        found = []
        for heading in self.composer.titles.headings(part.section, part.level):
            # Contents before their first round have one page, and no anchors yet.
            anchor = galley.anchor(heading.anchor) if galley else Anchor("", 0, 0)
            if anchor:
                found.append((heading, anchor))
        return found

    def targets(self, edition: Edition, kinds: frozenset[Kind]) -> list[str]:
        """Return the sections that an edition's sections of some kinds link to, by link target."""
        found: set[str] = set()
        for part in edition.parts:
            if part.section.kind in kinds:
                found.update(self.section(part.section, edition)[1].links)
        addresses = (link for link in sorted(found) if link.startswith(SCHEME))
        return [address.removeprefix(SCHEME).partition("#")[0] for address in addresses]

    def sequence(self, edition: Edition) -> list[Placed]:
        """Return the parts of an edition at their places, with the gaps between them."""
        return [placed for block in edition.blocks for placed in self._in_block(block, edition)]

    def _in_block(self, block: Block, edition: Edition) -> Iterator[Placed]:
        layout, titles = self.desk.layout, self.composer.titles
        letter = titles.letter(edition.language) if block.lettered else ""
        firsts = self._first_pages(block, edition)
        last = firsts[-1] + self._pages(block.parts[-1].section, edition) - 1
        count = -(-last // FOLIO_SHEET) * FOLIO_SHEET
        draft = any(titles.is_draft(part.section) for part in block.parts)
        following, swatch = 1, None
        for part, first in zip(block.parts, firsts, strict=True):
            format_ = layout.format_of(part.section.kind)
            folios = FolioSheet(edition.language, count, format_, letter)
            for page in range(following, first):
                side = "right" if page % 2 else "left"
                gap = Gap(self.desk.project.source_language, side, swatch, format_, draft)
                yield Placed(gap, page, letter, folios)
            yield Placed(part, first, letter, folios)
            swatch = titles.swatch(part.section) or swatch
            following = first + self._pages(part.section, edition)

    def _first_pages(self, block: Block, edition: Edition) -> list[int]:
        """Return the page on which each part of a block begins, from 1."""
        layout = self.desk.layout
        sizes = [
            (layout.style(part.section.kind).opens, self._pages(part.section, edition))
            for part in block.parts
        ]
        format_ = layout.format(layout.format_of(block.parts[0].section.kind))
        return first_pages(sizes, format_.multiple_of)

    def _galley(self, section: Section, edition: Edition) -> Galley | None:
        key = self._sections.get(slot_of(section, edition))
        return self._galleys[key] if key else None

    def _pages(self, section: Section, edition: Edition) -> int:
        galley = self._galley(section, edition)
        return galley.pages if galley else 1  # contents before their first round

    def _listing(self, edition: Edition) -> Listing:
        entries: list[Entry] = []
        for placed in self.sequence(edition):
            if isinstance(part := placed.item, Part):
                folios = {
                    heading: f"{placed.letter}{placed.number + anchor.page}"
                    for heading, anchor in self.headings(part, edition)
                }
                entries += self.composer.titles.entries(part.section, folios)
        return Listing(tuple(entries))

    def _section(self, section: Section, edition: Edition, listing: Listing) -> Order:
        return self._order(self.composer.section, section, edition, listing)

    def _order(self, compose: Composing, *asked: object) -> Order:
        """Return what is to be typeset: without composing it, where it is typeset already."""
        return self._known(compose, *asked) or self._composed(compose, *asked)

    def _known(self, compose: Composing, *asked: object) -> Known | None:
        standing = self.composer.known(compose, *asked)
        if standing is None:
            return None
        key = key_of(standing.digest, self.around)
        galley = self._typesetter.found(key)
        return Known(key, standing, galley) if galley else None

    def _composed(self, compose: Composing, *asked: object) -> Job | None:
        composed = compose(*asked)
        return job(composed, self.around) if composed else None

    def _made(self, what: str, wanted: Mapping[K, Order]) -> dict[K, str]:
        """Typeset sections; returns the key of each one's typeset form."""
        orders = {slot: order for slot, order in wanted.items() if order}
        known = {order.key: order for order in orders.values() if isinstance(order, Known)}
        jobs = {order.key: order for order in orders.values() if isinstance(order, Job)}
        total, done = len(known | jobs), 0

        def on_done(made: bool) -> None:
            nonlocal done
            done += 1
            self.made, self.found = self.made + made, self.found + (not made)
            self._progress(what, done, total)

        for _ in known:
            on_done(False)
        galleys, failures = self._typesetter.typeset(
            [each for key, each in jobs.items() if key not in known],
            lambda _, made: on_done(made),
            self.composer.negatives,
        )
        galleys |= {key: order.galley for key, order in known.items()}
        self._galleys |= galleys
        for failure in failures:
            report_failure(failure, self._diagnostics)
        for order in orders.values():
            if order.key in galleys:
                report_remarks(order.composed, galleys[order.key], self._diagnostics)
        return {slot: order.key for slot, order in orders.items() if order.key in galleys}


def _numbered(edition: Edition) -> list[Part]:
    return [part for part in edition.parts if part.section.kind in NUMBERED]


def surrounding_files(desk: Desk) -> list[Source]:
    """Return the files that every section may draw on: fonts, and the layout's pictures."""
    folder, layout = desk.project.folder, desk.layout.folder
    assets = [file for file in folder.files_below(layout) if not file.endswith(COMPOSED)]
    return [
        *desk.project.fonts.files,
        *(folder.read(file, PICTURE_LIMIT) for file in assets),
    ]
