"""The fonts of a file: codes, widths, the characters behind the glyphs, the embedded program."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pypdf.generic import StreamObject

from brochure.preflight import objects
from brochure.preflight.opened import Damaged, OpenedFile
from brochure.preflight.sfnt import Broken, Program, program

_LARGEST_MAP = 2_000_000  # bytes of a ToUnicode map
_MOST_CODES = 65536
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9a-fA-F\s]*)>\s*<([0-9a-fA-F\s]*)>")
_RANGE = re.compile(
    rb"<([0-9a-fA-F\s]*)>\s*<([0-9a-fA-F\s]*)>\s*(?:<([0-9a-fA-F\s]*)>|\[([^\]]*)\])"
)
_ITEM = re.compile(rb"<([0-9a-fA-F\s]*)>")
_NUMBERED = re.compile(r"/(?:[a-zA-Z]{1,5}_?\d+|\.notdef)")  # /g12, /cid34: no character's name
_NAMED = re.compile(r"/(?:uni[0-9A-F]{4,}|u[0-9A-F]{4,6})")
_SUBSET = re.compile(r"^/?[A-Z]{6}\+")


@dataclass
class Font:
    """A font as the file declares it.

    `used` and `spoken` are the codes that were shown, with the first page of each; `spoken`
    leaves out text that has an ActualText.
    """

    dictionary: dict[str, object]
    file: OpenedFile
    used: dict[int, int] = field(default_factory=dict)
    spoken: dict[int, int] = field(default_factory=dict)

    @cached_property
    def kind(self) -> str:
        """Type0, TrueType, Type1, MMType1 or Type3."""
        return objects.name(self.dictionary.get("/Subtype"))[1:]

    @cached_property
    def name(self) -> str:
        """The name without slash and subset tag."""
        found = objects.name(self.dictionary.get("/BaseFont"))
        return _SUBSET.sub("", found).lstrip("/") or f"without a name ({self.kind})"

    @cached_property
    def _descendant(self) -> dict[str, object]:
        if self.kind != "Type0":
            return self.dictionary
        first = objects.array(self.dictionary.get("/DescendantFonts"))[:1]
        return objects.entries(first[0]) if first else {}

    @cached_property
    def descriptor(self) -> dict[str, object]:
        return objects.entries(self._descendant.get("/FontDescriptor"))

    @cached_property
    def fault(self) -> str:
        """What is wrong with the embedding, or nothing."""
        if self.kind == "Type3":
            return ""
        streams = [key for key in ("/FontFile", "/FontFile2", "/FontFile3")
                   if key in self.descriptor]  # fmt: skip
        if not streams:
            return "is not embedded"
        try:
            data = self.file.decoded(self.descriptor[streams[0]], limit=50_000_000)
            self._found = program(data)
        except Damaged as error:
            return f"has a program that cannot be read: {error}"
        except Broken as error:
            return f"has a program that {error}"
        return ""

    _found: Program | None = None

    @property
    def program(self) -> Program | None:
        """The embedded program, if it is whole."""
        return self._found if not self.fault else None

    def codes(self, shown: bytes) -> Sequence[int]:
        """Return the codes in a string that is shown."""
        if self.kind != "Type0":
            return shown
        return struct.unpack(f">{len(shown) // 2}H", shown[: len(shown) // 2 * 2])

    @cached_property
    def widths(self) -> dict[int, float]:
        """The width of each code, in thousandths of the size (for Type 3, in its own space)."""
        if self.kind == "Type0":
            return _cid_widths(objects.array(self._descendant.get("/W")))
        first = int(objects.number(self.dictionary.get("/FirstChar")))
        found = objects.numbers(self.dictionary.get("/Widths"))[:256]
        return {first + i: width for i, width in enumerate(found)}

    @cached_property
    def default_width(self) -> float:
        if self.kind == "Type0":
            return objects.number(self._descendant.get("/DW"), 1000.0)
        return objects.number(self.descriptor.get("/MissingWidth"), 500.0)

    @cached_property
    def matrix(self) -> list[float]:
        """The FontMatrix of a Type 3 font."""
        found = objects.numbers(self.dictionary.get("/FontMatrix"))
        return found if len(found) == 6 else [0.001, 0, 0, 0.001, 0, 0]

    @cached_property
    def height(self) -> float:
        """How high the letters of size 1 are: 1, except for Type 3 fonts."""
        if self.kind != "Type3":
            return 1.0
        bounds = objects.box(self.dictionary.get("/FontBBox"))
        high = bounds[3] - bounds[1] if bounds else 0
        return abs(self.matrix[3]) * high if high else abs(self.matrix[3]) * 1000

    # Glyphs

    def drawings(self, codes: Sequence[int]) -> list[StreamObject]:
        """Return the content streams of the glyphs of a Type 3 font, each once."""
        glyphs = objects.entries(self.dictionary.get("/CharProcs"))
        names = dict.fromkeys(self._differences.get(code, "") for code in codes)
        found = [objects.stream(glyphs.get(name)) for name in names]
        return [drawing for drawing in found if drawing is not None]

    def glyph(self, code: int) -> int | None:
        """Return the number of the glyph in the program; None if that cannot be told."""
        if self.kind != "Type0" or not self._identity:
            return None
        mapping = self._glyph_map
        if mapping is None:
            cff = self.program is not None and self.program.kind == "CFF"
            return None if cff and code else code  # CFF may number its glyphs otherwise
        at = 2 * code
        return int.from_bytes(mapping[at : at + 2], "big") if at + 2 <= len(mapping) else 0

    @cached_property
    def _identity(self) -> bool:
        return objects.name(self.dictionary.get("/Encoding")) in ("/Identity-H", "/Identity-V")

    @cached_property
    def _glyph_map(self) -> bytes | None:
        value = self._descendant.get("/CIDToGIDMap")
        if objects.stream(value) is None:
            return None
        try:
            return self.file.decoded(value, limit=2 * _MOST_CODES)
        except Damaged:
            return b""

    def undefined(self, code: int) -> bool:
        """Return whether a code shows .notdef, the sign for a missing glyph."""
        if self.kind == "Type0":
            return self.glyph(code) == 0
        return self._differences.get(code) == "/.notdef"

    def missing(self, code: int) -> bool:
        """Return whether a glyph should draw something, by its character, but does not."""
        glyph, program = self.glyph(code), self.program
        if not glyph or program is None or program.draws(glyph) is not False:
            return False
        text = self.characters.get(code, "") if self.characters is not None else ""
        return any(unicodedata.category(character)[0] in "LNPS" for character in text)

    # Characters

    @cached_property
    def characters(self) -> dict[int, str] | None:
        """What ToUnicode says about each code; None if there is no such map."""
        if objects.stream(self.dictionary.get("/ToUnicode")) is None:
            return None
        try:
            return _characters(self.file.decoded(self.dictionary["/ToUnicode"], _LARGEST_MAP))
        except Damaged:
            return {}

    @cached_property
    def _differences(self) -> dict[int, str]:
        encoding = objects.entries(self.dictionary.get("/Encoding"))
        found: dict[int, str] = {}
        code = 0
        for item in objects.array(encoding.get("/Differences"))[:1024]:
            if glyph := objects.name(item):
                found[code] = glyph
                code += 1
            else:
                code = int(objects.number(item))
        return found

    def unread(self, code: int) -> str:
        """Return why nobody can read the text back at this code, or nothing."""
        if self.characters is None:
            if self.kind == "Type0":
                return "no character is given"
            glyph = self._differences.get(code, "")
            known = not _NUMBERED.fullmatch(glyph) or _NAMED.fullmatch(glyph)
            return "" if known else "no character is given"
        text = self.characters.get(code)
        if not text:
            if self.kind != "Type0" and not self._differences.get(code):
                return ""
            return "no character is given"
        if any(_is_none(character) for character in text):
            return f"U+{ord(text[0]):04X} is no character"
        return self._contradiction(code, text)

    def _contradiction(self, code: int, text: str) -> str:
        """Compare with the program's own table, where it has one and both name one character."""
        glyph, program = self.glyph(code), self.program
        own = program.characters.get(glyph) if glyph and program is not None else None
        if not own or len(text) != 1:
            return ""
        if _plain(text) in {_plain(chr(character)) for character in own}:
            return ""
        return f"U+{ord(text):04X} stands for the glyph of U+{min(own):04X}"


def _plain(character: str) -> str:
    """Return what is left of a character when its variants are taken for one."""
    same = {"\u00ad": "-", "\u2010": "-", "\u2011": "-", "\u2215": "/", "\u2219": "\u00b7"}
    return unicodedata.normalize("NFKD", same.get(character, character)).casefold()


def _is_none(character: str) -> bool:
    """Return whether a code point stands for no character: control, private, unassigned."""
    if character in "\ufffd\ufeff":
        return True
    return unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs") and character not in "\t\n\r"


def _cid_widths(items: list[object]) -> dict[int, float]:
    """Return the widths in a /W array: `c [w …]` or `first last w`."""
    found: dict[int, float] = {}
    values = [objects.resolved(item) for item in items]
    at = 0
    while at + 1 < len(values) and len(found) < _MOST_CODES:
        first = int(objects.number(values[at]))
        if isinstance(values[at + 1], list):
            widths = objects.array(values[at + 1])[:_MOST_CODES]
            found.update((first + i, objects.number(width)) for i, width in enumerate(widths))
            at += 2
        elif at + 2 < len(values):
            last = min(int(objects.number(values[at + 1])), first + _MOST_CODES)
            found.update(dict.fromkeys(range(first, last + 1), objects.number(values[at + 2])))
            at += 3
        else:
            break
    return found


def _characters(data: bytes) -> dict[int, str]:
    """Return the characters in a ToUnicode map."""
    found: dict[int, str] = {}
    for kind, block in _BLOCK.findall(data):
        if kind == b"bfchar":
            found.update((_code(code), _text(to)) for code, to in _PAIR.findall(block))
            continue
        for low, high, to, several in _RANGE.findall(block):
            first, last = _code(low), min(_code(high), _code(low) + _MOST_CODES)
            if several:
                texts = [_text(item) for item in _ITEM.findall(several)]
                found.update(zip(range(first, last + 1), texts, strict=False))
            elif text := _text(to):
                ends = range(min(last - first + 1, 0x110000 - ord(text[-1])))
                found.update((first + i, text[:-1] + chr(ord(text[-1]) + i)) for i in ends)
        if len(found) > 4 * _MOST_CODES:
            break
    return found


def _code(digits: bytes) -> int:
    compact = b"".join(digits.split())[:8]
    return int(compact, 16) if compact else 0


def _text(digits: bytes) -> str:
    compact = b"".join(digits.split())[:256]
    try:
        return bytes.fromhex(compact.decode()).decode("utf-16-be", "replace")
    except ValueError:
        return "\ufffd"
