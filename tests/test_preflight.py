"""Preflight as a whole: damaged and hostile files, its reports, its manual, and our own files."""

from __future__ import annotations

import builtins
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import preflight_files as files
import pytest
from conftest import Built
from pikepdf import Array, Dictionary, Name, Stream
from preflight_files import both, form, paint, resource

from brochure.preflight import Finding, Job, Level, check, preflight
from brochure.preflight.content import contents
from brochure.preflight.manual import entry, manual
from brochure.preflight.marks import ImagePainted, PathPainted, TextShown
from brochure.preflight.opened import OpenedFile, opened
from brochure.preflight.registry import RULES, Rule, rule
from brochure.preflight.report import as_json, as_text
from brochure.preflight.scanning import operations

OWN = "brochure.preflight.rules."
PRINT, SCREEN = Job("print"), Job("screen")


@pytest.fixture
def without_raster(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [RULES[id_] for id_ in sorted(RULES) if RULES[id_].check.__module__.startswith(OWN)]
    monkeypatch.setattr(check, "all_rules", lambda: rules)


def rules_of(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


# Damaged and hostile files


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"no PDF at all", b"\0" * 1000])
def test_what_is_no_pdf_is_one_finding(content: bytes, without_raster: None) -> None:
    (finding,) = preflight(content, PRINT)
    assert (finding.rule, finding.level, finding.page) == ("B01", Level.ERROR, 0)
    assert ("it is no PDF" in finding.message) is not content.startswith(b"%PDF-")


def test_a_truncated_file_is_damaged(without_raster: None) -> None:
    whole = files.saved(files.print_file())
    for length in range(0, len(whole) - 6, 211):
        assert "B01" in rules_of(preflight(whole[:length], PRINT)), length


def test_random_damage_raises_nothing(without_raster: None) -> None:
    chance = random.Random(7)
    for make, job in ((files.print_file, PRINT), (files.screen_file, SCREEN)):
        plain = dict(compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        whole = files.saved(make(), **plain)
        for _ in range(60):
            damaged = bytearray(whole)
            for _ in range(chance.randrange(1, 30)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            found = preflight(bytes(damaged), job)
            assert not [f for f in found if "gave up" in f.message], found


@pytest.mark.parametrize("how", [{"user": "u"}, {"user": "u", "R": 3, "aes": False},
                                 {"user": "", "R": 4}, {"user": "", "R": 6}])  # fmt: skip
def test_an_encrypted_file_is_refused_in_plain_words(how: Any, without_raster: None) -> None:
    how = {"owner": "o", "metadata": how.get("aes", True), **how}
    locked = pikepdf.Encryption(**how)
    (finding,) = preflight(files.saved(files.print_file(), encryption=locked), PRINT)
    assert finding.rule == "B01"
    assert "it is encrypted; save it without a password" in finding.message


@pytest.mark.parametrize(("make", "job", "wanted"), [
    (files.print_file, PRINT, "R0001"), (files.screen_file, SCREEN, "B10"),
])  # fmt: skip
def test_a_file_that_opens_but_is_encrypted_is_found(
    make: object, job: Job, wanted: str, without_raster: None
) -> None:
    assert callable(make)
    restricted = pikepdf.Encryption(owner="o", user="")
    assert rules_of(preflight(files.saved(make(), encryption=restricted), job)) & {wanted, "B01"}


def broken_content(content: str) -> list[Finding]:
    pdf = files.print_file()
    paint(content)(pdf)
    return preflight(files.saved(pdf), PRINT)


@pytest.mark.parametrize("content", [
    "1 0 0 k", "1 0 0 0 K (a) (b) re S", "/Nowhere Do", "/Nowhere 10 Tf", "nonsense",
    "1e9 0 0 1e9 0 0 cm " + "1000000000 0 0 1000000000 0 0 cm " * 9,
])  # fmt: skip
def test_operators_that_make_no_sense_are_damage(content: str, without_raster: None) -> None:
    found = broken_content(content)
    assert rules_of(found) == {"B01"}
    assert found[0].page == 1


@pytest.mark.parametrize("content", [
    "9" * 5000 + " w", "[" * 5000, "<<" * 5000, "(" * 5000, "Q " * 500, "q " * 9000, "EMC " * 500,
    "% comment", "1 " * 100_000, "BI /W 1 ID", "/A" * 5000 + " gs",
])  # fmt: skip
def test_hostile_content_ends_in_time_and_raises_nothing(
    content: str, without_raster: None
) -> None:
    before = time.monotonic()
    assert not [f for f in broken_content(content) if "gave up" in f.message]
    assert time.monotonic() - before < 5


def test_a_form_that_contains_itself_is_damage(without_raster: None) -> None:
    pdf = files.print_file()
    both(resource("XObject", "X", form("/X Do")), paint("/X Do"))(pdf)
    cyclic = files.first(pdf).Resources.XObject.X
    cyclic.Resources = Dictionary(XObject=Dictionary(X=cyclic))
    found = preflight(files.saved(pdf), PRINT)
    assert "a form or pattern contains itself" in [f.message for f in found if f.rule == "B01"]


def test_forms_that_multiply_are_cut_short(without_raster: None) -> None:
    pdf = files.print_file()
    inner = form("0 0 9 9 re f " * 10)(pdf)
    for _ in range(9):
        inner = form("/X Do " * 10, Resources=Dictionary(XObject=Dictionary(X=inner)))(pdf)
    both(resource("XObject", "X", lambda _: inner), paint("/X Do"))(pdf)
    before = time.monotonic()
    found = preflight(files.saved(pdf), PRINT)
    assert [f.level for f in found if f.rule == "B08"] == [Level.UNCHECKED]
    assert time.monotonic() - before < 30


def test_forms_in_forms_have_an_end(without_raster: None) -> None:
    pdf = files.print_file()
    inner = form("0 0 9 9 re f")(pdf)
    for _ in range(100):
        inner = form("/X Do", Resources=Dictionary(XObject=Dictionary(X=inner)))(pdf)
    both(resource("XObject", "X", lambda _: inner), paint("/X Do"))(pdf)
    assert "B08" in rules_of(preflight(files.saved(pdf), PRINT))


def test_a_page_tree_that_contains_itself_is_damage(without_raster: None) -> None:
    raw = files.saved(files.print_file(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    kids = raw.index(b"/Kids [ ") + 8
    own = raw[raw.index(b"/Pages ") + 7 :].split()[0] + b" 0 R "
    cyclic = raw[:kids] + own + raw[kids:]
    assert "B01" in rules_of(preflight(cyclic, PRINT))


def test_a_structure_tree_that_contains_itself_ends(without_raster: None) -> None:
    pdf = files.screen_file()
    tree = pdf.Root.StructTreeRoot
    tree.K.K.append(tree.K)
    assert preflight(files.saved(pdf), SCREEN) == []


def test_more_pages_than_are_checked_are_said(
    monkeypatch: pytest.MonkeyPatch, without_raster: None
) -> None:
    monkeypatch.setattr("brochure.preflight.opened.MOST_PAGES", 2)
    pdf = files.screen_file()
    for _ in range(2):
        pdf.add_blank_page()
    (finding,) = preflight(files.saved(pdf), SCREEN)
    assert (finding.page, finding.rule, finding.level) == (0, "B08", Level.UNCHECKED)


def test_too_much_data_is_damage(without_raster: None) -> None:
    pdf = files.print_file()
    files.first(pdf).Contents.write(b" " * 40_000_000)
    found = preflight(files.saved(pdf), PRINT)
    assert any("too much data" in f.message for f in found if f.rule == "B01")


@pytest.mark.parametrize("value", [
    Array([0, 0, 10**18, 10**18]), Array([0, 0, 1]), Name.A4, Array([Name.A, 0, 1, 1]),
])  # fmt: skip
def test_boxes_that_make_no_sense_raise_nothing(value: object, without_raster: None) -> None:
    pdf = files.print_file()
    files.first(pdf)["/TrimBox"] = value
    assert "B03" in rules_of(preflight(files.saved(pdf), PRINT))


def test_no_other_file_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_raster: None
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"0 0 1 rg 0 0 9 9 re f")
    pdf = files.print_file()
    outside = Stream(pdf, b"")
    outside.F = str(secret)
    files.first(pdf).Contents = pdf.make_indirect(outside)
    content = files.saved(pdf)
    preflight(content, PRINT)  # all modules are loaded now

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(builtins, "open", refuse)
    found = preflight(content, PRINT)
    assert any("another file" in f.message for f in found if f.rule == "B01")


def test_a_rule_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(file: OpenedFile, job: Job) -> Iterator[Finding]:
        yield Finding(1, "B98", Level.ERROR, "seen before")
        raise KeyError("oh")

    def works(file: OpenedFile, job: Job) -> Iterator[Finding]:
        yield Finding(0, "B99", Level.WARNING, "seen after")

    rules = [Rule("B98", Level.ERROR, ("print",), bug), Rule("B99", Level.ERROR, ("print",), works)]
    monkeypatch.setattr(check, "all_rules", lambda: rules)
    found = preflight(files.saved(files.print_file()), PRINT)
    assert [(f.page, f.rule, f.level) for f in found] == [
        (0, "B98", Level.UNCHECKED), (0, "B99", Level.WARNING), (1, "B98", Level.ERROR),
    ]  # fmt: skip


def test_two_rules_cannot_have_one_id() -> None:
    def other(file: OpenedFile, job: Job) -> Iterator[Finding]:
        yield from ()

    with pytest.raises(ValueError, match="B01"):
        rule("B01", Level.ERROR)(other)


# What the interpreter sees


def test_operators_are_read_as_the_standard_writes_them() -> None:
    data = (
        b"(a(b)\\)\\101\\\nc) Tj % hi (\n[(x) -20 <4>] TJ "
        b"<</A [1 2 /B] /C <</D (x)>> /E true>> /F#20G BDC -.5 w [] 0 d\n"
        b"BI /W 2 /CS /G ID abEIcd\nEI q"
    )
    assert list(operations(data)) == [
        ("Tj", [b"a(b))Ac"]),
        ("TJ", [[b"x", -20.0, b"@"]]),
        ("BDC", [{"/A": [1.0, 2.0, "/B"], "/C": {"/D": b"x"}, "/E": True}, "/F G"]),
        ("w", [-0.5]),
        ("d", [[], 0.0]),
        ("EI", [{"/Width": 2.0, "/ColorSpace": "/G"}]),
        ("q", []),
    ]


def test_marks_stand_where_they_are_seen() -> None:
    pdf = files.print_file()
    files.first(pdf).Contents.write(
        b"q 2 0 0 2 10 20 cm 0 0 0 1 k 1 w 5 5 m 15 5 l S "
        b"BT /F 5 Tf 1 0 0 1 10 10 Tm [<0002> -1000 <0003>] TJ ET Q "
        b"q 72 0 0 36 100 100 cm BI /W 72 /H 72 /BPC 1 /IM true ID x\nEI Q"
    )
    with opened(files.saved(pdf)) as file:
        line, text, picture = contents(file)[0].marks
    assert isinstance(line, PathPainted)
    assert isinstance(text, TextShown)
    assert isinstance(picture, ImagePainted)
    assert line.box == (19, 29, 41, 31)
    assert line.width == 2
    assert text.size == 10
    assert text.box == (30, 40, 50, 50)
    assert text.glyphs == 2
    assert picture.box == (100, 100, 172, 136)
    assert picture.ppi == 72
    assert picture.space is None


# Our own files


def test_thousands_of_words_are_measured_in_time() -> None:
    pdf = files.print_file()
    shown = (f"1 0 0 1 {60 + i % 100} {60 + i // 100} Tm <0002> Tj" for i in range(20_000))
    paint("BT /over gs 0 0 0 1 k /F 1 Tf", *shown, "ET")(pdf)
    before = time.monotonic()
    assert rules_of(preflight(files.saved(pdf), PRINT)) == set()
    assert time.monotonic() - before < 15


def test_the_screen_files_of_the_sample_break_no_rule(sample: Built, without_raster: None) -> None:
    pdfs = [pdf for pdf in sample.pdfs if not pdf.stem.endswith(("-print", "-booklet"))]
    assert pdfs
    for pdf in pdfs:
        assert preflight(pdf.read_bytes(), SCREEN) == [], pdf.name


def test_a_check_loads_no_library_that_wrote_the_file() -> None:
    script = (
        "import sys; from brochure.preflight import check; check.all_rules();"
        "print({'pikepdf', 'weasyprint', 'pydyf'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout.strip() == b"set()"


# Reports and the manual

FINDINGS = [
    Finding(0, "R0035", Level.ERROR, "no output intent"),
    Finding(3, "R0031", Level.WARNING, "a picture\nof\x1b[31m 72 ppi", (1.0, 2.0, 3.0, 4.0)),
    Finding(4, "R0026", Level.UNCHECKED, "no tool"),
]


def test_the_report_as_text() -> None:
    lines = as_text("a.pdf", FINDINGS).splitlines()
    assert lines[:3] == [
        "a.pdf: error[R0035]: no output intent",
        "a.pdf: page 3: warning[R0031]: a picture of [31m 72 ppi",
        "a.pdf: page 4: unchecked[R0026]: no tool",
    ]
    assert lines[3].startswith("a.pdf: 1 error, 1 warning, 1 not checked. ")
    assert "no certified PDF/X validator" in lines[3]
    assert as_text("a.pdf", []).startswith("a.pdf: no errors, no warnings. ")


def test_the_report_as_json() -> None:
    report = json.loads(json.dumps(as_json("a.pdf", FINDINGS)))
    assert report["counts"] == {"error": 1, "warning": 1, "unchecked": 1}
    assert report["findings"][1] == {
        "page": 3, "rule": "R0031", "level": "warning",
        "message": "a picture\nof\x1b[31m 72 ppi", "box": [1, 2, 3, 4],
    }  # fmt: skip
    assert "no certified PDF/X validator" in report["note"]


def test_the_manual_lists_every_rule() -> None:
    text = manual()
    for listed in check.all_rules():
        assert text.count(f"### {listed.id}: ") == len(listed.outputs), listed.id
        said = entry(listed)
        assert all(part.endswith((".", "?", "!")) for part in (said.what, said.why, said.fix))
    assert "no certified PDF/X validator" in text
