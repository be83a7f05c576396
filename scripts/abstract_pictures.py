"""Draw the sample's pictures: four abstract ones, in the colours of their regions.

    .venv/bin/python scripts/abstract_pictures.py

Writes practices/<practice>/photos/. They stand in for photos, and show no place: folded waves of
paper, discs of light, lines of a sound, creased paper. The same on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

PRACTICES = Path(__file__).parent.parent / "practices"
FINER = 2  # drawn so many times larger, for smooth edges
WIDE, TALL = (2000, 1140), (1900, 2400)  # pixels; a face is 1867 wide at 300 ppi

Colour = tuple[int, int, int]
Point = tuple[float, float]


def between(one: Colour, other: Colour, share: float) -> Colour:
    """Return a mixture of two colours."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def along(colours: Sequence[Colour], share: float) -> Colour:
    """Return the colour at a place, 0 to 1, of a row of colours."""
    place = min(max(share, 0), 1) * (len(colours) - 1)
    first = min(int(place), len(colours) - 2)
    return between(colours[first], colours[first + 1], place - first)


def wave(chance: random.Random, width: int, swing: float) -> Callable[[float], float]:
    """Return a calm curve of some sines, from its place to its height."""
    parts = [
        (swing / n * chance.uniform(0.5, 1), n * math.tau / width / 1.3, chance.uniform(0, 7))
        for n in (1, 2, 3)
    ]
    return lambda x: sum(high * math.sin(x * turns + begin) for high, turns, begin in parts)


def folds() -> Image.Image:
    """Sheets of paper in waves, each with its shadow on the one behind."""
    width, height = (side * FINER for side in WIDE)
    chance = random.Random("folds")
    colours = [(247, 217, 207), (238, 150, 122), (200, 55, 31), (150, 38, 22), (92, 20, 12)]
    picture = Image.new("RGB", (width, height), colours[0])
    layers = 9
    for layer in range(layers):
        curve = wave(chance, width, height * 0.17)
        middle = height * (0.10 + 0.86 * layer / layers)
        slope = chance.uniform(-0.16, 0.16)
        edge = [(x, middle + slope * (x - width / 2) + curve(x)) for x in range(0, width + 9, 8)]
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).polygon([*edge, (width, height), (0, height)], fill=255)
        small = mask.resize((width // 8, height // 8)).filter(ImageFilter.GaussianBlur(9))
        shadow = small.resize((width, height)).point(lambda level: level * 0.42)
        shadow = ImageChops.offset(shadow, 0, -26 * FINER)
        shadow.paste(0, (0, height - 30 * FINER, width, height))
        picture.paste((60, 12, 6), mask=shadow)
        low, high = along(colours, (layer + 0.4) / layers), along(colours, (layer + 1.5) / layers)
        ramp = Image.linear_gradient("L").rotate(90).resize((width, height))
        sheet = Image.composite(
            Image.new("RGB", (width, height), high), Image.new("RGB", (width, height), low), ramp
        )
        picture.paste(sheet, mask=mask)
    return picture.resize(WIDE, Image.Resampling.LANCZOS)


def discs() -> Image.Image:
    """Discs of coloured light that lie over each other, high above an empty ground."""
    width, height = TALL
    chance = random.Random("discs")
    picture = Image.new("RGB", TALL, (250, 241, 222))
    colours: list[Colour] = [(233, 190, 110), (214, 150, 60), (176, 116, 22), (240, 215, 160)]
    centre = width * 0.5, height * 0.27
    for number in range(15):
        turn, far = number * 2.399963, 40 + 42 * math.sqrt(number) * 2.1  # the golden angle
        radius = 150 + chance.random() ** 1.6 * 360
        x, y = centre[0] + far * 1.35 * math.cos(turn), centre[1] + far * 0.75 * math.sin(turn)
        light = Image.new("RGB", (width * FINER, 1500 * FINER), "white")
        box = [FINER * each for each in (x - radius, y - radius, x + radius, y + radius)]
        ImageDraw.Draw(light).ellipse(box, fill=along(colours, chance.random()))
        light = light.resize((width, 1500), Image.Resampling.LANCZOS)
        layer = Image.new("RGB", TALL, "white")
        layer.paste(light)
        picture = ImageChops.multiply(
            picture, Image.blend(layer, Image.new("RGB", TALL, "white"), 0.38)
        )
    draw = ImageDraw.Draw(picture)
    for number in range(26):  # a ground of lines, nearer and nearer to each other
        y = height - 900 * (0.88**number)
        draw.line((0, y, width, y), fill=(214, 170, 96), width=3)
    return picture


def sound() -> Image.Image:
    """Lines that a sound has moved, one before the other."""
    width, height = (side * FINER for side in WIDE)
    chance = random.Random("sound")
    ground = (27, 38, 104)
    picture = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(picture)
    lines = 34
    for line in range(lines):
        base = height * (0.16 + 0.86 * line / lines)
        bumps = [
            (chance.gauss(0.5, 0.16), chance.uniform(0.012, 0.05), chance.random() ** 2)
            for _ in range(11)
        ]
        points: list[Point] = []
        for x in range(-8, width + 9, 6):
            place = x / width
            high = sum(h * math.exp(-(((place - at) / wide) ** 2)) for at, wide, h in bumps)
            points.append((x, base - high * height * 0.12))
        draw.polygon([*points, (width, height), (0, height)], fill=ground)
        colour = along([(120, 138, 222), (215, 220, 244), (255, 255, 255)], line / lines)
        draw.line(points, fill=colour, width=3 * FINER, joint="curve")
    small = picture.resize(WIDE, Image.Resampling.LANCZOS)
    return small.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def creases() -> Image.Image:
    """A sheet that was crumpled and laid flat again, in the light from one side."""
    width, height = (side * FINER for side in WIDE)
    chance = random.Random("creases")
    columns, rows = 13, 8
    step = width / columns
    nodes = {
        (c, r): (
            (c + chance.uniform(-0.36, 0.36)) * step,
            (r + chance.uniform(-0.36, 0.36)) * step,
            chance.uniform(0, 1) * step * 0.62,
        )
        for c in range(-1, columns + 2)
        for r in range(-1, rows + 2)
    }
    colours = [(8, 42, 29), (20, 84, 58), (46, 132, 94), (139, 199, 170), (220, 240, 229)]
    picture = Image.new("RGB", (width, height), colours[1])
    draw = ImageDraw.Draw(picture)
    for c in range(-1, columns + 1):
        for r in range(-1, rows + 1):
            a, b, d, e = nodes[c, r], nodes[c + 1, r], nodes[c, r + 1], nodes[c + 1, r + 1]
            pair = [(a, b, e), (a, e, d)] if chance.random() < 0.5 else [(a, b, d), (b, e, d)]
            for facet in pair:
                draw.polygon([point[:2] for point in facet], fill=along(colours, _light(facet)))
    return picture.resize(WIDE, Image.Resampling.LANCZOS)


def _light(facet: Sequence[tuple[float, float, float]]) -> float:
    """Return how light a facet is, 0 to 1: its normal against the direction of the light."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = facet
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = math.hypot(nx, ny, nz) or 1
    return 0.5 + 0.75 * (-0.62 * nx - 0.5 * ny + 0.6 * nz) / length - 0.28


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "kikk-festival/photos/folds.jpg": folds,
    "canodrom-barcelona/photos/discs.jpg": discs,
    "aws-creative-voucher/photos/sound.png": sound,
    "idm-creative-industries/photos/creases.jpg": creases,
}


def main() -> None:
    for name, draw in PICTURES.items():
        path = PRACTICES / name
        path.parent.mkdir(exist_ok=True)
        settings = {"quality": 86} if path.suffix == ".jpg" else {"optimize": True}
        draw().save(path, **settings)
        print(f"{path.stat().st_size // 1024} kB  {name}")


if __name__ == "__main__":
    main()
