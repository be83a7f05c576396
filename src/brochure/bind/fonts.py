"""One font program per face in each file.

Every section carries a subset of each face that it uses, with the glyph numbers of the whole
font. So the sections' fonts are united without touching a content stream: the glyphs that any of
them uses are subset once more out of the project's font file, and all share the result.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import pikepdf
import uharfbuzz
from pikepdf import Array, Dictionary, Name, Object

from brochure.sources.fonts import FONT_FILE_KEY, Fonts

_NOTE = f"/{FONT_FILE_KEY}"

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9+/-]")
_PAIR = re.compile(rb"<([0-9a-fA-F]{4})> <((?:[0-9a-fA-F]{4})*)>")
_DROPPED_TABLES = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "JSTF", "MATH", "LTSH", "PCLT", "SVG ")
# Hyphens of the author's and of hyphenation share a glyph: both are read back as typed.
_READ_AS = {b"2010": b"002d"}
_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
_CMAP_FOOT = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


@dataclass(frozen=True)
class FaceUse:
    """What one section uses of one PDF font: widths and text by glyph, and the font's file."""

    file_digest: str
    widths: Mapping[int, bytes]
    text: Mapping[int, bytes]


@dataclass
class _Face:
    """What the sections use of one PDF font."""

    pattern: Object  # the first section's font dictionary
    file_digest: str
    widths: dict[int, bytes] = field(default_factory=dict)
    text: dict[int, bytes] = field(default_factory=dict)
    in_use: list[tuple[Object, str]] = field(default_factory=list)  # (/Font resources, name)


class FontShelf:
    """The fonts of one edition while it is bound; `fonts` are the project's files.

    `uses` remembers what sections use, by section and font, from one edition to the next.
    """

    def __init__(
        self, pdf: pikepdf.Pdf, fonts: Fonts, uses: dict[tuple[str, str], FaceUse | None]
    ) -> None:
        self.pdf = pdf
        self._files = {source.digest: source.content for source in fonts.files}
        self._uses = uses
        self._faces: dict[str, _Face] = {}
        self._seen: set[tuple[int, int]] = set()

    def add(self, key: str, resources: Object | None) -> None:
        """Take in the /Font resources of the section `key`, copied into this file."""
        if resources is None or resources.objgen in self._seen:
            return
        self._seen.add(resources.objgen)
        for name, font in resources.items():
            if (key, name) not in self._uses:
                self._uses[key, name] = self._use_of(font)
            if (use := self._uses[key, name]) is None:
                continue  # a bitmap font, or one with glyphs of its own making: left as it is
            face = self._faces.setdefault(name, _Face(font, use.file_digest))
            face.in_use.append((resources, name))
            face.widths.update(use.widths)
            face.text.update(use.text)

    def _use_of(self, font: Object) -> FaceUse | None:
        if Name.DescendantFonts not in font or font.get(Name.Encoding) != Name("/Identity-H"):
            return None
        descendant = font.DescendantFonts[0]
        digest = str(descendant.FontDescriptor.get(_NOTE, ""))
        if digest not in self._files:
            return None
        text = _unicode(font.ToUnicode.read_bytes())
        return FaceUse(digest, dict(_widths(descendant.W)), text)

    def finish(self) -> Object:
        """Put the united fonts in the place of the sections' own; returns all of them."""
        programs = {
            digest: self._program(digest, glyphs)
            for digest, glyphs in _glyphs_by_file(self._faces.values()).items()
        }
        united = self.pdf.make_indirect(Dictionary())
        for name in sorted(self._faces):
            face = self._faces[name]
            font = self._font(face, programs[face.file_digest])
            united[name] = font
            for resources, key in face.in_use:
                resources[key] = font
        return united

    def _program(self, digest: str, glyphs: frozenset[int]) -> tuple[Object, Name]:
        subset = _subset(self._files[digest], glyphs)
        stream = pikepdf.Stream(self.pdf, b"")
        stream.write(subset.packed, filter=Name.FlateDecode)
        if subset.cff:
            stream.Subtype = Name.OpenType
            return self.pdf.make_indirect(stream), Name.FontFile3
        stream.Length1 = subset.length
        return self.pdf.make_indirect(stream), Name.FontFile2

    def _font(self, face: _Face, program: tuple[Object, Name]) -> Object:
        pattern = face.pattern.DescendantFonts[0]
        descriptor = Dictionary(
            {
                key: value
                for key, value in pattern.FontDescriptor.items()
                if key not in ("/FontFile2", "/FontFile3", "/FontBBox", _NOTE)
            }
        )
        stream, key = program
        descriptor[key] = stream
        top, bottom = pattern.FontDescriptor.Ascent, pattern.FontDescriptor.Descent
        widest = max(face.widths.values(), key=float)
        descriptor.FontBBox = Object.parse(b"[0 %d %b %d]" % (bottom, widest, top))
        # The engine leaves the comma of a list of families in the name.
        name = Name(_NOT_IN_A_NAME.sub("", str(face.pattern.BaseFont)))
        descriptor.FontName = name
        descendant = Dictionary({k: v for k, v in pattern.items() if k != "/W"})
        descendant.BaseFont = name
        descendant.W = _width_array(face.widths)
        descendant.FontDescriptor = self.pdf.make_indirect(descriptor)
        return self.pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([self.pdf.make_indirect(descendant)]),
                ToUnicode=self.pdf.make_indirect(pikepdf.Stream(self.pdf, _unicode_map(face.text))),
            )
        )


def _glyphs_by_file(faces: Iterable[_Face]) -> dict[str, frozenset[int]]:
    glyphs: dict[str, set[int]] = {}
    for face in faces:
        glyphs.setdefault(face.file_digest, set()).update(face.widths)
    return {digest: frozenset(found) for digest, found in glyphs.items()}


@dataclass(frozen=True)
class _Subset:
    """A font program as it is embedded: packed, and its length when it is not."""

    packed: bytes
    length: int
    cff: bool


@lru_cache(maxsize=256)
def _subset(content: bytes, glyphs: frozenset[int]) -> _Subset:
    """Return a font with these glyphs only, under their old numbers, without layout tables.

    It is packed here, once for all outputs of an edition.
    """
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(map(_tag, _DROPPED_TABLES))
    wanted.flags = (
        uharfbuzz.SubsetFlags.RETAIN_GIDS
        | uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.DESUBROUTINIZE
    )
    font = bytes(uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob(content)), wanted).blob.data)
    return _Subset(zlib.compress(font), len(font), font[:4] == b"OTTO")


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def _widths(array: Object) -> Iterator[tuple[int, bytes]]:
    """Yield glyph and width of a /W array, `first [width ...]` (ISO 32000-1, 9.7.4.3).

    As text: asking for each number as an object takes five times as long.
    """
    runs = array.unparse(resolved=True).strip(b"[ ]").split(b"]")
    for first, _, widths in (run.partition(b"[") for run in runs):
        yield from enumerate(widths.split(), int(first))


def _width_array(widths: dict[int, bytes]) -> Object:
    runs: list[tuple[int, list[bytes]]] = []
    for glyph in sorted(widths):
        if glyph - 1 not in widths:
            runs.append((glyph, []))
        runs[-1][1].append(widths[glyph])
    text = b"".join(b"%d [%b]" % (first, b" ".join(run)) for first, run in runs)
    return Object.parse(b"[" + text + b"]")


def _unicode(cmap: bytes) -> dict[int, bytes]:
    return {int(glyph, 16): _READ_AS.get(text, text) for glyph, text in _PAIR.findall(cmap)}


def _unicode_map(text: dict[int, bytes]) -> bytes:
    """Return a ToUnicode map; a block holds 100 lines at most (ISO 32000-1, 9.10.3)."""
    glyphs = sorted(text)
    blocks = []
    for start in range(0, len(glyphs), 100):
        lines = [b"<%04x> <%s>\n" % (g, text[g]) for g in glyphs[start : start + 100]]
        blocks.append(b"%d beginbfchar\n%sendbfchar\n" % (len(lines), b"".join(lines)))
    return _CMAP_HEAD + b"".join(blocks) + _CMAP_FOOT
