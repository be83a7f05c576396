"""A parcel as XLIFF 1.2 or 2.0, for programs that translators work with (OASIS standards).

Marks become inline elements, which such programs protect: `<g>` and `<x>` in 1.2, `<pc>` and
`<ph>` in 2.0. What comes back is resolved with the marks of the original, not with those in the
file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from brochure.translations.exchange import LIMITS, Parcel, Returned, Row, texts_of
from brochure.translations.inline import Code, Part, codes_in, meaning, parsed
from brochure.translations.standing import State

Version = Literal["1.2", "2.0"]
NAMESPACES: dict[str, str] = {
    "1.2": "urn:oasis:names:tc:xliff:document:1.2",
    "2.0": "urn:oasis:names:tc:xliff:document:2.0",
}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
FOREIGN = 1000  # numbers of marks that the original does not have begin here

_STATES_1_2 = {
    State.MISSING: "needs-translation",
    State.OUTDATED: "needs-adaptation",
    State.DRAFT: "translated",
    State.REVIEWED: "final",
}
_STATES_2_0 = {
    State.MISSING: "initial",
    State.OUTDATED: "initial",
    State.DRAFT: "translated",
    State.REVIEWED: "final",
}
_TYPES_2_0 = {"emphasis": "fmt", "strong emphasis": "fmt", "link": "link", "break": "fmt"}


def as_xliff(parcel: Parcel, version: Version) -> bytes:
    """Return a parcel as an XLIFF file."""
    from lxml import etree

    namespace = NAMESPACES[version]
    names: Any = {None: namespace}
    root: Any = etree.Element(f"{{{namespace}}}xliff", nsmap=names)
    root.set("version", version)
    if version == "2.0":
        root.set("srcLang", parcel.source_language)
        root.set("trgLang", parcel.language)
    for number, (text, rows) in enumerate(texts_of(parcel.rows).items(), 1):
        file = etree.SubElement(root, f"{{{namespace}}}file", {"original": text})
        if version == "2.0":
            file.set("id", f"f{number}")
            into = file
        else:
            file.set("source-language", parcel.source_language)
            file.set("target-language", parcel.language)
            file.set("datatype", "x-markdown")
            into = etree.SubElement(file, f"{{{namespace}}}body")
        for row in rows:
            _WRITERS[version](into, row)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _write_1_2(into: Any, row: Row) -> None:
    unit = _sub(into, "trans-unit", id=row.key.unit, resname=row.where)
    unit.set(_SPACE, "preserve")
    if row.where in LIMITS:
        unit.set("maxwidth", str(LIMITS[row.where]))
        unit.set("size-unit", "char")
    source, target = _numbered(row)
    _fill_1_2(_sub(unit, "source"), source)
    if target:
        _fill_1_2(_sub(unit, "target", state=_STATES_1_2[row.state]), target)
    if row.remark:
        _sub(unit, "note").text = row.remark


def _fill_1_2(element: Any, parts: tuple[Part, ...]) -> None:
    for part in parts:
        if isinstance(part, str):
            _append(element, part)
        elif part.number >= FOREIGN:  # with its own words, because the original has no such mark
            closed = part.parts is not None
            _sub(element, "bpt" if closed else "ph", id=str(part.number)).text = part.opening
            if closed:
                _fill_1_2(element, part.parts or ())
                _sub(element, "ept", id=str(part.number)).text = part.closing
        elif part.parts is None:
            kind = "lb" if part.name == "break" else f"x-{part.name}"
            _sub(element, "x", id=str(part.number), ctype=kind)
        else:
            kind = "x-" + part.name.replace(" ", "-")
            _fill_1_2(_sub(element, "g", id=str(part.number), ctype=kind), part.parts)


def _write_2_0(into: Any, row: Row) -> None:
    unit = _sub(into, "unit", id=row.key.unit)
    unit.set("name", row.where)
    if row.remark:
        _sub(_sub(unit, "notes"), "note").text = row.remark
    source, target = _numbered(row)
    codes = {code.number: code for code in codes_in((*source, *target))}
    if codes:
        originals = _sub(unit, "originalData")
        for number, code in sorted(codes.items()):
            for side, mark in (("a", code.opening), ("b", code.closing)):
                if mark:
                    each = _sub(originals, "data", id=f"{side}{number}")
                    each.set(_SPACE, "preserve")
                    each.text = mark
    segment = _sub(unit, "segment", state=_STATES_2_0[row.state])
    for name, parts in (("source", source), ("target", target)):
        if parts:
            element = _sub(segment, name)
            element.set(_SPACE, "preserve")
            _fill_2_0(element, parts)


def _fill_2_0(element: Any, parts: tuple[Part, ...]) -> None:
    for part in parts:
        if isinstance(part, str):
            _append(element, part)
            continue
        number, kind = str(part.number), _TYPES_2_0.get(part.name, "other")
        if part.parts is None:
            _sub(element, "ph", id=number, dataRef=f"a{number}", type=kind)
        else:
            ends = {"dataRefStart": f"a{number}", "dataRefEnd": f"b{number}"}
            _fill_2_0(_sub(element, "pc", id=number, type=kind, **ends), part.parts)


_WRITERS = {"1.2": _write_1_2, "2.0": _write_2_0}


def _sub(parent: Any, name: str, **attributes: str) -> Any:
    from lxml import etree

    namespace = etree.QName(parent).namespace
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)


def _append(element: Any, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _numbered(row: Row) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return original and translation; marks of the translation have the original's numbers."""
    source = parsed(row.source)
    free = list(codes_in(source))
    foreign = FOREIGN

    def numbered(parts: tuple[Part, ...]) -> Iterator[Part]:
        nonlocal foreign
        for part in parts:
            if isinstance(part, str):
                yield part
                continue
            twin = next((code for code in free if meaning(code) == meaning(part)), None)
            if twin:
                free.remove(twin)
            number = twin.number if twin else foreign
            foreign += twin is None
            inside = None if part.parts is None else tuple(numbered(part.parts))
            yield Code(number, part.opening, part.closing, inside, part.name)

    return source, tuple(numbered(parsed(row.translation)))


# Reading.


def read_xliff(content: bytes) -> list[Returned]:
    """Return the units of an XLIFF file.

    Raises `ValueError` for what is no XLIFF 1.2 or 2.0, and for XML with a document type, whose
    entities can stand for anything.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Any = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError("it is no XML that can be read") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("it has a document type, which no XLIFF file needs")
    name = etree.QName(root)
    version = root.get("version", "")
    if name.localname != "xliff" or NAMESPACES.get(version) != name.namespace:
        raise ValueError("it is neither XLIFF 1.2 nor XLIFF 2.0")
    return list(_READERS[version](root, f"{{{name.namespace}}}"))


def _units_1_2(root: Any, space: str) -> Iterator[Returned]:
    for file in root.iter(f"{space}file"):
        for unit in file.iter(f"{space}trans-unit"):
            key = f"{file.get('original')}:{unit.get('id')}"
            target = unit.find(f"{space}target")
            parts = () if target is None else tuple(_parts(target))
            yield Returned(unit.sourceline or 0, key, _stripped(parts))


def _units_2_0(root: Any, space: str) -> Iterator[Returned]:
    for file in root.iter(f"{space}file"):
        for unit in file.iter(f"{space}unit"):
            key = f"{file.get('original')}:{unit.get('id')}"
            marks = {each.get("id"): each.text or "" for each in unit.iter(f"{space}data")}
            # A translator's program may have cut the unit into sentences.
            pieces = [_target(each, space) for each in unit if _is_piece(each)]
            parts = [part for each in pieces if each is not None for part in _parts(each, marks)]
            yield Returned(unit.sourceline or 0, key, _stripped(tuple(parts)))


_READERS = {"1.2": _units_1_2, "2.0": _units_2_0}


def _is_piece(element: Any) -> bool:
    return str(element.tag).endswith(("}segment", "}ignorable"))


def _target(piece: Any, space: str) -> Any:
    """Return the translation of a sentence; what is not to be translated, such as the space
    between two, may have none and stays as it is."""
    target = piece.find(f"{space}target")
    if target is None and str(piece.tag) == f"{space}ignorable":
        return piece.find(f"{space}source")
    return target


def _stripped(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return nothing for a translation without a word."""
    return parts if any(not isinstance(part, str) or part.strip() for part in parts) else ()


def _parts(element: Any, marks: dict[str, str] | None = None) -> Iterator[Part]:
    """Yield words and codes of an element. Codes have a number and no marks yet."""
    yield element.text or ""
    for child in element:
        yield from _child(child, marks or {})
        yield child.tail or ""


def _child(child: Any, marks: dict[str, str]) -> Iterator[Part]:
    name = str(child.tag).rpartition("}")[2]
    number = child.get("id", "")
    match name:
        case "g" | "pc":
            a, b = marks.get(child.get("dataRefStart"), ""), marks.get(child.get("dataRefEnd"), "")
            yield Code(_number(number), a, b, tuple(_parts(child, marks)))
        case "x" | "ph" if name == "x" or marks:
            yield Code(_number(number), marks.get(child.get("dataRef"), ""))
        case "bx" | "sc":
            number = child.get("rid", number) if name == "bx" else number
            yield Code(_number(number), marks.get(child.get("dataRef"), ""), name="opening")
        case "ex" | "ec":
            number = child.get("rid" if name == "ex" else "startRef", number)
            yield Code(_number(number), marks.get(child.get("dataRef"), ""), name="closing")
        case "bpt" | "ept" | "ph" | "it":  # of 1.2: with their own marks in them
            yield "".join(child.itertext())
        case _:  # such as <mrk>, which encloses words
            yield from _parts(child, marks)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1
