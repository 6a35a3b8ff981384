"""The matcher's figures against rows counted by hand and by a plain loop."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from matchmaker import listing
from matchmaker.audit import trail
from matchmaker.brokering import pairings
from matchmaker.brokering.models import CandidateKind, Pairing, RejectReason
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, NeedState, PairingState, Role
from matchmaker.reporting import operations, quality
from matchmaker.reporting.periods import Period
from tests.conftest import NOON

pytestmark = pytest.mark.database
YEAR = Period("year", date(2026, 1, 1), date(2026, 11, 20))
SEEN = NOON - timedelta(days=100)
ACCEPTED, REJECTED = PairingState.ACCEPTED, PairingState.REJECTED


class District:
    """Needs with pairs, some of them decided as the trail tells it."""

    def __init__(self, make):
        self.make = make
        self.officer = make.user(Role.OFFICER)
        self.party = make.user(Role.ENTERPRISE_ADMIN)

    def pair(self, need, score=0.5, *, state=None, at=NOON, by="officer", **values):
        """Add a pair, decided where a state is given; the move is put on the trail."""
        kind = values.pop("kind", CandidateKind.ACHIEVEMENT)
        column, row = {
            CandidateKind.ACHIEVEMENT: ("achievement_id", self.make.achievement),
            CandidateKind.EXPERT: ("expert_id", self.make.expert),
            CandidateKind.SERVICE: ("service_id", self.make.service),
        }[kind]
        given = {"algorithm_version": "1", "first_seen_at": SEEN, **values}
        pair = self.make.add(
            Pairing(
                kind=kind, need_id=need.id, text_score=min(score, 1.0), score=score,
                texts_digest="x", computed_at=NOON, **{column: row().id}, **given,
            )
        )  # fmt: skip
        if state is not None:
            self.decide(pair, state, at=at, by=by)
        return pair

    def decide(self, pair, state, *, at=NOON, by="officer"):
        moves = {
            ("officer", ACCEPTED): "accept", ("officer", REJECTED): "reject",
            ("party", ACCEPTED): "introduce", ("party", REJECTED): "dismiss",
        }  # fmt: skip
        pair.decided_at = at
        pair.reason_code = RejectReason.FIELD if state is REJECTED else None
        actor = self.officer if by == "officer" else self.party
        trail.advance(pair, moves[by, state], by=actor, now=at, reason="领域不符")


@pytest.fixture
def district(writing, make):
    return District(make)


def board(period=YEAR, now=NOON, **asked):
    return quality.board(period, asked, now=now)


def measures(found):
    return {one.definition.key: (one.part.value, one.whole.value) for one in found.measures}


def table(lines):
    return {
        line.label: {one.definition.key: (one.part.value, one.whole.value) for one in line.ratios}
        for line in lines
    }


def test_only_what_was_decided_and_not_taken_back_is_counted(district, make):
    need = make.need()
    district.pair(need, state=ACCEPTED)
    district.pair(need, state=REJECTED)
    district.pair(need)
    undone = district.pair(need, state=REJECTED)
    pairings.undo(undone, by=district.officer, now=NOON)
    gone = make.need(state=NeedState.WITHDRAWN)
    district.pair(gone, state=REJECTED)  # decided before: it stays a decision
    district.pair(gone)
    found = measures(board())
    assert found["acceptance"] == found["officer"] == (1, 3)
    assert found["party"] == (0, 0)


def test_parties_decisions_are_told_apart_and_no_part_of_the_precision(district, make):
    need = make.need()
    district.pair(need, 0.9, state=ACCEPTED, by="party")
    district.pair(need, 0.8, state=REJECTED, by="party")
    district.pair(need, 0.7, state=ACCEPTED)
    found = measures(board())
    assert found["acceptance"] == (2, 3)
    assert (found["officer"], found["party"]) == ((1, 1), (1, 2))
    assert found["first_five"] == (1, 1)


def test_the_first_five_are_those_of_need_and_kind_when_decided(district, make):
    need, other = make.need(), make.need()
    pairs = [district.pair(need, 0.9 - place / 10) for place in range(7)]
    for pair in (pairs[0], pairs[4]):
        district.decide(pair, ACCEPTED)
    for pair in (pairs[1], pairs[5], pairs[6]):
        district.decide(pair, REJECTED)
    district.pair(need, 0.11, state=ACCEPTED, kind=CandidateKind.EXPERT)  # first of its kind
    district.pair(other, 0.1, state=REJECTED)  # first of its need
    # What came after the decision does not push anybody down.
    for _ in range(5):
        district.pair(other, 0.95, first_seen_at=NOON + timedelta(seconds=1))
    found = measures(board())
    assert (found["first_five"], found["later"]) == ((3, 5), (0, 2))


def test_level_pairs_rank_by_their_number(district, make):
    need = make.need()
    pairs = [district.pair(need, 0.5) for _ in range(6)]
    district.decide(pairs[5], REJECTED)
    district.decide(pairs[4], ACCEPTED)
    found = measures(board())
    assert (found["first_five"], found["later"]) == ((1, 1), (0, 1))


def test_a_period_takes_what_was_decided_on_its_days_in_beijing(district, make):
    last = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    for moment in (last, last + timedelta(seconds=1)):
        district.pair(make.need(), state=ACCEPTED, at=moment)
    assert measures(board())["acceptance"] == (1, 1)


def test_a_need_is_covered_by_any_pair_over_the_threshold(district, make):
    covered, spent, low, closed, expired = (make.need() for _ in range(5))
    make.need()
    district.pair(covered, kind=CandidateKind.EXPERT)
    district.pair(covered, state=REJECTED)
    district.pair(spent, state=REJECTED)
    district.pair(low, score=0.01)
    closed.state, expired.expires_on = NeedState.CLOSED, date(2026, 11, 19)
    district.pair(closed)
    district.pair(expired)
    found = board()
    told = measures(found)
    assert (told["covered"], told["lone"], told["spent"]) == ((2, 4), (2, 4), (1, 4))
    kinds = {label: one["covered"] for label, one in table(found.kinds).items()}
    assert kinds == {"成果": (2, 4), "专家": (1, 4), "服务机构": (0, 4)}


def test_towns_and_fields_are_told_apart_and_narrow_everything(district, make):
    town = make.town("东城街道")
    here = make.need(organisation=make.organisation(town_id=town.id), tech_field_code="401")
    there = make.need(tech_field_code="804")
    district.pair(here, state=ACCEPTED)
    district.pair(there, state=REJECTED)
    district.pair(there, kind=CandidateKind.SERVICE)
    found = board()
    both = {"covered": (1, 1), "acceptance": (1, 1), "first_five": (1, 1)}
    none = {"covered": (1, 1), "acceptance": (0, 1), "first_five": (0, 1)}
    assert table(found.towns) == {"东城街道": both, "未填镇街": none}
    assert table(found.fields) == {"新材料": both, "先进制造与自动化": none}
    narrowed = board(town=str(town.id))
    assert (narrowed.place, narrowed.field) == ("东城街道", "")
    assert measures(narrowed)["acceptance"] == measures(narrowed)["covered"] == (1, 1)
    assert sum(line.ratios[0].whole.value for line in narrowed.weeks) == 1
    assert list(table(board(field="8").towns)) == ["未填镇街"]
    assert measures(board(town="nonsense", field="九"))["acceptance"] == (1, 2)


def test_versions_are_held_against_the_one_before(district, make):
    for number in range(24):
        early = number < 12
        district.pair(
            make.need(),
            state=ACCEPTED if early else REJECTED,
            at=NOON - timedelta(days=40 if early else 2),
            algorithm_version="旧" if early else "新",
        )
    new, old = board().versions
    assert (new.label, old.label) == ("新", "旧")
    assert (new.ratios[0].rate.shown, old.ratios[0].rate.shown) == ("0.0%", "100.0%")
    assert new.note == "2026-11-18 起有处理；采纳率与上一版相比：下降"
    assert old.note == "2026-10-11 起有处理"


def test_weeks_run_from_monday_to_sunday_in_beijing_and_an_alarm_is_raised(district, make):
    monday = datetime(2026, 11, 15, 16, 0, tzinfo=UTC)  # 16 November, 00:00 in Beijing
    for moment in (monday - timedelta(seconds=1), monday):
        district.pair(make.need(accepted_at=moment), state=REJECTED, at=moment)
    for number in range(10):
        day = monday - timedelta(weeks=1 + number % 3, hours=-5)
        district.pair(make.need(accepted_at=SEEN), state=REJECTED, at=day)
        earlier = monday - timedelta(weeks=6 + number % 8, hours=-5)
        district.pair(make.need(accepted_at=SEEN), state=ACCEPTED, at=earlier)
    found = board()
    by_week = {line.label: line for line in found.weeks}
    assert len(found.weeks) == 17
    running = by_week["2026-11-16 至 11-22"]
    assert (running.ratios[0].whole.value, running.note) == (1, "本周未完")
    assert by_week["2026-11-09 至 11-15"].ratios[0].whole.value == 5
    assert running.ratios[2].whole.value == 1
    told = {one.definition.key: (one.recent, one.before, one.fell) for one in found.alarms}
    assert told["acceptance"] == told["first_five"]
    recent, before, fell = told["acceptance"]
    assert ((recent.part, recent.whole), (before.part, before.whole)) == ((0, 11), (10, 10))
    assert fell is True
    assert board(Period("custom", date(2026, 9, 1), date(2026, 10, 31))).alarms[0].fell is None


def every_ratio(found):
    yield from found.measures
    for lines in (found.kinds, found.versions, found.weeks, found.towns, found.fields):
        for line in lines:
            yield from line.ratios


def fill(district, make, chance):
    """Make a small district by chance: needs in many states, pairs decided or not."""
    towns = [make.organisation(town_id=make.town().id), make.organisation()]
    for number in range(14):
        need = make.need(
            state=chance.choice([*sorted(OPEN_NEEDS), NeedState.CLOSED]),
            organisation=chance.choice(towns),
            tech_field_code=chance.choice(["401", "804", ""]),
            accepted_at=NOON - timedelta(days=chance.randrange(90)),
            expires_on=chance.choice([None, None, date(2026, 11, 19), date(2026, 11, 20)]),
        )
        for _ in range(chance.randrange(0, 9) if number % 4 else 0):
            state = chance.choice([None, None, ACCEPTED, REJECTED, REJECTED])
            district.pair(
                need,
                chance.choice([0.02, 0.3, 0.3, 0.6, 0.9]),
                state=state,
                at=NOON - timedelta(days=chance.randrange(80), seconds=chance.randrange(9)),
                by=chance.choice(["officer", "officer", "party"]),
                kind=chance.choice(list(CandidateKind)),
                algorithm_version=chance.choice(["1", "2"]),
                first_seen_at=NOON - timedelta(days=chance.randrange(90)),
            )


def first_five_by_a_plain_loop(district):
    """Precision of the first five: every pair looked at on its own."""
    pairs, counted = db.session.scalars(select(Pairing)).all(), [0, 0]
    officers = district.officer.id
    for one in pairs:
        if one.state is PairingState.NEW:
            continue
        entry = trail_of(one)
        above = [
            other
            for other in pairs
            if (other.need_id, other.kind) == (one.need_id, one.kind)
            and other.first_seen_at <= one.decided_at
            and (-other.score, other.id) < (-one.score, one.id)
        ]
        if entry.actor_id == officers and len(above) < 5:
            counted[0] += one.state is ACCEPTED
            counted[1] += 1
    return tuple(counted)


def trail_of(pair):
    found = trail.Entry
    query = select(found).where(found.noun == "pairing", found.object_id == pair.public_id)
    return db.session.scalars(query).one()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_the_length_of_its_list_and_the_loop_agrees(district, make, seed):
    fill(district, make, Random(seed))
    viewer, found, filled = make.user(Role.OFFICER), board(), 0
    assert measures(found)["first_five"] == first_five_by_a_plain_loop(district)
    told = measures(found)
    assert told["officer"][1] + told["party"][1] == told["acceptance"][1] > 10
    assert told["first_five"][1] + told["later"][1] == told["officer"][1]
    for lines in (found.kinds, found.versions, found.towns, found.fields):
        sums = [one.ratios for one in lines]
        keys = {one.definition.key for one in sums[0]} & {"acceptance", "first_five"}
        for key in keys:
            rates = [one for ratios in sums for one in ratios if one.definition.key == key]
            assert sum(one.whole.value for one in rates) == told[key][1]
    cells = {(c.subject, tuple(sorted(c.args.items()))): c.value
             for ratio in every_ratio(found) for c in (ratio.part, ratio.whole)}  # fmt: skip
    for (key, args), value in cells.items():
        subject = operations.subject(key)
        query = operations.readable(subject, viewer=viewer)
        query = listing.narrowed(operations.spec(subject, now=NOON), query, dict(args))
        listed = select(func.count()).select_from(query.subquery())
        assert db.session.scalar(listed) == value, (key, args)
        filled += bool(value)
    assert filled > 40
