"""The structure trees of the sections, hung under one Document (ISO 32000-1, 14.7).

pikepdf's `pages.extend` copies pages and drops their tree. Here the tree is copied after the
pages, so its references meet the copies, and the numbers by which pages and annotations find
their elements are shifted to make room for each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String


@dataclass
class Structure:
    """The tree of one edition while it is bound."""

    pdf: pikepdf.Pdf
    root: Object = field(init=False)
    document: Object = field(init=False)
    _parents: dict[int, Object] = field(default_factory=dict)
    _next: int = 0

    def __post_init__(self) -> None:
        self.root = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root, K=Array())
        )
        self.root.K = Array([self.document])

    def append(self, source: pikepdf.Pdf, pages: list[pikepdf.Page], language: str) -> None:
        """Hang the tree of a section, whose copied pages are given, under the document.

        A source is appended once at most: a second copy of its tree would be the first.
        """
        tree = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        part = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name.Part,
                P=self.document,
                Lang=String(language),
                K=Array(),
            )
        )
        for element in tree.K[0].K:
            element.P = part
            part.K.append(element)
        if len(part.K):
            self.document.K.append(part)
        self._renumber(tree, pages)

    def leave_out(self, pages: list[pikepdf.Page]) -> None:
        """Take pages in that hold nothing but artifacts, such as fillers."""
        for page in pages:
            if Name.StructParents in page.obj:
                del page.obj[Name.StructParents]

    def _renumber(self, tree: Object, pages: list[pikepdf.Page]) -> None:
        first = self._next
        numbers = tree.ParentTree.Nums
        for i in range(0, len(numbers), 2):
            key = first + int(numbers[i])
            self._parents[key] = numbers[i + 1]
            self._next = max(self._next, key + 1)
        for page in pages:
            page.obj.StructParents = first + int(page.obj.StructParents)
            for annotation in page.obj.get(Name.Annots, Array()):
                if Name.StructParent in annotation:
                    annotation.StructParent = first + int(annotation.StructParent)

    def forget_link(self, annotation: Object) -> None:
        """Turn a link's element into plain text; its annotation is taken off by the caller."""
        element = self._parents.pop(int(annotation.StructParent), None)
        if element is None:
            return
        element.S = Name.Span
        element.K = Array(
            [
                kid
                for kid in element.K
                if not (isinstance(kid, Object) and _is_reference_to(kid, annotation))
            ]
        )

    def finish(self) -> None:
        """Write the parent tree and mark the document as tagged."""
        numbers = Array()
        for key in sorted(self._parents):
            numbers.append(key)
            numbers.append(self._parents[key])
        self.root.ParentTree = self.pdf.make_indirect(Dictionary(Nums=numbers))
        self.root.ParentTreeNextKey = self._next
        self.pdf.Root.StructTreeRoot = self.root
        self.pdf.Root.MarkInfo = Dictionary(Marked=True)


def _is_reference_to(kid: Object, annotation: Object) -> bool:
    return (
        isinstance(kid, Dictionary)
        and kid.get(Name.Type) == Name.OBJR
        and kid.Obj.objgen == annotation.objgen
    )
