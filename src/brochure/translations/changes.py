"""What has changed between two wordings, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

_WORD = re.compile(r"\s+|\d+(?:[.,]\d+)*|\w+|[^\w\s]")


def marked(was: str, now: str) -> str:
    """Return the new wording with what was taken out as `[-…-]` and what was put in as `{+…+}`."""
    pieces = []
    for before, after in _runs(_WORD.findall(was), _WORD.findall(now)):
        if before == after:
            pieces.append(after)
            continue
        pieces += [f"[-{before}-]"] if before else []
        pieces += [f"{{+{after}+}}"] if after else []
    return "".join(pieces)


def _runs(was: list[str], now: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what stood and what stands, run by run; a space between two changes joins them."""
    before, after = "", ""
    opcodes = difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    for position, (kind, i, j, k, m) in enumerate(opcodes):
        old, new = "".join(was[i:j]), "".join(now[k:m])
        joins = old.isspace() and 0 < position < len(opcodes) - 1
        if kind != "equal" or joins:
            before, after = before + old, after + new
            continue
        if before or after:
            yield before, after
        yield old, new
        before, after = "", ""
    if before or after:
        yield before, after
