"""Periods as the address asks for them."""

from datetime import date

import pytest

from matchmaker.errors import Invalid
from matchmaker.reporting import periods
from matchmaker.reporting.periods import Period

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "first"),
    [("month", date(2026, 11, 1)), ("quarter", date(2026, 10, 1)), ("year", date(2026, 1, 1))],
)
def test_the_running_period_ends_today(kind, first):
    assert periods.chosen({"period": kind}, TODAY) == Period(kind, first, TODAY)


def test_an_unknown_period_is_this_month():
    assert periods.chosen({"period": "century"}, TODAY).first == date(2026, 11, 1)


def test_a_custom_period_takes_both_dates():
    args = {"period": "custom", "from": "2026-01-01", "to": "2026-03-31"}
    assert periods.chosen(args, TODAY).span == "2026-01-01 至 2026-03-31"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "2026-03-31", "from"), ("2026-01-01", "", "to"), ("2026-02-30", "2026-03-31", "from"),
        ("2026-04-01", "2026-03-31", "to"), ("1999-12-31", "2026-03-31", "from"),
    ],
)  # fmt: skip
def test_a_wrong_custom_period_names_the_date_and_the_cure(first, last, field):
    with pytest.raises(Invalid) as caught:
        periods.chosen({"period": "custom", "from": first, "to": last}, TODAY)
    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize(
    ("last", "before"),
    [
        (date(2026, 11, 20), date(2025, 11, 20)), (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 29)), (date(2029, 2, 27), date(2028, 2, 27)),
    ],
)  # fmt: skip
def test_the_year_before_keeps_the_end_of_a_month(last, before):
    assert Period("custom", date(last.year, 1, 1), last).year_before().last == before


def test_a_share_of_nothing_is_not_told_and_others_round_half_up():
    assert [periods.share(*pair) for pair in ((0, 0), (1, 3), (1, 2000), (2, 2))] == [
        "—", "33.3%", "0.1%", "100.0%",
    ]  # fmt: skip
