"""An edition as one HTML document with one style sheet, for rendering it without brochure.

Composer and layout are brochure's own. Each section becomes a `div` in a page of its own name; the
rules of its style sheet are confined to it by a class, those for its pages by the page's name.
Page numbers are counters of the engine: at the foot of the pages, and in contents and index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import tinycss2  # type: ignore[import-untyped]

from brochure.build import Desk
from brochure.editions import Edition, Kind, Part
from brochure.layouts import SCHEME, Composed, Composer, Entry, Listing
from brochure.layouts.composition import SWATCHES

_HTML = re.compile(
    r'<html lang="(?P<language>[^"]*)"[^>]* style="(?P<style>[^"]*)">.*?'
    r'<body class="[^"]*"(?P<heads>[^>]*)>(?P<body>.*)</body>',
    re.S,
)
_LINK = re.compile(rf'href="{SCHEME}([^"#]*)[^"]*"')
_FOLIO = re.compile(r"\[\[([^\]]*)\]\]")
_FOLIOS = """
@page { font: 600 7.2pt/9pt "Source Sans 3" }
@page :left { @bottom-left { content: counter(page); vertical-align: top } }
@page :right { @bottom-right { content: counter(page); vertical-align: top } }
.folio::after { content: target-counter(attr(href), page) }
body { margin: 0 }
"""
_NO_FOLIO = "@bottom-left { content: none } @bottom-right { content: none }"


@dataclass(frozen=True)
class Document:
    """One HTML document with its style sheet, and the file that it becomes."""

    file: str
    html: str
    css: str


@dataclass(frozen=True)
class _Piece:
    """A composed section; `page` is the name of its pages, `colours` its custom properties."""

    part: Part
    composed: Composed
    page: str
    colours: tuple[tuple[str, str], ...]
    language: str
    heads: str
    body: str


def document(desk: Desk, composer: Composer, edition: Edition) -> Document:
    """Return an edition as one document."""
    listing = Listing(tuple(_entries(composer, edition)))
    pieces = [
        _piece(composer, part, edition, listing, number)
        for number, part in enumerate(edition.parts)
    ]
    targets = {part.section.target for part in edition.parts}
    body = "\n".join(_linked(_wrapped(piece), targets) for piece in pieces)
    title = composer.titles.edition_title(edition)
    html = (
        f'<!DOCTYPE html><html lang="{edition.language}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head><body>{body}</body></html>"
    )
    return Document(edition.file, html, "\n".join(_style(desk, pieces)))


def _entries(composer: Composer, edition: Edition) -> Iterator[Entry]:
    for part in edition.parts:
        headings = composer.titles.headings(part.section, part.level)
        folios = {heading: f"[[{part.section.target}]]" for heading in headings}
        yield from composer.titles.entries(part.section, folios)


def _piece(
    composer: Composer, part: Part, edition: Edition, listing: Listing, number: int
) -> _Piece:
    composed = composer.section(part.section, edition, listing)
    found = _HTML.search(composed.html) if composed else None
    if composed is None or found is None:
        raise SystemExit(f'the section "{part.section}" cannot be joined')
    colours = tuple(
        (name.strip(), value.strip())
        for name, _, value in (each.partition(":") for each in found["style"].split(";"))
    )
    swatch = re.sub(r"[^a-z]", "", dict(colours)["--accent"].removeprefix("var(--"))
    # Neighbours of one kind need different names, or they were one group of pages.
    page = f"{part.section.kind}-{swatch}-{'ab'[number % 2]}"
    return _Piece(part, composed, page, colours, found["language"], found["heads"], found["body"])


def _wrapped(piece: _Piece) -> str:
    style = "; ".join(f"{name}: {value}" for name, value in piece.colours)
    return (
        f'<div class="section k-{piece.part.section.kind}" lang="{piece.language}"{piece.heads}'
        f' style="{style}; page: {piece.page}">{piece.body}</div>'
    )


def _linked(html: str, targets: set[str]) -> str:
    """Turn links to sections into links inside the document, or into none."""

    def address(match: re.Match[str]) -> str:
        name = match[1] if match[1] in targets else match[1].rpartition("/")[0]
        return f'href="#{name}"' if name in targets else ""

    return _FOLIO.sub(r'<a class="folio" href="#\1"></a>', _LINK.sub(address, html))


def _style(desk: Desk, pieces: list[_Piece]) -> Iterator[str]:
    """Yield the common style sheets, then those of each kind, confined to their sections."""
    done: set[tuple[str, str]] = set()
    for piece in pieces:
        kind = piece.part.section.kind
        for sheet in piece.composed.styles:
            own = sheet.file.endswith(f"/{kind}.css")
            if (sheet.file, piece.page if own else "") in done:
                continue
            done.add((sheet.file, piece.page if own else ""))
            if own:
                first = not any(file == sheet.file for file, page in done if page != piece.page)
                yield from _confined(sheet.text, kind, piece, first)
            else:
                yield sheet.text.replace("\nbody {", "\n.section {")
            if sheet.file.endswith(SWATCHES):
                yield _FOLIOS
        yield _folios(desk, kind, piece.page)


def _folios(desk: Desk, kind: Kind, page: str) -> str:
    folio = desk.layout.style(kind).folio
    pages = {"none": page, "after-first": f":nth(1 of {page})"}
    return f"@page {pages[folio]} {{ {_NO_FOLIO} }}" if folio in pages else ""


def _confined(text: str, kind: Kind, piece: _Piece, first: bool) -> Iterator[str]:
    """Yield a style sheet's rules for one kind of section, and for pages of one name."""
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        content = tinycss2.serialize(rule.content)
        prelude = tinycss2.serialize(rule.prelude).strip()
        if rule.type == "at-rule":  # only @page
            for name, value in piece.colours:
                content = content.replace(f"var({name})", value)
            page = f":nth(1 of {piece.page})" if prelude == ":first" else piece.page + prelude
            yield f"@page {page} {{{content}}}"
        elif first:
            yield f"{_selectors(prelude.split(','), f'.k-{kind}')} {{{content}}}"


def _selectors(selectors: Iterable[str], scope: str) -> str:
    return ", ".join(
        scope if selector.strip() == "html" else f":where({scope}) {selector.strip()}"
        for selector in selectors
    )
