"""`brochure translate export` and `import`: texts for translators, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from brochure.cli.ending import ExitCode, fail, miss, refuse
from brochure.cli.printing import number_of, print_json
from brochure.cli.translating import (
    ALL,
    chosen_texts,
    known_languages,
    read_standings,
    translate,
    write_record,
)

if TYPE_CHECKING:
    from brochure.translations.arrival import Arrival
    from brochure.translations.standing import Standings

FORMATS = ("xlsx", "docx", "xliff", "xliff-2.0")
LIBRARIES = 'pip install "brochure[translate]"'


@translate.command()
@click.option("--language", required=True, metavar="LL", help="The language to translate into.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default="xlsx",
    show_default=True,
    help="For Excel, for Word, or for a translator's program.",
)
@click.option(
    "--out",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file that is written.",
)
@click.option("--all", "every", is_flag=True, help="Also what is translated and up to date.")
@click.option("--text", "names", multiple=True, metavar="TEXT", help="Only this text.")
@click.option("--from", "source", metavar="LL", help="Translate from it.  [the source language]")
@click.pass_obj
def export(
    root: Path,
    language: str,
    kind: str,
    target: Path,
    every: bool,
    names: tuple[str, ...],
    source: str | None,
) -> None:
    """Write what is missing or outdated in a language to a file for translators."""
    from brochure.cache import write_whole
    from brochure.translations.catalogue import is_untranslated
    from brochure.translations.exchange import Parcel, may_travel, rows_of
    from brochure.translations.formats import WRITERS

    standings = read_standings(root)
    project = standings.project
    known_languages(standings, [language, *([source] if source else [])])
    origin = source or project.source_language
    if language == origin:
        fail(f'"{language}" is the language to translate from\n  hint: name another --language')
    named = [text for name in names or [ALL] for text in chosen_texts(standings, name, [language])]
    texts = [text for text in named if text.original.language == origin]
    strings = project.strings.get(language)
    if strings and is_untranslated(strings):
        strings = None  # its standard headings would be proposed in another language
    rows = tuple(row for text in texts for row in rows_of(text, strings, every=every))
    for text in texts:
        for unit in text.source.units:
            if not may_travel(unit.words):
                click.echo(f"{text.source.file}:{unit.line}: left out, it is too long", err=True)
    if not rows:
        click.echo("nothing to translate")
        return
    try:
        content = WRITERS[kind](Parcel(origin, language, rows), project.facts.imprint.date)
    except ModuleNotFoundError as error:
        miss(f"the library {error.name} is missing", f"type: {LIBRARIES}")
    write_whole(target.resolve(), content)
    words = sum(len(row.source.split()) for row in rows)
    count = len({row.key.text for row in rows})
    click.echo(
        f"{target}  {number_of(len(rows), 'unit')} of {number_of(count, 'text')},"
        f" {number_of(words, 'word')}"
    )


@translate.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace translations changed since the export.")
@click.option("--any-numbers", is_flag=True, help="Take rows whose numbers are not the original's.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object only.")
@click.pass_obj
def import_(
    root: Path, file: Path, overwrite: bool, any_numbers: bool, dry_run: bool, as_json: bool
) -> None:
    """Take a file back from a translator, whole or in part; refuse what would damage a text."""
    from brochure.cache import write_whole
    from brochure.translations.archives import FILE_LIMIT
    from brochure.translations.arrival import Choices, taken_back
    from brochure.translations.formats import read_parcel

    standings = read_standings(root)
    with file.open("rb") as stream:
        content = stream.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        refuse(f'"{file}" is larger than a translation could be', "is it the right file?")
    try:
        rows = read_parcel(content)
    except ModuleNotFoundError as error:
        miss(f"the library {error.name} is missing", f"type: {LIBRARIES}")
    except ValueError as error:
        refuse(f'"{file}" cannot be used: {error}', "ask for the file in the form of the export")
    if not rows:
        refuse(f'"{file}" holds no row with a key', "leave the keys as they were exported")
    arrival = taken_back(standings, rows, Choices(overwrite, any_numbers))
    for each in [] if dry_run else arrival.texts:
        write_whole(standings.project.folder.absolute(each.text.file), each.content)
        _keep_record(standings, each.text.original.folder, each.text.language, arrival)
    for folder in [] if dry_run else {each.text.original.folder for each in arrival.texts}:
        write_record(standings, standings.originals[folder])
    if as_json:
        print_json(_as_values(arrival))
    else:
        _print_arrival(arrival, file)
    sys.exit(ExitCode.PROBLEMS if arrival.refusals else ExitCode.OK)


def _keep_record(standings: Standings, folder: str, language: str, arrival: Arrival) -> None:
    """Join what is recorded of each language: a file may hold several."""
    original = standings.originals[folder]
    for each in arrival.texts:
        if (each.text.original.folder, each.text.language) == (folder, language):
            record = standings.record(original)
            rows = each.record.rows[language]
            joined = record.with_rows(language, rows, each.record.original)
            standings.keep_record(original, joined)


def _print_arrival(arrival: Arrival, file: Path) -> None:
    for refusal in arrival.refusals:
        where = f"{file}:{refusal.place}: refused: {refusal.unit}"
        click.echo(f"{where}: {refusal.reason}\n  hint: {refusal.hint}", err=True)
    for each in arrival.texts:
        newer = f", {', '.join(each.overwritten)} over a newer translation"
        click.echo(
            f"{each.text.file}: {number_of(each.units, 'unit')}{newer if each.overwritten else ''}"
        )
    click.echo(
        f"{number_of(sum(each.units for each in arrival.texts), 'unit')} taken,"
        f" {arrival.unchanged} as they are, {arrival.empty} empty,"
        f" {len(arrival.refusals)} refused"
    )


def _as_values(arrival: Arrival) -> dict[str, object]:
    return {
        "texts": [
            {"file": e.text.file, "units": e.units, "overwritten": e.overwritten}
            for e in arrival.texts
        ],
        "refused": [vars(refusal) for refusal in arrival.refusals],
        "unchanged": arrival.unchanged,
        "empty": arrival.empty,
    }
