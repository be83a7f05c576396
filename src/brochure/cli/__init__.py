"""The command line: words in, calls, exit codes out. The only room that prints."""

from brochure.cli.adding import add
from brochure.cli.commands import command, main
from brochure.cli.ending import ExitCode
from brochure.cli.exchanging import export, import_
from brochure.cli.imposing import n_up
from brochure.cli.inspecting import preflight
from brochure.cli.translating import translate

__all__ = [
    "ExitCode",
    "add",
    "command",
    "export",
    "import_",
    "main",
    "n_up",
    "preflight",
    "translate",
]
