"""The map of a region: its country among its neighbours, and the places of its practices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from brochure.maps.countries import UNIT, Box, Point, Ring, clipped, countries
from brochure.maps.labels import Label, labelled
from brochure.maps.projection import projected

KILOMETRE = 1000 / UNIT
LEAST, MOST = (
    200 * KILOMETRE,
    1000 * KILOMETRE,
)  # what a map shows, at least and at most, of a country
PART = 0.01  # of a country's largest part: what is smaller does not widen the frame
MARGIN = 0.08  # of the frame
EDGE = 0.5  # mm that countries go beyond the frame, so that no border is drawn along it
DOT = 0.9  # mm, the radius
NEAR = 0.02  # mm: points of a line that are nearer to each other are one


@dataclass(frozen=True)
class Spot:
    """A place with its name in one language; degrees."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class LocatorMap:
    """A map to be drawn, in millimetres from the top left corner.

    `own` is the path of the region's country, "" where it is not known, `others` those of the
    countries around it. `names` are the places from the map's dots, also those without a label.
    """

    width: float
    height: float
    own: str
    others: tuple[str, ...]
    dots: tuple[Point, ...]
    radius: float
    labels: tuple[Label, ...]
    names: tuple[str, ...]


def locator(
    country: str, spots: Sequence[Spot], width: float, height: float, size: float
) -> LocatorMap | None:
    """Return a map of so many millimetres, `size` that of its names; none without places.

    Places with the same point are one dot, with the name of the first.
    """
    names: dict[Point, str] = {}
    for spot in spots:
        x, y = projected(spot.latitude, spot.longitude)
        names.setdefault((x / UNIT, y / UNIT), spot.name)
    if not names:
        return None
    frame = _frame(country, list(names), width / height)
    scale = width / (frame.right - frame.left)
    dots = tuple(
        (round((x - frame.left) * scale, 2), round((frame.high - y) * scale, 2)) for x, y in names
    )
    own, others = _drawn(country, frame, scale)
    paper = Box(0, 0, width, height)
    labels = labelled(list(zip(dots, names.values(), strict=True)), paper, size, DOT)
    listed = tuple(dict.fromkeys(names.values()))
    return LocatorMap(width, height, own, others, dots, DOT, tuple(labels), listed)


def _frame(country: str, points: list[Point], aspect: float) -> Box:
    """Return what the map shows: the country, as far as it is not too large, and all places."""
    places = Box.around(points)
    shown = places
    if rings := countries().get(country):
        largest = max(ring.area for ring in rings)
        for ring in rings:
            if ring.area >= PART * largest:
                shown = shown.joined(ring.box)
        left, right = _limited(shown.left, shown.right, (places.left + places.right) / 2)
        low, high = _limited(shown.low, shown.high, (places.low + places.high) / 2)
        shown = Box(left, low, right, high).joined(places)
    width, height = shown.right - shown.left, shown.high - shown.low
    width, height = max(width, LEAST), max(height, LEAST)
    width, height = width / (1 - 2 * MARGIN), height / (1 - 2 * MARGIN)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (shown.left + shown.right) / 2, (shown.low + shown.high) / 2
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _limited(start: float, end: float, middle: float) -> tuple[float, float]:
    """Return a stretch that is not too long, around a middle but within the ends."""
    if end - start <= MOST:
        return start, end
    start = min(max(start, middle - MOST / 2), end - MOST)
    return start, start + MOST


@lru_cache(maxsize=256)
def _drawn(country: str, frame: Box, scale: float) -> tuple[str, tuple[str, ...]]:
    """Return the path of a country, and those of the others that are in the frame."""
    paths = {code: _path(rings, frame, scale) for code, rings in countries().items()}
    own = paths.pop(country, "")
    return own, tuple(path for path in paths.values() if path)


def _path(rings: tuple[Ring, ...], frame: Box, scale: float) -> str:
    window = frame.grown(EDGE / scale)
    drawn = []
    for ring in rings:
        if ring.box.meets(window):
            inside = clipped(ring.points, window)
            points = [((x - frame.left) * scale, (frame.high - y) * scale) for x, y in inside]
            drawn.append(_closed(points))
    return "".join(drawn)


def _closed(points: list[Point]) -> str:
    kept = [
        b
        for a, b in pairwise([*points[-1:], *points])
        if abs(a[0] - b[0]) > NEAR or abs(a[1] - b[1]) > NEAR
    ]
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in kept) + "Z"
