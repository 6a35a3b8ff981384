"""登记, 中期检查, 验收, 兑榜 and 终止."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.accounts import integrity
from matchmaker.codes import Integrity
from matchmaker.contracts import accepting, ending, registering, upkeep
from matchmaker.contracts.closing_models import Cause, Finding, Registration
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    AcceptanceState,
    BountyState,
    ContractState,
    MilestoneState,
    RegistrationState,
)
from tests.conftest import NOON
from tests.integration.contracts.conftest import (
    PARTS,
    QUOTE,
    TODAY,
    delivered,
    later,
    milestones,
    paid,
    performed,
    received,
    signed,
)

pytestmark = pytest.mark.database
SHEET = {
    "declared_tech_fen": 9_000_000, "industry_code": "C34", "tech_field_code": "804",
    "ip_type": "invention", "plan_source": "bounty", "social_goal": "industry",
    "agency": "澜州市技术市场", "agent_name": "李教授", "agent_phone": "13900000002",
}  # fmt: skip


def submitted(world, contract, **changes):
    row = registering.required(contract)
    registering.fill(contract, row, SHEET | changes, by=world.inventor, now=NOON)
    registering.submit(contract, row, by=world.inventor, now=NOON)
    return row


def certificate(**changes):
    return {
        "reg_no": "2026370000001234", "reg_on": TODAY, "reg_agency": "澜州市技术市场",
        "tech_fen": 9_000_000, "certificate": received(), "now": NOON,
    } | changes  # fmt: skip


def test_the_sheet_names_every_mandatory_line_that_is_empty(writing, world):
    contract = signed(world)
    row = registering.required(contract)
    gaps = registering.missing(contract, row)
    assert {"申报技术交易额", "技术领域", "涉及的知识产权", "经办人"} <= set(gaps)
    assert "卖方统一社会信用代码" not in gaps
    with pytest.raises(Invalid, match="登记表还缺：申报技术交易额"):
        registering.submit(contract, row, by=world.inventor, now=NOON)
    registering.fill(contract, row, SHEET, by=world.inventor, now=NOON)
    assert registering.missing(contract, row) == []


def test_what_was_missing_of_a_party_is_filled_and_nothing_else_changed(writing, world):
    contract = signed(world)
    parties = {side: dict(of) for side, of in contract.parties.items()}
    parties["seller"]["uscc"] = ""
    contract.parties = parties
    row = registering.required(contract)
    more = {"seller_uscc": "12370000495750303U", "buyer_uscc": "改不了"}
    registering.fill(contract, row, SHEET | more, by=world.officer, now=NOON)
    assert contract.parties["seller"]["uscc"] == "12370000495750303U"
    assert contract.parties["buyer"]["uscc"] == "91370100MA3C0XJ9X1"


def test_the_buyer_does_not_register(writing, world):
    contract = signed(world)
    with pytest.raises(NotAllowed, match="卖方"):
        registering.fill(
            contract, registering.required(contract), SHEET, by=world.firm_admin, now=NOON
        )


@pytest.mark.parametrize(
    ("total", "disputed", "last"),
    [
        (QUOTE, False, date(2026, 12, 11)),  # 15 working days after Friday 11-20
        (QUOTE, True, date(2027, 1, 1)),  # 30; no calendar knows 2027 yet, a Friday is a guess
        (500_000_000, False, date(2027, 1, 1)),
        (499_999_999, False, date(2026, 12, 11)),
    ],
)
def test_the_agencys_clock(writing, world, total, disputed, last):
    contract = signed(world)
    contract.total_fen = contract.planned_fen = total
    assert submitted(world, contract, is_disputed=disputed).decide_by == last


def test_only_what_is_registered_counts_and_by_its_day(writing, world):
    contract = signed(world)
    row = submitted(world, contract)
    assert row.state is RegistrationState.SUBMITTED
    registering.register(contract, row, by=world.officer, **certificate())
    assert (row.total_fen, row.tech_fen, row.reg_on) == (QUOTE, 9_000_000, TODAY)
    with pytest.raises(WrongState):
        registering.register(contract, row, by=world.officer, **certificate())
    registering.cancel(contract, row, reason="合同终止", by=world.officer, now=NOON)
    assert row.state is RegistrationState.REJECTED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tech_fen": 0}, "tech_fen"), ({"tech_fen": QUOTE + 1}, "tech_fen"),
        ({"tech_fen": None}, "tech_fen"), ({"reg_no": " "}, "reg_no"),
        ({"reg_on": TODAY + timedelta(days=1)}, "reg_on"),
        ({"reg_on": TODAY - timedelta(days=1)}, "reg_on"), ({"reg_agency": ""}, "reg_agency"),
    ],
)  # fmt: skip
def test_a_certificate_is_refused_with_the_field_named(writing, world, changes, field):
    contract = signed(world)
    row = submitted(world, contract)
    with pytest.raises(Invalid) as refused:
        registering.register(contract, row, by=world.officer, **certificate(**changes))
    assert field in refused.value.fields
    assert row.state is RegistrationState.SUBMITTED


def test_the_technical_amount_may_be_the_whole_to_the_cent(writing, world):
    contract = signed(world)
    row = submitted(world, contract, declared_tech_fen=QUOTE)
    registering.register(contract, row, by=world.officer, **certificate(tech_fen=QUOTE))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(Registration).values(tech_fen=QUOTE + 1))


def test_a_refused_registration_is_sent_again(writing, world):
    contract = signed(world)
    row = submitted(world, contract)
    registering.reject(contract, row, reason="缺少指标", by=world.officer, now=NOON)
    registering.prepare_again(contract, row, by=world.inventor, now=NOON)
    assert row.decide_by is None
    registering.submit(contract, row, by=world.inventor, now=NOON)


SUMMARY = "全部指标经第三方检测，满足合同约定，申请验收。"
EXPERTS = [{"name": f"专家{n}", "organisation": "海滨大学", "title": "教授"} for n in range(3)]
OPINION = "专家组听取汇报、查阅资料并现场实测，认为各项指标达到合同要求。"


def results(contract):
    return [{"indicator": one, "value": "合格", "reached": "yes"} for one in contract.indicators]


def applied(world, contract, *, now=NOON):
    return accepting.apply(
        contract, summary=SUMMARY, results=results(contract), files=[received()],
        by=world.inventor, now=now,
    )  # fmt: skip


def convened(world, contract, row, *, now=NOON, **changes):
    sent = {"held_on": now.date(), "experts": EXPERTS, "opinion": OPINION} | changes
    accepting.convene(contract, row, by=world.officer, now=now, **sent)


def test_acceptance_and_the_last_payment_pay_the_bounty_out(writing, world):
    contract = signed(world)
    first, second, third = milestones(contract)
    for one in (first, second):
        delivered(world, contract, one)
        paid(world, contract, one)
    row = applied(world, contract)
    assert contract.bounty.state is BountyState.ACCEPTANCE
    convened(world, contract, row)
    accepting.conclude(contract, row, "pass", note="同意", by=world.chief, now=NOON)
    assert contract.bounty.state is BountyState.ACCEPTED
    delivered(world, contract, third)
    paid(world, contract, third)
    assert contract.state is ContractState.COMPLETED
    assert contract.bounty.state is BountyState.PAID_OUT


def test_paid_first_and_accepted_after_is_paid_out_as_well(writing, world):
    contract = signed(world)
    performed(world, contract)
    assert contract.bounty.state is BountyState.IN_PROGRESS
    row = applied(world, contract)
    convened(world, contract, row)
    accepting.conclude(contract, row, "pass", note="", by=world.chief, now=NOON)
    assert contract.bounty.state is BountyState.PAID_OUT


def test_rectification_once_within_six_months(writing, world):
    contract = signed(world)
    row = applied(world, contract)
    convened(world, contract, row)
    accepting.conclude(contract, row, "rectify", note="补做耐久试验", by=world.chief, now=NOON)
    assert row.rectify_by == date(2027, 5, 20)
    assert contract.bounty.state is BountyState.RECTIFYING
    applied(world, contract, now=later(60))
    assert row.state is AcceptanceState.APPLIED
    assert contract.bounty.state is BountyState.ACCEPTANCE
    convened(world, contract, row, now=later(60))
    with pytest.raises(Invalid, match="只能一次"):
        accepting.conclude(contract, row, "rectify", note="再改", by=world.chief, now=later(60))
    accepting.conclude(contract, row, "fail", note="仍不达标", by=world.chief, now=later(60))
    assert row.state is AcceptanceState.FAILED


def test_rectification_that_never_comes_fails(writing, world):
    contract = signed(world)
    row = applied(world, contract)
    convened(world, contract, row)
    accepting.conclude(contract, row, "rectify", note="补做试验", by=world.chief, now=NOON)
    upkeep.end_rectification(later(181))
    assert row.state is AcceptanceState.RECTIFYING  # 2027-05-20 itself
    with pytest.raises(WrongState, match="已过"):
        applied(world, contract, now=later(182))
    upkeep.end_rectification(later(182))
    assert row.state is AcceptanceState.FAILED


def test_acceptance_is_applied_for_within_three_months_of_the_end(writing, world):
    contract = signed(world)
    last = accepting.apply_by(contract)  # 2028-05-19 + 3 months = Saturday 08-19
    assert last == date(2028, 8, 21)
    with pytest.raises(Invalid, match="2028-08-21 已过"):
        applied(world, contract, now=NOON + (last - TODAY) + timedelta(days=1))
    applied(world, contract, now=NOON + (last - TODAY))


@pytest.mark.parametrize(
    "changes",
    [
        {"experts": EXPERTS[:2]}, {"experts": [*EXPERTS, {"name": "四"}]}, {"opinion": "好"},
        {"experts": [*EXPERTS[:2], {"name": "李", "organisation": "澜州工业大学"}]},
        {"held_on": None},
    ],
)  # fmt: skip
def test_a_panel_is_odd_foreign_and_has_its_say(writing, world, changes):
    contract = signed(world)
    row = applied(world, contract)
    with pytest.raises(Invalid):
        convened(world, contract, row, **changes)


def test_who_convened_does_not_conclude(writing, world):
    contract = signed(world)
    row = applied(world, contract)
    convened(world, contract, row)
    row.convened_by_id = world.chief.id
    with pytest.raises(NotAllowed, match="以外的人"):
        accepting.conclude(contract, row, "pass", note="", by=world.chief, now=NOON)


def test_the_term_is_extended_once_by_a_year_at_most(writing, world):
    contract = signed(world)  # until 2028-05-19
    told = {"reason": "进口部件延迟", "by": world.officer, "now": NOON}
    for until in (date(2028, 5, 19), date(2029, 5, 20), None):
        with pytest.raises(Invalid):
            accepting.extend_term(contract, until=until, **told)
    accepting.extend_term(contract, until=date(2029, 5, 19), **told)
    assert contract.last_day == date(2029, 5, 19)
    with pytest.raises(WrongState, match="一次"):
        accepting.extend_term(contract, until=date(2029, 5, 19), **told)


def test_a_mid_term_check_is_written_down(writing, world):
    contract = signed(world)
    sent = {"held_on": TODAY, "finding": Finding.AT_RISK, "material": None,
            "note": "样机装配进度落后一个月，须每两周报告一次进展。"}  # fmt: skip
    accepting.inspect(contract, by=world.officer, now=NOON, **sent)
    assert [one.finding for one in accepting.inspections(contract)] == [Finding.AT_RISK]
    with pytest.raises(Invalid):
        accepting.inspect(contract, by=world.officer, now=NOON, **sent | {"note": "慢"})


def requested(world, contract, cause, **changes):
    sent = {
        "cause": cause, "at_fault": "" if cause is Cause.EXEMPT else "seller",
        "reason": "技术路线经试验不可行", "recover_fen": 0,
        "integrity_years": 3 if cause is Cause.FRAUD else None,
    } | changes  # fmt: skip
    return ending.request(contract, by=world.officer, now=NOON, **sent)


@pytest.mark.parametrize("cause", list(Cause))
def test_only_fraud_touches_anybodys_integrity(writing, world, cause):
    contract = signed(world)
    first = milestones(contract)[0]
    delivered(world, contract, first)
    paid(world, contract, first)
    requested(world, contract, cause)
    assert contract.state is ContractState.TERMINATING
    ending.decide(contract, approve=True, note="同意", by=world.leader, now=NOON)
    assert contract.state is ContractState.TERMINATED
    assert contract.paid_fen == PARTS[0]
    assert contract.bounty.state is BountyState.TERMINATED
    states = [one.state for one in milestones(contract)]
    assert states == [MilestoneState.PAID]  # the others were stopped
    listed = [(one.standing, one.until_on) for one in integrity.of(contract.seller)]
    fraud = [(Integrity.BLACKLIST, date(2029, 11, 19))]
    assert listed == (fraud if cause is Cause.FRAUD else [])
    expected = Integrity.BLACKLIST if cause is Cause.FRAUD else Integrity.NORMAL
    assert contract.seller.integrity is expected
    assert contract.buyer.integrity is Integrity.NORMAL


@pytest.mark.parametrize(
    ("cause", "changes", "field"),
    [
        (None, {}, "cause"),
        (Cause.FRAUD, {"integrity_years": 6}, "integrity_years"),
        (Cause.FRAUD, {"integrity_years": None}, "integrity_years"),
        (Cause.BREACH, {"integrity_years": 1}, "integrity_years"),
        (Cause.BREACH, {"at_fault": ""}, "at_fault"),
        (Cause.EXEMPT, {"at_fault": "seller"}, "at_fault"),
        (Cause.EXEMPT, {"recover_fen": 1}, "recover_fen"),
        (Cause.EXEMPT, {"reason": ""}, "reason"),
    ],
)
def test_a_request_is_refused_with_the_field_named(writing, world, cause, changes, field):
    contract = signed(world)
    with pytest.raises(Invalid) as refused:
        requested(world, contract, cause, **changes)
    assert field in refused.value.fields
    assert contract.state is ContractState.PERFORMING


def test_a_refused_termination_lets_the_contract_go_on(writing, world):
    contract = signed(world)
    row = requested(world, contract, Cause.EXEMPT)
    with pytest.raises(Invalid, match="必须写明原因"):
        ending.decide(contract, approve=False, note="", by=world.leader, now=NOON)
    ending.decide(contract, approve=False, note="再试一轮", by=world.leader, now=NOON)
    assert contract.state is ContractState.PERFORMING
    assert row.approved is False


def test_nobody_decides_on_his_own_request(writing, world):
    contract = signed(world)
    row = requested(world, contract, Cause.EXEMPT)
    row.requested_by_id = world.leader.id
    with pytest.raises(NotAllowed, match="自己"):
        ending.decide(contract, approve=True, note="", by=world.leader, now=NOON)
