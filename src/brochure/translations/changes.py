"""What has changed between two wordings, word by word."""

from __future__ import annotations

import difflib
import re

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def marked(was: str, now: str) -> str:
    """Return the new wording with what was taken out as `[-…-]` and what was put in as `{+…+}`."""
    before, after = _WORD.findall(was), _WORD.findall(now)
    pieces = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if kind == "equal":
            pieces.append("".join(after[k:m]))
            continue
        pieces += [f"[-{''.join(before[i:j])}-]"] if i < j else []
        pieces += [f"{{+{''.join(after[k:m])}+}}"] if k < m else []
    return "".join(pieces)
