"""The rules of money and dates (§4 of the domain's reference), one after another, by example."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from matchmaker import money, workdays
from matchmaker.accounts.models import OrganisationKind
from matchmaker.contracts import negotiating, subsidy_rules
from matchmaker.errors import Invalid, WrongState
from matchmaker.money import Unit
from matchmaker.notices import period
from matchmaker.reporting import measures, periods
from matchmaker.reporting.measures import Light, Registered
from matchmaker.scoring import averaging, sheets
from matchmaker.workdays import Deadline, WorkdayCalendar

ROOT = Path(__file__).resolve().parents[2]
CALENDAR = WorkdayCalendar()


def beijing(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_4_1_the_bureaus_table_then_the_national_calendar_then_weekends():
    assert CALENDAR.is_workday(date(2026, 10, 10)), "a Saturday worked for the National Day"
    assert not CALENDAR.is_workday(date(2026, 10, 1))
    assert CALENDAR.is_workday(date(2027, 1, 1)), "a Friday of a year no calendar knows"
    assert CALENDAR.is_provisional(date(2027, 1, 1))
    stated = WorkdayCalendar({date(2027, 1, 1): False, date(2026, 10, 10): False})
    assert not stated.is_workday(date(2027, 1, 1))
    assert not stated.is_provisional(date(2027, 1, 1))
    assert not stated.is_workday(date(2026, 10, 10))


def test_4_2_no_library_that_guesses_make_up_days():
    locked = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    assert re.search(r"^chinesecalendar==", locked, re.MULTILINE)
    assert not re.search(r"^(holidays|workalendar)==", locked, re.MULTILINE)


def test_4_3_from_a_rest_day_not_one_too_many():
    assert CALENDAR.add_workdays(date(2026, 9, 25), 5).day == date(2026, 10, 9)


def test_4_4_the_day_itself_does_not_count_and_natural_days_roll_over():
    assert CALENDAR.add_workdays(date(2026, 11, 23), 1).day == date(2026, 11, 24)
    assert CALENDAR.add_days(date(2026, 9, 16), 15).day == date(2026, 10, 8)
    assert CALENDAR.add_workdays(date(2026, 9, 30), 1).day == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("published", "end"),
    [
        ("2023-04-26", "2023-05-06"),
        ("2026-09-23", "2026-10-08"),
        ("2026-09-18", "2026-09-24"),
        ("2026-02-09", "2026-02-14"),
        ("2026-04-29", "2026-05-09"),
    ],
)
def test_4_5_five_working_days_of_notice(published, end):
    found = CALENDAR.add_workdays(date.fromisoformat(published), 5)
    assert found == Deadline(date.fromisoformat(end), provisional=False)


def test_4_5_a_notice_into_a_year_without_a_calendar_waits_for_the_bureaus_table():
    assert CALENDAR.add_workdays(date(2026, 12, 25), 5) == Deadline(date(2027, 1, 1), True)
    days = {date(2027, 1, n): False for n in (1, 2, 3)} | {date(2027, 1, 4): True}
    assert WorkdayCalendar(days).add_workdays(date(2026, 12, 25), 5) == Deadline(
        date(2027, 1, 4), False
    )


def test_4_5_suspended_days_are_made_up_and_the_day_of_suspension_is_not_counted():
    class Held:
        workdays, spans, end_on, counted_from = 5, [], date(2026, 10, 8), date(2026, 9, 23)
        provisional, end_confirmed_at = False, None

    notice = Held()
    period.stop(notice, now=beijing("2026-09-29 08:00"))  # 24 and 28 are whole
    assert period.days_done(notice, CALENDAR) == 2
    assert period.go_on(notice, CALENDAR, now=beijing("2026-10-13 18:00")).day == date(2026, 10, 16)


def test_4_6_one_clock_and_equal_is_late():
    assert workdays.end_of(date(2026, 10, 8)) == beijing("2026-10-09 00:00")
    assert beijing("2026-07-01 12:00").hour == beijing("2026-01-01 12:00").hour == 4

    class Notice:
        state = period.NoticeState.RUNNING
        ends_at = workdays.end_of(date(2026, 10, 8))
        start_on, provisional, end_confirmed_at = date(2026, 9, 24), False, None

    last = Notice.ends_at - timedelta(microseconds=1)
    assert period.phase(Notice, now=last) is period.Phase.RUNNING
    assert period.phase(Notice, now=Notice.ends_at) is period.Phase.OVER


YEAR = measures.to_month(2026, 12)


def test_4_7_only_the_day_of_registration_counts():
    inside = Registered(date(2026, 1, 1), 100, 80, True, False)  # signed in December 2025
    outside = Registered(date(2027, 1, 1), 100, 80, True, False)  # signed in December 2026
    assert measures.trade([inside, outside], YEAR).total_fen == 100


def test_4_7_sold_and_bought_are_told_apart_and_a_contract_within_counts_once():
    rows = [
        Registered(date(2026, 3, 1), 1_000, 900, seller_here=True, buyer_here=False),
        Registered(date(2026, 3, 2), 2_000, 1_500, seller_here=False, buyer_here=True),
        Registered(date(2026, 3, 3), 4_000, 4_000, seller_here=True, buyer_here=True),
        Registered(date(2026, 3, 4), 8_000, 8_000, seller_here=False, buyer_here=False),
    ]
    found = measures.trade(rows, YEAR)
    assert (found.sold_fen, found.bought_fen) == (5_000, 6_000)
    assert (found.count, found.total_fen, found.tech_fen) == (3, 7_000, 6_400)


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        (110, 100, "+10.0%"),
        (10_005, 10_000, "+0.1%"),  # 0.05 % is rounded half up
        (90, 100, "-10.0%"),
        (50, -100, "+150.0%"),
        (-150, -100, "-50.0%"),
        (100, 0, "—"),
        (100, 100, "0.0%"),
    ],
)
def test_4_8_growth_over_the_year_before(now, before, shown):
    assert periods.growth(now, before) == shown


def test_4_8_shares_move_in_points_and_periods_are_of_the_same_months():
    assert measures.points(Decimal("45.0"), Decimal("42.0")) == "+3.0 个百分点"
    assert measures.points(Decimal("42.04"), Decimal("42.0")) == "0.0 个百分点"
    assert measures.points(Decimal("42.0"), None) == "—"
    assert measures.to_month(2026, 11).year_before() == measures.to_month(2025, 11)


@pytest.mark.parametrize(
    ("actual", "target", "rate"),
    [(45, 60, "75.0"), (60, 60, "100.0"), (61, 60, "101.7"), (5, 0, None), (5, -3, None)],
)
def test_4_9_completion(actual, target, rate):
    assert measures.completion(actual, target) == (Decimal(rate) if rate else None)


def test_4_9_a_target_of_growth_is_measured_by_the_rates():
    assert measures.completion(Decimal("8.4"), Decimal("12.0")) == Decimal("70.0")
    assert measures.completion(Decimal("8.4"), Decimal("-1.0")) is None


@pytest.mark.parametrize(
    ("actual", "light"), [(50, Light.GREEN), (49, Light.AMBER), (40, Light.AMBER), (39, Light.RED)]
)
def test_4_9_lights_follow_the_days_of_the_year(actual, light):
    """On July 2nd of a common year 183 of 365 days have passed: 50.1 %."""
    target = Decimal(100) * 365 / 366  # so that 50 is exactly the share of the year
    assert measures.light(actual, target, date(2026, 7, 2)) is light
    assert measures.light(60, 60, date(2026, 12, 31)) is Light.GREEN, "不少于 is met by the number"
    assert measures.light(1, 0, date(2026, 7, 2)) is None


def test_4_10_installments_make_the_total_to_the_cent():
    shares = [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    parts = money.split_installments(10_000_005, shares)
    assert parts == [3_333_002, 3_333_002, 3_334_001]
    assert sum(parts) == 10_000_005
    with pytest.raises(money.MoneyError, match="100%"):
        money.split_installments(10_000_005, [Decimal("33.33")] * 3)
    assert money.resplit(
        20_000_000, paid_fen=[3_333_002], percentages=[Decimal(50), Decimal(50)]
    ) == [3_333_002, 8_333_499, 8_333_499]


def test_4_11_sums_in_cents_first_and_capitals():
    parts = [4_999, 4_999]  # 0.004999 万元 each: rounded before adding they would vanish
    assert sum(money.in_unit(one, Unit.WAN) for one in parts) == Decimal("0.00")
    assert money.in_unit(sum(parts), Unit.WAN) == Decimal("0.01")
    assert money.parse_money("0.000001") == 1
    assert money.format_money(10_000_000_000, unit=Unit.YI) == "1.00 亿元"
    assert money.capital_amount(10_000_005) == "壹拾万元零伍分"


def test_4_12_subsidies_floor_cap_and_compress():
    assert subsidy_rules.due(Decimal("0.2"), 123_456_789, 10**10) == 24_691_357
    assert subsidy_rules.due(Decimal("0.3"), 10**10, 100_000_000) == 100_000_000
    parts = subsidy_rules.compress([500, 300, 300], 1_000)
    assert parts == [456, 272, 272]  # 454.5, 272.7, 272.7 floored; the rest to the largest
    assert sum(parts) == 1_000
    assert subsidy_rules.compress([500, 300], 1_000) == [500, 300]


def test_4_13_months_end_on_the_corresponding_day_or_the_last():
    assert workdays.same_day_later(date(2026, 1, 31), months=1) == date(2026, 2, 28)
    assert workdays.same_day_later(date(2028, 1, 31), months=1) == date(2028, 2, 29)
    assert workdays.contract_end(date(2026, 12, 1), months=24) == date(2028, 11, 30)


def test_4_14_the_first_quarter_ends_at_midnight_and_months_include_their_last_day():
    assert workdays.end_of(date(2026, 3, 31)) == beijing("2026-04-01 00:00")
    assert measures.to_month(2028, 2).last == date(2028, 2, 29)
    assert measures.to_month(2026, 3).first == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-12-31", (2026, 53)),
        ("2027-01-03", (2026, 53)),
        ("2027-01-04", (2027, 1)),
        ("2024-12-30", (2025, 1)),
        ("2026-11-23", (2026, 48)),
    ],
)
def test_4_14_weeks_begin_on_monday_and_belong_to_the_iso_year(day, week):
    assert measures.iso_week(date.fromisoformat(day)) == week


def test_4_15_scores_round_half_up_and_absent_judges_are_no_zero():
    def mean(*values):
        given = [None if one is None else Decimal(one) for one in values]
        return averaging.trimmed_mean(given).value

    assert sheets.rounded(Decimal("80.125")) == Decimal("80.13")
    assert mean("80", "90", None, "85") == Decimal("85.00")
    assert mean("10", "80", "80", "100") == Decimal("67.50"), "below five nothing is cut"
    assert mean("10", "80", "85", "90", "100") == Decimal("85.00")


def test_4_16_an_agreed_price_is_on_notice_for_fifteen_natural_days(monkeypatch):
    """The first day is not counted; the contract may be signed after the last."""
    monkeypatch.setattr(negotiating.parameters, "get", lambda _name: 15)
    seller = SimpleNamespace(kind=OrganisationKind.INSTITUTION, uscc="")
    contract = SimpleNamespace(
        seller=seller, agreed_price=True, kind="license", both_confirmed=False
    )
    noted = {"url": "https://example.edu.cn/notice", "by": None, "now": beijing("2026-11-20 09:00")}
    begins = date(2026, 11, 1)
    with pytest.raises(Invalid, match=r"不少于 15 日.*2026-11-16"):
        negotiating.publish_price(contract, begins=begins, ends=date(2026, 11, 15), **noted)
    with pytest.raises(WrongState):  # long enough: only the text is not yet confirmed
        negotiating.publish_price(contract, begins=begins, ends=date(2026, 11, 16), **noted)
    contract.kind = "service"
    assert not negotiating.needs_price_notice(contract)
