"""What must hold inside a plan: dates in order, money that adds up, targets, players, passages.

Each part of a `plan.yaml` that is sound by itself is checked, also where another part has
mistakes, so everything comes out in one run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from brochure.diagnostics import Diagnostics, Place, did_you_mean
from brochure.languages import is_tag
from brochure.model.budget import Sum, costs_of, funding_of, gap
from brochure.model.plans import Action, Indicator, Measure, Period, PlanEvent
from brochure.model.quarters import is_outside, is_reversed
from brochure.model.types import PlanPart, Text
from brochure.model.validation import S
from brochure.model.words import Slug
from brochure.sources.markdown import Outline
from brochure.sources.yaml import Located

Path = tuple[str | int, ...]


def check_plan(located: Located, found: Diagnostics) -> None:
    """Report what contradicts itself in a `plan.yaml`, or is missing from it."""
    value = located.value if isinstance(located.value, dict) else {}
    period = _sound(Period, value.get("period"))
    in_order = period and not is_reversed(period.start, period.end)
    checking = _Checking(located, found, period if in_order else None)
    if period:
        checking.order(("period",), "the plan", period.start, period.end)
    seen: set[object] = set()
    for i, action in enumerate(_list(value.get("actions"))):
        id_ = action.get("id") if isinstance(action, dict) else None
        checking.name(("actions", i, "id"), id_, seen)
        if sound := _sound(Action, action):
            checking.action(("actions", i), sound)
    for i, event in enumerate(_list(value.get("events"))):
        if sound_event := _sound(PlanEvent, event):
            checking.event(("events", i), sound_event)


def _sound(sheet: type[S], value: object) -> S | None:
    """Return a part of the file as its sheet, None with mistakes, which are reported elsewhere."""
    try:
        return sheet.model_validate(value)
    except ValidationError:
        return None


@dataclass(frozen=True)
class _Checking:
    """The state of checking one plan."""

    located: Located
    found: Diagnostics
    period: Period | None

    def name(self, path: Path, id_: object, seen: set[object]) -> None:
        """An action's id names it in the texts, beside the parts of the plan."""
        if not isinstance(id_, str):
            return
        if id_ in seen or id_ in set(PlanPart):
            taken = "by a part of every plan" if id_ in set(PlanPart) else "by an action above"
            self.found.add(
                "duplicate-slug",
                self.located.place(*path),
                f'the name "{id_}" is taken {taken}',
                'give the action another "id", and write it behind its heading in the texts',
            )
        seen.add(id_)

    def action(self, path: Path, action: Action) -> None:
        """Dates, players, money and indicators of one action."""
        self.span(path, f'the action "{action.id}"', action.start, action.end)
        for i, step in enumerate(_list(action.steps)):
            self.span((*path, "steps", i), "the step", step.start, step.end)
        for i, cost in enumerate(_list(action.costs)):
            self.inside((*path, "costs", i, "year"), "the cost", str(cost.year))
        if not action.players:
            self.found.add(
                "missing-players",
                self.located.key_place(*path, "players"),
                f'the action "{action.id}" names no player',
                'list who takes part below "players", or write "players: tbc"',
            )
        self.money(path, action)
        for i, each in enumerate(_list(action.indicators)):
            self.indicator((*path, "indicators", i), each)

    def event(self, path: Path, event: PlanEvent) -> None:
        """An event of several days ends after it starts, and both ends are days."""
        if event.until is None:
            return
        self.order(path, "the event", event.date, event.until, "until")
        if len(event.date) < 10 or len(event.until) < 10:
            self.found.add(
                "no-effect",
                self.located.place(*path, "until"),
                '"until" has no effect, because it or "date" is no day',
                'write both like 2019-11-14, or remove "until"',
            )

    def span(self, path: Path, what: str, start: str, end: str) -> None:
        """A span ends after it starts, and lies inside the plan's period."""
        self.order(path, what, start, end)
        for key, date in (("start", start), ("end", end)):
            self.inside((*path, key), what, date)

    def order(self, path: Path, what: str, start: str, end: str, key: str = "end") -> None:
        if is_reversed(start[:7], end[:7]) or (len(start) == len(end) == 10 and end < start):
            self.found.add(
                "dates-reversed",
                self.located.place(*path, key),
                f"{what} ends {end}, before its start {start}",
                "correct one of the two dates",
            )

    def inside(self, path: Path, what: str, date: str) -> None:
        if self.period and is_outside(date, self.period.start, self.period.end):
            begins, ends = self.period.start, self.period.end
            bounds = [f"begins {begins}"] if begins != "tbc" else []
            bounds += [f"ends {ends}"] if ends != "tbc" else []
            self.found.add(
                "outside-period",
                self.located.place(*path),
                f"{what} is dated {date}, and the plan's period {' and '.join(bounds)}",
                'correct the date, or the "period" of the plan',
            )

    def money(self, path: Path, action: Action) -> None:
        """What is paid is what it costs (the programme's form asks for both)."""
        if difference := gap(action):
            costs, funding = costs_of(action), funding_of(action)
            self.found.add(
                "funding-gap",
                self.located.key_place(*path, "funding"),
                f'the funding of the action "{action.id}" adds up to {_euros(funding)}, its costs'
                f" to {_euros(costs)}",
                f"{_euros(Sum(abs(difference)))} are {'missing' if difference < 0 else 'too much'}:"
                " correct an amount, or write tbc for one that is not known",
            )

    def indicator(self, path: Path, indicator: Indicator) -> None:
        """An indicator has a target, which is not older than its baseline."""
        if indicator.target is None:
            self.found.add(
                "missing-target",
                self.located.place(*path),
                f"the indicator {_called(indicator.name)} has no target",
                'add "target: {value: …, year: …}", or "target: tbc"',
            )
        years = [_year(indicator.baseline), _year(indicator.target)]
        if all(years) and years[1] < years[0]:
            self.found.add(
                "target-year",
                self.located.place(*path, "target", "year"),
                f"the target of {_called(indicator.name)} is for {years[1]}, before the baseline of"
                f" {years[0]}",
                "correct one of the two years",
            )


def _year(measure: Measure | str | None) -> int:
    """Return the year of a measure, 0 where it is not known."""
    year = measure.year if isinstance(measure, Measure) else 0
    return year if isinstance(year, int) else 0


def _euros(money: Sum) -> str:
    amount = f"EUR {money.known:,.2f}".removesuffix(".00")
    return f"at least {amount}" if money.is_open else amount


def _called(words: dict[str, str]) -> str:
    return f'"{next(iter(words.values()))}"'


_IDS = TypeAdapter(list[Slug])


def action_ids(located: Located) -> list[str]:
    """Return the ids of a plan's actions, [] where one has a mistake; others may have any."""
    value = located.value if isinstance(located.value, dict) else {}
    actions = value.get("actions")
    ids = [each.get("id") if isinstance(each, dict) else None for each in _list(actions)]
    try:
        return _IDS.validate_python(ids)
    except ValidationError:
        return []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def check_passages(
    outline: Outline, text: Text | None, actions: list[str], whole: bool, found: Diagnostics
) -> None:
    """Every passage of a plan's text belongs to a part or an action, and every action has one.

    A text without any passage is a summary of the plan, and needs none.
    """
    names, misspelt = [*PlanPart, *actions], set()
    places = {heading.id: heading.place for heading in outline.headings if heading.level == 2}
    for heading in outline.headings:
        if heading.level != 2 or heading.id in names:
            continue
        if heading.id:
            problem = f'is named "{heading.id}", which is no part and no action of the plan'
            meant = [name for name in names if did_you_mean(heading.id, names) == f'write "{name}"']
            misspelt.update(meant)
            hint = f"write {{#{meant[0]}}}" if meant else did_you_mean(heading.id, names)
        else:
            problem = "does not say to which part of the plan it belongs"
            hint = f"write a name behind the heading, like {{#context}} or {{#{actions[0]}}}"
        found.add("unknown-passage", heading.place, f'the passage "{heading.text}" {problem}', hint)
    passages = text.passages if text else ()
    if text and whole and not passages:
        found.add(
            "missing-passage",
            Place(outline.file),
            "the text has no passage, so there is no document of the plan in its own language",
            'write the passages, each below a heading like "## Context {#context}"',
        )
    filled = {passage.id for passage in passages if passage.html} | misspelt
    for name in [PlanPart.CONTEXT, *actions] if passages else []:
        if name not in filled:
            _report_missing_passage(name, places.get(name), outline.file, found)


def _report_missing_passage(
    name: str, heading: Place | None, file: str, found: Diagnostics
) -> None:
    problem = f'the passage "{name}" is empty' if heading else f'the text has no passage "{name}"'
    found.add(
        "missing-passage",
        heading or Place(file),
        f'{problem}, so the plan says "to be confirmed" there',
        "write the passage below this heading"
        if heading
        else f'write a heading that ends with "{{#{name}}}", and the passage below it',
    )


def unknown_values(located: Located, values: Any, path: Path = ()) -> Iterator[Place]:
    """Yield the place of each value that is `tbc`, written or by default."""
    if values == "tbc":
        yield located.place(*path)
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from unknown_values(located, value, (*path, key))
    elif isinstance(values, list):
        for i, value in enumerate(values):
            yield from unknown_values(located, value, (*path, i))


def words_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of everything that is given by language."""
    if isinstance(value, dict):
        has_keys = set(value) <= {"id", "end"}  # which also look like language tags
        if not has_keys and all(map(is_tag, map(str, value))):
            yield path
            return
        for key, inner in value.items():
            yield from words_in(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from words_in(inner, (*path, i))
