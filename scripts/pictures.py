"""Draw the README's picture from the built brochure: its cover and some of its spreads.

    .venv/bin/python scripts/pictures.py

Reads out/en/brochure-en.pdf and writes docs/pictures/brochure.png, about 1600 pixels wide.
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parent.parent
BROCHURE = ROOT / "out/en/brochure-en.pdf"
PICTURE = ROOT / "docs/pictures/brochure.png"

# Rows of spreads, each a pair of pages counted from 1; (0, 1) is the cover alone.
ROWS = [[(0, 1), (2, 3), (6, 7)], [(12, 13), (24, 25), (26, 27)]]
PAGE = (262, 372)  # pixels, A5's proportions
GAP, GROUND = 18, "#d9d6cf"


def main() -> None:
    pdf = pypdfium2.PdfDocument(BROCHURE)
    width = GAP + len(ROWS[0]) * (2 * PAGE[0] + GAP)
    height = GAP + len(ROWS) * (PAGE[1] + GAP)
    sheet = Image.new("RGB", (width, height), GROUND)
    for row, spreads in enumerate(ROWS):
        for column, spread in enumerate(spreads):
            left = GAP + column * (2 * PAGE[0] + GAP)
            top = GAP + row * (PAGE[1] + GAP)
            for side, number in enumerate(spread):
                if number:
                    sheet.paste(_page(pdf, number), (left + side * PAGE[0], top))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    # Few colours cover the page, but the small ones, such as the emblem, must stay true.
    colours = sheet.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours.save(PICTURE, optimize=True)


def _page(pdf: pypdfium2.PdfDocument, number: int) -> Image.Image:
    page = pdf[number - 1]
    drawn: Image.Image = page.render(scale=3 * PAGE[0] / page.get_width()).to_pil()
    return drawn.resize(PAGE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
