"""The draft, its versions, both sides' confirmation and the clock."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.codes import BountyKind, Integrity
from matchmaker.contracts import negotiating, signing, terms, upkeep
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, ContractState
from matchmaker.outbox.models import Event
from matchmaker.revisions import operations as revisions
from tests.conftest import NOON
from tests.integration.contracts.conftest import (
    PARTS,
    QUOTE,
    TODAY,
    agreed,
    build,
    drafted,
    fields,
    later,
    milestones,
    received,
    signed,
)

pytestmark = pytest.mark.database


def events(kind):
    return [e.payload for e in db.session.scalars(sa.select(Event).where(Event.kind == kind))]


def test_a_draft_merges_bounty_bid_and_award_to_the_cent(writing, world):
    contract = drafted(world)
    assert (contract.buyer_id, contract.seller_id) == (world.firm.id, world.institute.id)
    assert contract.contract_no == "HT20260001"
    assert contract.kind == "development"
    assert [stage["amount_fen"] for stage in contract.plan] == PARTS
    assert sum(PARTS) == contract.planned_fen == contract.total_fen == QUOTE
    assert contract.plan[0]["due_on"] == "2027-02-19"
    assert contract.end_on == date(2028, 5, 19)
    assert contract.indicators[0] == "打磨接触力波动：≤±5 N（第三方检测）"
    assert contract.ip_clause == "成果归双方共有"
    assert contract.handler_id == world.officer.id
    assert drafted(world).id == contract.id  # one award, one contract


def test_in_a_transfer_the_bidder_buys(writing, make):
    world = build(make, kind=BountyKind.TRANSFER)
    contract = drafted(world)
    assert (contract.buyer_id, contract.seller_id) == (world.institute.id, world.firm.id)
    assert contract.kind == "transfer"


@pytest.mark.parametrize(
    ("awarded", "last"),
    [
        (NOON, date(2026, 12, 21)),  # 12-20 is a Sunday
        (later(-1), date(2026, 12, 21)),  # 12-19 a Saturday
        (later(-2), date(2026, 12, 18)),
    ],
)
def test_thirty_natural_days_roll_over(writing, world, awarded, last):
    assert drafted(world, now=awarded).sign_by == last


def test_every_saved_text_is_a_version_and_voids_what_was_confirmed(writing, world):
    contract = agreed(world, drafted(world))
    assert contract.both_confirmed
    changed = fields(contract, secrecy_clause="保密期三年，双方不得披露。")
    negotiating.save(
        contract, changed, version=contract.version, by=world.institute_admin, now=NOON
    )
    assert contract.text_no == 2
    assert contract.buyer_confirmed_no is None
    assert not contract.both_confirmed
    kept = revisions.of("contract", contract.id)
    assert [one.number for one in kept] == [2, 1]
    found = revisions.compare(kept[1].content, kept[0].content)
    assert [one.field for one in found] == ["secrecy_clause"]


def test_one_confirms_what_one_has_read(writing, world):
    contract = agreed(world, drafted(world))
    negotiating.save(contract, fields(contract), version=None, by=world.firm_admin, now=NOON)
    with pytest.raises(Stale, match="新版本"):
        negotiating.confirm(contract, number=1, by=world.firm_admin, now=NOON)
    with pytest.raises(NotAllowed):
        negotiating.confirm(contract, number=2, by=world.officer, now=NOON)


def test_a_text_opened_before_another_was_saved_is_stale(writing, world):
    contract = drafted(world)
    opened = contract.version
    negotiating.save(contract, fields(contract), version=opened, by=world.firm_admin, now=NOON)
    with pytest.raises(Stale):
        negotiating.save(
            contract, fields(contract), version=opened, by=world.institute_admin, now=NOON
        )


def test_what_differs_from_the_award_needs_a_reason(writing, world):
    contract = drafted(world)
    assert [one.key for one in terms.differences(contract)] == ["bounty_amount"]
    assert terms.unexplained(contract) == {}  # the bid was lower than the prize: said already
    negotiating.save(
        contract,
        fields(contract, total_fen=QUOTE + 1, indicators=["另一条指标"], end_on=date(2028, 6, 1)),
        version=None, by=world.firm_admin, now=NOON,
    )  # fmt: skip
    assert set(terms.unexplained(contract)) == {"reason_amount", "reason_term", "reason_indicators"}
    with pytest.raises(Invalid, match="请写明理由"):
        negotiating.confirm(contract, number=1, by=world.firm_admin, now=NOON)
    reasons = dict.fromkeys(terms.DIFFERENCES, "双方洽谈后调整")
    negotiating.save(
        contract, fields(contract, difference_reasons=reasons), version=None, by=world.firm_admin,
        now=NOON,
    )  # fmt: skip
    negotiating.confirm(contract, number=2, by=world.firm_admin, now=NOON)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "other"}, "kind"),
        ({"subtype": "patent"}, "subtype"),
        ({"payment_mode": "lump_sum"}, "payment_mode"),
        ({"total_fen": 0}, "total_fen"),
        ({"end_on": TODAY - timedelta(days=1)}, "end_on"),
        ({"ip_clause": " "}, "ip_clause"),
        ({"indicators": []}, "indicators"),
        ({"plan": []}, "plan"),
        ({"content_clause": "机密★十年"}, "content_clause"),
    ],
)
def test_a_text_is_refused_with_the_field_named(writing, world, changes, field):
    contract = drafted(world)
    with pytest.raises(Invalid) as refused:
        negotiating.save(
            contract, fields(contract, **changes), version=None, by=world.firm_admin, now=NOON
        )
    assert field in refused.value.fields
    assert contract.text_no == 0


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        (("33.33", "33.33", "33.33"), "99.99%"),
        (("33.33333", "33.33", "33.34"), "四位小数"),
        (("0", "50", "50"), "大于 0"),
        (("x", "50", "50"), "不是数字"),
    ],
)
def test_shares_that_do_not_make_the_whole(writing, world, shares, says):
    contract = drafted(world)
    plan = [{**s, "share": share} for s, share in zip(contract.plan, shares, strict=True)]
    with pytest.raises(Invalid, match=says):
        negotiating.save(
            contract, fields(contract, plan=plan), version=None, by=world.firm_admin, now=NOON
        )


def test_signing_makes_milestones_and_moves_bid_and_bounty(writing, world):
    contract = signed(world)
    assert contract.state is ContractState.PERFORMING  # its first day is today
    assert [row.amount_fen for row in milestones(contract)] == PARTS
    assert contract.parties["buyer"]["name"] == world.firm.name
    assert contract.scan_digest == "ab" * 32
    assert db.session.get(type(world.bid), world.bid.id).state is BidState.CONTRACTED
    assert contract.bounty.state is BountyState.IN_PROGRESS
    assert events("contract.signed") == [{"contract": contract.id}]
    steps = [e.action for e in trail.history("bounty", contract.bounty.public_id)]
    assert steps == ["contract", "start_work"]


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        ("unconfirmed", "scan"), ("no_scan", "scan"), ("tomorrow", "signed_on"),
        ("late", "signed_on"), ("suspended", "scan"), ("blacklisted", "scan"),
        ("other_bidder", "scan"), ("held", "scan"),
    ],
)  # fmt: skip
def test_signing_is_refused(writing, world, make, spoil, field):
    contract = agreed(world, drafted(world))
    scan, day, now = received(), TODAY, NOON
    if spoil == "unconfirmed":
        contract.seller_confirmed_no = None
    elif spoil == "no_scan":
        scan = None
    elif spoil == "tomorrow":
        day = TODAY + timedelta(days=1)
    elif spoil == "late":
        now, day = later(40), later(40).date()
    elif spoil == "suspended":
        db.session.execute(sa.update(type(contract.bounty)).values(state=BountyState.SUSPENDED))
        db.session.refresh(contract.bounty)
    elif spoil == "blacklisted":
        contract.seller.integrity = Integrity.BLACKLIST
    elif spoil == "other_bidder":
        contract.seller_id = make.organisation().id
        db.session.flush()
        db.session.expire(contract, ["seller"])
    else:
        contract.signing_held = True
    with pytest.raises(Invalid) as refused:
        signing.sign(contract, scan=scan, signed_on=day, by=world.officer, now=now)
    assert field in refused.value.fields
    assert contract.state is ContractState.NEGOTIATING
    assert milestones(contract) == []


def test_an_agreed_price_is_published_fifteen_days_before_signing(writing, world):
    contract = drafted(world)
    agreed(
        world, contract, kind="license", subtype="patent", agreed_price=True,
        difference_reasons={"bounty_amount": "按报价签订"},
    )  # fmt: skip
    with pytest.raises(Invalid, match="须先公示"):
        signing.sign(contract, scan=received(), signed_on=TODAY, by=world.officer, now=NOON)
    told = {"url": "https://www.lgd.edu.cn/1", "by": world.institute_admin, "now": NOON}
    with pytest.raises(Invalid, match="2026-12-05"):
        negotiating.publish_price(contract, begins=TODAY, ends=date(2026, 12, 4), **told)
    negotiating.publish_price(contract, begins=TODAY, ends=date(2026, 12, 5), **told)
    for day, fine in ((date(2026, 12, 5), False), (date(2026, 12, 7), True)):
        now = NOON + (day - TODAY)
        problems = negotiating.why_not_signable(contract, signed_on=day, today=now.date())
        assert (problems == {}) == fine, problems
    negotiating.reopen(contract, reason="价格调整", by=world.institute_admin, now=NOON)
    assert contract.price_notice_to is None
    assert not contract.both_confirmed


def test_the_time_to_sign_is_extended_once(writing, world):
    contract = drafted(world)
    assert contract.sign_by == date(2026, 12, 21)
    negotiating.extend(contract, reason="等待学校审批", by=world.officer, now=NOON)
    assert contract.sign_by == date(2027, 1, 5)
    with pytest.raises(WrongState, match="只能延长一次"):
        negotiating.extend(contract, reason="再等", by=world.officer, now=NOON)


def test_after_the_time_to_sign_nothing_is_extended(writing, world):
    contract = drafted(world)
    with pytest.raises(WrongState, match="已过"):
        negotiating.extend(contract, reason="忘了", by=world.officer, now=later(40))


def test_overdue_contracts_lapse_once_and_the_award_falls_back(writing, world):
    contract = drafted(world, award_id=77)
    upkeep.lapse(later(31))  # 12-21, the last day itself
    assert contract.state is ContractState.DRAFT
    assert negotiating.is_overdue(contract, today=later(32).date())  # before any job has run
    upkeep.lapse(later(32))
    upkeep.lapse(later(33))
    assert contract.state is ContractState.LAPSED
    found = events("contract.overdue")
    assert [(one["award"], one["bounty"]) for one in found] == [(77, world.bounty.id)]


def test_a_guessed_last_day_waits_for_the_officer(writing, world):
    contract = drafted(world)
    contract.sign_by_guessed = True
    upkeep.lapse(later(60))
    assert contract.state is ContractState.DRAFT
    negotiating.lapse(contract, by=world.officer, now=later(60))
    assert contract.state is ContractState.LAPSED


def test_a_party_may_give_up_and_must_say_why(writing, world):
    contract = drafted(world)
    with pytest.raises(Invalid, match="必须写明原因"):
        negotiating.give_up(contract, reason=" ", by=world.firm_admin, now=NOON)
    with pytest.raises(NotAllowed):
        negotiating.give_up(contract, reason="不做了", by=world.stranger, now=NOON)
    negotiating.give_up(contract, reason="资金未落实", by=world.firm_admin, now=NOON)
    assert events("contract.overdue")[0]["side"] == "buyer"


def test_the_database_refuses_a_plan_that_is_one_cent_off(writing, world):
    contract = signed(world)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(
            sa.update(Contract).values(planned_fen=contract.total_fen - 1, version=99)
        )


def test_events_reach_people(writing, world):
    drafted(world)
    assert events("contract.drafted")
    assert outbox.waiting()[0] >= 1
