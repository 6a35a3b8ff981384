"""The figures against rows counted by hand, at the edges of the month in Beijing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker import listing
from matchmaker.audit import trail
from matchmaker.brokering import pairings
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import CandidateKind, Pairing, RejectReason
from matchmaker.codes import DeadReason, LeadSource
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    REVEALED_LEADS,
    ExpertState,
    LeadState,
    NeedState,
    PairingState,
    PoolState,
    Role,
)
from matchmaker.reporting import counting, figures, operations, periods
from matchmaker.reporting.brokered import LEAD
from matchmaker.reporting.periods import Period
from matchmaker.reporting.pools import ACHIEVEMENT, EXPERT, NEED, POOLS
from tests.conftest import NOON

pytestmark = pytest.mark.database
NOVEMBER = Period("month", date(2026, 11, 1), date(2026, 11, 20))
# 2026-11-01 00:00 in Beijing is 2026-10-31 16:00 UTC.
LAST_OF_OCTOBER = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
FIRST_OF_NOVEMBER = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
LAST_OF_DAY = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def line(subject, period=NOVEMBER):
    pool = next(name for name, group in POOLS if subject in group)
    return figures.pool_line(pool, subject, period, now=NOON)


def values(found):
    return [c.value for c in (found.total, found.month, found.year, found.period, found.before)]


def test_needs_count_by_the_day_they_were_accepted_in_beijing(writing, make):
    for moment in (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER, LAST_OF_DAY, NEXT_DAY):
        make.need(accepted_at=moment)
    assert values(line(NEED)) == [4, 2, 3, 2, 0]


def test_an_open_need_stands_in_the_pool_and_no_other_does(writing, make):
    for state in NeedState:
        make.need(state=state, accepted_at=FIRST_OF_NOVEMBER)
    assert values(line(NEED))[:2] == [6, len(NeedState) - 1]  # a draft never counts


def test_growth_compares_with_the_same_days_of_the_year_before(writing, make):
    for day in (1, 20, 21):  # the 21st is after the period's last day
        make.need(accepted_at=datetime(2025, 11, day, 4, tzinfo=UTC))
    for _ in range(3):
        make.need(accepted_at=FIRST_OF_NOVEMBER)
    found = line(NEED)
    assert (found.period.value, found.before.value, found.growth) == (3, 2, "+50.0%")


def test_growth_without_a_base_is_not_told(writing, make):
    make.need(accepted_at=FIRST_OF_NOVEMBER)
    assert line(NEED).growth == "—"


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        (3, 2, "+50.0%"), (2, 3, "-33.3%"), (2, 2, "0.0%"), (0, 4, "-100.0%"),
        (5, 0, "—"), (2001, 2000, "+0.1%"), (0, 0, "—"),
    ],
)  # fmt: skip
def test_growth_rounds_half_up(now, before, shown):
    assert periods.growth(now, before) == shown


def test_achievements_count_by_the_day_they_were_published(writing, make):
    make.achievement(published_at=FIRST_OF_NOVEMBER)
    make.achievement(published_at=LAST_OF_OCTOBER, state=PoolState.TRANSFORMED)
    make.achievement(published_at=FIRST_OF_NOVEMBER, state=PoolState.OFFLINE)
    make.achievement(state=PoolState.SUBMITTED)
    assert values(line(ACHIEVEMENT)) == [2, 2, 3, 2, 0]


def test_experts_count_by_the_day_the_trail_admitted_them(writing, make):
    by = make.user(Role.LEADER)
    expert = make.expert(state=ExpertState.PROPOSED)
    trail.advance(expert, "admit_approve", by=by, now=LAST_OF_OCTOBER)
    make.expert(state=ExpertState.REMOVED)  # never seen in the pool
    make.expert()  # in the pool without a trail: counts from its creation, 1 November
    assert values(line(EXPERT)) == [2, 1, 2, 1, 0]


def test_an_expert_who_left_still_counts_on_the_day_of_admission(writing, make):
    by = make.user(Role.LEADER)
    expert = make.expert(state=ExpertState.PROPOSED)
    trail.advance(expert, "admit_approve", by=by, now=FIRST_OF_NOVEMBER)
    officer = make.user(Role.OFFICER)
    trail.advance(expert, "remove_propose", by=officer, now=NOON, reason="调离")
    trail.advance(expert, "remove_approve", by=by, now=NOON)
    assert values(line(EXPERT)) == [0, 1, 1, 1, 0]


def test_states_are_counted_without_drafts(writing, make):
    make.need(state=NeedState.DRAFT)
    make.need(state=NeedState.SUBMITTED)
    make.need(state=NeedState.MATCHING)
    make.need(state=NeedState.MATCHING)
    found = counting.by_state(NEED, {}, now=NOON)
    counted = {cell.args["state"]: cell.value for cell in found.cells if cell.value}
    assert counted == {"submitted": 1, "matching": 2}
    assert (found.total, found.most) == (3, 2)


def test_towns_come_in_the_bureaus_order_and_none_is_lost(writing, make):
    second, first = make.town("西港", position=2), make.town("东城", position=1)
    make.need(organisation=make.organisation(town_id=second.id))
    make.need(organisation=make.organisation(town_id=second.id))
    make.need(organisation=make.organisation(town_id=first.id), state=NeedState.CLOSED)
    make.need()
    found = counting.by_town(NEED, "在库需求", figures.STANDING, now=NOON)
    assert [(c.label, c.value) for c in found.cells] == [("东城", 0), ("西港", 2), ("未填镇街", 1)]


def test_fields_are_counted_at_the_first_level(writing, make):
    make.need(tech_field_code="804")
    make.need(tech_field_code="801")
    make.need(tech_field_code="401")
    make.need(tech_field_code="")
    found = counting.by_field(NEED, "在库需求", figures.STANDING, now=NOON)
    counted = {cell.label: cell.value for cell in found.cells if cell.value}
    assert counted == {"先进制造与自动化": 2, "新材料": 1, "未填领域": 1}


def pairing(make, state, decided_at=None):
    return make.add(
        Pairing(
            state=state, kind=CandidateKind.ACHIEVEMENT, need_id=make.need().id,
            achievement_id=make.achievement().id, text_score=0.2, score=0.2, texts_digest="x",
            algorithm_version="1", first_seen_at=NOON, computed_at=NOON, decided_at=decided_at,
            reason_code=RejectReason.FIELD if state is PairingState.REJECTED else None,
        )
    )  # fmt: skip


def test_acceptance_counts_what_was_decided_in_the_period(writing, make):
    pairing(make, PairingState.ACCEPTED, FIRST_OF_NOVEMBER)
    pairing(make, PairingState.ACCEPTED, LAST_OF_OCTOBER)
    pairing(make, PairingState.REJECTED, LAST_OF_DAY)
    pairing(make, PairingState.REJECTED, NOON)
    pairing(make, PairingState.REJECTED, NEXT_DAY)
    pairing(make, PairingState.NEW)
    found = figures.acceptance(NOVEMBER, now=NOON)
    assert [c.value for c in (found.accepted, found.rejected, found.waiting)] == [1, 2, 1]
    assert found.rate == "33.3%"


def test_the_rate_of_nothing_is_not_told(writing):
    assert figures.acceptance(NOVEMBER, now=NOON).rate == "—"


def test_resolved_needs_count_by_the_day_of_the_trail(writing, make):
    by = make.user(Role.OFFICER)
    for moment in (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER):
        need = make.need(state=NeedState.MATCHING)
        trail.advance(need, "resolve", by=by, now=moment)
    reopened = make.need(state=NeedState.MATCHING)
    trail.advance(reopened, "resolve", by=by, now=FIRST_OF_NOVEMBER)
    trail.advance(reopened, "reopen", by=by, now=NOON, reason="指标未达")
    assert figures.outcome(NOVEMBER, now=NOON).resolved.value == 1


def lead(make, state=LeadState.RECOMMENDED, **given):
    agreed = NOON if state in REVEALED_LEADS else None
    ended = DeadReason.INDICATORS if state in {LeadState.DECLINED, LeadState.DEAD} else None
    need = given.pop("need", None) or make.need()
    values = {"source": LeadSource.MATCH, "created_at": NOON, "last_step_at": NOON, **given}
    return make.add(
        Lead(
            state=state, lead_no=f"D{next(make.numbers)}", need_id=need.id, dead_reason=ended,
            achievement_id=make.achievement().id, buyer_consent_at=agreed,
            seller_consent_at=agreed, **values,
        )
    )  # fmt: skip


def test_leads_count_by_the_day_they_began_and_were_signed(writing, make):
    lead(make, created_at=LAST_OF_OCTOBER)
    lead(make, created_at=FIRST_OF_NOVEMBER)
    by = make.user(Role.OFFICER)
    for moment in (LAST_OF_OCTOBER, LAST_OF_DAY):
        intent = lead(make, LeadState.INTENT, created_at=LAST_OF_OCTOBER)
        trail.advance(intent, "sign", by=by, now=moment)
    lead(make, LeadState.DEAD, created_at=NEXT_DAY)
    found = figures.outcome(NOVEMBER, now=NOON)
    counted = [c.value for c in (found.started, found.signed, found.open)]
    assert counted == [1, 1, 2]


def test_a_lead_is_overdue_after_fifteen_days_or_past_its_date(writing, make):
    fifteen = NOON - timedelta(days=15)
    lead(make, last_step_at=fifteen)
    lead(make, last_step_at=fifteen + timedelta(seconds=1))
    lead(make, next_on=date(2026, 11, 19))
    lead(make, next_on=date(2026, 11, 20))
    lead(make, LeadState.SIGNED, last_step_at=fifteen)
    assert figures.outcome(NOVEMBER, now=NOON).overdue.value == 2


def test_the_median_is_of_days_to_the_first_lead(writing, make):
    for days, also in ((1, 9), (2, 3), (7, 8)):
        need = make.need(accepted_at=FIRST_OF_NOVEMBER)
        for wait in (also, days):
            lead(make, need=need, created_at=FIRST_OF_NOVEMBER + timedelta(days=wait))
    make.need(accepted_at=FIRST_OF_NOVEMBER)  # none yet: not in the median
    other = make.need(accepted_at=LAST_OF_OCTOBER)  # not accepted in the period
    lead(make, need=other, created_at=NOON)
    found = figures.outcome(NOVEMBER, now=NOON)
    assert (found.first_lead_days, found.first_lead_needs.value) == ("2.0 天", 3)
    early = make.need(accepted_at=FIRST_OF_NOVEMBER)
    lead(make, need=early, created_at=LAST_OF_OCTOBER)  # older than the acceptance: no wait
    assert figures.outcome(NOVEMBER, now=NOON).first_lead_days == "1.5 天"


def test_the_median_of_nothing_is_not_told(writing):
    assert figures.outcome(NOVEMBER, now=NOON).first_lead_days == "—"


def test_a_lead_counts_for_the_town_of_its_need(writing, make):
    town = make.town("东城")
    need = make.need(organisation=make.organisation(town_id=town.id))
    lead(make, need=need)
    lead(make, need=need, state=LeadState.DECLINED)
    lead(make)
    found = counting.by_town(LEAD, "进行中对接", figures.STANDING, now=NOON)
    assert [(c.label, c.value) for c in found.cells] == [("东城", 1), ("未填镇街", 1)]


def test_what_waits_is_what_the_pairing_desk_shows(writing, make):
    pairing(make, PairingState.NEW)
    low = pairing(make, PairingState.NEW)
    low.score = 0.05
    closed = make.need(state=NeedState.CLOSED)
    pairing(make, PairingState.NEW).need_id = closed.id
    db.session.flush()
    viewer = make.user(Role.OFFICER)
    shown = db.session.scalars(pairings.desk(viewer, now=NOON)).unique().all()
    waiting = figures.acceptance(NOVEMBER, now=NOON).waiting.value
    assert (waiting, len(shown)) == (1, 1)


def every_cell(board):
    for found in board.pools:
        yield from (found.total, found.month, found.year, found.period, found.before)
    for distribution in (*board.states, *board.towns, *board.fields):
        yield from distribution.cells
    yield from (board.acceptance.accepted, board.acceptance.rejected, board.acceptance.waiting)
    found = board.outcome
    yield from (found.started, found.signed, found.resolved, found.open, found.overdue)
    yield found.first_lead_needs


def fill(make):
    town, by = make.town(), make.user(Role.OFFICER)
    for number, state in enumerate(NeedState):
        accepted = FIRST_OF_NOVEMBER if number % 2 else LAST_OF_OCTOBER
        owner = make.organisation(town_id=town.id) if number % 3 else make.organisation()
        field = ("804", "401", "")[number % 3]
        make.need(state=state, accepted_at=accepted, organisation=owner, tech_field_code=field)
    trail.advance(make.need(state=NeedState.MATCHING), "resolve", by=by, now=NOON)
    for state in PoolState:
        published = NOON if state is PoolState.PUBLISHED else None
        make.achievement(state=state, published_at=published)
        make.team(state=state)
        make.service(state=state)
        make.broker(state=state)
    for state in ExpertState:
        make.expert(state=state)
    pairing(make, PairingState.ACCEPTED, NOON)
    pairing(make, PairingState.REJECTED, NOON)
    pairing(make, PairingState.NEW)
    for state in LeadState:
        lead(make, state, last_step_at=LAST_OF_OCTOBER)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECTION_CHIEF, Role.LEADER])
def test_every_number_is_the_length_of_the_list_it_leads_to(writing, make, role):
    fill(make)
    viewer = make.user(role)
    filled = 0
    for cell in every_cell(figures.board(NOVEMBER, now=NOON)):
        subject = operations.subject(cell.subject)
        spec = operations.spec(subject, now=NOON)
        query = listing.narrowed(spec, operations.readable(subject, viewer=viewer), cell.args)
        assert len(db.session.scalars(query).unique().all()) == cell.value, cell
        filled += bool(cell.value)
    assert filled > 40
