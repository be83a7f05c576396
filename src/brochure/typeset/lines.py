"""Lines that the engine has set once are not set again (WeasyPrint 70.0, pinned: private names).

To balance columns, and to keep lines and headings together, the engine lays the same text out up
to a dozen times, at other heights but at the same width. So the same lines are broken, shaped and
hyphenated again each time, which takes half of all typesetting. Here, a line is remembered while
its document is laid out, and moved to where it is wanted next. Only plain lines are: of text and
its markup, from left to right, beside no float.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox
from weasyprint.layout import inline

_set_line = inline.get_next_linebox


@dataclass(frozen=True)
class _Line:
    """A line as it was set, and where; `after` is where the text goes on.

    `alive` holds what the key knows by its address in memory, so that nothing else gets it.
    """

    line: Any
    x: float
    y: float
    after: Any
    alive: tuple[Any, ...]


_lines: dict[tuple[Any, ...], _Line] | None = None  # of the document that is laid out


def install() -> None:
    """Put this in the place of the engine's own function; doing it twice changes nothing."""
    inline.get_next_linebox = _next_line


@contextmanager
def remembered() -> Iterator[None]:
    """Remember the lines of the one document that is laid out meanwhile."""
    global _lines
    _lines = {}
    try:
        yield
    finally:
        _lines = None


def _next_line(
    context: Any,
    linebox: Any,
    position_y: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: list[Any],
    fixed_boxes: list[Any],
    first_letter_style: Any,
    first_line_style: Any,
) -> tuple[Any, Any]:
    """Return the next line of a paragraph and where the text goes on, as the engine does."""
    arguments = (context, linebox, position_y, bottom_space, skip_stack, containing_block)
    others = (absolute_boxes, fixed_boxes, first_letter_style, first_line_style)
    aside = context.excluded_shapes or first_letter_style or first_line_style
    if _lines is None or aside or not _is_plain(containing_block.style):
        result: tuple[Any, Any] = _set_line(*arguments, *others)
        return result
    x = containing_block.content_box_x()
    key = (
        *map(id, linebox.children),
        id(linebox.style),
        _frozen(skip_stack),
        linebox.text_indent,
        containing_block.width,
    )
    if known := _lines.get(key):
        return _moved(known, linebox, x, position_y), known.after
    before = len(absolute_boxes), len(fixed_boxes)
    line, after = _set_line(*arguments, *others)
    is_alone = before == (len(absolute_boxes), len(fixed_boxes))
    if line is not None and is_alone and all(map(_is_text, line.descendants())):
        alive = (linebox.children, linebox.style)
        _lines[key] = _Line(line.deepcopy(), x, position_y, after, alive)
    return line, after


def _is_plain(style: Any) -> bool:
    return bool(style["direction"] == "ltr" and style["text_align_all"] != "justify")


def _is_text(box: Any) -> bool:
    return isinstance(box, LineBox | InlineBox | TextBox) and not (
        getattr(box, "footnote", None) or getattr(box, "is_leader", False)
    )


def _moved(known: _Line, linebox: Any, x: float, y: float) -> Any:
    """Return a copy of a line at another place; the box that it comes from is told, as ever."""
    line = known.line.deepcopy()
    line.translate(x - known.x, y - known.y)
    line.position_y = y
    linebox.position_x, linebox.position_y = line.position_x, y
    linebox.width, linebox.height = line.width, line.height
    return line


def _frozen(skip_stack: Any) -> Any:
    """Return where a line begins, nested dictionaries, as something that can be a key."""
    if skip_stack is None:
        return None
    return tuple((index, _frozen(below)) for index, below in skip_stack.items())
