"""Rules on colour spaces: only the inks of the press, in colours and where colours are mixed."""

from __future__ import annotations

from collections.abc import Iterator

from pypdf.generic import DictionaryObject

from brochure.preflight import objects
from brochure.preflight.colour import Space, space_of
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import OpenedFile, Page
from brochure.preflight.registry import rule

_NOT_OF_THE_PRESS = frozenset(["DeviceRGB", "CalRGB", "CalGray", "Lab", "ICCBased"])


@rule("R0027", Level.ERROR, outputs=("print",))
def other_spaces(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A colour is not in CMYK.

    What: RGB, Lab or a colour with its own profile stands anywhere in the page: in its content,
    in forms, patterns, pictures, shadings, soft masks or default colour spaces, used or not
    (Ghent Workgroup 2022, R0027, which looks at used ones only).

    Why: the print shop would convert it, in its own way: black text becomes four inks, and
    colours shift.

    Fix: convert everything to CMYK before the file is made.
    """
    seen: set[tuple[int, int]] = set()
    for content in contents(file):
        found: dict[str, str] = {}
        spaces = list(content.spaces.items()) + list(_declared(content.page, seen))
        for space, where in spaces:
            for family in space.families() & _NOT_OF_THE_PRESS:
                found.setdefault(family, where)
            if space.family == "unknown":
                found.setdefault("a colour space that cannot be read", where)
        for family, where in sorted(found.items()):
            yield Finding(content.page.number, "R0027", Level.ERROR, f"{family} in {where}")


def _declared(page: Page, seen: set[tuple[int, int]]) -> Iterator[tuple[Space, str]]:
    """Yield the colour spaces that the resources of a page declare, each object once a file."""
    appearances = [annotation.get("/AP") for annotation in page.annotations]
    for entries in objects.reachable(*page.resources.values(), *appearances, seen=seen):
        yield from _spaces_of(entries)
    for name, value in objects.entries(page.resources.get("/ColorSpace")).items():
        yield space_of(value), f"the colour space {name} of the resources"


def _spaces_of(entries: DictionaryObject) -> Iterator[tuple[Space, str]]:
    value = entries.get("/ColorSpace")
    if value is None:
        return
    if (named := objects.dictionary(value)) is not None:
        for name, entry in named.items():
            yield space_of(entry), f"the colour space {name} of a form"
    elif isinstance(objects.resolved(value), list) or space_of(value).family != "unknown":
        yield space_of(value), "a picture or shading"


@rule("R0030", Level.ERROR, outputs=("print",))
def blending(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Transparency is mixed in another colour space than CMYK.

    What: a transparency group of a page or a form names a colour space that is not DeviceCMYK
    (Ghent Workgroup 2022, R0030).

    Why: everything below the transparent object is converted to that space and back, and changes
    its colours; black text becomes four inks.

    Fix: set the blending space to CMYK.
    """
    for content in contents(file):
        faults = {
            f"{where} mixes colours in {space}"
            for space, where in content.groups
            if space is not None and space.family != "DeviceCMYK"
        }
        for message in sorted(faults):
            yield Finding(content.page.number, "R0030", Level.ERROR, message)
