"""The manual of all rules, out of their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from brochure.preflight.check import all_rules
from brochure.preflight.registry import Rule

_PART = re.compile(r"^(What|Why|Fix): (.+)$")
_HEAD = """# Preflight

The last check of a finished PDF. It opens the file afresh, with other libraries than those that
wrote it, and trusts nothing in it.

It is no certified PDF/X validator: it checks what is listed here, no more. Rules with an R and
four digits carry the numbers of the Ghent Workgroup's specification of 2022 (variant SheetCMYK,
CMYK); rules with a B are our own. Sizes are compared as the Ghent Workgroup does: text to a tenth
of a point, lines to a thousandth, resolutions to a whole number.

An error must be mended before the file goes out. A warning must be looked at. "Unchecked" says
that a rule could not look.
"""


@dataclass(frozen=True)
class Entry:
    """What the manual says about one rule."""

    title: str
    what: str
    why: str
    fix: str


def entry(rule: Rule) -> Entry:
    """Return the parts of a rule's docstring; ValueError if one is missing."""
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(rule.manual).split("\n\n")]
    parts = {match[1]: match[2] for part in paragraphs[1:] if (match := _PART.match(part))}
    if list(parts) != ["What", "Why", "Fix"] or len(paragraphs) != 4:
        raise ValueError(f"the docstring of {rule.id} needs a title, What:, Why: and Fix:")
    return Entry(paragraphs[0].rstrip("."), parts["What"], parts["Why"], parts["Fix"])


def manual(rules: Sequence[Rule] | None = None) -> str:
    """Return the text of docs/preflight.md."""
    parts = [" ".join(part.split()) if not part.startswith("#") else part.strip()
             for part in _HEAD.split("\n\n")]  # fmt: skip
    for heading, output in (("For print", "print"), ("For the screen", "screen")):
        parts.append(f"## {heading}")
        for rule in rules if rules is not None else all_rules():
            both = len(rule.outputs) > 1
            if output not in rule.outputs:
                continue
            said = entry(rule)
            if both and output == "screen":
                parts.append(f"### {rule.id}: {said.title} (screen)\n\nAs for print.")
                continue
            parts.append(
                f"### {rule.id}: {said.title}\n\n*{rule.level.value.capitalize()}.* "
                f"{_sentence(said.what)}\n\n**Why?** {_sentence(said.why)}\n\n"
                f"**What to do:** {said.fix}"
            )
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
