"""How each translation stands: missing, outdated, draft or reviewed, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from brochure.diagnostics import Diagnostics
from brochure.model import Project
from brochure.translations.manuscript import Manuscript, digest, read_manuscript
from brochure.translations.pairing import Pair, paired
from brochure.translations.record import NOTHING, Record, read_record
from brochure.translations.sameness import is_small_change
from brochure.translations.units import Unit


class State(StrEnum):
    """How a unit or a text stands, from worst to best."""

    MISSING = "missing"  # there is no translation
    OUTDATED = "outdated"  # the original has changed since
    DRAFT = "draft"  # nobody has reviewed it, or it was changed after that
    REVIEWED = "reviewed"


_WORST_FIRST = list(State)


@dataclass(frozen=True)
class Original:
    """A text in the language that it is translated from. `folder` holds all its languages."""

    folder: str
    language: str
    languages: tuple[str, ...]  # that it is or should be translated into
    is_plan: bool = False

    @property
    def name(self) -> str:
        """What it is called on the command line: the folder of a practice or a page."""
        kind, _, name = self.folder.partition("/")
        return self.folder if self.is_plan else name or kind

    def file(self, language: str) -> str:
        """Return the path of the text in a language."""
        return f"{self.folder}/{language}.md"


@dataclass(frozen=True)
class Standing:
    """A unit of the original, or one of the translation without any, and how it stands.

    `number` counts the units of the original from 1; 0 for what the original has not, or no more.
    """

    number: int
    state: State
    pair: Pair
    small: bool = False  # the original has changed in spacing, punctuation or capitals only

    @property
    def unit(self) -> Unit:
        """The unit, as the original has it where it does."""
        unit = self.pair.source or self.pair.translation
        assert unit is not None
        return unit


@dataclass(frozen=True)
class TextStanding:
    """How one text stands in one language."""

    original: Original
    language: str
    source: Manuscript = field(repr=False)
    translation: Manuscript | None = field(repr=False)
    units: tuple[Standing, ...] = field(repr=False)
    record: Record = field(repr=False)

    @property
    def file(self) -> str:
        """The path of the translation, which may be missing."""
        return self.original.file(self.language)

    @property
    def state(self) -> State:
        """The worst state of its units. A text that is there and lacks some is outdated."""
        if self.translation is None:
            return State.MISSING
        states = {unit.state for unit in self.units}
        worst = next((state for state in _WORST_FIRST if state in states), State.REVIEWED)
        return State.OUTDATED if worst is State.MISSING else worst

    @property
    def behind(self) -> list[Standing]:
        """The units that are missing or outdated."""
        return [unit for unit in self.units if unit.state in (State.MISSING, State.OUTDATED)]

    @property
    def is_slightly_behind(self) -> bool:
        """Whether all that has changed in the original is small."""
        return bool(self.behind) and all(unit.small for unit in self.behind)


def originals_of(project: Project) -> list[Original]:
    """Return every text that is translated: practices, pages, and plans that have translations."""
    source, languages = project.source_language, project.facts.languages
    others = tuple(tag for tag in languages if tag != source)
    found = [
        Original(practice.texts.folder, source, others)
        for practice in project.practices.values()
        if source in practice.texts
    ]
    found += [
        Original(f"pages/{name}", source, others)
        for name, texts in project.pages.items()
        if source in texts
    ]
    for plan in project.plans.values():
        into = tuple(tag for tag in languages if tag in plan.texts and tag != plan.language)
        if plan.language in plan.texts:
            found.append(Original(plan.folder, plan.language, into, is_plan=True))
    return found


class Standings:
    """How the texts of a project stand; each is worked out once."""

    def __init__(self, project: Project, found: Diagnostics) -> None:
        self.project = project
        self.originals = {original.folder: original for original in originals_of(project)}
        self._found = found
        self._manuscripts: dict[tuple[str, str], Manuscript | None] = {}
        self._records: dict[str, Record] = {}
        self._known: dict[tuple[str, str], TextStanding] = {}

    def all(self) -> Iterator[TextStanding]:
        """Yield every text in every language that it is or should be translated into."""
        for original in self.originals.values():
            for language in original.languages:
                yield self.of(original, language)

    def of(self, original: Original, language: str) -> TextStanding:
        """Return how a text stands in a language."""
        key = original.folder, language
        if key not in self._known:
            self._known[key] = self._worked_out(original, language)
        return self._known[key]

    def manuscript(self, file: str, language: str) -> Manuscript | None:
        """Return a text taken apart, None where there is none."""
        key = file, language
        if key not in self._manuscripts:
            folder, strings = self.project.folder, self.project.strings.get(language)
            there = folder.exists(file)
            self._manuscripts[key] = (
                read_manuscript(folder.read(file), strings.heading_id if strings else _no_id)
                if there
                else None
            )
        return self._manuscripts[key]

    def record(self, original: Original) -> Record:
        """Return what is recorded of the translations of a text."""
        if original.folder not in self._records:
            read = read_record(self.project.folder, original.folder, self._found)
            self._records[original.folder] = read or Record()
        return self._records[original.folder]

    def keep_record(self, original: Original, record: Record) -> None:
        """Take a record for what is known from now on, of all languages of a text."""
        self._records[original.folder] = record
        for language in original.languages:
            self._known.pop((original.folder, language), None)

    def _worked_out(self, original: Original, language: str) -> TextStanding:
        source = self.manuscript(original.file(original.language), original.language)
        assert source is not None  # the project has it
        translation = self.manuscript(original.file(language), language)
        record = self.record(original)
        if original.is_plan and translation and not translation.has_passages:
            source = source.without_passages()  # it sums the plan up, and is whole so
        if translation is None:
            units = [
                Standing(number, State.MISSING, Pair(unit, None))
                for number, unit in enumerate(source.units, 1)
            ]
        else:
            units = standings(paired(source, translation, record, language))
            if translation.is_draft:
                units = [_at_most_draft(unit) for unit in units]
        return TextStanding(original, language, source, translation, tuple(units), record)


def _no_id(words: str) -> str:
    """Return no id: the layout has no words in the language, which is reported."""
    return ""


def standings(pairs: list[Pair]) -> list[Standing]:
    """Return how the units of a text stand, given what belongs together."""
    found, number = [], 0
    for pair in pairs:
        number += pair.source is not None
        state = _state(pair)
        small = state is State.OUTDATED and pair.source is not None and bool(pair.was)
        small = small and is_small_change(pair.was, pair.source.words if pair.source else "")
        found.append(Standing(number if pair.source else 0, state, pair, small))
    return found


def _state(pair: Pair) -> State:
    row, made_from, own = pair.row, digest(pair.source), digest(pair.translation)
    if row and (row.made_from, row.own) == (made_from, own):
        return State.REVIEWED if row.reviewed else State.DRAFT
    if own == NOTHING:
        return State.MISSING
    # Where the translation alone was changed, it was changed knowing these words.
    return State.OUTDATED if row and row.made_from != made_from else State.DRAFT


def _at_most_draft(unit: Standing) -> Standing:
    return replace(unit, state=State.DRAFT) if unit.state is State.REVIEWED else unit
