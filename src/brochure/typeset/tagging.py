"""Corrections to the engine's structure tree (WeasyPrint 70.0, pinned: this touches private names).

- a cell or phrase in another language gets /Lang from its HTML element (PDF/UA-1, 7.2);
- table heads get /Scope (ISO 32000-1, table 349) in place of ids and lists of heads;
- margin boxes, tagged by the engine but hung on no tree, become artifacts (PDF/UA-1, 7.1);
- words in bold or italics inside a link are no links of their own (PDF/UA-1, 7.18.5);
- boxes of figures are given in points of the page, not in CSS pixels (ISO 32000-1, table 344).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf import tags as engine

PX_TO_PT = 0.75
_SCOPES = {"row": "/Row", "col": "/Column"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_original = engine._build_box_tree
_original_add_tags = engine.add_tags
# Marked content of margin boxes found while one document is written: (page, MCID). A worker
# writes one document at a time.
_marginal: list[tuple[int, int]] = []


def install() -> None:
    """Put the corrections in place; doing it twice changes nothing."""
    import weasyprint.pdf

    engine._build_box_tree = _build_box_tree
    weasyprint.pdf.add_tags = _add_tags


def keep_outer_links(document: Any) -> None:
    """Leave one link to each: the engine makes another of everything inside it."""
    for page in document.pages:
        page.links[:] = [link for link in page.links if link[3].link]


def _add_tags(pdf: Any, document: Any, pdf_version: Any, page_streams: list[Any]) -> None:
    _marginal.clear()
    _original_add_tags(pdf, document, pdf_version, page_streams)
    _correct_elements(pdf, document)
    parents = _parent_arrays(pdf)
    for page, mcid in sorted(_marginal):
        _make_artifact(page_streams[page], mcid)
        # The engine's arrays have no gap for it, and an array's index is the MCID.
        parents[page].insert(mcid, b"null")


def _parent_arrays(pdf: Any) -> dict[int, Any]:
    """Return the parent tree's arrays by page."""
    tree = next(o for o in pdf.objects if isinstance(o, dict) and "Nums" in o)
    pairs = zip(tree["Nums"][::2], tree["Nums"][1::2], strict=True)
    return {key: value for key, value in pairs if isinstance(value, list)}


def _build_box_tree(
    box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, annotations: Any, tags: Any
) -> Iterator[Any]:
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if isinstance(box, boxes.MarginBox):
        for child in box.descendants():
            if child in tags:
                _marginal.append((page_number, tags.pop(child)["mcid"]))
        return
    for element in _original(box, parent, pdf, page_number, nums, annotations, tags):
        _describe(element, box)
        yield element


def _describe(element: Any, box: Any) -> None:
    if box.element is None:
        return
    if (language := _language(box.element)) and box.element_tag not in ("html", "body"):
        element["Lang"] = pydyf.String(language)
    if element["S"] == "/TH":
        scope = box.element.attrib.get("scope", "col")
        element["A"]["Scope"] = _SCOPES.get(scope, "/Column")


def _language(element: Any) -> str | None:
    language: str | None = element.attrib.get("lang") or element.attrib.get(_XML_LANG)
    return language


def _correct_elements(pdf: Any, document: Any) -> None:
    pages = zip(pdf.page_references, document.pages, strict=True)
    sizes = {reference: (page.width, page.height) for reference, page in pages}
    for element in pdf.objects:
        if not isinstance(element, dict) or element.get("Type") != "/StructElem":
            continue
        # Heads are found by /Scope; the engine's ids would clash when sections are bound.
        element.pop("ID", None)
        if (attributes := element.get("A")) is None:
            continue
        attributes.pop("Headers", None)
        if "BBox" in attributes:
            x1, y1, x2, y2 = attributes["BBox"]
            width, height = sizes[element["Pg"]]
            # What bleeds is described as far as the trimmed page goes.
            left, right = max(x1, 0), min(x2, width)
            upright = (left, height - min(y2, height), right, height - max(y1, 0))
            # Rounded down: rounded up, it could go beyond the page.
            thousandths = (math.floor(value * PX_TO_PT * 1000) for value in upright)
            attributes["BBox"] = pydyf.Array(each / 1000 for each in thousandths)


def _make_artifact(stream: Any, mcid: int) -> None:
    """Rewrite the beginning of one marked sequence as that of a page header's artifact."""
    for i, operand in enumerate(stream.stream):
        if isinstance(operand, dict) and operand.get("MCID") == mcid:
            stream.stream[i - 1] = "/Artifact"
            stream.stream[i] = pydyf.Dictionary({"Type": "/Pagination", "Subtype": "/Header"})
            return
    raise LookupError(f"marked content {mcid} is not in its page")
