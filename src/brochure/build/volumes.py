"""Volumes: which leaves make an edition, under which key, and the finished bytes."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf

from brochure import bind, finish, pictures
from brochure.bind.binding import Binder, Bookmark, FolioPages, Leaf, OtherFile, Volume
from brochure.bind.metadata import Metadata
from brochure.build.proofs import Desk, Gap, Placed, Proofs
from brochure.diagnostics import Diagnostics, Place
from brochure.editions import OF_A_PLAN, Edition, Outlet, Output
from brochure.model.sheets import PrintProfile
from brochure.publish import Published, digest_of
from brochure.sources import Source

if TYPE_CHECKING:
    from brochure.finish.colour import PressColours

SRGB_PROFILE = "icc/sRGB2014.icc"
PROFILE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Order:
    """Everything that makes one file; the same key gives the same bytes.

    `elsewhere` are other files, by what links to them are called.
    """

    edition: Edition
    output: Output
    leaves: tuple[Leaf, ...]
    elsewhere: Mapping[str, OtherFile]
    metadata: Metadata
    key: str

    def entry(self, content: bytes, pages: int) -> Published:
        """Return the manifest's entry of the finished file."""
        return Published(
            file=self.output.file,
            edition=self.edition.id,
            output=str(self.output.outlet),
            title=self.metadata.title,
            languages=self.edition.languages,
            pages=pages,
            bytes=len(content),
            sha256=digest_of(content),
            key=self.key,
        )


class Volumes:
    """Makes the files of one build."""

    def __init__(
        self,
        desk: Desk,
        proofs: Proofs,
        producer: str,
        profiles: Mapping[str, Source],
        found: Diagnostics,
    ) -> None:
        self._desk, self._proofs, self._producer = desk, proofs, producer
        self._profiles, self._found = profiles, found
        self._binder = Binder(desk.project.fonts)
        self._colours: dict[str, PressColours] = {}
        self._files: dict[tuple[str, str], list[Edition]] = {}
        for edition in desk.editions:
            key = (edition.holds, edition.practice or edition.region or "")
            self._files.setdefault(key, []).append(edition)

    @classmethod
    def prepare(
        cls, desk: Desk, proofs: Proofs, producer: str, found: Diagnostics
    ) -> Volumes | None:
        """Return the maker of files, or None with a diagnostic when a profile is missing."""
        printed = [each.profile for each in desk.project.facts.print.values()]
        read = {
            path: desk.project.folder.read_checked(path, found, PROFILE_LIMIT)
            for path in dict.fromkeys([SRGB_PROFILE, *printed])
        }
        profiles = {path: source for path, source in read.items() if source}
        whole = len(profiles) == len(read)
        return cls(desk, proofs, producer, profiles, found) if whole else None

    def orders(self, edition: Edition, outputs: Iterable[Output]) -> Iterator[Order]:
        """Yield what makes each of an edition's files: all have the same pages."""
        leaves = tuple(self._leaf(placed, edition) for placed in self._proofs.sequence(edition))
        elsewhere = self._elsewhere(edition)
        metadata = self._metadata(edition)
        for output in outputs:
            key = _key(leaves, elsewhere, metadata, self._finishing(output))
            yield Order(edition, output, leaves, elsewhere, metadata, key)

    def _finishing(self, output: Output) -> list[str]:
        """Return what an output depends on beside its pages."""
        parts = [str(output.outlet), self._profiles[SRGB_PROFILE].digest]
        if output.profile:
            profile = self._desk.project.facts.print[output.profile]
            parts += [repr(profile), self._profiles[profile.profile].digest]
        if output.outlet in (Outlet.PRINT, Outlet.COVER):
            parts += [repr(sorted(self._recipes().items()))]
        return parts

    def make(self, order: Order) -> tuple[bytes, int]:
        """Return the finished file and its number of pages."""
        volume = self._binder.bind(list(order.leaves), order.elsewhere)
        return _MAKERS[order.output.outlet](self, order, volume)

    def _screen(self, order: Order, volume: Volume) -> tuple[bytes, int]:
        srgb = self._profiles[SRGB_PROFILE].content
        return finish.screen(volume, order.metadata, srgb), volume.pages

    def _press(self, order: Order, volume: Volume) -> tuple[bytes, int]:
        from brochure.finish.press import Intent, press

        profile = self._desk.project.facts.print[order.output.profile or ""]
        content = self._profiles[profile.profile].content
        face = self._face() if profile.marks else None
        intent = Intent(profile.condition, content, profile.bleed, face)
        colours = self._press_colours(profile.profile)
        made, mixed = press(volume, order.metadata, intent, colours, order.key)
        for colour in mixed:
            self._found.add(
                "colour-without-recipe",
                Place(f"{self._desk.layout.folder}/layout.yaml"),
                f'the colour "{colour}" is no swatch, so it is printed as the profile mixes it',
                'use a swatch in its place, or add one with its recipe below "swatches"',
            )
        if not self._has_its_own_cover(order):
            return made, volume.pages
        return self._parted(made, profile, volume.pages, order.output.outlet)

    def _has_its_own_cover(self, order: Order) -> bool:
        return any(
            each.outlet is Outlet.COVER and each.profile == order.output.profile
            for each in order.edition.outputs
        )

    def _parted(
        self, made: bytes, profile: PrintProfile, pages: int, outlet: Outlet
    ) -> tuple[bytes, int]:
        """Return the book block without its cover, or the cover with its spine."""
        from brochure.finish.cover import COVER_PAGES, split_cover
        from brochure.finish.imposition import spine_mm

        block = pages - COVER_PAGES
        spine = spine_mm(block, profile.caliper) if profile.binding == "perfect" else 0
        inside, cover = split_cover(made, profile.bleed, spine)
        return (cover, 2) if outlet is Outlet.COVER else (inside, block)

    def _face(self) -> bytes:
        """Return the face of the slug line: an upright one of the project's fonts."""
        files = self._desk.project.fonts.files
        return next((each for each in files if "Regular" in each.path), files[0]).content

    def _booklet(self, order: Order, volume: Volume) -> tuple[bytes, int]:
        from brochure.finish.booklet import booklet

        profile = self._desk.project.facts.print[order.output.profile or ""]
        pages, _ = self._screen(order, volume)
        return booklet(pages, profile.caliper), -(-volume.pages // 4) * 2

    def _press_colours(self, profile: str) -> PressColours:
        """Return the converter for a profile: one for all files, so pages are converted once."""
        from brochure.finish.colour import PressColours

        if profile not in self._colours:
            srgb, cmyk = (self._profiles[path].content for path in (SRGB_PROFILE, profile))
            self._colours[profile] = PressColours(self._recipes(), srgb, cmyk)
        return self._colours[profile]

    def _recipes(self) -> dict[str, tuple[int, int, int, int]]:
        swatches = self._desk.layout.sheet.swatches.values()
        return {
            each.srgb: (each.cmyk[0], each.cmyk[1], each.cmyk[2], each.cmyk[3]) for each in swatches
        }

    def _leaf(self, placed: Placed, edition: Edition) -> Leaf:
        item, number, letter = placed.item, placed.number, placed.letter
        if isinstance(item, Gap):
            key, typeset = self._proofs.gap(item)
            return Leaf(key, typeset.pdf, typeset.pages, item.language, number, letter)
        key, typeset = self._proofs.section(item.section, edition)
        style = self._desk.layout.style(item.section.kind)
        return Leaf(
            key=key,
            pdf=typeset.pdf,
            pages=typeset.pages,
            language=item.section.language,
            number=number,
            letter=letter,
            folios=FolioPages(*self._folio_pages(placed), style.unnumbered(typeset.pages)),
            target=item.section.target,
            headings=tuple(
                Bookmark(heading.title, heading.level, heading.anchor, anchor.page, anchor.top)
                for heading, anchor in self._proofs.headings(item, edition)
            ),
            leads_out=item.section.kind in OF_A_PLAN,
        )

    def _folio_pages(self, placed: Placed) -> tuple[str, bytes]:
        key, sheet = self._proofs.folios(placed.folios)
        return key, sheet.pdf

    def _elsewhere(self, edition: Edition) -> dict[str, OtherFile]:
        """Return the files that links of a plan mean, by link target, seen from an edition's file.

        A leaflet in the edition's own language, and a plan in the plan's, where the link names no
        other; rather a file in this language alone than one that holds it among others.
        """
        folder = posixpath.dirname(edition.file) or "."
        found: dict[str, OtherFile] = {}
        for target in self._proofs.targets(edition, OF_A_PLAN):
            holds, _, rest = target.partition("/")
            subject, _, language = rest.partition("/")
            plan = self._desk.project.plans.get(subject)
            language = language or (plan.language if holds == "plan" and plan else edition.language)
            files = [e for e in self._files.get((holds, subject), []) if language in e.languages]
            if files:
                file = min(files, key=lambda each: len(each.languages))
                title = self._proofs.composer.titles.edition_title(file)
                found[target] = OtherFile(posixpath.relpath(file.file, folder), title)
        return found

    def _metadata(self, edition: Edition) -> Metadata:
        facts = self._desk.project.facts
        return Metadata(
            title=self._proofs.composer.titles.edition_title(edition),
            subject=self._desk.project.words(facts.subtitle, edition.language),
            author=facts.imprint.publisher,
            languages=edition.languages,
            date=facts.imprint.date,
            producer=self._producer,
        )


_MAKERS = {
    Outlet.SCREEN: Volumes._screen,
    Outlet.PRINT: Volumes._press,
    Outlet.COVER: Volumes._press,
    Outlet.BOOKLET: Volumes._booklet,
}


def _key(
    leaves: tuple[Leaf, ...],
    elsewhere: Mapping[str, OtherFile],
    metadata: Metadata,
    finishing: list[str],
) -> str:
    # What a leaf shows is in its key and those of its folios: the PDFs are not in the text.
    parts = [_code_digest(), *finishing, repr(metadata), repr(sorted(elsewhere.items()))]
    parts += [repr(leaf) for leaf in leaves]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _code_digest() -> str:
    """Return the digest of the code and libraries that bind: with others, other bytes."""
    files = [
        *sorted(Path(bind.__file__).parent.glob("*.py")),
        *sorted(Path(finish.__file__).parent.glob("*.py")),
        Path(pictures.__file__),
    ]
    versions = (version("pikepdf"), pikepdf.__libqpdf_version__, version("uharfbuzz"))
    code = [file.read_bytes() for file in files]
    return hashlib.sha256(b"".join([*code, repr(versions).encode()])).hexdigest()
