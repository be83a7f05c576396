"""Writing down that a translation says what its original says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from brochure.translations.manuscript import digest
from brochure.translations.record import Record, Row
from brochure.translations.standing import Standing, State, TextStanding

Choice = Callable[[Standing], bool]


def accepted(text: TextStanding, record: Record, choice: Choice, *, reviewed: bool) -> Record:
    """Return a record that takes the chosen units of a translation as made from the original as
    it is now. They count as reviewed if `reviewed` says so, or if they were and nobody has
    changed them since. What else is recorded of the text stays."""
    rows = tuple(_rows(text, choice, reviewed))
    words = {digest(u): u.words for u in text.source.units}
    named = {row.made_from: words[row.made_from] for row in rows if row.made_from in words}
    return record.with_rows(text.language, rows, named)


def _rows(text: TextStanding, choice: Choice, reviewed: bool) -> Iterator[Row]:
    for standing in text.units:
        pair = standing.pair
        if choice(standing):
            own = digest(pair.translation)
            was = bool(pair.row and pair.row.reviewed and pair.row.own == own)
            yield Row(standing.unit.path, digest(pair.source), own, reviewed or was)
        elif pair.row:
            yield pair.row


def changed_by(text: TextStanding, choice: Choice, *, reviewed: bool) -> list[Standing]:
    """Return the units that accepting them would change something about."""
    return [
        unit
        for unit in text.units
        if choice(unit) and (unit.state is not State.REVIEWED if reviewed else _is_open(unit))
    ]


def _is_open(unit: Standing) -> bool:
    row, pair = unit.pair.row, unit.pair
    if row is None:
        return True
    return (row.made_from, row.own) != (digest(pair.source), digest(pair.translation))


def every_translated(unit: Standing) -> bool:
    """Choose all units but those without a translation: these may have been forgotten."""
    return unit.pair.translation is not None


def small_ones(unit: Standing) -> bool:
    """Choose the units whose original was changed in spacing, punctuation or capitals only."""
    return unit.small


def numbered(numbers: frozenset[int]) -> Choice:
    """Return the choice of units by their numbers, also of those that have no words of their own
    in the translation."""
    return lambda unit: unit.number in numbers
