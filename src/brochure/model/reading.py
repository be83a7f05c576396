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
from brochure.model.plan_checks import (
    action_ids,
    check_passages,
    check_plan,
    unknown_values,
    words_in,
)
from brochure.model.plans import PlanSheet
from brochure.model.references import (
    Known,
    check_inspirations,
    check_languages,
    check_links,
    check_name,
    check_names,
    check_transfers,
    check_words,
)
from brochure.model.sheets import BrochureSheet, PracticeSheet
from brochure.model.texts import read_texts
from brochure.model.types import PlacedPhoto, Plan, Practice, Project, Region, Texts
from brochure.model.validation import S, validated
from brochure.sources import Folder
from brochure.sources.fonts import Fonts, read_fonts, report_missing_glyphs
from brochure.sources.markdown import Link, Outline
from brochure.sources.picture import read_picture
from brochure.sources.yaml import Located, read_yaml

BROCHURE_FILE = "brochure.yaml"
PROJECT_PAGE = "project"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass
class _Reading:
    """The state of one reading: what stands fast, and what is still to be checked."""

    folder: Folder
    found: Diagnostics
    facts: BrochureSheet
    strings: dict[str, Strings]
    fonts: Fonts
    known: Known
    links: list[Link] = field(default_factory=list)


def read_project(
    folder: Folder,
    found: Diagnostics,
    date: datetime.date | None = None,
    layout: str | None = None,
) -> Project | None:
    """Return the project in a folder; None when `brochure.yaml` itself cannot be used.

    `date` stands in for the date of the imprint, `layout` for the layout that is named there.
    With errors in `found` the project may be incomplete, and must not be built.
    """
    if not folder.exists(BROCHURE_FILE):
        found.add(
            "file-missing",
            Place(BROCHURE_FILE),
            f'there is no "{BROCHURE_FILE}" in "{folder.root}"',
            "change to the project's folder, or name it: brochure --project FOLDER",
        )
        return None
    facts, located = _read_sheet(folder, BROCHURE_FILE, BrochureSheet, found)
    if facts is None or located is None:
        return None
    if date:
        facts = facts.model_copy(
            update={"imprint": facts.imprint.model_copy(update={"date": date})}
        )
    if layout:
        facts = facts.model_copy(update={"layout": layout})
    fonts = read_fonts(folder, found)
    languages = list(dict.fromkeys([facts.source_language, *facts.languages]))
    # The source language first: its file of strings is the pattern of the others.
    strings = read_strings(folder, facts.layout, languages, found)
    for words in strings.values():
        report_missing_glyphs(words.source, fonts, found)
    known = Known(facts.languages, list(facts.regions), list(facts.themes))
    reading = _Reading(folder, found, facts, strings, fonts, known)
    _check_brochure(reading, located)
    practices = _read_practices(reading)
    pages = _read_pages(reading)
    plans = _read_plans(reading)
    check_links(reading.links, known, found)
    return Project(
        folder=folder,
        facts=facts,
        located=located,
        regions={
            id_: Region(id_, region, pages.get(id_) or Texts(f"pages/{id_}", {}))
            for id_, region in facts.regions.items()
        },
        practices=practices,
        pages=pages,
        plans=plans,
        strings=strings,
        fonts=fonts,
    )


def _read_sheet(
    folder: Folder, path: str, sheet: type[S], found: Diagnostics
) -> tuple[S | None, Located | None]:
    """Return a file's checked values and its plain ones; None for what cannot be read."""
    source = folder.read_checked(path, found)
    located = read_yaml(source, found) if source else None
    return (validated(sheet, located, found) if located else None), located


def _check_brochure(reading: _Reading, located: Located) -> None:
    known, found = reading.known, reading.found
    report_missing_glyphs(reading.folder.read(BROCHURE_FILE), reading.fonts, found)
    check_names(located, ("languages",), "unknown-language", known.languages, found)
    check_name(located, ("source_language",), "unknown-language", known.languages, found)
    check_languages(located, reading.facts, found)
    for name, edition in reading.facts.editions.items():
        path = ("editions", name)
        check_names(located, (*path, "languages"), "unknown-language", known.languages, found)
        check_names(located, (*path, "together"), "unknown-language", known.languages, found)
        check_names(located, (*path, "regions"), "unknown-region", known.regions, found)
        for key in edition.without_effect():
            found.add(
                "no-effect",
                located.key_place(*path, key),
                f'"{key}" has no effect on editions that hold {edition.holds}'
                + (" together" if edition.together else ""),
                "remove it",
            )
    words = [("title",), ("subtitle",), *(("themes", theme) for theme in reading.facts.themes)]
    words += [("regions", region, "name") for region in reading.facts.regions]
    words += [("print", profile, "paper") for profile in reading.facts.print]
    for word in words:
        check_words(located, word, known.languages, found)


def _read_texts(reading: _Reading, path: str) -> Texts:
    """Return the texts in a folder, of which every language of the project has one."""
    texts, _ = _read_present_texts(reading, path)
    _report_missing_texts(reading, path)
    return texts


def _read_present_texts(reading: _Reading, path: str) -> tuple[Texts, list[Outline]]:
    texts, outlines = read_texts(
        reading.folder,
        path,
        reading.facts.languages,
        reading.strings,
        reading.fonts,
        reading.found,
    )
    reading.links += [link for outline in outlines for link in outline.links]
    return texts, outlines


def _report_missing_texts(reading: _Reading, path: str) -> None:
    present = set(reading.folder.files(path))
    source = reading.facts.source_language
    if source not in reading.known.languages or not reading.folder.holds(path):
        return  # reported once already
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


def _read_practices(reading: _Reading) -> dict[str, Practice]:
    practices: dict[str, Practice] = {}
    located_by_slug: dict[str, Located] = {}
    folders: dict[str, str] = {}
    if not reading.folder.folders("practices"):
        reading.found.add(
            "file-missing",
            Place("practices/"),
            "there is no practice in this folder",
            'make a folder in it for each practice, with "practice.yaml" and the texts',
        )
    for name in reading.folder.folders("practices"):
        path = f"practices/{name}"
        file = f"{path}/practice.yaml"
        facts, located = _read_sheet(reading.folder, file, PracticeSheet, reading.found)
        texts = _read_texts(reading, path)
        slug = facts.slug if facts and facts.slug else name
        reading.known.slugs.add(slug)
        if located is None:
            continue
        _check_practice(reading, located)
        free = _slug_is_free(reading, slug, path, located, folders)
        if free:
            located_by_slug[slug] = located
        if free and facts:
            photos = _read_photos(reading, path, facts, located, texts)
            at = tuple(located.place("links", number) for number in range(len(facts.links)))
            practices[slug] = Practice(slug, facts, texts, photos, at)
    for slug, located in located_by_slug.items():
        check_transfers(located, slug, reading.known, reading.found)
    return dict(sorted(practices.items()))


def _check_practice(reading: _Reading, located: Located) -> None:
    known, found = reading.known, reading.found
    report_missing_glyphs(reading.folder.read(located.file), reading.fonts, found)
    check_words(located, ("organisation",), known.languages, found)
    check_words(located, ("place", "name"), known.languages, found)
    photos = located.value.get("photos") if isinstance(located.value, dict) else None
    for i in range(len(photos) if isinstance(photos, list) else 0):
        check_words(located, ("photos", i, "credit"), known.languages, found)
    check_name(located, ("region",), "unknown-region", known.regions, found)
    check_name(located, ("theme",), "unknown-theme", known.themes, found)


def _slug_is_free(
    reading: _Reading, slug: str, path: str, located: Located, folders: dict[str, str]
) -> bool:
    said = isinstance(located.value, dict) and "slug" in located.value
    place = located.place("slug") if said else Place(f"{path}/practice.yaml")
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


def _read_photos(
    reading: _Reading,
    path: str,
    facts: PracticeSheet,
    located: Located,
    texts: Texts,
) -> tuple[PlacedPhoto, ...]:
    photos = []
    for i, photo in enumerate(facts.photos):
        place = located.place("photos", i, "file")
        picture = read_picture(reading.folder, f"{path}/photos/{photo.file}", place, reading.found)
        if picture:
            photos.append(PlacedPhoto(photo, picture, place))
        for tag, text in texts.items():
            if photo.file not in text.alt:
                reading.found.add(
                    "missing-alt",
                    Place(f"{path}/{tag}.md", 1),
                    f'the photo "{photo.file}" has no alt text in the language "{tag}"',
                    f'add a line "  {photo.file}: what the photo shows" below "alt:"',
                )
    named = {photo.file for photo in facts.photos}
    for tag, text in texts.items():
        for file in sorted(set(text.alt) - named):
            reading.found.add(
                "no-effect",
                Place(f"{path}/{tag}.md", 1),
                f'the alt text of "{file}" has no effect, practice.yaml names no such photo',
                did_you_mean(file, named),
            )
    return tuple(photos)


def _read_pages(reading: _Reading) -> dict[str, Texts]:
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
        file = f"{path}/plan.yaml"
        facts, located = _read_sheet(reading.folder, file, PlanSheet, reading.found)
        texts, outlines = _read_present_texts(reading, path)
        value = located.value if located else None
        region = value.get("region") if isinstance(value, dict) else None
        reading.known.plans.add(region if isinstance(region, str) else name)
        if located is None:
            continue
        _check_plan(reading, located, list(texts))
        language = _language_of(located) or reading.facts.source_language
        _check_plan_texts(reading, path, located, language, texts, outlines)
        if facts is None:
            continue
        if facts.region in plans:
            reading.found.add(
                "duplicate-slug",
                located.place("region"),
                f'the region "{facts.region}" has another plan in "plans/" already',
                "make one plan of the two",
            )
        else:
            unknown = tuple(unknown_values(located, facts.model_dump()))
            plans[facts.region] = Plan(facts.region, path, language, facts, texts, unknown)
    return plans


def _check_plan(reading: _Reading, located: Located, languages: list[str]) -> None:
    """Check a plan's facts; it needs words in those languages that it has a text in."""
    known, found = reading.known, reading.found
    report_missing_glyphs(reading.folder.read(located.file), reading.fonts, found)
    check_name(located, ("region",), "unknown-region", known.regions, found)
    check_name(located, ("language",), "unknown-language", known.languages, found)
    check_inspirations(located, known, found)
    for path in words_in(located.value):
        check_words(located, path, known.languages, found, wanted=languages)
    check_plan(located, found)


def _check_plan_texts(
    reading: _Reading,
    path: str,
    located: Located,
    language: str,
    texts: Texts,
    outlines: list[Outline],
) -> None:
    if f"{language}.md" not in reading.folder.files(path) and language in reading.known.languages:
        reading.found.add(
            "missing-source-text",
            Place(f"{path}/{language}.md"),
            f'there is no text in the plan\'s own language "{language}"',
            f'write "{path}/{language}.md", or correct "language" in plan.yaml',
        )
    actions = action_ids(located)
    for outline in outlines if actions else []:
        tag = outline.file.rpartition("/")[2].removesuffix(".md")
        check_passages(outline, texts.get(tag), actions, tag == language, reading.found)


def _language_of(located: Located) -> str:
    language = located.value.get("language") if isinstance(located.value, dict) else None
    return language if isinstance(language, str) else ""
