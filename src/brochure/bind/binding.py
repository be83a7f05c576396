"""Binding: sections, fillers and folios into one volume.

Cheap by design: pages are copied as they are, and what crosses sections (tags, fonts, links) is
renumbered or united. Nothing is laid out here.
"""

from __future__ import annotations

import io
import posixpath
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, String

from brochure.bind.fonts import FaceUse, FontShelf
from brochure.bind.structure import Structure
from brochure.codes import Code
from brochure.layouts import SCHEME
from brochure.sources.fonts import Fonts

OPEN_SECTIONS = 256  # source files kept open, of about 60 kB


@dataclass(frozen=True)
class Bookmark:
    """A heading that outline and links lead to: `page` counts from 0, `top` is in points below
    the trimmed edge. `anchor` is its name inside the section, "" for the section itself."""

    title: str
    level: int
    anchor: str = ""
    page: int = 0
    top: float = 0.0


@dataclass(frozen=True)
class OtherFile:
    """A file of the same publication: its path from the one that links to it, and its title."""

    path: str
    title: str


@dataclass(frozen=True)
class FolioPages:
    """A sheet of page numbers, one page for each; a leaf's first `unnumbered` pages carry none.

    Its PDF is found under `key`.
    """

    key: str
    unnumbered: int = 0


@dataclass(frozen=True)
class Leaf:
    """A typeset section at its place in a volume.

    Its PDF is found under `key`, a digest of all that it shows. `number` is that of its first
    page, printed and labelled with `letter` before it. `target` is
    the name that links use, "" for a filler. A leaf that `leads_out` links to other files where
    the volume does not hold what it names. `codes` are for print alone.
    """

    key: str
    pages: int
    language: str
    number: int = 1
    letter: str = ""
    folios: FolioPages | None = None
    target: str = ""
    headings: tuple[Bookmark, ...] = ()
    leads_out: bool = False
    codes: tuple[Code, ...] = ()

    @property
    def title(self) -> str:
        """What the section is called."""
        return self.headings[0].title if self.headings else ""


@dataclass(frozen=True)
class Volume:
    """A bound edition: its pages still with bleed, tags, links, outline and labels in place.

    `codes` are not drawn yet; each stands with its page, counted from 0.
    """

    pdf: pikepdf.Pdf
    pages: int
    codes: tuple[tuple[int, Code], ...] = ()


class Binder:
    """Binds the volumes of one build; sections that several of them hold are opened once.

    `read` returns the PDF of a section by its key.
    """

    def __init__(self, fonts: Fonts, read: Callable[[str], bytes]) -> None:
        self._fonts, self._read = fonts, read
        self._open: OrderedDict[str, pikepdf.Pdf] = OrderedDict()
        self._uses: dict[tuple[str, str], FaceUse | None] = {}

    def bind(self, leaves: list[Leaf], elsewhere: Mapping[str, OtherFile]) -> Volume:
        """Return the volume of the leaves in their order.

        `elsewhere` are other files by link target; they are named by a relative address, which a
        reader takes from the place of this one (ISO 32000-1, 12.6.4.7).
        """
        pdf = pikepdf.new()
        structure, shelf = Structure(pdf), FontShelf(pdf, self._fonts, self._uses)
        folios = _Folios(pdf, shelf)
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
            shelf.add(leaf.key, pages[0].obj.Resources.get(Name.Font))
            if leaf.folios:
                folios.lay(leaf, leaf.folios, pages, self._source(leaf.folios))
        _Links(pdf, structure, leaves, starts, elsewhere).rewrite()
        fonts = shelf.finish()
        for page in pdf.pages:
            page.obj.Resources.Font = fonts if len(fonts) else page.obj.Resources.Font
        structure.finish()
        _write_outline(pdf, leaves, starts)
        _write_labels(pdf, leaves, starts)
        _write_view(pdf)
        codes = (
            (start + code.page, code)
            for leaf, start in zip(leaves, starts, strict=True)
            for code in leaf.codes
        )
        return Volume(pdf, len(pdf.pages), tuple(codes))

    def _source(self, leaf: Leaf | FolioPages) -> pikepdf.Pdf:
        if leaf.key in self._open:
            self._open.move_to_end(leaf.key)
        else:
            self._open[leaf.key] = pikepdf.open(io.BytesIO(self._read(leaf.key)))
            if len(self._open) > OPEN_SECTIONS:
                self._open.popitem(last=False)
        return self._open[leaf.key]


class _Folios:
    """Lays page numbers over pages, as artifacts (ISO 32000-1, 14.8.2.2)."""

    def __init__(self, pdf: pikepdf.Pdf, shelf: FontShelf) -> None:
        self.pdf, self.shelf = pdf, shelf
        self.before = self._stream(b"q\n")
        self.between = self._stream(
            b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq\n"
        )
        self.after = self._stream(b"\nQ\nEMC\n")

    def lay(
        self, leaf: Leaf, folios: FolioPages, pages: list[pikepdf.Page], sheet: pikepdf.Pdf
    ) -> None:
        """Number the pages of a leaf that carry folios: number n is on page n of the sheet."""
        for i, page in enumerate(pages[folios.unnumbered :], folios.unnumbered):
            self._lay_over(page, folios.key, sheet.pages[leaf.number - 1 + i])

    def _lay_over(self, page: pikepdf.Page, key: str, folio: pikepdf.Page) -> None:
        self.shelf.add(key, self.pdf.copy_foreign(folio.obj.Resources).get(Name.Font))
        number = self.pdf.copy_foreign(folio.obj.Contents)
        page.obj.Contents = Array(
            [self.before, page.obj.Contents, self.between, number, self.after]
        )

    def _stream(self, content: bytes) -> Object:
        return self.pdf.make_indirect(pikepdf.Stream(self.pdf, content))


class _Links:
    """Turns links between sections into destinations, or into plain text where none exists."""

    def __init__(
        self,
        pdf: pikepdf.Pdf,
        structure: Structure,
        leaves: list[Leaf],
        starts: list[int],
        elsewhere: Mapping[str, OtherFile],
    ) -> None:
        self.pdf, self.structure, self.leaves, self.starts = pdf, structure, leaves, starts
        self._elsewhere = elsewhere
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
        target, _, anchor = address.removeprefix(SCHEME).partition("#")
        found = self._find(target, leaf.language)
        if found is not None:
            self._lead_to(annotation, found, anchor)
            return True
        if leaf.leads_out and (file := self._elsewhere.get(target)):
            annotation.A.URI = String(quote(file.path))
            annotation.Contents = String(f"{file.title} ({posixpath.basename(file.path)})")
            return True
        self.structure.forget_link(annotation)
        return False

    def _lead_to(self, annotation: Object, found: int, anchor: str) -> None:
        leaf = self.leaves[found]
        marks = (mark for mark in leaf.headings if mark.anchor == anchor)
        mark = next(marks, Bookmark(leaf.title, level=0))
        del annotation[Name.A]
        annotation.Dest = _destination(self.pdf, self.starts[found], mark)
        annotation.Contents = String(mark.title)

    def _find(self, target: str, language: str) -> int | None:
        """Return the leaf that a link means: in the link's own language if it is there."""
        return self._by_target.get(f"{target}/{language}", self._by_target.get(target))


def _destination(pdf: pikepdf.Pdf, start: int, mark: Bookmark) -> Array:
    """Return the place of a heading, at the zoom that the reader has."""
    page = pdf.pages[start + mark.page].obj
    top = float(page.TrimBox[3]) - mark.top
    return Array([page, Name.XYZ, 0, round(top, 2), 0])


def _write_outline(pdf: pikepdf.Pdf, leaves: list[Leaf], starts: list[int]) -> None:
    with pdf.open_outline() as outline:
        branches: list[list[OutlineItem]] = [outline.root]
        for leaf, start in zip(leaves, starts, strict=True):
            for mark in leaf.headings:
                if not (mark.level and mark.title):
                    continue
                level = min(mark.level, len(branches))
                item = OutlineItem(mark.title, destination=_destination(pdf, start, mark))
                branches[level - 1].append(item)
                branches[level:] = [item.children]


def _write_labels(pdf: pikepdf.Pdf, leaves: list[Leaf], starts: list[int]) -> None:
    """Page labels equal to the printed folios: a range for each block (ISO 32000-1, 12.4.2)."""
    ranges = Array()
    for leaf, start in zip(leaves, starts, strict=True):
        if leaf.number == 1:
            style = Dictionary(S=Name.D, St=1)
            if leaf.letter:
                style.P = String(leaf.letter)
            ranges.append(start)
            ranges.append(style)
    pdf.Root.PageLabels = pdf.make_indirect(Dictionary(Nums=ranges))


def _write_view(pdf: pikepdf.Pdf) -> None:
    """Say how a reader opens the file."""
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = Name.UseOutlines
