"""Holds the reading of a text to account: front matter, headings, links, and clean HTML.

A text is written by many hands and printed under the name of all: nothing of it may reach the
page but paragraphs, headings, lists, tables, emphasis and links.
"""

from __future__ import annotations

import re
import time

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from brochure.diagnostics import Diagnostics, Place
from brochure.languages import Strings, read_strings
from brochure.sources import Folder, Source
from brochure.sources.markdown import Prose, read_prose

FILE = "en.md"
HEAD = "---\ntitle: A practice\n---\n"
FIRST = HEAD.count("\n") + 1  # the line on which a text begins below HEAD
LANGUAGES = ("en", "fr", "de", "it", "ca")


def read(text: str, language: str = "en") -> tuple[Prose, Diagnostics]:
    """Return a whole file read as the layout's language has it, and what is wrong with it."""
    found = Diagnostics()
    prose = read_prose(Source(FILE, text.encode()), found, STRINGS[language].heading_id)
    assert prose is not None
    return prose, found


def read_body(body: str, language: str = "en") -> Prose:
    return read(HEAD + body, language)[0]


def html_of(body: str) -> str:
    return read_body(body).html


def rules(body: str) -> list[tuple[str, int, int]]:
    """Return rule, line and column of what is wrong with a text; line 1 is its first."""
    return [
        (each.rule, each.place.line - FIRST + 1, each.place.column) for each in read(HEAD + body)[1]
    ]


def strings() -> dict[str, Strings]:
    found = Diagnostics()
    read_all = read_strings(Folder(ROOT), "atelier", LANGUAGES, found)
    assert not len(found)
    return read_all


STRINGS = strings()


# Front matter.


def test_front_matter_and_text_know_their_lines() -> None:
    prose, _ = read(
        "---\ntitle: A practice\nfigures:\n  - {value: 3}\n---\nText.\n\n## The problem\n"
    )
    assert prose.front.value == {"title": "A practice", "figures": [{"value": 3}]}
    assert prose.front.place("figures", 0, "value") == Place(FILE, 4, 13)
    assert prose.first_line == 6
    assert [heading.place for heading in prose.headings] == [Place(FILE, 8, 1)]


def test_a_line_of_hyphens_in_the_text_does_not_end_the_front_matter_again() -> None:
    prose, _ = read("---\ntitle: x\n---\nabove\n\n---\n\nbelow\n")
    assert prose.html == "<p>above</p>\n<hr>\n<p>below</p>"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = "---\ntitle: é\n---\n## The problem\n\n[a](https://example.org)\n"
    plain, _ = read(text)
    windows, found = read("\ufeff" + text.replace("\n", "\r\n"))
    assert windows == plain
    assert not len(found)


def test_a_text_without_front_matter_is_an_error_at_its_first_line_and_still_read() -> None:
    prose, found = read("Only text.\n")
    assert [(each.rule, each.place) for each in found] == [("front-matter", Place(FILE, 1, 1))]
    assert (prose.html, prose.first_line) == ("<p>Only text.</p>", 1)


def test_front_matter_without_an_end_is_an_error() -> None:
    found = Diagnostics()
    assert read_prose(Source(FILE, b"---\ntitle: x\nText.\n"), found) is None
    assert [(each.rule, each.place) for each in found] == [("front-matter", Place(FILE, 1, 1))]


def test_a_mistake_in_the_front_matter_has_its_line_in_the_file() -> None:
    found = Diagnostics()
    assert read_prose(Source(FILE, b"---\ntitle: x\nteam: a: b\n---\n"), found) is None
    assert [(each.rule, each.place.line) for each in found] == [("yaml-syntax", 3)]


def test_a_byte_that_is_no_utf_8_is_reported_where_it_stands() -> None:
    found = Diagnostics()
    content = "---\ntitle: x\n---\né".encode() + b"\xe9"
    assert read_prose(Source(FILE, content), found) is None
    assert [(each.rule, each.place) for each in found] == [("invalid-utf8", Place(FILE, 4, 2))]


# Standard headings: the words of each language as the manual for editors gives them.

STANDARD_HEADINGS = {
    "problem": (*("The problem", "Le problème", "Das Problem", "Il problema", "El problema"),),
    "how-it-works": (
        *("How it works", "Fonctionnement", "So funktioniert es", "Come funziona", "Com funciona"),
    ),
    "stakeholders": (
        *("Stakeholders and beneficiaries", "Acteurs et bénéficiaires"),
        *("Beteiligte und Begünstigte", "Attori e beneficiari", "Agents i beneficiaris"),
    ),
    "resources": (
        *("Resources needed", "Ressources nécessaires", "Benötigte Mittel"),
        *("Risorse necessarie", "Recursos necessaris"),
    ),
    "evidence": (
        *("Evidence of success", "Preuves de réussite", "Erfolgsnachweise"),
        *("Prove di successo", "Proves d'èxit"),
    ),
    "challenges": (
        *("Challenges encountered", "Difficultés rencontrées", "Herausforderungen"),
        *("Difficoltà incontrate", "Dificultats trobades"),
    ),
    "learning": (
        "Potential for learning or transfer",
        "Potentiel d'apprentissage ou de transfert",
        "Lern- und Übertragungspotenzial",
        "Potenziale di apprendimento o trasferimento",
        "Potencial d'aprenentatge o de transferència",
    ),
    "further": (
        *("Further information", "Pour en savoir plus", "Weitere Informationen"),
        *("Ulteriori informazioni", "Més informació"),
    ),
}
HEADINGS = [
    (language, heading, wording)
    for heading, wordings in STANDARD_HEADINGS.items()
    for language, wording in zip(LANGUAGES, wordings, strict=True)
]


@pytest.mark.parametrize(("language", "heading", "wording"), HEADINGS)
def test_a_standard_heading_is_known_by_its_words(
    language: str, heading: str, wording: str
) -> None:
    for written in (wording, wording.replace("'", "’"), wording.upper(), f"{wording} :"):
        prose = read_body(f"## {written}\n\nText.\n", language)
        assert [each.id for each in prose.headings] == [heading]
        assert prose.html.startswith(f'<h2 id="{heading}">')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_all_standard_headings_and_no_word_means_two(language: str) -> None:
    headings = STRINGS[language]["headings"]
    assert set(headings) == set(STANDARD_HEADINGS)
    for heading, wordings in headings.items():
        assert {STRINGS[language].heading_id(wording) for wording in wordings} == {heading}


def test_a_heading_is_not_known_by_the_words_of_another_language() -> None:
    assert [each.id for each in read_body("## Das Problem", "en").headings] == [""]


def test_a_heading_of_ones_own_has_no_id() -> None:
    prose = read_body("## Rules of the house")
    assert [(each.text, each.id) for each in prose.headings] == [("Rules of the house", "")]
    assert prose.html == "<h2>Rules of the house</h2>"


def test_an_explicit_id_names_a_heading_whatever_its_words() -> None:
    prose = read_body("## What the house does { #how-it-works }\n\n## The problem {#history}\n")
    assert [(each.text, each.id) for each in prose.headings] == [
        ("What the house does", "how-it-works"),
        ("The problem", "history"),
    ]
    assert prose.html == (
        '<h2 id="how-it-works">What the house does</h2>\n<h2 id="history">The problem</h2>'
    )


def test_headings_know_their_level_line_and_words() -> None:
    prose = read_body("Lead.\n\n## The problem ##\n\n### *Rules* of `code`\n")
    assert [(each.level, each.place.line - FIRST + 1, each.text) for each in prose.headings] == [
        (2, 3, "The problem"),
        (3, 5, "*Rules* of `code`"),
    ]


def test_a_number_sign_without_a_space_makes_no_heading() -> None:
    assert html_of("#1 in Europe") == "<p>#1 in Europe</p>"


@pytest.mark.parametrize("above", ["> ## A word", "- ## A word", "1. ## A word"])
def test_a_heading_inside_a_quotation_or_a_list_is_an_error(above: str) -> None:
    prose, found = read(f"{HEAD}{above}\n\n## The problem\n")
    assert [(each.rule, each.place.line) for each in found] == [("heading-level", FIRST)]
    assert '<h2 id="problem">The problem</h2>' in prose.html


@pytest.mark.parametrize("underline", ["---", "==="])
def test_an_underline_makes_no_heading_and_is_an_error(underline: str) -> None:
    assert "<h" not in html_of(f"Words\n{underline}\n").replace("<hr>", "")
    assert rules(f"Words\n{underline}\n") == [("heading-level", 2, 1)]


def test_a_rule_between_paragraphs_is_no_error() -> None:
    assert rules("Words\n\n---\n\nMore") == []


# What may stand above a heading without taking its id.
ABOVE = {
    "a rule below another heading": "## Other\n---",
    "a number sign": "#1 in Europe",
    "two lines and a rule": "a\nb\n---",
    "a fence inside a longer fence": "````\n```\n## code\n```\n````",
    "a fence of tildes around backticks": "~~~\n```\n## code\n~~~",
    "a fence without an end": "```\n\ntext",
    "indented code": "    ## code",
    "raw HTML": "<h2>raw</h2>",
    "a table": "a | b\n--- | ---\n1 | 2",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE.keys())
def test_a_heading_keeps_its_id_whatever_stands_above(above: str) -> None:
    html = html_of(f"{above}\n\n## The problem\n")
    assert re.findall(r'<h\d id="problem">(.*?)</h\d>', html) == ["The problem"]


LINES = st.sampled_from(
    [
        *("## The problem", "### Rules", "#### Small {#x}", "#tag", "Words", "**bold** words"),
        *("---", "===", "- item", "> quotation", "    indented", "`code`", "a | b", "", "", ""),
        *("```", "~~~", "````", "1. one", "\\## no heading", "<b>x</b>"),
    ]
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=12))
def test_the_headings_that_are_checked_are_the_headings_that_are_printed(lines: list[str]) -> None:
    prose = read_body("\n".join(lines))
    printed = re.findall(r'<h(\d)(?: id="([^"]*)")?>', prose.html)
    assert [(str(each.level), each.id) for each in prose.headings] == printed


# Code.


def test_a_code_fence_hides_headings_links_and_html() -> None:
    body = "```\n## The problem\n[a](https://example.org)\n<script>\n```\n"
    prose, found = read(HEAD + body)
    assert (prose.headings, prose.links, len(found)) == ((), (), 0)
    assert prose.html == (
        "<pre><code>## The problem\n[a](https://example.org)\n&lt;script&gt;\n</code></pre>"
    )


def test_code_in_a_line_hides_links_and_html() -> None:
    prose, found = read(f"{HEAD}Write `[a](https://example.org)` or ``<b> ` </b>``.")
    assert (prose.links, len(found)) == ((), 0)
    assert "&lt;b&gt;" in prose.html


def test_what_follows_a_code_fence_counts_again() -> None:
    prose = read_body("```\ncode\n```\n## The problem\n[a](https://example.org)\n")
    assert [(each.id, each.place.line - FIRST + 1) for each in prose.headings] == [("problem", 4)]
    assert [each.place.line - FIRST + 1 for each in prose.links] == [5]


# Links.


def test_links_know_their_address_line_and_column() -> None:
    prose = read_body(
        "[é](https://example.org/report 'title') and [fund](brochure:practice/mill-fund).\n"
        "\n"
        "Or <https://example.org/>, or [this][1].\n"
        "\n"
        "[1]: mailto:name@example.org\n"
    )
    assert [
        (each.address, each.place.line - FIRST + 1, each.place.column) for each in prose.links
    ] == [
        ("https://example.org/report", 1, 5),
        ("brochure:practice/mill-fund", 1, 52),
        ("https://example.org/", 3, 5),
        ("mailto:name@example.org", 5, 6),
    ]


def test_an_address_in_angle_brackets_is_the_address() -> None:
    assert [each.address for each in read_body("[a](<https://example.org/>)").links] == [
        "https://example.org/"
    ]


def test_an_escaped_bracket_makes_no_link() -> None:
    assert read_body(r"[a\](https://example.org)").links == ()


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=c&amp;d", "mailto:name@example.org", "brochure:region/north"],
)
def test_a_link_of_a_known_kind_stays(address: str) -> None:
    assert html_of(f"[a]({address})") == f'<p><a href="{address}">a</a></p>'


# Hostile and careless input: what is written, and what remains of it.

REMAINS = {
    # scripts and styles go with all that is in them
    "script": ("a <script>alert(1)</script> b", "<p>a  b</p>"),
    "script as a block": ("<script>\nalert(1)\n</script>\n\nb", "<p>b</p>"),
    "script in capitals": ("a <ScRiPt src=//x.example>1</sCrIpT> b", "<p>a  b</p>"),
    "style": ("a <style>p { display: none }</style> b", "<p>a  b</p>"),
    "a remark": ("a <!-- ask the translator --> b", "<p>a  b</p>"),
    "a remark over lines": ("<!--\nask\n\nher\n-->\n\nb", "<p>b</p>"),
    # of other elements the words remain
    "iframe": ("a <iframe src='https://x.example'></iframe> b", "<p>a  b</p>"),
    "svg": ("a <svg onload='alert(1)'><circle/></svg> b", "<p>a  b</p>"),
    "math": ("a <math><mi>x</mi></math> b", "<p>a  b</p>"),
    "img": ("a <img src=x onerror='alert(1)'> b", "<p>a  b</p>"),
    "object": ("a <object data='x'>c</object> b", "<p>a c b</p>"),
    "form": ("a <input name=x onfocus='alert(1)' autofocus> b", "<p>a  b</p>"),
    "link and base": ("a <link rel=stylesheet href=x><base href=x> b", "<p>a  b</p>"),
    "a div": ("<div onclick='alert(1)'>a</div>", "a"),
    "an element of one's own": ("a <x-y>b</x-y>", "<p>a b</p>"),
    # also of those that Markdown makes itself
    "raw emphasis": ("a <em onclick='alert(1)'>b</em>", "<p>a b</p>"),
    "a raw heading": ("<h2 id='problem'>a</h2>", "<p>a</p>"),
    "a raw link": ("<a href='https://x.example' target=_blank>a</a>", "<p>a</p>"),
    "a raw paragraph": ("<p style='color: red'>a</p>", "<p>a</p>"),
    "a raw table": ("<table><tr><td>a</td></tr></table>", "<p>a</p>"),
    # addresses
    "javascript": ("[a](javascript:alert(1))", "<p><a>a</a></p>"),
    "javascript in capitals": ("[a](JaVaScRiPt:alert(1))", "<p><a>a</a></p>"),
    "javascript in entities": ("[a](java&#115;cript:alert(1))", "<p><a>a</a></p>"),
    "javascript after a space": ("[a](<  javascript:alert(1)>)", "<p><a>a</a></p>"),
    "javascript as a reference": ("[a][1]\n\n[1]: javascript:alert(1)", "<p><a>a</a></p>"),
    "vbscript": ("[a](vbscript:x)", "<p><a>a</a></p>"),
    "data": ("[a](data:text/html;base64,PHNjcmlwdD4=)", "<p><a>a</a></p>"),
    "file": ("[a](file:///etc/passwd)", "<p><a>a</a></p>"),
    "a title and attributes": (
        "[a](https://example.org 'b'){: onclick=alert(1) style=color:red .c }",
        '<p><a href="https://example.org" title="b">a</a></p>',
    ),
    "a way out of the attribute": (
        '[a](https://example.org/"onclick=alert)',
        '<p><a href="https://example.org/&quot;onclick=alert">a</a></p>',
    ),
    "attributes of a heading": ("## a {: onclick=alert(1) .c }", "<h2>a</h2>"),
    # entities are letters, not markup
    "entities": ("&lt;script&gt;", "<p>&lt;script&gt;</p>"),
    "numbered entities": ("&#60;b&#62; &#x3c;i&#x3e;", "<p>&lt;b&gt; &lt;i&gt;</p>"),
    "entities of entities": ("&amp;lt;b&amp;gt;", "<p>&amp;lt;b&amp;gt;</p>"),
    "an ampersand": ("Design & Plug", "<p>Design &amp; Plug</p>"),
    "less and more": ("1 < 2 > 0, a <b and c", "<p>1 &lt; 2 &gt; 0, a &lt;b and c</p>"),
    "a no-break space": ("a\u00a0b&nbsp;c", "<p>a\u00a0b\u00a0c</p>"),
    # and pictures belong elsewhere
    "a picture": ("a ![b](c.png)", "<p>a </p>"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "remains"), REMAINS.values(), ids=REMAINS.keys())
def test_of_a_hostile_text_only_harmless_html_remains(written: str, remains: str) -> None:
    assert html_of(written).strip() == remains


MARKUP = st.sampled_from(
    [
        *("<", ">", "/", "script", "svg", " onload=", "'", '"', "javascript:", "a", "p", "h2"),
        *("[", "](", ")", "&lt;", "&#60;", "\n", "`", "<!--", "-->", "style", "img", " ", "="),
    ]
)
HARMLESS = re.compile(
    r"</?(?:p|h[1-6]|[uo]l|li|blockquote|[bh]r|em|strong|a|code|pre)>"
    r'|<a href="(?:https?:|mailto:|brochure:|(?!\s*[A-Za-z][\w+.-]*:))[^">]*">'
    r'|<h[1-6] id="[\w-]+">'
)


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=20))
def test_no_text_makes_other_elements_or_attributes(parts: list[str]) -> None:
    tags = re.findall(r"<[^>]*>", html_of("".join(parts)))
    assert [tag for tag in tags if not HARMLESS.fullmatch(tag)] == []


# What is reported.


def test_raw_html_is_reported_where_it_stands() -> None:
    assert rules("a <b>b</b>\n\n<script>\n") == [
        ("raw-html", 1, 3),
        ("raw-html", 1, 7),
        ("raw-html", 3, 1),
    ]


def test_a_remark_is_reported() -> None:
    assert rules("a <!-- b -->") == [("raw-html", 1, 3)]


def test_an_address_in_angle_brackets_is_no_html() -> None:
    assert rules("<https://example.org/> <name@example.org> 1 < 2") == []


def test_a_picture_in_the_text_is_reported_and_is_no_link() -> None:
    prose, found = read(f"{HEAD}See ![a map](map.png) and [b](https://example.org).")
    assert [(each.rule, each.place) for each in found] == [
        ("picture-in-text", Place(FILE, FIRST, 5))
    ]
    assert [each.address for each in prose.links] == ["https://example.org"]


# Elements that a text may have.


def test_lists_tables_and_emphasis_stay() -> None:
    html = html_of("- *a*\n- **b**\n\n3. c\n\n| d | e |\n|---|--:|\n| 1 | 2 |\n\n> f\n")
    for element in ("<ul>", "<em>a</em>", "<strong>b</strong>", '<ol start="3">', "<blockquote>"):
        assert element in html
    assert "<th>d</th>" in html
    assert "<td>1</td>" in html


def test_a_tag_over_two_lines_is_left_out_like_any_other() -> None:
    body = 'One <a\nhref="https://example.org/raw">two</a> three.'
    assert html_of(body).strip() == "<p>One two three.</p>"
    assert rules(body) == [("raw-html", 1, 5), ("raw-html", 2, 35)]


# Words in another language.

FOREIGN = [
    ("[Théâtre *royal*]{lang=fr}", '<span lang="fr">Théâtre <em>royal</em></span>'),
    ('[a]{lang="fr"} [b]{: lang=de-AT }', '<span lang="fr">a</span> <span lang="de-AT">b</span>'),
    (
        "[the fund](brochure:practice/x){lang=fr}",
        '<a href="brochure:practice/x" lang="fr">the fund</a>',
    ),
    ("*Mühle*{lang=de}", '<em lang="de">Mühle</em>'),
    ("`[a]{lang=fr}`", "<code>[a]{lang=fr}</code>"),
    (r"\[a]{lang=fr}", "[a]{lang=fr}"),
    ("[a]{lang=fr onclick=x}", "[a]{lang=fr onclick=x}"),
    ("[<b>a</b>]{lang=fr}", '<span lang="fr">a</span>'),
]


@pytest.mark.parametrize(("written", "html"), FOREIGN)
def test_words_in_another_language_say_so(written: str, html: str) -> None:
    assert html_of(written).strip() == f"<p>{html}</p>"


def test_the_language_of_words_is_found_in_its_place() -> None:
    prose = read_body("One [a]{lang=fr}\nand *b*{lang=xx}, `[c]{lang=yy}`, [d]{fr}.\n")
    assert [(f.tag, f.place.line - FIRST, f.place.column) for f in prose.foreign] == [
        *(("fr", 0, 14), ("xx", 1, 14), ("{fr}", 1, 38)),
    ]


@pytest.mark.parametrize(
    "text", ["[" * 2_000, "[a]{lang=" * 2_000, "[a" * 1_000 + "]{lang=fr}", "*a*{" * 2_000]
)
def test_many_brackets_take_no_minutes(text: str) -> None:
    start = time.perf_counter()
    read_body(text)
    assert time.perf_counter() - start < 10
