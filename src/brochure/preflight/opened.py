"""A finished file, opened afresh: bounded in every direction, and nothing is taken on trust."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pypdf
import pypdfium2
from pypdf.generic import DictionaryObject, StreamObject

from brochure.preflight import objects
from brochure.preflight.findings import Box

LARGEST_FILE = 500_000_000
MOST_PAGES = 3000
LARGEST_CONTENT = 16_000_000  # of one page, form or pattern, decoded
LARGEST_TOTAL = 400_000_000  # of all streams that are decoded for one check
_LEVELS = 50  # of the page tree
_PROBLEMS = 50
_LOCKED = "it is encrypted; save it without a password, and check that"

BOXES = ("MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox")
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")


class Damaged(Exception):
    """The file, or the part that was asked for, cannot be read. The message says why."""


@dataclass(frozen=True)
class Page:
    """A page: `number` counts from 1; boxes are as written, with their corners in order."""

    number: int
    dictionary: DictionaryObject
    boxes: dict[str, Box]
    rotate: float
    user_unit: float
    resources: dict[str, object]

    @property
    def media(self) -> Box:
        return self.boxes.get("MediaBox", (0.0, 0.0, 612.0, 792.0))

    @property
    def crop(self) -> Box:
        return self.boxes.get("CropBox", self.media)

    @property
    def bleed(self) -> Box:
        return self.boxes.get("BleedBox", self.crop)

    @property
    def trim(self) -> Box:
        return self.boxes.get("TrimBox", self.crop)

    @property
    def turns(self) -> int:
        """How many quarter turns with the clock readers see the page in, 0 to 3."""
        return round(self.rotate / 90) % 4

    @property
    def annotations(self) -> list[DictionaryObject]:
        found = map(objects.dictionary, objects.array(self.dictionary.get("/Annots")))
        return [annotation for annotation in found if annotation is not None]


@dataclass
class OpenedFile:
    """The file as pypdf and pypdfium2 read it. Make it with `opened`.

    `problems` is what pypdf had to repair, and what could not be read. `memo` holds what rules
    have worked out and share. `too_much` is set when the content of a page was cut short,
    `too_many` when there are more pages than are checked.
    """

    content: bytes
    reader: pypdf.PdfReader
    problems: list[str] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict)
    too_much: bool = False
    too_many: bool = False
    _decoded: int = 0

    @cached_property
    def document(self) -> pypdfium2.PdfDocument:
        """The file as pypdfium2 opens it; Damaged if it does not.

        PDFium has no bounds: it is kept away from files that are `too_much` for the interpreter.
        """
        if self.too_much:
            raise Damaged("a page has more content than is checked")
        try:
            return pypdfium2.PdfDocument(self.content)
        except pypdfium2.PdfiumError as error:
            raise Damaged(f"PDFium cannot open it: {error}") from None

    @cached_property
    def trailer(self) -> DictionaryObject:
        return self.reader.trailer

    @cached_property
    def catalog(self) -> DictionaryObject:
        return objects.dictionary(self.trailer.get("/Root")) or DictionaryObject()

    @cached_property
    def information(self) -> DictionaryObject:
        return objects.dictionary(self.trailer.get("/Info")) or DictionaryObject()

    @property
    def encrypted(self) -> bool:
        return "/Encrypt" in self.trailer

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages in their order; at most `MOST_PAGES`."""
        return tuple(_pages(self))

    def page_numbers(self) -> dict[object, int]:
        """Return the number of each page by the identity of its dictionary."""
        return {objects.identity(page.dictionary): page.number for page in self.pages}

    def decoded(self, value: object, limit: int = LARGEST_CONTENT) -> bytes:
        """Return the data of a stream, decoded; Damaged if there is none or too much of it."""
        found = objects.stream(value)
        if found is None:
            raise Damaged("a stream is missing")
        if "/F" in found:
            raise Damaged("the data of a stream is in another file")
        try:
            data = found.get_data()
        except Exception as error:  # whatever a damaged file makes pypdf raise
            raise Damaged(f"a stream cannot be decoded: {error}") from None
        self._decoded += len(data)
        if len(data) > limit or self._decoded > LARGEST_TOTAL:
            raise Damaged(f"too much data: a stream of {len(data)} bytes")
        return bytes(data)

    def page_content(self, page: Page) -> bytes:
        """Return the content of a page: its streams, joined."""
        contents = objects.resolved(page.dictionary.get("/Contents"))
        if contents is None:
            return b""
        parts = [contents] if isinstance(contents, StreamObject) else objects.array(contents)
        data = b"\n".join(self.decoded(part) for part in parts[:10_000])
        if len(data) > LARGEST_CONTENT:
            raise Damaged(f"too much data: a page of {len(data)} bytes")
        return data

    def note(self, problem: str) -> None:
        """Remember a problem of the whole file, once."""
        if problem not in self.problems and len(self.problems) < _PROBLEMS:
            self.problems.append(problem)


@contextmanager
def opened(content: bytes) -> Iterator[OpenedFile]:
    """Open a file; raises Damaged if there is nothing to be checked in it."""
    if len(content) > LARGEST_FILE:
        raise Damaged(f"the file has more than {LARGEST_FILE:,} bytes")
    said: list[str] = []
    with _listening(said):
        file = OpenedFile(content, _reader(content), said)
        if file.encrypted and file.reader.is_encrypted and not _readable(file.reader):
            raise Damaged(_LOCKED)
        if not file.pages:
            # AES needs a library that is not here: then nothing in the file can be read.
            raise Damaged(_LOCKED if file.encrypted else "the file has no pages")
        try:
            yield file
        finally:
            if "document" in file.__dict__:
                file.document.close()


def _reader(content: bytes) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        reader.trailer.get("/Root")
        return reader
    except Exception as error:  # whatever a damaged file makes pypdf raise
        if b"%PDF-" not in content[:1024]:  # ISO 32000-1, annex H, note 13
            raise Damaged("it is no PDF") from None
        if b"/Encrypt" in content:
            raise Damaged(_LOCKED) from None
        raise Damaged(str(error) or type(error).__name__) from None


def _readable(reader: pypdf.PdfReader) -> bool:
    """Return whether an encrypted file opens with an empty password, as it does for readers."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # a cipher that needs a library, or damage
        return False


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()[:200]
        if message not in self._said and len(self._said) < _PROBLEMS:
            self._said.append(message)


@contextmanager
def _listening(said: list[str]) -> Iterator[None]:
    """Take down what pypdf says about damage, and keep it off the screen."""
    logger = logging.getLogger("pypdf")
    ear, before = _Ear(said), logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(ear)
        logger.propagate = before


def _pages(file: OpenedFile) -> Iterator[Page]:
    """Walk the page tree: each node once, not deeper than any sensible tree."""
    seen: set[object] = set()
    waiting: list[tuple[object, dict[str, object], int]] = [(file.catalog.get("/Pages"), {}, 0)]
    count = 0
    while waiting:
        value, above, level = waiting.pop()
        node = objects.dictionary(value)
        key = objects.identity(value)
        if node is None or key in seen or level > _LEVELS:
            file.note("the page tree is damaged")
            continue
        seen.add(key)
        inherited = above | {entry: node.get(entry) for entry in _INHERITED if entry in node}
        if "/Kids" in node:
            kids = objects.array(node.get("/Kids"))
            waiting.extend((kid, inherited, level + 1) for kid in reversed(kids))
            continue
        count += 1
        if count > MOST_PAGES:
            file.too_many = True
            return
        yield _page(count, node, inherited)


def _page(number: int, node: DictionaryObject, inherited: dict[str, object]) -> Page:
    written = {box: objects.box(inherited.get(f"/{box}", node.get(f"/{box}"))) for box in BOXES}
    return Page(
        number=number,
        dictionary=node,
        boxes={key: value for key, value in written.items() if value is not None},
        rotate=objects.number(inherited.get("/Rotate")),
        user_unit=objects.number(node.get("/UserUnit"), 1.0),
        resources=objects.entries(inherited.get("/Resources")),
    )
