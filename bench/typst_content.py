"""The content of each edition as JSON for brochure.typ: the same words, photos and order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from brochure.build import Desk, read
from brochure.diagnostics import Diagnostics
from brochure.editions import Edition, Kind, Part
from brochure.languages import Language
from brochure.layouts import Composer
from brochure.sources import Folder

_HEAD_ENDS = "\n---\n"


def name_of(file: str) -> str:
    """Return what the JSON and the PDF of an edition are called: all are in one folder."""
    return Path(file).stem


def write_content(project: Path, folder: Path) -> None:
    """Write a JSON file for each edition of a project."""
    found = Diagnostics()
    desk = read(Folder(project), found)
    if desk is None:
        raise SystemExit("the project cannot be read")
    writer = _Writer(desk, Composer(desk.project, desk.layout, found))
    folder.mkdir(parents=True, exist_ok=True)
    for edition in desk.editions:
        content = json.dumps(writer.edition(edition), ensure_ascii=False)
        (folder / f"{name_of(edition.file)}.json").write_text(content, "utf-8")


class _Writer:
    def __init__(self, desk: Desk, composer: Composer) -> None:
        self.project, self.titles = desk.project, composer.titles
        swatches = desk.layout.sheet.swatches
        self._swatches = {name: swatch.srgb for name, swatch in swatches.items()}
        self._makers: dict[Kind, Callable[[Part, Edition], dict[str, Any]]] = {
            Kind.IMPRINT: self._imprint,
            Kind.CONTENTS: self._contents,
            Kind.INDEX: self._index,
            Kind.PROJECT: self._opener,
            Kind.REGION: self._opener,
            Kind.PRACTICE: self._practice,
        }

    def edition(self, edition: Edition) -> dict[str, Any]:
        tag = edition.language
        title = self.titles.edition_title(edition)
        swatches = (self.titles.swatch(part.section) for part in edition.parts)
        label = self.project.region_name(edition.region, tag) if edition.region else None
        return {
            "language": tag,
            "title": title,
            "heading": title,
            "label": label,
            "subtitle": self.project.words(self.project.facts.subtitle, tag),
            "accents": list(dict.fromkeys(filter(None, swatches))),
            "swatches": self._swatches,
            "parts": [self._part(part, edition) for part in edition.parts],
        }

    def _part(self, part: Part, edition: Edition) -> dict[str, Any]:
        maker = self._makers.get(part.section.kind)
        content = maker(part, edition) if maker else {}
        return {
            "kind": str(part.section.kind),
            "title": self.titles.title(part.section),
            "target": part.section.target,
            "accent": self.titles.swatch(part.section) or "ink",
            **content,
        }

    def _imprint(self, part: Part, edition: Edition) -> dict[str, Any]:
        tag, facts = part.section.language, self.project.facts
        words = self.project.strings[tag]["imprint"]
        lines = [
            [words["project"], facts.funding.project],
            [words["programme"], facts.funding.programme],
            [words["publisher"], facts.imprint.publisher],
            [words["date"], Language(tag).date(facts.imprint.date)],
        ]
        return {"lines": lines, "texts": [words["reuse"], words["sources"], words["disclaimer"]]}

    def _listed(self, edition: Edition) -> Iterator[Part]:
        return (part for part in edition.parts if part.level)

    def _contents(self, part: Part, edition: Edition) -> dict[str, Any]:
        left_out = (Kind.CONTENTS, Kind.IMPRINT)
        entries = [
            [
                self.titles.title(each.section),
                each.section.target,
                self.titles.swatch(each.section) or "ink",
                each.section.kind is Kind.REGION,
            ]
            for each in self._listed(edition)
            if each.section.kind not in left_out
        ]
        return {"entries": entries}

    def _index(self, part: Part, edition: Edition) -> dict[str, Any]:
        tag = part.section.language
        groups: dict[str, list[list[str]]] = {}
        for each in self._listed(edition):
            if each.section.kind is Kind.PRACTICE:
                theme = self.project.practices[each.section.subject].facts.theme
                swatch = self.titles.swatch(each.section) or "ink"
                line = [self.titles.title(each.section), each.section.target, swatch]
                groups.setdefault(self._theme(theme, tag), []).append(line)
        return {"groups": sorted(groups.items())}

    def _theme(self, theme: str, tag: str) -> str:
        return self.project.words(self.project.facts.themes[theme], tag)

    def _opener(self, part: Part, edition: Edition) -> dict[str, Any]:
        tag, kind = part.section.language, part.section.kind
        page = part.section.subject if kind is Kind.REGION else "project"
        slugs = self.project.native_practices(page) if kind is Kind.REGION else ()
        texts = self.project.regions[page].texts if slugs else self.project.pages["project"]
        practices = [
            [
                self.project.practice_text(slug, tag).title,
                self._place(slug, tag),
                f"practice/{slug}",
            ]
            for slug in slugs
        ]
        body = self._body(f"pages/{page}/{tag}.md")
        summary = texts[tag].summary
        strip = kind is Kind.REGION
        return {"summary": summary, "body": body, "practices": practices, "strip": strip}

    def _place(self, slug: str, tag: str) -> str:
        place = self.project.practices[slug].facts.place
        return self.project.words(place.name, tag) if place else ""

    def _practice(self, part: Part, edition: Edition) -> dict[str, Any]:
        tag, slug = part.section.language, part.section.subject
        practice, text = self.project.practices[slug], self.project.practice_text(slug, tag)
        photo = practice.photos[0] if practice.photos else None
        return {
            "region": self.project.region_name(practice.facts.region, tag),
            "theme": self._theme(practice.facts.theme, tag),
            "summary": text.summary,
            "facts": list(self._facts(slug, tag)),
            "figures": [[figure.value, figure.label] for figure in text.figures],
            "photo": str(self.project.folder.root / photo.picture.source.path) if photo else None,
            "alt": text.alt[photo.photo.file] if photo else None,
            "credit": photo.photo.credit if photo else None,
            "body": self._body(f"practices/{slug}/{tag}.md"),
        }

    def _facts(self, slug: str, tag: str) -> Iterator[list[str]]:
        labels = self.project.strings[tag]["facts"]
        facts = self.project.practices[slug].facts
        yield [labels["who"], self.project.words(facts.organisation, tag)]
        region = self.project.region_name(facts.region, tag)
        yield [labels["where"], f"{self._place(slug, tag)}, {region}"]
        yield [labels["since"], str(facts.since)]
        for key, value in self.project.practice_text(slug, tag).facts.items():
            yield [labels[key], value]
        yield from ([labels["link"], link.removeprefix("https://")] for link in facts.links)

    def _body(self, file: str) -> list[dict[str, Any]]:
        """Return the pieces of a generated text: it has nothing else than these."""
        text = (self.project.folder.root / file).read_text("utf-8")
        pieces = [_piece(each) for each in text.partition(_HEAD_ENDS)[2].strip().split("\n\n")]
        for before, piece in zip([{"kind": "heading"}, *pieces], pieces, strict=False):
            piece["first"] = before["kind"] != "text"
        return pieces


def _piece(text: str) -> dict[str, Any]:
    if text.startswith("## "):
        return {"kind": "heading", "text": text.removeprefix("## ")}
    if text.startswith("- "):
        return {"kind": "list", "items": [line.removeprefix("- ") for line in text.splitlines()]}
    if text.startswith("> "):
        return {"kind": "quote", "text": text.removeprefix("> ")}
    return {"kind": "text", "text": text}
