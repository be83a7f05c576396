"""Where the names of dots stand on a map: beside them, and no name on another one or on a dot.

Millimetres, from the top left corner. Nothing is left to chance: the same dots give the same map.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from brochure.maps.countries import Box, Point

GAP = 0.6  # mm between a dot and its name
ASCENT, DESCENT = 0.76, 0.24  # of a line of text, in ems
RINGS = (3.0, 5.0, 7.5, 10.0, 14.0, 19.0, 25.0, 32.0)  # mm: how far leaders may lead
DIRECTIONS = 16
LATIN = "\u024f"  # its last letter; those of other scripts are wider
STEP = 0.4  # mm: a leader is looked at in points of this distance

_NARROW, _WIDE = frozenset("fijlrtIJ.,:;'’!|()[]-\u2011 \u00a0\u202f"), frozenset("mwMWÆŒ@%—…")


@dataclass(frozen=True)
class Label:
    """A name on the map. `x` and `y` are the point on its baseline that `anchor` says: `start`,
    `middle` or `end`; `leader` is the line from its dot, where it stands away from it."""

    text: str
    x: float
    y: float
    anchor: str
    box: Box
    leader: tuple[Point, Point] | None = None


def width_of(text: str, size: float) -> float:
    """Return an estimate of a text's width, rather too large, for a sans serif of a size."""
    return sum(map(_em, text)) * size


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    base = unicodedata.normalize("NFD", character)[0]
    if base in _NARROW:
        return 0.36
    if base in _WIDE:
        return 0.92
    if base > LATIN:
        return 0.92 if base.isupper() else 0.8
    return 0.66 if base.isupper() else 0.56


def labelled(
    dots: Sequence[tuple[Point, str]], frame: Box, size: float, radius: float
) -> list[Label]:
    """Return the names that have room, in the order of the dots; the rest would be unreadable."""
    around = [Box(x - radius, y - radius, x + radius, y + radius) for (x, y), _ in dots]
    taken: list[Box] = []
    lines: list[Point] = []  # points of leaders

    def fits(box: Box) -> bool:
        return (
            frame.holds(box)
            and not any(box.meets(other) for other in (*around, *taken))
            and not any(_is_in(point, box) for point in lines)
        )

    beside = [list(_beside(point, text, size, radius)) for point, text in dots]
    # Whose name has the fewest places to stand at chooses first.
    free = [sum(fits(label.box) for label in each) for each in beside]
    placed: dict[int, Label] = {}
    for i in sorted(range(len(dots)), key=lambda i: (free[i], i)):
        point, text = dots[i]
        found = next((label for label in beside[i] if fits(label.box)), None)
        if found is None:
            others = [box for j, box in enumerate(around) if j != i]
            found = next(
                (
                    label
                    for label in _away(point, text, size, radius)
                    if fits(label.box) and _is_free(label, [*others, *taken])
                ),
                None,
            )
        if found:
            placed[i] = found
            taken.append(found.box)
            lines += _points_on(found.leader) if found.leader else ()
    return [placed[i] for i in sorted(placed)]


def _beside(point: Point, text: str, size: float, radius: float) -> Iterator[Label]:
    """Yield a name right, left, above and below of its dot, and at its corners."""
    off, near = radius + GAP, (radius + GAP) * 0.7
    for dx, dy in ((off, 0), (-off, 0), (0, -off), (0, off)):
        yield _label(point, text, size, dx, dy)
    for dx, dy in ((near, -near), (-near, -near), (near, near), (-near, near)):
        yield _label(point, text, size, dx, dy)


def _away(point: Point, text: str, size: float, radius: float) -> Iterator[Label]:
    """Yield a name at the end of longer and longer leaders."""
    x, y = point
    for distance in RINGS:
        for turn in range(DIRECTIONS):
            angle = 2 * pi * turn / DIRECTIONS
            dx, dy = round(cos(angle), 6), round(sin(angle), 6)
            end = (x + dx * distance, y + dy * distance)
            label = _label(end, text, size, dx * GAP, dy * GAP)
            leader = ((x + dx * radius, y + dy * radius), end)
            yield Label(label.text, label.x, label.y, label.anchor, label.box, leader)


def _label(point: Point, text: str, size: float, dx: float, dy: float) -> Label:
    """Return a name so much away from a point, with its nearest side or corner."""
    width, height = width_of(text, size), size * (ASCENT + DESCENT)
    x, y = point[0] + dx, point[1] + dy
    anchor = "middle" if dx == 0 else "start" if dx > 0 else "end"
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width
    top = y - (height / 2 if dy == 0 else height if dy < 0 else 0.0)
    box = Box(left, top, left + width, top + height)
    return Label(text, x, top + size * ASCENT, anchor, box)


def _is_free(label: Label, boxes: list[Box]) -> bool:
    points = _points_on(label.leader) if label.leader else []
    return not any(_is_in(point, box) for point in points for box in boxes)


def _points_on(line: tuple[Point, Point]) -> list[Point]:
    (x1, y1), (x2, y2) = line
    steps = max(1, round(hypot(x2 - x1, y2 - y1) / STEP))
    return [(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps) for i in range(steps + 1)]


def _is_in(point: Point, box: Box) -> bool:
    return box.left <= point[0] <= box.right and box.low <= point[1] <= box.high
