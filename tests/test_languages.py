"""Holds the habits of languages to account: no-break spaces, dates, names, and sorting.

In the tables of spaces, "·" stands for a narrow no-break space and "~" for a no-break space.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brochure.diagnostics import Diagnostics
from brochure.languages import FIXED, NARROW, Language, choose, is_tag, read_strings
from brochure.sources import Folder

untimed = settings(deadline=None)


def shown(text: str) -> str:
    """Return a text with its no-break spaces as signs."""
    return text.replace(NARROW, "·").replace(FIXED, "~")


def meant(text: str) -> str:
    """Return a text with signs as no-break spaces."""
    return text.replace("·", NARROW).replace("~", FIXED)


# Spaces.

FRENCH = [
    ("Pourquoi Namur ?", "Pourquoi Namur·?"),
    ("Quelle fête !", "Quelle fête·!"),
    ("Une salle ; un atelier ; rien d’autre.", "Une salle·; un atelier·; rien d’autre."),
    ("Il prête des machines : des fraiseuses.", "Il prête des machines~: des fraiseuses."),
    ("Le festival dit « bonjour » à tous.", "Le festival dit «·bonjour·» à tous."),
    ("« Que faire ? » demande-t-on.", "«·Que faire·?·» demande-t-on."),
    ("(Pourquoi ?)", "(Pourquoi·?)"),
    ("Quoi ? Rien !", "Quoi·? Rien·!"),
    ("Vraiment ?!", "Vraiment·?!"),
    ("Pourquoi ?…", "Pourquoi·?…"),
    ("En 2020, l’atelier a reçu 1 200 visiteurs.", "En 2020, l’atelier a reçu 1·200 visiteurs."),
    ("environ 12 345 678 euros", "environ 12·345·678 euros"),
    ("5 % du budget, soit 600 000 €.", "5~% du budget, soit 600·000~€."),
    ("un prêt de 25 000 EUR", "un prêt de 25·000~EUR"),
    ("200 m² à 3 km de la gare", "200~m² à 3~km de la gare"),
    ("de 9 h à 17 h", "de 9 h à 17 h"),  # no rule: left as written
    ("l'atelier:le port", "l'atelier:le port"),  # no space is put where none was typed
    ("https://example.org/?a=b;c", "https://example.org/?a=b;c"),
    ("Voir https://example.org", "Voir https://example.org"),
    ("Déjà·! déjà~: «·oui·»", "Déjà·! déjà~: «·oui·»"),
    ("Un mot~? «~oui~»", "Un mot·? «·oui·»"),  # typed as word processors do
    ("14 h 30 ; 2 et 3", "14 h 30·; 2 et 3"),
    ("en 2014 2020 personnes", "en 2014 2020 personnes"),  # two numbers of four digits
    ("", ""),
]


@pytest.mark.parametrize(("typed", "printed"), FRENCH)
def test_french_sentences_get_their_spaces(typed: str, printed: str) -> None:
    assert shown(Language("fr").set_spaces(meant(typed))) == printed
    assert shown(Language("fr-BE").set_spaces(meant(typed))) == printed


OTHERS = [
    ("en", "about EUR 600,000 (2018)", "about EUR~600,000 (2018)"),
    ("en", "What is it ? A « word »", "What is it ? A « word »"),
    ("en", "5 km on foot, 40 % by train", "5~km on foot, 40~% by train"),
    ("en", "5 kmart, 40 EURO", "5 kmart, 40 EURO"),
    ("de", "rund 600.000 EUR, also 5 % mehr", "rund 600.000~EUR, also 5~% mehr"),
    ("de", "10 000 Gäste : alle da !", "10·000 Gäste : alle da !"),
    ("it", "circa 5,5 milioni di euro, il 40 %", "circa 5,5 milioni di euro, il 40~%"),
    ("ca", "uns 25 000 visitants a 3 km", "uns 25·000 visitants a 3~km"),
    ("lv", "10 000 cilvēku ?", "10·000 cilvēku ?"),
]


@pytest.mark.parametrize(("language", "typed", "printed"), OTHERS)
def test_sentences_of_other_languages_get_theirs(language: str, typed: str, printed: str) -> None:
    assert shown(Language(language).set_spaces(meant(typed))) == printed


def test_tags_and_attributes_of_html_are_left_alone() -> None:
    html = (
        '<p>Quoi ? <a href="https://example.org/a ; b ?" title="1 000 % : !">1 000 : ici</a> !</p>'
    )
    assert shown(Language("fr").set_spaces(html)) == (
        '<p>Quoi·? <a href="https://example.org/a ; b ?" title="1 000 % : !">1·000~: ici</a>·!</p>'
    )


def test_entities_are_left_alone() -> None:
    html = "<p>Design &amp; Plug &lt;3 &gt; 2 ; oui &quot; non</p>"
    assert Language("fr").set_spaces(html) == html.replace(" ;", f"{NARROW};")


LANGUAGES = st.sampled_from(["en", "fr", "de", "it", "ca"]).map(Language)
# Letters that the rules look at, so that they meet often.
WORDS = st.text(st.sampled_from([*" \u00a0\u202f\n;:!?«»()%€0123456789.,EURkm²ab'’…"]), max_size=40)
TAGS = st.sampled_from(["<b>", "</b>", '<a href="1 000 ; ?">', "</a>", "<br>", "<p title='a : b'>"])
HTML = st.lists(WORDS | TAGS, max_size=8).map("".join)


@untimed
@given(LANGUAGES, HTML)
def test_setting_spaces_again_changes_nothing(language: Language, html: str) -> None:
    once = language.set_spaces(html)
    assert language.set_spaces(once) == once


@untimed
@given(LANGUAGES, HTML)
def test_setting_spaces_changes_nothing_but_spaces(language: Language, html: str) -> None:
    def with_plain_spaces(text: str) -> str:
        return text.replace(NARROW, " ").replace(FIXED, " ")

    assert with_plain_spaces(language.set_spaces(html)) == with_plain_spaces(html)


@untimed
@given(LANGUAGES, HTML)
def test_setting_spaces_changes_no_tag(language: Language, html: str) -> None:
    tag = re.compile(r"<[^>]*>")
    assert tag.findall(language.set_spaces(html)) == tag.findall(html)


# Dates and names.

DATES = [
    ("en", "24 November 2026"),
    ("fr", "24 novembre 2026"),
    ("de", "24. November 2026"),
    ("it", "24 novembre 2026"),
    ("ca", "24 de novembre del 2026"),
    ("de-AT", "24. November 2026"),
    ("lv", "2026. gada 24. novembris"),
]


@pytest.mark.parametrize(("language", "written"), DATES)
def test_a_date_is_written_out_as_its_language_does(language: str, written: str) -> None:
    assert shown(Language(language).date(datetime.date(2026, 11, 24))).replace("~", " ") == written


def test_a_date_in_a_language_nobody_knows_is_still_a_date() -> None:
    assert "2026" in Language("xx").date(datetime.date(2026, 11, 24))


NAMES = [
    ("en", "fr", "anglais"),
    ("fr", "en", "French"),
    ("de", "it", "tedesco"),
    ("ca", "ca", "català"),
    ("it", "de", "Italienisch"),
    ("de-AT", "en", "German (Austria)"),
    ("wa", "fr", "wallon"),
    ("frp", "en", "Arpitan"),  # has a name in English, but no habits of its own in the data
    ("xx", "fr", "xx"),
    ("en", "xx", "English"),
]


@pytest.mark.parametrize(("language", "reader", "name"), NAMES)
def test_a_language_is_named_in_the_language_of_the_reader(
    language: str, reader: str, name: str
) -> None:
    assert Language(language).name_in(reader) == name


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("fr", "ltr"),
        ("lv", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("sr-Cyrl", "ltr"),
    ],
)
def test_a_language_runs_in_its_direction(language: str, direction: str) -> None:
    assert Language(language).direction == direction


@pytest.mark.parametrize("tag", ["en", "fr", "de-AT", "sr-Cyrl", "sr-Cyrl-RS", "frp", "lld-IT"])
def test_a_language_tag_is_valid(tag: str) -> None:
    assert is_tag(tag)


@pytest.mark.parametrize(
    "tag",
    [
        *("", "e", "EN", "english", "en_GB", "en-gb", "en-", "-en", "de-at", "sr-cyrl", "en GB"),
        *("en-GB-x", "en.md", "en\n", "../en", "e1", "ën", "no-Nynorsk", "1:30"),
    ],
)
def test_anything_else_is_no_language_tag(tag: str) -> None:
    assert not is_tag(tag)


# Sorting.


def test_accents_stand_beside_their_letters() -> None:
    words = ["Zone", "été", "Économie", "école", "Échange", "Ecran"]
    assert sorted(words, key=Language("fr").sort_key) == [
        *("Échange", "école", "Économie", "Ecran", "été", "Zone")
    ]


def test_joined_letters_stand_where_readers_look_for_them() -> None:
    words = ["Zone", "Œuvre", "Offre", "Nœud", "Norme", "Nord", "Straße", "Strand", "Strasse"]
    assert sorted(words, key=Language("fr").sort_key) == [
        *("Nœud", "Nord", "Norme", "Œuvre", "Offre", "Strand", "Strasse", "Straße", "Zone")
    ]


def test_small_letters_stand_beside_capital_ones() -> None:
    words = ["banana", "Apple", "apple pie", "apple", "Banana"]
    assert sorted(words, key=Language("en").sort_key) == [
        *("Apple", "apple", "apple pie", "Banana", "banana")
    ]


@untimed
@given(st.text(max_size=12), st.text(max_size=12))
def test_two_titles_stand_in_one_place_only_when_they_are_the_same(one: str, other: str) -> None:
    key = Language("fr").sort_key
    assert (key(one) == key(other)) == (one == other)


# What a layout says in a language.


def test_a_missing_translation_gives_the_text_of_the_source_language() -> None:
    texts = {"en": "Harbour Lab", "fr": "Labo du port"}
    assert choose(texts, "fr", "en") == "Labo du port"
    assert choose(texts, "de", "en") == "Harbour Lab"


def test_without_a_text_in_the_source_language_there_is_none() -> None:
    with pytest.raises(KeyError):
        choose({"fr": "Labo du port"}, "de", "en")


def layout_with(tmp_path: Path, **files: str) -> Folder:
    strings = tmp_path / "layouts" / "atelier" / "strings"
    strings.mkdir(parents=True)
    (tmp_path / "layouts" / "atelier" / "layout.yaml").touch()
    for language, text in files.items():
        (strings / f"{language}.yaml").write_text(text, encoding="utf-8")
    return Folder(tmp_path)


def test_a_language_that_lacks_words_of_the_first_is_reported_with_all_of_them(
    tmp_path: Path,
) -> None:
    folder = layout_with(
        tmp_path,
        en="headings: {problem: [The problem]}\nindex: Index\nfunding: {emblem: Emblem}\n",
        fr="headings: {problem: Le problème}\n",
    )
    found = Diagnostics()
    strings = read_strings(folder, "atelier", ["en", "fr"], found)
    [missing] = found
    assert (missing.rule, missing.place.file) == (
        "missing-key",
        "layouts/atelier/strings/fr.yaml",
    )
    assert '"funding.emblem", "index"' in missing.message
    assert strings["fr"].heading_id("Le  Problème :") == "problem"


def test_a_language_without_a_file_of_words_is_reported(tmp_path: Path) -> None:
    found = Diagnostics()
    strings = read_strings(
        layout_with(tmp_path, en="index: Index\n"), "atelier", ["en", "lv"], found
    )
    assert list(strings) == ["en"]
    assert [(each.rule, each.place.file) for each in found] == [
        ("file-missing", "layouts/atelier/strings/lv.yaml")
    ]


def test_a_list_in_place_of_words_is_reported(tmp_path: Path) -> None:
    found = Diagnostics()
    read_strings(layout_with(tmp_path, en="- Index\n"), "atelier", ["en"], found)
    assert [each.rule for each in found] == ["wrong-type"]
