"""Reading a project: every source file in, one frozen `Project` out, every mistake reported.

Reading never stops at a mistake. What a broken file would have said is left out, and references
to it are not reported a second time.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.languages import Language, Strings, read_strings
from brochure.model.sheets import BrochureSheet, PlanSheet, PracticeSheet
from brochure.model.texts import read_texts
from brochure.model.types import PlacedPhoto, Plan, Practice, Project, Region, Text
from brochure.model.validation import S, validated
from brochure.sources import Folder, Link, Located, read_picture, read_yaml
from brochure.sources.fonts import Fonts, read_fonts, report_missing_glyphs

BROCHURE_FILE = "brochure.yaml"
PROJECT_PAGE = "project"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass
class _Reading:
    """The state of one reading: what stands fast, and what is still to be checked."""

    folder: Folder
    found: Diagnostics
    facts: BrochureSheet
    located: Located
    strings: dict[str, Strings]
    fonts: Fonts
    links: list[Link] = field(default_factory=list)
    slugs: set[str] = field(default_factory=set)  # of every practice folder, broken ones too


def read_project(
    folder: Folder, found: Diagnostics, date: datetime.date | None = None
) -> Project | None:
    """Return the project in a folder; None when `brochure.yaml` itself cannot be used.

    `date` stands in for the date of the imprint.
    With errors in `found` the project may be incomplete, and must not be built.
    """
    sheet = _read_sheet(folder, BROCHURE_FILE, BrochureSheet, found)
    if sheet is None:
        return None
    facts, located = sheet
    if date:
        facts = facts.model_copy(
            update={"imprint": facts.imprint.model_copy(update={"date": date})}
        )
    fonts = read_fonts(folder, found)
    strings = read_strings(folder, facts.layout, _strings_order(facts), found)
    reading = _Reading(folder, found, facts, located, strings, fonts)
    _check_brochure(reading)
    practices = _read_practices(reading)
    pages = _read_pages(reading)
    plans = _read_plans(reading)
    _check_transfers(reading, practices)
    _check_links(reading)
    return Project(
        folder=folder,
        facts=facts,
        regions={
            id_: Region(id_, region, pages.get(id_, {})) for id_, region in facts.regions.items()
        },
        practices={slug: practice for slug, (practice, _) in practices.items()},
        pages=pages,
        plans=plans,
        strings=strings,
        fonts=fonts,
    )


def _strings_order(facts: BrochureSheet) -> list[str]:
    """The source language first: its file is the pattern of the others."""
    return list(dict.fromkeys([facts.source_language, *facts.languages]))


def _read_sheet(
    folder: Folder, path: str, sheet: type[S], found: Diagnostics
) -> tuple[S, Located] | None:
    source = folder.read_checked(path, found)
    located = read_yaml(source, found) if source else None
    facts = validated(sheet, located, found) if located else None
    return (facts, located) if facts and located else None


def _check_brochure(reading: _Reading) -> None:
    facts, located, found = reading.facts, reading.located, reading.found
    report_missing_glyphs(reading.folder.read(BROCHURE_FILE), reading.fonts, found)
    languages = set(facts.languages)
    if facts.source_language not in languages:
        found.add(
            "unknown-language",
            located.place("source_language"),
            f'the source language "{facts.source_language}" is not among the languages',
            'add it to "languages"',
        )
    for name, edition in facts.editions.items():
        for key, known, rule in (
            ("languages", languages, "unknown-language"),
            ("together", languages, "unknown-language"),
            ("regions", set(facts.regions), "unknown-region"),
        ):
            for i, value in enumerate(getattr(edition, key) or []):
                if value not in known:
                    found.add(
                        rule,
                        located.place("editions", name, key, i),
                        f'"{value}" is none of the project\'s {_PLURAL[rule]}',
                        did_you_mean(value, known),
                    )
    _check_words(reading, located, ("title",))
    _check_words(reading, located, ("subtitle",))
    for theme in facts.themes:
        _check_words(reading, located, ("themes", theme))
    for region in facts.regions:
        _check_words(reading, located, ("regions", region, "name"))


def _check_words(reading: _Reading, located: Located, path: tuple[str, ...]) -> None:
    """Words given for each language must be given for every language, and for no other."""
    words = located.value
    for key in path:
        words = words.get(key, {})
    if not isinstance(words, dict) or not words:
        return
    languages = reading.facts.languages
    for tag in words:
        if tag not in languages:
            reading.found.add(
                "unknown-language",
                located.key_place(*path, tag),
                f'"{tag}" is none of the project\'s languages',
                did_you_mean(tag, languages),
            )
    for tag in languages:
        if tag not in words:
            reading.found.add(
                "missing-translation",
                located.key_place(*path),
                f'"{path[-1]}" has no words in {Language(tag).name_in("en")}, the pages show'
                " another language's",
                f'add "{tag}: …"',
            )


_PLURAL = {"unknown-language": "languages", "unknown-region": "regions"}


def _read_texts(reading: _Reading, path: str) -> dict[str, Text]:
    texts, proses = read_texts(
        reading.folder,
        path,
        reading.facts.languages,
        reading.strings,
        reading.fonts,
        reading.found,
    )
    reading.links += [link for prose in proses for link in prose.links]
    _report_missing_texts(reading, path)
    return texts


def _report_missing_texts(reading: _Reading, path: str) -> None:
    present = set(reading.folder.files(path))
    source = reading.facts.source_language
    for tag in reading.facts.languages:
        file = f"{path}/{tag}.md"
        if f"{tag}.md" in present:
            continue
        if tag == source:
            reading.found.add(
                "missing-source-text",
                Place(file),
                f'there is no text in the source language "{source}"',
                f'write "{file}"',
            )
        else:
            reading.found.add(
                "missing-translation",
                Place(file),
                f"there is no text in {Language(tag).name_in('en')}, the pages show the"
                f" {Language(source).name_in('en')} one with a note",
                f'translate "{path}/{source}.md" into "{file}"',
            )


def _read_practices(reading: _Reading) -> dict[str, tuple[Practice, Located]]:
    practices: dict[str, tuple[Practice, Located]] = {}
    folders: dict[str, str] = {}
    for name in reading.folder.folders("practices"):
        path = f"practices/{name}"
        reading.slugs.add(name)
        sheet = _read_sheet(reading.folder, f"{path}/practice.yaml", PracticeSheet, reading.found)
        texts = _read_texts(reading, path)
        if sheet is None:
            continue
        facts, located = sheet
        report_missing_glyphs(
            reading.folder.read(f"{path}/practice.yaml"), reading.fonts, reading.found
        )
        slug = facts.slug or name
        reading.slugs.add(slug)
        if not _slug_is_free(reading, slug, path, located, folders):
            continue
        _check_practice(reading, facts, located)
        photos = _read_photos(reading, path, facts, located, texts)
        practices[slug] = Practice(slug, facts, texts, photos), located
    return dict(sorted(practices.items()))


def _slug_is_free(
    reading: _Reading, slug: str, path: str, located: Located, folders: dict[str, str]
) -> bool:
    place = located.place("slug") if "slug" in located.value else Place(f"{path}/practice.yaml")
    if not _SLUG.match(slug):
        reading.found.add(
            "wrong-value",
            place,
            f'the folder is called "{slug}", expected small letters, digits and hyphens',
            "rename the folder, like kikk-festival",
        )
        return False
    if other := folders.get(slug):
        reading.found.add(
            "duplicate-slug",
            place,
            f'the slug "{slug}" is taken by "{other}"',
            'give one of the two another "slug", or remove it',
        )
        return False
    folders[slug] = path
    return True


def _check_practice(reading: _Reading, facts: PracticeSheet, located: Located) -> None:
    _check_words(reading, located, ("organisation",))
    _check_words(reading, located, ("place", "name"))
    for key, value, known, rule, what in (
        ("region", facts.region, reading.facts.regions, "unknown-region", "regions"),
        ("theme", facts.theme, reading.facts.themes, "unknown-theme", "themes"),
    ):
        if value not in known:
            reading.found.add(
                rule,
                located.place(key),
                f'"{value}" is none of the {what} in brochure.yaml',
                did_you_mean(value, known),
            )


def _read_photos(
    reading: _Reading,
    path: str,
    facts: PracticeSheet,
    located: Located,
    texts: dict[str, Text],
) -> tuple[PlacedPhoto, ...]:
    photos = []
    for i, photo in enumerate(facts.photos):
        place = located.place("photos", i, "file")
        picture = read_picture(reading.folder, f"{path}/photos/{photo.file}", place, reading.found)
        if picture:
            photos.append(PlacedPhoto(photo, picture))
        for tag, text in texts.items():
            if photo.file not in text.alt:
                reading.found.add(
                    "missing-alt",
                    Place(f"{path}/{tag}.md", 1),
                    f'the photo "{photo.file}" has no alt text in the language "{tag}"',
                    f'add a line "  {photo.file}: what the photo shows" below "alt:"',
                )
    return tuple(photos)


def _read_pages(reading: _Reading) -> dict[str, dict[str, Text]]:
    """Return the texts of the page on the project and of the regions' openers."""
    known = {PROJECT_PAGE, *reading.facts.regions}
    for name in reading.folder.folders("pages"):
        if name not in known:
            reading.found.add(
                "unknown-region",
                Place(f"pages/{name}"),
                f'"{name}" is neither "{PROJECT_PAGE}" nor one of the regions in brochure.yaml',
                did_you_mean(name, known),
            )
    return {
        name: _read_texts(reading, f"pages/{name}")
        for name in reading.folder.folders("pages")
        if name in known
    }


def _read_plans(reading: _Reading) -> dict[str, Plan]:
    plans: dict[str, Plan] = {}
    for name in reading.folder.folders("plans"):
        path = f"plans/{name}"
        sheet = _read_sheet(reading.folder, f"{path}/plan.yaml", PlanSheet, reading.found)
        texts = _read_texts(reading, path)
        if sheet is None:
            continue
        facts, located = sheet
        if facts.region not in reading.facts.regions:
            reading.found.add(
                "unknown-region",
                located.place("region"),
                f'"{facts.region}" is none of the regions in brochure.yaml',
                did_you_mean(facts.region, reading.facts.regions),
            )
        for i, action in enumerate(facts.actions):
            for j, slug in enumerate(action.inspired_by):
                if slug not in reading.slugs:
                    reading.found.add(
                        "dangling-link",
                        located.place("actions", i, "inspired_by", j),
                        f'"{slug}" is no practice',
                        did_you_mean(slug, reading.slugs),
                    )
        plans[facts.region] = Plan(facts.region, facts, texts)
    return plans


def _check_transfers(reading: _Reading, practices: dict[str, tuple[Practice, Located]]) -> None:
    known = {f"practice/{slug}" for slug in reading.slugs}
    known |= {f"region/{id_}" for id_ in reading.facts.regions}
    for practice, located in practices.values():
        for i, transfer in enumerate(practice.facts.transfers):
            itself = transfer.to == f"practice/{practice.slug}"
            if transfer.to not in known or itself:
                reading.found.add(
                    "dangling-transfer",
                    located.place("transfers", i, "to"),
                    f'"{transfer.to}" is '
                    + ("the practice itself" if itself else "no practice or region of the project"),
                    did_you_mean(transfer.to, known - {f"practice/{practice.slug}"}),
                )


def _check_links(reading: _Reading) -> None:
    known = {f"brochure:practice/{slug}" for slug in reading.slugs}
    known |= {f"brochure:region/{id_}" for id_ in reading.facts.regions}
    known |= {f"brochure:{name}" for name in ("project", "contents", "index")}
    for link in reading.links:
        scheme = link.address.partition(":")[0].lower()
        if scheme == "brochure" and link.address not in known:
            reading.found.add(
                "dangling-link",
                link.place,
                f'"{link.address}" leads nowhere',
                did_you_mean(link.address, known),
            )
        elif scheme not in ("http", "https", "mailto", "brochure"):
            reading.found.add(
                "unsafe-link",
                link.place,
                f'the link "{link.address[:60]}" begins with no https://, mailto: or brochure:',
                "write the whole address, or brochure:practice/<slug> for a practice",
            )
