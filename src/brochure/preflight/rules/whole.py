"""Rules on the file as a whole: can it be read, and does it do nothing but show pages?"""

from __future__ import annotations

from collections.abc import Iterator

from brochure.preflight import objects
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import MOST_PAGES, OpenedFile
from brochure.preflight.registry import rule

_ACTIONS = frozenset(
    ["/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/Sound", "/Movie",
     "/Rendition", "/Hide", "/SetOCGState", "/Trans", "/GoTo3DView", "/RichMediaExecute"]
)  # fmt: skip


@rule("B01", Level.ERROR)
def damaged(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The file is damaged.

    What: the file ends too early, its tables are wrong, or a stream cannot be read or has
    operators that make no sense. A reader may still show it, after repairing it.

    Why: every reader repairs in its own way. What the print shop sees may not be what you saw.

    Fix: build the file again. If it was sent to you, ask for it once more.
    """
    if b"%%EOF" not in file.content[-1024:]:
        yield Finding(0, "B01", Level.ERROR, "the file ends too early: its last line is missing")
    if not file.content.startswith(b"%PDF-"):
        yield Finding(0, "B01", Level.ERROR, "the file does not begin as a PDF does")
    for content in contents(file):
        for problem in content.problems:
            yield Finding(content.page.number, "B01", Level.ERROR, problem)
    for problem in file.problems:  # last: reading the pages may add some
        yield Finding(0, "B01", Level.ERROR, problem)


@rule("B08", Level.UNCHECKED)
def too_much(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """A page is too much to be checked.

    What: a page has more than half a million operators, or forms in forms in forms, or the whole
    file has three million, or it has more than 3000 pages. The rest of it was not looked at.

    Why: a check must end. Such pages are mostly maps or drawings with far too much detail, and
    print shops have trouble with them too.

    Fix: simplify the drawing, or place it as a picture of 300 ppi.
    """
    for content in contents(file):
        if content.unchecked:
            yield Finding(content.page.number, "B08", Level.UNCHECKED, content.unchecked)
    if file.too_many:
        message = f"only the first {MOST_PAGES} pages were checked"
        yield Finding(0, "B08", Level.UNCHECKED, message)


@rule("B10", Level.ERROR, outputs=("screen",))
def active(file: OpenedFile, job: Job) -> Iterator[Finding]:
    """The file does more than show pages, or is locked.

    What: the file holds scripts, actions that start or send something, attached files, or it is
    encrypted.

    Why: firewalls of public bodies hold such files back, archives refuse them, and a lock may
    shut out screen readers.

    Fix: remove scripts and attachments where the file is made, and save it without a password.
    """
    if file.encrypted:
        yield Finding(0, "B10", Level.ERROR, "the file is encrypted")
    for what in active_parts(file):
        yield Finding(0, "B10", Level.ERROR, f"the file holds {what}")


def active_parts(file: OpenedFile) -> list[str]:
    """Return what a file holds that acts, each kind once."""
    found: set[str] = set()
    for entries in objects.reachable(file.trailer):
        action = objects.name(entries.get("/S"))
        if "/JS" in entries or action == "/JavaScript":
            found.add("a script")
        elif action in _ACTIONS and entries.get("/Type") in (None, "/Action"):
            found.add(f"an action {action[1:]}")
        if "/EF" in entries:
            found.add("an attached file")
        if "/XFA" in entries:
            found.add("an XFA form")
        if isinstance(objects.resolved(entries.get("/AA")), dict):
            found.add("actions that start by themselves")
    return sorted(found)
