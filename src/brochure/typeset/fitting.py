"""Copy fitting: which setting of a layout makes a text fill the pages that are there for it.

A section is laid out as the layout says. Where it runs over, the dense setting is tried, and where
it leaves white space, the roomy one; what fits best is kept. So most sections are laid out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure.boxes import LineBox, MarginBox, TextBox

from brochure.layouts import Composed, Style
from brochure.typeset.galley import Remark

ROOM = 0.12  # of the type area's height: with more of it left below the text, roomy is tried


@dataclass(frozen=True)
class Laid:
    """A document as the engine laid it out, and what it said meanwhile."""

    document: Any
    remarks: list[Remark]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return len(self.document.pages)


def fitted(composed: Composed, lay_out: Callable[[tuple[Style, ...]], Laid]) -> Laid:
    """Return the section laid out in the setting that fits its pages best.

    `lay_out` lays it out with the given style sheets after those of the section. Where no setting
    fits, the normal one is returned with a remark on how much text is too much in the dense one.
    """
    laid, fit = lay_out(()), composed.fit
    if fit is None:
        return laid
    if laid.pages > fit.pages:
        dense = lay_out((fit.dense,)) if fit.dense else laid
        if dense.pages <= fit.pages:
            return dense
        laid.remarks.append(Remark("copy-too-long", _too_much(dense, fit.pages), fit.text))
    elif fit.roomy and white(laid, fit.pages) > ROOM:
        roomy = lay_out((fit.roomy,))
        if roomy.pages <= fit.pages:
            return roomy
    return laid


def white(laid: Laid, pages: int) -> float:
    """Return how much of the last of `pages` pages is white below its text: 0 to 1, of the height
    of the type area. Columns count by the longest; a page that is not there is all white."""
    if laid.pages < pages:
        return 1.0
    page = laid.document.pages[pages - 1]._page_box
    bottoms = [line.position_y + line.height for line in _lines(page)]
    foot = page.content_box_y() + page.height
    return float((foot - max(bottoms)) / page.height) if bottoms else 1.0


def _too_much(laid: Laid, pages: int) -> str:
    # What runs over stands on the emptiest pages after the first, which may be a picture with a
    # title: at the end of the text, or between this face and the text.
    after = sorted(_counted(page._page_box) for page in laid.document.pages[1:])
    counts = after[: laid.pages - pages]
    lines, characters = (sum(each) for each in zip(*counts, strict=True))
    return (
        f"{_number(lines, 'line')} of text ({_number(characters, 'character')}) too much for"
        f" {_number(pages, 'page')}"
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _counted(page: Any) -> tuple[int, int]:
    lines = list(_lines(page))
    texts = (box.text for line in lines for box in line.descendants() if isinstance(box, TextBox))
    return len(lines), sum(len(text) for text in texts)


def _lines(box: Any) -> Iterator[Any]:
    """Yield the lines of text on a page, without those in its margins."""
    for child in getattr(box, "children", ()):
        if isinstance(child, LineBox):
            yield child
        elif not isinstance(child, MarginBox):
            yield from _lines(child)
