"""Holds hyphenation and the funding statement to account, in each language that has them."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, copy_project
from pypdf import PdfReader
from test_typography import LANGUAGES

from brochure.build.shop import Request, Shop
from brochure.languages import funding_statement, has_dictionary
from brochure.layouts import Composed, Style
from brochure.layouts.composition import packed
from brochure.typeset import Job

WITHOUT = ("fi", "ga", "mt")
NARROW_PAGE = """@page { size: 40mm 100mm; margin: 5mm }
body { font: 10pt/12pt "Source Serif 4"; hyphens: auto }"""
# One long word for each, which fits no line of 30 mm.
WORDS = {
    "de": "Regionalentwicklungsgesellschaften",
    "el": "συγχρηματοδοτούμενεςδραστηριότητες",
    "fi": "aluekehittämisyhteistyöorganisaatio",
    "mt": "kooperazzjonijietinterreġjonalitajba",
    "nb": "regionalutviklingssamarbeidsavtaler",
    "no": "regionalutviklingssamarbeidsavtaler",
    "no-NO": "regionalutviklingssamarbeidsavtaler",
    "pl": "najnieprawdopodobniejszymi",
    "uk": "найвідповідальнішоговзаємопорозуміння",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_has_a_dictionary_or_is_known_to_have_none(tag: str) -> None:
    assert has_dictionary(tag) is (tag not in WITHOUT)


@pytest.mark.parametrize(("tag", "has"), [("no", True), ("de-LU", True), ("fi-FI", False)])
def test_a_variety_has_the_dictionary_of_its_language(tag: str, has: bool) -> None:
    assert has_dictionary(tag) is has


def test_words_are_divided_where_there_is_a_dictionary(tmp_path: Path) -> None:
    root = copy_project(SMALL, tmp_path / "project")
    pages = {
        tag: f'<!DOCTYPE html><html lang="{tag}"><title>x</title><p>{word}</p></html>'
        for tag, word in WORDS.items()
    }
    styles = (Style("a.css", NARROW_PAGE),)
    with Shop(Request(root, root / "out", root / "cache", 1, "test")) as shop:
        jobs = [
            Job(tag, Composed(tag, "x.html.j2", packed(html), styles))
            for tag, html in pages.items()
        ]
        _, failures = shop.typesetter.typeset(jobs, lambda job, made: None)
        assert not failures
        lines = {
            tag: PdfReader(io.BytesIO(shop.cache.content(tag))).pages[0].extract_text()
            for tag in pages
        }
    divided = {tag for tag, text in lines.items() if len(text.strip().splitlines()) > 1}
    assert divided == WORDS.keys() - {"fi", "mt"}


# The statement beside the emblem.

OFFICIAL = tomllib.loads(
    (ROOT / "src/brochure/languages/cofunding.toml").read_text(encoding="utf-8")
)
OF_THE_UNION = {*LANGUAGES} - {"ca", "eu", "nb", "uk"}


def test_every_official_language_has_its_statement() -> None:
    assert OFFICIAL["checked"].keys() & OFFICIAL["unchecked"].keys() == set()
    assert {*OFFICIAL["checked"], *OFFICIAL["unchecked"]} == {*OF_THE_UNION, "ca"}


@pytest.mark.parametrize(
    ("tag", "text", "language", "checked"),
    [
        ("pl", "Dofinansowane przez Unię Europejską", "pl", True),
        ("de-AT", "Kofinanziert von der Europäischen Union", "de", True),
        ("mt", "Kofinanzjat mill-Unjoni Ewropea", "mt", False),
        ("uk", "Co-funded by the European Union", "en", True),
    ],
)
def test_a_statement_is_found(tag: str, text: str, language: str, checked: bool) -> None:
    found = funding_statement(tag)
    assert (found.text, found.language, found.checked) == (text, language, checked)
    assert found.fits(tag) is (tag != "uk")
