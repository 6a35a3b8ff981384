"""An awarded bounty, its winner, and everybody who has a part in the contract."""

import io
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from matchmaker.accounts.models import OrganisationKind
from matchmaker.bidding.models import Bid
from matchmaker.contracts import drafting, negotiating, performing, signing
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import BidState, BountyState, Role
from tests.conftest import NOON

QUOTE = 10_000_005  # 100000.05 元
SHARES = ("33.33", "33.33", "33.34")
PARTS = [3_333_002, 3_333_002, 3_334_001]
TODAY = date(2026, 11, 20)
PDF = b"%PDF-1.7\n" + b"x" * 58 + b"\n%%EOF"


def received(name="扫描件.pdf", digest="ab" * 32):
    return Received(name, f"{digest}.pdf", 73)


def upload(name="扫描件.pdf", content=PDF):
    return (io.BytesIO(content), name)


def later(days):
    return NOON + timedelta(days=days)


def content(**more):
    """What an opened bid holds of interest to a contract."""
    return {
        "pi_name": "李教授",
        "pi_phone": "13900000002",
        "milestones": [
            {"name": name, "due_months": months, "deliverables": ["报告"], "share": share}
            for name, months, share in zip(
                ("方案设计", "样机试制", "现场验收"), (3, 9, 18), SHARES, strict=True
            )
        ],
        **more,
    }


@pytest.fixture
def world(make):
    """People of both sides and of the bureau; one bounty with one winner."""
    return build(make)


def build(make, *, codes=("91370100MA3C0XJ9X1", "12370000495750303U"), **bounty):
    town = make.town()
    firm = make.organisation(
        name="滨海阀门铸造有限公司", town_id=town.id, uscc=codes[0],
        address="海澜区滨海路 1 号", legal_rep="王总",
    )  # fmt: skip
    institute = make.organisation(
        OrganisationKind.INSTITUTION, name="澜州工业大学", uscc=codes[1],
        address="澜州市大学路 2 号", legal_rep="张校长",
    )  # fmt: skip
    people = {
        "firm_admin": make.user(Role.ENTERPRISE_ADMIN, organisation=firm, name="王工"),
        "firm_user": make.user(Role.ENTERPRISE_USER, organisation=firm),
        "inventor": make.user(Role.RESEARCHER, organisation=institute, name="李教授"),
        "institute_admin": make.user(Role.INSTITUTION_ADMIN, organisation=institute),
        "officer": make.user(Role.OFFICER, name="赵经办"),
        "colleague": make.user(Role.OFFICER, name="钱经办"),
        "chief": make.user(Role.SECTION_CHIEF),
        "leader": make.user(Role.LEADER),
        "auditor": make.user(Role.AUDITOR),
        "stranger": make.user(Role.ENTERPRISE_ADMIN),
        "outsider": make.user(Role.RESEARCHER),
    }
    values = {
        "organisation": firm, "state": BountyState.AWARDED, "amount_fen": 20_000_000,
        "handler_id": people["officer"].id, "ip_arrangement": "成果归双方共有", **bounty,
    }  # fmt: skip
    row = make.bounty(**values)
    bid = make.add(
        Bid(
            bounty_id=row.id, state=BidState.WON, lead_organisation_id=institute.id,
            created_by_id=people["inventor"].id, quote_fen=QUOTE, content=content(),
            created_at=NOON,
        )
    )  # fmt: skip
    return SimpleNamespace(town=town, firm=firm, institute=institute, bounty=row, bid=bid, **people)


def drafted(world, *, bid=None, amount_fen=QUOTE, award_id=1, now=NOON):
    """Draft the contract in this session."""
    bounty = db.session.get_one(type(world.bounty), world.bounty.id)
    row = db.session.get_one(Bid, (bid or world.bid).id)
    return drafting.from_award(
        bounty, row, amount_fen=amount_fen, award_id=award_id, by=world.officer, now=now
    )


def fields(contract, **changes):
    """What the edit page sends of the text as it is."""
    names = (
        "title", "kind", "subtype", "payment_mode", "total_fen", "start_on", "end_on",
        "indicators", "plan", "content_clause", "ip_clause", "benefit_clause", "secrecy_clause",
        "acceptance_clause", "risk_clause", "breach_clause", "agreed_price", "difference_reasons",
    )  # fmt: skip
    return {name: getattr(contract, name) for name in names} | changes


def agreed(world, contract, *, now=NOON, **changes):
    """Save the text as the firm does and let both sides confirm it."""
    negotiating.save(
        contract, fields(contract, **changes), version=None, by=world.firm_admin, now=now
    )
    for who in (world.firm_admin, world.institute_admin):
        negotiating.confirm(contract, number=contract.text_no, by=who, now=now)
    return contract


def signed(world, *, now=NOON, **changes):
    """Draft, agree on and sign the contract in this session."""
    contract = agreed(world, drafted(world, now=now), now=now, **changes)
    signing.sign(contract, scan=received(), signed_on=now.date(), by=world.officer, now=now)
    return contract


def milestones(contract):
    from matchmaker.contracts import bounty_steps

    return bounty_steps.live_milestones(contract)


NOTE = "本期内容已全部完成，详见附件报告。"


def delivered(world, contract, row, *, now=NOON):
    """Deliver, pass and file one milestone."""
    performing.submit(contract, row, note=NOTE, files=[received()], by=world.inventor, now=now)
    performing.check(contract, row, "pass", note="同意", sheet=None, by=world.firm_admin, now=now)
    performing.file(contract, row, by=world.officer, now=now)


def paid(world, contract, row, *, amount_fen=None, now=NOON):
    """Pay one milestone, in full unless told."""
    payment = performing.record_payment(
        contract, row, amount_fen=amount_fen or row.due_fen, paid_on=now.date(),
        voucher_no="PZ-1", voucher=received("回单.pdf"), by=world.firm_admin, now=now,
    )  # fmt: skip
    performing.verify_payment(contract, payment, by=world.officer, now=now)
    return payment


def performed(world, contract, *, now=NOON):
    """Deliver and pay everything that is open."""
    for row in milestones(contract):
        if str(row.state) == "planned":
            delivered(world, contract, row, now=now)
            paid(world, contract, row, now=now)


def drafted_other(world):
    """Draft another award's contract in this session."""
    return drafted(world, award_id=2)
