"""Findings as lines of text and as values for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from brochure.preflight.findings import Finding, Level

LIMITS = "This is no certified PDF/X validator: it checks what docs/preflight.md lists, no more."


def as_text(name: str, findings: Sequence[Finding]) -> str:
    """Return one line for each finding of a file, then the summary."""
    lines = [_line(name, finding) for finding in findings]
    return "\n".join([*lines, summary(name, findings)]) + "\n"


def _line(name: str, finding: Finding) -> str:
    where = f"page {finding.page}: " if finding.page else ""
    message = " ".join(_printable(finding.message).split())
    return f"{name}: {where}{finding.level}[{finding.rule}]: {message}"


def _printable(message: str) -> str:
    """Return a message without what a file could send to a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in message)


def summary(name: str, findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each level, and what the check is not."""
    counts = Counter(finding.level for finding in findings)
    errors, warnings = counts[Level.ERROR], counts[Level.WARNING]
    said = [_counted(errors, "error"), _counted(warnings, "warning")]
    if counts[Level.UNCHECKED]:
        said.append(f"{counts[Level.UNCHECKED]} not checked")
    return f"{name}: {', '.join(said)}. {LIMITS}"


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def as_json(name: str, findings: Sequence[Finding]) -> dict[str, object]:
    """Return the findings of a file as values that `json` writes."""
    counts = Counter(finding.level for finding in findings)
    return {
        "file": name,
        "counts": {level.value: counts[level] for level in Level},
        "findings": [
            {
                "page": finding.page,
                "rule": finding.rule,
                "level": finding.level.value,
                "message": finding.message,
                "box": list(finding.box) if finding.box else None,
            }
            for finding in findings
        ],
        "note": LIMITS,
    }
