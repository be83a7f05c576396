"""What the sections of a Local Action Plan give to their templates.

Dates, spans and sums stay values here; the templates write them with the functions that every
template gets. What is to be confirmed stays `tbc`, or a sum with something unknown in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from brochure.editions import Edition, Kind, Section
from brochure.layouts.titles import Listing, Setting
from brochure.model import Plan
from brochure.model.budget import amount, budget_of, costs_of, funding_of
from brochure.model.plans import Action
from brochure.model.quarters import Chart, Span

View = dict[str, Any]


def _plan_section(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    plan = c.project.plans[s.plan or e.region or ""]
    text = plan.texts[s.language]
    return {
        "plan": plan.facts,
        "text": text,
        "passages": {passage.id: passage.html for passage in text.passages if passage.html},
        "actions": [_action_view(n, each) for n, each in enumerate(plan.facts.actions, 1)],
        "region": plan.region,
        "accent": c.project.regions[plan.region].facts.swatch,
        "draft": plan.facts.status == "draft",
        "plan_language": plan.language,
        "amount": amount,
    }


def _action_view(number: int, action: Action) -> View:
    return {
        "number": number,
        "facts": action,
        "costs": costs_of(action),
        "funding": funding_of(action),
        "span": Span.of(action.start, action.end),
    }


def _contents(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    lines = [line for line in listing.entries if line.level and line.section.plan == e.region]
    return {**_plan_section(c, s, e, listing), "edition": e, "entries": lines}


def _action(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    number, action = c.titles.action(s)
    return {
        **_plan_section(c, s, e, listing),
        "action": action,
        "number": number,
        "costs": costs_of(action),
        "funding": funding_of(action),
    }


def _delivery(c: Setting, s: Section, e: Edition, listing: Listing) -> View:
    plan = c.project.plans[s.plan or ""]
    return {
        **_plan_section(c, s, e, listing),
        **_timeline_view(plan),
        "budget": budget_of(plan.facts.actions),
        "stakeholders": stakeholders_of(plan),
    }


def _timeline_view(plan: Plan) -> View:
    """Return the timeline: for each action its span and bar, and those of its dated steps."""
    facts = plan.facts
    spans = {action.id: Span.of(action.start, action.end) for action in facts.actions}
    steps = {
        action.id: [Span.of(step.start, step.end) for step in _list(action.steps)]
        for action in facts.actions
    }
    period = Span.of(facts.period.start, facts.period.end)
    chart = Chart.of([period, *spans.values(), *(each for some in steps.values() for each in some)])
    bars = {id_: chart.bar(span) for id_, span in spans.items()}
    marks = {id_: [chart.bar(each) for each in some] for id_, some in steps.items()}
    return {"chart": chart, "bars": bars, "marks": marks}


def stakeholders_of(plan: Plan) -> list[View]:
    """Return everybody with a part in a plan: its stakeholders, then players of actions.

    Each has `name`, `role`, and `actions`, the numbers of the actions that name it as a player.
    """
    found: dict[tuple[tuple[str, str], ...], View] = {}

    def entry(name: Mapping[str, str]) -> View:
        key = tuple(sorted(name.items()))
        return found.setdefault(key, {"name": name, "role": None, "actions": []})

    for stakeholder in _list(plan.facts.stakeholders):
        known = entry(stakeholder.name)
        known["role"] = known["role"] or stakeholder.role
    for number, action in enumerate(plan.facts.actions, 1):
        for player in _list(action.players):
            numbers = entry(player)["actions"]
            numbers += [number] if number not in numbers else []
    return list(found.values())


def _list(values: Iterable[Any] | str) -> list[Any]:
    return [] if isinstance(values, str) else list(values)


PLAN_VIEWS: dict[Kind, Callable[[Setting, Section, Edition, Listing], View]] = {
    Kind.PLAN_COVER: _plan_section,
    Kind.PLAN_CONTENTS: _contents,
    Kind.PLAN_FRAME: _plan_section,
    Kind.PLAN_ACTIONS: _plan_section,
    Kind.ACTION: _action,
    Kind.PLAN_DELIVERY: _delivery,
    Kind.PLAN_SIGNATURE: _plan_section,
    Kind.PLAN_SUMMARY: _plan_section,
}
