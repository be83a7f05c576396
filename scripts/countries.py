"""Makes src/brochure/maps/countries.json: the countries of Europe, projected and simplified.

    PYTHONPATH=src python scripts/countries.py [countries-10m.json]

Without a file, it fetches the npm package `world-atlas` with npm, into a temporary folder. The
package is Natural Earth (public domain) as TopoJSON: countries are rings of arcs, and an arc that
is a border stands in it once. Only whole arcs are simplified (Visvalingam and Whyatt 1993, Line
generalisation by repeated elimination of points), so neighbours still touch.
"""

from __future__ import annotations

import heapq
import json
import subprocess
import sys
import tarfile
import tempfile
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

from brochure.maps.projection import projected

TARGET = Path(__file__).parents[1] / "src/brochure/maps/countries.json"
PACKAGE, FILE = "world-atlas@2.0.2", "countries-10m.json"

WEST, SOUTH, EAST, NORTH = -32, 27, 45, 72  # degrees: Europe with the Azores and the Canaries
UNIT = 100  # metres
DETAIL = 6.0  # km²: a point whose triangle with its neighbours is smaller goes
FAR = 400  # times as much, outside of Europe
ISLAND = 16.0  # km²: a smaller island goes, but not the largest part of a country
NAMED = {"Kosovo": "XK", "N. Cyprus": "CY"}  # without a number in the source

Point = tuple[float, float]


def main() -> None:
    """Write the file and say how large it is."""
    path = Path(sys.argv[1]) if sys.argv[1:] else None
    topology = json.loads(path.read_text(encoding="utf-8") if path else fetched())
    degrees = decoded(topology)
    arcs = [simplified(arc) for arc in degrees]
    countries = rings_by_country(topology, degrees)
    countries = {code: without_islets(rings, arcs) for code, rings in sorted(countries.items())}
    text = written(countries, arcs)
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(countries)} countries, {len(text) / 1000:.0f} kB")


def fetched() -> str:
    """Return the file out of the npm package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as package:
            file = package.extractfile(f"package/{FILE}")
            assert file is not None
            return file.read().decode()


def decoded(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs in degrees, longitude first; they are written as differences."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        xs, ys = accumulate(p[0] for p in arc), accumulate(p[1] for p in arc)
        arcs.append([(x * sx + tx, y * sy + ty) for x, y in zip(xs, ys, strict=True)])
    return arcs


def is_near(point: Point) -> bool:
    """Whether a point in degrees lies in Europe."""
    return WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH


def rings_by_country(topology: dict[str, Any], arcs: list[list[Point]]) -> dict[str, list[Any]]:
    """Return the rings of each country that reach into Europe, by its code of two letters."""
    aliases = get_global("territory_aliases")
    found: dict[str, list[Any]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = NAMED.get(name) or (aliases.get(shape.get("id", "")) or [None])[0]
        if code is None or "arcs" not in shape:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for rings in polygons:
            points = [p for arc in rings[0] for p in arcs[arc if arc >= 0 else ~arc]]
            if any(map(is_near, points)):
                owner = "UA" if code == "RU" and is_crimea(points) else code
                found.setdefault(owner, []).extend(rings)
    return found


def is_crimea(points: list[Point]) -> bool:
    """Whether a polygon is Crimea, which the source gives to whoever holds it."""
    return all(32 < x < 37 and 44 < y < 46.6 for x, y in points) and any(
        y > 45.9 for _, y in points
    )


def triangle(a: Point, b: Point, c: Point) -> float:
    """Return the area between three points."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(arc: list[Point]) -> list[Point]:
    """Return an arc projected, in kilometres, without the points that matter least."""
    points = [(x / 1000, y / 1000) for x, y in (projected(lat, lon) for lon, lat in arc)]
    limits = [DETAIL if is_near(point) else DETAIL * FAR for point in arc]
    least = 4 if points[0] == points[-1] else 2
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))

    def weight(i: int) -> float:
        return triangle(points[before[i]], points[i], points[after[i]]) / limits[i]

    weights = [float("inf"), *(weight(i) for i in range(1, len(points) - 1)), float("inf")]
    queue = [(w, i) for i, w in enumerate(weights) if w < 1]
    heapq.heapify(queue)
    left, gone = len(points), set()
    while queue and left > least:
        area, i = heapq.heappop(queue)
        if i in gone or area != weights[i]:
            continue
        gone.add(i)
        left -= 1
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if 0 < j < len(points) - 1:
                weights[j] = max(weight(j), area)
                if weights[j] < 1:
                    heapq.heappush(queue, (weights[j], j))
    return [point for i, point in enumerate(points) if i not in gone]


def area(ring: list[int], arcs: list[list[Point]]) -> float:
    """Return the area of a ring in km²."""
    points = [p for arc in ring for p in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))) / 2


def without_islets(rings: list[Any], arcs: list[list[Point]]) -> list[Any]:
    """Return the rings of a country without its smallest islands."""
    largest = max(rings, key=lambda ring: area(ring, arcs))
    return [r for r in rings if r is largest or len(r) > 1 or area(r, arcs) >= ISLAND]


def written(countries: dict[str, list[Any]], arcs: list[list[Point]]) -> str:
    """Return the file: a line for each country and each arc that is used."""
    used = sorted({i if i >= 0 else ~i for rings in countries.values() for r in rings for i in r})
    place = {old: new for new, old in enumerate(used)}
    shapes = {
        code: [[place[i] if i >= 0 else ~place[~i] for i in ring] for ring in rings]
        for code, rings in countries.items()
    }
    lines = [json.dumps(differences(arcs[i]), separators=(",", ":")) for i in used]
    rows = [
        f'"{code}":{json.dumps(rings, separators=(",", ":"))}' for code, rings in shapes.items()
    ]
    head = {
        "source": f"Natural Earth, 1:10m, Admin 0 countries; by way of npm {PACKAGE} (ISC)",
        "licence": "public domain",
        "made by": "scripts/countries.py",
        "projection": "EPSG:3035",
        "unit": f"{UNIT} m; each arc is its first point, then differences",
    }
    begin = "".join(f'"{key}":{json.dumps(value)},\n' for key, value in head.items())
    shapes_text, arcs_text = ",\n".join(rows), ",\n".join(lines)
    return f'{{\n{begin}"countries":{{\n{shapes_text}\n}},\n"arcs":[\n{arcs_text}\n]\n}}\n'


def differences(arc: list[Point]) -> list[int]:
    """Return an arc as whole numbers: the first point, then the way to each next one."""
    whole = [(round(x * 1000 / UNIT), round(y * 1000 / UNIT)) for x, y in arc]
    flat = [*whole[0]]
    for (x1, y1), (x2, y2) in pairwise(whole):
        if (x1, y1) != (x2, y2):
            flat += [x2 - x1, y2 - y1]
    return flat


if __name__ == "__main__":
    main()
