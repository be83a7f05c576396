"""Volumes: which leaves make an edition, under which key, and the finished bytes."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pikepdf

from brochure import bind, finish, pictures
from brochure.bind.binding import Binder, Bookmark, FolioPages, Leaf, OtherFile
from brochure.bind.metadata import Metadata
from brochure.build.proofs import Desk, Gap, Placed, Proofs
from brochure.diagnostics import Diagnostics
from brochure.editions import OF_A_PLAN, Edition
from brochure.publish import Published, digest_of
from brochure.sources import Source

SRGB_PROFILE = "icc/sRGB2014.icc"
PROFILE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Order:
    """Everything that makes one file; the same key gives the same bytes.

    `elsewhere` are other files, by what links to them are called.
    """

    edition: Edition
    leaves: tuple[Leaf, ...]
    elsewhere: Mapping[str, OtherFile]
    metadata: Metadata
    key: str

    def entry(self, content: bytes, pages: int) -> Published:
        """Return the manifest's entry of the finished file."""
        return Published(
            file=self.edition.file,
            edition=self.edition.id,
            title=self.metadata.title,
            languages=self.edition.languages,
            pages=pages,
            bytes=len(content),
            sha256=digest_of(content),
            key=self.key,
        )


class Volumes:
    """Makes the files of one build."""

    def __init__(self, desk: Desk, proofs: Proofs, producer: str, srgb: Source) -> None:
        self._desk, self._proofs, self._producer, self._srgb = desk, proofs, producer, srgb
        self._binder = Binder(desk.project.fonts)
        self._files: dict[tuple[str, str], list[Edition]] = {}
        for edition in desk.editions:
            key = (edition.holds, edition.practice or edition.region or "")
            self._files.setdefault(key, []).append(edition)

    @classmethod
    def prepare(
        cls, desk: Desk, proofs: Proofs, producer: str, found: Diagnostics
    ) -> Volumes | None:
        """Return the maker of files, or None with a diagnostic when the profile is missing."""
        profile = desk.project.folder.read_checked(SRGB_PROFILE, found, PROFILE_LIMIT)
        return cls(desk, proofs, producer, profile) if profile else None

    def order(self, edition: Edition) -> Order:
        """Return what makes an edition's file."""
        leaves = tuple(self._leaf(placed, edition) for placed in self._proofs.sequence(edition))
        elsewhere = self._elsewhere(edition)
        metadata = self._metadata(edition)
        key = _key(leaves, elsewhere, metadata, self._srgb.digest)
        return Order(edition, leaves, elsewhere, metadata, key)

    def make(self, order: Order) -> tuple[bytes, int]:
        """Return the finished screen file and its number of pages."""
        volume = self._binder.bind(list(order.leaves), order.elsewhere)
        return finish.screen(volume, order.metadata, self._srgb.content), volume.pages

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


def _key(
    leaves: tuple[Leaf, ...], elsewhere: Mapping[str, OtherFile], metadata: Metadata, profile: str
) -> str:
    # What a leaf shows is in its key and those of its folios: the PDFs are not in the text.
    parts = [_code_digest(), profile, repr(metadata), repr(sorted(elsewhere.items()))]
    parts += [repr(leaf) for leaf in leaves]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _code_digest() -> str:
    """Return the digest of the code and libraries that bind: with others, other bytes."""
    files = [
        *sorted(Path(bind.__file__).parent.glob("*.py")),
        Path(finish.__file__),
        Path(pictures.__file__),
    ]
    versions = (version("pikepdf"), pikepdf.__libqpdf_version__, version("uharfbuzz"))
    code = [file.read_bytes() for file in files]
    return hashlib.sha256(b"".join([*code, repr(versions).encode()])).hexdigest()
