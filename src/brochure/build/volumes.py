"""Volumes: which leaves make an edition, and under which key each of its files is made."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pikepdf

from brochure import bind, codes, finish, pictures
from brochure.bind.binding import Bookmark, FolioPages, Leaf, OtherFile
from brochure.bind.metadata import Metadata
from brochure.build import bindery
from brochure.build.bindery import Order, Tools
from brochure.build.proofs import Desk, Gap, Placed, Proofs
from brochure.diagnostics import Diagnostics
from brochure.editions import OF_A_PLAN, Edition, Outlet, Output
from brochure.program import digest_of_code
from brochure.sources import Source

SRGB_PROFILE = "icc/sRGB2014.icc"
PROFILE_LIMIT = 4 * 1024 * 1024


class Volumes:
    """Orders the files of one build."""

    def __init__(
        self, desk: Desk, proofs: Proofs, producer: str, profiles: Mapping[str, Source]
    ) -> None:
        self._desk, self._proofs, self._producer = desk, proofs, producer
        self._profiles = profiles
        self._files: dict[tuple[str, str], list[Edition]] = {}
        for edition in desk.editions:
            key = (edition.holds, edition.practice or edition.region or "")
            self._files.setdefault(key, []).append(edition)

    @classmethod
    def prepare(
        cls, desk: Desk, proofs: Proofs, producer: str, found: Diagnostics
    ) -> Volumes | None:
        """Return the orders of a build, or None with a diagnostic when a profile is missing."""
        printed = [each.profile for each in desk.project.facts.print.values()]
        read = {
            path: desk.project.folder.read_checked(path, found, PROFILE_LIMIT)
            for path in dict.fromkeys([SRGB_PROFILE, *printed])
        }
        profiles = {path: source for path, source in read.items() if source}
        return cls(desk, proofs, producer, profiles) if len(profiles) == len(read) else None

    def tools(self) -> Tools:
        """Return what the bindery needs beside the orders."""
        fonts = self._desk.project.fonts
        return Tools(
            fonts=fonts,
            srgb=self._profiles[SRGB_PROFILE].content,
            profiles={path: source.content for path, source in self._profiles.items()},
            prints=self._desk.project.facts.print,
            recipes=self._recipes(),
            # The slug line's: an upright face of the project's.
            face=next((f for f in fonts.files if "Regular" in f.path), fonts.files[0]).content,
        )

    def orders(self, edition: Edition, outputs: Iterable[Output]) -> Iterator[Order]:
        """Yield what makes each of an edition's files: all have the same pages."""
        leaves = tuple(self._leaf(placed, edition) for placed in self._proofs.sequence(edition))
        elsewhere = self._elsewhere(edition)
        metadata = self._metadata(edition)
        volume = _volume_digest(leaves, elsewhere, metadata)
        for output in outputs:
            parts = [_code_digest(), volume, *self._finishing(output)]
            yield Order(
                output=output,
                leaves=leaves,
                elsewhere=elsewhere,
                metadata=metadata,
                volume=volume,
                key=_digest(parts),
                has_cover_apart=any(
                    each.outlet is Outlet.COVER and each.profile == output.profile
                    for each in edition.outputs
                ),
            )

    def _finishing(self, output: Output) -> list[str]:
        """Return what an output depends on beside its pages."""
        parts = [str(output.outlet), self._profiles[SRGB_PROFILE].digest]
        if output.profile:
            profile = self._desk.project.facts.print[output.profile]
            parts.append(repr(profile.caliper))
            if output.outlet in (Outlet.PRINT, Outlet.COVER):
                parts += [repr(profile), self._profiles[profile.profile].digest]
                parts += [repr(sorted(self._recipes().items()))]
        return parts

    def _recipes(self) -> dict[str, tuple[int, int, int, int]]:
        swatches = self._desk.layout.sheet.swatches.values()
        return {
            each.srgb: (each.cmyk[0], each.cmyk[1], each.cmyk[2], each.cmyk[3]) for each in swatches
        }

    def _leaf(self, placed: Placed, edition: Edition) -> Leaf:
        item, number, letter = placed.item, placed.number, placed.letter
        if isinstance(item, Gap):
            key, galley = self._proofs.gap(item)
            return Leaf(key, galley.pages, item.language, number, letter)
        key, galley = self._proofs.section(item.section, edition)
        folios, _ = self._proofs.folios(placed.folios)
        style = self._desk.layout.style(item.section.kind)
        return Leaf(
            key=key,
            pages=galley.pages,
            language=item.section.language,
            number=number,
            letter=letter,
            folios=FolioPages(folios, style.unnumbered(galley.pages)),
            target=item.section.target,
            headings=tuple(
                Bookmark(heading.title, heading.level, heading.anchor, anchor.page, anchor.top)
                for heading, anchor in self._proofs.headings(item, edition)
            ),
            leads_out=item.section.kind in OF_A_PLAN,
            codes=tuple(code for code in galley.codes if code.is_readable),
        )

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


def _volume_digest(
    leaves: tuple[Leaf, ...], elsewhere: Mapping[str, OtherFile], metadata: Metadata
) -> str:
    # What leaves and folios show is in their keys.
    return _digest([repr(metadata), repr(sorted(elsewhere.items())), *map(repr, leaves)])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _code_digest() -> str:
    """Return the digest of the code and libraries that bind: with others, other bytes."""
    files = [
        *Path(bind.__file__).parent.glob("*.py"),
        *Path(finish.__file__).parent.glob("*.py"),
        *Path(pictures.__file__).parent.glob("*.py"),
        Path(codes.__file__),
        Path(bindery.__file__),
    ]
    libraries = ("pikepdf", "uharfbuzz", "segno")
    versions = (*map(version, libraries), pikepdf.__libqpdf_version__)
    return _digest([digest_of_code(files), repr(versions)])
