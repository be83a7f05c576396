"""Holds the arithmetic of months and quarters to account: spans, their order, and the timeline."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brochure.model.quarters import (
    Bar,
    Chart,
    Quarter,
    Span,
    first_month,
    is_outside,
    is_reversed,
    last_month,
)

YEARS = st.integers(1000, 2999)
MONTHS = st.builds("{:04}-{:02}".format, YEARS, st.integers(1, 12))
YEARS_ALONE = YEARS.map(str)
DATES = MONTHS | YEARS_ALONE
ANY = DATES | st.just("tbc")

# Few years, so that dates often meet.
NEAR = st.builds("{}-{:02}".format, st.integers(2019, 2022), st.integers(1, 12))
NEAR_DATES = NEAR | st.integers(2019, 2022).map(str)
NEAR_ANY = NEAR_DATES | st.just("tbc")
QUARTERS = st.builds(Quarter, st.integers(2015, 2025), st.integers(1, 4))


def months_of(date: str) -> set[str]:
    """Return every month that a date can mean."""
    return {f"{date}-{month:02}" for month in range(1, 13)} if "-" not in date else {date}


def spans() -> st.SearchStrategy[Span]:
    def ordered(start: Quarter | None, end: Quarter | None) -> Span:
        return Span(end, start) if start and end and end < start else Span(start, end)

    return st.builds(ordered, QUARTERS | st.none(), QUARTERS | st.none())


# Months.


@given(YEARS, st.integers(1, 12))
def test_months_follow_each_other_over_the_ends_of_years(year: int, month: int) -> None:
    date = f"{year}-{month:02}"
    after = f"{year}-{month + 1:02}" if month < 12 else f"{year + 1}-01"
    first, next_ = first_month(date), first_month(after)
    assert first is not None
    assert next_ is not None
    assert next_ - first == 1
    assert first == last_month(date)


@given(YEARS)
def test_a_year_alone_may_mean_any_of_its_months(year: int) -> None:
    assert first_month(str(year)) == first_month(f"{year}-01")
    assert last_month(str(year)) == last_month(f"{year}-12")


def test_what_is_to_be_confirmed_is_no_month() -> None:
    assert first_month("tbc") is None
    assert last_month("tbc") is None


# Order.


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2019-10", "2019-09", True),
        ("2019-10", "2019-10", False),
        ("2019-10", "2019-11", False),
        ("2019-10", "2019", False),  # some month of the year
        ("2019-10", "2018", True),
        ("2019", "2019-01", False),
        ("2019", "2018-12", True),
        ("2019", "2019", False),
        ("2019", "2018", True),
        ("tbc", "2018", False),
        ("2019", "tbc", False),
        ("tbc", "tbc", False),
    ],
)
def test_a_span_is_reversed_when_it_ends_before_it_starts(
    start: str, end: str, expected: bool
) -> None:
    assert is_reversed(start, end) is expected


@given(NEAR_DATES, NEAR_DATES)
def test_a_span_is_reversed_when_no_reading_of_its_years_puts_it_in_order(
    start: str, end: str
) -> None:
    in_order = any(first <= last for first in months_of(start) for last in months_of(end))
    assert is_reversed(start, end) is not in_order


@given(ANY)
def test_no_date_is_reversed_against_itself_or_what_is_to_be_confirmed(date: str) -> None:
    assert not is_reversed(date, date)
    assert not is_reversed("tbc", date)
    assert not is_reversed(date, "tbc")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        *(("2019-12", True), ("2020-01", True), ("2020-03", False), ("2021-06", False)),
        *(("2022-09", False), ("2022-10", True), ("2023-01", True)),
        *(("2019", True), ("2020", False), ("2021", False), ("2022", False), ("2023", True)),
        ("tbc", False),
    ],
)
def test_a_date_is_outside_a_period_when_no_month_of_it_is_inside(
    date: str, expected: bool
) -> None:
    assert is_outside(date, "2020-03", "2022-09") is expected


@given(NEAR_DATES, NEAR_DATES, NEAR_DATES)
def test_a_date_is_outside_when_no_reading_of_the_years_puts_it_inside(
    date: str, start: str, end: str
) -> None:
    assume(not is_reversed(start, end))
    inside = any(
        first <= month <= last
        for month in months_of(date)
        for first in months_of(start)
        for last in months_of(end)
    )
    assert is_outside(date, start, end) is not inside


@given(NEAR_DATES, NEAR_DATES)
def test_an_open_period_is_open_on_that_side_only(date: str, limit: str) -> None:
    assert not is_outside(date, "tbc", "tbc")
    assert not is_outside("tbc", limit, limit)
    assert is_outside(date, "tbc", limit) is is_reversed(date, limit)
    assert is_outside(date, limit, "tbc") is is_reversed(limit, date)


@given(ANY, ANY)
def test_both_ends_of_a_period_lie_inside_it(start: str, end: str) -> None:
    assume(not is_reversed(start, end))
    assert not is_outside(start, start, end)
    assert not is_outside(end, start, end)


# Quarters.


@pytest.mark.parametrize(
    ("month", "number"),
    [*((1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4))],
)
def test_three_months_make_a_quarter(month: int, number: int) -> None:
    date = f"2019-{month:02}"
    assert Span.of(date, date) == Span(Quarter(2019, number), Quarter(2019, number))


def test_a_year_alone_spans_four_quarters() -> None:
    assert Span.of("2019", "2019") == Span(Quarter(2019, 1), Quarter(2019, 4))


def test_an_end_to_be_confirmed_is_no_quarter() -> None:
    assert Span.of("2019-05", "tbc") == Span(Quarter(2019, 2), None)
    assert Span.of("tbc", "2019-05") == Span(None, Quarter(2019, 2))
    assert Span.of("tbc", "tbc") == Span(None, None)


@given(st.integers(0, 40_000))
def test_the_next_quarter_begins_three_months_later(month: int) -> None:
    assert Quarter.of_month(month + 3) - Quarter.of_month(month) == 1
    assert 1 <= Quarter.of_month(month).number <= 4
    assert Quarter.of_month(month).year == month // 12


@given(QUARTERS, QUARTERS, QUARTERS)
def test_differences_of_quarters_add_up_and_have_their_order(
    one: Quarter, two: Quarter, three: Quarter
) -> None:
    assert (three - two) + (two - one) == three - one
    assert (one - two > 0) is (one > two)
    assert (one - two == 0) is (one == two)


@given(DATES, DATES)
def test_a_span_in_order_has_its_quarters_in_order(start: str, end: str) -> None:
    assume(not is_reversed(start, end))
    span = Span.of(start, end)
    assert span.start is not None
    assert span.end is not None
    assert span.start <= span.end


# The chart.


def quarter_of(chart: Chart, column: int) -> Quarter:
    """Return the quarter that a column of a chart stands for."""
    year, quarter = divmod(column, 4)
    return Quarter(chart.years[year], quarter + 1)


@given(st.lists(spans(), max_size=6))
def test_a_chart_covers_whole_years_and_every_date_and_no_more(shown: list[Span]) -> None:
    chart = Chart.of(shown)
    dates = [quarter.year for span in shown for quarter in (span.start, span.end) if quarter]
    assert chart.columns == 4 * len(chart.years)
    if not dates:
        assert chart.years == ()
    else:
        assert chart.years == tuple(range(chart.years[0], chart.years[-1] + 1))
        assert (chart.years[0], chart.years[-1]) == (min(dates), max(dates))


@given(st.lists(spans(), min_size=1, max_size=6))
def test_a_bar_lies_inside_the_chart(shown: list[Span]) -> None:
    chart = Chart.of(shown)
    for bar in map(chart.bar, shown):
        if bar:
            assert bar.column >= 0
            assert bar.columns >= 1
            assert bar.column + bar.columns <= chart.columns


@given(spans(), st.lists(spans(), max_size=6))
def test_a_bar_begins_and_ends_in_the_quarters_of_its_span(span: Span, others: list[Span]) -> None:
    chart = Chart.of([span, *others])
    bar = chart.bar(span)
    if span.start is None and span.end is None:
        assert bar is None
        return
    assert bar is not None
    first, last = quarter_of(chart, bar.column), quarter_of(chart, bar.column + bar.columns - 1)
    assert first == (span.start or Quarter(chart.years[0], 1))
    assert last == (span.end or Quarter(chart.years[-1], 4))
    assert (bar.open_start, bar.open_end) == (span.start is None, span.end is None)


@given(spans(), st.integers(0, 100))
def test_a_column_becomes_a_bar_in_the_same_column(span: Span, number: int) -> None:
    chart = Chart.of([span])
    assume(chart.columns)
    column = number % chart.columns
    quarter = quarter_of(chart, column)
    assert chart.bar(Span(quarter, quarter)) == Bar(column, 1)


def test_bars_of_a_chart_of_two_years() -> None:
    chart = Chart.of([Span.of("2020-03", "2021-08")])
    assert chart.years == (2020, 2021)
    assert chart.bar(Span.of("2020-03", "2021-08")) == Bar(0, 7)
    assert chart.bar(Span.of("2020-10", "2020-10")) == Bar(3, 1)
    assert chart.bar(Span.of("2021", "2021")) == Bar(4, 4)
    assert chart.bar(Span.of("2020-10", "tbc")) == Bar(3, 5, open_end=True)
    assert chart.bar(Span.of("tbc", "2020-10")) == Bar(0, 4, open_start=True)
    assert chart.bar(Span.of("tbc", "tbc")) is None


def test_without_any_date_there_is_neither_chart_nor_bar() -> None:
    chart = Chart.of([Span.of("tbc", "tbc")])
    assert (chart.years, chart.columns) == ((), 0)
    assert chart.bar(Span.of("tbc", "tbc")) is None
    assert chart.bar(Span.of("2020", "2020")) is None
    assert Chart.of([]) == chart


@given(NEAR_ANY, NEAR_ANY)
def test_the_span_of_two_dates_is_on_their_chart(start: str, end: str) -> None:
    assume(not is_reversed(start, end))
    span = Span.of(start, end)
    assert (Chart.of([span]).bar(span) is None) is (start == end == "tbc")
