"""A published file as its readers find it: its pages, its words, its tags, its links.

What is tagged is read by pikepdf, what is printed by PDFium, which shares no code with it: words
that PDFium finds under the number of a marked content are joined in the order of the tags, as a
screen reader speaks them. Files are opened once in each test process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from conftest import Built
from pikepdf import Array, Dictionary, Name, Object
from printed_words import Piece, joined, plain

from brochure.build import Desk, read
from brochure.diagnostics import Diagnostics
from brochure.editions import Edition, Section
from brochure.layouts.folder import Format
from brochure.sources import Folder

MM = 72 / 25.4  # points in a millimetre
Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


@dataclass(frozen=True)
class Element:
    """A structure element with the kinds of those above it, and the language that holds there."""

    object: Object = field(repr=False)
    kind: str
    language: str
    above: tuple[str, ...]
    holder: Object = field(repr=False)

    @property
    def kids(self) -> list[Object | int]:
        return kids_of(self.object)

    @property
    def mcids(self) -> list[int]:
        """The numbers of its own marked contents; all are on its own page."""
        return [int(kid) for kid in self.kids if not isinstance(kid, Dictionary)]


@dataclass(frozen=True)
class Spoken:
    """Words as a screen reader meets them: in a language, inside elements of these kinds."""

    piece: Piece
    language: str
    within: tuple[str, ...]


@dataclass(frozen=True)
class BoundSection:
    """The part of a file that holds one section of the plan."""

    section: Section
    part: Element = field(repr=False)
    pages: tuple[int, ...]  # from 1; pages without words or pictures are not among them
    elements: tuple[Element, ...] = field(repr=False)
    spoken: tuple[Spoken, ...] = field(repr=False)

    @cached_property
    def words(self) -> str:
        """All its words in the order of the tags, a line feed at the end of each line."""
        return joined(spoken.piece for spoken in self.spoken)

    def words_in(self, language: str) -> str:
        """The words that are tagged as being in a language."""
        return joined(spoken.piece for spoken in self.spoken if spoken.language == language)


@dataclass(frozen=True)
class Numbered:
    """A page as its reader counts it: in its book block, from 1, with a letter before the number
    or none; and the format that it is made in."""

    block: int
    number: int
    letter: str
    format: Format

    @property
    def label(self) -> str:
        return f"{self.letter}{self.number}"


class BoundFile:
    """One published PDF with its edition of the plan."""

    def __init__(self, out: Path, edition: Edition, desk: Desk) -> None:
        self.out = out
        self.path = out / edition.file
        self.edition = edition
        self.desk = desk

    def __repr__(self) -> str:
        return f"{self.edition.file} of {self.desk.project.folder.root.name}"

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        return pikepdf.open(self.path)

    @cached_property
    def page_of(self) -> dict[tuple[int, int], int]:
        """The number of each page from 1, by the identity of its object."""
        return {page.obj.objgen: number for number, page in enumerate(self.pdf.pages, 1)}

    @cached_property
    def printed(self) -> list[str]:
        """The words on each page, as PDFium reads them; the first page is number 0 here."""
        return [page.words for page in self._pages]

    @cached_property
    def artifacts(self) -> list[list[Piece]]:
        """The words of each page that are outside the tags; the first page is number 0 here."""
        return [page.pieces.get(-1, []) for page in self._pages]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Everything that is set on the pages, tagged or not."""
        for page in self._pages:
            for pieces in page.pieces.values():
                yield from pieces

    @cached_property
    def _pages(self) -> list[_PrintedPage]:
        with pdfium.PdfDocument(self.path) as document:
            return [_printed_page(page, number) for number, page in enumerate(document, 1)]

    @cached_property
    def contents(self) -> list[list[Instruction]]:
        """The drawing instructions of each page."""
        return [list(pikepdf.parse_content_stream(page)) for page in self.pdf.pages]

    # Tags.

    @property
    def tree(self) -> Object:
        return self.pdf.Root.StructTreeRoot

    @cached_property
    def elements(self) -> list[Element]:
        """Every structure element, each before those below it."""
        return list(_walk(self.tree, "", ()))

    @cached_property
    def parents(self) -> dict[int, Object]:
        """The parent tree: from the number on a page or annotation to its elements."""
        numbers = self.tree.ParentTree.Nums
        return {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}

    @cached_property
    def sections(self) -> list[BoundSection]:
        """The parts of the file with the sections of the plan, which are in the same order."""
        parts = [element for element in self.elements if element.above == ("/Document",)]
        planned = [part.section for part in self.edition.parts]
        assert len(parts) == len(planned), f"{self}: {len(parts)} parts for {len(planned)} sections"
        return [self._section(*each) for each in zip(planned, parts, strict=True)]

    def _section(self, section: Section, part: Element) -> BoundSection:
        elements = tuple(_walk(part.object, part.language, (*part.above, part.kind)))
        pages = {self.page_of[element.object.Pg.objgen] for element in elements if element.mcids}
        spoken = tuple(each for element in elements for each in self.spoken_in(element))
        return BoundSection(section, part, tuple(sorted(pages)), elements, spoken)

    def spoken_in(self, element: Element) -> Iterator[Spoken]:
        """Yield the words of an element's own marked contents."""
        for mcid in element.mcids:
            page = self._pages[self.page_of[element.object.Pg.objgen] - 1]
            for piece in page.pieces.get(mcid, []):
                yield Spoken(piece, element.language, (*element.above, element.kind))

    # Pages.

    @cached_property
    def numbered(self) -> list[Numbered]:
        """Every page as it is counted; the first page is number 0 here."""
        layout, pages = self.desk.layout, len(self.pdf.pages)
        words = self.desk.project.strings[self.edition.language].words["plan"]
        # A block begins with the first page of its first section, which is never an empty one.
        firsts = [section.pages[0] for section in self._first_sections()]
        assert firsts[0] == 1, f"{self}: the first section begins on page {firsts[0]}"
        ends = [*(first - 1 for first in firsts[1:]), pages]
        return [
            Numbered(
                block=i,
                number=page - first + 1,
                letter=str(words["folio"]) if block.lettered else "",
                format=layout.format(layout.format_of(block.parts[0].section.kind)),
            )
            for i, (block, first, end) in enumerate(
                zip(self.edition.blocks, firsts, ends, strict=True)
            )
            for page in range(first, end + 1)
        ]

    def _first_sections(self) -> Iterator[BoundSection]:
        at = 0
        for block in self.edition.blocks:
            yield self.sections[at]
            at += len(block.parts)

    def page_labelled(self, label: str) -> int:
        """The page from 1 that a printed number names: in the block whose letter it has."""
        (page,) = (i for i, each in enumerate(self.numbered, 1) if each.label == label)
        return page

    # Links.

    def links(self) -> Iterator[tuple[int, Object]]:
        """Yield every annotation with the number of its page."""
        for number, page in enumerate(self.pdf.pages, 1):
            for annotation in page.obj.get(Name.Annots, Array()):
                yield number, annotation

    def section_on(self, page: int) -> BoundSection | None:
        """The section that a page belongs to, None for a filler."""
        return next((each for each in self.sections if page in each.pages), None)


def bound_files(*projects: Built) -> list[BoundFile]:
    """Return every file of the built projects, each opened once."""
    return [file for built in projects for file in _opened(built.root, built.out)]


def bound_file(built: Built, name: str) -> BoundFile:
    """Return the file of a built project with this name."""
    return next(file for file in bound_files(built) if file.edition.file == name)


@cache
def _opened(root: Path, out: Path) -> list[BoundFile]:
    desk = read(Folder(root), Diagnostics())
    assert desk is not None
    return [BoundFile(out, edition, desk) for edition in desk.editions]


# Words.


@dataclass(frozen=True)
class _PrintedPage:
    words: str
    pieces: dict[int, list[Piece]]  # by the number of the marked content, -1 for artifacts


def _printed_page(page: pdfium.PdfPage, number: int) -> _PrintedPage:
    textpage = page.get_textpage()
    pieces: dict[int, list[Piece]] = {}
    for text in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT]):
        matrix, (_, _, right, _) = text.get_matrix().get(), text.get_bounds()
        piece = Piece(_text_of(text, textpage), number, matrix[4], matrix[5], right)
        mcid = pdfium_c.FPDFPageObj_GetMarkedContentID(text.raw)
        pieces.setdefault(mcid, []).append(piece)
    return _PrintedPage(plain(textpage.get_text_range().replace("\r\n", "\n")), pieces)


def _text_of(text: pdfium.PdfObject, textpage: pdfium.PdfTextPage) -> str:
    size = pdfium_c.FPDFTextObj_GetText(text.raw, textpage.raw, None, 0)
    buffer = ctypes.create_string_buffer(size)
    target = ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR))
    pdfium_c.FPDFTextObj_GetText(text.raw, textpage.raw, target, size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


# Structure.


def kids_of(node: Object) -> list[Object | int]:
    """Return what /K of an element holds; one kid may stand there without an array."""
    kids = node.get(Name.K, Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def is_element(kid: Object | int) -> bool:
    """Whether a kid is an element, rather than a marked content or a reference to a link."""
    return isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.StructElem


def _walk(holder: Object, language: str, above: tuple[str, ...]) -> Iterator[Element]:
    for kid in kids_of(holder):
        if is_element(kid):
            assert isinstance(kid, Object)
            spoken = str(kid.get(Name.Lang, language))
            kind = str(kid.S)
            yield Element(kid, kind, spoken, above, holder)
            yield from _walk(kid, spoken, (*above, kind))
