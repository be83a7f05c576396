"""Holds the money of plans to account: exact to the cent, and open where an amount is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brochure.model.budget import (
    BudgetRow,
    FundingRow,
    Sum,
    amount,
    budget_of,
    costs_of,
    funding_of,
    gap,
    total,
)
from brochure.model.plans import Action, Cost, FundingSource

Money = Decimal | str
TBC = "tbc"


def euros(money: Money | int | float) -> Money:
    return money if isinstance(money, str) and money == TBC else Decimal(str(money))


def cost(year: int, money: Money | int | float) -> Cost:
    return Cost.model_validate({"year": year, "line": "Room", "amount": euros(money)})


def paid(source: str | dict[str, str], money: Money | int | float) -> FundingSource:
    return FundingSource.model_validate({"source": source, "amount": euros(money)})


def action(
    costs: Sequence[Cost] | str = TBC, funding: Sequence[FundingSource] | str = TBC
) -> Action:
    lines = {"costs": costs, "funding": funding}
    plain = {
        key: each if isinstance(each, str) else [line.model_dump() for line in each]
        for key, each in lines.items()
    }
    return Action.model_validate({"id": "action", "title": "An action", **plain})


AMOUNTS: st.SearchStrategy[Money] = st.decimals(0, 10**9, places=2) | st.just(TBC)
NAMES = st.sampled_from(
    ["The North", "The board", {"en": "The North", "fr": "Le Nord"}, {"fr": "Le Nord"}]
)
COSTS = st.lists(st.builds(cost, st.integers(2019, 2022), AMOUNTS), max_size=4) | st.just(TBC)
FUNDING = st.lists(st.builds(paid, NAMES, AMOUNTS), max_size=4) | st.just(TBC)
ACTIONS = st.lists(st.builds(action, COSTS, FUNDING), max_size=4)


def known(amounts: Iterable[object]) -> Decimal:
    """Return the sum of the amounts that are known, in whole cents."""
    cents = sum(int(each * 100) for each in amounts if isinstance(each, Decimal))
    return Decimal(cents) / 100


def unknown(lines: Sequence[Cost] | Sequence[FundingSource] | str) -> int:
    """Return how many amounts of a list are to be confirmed; the whole list counts as one."""
    return 1 if isinstance(lines, str) else sum(line.amount == TBC for line in lines)


def amounts(lines: Sequence[Cost] | Sequence[FundingSource] | str) -> list[object]:
    return [] if isinstance(lines, str) else [line.amount for line in lines]


# Sums.


def test_sums_are_exact_where_binary_fractions_are_not() -> None:
    assert 0.1 + 0.2 != 0.3
    assert costs_of(action([cost(2020, 0.1), cost(2020, 0.2)])) == Sum(Decimal("0.3"))
    many = [cost(2020, "0.01")] * 1000
    assert costs_of(action(many)) == Sum(Decimal(10))


def test_an_amount_is_known_or_counted_as_unknown() -> None:
    assert amount(Decimal("12.50")) == Sum(Decimal("12.50"), 0)
    assert amount(TBC) == Sum(Decimal(0), 1)
    assert not amount(Decimal(0)).is_open
    assert amount(TBC).is_open


def test_the_sum_of_nothing_is_nothing() -> None:
    assert total([]) == Sum(Decimal(0), 0)
    assert costs_of(action(costs=[])) == Sum()
    assert funding_of(action(funding=[])) == Sum()


def test_what_is_left_out_is_to_be_confirmed() -> None:
    left_out = Action.model_validate({"id": "action", "title": "An action"})
    assert costs_of(left_out) == funding_of(left_out) == Sum(unknown=1)


@given(COSTS, FUNDING)
def test_a_sum_has_every_amount_once(
    costs: list[Cost] | str, funding: list[FundingSource] | str
) -> None:
    one = action(costs, funding)
    assert costs_of(one) == Sum(known(amounts(costs)), unknown(costs))
    assert funding_of(one) == Sum(known(amounts(funding)), unknown(funding))


# The budget.


@given(ACTIONS)
def test_rows_columns_and_totals_have_the_same_money(actions: list[Action]) -> None:
    budget = budget_of(actions)
    costs = known(each for one in actions for each in amounts(one.costs))
    assert budget.costs.known == costs
    assert sum(row.total.known for row in budget.rows) == costs
    assert sum(each.known for each in budget.year_totals) == costs
    for row in budget.rows:
        assert sum(each.known for each in row.by_year) == row.total.known
    for column, year_total in enumerate(budget.year_totals):
        assert total(row.by_year[column] for row in budget.rows) == year_total


@given(ACTIONS)
def test_no_unknown_amount_is_lost(actions: list[Action]) -> None:
    budget = budget_of(actions)
    assert budget.costs.unknown == sum(unknown(one.costs) for one in actions)
    assert budget.funding.unknown == sum(unknown(one.funding) for one in actions)
    assert [row.total.unknown for row in budget.rows] == [unknown(one.costs) for one in actions]


@given(ACTIONS)
def test_every_action_has_a_row_and_every_year_with_a_cost_a_column(
    actions: list[Action],
) -> None:
    budget = budget_of(actions)
    assert [row.action for row in budget.rows] == actions
    years = {each.year for one in actions if not isinstance(one.costs, str) for each in one.costs}
    assert budget.years == tuple(sorted(years))
    assert len(budget.year_totals) == len(budget.years)
    assert {len(row.by_year) for row in budget.rows} <= {len(budget.years)}


@given(ACTIONS)
def test_a_year_has_the_costs_of_that_year(actions: list[Action]) -> None:
    budget = budget_of(actions)
    for row in budget.rows:
        costs = row.action.costs
        for year, each in zip(budget.years, row.by_year, strict=True):
            if isinstance(costs, str):
                assert each == Sum(unknown=1)
            else:
                lines = [line for line in costs if line.year == year]
                assert each == Sum(known(amounts(lines)), unknown(lines))


@given(ACTIONS)
def test_costs_that_are_wholly_unknown_leave_every_year_open(actions: list[Action]) -> None:
    budget = budget_of([*actions, action(costs=TBC)])
    assert all(each.is_open for each in budget.year_totals)
    assert budget.costs.is_open


def test_a_budget_of_two_actions() -> None:
    one = action([cost(2021, 10), cost(2020, 5), cost(2021, TBC)], [paid("The North", 15)])
    two = action([cost(2021, "0.50")], TBC)
    budget = budget_of([one, two])
    assert budget.years == (2020, 2021)
    assert budget.rows == (
        BudgetRow(one, (Sum(Decimal(5)), Sum(Decimal(10), 1)), Sum(Decimal(15), 1)),
        BudgetRow(two, (Sum(), Sum(Decimal("0.50"))), Sum(Decimal("0.50"))),
    )
    assert budget.year_totals == (Sum(Decimal(5)), Sum(Decimal("10.50"), 1))
    assert budget.costs == Sum(Decimal("15.50"), 1)
    assert budget.sources == (
        FundingRow({"": "The North"}, (1,), Sum(Decimal(15))),
        FundingRow(None, (2,), Sum(unknown=1)),
    )
    assert budget.funding == Sum(Decimal(15), 1)


def test_a_budget_of_nothing_that_is_known_has_no_year() -> None:
    budget = budget_of([action()])
    assert (budget.years, budget.year_totals) == ((), ())
    assert budget.costs == budget.funding == Sum(unknown=1)


# Sources of money.


@given(ACTIONS)
def test_the_sources_have_all_the_money_once(actions: list[Action]) -> None:
    budget = budget_of(actions)
    assert budget.funding == total(map(funding_of, actions))
    assert budget.funding == total(row.total for row in budget.sources)


@given(ACTIONS)
def test_equal_words_are_one_source_in_the_order_in_which_they_appear(
    actions: list[Action],
) -> None:
    lines = [
        (number, line)
        for number, one in enumerate(actions, 1)
        if not isinstance(one.funding, str)
        for line in one.funding
    ]
    open_ones = tuple(n for n, one in enumerate(actions, 1) if isinstance(one.funding, str))
    expected: list[FundingRow] = []
    for _, first in lines:
        if first.source not in [each.source for each in expected]:
            same = [(n, line) for n, line in lines if line.source == first.source]
            expected.append(
                FundingRow(
                    first.source,
                    tuple(sorted({n for n, _ in same})),
                    total(amount(line.amount) for _, line in same),
                )
            )
    if open_ones:
        expected.append(FundingRow(None, open_ones, Sum(unknown=len(open_ones))))
    assert budget_of(actions).sources == tuple(expected)


def test_words_are_equal_in_whatever_order_their_languages_stand() -> None:
    one = action([], [paid({"en": "The North", "fr": "Le Nord"}, 1)])
    two = action([], [paid({"fr": "Le Nord", "en": "The North"}, 2)])
    [row] = budget_of([one, two]).sources
    assert (row.actions, row.total) == ((1, 2), Sum(Decimal(3)))


def test_a_source_names_an_action_once() -> None:
    [row] = budget_of([action([], [paid("The North", 1), paid("The North", 2)])]).sources
    assert row == FundingRow({"": "The North"}, (1,), Sum(Decimal(3)))


# Gaps.


@pytest.mark.parametrize(
    ("costs", "funding", "expected"),
    [
        ([10], [10], 0),
        ([10], [4, 6], 0),
        ([10], [9.99], "-0.01"),
        ([10], [10.01], "0.01"),
        ([10], [], -10),
        ([], [10], 10),
        ([], [], 0),
        ([10], [4, TBC], 0),  # the rest may come from there
        ([10], [11, TBC], 1),  # no amount makes this less
        ([10, TBC], [12], 0),
        ([10, TBC], [9], -1),
        ([10, TBC], [9, TBC], 0),
        ([10, TBC], [12, TBC], 0),
        (TBC, [12], 0),
        ([12], TBC, 0),
        (TBC, [], 0),
        ([], TBC, 0),
        (TBC, TBC, 0),
    ],
)
def test_a_gap_is_what_funding_certainly_misses(
    costs: list[Money | int | float] | str,
    funding: list[Money | int | float] | str,
    expected: int | str,
) -> None:
    one = action(
        costs if isinstance(costs, str) else [cost(2020, each) for each in costs],
        funding if isinstance(funding, str) else [paid("The North", each) for each in funding],
    )
    assert gap(one) == Decimal(expected)


SMALL_AMOUNTS: st.SearchStrategy[Money] = st.integers(0, 3).map(Decimal) | st.just(TBC)
FEW_COSTS = st.lists(SMALL_AMOUNTS.map(lambda money: cost(2020, money)), max_size=3) | st.just(TBC)
FEW_SOURCES = st.lists(SMALL_AMOUNTS.map(lambda money: paid("x", money)), max_size=3) | st.just(TBC)


@given(FEW_COSTS, FEW_SOURCES)
def test_a_gap_is_certain_only_where_no_amounts_could_close_it(
    costs: list[Cost] | str, funding: list[FundingSource] | str
) -> None:
    # Each side reaches at most 9 euros, so 9 euros for all its unknown amounts are enough.
    def reachable(lines: list[Cost] | list[FundingSource] | str) -> set[Decimal]:
        more = range(10) if unknown(lines) else range(1)
        return {known(amounts(lines)) + each for each in more}

    could_be_equal = bool(reachable(costs) & reachable(funding))
    found = gap(action(costs, funding))
    assert (found == 0) is could_be_equal
    if found:
        assert found == known(amounts(funding)) - known(amounts(costs))
