"""赛马: two teams, one test table; who drops out keeps what was paid, the first takes the rest."""

from datetime import timedelta

import pytest

from matchmaker.accounts.models import OrganisationKind
from matchmaker.bidding.models import Bid
from matchmaker.codes import BountyMode
from matchmaker.contracts import negotiating, racing, signing
from matchmaker.contracts.race_models import Outcome
from matchmaker.contracts.racing import Measured
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, ContractState, MilestoneState, Role
from tests.conftest import NOON
from tests.integration.contracts.conftest import (
    TODAY,
    agreed,
    build,
    content,
    delivered,
    drafted,
    milestones,
    paid,
    received,
    signed,
)

pytestmark = pytest.mark.database
M, O = MilestoneState, Outcome  # noqa: E741
KEYS = ("打磨接触力波动", "单件节拍")


@pytest.fixture
def race(writing, make):
    """Two contracts of one bounty: 100,000.05 元 each, a third of it the main sum."""
    world = build(make, mode=BountyMode.HORSE_RACE, max_awards=2, amount_fen=20_000_000)
    other = make.organisation(
        OrganisationKind.INSTITUTION, name="北方机械研究所", uscc="121000004000131305"
    )
    admin = make.user(Role.INSTITUTION_ADMIN, organisation=other)
    bid = make.add(
        Bid(
            bounty_id=world.bounty.id, state=BidState.WON, lead_organisation_id=other.id,
            created_by_id=admin.id, quote_fen=10_000_005, content=content(), created_at=NOON,
        )
    )  # fmt: skip
    world.second = type(world)(**{**vars(world), "institute_admin": admin, "inventor": admin})
    world.contracts = [signed_one(world, None, 1), drafted(world, bid=bid, award_id=2)]
    return world


def signed_one(world, bid, award_id):
    contract = drafted(world, bid=bid, award_id=award_id)
    agreed(world, contract)
    signing.sign(contract, scan=received(), signed_on=TODAY, by=world.officer, now=NOON)
    return contract


def both(race):
    first, second = race.contracts
    if second.state is ContractState.DRAFT:
        agreed(race.second, second)
        signing.sign(second, scan=received(), signed_on=TODAY, by=race.officer, now=NOON)
    return first, second


def held(race, outcomes, *, name="第一轮比测", reached_on=None, **changes):
    rows = [
        Measured(one.id, dict.fromkeys(KEYS, "3.2"), outcome,
                 reached_on=reached_on if outcome is O.REACHED else None)
        for one, outcome in zip(both(race), outcomes, strict=False)
        if one.state in racing.RUNNING
    ]  # fmt: skip
    sent = {"name": name, "tested_on": TODAY, "tested_by": "省质检院", "results": rows} | changes
    return racing.hold(race.contracts[0].bounty, by=race.officer, now=NOON, **sent)


def test_the_bounty_is_contracted_when_every_award_is_signed(race):
    assert race.contracts[0].bounty.state is BountyState.AWARDED
    both(race)
    assert race.contracts[0].bounty.state is BountyState.IN_PROGRESS


def test_the_last_stage_of_a_race_is_the_main_sum_and_counts_once(race):
    first, _second = both(race)
    assert [row.is_main for row in milestones(first)] == [False, False, True]
    assert negotiating.committed(first) == 4 * 3_333_002 + 3_334_001


def test_all_stages_and_one_main_sum_stay_within_the_prize(race):
    second = race.contracts[1]
    agreed(race.second, second)
    race.contracts[0].bounty.amount_fen = 4 * 3_333_002 + 3_334_001 - 1
    db.session.flush()
    with pytest.raises(Invalid, match="超过榜额"):
        signing.sign(second, scan=received(), signed_on=TODAY, by=race.officer, now=NOON)
    race.contracts[0].bounty.amount_fen += 1
    signing.sign(second, scan=received(), signed_on=TODAY, by=race.officer, now=NOON)


def test_who_is_eliminated_keeps_what_was_paid_and_gets_no_more(race):
    first, second = both(race)
    row = milestones(second)[0]
    delivered(race.second, second, row)
    paid(race.second, second, row)
    stage = held(race, (O.PASSED, O.ELIMINATED))
    assert second.state is ContractState.ELIMINATED
    assert second.paid_fen == row.amount_fen
    assert [one.state for one in milestones(second)] == [M.PAID]
    assert db.session.get(Bid, second.bid_id).state is BidState.ELIMINATED
    assert first.state is ContractState.PERFORMING
    table = racing.table(stage)
    assert table.teams == ["澜州工业大学", "北方机械研究所"]
    assert table.rows == [(key, ["3.2", "3.2"]) for key in KEYS]


def test_the_first_to_reach_takes_the_main_sum(race):
    first, second = both(race)
    held(race, (O.PASSED, O.REACHED), reached_on=TODAY - timedelta(days=1))
    assert (first.is_winner, second.is_winner) == (False, True)
    assert [one.is_main for one in milestones(first)] == [False, False]
    assert [one.is_main for one in milestones(second)] == [False, False, True]
    held(race, (O.REACHED, O.PASSED), name="第二轮", reached_on=TODAY)
    assert not first.is_winner  # the main sum is given already


@pytest.mark.parametrize(
    ("outcomes", "changes", "says"),
    [
        ((O.ELIMINATED, O.ELIMINATED), {}, "不能淘汰全部"),
        ((O.REACHED, O.REACHED), {"reached": TODAY}, "同日达标"),
        ((O.REACHED, O.PASSED), {}, "达标日期"),
        ((O.PASSED, O.PASSED), {"tested_by": ""}, "比测机构"),
        ((O.PASSED, O.PASSED), {"results": []}, "每一家在赛团队"),
        ((O.PASSED, O.PASSED), {"tested_on": TODAY + timedelta(days=1)}, "不能晚于今天"),
    ],
)
def test_a_table_that_does_not_compare_is_refused(race, outcomes, changes, says):
    reached = changes.pop("reached", None)
    with pytest.raises(Invalid, match=says):
        held(race, outcomes, reached_on=reached, **changes)


def test_every_team_is_measured_by_every_indicator(race):
    rows = [Measured(one.id, {KEYS[0]: "3"}, O.PASSED) for one in both(race)]
    with pytest.raises(Invalid, match="缺少“单件节拍”"):
        held(race, (), results=rows)


def test_a_single_award_has_no_stages(writing, world):
    contract = signed(world)
    with pytest.raises(WrongState, match="赛马制"):
        racing.hold(contract.bounty, name="x", tested_on=TODAY, tested_by="x", results=[],
                    by=world.officer, now=NOON)  # fmt: skip
