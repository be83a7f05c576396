"""The check of one file by all rules that apply to its output."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import suppress

from brochure.preflight import objects, rules, xmp
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import Damaged, OpenedFile, opened
from brochure.preflight.registry import RULES, Rule

# These load a picture library, so not before they are needed.
_DRAWN = ("brochure.preflight.raster", "brochure.preflight.contrast")
_MOST = 2000  # findings of one rule

__all__ = ["all_rules", "claims_print", "examined", "preflight", "rules", "unreadable"]


def all_rules() -> list[Rule]:
    """Return every rule, in the order of their ids."""
    for module in _DRAWN:
        importlib.import_module(module)
    return [RULES[id_] for id_ in sorted(RULES)]


def preflight(content: bytes, job: Job) -> list[Finding]:
    """Return what is wrong with a file, by page and rule. Never raises for what is in the file."""
    try:
        with opened(content) as file:
            return examined(file, job)
    except Damaged as error:
        return [unreadable(error)]


def examined(file: OpenedFile, job: Job) -> list[Finding]:
    """Return what is wrong with a file that is open already, as `preflight` does."""
    contents(file)  # before any rule: it finds out whether PDFium can be trusted with it
    found: set[Finding] = set()
    for rule in all_rules():
        if job.output in rule.outputs:
            found.update(_findings(rule, file, job))
    return sorted(found, key=_order)


def unreadable(error: Damaged) -> Finding:
    """Return the only finding on a file that `opened` refuses."""
    return Finding(0, "B01", Level.ERROR, f"the file cannot be checked: {error}")


def claims_print(file: OpenedFile) -> bool:
    """Return whether a file says of itself that it is made for print: any kind of PDF/X, by its
    output intents, its metadata or its document information (ISO 15930-7, 6.2 and 6.7)."""
    intents = map(objects.entries, objects.array(file.catalog.get("/OutputIntents")))
    if any(objects.name(intent.get("/S")) == "/GTS_PDFX" for intent in intents):
        return True
    if "/GTS_PDFXVersion" in file.information:
        return True
    with suppress(Damaged):
        return f"{xmp.PDFX_ID}GTS_PDFXVersion" in xmp.properties(file)
    return False


def _findings(rule: Rule, file: OpenedFile, job: Job) -> Iterator[Finding]:
    """Yield what one rule finds. If it breaks, that is a finding too, and no other rule's harm."""
    count = 0
    try:
        for finding in rule.check(file, job):
            count += 1
            if count > _MOST:
                message = f"only the first {_MOST} findings are listed"
                yield Finding(0, rule.id, Level.UNCHECKED, message)
                return
            yield finding
    except Exception as error:  # a bug of ours, or damage that nobody thought of
        message = f"the rule gave up: {type(error).__name__}: {str(error)[:200]}"
        yield Finding(0, rule.id, Level.UNCHECKED, message)


def _order(finding: Finding) -> tuple[object, ...]:
    box = finding.box or ()
    return finding.page, finding.rule, finding.level, finding.message, box
