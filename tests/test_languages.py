"""Holds the habits of languages to account: no-break spaces, dates, names, and sorting.

In the tables of spaces, "·" stands for a narrow no-break space and "~" for a no-break space.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
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
    ("de 9 h à 17 h", "de 9~h à 17~h"),
    ("l’atelier:le port", "l’atelier:le port"),  # no space is put where none was typed
    ("https://example.org/?a=b;c", "https://example.org/?a=b;c"),
    ("Voir https://example.org", "Voir https://example.org"),
    ("Déjà·! déjà~: «·oui·»", "Déjà·! déjà~: «·oui·»"),
    ("Un mot~? «~oui~»", "Un mot·? «·oui·»"),  # typed as word processors do
    ("14 h 30 ; 2 et 3", "14~h 30·; 2 et 3"),
    ("en 2014 2020 personnes", "en 2014 2020 personnes"),  # two numbers of four digits
    ("", ""),
]


@pytest.mark.parametrize(("typed", "printed"), FRENCH)
def test_french_sentences_get_their_spaces(typed: str, printed: str) -> None:
    assert shown(Language("fr").printed(meant(typed))) == printed
    assert shown(Language("fr-BE").printed(meant(typed))) == printed


OTHERS = [
    ("en", "about EUR 600,000 (2018)", "about EUR~600,000 (2018)"),
    ("en", "What is it ? A word", "What is it ? A word"),
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
    assert shown(Language(language).printed(meant(typed))) == printed


def test_tags_and_attributes_of_html_are_left_alone() -> None:
    html = (
        '<p>Quoi ? <a href="https://example.org/a ; b ?" title="1 000 % : !">1 000 : ici</a> !</p>'
    )
    assert shown(Language("fr").printed(html)) == (
        '<p>Quoi·? <a href="https://example.org/a ; b ?" title="1 000 % : !">1·000~: ici</a>·!</p>'
    )


def test_entities_are_left_alone() -> None:
    html = "<p>Design &amp; Plug &lt;3 &gt; 2 ; oui &quot; non</p>"
    assert Language("fr").printed(html) == html.replace(" ;", f"{NARROW};")


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
        *("apple", "Apple", "apple pie", "banana", "Banana")
    ]


# Each list stands in the order of its language (CLDR 45, and what its dictionaries do).
ORDERS = {
    "en": "apple apple-pie “apricot” Ärger azure zebra",
    "de": "Apfel Ärger Arzt Masse Maße Mast Ofen öffnen Öl Zebra",
    "de-AT": "Apfel Ärger Arzt",
    "fr": "cote coté côte côté coter œuf offre",
    "it": "città cittadino perché però",
    "ca": "camí canó canya colla col·laborar dia zona",
    "es": "canto caña cañón cápsula nube ñandú oso",
    "eu": "andere andre aña apur",
    "pt": "acao ação acaso avó zero",
    "nl": "ijs ijzer ik reünie reus",
    "da": "abe zebra æble ærlig øl ørn ål Aalborg ånd",
    "nb": "abe zebra ære øl ål",
    "nn": "abe zebra ære øl ål",
    "no": "zebra ære øl ål",
    "sv": "apa über zebra ål ånd äpple ö öl",
    "fi": "apu yö zeppeliini åland äiti öljy",
    "et": "sild šokk zebra žanr tamm vesi õhk äri öö üks xenon",
    "lv": "cena čaula gads ģimene iela īss kaķis lapa ļaunums zeme žurnāls",
    "lt": "cukrus čia yla įrašas iš jis sala šalis zona žmogus",
    "pl": "cel ćma las lato łan noc oset ósmy sad ścisły świat zamek źle żaba",
    "cs": "cena čas had hora chata jez rok řeka sad šála zima žába",
    "sk": "auto ävo bok cena čas had hora chata jama osa ôsmy sad šála zima žaba",
    "sl": "cena čas dan sad šal zima žaba",
    "hr": "cijena čas ćud dan džep đak lav ljeto nos njiva sad šal zima žaba",
    "hu": "cukor csak dob dzsem gáz gyár lap lyuk nap nyár oltár öl sor szó tó tyúk út üt zab zseb",
    "ro": "an ăst âmbla boală in îngust sat șase tot țară",
    "mt": "bejt ċentru dar fejn ġenna gallina għada hena ħin jiem żebra zija",
    "ga": "abhainn ábhar béal Éire fáilte",
    "bg": "август език иглика йод като ъгъл юни ябълка",
    "uk": "гай ґанок два еліта єдність жито ива іскра їжак йод кит щука юний",
    "el": "άγαλμα αγορά ένα έργο ήλιος ώρα",
}


@pytest.mark.parametrize("tag", ORDERS)
def test_words_stand_in_the_order_of_their_language(tag: str) -> None:
    words = ORDERS[tag].split()
    assert sorted(reversed(words), key=Language(tag).sort_key) == words
    assert sorted(sorted(words), key=Language(tag).sort_key) == words


def test_a_capital_letter_changes_no_order() -> None:
    words = ["Ch", "h", "CH", "ch", "H", "i"]
    assert sorted(words, key=Language("cs").sort_key) == ["h", "H", "ch", "Ch", "CH", "i"]


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


# What a plan says in a language: dates, quarters, numbers, money, countries.
# A thin space, as it stands around the dash between two dates, is shown as "_".


def plainly(text: str) -> str:
    """Return a text with its special spaces as signs."""
    return shown(text).replace("\u2009", "_")


MONTHS = [
    ("en", "October 2019", "5 October 2019"),
    ("fr", "octobre 2019", "5 octobre 2019"),
    ("de", "Oktober 2019", "5. Oktober 2019"),
    ("it", "ottobre 2019", "5 ottobre 2019"),
    ("ca", "octubre del 2019", "5 d’octubre del 2019"),
    ("de-AT", "Oktober 2019", "5. Oktober 2019"),
    ("ar", "أكتوبر 2019", "5 أكتوبر 2019"),
    ("lv", "2019. g. oktobris", "2019. gada 5. oktobris"),
]


@pytest.mark.parametrize(("language", "month", "day"), MONTHS)
def test_a_date_of_a_source_file_is_written_out_as_far_as_it_goes(
    language: str, month: str, day: str
) -> None:
    written = [Language(language).dated(date) for date in ("2019", "2019-10", "2019-10-05")]
    assert [plainly(each) for each in written] == ["2019", month, day]


def test_the_first_month_has_its_own_name_in_austria() -> None:
    assert Language("de").dated("2020-01") == "Januar 2020"
    assert Language("de-AT").dated("2020-01") == "Jänner 2020"


DAYS = [
    ("en", "22–24 May 2017", "31 May_–_2 June 2017", "31 December 2017_–_2 January 2018"),
    ("fr", "22–24 mai 2017", "31 mai_–_2 juin 2017", "31 décembre 2017_–_2 janvier 2018"),
    ("de", "22.–24. Mai 2017", "31. Mai_–_2. Juni 2017", "31. Dezember 2017_–_2. Januar 2018"),
    ("it", "22–24 maggio 2017", "31 maggio_–_2 giugno 2017", "31 dicembre 2017_–_2 gennaio 2018"),
    (
        *("ca", "22–24 de maig del 2017", "31 de maig_–_2 de juny del 2017"),
        "31 de desembre del 2017_–_2 de gener del 2018",
    ),
    ("de-AT", "22.–24. Mai 2017", "31. Mai_–_2. Juni 2017", "31. Dezember 2017_–_2. Jänner 2018"),
    ("ar", "22–24 مايو 2017", "31 مايو – 2 يونيو 2017", "31 ديسمبر 2017 – 2 يناير 2018"),
]


@pytest.mark.parametrize(("language", "in_a_month", "in_a_year", "over_new_year"), DAYS)
def test_several_days_say_only_once_what_they_share(
    language: str, in_a_month: str, in_a_year: str, over_new_year: str
) -> None:
    days = Language(language).days
    assert plainly(days("2017-05-22", "2017-05-24")) == in_a_month
    assert plainly(days("2017-05-31", "2017-06-02")) == in_a_year
    assert plainly(days("2017-12-31", "2018-01-02")) == over_new_year


@pytest.mark.parametrize(
    "language", ["en", "fr", "de", "it", "ca", "de-AT", "es", "pt", "nl", "pl", "fi", "cs", "sv"]
)
def test_several_days_end_in_a_date_as_it_is_written_alone(language: str) -> None:
    spoken = Language(language)
    for last in ("2017-05-24", "2017-06-02", "2018-01-02"):
        alone = spoken.date(datetime.date.fromisoformat(last))
        assert spoken.days("2017-05-22", last).endswith(alone)


@pytest.mark.parametrize("language", ["xx", "lv", "hu", "mn", "zh", "fa"])
def test_several_days_can_be_written_in_every_language(language: str) -> None:
    days = Language(language).days("2017-05-22", "2017-05-24")
    assert "2017" in days
    assert "22" in days
    assert "24" in days


QUARTERS = [
    ("en", "Q3 2019"),
    ("fr", "T3 2019"),
    ("de", "Q3 2019"),
    ("it", "T3 2019"),
    ("ca", "3T 2019"),
    ("de-AT", "Q3 2019"),
    ("he", "Q3 2019"),
    ("lv", "2019. g. 3.~cet."),
    ("xx", "Q3 2019"),
]


@pytest.mark.parametrize(("language", "written"), QUARTERS)
def test_a_quarter_is_written_as_its_language_does(language: str, written: str) -> None:
    assert plainly(Language(language).quarter(2019, 3)) == written


@pytest.mark.parametrize("language", ["en", "fr", "ca", "de-AT", "lv"])
def test_every_quarter_has_its_number(language: str) -> None:
    for number in range(1, 5):
        written = Language(language).quarter(2020, number)
        assert sorted(re.findall(r"\d+", written), key=len) == [str(number), "2020"]


NUMBERS = [
    ("en", "1,234,567.5", "-12", "0.25"),
    ("fr", "1·234·567,5", "-12", "0,25"),
    ("de", "1.234.567,5", "-12", "0,25"),
    ("it", "1.234.567,5", "-12", "0,25"),
    ("ca", "1.234.567,5", "-12", "0,25"),
    ("de-AT", "1.234.567,5", "-12", "0,25"),
    ("lv", "1~234~567,5", "-12", "0,25"),
]


@pytest.mark.parametrize(("language", "long", "negative", "small"), NUMBERS)
def test_a_number_is_grouped_and_pointed_as_its_language_does(
    language: str, long: str, negative: str, small: str
) -> None:
    written = [Language(language).number(value) for value in (1234567.5, -12.0, 0.25)]
    assert [plainly(each) for each in written] == [long, negative, small]


@pytest.mark.parametrize("value", [0.0004, 0.12345, 12.3456, 1200.0, 0.1, 1234567.891])
def test_a_number_keeps_every_digit_that_it_has(value: float) -> None:
    written = Language("en").number(value)
    assert float(written.replace(",", "")) == value
    assert not written.endswith(".0")


EUROS = [
    ("en", "12,000", "30,500.50", "0.05"),
    ("fr", "12·000", "30·500,50", "0,05"),
    ("de", "12.000", "30.500,50", "0,05"),
    ("it", "12.000", "30.500,50", "0,05"),
    ("ca", "12.000", "30.500,50", "0,05"),
    ("de-AT", "12.000", "30.500,50", "0,05"),
    ("ar", "12,000", "30,500.50", "0.05"),
    ("lv", "12~000", "30~500,50", "0,05"),
]


@pytest.mark.parametrize(("language", "whole", "cents", "little"), EUROS)
def test_an_amount_of_money_has_cents_only_where_there_are_some(
    language: str, whole: str, cents: str, little: str
) -> None:
    amounts = (Decimal(12000), Decimal("30500.5"), Decimal("0.05"))
    written = [Language(language).euros(amount) for amount in amounts]
    assert [plainly(each) for each in written] == [whole, cents, little]
    assert Language(language).euros(Decimal("12000.00")) == written[0]


@untimed
@given(st.decimals(0, 10**12 - 1, places=2))
def test_no_cent_of_an_amount_is_lost(amount: Decimal) -> None:
    assert Decimal(Language("en").euros(amount).replace(",", "")) == amount


TERRITORIES = [
    ("en", "Belgium", "Austria"),
    ("fr", "Belgique", "Autriche"),
    ("de", "Belgien", "Österreich"),
    ("it", "Belgio", "Austria"),
    ("ca", "Bèlgica", "Àustria"),
    ("de-AT", "Belgien", "Österreich"),
    ("ar", "بلجيكا", "النمسا"),
    ("xx", "Belgium", "Austria"),
]


@pytest.mark.parametrize(("language", "belgium", "austria"), TERRITORIES)
def test_a_country_is_named_in_the_language(language: str, belgium: str, austria: str) -> None:
    assert [Language(language).territory(code) for code in ("BE", "AT")] == [belgium, austria]


def test_a_country_that_nobody_has_named_is_called_by_its_code() -> None:
    assert Language("fr").territory("XX") == "XX"
