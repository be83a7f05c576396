"""`brochure n-up`: several pages of a finished file on each sheet, such as leaflets to cut."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from brochure.cli.commands import command
from brochure.cli.ending import ExitCode
from brochure.cli.printing import number_of

SHEETS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}  # mm, upright (ISO 216)


@command.command("n-up")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--columns", type=click.IntRange(1, 12), default=2, help="[default: 2]")
@click.option("--rows", type=click.IntRange(1, 12), default=1, help="[default: 1]")
@click.option("--sheet", type=click.Choice(list(SHEETS)), default="A4", help="[default: A4]")
@click.option("--repeat", is_flag=True, help="Each page as often as the sheet takes it.")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def n_up(file: Path, columns: int, rows: int, sheet: str, repeat: bool, target: Path) -> None:
    """Put several pages of FILE on each sheet, and write the sheets to another file."""
    import pikepdf

    from brochure.cache import write_whole
    from brochure.finish.booklet import n_up_sheets
    from brochure.finish.imposition import Placement

    placement: Placement = "repeated" if repeat else "sequential"
    try:
        made = n_up_sheets(file.read_bytes(), columns, rows, SHEETS[sheet], placement)
    except (ValueError, pikepdf.PdfError) as error:
        click.echo(f'error: "{file}" cannot be imposed: {error}', err=True)
        sys.exit(ExitCode.PROBLEMS)
    write_whole(target.resolve(), made)
    click.echo(f"{target}  {number_of(columns * rows, 'page')} on each side of {sheet}")
