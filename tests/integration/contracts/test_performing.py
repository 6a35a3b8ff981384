"""Delivery, check, payment and supplements: in order, to the 分."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker import jobs, outbox, web
from matchmaker.contracts import amending, ending, performing, upkeep
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone, Reminder
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ContractState, MilestoneState, PaymentState
from matchmaker.messages.models import Message
from tests.conftest import NOON
from tests.integration.contracts.conftest import (
    NOTE,
    PARTS,
    QUOTE,
    TODAY,
    delivered,
    drafted,
    later,
    milestones,
    paid,
    performed,
    received,
    signed,
)

pytestmark = pytest.mark.database
M = MilestoneState


def test_from_delivery_to_the_last_cent(writing, world):
    contract = signed(world)
    performed(world, contract)
    assert [row.state for row in milestones(contract)] == [M.PAID] * 3
    assert contract.paid_fen == QUOTE
    assert contract.state is ContractState.COMPLETED


def test_milestones_are_delivered_and_paid_in_order(writing, world):
    contract = signed(world)
    first, second, _ = milestones(contract)
    with pytest.raises(WrongState, match="第 1 期"):
        performing.submit(contract, second, note=NOTE, files=[received()], by=world.inventor,
                          now=NOON)  # fmt: skip
    with pytest.raises(WrongState, match="检查通过并备案后"):
        paid(world, contract, first)
    delivered(world, contract, first)
    delivered(world, contract, second)  # the first passed; it need not be paid yet
    with pytest.raises(WrongState, match="第 1 期“方案设计”尚未付清"):
        paid(world, contract, second)
    paid(world, contract, first)
    paid(world, contract, second)
    assert contract.paid_fen == sum(PARTS[:2])


def test_only_the_right_side_acts(writing, world):
    contract = signed(world)
    first = milestones(contract)[0]
    with pytest.raises(NotAllowed, match="乙方"):
        performing.submit(contract, first, note=NOTE, files=[received()], by=world.firm_admin,
                          now=NOON)  # fmt: skip
    performing.submit(contract, first, note=NOTE, files=[received()], by=world.inventor, now=NOON)
    with pytest.raises(NotAllowed, match="甲方"):
        performing.check(contract, first, "pass", note="", sheet=None, by=world.institute_admin,
                         now=NOON)  # fmt: skip


def test_a_delivery_has_words_and_files(writing, world):
    contract = signed(world)
    first = milestones(contract)[0]
    for note, files in ((NOTE, []), ("太短", [received()])):
        with pytest.raises(Invalid):
            performing.submit(contract, first, note=note, files=files, by=world.inventor, now=NOON)
    assert first.state is M.PLANNED


def test_rework_twice_at_most_then_failure_is_a_dispute(writing, world):
    contract = signed(world)
    first = milestones(contract)[0]
    says = {"note": "接触力波动仍超出约定值。", "sheet": None, "by": world.firm_admin, "now": NOON}
    for _ in range(2):
        performing.submit(
            contract, first, note=NOTE, files=[received()], by=world.inventor, now=NOON
        )
        performing.check(contract, first, "rework", **says)
    performing.submit(contract, first, note=NOTE, files=[received()], by=world.inventor, now=NOON)
    with pytest.raises(Invalid, match="已返工 2 次"):
        performing.check(contract, first, "rework", **says)
    performing.check(contract, first, "fail", **says)
    assert contract.state is ContractState.DISPUTED
    with pytest.raises(WrongState, match="争议"):
        performing.file(contract, first, by=world.officer, now=NOON)
    ending.resume(contract, reason="双方同意补充试验", by=world.officer, now=NOON)
    performing.retry(contract, first, reason="补充试验", by=world.officer, now=NOON)
    assert first.state is M.REWORK


@pytest.mark.parametrize("over", [1, 100])
def test_never_more_than_is_due(writing, world, over):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    with pytest.raises(Invalid, match="超过本期应付余额"):
        paid(world, contract, first, amount_fen=PARTS[0] + over)
    paid(world, contract, first, amount_fen=PARTS[0] - 1)
    assert first.state is M.PAYABLE  # one 分 is still open
    with pytest.raises(Invalid, match=r"余额 0\.01 元"):
        paid(world, contract, first, amount_fen=2)
    paid(world, contract, first, amount_fen=1)
    assert first.state is M.PAID
    assert contract.paid_fen == PARTS[0]


def test_vouchers_that_wait_count_against_what_is_due(writing, world):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    sent = {"paid_on": TODAY, "voucher_no": "1", "voucher": received(), "by": world.firm_admin,
            "now": NOON}  # fmt: skip
    waiting = performing.record_payment(contract, first, amount_fen=PARTS[0], **sent)
    with pytest.raises(Invalid, match="待核对"):
        performing.record_payment(contract, first, amount_fen=1, **sent)
    performing.return_payment(waiting, reason="金额与回单不符", by=world.officer, now=NOON)
    assert waiting.state is PaymentState.RETURNED
    paid(world, contract, first)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_fen": None}, "amount_fen"),
        ({"paid_on": TODAY + timedelta(days=1)}, "paid_on"),
        ({"paid_on": TODAY - timedelta(days=1)}, "paid_on"),
        ({"voucher": None}, "voucher"),
    ],
)
def test_a_payment_is_refused_with_the_field_named(writing, world, changes, field):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    sent = {"amount_fen": 1, "paid_on": TODAY, "voucher_no": "1", "voucher": received()} | changes
    with pytest.raises(Invalid) as refused:
        performing.record_payment(contract, first, by=world.firm_admin, now=NOON, **sent)
    assert field in refused.value.fields


def test_another_contracts_milestone_is_not_found(writing, world, make):
    contract = signed(world)
    row = milestones(contract)[0]
    other = Contract(id=contract.id + 1)
    with pytest.raises(NotFound):
        performing.milestone_of(other, row.public_id)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Milestone, {"paid_fen": 10**9}),
        (Milestone, {"rework_count": 3}),
        (Contract, {"paid_fen": QUOTE + 1}),
        (Milestone, {"state": "paid"}),
    ],
)
def test_the_database_refuses_what_is_never_true(writing, world, model, values):
    signed(world)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(model).values(**values))


NEW_PLAN = [
    {"name": "样机改进", "due_on": "2027-09-30", "share": "50"},
    {"name": "现场验收", "due_on": "2028-06-30", "share": "50"},
]


def proposed(world, contract, **changes):
    values = {
        "reason": "客户增加一种工件", "total_fen": QUOTE + 2_000_001, "end_on": date(2028, 6, 30),
        "plan": NEW_PLAN,
    }  # fmt: skip
    return amending.propose(contract, by=world.institute_admin, now=NOON, **values | changes)


def test_a_supplement_keeps_what_is_paid_and_splits_the_rest(writing, world):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    paid(world, contract, first)
    row = proposed(world, contract)
    assert contract.state is ContractState.AMENDING
    with pytest.raises(WrongState):
        delivered(world, contract, milestones(contract)[1])
    with pytest.raises(Invalid, match="双方都确认"):
        amending.apply(contract, row, scan=received(), by=world.officer, now=NOON)
    amending.confirm(contract, row, by=world.firm_admin, now=NOON)
    assert ("合同成交额", "100,000.05 元", "120,000.06 元") in amending.comparison(row)
    amending.apply(contract, row, scan=received(), by=world.officer, now=NOON)
    live = milestones(contract)
    assert [one.amount_fen for one in live] == [PARTS[0], 4_333_502, 4_333_502]
    assert sum(one.amount_fen for one in live) == contract.total_fen == contract.planned_fen
    assert [one.seq for one in live] == [1, 2, 3]
    assert row.before["total_fen"] == QUOTE
    query = sa.select(Milestone).where(Milestone.state == M.CHANGED)
    assert len(db.session.scalars(query).all()) == 2  # the old plan is kept
    performed(world, contract)
    assert contract.paid_fen == QUOTE + 2_000_001


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"), ({"end_on": None}, "end_on"),
        ({"total_fen": PARTS[0]}, "total_fen"), ({"plan": NEW_PLAN[:1]}, "total_fen"),
        ({"plan": []}, "plan"),
    ],
)  # fmt: skip
def test_a_supplement_is_refused_with_the_field_named(writing, world, changes, field):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    paid(world, contract, first)
    with pytest.raises(Invalid) as refused:
        proposed(world, contract, **changes)
    assert field in refused.value.fields


def test_nothing_is_amended_while_an_instalment_is_under_way(writing, world):
    contract = signed(world)
    delivered(world, contract, milestones(contract)[0])
    with pytest.raises(WrongState, match="请办结后再变更"):
        proposed(world, contract)


def test_a_supplement_may_be_taken_back(writing, world):
    contract = signed(world)
    row = proposed(world, contract)
    amending.drop(contract, row, reason="双方不再变更", by=world.firm_admin, now=NOON)
    assert contract.state is ContractState.PERFORMING
    assert [one.amount_fen for one in milestones(contract)] == PARTS


def told(user):
    query = sa.select(Message.subject).where(
        Message.user_id == user.id, Message.subject.startswith("里程碑将到期")
    )
    return len(db.session.scalars(query).all())


def test_reminders_come_fifteen_seven_and_one_day_before_exactly_once(app, world, monkeypatch):
    with app.app_context():
        with web.transaction():
            due = milestones(signed(world))[0].due_on  # 2027-02-19
        for days in (16, 15, 15, 14, 7, 7, 3, 1, 1, 0, -1):
            for _ in range(2):
                with web.transaction():
                    upkeep.remind(NOON + (due - timedelta(days=days) - TODAY))
        monkeypatch.setattr("matchmaker.clock.now", lambda: later(200))
        jobs.drain()
        jobs.drain()
        found = db.session.scalars(sa.select(Reminder.days).order_by(Reminder.id)).all()
        assert found == [15, 7, 1]
        assert [told(one) for one in (world.inventor, world.firm_admin, world.officer)] == [3] * 3


def test_a_missed_night_is_made_up_by_the_nearest_reminder_only(writing, world):
    due = milestones(signed(world))[0].due_on
    for days in (6, 5):
        upkeep.remind(NOON + (due - timedelta(days=days) - TODAY))
    assert db.session.scalars(sa.select(Reminder.days)).all() == [7]


def test_what_is_delivered_or_not_yet_signed_is_not_reminded_of(writing, world):
    contract = drafted(world)
    upkeep.remind(NOON)
    assert db.session.scalars(sa.select(Reminder)).all() == []
    assert contract.state is ContractState.DRAFT
    assert outbox.waiting()[0] >= 1


def test_a_contract_begins_on_its_first_day(writing, world):
    begins = TODAY + timedelta(days=10)
    contract = signed(
        world, start_on=begins, end_on=date(2028, 5, 29),
        plan=[{"name": "全部", "due_on": "2028-05-29", "share": "100"}], payment_mode="lump_sum",
    )  # fmt: skip
    assert contract.state is ContractState.SIGNED
    upkeep.begin(later(9))
    assert contract.state is ContractState.SIGNED
    upkeep.begin(later(10))
    assert contract.state is ContractState.PERFORMING
