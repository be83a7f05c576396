"""`brochure translate add`: a language more."""

from __future__ import annotations

from pathlib import Path

import click

from brochure.cli.ending import fail, refuse
from brochure.cli.translating import read_standings, translate


@translate.command()
@click.argument("language")
@click.pass_obj
def add(root: Path, language: str) -> None:
    """Add LANGUAGE to brochure.yaml, and prepare the layouts' words for it."""
    from brochure.cache import write_whole
    from brochure.languages import is_tag
    from brochure.translations.adding import addition

    if not is_tag(language):
        fail(f'"{language}" is no language tag\n  hint: write it like fr or de-AT')
    project = read_standings(root).project
    if language in project.facts.languages:
        fail(f'"{language}" is one of the languages already\n  hint: see translate status')
    added = addition(project, language)
    if added is None:
        refuse(
            'the list "languages" in brochure.yaml cannot be changed by a program',
            f'write it as one line in brackets, or add "{language}" by hand',
        )
    for path, content in added.files.items():
        done = "changed" if project.folder.exists(path) else "to be translated"
        write_whole(project.folder.absolute(path), content)
        click.echo(f"{path}: {done}")
    for path in added.present:
        click.echo(f"{path}: there already")
    click.echo(
        "next: translate the layouts' words, and the words that brochure check asks for; then\n"
        f"  brochure translate export --language {language} --out {language}.xlsx"
    )
