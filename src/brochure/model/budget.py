"""The money of a plan: sums of costs and funding, with what is still to be confirmed.

An amount that is not known makes a sum incomplete, never smaller: a `Sum` carries both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from brochure.model.plans import Action, Cost, FundingSource

NOTHING = Decimal(0)
Words = Mapping[str, str]


@dataclass(frozen=True)
class Sum:
    """Euros that are known, and how many amounts are to be confirmed beside them."""

    known: Decimal = NOTHING
    unknown: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.known + other.known, self.unknown + other.unknown)

    @property
    def is_open(self) -> bool:
        """Whether something is missing in it."""
        return self.unknown > 0


UNKNOWN = Sum(unknown=1)


def total(sums: Iterable[Sum]) -> Sum:
    """Return the sum of sums."""
    return sum(sums, Sum())


def costs_of(action: Action) -> Sum:
    """Return what an action costs."""
    return _listed(action.costs)


def funding_of(action: Action) -> Sum:
    """Return the money that an action has."""
    return _listed(action.funding)


def amount(value: Decimal | str) -> Sum:
    """Return an amount of `plan.yaml`, a number or `tbc`, as a sum."""
    return Sum(value) if isinstance(value, Decimal) else UNKNOWN


def _listed(lines: list[Cost] | list[FundingSource] | str) -> Sum:
    return UNKNOWN if isinstance(lines, str) else total(amount(line.amount) for line in lines)


def gap(action: Action) -> Decimal:
    """Return by how many euros funding certainly misses the costs: less than 0 is too little.

    What is to be confirmed may fill a gap, so it is certain only where the side that would have
    to grow is fully known.
    """
    costs, funding = costs_of(action), funding_of(action)
    difference = funding.known - costs.known
    growing = funding if difference < 0 else costs
    return NOTHING if growing.is_open else difference


@dataclass(frozen=True)
class BudgetRow:
    """The costs of one action: by year, and in all."""

    action: Action
    by_year: tuple[Sum, ...]
    total: Sum


@dataclass(frozen=True)
class FundingRow:
    """The money of one source: which actions it goes to, from 1, and in all; None is not known."""

    source: Words | None
    actions: tuple[int, ...]
    total: Sum


@dataclass(frozen=True)
class Budget:
    """What a plan costs and who pays. Columns are `years`; the last row has their totals."""

    years: tuple[int, ...]
    rows: tuple[BudgetRow, ...]
    year_totals: tuple[Sum, ...]
    costs: Sum
    sources: tuple[FundingRow, ...]
    funding: Sum


def budget_of(actions: Iterable[Action]) -> Budget:
    """Return the budget of a plan's actions."""
    actions = tuple(actions)
    years = tuple(sorted({cost.year for action in actions for cost in _lines(action.costs)}))
    rows = tuple(_row(action, years) for action in actions)
    columns = zip(*(row.by_year for row in rows), strict=True) if years else ()
    sources = _sources(actions)
    return Budget(
        years=years,
        rows=rows,
        year_totals=tuple(total(column) for column in columns),
        costs=total(row.total for row in rows),
        sources=sources,
        funding=total(row.total for row in sources),
    )


def _lines(costs: list[Cost] | str) -> list[Cost]:
    return [] if isinstance(costs, str) else costs


def _row(action: Action, years: tuple[int, ...]) -> BudgetRow:
    costs = action.costs
    by_year = tuple(
        # Costs that are wholly unknown may fall into any year.
        UNKNOWN
        if isinstance(costs, str)
        else total(amount(cost.amount) for cost in costs if cost.year == year)
        for year in years
    )
    return BudgetRow(action, by_year, costs_of(action))


def _sources(actions: tuple[Action, ...]) -> tuple[FundingRow, ...]:
    """Return the sources in the order in which they first appear, the unknown ones last."""
    found: dict[tuple[tuple[str, str], ...] | None, FundingRow] = {}
    for number, action in enumerate(actions, 1):
        if isinstance(action.funding, str):
            _take_in(found, None, None, number, UNKNOWN)
            continue
        for line in action.funding:
            key = tuple(sorted(line.source.items()))
            _take_in(found, key, line.source, number, amount(line.amount))
    unknown = found.pop(None, None)
    return (*found.values(), *([unknown] if unknown else []))


def _take_in(
    found: dict[tuple[tuple[str, str], ...] | None, FundingRow],
    key: tuple[tuple[str, str], ...] | None,
    source: Words | None,
    number: int,
    money: Sum,
) -> None:
    row = found.get(key, FundingRow(source, (), Sum()))
    actions = tuple(dict.fromkeys((*row.actions, number)))
    found[key] = FundingRow(source, actions, row.total + money)
