"""What an embedded font program holds: glyphs that draw something, and the characters they are.

Only what preflight asks of TrueType and CFF, straight from the tables.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

_TABLES = 64
_MOST_GLYPHS = 65536


class Broken(Exception):
    """The font program cannot be what it says. The message says why."""


@dataclass
class Program:
    """A font program. `glyphs` is 0 when it is not known, as in Type 1 programs."""

    data: bytes
    kind: str
    glyphs: int = 0
    _tables: dict[bytes, bytes] = field(default_factory=dict)

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        head, loca = self._tables.get(b"head", b""), self._tables.get(b"loca", b"")
        if self.kind != "TrueType" or len(head) < 52:
            return ()
        if struct.unpack_from(">h", head, 50)[0]:
            return struct.unpack(f">{len(loca) // 4}L", loca[: len(loca) // 4 * 4])
        short = struct.unpack(f">{len(loca) // 2}H", loca[: len(loca) // 2 * 2])
        return tuple(2 * offset for offset in short)

    def draws(self, glyph: int) -> bool | None:
        """Return whether a glyph has an outline; None if this cannot be told."""
        if self.kind != "TrueType":
            return None if not self.glyphs or glyph < self.glyphs else False
        if glyph + 1 >= len(self._offsets):
            return False
        end = min(self._offsets[glyph + 1], len(self._tables.get(b"glyf", b"")))
        return end > self._offsets[glyph]

    def any_outline(self) -> bool:
        """Return whether any glyph but the first draws something."""
        if self.kind != "TrueType":
            return True
        return any(self.draws(glyph) for glyph in range(len(self._offsets) - 1))

    @cached_property
    def characters(self) -> dict[int, set[int]]:
        """The characters of each glyph, as far as the program itself tells."""
        found: dict[int, set[int]] = {}
        try:
            for character, glyph in _character_map(self._tables.get(b"cmap", b"")):
                found.setdefault(glyph, set()).add(character)
        except (struct.error, IndexError):
            return {}
        return found


def program(data: bytes) -> Program:
    """Return a font program, or raise Broken."""
    if not data:
        raise Broken("is empty")
    try:
        if data[:4] in (b"\x00\x01\x00\x00", b"true", b"OTTO"):
            return _sfnt(data)
        if data[0] == 1 and len(data) > 4 and data[3] in (1, 2, 3, 4):
            return Program(data, "CFF", _cff_glyphs(data))
    except (struct.error, IndexError):
        raise Broken("ends too early") from None
    if data[:2] in (b"%!", b"\x80\x01"):
        if b"eexec" not in data:
            raise Broken("has no glyphs")
        return Program(data, "Type1")
    raise Broken("is of no known kind")


def _sfnt(data: bytes) -> Program:
    count = struct.unpack_from(">H", data, 4)[0]
    tables: dict[bytes, bytes] = {}
    for entry in range(min(count, _TABLES)):
        tag, _, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * entry)
        if offset + length > len(data):
            raise Broken(f"ends within the table {tag.decode('latin-1')!r}")
        tables[tag] = data[offset : offset + length]
    if cff := tables.get(b"CFF "):
        return Program(cff, "CFF", _cff_glyphs(cff), tables)
    glyphs = struct.unpack_from(">H", tables.get(b"maxp", b""), 4)[0]
    found = Program(data, "TrueType", glyphs, tables)
    if not found.any_outline():
        raise Broken("has no glyphs")
    return found


def _cff_glyphs(data: bytes) -> int:
    """Return the number of glyphs: header, names, top dictionary, then the index it leads to."""
    _, after_names = _index(data, data[2])
    entries, _ = _index(data, after_names)
    if not entries:
        raise Broken("has no top dictionary")
    offset = _operand(data[entries[0][0] : entries[0][1]], 17)  # CharStrings
    glyphs, _ = _index(data, offset)
    if len(glyphs) < 2 or all(end - start < 2 for start, end in glyphs):
        raise Broken("has no glyphs")
    return len(glyphs)


def _index(data: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """Return where the entries of an INDEX lie, and what follows it."""
    count = struct.unpack_from(">H", data, at)[0]
    if count == 0:
        return [], at + 2
    size = data[at + 2]
    if size not in (1, 2, 3, 4):
        raise Broken("has a broken index")
    first = at + 3
    base = first + (count + 1) * size - 1
    offsets = [
        base + int.from_bytes(data[first + i * size : first + (i + 1) * size], "big")
        for i in range(count + 1)
    ]
    if offsets[-1] > len(data):
        raise Broken("ends too early")
    return list(pairwise(offsets)), offsets[-1]


def _operand(entries: bytes, operator: int) -> int:
    """Return the last operand of an operator of a CFF dictionary, a whole number."""
    at, last = 0, 0
    while at < len(entries):
        byte = entries[at]
        if byte == operator:
            return last
        if byte == 28:
            last, at = struct.unpack_from(">h", entries, at + 1)[0], at + 3
        elif byte == 29:
            last, at = struct.unpack_from(">l", entries, at + 1)[0], at + 5
        elif byte == 30:  # a real number: half bytes up to 15
            at += 1
            while entries[at] & 15 != 15 and entries[at] >> 4 != 15:
                at += 1
            at += 1
        elif byte == 12:
            at += 2
        elif 32 <= byte <= 246:
            last, at = byte - 139, at + 1
        elif 247 <= byte <= 254:
            sign, start = (1, 247) if byte <= 250 else (-1, 251)
            last, at = sign * ((byte - start) * 256 + entries[at + 1] + 108), at + 2
        else:
            at += 1
    raise Broken("has no glyphs")


def _character_map(table: bytes) -> list[tuple[int, int]]:
    """Return the characters and glyphs of the Unicode tables of a cmap, formats 4 and 12."""
    found: list[tuple[int, int]] = []
    count = struct.unpack_from(">H", table, 2)[0] if table else 0
    for entry in range(min(count, _TABLES)):
        platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * entry)
        if platform != 0 and (platform, encoding) not in ((3, 1), (3, 10)):
            continue
        kind = struct.unpack_from(">H", table, offset)[0]
        if kind == 4:
            found += _format_4(table, offset)
        elif kind == 12:
            groups = struct.unpack_from(">L", table, offset + 12)[0]
            for group in range(min(groups, _MOST_GLYPHS)):
                at = offset + 16 + 12 * group
                start, end, glyph = struct.unpack_from(">LLL", table, at)
                length = min(end - start + 1, _MOST_GLYPHS)
                found += [(start + i, glyph + i) for i in range(length)]
                if len(found) > 4 * _MOST_GLYPHS:
                    return found
    return found


def _format_4(table: bytes, offset: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    segments = struct.unpack_from(">H", table, offset + 6)[0] // 2
    row = f">{segments}H"
    ends = struct.unpack_from(row, table, offset + 14)
    starts = struct.unpack_from(row, table, offset + 16 + 2 * segments)
    deltas = struct.unpack_from(row, table, offset + 16 + 4 * segments)
    ranges_at = offset + 16 + 6 * segments
    ranges = struct.unpack_from(row, table, ranges_at)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for character in range(start, min(end, 0xFFFE) + 1):
            glyph = character
            if ranges[i]:
                place = ranges_at + 2 * i + ranges[i] + 2 * (character - start)
                glyph = struct.unpack_from(">H", table, place)[0]
                if glyph == 0:
                    continue
            found.append((character, (glyph + deltas[i]) & 0xFFFF))
        if len(found) > 4 * _MOST_GLYPHS:
            break
    return found
