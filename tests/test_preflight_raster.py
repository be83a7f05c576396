"""Holds the rules that look at drawn pages to pages of known inks, edges and places."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from brochure.preflight.findings import Box, Finding, Job, Level
from brochure.preflight.opened import OpenedFile, opened
from brochure.preflight.raster import ink_coverage, unfilled_bleed
from brochure.preflight.rules.edges import unsafe_text

MM = 72 / 25.4
JOB = Job("print")  # bleed 3 mm, safe 4 mm, ink 300 %
A5 = (148.0, 210.0)
FILLED = "0 0.5 0 0 k -9 -9 999 999 re f\n"

Check = Callable[[OpenedFile, Job], Iterator[Finding]]


def area(ink: str, left: float, bottom: float, width: float, height: float) -> str:
    """Return the operators of a rectangle; `ink` is C M Y K; lengths in mm from the trim."""
    return f"{ink} k {left * MM} {bottom * MM} {width * MM} {height * MM} re f\n"


def words(text: str, left: float, bottom: float, mode: int = 0) -> str:
    """Return the operators of a text in Helvetica of 10 pt that begins at a place in mm."""
    return f"BT 0 0 0 1 k {mode} Tr /F 10 Tf {left * MM} {bottom * MM} Td ({text}) Tj ET\n"


def made(
    *contents: str,
    trim: tuple[float, float] = A5,
    bleed: float | None = 3,
    rotate: int = 0,
    margin: float = 10,
) -> bytes:
    """Return a file with a page for each content; the trim's lower left corner is the origin.

    The media box reaches `margin` mm beyond the trim.
    """
    pdf = pikepdf.new()
    for content in contents:
        page = pdf.add_blank_page()
        page.MediaBox = _grown(trim, margin)
        page.TrimBox = _grown(trim, 0)
        if bleed is not None:
            page.BleedBox = _grown(trim, bleed)
        if rotate:
            page.Rotate = rotate
        page.Contents = pdf.make_stream(content.encode())
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = pikepdf.Dictionary({key: pikepdf.Name(value) for key, value in font.items()})
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=named))
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def _grown(trim: tuple[float, float], by: float) -> pikepdf.Array:
    width, height = trim
    sides = (-by, -by, width + by, height + by)
    return pikepdf.Array([round(side * MM, 4) for side in sides])


def found(check: Check, content: bytes, job: Job = JOB) -> list[Finding]:
    with opened(content) as file:
        return list(check(file, job))


def in_mm(box: Box | None) -> list[float]:
    assert box is not None
    return [side / MM for side in box]


# Ink


@pytest.mark.parametrize(("left", "bottom"), [(40, 100), (0, 0), (133, 195), (61.37, 77.77)])
def test_a_square_with_too_much_ink_is_found_at_its_place(left: float, bottom: float) -> None:
    (finding,) = found(ink_coverage, made(area("1 1 1 0.5", left, bottom, 15, 15)))
    assert (finding.page, finding.rule, finding.level) == (1, "R0026", Level.WARNING)
    assert in_mm(finding.box) == pytest.approx([left, bottom, left + 15, bottom + 15], abs=0.3)
    ink = int(finding.message.partition(" %")[0])
    assert 340 <= ink <= 351  # dots are 0.25 mm wide, so the square may lose a little


@pytest.mark.parametrize("ink", ["1 0.9 0.5 0.5", "0.75 0.75 0.75 0.65", "0 0.95 0.95 1"])
def test_a_page_of_290_per_cent_passes(ink: str) -> None:
    assert found(ink_coverage, made(area(ink, -3, -3, 154, 216))) == []


@pytest.mark.parametrize("ink", ["1 1 1 0", "0.77 0.69 0.6 0.94", "0.99 0.01 1 1", "0.6 0.7 0.7 1"])
def test_the_limit_itself_passes_although_inks_are_rounded(ink: str) -> None:
    assert found(ink_coverage, made(area(ink, -3, -3, 154, 216))) == []


def test_each_ink_counts_and_none_is_turned_over() -> None:
    for ink in ("1 0 0 0", "0 1 0 0", "0 0 1 0", "0 0 0 1"):
        content = made(area(ink, 50, 50, 30, 30))
        assert found(ink_coverage, content, Job("print", ink=98)) != []
        assert found(ink_coverage, content, Job("print", ink=100)) == []
    assert found(ink_coverage, made(""), Job("print", ink=0)) == []


def test_a_small_square_passes_as_the_mean_counts() -> None:
    small = made(area("1 1 1 0.9", 40, 100, 10, 10))
    assert found(ink_coverage, small) == []
    (finding,) = found(ink_coverage, small, Job("print", ink=160))
    assert "173 %" in finding.message  # 390 * 100 / 225


def test_two_small_areas_that_meet_in_one_square_add_up() -> None:
    together = area("1 1 1 1", 40, 100, 7, 15) + area("1 1 1 1", 48, 100, 7, 15)
    (finding,) = found(ink_coverage, made(together))
    assert in_mm(finding.box) == pytest.approx([40, 100, 55, 115], abs=0.3)
    assert "373 %" in finding.message  # 400 * 14 / 15


def test_inks_that_are_printed_over_each_other_add_up() -> None:
    pdf = pikepdf.open(io.BytesIO(made("/G gs " + area("1 1 0 0", 40, 50, 20, 20))))
    page = pdf.pages[0]
    over = pikepdf.Dictionary(OP=True, op=True, OPM=1)
    page.Resources.ExtGState = pikepdf.Dictionary(G=over)
    more = area("0 0 1 0.5", 40, 50, 20, 20).encode()
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + more)
    stream = io.BytesIO()
    pdf.save(stream)
    (finding,) = found(ink_coverage, stream.getvalue())
    assert "350 %" in finding.message


def test_the_worst_place_of_each_page_is_named_and_colour_bars_outside_do_not_count() -> None:
    pages = (
        area("1 1 1 0.2", 20, 20, 20, 20) + area("1 1 1 0.8", 90, 150, 20, 20),
        area("1 0 0 0", 20, 20, 20, 20),
        area("1 1 1 1", -29, 20, 25, 100),  # in the margin, outside the bleed
        area("1 1 1 0.4", -3, 20, 15, 15),  # reaches into the bleed
    )
    first, second = found(ink_coverage, made(*pages, margin=30))
    assert (first.page, second.page) == (1, 4)
    assert "380 %" in first.message
    assert in_mm(first.box)[0] == pytest.approx(90, abs=5.3)
    assert in_mm(second.box)[0] == pytest.approx(-3, abs=0.3)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
def test_the_place_is_told_in_the_coordinates_of_the_page_however_it_is_turned(rotate: int) -> None:
    (finding,) = found(ink_coverage, made(area("1 1 1 1", 20, 30, 15, 15), rotate=rotate))
    assert in_mm(finding.box) == pytest.approx([20, 30, 35, 45], abs=0.3)


def test_a_page_smaller_than_the_square_is_measured_as_a_whole() -> None:
    spine = made(area("1 1 1 0.5", -9, -9, 99, 99), trim=(8, 60), bleed=1)
    (finding,) = found(ink_coverage, spine)
    assert "350 %" in finding.message


# Bleed

SIDES = {
    "left": area("0 0.5 0 0", 0, 50, 40, 60),
    "right": area("0 0.5 0 0", 108, 50, 40, 60),
    "bottom": area("0 0.5 0 0", 50, 0, 60, 40),
    "top": area("0 0.5 0 0", 50, 170, 60, 40),
}
PLACES = {
    "left": [-3, 50, 0, 110],
    "right": [148, 50, 151, 110],
    "bottom": [50, -3, 110, 0],
    "top": [50, 210, 110, 213],
}


@pytest.mark.parametrize("side", SIDES)
def test_artwork_that_ends_at_the_trim_is_found_on_its_side(side: str) -> None:
    (finding,) = found(unfilled_bleed, made(SIDES[side]))
    assert (finding.page, finding.rule, finding.level) == (1, "B-bleed", Level.WARNING)
    assert f"the {side} side is white along 60 mm" in finding.message
    assert in_mm(finding.box) == pytest.approx(PLACES[side], abs=0.3)


@pytest.mark.parametrize("side", SIDES)
def test_artwork_that_fills_the_bleed_passes_and_the_other_sides_are_still_found(side: str) -> None:
    filled = {
        "left": area("0 0.5 0 0", -3, 50, 40, 60),
        "right": area("0 0.5 0 0", 108, 50, 43, 60),
        "bottom": area("0 0.5 0 0", 50, -3, 60, 43),
        "top": area("0 0.5 0 0", 50, 170, 60, 43),
    }[side]
    others = "".join(drawn for name, drawn in SIDES.items() if name != side)
    assert found(unfilled_bleed, made(filled)) == []
    findings = found(unfilled_bleed, made(filled + others))
    assert sorted(f.message.split()[4] for f in findings) == sorted(SIDES.keys() - {side})


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("side", SIDES)
def test_the_side_is_the_one_that_readers_see(side: str, rotate: int) -> None:
    clockwise = ["top", "right", "bottom", "left"]
    seen = clockwise[(clockwise.index(side) + rotate // 90) % 4]
    (finding,) = found(unfilled_bleed, made(SIDES[side], rotate=rotate))
    assert f"the {seen} side" in finding.message
    assert in_mm(finding.box) == pytest.approx(PLACES[side], abs=0.3)


@pytest.mark.parametrize(
    ("content", "bleed", "asked"),
    [
        (FILLED, 3, 3),  # filled on all sides
        ("", 3, 3),  # nothing to bleed
        (area("0 0 0 1", 5, 5, 138, 200), 3, 3),  # artwork well inside the page
        (area("0 0 0 1", 0.8, 50, 40, 60), 3, 3),  # near the edge, but not at it
        (area("0 0 0 1", 0.35, 50, 40, 60), 3, 3),
        (area("0 0 0 1", 0, 50, 40, 2), 3, 3),  # a rule that ends at the edge
        (area("0 0 0 1", -3, 50, 43, 60), 5, 3),  # more bleed declared than asked, and filled
        (area("0 0 0 1", 0, 50, 40, 60), None, 3),  # no bleed declared: another rule's business
        (area("0 0 0 1", 0, 50, 40, 60), 0, 3),
        (area("0 0 0 1", 0, 50, 40, 60), 3, 0),  # none asked
    ],
)
def test_what_needs_no_bleed_or_has_it_passes(
    content: str, bleed: float | None, asked: float
) -> None:
    assert found(unfilled_bleed, made(content, bleed=bleed), Job("print", bleed=asked)) == []


@pytest.mark.parametrize("ink", ["0.05 0 0 0", "0 0 0.05 0", "1 1 1 1"])
def test_light_and_heavy_tints_are_ink_too(ink: str) -> None:
    (finding,) = found(unfilled_bleed, made(area(ink, 0, 50, 40, 60)))
    assert "left" in finding.message
    assert found(unfilled_bleed, made(area(ink, -3, 50, 43, 60))) == []


def test_bleed_that_is_filled_by_half_is_found() -> None:
    (finding,) = found(unfilled_bleed, made(area("0 0 0 1", -1, 50, 40, 60)))
    assert "left" in finding.message


def test_crop_marks_in_the_margin_do_not_fill_the_bleed() -> None:
    marks = area("1 1 1 1", -9, -0.1, 5, 0.2) + area("1 1 1 1", -0.1, -9, 0.2, 5)
    (finding,) = found(unfilled_bleed, made(SIDES["left"] + marks))
    assert "left" in finding.message


def test_a_full_page_picture_without_bleed_is_found_on_all_sides() -> None:
    findings = found(unfilled_bleed, made("", area("0.2 0.1 0 0", 0, 0, 148, 210)))
    assert [finding.page for finding in findings] == [2, 2, 2, 2]
    assert {in_mm(finding.box)[0] < 0 for finding in findings} == {True, False}
    lengths = {finding.message.split()[4]: finding.message for finding in findings}
    assert "148 mm" in lengths["top"]
    assert "210 mm" in lengths["left"]


# Text

HIGH, LOW = 7.18 * 25.4 / 72, 2.07 * 25.4 / 72  # of "H" and below the line in "p", 10 pt


@pytest.mark.parametrize(("distance", "faulty"), [(3.9, True), (4.1, False)])
@pytest.mark.parametrize("side", SIDES)
def test_text_is_measured_from_each_side_of_the_trim(
    side: str, distance: float, faulty: bool
) -> None:
    # "H" of Helvetica at 10 pt: 0.79 pt of space before it, 7.22 pt wide in all.
    before, width = 0.79 / MM, 7.22 / MM
    left = {"left": distance - before, "right": 148 - distance - width + before}.get(side, 60)
    bottom = {"bottom": distance, "top": 210 - distance - HIGH}.get(side, 100)
    findings = found(unsafe_text, made(words("H", left, bottom)))
    assert len(findings) == faulty
    for finding in findings:
        assert (finding.page, finding.rule, finding.level) == (1, "B-safe", Level.WARNING)
        assert f'"H" stands 3.9 mm from the {side} edge' in finding.message
        box = in_mm(finding.box)
        assert box[0] == pytest.approx(left + before, abs=0.2)
        assert box[1] == pytest.approx(bottom, abs=0.2)


def test_the_letters_count_and_not_the_line_they_stand_on() -> None:
    assert found(unsafe_text, made(words("H", 60, 4.1))) == []
    (finding,) = found(unsafe_text, made(words("p", 60, 4.1)))
    assert f"{4.1 - LOW:.1f} mm" in finding.message


def test_slug_lines_and_invisible_text_do_not_count() -> None:
    slug = words("brochure, page 1", 20, -8)
    hidden = words("scanned", 20, 1, mode=3)
    assert found(unsafe_text, made(slug + hidden)) == []
    assert len(found(unsafe_text, made(slug + hidden + words("seen", 60, 1)))) == 1


def test_text_that_the_knife_cuts_is_said_to_be_cut() -> None:
    (finding,) = found(unsafe_text, made(words("HHHHHHHH", 140, 100)))
    assert "is cut off at the right edge" in finding.message


def test_the_nearest_text_of_each_side_is_named_once_a_page() -> None:
    near = words("near", 3, 100) + words("nearer", 2, 120) + words("below", 60, 1)
    findings = found(unsafe_text, made("", near, words("far", 20, 100)))
    assert [finding.page for finding in findings] == [2, 2]
    assert sorted(finding.message.split('"')[1] for finding in findings) == ["below", "nearer"]
    assert found(unsafe_text, made(near), Job("print", safe=0)) == []


@pytest.mark.parametrize(("rotate", "seen"), [(0, "left"), (90, "top"), (180, "right")])
def test_sides_of_text_are_those_that_readers_see(rotate: int, seen: str) -> None:
    (finding,) = found(unsafe_text, made(words("H", 1, 100), rotate=rotate))
    assert f"the {seen} edge" in finding.message
    assert in_mm(finding.box)[1] == pytest.approx(100, abs=0.2)


# The program that draws

FAULTY = area("1 1 1 1", 0, 50, 40, 60) + words("H", 1, 100)


def test_without_pdftoppm_each_rule_says_once_that_it_did_not_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for check, rule_id in ((ink_coverage, "R0026"), (unfilled_bleed, "B-bleed")):
        (finding,) = found(check, made(FAULTY, FAULTY))
        assert (finding.page, finding.rule, finding.level) == (0, rule_id, Level.UNCHECKED)
        assert "apt-get install poppler-utils" in finding.message
    assert len(found(unsafe_text, made(FAULTY))) == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "ended with code 3"),
        ("exit 0", "drew nothing"),
        ('for last; do :; done; echo oops > "$last-1.jpg"', "cannot identify"),
    ],
)
def test_a_pdftoppm_that_fails_leaves_the_file_unchecked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, said: str
) -> None:
    tool = tmp_path / "pdftoppm"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = found(ink_coverage, made(FAULTY))
    assert finding.level is Level.UNCHECKED
    assert said in finding.message


def test_a_pdftoppm_that_takes_too_long_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool = tmp_path / "pdftoppm"
    tool.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("brochure.preflight.raster._SECONDS", 0.3)
    start = time.monotonic()
    (finding,) = found(ink_coverage, made(FAULTY))
    assert time.monotonic() - start < 10
    assert "was stopped" in finding.message


def test_pages_that_are_too_large_or_too_many_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = pikepdf.open(io.BytesIO(made(FAULTY, FAULTY, FAULTY, FAULTY)))
    pdf.pages[1].MediaBox = pikepdf.Array([0, 0, 14400, 14400])
    stream = io.BytesIO()
    pdf.save(stream)
    monkeypatch.setattr("brochure.preflight.raster._PAGES", 2)
    findings = found(unfilled_bleed, stream.getvalue())
    levels = {(finding.page, finding.level) for finding in findings}
    assert levels == {
        (2, Level.UNCHECKED),
        (0, Level.UNCHECKED),
        (1, Level.WARNING),
        (3, Level.WARNING),
    }


def test_nothing_is_left_in_the_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert len(found(ink_coverage, made(FAULTY))) == 1
    assert list(tmp_path.iterdir()) == []


def test_both_rules_draw_the_pages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(made(FAULTY)) as file:
        assert len(list(ink_coverage(file, JOB))) == 1
        monkeypatch.setenv("PATH", "")
        assert [finding.level for finding in unfilled_bleed(file, JOB)] == [Level.WARNING]
