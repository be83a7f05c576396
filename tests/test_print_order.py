"""Holds the request for a quote to account: its figures are those of the files, in any language."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2 as pdfium
import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT, Built, build, run_brochure
from printed_words import plain, stands_in
from validation import FLAVOURS, failures_of

from brochure.build import Desk, Request, read
from brochure.cli import ExitCode, command
from brochure.cli.commands import CACHE, PRODUCER
from brochure.diagnostics import Diagnostics
from brochure.languages import read_strings
from brochure.layouts.folder import USED_BY_THE_PROGRAM
from brochure.print_order import PrintOrder, order_of, text_of
from brochure.sources import Folder

PROFILES = {
    "shop": {
        **{"output": "print", "caliper": 0.11},
        "paper": {"en": "coated, 135 g/m²", "fr": "couché, 135 g/m²"},
    },
    "bound": {
        **{"output": "print", "paper": "uncoated, 120 g/m²", "caliper": 0.15, "ink": 280},
        **{"bleed": 5, "marks": True, "binding": "perfect"},
    },
    "apart": {
        **{"output": "print", "paper": "coated, 115 g/m²", "caliper": 0.09},
        **{"binding": "perfect", "cover": "separate"},
    },
    "office": {"output": "booklet", "paper": "office paper", "caliper": 0.1},
}
EDITIONS = [
    *("brochure-en", "brochure-fr", "bilingual", "events", "plans-north-fr"),
    *("leaflets-mill-fund-en", "regions-north-en"),
]
LANGUAGES = ["en", "fr", "de", "it", "ca"]


@pytest.fixture(scope="module")
def printed(small_built: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small project with print profiles, built."""
    root = tmp_path_factory.mktemp("printed") / "project"
    shutil.copytree(small_built.root, root)
    set_profiles(root, PROFILES)
    editions = [option for each in EDITIONS for option in ("--edition", each)]
    return build(root, root / "out", *editions)


@pytest.fixture
def project(printed: Built, tmp_path: Path) -> Path:
    """A copy of it, to change and to break by `replace`: its files are hard links."""
    return shutil.copytree(printed.root, tmp_path / "project", copy_function=os.link)


def replace(path: Path, content: str | bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def set_profiles(root: Path, profiles: dict[str, Any]) -> None:
    path = root / "brochure.yaml"
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    facts["print"] = profiles
    replace(path, yaml.safe_dump(facts, allow_unicode=True, sort_keys=False))


def desk_of(root: Path) -> Desk:
    found = Diagnostics()
    desk = read(Folder(root), found)
    assert desk is not None
    assert not found.failed
    return desk


def order(printed: Built, edition: str, profile: str = "shop", copies: int = 300) -> PrintOrder:
    desk = desk_of(printed.root)
    chosen = next(each for each in desk.editions if each.id == edition)
    request = Request(printed.root, printed.out, printed.root / CACHE, 1, PRODUCER)
    found = order_of(desk, chosen, profile, copies, request)
    assert isinstance(found, PrintOrder), found
    return found


def written(printed: Built, *arguments: str) -> tuple[Path, str]:
    """Return the PDF and the text that the command writes."""
    result = run_brochure("print-order", *arguments, "--copies", "300", root=printed.root)
    assert (result.returncode, result.stderr) == (0, "")
    pdf, text = map(Path, result.stdout.split())
    return pdf, text.read_text(encoding="utf-8")


def refused(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(command, ["--project", str(root), "print-order", *arguments])
    assert result.stdout == ""
    return result


def manifest(printed: Built) -> dict[str, dict[str, Any]]:
    listed = json.loads((printed.out / "manifest.json").read_text(encoding="utf-8"))
    return {entry["file"]: entry for entry in listed["files"]}


# The figures.


def test_the_text_says_what_the_files_are(printed: Built) -> None:
    path, text = written(printed, "brochure-en")
    files = manifest(printed)
    press, booklet = files["en/brochure-en-print.pdf"], files["en/brochure-en-booklet.pdf"]
    pages = press["pages"]
    assert path == printed.out / "orders/brochure-en-shop-en.pdf"
    assert text.splitlines() == [
        *("Request for a print quote", "", "A small brochure", ""),
        *("Please give us a quote for printing this publication.", ""),
        *("Publication", "- Edition: brochure-en", "- Language: English"),
        *("- Published by: The testers", "- Date: 31 January 2026", ""),
        *("Product", "- Copies: 300", "- Trimmed size: 148 × 210 mm, portrait"),
        f"- Pages: {pages}",
        f"- Of which cover: 4 (pages 1, 2, {pages - 1} and {pages}), on the same paper",
        *("", "Printing", "- Colours: 4/4 process colours (CMYK), no spot colours"),
        *("- Printing condition: FOGRA39", "- Total ink limit: 300%"),
        *("- Bleed: 3 mm on all sides", "- Printer’s marks: none", ""),
        *("Paper and finishing", "- Paper: coated, 135 g/m²", "- Thickness of a leaf: 0.11 mm"),
        f"- Total thickness: {pages / 2 * 0.11:.2f} mm",
        "- Binding: saddle stitch, two wire staples",
        *("- Finishing: fold, nest, stitch, trim on three sides", ""),
        *("Files", "- Print file: en/brochure-en-print.pdf"),
        f"  pages: {pages}; size: {press['bytes']:,} bytes",
        f"  SHA-256 {press['sha256']}",
        "- Booklet, as a proof: en/brochure-en-booklet.pdf",
        f"  sides of sheets: {booklet['pages']}; size: {booklet['bytes']:,} bytes;"
        " to look at, not to print from",
        f"  SHA-256 {booklet['sha256']}",
        *("", "The print file holds single pages in the order of reading, not imposed."),
        "Files for print are made as PDF/X-4 (ISO 15930-7) and have not been certified by a"
        " validator.",
    ]
    assert pages == len(pypdf.PdfReader(printed.out / press["file"]).pages)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["brochure-en"], ["bilingual-fr-en"], ["events-north-fr", "--language", "en"]),
        ["plans-north-fr", "--profile", "bound"],
    ],
)
def test_the_page_says_what_the_text_says(printed: Built, arguments: list[str]) -> None:
    path, text = written(printed, *arguments)
    with pdfium.PdfDocument(path) as document:
        (page,) = document
        shown = plain(page.get_textpage().get_text_range()).casefold()  # its label is in capitals
        assert [round(side / 72 * 25.4) for side in page.get_size()] == [210, 297]
    for line in filter(None, text.splitlines()):
        label, _, value = line.partition(": ") if line.startswith("- ") else ("", "", line)
        for words in filter(None, (label.removeprefix("- ").strip(), value.strip())):
            assert stands_in(words.casefold(), shown), words


def test_a_perfect_binding_has_a_spine_by_the_paper_s_caliper(printed: Built) -> None:
    _, text = written(printed, "brochure-en", "--profile", "bound")
    pages = manifest(printed)["en/brochure-en-print-bound.pdf"]["pages"]
    block = f"{(pages - 4) / 2 * 0.15:.4g}"  # the leaves that the cover lies around
    assert f"- Spine width: {block} mm, without cover and glue\n" in text
    assert f"- Total thickness: {pages / 2 * 0.15:.4g} mm\n" in text
    for line in (
        *("Paper: uncoated, 120 g/m²", "Binding: perfect binding", "Total ink limit: 280%"),
        *("Bleed: 5 mm on all sides", "Print file: en/brochure-en-print-bound.pdf"),
        "Printer’s marks: crop and registration marks, colour bar, slug line, outside the bleed",
    ):
        assert f"- {line}\n" in text
    assert "Spine" not in text_of(order(printed, "brochure-en"), strings()["en"])


def test_a_cover_in_a_file_of_its_own_is_counted_and_listed(printed: Built) -> None:
    _, text = written(printed, "brochure-en", "--profile", "apart")
    files = manifest(printed)
    inside, cover = (files[f"en/brochure-en-print-apart{end}.pdf"] for end in ("", "-cover"))
    whole = files["en/brochure-en.pdf"]["pages"]
    assert (inside["pages"], cover["pages"]) == (whole - 4, 2)
    for line in (
        *(f"- Pages: {whole}", "- Of which cover: 4, on the same paper, in a file of its own"),
        f"- Spine width: {(whole - 4) / 2 * 0.09:.4g} mm, without cover and glue",
        f"- Cover: {cover['file']}",
        f"  two spreads, with the spine where there is one; size: {cover['bytes']:,} bytes",
        f"  SHA-256 {cover['sha256']}",
    ):
        assert f"{line}\n" in text
    places = [text.index(f"SHA-256 {each['sha256']}") for each in (inside, cover)]
    assert places == sorted(places)
    assert places[-1] < text.index("- Booklet")


@pytest.mark.parametrize("marks", [True, False])
def test_fold_marks_are_named_where_the_cover_has_a_file_of_its_own(
    project: Path, marks: bool
) -> None:
    set_profiles(project, PROFILES | {"apart": PROFILES["apart"] | {"marks": marks}})
    built = build(project, project / "out", "--edition", "brochure-en", "--output", "print")
    build(project, project / "out", "--edition", "brochure-en", "--output", "cover")
    text = text_of(order(built, "brochure-en", "apart"), strings()["en"])
    assert ("  on the cover, fold marks at the spine\n" in text) is marks
    assert "fold marks" not in text_of(order(built, "brochure-en", "bound"), strings()["en"])


def test_pages_of_two_sizes_are_told_apart(printed: Built) -> None:
    found = order(printed, "events-north-fr")
    first, second = found.blocks
    assert [(b.width, b.height, b.cover, b.binding) for b in found.blocks] == [
        *((148, 210, 4, "saddle-stitch"), (210, 297, 0, "stapled")),
    ]
    assert first.pages % 4 == 0
    assert (first.first, second.first, second.last) == (1, first.pages + 1, found.file.pages)
    text = text_of(found, strings()["fr"])
    assert f"pages {second.first} à {second.last} : 210 × 297 mm, à la française\n" in text
    assert f"- Nombre de pages : {found.file.pages}\n" in text


def test_a_leaflet_of_one_sheet_is_folded_and_not_stitched(printed: Built) -> None:
    for profile in ("shop", "bound", "apart"):
        (block,) = order(printed, "leaflets-mill-fund-en", profile).blocks
        assert (block.pages, block.cover, block.binding) == (4, 0, "folded")


@pytest.mark.parametrize(
    ("profile", "paper", "tags"),
    [("shop", "couché, 135 g/m²", set()), ("bound", "uncoated, 120 g/m²", {"en"})],
)
def test_the_paper_is_named_in_the_language_of_the_order_or_marked_as_another_s(
    printed: Built, profile: str, paper: str, tags: set[str]
) -> None:
    path, text = written(printed, "brochure-fr", "--profile", profile)
    assert f"- Papier : {paper}\n" in text
    nodes = walk(pypdf.PdfReader(path))
    assert {str(each["/Lang"]) for each in nodes if "/Lang" in each} - {"fr"} == tags


def test_the_paper_of_the_sample_has_a_name_in_every_language() -> None:
    project = desk_of(ROOT).project
    for name, profile in project.facts.print.items():
        assert list(profile.paper) == project.facts.languages, name
        assert len(set(profile.paper.values())) == len(project.facts.languages), name


def walk(reader: pypdf.PdfReader) -> list[Any]:
    root: Any = reader.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    waiting, found = [root], []
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found.append(node)
            waiting += [node["/K"]] if "/K" in node else []
    return found


# The languages.


def strings() -> Any:
    found = Diagnostics()
    read_all = read_strings(Folder(ROOT), "atelier", LANGUAGES, found)
    assert list(found) == []
    return read_all


def test_all_words_of_an_order_are_known_to_the_check_of_layouts_and_no_others() -> None:
    checked = {path[1:] for path in USED_BY_THE_PROGRAM if path[0] == "print-order"}
    assert set(keys_of(strings()["en"]["print-order"])) == checked


def keys_of(words: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in words.items():
        inner = keys_of(value) if isinstance(value, dict) else ((),)
        yield from ((key, *rest) for rest in inner)


@pytest.mark.parametrize(
    ("profile", "edition"),
    [("shop", "events-north-fr"), ("bound", "brochure-fr"), ("apart", "brochure-fr")],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_words(
    printed: Built, language: str, profile: str, edition: str
) -> None:
    found = order(printed, edition, profile, copies=12_000)
    text = text_of(found, strings()[language])
    assert not set("{}\u00a0\u202f") & set(text)
    for figure in ("CMJN" if language == "fr" else "CMYK", "PDF/X-4", found.file.sha256, "12"):
        assert figure in text
    english = text_of(found, strings()["en"])
    same = [line for line in text.splitlines() if line.startswith("-") and line in english]
    assert language == "en" or len(same) <= 2, same  # edition and publication are French too


def test_trade_terms_are_those_of_the_language(printed: Built) -> None:
    found = order(printed, "brochure-en", copies=300)
    terms = {
        "de": ("Auflage: 300", "Endformat: 148", "Beschnitt: 3 mm", "Rückenstichheftung"),
        "fr": ("Tirage : 300", "Format fini : 148", "Fond perdu : 3 mm", "piqûre à cheval"),
        "it": ("Tiratura: 300", "Formato finito: 148", "Abbondanza: 3 mm", "punto metallico"),
        "ca": ("Tiratge: 300", "Format final: 148", "Sang: 3 mm", "grapat a cavallet"),
    }
    for language, words in terms.items():
        text = text_of(found, strings()[language])
        assert [term for term in words if term not in text] == [], language


# The files.


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_accessible_and_lasting(printed: Built, language: str, flavour: str) -> None:
    path, _ = written(printed, "events-north-fr", "--language", language)
    assert failures_of(path, flavour) == []
    reader = pypdf.PdfReader(path)
    assert reader.trailer["/Root"]["/Lang"] == language  # type: ignore[index]
    assert reader.metadata is not None
    assert str(reader.metadata.title).endswith("Le Nord : bonnes pratiques et plan d’action local")


def test_an_order_is_no_part_of_the_build(printed: Built) -> None:
    path, _ = written(printed, "brochure-en")
    before, listed = path.read_bytes(), (printed.out / "manifest.json").read_bytes()
    path.unlink()
    again, _ = written(printed, "brochure-en")
    assert again.read_bytes() == before
    assert (printed.out / "manifest.json").read_bytes() == listed


def test_orders_go_to_the_folder_that_the_files_are_in(printed: Built, tmp_path: Path) -> None:
    out = shutil.copytree(printed.out, tmp_path / "proof", copy_function=os.link)
    path, _ = written(printed, "regions-north-en", "--out", str(out))
    assert path == out / "orders/regions-north-en-shop-en.pdf"


# What is refused.

UNKNOWN = [
    (["brochur-en"], 'EDITION: "brochur-en"', 'write "brochure-en"'),
    (["brochure-en", "--language", "frr"], '--language: "frr"', 'write "fr"'),
    (["brochure-en", "--profile", "shopp"], '--profile: "shopp"', 'write "shop"'),
    (
        ["brochure-en", "--profile", "office"],
        '--profile: "office"',
        'use one of "apart", "bound", "shop"',
    ),
]


@pytest.mark.parametrize(("arguments", "name", "hint"), UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest_one(
    project: Path, arguments: list[str], name: str, hint: str
) -> None:
    result = refused(project, *arguments, "--copies", "300")
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr == f"error: {name} is not in the plan\n  hint: {hint}\n"


@pytest.mark.parametrize("copies", [[], ["--copies", "0"], ["--copies", "many"]])
def test_the_number_of_copies_is_needed(project: Path, copies: list[str]) -> None:
    assert refused(project, "brochure-en", *copies).exit_code == ExitCode.USAGE


def test_what_is_not_built_is_refused_with_the_command_that_builds_it(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "an empty folder"
    shutil.rmtree(project / "out")
    for options, ending in (([], ""), (["--out", str(out)], f" --out '{out}'")):
        result = refused(project, "brochure-en", "--copies", "300", *options)
        assert result.exit_code == ExitCode.PROBLEMS
        assert result.stderr == (
            'error: "en/brochure-en-print.pdf" is not built yet\n'
            f"  hint: type: brochure build --edition brochure-en{ending}\n"
        )
    assert not (project / "out").exists()


@pytest.mark.parametrize("file", ["en/brochure-en-print.pdf", "en/brochure-en-booklet.pdf"])
def test_a_file_that_was_changed_after_the_build_is_refused(project: Path, file: str) -> None:
    path = project / "out" / file
    replace(path, path.read_bytes() + b"\n")
    result = refused(project, "brochure-en", "--copies", "300")
    assert result.exit_code == ExitCode.PROBLEMS
    assert f'"{file}" has been changed since it was built' in result.stderr


PRESS, BOOKLET = "en/brochure-en-print.pdf", "en/brochure-en-booklet.pdf"


def out_of_date(*files: str) -> str:
    """Return what is printed where files of the brochure would be made otherwise now."""
    names = ", ".join(f'"{file}"' for file in files)
    return (
        f"error: {names} {'is' if len(files) == 1 else 'are'} out of date:"
        " a build would not make the same now\n"
        "  hint: type: brochure build --edition brochure-en\n"
    )


@pytest.mark.parametrize(
    "change",
    [
        *({"bleed": 4}, {"marks": True}, {"condition": "FOGRA51"}, {"ink": 280}),
        *({"caliper": 0.1}, {"binding": "perfect"}),
    ],
)
def test_a_file_of_another_print_profile_is_refused(project: Path, change: dict[str, Any]) -> None:
    set_profiles(project, PROFILES | {"shop": PROFILES["shop"] | change})
    result = refused(project, "brochure-en", "--copies", "300")
    assert (result.exit_code, result.stderr) == (ExitCode.PROBLEMS, out_of_date(PRESS))


def test_a_profile_of_other_files_makes_none_of_these_out_of_date(project: Path) -> None:
    set_profiles(project, PROFILES | {"bound": PROFILES["bound"] | {"ink": 240}})
    order(Built(project, project / "out", {}), "brochure-en")
    set_profiles(project, PROFILES | {"office": PROFILES["office"] | {"caliper": 0.2}})
    result = refused(project, "brochure-en", "--copies", "300")
    assert (result.exit_code, result.stderr) == (ExitCode.PROBLEMS, out_of_date(BOOKLET))


@pytest.mark.parametrize(
    ("file", "old", "new", "files"),
    [
        ("practices/mill-fund/en.md", b"fund", b"bank", [BOOKLET, PRESS]),
        ("layouts/atelier/base.css", b"html {", b"html { hyphens: none;", [BOOKLET, PRESS]),
        ("layouts/atelier/layout.yaml", b"[0, 0, 0, 100]", b"[0, 0, 0, 99]", [PRESS]),
        ("icc/ISOcoated_v2_300_bas.icc", b"", b"\0", [PRESS]),
        ("brochure.yaml", b"date: 2026-01-31", b"date: 2026-02-01", [BOOKLET, PRESS]),
        ("layouts/atelier/practice.html.j2", b"", b"{% unheard-of %}", [BOOKLET, PRESS]),
    ],
)
def test_files_of_other_sources_are_refused(
    project: Path, file: str, old: bytes, new: bytes, files: list[str]
) -> None:
    content = (project / file).read_bytes()
    assert old in content
    replace(project / file, content.replace(old, new, 1))
    result = refused(project, "brochure-en", "--copies", "300")
    assert (result.exit_code, result.stderr) == (ExitCode.PROBLEMS, out_of_date(*files))


def test_a_source_of_other_files_makes_none_of_these_out_of_date(project: Path) -> None:
    path = project / "practices/mill-fund/fr.md"
    path.write_text("---\ntitle: Le fonds\n---\nDe petits prêts.\n", encoding="utf-8")
    order(Built(project, project / "out", {}), "brochure-en")


def test_an_order_without_the_kept_pages_is_the_same(project: Path) -> None:
    built = Built(project, project / "out", {})
    before = order(built, "leaflets-mill-fund-en")
    shutil.rmtree(project / CACHE)
    assert order(built, "leaflets-mill-fund-en") == before


def test_an_order_of_a_build_with_a_date_of_its_own_is_given_the_same(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dated"
    leaflet, dated = ["--edition", "leaflets-mill-fund-en"], ["--date", "2027-03-01"]
    build(project, out, *leaflet, *dated)
    ask = ["leaflets-mill-fund-en", "--copies", "300", "--out", str(out)]
    for date, hint in (([], ""), (["--date", "2027-03-02"], " --date 2027-03-02")):
        result = refused(project, *ask, *date)
        assert "out of date" in result.stderr
        assert result.stderr.endswith(f"{leaflet[1]} --out {out}{hint}\n")
    _, text = written(Built(project, out, {}), *ask[:1], *ask[3:], *dated)
    assert "- Date: 1 March 2027\n" in text


def test_a_booklet_that_was_never_built_is_left_out(project: Path) -> None:
    listed = project / "out/manifest.json"
    content = json.loads(listed.read_text(encoding="utf-8"))
    content["files"] = [each for each in content["files"] if each["output"] != "booklet"]
    replace(listed, json.dumps(content))
    found = order(Built(project, project / "out", {}), "brochure-en")
    assert found.others == ()


@pytest.mark.parametrize("profiles", [{}, {"office": PROFILES["office"]}])
def test_without_a_profile_for_print_there_is_no_order(
    project: Path, profiles: dict[str, Any]
) -> None:
    set_profiles(project, profiles)
    result = refused(project, "brochure-en", "--copies", "300")
    assert result.exit_code == ExitCode.PROBLEMS
    assert result.stderr.startswith("error: nothing is printed\n  hint: add a profile")


def test_a_layout_without_the_words_is_told_so(project: Path) -> None:
    for language in ("en", "fr"):
        path = project / f"layouts/atelier/strings/{language}.yaml"
        words = path.read_text(encoding="utf-8").partition("\nprint-order:")[0]
        replace(path, words)
    result = refused(project, "brochure-en", "--copies", "300")
    assert result.exit_code == ExitCode.PROBLEMS
    assert "strings/en.yaml: error[missing-key]" in result.stderr
