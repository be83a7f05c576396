"""Taking back what translators have done: checked row by row, and put into the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from brochure.diagnostics import quoted
from brochure.translations.checks import Refused, Tongues, checked, resolved
from brochure.translations.exchange import Key, Returned
from brochure.translations.manuscript import Manuscript, digest, parse_manuscript
from brochure.translations.pairing import LIKE, paired, similarity
from brochure.translations.record import Record, Row
from brochure.translations.revision import new_text, revised
from brochure.translations.sameness import digest_of, folded
from brochure.translations.standing import Standing, Standings, TextStanding
from brochure.translations.units import Unit


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken: where it stands in its file, which unit it is, why, and a hint."""

    place: int
    unit: str
    reason: str
    hint: str


@dataclass(frozen=True)
class Choices:
    """What the user allows: newer translations to be overwritten, numbers to differ."""

    overwrite: bool = False
    any_numbers: bool = False


@dataclass
class Revised:
    """A text with what came back in it: its file, its new content and record, how many units of
    it are new, and which of them have replaced a newer translation."""

    text: TextStanding
    content: bytes
    record: Record
    units: int
    overwritten: list[str]


@dataclass
class Arrival:
    """What became of a file that came back."""

    texts: list[Revised] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unchanged: int = 0  # rows that say what the text says already
    empty: int = 0  # rows without a translation


@dataclass(frozen=True)
class _Taken:
    """A row that is good: the unit, its new words, and the words that they were made from."""

    returned: Returned
    unit: Unit
    words: str
    made_from: str
    source: str
    overwrites: bool


def taken_back(standings: Standings, rows: list[Returned], choices: Choices) -> Arrival:
    """Return what a file comes to: texts to write, rows to refuse. Nothing is written here."""
    arrival = Arrival()
    keyed: dict[tuple[str, str], dict[int, tuple[Returned, Key]]] = {}
    for row in rows:
        key = Key.read(row.key)
        original = standings.originals.get(key.text) if key else None
        if key is None or original is None or key.language not in original.languages:
            reason = "its key names no text and language of this project"
            _refuse(arrival, row, row.key, reason, "leave the keys as they were exported")
            continue
        others = keyed.setdefault((key.text, key.language), {})
        if key.number in others:
            reason = f"the same unit stands in row {others[key.number][0].place} already"
            _refuse(arrival, row, row.key, reason, "keep one of the two")
        else:
            others[key.number] = row, key
    for (folder, language), numbered in keyed.items():
        text = standings.of(standings.originals[folder], language)
        taken = [_one(text, row, key, choices, arrival) for row, key in numbered.values()]
        if good := [each for each in taken if each]:
            _put(standings, text, good, arrival)
    return arrival


def _refuse(arrival: Arrival, row: Returned, unit: str, reason: str, hint: str) -> None:
    arrival.refusals.append(Refusal(row.place, unit, reason, hint))


def _one(
    text: TextStanding, row: Returned, key: Key, choices: Choices, arrival: Arrival
) -> _Taken | None:
    """Return a row that may be put into its text; None for others, which are counted."""
    if row.problem:
        _refuse(arrival, row, row.key, row.problem, "write the translation as text")
        return None
    if not row.translation:
        arrival.empty += 1
        return None
    try:
        return _good(text, row, key, choices, arrival)
    except Refused as refused:
        name = f"{text.file}, unit {key.number}"
        _refuse(arrival, row, name, str(refused), refused.hint)
        return None


def _good(
    text: TextStanding, row: Returned, key: Key, choices: Choices, arrival: Arrival
) -> _Taken | None:
    standing, source = _found(text, key, row)
    unit = standing.pair.source
    assert unit is not None
    words = resolved(row.translation, source)
    words = folded(words) if unit.path else words
    there = standing.pair.translation
    if there and folded(there.words) == folded(words):
        arrival.unchanged += 1
        return None
    tongues = Tongues(text.original.language, text.language)
    # Against the words that the translator had: what has changed since is the next round's.
    words = checked(replace(unit, words=source), words, tongues, any_numbers=choices.any_numbers)
    newer = there is not None and digest(there) != key.own
    if newer and not choices.overwrite:
        raise Refused(
            "the translation was changed after this file was exported",
            "export again, or import with --overwrite",
        )
    return _Taken(row, unit, words, key.made_from, source, newer)


def _found(text: TextStanding, key: Key, row: Returned) -> tuple[Standing, str]:
    """Return the unit that a row is about, and the words that its translator had before them."""
    units = [unit for unit in text.units if unit.pair.source]
    same = [unit for unit in units if digest(unit.pair.source) == key.made_from]
    if same:
        best = min(same, key=lambda unit: abs(unit.number - key.number))
        return best, best.pair.source.words if best.pair.source else ""
    source = text.record.original.get(key.made_from, "")
    if not source and digest_of(row.source) == key.made_from:
        source = row.source
    if source:
        likeness = {
            unit.number: similarity(source, unit.pair.source.words if unit.pair.source else "")
            for unit in units
        }
        best = max(units, key=lambda unit: likeness[unit.number])
        if likeness[best.number] >= LIKE:
            return best, source
    raise Refused(
        "the original has changed so much that its unit is not found any more",
        "export again, and translate what it says now",
    )


def _put(standings: Standings, text: TextStanding, good: list[_Taken], arrival: Arrival) -> None:
    """Put the good rows of one text into it, and check that they are there as they were meant."""
    strings = standings.project.strings.get(text.language)
    heading_id = strings.heading_id if strings else (lambda words: "")
    words = {each.unit: each.words for each in good}
    if text.translation:
        pairs = [unit.pair for unit in text.units]
        made, homeless = revised(text.source, text.translation, pairs, words, heading_id)
        reason, hint = "the text has no place for it", "add it to the text by hand"
        _refuse_all(arrival, text, [each for each in good if each.unit in homeless], reason, hint)
        good = [each for each in good if each.unit not in homeless]
    elif lacking := [u.path for u in text.source.fields if _is_needed(u) and u not in words]:
        reason = f"the text does not exist yet, and its {quoted(lacking)} is not translated"
        _refuse_all(arrival, text, good, reason, "translate this as well")
        return
    else:
        made = new_text(text.source, words, heading_id)
    if good:
        _verify_and_keep(text, good, made, heading_id, arrival)


def _is_needed(unit: Unit) -> bool:
    """Whether a text without this value is an error."""
    return unit.path == "title" or unit.path.startswith("alt.")


def _refuse_all(
    arrival: Arrival, text: TextStanding, rows: list[_Taken], reason: str, hint: str
) -> None:
    for each in rows:
        _refuse(arrival, each.returned, f"{text.file}, {each.unit.name}", reason, hint)


def _verify_and_keep(
    text: TextStanding,
    good: list[_Taken],
    made: str,
    heading_id: Callable[[str], str],
    arrival: Arrival,
) -> None:
    manuscript = parse_manuscript(text.file, made, heading_id)
    there = {(unit.path, digest(unit)) for unit in manuscript.units} if manuscript else set()
    lost = [each for each in good if (each.unit.path, digest_of(each.words)) not in there]
    if manuscript is None or lost:
        reason = "put into the text, it would not be what it is"
        _refuse_all(arrival, text, lost or good, reason, "write it into the text by hand")
        others = {each.unit: each for each in good if each not in lost}
        reason = "another row of this text cannot be put into it"
        _refuse_all(arrival, text, list(others.values()) if lost else [], reason, "see that row")
        return
    crlf = text.translation.crlf if text.translation else text.source.crlf
    content = (made.replace("\n", "\r\n") if crlf else made).encode()
    record = _recorded(text, manuscript, good)
    overwritten = [each.unit.name for each in good if each.overwrites]
    arrival.texts.append(Revised(text, content, record, len(good), overwritten))


def _recorded(text: TextStanding, manuscript: Manuscript, good: list[_Taken]) -> Record:
    """Return the record with the new translations, which nobody has reviewed yet."""
    new = {
        (each.unit.path, digest_of(each.words)): Row(
            each.unit.path, each.made_from, digest_of(each.words), False
        )
        for each in good
    }
    kept = [
        row
        for row in text.record.rows.get(text.language, ())
        if not (row.path and any(row.path == path for path, _ in new))
    ]
    words: Mapping[str, str] = {
        **{digest(unit): unit.words for unit in text.source.units},
        **{each.made_from: each.source for each in good},
    }
    record = text.record.with_rows(text.language, [*kept, *new.values()], words)
    rows: list[Row] = []
    for pair in paired(text.source, manuscript, record, text.language):
        unit = pair.source or pair.translation
        row = new.get((unit.path if unit else "", digest(pair.translation)), pair.row)
        rows += [row] if row else []
    return text.record.with_rows(text.language, rows, words)
