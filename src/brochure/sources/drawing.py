"""Drawings (SVG): what draws is kept, everything else is left out and reported.

A drawing is a document that can hold programs, addresses and text in other fonts. It is read by
expat, which opens no other file, and written again out of a list of elements and attributes. Styles
become attributes, so that in what is written nothing is left to interpret.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.drawing_styles import Rules, as_attributes, declarations, rules_in
from brochure.sources.folder import MIB, Source

SIZE_LIMIT = 5 * MIB
DEPTH_LIMIT = 60  # elements in each other
ELEMENT_LIMIT = 100_000
DRAWN_LIMIT = 200_000  # elements, those that are used again counted each time
EMBEDDED_LIMIT = 4 * MIB  # bytes of a picture inside a drawing

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
_GRADIENTS = ("linearGradient", "radialGradient")
ELEMENTS = frozenset(
    (
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "image",
        "clipPath",
        "stop",
        "switch",
        *_SHAPES,
        *_GRADIENTS,
    )
)
_WRITTEN_AS = {"switch": "g"}  # some programs put a whole drawing into one
_SAY_NOTHING = frozenset(("title", "desc", "metadata"))  # and are left out without a word
GEOMETRY = frozenset(
    (
        *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy"),
        *("width", "height", "d", "points", "offset", "viewBox", "preserveAspectRatio"),
        *("transform", "gradientTransform", "gradientUnits", "spreadMethod", "clipPathUnits"),
    )
)
_LENGTHS = re.compile(r"[\s\w.,()%+-]*", re.ASCII)  # numbers, units, and names of what they do
_NUMBER = re.compile(r"\s*([\d.]+)(?:px|pt|mm|cm|in)?\s*")
_ENORMOUS = re.compile(r"\d{10}|[eE]\+?\d\d")  # a length that no page has
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g);base64,")
_TO_ITSELF = re.compile(r"#([^\s\"'()#]+)")


@dataclass(frozen=True)
class Drawing:
    """A drawing of which only what draws is left, and the width and height of its own units."""

    content: bytes = field(repr=False)
    width: int
    height: int


@dataclass(eq=False)
class Element:
    """An element as it stands in the file; attributes with a namespace have it in braces."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class Unsafe(Exception):
    """The file is no drawing that can be read; says why."""


Bounded = Callable[[bytes], bool]


def cleaned(
    source: Source, is_bounded: Bounded, found: Diagnostics, place: Place
) -> Drawing | None:
    """Return a drawing with nothing in it but what draws, or None with a diagnostic at `place`.

    `is_bounded` says of a picture inside whether it may be decoded. What is left out is reported
    in the drawing: each kind once, at its first line.
    """
    try:
        root = _parsed(source.content)
        cleaning = _Cleaning(source.path, is_bounded)
        width, height = _size(root)
        kept = cleaning.kept(root)
        _require_end(kept)
    except Unsafe as reason:
        found.add(
            "picture-unreadable",
            place,
            f'the drawing "{source.path}" cannot be used: {reason}',
            "open it in a drawing program and export it again as plain SVG",
        )
        return None
    cleaning.report(found)
    if "viewBox" not in kept.attributes:
        kept.attributes["viewBox"] = f"0 0 {width:g} {height:g}"
    kept.attributes |= {"width": f"{width:g}", "height": f"{height:g}"}
    return Drawing(_written(kept).encode(), max(1, round(width)), max(1, round(height)))


def _parsed(content: bytes) -> Element:
    if len(content) > SIZE_LIMIT:
        raise Unsafe(f"it is larger than {SIZE_LIMIT // MIB} MiB")
    top = Element("", {}, 0)
    open_, count = [top], 0
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENT_LIMIT:
            raise Unsafe(f"it has more than {ELEMENT_LIMIT:,} elements")
        if len(open_) > DEPTH_LIMIT:
            raise Unsafe(f"more than {DEPTH_LIMIT} elements stand in each other")
        named = {("{" + key if "}" in key else key): text for key, text in attributes.items()}
        element = Element(name, named, parser.CurrentLineNumber)
        open_[-1].children.append(element)
        open_.append(element)

    def refuse(*_: object) -> None:
        raise Unsafe("it defines entities, which can grow without end")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open_.pop() and None
    parser.CharacterDataHandler = lambda text: open_[-1].text.append(text)
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Unsafe(f"it is no XML, line {error.lineno}: {reason}") from None
    except (ValueError, LookupError):  # an encoding that nobody knows
        raise Unsafe("it is no XML") from None
    root = top.children[0]
    if root.name != f"{SVG}}}svg":
        raise Unsafe("it is XML, but no SVG")
    return root


def _size(root: Element) -> tuple[float, float]:
    box = re.split(r"[\s,]+", root.attributes.get("viewBox", "").strip())
    try:
        width, height = (float(each) for each in box[2:4])
    except ValueError:
        sides = [_NUMBER.fullmatch(root.attributes.get(key, "")) for key in ("width", "height")]
        try:
            width, height = (float(side[1]) if side else 0.0 for side in sides)
        except ValueError:
            width, height = 0.0, 0.0
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Unsafe('it has no size: its "viewBox" is missing or wrong')
    return width, height


class _Cleaning:
    """What is kept of one drawing, and what was left out: its words, with the lines."""

    def __init__(self, file: str, is_bounded: Bounded) -> None:
        self._file, self._is_bounded = file, is_bounded
        self._out: dict[str, list[int]] = {}
        self._rules = Rules(())

    def kept(self, root: Element) -> Element:
        """Return the root of the drawing with what may stay."""
        styles = list(_all(root, f"{SVG}}}style"))
        rules, others = rules_in("".join(text for style in styles for text in style.text))
        self._rules = Rules(rules)
        for what in others:
            self._leave_out(what, styles[0].line)
        return self._element(root)

    def report(self, found: Diagnostics) -> None:
        """Say what was left out."""
        for what, lines in self._out.items():
            more = len(lines) - 1
            places = f", here and in {more} more place{'s' if more > 1 else ''}" if more else ""
            found.add(
                "picture-cleaned",
                Place(self._file, min(lines)),
                f"the drawing holds {what}, which is left out{places}",
                "look at the printed picture; export plain SVG, with text as outlines",
            )

    def _leave_out(self, what: str, line: int) -> None:
        self._out.setdefault(what, []).append(line)

    def _element(self, element: Element) -> Element:
        name = element.name.rpartition("}")[2]
        kept = Element(_WRITTEN_AS.get(name, name), self._attributes(element, name), element.line)
        for child in element.children:
            space, _, child_name = child.name.rpartition("}")
            if space != SVG or child_name in _SAY_NOTHING or child_name == "style":
                continue  # what drawing programs note for themselves; styles are read before
            if child_name not in ELEMENTS:
                self._leave_out(f'an element "{child_name}"', child.line)
            elif child_name != "image" or self._is_embedded(child):
                kept.children.append(self._element(child))
        return kept

    def _attributes(self, element: Element, name: str) -> dict[str, str]:
        kept: dict[str, str] = {}
        styled: dict[str, str] = {}
        for key, text in sorted(element.attributes.items()):
            if key == "id":
                kept |= {"id": text} if _TO_ITSELF.fullmatch(f"#{text}") else {}
            elif key in ("href", f"{{{XLINK}}}href"):
                kept |= self._reference(name, text, element.line)
            elif key in GEOMETRY:
                if not _LENGTHS.fullmatch(text):
                    self._leave_out(f'a value of "{key}" that is not known', element.line)
                elif _ENORMOUS.search(text):
                    self._leave_out(f'an enormous number in "{key}"', element.line)
                else:
                    kept[key] = text
            elif key.startswith("on"):
                self._leave_out(f'a program in "{key}"', element.line)
            else:
                styled[key] = text
        own = styled.pop("style", "")
        classes = styled.pop("class", "").split()
        rules = self._rules.about(name, kept.get("id", ""), classes)
        for level in (styled, *(rule.declared for rule in rules), declarations(own)):
            good, others = as_attributes(level)
            kept |= good
            for what in others:
                self._leave_out(what, element.line)
        return kept

    def _reference(self, name: str, text: str, line: int) -> dict[str, str]:
        if name == "image" or _TO_ITSELF.fullmatch(text):
            return {f"{{{XLINK}}}href": "".join(text.split())}
        self._leave_out(f'a reference out of itself in "{name}"', line)
        return {}

    def _is_embedded(self, image: Element) -> bool:
        attributes = image.attributes
        text = "".join((attributes.get(f"{{{XLINK}}}href") or attributes.get("href", "")).split())
        if not (start := _EMBEDDED.match(text)):
            self._leave_out("a picture that is not inside it as PNG or JPEG", image.line)
            return False
        try:
            content = base64.b64decode(text[start.end() :], validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if len(content) > EMBEDDED_LIMIT or not self._is_bounded(content):
            self._leave_out("a picture that cannot be read or is too large", image.line)
            return False
        return True


def _all(element: Element, name: str) -> Iterator[Element]:
    for child in element.children:
        if child.name == name:
            yield child
        yield from _all(child, name)


def _require_end(root: Element) -> None:
    """Refuse a drawing that uses itself, or its parts so often that drawing it never ends."""
    named: dict[str, Element] = {}
    pending = [root]
    while pending:
        element = pending.pop()
        named.setdefault(element.attributes.get("id", ""), element)
        pending += element.children
    costs: dict[Element, int] = {}
    open_: set[Element] = set()

    def cost(element: Element) -> int:
        if element in open_ or len(open_) > 5 * DEPTH_LIMIT:
            raise Unsafe("its parts use each other without end")
        if element not in costs:
            open_.add(element)
            used = (named.get(name) for name in _used_by(element))
            parts = [*element.children, *(other for other in used if other)]
            costs[element] = 1 + sum(map(cost, parts))
            open_.remove(element)
        return costs[element]

    if cost(root) > DRAWN_LIMIT:
        raise Unsafe("it uses its own parts again and again")


def _used_by(element: Element) -> Iterator[str]:
    for key, text in element.attributes.items():
        if key != "id" and not text.startswith("data:") and (key.endswith("href") or "url" in text):
            yield from _TO_ITSELF.findall(text)


def _written(element: Element, root: bool = True) -> str:
    names = {"xmlns": SVG, "xmlns:xlink": XLINK} if root else {}
    named = {
        key.replace(f"{{{XLINK}}}", "xlink:"): text for key, text in element.attributes.items()
    }
    words = [element.name, *(f"{key}={quoteattr(text)}" for key, text in (names | named).items())]
    inside = "".join(_written(child, root=False) for child in element.children)
    return f"<{' '.join(words)}>{inside}</{element.name}>" if inside else f"<{' '.join(words)}/>"
