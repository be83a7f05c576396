"""How a command ends: its exit code, and the line with a hint when it cannot do its work."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import NoReturn

import click


class ExitCode(IntEnum):
    """What the command's exit code means; docs/command-line.md lists them."""

    OK = 0
    PROBLEMS = 1  # errors in the sources or the layout: nothing was published
    USAGE = 2  # an unknown option, language, region, practice or edition
    MISSING = 3  # this machine or the cluster lacks something: see brochure doctor
    UNWRITABLE = 4  # the output cannot be written: permissions, or a full disk
    INTERNAL = 70  # a bug in brochure
    INTERRUPTED = 130


def fail(message: str) -> NoReturn:
    """End for what was typed; the message may hold a hint."""
    click.echo(f"error: {message}", err=True)
    sys.exit(ExitCode.USAGE)


def refuse(message: str, hint: str) -> NoReturn:
    """End for the state that the project or its files are in."""
    _end(message, hint, ExitCode.PROBLEMS)


def miss(message: str, hint: str) -> NoReturn:
    """End for what this machine or the cluster lacks."""
    _end(message, hint, ExitCode.MISSING)


def _end(message: str, hint: str, code: ExitCode) -> NoReturn:
    click.echo(f"error: {message}\n  hint: {hint}", err=True)
    sys.exit(code)
