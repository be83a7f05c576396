"""Pages as form XObjects: each is written once, and placed on sheets and spreads.

Lengths are points where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

import pikepdf
from pikepdf import Array, Name, Object

from brochure.finish.marks import PT, numbers

SAME_SIZE = 0.1  # mm; pages that differ by more are of different sizes


@dataclass(frozen=True)
class Print:
    """A page to be placed: its form, and its trimmed box as it is shown, turned if /Rotate says
    so."""

    form: Object = field(repr=False)
    box: pikepdf.Rectangle

    @property
    def width(self) -> float:
        return float(self.box.width)

    @property
    def height(self) -> float:
        return float(self.box.height)

    def at(self, x: float, y: float, scale: float, name: str) -> str:
        """Return the operators that draw it with its lower left corner at x, y."""
        moved = numbers(x - scale * self.box.llx, y - scale * self.box.lly)
        return f"{scale:.6g} 0 0 {scale:.6g} {moved} cm {name} Do"


def prints_of(pdf: pikepdf.Pdf) -> list[Print]:
    """Return the pages as forms, cut off at their trimmed edges.

    ValueError when there is no page, and for pages of several sizes: it names those that differ
    from the first.
    """
    prints: list[Print] = []
    for page in pdf.pages:
        form = pdf.make_indirect(page.as_form_xobject())
        # The trimmed page, nothing of a bleed: it would lie on the page beyond the fold.
        form.BBox = page.trimbox
        matrix = pikepdf.Matrix(form.get(Name.Matrix, Array([1, 0, 0, 1, 0, 0])))
        prints.append(Print(form, matrix.transform(pikepdf.Rectangle(form.BBox))))
    if not prints:
        raise ValueError("the file has no page")
    width, height = prints[0].width / PT, prints[0].height / PT
    others = [
        number
        for number, each in enumerate(prints, 1)
        if abs(each.width / PT - width) > SAME_SIZE or abs(each.height / PT - height) > SAME_SIZE
    ]
    if others:
        raise ValueError(
            f"pages of one size are needed: page 1 has {width:.4g} × {height:.4g} mm, "
            f"but not {_ranges(others)}"
        )
    return prints


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers in words: 3, 5 to 8."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
