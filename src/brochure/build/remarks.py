"""What came up while sections were typeset, in the words of diagnostics."""

from __future__ import annotations

from brochure.codes import FINEST, PT
from brochure.diagnostics import Diagnostics, Place
from brochure.editions import Kind, Section
from brochure.layouts import Composed, Layout, Standing
from brochure.model import Project
from brochure.typeset import Failure, Galley

# How remarks of the typesetting are put in words, and what to do about them.
_REMARKS = {
    "engine": ("{}the typesetting engine says: ", "correct the layout"),
    "engine-warning": ("{}the typesetting engine says: ", "correct the layout"),
    "text-off-page": (
        "{}text lies beyond the edge of the page: ",
        "shorten the text, or give it more room in the layout",
    ),
    "copy-too-long": (
        "{}the text takes a further spread: even in the dense setting, ",
        "shorten the text by this much",
    ),
}


def report_failure(failure: Failure, found: Diagnostics) -> None:
    """Say which section could not be typeset, and why."""
    composed = failure.job.composed
    found.add(
        "section-failed",
        Place(composed.template),
        f'the section "{composed.name}" could not be typeset: {failure.reason}',
        "look at the section's text and at the layout's template",
    )


def report_remarks(composed: Composed | Standing, galley: Galley, found: Diagnostics) -> None:
    """Say what was remarked while a section was typeset, now or in an earlier build."""
    for remark in galley.remarks:
        words, hint = _REMARKS[remark.rule]
        found.add(
            remark.rule,
            Place(remark.file or composed.template, remark.line, remark.column),
            # A style sheet's fault is everybody's: said once, not for each section.
            words.format("" if remark.line else f'in the section "{composed.name}" ')
            + remark.message.rstrip("."),
            hint,
        )


def report_codes(
    section: Section, galley: Galley, project: Project, layout: Layout, found: Diagnostics
) -> None:
    """Say which codes are left out because no telephone would read them from paper."""
    for code in galley.codes:
        if code.is_readable:
            continue
        found.add(
            "code-too-fine",
            _place_of_link(section, code.address, project, layout),
            f'the address "{code.address}" is too long for its code: in the'
            f" {code.side / PT:.3g} mm of the layout, a module would be {code.module:.2f} mm"
            f" wide, and {FINEST} mm are needed; print shows no code",
            "put a shorter address first",
        )


def _place_of_link(section: Section, address: str, project: Project, layout: Layout) -> Place:
    practice = project.practices.get(section.subject)
    if practice and section.kind is Kind.PRACTICE and address in practice.facts.links:
        return practice.links_at[practice.facts.links.index(address)]
    return Place(f"{layout.folder}/{section.kind}.html.j2")
