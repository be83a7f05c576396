"""Texts: from a Markdown file to a checked `Text` in one language."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import partial
from typing import Any

from brochure.diagnostics import Diagnostics, Place
from brochure.languages import Language, Strings, is_tag
from brochure.model.sheets import FrontMatter
from brochure.model.types import Figure, Passage, Text, Texts
from brochure.model.validation import validated
from brochure.sources import Folder, Source
from brochure.sources.fonts import Fonts, report_missing_glyphs
from brochure.sources.markdown import Heading, Link, Outline, Prose, read_prose
from brochure.sources.memory import Form, Memory

_H2 = re.compile(r"<h2(?: id=\"(?P<id>[^\"]+)\")?>(?P<heading>.*?)</h2>", re.S)


def read_texts(
    folder: Folder,
    path: str,
    languages: list[str],
    strings: dict[str, Strings],
    fonts: Fonts,
    found: Diagnostics,
) -> tuple[Texts, list[Outline]]:
    """Return the texts in a folder by language, and the outlines of their files."""
    texts: dict[str, Text] = {}
    outlines: list[Outline] = []
    for name in folder.files(path):
        tag, dot, ending = name.rpartition(".")
        if ending != "md" or not dot:
            continue
        file = f"{path}/{name}"
        if tag not in languages:
            _report_name(file, tag, languages, found)
            continue
        source = folder.read_checked(file, found)
        if source is None:
            continue
        words = strings.get(tag)
        key = (source.path, source.digest, words and words.source.digest, fonts.digest)
        outline, text = _memory.recall(key, found, partial(_read_text, source, tag, words, fonts))
        if outline:
            outlines.append(outline)
        if text:
            texts[tag] = text
    return Texts(path, texts), outlines


_Read = tuple[Outline | None, Text | None]


def _written(read: _Read) -> list[dict[str, Any] | None]:
    return [asdict(each) if each else None for each in read]


def _from_written(written: list[dict[str, Any] | None]) -> _Read:
    outline, text = written
    return (_outline_of(outline) if outline else None), (_text_of(text) if text else None)


def _outline_of(values: dict[str, Any]) -> Outline:
    headings = (Heading(**{**each, "place": Place(**each["place"])}) for each in values["headings"])
    links = (Link(each["address"], Place(**each["place"])) for each in values["links"])
    return Outline(values["file"], tuple(headings), tuple(links))


def _text_of(values: dict[str, Any]) -> Text:
    return Text(
        **{
            **values,
            "figures": tuple(Figure(**each) for each in values["figures"]),
            "passages": tuple(Passage(**each) for each in values["passages"]),
            "sources": tuple(values["sources"]),
        }
    )


_memory = Memory(Form("texts", _written, _from_written))


def _read_text(
    source: Source, tag: str, strings: Strings | None, fonts: Fonts, found: Diagnostics
) -> _Read:
    """Return the outline of one file, and the text in it; None for what cannot be used."""
    report_missing_glyphs(source, fonts, found)
    prose = read_prose(source, found, strings.heading_id if strings else lambda text: "")
    if prose is None:
        return None, None
    _report_headings(prose, found)
    _report_tags(prose, found)
    has_front_matter = prose.first_line > 1  # without, that alone is said
    return prose.outline, _text(prose, tag, found) if has_front_matter else None


def _report_name(file: str, tag: str, languages: list[str], found: Diagnostics) -> None:
    by_small_letters = {language.casefold(): language for language in languages}
    if language := by_small_letters.get(tag.casefold()):
        hint = f'rename it to "{language}.md"'
    elif is_tag(tag):
        hint = 'add the language to "languages" in brochure.yaml, or remove the file'
    else:
        hint = f'name it after its language, like "{languages[0]}.md", or move it elsewhere'
    found.add(
        "unknown-language",
        Place(file),
        f'the text is named "{tag}.md", and "{tag}" is none of the languages in brochure.yaml',
        hint,
    )


def _report_tags(prose: Prose, found: Diagnostics) -> None:
    """The language of foreign words must be one that screen readers may know."""
    for foreign in prose.foreign:
        if is_tag(foreign.tag) and Language(foreign.tag).is_known:
            continue
        small = foreign.tag.casefold()
        known = is_tag(small) and Language(small).is_known
        found.add(
            "unknown-tag",
            foreign.place,
            f'"{foreign.tag}" is no tag of a language',
            f'write "lang={small}"' if known else 'write the tag of its language, like "lang=fr"',
        )


def _report_headings(prose: Prose, found: Diagnostics) -> None:
    """Headings begin at level 2 (level 1 is the title) and never skip one (PDF/UA-1, 7.4.2)."""
    level, seen = 1, dict[str, Place]()
    for heading in prose.headings:
        if heading.level == 1 or heading.level > level + 1:
            expected = "#" * min(max(heading.level, 2), level + 1)
            found.add(
                "heading-level",
                heading.place,
                f'the heading "{heading.text}" has level {heading.level}, after level {level}'
                f" at most level {level + 1} is expected"
                if heading.level > 1
                else f'the heading "{heading.text}" has level 1, which is the title\'s own',
                f'begin the line with "{expected} "',
            )
        if heading.id and heading.id in seen:
            found.add(
                "duplicate-heading",
                heading.place,
                f'the heading "{heading.text}" stands for "{heading.id}", as does line'
                f" {seen[heading.id].line}",
                "join the two passages under one heading",
            )
        elif heading.id:
            seen[heading.id] = heading.place
        level = max(heading.level, 2)


def _text(prose: Prose, tag: str, found: Diagnostics) -> Text | None:
    front = validated(FrontMatter, prose.front, found)
    if front is None:
        return None
    if not front.summary:
        found.add(
            "missing-summary",
            prose.front.place(),
            f'the text "{front.title}" has no summary, the page shows none below its title',
            'add a line "summary: …" of one or two sentences',
        )
    spaced = Language(tag).printed
    lead, passages = _passages(spaced(prose.html))
    return Text(
        file=prose.front.file,
        language=tag,
        title=spaced(front.title),
        summary=spaced(front.summary or ""),
        facts={key: spaced(value) for key, value in front.facts.items()},
        figures=tuple(Figure(spaced(f.value), spaced(f.label)) for f in front.figures),
        alt=front.alt,
        lead=lead,
        passages=passages,
        sources=tuple(front.sources),
    )


def _passages(html: str) -> tuple[str, tuple[Passage, ...]]:
    """Return what stands before the first heading of level 2, and the passages after it."""
    matches = list(_H2.finditer(html))
    ends = [*(match.start() for match in matches), len(html)][1:]
    lead = html[: matches[0].start()] if matches else html
    passages = tuple(
        Passage(match["id"] or "", match["heading"].strip(), html[match.end() : end].strip())
        for match, end in zip(matches, ends, strict=True)
    )
    return lead.strip(), passages
