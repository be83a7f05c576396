"""Addresses that may be typed."""

from __future__ import annotations

import re

import click

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):[0-9]{1,5}")


class ClusterAddress(click.ParamType[str]):
    """The address of a Dask scheduler, as Dask itself prints it."""

    name = "tcp://HOST:PORT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address; click refuses the command when it is none."""
        if not _ADDRESS.fullmatch(value):
            self.fail(f'"{value}" is no address like tcp://HOST:PORT', param, ctx)
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return how the manual shows it."""
        return self.name
