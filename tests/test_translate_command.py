"""Holds `brochure translate` to what it says of translations, and to what it writes down.

The translator of these tests works as people do: changes files in an editor, and types commands.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from test_documentation import SHEETS, section_of

from brochure.cli import ExitCode, main, translate
from brochure.diagnostics import Diagnostics
from brochure.sources import Folder
from brochure.translations.adding import with_language
from brochure.translations.record import as_text, read_record

ENGLISH, FRENCH = "practices/harbour-lab/en.md", "practices/harbour-lab/fr.md"
RECORD = "practices/harbour-lab/translations.yaml"


@dataclass(frozen=True)
class Typed:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Type = Callable[..., Typed]


@pytest.fixture
def typed(small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command in the small project, in this process."""

    def run(*arguments: str) -> Typed:
        monkeypatch.setattr(sys, "argv", ["brochure", "--project", str(small), *arguments])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return Typed(code, printed.out, printed.err)

    return run


def change(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def state(typed: Type, text: str = "practices/harbour-lab", language: str = "fr") -> str:
    texts = typed("translate", "status", "--json").json["texts"]
    return next(str(t["state"]) for t in texts if (t["text"], t["language"]) == (text, language))


# -- status


def test_the_table_has_a_line_for_each_text_and_a_column_for_each_language(typed: Type) -> None:
    printed = typed("translate", "status")
    lines = [line.split() for line in printed.out.splitlines()]
    assert lines[0] == ["en", "fr"]
    assert ["harbour-lab", "–", "draft"] in lines
    assert ["mill-fund", "–", "missing"] in lines
    assert ["plans/north", "draft", "–"] in lines
    counts = next(line for line in printed.out.splitlines() if line.startswith("fr: "))
    assert counts == "fr: 3 draft, 1 missing; 5 units to translate"


def test_a_text_goes_from_draft_to_reviewed_and_back(typed: Type, small: Path) -> None:
    assert state(typed) == "draft"
    printed = typed("translate", "accept", "harbour-lab", "fr", "--reviewed")
    assert printed.out == f"{FRENCH}: 14 units reviewed\n"
    assert state(typed) == "reviewed"
    change(small, FRENCH, "ranger", "bien ranger")
    assert state(typed) == "draft"
    typed("translate", "accept", "harbour-lab")
    record = read_record(Folder(small), "practices/harbour-lab", Diagnostics())
    assert record is not None
    assert sorted(row.reviewed for row in record.rows["fr"]) == [False] + [True] * 13


def test_an_author_may_call_a_text_a_draft(typed: Type, small: Path) -> None:
    typed("translate", "accept", "harbour-lab", "--reviewed")
    change(small, FRENCH, "title:", "status: draft\ntitle:")
    assert state(typed) == "draft"
    refused = typed("translate", "accept", "harbour-lab", "--reviewed")
    assert refused.code == ExitCode.PROBLEMS
    assert 'hint: remove the line "status: draft"' in refused.err


def test_a_change_of_the_original_outdates_the_unit_and_only_this_one(
    typed: Type, small: Path
) -> None:
    typed("translate", "accept", "all", "--reviewed")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    change(small, ENGLISH, "## Evidence", "A new paragraph.\n\n## Evidence")
    texts = typed("translate", "status", "--json").json["texts"]
    units = next(t["units"] for t in texts if t["text"] == "practices/harbour-lab")
    assert units == {"reviewed": 13, "outdated": 1, "missing": 1}
    assert "outdated 2/15" in typed("translate", "status").out


# -- diff


def test_diff_shows_the_words_that_have_changed_without_any_history(
    typed: Type, small: Path
) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    change(small, ENGLISH, "- clean up\n", "")
    printed = typed("translate", "diff", "harbour-lab", "fr")
    assert printed.out == (
        f"{FRENCH}: outdated, 2 units of 14\n"
        "\n9  paragraph, line 12: outdated\n"
        "   now  Members book a machine for [-an hour-]{+half a day+}. The staff explain it once.\n"
        "   fr   On réserve une machine pour une heure. L’équipe l’explique une fois.\n"
        "\n–  list entry, line 16: outdated\n"
        "   was  clean up\n"
        "   fr   ranger\n\n"
    )


def test_diff_says_when_nothing_has_changed(typed: Type) -> None:
    typed("translate", "accept", "harbour-lab")
    assert typed("translate", "diff", "harbour-lab").out == "nothing has changed since\n"


# -- accept


def test_a_typo_is_proposed_and_taken_in_all_languages_at_once(typed: Type, small: Path) -> None:
    typed("translate", "accept", "all", "--reviewed")
    change(small, ENGLISH, "machine for an hour. The staff", "machine, for an hour: the staff")
    change(small, ENGLISH, "pay by the hour", "pay by the day")
    proposed = typed("translate", "status").out
    assert "brochure translate accept harbour-lab --small" in proposed
    taken = typed("translate", "accept", "harbour-lab", "--small")
    assert taken.out == f"{FRENCH}: 1 unit accepted\n"
    left = typed("translate", "diff", "harbour-lab", "--json").json["texts"][0]
    assert [each["now"] for each in left["changes"]] == ["pay by the day"]
    assert left["units"] == {"reviewed": 13, "outdated": 1}
    assert "--small" not in typed("translate", "status").out


def test_units_may_be_accepted_one_by_one_also_those_that_were_joined(
    typed: Type, small: Path
) -> None:
    change(small, FRENCH, "\n\n### Règles\n", "\n")
    typed("translate", "accept", "harbour-lab")
    left = typed("translate", "diff", "harbour-lab", "--json").json["texts"][0]["changes"]
    assert [(each["number"], each["state"]) for each in left] == [(10, "missing")]
    typed("translate", "accept", "harbour-lab", "fr", "--only", "10")
    assert state(typed) == "draft"
    assert typed("translate", "diff", "harbour-lab").out == "nothing has changed since\n"


def test_accepting_twice_changes_nothing_and_says_so(typed: Type, small: Path) -> None:
    typed("translate", "accept", "all", "--reviewed")
    before = (small / RECORD).read_bytes()
    assert typed("translate", "accept", "all").out == "nothing to accept\n"
    assert (small / RECORD).read_bytes() == before


def test_the_record_keeps_the_old_words_only_as_long_as_they_are_needed(
    typed: Type, small: Path
) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, ENGLISH, "pay by the hour", "pay by the day")
    typed("translate", "accept", "harbour-lab", "--only", "1")
    assert "pay by the hour" in (small / RECORD).read_text(encoding="utf-8")
    typed("translate", "accept", "harbour-lab")
    text = (small / RECORD).read_text(encoding="utf-8")
    assert "pay by the hour" not in text
    assert "pay by the day" in text


def test_a_record_is_read_as_it_was_written(small: Path, typed: Type) -> None:
    change(small, ENGLISH, "title: Harbour Lab", 'title: "10: # \\"Lab\\""')
    typed("translate", "accept", "all")
    for path in small.glob("*/*/translations.yaml"):
        folder = path.parent.relative_to(small).as_posix()
        found = Diagnostics()
        record = read_record(Folder(small), folder, found)
        assert record is not None
        assert list(found) == []
        assert as_text(record) == path.read_text(encoding="utf-8")


# -- what was typed


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("accept", "harbor-lab"), 'there is no text "harbor-lab"', 'write "harbour-lab"'),
        (("diff", "harbour-lab", "de"), '"de" is none of the languages', 'use one of "en", "fr"'),
        (("accept", "all", "--small", "--only", "1"), "choose units each in their own way", "one"),
    ],
)
def test_what_does_not_exist_is_refused(
    typed: Type, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    printed = typed("translate", *arguments)
    assert printed.code == ExitCode.USAGE
    assert message in printed.err
    assert f"hint: {hint}" in printed.err.replace("give one", "one")


def test_a_name_that_means_two_texts_must_be_written_out(typed: Type, small: Path) -> None:
    shutil.copytree(small / "practices/mill-fund", small / "practices/north")
    printed = typed("translate", "diff", "north")
    assert '"north" may be practices/north or pages/north' in printed.err
    assert typed("translate", "diff", "pages/north").code == ExitCode.OK


def test_a_damaged_record_is_reported_with_its_line(typed: Type, small: Path) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, RECORD, " draft\n", " finished\n")
    printed = typed("translate", "status")
    assert printed.code == ExitCode.PROBLEMS
    assert printed.err.startswith(f"{RECORD}:5:14: error[wrong-value]:")


# -- the policy of an edition


def policy(root: Path, **policies: str) -> None:
    keys = "".join(f"{key}: {value}, " for key, value in policies.items())
    change(root, "brochure.yaml", "leaflets: {", f"leaflets: {{{keys}")


def composed(root: Path) -> dict[tuple[str, str, str], str]:
    """Return the notes of the pages of each edition, by family, subject and language."""
    from brochure.build import read
    from brochure.layouts import Composer, Listing

    found = Diagnostics()
    desk = read(Folder(root), found)
    assert desk is not None
    assert not found.failed
    composer = Composer(desk.project, desk.layout, found)
    notes = {}
    for edition in desk.editions:
        for part in edition.parts:
            page = composer.section(part.section, edition, Listing())
            assert page is not None
            if part.section.kind in ("practice", "region", "project"):
                note = page.html.partition('<p class="note"')[2].partition("</p>")[0]
                key = (edition.family, part.section.subject, part.section.language)
                notes[key] = note.partition(">")[2]
    return notes


NOT_TRANSLATED = "Ce texte n’a pas encore été traduit."
OUTDATED = "L’original (anglais) a été modifié depuis cette traduction."


def test_without_a_policy_only_missing_translations_have_a_note(small: Path, typed: Type) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    notes = composed(small)
    assert notes["leaflets", "mill-fund", "fr"].startswith(NOT_TRANSLATED)
    assert notes["leaflets", "harbour-lab", "fr"] == ""
    assert notes["leaflets", "harbour-lab", "en"] == ""


def test_each_edition_has_a_policy_of_its_own(small: Path, typed: Type) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    policy(small, missing="use", outdated="mark")
    notes = composed(small)
    assert notes["leaflets", "harbour-lab", "fr"] == OUTDATED
    assert notes["leaflets", "mill-fund", "fr"] == ""
    assert notes["brochure", "harbour-lab", "fr"] == ""
    assert notes["brochure", "mill-fund", "fr"].startswith(NOT_TRANSLATED)
    typed("translate", "accept", "harbour-lab")
    assert composed(small)["leaflets", "harbour-lab", "fr"] == ""


def test_pages_of_regions_and_of_the_project_have_the_note_too(small: Path, typed: Type) -> None:
    typed("translate", "accept", "all")
    for page in ("north", "project"):
        change(small, f"pages/{page}/en.md", "A text about", "A new text about")
    change(small, "brochure.yaml", "brochure: {", "brochure: {outdated: mark, ")
    notes = composed(small)
    assert notes["brochure", "north", "fr"] == OUTDATED
    assert notes["brochure", "", "fr"] == OUTDATED
    assert notes["regions", "north", "fr"] == ""


def test_a_page_with_a_note_is_typeset_apart_from_the_one_without(small: Path, typed: Type) -> None:
    typed("translate", "accept", "harbour-lab")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    policy(small, outdated="mark")
    from brochure.build import read

    desk = read(Folder(small), Diagnostics())
    assert desk is not None
    french = {
        section.note
        for section, _ in desk.sections()
        if (section.kind, section.subject, section.language) == ("practice", "harbour-lab", "fr")
    }
    assert sorted(french) == ["", "outdated"]


def test_a_draft_is_not_held_back(small: Path, typed: Type) -> None:
    policy(small, outdated="block", missing="mark")
    assert typed("check").code == ExitCode.OK


@pytest.mark.parametrize("key", ["missing", "outdated"])
def test_the_policies_are_in_the_schema(key: str) -> None:
    fields = SHEETS["brochure"].model_json_schema()["$defs"]["EditionSheet"]["properties"]
    assert fields[key]["enum"] == ["block", "mark", "use"]
    assert (ROOT / "schemas/brochure.schema.json").read_text(encoding="utf-8").count(f'"{key}"') > 0


# -- a language more


def test_a_language_is_added_and_the_comments_stay(typed: Type, small: Path) -> None:
    change(small, "brochure.yaml", "languages: [en, fr]", "languages: [en, fr]  # for now")
    printed = typed("translate", "add", "pl")
    assert printed.code == ExitCode.OK, printed.err
    text = (small / "brochure.yaml").read_text(encoding="utf-8")
    assert "languages: [en, fr, pl]  # for now\n" in text
    assert "layouts/atelier/strings/pl.yaml: to be translated" in printed.out
    status = typed("translate", "status").out
    assert "layouts/atelier/strings/pl.yaml: still in the words of another language" in status
    assert status.splitlines()[0].split() == ["en", "fr", "pl"]
    assert typed("check").code == ExitCode.OK
    out = typed("translate", "export", "--language", "pl", "--out", str(small / "pl.xlsx"))
    assert "25 units of 4 texts" in out.out


def test_words_that_are_still_of_another_language_are_not_proposed(
    typed: Type, small: Path
) -> None:
    from brochure.translations.formats import read_parcel

    typed("translate", "add", "pl")
    path = small / "pl.xlsx"
    typed("translate", "export", "--language", "pl", "--out", str(path))
    assert not any(each.translation for each in read_parcel(path.read_bytes()))
    catalogue = small / "layouts/atelier/strings/pl.yaml"
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)[2:]
    catalogue.unlink()
    catalogue.write_text("".join(lines).replace("How it works", "Jak to działa"), encoding="utf-8")
    typed("translate", "export", "--language", "pl", "--out", str(path))
    proposed = [each.translation for each in read_parcel(path.read_bytes()) if each.translation]
    assert ("Jak to działa",) in proposed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("languages:\n  - en\n  - fr  # c\n", "languages:\n  - en\n  - fr  # c\n  - pl\n"),
        ("languages:\n- en\n\ntitle: x\n", "languages:\n- en\n- pl\n\ntitle: x\n"),
        ("languages: [en,\n  fr]\n", "languages: [en,\n  fr, pl]\n"),
        ('languages: ["en"] # [x]\n', 'languages: ["en", pl] # [x]\n'),
        ("languages: {en: 1}\n", None),
        ("title: x\n", None),
    ],
)
def test_the_list_of_languages_is_changed_as_it_is_written(before: str, after: str | None) -> None:
    assert with_language(before, "pl") == after


@pytest.mark.parametrize(
    ("tag", "message"), [("fr", "one of the languages already"), ("polish", "no language tag")]
)
def test_a_language_that_cannot_be_added_is_refused(typed: Type, tag: str, message: str) -> None:
    printed = typed("translate", "add", tag)
    assert printed.code == ExitCode.USAGE
    assert message in printed.err


# -- the manual


@pytest.mark.parametrize("name", sorted(translate.commands))
def test_the_manual_names_every_option_of_a_command(name: str) -> None:
    section = section_of(ROOT / "docs/command-line.md", "translate")
    row = next(line for line in section.splitlines() if line.startswith(f"| `translate {name}"))
    shown = set(re.findall(r"`(--[a-z-]+)", row))
    assert shown == {o for p in translate.commands[name].params for o in p.opts if o[:2] == "--"}
