"""Holds the daybook to account: it knows a build with nothing to do, and never mistakes one.

Every change that could change a file, and every file that is not as it was published, is seen.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Built

from brochure import program
from brochure.build import Request, build
from brochure.daybook import Daybook, Report
from brochure.publish import MANIFEST, STAGING

QUESTION = ("question", None, ["en"])
LEAFLET = "en/practices/harbour-lab-en.pdf"


@dataclass(frozen=True)
class Case:
    """The small project, built, with a page in the daybook."""

    root: Path
    report: Report

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def cache(self) -> Path:
        return self.root / ".brochure/cache"

    @property
    def daybook(self) -> Daybook:
        return Daybook(self.root, self.out, self.cache, QUESTION)

    def build(self) -> Report:
        report = build(Request(self.root, self.out, self.cache, 1, "brochure test"))
        self.daybook.write(report)
        return report


@pytest.fixture(scope="module")
def noted(small_built: Built, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case whose files are all a day old, so that their digests need not be asked."""
    root = shutil.copytree(small_built.root, tmp_path_factory.mktemp("noted") / "project")
    shutil.copytree(small_built.out, root / "out", dirs_exist_ok=True)
    shutil.rmtree(root / ".brochure/cache/daybook", ignore_errors=True)
    case = Case(root, Report())
    case.build()
    for path in root.rglob("*"):
        at = path.stat().st_mtime - 24 * 3600
        os.utime(path, (at, at))
    report = case.build()
    assert not report.failed
    return Case(root, report)


@pytest.fixture
def case(noted: Case, tmp_path: Path) -> Case:
    return Case(shutil.copytree(noted.root, tmp_path / "project"), noted.report)


def same_but_for_what_was_made(one: Report, other: Report) -> bool:
    return (
        list(one.diagnostics) == list(other.diagnostics)
        and one.files == other.files
        and one.unknown == other.unknown
        and one.typeset + one.cached == other.typeset + other.cached
    )


def test_what_another_build_would_come_to_is_what_the_last_one_came_to(case: Case) -> None:
    report = case.daybook.unchanged()
    assert report is not None
    assert same_but_for_what_was_made(report, case.report)
    assert (report.built, report.removed, report.typeset) == ([], [], 0)


def _write(path: str, text: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        file = case.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    return change


def _append(path: str) -> Callable[[Case], None]:
    return lambda case: _write(path, (case.root / path).read_text(encoding="utf-8") + " \n")(case)


def _same_size(path: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        file = case.root / path
        content = file.read_bytes()
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])

    return change


def _page_of(case: Case) -> Path:
    [page] = (case.cache / "daybook").glob("*.json")
    return page


CHANGES: dict[str, Callable[[Case], None]] = {
    "a text": _append("practices/harbour-lab/en.md"),
    "a letter of a text": _same_size("practices/harbour-lab/en.md"),
    "a text that is gone": lambda case: (case.root / "practices/harbour-lab/fr.md").unlink(),
    "a new text": _write("practices/mill-fund/fr.md", "---\ntitle: Fonds\n---\n"),
    "a new practice": _write("practices/new-one/practice.yaml", "region: north\n"),
    "a facts file": _append("practices/harbour-lab/practice.yaml"),
    "the project": _append("brochure.yaml"),
    "a style sheet": _append("layouts/atelier/base.css"),
    "a style sheet that was not there": _write("layouts/atelier/filler.css", "p { color: red }"),
    "a template": _append("layouts/atelier/practice.html.j2"),
    "a new font": lambda case: os.link(
        next((case.root / "fonts").glob("*.[ot]tf")), case.root / "fonts/Another.ttf"
    ),
    "a font": _same_size("icc/sRGB2014.icc"),
    "a file that was published": _write(f"out/{LEAFLET}", "%PDF"),
    "a published file that is gone": lambda case: (case.out / LEAFLET).unlink(),
    "the manifest": _write(f"out/{MANIFEST}", "{}"),
    "the page of the daybook": lambda case: _page_of(case).unlink(),
    "a page of another kind": lambda case: os.truncate(_page_of(case), 100),
    "the whole cache": lambda case: shutil.rmtree(case.cache),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(case: Case, name: str) -> None:
    assert case.daybook.unchanged() is not None
    CHANGES[name](case)
    assert case.daybook.unchanged() is None


def test_a_published_file_that_was_altered_in_place_is_seen(case: Case) -> None:
    path = case.out / LEAFLET
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"?")
    assert case.daybook.unchanged() is None
    path.write_bytes(content)  # the time is new, the content is not
    assert case.daybook.unchanged() is not None


def test_another_program_is_seen(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "identity", lambda: "another")
    assert case.daybook.unchanged() is None


def test_a_copy_with_new_times_is_known_by_its_digests(case: Case) -> None:
    for path in case.root.rglob("*"):
        path.touch()
    assert case.daybook.unchanged() is not None


def test_a_change_so_recent_that_its_time_says_nothing_is_seen(case: Case) -> None:
    """A file system with coarse times gives a change the time of the one before."""
    path = case.root / "practices/harbour-lab/en.md"
    path.touch()
    case.build()
    before = path.stat()
    _same_size("practices/harbour-lab/en.md")(case)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert case.daybook.unchanged() is None


def test_another_question_has_another_page(case: Case) -> None:
    for out, question in ((case.out, ("other",)), (case.root / "elsewhere", QUESTION)):
        assert Daybook(case.root, out, case.cache, question).unchanged() is None


def test_a_build_that_failed_is_not_noted(case: Case) -> None:
    _append("brochure.yaml")(case)
    (case.root / "practices/harbour-lab/practice.yaml").write_text("nonsense", encoding="utf-8")
    assert case.build().failed
    assert case.daybook.unchanged() is None


def test_what_another_build_has_published_meanwhile_is_not_taken_for_ours(case: Case) -> None:
    """Its files are older than a moment, so their digests would not be asked."""
    _append("brochure.yaml")(case)
    ours = case.build()
    manifest = case.out / MANIFEST
    theirs = json.loads(manifest.read_text(encoding="utf-8"))
    for entry in theirs["files"]:
        if entry["file"] == LEAFLET:
            (case.out / LEAFLET).write_bytes(b"%PDF theirs")
            entry.update(sha256=hashlib.sha256(b"%PDF theirs").hexdigest(), key="theirs")
    manifest.write_text(json.dumps(theirs), encoding="utf-8")
    for path in (case.out / LEAFLET, manifest):
        os.utime(path, (0, 0))
    _page_of(case).unlink()
    case.daybook.write(ours)
    assert case.daybook.unchanged() is None


def test_what_a_killed_build_has_staged_is_seen(case: Case) -> None:
    """The files are as they were, but somebody has to tidy up."""
    (case.out / f"{STAGING}killed").mkdir()
    assert case.daybook.unchanged() is None
    case.build()
    assert case.daybook.unchanged() is not None


def test_a_page_names_files_by_their_place_in_the_project(case: Case) -> None:
    page = json.loads(_page_of(case).read_text(encoding="utf-8"))
    assert "brochure.yaml" in page["seen"]["files"]
    assert str(case.root) not in json.dumps(page)
