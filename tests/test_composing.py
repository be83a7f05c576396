"""Holds composing to account: nothing that an author writes can change a page's markup, no
template reaches past the layout, and whatever a section shows is in its HTML by digest.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from on_the_desk import Desktop, add_photo, desktop, rewrite
from PIL import Image

from brochure.build import check, read
from brochure.diagnostics import Diagnostic, Diagnostics
from brochure.editions import Kind, Section
from brochure.layouts import Composed, Composer, Listing
from brochure.sources import Folder

HOSTILE = "\"'><script>alert(1)</script>&amp;{{ 7*7 }}<!--"


# Words are words.


class Markup(HTMLParser):
    """Elements and attributes of a document, without words and values; and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.values: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def make_hostile(project: Path, words: str) -> None:
    """Write `words` wherever an author may write words of his own."""

    def brochure(facts: dict[str, Any]) -> None:
        facts["title"] = facts["subtitle"] = words
        facts["funding"] |= {"programme": words, "project": words}
        facts["imprint"] |= {"publisher": words, "licence": words}
        facts["themes"] = dict.fromkeys(facts["themes"], words)
        for region in facts["regions"].values():
            region["name"] = words

    def practice(facts: dict[str, Any]) -> None:
        facts["organisation"] = words
        facts["place"] = {"name": words}
        facts["contact"] = {"name": words, "organisation": words, "telephone": words}
        for photo in facts.get("photos", []):
            photo["credit"] = words

    def plan(facts: dict[str, Any]) -> None:
        facts["partner"] = words
        facts["other_partners"] = [words]
        facts["contact"] = {"name": words, "email": words, "telephone": words}
        facts["policy_instrument"]["name"] = words
        for action in facts["actions"]:
            action["title"] = words
            action["players"] = [words]
        told = facts["actions"][0]
        for key, names in WORDS_OF_AN_ACTION.items():
            for each in told[key]:
                each.update(dict.fromkeys(names, words))
        for each in facts["stakeholders"]:
            each.update(name=words, role=words)
        for each in facts["events"]:
            each.update(title=words, place=words)
        for each in facts["signatories"]:
            each.update(organisation=words, name=words, position=words)

    def text(front: dict[str, Any]) -> None:
        front["title"] = front["summary"] = words
        front["facts"] = {"for-whom": words, "of-its-own": words}
        front["figures"] = [{"value": words, "label": words}]
        front["alt"] = dict.fromkeys(front.get("alt", {}), words)

    rewrite(project / "brochure.yaml", brochure)
    for sheet in project.glob("practices/*/practice.yaml"):
        rewrite(sheet, practice)
    for sheet in project.glob("plans/*/plan.yaml"):
        rewrite(sheet, plan)
    for folder in ("practices", "pages", "plans"):
        for source in project.glob(f"{folder}/*/*.md"):
            rewrite(source, text)


# What an author says in his own words about an action, by list.
WORDS_OF_AN_ACTION = {
    "steps": ["text"],
    "costs": ["line"],
    "funding": ["source"],
    "indicators": ["name", "unit", "source", "responsible"],
    "risks": ["risk", "answer"],
}


def test_hostile_words_leave_every_element_and_attribute_as_it_was(small: Path) -> None:
    add_photo(small, "red")
    make_hostile(small, "harmless words that are just as long as the others")
    harmless = desktop(small).every_section()
    make_hostile(small, HOSTILE)
    hostile = desktop(small).every_section()
    assert hostile.keys() == harmless.keys()
    for key, html in hostile.items():
        markup = Markup(html)
        assert markup.tags == Markup(harmless[key]).tags, key
        assert "script" not in {tag for tag, _ in markup.tags}
        assert any(HOSTILE in words for words in [*markup.words, *markup.values]), key


def test_no_template_is_made_of_an_authors_words(small: Path) -> None:
    make_hostile(small, HOSTILE)
    sections = desktop(small).every_section().values()
    words = "".join(word for html in sections for word in Markup(html).words)
    assert "{{ 7*7 }}" in words
    assert "49" not in words


HOSTILE_MARKDOWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    '[click](https://example.org/"onmouseover=alert(1))',
    "![x](https://example.org/x.png)",
    "### <b onclick=alert(1)>heading</b>",
    "words {: onclick=alert(1) style=color:red }",
    "<style>*{display:none}</style>",
    "<svg><use href=file:///etc/passwd></svg>",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("markdown", [*HOSTILE_MARKDOWN, "## <b onclick=alert(1)>heading</b>"])
def test_no_markdown_brings_in_elements_or_attributes_of_its_own(
    small: Path, markdown: str
) -> None:
    source = small / "practices/mill-fund/en.md"
    source.write_text(source.read_text(encoding="utf-8") + f"\n\n{markdown}\n", encoding="utf-8")
    section = Section(Kind.PRACTICE, "en", "mill-fund")
    markup = markup_with_mistakes(small, section, "leaflets-mill-fund-en")
    assert_of_the_layout(markup, styled=["html", "div"])  # accent and motif


@pytest.mark.parametrize("markdown", HOSTILE_MARKDOWN)
def test_no_passage_of_a_plan_brings_in_elements_or_attributes_of_its_own(
    small: Path, markdown: str
) -> None:
    source = small / "plans/north/en.md"
    text = source.read_text(encoding="utf-8")
    passage = "It is still to be prepared.\n"
    source.write_text(text.replace(passage, f"{passage}\n{markdown}\n"), encoding="utf-8")
    section = Section(Kind.ACTION, "en", "north/exchange")
    markup = markup_with_mistakes(small, section, "plans-north-en")
    assert "It is still to be prepared." in "".join(markup.words)
    assert_of_the_layout(markup, styled=["html"])  # accent; no practice inspired it


def markup_with_mistakes(root: Path, section: Section, id_: str) -> Markup:
    """Return a section of a project that may have mistakes."""
    found = Diagnostics()
    desk = read(Folder(root), found)
    assert desk is not None
    composer = Composer(desk.project, desk.layout, found)
    edition = next(e for e in desk.editions if e.id == id_)
    composed = composer.section(section, edition, Desktop(desk, composer, found).listing(edition))
    assert composed is not None
    return Markup(composed.html)


def assert_of_the_layout(markup: Markup, styled: list[str]) -> None:
    """Every element and attribute is one that the layout writes or that Markdown stands for."""
    names = {name for _, attributes in markup.tags for name in attributes}
    assert names <= {"lang", "dir", "style", "charset", "class", "id", "href", "scope"} | DATA
    assert {tag for tag, _ in markup.tags}.isdisjoint({"script", "img", "svg", "use", "b"})
    styles = [tag for tag, attributes in markup.tags if "style" in attributes or tag == "style"]
    assert styles == styled
    assert not any("javascript:" in value for value in markup.values)
    assert "49" not in "".join(markup.words)


DATA = {"data-left", "data-right", "data-draft"}


# Templates stay in their layout.


def compose_filler(project: Path, template: str) -> tuple[str | None, list[Diagnostic]]:
    """Return the filler made from a template, and what was found wrong with it."""
    path = project / "layouts/atelier/filler.html.j2"
    path.unlink()  # a hard link to the repository's own
    path.write_text(template, encoding="utf-8")
    composing = desktop(project)
    composed = composing.composer.filler("en", "left", None, "a5")
    errors = [each for each in composing.found if each.rule == "layout"]
    return composed.html if composed else None, errors


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ words.__globals__ }}",
        "{{ words['__globals__'] }}",
        "{{ facts.__class__.__init__.__globals__ }}",
        "{{ facts|attr('__class__') }}",
        "{{ '{0.__class__}'.format(facts) }}",
        "{{ ('{0.__class__}'|format) and '%s'|format(facts.__dict__) }}",
        "{{ practice_of.__closure__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% set x = facts.languages.append('xx') %}",
        "{% set x = strings.update({'contents': 'x'}) %}",
        "{% set x = facts.regions.clear() %}",
    ],
)
def test_no_template_reaches_into_python_or_changes_the_project(small: Path, template: str) -> None:
    html, errors = compose_filler(small, template)
    assert html is None
    (error,) = errors
    assert error.place.file == "layouts/atelier/filler.html.j2"


@pytest.mark.parametrize(
    "name",
    ["../../brochure.yaml", "../../practices/mill-fund/en.md", "/etc/hostname", "../../../x"],
)
def test_no_template_takes_in_a_file_from_outside_its_layout(small: Path, name: str) -> None:
    (small.parent / "x").write_text("a secret", encoding="utf-8")
    for template in ("{% include '%s' %}", "{% import '%s' as x %}", "{% extends '%s' %}"):
        html, errors = compose_filler(small, template.replace("%s", name))
        assert html is None, template
        assert len(errors) == 1, template


@pytest.mark.parametrize(
    "template",
    [
        "{{ asset('no-such-file.svg') }}",
        "{{ asset('../../../x.svg') }}",
        "{{ 1 // 0 }}",
        "{{ range(10 ** 9) }}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ words(none) }}",
        "{{ no_such_word }}",
        "{{ practice_of('no-such-practice') }}",
        "{% for %}",
    ],
)
def test_a_broken_template_is_reported_with_its_place(small: Path, template: str) -> None:
    html, errors = compose_filler(small, f"<p>\n{template}\n</p>")
    assert html is None
    (error,) = errors
    assert (error.place.file, error.place.line) == ("layouts/atelier/filler.html.j2", 2)


# What a section shows is in its HTML.


def lab_in(project: Path) -> str:
    composing = desktop(project)
    return composing.html(Kind.PRACTICE, composing.edition("leaflets", "harbour-lab", "en"))


def test_another_photo_under_the_same_name_changes_the_section(small: Path) -> None:
    photo = add_photo(small, "red")
    red = lab_in(small)
    Image.new("RGB", (60, 40), "blue").save(photo)
    blue = lab_in(small)
    address = re.compile(r"photo:([0-9a-f]{64})")
    (one,), (other,) = address.findall(red), address.findall(blue)
    assert one != other
    assert red.replace(one, other) == blue


def test_a_section_says_which_photos_it_shows(small: Path) -> None:
    photo = add_photo(small, "red").relative_to(small).as_posix()
    desk = desktop(small)
    for section, edition in desk.desk.sections():
        composed = desk.composer.section(section, edition, desk.listing(edition))
        assert composed is not None
        shown = [desk.composer.negatives[print_.key].source.path for print_ in composed.photos]
        assert shown == ([photo] if section.subject == "harbour-lab" else [])
        assert all(print_.address in composed.html for print_ in composed.photos)
        assert composed.html.count("photo:") == len(shown)


def test_a_frame_that_the_layout_does_not_name_is_said_to_be_missing(small: Path) -> None:
    add_photo(small, "red")
    template = small / "layouts/atelier/practice.html.j2"
    text = template.read_text(encoding="utf-8").replace("in_frame('face')", "in_frame('fase')")
    template.unlink()  # a hard link to the repository's own
    template.write_text(text, encoding="utf-8")
    found = Diagnostics()
    check(Folder(small), found)
    (missing,) = {each.message for each in found if each.rule == "layout"}
    assert missing == 'the template fails: layout.yaml has no frame "fase", write "face"'


def test_the_same_photo_written_again_changes_nothing(small: Path) -> None:
    photo = add_photo(small, "red")
    before = lab_in(small)
    photo.write_bytes(photo.read_bytes())
    assert lab_in(small) == before


def test_another_emblem_changes_every_section_that_shows_it(small: Path) -> None:
    before = desktop(small).every_section()
    emblem = small / "layouts/atelier/eu-emblem.svg"
    changed = emblem.read_bytes() + b"<!-- redrawn -->"
    emblem.unlink()  # a hard link to the repository's own
    emblem.write_bytes(changed)
    after = desktop(small).every_section()
    kinds = {section.kind for section, id_ in before if after[section, id_] != before[section, id_]}
    assert kinds == {Kind.IMPRINT, Kind.BACK, Kind.PLAN_COVER, Kind.PLAN_SUMMARY}


def test_a_photo_with_a_strange_name_has_an_address_like_others(small: Path) -> None:
    photo = add_photo(small, "red")
    strange = 'a photo (1) 100% "x" #2.png'
    photo.rename(photo.with_name(strange))
    rewrite(
        small / "practices/harbour-lab/practice.yaml",
        lambda facts: facts["photos"][0].update(file=strange),
    )
    for tag in ("en", "fr"):
        rewrite(
            small / f"practices/harbour-lab/{tag}.md",
            lambda front: front.update(alt={strange: "A workshop"}),
        )
    (address,) = [value for value in Markup(lab_in(small)).values if value.startswith("photo:")]
    assert re.fullmatch("photo:[0-9a-f]{64}", address)


# What a section is typeset with.


def composed_in(project: Path) -> dict[Section, Composed]:
    composing = desktop(project)
    made = {}
    for section, edition in composing.desk.sections():
        composed = composing.composer.section(section, edition, Listing())
        assert composed is not None
        made[section] = composed
    return made


def recolour(project: Path, swatch: str) -> None:
    sheet = project / "layouts/atelier/layout.yaml"
    text = sheet.read_text(encoding="utf-8")
    sheet.unlink()  # a hard link to the repository's own
    sheet.write_text(text, encoding="utf-8")
    rewrite(sheet, lambda layout: layout["swatches"][swatch].update(srgb="#204060"))


def test_a_section_is_typeset_with_the_swatches_that_it_names_and_no_other(small: Path) -> None:
    for composed in composed_in(small).values():
        declared = re.findall(r"--([\w-]+): #", composed.styles[0].text)
        texts = [composed.html, *(style.text for style in composed.styles)]
        named = {name for text in texts for name in re.findall(r"var\(--([\w-]+)", text)}
        assert "ink" in declared
        assert set(declared) <= named
        swatches = desktop(small).desk.layout.sheet.swatches
        assert named & set(swatches) <= set(declared)
        assert "--page-height" in composed.styles[0].text


def test_another_colour_changes_the_sections_in_this_colour_only(small: Path) -> None:
    before = composed_in(small)
    recolour(small, "ochre")  # of the South
    after = composed_in(small)
    changed = {section for section in before if after[section].digest != before[section].digest}
    in_colour = {
        section
        for section, each in before.items()
        if any("var(--ochre)" in text for text in (each.html, *(s.text for s in each.styles)))
    }
    drawn = {section for section in before if after[section].html != before[section].html}
    assert changed == in_colour | drawn
    assert in_colour
    assert len(changed) < len(before) / 2
