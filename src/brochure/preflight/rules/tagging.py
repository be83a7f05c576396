"""Rules for screen files: what screen readers, search and phones need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from brochure.preflight import objects, xmp
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import Damaged, OpenedFile
from brochure.preflight.registry import rule
from brochure.preflight.rules.common import summed

_MANY_PAGES = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_HEADING = re.compile(r"/H([1-6])")
_MOST = 500_000  # elements
_DEEPEST = 200


@dataclass(frozen=True)
class Element:
    """An element of the structure tree, its role mapped to a standard one."""

    role: str
    page: int  # 0 when it is not known
    entries: dict[str, object]


def elements(file: OpenedFile) -> list[Element]:
    """Return the structure tree in reading order, walked once for all rules."""
    if "elements" not in file.memo:
        file.memo["elements"] = list(_walk(file))
    found: list[Element] = file.memo["elements"]
    return found


def _walk(file: OpenedFile) -> Iterator[Element]:
    root = objects.entries(file.catalog.get("/StructTreeRoot"))
    roles = {key: objects.name(to) for key, to in objects.entries(root.get("/RoleMap")).items()}
    pages = file.page_numbers()
    waiting: list[tuple[object, int, int]] = [(kid, 0, 0) for kid in reversed(_kids(root))]
    seen: set[object] = set()
    while waiting and len(seen) < _MOST:
        value, page, depth = waiting.pop()
        entries = objects.entries(value)
        key = objects.identity(value)
        if "/S" not in entries or key in seen or depth > _DEEPEST:
            continue  # a piece of content, or a circle
        seen.add(key)
        page = pages.get(objects.identity(entries["/Pg"]), page) if "/Pg" in entries else page
        role = objects.name(entries["/S"])
        for _ in range(8):
            role = roles.get(role) or role
        yield Element(role, page or _first_page(entries, pages), entries)
        waiting.extend((kid, page, depth + 1) for kid in reversed(_kids(entries)))


def _kids(entries: dict[str, object]) -> list[object]:
    value = entries.get("/K")
    return objects.array(value) or ([value] if objects.dictionary(value) is not None else [])


def _first_page(entries: dict[str, object], pages: dict[object, int]) -> int:
    for kid in _kids(entries):
        below = objects.entries(kid)
        if "/Pg" in below:
            return pages.get(objects.identity(below["/Pg"]), 0)
    return 0


@rule("B21", Level.ERROR, outputs=("screen",))
def title(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The title is missing, or not shown.

    What: the XMP metadata has no title, or the file does not ask readers to show it.

    Why: the window, the tab and the screen reader say the file's name instead.

    Fix: give the document a title, and set DisplayDocTitle.
    """
    try:
        if not xmp.properties(file).get(f"{xmp.DC}title"):
            yield Finding(0, "B21", Level.ERROR, "the file has no title in its XMP metadata")
    except Damaged as error:
        yield Finding(0, "B21", Level.ERROR, str(error))
    wishes = objects.entries(file.catalog.get("/ViewerPreferences"))
    if not objects.flag(wishes.get("/DisplayDocTitle")):
        message = "readers show the file's name, not its title: DisplayDocTitle is not set"
        yield Finding(0, "B21", Level.ERROR, message)


@rule("B22", Level.ERROR, outputs=("screen",))
def language(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The language is missing.

    What: the document does not state its language, or not as a language tag such as "de" or
    "pt-BR".

    Why: a screen reader speaks it with the wrong voice.

    Fix: state the language of the document, and of each part that has another one.
    """
    found = objects.text(file.catalog.get("/Lang"))
    if not _LANGUAGE.fullmatch(found):
        message = f'the language is "{found[:40]}"' if found else "the file states no language"
        yield Finding(0, "B22", Level.ERROR, message)


@rule("B23", Level.ERROR, outputs=("screen",))
def tags(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The file is not tagged.

    What: the file has no structure tree, is not marked as tagged, or something on a page is
    neither tagged nor an artifact.

    Why: without tags there is no reading order: screen readers guess, and phones cannot reflow.

    Fix: make the file with tags. They cannot be added well afterwards.
    """
    if not objects.flag(objects.entries(file.catalog.get("/MarkInfo")).get("/Marked")):
        yield Finding(0, "B23", Level.ERROR, "the file is not marked as tagged")
    if not elements(file):
        yield Finding(0, "B23", Level.ERROR, "the file has no structure tree")
        return
    for content in contents(file):
        hits = [
            ("something is neither tagged nor an artifact", mark.box)
            for mark in content.marks
            if not mark.tagged
        ]
        yield from summed("B23", Level.ERROR, content.page.number, hits)


@rule("B24", Level.ERROR, outputs=("screen",))
def alternatives(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A picture has no description.

    What: a Figure or Formula in the structure tree has no alternative text.

    Why: people who cannot see the picture do not learn what it shows.

    Fix: describe the picture. If it only decorates, make it an artifact.
    """
    for element in elements(file):
        if element.role not in ("/Figure", "/Formula"):
            continue
        said = objects.text(element.entries.get("/Alt")) or objects.text(
            element.entries.get("/ActualText")
        )
        if not said.strip():
            message = f"a {element.role[1:]} has no alternative text"
            place = objects.box(objects.entries(element.entries.get("/A")).get("/BBox"))
            yield Finding(element.page, "B24", Level.ERROR, message, place)


@rule("B25", Level.ERROR, outputs=("screen",))
def headings(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Headings skip a level.

    What: the first heading is not of level 1, or a heading follows whose level is more than one
    below the heading before it.

    Why: people who cannot see the page find their way by headings. A gap looks like a part that
    is missing.

    Fix: use the level that the heading has in the text, not the one that looks best.
    """
    before = 0
    for element in elements(file):
        match = _HEADING.fullmatch(element.role)
        if match is None:
            continue
        level = int(match[1])
        if level > before + 1:
            what = f"follows a heading of level {before}" if before else "is the first heading"
            message = f"a heading of level {level} {what}"
            yield Finding(element.page, "B25", Level.ERROR, message)
        before = level


@rule("B26", Level.WARNING, outputs=("screen",))
def bookmarks(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """There are no bookmarks.

    What: a file of more than 20 pages has no bookmarks.

    Why: nobody wants to leaf through so many pages on a screen.

    Fix: make a bookmark for each heading.
    """
    if len(file.pages) > _MANY_PAGES:
        outline = objects.entries(file.catalog.get("/Outlines"))
        if objects.dictionary(outline.get("/First")) is None:
            message = f"the file has {len(file.pages)} pages, and no bookmarks"
            yield Finding(0, "B26", Level.WARNING, message)


@rule("B27", Level.ERROR, outputs=("screen",))
def links(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A link is not described.

    What: a link has no description (Contents) or is not in the structure tree, or its page does
    not say that the tab key follows the structure.

    Why: a screen reader says "link", and not where it leads; the keyboard jumps about.

    Fix: make the file with tagged links. PDF/UA asks for all three.
    """
    for page in file.pages:
        found = [a for a in page.annotations if objects.name(a.get("/Subtype")) == "/Link"]
        for link in found:
            place = objects.box(link.get("/Rect"))
            if not objects.text(link.get("/Contents")).strip():
                yield Finding(page.number, "B27", Level.ERROR, "a link is not described", place)
            if "/StructParent" not in link:
                yield Finding(page.number, "B27", Level.ERROR, "a link is not tagged", place)
        if found and objects.name(page.dictionary.get("/Tabs")) != "/S":
            message = "the tab key does not follow the structure"
            yield Finding(page.number, "B27", Level.ERROR, message)
