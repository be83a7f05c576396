"""The units of a front matter: title, summary, facts, figures, alternative texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from brochure.diagnostics import Diagnostics
from brochure.sources.yaml import parse_yaml
from brochure.translations.units import Shape, Unit

# The keys whose values are words, and what stands below each: "" the words, "{}" words by name,
# "[]" a list of mappings with words.
TRANSLATED = {"title": "", "summary": "", "facts": "{}", "figures": "[]", "alt": "{}"}


@dataclass(frozen=True)
class Front:
    """What a front matter says: its units, and whether its author calls the text a draft."""

    units: tuple[Unit, ...]
    is_draft: bool = False


def read_front(file: str, text: str, body: int) -> Front | None:
    """Return the front matter that ends before `body`; None where it is no YAML."""
    start = text.index("\n") + 1
    front = text[start : text.rindex("\n", 0, body - 1) + 1] if body > start else ""
    found = Diagnostics()
    read = parse_yaml(front, file, found, first_line=2)
    if read is None or found.failed:
        return None
    node = yaml.compose(front, Loader=yaml.CSafeLoader)
    if not isinstance(node, yaml.MappingNode):
        return Front(())
    starts = [start]
    for line in front.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    units = tuple(
        _unit(path, scalar, text, starts, flow)
        for path, scalar, flow in _scalars(node)
        if scalar.value
    )
    return Front(units, read.value.get("status") == "draft")


def _scalars(root: yaml.MappingNode) -> Iterator[tuple[str, yaml.ScalarNode, bool]]:
    """Yield the path of each value that is words, the value, and whether it is in brackets."""
    for key_node, value in root.value:
        key, below = str(key_node.value), TRANSLATED.get(str(key_node.value))
        if below == "" and isinstance(value, yaml.ScalarNode):
            yield key, value, bool(root.flow_style)
        elif below == "{}" and isinstance(value, yaml.MappingNode):
            yield from _named(key, value)
        elif below == "[]" and isinstance(value, yaml.SequenceNode):
            for number, entry in enumerate(value.value, 1):
                if isinstance(entry, yaml.MappingNode):
                    yield from _named(f"{key}.{number}", entry)


def _named(path: str, mapping: yaml.MappingNode) -> Iterator[tuple[str, yaml.ScalarNode, bool]]:
    for key_node, value in mapping.value:
        if isinstance(value, yaml.ScalarNode):
            yield f"{path}.{key_node.value}", value, bool(mapping.flow_style)


def _unit(path: str, scalar: yaml.ScalarNode, text: str, starts: list[int], flow: bool) -> Unit:
    start = starts[scalar.start_mark.line] + scalar.start_mark.column
    end = starts[scalar.end_mark.line] + scalar.end_mark.column
    end = start + len(text[start:end].rstrip())  # a block of lines ends behind its last line
    line = scalar.start_mark.line + 2
    return Unit(Shape.FIELD, str(scalar.value), line, start, end, path, flow=flow)


_IN_BRACKETS = set(",[]{}")


def as_yaml(words: str, *, flow: bool = False) -> str:
    """Return words as a value on one line: plain where that is safe, else in double quotes.

    `flow` says that the value stands in brackets, where a comma would end it.
    """
    found = Diagnostics()
    plain = "\n" not in words and "#" not in words and not words[:1].isdigit()
    if plain and not words.startswith(("{", "[")) and not (flow and _IN_BRACKETS & set(words)):
        read = parse_yaml(f"key: {words}", "", found)
        if read is not None and not found.failed and read.value == {"key": words}:
            return words
    return json.dumps(words, ensure_ascii=False)
