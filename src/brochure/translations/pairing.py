"""Which unit of a translation belongs to which of the original.

Values of the front matter belong together by their path. The units of a text are aligned in
order: what the record knows weighs most, then standard headings, then what every language shares,
such as numbers, addresses and how long a paragraph is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from brochure.translations.manuscript import Manuscript, digest
from brochure.translations.record import Record, Row
from brochure.translations.sameness import folded
from brochure.translations.units import Unit

# What speaks for a pair. A pair of the record beats any number of guesses.
_RECORDED, _SAME_HEADING, _CHANGED_ORIGINAL, _CHANGED_TRANSLATION = 10_000, 400, 300, 100
_SAME_SHAPE, _SAME_NUMBERS, _SAME_ADDRESSES, _LIKE_LENGTH = 10, 20, 10, 6
LIKE = 0.4  # of its words, from which on an original is taken for a changed one

_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"\]\(([^)\s]*)")


@dataclass(frozen=True)
class Pair:
    """A unit of the original and that of the translation; one of them may be missing. `row` is
    what the record knows of them, `was` the words that the translation was made from."""

    source: Unit | None
    translation: Unit | None
    row: Row | None = None
    was: str = ""


def paired(source: Manuscript, translation: Manuscript, record: Record, tag: str) -> list[Pair]:
    """Return the units of two texts in pairs: by path, then in the order of the text."""
    rows = record.rows.get(tag, ())
    by_path = {row.path: row for row in rows if row.path}
    of_text = tuple(row for row in rows if not row.path)
    texts = {unit.path: unit for unit in translation.fields}
    pairs = [
        _with_words(Pair(unit, texts.pop(unit.path, None), by_path.get(unit.path)), record)
        for unit in source.fields
    ]
    pairs += [Pair(None, unit, by_path.get(path)) for path, unit in texts.items()]
    aligned = _aligned(source.prose, translation.prose, of_text, record.original)
    return [*pairs, *(_with_words(pair, record) for pair in aligned)]


def _with_words(pair: Pair, record: Record) -> Pair:
    row = pair.row
    was = record.original.get(row.made_from, "") if row else ""
    return Pair(pair.source, pair.translation, row, was)


def _aligned(
    sources: tuple[Unit, ...],
    translations: tuple[Unit, ...],
    rows: tuple[Row, ...],
    original: Mapping[str, str],
) -> Iterator[Pair]:
    froms, owns = [digest(u) for u in sources], [digest(u) for u in translations]
    if ([row.made_from for row in rows], [row.own for row in rows]) == (froms, owns):
        yield from map(Pair, sources, translations, rows)  # as it mostly is
        return
    weigh = _Scale(froms, owns, rows, original)
    scores = [
        [weigh(s, t, i, j) for j, t in enumerate(translations)] for i, s in enumerate(sources)
    ]
    unused = list(rows)
    pairs = [
        (sources[i] if i is not None else None, translations[j] if j is not None else None)
        for i, j in _best_path(scores, len(sources), len(translations))
    ]
    known: dict[int, Row] = {}
    # What is known of both, else of the translation, else of the original; and of those that
    # both have changed, what was most like the original.
    for matches in (_knows_both, _knows_translation, _knows_original, partial(_is_like, original)):
        for number, pair in enumerate(pairs):
            found = next((row for row in unused if matches(row, pair)), None)
            if number not in known and found:
                known[number] = found
                unused.remove(found)
    for number, pair in enumerate(pairs):
        yield Pair(*pair, known.get(number))


_Both = tuple[Unit | None, Unit | None]


def _knows_both(row: Row, pair: _Both) -> bool:
    return (row.made_from, row.own) == (digest(pair[0]), digest(pair[1]))


def _knows_translation(row: Row, pair: _Both) -> bool:
    return pair[1] is not None and row.own == digest(pair[1])


def _knows_original(row: Row, pair: _Both) -> bool:
    return None not in pair and row.made_from == digest(pair[0])


def _is_like(original: Mapping[str, str], row: Row, pair: _Both) -> bool:
    source, translation = pair
    if source is None or translation is None:
        return False
    return similarity(original.get(row.made_from, ""), source.words) >= LIKE


def similarity(was: str, now: str) -> float:
    """Return how many of the words of two wordings are the same, in order, from 0 to 1."""
    return difflib.SequenceMatcher(None, folded(was).split(), folded(now).split()).ratio()


class _Scale:
    """Weighs how much speaks for two units being a pair; None where nothing may join them."""

    def __init__(
        self, froms: list[str], owns: list[str], rows: tuple[Row, ...], original: Mapping[str, str]
    ) -> None:
        self._froms, self._owns, self._original = froms, owns, original
        self._present = set(froms), set(owns)
        self._recorded = {(row.made_from, row.own) for row in rows}
        self._made_from = {row.own: row.made_from for row in rows}
        self._own = {row.made_from: row.own for row in rows}

    def __call__(self, source: Unit, translation: Unit, i: int, j: int) -> float | None:
        from_, own = self._froms[i], self._owns[j]
        if (from_, own) in self._recorded:
            return _RECORDED
        if (source.shape, source.level) != (translation.shape, translation.level):
            return None
        if source.anchor and translation.anchor and source.anchor != translation.anchor:
            return None
        if self._made_from.get(own) in self._present[0] or self._own.get(from_) in self._present[1]:
            return None  # one of them has another partner, which is there
        score = _likeness(source, translation)
        if own in self._made_from:
            was = self._original.get(self._made_from[own], "")
            like = similarity(was, source.words)
            score += _CHANGED_ORIGINAL * like if like >= LIKE else 0
        return score + (_CHANGED_TRANSLATION if from_ in self._own else 0)


def _likeness(source: Unit, translation: Unit) -> float:
    score: float = _SAME_SHAPE
    if source.anchor:
        score += _SAME_HEADING if source.anchor == translation.anchor else 0
    lengths = len(source.words), len(translation.words)
    score += _LIKE_LENGTH * min(lengths) / max(lengths)
    numbers = [set(_NUMBER.findall(unit.words)) for unit in (source, translation)]
    if numbers[0] or numbers[1]:
        score += _SAME_NUMBERS * len(numbers[0] & numbers[1]) / len(numbers[0] | numbers[1])
    addresses = [_ADDRESS.findall(unit.words) for unit in (source, translation)]
    if addresses[0] and addresses[0] == addresses[1]:
        score += _SAME_ADDRESSES
    return score


def _best_path(
    scores: list[list[float | None]], rows: int, columns: int
) -> list[tuple[int | None, int | None]]:
    """Return the alignment in order with the highest sum (Needleman and Wunsch 1970, gaps free)."""
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            score = scores[i][j]
            joined = best[i + 1][j + 1] + score if score is not None else -1
            best[i][j] = max(joined, best[i + 1][j], best[i][j + 1])
    path: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows and j < columns:
        score = scores[i][j]
        if score is not None and best[i][j] == best[i + 1][j + 1] + score:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            path.append((i, None))
            i += 1
        else:
            path.append((None, j))
            j += 1
    path += [(k, None) for k in range(i, rows)]
    path += [(None, k) for k in range(j, columns)]
    return path
