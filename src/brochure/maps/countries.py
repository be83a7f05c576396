"""The countries of Europe as outlines in hundreds of metres of EPSG:3035."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

UNIT = 100.0  # metres
FILE = Path(__file__).with_name("countries.json")  # it says where it comes from

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """An upright rectangle, from one corner to the other."""

    left: float
    low: float
    right: float
    high: float

    @classmethod
    def around(cls, points: Sequence[Point]) -> Box:
        """Return the smallest box with all the points in it."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return cls(min(xs), min(ys), max(xs), max(ys))

    def joined(self, other: Box) -> Box:
        """Return the smallest box with both in it."""
        return Box(
            min(self.left, other.left),
            min(self.low, other.low),
            max(self.right, other.right),
            max(self.high, other.high),
        )

    def grown(self, by: float) -> Box:
        """Return the box with as much more on each side."""
        return Box(self.left - by, self.low - by, self.right + by, self.high + by)

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.low < other.high
            and other.low < self.high
        )

    def holds(self, other: Box) -> bool:
        """Whether all of the other one is in this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.low <= other.low
            and other.high <= self.high
        )


@dataclass(frozen=True)
class Ring:
    """A closed line around a piece of a country, or around a hole in it."""

    points: tuple[Point, ...]
    box: Box
    area: float


@cache
def countries() -> dict[str, tuple[Ring, ...]]:
    """Return the rings of each country, by its code of two letters."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    arcs = [
        list(zip(accumulate(arc[::2]), accumulate(arc[1::2]), strict=True)) for arc in read["arcs"]
    ]
    return {
        code: tuple(_ring([arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]) for ring in rings)
        for code, rings in read["countries"].items()
    }


def _ring(arcs: list[list[Point]]) -> Ring:
    points = tuple(point for arc in arcs for point in arc[:-1])  # each begins where the last ended
    around = pairwise([*points, points[0]])
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in around)) / 2
    return Ring(points, Box.around(points), area)


def clipped(points: Sequence[Point], box: Box) -> list[Point]:
    """Return what of a ring lies in a box (Sutherland and Hodgman 1974)."""
    sides = ((0, box.left, 1), (0, box.right, -1), (1, box.low, 1), (1, box.high, -1))
    kept = list(points)
    for axis, edge, sign in sides:
        before, kept = kept, []
        for a, b in pairwise([*before[-1:], *before]):
            a_in, b_in = (a[axis] - edge) * sign >= 0, (b[axis] - edge) * sign >= 0
            if a_in != b_in:
                share = (edge - a[axis]) / (b[axis] - a[axis])
                other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
                kept.append((edge, other) if axis == 0 else (other, edge))
            if b_in:
                kept.append(b)
    return kept
