"""The command line: words in, calls, exit codes out. The only room that prints."""

from brochure.cli.commands import ExitCode, command, main

__all__ = ["ExitCode", "command", "main"]
