"""Holds the commands to account: what they do, what they print, and with which code they end.

Most run in this process, on a copy of the small project that has been built: with everything in
the cache, nothing is typeset. A few run as users run them.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pypdf
import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT, Built, run_brochure

from brochure import __version__, cli, doctor
from brochure.cli import ExitCode, command
from brochure.cli.commands import CACHE
from brochure.schemas import DIALECT, schema_texts

ALL_FILES = 16

# What a build and a check say of the small project's plan: six values are written as tbc; the
# second action, in line 49, says nothing about its end and its steps.
TO_BE_CONFIRMED = (
    "plans/north/plan.yaml: 8 values to be confirmed, in lines 7, 26, 49, 51, 56 to 57, 69"
)


@dataclass(frozen=True)
class Project:
    """A copy of the small project."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out"

    def run(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(command, ["--project", str(self.root), *map(str, arguments)])

    def report(self, *arguments: str | Path) -> dict[str, Any]:
        """Return what a command prints with `--json`, which must be all that it prints."""
        result = self.run(*arguments, "--json")
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def desk(small: Path) -> Project:
    """The project before its first build."""
    return Project(small)


@pytest.fixture
def built_desk(small_built: Built, tmp_path: Path) -> Project:
    """The project with everything in the cache and in out/."""
    root = shutil.copytree(small_built.root, tmp_path / "desk")
    shutil.copytree(small_built.out, root / "out")
    return Project(root)


@pytest.fixture
def cleaned_desk(built_desk: Project) -> Project:
    """The project with everything in the cache and nothing in out/."""
    shutil.rmtree(built_desk.out)
    return built_desk


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of change of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


# build


def test_a_second_build_reuses_every_file_and_touches_none(built_desk: Project) -> None:
    before = snapshot(built_desk.out)
    report = built_desk.report("build")
    assert (report["built"], len(report["reused"]), report["removed"]) == ([], ALL_FILES, [])
    assert report["sections"]["typeset"] == 0
    assert snapshot(built_desk.out) == before


def test_a_build_says_what_it_built_and_reused(built_desk: Project) -> None:
    (built_desk.out / "en/practices/mill-fund-en.pdf").unlink()
    result = built_desk.run("build")
    assert result.exit_code == ExitCode.OK
    built, unknown, last = result.stdout.splitlines()
    assert re.fullmatch(r"built   en/practices/mill-fund-en\.pdf  4 pages, \d+ kB", built)
    assert re.fullmatch(
        rf"1 built, {ALL_FILES - 1} reused in {re.escape(str(built_desk.out))}; "
        r"0 sections typeset, \d+ from the cache; 0 errors, 1 warning; \d+\.\d s",
        last,
    )
    assert unknown == TO_BE_CONFIRMED
    assert f"binding: {ALL_FILES}" in result.stderr
    assert "warning[missing-translation]" in result.stderr


NARROWED: list[tuple[str, list[str]]] = [
    ("--practice mill-fund --language en", ["en/practices/mill-fund-en.pdf"]),
    (
        "--practice mill-fund --practice harbour-lab --language fr",
        ["fr/practices/harbour-lab-fr.pdf", "fr/practices/mill-fund-fr.pdf"],
    ),
    ("--region south", ["en/regions/south-en.pdf", "fr/regions/south-fr.pdf"]),
    (
        "--region north --language en",
        [
            *("en/regions/north-en.pdf", "en/plans/north-en.pdf"),
            *("en/plans/north-summary-en.pdf", "en/events/north-en.pdf"),
        ],
    ),
    ("--edition summaries", ["en/plans/north-summary-en.pdf"]),
    ("--edition bilingual", ["multilingual/brochure-fr-en.pdf"]),
    ("--edition brochure-fr", ["fr/brochure-fr.pdf"]),
    (
        "--edition brochure --edition bilingual --language fr",
        ["fr/brochure-fr.pdf", "multilingual/brochure-fr-en.pdf"],
    ),
]


@pytest.mark.parametrize(("options", "files"), NARROWED)
def test_options_narrow_what_is_built(
    cleaned_desk: Project, options: str, files: list[str]
) -> None:
    assert cleaned_desk.report("build", *options.split())["built"] == files
    assert set(snapshot(cleaned_desk.out)) == {*files, "manifest.json"}


def test_a_build_of_a_part_leaves_the_other_files_and_says_nothing_of_them(
    built_desk: Project,
) -> None:
    before = snapshot(built_desk.out)
    (built_desk.out / "fr/practices/mill-fund-fr.pdf").unlink()
    report = built_desk.report("build", "--practice", "mill-fund")
    assert (report["built"], report["reused"]) == (
        ["fr/practices/mill-fund-fr.pdf"],
        ["en/practices/mill-fund-en.pdf"],
    )
    assert set(snapshot(built_desk.out)) == set(before)


def test_one_changed_practice_is_typeset_once_and_bound_where_it_is_held(
    built_desk: Project,
) -> None:
    built_desk.replace("practices/harbour-lab/en.md", "pay by the hour", "pay by the day")
    result = run_brochure("build", "--json", "--jobs", "1", root=built_desk.root)
    report = json.loads(result.stdout)
    assert report["sections"]["typeset"] == 1
    assert report["built"] == [
        "en/brochure-en.pdf",
        "en/regions/north-en.pdf",
        "en/regions/south-en.pdf",
        "en/practices/harbour-lab-en.pdf",
        "multilingual/brochure-fr-en.pdf",
        "en/events/north-en.pdf",
    ]


def test_files_that_are_no_longer_planned_are_removed_and_named(built_desk: Project) -> None:
    built_desk.replace("brochure.yaml", "multilingual/brochure-{languages}", "whole-{languages}")
    (built_desk.out / "poster.pdf").write_bytes(b"mine")
    part = built_desk.run("build", "--edition", "leaflets")
    assert "removed" not in part.stdout  # only a build of everything knows
    whole = built_desk.run("build").stdout.splitlines()
    assert whole[0].startswith("built   whole-fr-en.pdf  ")
    assert whole[1] == "removed multilingual/brochure-fr-en.pdf"
    assert whole[2] == TO_BE_CONFIRMED
    assert whole[3].startswith(f"1 built, {ALL_FILES - 1} reused in ")
    assert not (built_desk.out / "multilingual").exists()
    assert (built_desk.out / "poster.pdf").exists()


def test_files_go_to_another_folder_when_asked(built_desk: Project, tmp_path: Path) -> None:
    before = snapshot(built_desk.out)
    report = built_desk.report("build", "--edition", "bilingual", "--out", tmp_path / "proof")
    assert report["out"] == str(tmp_path / "proof")
    assert set(snapshot(tmp_path / "proof")) == {"multilingual/brochure-fr-en.pdf", "manifest.json"}
    assert snapshot(built_desk.out) == before


def test_a_date_given_on_the_command_line_is_the_date_of_the_files(built_desk: Project) -> None:
    options = ("--practice", "mill-fund", "--language", "en")
    assert built_desk.report("build", *options, "--date", "2027-02-01")["built"]
    written = pypdf.PdfReader(built_desk.out / "en/practices/mill-fund-en.pdf").metadata
    assert written is not None
    assert str(written.creation_date).startswith("2027-02-01")


def test_with_an_error_nothing_is_published_and_out_stays_as_it_was(built_desk: Project) -> None:
    before = snapshot(built_desk.out)
    built_desk.replace("practices/mill-fund/practice.yaml", "theme: finance", "theme: finanse")
    result = built_desk.run("build")
    assert result.exit_code == ExitCode.PROBLEMS
    assert result.stdout == "nothing published: 1 error, 1 warning\n"
    assert 'practice.yaml:3:8: error[unknown-theme]: "finanse"' in result.stderr
    assert 'hint: write "finance"' in result.stderr
    assert snapshot(built_desk.out) == before


UNKNOWN = [
    ("--practice", "mil-fund", 'write "mill-fund"'),
    ("--practice", "zzz", 'use one of "harbour-lab", "mill-fund"'),
    ("--region", "sooth", 'write "south"'),
    ("--language", "de", 'use one of "en", "fr"'),
    ("--edition", "leaflet", 'write "leaflets"'),
]


@pytest.mark.parametrize(("option", "name", "hint"), UNKNOWN)
def test_an_unknown_name_is_refused_with_the_nearest_one(
    desk: Project, option: str, name: str, hint: str
) -> None:
    result = desk.run("build", option, name)
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert result.stderr == f'error: {option}: "{name}" is not in the plan\n  hint: {hint}\n'


def test_names_that_no_edition_has_together_are_refused(desk: Project) -> None:
    result = desk.run("build", "--edition", "brochure", "--practice", "mill-fund")
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.startswith("error: no edition fits")


@pytest.mark.parametrize(
    "arguments",
    [
        *("build --jobs 0", "build --date 24.11.2026", "build --colour", "bild"),
        *("build --out brochure.yaml", "--project nowhere check"),
    ],
)
def test_a_command_that_is_written_wrong_is_refused(
    desk: Project, arguments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    result = desk.run(*arguments.split())
    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert "Usage: " in result.stderr


# check


def test_a_check_counts_what_it_read(desk: Project) -> None:
    result = desk.run("check")
    assert result.exit_code == ExitCode.OK
    assert result.stdout.splitlines() == [
        TO_BE_CONFIRMED,
        f"2 practices, 2 languages, {ALL_FILES} editions: 0 errors, 1 warning",
    ]
    assert result.stderr.startswith("practices/mill-fund/fr.md: warning[missing-translation]")


def test_a_check_makes_nothing(desk: Project) -> None:
    before = snapshot(desk.root)
    desk.run("check")
    assert snapshot(desk.root) == before


def test_a_check_reports_every_error_with_its_place(desk: Project) -> None:
    desk.replace("practices/mill-fund/practice.yaml", "theme: finance", "theme: finanse")
    desk.replace("practices/harbour-lab/en.md", "brochure:practice/mill-fund", "brochure:project/x")
    result = desk.run("check", "--json")
    assert result.exit_code == ExitCode.PROBLEMS
    report = json.loads(result.stdout)
    assert (report["errors"], report["warnings"]) == (2, 1)
    [link, theme] = [each for each in report["diagnostics"] if each["severity"] == "error"]
    assert (link["file"], link["rule"]) == ("practices/harbour-lab/en.md", "dangling-link")
    assert theme == {
        "file": "practices/mill-fund/practice.yaml",
        "line": 3,
        "column": 8,
        "severity": "error",
        "rule": "unknown-theme",
        "message": '"finanse" is none of the themes in brochure.yaml',
        "hint": 'write "finance"',
    }


def test_in_a_folder_without_a_project_every_command_says_so(tmp_path: Path) -> None:
    for name in ("check", "build", "editions"):
        result = CliRunner().invoke(command, ["--project", str(tmp_path), name])
        assert result.exit_code == ExitCode.PROBLEMS
        assert "brochure.yaml: error[file-missing]" in result.stderr
    assert list(tmp_path.iterdir()) == []


# editions


def test_the_editions_are_listed_as_a_build_makes_them(built_desk: Project) -> None:
    result = built_desk.run("editions")
    *lines, last = result.stdout.splitlines()
    assert lines[0] == "en/brochure-en.pdf  2 practices"
    assert lines[6] == "en/practices/harbour-lab-en.pdf  1 practice"
    assert "en/plans/north-en.pdf  plan" in lines
    assert "en/plans/north-summary-en.pdf  summary of a plan" in lines
    assert lines[-1] == "fr/events/north-fr.pdf  1 practice, plan"
    assert last == f"{ALL_FILES} editions"
    manifest = json.loads((built_desk.out / "manifest.json").read_text(encoding="utf-8"))
    assert {line.split("  ")[0] for line in lines} == {each["file"] for each in manifest["files"]}


def test_the_editions_are_listed_as_json(desk: Project) -> None:
    editions = desk.report("editions")["editions"]
    assert len(editions) == ALL_FILES
    by_id = {each["edition"]: each for each in editions}
    assert by_id["bilingual-fr-en"] == {
        "edition": "bilingual-fr-en",
        "family": "bilingual",
        "file": "multilingual/brochure-fr-en.pdf",
        "languages": ["fr", "en"],
        "region": None,
        "practices": ["harbour-lab", "mill-fund"],
        "plan": None,
    }
    assert (
        by_id["events-north-fr"]
        == editions[-1]
        == {
            "edition": "events-north-fr",
            "family": "events",
            "file": "fr/events/north-fr.pdf",
            "languages": ["fr"],
            "region": "north",
            "practices": ["harbour-lab"],
            "plan": "north",
        }
    )


# --json


@pytest.mark.parametrize(
    "arguments", ["check", "editions", "build", "build --language fr", "build --practice mill-fund"]
)
def test_with_json_the_errors_of_a_project_are_json_too(desk: Project, arguments: str) -> None:
    desk.replace("practices/mill-fund/practice.yaml", "theme: finance", "theme: finanse")
    result = desk.run(*arguments.split(), "--json")
    assert (result.exit_code, result.stderr) == (ExitCode.PROBLEMS, "")
    report = json.loads(result.stdout)
    assert (report["errors"], report["warnings"]) == (1, 1)
    assert "unknown-theme" in {each["rule"] for each in report["diagnostics"]}


# schema


def test_schemas_are_written_where_asked_and_named(desk: Project, tmp_path: Path) -> None:
    result = desk.run("schema", "--out", tmp_path / "schemas")
    written = sorted((tmp_path / "schemas").iterdir())
    assert sorted(result.stdout.split()) == [str(path) for path in written]
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == schema_texts()


def test_the_repository_has_the_schemas_that_the_command_writes_and_no_other() -> None:
    assert {path.name for path in (ROOT / "schemas").iterdir()} == set(schema_texts())
    for name, text in schema_texts().items():
        committed = (ROOT / "schemas" / name).read_text(encoding="utf-8")
        assert text == committed, f"run brochure schema: {name} is old"


SCHEMAS = {name: json.loads(text) for name, text in schema_texts().items()}

# JSON Schema 2020-12, as far as we use it: what may stand under each keyword.
Check = Callable[[Any], bool]


def _is_schema(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, dict) and not unknown_keywords(value))


def _are_schemas(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_schema, value.values()))


def _is_list_of_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _is_pattern(value: Any) -> bool:
    # What Python and ECMAScript read alike: no \A, \Z, (?P<name>...) or (?i).
    return bool(re.compile(value)) and not re.search(r"\\[AZ]|\(\?[^:=!<]|\(\?P", value)


TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
KEYWORDS: dict[str, Check] = {
    "$schema": lambda value: value == DIALECT,
    "$ref": lambda value: value.startswith("#/$defs/"),
    **dict.fromkeys(("$defs", "properties", "patternProperties"), _are_schemas),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames"), _is_schema),
    **dict.fromkeys(("anyOf", "oneOf"), _is_list_of_schemas),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties"), _is_count),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), _is_number),
    "type": lambda value: value in TYPES,
    "required": lambda value: all(isinstance(key, str) for key in value),
    "enum": lambda value: isinstance(value, list) and bool(value),
    "const": lambda value: True,
    "default": lambda value: True,
    "description": lambda value: isinstance(value, str) and bool(value.strip()),
    "format": lambda value: value == "date",
    "pattern": _is_pattern,
}


def unknown_keywords(schema: dict[str, Any]) -> list[str]:
    """Return the keywords of a schema that are none, or have another kind of value."""
    return [key for key, value in schema.items() if key not in KEYWORDS or not KEYWORDS[key](value)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_json_schema_of_2020_12(name: str) -> None:
    assert unknown_keywords(SCHEMAS[name]) == []
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    references = re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(SCHEMAS[name]))
    assert set(references) <= set(SCHEMAS[name].get("$defs", {}))


def satisfies(value: Any, schema: Any, root: Any) -> bool:
    """Whether a value is what a schema asks for, by the keywords above."""
    if isinstance(schema, bool):
        return schema
    checks: dict[str, Check] = {
        "$ref": lambda ref: satisfies(value, root["$defs"][ref.rpartition("/")[2]], root),
        "type": lambda name: (
            isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        ),
        "anyOf": lambda options: any(satisfies(value, each, root) for each in options),
        "oneOf": lambda options: sum(satisfies(value, each, root) for each in options) == 1,
        "enum": lambda values: value in values,
        "const": lambda wanted: value == wanted,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
        "minLength": lambda length: len(value) >= length,
        "maxLength": lambda length: len(value) <= length,
        "minItems": lambda length: len(value) >= length,
        "maxItems": lambda length: len(value) <= length,
        "minProperties": lambda length: len(value) >= length,
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "exclusiveMinimum": lambda bound: value > bound,
        "required": lambda keys: set(keys) <= set(value),
        "items": lambda each: all(satisfies(item, each, root) for item in value),
        "propertyNames": lambda names: all(satisfies(key, names, root) for key in value),
    }
    # The kind of value first: the other checks depend on it.
    ordered = sorted(schema, key=lambda key: key != "type")
    return all(checks[key](schema[key]) for key in ordered if key in checks) and (
        not isinstance(value, dict) or _has_properties(value, schema, root)
    )


def _has_properties(value: dict[str, Any], schema: dict[str, Any], root: Any) -> bool:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, inner in value.items():
        fitting = [each for pattern, each in patterns.items() if re.search(pattern, key)]
        fitting += [known[key]] if key in known else []
        asked = fitting or [schema.get("additionalProperties", True)]
        if not all(satisfies(inner, each, root) for each in asked):
            return False
    return True


def sample_files() -> dict[str, str]:
    """Return the sample's YAML files that have a schema, with its name."""
    named = {"brochure.yaml": "brochure", "layouts/atelier/layout.yaml": "layout"}
    for pattern, schema in (
        ("practices/*/practice.yaml", "practice"),
        ("plans/*/plan.yaml", "plan"),
    ):
        named |= {path.relative_to(ROOT).as_posix(): schema for path in sorted(ROOT.glob(pattern))}
    return named


class EditorsLoader(yaml.SafeLoader):
    """Reads YAML as editors do: dates are texts."""


EditorsLoader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize(("file", "schema"), sample_files().items())
def test_a_file_of_the_sample_names_its_schema_and_satisfies_it(file: str, schema: str) -> None:
    first = (ROOT / file).read_text(encoding="utf-8").splitlines()[0]
    reference = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert reference is not None
    wanted = f"{schema}.schema.json"
    assert ((ROOT / file).parent / reference[1]).resolve() == ROOT / "schemas" / wanted
    assert satisfies(sample_value(file), SCHEMAS[wanted], SCHEMAS[wanted])


def sample_value(file: str) -> dict[str, Any]:
    value: dict[str, Any] = yaml.load((ROOT / file).read_text(encoding="utf-8"), EditorsLoader)
    return value


BROCHURE = sample_value("brochure.yaml")
LAYOUT = sample_value("layouts/atelier/layout.yaml")
PLAN = sample_value("plans/wallonia/plan.yaml")
MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("practice", {"region": "north", "organisation": "x"}),
    ("practice", {"region": "north", "organisation": "x", "theme": "finance", "colour": "red"}),
    ("practice", {"region": "north", "organisation": "x", "theme": "finance", "since": "2011"}),
    ("practice", {"region": "North", "organisation": "x", "theme": "finance"}),
    ("practice", {"region": "north", "organisation": 7, "theme": "finance"}),
    ("text", {"title": ""}),
    ("brochure", BROCHURE | {"editions": {"x": {"holds": "plans", "file": "x.pdf"}}}),
    ("layout", LAYOUT | {"formats": {}}),
    ("layout", LAYOUT | {"sections": {"cover": {"opens": "anywhere"}}}),
    ("layout", LAYOUT | {"format": {"width": 148, "height": 210}}),
    ("plan", PLAN | {"period": {"start": 2019, "end": "2020-12"}}),
    ("plan", PLAN | {"actions": []}),
    ("plan", PLAN | {"status": "tbc"}),
    ("text", {"title": "x", "figures": [{"value": "1"}]}),
]


@pytest.mark.parametrize(("schema", "value"), MISTAKES)
def test_a_schema_refuses_what_the_program_refuses(schema: str, value: dict[str, Any]) -> None:
    whole = SCHEMAS[f"{schema}.schema.json"]
    assert not satisfies(value, whole, whole)


# doctor

DEBIAN = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
SYSTEMS = {
    "Debian": ("Linux", {"ID": "debian"}, f"sudo {DEBIAN}"),
    "Ubuntu": ("Linux", {"ID": "ubuntu", "ID_LIKE": "debian"}, f"sudo {DEBIAN}"),
    "Mint": ("Linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, f"sudo {DEBIAN}"),
    "Fedora": ("Linux", {"ID": "fedora"}, "sudo dnf install pango harfbuzz"),
    "CentOS": (
        "Linux",
        {"ID": "centos", "ID_LIKE": "rhel fedora"},
        "sudo dnf install pango harfbuzz",
    ),
    "macOS": ("Darwin", {}, "brew install pango"),
    "Windows": ("Windows", {}, f"wsl --install -d Ubuntu, then in Ubuntu: sudo {DEBIAN}"),
}


def pretend(monkeypatch: pytest.MonkeyPatch, system: str, release: dict[str, str]) -> None:
    """Put this process on a machine of another kind that has no Pango."""
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setattr(doctor, "_loads", lambda library: "pango-1.0" not in library)


def test_the_doctor_finds_everything_on_this_machine(desk: Project) -> None:
    result = desk.run("doctor")
    assert (result.exit_code, "MISSING" in result.stdout) == (ExitCode.OK, False)
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok"] * len(
        result.stdout.splitlines()
    )
    for name in ("Python", "Pango", "HarfBuzz subset", "weasyprint", "pikepdf", "Project"):
        assert re.search(rf"^ok +{name} ", result.stdout, re.M)


@pytest.mark.parametrize(("system", "release", "remedy"), SYSTEMS.values(), ids=SYSTEMS.keys())
def test_the_doctor_says_what_to_type_where_a_library_is_missing(
    desk: Project,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    release: dict[str, str],
    remedy: str,
) -> None:
    pretend(monkeypatch, system, release)
    result = desk.run("doctor")
    assert result.exit_code == ExitCode.MISSING
    lines = result.stdout.splitlines()
    [missing] = [i for i, line in enumerate(lines) if line.startswith("MISSING")]
    assert lines[missing].split() == ["MISSING", "Pango", "not", "found"]
    assert lines[missing + 1].strip() == remedy


def test_on_an_unknown_system_the_doctor_gives_all_commands(
    desk: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_release() -> dict[str, str]:
        raise OSError

    pretend(monkeypatch, "Linux", {})
    monkeypatch.setattr(platform, "freedesktop_os_release", no_release)
    result = desk.run("doctor")
    for words in (DEBIAN, "dnf install", "brew install"):
        assert words in result.stdout


def test_the_doctor_names_a_package_that_is_missing(
    desk: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = metadata.version

    def without_weasyprint(name: str) -> str:
        if name == "weasyprint":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_weasyprint)
    result = desk.run("doctor")
    assert result.exit_code == ExitCode.MISSING
    assert re.search(r"^MISSING +weasyprint +not found\n +run make brochure", result.stdout, re.M)


def test_the_doctor_misses_the_project_in_another_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--project", str(tmp_path), "doctor"])
    assert result.exit_code == ExitCode.MISSING
    assert "no brochure.yaml in this folder" in result.stdout


def test_a_build_that_cannot_start_says_what_to_type(
    built_desk: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, "Linux", {"ID": "debian"})
    before = snapshot(built_desk.out)
    result = built_desk.run("build")
    assert (result.exit_code, result.stdout) == (ExitCode.MISSING, "")
    assert result.stderr == f"error: Pango is missing\n  hint: sudo {DEBIAN}\n"
    assert snapshot(built_desk.out) == before


# clean


def test_cleaning_removes_what_was_built_and_nothing_else(built_desk: Project) -> None:
    (built_desk.out / "poster.pdf").write_bytes(b"mine")
    result = built_desk.run("clean")
    assert (result.exit_code, result.stdout) == (ExitCode.OK, f"{ALL_FILES} files removed\n")
    assert [path.name for path in built_desk.out.rglob("*")] == ["poster.pdf"]
    assert any((built_desk.root / ".brochure").rglob("*"))
    assert built_desk.run("clean").stdout == "0 files removed\n"


def test_cleaning_with_the_cache_removes_the_kept_pages(built_desk: Project) -> None:
    result = built_desk.run("clean", "--cache")
    assert result.stdout == f"{ALL_FILES} files removed\ncache removed\n"
    assert not (built_desk.root / CACHE).exists()
    assert built_desk.run("clean", "--cache").stdout == "0 files removed\n"


def test_cleaning_another_folder_leaves_out_alone(built_desk: Project, tmp_path: Path) -> None:
    shutil.copytree(built_desk.out, tmp_path / "proof")
    before = snapshot(built_desk.out)
    cleaned = built_desk.run("clean", "--out", tmp_path / "proof")
    assert cleaned.stdout == f"{ALL_FILES} files removed\n"
    assert snapshot(built_desk.out) == before
    assert snapshot(tmp_path / "proof") == {}


# Help and manual.

MANUAL = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = sorted(command.commands)


def options_of(part: click.Command) -> set[str]:
    named = {option for each in part.params for option in each.opts if option[0] == "-"}
    return named | {"-h", "--help"}


def section_of(name: str) -> str:
    """Return what the manual says about a command."""
    _, _, after = MANUAL.partition(f"\n## {name}\n")
    return after.partition("\n## ")[0]


def test_the_help_names_every_command_with_its_meaning() -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == ExitCode.OK
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w+", result.stdout, re.M)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_names_its_options(name: str) -> None:
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(command, [name, flag])
        assert result.exit_code == ExitCode.OK
        assert result.stdout.startswith("Usage: ")
        for option in options_of(command.commands[name]):
            assert option in result.stdout


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(command, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"brochure, version {__version__}\n")
    assert metadata.version("brochure") == __version__


def test_the_manual_has_a_section_for_each_command_and_no_other() -> None:
    sections = set(re.findall(r"^## (.+)$", MANUAL, re.M))
    assert sections == {*COMMANDS, "Exit codes"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_manual_of_a_command_explains_its_options_and_no_other(name: str) -> None:
    rows = re.findall(r"^\| (`-.*?) \| (.+?) \|$", section_of(name), re.M)
    explained = {option for words, _ in rows for option in re.findall(r"`(--?[a-z]+)", words)}
    assert explained == options_of(command.commands[name])
    assert f"\nbrochure {name}" in section_of(name)


def test_the_manual_explains_the_options_before_the_command() -> None:
    before = MANUAL.partition("\n## ")[0]
    assert options_of(command) == set(re.findall(r"`(--?[a-z]+)", before))


def test_every_example_of_the_manual_is_accepted() -> None:
    examples = [
        shlex.split(line)[1:]
        for block in re.findall(r"```sh\n(.*?)```", MANUAL, re.S)
        for line in block.splitlines()
    ]
    assert len(examples) > len(COMMANDS)
    for words in examples:
        start = 2 if words[0] == "--project" else 0
        name, *arguments = words[start:]
        if "--help" not in arguments:
            command.commands[name].make_context(name, arguments)


def test_the_manual_names_what_the_sample_has() -> None:
    plan = CliRunner().invoke(command, ["--project", str(ROOT), "editions", "--json"])
    editions = json.loads(plan.stdout)["editions"]
    known = {
        "--practice": {slug for each in editions for slug in each["practices"]},
        "--region": {each["region"] for each in editions},
        "--language": {tag for each in editions for tag in each["languages"]},
        "--edition": {each[key] for each in editions for key in ("family", "edition")},
    }
    for option, names in known.items():
        assert set(re.findall(rf"{option} ([a-z][a-z-]*)", MANUAL)) <= names


def test_the_manual_shows_the_json_of_a_build_as_it_is(built_desk: Project) -> None:
    [block] = re.findall(r"```json\n(.*?)```", MANUAL, re.S)
    shown, printed = json.loads(block), built_desk.report("build")
    assert list(shown) == list(printed)
    assert list(shown["sections"]) == list(printed["sections"])


@pytest.mark.parametrize("file", ["docs/command-line.md", "README.md"])
def test_exit_codes_are_those_of_the_manuals(file: str) -> None:
    _, _, after = (ROOT / file).read_text(encoding="utf-8").partition("Exit codes")
    assert [int(code) for code in re.findall(r"^\| (\d+) \| \w", after, re.M)] == list(ExitCode)


# How a command ends.


def ending(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command as its script does, and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["brochure", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def break_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the doctor meet something unexpected."""

    def examine(root: Path) -> None:
        raise error

    monkeypatch.setattr(doctor, "examine", examine)


def test_a_bug_prints_one_line_that_asks_to_be_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_with(monkeypatch, RuntimeError("the folio is upside down"))
    assert ending(monkeypatch, "doctor") == ExitCode.INTERNAL
    printed = capsys.readouterr()
    assert printed.out == ""
    first, hint = printed.err.splitlines()
    assert first == f"bug in brochure {__version__}: RuntimeError: the folio is upside down"
    assert hint.startswith("  hint: report this line")


def test_a_developer_sees_where_a_bug_is(monkeypatch: pytest.MonkeyPatch) -> None:
    break_with(monkeypatch, RuntimeError("the folio is upside down"))
    monkeypatch.setenv("BROCHURE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="upside down"):
        ending(monkeypatch, "doctor")


def test_a_file_that_cannot_be_written_is_no_bug(
    built_desk: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--practice", "mill-fund", "--out", str(built_desk.root / "brochure.yaml" / "out"))
    code = ending(monkeypatch, "--project", str(built_desk.root), "build", *options)
    assert code == ExitCode.UNWRITABLE
    assert "cannot be written or read: not a directory\n  hint: " in capsys.readouterr().err


def test_a_stop_before_the_work_begins_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_with(monkeypatch, KeyboardInterrupt())
    assert ending(monkeypatch, "doctor") == ExitCode.INTERRUPTED
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("--version", ExitCode.OK), ("build --help", ExitCode.OK), ("--colour", ExitCode.USAGE)],
)
def test_the_script_ends_with_the_codes_of_the_command(
    monkeypatch: pytest.MonkeyPatch, arguments: str, code: ExitCode
) -> None:
    assert ending(monkeypatch, *arguments.split()) == code


def test_a_reader_that_has_read_enough_is_no_trouble(desk: Project) -> None:
    words = [sys.executable, "-m", "brochure", "--project", str(desk.root), "editions"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == ExitCode.OK


# Ctrl-C while sections are typeset.


def start_build(root: Path, jobs: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "brochure", "--project", str(root), "build", f"--jobs={jobs}"]
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # or the whole group, which is stopped below, would be ours
    )


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not happened():
        assert process.poll() is None, "the build ended before it could be stopped"
        time.sleep(0.01)


def has_typeset_a_section(root: Path) -> bool:
    return any((root / CACHE).glob("v*/??/*"))


def has_a_starting_worker(process: subprocess.Popen[str]) -> bool:
    """Whether a child has begun to import what it will work with, which takes it a while."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = [child for path in tasks for child in path.read_text().split()]
    return any("pydantic_core" in _libraries_of(child) for child in children)


def _libraries_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/maps").read_text()
    except OSError:  # it has ended
        return ""


def as_a_shell_sees_it(code: int) -> int:
    """Return the exit code, also of a process that a signal ended.

    Python ends itself by SIGINT when that once interrupted `exec` of a text, which is anywhere.
    """
    return 128 - code if code < 0 else code


def assert_stopped(process: subprocess.Popen[str], desk: Project, before: dict[str, Any]) -> None:
    printed, said = process.communicate()
    assert as_a_shell_sees_it(process.returncode) == ExitCode.INTERRUPTED
    assert printed == ""
    # A terminal shows "^C" first, so the words begin on a line of their own.
    assert said.strip() == "stopped; the files of the last build are as they were"
    assert snapshot(desk.out) == before
    assert not list(desk.out.glob(".staging-*"))


@pytest.fixture
def desk_without_cache(built_desk: Project) -> Project:
    shutil.rmtree(built_desk.root / ".brochure")
    return built_desk


def test_a_build_that_is_stopped_leaves_out_as_it_was(desk_without_cache: Project) -> None:
    desk = desk_without_cache
    before = snapshot(desk.out)
    process = start_build(desk.root, jobs=1)
    wait_until(lambda: has_typeset_a_section(desk.root), process)
    process.send_signal(signal.SIGINT)
    assert_stopped(process, desk, before)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to see the workers")
def test_ctrl_c_reaches_workers_that_are_starting_and_they_say_nothing(
    desk_without_cache: Project,
) -> None:
    desk = desk_without_cache
    before = snapshot(desk.out)
    process = start_build(desk.root, jobs=2)
    wait_until(lambda: has_a_starting_worker(process), process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert_stopped(process, desk, before)
