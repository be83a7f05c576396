"""Holds the words in the published files to account: all that authors wrote, in its language.

The sources are read here once more, by the shortest way: front matter by PyYAML, the text by
Markdown. The words must come back from each file that holds the practice, in the order of its
tags, inside elements of the right language.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml
from bound_file import MM, BoundFile, BoundSection, bound_file, bound_files
from conftest import Built
from printed_words import letters, stands_in

from brochure.editions import OF_A_PLAN, Kind

BLOCKS = re.compile(
    r"</?(?:p|ul|ol|li|h[1-6]|blockquote|pre|table|thead|tbody|tr|th|td)\b[^>]*>|<[bh]r\b[^>]*>"
)


@dataclass(frozen=True)
class Written:
    """What an author wrote in one language about a practice, a region or the project."""

    language: str
    title: str
    summary: str
    facts: tuple[str, ...]
    figures: tuple[str, ...]
    blocks: tuple[str, ...]  # headings, paragraphs, items and cells, in their order
    foreign: tuple[tuple[str, str], ...] = ()  # names in other languages, with these

    def passages(self) -> Iterator[str]:
        yield from (self.title, self.summary, *self.facts, *self.figures, *self.blocks)


@cache
def written(root: Path, folder: str, language: str) -> Written | None:
    """Return the text of a folder in a language, None where there is none."""
    path = root / folder / f"{language}.md"
    if not path.exists():
        return None
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    front: dict[str, Any] = yaml.safe_load(front_matter)
    figures = front.get("figures", [])
    return Written(
        language,
        front["title"],
        front["summary"],
        tuple(map(str, front.get("facts", {}).values())),
        tuple(figure[key] for figure in figures for key in ("value", "label")),
        tuple(_blocks(body)),
        tuple((name, tag) for name, tag in FOREIGN.findall(body)),
    )


# An apostrophe that is typed straight is printed curled, in every language.
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
FOREIGN = re.compile(r"\[([^\[\]]+)\]\{lang=([A-Za-z-]+)\}")  # [Théâtre]{lang=fr}


def _blocks(body: str) -> Iterator[str]:
    rendered = markdown.markdown(
        FOREIGN.sub(r"\1", body), extensions=["tables", "sane_lists", "attr_list"]
    )
    for block in BLOCKS.split(rendered):
        if words := html.unescape(re.sub(r"<[^>]+>", "", block)).strip():
            yield APOSTROPHE.sub("’", re.sub(r"\s+", " ", words))


@pytest.fixture
def files(sample: Built, small_built: Built) -> list[BoundFile]:
    return bound_files(sample, small_built)


def practices_in(file: BoundFile) -> list[tuple[BoundSection, Written]]:
    """Return each practice of a file with the text that it must print: fallback included."""
    project = file.desk.project
    found = []
    for bound in file.sections:
        slug, language = bound.section.subject, bound.section.language
        if bound.section.kind is Kind.PRACTICE:
            folder = f"practices/{slug}"
            text = written(project.folder.root, folder, language)
            text = text or written(project.folder.root, folder, project.source_language)
            assert text is not None
            found.append((bound, text))
    return found


# What authors wrote.


def test_every_text_is_long_enough_to_prove_something(sample: Built) -> None:
    root = sample.root
    slugs = sorted(path.name for path in (root / "practices").iterdir())
    texts = [text for slug in slugs if (text := written(root, f"practices/{slug}", "en"))]
    assert len(texts) == len(slugs) > 5
    assert min(len(text.blocks) for text in texts) >= 5


def test_every_practice_reads_back_word_for_word_from_every_file_that_holds_it(
    files: list[BoundFile],
) -> None:
    lost = [
        f"{file}: {bound.section}: {passage!r}"
        for file in files
        for bound, text in practices_in(file)
        for passage in text.passages()
        if not stands_in(passage, bound.words)
    ]
    assert lost == []


def test_the_pages_of_regions_and_of_the_project_read_back_word_for_word(
    files: list[BoundFile],
) -> None:
    """A region is headed by its name from brochure.yaml, its text's own title is not printed."""
    checked, lost = 0, []
    for file in files:
        for bound in file.sections:
            if bound.section.kind in (Kind.REGION, Kind.PROJECT):
                folder = f"pages/{bound.section.subject or 'project'}"
                text = written(file.desk.project.folder.root, folder, bound.section.language)
                for passage in (text.summary, *text.blocks) if text else ():
                    checked += 1
                    if not stands_in(passage, bound.words_in(bound.section.language)) and not (
                        text and is_partly_foreign(passage, bound, text)
                    ):
                        lost.append(f"{file}: {bound.section}: {passage!r}")
    assert checked > len(files)
    assert lost == []


def test_every_plan_reads_back_word_for_word_from_every_file_that_holds_it(
    files: list[BoundFile],
) -> None:
    """A summary has title, summary and the plan in brief; headings are in the layout's words."""
    checked, lost = dict.fromkeys(("plan", "plan-summary", "region-and-plan"), 0), []
    for file in files:
        if file.edition.plan:
            plan = file.desk.project.plans[file.edition.plan]
            for language in file.edition.languages:
                words = "\n".join(
                    bound.words_in(language)
                    for bound in file.sections
                    if bound.section.kind in OF_A_PLAN and bound.section.language == language
                )
                path = file.desk.project.folder.root / plan.folder / f"{language}.md"
                for passage in passages_of_a_plan(path, file.edition.holds == "plan-summary"):
                    checked[file.edition.holds] += 1
                    if not stands_in(passage, words):
                        lost.append(f"{file}: {passage!r}")
    assert min(checked.values()) > 10, checked
    assert lost == []


def passages_of_a_plan(path: Path, in_brief: bool) -> Iterator[str]:
    """Yield what an author wrote about a plan in one language, up to its first heading or all."""
    _, front_matter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    front: dict[str, Any] = yaml.safe_load(front_matter)
    lead, *passages = re.split(r"^## .*$", body, flags=re.M)
    yield from (front["title"], front["summary"])
    yield from _blocks(lead)
    for passage in [] if in_brief else passages:
        yield from _blocks(passage)


def test_every_text_is_spoken_in_the_order_in_which_it_was_written(
    files: list[BoundFile],
) -> None:
    for file in files:
        for bound, text in practices_in(file):
            spoken, place = letters(bound.words), 0
            for passage in text.passages():
                place = spoken.find(letters(passage), place)
                assert place >= 0, f"{file}: {bound.section}: {passage!r} comes too early"
                place += len(letters(passage))


def test_every_word_of_a_text_is_tagged_in_its_language(files: list[BoundFile]) -> None:
    wrong = [
        f"{file}: {bound.section}: {passage!r} is not tagged {text.language}"
        for file in files
        for bound, text in practices_in(file)
        for passage in text.passages()
        if not stands_in(passage, bound.words_in(text.language))
        and not is_partly_foreign(passage, bound, text)
    ]
    assert wrong == []


def is_partly_foreign(passage: str, bound: BoundSection, text: Written) -> bool:
    """Whether a passage holds names in other languages, all of them tagged so, and is there."""
    names = [(name, tag) for name, tag in text.foreign if letters(name) in letters(passage)]
    return (
        bool(names)
        and stands_in(passage, bound.words)
        and all(stands_in(name, bound.words_in(tag)) for name, tag in names)
    )


def test_every_page_prints_the_words_that_are_tagged_on_it(files: list[BoundFile]) -> None:
    """The text of the whole page, as search and copying find it, holds all tagged words."""
    wrong = [
        f"{file}: page {spoken.piece.page}: {spoken.piece.words!r}"
        for file in files
        for bound in file.sections
        for spoken in bound.spoken
        if letters(spoken.piece.words) not in letters(file.printed[spoken.piece.page - 1])
    ]
    assert wrong == []


def test_no_word_comes_nearer_to_the_edge_of_the_page_than_five_millimetres(
    files: list[BoundFile],
) -> None:
    """The engine lays what does not fit beyond the page and says nothing."""
    near = 5 * MM
    lost = []
    for file in files:
        sizes = [[float(side) for side in page.trimbox] for page in file.pdf.pages]
        for piece in file.pieces:
            _, _, width, height = sizes[piece.page - 1]
            inside = near <= piece.x <= piece.end <= width - near
            if not inside or not near <= piece.y <= height - near:
                lost.append(f"{file}: {piece}")
    assert lost == []


# Texts that are not translated yet.


def note_of(file: BoundFile, reader: str, language: str) -> str:
    """Return the note over a fallback, in the reader's language."""
    strings = file.desk.project.strings[reader]
    name = file.desk.project.language(language).name_in(reader)
    return str(strings["not-translated"]).replace("{language}", name)


def fallbacks_in(file: BoundFile) -> list[tuple[BoundSection, Written]]:
    return [each for each in practices_in(file) if each[0].section.language != each[1].language]


def test_a_text_that_is_not_translated_says_so_in_the_readers_language(
    files: list[BoundFile],
) -> None:
    fallbacks = [(file, *each) for file in files for each in fallbacks_in(file)]
    assert fallbacks
    for file, bound, text in fallbacks:
        reader = bound.section.language
        assert str(bound.part.object.Lang) == reader, f"{file}: {bound.section}"
        note = note_of(file, reader, text.language)
        assert stands_in(note, bound.words_in(reader)), f"{file}: {bound.section}: {note}"


def test_a_translated_text_bears_no_note(files: list[BoundFile]) -> None:
    for file in files:
        for bound, text in practices_in(file):
            if bound.section.language == text.language:
                note = note_of(file, text.language, file.desk.project.source_language)
                assert not stands_in(note, bound.words), f"{file}: {bound.section}"


def test_in_a_translated_text_only_titles_of_others_are_in_another_language(
    files: list[BoundFile],
) -> None:
    for file in files:
        project = file.desk.project
        for bound, text in practices_in(file):
            if bound.section.language == text.language:
                titles = [
                    letters(project.practice_text(slug, text.language).title)
                    for slug, practice in project.practices.items()
                    if text.language not in practice.texts
                ]
                titles += [letters(name) for name, _ in text.foreign]
                for spoken in bound.spoken:
                    if spoken.language != text.language:
                        words = letters(spoken.piece.words)
                        assert any(words in title for title in titles), f"{file}: {spoken}"


def test_what_the_layout_says_around_a_fallback_is_in_the_readers_language(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "fr/practices/mill-fund-fr.pdf")
    ((bound, text),) = practices_in(file)
    assert text.language == "en"
    french = bound.words_in("fr")
    for words in ("Qui", "La fondation du moulin", "Sur le modèle de", "Labo du port"):
        assert stands_in(words, french) or stands_in(words.upper(), french), words
    assert not stands_in("Mill Fund", french)
    assert not stands_in("Qui", bound.words_in("en"))


def test_a_fallback_title_is_tagged_in_its_language_wherever_it_stands(
    small_built: Built,
) -> None:
    """On the cover of its leaflet, in contents and index, at its region and where it came from."""
    for name in ("fr/practices/mill-fund-fr.pdf", "fr/brochure-fr.pdf", "fr/regions/south-fr.pdf"):
        file = bound_file(small_built, name)
        places = [
            (bound.section, spoken.language)
            for bound in file.sections
            for spoken in bound.spoken
            if "Mill Fund" in spoken.piece.words
        ]
        assert len(places) >= 2, file
        assert {language for _, language in places} == {"en"}, (file, places)


# Several languages in one file.


def test_a_multilingual_file_holds_each_practice_in_each_language_one_after_the_other(
    sample: Built, small_built: Built
) -> None:
    for built, name in (
        (sample, "multilingual/wallonia-fr-en.pdf"),
        (small_built, "multilingual/brochure-fr-en.pdf"),
    ):
        file = bound_file(built, name)
        practices = [bound for bound, _ in practices_in(file)]
        assert len(practices) == 2 * len(file.edition.practices) > 2
        for french, english in zip(practices[::2], practices[1::2], strict=True):
            assert french.section.subject == english.section.subject
            languages = [str(bound.part.object.Lang) for bound in (french, english)]
            assert languages == ["fr", "en"]
            assert french.pages[-1] < english.pages[0]
        slugs = [bound.section.subject for bound in practices[::2]]
        assert len(set(slugs)) == len(slugs)


def test_a_multilingual_file_speaks_each_translated_practice_in_both_languages(
    small_built: Built,
) -> None:
    file = bound_file(small_built, "multilingual/brochure-fr-en.pdf")
    french, english = (bound for bound in file.sections if bound.section.subject == "harbour-lab")
    assert stands_in("L’atelier est au port.", french.words_in("fr"))
    assert stands_in("The lab stands at the harbour.", english.words_in("en"))
    assert french.words_in("en") == "Mill Fund", "the title of a practice that is not translated"
    assert english.words_in("fr") == ""
