"""The figures against rows counted by hand, at the edges of the month in Beijing."""

from datetime import UTC, date, datetime

import pytest

from matchmaker import listing
from matchmaker.audit import trail
from matchmaker.brokering.models import CandidateKind, Pairing, RejectReason
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, NeedState, PairingState, PoolState, Role
from matchmaker.reporting import counting, figures, operations, periods
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
    return figures.pool_line(pool, subject, period, date(2026, 11, 20))


def values(found):
    return [c.value for c in (found.total, found.month, found.year, found.period, found.before)]


def test_needs_count_by_the_day_they_were_accepted_in_beijing(writing, make):
    for moment in (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER, LAST_OF_DAY, NEXT_DAY):
        make.need(accepted_at=moment)
    assert values(line(NEED)) == [4, 2, 3, 2, 0]


def test_an_open_need_stands_in_the_pool_and_no_other_does(writing, make):
    for state in NeedState:
        make.need(state=state, accepted_at=FIRST_OF_NOVEMBER)
    assert values(line(NEED))[:2] == [6, len(NeedState)]


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
    found = counting.by_state(NEED, {})
    counted = {cell.args["state"]: cell.value for cell in found.cells if cell.value}
    assert counted == {"submitted": 1, "matching": 2}
    assert (found.total, found.most) == (3, 2)


def test_towns_come_in_the_bureaus_order_and_none_is_lost(writing, make):
    second, first = make.town("西港", position=2), make.town("东城", position=1)
    make.need(organisation=make.organisation(town_id=second.id))
    make.need(organisation=make.organisation(town_id=second.id))
    make.need(organisation=make.organisation(town_id=first.id), state=NeedState.CLOSED)
    make.need()
    found = counting.by_town(NEED, "在库需求", figures.STANDING)
    assert [(c.label, c.value) for c in found.cells] == [("东城", 0), ("西港", 2), ("未填镇街", 1)]


def test_fields_are_counted_at_the_first_level(writing, make):
    make.need(tech_field_code="804")
    make.need(tech_field_code="801")
    make.need(tech_field_code="401")
    make.need(tech_field_code="")
    found = counting.by_field(NEED, "在库需求", figures.STANDING)
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
    found = figures.acceptance(NOVEMBER)
    assert [c.value for c in (found.accepted, found.rejected, found.waiting)] == [1, 2, 1]
    assert found.rate == "33.3%"


def test_the_rate_of_nothing_is_not_told(writing):
    assert figures.acceptance(NOVEMBER).rate == "—"


def test_resolved_needs_count_by_the_day_of_the_trail(writing, make):
    by = make.user(Role.OFFICER)
    for moment in (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER):
        need = make.need(state=NeedState.MATCHING)
        trail.advance(need, "resolve", by=by, now=moment)
    reopened = make.need(state=NeedState.MATCHING)
    trail.advance(reopened, "resolve", by=by, now=FIRST_OF_NOVEMBER)
    trail.advance(reopened, "reopen", by=by, now=NOON, reason="指标未达")
    assert figures.board(NOVEMBER, now=NOON).resolved.value == 1


def every_cell(board):
    for found in board.pools:
        yield from (found.total, found.month, found.year, found.period, found.before)
    for distribution in (*board.states, *board.towns, *board.fields):
        yield from distribution.cells
    yield from (board.acceptance.accepted, board.acceptance.rejected, board.acceptance.waiting)
    yield board.resolved


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
