"""What each page paints: content streams, followed into forms, patterns and Type 3 glyphs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from brochure.preflight import objects
from brochure.preflight.colour import Space, space_of
from brochure.preflight.interpreter import Interpreter
from brochure.preflight.machine import TOO_MUCH, Shared, TooMuch
from brochure.preflight.marks import Mark
from brochure.preflight.opened import Damaged, OpenedFile, Page
from brochure.preflight.state import IDENTITY, matrix
from brochure.preflight.typefaces import Font


@dataclass
class PageContent:
    """The marks of one page in their order.

    `spaces` are all colour spaces that it names, with where; `groups` the transparency groups,
    `problems` what could not be read, and `unchecked` what was too much.
    """

    page: Page
    marks: list[Mark] = field(default_factory=list)
    spaces: dict[Space, str] = field(default_factory=dict)
    groups: list[tuple[Space | None, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unchecked: str = ""
    transparent: bool = False


def contents(file: OpenedFile) -> list[PageContent]:
    """Return what each page paints; it is worked out once for all rules."""
    if "contents" not in file.memo:
        shared = Shared(file)
        file.memo["contents"] = [_page(shared, page) for page in file.pages]
        file.memo["fonts"] = list(shared.fonts.values())
        file.too_much = any(page.unchecked for page in file.memo["contents"])
    return cast(list[PageContent], file.memo["contents"])


def fonts(file: OpenedFile) -> list[Font]:
    """Return the fonts that the pages select, in the order in which they do."""
    contents(file)
    return cast(list[Font], file.memo["fonts"])


def _page(shared: Shared, page: Page) -> PageContent:
    interpreter = Interpreter(shared, page)
    content = PageContent(page)
    group = objects.entries(page.dictionary.get("/Group"))
    if group:
        space = space_of(group["/CS"]) if "/CS" in group else None
        content.groups.append((space, "the page's group"))
    try:
        interpreter.run(shared.file.page_content(page), page.resources)
        for annotation in page.annotations:
            _appearance(interpreter, annotation)
    except Damaged as error:
        interpreter.problem(str(error))
    except TooMuch:
        interpreter.unchecked = TOO_MUCH
    content.marks = interpreter.marks
    content.spaces = interpreter.spaces
    content.groups += interpreter.groups
    content.problems = interpreter.problems
    content.unchecked = interpreter.unchecked
    content.transparent = interpreter.transparent
    return content


def _appearance(interpreter: Interpreter, annotation: dict[str, object]) -> None:
    """Paint what an annotation looks like, roughly where it stands."""
    form = objects.stream(objects.entries(annotation.get("/AP")).get("/N"))
    place = objects.box(annotation.get("/Rect"))
    if form is None or place is None:
        return
    bounds = objects.box(form.get("/BBox")) or place
    own = matrix(objects.numbers(form.get("/Matrix")), IDENTITY)
    shift = (1.0, 0.0, 0.0, 1.0, place[0] - bounds[0] - own[4], place[1] - bounds[1] - own[5])
    interpreter.form(form, shift)
