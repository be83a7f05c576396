"""Holds the marks, dashes and spaces of each language to account, sentence by sentence.

The sentences stand in tests/typography/, one file for each language, and were written by hand from
the rules of docs/typography.md.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from brochure.languages import FIXED, NARROW, Language
from brochure.languages.conventions import FOLDER, conventions, known

SENTENCES = Path(__file__).parent / "typography"
# All official languages of the Union, and four that its regions and neighbours write.
LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt"),
    *("lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "ca", "eu", "nb", "uk"),
)

untimed = settings(deadline=None)


def shown(text: str) -> str:
    """Return a text with its no-break spaces as signs."""
    return text.replace(NARROW, "_").replace(FIXED, "~")


def sentences(tag: str) -> list[tuple[str, str]]:
    """Return the sentences of a language, as typed and as printed."""
    pairs = yaml.safe_load((SENTENCES / f"{tag}.yaml").read_text(encoding="utf-8"))
    return [(typed, printed) for typed, printed in (pair.splitlines() for pair in pairs)]


CASES = [(tag, *pair) for tag in LANGUAGES for pair in sentences(tag)]


@pytest.mark.parametrize(("tag", "typed", "printed"), CASES)
def test_a_sentence_is_printed_as_its_language_does(tag: str, typed: str, printed: str) -> None:
    once = Language(tag).printed(typed)
    assert shown(once) == printed
    assert Language(tag).printed(once) == once


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_sentences_enough(tag: str) -> None:
    assert len(sentences(tag)) >= 8


def test_every_file_of_sentences_is_read() -> None:
    assert {path.stem for path in SENTENCES.iterdir()} == set(LANGUAGES)


def test_every_file_of_conventions_names_its_source() -> None:
    assert set(LANGUAGES) < set(known())
    for path in FOLDER.glob("*.toml"):
        assert path.read_text(encoding="utf-8").startswith("# "), path


# Languages of a country, and those without rules.

OTHERS = [
    ("de-CH", "Das \"Haus 'am' See\", z.B. hier", "Das «Haus ‹am› See», z._B. hier"),
    ("de-AT", 'Das "Haus" am 5. Jänner', "Das „Haus“ am 5.~Jänner"),
    ("fr-CH", 'Le "mot" ?', "Le «_mot_»_?"),
    ("fr-BE", 'Le "mot" ?', "Le «_mot_»_?"),
    ("pt-BR", "A \"casa 'nova'\"", "A “casa ‘nova’”"),
    ("nn", 'Det "opne" huset', "Det «opne» huset"),
    ("no", 'Det "åpne" huset', "Det «åpne» huset"),
    ("wa", 'Li "mohone" d\' Lidje, 5 km', 'Li "mohone" d’ Lidje, 5~km'),
]


@pytest.mark.parametrize(("tag", "typed", "printed"), OTHERS)
def test_a_country_has_its_own_marks(tag: str, typed: str, printed: str) -> None:
    assert shown(Language(tag).printed(typed)) == printed


def test_a_language_without_a_file_has_the_plain_conventions() -> None:
    assert conventions("xx").quotes == ""
    assert conventions("de-LU") == conventions("de")


# HTML.

HTML = [
    ("en", '<p>"<em>Yes</em>," she said.</p>', "<p>“<em>Yes</em>,” she said.</p>"),
    ("en", '<p>An "open</p><p>quote" ends</p>', '<p>An "open</p><p>quote" ends</p>'),
    (
        *("de", '<p><code>a -- "b"</code> -- <a title="x">"c"</a></p>'),
        '<p><code>a -- "b"</code> – <a title="x">„c“</a></p>',
    ),
    (
        *("fr", '<p>« <em>Oui</em> » dit-il</p><pre>"x" ;</pre>'),
        '<p>«_<em>Oui</em>_» dit-il</p><pre>"x" ;</pre>',
    ),
    ("fr", "<p><strong>Oui</strong> !</p>", "<p><strong>Oui</strong>_!</p>"),
    ("de", 'R&amp;D "&lt;b&gt;"', "R&amp;D „&lt;b&gt;“"),
    (
        *("de", '<p>Das "<span lang="fr">théâtre "neuf" !</span>" ist\'s</p>'),
        '<p>Das „<span lang="fr">théâtre «_neuf_»_!</span>“ ist’s</p>',
    ),
]


@pytest.mark.parametrize(("tag", "typed", "printed"), HTML)
def test_only_words_are_set(tag: str, typed: str, printed: str) -> None:
    assert shown(Language(tag).printed(typed)) == printed


@pytest.mark.parametrize(
    "text",
    [
        *("https://example.org/a--b?c='1-2'&d=e", "www.example.org/a--b", "o'neill-5@x-1--y.org"),
        *("brochure:practice/start-invest", "mailto:a--b@example.org"),
        *("+32 4 220-12-34", "2019-10-05", "LV-1010", "ISO 12647-2", "PDF/UA-1", "B-4000", "3-1"),
        *("Covid-19", "00-950", "555-12345678", "5 - 3", "--json", "20 - 10"),
    ],
)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_is_no_sentence_stays_as_it_is(tag: str, text: str) -> None:
    for around in ("{}", "<p>{}</p>", "({})"):
        typed = around.format(text)
        printed = Language(tag).printed(typed)
        assert printed.replace(FIXED, " ").replace(NARROW, " ") == typed


# Whatever is typed.

TAGS = st.sampled_from([*LANGUAGES, "de-CH", "fr-CH", "xx", "no"])
# Signs that the rules look at, so that they meet often; \ue000, \x1e and ᚠ stand for tags inside.
SIGNS = [*" \u00a0\u202f\n;:!?«»‹›„“”‚‘’\"'()[]-–—%€0123456789.,·aiEURkmzBdhVуіασ²\ue000\x1eᚠ"]
WORDS = st.lists(
    st.sampled_from(
        [*SIGNS, "--", " - ", "'s", "z. B.", "24. ", " mai", "nr. ", '"a', 'b"', "2014-20"]
    ),
    max_size=14,
).map("".join)
ELEMENTS = st.sampled_from(
    [
        *(
            "<b>",
            "</b>",
            '<a href="1 000 ; ?">',
            "</a>",
            "<br>",
            "<p>",
            "</p>",
            "<p title='a : b'>",
        ),
        *("<code>", "</code>", '<span lang="fr">', "</span>", "&amp;", "&quot;", "a@b.org"),
    ]
)
TEXTS = st.lists(WORDS | ELEMENTS, max_size=8).map("".join)
THOROUGH = settings(deadline=None, max_examples=600)


@THOROUGH
@given(TAGS, TEXTS)
def test_what_is_printed_is_printed_the_same_again(tag: str, html: str) -> None:
    once = Language(tag).printed(html)
    assert Language(tag).printed(once) == once


def bare(text: str) -> str:
    """Return a text without spaces, marks and dashes; the Greek question mark is two of them."""
    text = text.replace("\u037e", ";").replace("?", ";").replace("\u0387", "\u00b7")
    return re.sub(r"[ \u00a0\u202f\"'“”„‟«»‘’‚‛‹›\-–—\N{MINUS SIGN}]", "", text)


@THOROUGH
@given(TAGS, TEXTS)
def test_nothing_is_lost_but_marks_and_spaces(tag: str, html: str) -> None:
    assert bare(Language(tag).printed(html)) == bare(html)


@untimed
@given(TAGS, st.text(max_size=60))
def test_any_text_can_be_printed(tag: str, text: str) -> None:
    assert bare(Language(tag).printed(text)) == bare(text)


@untimed
@given(TAGS, TEXTS)
def test_tags_and_code_are_not_touched(tag: str, html: str) -> None:
    kept = re.compile(r"<code>.*?</code>|<[^>]*>", re.S)
    assert kept.findall(Language(tag).printed(html)) == kept.findall(html)


# The cost: every text is set whenever it is read.


@pytest.mark.parametrize("tag", ["fr", "pl", "de"])
def test_a_text_of_400_words_takes_milliseconds(tag: str) -> None:
    text = (ROOT / "practices/sowalfin/fr.md").read_text(encoding="utf-8").rpartition("---")[2]
    words = " ".join((text.split() * 2)[:400])
    language, taken = Language(tag), []
    for _ in range(20):
        start = time.perf_counter()
        language.printed(words)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.004  # 1.2 ms on a machine that does nothing else


HOSTILE = [
    *("a" * 100_000, "-" * 100_000, '"' * 20_000, " - " * 20_000, "<" * 20_000, "1 " * 50_000),
    *('<span lang="fr">' * 2_000, "<code>" * 2_000, "a'" * 20_000, "«" * 20_000, "a@" * 20_000),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
def test_hostile_texts_take_no_minutes(text: str) -> None:
    start = time.perf_counter()
    Language("fr").printed(text)
    assert time.perf_counter() - start < 5


# The manual.


def test_the_manual_lists_the_marks_of_every_language() -> None:
    manual = (ROOT / "docs/typography.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (\S+) (\S+) \| (\S+) (\S+) \| (.+?) \|", manual, re.M)
    written = {tag: ("".join(marks[:4]), marks[4]) for tag, *marks in rows}
    assert written == {tag: (conventions(tag).quotes, dashes_of(tag)) for tag in known()}


def dashes_of(tag: str) -> str:
    """Return how the manual shows the dash of a language."""
    language = conventions(tag)
    between = f"a{'~' if language.dash_stays else ' '}{language.dash} b"
    return (
        f"{between}, a {language.paired_dash}b{language.paired_dash} c"
        if language.paired_dash
        else between
    )
