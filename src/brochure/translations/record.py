"""`translations.yaml`: from which words of the original each translation was made.

The file stands beside the texts and is written by the program alone. A row names the digest of
the words of the original, that of the words of the translation, and whether somebody reviewed
it. The words of the original themselves are kept once for all languages, so that a change can be
shown without a version control system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, StringConstraints

from brochure.diagnostics import Diagnostics
from brochure.model.validation import validated
from brochure.model.words import LanguageTag, Sheet
from brochure.sources import Folder
from brochure.sources.yaml import read_yaml
from brochure.translations.fields import as_yaml

FILE = "translations.yaml"
NOTHING = "-"  # in place of a digest: one side has no words of its own, and that is meant
_HEAD = (
    '# Written by "brochure translate": what each translation was made from. Not to be changed'
    " by hand.\n"
)

_Line = Annotated[
    str, StringConstraints(pattern=r"^(?:[0-9a-f]{8}|-) (?:[0-9a-f]{8}|-) (?:draft|reviewed)$")
]
_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]


class TranslatedSheet(Sheet):
    """The rows of one language: those of the front matter by path, those of the text in order."""

    fields: dict[str, _Line] = Field(default={})
    text: list[_Line] = Field(default=[])


class RecordSheet(Sheet):
    """`translations.yaml`."""

    languages: dict[LanguageTag, TranslatedSheet] = Field(default={})
    original: dict[_Digest, str] = Field(default={})


@dataclass(frozen=True)
class Row:
    """What is known of one unit of a translation; `path` is "" in the text."""

    path: str
    made_from: str
    own: str
    reviewed: bool

    def __str__(self) -> str:
        return f"{self.made_from} {self.own} {'reviewed' if self.reviewed else 'draft'}"


@dataclass(frozen=True)
class Record:
    """The rows of each language, and the words of the original by digest."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    original: Mapping[str, str] = field(default_factory=dict)

    def with_rows(self, language: str, rows: Iterable[Row], words: Mapping[str, str]) -> Record:
        """Return a record with other rows of a language; `words` are those that they name."""
        kept = {**self.rows, language: tuple(rows)}
        return Record(kept, {**self.original, **words})


def record_file(folder: str) -> str:
    """Return the path of the record of the texts in a folder."""
    return f"{folder}/{FILE}"


def read_record(sources: Folder, folder: str, found: Diagnostics) -> Record | None:
    """Return the record of the texts in a folder, an empty one where there is no file yet; None
    with diagnostics for a file that cannot be used."""
    path = record_file(folder)
    if not sources.exists(path):
        return Record()
    source = sources.read_checked(path, found)
    located = read_yaml(source, found) if source else None
    sheet = validated(RecordSheet, located, found) if located else None
    if sheet is None:
        return None
    return Record(
        {language: tuple(_rows(each)) for language, each in sheet.languages.items()},
        dict(sheet.original),
    )


def _rows(sheet: TranslatedSheet) -> Iterator[Row]:
    for path, line in (*sheet.fields.items(), *(("", line) for line in sheet.text)):
        made_from, own, state = line.split(" ")
        yield Row(path, made_from, own, state == "reviewed")


def as_text(record: Record) -> str:
    """Return the file of a record: languages in order, and the words that are still referred to."""
    lines = [_HEAD, "languages:\n" if record.rows else ""]
    named: dict[str, None] = {}
    for language in sorted(record.rows):
        lines.append(f"  {language}:\n")
        for key, indented in (("fields", True), ("text", False)):
            rows = [row for row in record.rows[language] if bool(row.path) is indented]
            lines.append(f"    {key}:\n" if rows else "")
            for row in rows:
                lines.append(
                    f"      {as_yaml(row.path)}: {row}\n" if row.path else f"    - {row}\n"
                )
            named.update(dict.fromkeys(row.made_from for row in rows))
    words = {digest: record.original[digest] for digest in named if digest in record.original}
    lines.append("original:\n" if words else "")
    lines += [f'  "{digest}": {as_yaml(each)}\n' for digest, each in words.items()]
    return "".join(lines)
