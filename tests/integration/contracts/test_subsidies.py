"""Subsidies: min(cap, floor(ratio × paid)), within the budget, approved by another, never twice."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from matchmaker import web
from matchmaker.audit import trail
from matchmaker.codes import Integrity
from matchmaker.contracts import accepting, subsidies, subsidy_rules
from matchmaker.contracts.models import Contract
from matchmaker.contracts.subsidy_models import Subsidy, SubsidyBatch, SubsidyBudget
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ContractState, SubsidyState
from matchmaker.money import MoneyError
from matchmaker.places import operations as places
from tests.conftest import NOON
from tests.integration.contracts.conftest import (
    QUOTE,
    TODAY,
    build,
    milestones,
    performed,
    received,
    signed,
)
from tests.integration.contracts.test_closing import applied, convened

pytestmark = pytest.mark.database
S = SubsidyState


@pytest.mark.parametrize(
    ("ratio", "base", "cap", "amount"),
    [
        ("0.2", 10_000_005, 10**9, 2_000_001),
        ("0.3333", 100, 10**9, 33),
        ("0.2", 10_000_005, 1_000_000, 1_000_000),
        ("0.2", 0, 10**9, 0),
        ("1", 99, 99, 99),
    ],
)
def test_the_rule_floors_to_the_cent_and_is_capped(ratio, base, cap, amount):
    assert subsidy_rules.due(Decimal(ratio), base, cap) == amount


@pytest.mark.parametrize(
    ("dues", "available", "parts"),
    [
        ([100, 200], 300, [100, 200]),
        ([100, 100, 100], 100, [34, 33, 33]),
        ([1, 1000], 500, [0, 500]),
        ([333, 333, 334], 999, [332, 332, 335]),
    ],
)
def test_over_the_budget_all_are_compressed_and_the_tail_is_the_largests(dues, available, parts):
    found = subsidy_rules.compress(dues, available)
    assert found == parts
    assert sum(found) == min(sum(dues), available)


def test_an_empty_budget_gives_nothing():
    with pytest.raises(MoneyError, match="已用完"):
        subsidy_rules.compress([1], 0)


def accepted(world, **changes):
    contract = signed(world, **changes)
    performed(world, contract)
    row = applied(world, contract)
    convened(world, contract, row)
    accepting.conclude(contract, row, "pass", note="", by=world.chief, now=NOON)
    return contract


def proposed(world, *contracts, total=10_000_000, **changes):
    if subsidies.budget_of(2026) is None:
        subsidies.set_budget(2026, total, source_doc="区财〔2026〕1 号", by=world.leader, now=NOON)
    sent = {"year": 2026, "name": "2026 年第一批", "excluded": {}, "note": ""} | changes
    return subsidies.propose(contracts, by=world.officer, now=NOON, **sent)


def test_proposed_approved_and_paid_by_three_steps(writing, make):
    world = build(make, support_ratio=Decimal("0.2"), support_cap_fen=5_000_000)
    contract = accepted(world)
    batch = proposed(world, contract)
    assert (batch.total_fen, batch.due_fen) == (2_000_001, 2_000_001)
    assert subsidies.budget_of(2026).committed_fen == 2_000_001
    subsidies.decide(batch, approve=True, reason="", by=world.leader, now=NOON)
    sent = {"paid_on": TODAY, "voucher_no": "BK1", "voucher": received(), "by": world.officer,
            "now": NOON}  # fmt: skip
    line = batch.lines[0].public_id
    with pytest.raises(WrongState, match="公示期满"):
        subsidies.pay(batch, line, **sent)
    trail.advance(batch, "publish", by=world.officer, now=NOON)
    trail.advance(batch, "clear", by=trail.SYSTEM, now=NOON)
    with pytest.raises(Invalid, match="凭证"):
        subsidies.pay(batch, line, **sent | {"voucher": None})
    subsidies.pay(batch, line, **sent)
    assert batch.state is S.PAID
    with pytest.raises(WrongState):
        subsidies.pay(batch, line, **sent)


def test_no_contract_twice_but_again_after_a_refusal(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = accepted(world)
    batch = proposed(world, contract)
    with pytest.raises(Invalid, match="不得重复"):
        proposed(world, contract)
    subsidies.decide(batch, approve=False, reason="材料不全", by=world.leader, now=NOON)
    assert subsidies.budget_of(2026).committed_fen == 0
    again = proposed(world, contract)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(
            sa.insert(Subsidy).values(
                public_id="x", batch_id=again.id, contract_id=contract.id,
                contract_key=contract.id, base_fen=1, excluded_fen=0, ratio="1", cap_fen=1,
                due_fen=1, amount_fen=1, voucher_no="", stored_as="",
            )
        )  # fmt: skip


def test_before_acceptance_there_is_nothing_unless_it_is_a_grant(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = signed(world)
    performed(world, contract)
    with pytest.raises(Invalid, match="验收通过后"):
        proposed(world, contract)
    contract.bounty.support_type = "grant"
    assert proposed(world, contract).total_fen == 2_000_001


@pytest.mark.parametrize("kind", ["none", "unpaid", "terminated"])
def test_who_gets_nothing(writing, make, kind):
    world = build(make, support_type="none" if kind == "none" else "grant")
    contract = signed(world)
    if kind != "unpaid":
        performed(world, contract)
    if kind == "terminated":
        db.session.execute(sa.update(Contract).values(state=ContractState.TERMINATED))
        db.session.refresh(contract)
    with pytest.raises(Invalid, match=contract.contract_no):
        proposed(world, contract)


def test_equipment_does_not_count(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = accepted(world)
    batch = proposed(world, contract, excluded={contract.id: 4})
    assert batch.lines[0].base_fen == QUOTE - 4
    assert batch.total_fen == 2_000_000


def test_a_batch_is_cut_to_what_is_left_of_the_year(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = accepted(world)
    batch = proposed(world, contract, total=1_500_000)
    assert (batch.due_fen, batch.total_fen) == (2_000_001, 1_500_000)
    with pytest.raises(Invalid, match="不能少于"):
        subsidies.set_budget(2026, 1_499_999, source_doc="", by=world.leader, now=NOON)


def test_the_proposer_does_not_approve(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    batch = proposed(world, accepted(world))
    batch.proposed_by_id = world.leader.id
    with pytest.raises(NotAllowed, match="自己"):
        subsidies.decide(batch, approve=True, reason="", by=world.leader, now=NOON)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [("subsidy_budget_multiple", 6, "6 倍"), ("subsidy_pay_share", "5.5", "550%")],
)
def test_a_bureaus_own_conditions(writing, make, setting, value, says):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = accepted(world)
    places.set_setting(setting, value)
    db.session.flush()
    with pytest.raises(Invalid, match=says):
        proposed(world, contract)


def test_a_year_without_a_budget_is_refused(writing, make):
    world = build(make, support_ratio=Decimal("0.2"))
    contract = accepted(world)
    with pytest.raises(Invalid, match="尚未录入"):
        subsidies.propose(
            [contract], year=2027, name="x", excluded={}, note="", by=world.officer, now=NOON
        )
    assert contract.seller.integrity is Integrity.NORMAL


def test_two_proposals_never_overspend_the_year(app, make):
    with app.app_context():
        with web.transaction():
            world = build(make, support_ratio=Decimal("0.2"))
            contract = accepted(world)
            subsidies.set_budget(2026, 3_000_000, source_doc="", by=world.leader, now=NOON)
        with pytest.raises(Stale), web.transaction():
            read = db.session.get_one(SubsidyBudget, 2026)
            db.session.execute(sa.text("UPDATE subsidy_budget SET version = version + 1"))
            contract = db.session.get_one(Contract, contract.id)
            proposed(world, contract)
            assert read.committed_fen
        db.session.rollback()
        assert db.session.scalars(sa.select(SubsidyBatch)).all() == []
        assert milestones(contract)
