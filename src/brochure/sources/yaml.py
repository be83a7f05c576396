"""YAML with positions: every value knows its line and column.

Read as YAML 1.2's core schema: `no` is a language code and `1:30` a text, not False and 90.
Aliases are refused (a few lines of them can stand for gigabytes), and so are repeated keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from brochure.diagnostics import Diagnostics, Place
from brochure.sources.folder import Source, decoded

Path = tuple[str | int, ...]

DEPTH_LIMIT = 40

_SCALARS: list[tuple[re.Pattern[str], Any]] = [
    (re.compile(r"(?:|~|null|Null|NULL)\Z"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)\Z"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)\Z"), lambda text: False),
    (re.compile(r"[-+]?[0-9]{1,18}\Z"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,2})?\Z"), float),
]


@dataclass(frozen=True)
class Located:
    """Plain values of one YAML document, and where each stands in the file."""

    file: str
    value: Any
    places: Mapping[Path, Place] = field(default_factory=dict, repr=False)
    key_places: Mapping[Path, Place] = field(default_factory=dict, repr=False)

    def place(self, *path: str | int) -> Place:
        """Return where the value at `path` stands, or the nearest thing that holds it."""
        return self._nearest(self.places, path)

    def key_place(self, *path: str | int) -> Place:
        """Return where the key of `path` stands, or the nearest thing that holds it."""
        return self.key_places.get(path) or self.place(*path)

    def _nearest(self, places: Mapping[Path, Place], path: Path) -> Place:
        for length in range(len(path), -1, -1):
            if place := places.get(path[:length]):
                return place
        return Place(self.file)


def read_yaml(source: Source, found: Diagnostics) -> Located | None:
    """Return the document of a YAML file, or None with diagnostics."""
    text = decoded(source, found)
    return None if text is None else parse_yaml(text, source.path, found)


def parse_yaml(text: str, file: str, found: Diagnostics, first_line: int = 1) -> Located | None:
    """Return the document in `text`, whose first line is line `first_line` of `file`.

    An empty document is an empty mapping. None, always with a diagnostic, stands for a document
    that cannot be read at all; a repeated key is reported and the rest still read.
    """
    walk = _Walk(file, first_line - 1, found)
    try:
        if walk.refuses(text):
            return None
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        walk.report_syntax(error, text)
        return None
    except yaml.YAMLError:
        found.add(
            "yaml-syntax",
            Place(file, first_line),
            "a character that YAML does not allow",
            "remove control characters and save the file again",
        )
        return None
    value = {} if node is None else walk.plain(node, ())
    return Located(file, value, walk.places, walk.key_places)


class _Walk:
    """Turns PyYAML's nodes into plain values, noting positions on the way."""

    def __init__(self, file: str, line_offset: int, found: Diagnostics) -> None:
        self.file = file
        self.offset = line_offset
        self.found = found
        self.places: dict[Path, Place] = {}
        self.key_places: dict[Path, Place] = {}

    def at(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1 + self.offset, mark.column + 1)

    def report_syntax(self, error: yaml.MarkedYAMLError, text: str) -> None:
        mark = error.problem_mark or error.context_mark
        place = self.at(mark) if mark else Place(self.file)
        lines = text.split("\n")
        line = lines[mark.line] if mark and mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            column = line.index("\t") + 1
            self.found.add(
                "yaml-tab",
                Place(self.file, place.line, column),
                "a tab indents this line, YAML expects spaces",
                "replace the tab by two spaces",
            )
            return
        problem = error.problem or error.context or "the file is no YAML"
        self.found.add(
            "yaml-syntax",
            place,
            f"not valid YAML: {problem}",
            'check the indentation, and put texts that hold ": " or begin with a special'
            " character in double quotes",
        )

    def refuses(self, text: str) -> bool:
        """Report aliases and endless nesting, on which composing would spend the whole machine."""
        depth, refused = 0, False
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                refused = True
                self.found.add(
                    "yaml-alias",
                    self.at(event.start_mark),
                    'an alias ("*name") stands here, only plain values are allowed',
                    "write the value out",
                )
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH_LIMIT:
                self.found.add(
                    "yaml-syntax",
                    self.at(event.start_mark),
                    f"nested deeper than {DEPTH_LIMIT} levels",
                    "check the indentation and the brackets",
                )
                return True
        return refused

    def plain(self, node: yaml.Node, path: Path) -> Any:
        self.places[path] = self.at(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self.at(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self.found.add(
                    "yaml-syntax", place, "a key is no plain text", "put the key in quotes"
                )
                continue
            key = str(key_node.value)
            if key in mapping:
                first = self.key_places[(*path, key)]
                self.found.add(
                    "duplicate-key",
                    place,
                    f'the key "{key}" stands here a second time, first on line {first.line}',
                    "keep one of the two",
                )
                continue
            self.key_places[(*path, key)] = place
            mapping[key] = self.plain(value_node, (*path, key))
        return mapping

    def _scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        if getattr(node, "style", None) in ('"', "'", "|", ">"):
            return text
        for pattern, value in _SCALARS:
            if pattern.match(text):
                return value(text)
        return text
