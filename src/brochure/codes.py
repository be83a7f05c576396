"""QR codes (ISO/IEC 18004) of web addresses: for print alone, on the screen there is the link.

A layout leaves a square free for a code, and the engine notes where; print output draws it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

QUIET = 4  # modules of white on each side (ISO/IEC 18004, 5.3.8)
FINEST = 0.33  # mm, a module that telephones still read from paper
PT = 72 / 25.4  # points in a millimetre


@dataclass(frozen=True)
class Code:
    """The place of a code on a section's page, counted from 0: left and top of its square in
    points from the trimmed edges, the quiet zone inside, and the address that it says."""

    page: int
    left: float
    top: float
    side: float
    address: str

    @property
    def module(self) -> float:
        """The width of a module in mm, 0 where the address is longer than any code."""
        rows = modules(self.address)
        return self.side / PT / (len(rows) + 2 * QUIET) if rows else 0.0

    @property
    def is_readable(self) -> bool:
        """Whether its modules are large enough to be read from paper."""
        return self.module >= FINEST


@lru_cache(maxsize=256)
def modules(address: str) -> tuple[bytes, ...]:
    """Return the rows of the smallest code, 1 for a dark module, without the quiet zone.

    15 per cent of it may be spoilt (level M), more where this needs no larger code. No rows where
    the address is longer than any code.
    """
    import segno

    try:
        code = segno.make_qr(address, error="m", encoding="utf-8")
    except segno.DataOverflowError:
        return ()
    return tuple(bytes(row) for row in code.matrix)
