"""Holds README, ARCHITECTURE, CONTRIBUTING and docs/ to what the program is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

import click
import pytest
from conftest import ROOT
from pydantic import BaseModel
from test_import_order import ROOMS

import brochure
from brochure.build import Desk, read
from brochure.cli import ExitCode, command
from brochure.diagnostics import Diagnostics
from brochure.editions import Kind
from brochure.layouts import Composer, Entry, Listing
from brochure.layouts.composition import TEMPLATE_ENDING
from brochure.layouts.folder import USED_BY_THE_PROGRAM, LayoutSheet, SectionStyle
from brochure.layouts.plan_views import stakeholders_of
from brochure.layouts.views import VIEWS, common_view
from brochure.model.budget import Budget, BudgetRow, FundingRow, Sum
from brochure.model.quarters import Bar, Chart, Quarter, Span
from brochure.model.sheets import SCHEMAS, EditionSheet, FrontMatter, PracticeSheet
from brochure.preflight.manual import manual
from brochure.sources import Folder, Source
from brochure.sources.markdown import read_prose
from brochure.sources.yaml import parse_yaml

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
NAMES = [str(document.relative_to(ROOT)) for document in DOCUMENTS]

_FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<code>.*?)^ *```$", re.M | re.S)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(?P<marks>#+) (?P<words>.+)$", re.M)
_FIRST_CELL = re.compile(r"^\| (?P<cell>`.+?`) \|", re.M)
_TARGET = re.compile(r"^(?P<name>[a-z]+):", re.M)


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def section_of(document: Path, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    text = _FENCE.sub("", text_of(document))
    headings = list(_HEADING.finditer(text))
    start = next(found for found in headings if found["words"] == heading)
    level = len(start["marks"])
    ends = (h.start() for h in headings if h.start() > start.start() and len(h["marks"]) <= level)
    return text[start.end() : next(ends, len(text))]


def rows(document: Path, heading: str) -> dict[str, str]:
    """Return the table rows under a heading whose first cell is code, by that code."""
    lines = section_of(document, heading).splitlines()
    found = ((_FIRST_CELL.match(line), line) for line in lines)
    return {match["cell"].strip("`"): line for match, line in found if match}


# -- commands


class Typed(NamedTuple):
    """A command as it is written in a document."""

    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {' '.join(self.words)}"


def written_commands() -> Iterator[Typed]:
    """Yield what the documents tell readers to type: shell blocks, and code within the text."""
    for document, name in zip(DOCUMENTS, NAMES, strict=True):
        text = text_of(document)
        blocks = [match["code"] for match in _FENCE.finditer(text) if match["language"] == "sh"]
        lines = [line for block in blocks for line in block.splitlines() if line.strip()]
        lines += _SPAN.findall(_FENCE.sub("", text))
        for line in lines:
            if re.match(r"(\.venv/bin/brochure|brochure|make) \S", line.strip()):
                yield Typed(name, tuple(shlex.split(line, comments=True)))


COMMANDS = sorted(set(written_commands()))


def test_shell_blocks_hold_known_programs_only() -> None:
    for document in DOCUMENTS:
        for match in _FENCE.finditer(text_of(document)):
            if match["language"] == "sh":
                programs = {line.split()[0] for line in match["code"].splitlines() if line.strip()}
                assert programs <= {"make", "brochure", ".venv/bin/brochure", ".ci/run"}, document


@pytest.mark.parametrize("written", COMMANDS, ids=str)
def test_every_written_command_exists(written: Typed) -> None:
    program, *arguments = written.words
    if program == "make":
        assert set(arguments) <= set(_TARGET.findall(text_of(ROOT / "Makefile")))
    else:
        _parse(command, arguments)


def _parse(
    parsed: click.Command, arguments: list[str], parent: click.Context | None = None
) -> None:
    """Parse arguments as click does, without running anything; raises for an unknown option."""
    context = click.Context(parsed, parent, parsed.name, **parsed.context_settings)
    _, left, _ = parsed.make_parser(context).parse_args(list(arguments))
    if isinstance(parsed, click.Group):
        if parent and not left:
            return  # a group such as `brochure translate`, by its name
        assert left, "a command is missing"
        inner = parsed.get_command(context, left[0])
        assert inner is not None, f"there is no command {left[0]}"
        _parse(inner, left[1:], context)
    else:
        assert left == []


def test_the_readme_lists_every_command() -> None:
    assert isinstance(command, click.Group)
    assert set(rows(README, "Commands")) == {f"brochure {name}" for name in command.commands}


def test_the_readme_lists_every_exit_code() -> None:
    codes = re.findall(r"^\| (\d+) \|", section_of(README, "Commands"), re.M)
    assert list(map(int, codes)) == list(ExitCode)


# -- links


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = _HEADING.finditer(_FENCE.sub("", text_of(document)))
    plain = (re.sub(r"[^\w\- ]", "", heading["words"].lower()) for heading in headings)
    return {words.replace(" ", "-") for words in plain}


def links() -> Iterator[tuple[str, str]]:
    for document, name in zip(DOCUMENTS, NAMES, strict=True):
        prose = _SPAN.sub("", _FENCE.sub("", text_of(document)))
        for address in _LINK.findall(prose):
            yield name, address


@pytest.mark.parametrize(("document", "address"), sorted(set(links())))
def test_every_link_leads_somewhere(document: str, address: str) -> None:
    if address.startswith("https://"):
        return
    file, _, anchor = address.partition("#")
    target = (ROOT / document).parent / file if file else ROOT / document
    assert target.is_file()
    assert not anchor or anchor in anchors(target)


def test_every_document_can_be_reached_from_the_readme() -> None:
    linked = {address.partition("#")[0] for name, address in links() if name == "README.md"}
    assert set(NAMES) - {"README.md"} <= linked


# -- keys

# The sheet of each kind of source file, and the table that explains its keys.
SHEETS: dict[str, type[BaseModel]] = {**SCHEMAS, "layout": LayoutSheet}
TABLES = {
    "brochure": ("docs/brochure-yaml.md", "All keys"),
    "practice": ("docs/practice.md", "practice.yaml"),
    "text": ("docs/practice.md", "Front matter"),
    "plan": ("docs/plan.md", "plan.yaml"),
    "layout": ("docs/layout.md", "layout.yaml"),
}


def keys(sheet: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Yield every key of a sheet and of what stands below it, and whether it is needed."""
    for name, field in sheet.model_fields.items():
        yield prefix + name, field.is_required()
        yield from _keys_below(field.annotation, prefix + name)


def _keys_below(annotation: Any, path: str) -> Iterator[tuple[str, bool]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from keys(annotation, f"{path}.")
    elif origin is list:
        yield from _keys_below(arguments[0], f"{path}[]")
    elif origin is dict:
        yield from _keys_below(arguments[1], f"{path}.<>")
    else:
        for argument in arguments:
            yield from _keys_below(argument, path)


def written_keys(document: Path, heading: str) -> Iterator[tuple[str, bool]]:
    """Yield the keys of a table; what the user names, such as `<region>`, becomes `<>`."""
    for key, line in rows(document, heading).items():
        yield re.sub(r"<[a-z]+>", "<>", key), line.split(" | ")[1] == "yes"


@pytest.mark.parametrize("kind", SHEETS)
def test_every_key_is_explained(kind: str) -> None:
    document, heading = TABLES[kind]
    assert dict(written_keys(ROOT / document, heading)) == dict(keys(SHEETS[kind]))


def block_of(document: str, language: str) -> str:
    """Return the first block of a language in a document."""
    blocks = _FENCE.finditer(text_of(ROOT / document))
    return next(block["code"] for block in blocks if block["language"] == language)


def test_the_examples_are_valid() -> None:
    found = Diagnostics()
    practice = parse_yaml(block_of("docs/practice.md", "yaml"), "practice.yaml", found)
    editions = parse_yaml(block_of("README.md", "yaml"), "brochure.yaml", found)
    prose = read_prose(Source("en.md", block_of("CONTRIBUTING.md", "markdown").encode()), found)
    assert list(found) == []
    assert practice is not None
    assert editions is not None
    assert prose is not None
    PracticeSheet.model_validate(practice.value)
    FrontMatter.model_validate(prose.front.value)
    for edition in editions.value["editions"].values():
        EditionSheet.model_validate(edition)


def choices(sheet: type[BaseModel], key: str) -> set[str]:
    """Return the words of which one may stand behind a key."""
    return set(get_args(sheet.model_fields[key].annotation))


def test_everything_that_an_edition_may_hold_is_explained() -> None:
    document = ROOT / "docs/brochure-yaml.md"
    holds = choices(EditionSheet, "holds")
    assert set(rows(document, "What an edition holds")) - {"holds"} == holds
    key = rows(document, "All keys")["editions.<edition>.holds"]
    assert holds <= set(_SPAN.findall(key))


def test_the_editions_of_the_manual_are_those_of_the_sample() -> None:
    found = Diagnostics()
    written = parse_yaml(block_of_plans(), "brochure.yaml", found)
    assert list(found) == []
    assert written is not None
    sample = read_desk().project.facts.editions
    for family, values in written.value["editions"].items():
        assert EditionSheet.model_validate(values) == sample[family], family


def block_of_plans() -> str:
    blocks = _FENCE.finditer(text_of(ROOT / "docs/brochure-yaml.md"))
    return next(block["code"] for block in blocks if block["code"].startswith("editions:"))


# -- layouts


def read_desk() -> Desk:
    desk = read(Folder(ROOT), Diagnostics())
    assert desk is not None
    return desk


def test_every_variable_of_a_template_is_explained() -> None:
    desk = read_desk()
    composer = Composer(desk.project, desk.layout, Diagnostics())
    layouts = ROOT / "docs/layout.md"

    common = rows(layouts, "Every template gets")
    assert {name.partition("(")[0] for name in common} == set(common_view(composer, "en"))

    templates = rows(layouts, "Each template gets also")
    sections = {section.kind: (section, edition) for section, edition in desk.sections()}
    for kind in Kind:
        section, edition = sections[kind]
        given = {"section", *VIEWS[kind](composer, section, edition, Listing())}
        written = set(_SPAN.findall(templates[f"{kind}{TEMPLATE_ENDING}"].rpartition(" | ")[2]))
        assert written == given, kind


def test_every_kind_of_section_and_how_it_may_be_bound_is_explained() -> None:
    layouts = ROOT / "docs/layout.md"
    assert list(rows(layouts, "Kinds of section")) == list(Kind)
    keys = rows(layouts, "layout.yaml")
    for key in ("opens", "folio"):
        assert choices(SectionStyle, key) <= set(_SPAN.findall(keys[f"sections.<kind>.{key}"]))


def test_the_ids_of_headings_are_those_that_contents_and_outline_look_for() -> None:
    desk = read_desk()
    composer = Composer(desk.project, desk.layout, Diagnostics())
    written = {
        name: _SPAN.findall(line.partition(" | ")[2])
        for name, line in rows(ROOT / "docs/layout.md", "Headings").items()
    }
    looked_for: dict[str, list[str]] = {}
    for section, _ in desk.sections():
        ids = [heading.anchor for heading in composer.titles.headings(section, 1) if heading.anchor]
        if ids:
            looked_for[f"{section.kind}{TEMPLATE_ENDING}"] = ids
    assert written == looked_for


def names_of(kind: type) -> set[str]:
    """Return what a template may ask an object of a kind for."""
    return {name for name in (*kind.__dict__, *kind.__annotations__) if not name.startswith("_")}


def test_every_value_of_an_object_of_a_plan_is_explained() -> None:
    desk = read_desk()
    composer = Composer(desk.project, desk.layout, Diagnostics())
    section, edition = next(pair for pair in desk.sections() if pair[0].kind is Kind.PLAN_FRAME)
    view = VIEWS[section.kind](composer, section, edition, Listing())
    given = {
        "an action": set(view["actions"][0]),
        "a sum": names_of(Sum),
        "a span": {*names_of(Span) - {"of"}, *names_of(Quarter) - {"of_month"}},
        "the chart": names_of(Chart) - {"of", "bar"},
        "a bar": names_of(Bar),
        "the budget": names_of(Budget),
        "a row of the budget": names_of(BudgetRow),
        "a source of the budget": names_of(FundingRow),
        "a stakeholder": set(stakeholders_of(desk.project.plans["wallonia"])[0]),
        "an entry": names_of(Entry) - {"heading"},
    }
    lines = section_of(ROOT / "docs/layout.md", "Objects").splitlines()
    written = {line.strip("| ").partition(" | ")[0]: line for line in lines}
    for name, values in given.items():
        cited = {"actions", "plan.yaml"} if name == "an action" else set()
        assert set(_SPAN.findall(written[name])) - cited == values, name


def test_every_word_that_the_program_uses_is_named() -> None:
    written = set(_SPAN.findall(section_of(ROOT / "docs/layout.md", "strings")))
    assert {".".join(path) for path in USED_BY_THE_PROGRAM} <= written


def test_every_template_is_explained() -> None:
    written = set(rows(ROOT / "docs/layout.md", "Each template gets also"))
    layout = ROOT / "layouts/atelier"
    there = {path.name for path in layout.glob(f"*{TEMPLATE_ENDING}")}
    written = {name for name in written if name.endswith(TEMPLATE_ENDING)}
    assert written == {name for name in there if not name.startswith("_")}


def test_standard_headings_are_those_of_the_layout() -> None:
    headings = read_desk().project.strings["en"]["headings"]
    written = rows(ROOT / "docs/practice.md", "Standard headings")
    assert {
        id_: line.strip("| ").rpartition(" | ")[2].split(" · ") for id_, line in written.items()
    } == headings


# -- README and ARCHITECTURE


def test_the_readme_begins_with_a_sentence_and_the_two_commands() -> None:
    text = text_of(README)
    title, sentence, *_ = text.split("\n\n")
    assert title == "# brochure"
    assert sentence.count(". ") == 0
    assert sentence.endswith(".")
    first = next(iter(_FENCE.finditer(text)))
    typed = [line.partition("#")[0].strip() for line in first["code"].splitlines()]
    assert typed == ["make brochure", "make test"]
    assert text.index("![") > first.end()


def test_the_manual_of_preflight_is_what_its_rules_say() -> None:
    assert text_of(ROOT / "docs/preflight.md") == manual()


def test_every_room_is_listed() -> None:
    package = Path(brochure.__file__).parent
    rooms = {
        path.stem
        for path in package.iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or path.is_dir())
    }
    assert set(rows(ROOT / "ARCHITECTURE.md", "The rooms")) == rooms


def test_rooms_are_listed_in_import_order() -> None:
    listed = list(rows(ROOT / "ARCHITECTURE.md", "The rooms"))
    assert listed == [room for room in ROOMS if room in listed]
