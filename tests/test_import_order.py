"""Holds the modules of `brochure` to the order of its rooms, and slow libraries to their rooms.

A module imports only from rooms above its own (ARCHITECTURE.md), wherever in its text the import
stands. Libraries that take long to import must not load where their work is not asked for.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT, Built

SOURCE = ROOT / "src"
PACKAGE = "brochure"

# From the door to the desk. `languages` stands above `model` on purpose: reading a text
# recognises its headings in its language.
ROOMS = (
    "program",
    "diagnostics",
    "sources",
    "languages",
    "model",
    "translations",
    "editions",
    "maps",
    "pictures",
    "layouts",
    "cache",
    "workshop",
    "codes",
    "typeset",
    "cluster",
    "bind",
    "finish",
    "preflight",
    "publish",
    "daybook",
    "schemas",
    "build",
    "print_order",
    "doctor",
    "cli",
    "__main__",
)


def named(path: Path) -> str:
    """Return the name under which a file of src/ is imported."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {named(path): path for path in sorted((SOURCE / PACKAGE).rglob("*.py"))}


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports_in(text: str) -> set[str]:
    """Return the modules of `brochure` that a text imports, also below functions and conditions."""
    return {name for node in ast.walk(ast.parse(text)) for name in _names(node) if _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name.split(".")[0] == PACKAGE


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        origin = _absolute(node)
        for alias in node.names:
            member = f"{origin}.{alias.name}"
            yield member if member in MODULES else origin


def _absolute(node: ast.ImportFrom) -> str:
    assert node.level == 0, "imports name the whole path"
    return node.module or ""


def test_an_import_is_seen_wherever_it_stands() -> None:
    text = """
from __future__ import annotations
import os, brochure.cli
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from brochure.build import Desk
from brochure import finish, __version__
def late():
    class Inside:
        from brochure.bind.fonts import FontShelf
"""
    assert imports_in(text) == {
        "brochure.cli",
        "brochure.build",
        "brochure.finish",
        "brochure",
        "brochure.bind.fonts",
    }


def test_every_module_belongs_to_a_known_room() -> None:
    assert {room_of(module) for module in MODULES if module != PACKAGE} <= set(ROOMS)
    assert "brochure.typeset.engine" in MODULES


def test_the_package_itself_imports_nothing() -> None:
    tree = ast.parse(MODULES[PACKAGE].read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]


@pytest.mark.parametrize("module", sorted(set(MODULES) - {PACKAGE}))
def test_a_module_imports_only_from_rooms_above_its_own(module: str) -> None:
    own = ROOMS.index(room_of(module))
    imported = imports_in(MODULES[module].read_text(encoding="utf-8")) - {PACKAGE}
    from_elsewhere = {name for name in imported if room_of(name) != room_of(module)}
    assert {name for name in from_elsewhere if ROOMS.index(room_of(name)) >= own} == set()


@pytest.mark.parametrize("room", sorted({room_of(m) for m in MODULES if m.count(".") > 1}))
def test_the_modules_of_a_room_import_each_other_in_no_circle(room: str) -> None:
    graph = {
        module: imports_in(path.read_text(encoding="utf-8")) - {PACKAGE}
        for module, path in MODULES.items()
        if module != PACKAGE and room_of(module) == room
    }
    within = {module: {name for name in names if name in graph} for module, names in graph.items()}
    try:
        TopologicalSorter(within).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


# What is loaded, in a process of its own.

SLOW = {
    *("weasyprint", "pikepdf", "pydantic", "jinja2", "PIL", "babel", "rich", "distributed"),
    *("lxml", "openpyxl", "docx"),
}

_RUN = """
import json, sys
from brochure import cli
code = 0
if sys.argv[1:]:
    try:
        cli.main()
    except SystemExit as end:
        code = end.code
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


@dataclass(frozen=True)
class Loaded:
    """What a command returned and printed, and the modules that it had loaded when it ended."""

    exit_code: int
    printed: str
    modules: frozenset[str]


def loaded_by(*arguments: str | Path) -> Loaded:
    command = [sys.executable, "-c", _RUN, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    code, modules = json.loads(result.stderr.splitlines()[-1])
    return Loaded(code, result.stdout, frozenset(modules))


def test_the_command_line_alone_loads_no_slow_library() -> None:
    assert loaded_by().modules & SLOW == set()


def test_the_doctor_needs_nothing_of_what_may_be_missing(small: Path) -> None:
    doctor = loaded_by("--project", small, "doctor")
    assert "brochure.doctor" in doctor.modules
    assert doctor.modules & {*SLOW, "yaml", "markdown", "pypdf", "pypdfium2", "uharfbuzz"} == set()


def test_a_check_loads_neither_the_typesetting_engine_nor_the_binding_library(small: Path) -> None:
    check = loaded_by("--project", small, "check", "--json")
    assert check.exit_code == 0
    assert "pydantic" in check.modules  # or the test would look at the wrong process
    assert check.modules & {"weasyprint", "pikepdf"} == set()


def test_a_build_from_the_cache_never_loads_the_typesetting_engine(
    small_built: Built, tmp_path: Path
) -> None:
    root = shutil.copytree(small_built.root, tmp_path / "project")
    build = loaded_by("--project", root, "build", "--json")
    report = json.loads(build.printed)
    assert len(report["built"]) == len(small_built.report["built"])
    assert report["sections"]["typeset"] == 0
    assert "pikepdf" in build.modules
    assert build.modules & {"weasyprint", "distributed"} == set()


def test_a_build_that_finds_every_file_whole_loads_no_picture_library(
    small_built: Built, tmp_path: Path
) -> None:
    root = shutil.copytree(small_built.root, tmp_path / "project")
    out = shutil.copytree(small_built.out, tmp_path / "out")
    build = loaded_by("--project", root, "build", "--json", "--out", out)
    assert json.loads(build.printed)["built"] == []
    assert build.modules & {"weasyprint", "PIL"} == set()


def test_a_build_after_which_nothing_was_changed_loads_no_library_at_all(
    small_built: Built, tmp_path: Path
) -> None:
    root = shutil.copytree(small_built.root, tmp_path / "project")
    out = shutil.copytree(small_built.out, tmp_path / "out")
    first = loaded_by("--project", root, "build", "--json", "--out", out)
    assert "pydantic" in first.modules
    second = loaded_by("--project", root, "build", "--json", "--out", out)
    reports = [json.loads(each.printed) for each in (first, second)]
    for report in reports:
        del report["seconds"]
    assert reports[0] == reports[1]
    assert second.modules & {*SLOW, "yaml", "markdown", "pypdf", "pypdfium2", "uharfbuzz"} == set()
