"""Holds what is left of a drawing to a list: hostile files are in `drawings/`, and beside each one
what may stay of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Expected
from hypothesis import given
from hypothesis import strategies as st

from brochure.diagnostics import Diagnostics, Place
from brochure.sources import Source
from brochure.sources.drawing import ELEMENTS, GEOMETRY, SVG, XLINK, Drawing, cleaned
from brochure.sources.drawing_styles import PROPERTIES, as_attributes

HOSTILE = sorted((Path(__file__).parent / "drawings").glob("*.svg"))
NAMED = Place("practice.yaml", 3)
HEAD = f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" viewBox="0 0 20 10"'

# What no drawing that was cleaned may hold, in whatever place and spelling.
ACTS = re.compile(
    r"script|on\w+\s*=|https?:(?!//www\.w3\.org/)|file:|javascript|@|<!|<\?|\\|foreign|url\((?!#)",
    re.IGNORECASE,
)


def clean(content: str | bytes) -> tuple[Drawing | None, Diagnostics]:
    found = Diagnostics()
    content = content.encode() if isinstance(content, str) else content
    drawing = cleaned(Source("a.svg", content), b"a picture".__eq__, found, NAMED)
    return drawing, found


def kept(inside: str) -> str:
    """Return what is kept inside a drawing."""
    drawing, _ = clean(f"{HEAD}>{inside}</svg>")
    assert drawing is not None
    return drawing.content.decode().partition(">")[2].removesuffix("</svg>")


def refusal(content: str | bytes) -> str:
    drawing, found = clean(content)
    assert drawing is None
    (only,) = found
    assert (only.place, only.rule) == (NAMED, "picture-unreadable")
    return only.message.partition("cannot be used: ")[2]


# -- attacks


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_of_a_hostile_drawing_this_is_left(path: Path, expected: Expected) -> None:
    drawing, found = clean(path.read_bytes())
    left = drawing.content.decode().replace("><", ">\n<") if drawing else "nothing"
    said = "".join(f"{each.place}: {each.message}\n" for each in found)
    expected.check(path.with_suffix(".txt"), f"{said}\n{left}\n")
    assert not ACTS.search(left)


def test_there_are_hostile_drawings() -> None:
    assert len(HOSTILE) >= 6


def test_what_is_left_has_only_names_from_the_lists() -> None:
    allowed = {*GEOMETRY, *PROPERTIES, "id", f"{{{XLINK}}}href"}
    for path in HOSTILE:
        drawing, _ = clean(path.read_bytes())
        for element in ElementTree.fromstring(drawing.content).iter() if drawing else ():
            assert element.tag.removeprefix(f"{{{SVG}}}") in ELEMENTS
            assert set(element.attrib) <= allowed


@given(st.text(alphabet="url(#)'\" \\:;/a@j", max_size=40))
def test_no_value_holds_an_address(value: str) -> None:
    for name in PROPERTIES:
        good, _ = as_attributes({name: value})
        assert not ACTS.search(good.get(name, ""))


@given(st.text(alphabet="<>/=\"' svgusehrfid#ab{}:;", max_size=80))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    drawing, _ = clean(f"{HEAD}>{text}</svg>")
    if drawing:
        ElementTree.fromstring(drawing.content)


def uses(levels: int) -> str:
    """Return a drawing in which each group uses the one before ten times."""
    parts = ['<g id="a0"><rect width="1" height="1"/></g>']
    for n in range(1, levels):
        ten = f'<use href="#a{n - 1}"/>' * 10
        parts.append(f'<g id="a{n}">{ten}</g>')
    return f"{HEAD}>{''.join(parts)}</svg>"


REFUSED: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "laughs by entities": (
        lambda: f'<!DOCTYPE svg [<!ENTITY a "ha">]>{HEAD}/>',
        "it defines entities, which can grow without end",
    ),
    "laughs by use": (lambda: uses(9), "it uses its own parts again and again"),
    "a circle of uses": (
        lambda: f'{HEAD}><g id="a"><use href="#a"/></g></svg>',
        "its parts use each other without end",
    ),
    "a circle of clips": (
        lambda: f'{HEAD}><clipPath id="a"><g style="clip-path: url(#a)"/></clipPath></svg>',
        "its parts use each other without end",
    ),
    "a circle of gradients": (
        lambda: (
            f'{HEAD}><linearGradient id="a" xlink:href="#b"/>'
            '<linearGradient id="b" href="#a"/></svg>'
        ),
        "its parts use each other without end",
    ),
    "a tower": (lambda: f"{HEAD}>{'<g>' * 3000}", "more than 60 elements stand in each other"),
    "a crowd": (lambda: f"{HEAD}>{'<g/>' * 100_001}</svg>", "it has more than 100,000 elements"),
    "a large file": (lambda: f"{HEAD}>{' ' * 5_300_000}</svg>", "it is larger than 5 MiB"),
    "no XML": (lambda: "GIF89a", "it is no XML, line 1: syntax error"),
    "half a drawing": (lambda: f"{HEAD}><g>", "it is no XML, line 1: no element found"),
    "an odd encoding": (lambda: '<?xml version="1.0" encoding="shift_jis"?><svg/>', "it is no XML"),
    "another document": (lambda: "<html/>", "it is XML, but no SVG"),
    "no size": (
        lambda: f'<svg xmlns="{SVG}"/>',
        'it has no size: its "viewBox" is missing or wrong',
    ),
    "no end of size": (
        lambda: f'<svg xmlns="{SVG}" viewBox="0 0 inf 10"/>',
        'it has no size: its "viewBox" is missing or wrong',
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_end_is_refused(name: str) -> None:
    make, reason = REFUSED[name]
    assert refusal(make()).startswith(reason)


LONG: dict[str, str] = {
    "comments": "/*" * 200_000,
    "rules": ".a{}" * 20_000,
    "selectors": ".a" * 40_000,
    "an open brace": "{" * 90_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_style_takes_no_time(name: str) -> None:
    started = time.perf_counter()
    shapes = '<rect class="a b c" width="1" height="1"/>' * 2000
    clean(f"{HEAD}><style>{LONG[name]}</style>{shapes}</svg>")
    clean(f'{HEAD}><rect style="{LONG[name].replace("<", "")}" width="1" height="1"/></svg>')
    assert time.perf_counter() - started < 20


# -- drawings as people make them


def test_shapes_stay_as_they_are() -> None:
    shape = '<path d="M0 0 L10 10" fill="none" stroke="#c8371f" stroke-width="0.5"/>'
    assert kept(shape) == shape


def test_rules_of_a_style_sheet_become_attributes_and_the_nearest_wins() -> None:
    style = "<style>rect{fill:red;stroke:blue} .a{fill:#0f0} #b{fill:teal}</style>"
    assert kept(f"{style}<rect/>") == '<rect fill="red" stroke="blue"/>'
    assert kept(f'{style}<rect class="a" fill="pink"/>') == '<rect fill="#0f0" stroke="blue"/>'
    assert kept(f'{style}<rect class="a" id="b"/>') == '<rect id="b" fill="teal" stroke="blue"/>'
    assert 'fill="tan"' in kept(f'{style}<rect class="a" id="b" style="fill: tan"/>')
    assert kept(f'{style}<circle class="b"/>') == "<circle/>"


def test_a_drawing_inside_a_switch_stays() -> None:
    inside = '<g><circle r="3"/></g>'
    assert kept(f"<switch>{inside}</switch>") == f"<g>{inside}</g>"


def test_notes_of_drawing_programs_go_without_a_word() -> None:
    drawing, found = clean(
        f'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'
        f'<svg xmlns="{SVG}" xmlns:x="urn:x" viewBox="0 0 20 10" x:label="a" version="1.1">'
        '<title>A boat</title><metadata/><x:view/><g x:label="b" data-name="c"/></svg>'
    )
    assert drawing is not None
    assert list(found) == []
    assert drawing.content.decode().endswith('width="20" height="10"><g/></svg>')


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('viewBox="0 0 316 179"', (316, 179)),
        ('viewBox="0,0,316,179" width="100%"', (316, 179)),
        ('width="316" height="179"', (316, 179)),
        ('width="31.6mm" height="17.9mm"', (32, 18)),
    ],
)
def test_the_size_is_that_of_its_own_units(size: str, expected: tuple[int, int]) -> None:
    drawing, _ = clean(f'<svg xmlns="{SVG}" {size}/>')
    assert drawing is not None
    assert (drawing.width, drawing.height) == expected


def test_a_picture_inside_stays_if_it_can_be_read() -> None:
    good = '<image width="4" height="3" xlink:href="data:image/png;base64,YSBwaWN0dXJl"/>'
    assert ElementTree.canonicalize(f"{HEAD}>{kept(good)}</svg>") == ElementTree.canonicalize(
        f"{HEAD}>{good}</svg>"
    )
    assert kept(good.replace("YSBw", "AAAA")) == ""
    assert kept(good.replace("image/png", "image/svg+xml")) == ""
    assert kept(good.replace("data:image/png;base64,YSBwaWN0dXJl", "b.png")) == ""
