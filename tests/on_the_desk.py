"""The small project on the desk: read, ready to compose, and with sources that can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from brochure.build import Desk, read
from brochure.diagnostics import Diagnostics
from brochure.editions import Edition, Kind, Section
from brochure.layouts import Composer, Entry, Listing
from brochure.sources import Folder


@dataclass(frozen=True)
class Desktop:
    """The small project read, and a composer for it."""

    desk: Desk
    composer: Composer
    found: Diagnostics

    def edition(self, family: str, subject: str, language: str) -> Edition:
        id_ = "-".join(filter(None, (family, subject, language)))
        return next(edition for edition in self.desk.editions if edition.id == id_)

    def html(self, kind: Kind, edition: Edition, subject: str = "") -> str:
        """The first section of a kind, or the one with this subject."""
        section = next(
            part.section
            for part in edition.parts
            if part.section.kind is kind and subject in ("", part.section.subject)
        )
        return self.section(section, edition)

    def section(self, section: Section, edition: Edition) -> str:
        composed = self.composer.section(section, edition, self.listing(edition))
        assert composed is not None, list(self.found)
        return composed.html

    def listing(self, edition: Edition) -> Listing:
        """Every heading on a page of its own: page numbers are the binder's business."""
        titles, folio = self.composer.titles, 11
        entries: list[Entry] = []
        for block in edition.blocks:
            letter = titles.letter(edition.language) if block.lettered else ""
            for part in block.parts:
                headings = titles.headings(part.section, part.level)
                numbered = {each: f"{letter}{folio + i}" for i, each in enumerate(headings)}
                entries += titles.entries(part.section, numbered)
                folio += max(1, len(headings))
        return Listing(tuple(entries))

    def every_section(self) -> dict[tuple[Section, str], str]:
        return {
            (section, edition.id): self.section(section, edition)
            for section, edition in self.desk.sections()
        }


def desktop(root: Path) -> Desktop:
    found = Diagnostics()
    desk = read(Folder(root), found)
    assert desk is not None, list(found)
    assert not found.failed, list(found)
    return Desktop(desk, Composer(desk.project, desk.layout, found), found)


def rewrite(path: Path, change: Any) -> None:
    """Change a YAML file, or the front matter of a text."""
    text = path.read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2) if path.suffix == ".md" else ("", text, None)
    value = yaml.safe_load(front)
    change(value)
    written = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    path.write_text(f"---\n{written}---\n{body}" if body is not None else written, encoding="utf-8")


def add_photo(project: Path, colour: str) -> Path:
    """Give the lab a photo."""
    photo = project / "practices/harbour-lab/photos/lab.png"
    photo.parent.mkdir(exist_ok=True)
    Image.new("RGB", (60, 40), colour).save(photo)
    rewrite(
        project / "practices/harbour-lab/practice.yaml",
        lambda facts: facts.update(photos=[{"file": "lab.png", "credit": "A photographer"}]),
    )
    for tag in ("en", "fr"):
        rewrite(
            project / f"practices/harbour-lab/{tag}.md",
            lambda front: front.update(alt={"lab.png": "A workshop"}),
        )
    return photo
