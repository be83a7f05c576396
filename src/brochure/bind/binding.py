"""Binding: sections, fillers and folios into one volume.

Cheap by design: pages are copied as they are, and what crosses sections (tags, fonts, links) is
renumbered or united. Nothing is laid out here.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, String

from brochure.bind.fonts import FontShelf
from brochure.bind.structure import Structure
from brochure.sources.fonts import Fonts

SCHEME = "brochure:"
OPEN_SECTIONS = 256  # source files kept open, of about 60 kB


@dataclass(frozen=True)
class Leaf:
    """A typeset section at its place in a volume.

    `target` is the name that links use, "" for a filler; `title` is its name in the outline,
    at depth `level`, 0 for none; the first `unnumbered` pages carry no folio.
    """

    key: str
    pdf: bytes = field(repr=False)
    pages: int
    language: str
    target: str = ""
    title: str = ""
    level: int = 0
    unnumbered: int = 0


@dataclass(frozen=True)
class Volume:
    """A bound edition: its pages still with bleed, tags, links, outline and labels in place."""

    pdf: pikepdf.Pdf
    pages: int


class Binder:
    """Binds the volumes of one build; sections that several of them hold are opened once."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._open: OrderedDict[str, pikepdf.Pdf] = OrderedDict()

    def bind(self, leaves: list[Leaf], folios: Leaf) -> Volume:
        """Return the volume of the leaves in their order; `folios` holds a page for each number."""
        pdf = pikepdf.new()
        structure, shelf = Structure(pdf), FontShelf(pdf, self._fonts)
        starts: list[int] = []
        for leaf in leaves:
            starts.append(len(pdf.pages))
            source = self._source(leaf)
            pdf.pages.extend(source.pages)
            pages = [pdf.pages[i] for i in range(starts[-1], len(pdf.pages))]
            if leaf.target:
                structure.append(source, pages, leaf.language)
            else:
                structure.leave_out(pages)
            shelf.add(pages[0].obj.Resources.get(Name.Font))
        _Folios(pdf, self._source(folios), shelf).lay(leaves, starts)
        _Links(pdf, structure, leaves, starts).rewrite()
        fonts = shelf.finish()
        for page in pdf.pages:
            page.obj.Resources.Font = fonts if len(fonts) else page.obj.Resources.Font
        structure.finish()
        _write_outline(pdf, leaves, starts)
        _write_view(pdf)
        return Volume(pdf, len(pdf.pages))

    def _source(self, leaf: Leaf) -> pikepdf.Pdf:
        if leaf.key in self._open:
            self._open.move_to_end(leaf.key)
        else:
            self._open[leaf.key] = pikepdf.open(io.BytesIO(leaf.pdf))
            if len(self._open) > OPEN_SECTIONS:
                self._open.popitem(last=False)
        return self._open[leaf.key]


class _Folios:
    """Lays page numbers over pages, as artifacts (ISO 32000-1, 14.8.2.2)."""

    def __init__(self, pdf: pikepdf.Pdf, sheet: pikepdf.Pdf, shelf: FontShelf) -> None:
        self.pdf, self.sheet, self.shelf = pdf, sheet, shelf
        self.before = self._stream(b"q\n")
        self.between = self._stream(
            b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq\n"
        )
        self.after = self._stream(b"\nQ\nEMC\n")

    def lay(self, leaves: list[Leaf], starts: list[int]) -> None:
        """Number the pages of the leaves that carry folios; page 1 is the first of the file."""
        for leaf, start in zip(leaves, starts, strict=True):
            for i in range(start + leaf.unnumbered, start + leaf.pages):
                self._lay_over(self.pdf.pages[i], self.sheet.pages[i])

    def _lay_over(self, page: pikepdf.Page, folio: pikepdf.Page) -> None:
        self.shelf.add(self.pdf.copy_foreign(folio.obj.Resources).get(Name.Font))
        number = self.pdf.copy_foreign(folio.obj.Contents)
        page.obj.Contents = Array(
            [self.before, page.obj.Contents, self.between, number, self.after]
        )

    def _stream(self, content: bytes) -> Object:
        return self.pdf.make_indirect(pikepdf.Stream(self.pdf, content))


class _Links:
    """Turns links between sections into destinations, or into plain text where none exists."""

    def __init__(
        self, pdf: pikepdf.Pdf, structure: Structure, leaves: list[Leaf], starts: list[int]
    ) -> None:
        self.pdf, self.structure, self.leaves, self.starts = pdf, structure, leaves, starts
        self._by_target: dict[str, int] = {}
        for i, leaf in enumerate(leaves):
            if leaf.target:
                self._by_target.setdefault(leaf.target, i)
                self._by_target[f"{leaf.target}/{leaf.language}"] = i

    def rewrite(self) -> None:
        """Rewrite every link whose address begins with `brochure:`."""
        for leaf, start in zip(self.leaves, self.starts, strict=True):
            for number in range(start, start + leaf.pages):
                page = self.pdf.pages[number].obj
                if Name.Annots in page:
                    kept = [a for a in page.Annots if self._keep(a, leaf)]
                    if kept:
                        page.Annots = Array(kept)
                    else:
                        del page[Name.Annots]

    def _keep(self, annotation: Object, leaf: Leaf) -> bool:
        address = str(annotation.A.URI) if Name.A in annotation else ""
        if not address.startswith(SCHEME):
            return True
        found = self._find(address.removeprefix(SCHEME), leaf.language)
        if found is None:
            self.structure.forget_link(annotation)
            return False
        del annotation[Name.A]
        annotation.Dest = _destination(self.pdf, self.starts[found])
        annotation.Contents = String(self.leaves[found].title)
        return True

    def _find(self, target: str, language: str) -> int | None:
        """Return the leaf that a link means: in the link's own language if it is there."""
        return self._by_target.get(f"{target}/{language}", self._by_target.get(target))


def _destination(pdf: pikepdf.Pdf, page: int) -> Array:
    """Return the top of a page, at the zoom that the reader has."""
    leaf = pdf.pages[page].obj
    return Array([leaf, Name.XYZ, 0, leaf.TrimBox[3], 0])


def _write_outline(pdf: pikepdf.Pdf, leaves: list[Leaf], starts: list[int]) -> None:
    with pdf.open_outline() as outline:
        branches: list[list[OutlineItem]] = [outline.root]
        for leaf, start in zip(leaves, starts, strict=True):
            if not (leaf.level and leaf.title):
                continue
            level = min(leaf.level, len(branches))
            item = OutlineItem(leaf.title, destination=_destination(pdf, start))
            branches[level - 1].append(item)
            branches[level:] = [item.children]


def _write_view(pdf: pikepdf.Pdf) -> None:
    """Page labels equal to the printed folios, and how a reader opens the file."""
    labels = Array([0, Dictionary(S=Name.D, St=1)])
    pdf.Root.PageLabels = pdf.make_indirect(Dictionary(Nums=labels))
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = Name.UseOutlines
