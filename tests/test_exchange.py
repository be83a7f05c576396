"""Holds what travels to translators and back to losing nothing, and to letting nothing bad in."""

from __future__ import annotations

import datetime
import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from conftest import ROOT, SHARED_FOLDERS, SMALL, copy_project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_translate_command import ENGLISH, FRENCH, RECORD, Type, change, state, typed

from brochure.cli import ExitCode
from brochure.diagnostics import Diagnostics
from brochure.model import read_project
from brochure.sources import Folder
from brochure.translations.archives import MEMBERS, UNPACKED_LIMIT, members
from brochure.translations.arrival import Arrival, Choices, taken_back
from brochure.translations.checks import Refused, Tongues, checked, resolved
from brochure.translations.exchange import Key, Parcel, Row, rows_of
from brochure.translations.formats import WRITERS, read_parcel
from brochure.translations.inline import codes_in, meanings, parsed, written
from brochure.translations.manuscript import Manuscript, digest, parse_manuscript
from brochure.translations.numbers import numbers_in
from brochure.translations.pairing import paired
from brochure.translations.record import Record
from brochure.translations.revision import new_text, revised
from brochure.translations.sameness import folded
from brochure.translations.standing import Standings, State
from brochure.translations.units import Shape, Unit

__all__ = ["typed"]  # a fixture

DAY = datetime.date(2026, 11, 24)
ENGLISH_TO_GERMAN = Tongues("en", "de")
FORMATS = pytest.mark.parametrize("kind", WRITERS)


# -- marks


WORDS = st.text(
    alphabet=st.sampled_from("ab 1*_[]()`<>{}\\!\n#-.:\"'éß|~="), max_size=40
) | st.sampled_from(
    [
        "a **bold _and_ it** [link *x*](https://a.org/(b)) `co*de`",
        "[Théâtre]{lang=fr} and [ref][one] <https://a.org> <b>x</b>",
        "***both*** __x__ snake_case_word 2*3*4 \\*not\\*",
    ]
)


@given(WORDS)
def test_marks_are_written_as_they_were_read(words: str) -> None:
    assert written(parsed(words)) == words


def test_a_thousand_brackets_take_no_time() -> None:
    words = "[" * 1000 + "**" * 1000 + "]" * 1000
    assert written(parsed(words)) == words


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("a [b](c) d", ["link"]),
        ("**a _b_**", ["strong emphasis", "emphasis"]),
        ("snake_case_word and 2 * 3 * 4", []),
        ("`*a*` and \\*b\\*", ["code"]),
        ("[a **b**](c) <https://x.org>", ["link", "strong emphasis", "address"]),
        ("[Théâtre]{lang=fr}", ["language"]),
        ("[not a link] (really)", []),
        ("one\ntwo", ["break"]),
    ],
)
def test_marks_are_recognised(words: str, names: list[str]) -> None:
    assert [code.name for code in codes_in(parsed(words))] == names


def test_all_marks_of_the_sample_are_kept_by_its_translations() -> None:
    for text in sample_standings().all():
        for unit in text.units:
            pair = unit.pair
            assert pair.source is not None
            assert pair.translation is not None
            assert meanings(pair.source.words) == meanings(pair.translation.words), text.file


# -- numbers


@pytest.mark.parametrize(
    ("words", "tag", "numbers"),
    [
        ("EUR 1,234.50 in 2019", "en", {"1234.5", "2019"}),
        ("1.234,50 Euro im Jahr 2019", "de", {"1234.5", "2019"}),
        ("1\u202f234,5 euros en 2019", "fr", {"1234.5", "2019"}),
        (
            "2014–2020, on 29.01.2019, rule 2.3.3",
            "en",
            {"2014", "2020", "29", "1", "2019", "2", "3"},
        ),
        ("in 2019 30 000 visiteurs", "fr", {"2019", "30000"}),
        ("30,000 and 30.000", "en", {"30000", "30"}),
        ("no number", "en", set()),
    ],
)
def test_numbers_are_read_in_their_language(words: str, tag: str, numbers: set[str]) -> None:
    assert set(numbers_in(words, tag)) == numbers


# -- what is checked


def unit_of(words: str, shape: Shape = Shape.PARAGRAPH, path: str = "") -> Unit:
    return Unit(shape, words, 1, 0, len(words), path)


SOURCE = "See [the **report**](https://a.org) of 2019, EUR 1,500."
GOOD = "Siehe den [**Bericht**](https://a.org) von 2019, 1.500 Euro."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (GOOD.replace("https://a.org", "https://evil.org"), "it lacks link [](https://a.org)"),
        (GOOD.replace("**", ""), "it lacks strong emphasis"),
        (GOOD.replace("[**Bericht**](https://a.org)", "Bericht"), "it lacks link"),
        (GOOD + " *Neu*", "it has emphasis, which the original has not"),
        (GOOD.replace("1.500", "1.600"), "the numbers differ: it lacks 1500 and it has 1600"),
        (GOOD.replace("1.500", "1,500"), "the numbers differ: it lacks 1500 and it has 1.5"),
        (GOOD + "\n\nNoch ein Absatz.", "break of the line"),
        (GOOD + " <script>alert()</script>", "it has address"),
        (GOOD + " ![x](y)", "it has link"),
    ],
)
def test_a_translation_that_would_damage_a_text_is_refused(words: str, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        checked(unit_of(SOURCE), words, ENGLISH_TO_GERMAN)
    assert checked(unit_of(SOURCE), GOOD, ENGLISH_TO_GERMAN) == GOOD


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("1. Januar 2020 begann es.", "1\\. Januar 2020 begann es."),
        ("- 1 Grad 2020", "\\- 1 Grad 2020"),
        ("# 1, 2020", "\\# 1, 2020"),
        ("#1 in 2020", "#1 in 2020"),
        ("> 1 2020", "\\> 1 2020"),
    ],
)
def test_what_would_begin_a_block_is_escaped(words: str, form: str) -> None:
    assert checked(unit_of("1 January 2020."), words, ENGLISH_TO_GERMAN) == form


def test_other_numbers_are_taken_where_the_user_says_so() -> None:
    words = GOOD.replace("1.500", "tausendfünfhundert")
    assert checked(unit_of(SOURCE), words, ENGLISH_TO_GERMAN, any_numbers=True) == words


def test_a_title_has_a_limit() -> None:
    title = unit_of("Title", Shape.FIELD, "title")
    assert checked(title, "x" * 100, ENGLISH_TO_GERMAN) == "x" * 100
    with pytest.raises(Refused, match="101 characters, at most 100"):
        checked(title, "x" * 101, ENGLISH_TO_GERMAN)


@pytest.mark.parametrize("shape", [each for each in Shape if each is not Shape.FIELD])
def test_every_shape_stays_what_it_is(shape: Shape) -> None:
    assert checked(unit_of("Two words", shape), "Zwei Wörter", ENGLISH_TO_GERMAN) == "Zwei Wörter"


def test_a_cell_stays_one_cell() -> None:
    with pytest.raises(Refused, match="no longer one piece"):
        checked(unit_of("a cell", Shape.CELL), "a | cell", ENGLISH_TO_GERMAN)


# -- round trips


PROSE = st.lists(
    st.sampled_from(["word", "and", "[a link](https://a.org)", "**strong**", "*so*", "`co de`"])
    | st.sampled_from(["5", "1,200", "[x **y**](brochure:project)", "(z)", "=1+1", "_x000A_", "é"]),
    min_size=1,
    max_size=8,
).map(" ".join)
BLOCKS = st.lists(
    st.tuples(st.sampled_from(["", "## ", "- ", "    1. ", "> ", "> - "]), PROSE)
    .map("".join)
    .filter(lambda block: "=1+1" not in block.split()[:1]),
    min_size=1,
    max_size=8,
)


def manuscript_of(blocks: list[str], separator: str = "\n\n") -> Manuscript:
    front = '---\ntitle: "A: title"\nfacts: {money: "5, 6", x y: two}\n---\n'
    manuscript = parse_manuscript("en.md", front + separator.join(blocks) + "\n")
    assert manuscript is not None
    return manuscript


def translated(words: str) -> str:
    """Another wording with the same marks: words in capitals, and one more."""
    parts = [p.upper() if isinstance(p, str) else written([p]) for p in parsed(words)]
    return f"Neu {''.join(parts)}"


def parcel_of(manuscript: Manuscript, *, done: bool) -> Parcel:
    rows = tuple(
        Row(
            Key("practices/x", "de", number, digest(unit), "-"),
            unit.name,
            unit.words,
            translated(unit.words) if done else "",
            State.MISSING,
            "",
        )
        for number, unit in enumerate(manuscript.units, 1)
    )
    return Parcel("en", "de", rows)


@FORMATS
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blocks=BLOCKS)
def test_every_file_brings_back_what_was_written_into_it(kind: str, blocks: list[str]) -> None:
    manuscript = manuscript_of(blocks)
    parcel = parcel_of(manuscript, done=True)
    back = read_parcel(WRITERS[kind](parcel, DAY))
    assert [each.problem for each in back] == [""] * len(parcel.rows)
    assert [Key.read(each.key) for each in back] == [row.key for row in parcel.rows]
    sources = [row.source for row in parcel.rows]
    words = [resolved(each.translation, s) for each, s in zip(back, sources, strict=True)]
    assert words == [row.translation.strip() for row in parcel.rows]


@given(BLOCKS, st.sampled_from(["\n\n", "\n"]))
def test_a_new_text_has_the_units_of_its_original_in_other_words(
    blocks: list[str], separator: str
) -> None:
    source = manuscript_of(blocks, separator)
    words = {unit: translated(unit.words) for unit in source.units}
    made = parse_manuscript("de.md", new_text(source, words, lambda each: ""))
    assert made is not None
    assert [(u.path, u.shape, u.words) for u in made.units] == [
        (u.path, u.shape, words[u]) for u in source.units
    ]


@given(BLOCKS, st.data())
def test_a_part_may_come_back_first_and_the_rest_later(
    blocks: list[str], data: st.DataObject
) -> None:
    # What stands inside an entry is nothing without it: `taken_back` would refuse this.
    blocks = [f"{block.lstrip()} n{number}" for number, block in enumerate(blocks)]
    source = manuscript_of(blocks)
    words = {unit: translated(unit.words) for unit in source.units}
    some = data.draw(st.sets(st.sampled_from(list(source.prose)))) if source.prose else set()
    first = {unit: each for unit, each in words.items() if unit.path or unit in some}
    part = parse_manuscript("de.md", new_text(source, first, lambda each: ""))
    assert part is not None
    assert [u.words for u in part.prose] == [words[u] for u in source.prose if u in some]
    pairs = paired(source, part, Record(), "de")
    rest = {unit: words[unit] for unit in source.units if unit not in first}
    text, homeless = revised(source, part, pairs, rest, lambda each: "")
    whole = parse_manuscript("de.md", text)
    assert whole is not None
    assert homeless == []
    assert sorted(u.words for u in whole.prose) == sorted(words[u] for u in source.prose)


@given(BLOCKS)
def test_what_is_put_in_as_it_is_changes_no_letter(blocks: list[str]) -> None:
    source = manuscript_of(blocks)
    pairs = paired(source, source, Record(), "de")
    same = {unit: unit.words for unit in source.prose}
    text, homeless = revised(source, source, pairs, same, lambda each: "")
    assert (text, homeless) == (source.text, [])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sample, to change."""
    for name in ("practices", "pages", "plans"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    shutil.copy(ROOT / "brochure.yaml", tmp_path / "project")
    for name in SHARED_FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    return tmp_path / "project"


def sample_standings() -> Standings:
    return standings_of(ROOT)


def standings_of(root: Path) -> Standings:
    found = Diagnostics()
    project = read_project(Folder(root), found)
    assert project is not None
    assert not found.failed
    return Standings(project, found)


def all_rows(standings: Standings, language: str) -> tuple[Row, ...]:
    strings = standings.project.strings[language]
    texts = [t for t in standings.all() if t.language == language]
    texts = [t for t in texts if t.original.language == "en"]
    return tuple(row for text in texts for row in rows_of(text, strings, every=True))


@FORMATS
@pytest.mark.parametrize("language", ["fr", "de", "it", "ca"])
def test_all_texts_of_the_sample_come_back_as_they_are(kind: str, language: str) -> None:
    standings = sample_standings()
    rows = all_rows(standings, language)
    back = read_parcel(WRITERS[kind](Parcel("en", language, rows), DAY))
    arrival = taken_back(standings, back, Choices())
    assert (arrival.texts, arrival.refusals) == ([], [])
    assert arrival.unchanged == len(rows)


@pytest.mark.parametrize("kind", ["xlsx", "xliff-2.0"])
def test_all_texts_of_the_sample_can_be_made_anew_from_what_came_back(
    kind: str, copy: Path
) -> None:
    before = standings_of(copy)
    rows = all_rows(before, "de")
    content = WRITERS[kind](Parcel("en", "de", rows), DAY)
    for path in [*copy.glob("practices/*/de.md"), *copy.glob("pages/*/de.md")]:
        path.unlink()
    arrival = taken_back(standings_of(copy), read_parcel(content), Choices(any_numbers=True))
    assert arrival.refusals == []
    assert len(arrival.texts) == 24
    for each in arrival.texts:
        made = parse_manuscript(each.text.file, each.content.decode())
        old = before.of(each.text.original, "de").translation
        assert made is not None
        assert old is not None
        assert [(u.path, u.shape, u.words) for u in by_path(made)] == [
            (u.path, u.shape, folded(u.words) if u.path else u.words) for u in by_path(old)
        ]


def by_path(manuscript: Manuscript) -> list[Unit]:
    return [*sorted(manuscript.fields, key=lambda unit: unit.path), *manuscript.prose]


# -- the commands


def exported(typed: Type, path: Path, kind: str, *options: str) -> None:
    arguments = ("--language", "fr", "--format", kind, "--out", str(path), *options)
    printed = typed("translate", "export", *arguments)
    assert printed.code == ExitCode.OK, printed.err


def fill(path: Path, words: dict[str, str]) -> None:
    """Do as a translator in Excel: write into the rows of these originals."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    for row in book.worksheets[0].iter_rows(min_row=2):
        if row[2].value in words:
            row[3].value = words.pop(str(row[2].value))
    assert words == {}
    book.save(path)


MILL_FUND = {
    "Mill Fund": "Fonds du moulin",
    "Small loans for small firms.": "De petits prêts pour de petites entreprises.",
}


def test_a_text_is_exported_translated_and_imported(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx")
    from openpyxl import load_workbook

    rows = [[c.value for c in row] for row in load_workbook(path).worksheets[0].iter_rows()]
    assert [row[2] for row in rows[1:3]] == list(MILL_FUND)
    fill(path, dict(MILL_FUND))
    printed = typed("translate", "import", str(path))
    assert printed.code == ExitCode.OK, printed.err
    made = (small / "practices/mill-fund/fr.md").read_text(encoding="utf-8")
    assert made.startswith(
        "---\ntitle: Fonds du moulin\nsummary: De petits prêts pour de petites entreprises.\n---\n"
    )
    assert state(typed, "practices/mill-fund") in ("outdated", "draft")
    assert typed("check").code == ExitCode.OK


def test_nothing_to_translate_writes_no_file(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "fr.xlsx"
    printed = typed(
        *("translate", "export", "--language", "fr", "--out", str(path), "--text", "harbour-lab")
    )
    assert printed.out == "nothing to translate\n"
    assert not path.exists()


def test_only_what_is_behind_is_exported_unless_all_is_asked_for(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    typed("translate", "accept", "all")
    change(small, ENGLISH, "for an hour.", "for half a day.")
    exported(typed, tmp_path / "some.docx", "docx", "--text", "harbour-lab")
    exported(typed, tmp_path / "all.docx", "docx", "--text", "harbour-lab", "--all")
    counts = [len(read_parcel((tmp_path / f"{n}.docx").read_bytes())) for n in ("some", "all")]
    assert counts == [1, 14]


def test_an_outdated_unit_comes_back_and_only_its_line_changes(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    typed("translate", "accept", "all", "--reviewed")
    change(small, ENGLISH, "for an hour. The staff", "for half a day. The staff")
    path, before = tmp_path / "fr.xlsx", (small / FRENCH).read_text(encoding="utf-8")
    exported(typed, path, "xlsx", "--text", "harbour-lab")
    new = "On réserve une machine pour une demi-journée. L’équipe l’explique une fois."
    fill(path, {"Members book a machine for half a day. The staff explain it once.": new})
    assert typed("translate", "import", str(path)).code == ExitCode.OK
    after = (small / FRENCH).read_text(encoding="utf-8")
    assert after == before.replace("pour une heure. L’équipe", "pour une demi-journée. L’équipe")
    texts = typed("translate", "status", "--json").json["texts"]
    units = next(t["units"] for t in texts if t["text"] == "practices/harbour-lab")
    assert units == {"reviewed": 13, "draft": 1}


def test_a_text_that_was_changed_after_the_export_is_not_overwritten_in_silence(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx", "--text", "harbour-lab", "--all")
    change(small, FRENCH, "- ranger", "- bien ranger")
    fill(path, {"clean up": "nettoyer"})
    refused = typed("translate", "import", str(path))
    assert refused.code == ExitCode.PROBLEMS
    assert "unit 11: the translation was changed after this file was exported" in refused.err
    assert "- bien ranger" in (small / FRENCH).read_text(encoding="utf-8")
    taken = typed("translate", "import", str(path), "--overwrite")
    assert "1 unit, list entry over a newer translation" in taken.out
    assert "- nettoyer" in (small / FRENCH).read_text(encoding="utf-8")


def test_what_was_translated_from_an_older_original_is_taken_and_is_outdated(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    typed("translate", "accept", "all")
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx", "--text", "harbour-lab", "--all")
    old = "Members book a machine for an hour. The staff explain it once."
    fill(path, {old: "Les membres réservent une machine."})
    change(small, ENGLISH, "for an hour.", "for half a day.")
    assert typed("translate", "import", str(path)).code == ExitCode.OK
    left = typed("translate", "diff", "harbour-lab", "--json").json["texts"][0]["changes"]
    assert [(e["was"], e["translation"]) for e in left] == [
        (old, "Les membres réservent une machine.")
    ]


def test_a_bad_row_is_named_and_the_others_are_taken(
    typed: Type, small: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx", "--text", "harbour-lab", "--all")
    report = "In 2020 the lab had 1,200 visitors. See [the report](https://example.org/report)."
    fill(path, {report: "En 2020, 1 200 visiteurs.", "clean up": "nettoyer", "Rules": "=1+1"})
    printed = typed("translate", "import", str(path))
    assert printed.code == ExitCode.PROBLEMS
    assert f"{path}:15: refused: {FRENCH}, unit 14: it lacks link" in printed.err
    assert f"{path}:11: refused: practices/harbour-lab/fr:10-" in printed.err
    assert "the translation is a formula" in printed.err
    assert "1 unit taken, 11 as they are, 0 empty, 2 refused" in printed.out
    text = (small / FRENCH).read_text(encoding="utf-8")
    assert "- nettoyer" in text
    assert "### Règles" in text


def test_a_dry_run_writes_nothing(typed: Type, small: Path, tmp_path: Path) -> None:
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx", "--text", "harbour-lab", "--all")
    fill(path, {"clean up": "nettoyer"})
    assert "1 unit taken" in typed("translate", "import", str(path), "--dry-run").out
    assert "- ranger" in (small / FRENCH).read_text(encoding="utf-8")
    assert not (small / RECORD).exists()


def test_a_new_text_needs_its_title(typed: Type, small: Path, tmp_path: Path) -> None:
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx")
    fill(path, {"Small loans for small firms.": "De petits prêts."})
    printed = typed("translate", "import", str(path))
    assert 'the text does not exist yet, and its "title" is not translated' in printed.err
    assert not (small / "practices/mill-fund/fr.md").exists()


def test_lines_keep_their_ends(typed: Type, small: Path, tmp_path: Path) -> None:
    content = (small / FRENCH).read_bytes().replace(b"\n", b"\r\n")
    (small / FRENCH).write_bytes(content)
    path = tmp_path / "fr.xlsx"
    exported(typed, path, "xlsx", "--text", "harbour-lab", "--all")
    fill(path, {"clean up": "nettoyer"})
    typed("translate", "import", str(path))
    assert (small / FRENCH).read_bytes() == content.replace(b"ranger", b"nettoyer")


def test_the_source_language_cannot_be_the_one_to_translate_into(
    typed: Type, tmp_path: Path
) -> None:
    printed = typed("translate", "export", "--language", "en", "--out", str(tmp_path / "x.xlsx"))
    assert printed.code == ExitCode.USAGE


def test_a_plan_is_translated_from_its_own_language(typed: Type, tmp_path: Path) -> None:
    path = tmp_path / "en.xliff"
    arguments = ("--language", "en", "--from", "fr", "--all", "--format", "xliff")
    assert typed("translate", "export", *arguments, "--out", str(path)).code == ExitCode.OK
    assert {each.key.partition(":")[0] for each in read_parcel(path.read_bytes())} == {
        "plans/north/en"
    }


@FORMATS
def test_the_same_rows_give_the_same_bytes(kind: str) -> None:
    rows = all_rows(standings_of_small(), "fr")
    made = {WRITERS[kind](Parcel("en", "fr", rows), DAY) for _ in range(2)}
    assert len(made) == 1


def standings_of_small() -> Standings:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return loaded(standings_of(copy_project(SMALL, Path(folder) / "project")))


def loaded(standings: Standings) -> Standings:
    """Have everything read, so that the folder may go."""
    list(standings.all())
    return standings


# -- what a translator's program may do to XLIFF


def xliff_2(target: str, units: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0"'
        ' srcLang="en" trgLang="de"><file id="f1" original="practices/x/de">'
        '<unit id="1-00000000-none"><originalData><data id="a1">[</data>'
        f'<data id="b1">](https://a.org)</data></originalData>{units}{target}</unit></file></xliff>'
    ).encode()


def words_of(content: bytes, source: str) -> str:
    return resolved(read_parcel(content)[0].translation, source)


def test_sentences_that_were_cut_apart_are_joined() -> None:
    content = xliff_2(
        "<segment><source>A.</source><target>Eins.</target></segment>"
        "<ignorable><source> </source></ignorable>"
        '<segment><source>B.</source><target>Zwei <mrk id="m1">m</mrk>.</target></segment>'
    )
    assert words_of(content, "A. B.") == "Eins. Zwei m."


def test_pairs_that_became_two_halves_are_joined() -> None:
    content = xliff_2(
        '<segment><source/><target>Der <sc id="1" dataRef="a1"/>Bericht'
        '<ec startRef="1" dataRef="b1"/>.</target></segment>'
    )
    assert words_of(content, "The [report](https://b.org).") == "Der [Bericht](https://b.org)."


def test_marks_come_from_the_original_and_not_from_the_file() -> None:
    content = xliff_2(
        '<segment><source/><target><pc id="1" dataRefStart="a1" dataRefEnd="b1">x</pc></target>'
        "</segment>"
    )
    assert words_of(content, "[x](https://good.org)") == "[x](https://good.org)"


def test_a_placeholder_that_nobody_knows_is_refused() -> None:
    content = xliff_2('<segment><source/><target><ph id="7"/>x</target></segment>')
    with pytest.raises(Refused, match="placeholder with the number 7"):
        words_of(content, "plain")


# -- hostile files


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file original="&b;"/>'
    "</xliff>"
)


def zipped(entries: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def hostile() -> Iterator[tuple[str, bytes, str]]:
    yield "entities", BOMB.encode(), "document type"
    wide = BOMB.replace('1.0"', '1.0" encoding="utf-16"').encode("utf-16")
    yield "utf-16", wide, "document type"
    yield "other xml", b"<html/>", "neither XLIFF 1.2 nor XLIFF 2.0"
    yield "no xml", b"<xliff", "no XML that can be read"
    yield "text", b"hello", "no .xlsx, .docx or XLIFF file"
    yield "empty", b"", "no .xlsx, .docx or XLIFF file"
    yield "cut short", b"PK\x03\x04 and nothing", "damaged"
    yield "other archive", zipped({"a.txt": b"a"}), "no .xlsx, .docx or XLIFF file"
    yield "no workbook", zipped({"xl/workbook.xml": b"<x/>"}), "no workbook"
    yield "no document", zipped({"word/document.xml": b"<x/>"}), "no document"
    many = {f"{number}": b"" for number in range(MEMBERS + 1)}
    yield "many members", zipped(many), "more than a translation"


@pytest.mark.parametrize(("name", "content", "reason"), list(hostile()))
def test_a_file_that_is_none_is_refused_with_a_reason(
    name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        read_parcel(content)


def test_an_archive_is_not_unpacked_when_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brochure.translations.archives.UNPACKED_LIMIT", 1000)
    assert UNPACKED_LIMIT > 1000
    with pytest.raises(ValueError, match="more than a translation"):
        members(zipped({"xl/workbook.xml": b"a" * 1001}))


def test_tracked_changes_are_not_overlooked() -> None:
    rows = all_rows(standings_of_small(), "fr")
    content = WRITERS["docx"](Parcel("en", "fr", rows), DAY)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    xml = entries["word/document.xml"]
    assert b"<w:r>" in xml
    entries["word/document.xml"] = xml.replace(b"<w:r>", b'<w:ins w:id="1"><w:r>', 1).replace(
        b"</w:r>", b"</w:r></w:ins>", 1
    )
    with pytest.raises(ValueError, match="tracked changes"):
        read_parcel(zipped(entries))


def test_a_bad_file_ends_the_command_with_a_hint(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"hello")
    printed = typed("translate", "import", str(tmp_path / "x.xlsx"))
    assert printed.code == ExitCode.PROBLEMS
    assert "cannot be used: it is no .xlsx, .docx or XLIFF file\n  hint:" in printed.err


@pytest.mark.parametrize(
    "key",
    ["practices/none/fr:1-00000000-none", "practices/harbour-lab/xx:1-00000000-none", "../x", ""],
)
def test_a_key_that_names_nothing_is_refused(key: str, small: Path) -> None:
    from brochure.translations.exchange import Returned

    arrival: Arrival = taken_back(standings_of(small), [Returned(2, key, ("x",))], Choices())
    assert [refusal.reason for refusal in arrival.refusals] == [
        "its key names no text and language of this project"
    ]


def test_what_is_foreign_in_the_original_may_be_at_home_in_the_translation() -> None:
    source = (
        "The voucher, in German [Kreativscheck]{lang=de}, of [the fund](brochure:practice/fund)"
    )
    assert meanings(source) == meanings("Der Kreativscheck [des Fonds](brochure:practice/fund)")
    assert meanings(source) != meanings("Der [Kreativscheck]{lang=de} des Fonds")
    assert written(parsed(source)) == source
