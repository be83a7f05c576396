"""The check of one file by all rules that apply to its output."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from brochure.preflight import rules
from brochure.preflight.content import contents
from brochure.preflight.findings import Finding, Job, Level
from brochure.preflight.opened import Damaged, OpenedFile, opened
from brochure.preflight.registry import RULES, Rule

# These load a picture library, so not before they are needed.
_DRAWN = ("brochure.preflight.raster", "brochure.preflight.contrast")
_MOST = 2000  # findings of one rule

__all__ = ["all_rules", "preflight", "rules"]


def all_rules() -> list[Rule]:
    """Return every rule, in the order of their ids."""
    for module in _DRAWN:
        importlib.import_module(module)
    return [RULES[id_] for id_ in sorted(RULES)]


def preflight(content: bytes, job: Job) -> list[Finding]:
    """Return what is wrong with a file, by page and rule. Never raises for what is in the file."""
    found: set[Finding] = set()
    applying = [rule for rule in all_rules() if job.output in rule.outputs]
    try:
        with opened(content) as file:
            contents(file)  # before any rule: it finds out whether PDFium can be trusted with it
            for rule in applying:
                found.update(_findings(rule, file, job))
    except Damaged as error:
        found.add(Finding(0, "B01", Level.ERROR, f"the file cannot be checked: {error}"))
    return sorted(found, key=_order)


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
