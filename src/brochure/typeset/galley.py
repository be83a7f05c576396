"""What is known of a typeset section beside its PDF; it stands in the cache with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from brochure.codes import Code


@dataclass(frozen=True)
class Remark:
    """Something that came up while a section was typeset: the rule, the words, the place in the
    layout or in the text; no file stands for the section's template."""

    rule: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Anchor:
    """An element with an id: its page from 0, and its top in points below the trimmed edge."""

    name: str
    page: int
    top: float


@dataclass(frozen=True)
class Galley:
    """A typeset section: its number of pages, the remarks on it, its anchors, the addresses that
    it links to, and the codes that print shows on it."""

    pages: int
    remarks: tuple[Remark, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    links: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()

    def anchor(self, name: str) -> Anchor | None:
        """Return the anchor of a name; "" stands for the top of the section."""
        if not name:
            return Anchor("", 0, 0.0)
        return next((anchor for anchor in self.anchors if anchor.name == name), None)

    def note(self) -> dict[str, Any]:
        """Return the plain values from which `galley_of` makes it again."""
        return {
            "pages": self.pages,
            "remarks": [asdict(remark) for remark in self.remarks],
            "anchors": [asdict(anchor) for anchor in self.anchors],
            "links": list(self.links),
            "codes": [asdict(code) for code in self.codes],
        }


def galley_of(note: Mapping[str, Any] | None) -> Galley | None:
    """Return the galley of a cache's note, None for none and for one of something else."""
    if note is None:
        return None
    try:
        return Galley(
            pages=int(note["pages"]),
            remarks=tuple(Remark(**remark) for remark in note["remarks"]),
            anchors=tuple(Anchor(**anchor) for anchor in note["anchors"]),
            links=tuple(str(link) for link in note["links"]),
            codes=tuple(Code(**code) for code in note["codes"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
