"""The daybook: what the last builds saw and published, so that the next can see it is all there.

An officer often builds when nothing has changed. To know that, it is enough to look at the times
of change of what was read and of what was published. The daybook is kept in the cache and, like
it, only changes how long a build takes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brochure import program
from brochure.cache import write_whole
from brochure.diagnostics import Diagnostic, Diagnostics
from brochure.publish import MANIFEST, Published, Publisher, digest_of, held, staging_folders
from brochure.sources import Folder, Seen
from brochure.sources.seen import Stamp, Stamps, is_as_stamped, stamp_of

FOLDER = "daybook"
VERSION = 1


@dataclass
class Report:
    """What a build did.

    `unknown` are the lines of values that are to be confirmed, by the file in which they stand;
    `seen` is what was read of the project.
    """

    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    built: list[Published] = field(default_factory=list)
    reused: list[Published] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    typeset: int = 0
    cached: int = 0
    unknown: dict[str, list[int]] = field(default_factory=dict)
    seen: Seen | None = None

    @property
    def failed(self) -> bool:
        """Whether nothing was published because of an error."""
        return self.diagnostics.failed

    @property
    def files(self) -> list[Published]:
        """All files that were asked for, in the order of their names."""
        return sorted((*self.built, *self.reused), key=lambda entry: entry.file)


class Daybook:
    """The page of the daybook for one question: the same project, output folder and options."""

    def __init__(self, root: Path, out: Path, cache: Path, question: Iterable[object]) -> None:
        where = os.path.relpath(out, root)  # so that a project may be moved as a whole
        asked = hashlib.sha256(repr([where, *question]).encode()).hexdigest()
        self._root, self._out, self._page = root, out, cache / FOLDER / f"{asked}.json"

    def unchanged(self) -> Report | None:
        """Return what another build would come to, if it would make nothing."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            page = json.loads(self._page.read_bytes())
            if (page["version"], page["program"]) != (VERSION, program.identity()):
                return None
            published = _stamps(page)
            if (
                Folder(self._root).is_as_seen(_seen(page["seen"]), published.at)
                and all(
                    is_as_stamped(self._out / file, stamp, published.at)
                    for file, stamp in published.files.items()
                )
                and not staging_folders(self._out)  # a build tidies up what was left there
            ):
                return _report(page["report"], Publisher(self._out).last)
        return None

    def stamps(self) -> Stamps:
        """Return the files that the last build published, as it left them."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            return _stamps(json.loads(self._page.read_bytes()))
        return Stamps()

    def write(self, report: Report) -> None:
        """Note what a build came to, unless it failed."""
        if report.failed or report.seen is None:
            return
        with contextlib.suppress(OSError), held(self._out):  # nobody may publish meanwhile
            published = self._published(report)
            page = {
                "version": VERSION,
                "program": program.identity(),
                "at": time.time_ns(),
                "seen": {**vars(report.seen), "files": _values(report.seen.files)},
                "published": _values(published),
                "report": {
                    "diagnostics": [each.as_plain() for each in report.diagnostics],
                    "files": [entry.file for entry in report.files],
                    "sections": report.typeset + report.cached,
                    "unknown": report.unknown,
                },
            }
            self._page.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._page, json.dumps(page).encode())

    def _published(self, report: Report) -> dict[str, Stamp]:
        """Return the stamps of what a build published; raises `OSError` when it is gone, or
        another build has published something else since."""
        last = Publisher(self._out).last
        if any(last.get(entry.file) != entry for entry in report.files):
            raise FileNotFoundError(self._out / MANIFEST)
        digests = {entry.file: entry.sha256 for entry in report.files}
        digests[MANIFEST] = digest_of((self._out / MANIFEST).read_bytes())
        return {file: stamp_of((self._out / file).stat(), each) for file, each in digests.items()}


def _values(stamps: Mapping[str, Stamp]) -> dict[str, list[int | str]]:
    return {path: [each.size, each.changed, each.digest] for path, each in stamps.items()}


def _stamps(page: Mapping[str, Any]) -> Stamps:
    files = {file: Stamp(*stamp) for file, stamp in page["published"].items()}
    return Stamps(files, int(page["at"]))


def _seen(values: Mapping[str, Any]) -> Seen:
    files = {path: Stamp(*stamp) for path, stamp in values["files"].items()}
    return Seen(files, values["asked"], values["listed"])


def _report(values: Mapping[str, Any], published: Mapping[str, Published]) -> Report:
    found = Diagnostics()
    found.extend(map(Diagnostic.from_plain, values["diagnostics"]))
    return Report(
        diagnostics=found,
        reused=[published[file] for file in values["files"]],
        cached=values["sections"],
        unknown=values["unknown"],
    )
