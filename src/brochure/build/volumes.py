"""Volumes: which leaves make an edition, under which key, and the finished bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pikepdf

from brochure import bind, finish, pictures
from brochure.bind.binding import Binder, Leaf
from brochure.bind.metadata import Metadata
from brochure.build.proofs import Desk, Gap, Proofs
from brochure.diagnostics import Diagnostics
from brochure.editions import Edition, Part
from brochure.publish import Published, digest_of
from brochure.sources import Source

SRGB_PROFILE = "icc/sRGB2014.icc"
PROFILE_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Order:
    """Everything that makes one file; the same key gives the same bytes."""

    edition: Edition
    leaves: tuple[Leaf, ...]
    folios: Leaf
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

    @classmethod
    def prepare(
        cls, desk: Desk, proofs: Proofs, producer: str, found: Diagnostics
    ) -> Volumes | None:
        """Return the maker of files, or None with a diagnostic when the profile is missing."""
        profile = desk.project.folder.read_checked(SRGB_PROFILE, found, PROFILE_LIMIT)
        return cls(desk, proofs, producer, profile) if profile else None

    def order(self, edition: Edition) -> Order:
        """Return what makes an edition's file."""
        leaves = tuple(self._leaf(item, edition) for item in self._proofs.sequence(edition))
        key, sheet = self._proofs.folios(edition)
        folios = Leaf(key, sheet.pdf, sheet.pages, edition.language)
        metadata = self._metadata(edition)
        key = _key(leaves, folios, metadata, self._srgb.digest)
        return Order(edition, leaves, folios, metadata, key)

    def make(self, order: Order) -> tuple[bytes, int]:
        """Return the finished screen file and its number of pages."""
        volume = self._binder.bind(list(order.leaves), order.folios)
        return finish.screen(volume, order.metadata, self._srgb.content), volume.pages

    def _leaf(self, item: Part | Gap, edition: Edition) -> Leaf:
        if isinstance(item, Gap):
            key, typeset = self._proofs.gap(item)
            return Leaf(key, typeset.pdf, typeset.pages, item.language, unnumbered=typeset.pages)
        section = item.section
        key, typeset = self._proofs.section(section, edition)
        style = self._desk.layout.style(section.kind)
        return Leaf(
            key=key,
            pdf=typeset.pdf,
            pages=typeset.pages,
            language=section.language,
            target=section.target,
            title=self._proofs.composer.title(section),
            level=item.level,
            unnumbered=style.unnumbered(typeset.pages),
        )

    def _metadata(self, edition: Edition) -> Metadata:
        facts = self._desk.project.facts
        return Metadata(
            title=self._proofs.composer.edition_title(edition),
            subject=self._desk.project.words(facts.subtitle, edition.language),
            author=facts.imprint.publisher,
            languages=edition.languages,
            date=facts.imprint.date,
            producer=self._producer,
        )


def _key(leaves: tuple[Leaf, ...], folios: Leaf, metadata: Metadata, profile: str) -> str:
    parts = [
        _code_digest(),
        profile,
        repr(metadata),
        *(
            repr((leaf.key, leaf.language, leaf.target, leaf.title, leaf.level, leaf.unnumbered))
            for leaf in (*leaves, folios)
        ),
    ]
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
