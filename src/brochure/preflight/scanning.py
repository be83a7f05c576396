"""The operators of a content stream, one after the other.

pypdf reads content streams too, but a page of ours takes it 10 to 15 ms, and its bounds are not
ours. Operands are floats, bytes (strings), `Name`, lists and dicts. Damage is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from brochure.preflight.objects import LARGEST

Operand = object  # float | bytes | Name | bool | None | list[Operand] | dict[str, Operand]
_DEPTH = 32  # of arrays and dictionaries in each other
_OPERANDS = 1000  # before an operator; the longest legal list is far shorter


class Name(str):
    """A name with its slash, told from strings, which are bytes."""

    __slots__ = ()


class InlineImage(dict[str, Operand]):
    """The operand of the operator `EI`: the entries of an inline picture, keys in full."""


_TOKEN = re.compile(
    rb"""[\x00\t\n\f\r\ ]*+(?:%[^\r\n]*+[\x00\t\n\f\r\ ]*+)*+(?:
    (?P<number>[-+]?(?:\d++\.?\d*+|\.\d++))(?=[\x00\t\n\f\r\ ()<>\[\]{}/%]|$)
    |(?P<name>/[^\x00\t\n\f\r\ ()<>\[\]{}/%]*+)
    |(?P<simple>\[[-+.0-9a-fA-F<>\x00\t\n\f\r\ ]*+\])
    |(?P<hex><[0-9a-fA-F\x00\t\n\f\r\ ]*+>)
    |(?P<mark><<|>>|[\[\](])
    |(?P<word>[^\x00\t\n\f\r\ ()<>\[\]{}/%]++)
    |(?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ITEM = re.compile(rb"<([^<>]*)>|([-+.0-9]+)")
_PLAIN = re.compile(rb"[^()\\]*+")
_END_OF_IMAGE = re.compile(rb"[\x00\t\n\f\r ]EI(?=[\x00\t\n\f\r ]|$)")
_OCTAL = re.compile(rb"[0-7]{1,3}")
_ESCAPES = {ord(k): v for k, v in zip("nrtbf()\\", b"\n\r\t\b\f()\\", strict=True)}
_CONSTANTS: dict[bytes, Operand] = {b"true": True, b"false": False, b"null": None}
_SHORT = {
    "/W": "/Width", "/H": "/Height", "/BPC": "/BitsPerComponent", "/CS": "/ColorSpace",
    "/IM": "/ImageMask", "/F": "/Filter", "/DP": "/DecodeParms", "/D": "/Decode",
    "/I": "/Interpolate", "/L": "/Length",
}  # fmt: skip


def operations(data: bytes) -> Iterator[tuple[str, list[Operand]]]:
    """Yield each operator with its operands."""
    scanner = _Scanner(data)
    operands: list[Operand] = []
    while True:
        word = scanner.next_into(operands)
        if word is None:
            return
        if word == b"BI":
            yield "EI", [scanner.inline_image()]
        elif word:
            yield word.decode("latin-1"), operands
        operands = []


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def next_into(self, operands: list[Operand]) -> bytes | None:
        """Add operands to a list up to the next operator, and return it; None at the end."""
        data, match, add = self._data, _TOKEN.match, operands.append
        while True:
            token = match(data, self._at)
            if token is None:
                return None
            self._at = token.end()
            kind = token.lastgroup
            if kind == "number":
                add(_number(token["number"]))
            elif kind == "word":
                word = token["word"]
                if word in _CONSTANTS:
                    add(_CONSTANTS[word])
                elif word[:1] in b"+-.0123456789":
                    add(_number(word))
                else:
                    return bytes(word)
            elif kind == "simple":
                add(_simple_array(token["simple"]))
            elif kind != "other":
                add(self._object(kind, token, 0))
            if len(operands) > _OPERANDS:
                return b""

    def _object(self, kind: str | None, token: re.Match[bytes], depth: int) -> Operand:
        if kind == "name":
            return _name(token["name"])
        if kind == "hex":
            return _hex(token["hex"][1:-1])
        mark = token["mark"]
        if mark == b"(":
            return self._string()
        if mark == b"[":
            return self._items(b"]", depth + 1)
        if mark == b"<<":
            items = self._items(b">>", depth + 1)
            pairs = zip(items[::2], items[1::2], strict=False)
            return {str(key): value for key, value in pairs if isinstance(key, Name)}
        return None

    def _items(self, end: bytes, depth: int) -> list[Operand]:
        """Return what stands up to a closing mark."""
        items: list[Operand] = []
        while token := _TOKEN.match(self._data, self._at):
            kind = token.lastgroup
            self._at = token.end()
            if kind == "mark" and token["mark"] == end:
                break
            if kind == "number":
                items.append(_number(token["number"]))
            elif kind == "simple":
                items.append(_simple_array(token["simple"]))
            elif kind == "word":
                items.append(_CONSTANTS.get(token["word"]))
            elif kind != "other" and depth < _DEPTH:
                items.append(self._object(kind, token, depth))
        return items

    def _string(self) -> bytes:
        """Return a literal string; its opening bracket has been read."""
        data, parts, open_brackets = self._data, bytearray(), 1
        while self._at < len(data):
            plain = _PLAIN.match(data, self._at)
            assert plain is not None  # it matches nothing at all, too
            parts += plain[0]
            self._at = plain.end() + 1
            sign = data[plain.end() : self._at]
            if sign == b"\\":
                parts += self._escape()
                continue
            open_brackets += {b"(": 1, b")": -1}.get(sign, 0)
            if open_brackets == 0:
                break
            parts += sign
        return bytes(parts)

    def _escape(self) -> bytes:
        octal = _OCTAL.match(self._data, self._at)
        if octal:
            self._at = octal.end()
            return bytes([int(octal[0], 8) & 255])
        sign = self._data[self._at : self._at + 1]
        self._at += 1
        if sign == b"\r" and self._data[self._at : self._at + 1] == b"\n":
            self._at += 1
        if not sign or sign in b"\r\n":
            return b""
        return bytes([_ESCAPES.get(sign[0], sign[0])])

    def inline_image(self) -> InlineImage:
        """Return the entries of an inline picture, and pass over its data."""
        items: list[Operand] = []
        self.next_into(items)  # up to ID
        pairs = zip(items[::2], items[1::2], strict=False)
        image = InlineImage(
            {_SHORT.get(str(key), str(key)): value for key, value in pairs if isinstance(key, Name)}
        )
        end = None
        for end in _END_OF_IMAGE.finditer(self._data, self._at):
            after = self._data[end.end() : end.end() + 12]
            if all(32 <= byte < 127 or byte in b"\0\t\n\f\r" for byte in after):
                break
        self._at = end.end() if end else len(self._data)
        return image


def _number(digits: bytes) -> float:
    try:
        value = float(digits)
    except ValueError:
        return 0.0
    return min(max(value, -LARGEST), LARGEST) if value == value else 0.0


def _name(token: bytes) -> Name:
    if b"#" in token:
        token = re.sub(rb"#([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), token)
    try:
        return Name(token.decode())  # as pypdf reads the keys of resources
    except UnicodeDecodeError:
        return Name(token.decode("latin-1"))


def _hex(digits: bytes) -> bytes:
    compact = digits.translate(None, b"\x00\t\n\f\r <>")
    return bytes.fromhex((compact + b"0" * (len(compact) % 2)).decode("latin-1"))


def _simple_array(token: bytes) -> list[Operand]:
    """Return an array of numbers and hexadecimal strings: what text is mostly shown with."""
    try:
        return [
            bytes.fromhex(digits.decode()) if not number else _number(number)
            for digits, number in _ITEM.findall(token)
        ]
    except ValueError:
        return [_hex(digits) if not number else _number(number)
                for digits, number in _ITEM.findall(token)]  # fmt: skip
