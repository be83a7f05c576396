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
from brochure.sources.memory import Memory

Path = tuple[str | int, ...]

DEPTH_LIMIT = 40

_SCALARS: list[tuple[re.Pattern[str], Any]] = [
    (re.compile(r"(?:|~|null|Null|NULL)\Z"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)\Z"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)\Z"), lambda text: False),
    (re.compile(r"[-+]?[0-9]{1,18}\Z"), int),
    (re.compile(r"[-+]?(?:\.\d{1,18}|\d{1,18}\.\d{0,18})(?:[eE][-+]?\d{1,2})?\Z", re.A), float),
]


# What YAML allows in a file, and XML in a PDF's metadata; escapes such as "\0" add nothing to it.
_FORBIDDEN = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_QUOTE = "put the text in double quotes"
# How libyaml's problems begin: what was found, with "{}" for the character there; a hint; and
# whether the place is where the thing began (True), or where the parser gave up.
_PROBLEMS: list[tuple[str, str, str, bool]] = [
    (
        "mapping values are not allowed",
        'a second ": " stands in this text, or the line is indented too far',
        'put a text that holds ": " in double quotes, and begin the keys of a level in one column',
        False,
    ),
    (
        "found unexpected end of stream",
        "the quotation mark here has no partner",
        "write the same mark at the end of the text",
        True,
    ),
    (
        "did not find expected ','",
        'the bracket "{}" here is not closed, or a comma is missing behind it',
        "close the bracket, put a comma between two entries, and quote special characters",
        True,
    ),
    (
        "could not find expected ':'",
        'a ": " is missing in this line',
        'write "key: value", with a space after the colon',
        True,
    ),
    ("found character that cannot start", 'a text must not begin with "{}"', _QUOTE, False),
    ("found undefined alias", 'a text must not begin with "{}"', _QUOTE, False),
    ("did not find expected alphabetic", 'a text must not begin with "{}"', _QUOTE, True),
    (
        "found unknown escape character",
        'between double quotes "\\" has a meaning of its own',
        "put the text in single quotes",
        False,
    ),
    ("but found another document", "a second document begins here", "remove this line", False),
    (
        "did not find expected <document start>",
        "something follows the end of the values",
        'remove the line "..." or what follows it',
        False,
    ),
    *(
        (
            problem,
            "this line does not fit to the lines above it",
            "begin it in the same column as the other keys or entries, or quote the text above",
            False,
        )
        for problem in ("did not find expected key", "did not find expected '-'", "block ")
    ),
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

    def read(found: Diagnostics) -> Located | None:
        text = decoded(source, found)
        return None if text is None else parse_yaml(text, source.path, found)

    return _memory.recall((source.path, source.digest), found, read)


_memory = Memory[Located | None]()


def parse_yaml(text: str, file: str, found: Diagnostics, first_line: int = 1) -> Located | None:
    """Return the document in `text`, whose first line is line `first_line` of `file`.

    An empty document is an empty mapping. None, always with a diagnostic, stands for a document
    that cannot be read at all; a repeated key is reported and the rest still read.
    """
    walk = _Walk(file, first_line - 1, found)
    if match := _FORBIDDEN.search(text):
        walk.report_forbidden(match, text)
        return None
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
    if node is None:
        walk.places[()] = Place(file, first_line, 1)
    value = {} if node is None else walk.plain(node, ())
    return Located(file, value, walk.places, walk.key_places)


def _character(text: str, mark: Any) -> str:
    line = text.split("\n")[mark.line : mark.line + 1]
    return line[0][mark.column : mark.column + 1] if line else ""


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

    def report_forbidden(self, match: re.Match[str], text: str) -> None:
        before = text[: match.start()]
        line = before.count("\n") + 1 + self.offset
        self._report_character(Place(self.file, line, len(before.rpartition("\n")[2]) + 1), match)

    def _report_character(self, place: Place, match: re.Match[str]) -> None:
        self.found.add(
            "yaml-syntax",
            place,
            f"an invisible control character (U+{ord(match[0]):04X}) stands here",
            "remove it, and type the text around it anew",
        )

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
        problem = str(error.problem or error.context or "the file is no YAML")
        for beginning, message, hint, where_it_began in _PROBLEMS:
            if problem.startswith(beginning):
                mark = error.context_mark if where_it_began and error.context_mark else mark
                message = message.replace("{}", _character(text, mark))
                self.found.add("yaml-syntax", self.at(mark), message, hint)
                return
        self.found.add(
            "yaml-syntax",
            place,
            f"this is no valid YAML: {problem}".replace("'", '"'),
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
        if match := _FORBIDDEN.search(text):
            self._report_character(self.at(node.start_mark), match)
            return text
        if getattr(node, "style", None) in ('"', "'", "|", ">"):
            return text
        for pattern, value in _SCALARS:
            if pattern.match(text):
                return value(text)
        return text
