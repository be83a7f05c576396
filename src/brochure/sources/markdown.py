"""Markdown with front matter: the prose of one text in one language, with positions.

Raw HTML is no part of the format. Whatever of it stands in a text is reported, and the HTML made
from the text is cleaned by nh3 against a short list of elements, so nothing can slip through.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

import nh3

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.folder import Source, decoded
from brochure.sources.yaml import Located, parse_yaml

if TYPE_CHECKING:
    import markdown

_ELEMENTS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "br", "hr"),
    *("em", "strong", "a", "sub", "sup", "code", "pre", "abbr", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    **{"a": {"href", "lang"}, "span": {"lang"}, "em": {"lang"}, "strong": {"lang"}},
    **{"ol": {"start"}, "th": {"align"}, "td": {"align"}},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_SCHEMES = {"http", "https", "mailto", "brochure"}

_HEADING = re.compile(
    r"(?P<marks>#{1,6})[ \t]+(?P<text>.+?)[ \t]*#*[ \t]*(?:\{\s*#(?P<id>[\w-]+)\s*\})?[ \t]*\Z"
)
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\Z")
_NESTED = re.compile(r"\s*(?:>\s?|(?:[-*+]|\d+\.)\s+)+#{1,6}[ \t]")
_ELEMENT = re.compile(
    r'<(?P<name>h[1-6])(?: id="(?P<id>[^"]*)")?>(?P<words>.*?)</(?P=name)>', re.DOTALL
)
_CODE_SPAN = re.compile(r"(`+)(.+?)\1")
# These look over the ends of lines, and their lengths are bounded, or many brackets take minutes.
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(?:[\s/][^<>]{0,2000})?>|<!--|<[!?][A-Za-z[]")
_LINK = re.compile(
    r"(?<!\\)\]\(\s*<?([^)\s>]{0,2000}+)(?=[^)]{0,2000}+\))|<((?:https?|mailto|brochure):[^>\s]+)>"
)
_IMAGE = re.compile(r"(?<!\\)!\[[^\]]{0,2000}\](?=[(\[])")
# Words in another language: [Théâtre de Liège]{lang=fr}; also behind a link or *word*.
_TONGUE = r"\{[ ]?:?[ ]?lang=(?P<quote>[\"']?)(?P<tag>[\w-]{0,40})(?P=quote)[ ]?\}"
_FOREIGN = r"\[(?P<words>(?:[^\[\]\\]|\\.){1,2000})\]" + _TONGUE
_FOREIGN_TAG = re.compile(rf"(?<=[\])*_]){_TONGUE}|(?<=\])(?P<other>\{{[^}}\n]{{0,80}}\}})")
_REFERENCE = re.compile(r"^[ ]{0,3}\[[^\]\n]+\]:[ ]*\n?[ ]*<?([^\s>]+)", re.MULTILINE)


@dataclass(frozen=True)
class Heading:
    """A heading of the source: its level from 1 to 6, its words, its explicit id or ""."""

    level: int
    text: str
    id: str
    place: Place


@dataclass(frozen=True)
class Link:
    """An address that the text links to."""

    address: str
    place: Place


@dataclass(frozen=True)
class Foreign:
    """The tag of the language that some words of the text are in, or what stands in its place."""

    tag: str
    place: Place


@dataclass(frozen=True)
class Outline:
    """Where the headings and the links of one Markdown file stand."""

    file: str
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Prose:
    """One Markdown file: front matter with positions, cleaned HTML, and where things stand."""

    file: str
    front: Located
    html: str = field(repr=False)
    markdown: str = field(repr=False)
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    foreign: tuple[Foreign, ...]
    first_line: int  # of the text after the front matter

    @property
    def outline(self) -> Outline:
        """What is left to check when the text is read."""
        return Outline(self.file, self.headings, self.links)


def read_prose(
    source: Source, found: Diagnostics, heading_id: Callable[[str], str] = lambda text: ""
) -> Prose | None:
    """Return a Markdown file read and cleaned, or None with diagnostics.

    `heading_id` returns the id of a standard heading from its words, "" for any other; the id
    becomes the `id` of the heading's element, where no explicit `{#id}` stands.
    """
    text = decoded(source, found)
    if text is None:
        return None
    split = _split(text, source.path, found)
    if split is None:
        return None
    front, body, first_line = split
    written = _Written(_outside_code(body), source.path, first_line)
    _report_hidden_headings(written, found)
    _report_html(written, found)
    _report_pictures(written, found)
    try:
        html = _clean_html(_without_html(body, written), heading_id)
    except RecursionError:
        _converter.cache_clear()  # it still believes to be deep inside a list
        found.add(
            "file-unreadable",
            Place(source.path, first_line),
            "lists or quotations stand too deep inside each other in this text",
            "use fewer levels of lists and quotations",
        )
        return None
    return Prose(
        file=source.path,
        front=front,
        html=html,
        markdown=body,
        headings=_headings(written, heading_id),
        links=_links(written),
        foreign=_foreign(written),
        first_line=first_line,
    )


def _clean(html: str) -> str:
    cleaned = nh3.clean(
        html, tags=_ELEMENTS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None
    )
    return cleaned.replace("&nbsp;", "\u00a0")  # nh3 writes the entity; the rules of spaces do not


def _split(text: str, file: str, found: Diagnostics) -> tuple[Located, str, int] | None:
    """Return front matter, body and the body's first line."""
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != "---":
        found.add(
            "front-matter",
            Place(file, 1, 1),
            'the file does not begin with front matter, "---" on the first line was expected',
            'begin the file with a line "---", the title and summary, and another line "---"',
        )
        return Located(file, {}), text, 1
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        found.add(
            "front-matter",
            Place(file, 1, 1),
            'the front matter has no end, a second line "---" was expected',
            'write a line "---" between the front matter and the text',
        )
        return None
    front = parse_yaml("\n".join(lines[1:end]), file, found, first_line=2)
    return None if front is None else (front, "\n".join(lines[end + 1 :]), end + 2)


@dataclass(frozen=True)
class _Written:
    """The text after the front matter with what is code blanked: every character in its place."""

    text: str
    file: str
    first_line: int

    def at(self, position: int) -> Place:
        """Return where a position of the text stands in the file."""
        line = self.first_line + self.text.count("\n", 0, position)
        return Place(self.file, line, position - self.text.rfind("\n", 0, position))


def _outside_code(body: str) -> str:
    """Return the text without the words of code blocks and the marks in code spans."""
    from markdown.extensions.fenced_code import FencedBlockPreprocessor

    text = FencedBlockPreprocessor.FENCED_BLOCK_RE.sub(_blank, body)
    return _CODE_SPAN.sub(_without_marks, text)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _without_marks(code: re.Match[str]) -> str:
    return re.sub(r"[<\[\]]", " ", code[0])


def _headings(written: _Written, heading_id: Callable[[str], str]) -> tuple[Heading, ...]:
    headings = []
    for number, line in enumerate(written.text.split("\n"), written.first_line):
        if match := _HEADING.match(line):
            text = match["text"].strip()
            known = match["id"] or heading_id(text)
            place = Place(written.file, number, 1)
            headings.append(Heading(len(match["marks"]), text, known, place))
    return tuple(headings)


def _links(written: _Written) -> tuple[Link, ...]:
    text = _IMAGE.sub(_blank, written.text)
    matches = [*_LINK.finditer(text), *_REFERENCE.finditer(text)]
    groups = [(match, match.lastindex or 0) for match in matches]
    return tuple(Link(match[group], written.at(match.start(group))) for match, group in groups)


def _foreign(written: _Written) -> tuple[Foreign, ...]:
    matches = _FOREIGN_TAG.finditer(written.text)
    groups = ((match, "other" if match["tag"] is None else "tag") for match in matches)
    return tuple(Foreign(match[name], written.at(match.start(name))) for match, name in groups)


def _report_html(written: _Written, found: Diagnostics) -> None:
    for match in _TAG.finditer(written.text):
        tag = " ".join(match[0].split())
        found.add(
            "raw-html",
            written.at(match.start()),
            f'HTML stands in the text, and its tag "{_short(tag)}" is left out',
            "write Markdown: **bold**, *italic*, [link](https://example.org)",
        )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _report_hidden_headings(written: _Written, found: Diagnostics) -> None:
    """Headings are lines of their own that begin with marks, so that all of them are seen."""
    lines = written.text.split("\n")
    for number, line in enumerate(lines):
        if _NESTED.match(line):
            problem = "a heading stands inside a quotation or a list"
        elif number and _UNDERLINE.match(line) and lines[number - 1].strip():
            problem = "the line above is underlined, which makes no heading"
        else:
            continue
        found.add(
            "heading-level",
            Place(written.file, written.first_line + number, 1),
            problem,
            'begin a heading with "## " on a line of its own; leave the line above a rule empty',
        )


def _report_pictures(written: _Written, found: Diagnostics) -> None:
    for match in _IMAGE.finditer(written.text):
        found.add(
            "picture-in-text",
            written.at(match.start()),
            "a picture stands in the text, where the layout has no place for it",
            'put the file into photos/ and name it below "photos" in practice.yaml',
        )


def _without_html(body: str, written: _Written) -> str:
    """Return the text without raw tags of elements that Markdown itself makes.

    What other raw HTML there is goes when the HTML is cleaned.
    """
    for tag in reversed([*_TAG.finditer(written.text)]):
        if tag[1] and tag[1].lower() in _ELEMENTS:
            body = body[: tag.start()] + body[tag.end() :]
    return body


@cache
def _converter() -> markdown.Markdown:
    from xml.etree.ElementTree import Element

    import markdown  # 80 ms: only where a text is converted
    from markdown.blockprocessors import HashHeaderProcessor
    from markdown.inlinepatterns import InlineProcessor

    class _HeadingProcessor(HashHeaderProcessor):
        """Asks for a space after the marks, so "#1 in Europe" is no heading."""

        RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>(?:\\.|[^\\])*?)#*(?:\n|$)")

    class _ForeignProcessor(InlineProcessor):
        """Words in brackets with a language; Markdown itself sets what stands in them."""

        def handleMatch(  # type: ignore[override]
            self, m: re.Match[str], data: str
        ) -> tuple[Element, int, int]:
            span = Element("span", {"lang": m["tag"]})
            span.text = m["words"]
            return span, m.start(0), m.end(0)

    converter = markdown.Markdown(extensions=["tables", "sane_lists", "fenced_code", "attr_list"])
    processors = converter.parser.blockprocessors
    processors.deregister("setextheader")
    processors.register(_HeadingProcessor(converter.parser), "hashheader", 70)
    # Before links, as both begin with a bracket; behind code and what is escaped.
    converter.inlinePatterns.register(_ForeignProcessor(_FOREIGN, converter), "foreign", 165)
    return converter


def _clean_html(body: str, heading_id: Callable[[str], str]) -> str:
    def with_id(match: re.Match[str]) -> str:
        known = match["id"] or heading_id(unescape(re.sub(r"<[^>]*>", "", match["words"])))
        name = f'{match["name"]} id="{known}"' if known else match["name"]
        return f"<{name}>{match['words']}</{match['name']}>"

    return _ELEMENT.sub(with_id, _clean(_converter().reset().convert(body)))
