"""Holds every diagnostic to account: found in its place, in words that an officer understands.

One folder for each rule in tests/diagnostics/, or one for each case below it: `change/` is laid
over a copy of the small project (a file `REMOVE` in it lists what to take away), and `expected.txt`
is what the command then prints more than before. What cannot be committed as a plain file, such as
a link out of the project, is made by a function of this module, in the table `MADE`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SMALL, Built, Expected, copy_project, run_brochure
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brochure.build import check, read
from brochure.cli import ExitCode, main
from brochure.diagnostics import RULES, Diagnostic, Diagnostics, Place, did_you_mean
from brochure.layouts import Composer, Listing
from brochure.sources import Folder

EXAMPLES = Path(__file__).parent / "diagnostics"
MANUAL = ROOT / "docs/messages.md"
CHANGE, REMOVE, EXPECTED = "change", "REMOVE", "expected.txt"

# Only typesetting raises these; one leaflet is enough for them.
IN_BUILDS_ONLY = (
    *("engine", "engine-warning", "text-off-page", "section-failed", "copy-too-long"),
    "code-too-fine",
    "colour-without-recipe",  # and only for print
)
ONE_LEAFLET = (
    *("--jobs", "1", "--language", "en"),
    *("--edition", "leaflets", "--practice", "mill-fund"),
)

# Rules that may name a file which is not there.
OF_MISSING_FILES = (
    *("file-missing", "missing-translation", "missing-source-text"),
    "untranslated-text",
)

BLOCK = re.compile(
    r"(?P<file>[^:\n]+)(?::(?P<line>\d+))?(?::(?P<column>\d+))?:"
    r" (?P<severity>error|warning|note)\[(?P<rule>[a-z0-9-]+)\]: (?P<message>[^\n]+)"
    r"\n  hint: (?P<hint>[^\n]+)"
)


# The examples.


@dataclass(frozen=True)
class Example:
    """A way to break the small project, and what is then printed."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(EXAMPLES).as_posix()

    @property
    def rule(self) -> str:
        return self.name.partition("/")[0]

    @property
    def blocks(self) -> list[str]:
        return blocks_of((self.folder / EXPECTED).read_text(encoding="utf-8"))

    def lay_over(self, root: Path) -> None:
        """Break a copy of the small project. Its layouts are hard links: never written into."""
        change = self.folder / CHANGE
        for path in sorted(change.rglob("*")):
            if path.name == REMOVE:
                for name in path.read_text(encoding="utf-8").split():
                    remove(root / name)
            elif path.is_file():
                write(root / path.relative_to(change), path.read_bytes())
        if make := MADE.get(self.name):
            make(root)


def write(path: Path, content: str | bytes) -> None:
    if path.exists():
        remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def examples() -> Iterator[Example]:
    for rule in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        cases = sorted(path for path in rule.iterdir() if path.is_dir() and path.name != CHANGE)
        yield from map(Example, cases or [rule])


ALL = list(examples())
BY_NAME = {example.name: example for example in ALL}
CHECKED = [example for example in ALL if example.rule not in IN_BUILDS_ONLY]
BUILT = [example for example in ALL if example.rule in IN_BUILDS_ONLY]
ONE_OF_EACH = list({example.rule: example for example in reversed(CHECKED)}.values())


def named(example: Example) -> str:
    return example.name


# What git cannot keep, or only at great length.


def folder_for_facts(root: Path) -> None:
    remove(root / "practices/mill-fund/practice.yaml")
    (root / "practices/mill-fund/practice.yaml").mkdir()


def font_cut_short(root: Path) -> None:
    font = root / "fonts/SourceSerif4-Regular.ttf"
    write(font, font.read_bytes()[:-1000])


def deep_lists(root: Path) -> None:
    levels = (f"{'    ' * level}- deeper\n" for level in range(300))
    write(root / "practices/mill-fund/en.md", f"{MILL_FUND_HEAD}{''.join(levels)}")


def deep_brackets(root: Path) -> None:
    """So deep that a parser which goes down by recursion ends the whole process."""
    write(root / "practices/mill-fund/practice.yaml", "region: " + "[" * 300_000)


def long_text(root: Path) -> None:
    write(root / "practices/mill-fund/en.md", f"{MILL_FUND_HEAD}{'word ' * 450_000}\n")


def linked_photo(root: Path) -> None:
    write(root.parent / "stage.png", png(8, 6))
    photo = root / "practices/harbour-lab/photos/stage.png"
    photo.parent.mkdir()
    photo.symlink_to(root.parent / "stage.png")


def linked_text(root: Path) -> None:
    write(root.parent / "en.md", f"{MILL_FUND_HEAD}The fund lends money.\n")
    (root / "practices/mill-fund/en.md").symlink_to(root.parent / "en.md")


def linked_practice(root: Path) -> None:
    shutil.copytree(root / "practices/mill-fund", root.parent / "elsewhere")
    (root / "practices/new-hall").symlink_to(root.parent / "elsewhere")


def words_of_the_layout(old: str, new: str, *languages: str) -> Callable[[Path], None]:
    """Return what changes the words in some languages; in French where none is named."""

    def change(root: Path) -> None:
        for language in languages or ("fr",):
            path = root / f"layouts/atelier/strings/{language}.yaml"
            text, count = re.subn(old, new, path.read_text(encoding="utf-8"), flags=re.M)
            assert count == 1
            write(path, text)

    return change


def language_more(tag: str) -> Callable[[Path], None]:
    """Return what adds a language to the project, with the words of the English layout."""

    def change(root: Path) -> None:
        strings = root / "layouts/atelier/strings"
        if not (strings / f"{tag}.yaml").exists():
            write(strings / f"{tag}.yaml", (strings / "en.yaml").read_bytes())
        facts = (root / "brochure.yaml").read_text(encoding="utf-8")
        write(root / "brochure.yaml", facts.replace("[en, fr]\n", f"[en, fr, {tag}]\n", 1))

    return change


def enormous_photo(root: Path) -> None:
    write(root / "practices/harbour-lab/photos/stage.png", png(20_000, 15_000, bits=1))


def photo(mode: str, width: int, height: int, file: str = "stage.jpg") -> Callable[[Path], None]:
    """Return what makes a photo in a colour mode and a size in pixels."""

    def make(root: Path) -> None:
        from PIL import Image

        path = root / "practices/harbour-lab/photos" / file
        path.parent.mkdir()
        Image.new(mode, (width, height)).save(path)

    return make


def png(width: int, height: int, bits: int = 8) -> bytes:
    """Return a black picture; line by line, so that a large one takes no memory."""
    packer = zlib.compressobj()
    line = bytes(1 + (width * bits + 7) // 8)
    pixels = b"".join([*(packer.compress(line) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


MILL_FUND_HEAD = "---\ntitle: Mill Fund\nsummary: Small loans for small firms.\n---\n"

MADE: dict[str, Callable[[Path], None]] = {
    "file-unreadable/folder-in-its-place": folder_for_facts,
    "file-unreadable/font-cut-short": font_cut_short,
    "file-unreadable/lists-too-deep": deep_lists,
    "file-too-large": long_text,
    "path-outside-project/linked-photo": linked_photo,
    "path-outside-project/linked-text": linked_text,
    "path-outside-project/linked-practice": linked_practice,
    "yaml-syntax/brackets-too-deep": deep_brackets,
    "missing-key/word-of-the-layout": words_of_the_layout("^contents:.*\n", ""),
    "missing-key/word-of-a-layout": words_of_the_layout("^  folio:.*\n", "", "en", "fr"),
    "missing-key/word-of-a-print-order": words_of_the_layout(
        r"(?<=^  bindings:\n)((?:    .*\n)*?)    perfect:.*\n", r"\1", "en", "fr"
    ),
    "missing-key/words-of-print-orders": words_of_the_layout(
        r"^print-order:.*\n(?:  .*\n)*", "", "en", "fr"
    ),
    "wrong-type/words-of-the-layout": words_of_the_layout("^contents:.*$", "contents: 5"),
    "missing-glyph/words-of-the-layout": words_of_the_layout("^contents:.*$", "contents: სარჩევი"),
    "no-hyphenation": language_more("fi"),
    "funding-statement/unchecked": language_more("mt"),
    "funding-statement/unknown": language_more("nb"),
    "picture-too-large": enormous_photo,
    "picture-colour/cmyk": photo("CMYK", 8, 6),
    "picture-colour/lab": photo("LAB", 8, 6, "stage.tif"),
    "picture-small": photo("RGB", 1395, 1000),
    "picture-too-small": photo("RGB", 640, 480),
}


# What is printed.


@dataclass(frozen=True)
class Printed:
    """What the command did: its exit code, and the diagnostics in what it printed."""

    code: int
    out: str
    err: str

    @property
    def blocks(self) -> list[str]:
        return blocks_of(self.err)


Run = Callable[..., Printed]


@pytest.fixture
def brochure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command as a user does, but in this process."""

    def run(root: Path, *arguments: str) -> Printed:
        monkeypatch.delenv("BROCHURE_DEBUG", raising=False)
        monkeypatch.setattr(sys, "argv", ["brochure", "--project", str(root), *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        return Printed(int(stop.value.code or 0), printed.out, printed.err)

    return run


def blocks_of(text: str) -> list[str]:
    """Return each diagnostic in a text, with its hint."""
    return [match[0] for match in re.finditer(r"^\S.*\n  hint: .*$", text, re.M)]


def places(blocks: list[str]) -> list[tuple[str, int, int]]:
    matches = (BLOCK.fullmatch(block) for block in blocks)
    return [(m["file"], int(m["line"] or 0), int(m["column"] or 0)) for m in matches if m]


def text_of(blocks: list[str], unbroken: list[str], root: Path) -> str:
    """Return an expected file; where the project stands differs from run to run."""
    text = "".join(f"{block}\n" for block in blocks if block not in unbroken)
    return text.replace(str(root.resolve()), "<project>")


@pytest.fixture(scope="session")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of the small project as it is: it lacks one translation."""
    found = Diagnostics()
    check(Folder(copy_project(SMALL, tmp_path_factory.mktemp("unbroken") / "project")), found)
    assert not found.failed
    return list(map(str, found))


def built(root: Path, out: Path) -> Printed:
    """Build one leaflet of a project, in a process of its own: the engine's fonts stay in it."""
    result = run_brochure("build", "--out", out, *ONE_LEAFLET, root=root)
    return Printed(result.returncode, result.stdout, result.stderr)


# The rules and their examples.


def test_every_rule_has_a_folder_of_examples_and_every_folder_a_rule() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == sorted(RULES)


def test_every_function_makes_an_example() -> None:
    assert set(MADE) <= set(BY_NAME)


@pytest.mark.parametrize("example", ALL, ids=named)
def test_an_example_shows_its_rule(example: Example) -> None:
    rules = [match["rule"] for match in map(BLOCK.fullmatch, example.blocks) if match]
    assert example.rule in rules


@pytest.mark.parametrize("example", CHECKED, ids=named)
def test_a_mistake_is_reported_in_these_words(
    example: Example, small: Path, unbroken: list[str], brochure: Run, expected: Expected
) -> None:
    example.lay_over(small)
    printed = brochure(small, "check")
    expected.check(example.folder / EXPECTED, text_of(printed.blocks, unbroken, small))
    hold_to_form(printed, small)


@pytest.mark.parametrize("example", BUILT, ids=named)
def test_a_mistake_that_typesetting_finds_is_reported_in_these_words(
    example: Example, small: Path, unbroken: list[str], expected: Expected
) -> None:
    example.lay_over(small)
    write(small / "out/en/practices/mill-fund-en.pdf", "the last good leaflet")
    printed = built(small, small / "out")
    expected.check(example.folder / EXPECTED, text_of(printed.blocks, unbroken, small))
    hold_to_form(printed, small)
    leaflet = small / "out/en/practices/mill-fund-en.pdf"
    assert (leaflet.read_bytes() == b"the last good leaflet") is (printed.code != ExitCode.OK)


def hold_to_form(printed: Printed, root: Path) -> None:
    """Everything printed about a project is a diagnostic in its order, and the exit code agrees."""
    errors = sum(": error[" in block for block in printed.blocks)
    assert printed.code == (ExitCode.PROBLEMS if errors else ExitCode.OK)
    assert "Traceback" not in printed.out + printed.err
    for block in printed.blocks:
        hold_block_to_form(block, root)
    assert places(printed.blocks) == sorted(places(printed.blocks))
    assert max(Counter(printed.blocks).values()) == 1


def hold_block_to_form(block: str, root: Path) -> None:
    match = BLOCK.fullmatch(block)
    assert match, block
    assert RULES[match["rule"]] == match["severity"]
    path = root / match["file"]
    missing = match["rule"] in OF_MISSING_FILES or f'"{path.name}"' in match["message"]
    assert missing or path.exists(), block
    for words in (match["message"], match["hint"]):
        assert not words[0].isupper() or words.split()[0].isupper(), block  # such as HTML
        assert not words.endswith("."), block


def test_every_line_that_is_printed_belongs_to_a_diagnostic(small: Path, brochure: Run) -> None:
    for name in MANY:
        BY_NAME[name].lay_over(small)
    printed = brochure(small, "check")
    assert printed.err == "".join(f"{block}\n" for block in printed.blocks)
    count = Counter(match["severity"] for match in map(BLOCK.fullmatch, printed.blocks) if match)
    assert printed.out.endswith(f": {count['error']} errors, {count['warning']} warning\n")


# All at once.

MANY = (  # each breaks another file, or the same file in another way
    "unknown-language/edition",
    "yaml-tab/facts",
    "invalid-utf8/latin-1",
    "heading-level/title",
    "unknown-theme",
    "file-missing/practice-facts",
    "file-unreadable/font",
    "unknown-region/page",
    "unknown-region/plan",
    "missing-key/word-of-the-layout",
)


def test_mistakes_in_many_files_are_all_reported_in_one_run_each_once(
    small: Path, unbroken: list[str], brochure: Run
) -> None:
    for name in MANY:
        BY_NAME[name].lay_over(small)
    alone = [block for name in MANY for block in BY_NAME[name].blocks]
    assert len(alone) >= len(MANY)
    printed = [block for block in brochure(small, "check").blocks if block not in unbroken]
    assert sorted(printed) == sorted(alone)
    assert places(printed) == sorted(places(printed))


@pytest.mark.parametrize("example", ONE_OF_EACH, ids=named)
def test_json_says_the_same_as_the_printed_lines(
    example: Example, small: Path, brochure: Run
) -> None:
    example.lay_over(small)
    printed, asked = brochure(small, "check"), brochure(small, "check", "--json")
    report = json.loads(asked.out)
    assert [str(diagnostic_of(each)) for each in report["diagnostics"]] == printed.blocks
    severities = Counter(each["severity"] for each in report["diagnostics"])
    assert (severities["error"], severities["warning"]) == (report["errors"], report["warnings"])
    assert (asked.code, asked.err) == (printed.code, "")


def diagnostic_of(value: dict[str, str]) -> Diagnostic:
    place = Place(value["file"], int(value["line"]), int(value["column"]))
    diagnostic = Diagnostic(place, value["rule"], value["message"], value["hint"])
    assert diagnostic.severity == value["severity"]
    return diagnostic


@pytest.mark.parametrize(
    ("name", "code"), [("unknown-theme", 1), ("raw-html/iframe", 0), ("file-missing/brochure", 1)]
)
def test_the_command_ends_with_1_for_errors_and_with_0_for_warnings_only(
    name: str, code: int, small: Path
) -> None:
    BY_NAME[name].lay_over(small)
    result = run_brochure("check", root=small)
    assert result.returncode == code
    assert blocks_of(result.stderr)
    assert "Traceback" not in result.stdout + result.stderr


def test_a_build_with_errors_leaves_the_output_as_it_was(small: Path, small_built: Built) -> None:
    out = shutil.copytree(small_built.out, small / "out")
    before = contents(out)
    BY_NAME["unknown-theme"].lay_over(small)
    result = run_brochure("build", "--jobs", "1", root=small)
    assert result.returncode == ExitCode.PROBLEMS
    assert "nothing published" in result.stdout
    assert contents(out) == before


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


# Raw HTML.


class Markup(HTMLParser):
    """Collects what could act in a browser."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "svg", "form", "input", "base"):
            self.active.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.active.append(f"{tag} {name}")


HOSTILE = [example for example in ALL if example.rule in ("raw-html", "unsafe-link")]


@pytest.mark.parametrize("example", HOSTILE, ids=named)
def test_nothing_that_acts_reaches_the_page(example: Example, small: Path) -> None:
    example.lay_over(small)
    found = Diagnostics()
    desk = read(Folder(small), found)
    assert desk is not None
    composer = Composer(desk.project, desk.layout, found)
    pages = [composer.section(section, edition, Listing()) for section, edition in desk.sections()]
    texts = [page.html for page in pages if page and "Mill Fund</h1>" in page.html]
    assert texts
    assert [Markup(html).active for html in texts] == [[]] * len(texts)


def test_the_collector_of_what_acts_sees_it() -> None:
    html = '<a href="JavaScript:x" onclick="y">z</a><script></script><p>x</p>'
    assert Markup(html).active == ["a href", "a onclick", "script"]


# Other bad input. No rule is shown here: the point is that each ends in diagnostics or in none.

BROCHURE = "brochure.yaml"
FACTS, TEXT = "practices/harbour-lab/practice.yaml", "practices/harbour-lab/en.md"
OTHER_FACTS = "practices/mill-fund/practice.yaml"
PLAN = "plans/north/plan.yaml"

Files = dict[str, str | bytes | None]  # None takes a file away


def original(path: str) -> str:
    return (SMALL / path).read_text(encoding="utf-8")


def prose(body: str) -> Files:
    return {"practices/mill-fund/en.md": MILL_FUND_HEAD + body}


def facts(old: str, new: str) -> Files:
    text = original(FACTS)
    assert old in text
    return {FACTS: text.replace(old, new)}


def plan(old: str, new: str) -> Files:
    text = original(PLAN)
    assert old in text
    return {PLAN: text.replace(old, new)}


def named_photo(file: str) -> Files:
    return {FACTS: f"{original(FACTS)}photos: [{{file: {file}, credit: A. Nother}}]\n"}


def slug(value: str) -> Files:
    return {OTHER_FACTS: f"{original(OTHER_FACTS)}slug: {value}\n"}


def configuration(old: str, new: str) -> Files:
    text = original(BROCHURE)
    assert old in text
    return {BROCHURE: text.replace(old, new)}


# What is unusual and right.
HARMLESS: dict[str, Files] = {
    "line ends of Windows": {
        path: original(path).replace("\n", "\r\n") for path in (BROCHURE, FACTS, TEXT)
    },
    "line ends of old Macs": {path: original(path).replace("\n", "\r") for path in (FACTS, TEXT)},
    "byte order mark": {path: "\ufeff" + original(path) for path in (BROCHURE, FACTS, TEXT)},
    "document start": {FACTS: "---\n" + original(FACTS)},
    "document end": {FACTS: original(FACTS) + "...\n"},
    "anchor without alias": facts("2015", "&year 2015"),
    "explicit tag": facts("2015", "!!int 2015"),
    "empty place": facts("{name: Harbour, latitude: 50.5, longitude: 4.5}", ""),
    "empty year": facts("2015", ""),
    "empty contact": {FACTS: original(FACTS) + "contact:\n"},
    "front matter only": prose(""),
    "front matter without a last line end": {
        "practices/mill-fund/en.md": MILL_FUND_HEAD.removesuffix("\n")
    },
    "own headings twice": prose("## Rules\n\nOne.\n\n## Rules\n\nTwo.\n"),
    "line between paragraphs": prose("One.\n\n---\n\n## How it works\n\nTwo.\n"),
    "number sign": prose("#1 in Europe and\n#2 in the world.\n"),
    "signs that begin no tag": prose("5 < 6 and a<b, 3 > 2, and x <y or <3.\n"),
    "code with signs": prose("```\n# no heading\n<b>\n[x](nowhere)\n```\n\nAnd `<b>` too.\n"),
    "address with brackets": prose("[x](https://example.org/a_(b)) and <https://example.org>\n"),
    "mail address": prose("Write to <lab@example.org> or [us](mailto:lab@example.org).\n"),
    "link with a title": prose('[x](https://example.org "a title")\n'),
    "link of capital letters": prose("[x](HTTPS://EXAMPLE.ORG/)\n"),
    "an amount in quotes": plan("amount: 12000", 'amount: "12000.00"'),
    "an action that is named like a language": {
        path: original(path).replace("exchange\n", "lab\n").replace("#exchange", "#lab")
        for path in (PLAN, "plans/north/en.md", "plans/north/fr.md")
    },
    "a plan without stakeholders and events": {
        PLAN: re.sub(r"(?ms)^stakeholders:.*(?=^signatories:)", "", original(PLAN))
    },
    "actions without costs and steps": {
        PLAN: re.sub(r"(?ms)^    (costs|steps):\n.*?(?=^    \w)", "", original(PLAN))
    },
    "a summary in place of the plan in another language": {
        "plans/north/en.md": "---\ntitle: A plan\nsummary: In brief.\n---\nTwo actions.\n"
    },
    "file among the practices": {"practices/README.md": "Notes.\n"},
    "hidden folder": {"practices/.git/config": "x"},
    "other file beside a text": {"practices/mill-fund/notes.txt": "Notes.\n"},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_unusual_and_right_is_left_in_peace(
    name: str, small: Path, unbroken: list[str], brochure: Run
) -> None:
    change(small, HARMLESS[name])
    printed = brochure(small, "check")
    assert printed.blocks == unbroken
    assert printed.code == ExitCode.OK


HARMFUL: dict[str, Files] = {
    "brochure.yaml is empty": {BROCHURE: ""},
    "brochure.yaml holds a list": {BROCHURE: "- title\n"},
    "brochure.yaml holds a text": {BROCHURE: "A brochure\n"},
    "brochure.yaml holds nothing": {BROCHURE: "~\n"},
    "brochure.yaml holds zero bytes": {BROCHURE: bytes(100)},
    "practices are a file": {"practices": ""},
    "no practices": {"practices": None},
    "no regions": {BROCHURE: re.sub(r"  (north|south):.*\n", "", original(BROCHURE))},
    "languages are a text": configuration("languages: [en, fr]", "languages: en"),
    "languages are missing": configuration("languages: [en, fr]\n", ""),
    "languages are nothing": configuration("languages: [en, fr]", "languages:"),
    "languages are numbers": configuration("languages: [en, fr]", "languages: [1, 2]"),
    "languages are written out": configuration("languages: [en, fr]", "languages: [English]"),
    "a language without words": configuration("languages: [en, fr]", "languages: [en, fr, ltg]"),
    "a language twice": configuration("languages: [en, fr]", "languages: [en, fr, en]"),
    "a day that does not exist": configuration("2026-01-31", "2026-02-31"),
    "a day as a number": configuration("2026-01-31", "20260131"),
    "a day with its time": configuration("2026-01-31", "2026-01-31 10:30:00"),
    "a file name too long": configuration("{language}/brochure", "b" * 300),
    "a file name with a zero byte": configuration("{language}/brochure", "\\0"),
    "a file name with an open brace": configuration("{language}/brochure", "{language/brochure"),
    "an absolute file name": configuration("{language}/brochure", "/{language}/brochure"),
    "keys that are numbers": {FACTS: original(FACTS) + "1: one\n2.5: two\n"},
    "keys that are nothing": {FACTS: original(FACTS) + "~: nothing\n? \n: nothing\n"},
    "keys that are lists": {FACTS: original(FACTS) + "? {a: b}\n: nothing\n"},
    "a merge key": {FACTS: original(FACTS) + "<<: {since: 2015}\n"},
    "a huge year": facts("2015", "9" * 18),
    "a year beyond all numbers": facts("2015", "9" * 5000),
    "a huge latitude": facts("50.5", "1.0e99"),
    "a latitude that is no number": facts("50.5", ".nan"),
    "a tag that runs code": facts("2015", "!!python/object/apply:os.getcwd []"),
    "an alias within itself": facts("2015", "&a [*a]"),
    "aliases of aliases": {
        FACTS: "a0: &a0 [1]\n"
        + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}1]\n" for n in range(1, 30))
    },
    "mappings nested deeply": {FACTS: "".join(f"{' ' * n}a:\n" for n in range(2000))},
    "lists nested deeply": {FACTS: "- " * 100_000},
    "half a character": {FACTS: original(FACTS).encode().replace(b"Harbour", b"Harb\xc3")},
    "half a surrogate": facts("name: Harbour", 'name: "\\ud800"'),
    "zero bytes in a text": prose("The fund\0lends money.\n"),
    "control characters in a text": prose("The fund \x1b[31m lends \x07 money.\n"),
    "a text in place of front matter": {TEXT: "---\nHarbour Lab\n---\nA text.\n"},
    "a list in place of front matter": {TEXT: "---\n- Harbour Lab\n---\nA text.\n"},
    "empty front matter": {TEXT: "---\n---\nA text.\n"},
    "a blank line before the front matter": {TEXT: "\n" + original(TEXT)},
    "an empty text": {TEXT: ""},
    "a text of lines only": {TEXT: "\n\n\n"},
    "a text of hyphens only": {TEXT: "---\n"},
    "an unclosed code block": prose("```\n# A heading\n\n[x](nowhere)\n"),
    "an empty link": prose("[here]()\n"),
    "a link within a link": prose("[[x](brochure:practice/a)](brochure:practice/b)\n"),
    "a link with a space": prose("[x](brochure:practice/harbour lab)\n"),
    "a photo with a name too long": named_photo("a" * 300),
    "a photo that is a folder": named_photo("."),
    "a photo with a zero byte": named_photo('"a\\0b.png"'),
    "a photo on the web": named_photo("https://example.org/a.png"),
    "a slug of another practice's folder": slug("harbour-lab"),
    "a slug that is a number": slug("5"),
    "a slug with a capital letter": slug("Mill-Fund"),
    "a slug that leaves the folder's name behind": slug("mill-loan"),
    "a plan that is empty": {PLAN: ""},
    "a plan that is a list": {PLAN: "- region: north\n"},
    "a plan that is a text": {PLAN: "The plan\n"},
    "actions that are a text": plan("actions:\n", "actions: tbc\nothers:\n"),
    "actions that are texts": {
        PLAN: re.sub(r"(?ms)^actions:.*(?=^stakeholders:)", "actions: [one, 2]\n", original(PLAN))
    },
    "an action that is nothing": plan("  - id: exchange\n", "  - \n  - id: exchange\n"),
    "an id that is a list": plan("id: exchange", "id: [exchange]"),
    "an id that is a mapping": plan("id: exchange", "id: {en: exchange}"),
    "a period that is a text": plan("period: {start: 2020-03, end: 2022-12}", "period: 2020"),
    "a year in a month's place": plan('start: "2022"', "start: 2022"),
    "an amount beyond all numbers": plan("amount: 12000", f"amount: {'9' * 5000}"),
    "an amount that is no number": plan("amount: 12000", "amount: .nan"),
    "an amount without an end": plan("amount: 12000", "amount: Infinity"),
    "an event without a day": plan("date: 2020-05-12", "date: 2020"),
    "a plan's text that is empty": {"plans/north/fr.md": ""},
    "a template in another encoding": {"layouts/atelier/cover.html.j2": b"\xff\xfe\x00"},
    "a template too large": {"layouts/atelier/cover.html.j2": "x" * 2_200_000},
    "a layout without values": {"layouts/atelier/layout.yaml": ""},
    "words of the layout that are a list": {"layouts/atelier/strings/fr.yaml": "- Sommaire\n"},
    "words of the layout that are empty": {"layouts/atelier/strings/fr.yaml": ""},
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_cannot_be_read_ends_in_an_error_with_its_place(
    name: str, small: Path, unbroken: list[str], brochure: Run
) -> None:
    change(small, HARMFUL[name])
    printed = brochure(small, "check")
    assert printed.code == ExitCode.PROBLEMS, printed.err
    assert set(printed.blocks) - set(unbroken)
    hold_to_form(printed, small)


def change(root: Path, files: Files) -> None:
    for path, content in files.items():
        if content is None:
            remove(root / path)
        else:
            write(root / path, content)


def test_no_is_a_language_and_not_a_falsehood(small: Path, brochure: Run) -> None:
    for path in small.rglob("fr.md"):
        path.rename(path.with_name("no.md"))
    (small / "layouts/atelier/strings/fr.yaml").rename(small / "layouts/atelier/strings/no.yaml")
    for path in small.rglob("*.yaml"):
        if "layouts" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for old, new in (("fr:", "no:"), ("[en, fr]", "[en, no]"), (": fr\n", ": no\n")):
                text = text.replace(old, new)
            write(path, text)
    write(small / BROCHURE, (small / BROCHURE).read_text().replace("[fr, en]", "[no, en]"))
    printed = brochure(small, "check")
    assert printed.code == ExitCode.OK, printed.err
    assert "there is no text in Norwegian" in printed.err


def test_a_language_that_nobody_has_named_is_called_by_its_tag(small: Path, brochure: Run) -> None:
    change(small, configuration("[en, fr]", "[en, fr, qaa]"))
    assert "there is no text in qaa" in brochure(small, "check").err


def test_a_named_pipe_is_no_text(small: Path, brochure: Run) -> None:
    remove(small / FACTS)
    os.mkfifo(small / FACTS)
    assert f"{FACTS}: error[file-unreadable]" in brochure(small, "check").err


def test_odd_metadata_of_a_photo_is_nobodys_business(
    small: Path, unbroken: list[str], brochure: Run
) -> None:
    """The picture library warns of it with a line of its own source code."""
    from PIL import Image

    example = BY_NAME["picture-colour/cmyk"]
    example.lay_over(small)
    file = small / "practices/harbour-lab/photos/stage.jpg"
    exif = Image.Exif()
    exif[0x010E] = "A stage"
    Image.new("RGB", (1870, 1060)).save(file, exif=exif)
    content = file.read_bytes()
    write(file, content.replace(b"MM\0*\0\0\0\x08\0\x01", b"MM\0*\0\0\0\x08\0\x7f"))
    assert file.read_bytes() != content
    with pytest.warns(UserWarning, match="Corrupt EXIF"), Image.open(file) as image:
        image.getexif()
    assert brochure(small, "check").blocks == unbroken


def test_a_file_that_may_not_be_read_is_reported(
    small: Path, brochure: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_path = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == (small / FACTS).resolve():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_path(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    printed = brochure(small, "check")
    assert f"{FACTS}: error[file-unreadable]" in printed.err
    hold_to_form(printed, small)


def test_a_file_name_that_is_no_utf_8_can_be_printed_and_put_into_json(small: Path) -> None:
    name = os.fsdecode(b"caf\xe9.md")
    try:
        write(small / "practices/mill-fund" / name, "Notes.\n")
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    for arguments in (("check",), ("check", "--json")):
        result = run_brochure(*arguments, root=small)
        assert result.returncode == ExitCode.PROBLEMS
        assert r"practices/mill-fund/caf\udce9.md" in (result.stdout + result.stderr).replace(
            r"\\", "\\"
        )


def test_nothing_printed_steers_the_terminal(small: Path, brochure: Run) -> None:
    shutil.copytree(small / "practices/mill-fund", small / "practices/mill\x1b[2Jfund")
    change(small, facts("theme: creative-hub", 'theme: "creative\\x1b]0;hub"'))
    change(small, prose("The fund \x1b[31mlends money. [x](brochure:\x1b[31m)\n"))
    printed = brochure(small, "check")
    assert printed.code == ExitCode.PROBLEMS
    assert {c for c in printed.out + printed.err if not c.isprintable()} <= {"\n"}


# Chance finds what nobody thought of.

TEXTS = (
    *(BROCHURE, FACTS, TEXT, OTHER_FACTS, "practices/mill-fund/en.md", "pages/north/fr.md"),
    *(PLAN, "plans/north/fr.md"),
)
PIECES = (
    *("\t", ": ", "- ", "[", "]", "{", "}", "*a", "&a ", "# ", "---\n", "\n", "\r", "  ", "|\n"),
    *("\0", "\x1b[1m", "\x85", "\u2028", "\ufeff", "\ufffe", "'", '"', "\\", "%", "@", "!", "~"),
    *("<script", "<b>", "<!--", "](", "![", "<https:", "brochure:", "{#x}", "```\n", "`", "> "),
    *("\n===\n", "&#27;", "&#0;", "საქ", "👍🏽", "9" * 30, "null", "2026-13-45", "../", "region"),
)

Change = tuple[int, int, int, str]


def mutated(text: str, changes: list[Change]) -> str:
    """Return a text with pieces cut out and others put in."""
    for _, start, length, piece in changes:
        position = start % (len(text) + 1)
        text = text[:position] + piece + text[position + length :]
    return text


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXTS) - 1),
            st.integers(0, 2000),
            st.sampled_from((0, 0, 1, 5, 50)),
            st.sampled_from(PIECES),
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_change_of_the_sources_ends_in_diagnostics_or_in_none(
    tmp_path_factory: pytest.TempPathFactory, changes: list[Change]
) -> None:
    root = project_for_chance(tmp_path_factory)
    for number, path in enumerate(TEXTS):
        write(root / path, mutated(original(path), [c for c in changes if c[0] == number]))
    found = Diagnostics()
    check(Folder(root), found)
    for diagnostic in found:
        hold_block_to_form(str(diagnostic), root)
        json.dumps(diagnostic.as_json(), ensure_ascii=False).encode()


_for_chance: list[Path] = []


def project_for_chance(factory: pytest.TempPathFactory) -> Path:
    if not _for_chance:
        _for_chance.append(copy_project(SMALL, factory.mktemp("chance") / "project"))
    return _for_chance[0]


# Hints that name what exists.


def test_a_misspelt_name_is_corrected() -> None:
    assert did_you_mean("finanse", ["finance", "festival"]) == 'write "finance"'


def test_capital_letters_do_not_hide_the_name_that_was_meant() -> None:
    assert did_you_mean("NORTH", ["north", "south"]) == 'write "north"'


def test_a_shared_beginning_makes_no_names_alike() -> None:
    known = ["brochure:practice/harbour-lab", "brochure:practice/mill-fund"]
    hint = did_you_mean("brochure:practice/kikk", known)
    assert hint == 'use one of "brochure:practice/harbour-lab", "brochure:practice/mill-fund"'


def test_a_name_cut_short_is_completed_even_when_it_is_the_only_one() -> None:
    assert did_you_mean("atelie", ["atelier"]) == 'write "atelier"'
    assert did_you_mean("practice/mill", ["practice/mill-fund"]) == 'write "practice/mill-fund"'


def test_all_names_are_offered_when_none_is_near() -> None:
    assert did_you_mean("west", ["north", "east-end"]) == 'use one of "east-end", "north"'


def test_what_cannot_be_named_otherwise_is_to_be_removed() -> None:
    assert did_you_mean("west", []) == "remove it"


def test_a_rule_must_be_known() -> None:
    with pytest.raises(KeyError):
        Diagnostics().add("no-such-rule", Place("brochure.yaml"), "what was found", "what to do")


# The manual.


def explained() -> dict[str, str]:
    """Return what the manual says about each rule."""
    parts = re.split(r"^### (.+)$", MANUAL.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {
        rule: re.split(r"^## ", text, flags=re.M)[0].strip()
        for rule, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_manual_explains_every_rule_in_their_order_and_no_other() -> None:
    assert list(explained()) == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_manual_explains_a_rule_in_two_to_four_sentences(rule: str) -> None:
    words = re.sub(r"`[^`]*`", "code", re.sub(r"^\*\w+\.\* ", "", explained()[rule]))
    assert 2 <= len(re.findall(r"[.!?](?=\s|$)", words)) <= 4


@pytest.mark.parametrize("rule", RULES)
def test_the_manual_says_of_a_rule_whether_it_only_warns(rule: str) -> None:
    said = re.match(r"\*(\w+)\.\* ", explained()[rule])
    assert (said[1].lower() if said else "error") == RULES[rule]
