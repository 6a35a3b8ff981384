from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.workdays import (
    BEIJING,
    Count,
    Deadline,
    WorkdayCalendar,
    contract_end,
    end_of,
    same_day_later,
)

CALENDAR = WorkdayCalendar()


def beijing(month, day, hour=9, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


@pytest.mark.parametrize(
    ("published", "end"),
    [
        (date(2023, 4, 26), date(2023, 5, 6)),
        (date(2026, 9, 23), date(2026, 10, 8)),
        (date(2026, 9, 18), date(2026, 9, 24)),
        (date(2026, 2, 9), date(2026, 2, 14)),
        (date(2026, 4, 29), date(2026, 5, 9)),
    ],
)
def test_five_working_days_of_public_notice(published, end):
    assert CALENDAR.add_workdays(published, 5) == Deadline(end, provisional=False)
    assert CALENDAR.workdays_between(published, end) == Count(5, provisional=False)


def test_the_days_counted_are_those_of_the_notice_of_2023():
    counted = [day for day in range(27, 31) if CALENDAR.is_workday(date(2023, 4, day))]
    counted += [day for day in range(1, 7) if CALENDAR.is_workday(date(2023, 5, day))]
    assert counted == [27, 28, 4, 5, 6]


def test_counting_from_a_rest_day_is_not_one_too_many():
    assert CALENDAR.add_workdays(date(2026, 9, 25), 5).day == date(2026, 10, 9)


def test_beyond_the_table_the_weekend_rule_holds_and_is_marked():
    assert CALENDAR.add_workdays(date(2026, 12, 25), 5) == Deadline(date(2027, 1, 1), True)
    assert CALENDAR.add_workdays(date(2026, 12, 24), 5) == Deadline(date(2026, 12, 31), False)
    assert CALENDAR.is_provisional(date(2027, 1, 1))
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert not CALENDAR.is_workday(date(2027, 1, 2))
    assert CALENDAR.workdays_between(date(2026, 12, 25), date(2027, 1, 1)).provisional


def test_the_bureaus_table_comes_first():
    new_year = {date(2027, 1, day): False for day in (1, 2, 3)}
    ruled = WorkdayCalendar({**new_year, date(2027, 1, 4): True})
    assert ruled.add_workdays(date(2026, 12, 25), 5) == Deadline(date(2027, 1, 4), False)
    assert ruled.add_workdays(date(2026, 12, 25), 6) == Deadline(date(2027, 1, 5), True)


def test_an_override_outranks_the_national_calendar_both_ways():
    ruled = WorkdayCalendar({date(2026, 11, 23): False, date(2026, 11, 22): True})
    assert not ruled.is_workday(date(2026, 11, 23))
    assert CALENDAR.is_workday(date(2026, 11, 23))
    assert ruled.is_workday(date(2026, 11, 22))
    assert not CALENDAR.is_workday(date(2026, 11, 22))


@pytest.mark.parametrize("count", [0, -1, 3_661])
def test_a_period_has_a_length(count):
    with pytest.raises(ValueError, match="must be 1 to 3660"):
        CALENDAR.add_workdays(date(2026, 1, 5), count)
    with pytest.raises(ValueError, match="must be 1 to 3660"):
        CALENDAR.add_days(date(2026, 1, 5), count)


@settings(deadline=None)  # the first question about a day is slower than the second
@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_adding_and_counting_agree(start, count):
    end = CALENDAR.add_workdays(start, count)
    assert CALENDAR.is_workday(end.day)
    assert CALENDAR.workdays_between(start, end.day) == Count(count, end.provisional)


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert CALENDAR.workdays_between(date(2026, 11, 23), date(2026, 11, 23)).days == 0
    assert CALENDAR.workdays_between(date(2026, 11, 24), date(2026, 11, 23)).days == 0


def test_a_period_of_natural_days_rolls_over_a_holiday():
    assert CALENDAR.add_days(date(2026, 9, 16), 15) == Deadline(date(2026, 10, 8), False)
    assert CALENDAR.add_days(date(2026, 11, 9), 15) == Deadline(date(2026, 11, 24), False)
    assert CALENDAR.add_days(date(2026, 11, 7), 15) == Deadline(date(2026, 11, 23), False)
    assert CALENDAR.add_days(date(2026, 1, 30), 15) == Deadline(date(2026, 2, 14), False)
    assert CALENDAR.add_days(date(2026, 12, 18), 15) == Deadline(date(2027, 1, 4), True)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 36, date(2029, 11, 30)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_months_last(start, months, end):
    assert same_day_later(start, months=months) == end
    assert contract_end(start, months=months) == end - timedelta(days=1)


def test_months_are_not_negative():
    with pytest.raises(ValueError, match="negative"):
        same_day_later(date(2026, 1, 1), months=-1)


def test_a_period_of_months_rolls_over_too():
    assert CALENDAR.add_months(date(2026, 9, 1), 1) == Deadline(date(2026, 10, 8), False)
    assert CALENDAR.add_months(date(2026, 10, 23), 1) == Deadline(date(2026, 11, 23), False)


@pytest.mark.parametrize(
    ("now", "deadline", "text"),
    [
        (beijing(11, 9), beijing(11, 12, 17), "剩 3 个工作日（11-12 17:00）"),
        (beijing(11, 6), beijing(11, 9, 17), "剩 1 个工作日（11-09 17:00）"),
        (beijing(11, 12, 16, 59), beijing(11, 12, 17), "今天到期（11-12 17:00）"),
        (beijing(11, 12, 17), beijing(11, 12, 17), "已逾期（11-12 17:00）"),
        (beijing(11, 14), beijing(11, 13, 17), "已逾期（11-13 17:00）"),
        (beijing(11, 16), beijing(11, 12, 17), "已逾期 2 个工作日"),
        (beijing(11, 14), beijing(11, 15, 17), "剩 1 天，均为休息日（11-15 17:00）"),
        (beijing(11, 12, 23), beijing(11, 13, 0), "今天到期（11-12 24:00）"),
        (beijing(11, 11, 23), beijing(11, 13, 0), "剩 1 个工作日（11-12 24:00）"),
        (beijing(11, 13, 0), beijing(11, 13, 0), "已逾期 1 个工作日"),
        (
            beijing(12, 30),
            beijing(1, 5, 17, year=2027),
            "剩 4 个工作日（2027-01-05 17:00，节假日安排待定）",
        ),
    ],
)
def test_what_is_left_is_said_in_working_days(now, deadline, text):
    assert CALENDAR.remaining(now, deadline) == text


def test_the_day_is_that_of_beijing_not_of_utc():
    late_evening_utc = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)
    assert CALENDAR.remaining(late_evening_utc, beijing(11, 12, 17)) == "今天到期（11-12 17:00）"


def test_a_day_ends_at_midnight_in_beijing():
    assert end_of(date(2026, 11, 12)) == datetime(2026, 11, 12, 16, tzinfo=UTC)
    assert CALENDAR.remaining(beijing(11, 12), end_of(date(2026, 11, 12))).startswith("今天到期")
