"""The XMP metadata of a file, as far as rules ask for it."""

from __future__ import annotations

from xml.etree import ElementTree

from brochure.preflight.opened import Damaged, OpenedFile

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LARGEST = 1_000_000

DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
XMP_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
PDF = "{http://ns.adobe.com/pdf/1.3/}"
PDFX_ID = "{http://www.npes.org/pdfx/ns/id/}"


def properties(file: OpenedFile) -> dict[str, str]:
    """Return the properties, with their namespace in braces, and of lists the first element.

    Damaged is raised when there is no metadata or it is no XMP.
    """
    if "/Metadata" not in file.catalog:
        raise Damaged("the file has no XMP metadata")
    data = file.decoded(file.catalog.get("/Metadata"), limit=_LARGEST)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:  # entities can explode
        raise Damaged("the XMP metadata is no plain XML in UTF-8")
    try:
        tree = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Damaged(f"the XMP metadata cannot be read: {error}") from None
    found: dict[str, str] = {}
    for description in tree.iter(f"{_RDF}Description"):
        for key, value in description.attrib.items():
            found.setdefault(key, value.strip())
        for child in description:
            first = next(child.iter(f"{_RDF}li"), child)
            found.setdefault(child.tag, (first.text or "").strip())
    return found
