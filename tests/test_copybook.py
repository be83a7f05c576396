"""Holds the copybook to account: what stands in it is what would be read and composed now.

Whatever is changed, a build that starts from the copybook composes the same as one that does not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, copy_project
from on_the_desk import add_photo

from brochure import program
from brochure.build import read
from brochure.build.copybook import FOLDER, copybook
from brochure.build.proofs import slot_of
from brochure.diagnostics import Diagnostic, Diagnostics
from brochure.layouts import Composed, Composer, Listing, standing
from brochure.model import Project, texts
from brochure.sources import Folder

TAGS = ("en", "fr")
TEXT = "practices/harbour-lab/fr.md"


@dataclass
class Run:
    """What a run came to: the digest of each section and its name, and what was composed for it."""

    digests: dict[tuple[str, str], str] = field(default_factory=dict)
    composed: set[str] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)
    project: Project | None = None


def run(root: Path, cache: Path) -> Run:
    """Read and compose all of a project, as a process of its own would."""
    texts._memory._known = OrderedDict()
    standing._rack._notes = {}
    done, found = Run(), Diagnostics()
    with copybook(cache, ("test",)):
        desk = read(Folder(root), found)
        assert desk is not None
        composer = Composer(desk.project, desk.layout, found)
        for section, edition in desk.sections():
            asked = section, edition, Listing()
            now = composer.known(composer.section, *asked) or composer.section(*asked)
            assert now is not None, list(found)
            if isinstance(now, Composed):
                done.composed.add(str(section))
            _, of_edition = slot_of(section, edition)
            done.digests[str(section), of_edition] = now.digest
    done.found, done.project = list(found), desk.project
    return done


def _in_text(before: str, after: str, path: str = TEXT) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        file = root / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.unlink()  # it may be a hard link to the layout's own
        file.write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


def _facts(path: str, change: Callable[[dict[str, object]], object]) -> Callable[[Path], object]:
    def changed(root: Path) -> None:
        facts = yaml.safe_load((root / path).read_text(encoding="utf-8"))
        change(facts)
        (root / path).write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")

    return changed


PRACTICE = "practices/harbour-lab/practice.yaml"

CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "a title": _in_text("title: ", "title: Le "),
    "a summary": _in_text("summary: ", "summary: Le "),
    "a word": _in_text("\n\n", "\n\nUn. "),
    "a word of the source": _in_text("\n\n", "\n\nOne. ", "practices/harbour-lab/en.md"),
    "a translation that is gone": lambda root: (root / TEXT).unlink(),
    "a new translation": lambda root: (root / "practices/mill-fund/fr.md").write_text(
        "---\ntitle: Fonds\nsummary: Un fonds.\n---\n\nTexte.\n", encoding="utf-8"
    ),
    "a page of the project": _in_text("---\nUn", "---\nDeux", "pages/project/fr.md"),
    "a region's page": _in_text("---\nUn", "---\nDeux", "pages/north/fr.md"),
    "a plan's text": _in_text("\n\n", "\n\nUn. ", "plans/north/fr.md"),
    "a fact": _facts(PRACTICE, lambda facts: facts.update(since=1999)),
    "a photo": lambda root: add_photo(root, "red"),
    "a style sheet": _in_text("@page {", "p { color: red } @page {", "layouts/atelier/base.css"),
    "a new style sheet": lambda root: (root / "layouts/atelier/cover-dense.css").write_text("p {}"),
    "a template": _in_text("<article>", "<article lang=x>", "layouts/atelier/practice.html.j2"),
    "a word of the layout": _in_text(
        "contents: ", "contents: Le ", "layouts/atelier/strings/fr.yaml"
    ),
    "a swatch": _in_text("#c8371f", "#c8371e", "layouts/atelier/layout.yaml"),
    "a picture of the layout": lambda root: (root / "layouts/atelier/x.svg").write_text("<svg/>"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_stands_is_what_would_be_composed(small: Path, tmp_path: Path, name: str) -> None:
    cache = tmp_path / "cache"
    run(small, cache)
    CHANGES[name](small)
    started, afresh = run(small, cache), run(small, tmp_path / "none")
    assert started.digests == afresh.digests
    assert started.found == afresh.found
    assert afresh.composed == {name for name, _ in afresh.digests}
    if name == "nothing":
        assert started.composed == set()


def test_a_word_composes_the_sections_that_look_at_this_text(small: Path, tmp_path: Path) -> None:
    run(small, tmp_path)
    CHANGES["a word"](small)
    composed = run(small, tmp_path).composed
    assert "practice harbour-lab fr" in composed
    # A cover draws all practices of its edition, and reads no text of theirs but its own title.
    assert {name for name in composed if name.startswith(("cover", "back"))} <= {
        f"{kind} leaflets-harbour-lab-{tag} {tag}" for kind in ("cover", "back") for tag in TAGS
    }
    assert not any(name.startswith(("imprint", "project", "filler")) for name in composed)


def test_texts_come_out_of_the_copybook_as_they_were_read(tmp_path: Path) -> None:
    root = copy_project(ROOT, tmp_path / "project")
    read_now = run(root, tmp_path / "cache")
    from_copybook = run(root, tmp_path / "cache")
    assert read_now.project is not None
    assert from_copybook.project is not None
    assert from_copybook.composed == set()
    for slug, practice in read_now.project.practices.items():
        assert dict(practice.texts) == dict(from_copybook.project.practices[slug].texts)
    for region, plan in read_now.project.plans.items():
        assert dict(plan.texts) == dict(from_copybook.project.plans[region].texts)
    assert from_copybook.found == read_now.found


def test_a_finding_in_a_text_is_said_again(small: Path, tmp_path: Path) -> None:
    _in_text("On réserve", "On <b>réserve")(small)
    first, second = run(small, tmp_path), run(small, tmp_path)
    assert [each.rule for each in first.found if each.place.file == TEXT] == ["raw-html"]
    assert first.found == second.found


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[:-100],
    "with another letter": lambda content: content.replace(b"atelier", b"atelieR", 1),
    "without a seal": lambda content: content.partition(b"\n")[2],
    "of another kind": lambda content: b"\xff" * 100,
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_copybook_is_not_read(small: Path, tmp_path: Path, name: str) -> None:
    first = run(small, tmp_path)
    [file] = (tmp_path / FOLDER).iterdir()
    content = file.read_bytes()
    file.write_bytes(SPOILT[name](content))
    assert file.read_bytes() != content
    again = run(small, tmp_path)
    assert again.composed == {name for name, _ in first.digests}
    assert again.digests == first.digests
    assert run(small, tmp_path).composed == set()  # it has been written anew


def test_another_program_reads_everything_itself(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small, tmp_path)
    monkeypatch.setattr(program, "identity", lambda: "another")
    assert run(small, tmp_path).composed


def test_a_copybook_that_cannot_be_written_changes_nothing(small: Path, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file in its place")
    first, second = run(small, tmp_path), run(small, tmp_path)
    assert first.digests == second.digests
    assert second.composed
