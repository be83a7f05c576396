"""Putting translations into a text file: what is not translated stays as its author wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from brochure.translations.fields import as_yaml
from brochure.translations.manuscript import Manuscript
from brochure.translations.pairing import Pair
from brochure.translations.units import Shape, Unit


class NoPlace(Exception):
    """A translation that cannot be put anywhere without a human hand."""


@dataclass(frozen=True)
class _Edit:
    """What stands between two places of a text gives way to other words."""

    start: int
    end: int
    words: str


def revised(
    source: Manuscript,
    translation: Manuscript,
    pairs: list[Pair],
    words: Mapping[Unit, str],
    heading_id: Callable[[str], str],
) -> tuple[str, list[Unit]]:
    """Return the text of a translation with new words for some units of the original, and the
    units for which it has no place."""
    edits: list[_Edit] = []
    homeless = []
    for number, pair in enumerate(pairs):
        if pair.source is None or pair.source not in words:
            continue
        new = words[pair.source]
        try:
            if pair.translation:
                edits.append(_replacement(pair.source, pair.translation, new, heading_id))
            else:
                edits.append(_insertion(source, translation, pairs, number, new, heading_id))
        except NoPlace:
            homeless.append(pair.source)
    text = translation.text
    # From the end, so that places before stay what they are; of several at one place, the first
    # in the text goes in last.
    for _, edit in sorted(enumerate(edits), key=lambda each: (-each[1].start, -each[0])):
        text = text[: edit.start] + edit.words + text[edit.end :]
    return text, homeless


def _replacement(source: Unit, unit: Unit, new: str, heading_id: Callable[[str], str]) -> _Edit:
    if unit.path:
        return _Edit(unit.start, unit.end, as_yaml(new, flow=unit.flow))
    return _Edit(unit.start, unit.end, _lines(new, unit.onward))


def _lines(words: str, onward: str) -> str:
    return words.replace("\n", f"  \n{onward}")


def _insertion(
    source: Manuscript,
    translation: Manuscript,
    pairs: list[Pair],
    number: int,
    new: str,
    heading_id: Callable[[str], str],
) -> _Edit:
    unit = pairs[number].source
    assert unit is not None
    if unit.path:
        return _new_field(translation, unit, new)
    if unit.shape is Shape.CELL:
        raise NoPlace
    before = [pair for pair in pairs[:number] if pair.source and not pair.source.path]
    anchor = next((pair for pair in reversed(before) if pair.translation), None)
    line = prefix(source, unit) + _lines(new, unit.onward) + suffix(source, unit, new, heading_id)
    if anchor is None or anchor.translation is None or anchor.source is None:
        return _Edit(translation.body, translation.body, f"{line}\n\n")
    # Untranslated units between the two keep the distance that the original gives them.
    between = source.text[anchor.source.end : unit.start]
    gap = "\n\n" if "\n\n" in between.replace("\r", "") else "\n"
    at = _end_of_line(translation.text, anchor.translation.end)
    return _Edit(at, at, gap + line)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def prefix(source: Manuscript, unit: Unit) -> str:
    """Return what stands before a unit on its first line: marks and indentation."""
    return source.text[source.text.rfind("\n", 0, unit.start) + 1 : unit.start]


def suffix(source: Manuscript, unit: Unit, new: str, heading_id: Callable[[str], str]) -> str:
    """Return what stands behind a unit: the id of a heading, also of a standard one whose new
    words are none of the standard ones."""
    behind = source.text[unit.end : _end_of_line(source.text, unit.end)].rstrip()
    if unit.level and unit.anchor and not behind and heading_id(new) != unit.anchor:
        return f" {{#{unit.anchor}}}"
    return behind if unit.level else ""


def _new_field(translation: Manuscript, unit: Unit, new: str) -> _Edit:
    """Return where a value goes that the front matter of a translation lacks."""
    group, dot, name = unit.path.partition(".")
    end = translation.text.rfind("\n", 0, translation.body - 1) + 1  # of the front matter
    if not dot:
        return _Edit(end, end, f"{unit.path}: {as_yaml(new)}\n")
    if group == "figures":
        raise NoPlace
    key = as_yaml(name, flow=True)
    others = [each for each in translation.fields if each.path.startswith(f"{group}.")]
    if not others:
        return _Edit(end, end, f"{group}:\n  {key}: {as_yaml(new)}\n")
    last = others[-1]
    if last.flow:
        return _Edit(last.end, last.end, f", {key}: {as_yaml(new, flow=True)}")
    start = translation.text.rfind("\n", 0, last.start) + 1
    line = translation.text[start : last.start]
    indent = line[: len(line) - len(line.lstrip())]
    at = _end_of_line(translation.text, last.end)
    return _Edit(at, at, f"\n{indent}{key}: {as_yaml(new)}")


def new_text(
    source: Manuscript, words: Mapping[Unit, str], heading_id: Callable[[str], str]
) -> str:
    """Return the text of a translation that there was not: the original with other words.

    Units without a translation are left out.
    """
    return "---\n" + _new_front(source, words) + "---\n" + _new_prose(source, words, heading_id)


def _new_front(source: Manuscript, words: Mapping[Unit, str]) -> str:
    values = {unit.path: words[unit] for unit in source.fields if unit in words}
    lines = [
        f"{path}: {as_yaml(values[path])}\n" for path in ("title", "summary") if path in values
    ]
    for group in ("facts", "alt"):
        named = {p.partition(".")[2]: v for p, v in values.items() if p.startswith(f"{group}.")}
        lines += [f"{group}:\n"] if named else []
        lines += [f"  {as_yaml(name, flow=True)}: {as_yaml(v)}\n" for name, v in named.items()]
    figures = [number for number in ("1", "2") if f"figures.{number}.value" in values]
    figures = [number for number in figures if f"figures.{number}.label" in values]
    lines += ["figures:\n"] if figures else []
    for number in figures:
        value, label = (values[f"figures.{number}.{key}"] for key in ("value", "label"))
        lines.append(f"  - value: {as_yaml(value)}\n    label: {as_yaml(label)}\n")
    return "".join(lines)


def _new_prose(
    source: Manuscript, words: Mapping[Unit, str], heading_id: Callable[[str], str]
) -> str:
    made, at = "", source.body
    for unit in source.prose:
        if unit in words:
            made += source.text[at : unit.start] + _lines(words[unit], unit.onward)
            made += suffix(source, unit, words[unit], heading_id)
            at = _end_of_line(source.text, unit.end) if unit.level else unit.end
        elif unit.shape is Shape.CELL:
            made += source.text[at : unit.start]
            at = unit.end
        else:
            made += source.text[at : source.text.rfind("\n", 0, unit.start) + 1]
            at = min(_end_of_line(source.text, unit.end) + 1, len(source.text))
            while made.endswith(("\n\n", "---\n")) and source.text[at : at + 1] == "\n":
                at += 1
            if not made.strip():
                while source.text[at : at + 1] == "\n":
                    at += 1
    return (made + source.text[at:]).rstrip("\n") + "\n"
