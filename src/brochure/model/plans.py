"""What may stand in a `plan.yaml`: the facts of a region's Local Action Plan, without prose.

The keys follow the action plan form of Interreg Europe, and the implementation part of an URBACT
action plan. Nearly every value may be `tbc`: the document says "to be confirmed" in its place.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema

from brochure.model.words import (
    Day,
    LanguageTag,
    Line,
    Month,
    Sheet,
    Slug,
    ToBeConfirmed,
    Web,
    Words,
    Year,
)

# Euros and cents, exactly: sums of binary fractions would not add up.
Amount = (
    Annotated[
        Decimal,
        Field(ge=0, lt=10**12, decimal_places=2, strict=False),
        WithJsonSchema({"type": "number", "minimum": 0}),
    ]
    | ToBeConfirmed
)


class PlanContact(Sheet):
    """Whom to ask about a plan."""

    name: Line
    email: Line
    telephone: Line


class Period(Sheet):
    """The months from which and to which a plan runs."""

    start: Month | ToBeConfirmed
    end: Month | ToBeConfirmed


class PolicyInstrument(Sheet):
    """What the plan wants to change, in the terms of the programme's form."""

    kind: Literal["growth-and-jobs", "territorial-cooperation", "other", "tbc"]
    name: ToBeConfirmed | Words


class Step(Sheet):
    """One step of an action."""

    text: Words
    start: Month | ToBeConfirmed = "tbc"
    end: Month | ToBeConfirmed = "tbc"


class Cost(Sheet):
    """What one line costs in one year, in euros."""

    year: Year
    line: Words
    amount: Amount


class FundingSource(Sheet):
    """Who pays how much, in euros."""

    source: Words
    amount: Amount


class Measure(Sheet):
    """The value of an indicator in a year."""

    value: Annotated[float, Field(allow_inf_nan=False)] | ToBeConfirmed
    year: Year | ToBeConfirmed


class Indicator(Sheet):
    """How an action is measured; without `target`, that is reported."""

    name: Words
    unit: Words
    baseline: Measure | ToBeConfirmed = "tbc"
    target: Measure | ToBeConfirmed | None = None
    source: Words | None = None
    responsible: Words | None = None


class Risk(Sheet):
    """What may go wrong, and the answer to it."""

    risk: Words
    answer: ToBeConfirmed | Words


class Action(Sheet):
    """One action of a Local Action Plan; an empty list says that there is none of it."""

    id: Slug
    title: ToBeConfirmed | Words
    inspired_by: list[Slug] | ToBeConfirmed = []
    players: list[Words] | ToBeConfirmed = []
    start: Month | ToBeConfirmed = "tbc"
    end: Month | ToBeConfirmed = "tbc"
    steps: list[Step] | ToBeConfirmed = "tbc"
    costs: list[Cost] | ToBeConfirmed = "tbc"
    funding: list[FundingSource] | ToBeConfirmed = "tbc"
    indicators: list[Indicator] | ToBeConfirmed = "tbc"
    risks: list[Risk] | ToBeConfirmed = "tbc"


class Stakeholder(Sheet):
    """Who is concerned by the plan, and in which role."""

    name: Words
    role: Words | None = None


class PlanEvent(Sheet):
    """A meeting or event of the plan, from `date` to `until` where it takes several days."""

    date: Day | ToBeConfirmed
    until: Day | None = None
    title: Words
    place: Words | None = None


class Signatory(Sheet):
    """Who signs the plan; what is left out is filled in by hand."""

    organisation: Words
    name: Line | None = None
    position: Words | None = None
    date: Day | None = None


class PlanSheet(Sheet):
    """`plan.yaml`: the facts of a region's Local Action Plan."""

    region: Slug
    language: LanguageTag | None = None
    partner: Words
    other_partners: list[Words] = []
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    nuts: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z0-9]{0,3}$")]
    contact: PlanContact
    period: Period
    policy_instrument: PolicyInstrument
    status: Literal["draft", "approved", "signed"]
    actions: Annotated[list[Action], Field(min_length=1)]
    stakeholders: list[Stakeholder] | ToBeConfirmed = "tbc"
    events: list[PlanEvent] | ToBeConfirmed = "tbc"
    signatories: list[Signatory] = []
    sources: list[Web] = []
