"""Standing sections: what a section came to when it was last composed, without its HTML.

Type that is kept to be printed again is called standing. A section follows from the layout, from
all facts and from the texts that its template looks up. While these are as they were, so is what
is composed of them; and nobody needs the HTML of what is typeset already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brochure.diagnostics import Diagnostics
from brochure.editions import Edition
from brochure.layouts.folder import Layout
from brochure.model import Project
from brochure.sources.folder import PICTURE_LIMIT, TEXT_LIMIT
from brochure.sources.memory import keep

COMPOSED = (".j2", ".css", ".yaml")  # files of a layout whose text goes into composed sections
KEPT = 20_000  # sections; a note takes about 300 bytes


@dataclass(frozen=True)
class Standing:
    """A section that need not be composed: its name, its template and the digest of all in it."""

    name: str
    template: str
    digest: str


class Rack:
    """Standing sections by what was asked for, each with the texts that it was composed of."""

    def __init__(self) -> None:
        self._notes: dict[str, str] = {}  # JSON: most are never looked at
        self._wanted: dict[str, None] = {}  # keys to be written down, those used last at the end

    def find(self, key: str, texts: Mapping[str, str]) -> Standing | None:
        """Return a section whose texts are as they were; `texts` are digests by folder."""
        if key not in self._notes:
            return None
        composed_of, *rest = json.loads(self._notes[key])
        if any(texts.get(folder) != digest for folder, digest in composed_of.items()):
            return None
        self._use(key)
        return Standing(*rest)

    def put(self, key: str, texts: Mapping[str, str], section: Standing) -> None:
        """Keep a section that was composed of texts, whose digests are given by folder."""
        note = [dict(texts), section.name, section.template, section.digest]
        self._notes[key] = json.dumps(note, ensure_ascii=False)
        self._use(key)

    def written(self) -> Mapping[str, str]:
        """Return as JSON what was taken last and used since; of too many, what was used last."""
        return {key: self._notes[key] for key in list(self._wanted)[-KEPT:]}

    def take(self, written: dict[str, str]) -> None:
        """Take what was written down, beside what there is."""
        self._notes = {**written, **self._notes}
        self._wanted = dict.fromkeys(written)

    def _use(self, key: str) -> None:
        self._wanted.pop(key, None)
        self._wanted[key] = None


_rack = Rack()
keep("sections", _rack)


class StandingSections:
    """The standing sections of one project in one layout."""

    def __init__(self, project: Project, layout: Layout) -> None:
        self._facts, self._texts = _facts_and_texts(project, layout)
        self._editions: dict[str, str] = {}  # what they say of themselves, by id

    def find(self, asked: Iterable[object]) -> Standing | None:
        """Return what was composed before of what was asked for, if it would be the same now."""
        return _rack.find(self._key(asked), self._texts)

    def put(self, asked: Iterable[object], consulted: Iterable[str], section: Standing) -> None:
        """Keep what was composed; `consulted` are the folders of the texts that were looked up."""
        texts = {folder: self._texts[folder] for folder in sorted(consulted)}
        _rack.put(self._key(asked), texts, section)

    def _key(self, asked: Iterable[object]) -> str:
        return _digest((self._facts, *(self._said_of(each) for each in asked)))

    def _said_of(self, asked: object) -> str:
        """Return what stands for a value: what it says of itself holds all that is in it."""
        if not isinstance(asked, Edition):
            return repr(asked)
        if asked.id not in self._editions:  # a long one, and one for many sections
            self._editions[asked.id] = _digest((repr(asked),))
        return self._editions[asked.id]


def _folders_of_texts(project: Project) -> list[str]:
    texts = [
        *(practice.texts for practice in project.practices.values()),
        *(region.texts for region in project.regions.values()),
        *(plan.texts for plan in project.plans.values()),
        *project.pages.values(),
    ]
    return [each.folder for each in texts]


def _facts_and_texts(project: Project, layout: Layout) -> tuple[str, dict[str, str]]:
    """Return one digest of everything but texts, and one of all texts in each folder: its
    languages may look at each other.

    Facts, photos, fonts, words, the whole layout; the date and the layout may be others than those
    in `brochure.yaml`. That a translation exists is a fact.
    """
    folder = project.folder
    facts = [str(project.facts.imprint.date), layout.folder]
    for file in folder.files_below(layout.folder):
        limit = TEXT_LIMIT if file.endswith(COMPOSED) else PICTURE_LIMIT
        if folder.read_checked(file, Diagnostics(), limit) is None:
            facts.append(f"{file} cannot be read")
    texts: dict[str, list[str]] = {place: [] for place in _folders_of_texts(project)}
    for path, digest in folder.digests().items():
        place, _, name = path.rpartition("/")
        if place in texts and name.endswith(".md"):
            texts[place].append(f"{name}\0{digest}")
            facts.append(path)
        else:
            facts.append(f"{path}\0{digest}")
    return _digest(facts), {place: _digest(each) for place, each in texts.items()}


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
