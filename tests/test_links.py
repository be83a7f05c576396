"""Holds the ways through a published file to account: outline, links, contents and index.

Wherever a reader can click, the page that opens must print what was promised; and where there is
nothing to open, there must be nothing to click.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import pypdf
import pytest
from bound_file import BoundFile, BoundSection, Spoken, bound_file, bound_files
from conftest import Built
from pikepdf import Name, Object
from printed_words import joined, letters, stands_in

from brochure.editions import OF_A_PLAN, Kind

LISTING_KINDS = (Kind.CONTENTS, Kind.INDEX, Kind.PLAN_CONTENTS)


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    return bound_files(sample, small_built)


# The outline.

Entry = tuple[int, str, int]  # depth from 1, title, page from 1


def outline_of(file: BoundFile) -> list[Entry]:
    reader = pypdf.PdfReader(file.path)

    def entries(items: list[Any], depth: int) -> Iterator[Entry]:
        for item in items:
            if isinstance(item, list):
                yield from entries(item, depth + 1)
            else:
                page = reader.get_destination_page_number(item)
                assert page is not None, f"{file}: {item.title!r} leads nowhere"
                yield depth, str(item.title), page + 1

    return list(entries(reader.outline, 1))


@dataclass(frozen=True)
class Title:
    """A title by which a reader finds a place: in the outline, in contents, and as its page prints
    it, where a label or number may stand apart from it."""

    kind: Kind
    title: str
    printed: str
    page: int  # from 1


# The headings of a plan's sections that have several, by what strings/ calls them.
HEADINGS = {
    Kind.PLAN_FRAME: ("general", "context"),
    Kind.PLAN_DELIVERY: (*("timeline", "budget", "stakeholders", "monitoring", "risks", "events"),),
}
NUMBERS = {"general": "part-1", "context": "part-2", "actions": "part-3"}


def titles_of(file: BoundFile, bound: BoundSection) -> list[Title]:
    """Return a section's titles from the sources, in the language of the section."""
    kind = bound.section.kind
    if kind in (Kind.COVER, Kind.BACK):
        return []
    if kind not in HEADINGS:
        title, printed = title_of(file, bound)
        return [Title(kind, title, printed, bound.pages[0])]
    words = file.desk.project.strings[bound.section.language].words["plan"]
    headings = [element for element in bound.elements if element.kind == "/H1"]
    return [
        Title(kind, numbered(words, name), str(words[name]), file.page_of[page.object.Pg.objgen])
        for name, page in zip(HEADINGS[kind], headings, strict=True)
    ]


def numbered(words: Any, name: str) -> str:
    """Return the name of a plan's part, behind its number in the form if it has one."""
    return f"{words[NUMBERS[name]]} – {words[name]}" if name in NUMBERS else str(words[name])


def title_of(file: BoundFile, bound: BoundSection) -> tuple[str, str]:
    """Return a section's title, and what of it stands together on its page."""
    project, section = file.desk.project, bound.section
    words = project.strings[section.language].words
    match section.kind:
        case Kind.PRACTICE:
            title = project.practice_text(section.subject, section.language).title
        case Kind.REGION:
            title = project.region_name(section.subject, section.language)
        case Kind.PROJECT:
            title = project.pages["project"][section.language].title
        case Kind.IMPRINT:
            title = str(words["imprint"]["title"])
        case Kind.PLAN_CONTENTS:
            title = str(words["contents"])
        case Kind.PLAN_COVER | Kind.PLAN_SUMMARY:
            title = project.plans[section.subject].texts[section.language].title
        case Kind.PLAN_ACTIONS:
            return numbered(words["plan"], "actions"), str(words["plan"]["actions"])
        case Kind.PLAN_SIGNATURE:
            title = str(words["plan"]["signature"])
        case Kind.ACTION:
            return title_of_an_action(file, bound)
        case _:
            title = str(words[str(section.kind)])
    return title, title


def title_of_an_action(file: BoundFile, bound: BoundSection) -> tuple[str, str]:
    project, language = file.desk.project, bound.section.language
    words = project.strings[language].words["plan"]
    region, _, id_ = bound.section.subject.partition("/")
    actions = project.plans[region].facts.actions
    (number,) = (number for number, action in enumerate(actions, 1) if action.id == id_)
    title = actions[number - 1].title
    printed = words["tbc"] if title == "tbc" else project.words(title, language)
    return f"{words['action'].replace('{number}', str(number))} – {printed}", printed


@cache
def titles_in(file: BoundFile) -> tuple[Title, ...]:
    return tuple(title for section in file.sections for title in titles_of(file, section))


def is_printed(title: Title, file: BoundFile) -> bool:
    """Whether the page of a title prints it.

    The large number of an action lies beside its title, and where lines are sorted by their
    height, between the two lines of a long one: there the order of the tags counts.
    """
    if title.kind is not Kind.ACTION:
        return stands_in(title.printed, file.printed[title.page - 1])
    section = file.section_on(title.page)
    assert section is not None
    tagged = (each.piece for each in section.spoken if each.piece.page == title.page)
    return stands_in(title.printed, joined(tagged))


def expected_outline(file: BoundFile) -> list[Entry]:
    """Everything but the first cover; practices stand below their region, actions below their
    plan, and a plan behind practices below its own cover."""
    below_a_region = any(s.section.kind is Kind.REGION for s in file.sections)
    behind = file.edition.holds == "region-and-plan"

    def depth(kind: Kind) -> int:
        if kind is Kind.PLAN_COVER:
            return 1 if behind else 0
        if kind in OF_A_PLAN:
            return 1 + behind + (kind is Kind.ACTION)
        return 2 if kind is Kind.PRACTICE and below_a_region else 1

    return [
        (depth(each.kind), each.title, each.page) for each in titles_in(file) if depth(each.kind)
    ]


def test_the_outline_names_every_section_and_puts_practices_below_their_region(
    files: list[BoundFile],
) -> None:
    for file in files:
        assert outline_of(file) == expected_outline(file), file


def test_every_line_of_the_outline_opens_the_page_that_prints_its_title(
    files: list[BoundFile],
) -> None:
    lost = [
        f"{file}: {title.title!r} is not printed on page {title.page}"
        for file in files
        for title in titles_in(file)
        if not is_printed(title, file)
    ]
    assert lost == []


def test_a_line_of_the_outline_opens_its_page_at_the_heading(files: list[BoundFile]) -> None:
    """Where a section has several headings; the others open at the top of their first page."""
    checked, wrong = 0, []
    for file in files:
        tops = tops_of(file)
        for section in file.sections:
            if section.section.kind not in HEADINGS:
                continue
            spoken = [each.piece for each in section.spoken if "/H1" in each.within]
            for title in titles_of(file, section):
                checked += 1
                heading = next(
                    piece
                    for piece in spoken
                    if piece.page == title.page and title.printed.startswith(piece.words.strip())
                )
                below = tops[title.title, title.page] - heading.y
                if not 0 < below < HEADING_HEIGHT:
                    wrong.append(f"{file}: {title.title!r} is {below} points below its place")
    assert checked > len(PLAN_PARTS)
    assert wrong == []


HEADING_HEIGHT = 40  # points; the lines of a heading are 21 to 26
PLAN_PARTS = [name for names in HEADINGS.values() for name in names]


def tops_of(file: BoundFile) -> dict[tuple[str, int], float]:
    """Return how far up its page each line of the outline leads, in points from the lower edge."""
    reader = pypdf.PdfReader(file.path)
    found: dict[tuple[str, int], float] = {}

    def take_in(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, list):
                take_in(item)
                continue
            page = reader.get_destination_page_number(item)
            assert page is not None
            found[str(item.title), page + 1] = float(item.top)

    take_in(reader.outline)
    return found


def test_a_section_with_one_heading_opens_at_the_top_of_its_first_page(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "en/events/north-en.pdf")
    tops = tops_of(file)
    checked = 0
    for title in titles_in(file):
        if title.kind not in HEADINGS:
            checked += 1
            height = float(file.pdf.pages[title.page - 1].trimbox[3])
            assert tops[title.title, title.page] == pytest.approx(height, abs=0.01), title
    assert checked > len(PLAN_PARTS)


# Links inside a file.


def inner_links(file: BoundFile) -> Iterator[tuple[int, Object, int]]:
    """Yield page, annotation and the page that it opens."""
    for number, link in file.links():
        if Name.Dest in link:
            yield number, link, file.page_of[link.Dest[0].objgen]


def test_every_link_opens_the_page_of_a_heading_and_says_which(
    files: list[BoundFile],
) -> None:
    checked, wrong = 0, []
    for file in files:
        for number, link, opened in inner_links(file):
            checked += 1
            titles = [title for title in titles_in(file) if title.page == opened]
            promised = str(link.get(Name.Contents, ""))
            meant = [title for title in titles if title.title == promised]
            if not titles:
                wrong.append(f"{file}: page {number}: a link opens page {opened}, inside a section")
            elif not meant:
                wrong.append(f"{file}: page {number}: {promised!r} opens page {opened}")
            elif not is_printed(meant[0], file):
                wrong.append(f"{file}: page {opened} does not print {promised!r}")
    assert checked > len(files)
    assert wrong == []


def test_a_link_to_a_practice_opens_it_in_the_language_of_the_page(small_built: Built) -> None:
    file = bound_file(small_built, "multilingual/brochure-fr-en.pdf")
    languages = {"fr": 0, "en": 0}
    for number, _, opened in inner_links(file):
        here, there = file.section_on(number), file.section_on(opened)
        assert here is not None
        assert there is not None
        if here.section.kind not in LISTING_KINDS:
            assert here.section.language == there.section.language
            languages[here.section.language] += 1
    assert all(languages.values()), languages


def test_every_link_is_described_and_lies_on_its_page(files: list[BoundFile]) -> None:
    wrong = []
    for file in files:
        for number, link in file.links():
            x1, y1, x2, y2 = (float(side) for side in link.Rect)  # any two opposite corners
            _, _, width, height = (float(side) for side in file.pdf.pages[number - 1].MediaBox)
            on_page = 0 <= min(x1, x2) < max(x1, x2) <= width
            on_page &= 0 <= min(y1, y2) < max(y1, y2) <= height
            if not on_page or not str(link.get(Name.Contents, "")).strip():
                wrong.append(f"{file}: page {number}: {link.get(Name.Contents)!r} {link.Rect!r}")
    assert wrong == []


def test_no_address_of_the_project_itself_is_left(files: list[BoundFile]) -> None:
    addresses = [
        (file, page, str(link.A.URI))
        for file in files
        for page, link in file.links()
        if Name.A in link
    ]
    schemes = ("https://", "http://", "mailto:")
    assert any(address.startswith(schemes) for _, _, address in addresses)
    other = [each for each in addresses if not each[2].startswith(schemes)]
    assert other, "a plan leads to leaflets"
    lost = [each for each in other if not leads_from_a_plan_to_a_file(*each)]
    assert lost == []


def leads_from_a_plan_to_a_file(file: BoundFile, page: int, address: str) -> bool:
    """Whether an address on a page of a plan is that of another published file."""
    section = file.section_on(page)
    target = (file.path.parent / unquote(address)).resolve()
    published = {file.out / edition.file for edition in file.desk.editions} - {file.path}
    return (
        section is not None
        and section.section.kind in OF_A_PLAN
        and ":" not in address
        and target in {path.resolve() for path in published}
        and target.is_file()
    )


# Links to what another edition holds.


def test_a_link_to_a_practice_outside_the_edition_becomes_plain_text(small_built: Built) -> None:
    words = "Mill Fund"
    inside = bound_file(small_built, "en/brochure-en.pdf")
    outside = bound_file(small_built, "en/practices/harbour-lab-en.pdf")
    assert "/Link" in spoken_in_lead(inside, words).within
    assert "/Link" not in spoken_in_lead(outside, words).within
    lead = "It lends machines to makers, as the Mill Fund lends money."
    assert stands_in(lead, practice_in(outside).words)
    destinations = [link for _, link in outside.links() if Name.Dest in link]
    assert destinations == []


def practice_in(file: BoundFile) -> BoundSection:
    return next(s for s in file.sections if s.section.subject == "harbour-lab")


def spoken_in_lead(file: BoundFile, words: str) -> Spoken:
    """Return where words are first spoken in the lab's text: in its lead."""
    return next(spoken for spoken in practice_in(file).spoken if words in spoken.piece.words)


def test_links_that_are_kept_and_links_that_are_dropped_add_up(small_built: Built) -> None:
    """The lab's page has a link to the fund in its lead and one in its transfer."""
    brochure = bound_file(small_built, "en/brochure-en.pdf")
    leaflet = bound_file(small_built, "en/practices/harbour-lab-en.pdf")
    counted = {}
    for file in (brochure, leaflet):
        pages = practice_in(file).pages
        links = [link for page, link in file.links() if page in pages]
        counted[str(file)] = (
            sum(Name.Dest in link for link in links),
            sum(Name.A in link for link in links),
        )
    assert counted == {str(brochure): (2, 2), str(leaflet): (0, 2)}


# Contents and index.


def listed_rows(file: BoundFile, listing: BoundSection) -> list[tuple[str, int]]:
    """Return the title of each row of contents or index, and the page that its number names, as
    they are spoken."""
    rows: list[list[Spoken]] = []
    for spoken in listing.spoken:
        if "/TR" in spoken.within:
            if "/TH" in spoken.within and (not rows or "/TD" in rows[-1][-1].within):
                rows.append([])
            rows[-1].append(spoken)
    found = []
    for row in rows:
        # Beside the title, a contents page in several languages names the language; a plan's
        # contents have the lines of its imprint below them.
        heads = [spoken for spoken in row if "/TH" in spoken.within]
        title = joined(spoken.piece for spoken in heads if "/Link" in spoken.within)
        number = joined(spoken.piece for spoken in row if "/TD" in spoken.within)
        if title:
            found.append((title, file.page_labelled(number)))
    return found


def listings(file: BoundFile) -> list[BoundSection]:
    return [s for s in file.sections if s.section.kind in LISTING_KINDS]


def test_every_number_in_contents_and_index_is_the_page_that_prints_the_title(
    files: list[BoundFile],
) -> None:
    checked, wrong = 0, []
    for file in files:
        for listing in listings(file):
            for title, number in listed_rows(file, listing):
                checked += 1
                titles = [each for each in titles_in(file) if each.page == number]
                meant = [each for each in titles if letters(each.title) == letters(title)]
                if not meant:
                    wrong.append(f"{file}: {title!r} begins nowhere near page {number}")
                elif not is_printed(meant[0], file):
                    wrong.append(f"{file}: page {number} does not print {title!r}")
    assert checked > 100
    assert wrong == []


PARTS_OF_A_PLAN = OF_A_PLAN - {Kind.PLAN_COVER, Kind.PLAN_CONTENTS, Kind.PLAN_SUMMARY}
LISTED = {
    Kind.CONTENTS: {
        *(Kind.PROJECT, Kind.REGION, Kind.PRACTICE, Kind.INDEX),
        *(Kind.PLAN_COVER, *PARTS_OF_A_PLAN),
    },
    Kind.INDEX: {Kind.PRACTICE},
    Kind.PLAN_CONTENTS: PARTS_OF_A_PLAN,
}


def test_contents_list_everything_to_be_read_and_the_index_every_practice(
    files: list[BoundFile],
) -> None:
    assert {each.section.kind for file in files for each in listings(file)} == set(LISTING_KINDS)
    for file in files:
        for listing in listings(file):
            kinds = LISTED[listing.section.kind]
            starts = sorted(title.page for title in titles_in(file) if title.kind in kinds)
            listed = sorted(number for _, number in listed_rows(file, listing))
            assert listed == starts, f"{file}: {listing.section}"


def test_contents_in_several_languages_name_the_language_of_each_row(small_built: Built) -> None:
    file = bound_file(small_built, "multilingual/brochure-fr-en.pdf")
    (contents,) = (s for s in file.sections if s.section.kind is Kind.CONTENTS)
    assert stands_in("Le Nord français", contents.words)
    assert stands_in("The North English", contents.words)
    alone = bound_file(small_built, "fr/brochure-fr.pdf")
    (contents,) = (s for s in alone.sections if s.section.kind is Kind.CONTENTS)
    assert not stands_in("français", contents.words)


def test_every_row_of_the_contents_links_to_the_page_that_it_names(files: list[BoundFile]) -> None:
    for file in files:
        for listing in listings(file):
            opened = sorted(to for page, _, to in inner_links(file) if page in listing.pages)
            numbers = sorted(number for _, number in listed_rows(file, listing))
            # A title of two lines has two links, one on each.
            assert set(opened) == set(numbers), f"{file}: {listing.section}"
