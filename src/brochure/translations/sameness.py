"""When two wordings are the same, and when they differ in a small way only."""

from __future__ import annotations

import hashlib
import re
import unicodedata

DIGITS_OF_A_DIGEST = 8  # 32 bits: a text has about 30 units, so two of them never meet

# What a proof-reader changes without touching what a sentence says. Marks between digits are no
# such thing ("1,5" is not "15"), nor is a minus before one, nor what stands in an address.
_MARKS = ".,;:!?…'\"‘’‚“”„«»‹›()"
_SMALL = re.compile(
    rf"""(?<![0-9])[{_MARKS}\s–—-]+(?![0-9])   # beside no digit
      | (?<=[0-9])[{_MARKS}\s–—-]+(?![0-9])   # behind one
      | (?<![0-9])[{_MARKS}\s]+(?=[0-9])      # before one: no minus, no dash
    """,
    re.VERBOSE,
)
_ADDRESS = re.compile(r"\]\(\s*<?[^)\s>]*|<[a-z]+:[^>\s]+>|https?://\S+")


_IN_A_LANGUAGE = re.compile(r"\[([^\[\]]*)\]\{lang=[A-Za-z-]+\}")  # `[Théâtre]{lang=fr}`


def folded(words: str) -> str:
    """Return words as a digest is made of them: spaces of any kind and number as one space, and
    without marks that only say in which language a name is."""
    plain = _IN_A_LANGUAGE.sub(r"\1", unicodedata.normalize("NFC", words))
    return re.sub(r"\s+", " ", plain).strip()


def digest_of(words: str) -> str:
    """Return the first digits of the SHA-256 of words, whatever their spacing."""
    return hashlib.sha256(folded(words).encode()).hexdigest()[:DIGITS_OF_A_DIGEST]


def is_small_change(before: str, after: str) -> bool:
    """Whether two wordings differ in spacing, punctuation, quotation marks and capitals only."""
    return _bare(before) == _bare(after)


def _bare(words: str) -> tuple[str, tuple[str, ...]]:
    """Return the letters and figures of words, and the addresses in them."""
    text = folded(words)
    addresses = tuple(_ADDRESS.findall(text))
    return _SMALL.sub("", _ADDRESS.sub("", text)).casefold(), addresses
