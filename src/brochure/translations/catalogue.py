"""The layout's words that still wait for a translator."""

from __future__ import annotations

from collections.abc import Iterator

from brochure.languages import Strings
from brochure.model import Project
from brochure.sources import Source

# The first line of a catalogue that `brochure translate add` has copied from another language.
MARK = "# To be translated:"


def is_untranslated(strings: Strings) -> bool:
    """Whether the words of a layout in a language are still those of another one."""
    return _is_copy(strings.source)


def untranslated_catalogues(project: Project) -> Iterator[tuple[str, str]]:
    """Yield each `strings` file that is still a copy of another language's, with its language."""
    for layout in project.folder.folders("layouts"):
        for tag in project.facts.languages:
            file = f"layouts/{layout}/strings/{tag}.yaml"
            if project.folder.exists(file) and _is_copy(project.folder.read(file)):
                yield file, tag


def _is_copy(source: Source) -> bool:
    return source.content.startswith(MARK.encode())
