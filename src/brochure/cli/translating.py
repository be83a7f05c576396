"""`brochure translate`: how translations stand, and what is accepted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from brochure.cli.commands import command
from brochure.cli.ending import ExitCode, fail, refuse
from brochure.cli.printing import number_of, print_diagnostics, print_json
from brochure.diagnostics import Diagnostics, Severity, did_you_mean

if TYPE_CHECKING:
    from brochure.translations.standing import Original, Standing, Standings, TextStanding

ALL = "all"

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object only.")


@command.group()
def translate() -> None:
    """See how translations stand, accept them, and exchange them with translators."""


@translate.command()
@click.option("--language", "languages", multiple=True, metavar="LL", help="Only this language.")
@_as_json
@click.pass_obj
def status(root: Path, languages: tuple[str, ...], as_json: bool) -> None:
    """Show for each text and language whether it is missing, outdated, draft or reviewed."""
    from brochure.translations.catalogue import untranslated_catalogues

    standings = read_standings(root)
    texts = [text for text in standings.all() if not languages or text.language in languages]
    known_languages(standings, languages)
    tags = [t for t in standings.project.facts.languages if any(x.language == t for x in texts)]
    strings = [
        file
        for file, tag in untranslated_catalogues(standings.project)
        if tag in (languages or tags)
    ]
    if as_json:
        print_json({"texts": [_as_values(text) for text in texts], "strings": strings})
        return
    _print_table(texts, tags)
    _print_counts(texts, tags)
    _print_proposals(texts)
    for file in strings:
        click.echo(f"{file}: still in the words of another language")


@translate.command()
@click.argument("text")
@click.argument("languages", nargs=-1, metavar="[LANGUAGE]...")
@_as_json
@click.pass_obj
def diff(root: Path, text: str, languages: tuple[str, ...], as_json: bool) -> None:
    """Show what of TEXT has changed since it was translated, and what is not translated."""
    texts = [each for each in chosen_texts(read_standings(root), text, languages) if each.behind]
    if as_json:
        print_json({"texts": [_as_values(each, changes=True) for each in texts]})
        return
    for each in texts:
        _print_changes(each)
    if not texts:
        click.echo("nothing has changed since")


@translate.command()
@click.argument("text")
@click.argument("languages", nargs=-1, metavar="[LANGUAGE]...")
@click.option("--reviewed", is_flag=True, help="Somebody who knows both languages has read it.")
@click.option("--small", is_flag=True, help="Only where spacing, punctuation or capitals changed.")
@click.option(
    "--only",
    "numbers",
    multiple=True,
    type=click.IntRange(1),
    metavar="N",
    help="Only the unit with this number, as diff shows it.",
)
@click.pass_obj
def accept(
    root: Path,
    text: str,
    languages: tuple[str, ...],
    reviewed: bool,
    small: bool,
    numbers: tuple[int, ...],
) -> None:
    """Write down that translations of TEXT say what the original says now; "all" is every text."""
    from brochure.translations.accepting import (
        accepted,
        changed_by,
        every_translated,
        numbered,
        small_ones,
    )

    if small and numbers:
        fail("--small and --only choose units each in their own way\n  hint: give one of them")
    standings = read_standings(root)
    choice = small_ones if small else numbered(frozenset(numbers)) if numbers else every_translated
    changed: dict[str, Original] = {}
    for each in chosen_texts(standings, text, languages):
        if each.translation is None:
            continue
        _refuse_draft(each, reviewed)
        taken = changed_by(each, choice, reviewed=reviewed)
        if taken:
            record = accepted(each, standings.record(each.original), choice, reviewed=reviewed)
            standings.keep_record(each.original, record)
            changed[each.original.folder] = each.original
            what = "reviewed" if reviewed else "accepted"
            click.echo(f"{each.file}: {number_of(len(taken), 'unit')} {what}")
    for original in changed.values():
        write_record(standings, original)
    if not changed:
        click.echo("nothing to accept")


def _refuse_draft(text: TextStanding, reviewed: bool) -> None:
    if reviewed and text.translation and text.translation.is_draft:
        refuse(
            f'"{text.file}" says of itself that it is a draft',
            'remove the line "status: draft" from it first',
        )


# -- what the commands share


def read_standings(root: Path) -> Standings:
    """Return how the texts of a project stand; with an error in the sources, print it and exit."""
    from brochure.model import read_project
    from brochure.sources import Folder
    from brochure.translations.standing import Standings

    found = Diagnostics()
    project = read_project(Folder(root), found)
    if project is not None and not found.failed:
        standings = Standings(project, found)
        for original in standings.originals.values():
            standings.record(original)
        if not found.failed:
            return standings
    print_diagnostics(found, only=Severity.ERROR)
    raise SystemExit(ExitCode.PROBLEMS)


def write_record(standings: Standings, original: Original) -> None:
    """Write the record of a text, as it is kept now."""
    from brochure.cache import write_whole
    from brochure.translations.record import as_text, record_file

    path = standings.project.folder.absolute(record_file(original.folder))
    write_whole(path, as_text(standings.record(original)).encode())


def chosen_texts(standings: Standings, name: str, languages: Iterable[str]) -> list[TextStanding]:
    """Return the texts that were named, in the languages that were named or in all."""
    known_languages(standings, languages)
    originals = _named(standings, name)
    wanted = set(languages)
    return [
        standings.of(original, tag)
        for original in originals
        for tag in original.languages
        if not wanted or tag in wanted
    ]


def _named(standings: Standings, name: str) -> list[Original]:
    originals = list(standings.originals.values())
    found = [each for each in originals if name.strip("/") in (each.name, each.folder)]
    if name == ALL and not found:
        return originals
    if not found:
        known = {each.name for each in originals} | {each.folder for each in originals}
        hint = did_you_mean(name, known)
        fail(f'there is no text "{name}"\n  hint: {hint if len(hint) < 80 else "see status"}')
    if len(found) > 1:
        folders = " or ".join(each.folder for each in found)
        fail(f'"{name}" may be {folders}\n  hint: write the whole name')
    return found


def known_languages(standings: Standings, languages: Iterable[str]) -> None:
    known = standings.project.facts.languages
    for tag in languages:
        if tag not in known:
            fail(f'"{tag}" is none of the languages\n  hint: {did_you_mean(tag, known)}')


# -- printing


def _print_table(texts: list[TextStanding], tags: list[str]) -> None:
    names = list(dict.fromkeys(text.original.name for text in texts))
    cells = {(text.original.name, text.language): _cell(text) for text in texts}
    width = max((len(name) for name in names), default=0)
    widths = {t: max([len(t), *(len(cells.get((n, t), "")) for n in names)]) for t in tags}
    click.echo(" ".join([" " * width, *(f" {tag:<{widths[tag]}}" for tag in tags)]).rstrip())
    for name in names:
        row = (f" {cells.get((name, tag), '–'):<{widths[tag]}}" for tag in tags)
        click.echo(" ".join([f"{name:<{width}}", *row]).rstrip())


def _cell(text: TextStanding) -> str:
    from brochure.translations.standing import State

    if text.state is State.OUTDATED:
        return f"{text.state} {len(text.behind)}/{len(text.units)}"
    return str(text.state)


def _print_counts(texts: list[TextStanding], tags: list[str]) -> None:
    from brochure.translations.standing import State

    for tag in tags:
        of_tag = [text for text in texts if text.language == tag]
        counted = Counter(text.state for text in of_tag)
        states = ", ".join(f"{counted[s]} {s}" for s in reversed(State) if counted[s])
        behind = sum(len(text.behind) for text in of_tag)
        to_do = f"; {number_of(behind, 'unit')} to translate" if behind else ""
        click.echo(f"{tag}: {states}{to_do}")


def _print_proposals(texts: list[TextStanding]) -> None:
    """Say where only spacing, punctuation or capitals of the original have changed."""
    small: dict[str, list[str]] = {}
    for text in texts:
        if any(unit.small for unit in text.behind):
            small.setdefault(text.original.name, []).append(text.language)
    for name, tags in small.items():
        click.echo(
            f"{name}: small changes only, in units of {', '.join(tags)};"
            f" to accept them: brochure translate accept {name} --small"
        )


def _print_changes(text: TextStanding) -> None:
    from brochure.translations.changes import marked

    missing = "missing" if text.translation is None else text.state
    click.echo(
        f"{text.file}: {missing}, {number_of(len(text.behind), 'unit')} of {len(text.units)}"
    )
    if text.translation is None:
        return
    for unit in text.behind:
        pair = unit.pair
        line = pair.translation.line if pair.translation else 0
        where = f"line {line}" if line else "not there"
        remark = ", a small change" if unit.small else ""
        click.echo(f"\n{unit.number or '–'}  {unit.unit.name}, {where}: {unit.state}{remark}")
        if pair.source is None:
            click.echo(f"   was  {pair.was}" if pair.was else "   gone from the original")
        elif pair.was:
            click.echo(f"   now  {marked(pair.was, pair.source.words)}")
        else:
            click.echo(f"   new  {pair.source.words}")
        if pair.translation:
            click.echo(f"   {text.language:<4} {pair.translation.words}")
    click.echo()


def _as_values(text: TextStanding, *, changes: bool = False) -> dict[str, Any]:
    values: dict[str, Any] = {
        "text": text.original.folder,
        "language": text.language,
        "file": text.file,
        "state": str(text.state),
        "units": dict(Counter(str(unit.state) for unit in text.units)),
        "small": sum(unit.small for unit in text.units),
    }
    return values | {"changes": [_unit_values(unit) for unit in text.behind]} if changes else values


def _unit_values(unit: Standing) -> dict[str, Any]:
    pair = unit.pair
    return {
        "number": unit.number,
        "unit": unit.unit.name,
        "state": str(unit.state),
        "small": unit.small,
        "was": pair.was,
        "now": pair.source.words if pair.source else "",
        "translation": pair.translation.words if pair.translation else "",
        "line": pair.translation.line if pair.translation else 0,
    }
