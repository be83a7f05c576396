"""Holds the ways through a published file to account: outline, links, contents and index.

Wherever a reader can click, the page that opens must print what was promised; and where there is
nothing to open, there must be nothing to click.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from bound_file import BoundFile, BoundSection, Spoken, bound_file, bound_files
from conftest import Built
from pikepdf import Name, Object
from printed_words import joined, stands_in

from brochure.editions import Kind

LISTING_KINDS = (Kind.CONTENTS, Kind.INDEX)


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


def expected_outline(file: BoundFile) -> list[Entry]:
    """Everything but the covers; in a file with regions the practices stand below their region."""
    below_a_region = any(s.section.kind is Kind.REGION for s in file.sections)
    return [
        (2 if s.section.kind is Kind.PRACTICE and below_a_region else 1, title_of(file, s), first)
        for s in file.sections
        if s.section.kind not in (Kind.COVER, Kind.BACK)
        for first in s.pages[:1]
    ]


def title_of(file: BoundFile, bound: BoundSection) -> str:
    """Return a section's title from the sources, in the language of the section."""
    project, section = file.desk.project, bound.section
    strings = project.strings[section.language]
    match section.kind:
        case Kind.PRACTICE:
            return project.practice_text(section.subject, section.language).title
        case Kind.REGION:
            return project.region_name(section.subject, section.language)
        case Kind.PROJECT:
            return project.pages["project"][section.language].title
        case Kind.IMPRINT:
            return str(strings["imprint"]["title"])
        case _:
            return str(strings[str(section.kind)])


def test_the_outline_names_every_section_and_puts_practices_below_their_region(
    files: list[BoundFile],
) -> None:
    for file in files:
        assert outline_of(file) == expected_outline(file), file


def test_every_line_of_the_outline_opens_the_page_that_prints_its_title(
    files: list[BoundFile],
) -> None:
    lost = [
        f"{file}: {title!r} is not printed on page {page}"
        for file in files
        for _, title, page in outline_of(file)
        if not stands_in(title, file.printed[page - 1])
    ]
    assert lost == []


# Links inside a file.


def inner_links(file: BoundFile) -> Iterator[tuple[int, Object, int]]:
    """Yield page, annotation and the page that it opens."""
    for number, link in file.links():
        if Name.Dest in link:
            yield number, link, file.page_of[link.Dest[0].objgen]


def test_every_link_opens_the_first_page_of_a_section_and_says_which(
    files: list[BoundFile],
) -> None:
    checked, wrong = 0, []
    for file in files:
        for number, link, opened in inner_links(file):
            checked += 1
            section = file.section_on(opened)
            promised = str(link.get(Name.Contents, ""))
            if section is None or opened != section.pages[0]:
                wrong.append(f"{file}: page {number}: a link opens page {opened}, inside a section")
            elif title_of(file, section) not in promised:
                wrong.append(f"{file}: page {number}: {promised!r} opens page {opened}")
            elif not stands_in(title_of(file, section), file.printed[opened - 1]):
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
    web = [
        (file, page, str(link.A.URI))
        for file in files
        for page, link in file.links()
        if Name.A in link
    ]
    assert web
    schemes = ("https://", "http://", "mailto:")
    assert [each for each in web if not each[2].startswith(schemes)] == []


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
    """Return title and number of each row of contents or index, as they are spoken."""
    rows: list[list[Spoken]] = []
    for spoken in listing.spoken:
        if "/TR" in spoken.within:
            if "/TH" in spoken.within and (not rows or "/TD" in rows[-1][-1].within):
                rows.append([])
            rows[-1].append(spoken)
    found = []
    for row in rows:
        # Beside the title, a contents page in several languages names the language.
        title = joined(spoken.piece for spoken in row if "/Link" in spoken.within)
        number = joined(spoken.piece for spoken in row if "/TD" in spoken.within)
        found.append((title, int(number)))
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
                opened = file.section_on(number)
                if opened is None or opened.pages[0] != number:
                    wrong.append(f"{file}: {title!r} begins nowhere near page {number}")
                elif not stands_in(title.replace("\n", " "), file.printed[number - 1]):
                    wrong.append(f"{file}: page {number} does not print {title!r}")
    assert checked > 100
    assert wrong == []


def test_contents_list_every_region_and_practice_and_the_index_every_practice(
    files: list[BoundFile],
) -> None:
    for file in files:
        for listing in listings(file):
            kinds = (
                (Kind.PROJECT, Kind.REGION, Kind.PRACTICE, Kind.INDEX)
                if listing.section.kind is Kind.CONTENTS
                else (Kind.PRACTICE,)
            )
            starts = sorted(s.pages[0] for s in file.sections if s.section.kind in kinds)
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
