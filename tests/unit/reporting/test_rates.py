"""Rates against Wilson's quadratic solved by hand and by search."""

import math
from datetime import date

import pytest

from matchmaker.reporting import rates, weeks
from matchmaker.reporting.periods import Period
from matchmaker.reporting.rates import MINIMUM, Rate
from matchmaker.reporting.ratios import ACCEPTANCE

SUNDAY, MONDAY = date(2026, 11, 29), date(2026, 11, 30)


def accepts(share: float, part: int, whole: int) -> bool:
    """The score test itself: would a true share of this be refused at 5 %?"""
    spread = math.sqrt(share * (1 - share) / whole)
    return abs(part / whole - share) <= rates.Z * spread


@pytest.mark.parametrize("whole", [1, 2, 7, 10, 39, 400])
def test_the_interval_is_where_the_score_test_accepts(whole):
    for part in range(whole + 1):
        low, high = rates.wilson(part, whole)
        assert 0 <= low <= part / whole <= high <= 1
        for edge, inside in ((low, 1e-6), (high, -1e-6)):
            assert accepts(min(1, max(0, edge + inside)), part, whole)
            if 0 < edge < 1:
                assert not accepts(edge - inside, part, whole)


def test_the_interval_of_the_tables():
    low, high = rates.wilson(8, 10)  # 0.4902 and 0.9433 in the tables of the method
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert rates.wilson(0, 10)[0] == 0
    assert round(rates.wilson(0, 10)[1], 4) == 0.2775
    assert rates.wilson(10, 10)[1] == 1


@pytest.mark.parametrize(
    ("part", "whole", "shown", "has_span"),
    [(0, 0, "—", False), (5, MINIMUM - 1, "样本不足", False), (5, MINIMUM, "50.0%", True)],
)
def test_few_are_not_told_as_a_share(part, whole, shown, has_span):
    rate = Rate(part, whole)
    assert (rate.shown, bool(rate.span)) == (shown, has_span)
    assert rate.value == (part / whole if whole else None)


def test_only_intervals_that_part_are_a_change():
    assert rates.moved(Rate(5, 50), Rate(40, 50)) == "下降"
    assert rates.moved(Rate(40, 50), Rate(5, 50)) == "上升"
    assert rates.moved(Rate(24, 50), Rate(26, 50)) == "看不出差别"
    assert rates.moved(Rate(9, 9), Rate(0, 50)) == "样本不足"
    assert rates.moved(Rate(24, 50), None) == ""


def test_a_rate_fell_under_the_interval_of_the_time_before():
    before = Rate(30, 60)  # 0.377 to 0.623
    assert rates.fell(Rate(7, 20), before) is True
    assert rates.fell(Rate(8, 20), before) is False
    assert rates.fell(Rate(20, 20), before) is False
    assert rates.fell(Rate(0, 9), before) is None
    assert rates.fell(Rate(0, 20), Rate(9, 9)) is None


def test_a_week_is_whole_when_its_sunday_has_passed():
    period = Period("year", date(2026, 1, 1), SUNDAY)
    running = weeks.weeks(period, SUNDAY)
    assert len(running) == 17
    assert [week.complete for week in running[-2:]] == [True, False]
    assert (running[-1].first, running[-1].last) == (date(2026, 11, 23), SUNDAY)
    assert running[-1].key == "2026-W48"
    passed = weeks.weeks(period, MONDAY)  # the period ends with a week that is over
    assert len(passed) == 16
    assert passed[-1].complete
    assert (passed[0].first, passed[-1].last) == (date(2026, 8, 10), SUNDAY)
    assert weeks.span(passed) == {"from": "2026-08-10", "to": "2026-11-29"}


def test_a_period_ahead_ends_today():
    period = Period("custom", date(2026, 1, 1), date(2030, 1, 1))
    assert weeks.weeks(period, MONDAY)[-1].first == MONDAY


def test_the_last_four_weeks_are_held_against_the_twelve_before():
    course = [Rate(9, 10)] * 12 + [Rate(3, 10)] * 4
    alarm = weeks.alarm(ACCEPTANCE, course)
    assert (alarm.recent, alarm.before) == (Rate(12, 40), Rate(108, 120))
    assert (alarm.fell, alarm.told) == (True, "下降")
    assert weeks.alarm(ACCEPTANCE, [Rate(9, 10)] * 16).told == "正常"
    assert weeks.alarm(ACCEPTANCE, [Rate(0, 0)] * 12 + [Rate(0, 3)] * 4).told == "样本不足"
