"""How long does it take to read and to develop a photo of 24 megapixels?

    .venv/bin/python bench/develop.py [ROUNDS]

Draws a JPEG of 6000 × 4000 pixels in a temporary folder, and prints for each round the seconds of
CPU that it takes to read it (is it whole?), to develop it for the upper part of a page in A5, and
to develop it with all of its pixels decoded.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageFilter

from brochure.diagnostics import Diagnostics, Place
from brochure.pictures import Frame, Negative, developing, negative
from brochure.sources import Folder
from brochure.sources.picture import read_picture

FACE = Frame(158, 89.5)
ALL_PIXELS = 1e9  # in place of `SHARPER`


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder / "photo.jpg")
        size = (folder / "photo.jpg").stat().st_size / 1e6
        print(f"a JPEG of 6000 × 4000 pixels, {size:.1f} MB")
        for number in range(rounds):
            started = time.process_time()
            place = Place(f"round {number}")  # what was read for another place is remembered
            picture = read_picture(Folder(folder), "photo.jpg", place, Diagnostics())
            read = time.process_time() - started
            assert picture
            made = negative(picture, FACE, (50, 50))
            developed, all_pixels = seconds(made), seconds(made, ALL_PIXELS)
            print(f"read {read:.2f} s, developed {developed:.2f}, all pixels {all_pixels:.2f}")


def draw(path: Path) -> None:
    """Write something with the detail of a photo."""
    grain = Image.effect_noise((6000, 4000), 40).filter(ImageFilter.GaussianBlur(1.2))
    light = Image.linear_gradient("L").resize(grain.size)
    Image.merge("RGB", (grain, light, grain)).save(path, quality=92)


def seconds(made: Negative, sharper: float = developing.SHARPER) -> float:
    """Return how long it takes to develop a photo, decoded at `sharper` times its size."""
    before, developing.SHARPER = developing.SHARPER, sharper
    started = time.process_time()
    try:
        developing.developed(made)
    finally:
        developing.SHARPER = before
    return time.process_time() - started


if __name__ == "__main__":
    main()
