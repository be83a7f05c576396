"""Draw the README's pictures from the built brochure: some spreads, and contact sheets of it all.

    .venv/bin/python scripts/pictures.py

Reads out/<language>/brochure-<language>.pdf and writes into docs/pictures/: brochure.png, about
1600 pixels wide, and contact-<language>.png with every spread of the brochure.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs/pictures"
LANGUAGES = ("en", "fr", "de", "it", "ca")

# Rows of spreads, each a pair of pages counted from 1; (0, 1) is the cover alone.
Spread = tuple[int, int]
ROWS: list[list[Spread]] = [[(0, 1), (2, 3), (6, 7)], [(14, 15), (28, 29), (40, 41)]]
PAGE = (262, 372)  # pixels, A5's proportions
CONTACT = (105, 149)  # pixels, of a page on a contact sheet
CONTACT_COLOURS = Image.Quantize.MEDIANCUT
ROW = 8  # spreads in a row of a contact sheet
GAP, GROUND = 18, "#d9d6cf"


def main() -> None:
    for language in LANGUAGES:
        pdf = pypdfium2.PdfDocument(ROOT / f"out/{language}/brochure-{language}.pdf")
        if language == LANGUAGES[0]:
            # Few colours cover the page, but the small ones, such as the emblem, must stay true.
            _write(_sheet(pdf, ROWS, PAGE), "brochure.png", Image.Quantize.MAXCOVERAGE)
        _write(
            _sheet(pdf, _all_spreads(len(pdf)), CONTACT), f"contact-{language}.png", CONTACT_COLOURS
        )


def _all_spreads(pages: int) -> list[list[Spread]]:
    """Return every spread of a brochure, in rows: the cover on the right, then pairs."""
    lefts = range(0, pages + 1, 2)
    spreads = [(left, left + 1 if left < pages else 0) for left in lefts]
    return [spreads[start : start + ROW] for start in range(0, len(spreads), ROW)]


def _sheet(
    pdf: pypdfium2.PdfDocument, rows: Sequence[Sequence[Spread]], size: tuple[int, int]
) -> Image.Image:
    """Return spreads in rows; a page 0 is left out."""
    width = GAP + max(map(len, rows)) * (2 * size[0] + GAP)
    height = GAP + len(rows) * (size[1] + GAP)
    sheet = Image.new("RGB", (width, height), GROUND)
    for row, spreads in enumerate(rows):
        for column, spread in enumerate(spreads):
            left = GAP + column * (2 * size[0] + GAP)
            top = GAP + row * (size[1] + GAP)
            for side, number in enumerate(spread):
                if number:
                    sheet.paste(_page(pdf, number, size), (left + side * size[0], top))
    return sheet


def _write(sheet: Image.Image, name: str, method: Image.Quantize) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    colours = sheet.quantize(256, method=method, dither=Image.Dither.NONE)
    colours.save(PICTURES / name, optimize=True)


def _page(pdf: pypdfium2.PdfDocument, number: int, size: tuple[int, int]) -> Image.Image:
    page = pdf[number - 1]
    drawn: Image.Image = page.render(scale=3 * size[0] / page.get_width()).to_pil()
    return drawn.resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
