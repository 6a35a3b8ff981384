"""What follows from others' work: awards made, notices over, and what contracts tell others."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from matchmaker import jobs, outbox, web
from matchmaker.accounts.models import User
from matchmaker.brokering.lead_models import Lead
from matchmaker.codes import LeadSource
from matchmaker.contracts import (
    archiving,
    drafting,
    events,
    registering,
    signing,
    subsidies,
    upkeep,
)
from matchmaker.contracts.models import Contract
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.lifecycles import (
    AwardState,
    BidState,
    BountyState,
    ContractState,
    LeadState,
    SubsidyState,
)
from matchmaker.messages.models import Message
from matchmaker.notices.models import Notice
from matchmaker.reporting import deals, periods
from matchmaker.reviewing.award_models import Award
from tests.conftest import NOON
from tests.integration.contracts import conftest as scene
from tests.integration.contracts.test_closing import certificate, submitted
from tests.integration.contracts.test_subsidies import accepted, proposed

pytestmark = pytest.mark.database


@pytest.fixture
def awarded(app, world, make, monkeypatch):
    """An award made, its event written, and a clock that the test moves."""
    at = SimpleNamespace(now=NOON)
    monkeypatch.setattr("matchmaker.clock.now", lambda: at.now)
    award = make.add(
        Award(
            bounty_id=world.bounty.id, bid_id=world.bid.id, state=AwardState.MADE,
            live_key=f"{world.bounty.id}:1", live_bid=world.bid.id, proposed_at=NOON, made_at=NOON,
        )
    )  # fmt: skip
    with app.app_context(), web.transaction():
        for _ in range(2):  # told twice, drafted once
            payload = {"award": award.id, "bounty": world.bounty.id}
            outbox.add("award.made", payload, now=NOON)
    with app.app_context():
        jobs.drain()
    return SimpleNamespace(**vars(world), award=award, at=at)


def test_an_award_drafts_one_contract_and_tells_both_sides(app, awarded):
    with app.app_context():
        contract = db.session.scalars(sa.select(Contract)).one()
        assert contract.award_id == awarded.award.id
        assert contract.total_fen == scene.QUOTE
        told = {one.user_id for one in db.session.scalars(sa.select(Message))}
        people = (awarded.firm_admin, awarded.institute_admin, awarded.inventor, awarded.officer)
        assert {one.id for one in people} <= told
        assert awarded.stranger.id not in told


def test_a_contract_not_signed_in_time_forfeits_the_award(app, awarded):
    awarded.at.now = scene.later(32)
    with app.app_context():
        with web.transaction():
            upkeep.lapse(awarded.at.now)
        jobs.drain()
        assert db.session.get(Award, awarded.award.id).state is AwardState.FORFEITED
        assert db.session.get(type(awarded.bid), awarded.bid.id).state is BidState.FORFEITED
        bounty = db.session.get(type(awarded.bounty), awarded.bounty.id)
        assert bounty.state is BountyState.FAILED  # nobody stands by


def test_an_objection_holds_the_signing_until_it_is_dismissed(app, awarded):
    about = {"subject_noun": "bounty", "subject_id": awarded.bounty.id, "kind": "award"}
    with app.app_context(), web.transaction():
        events.notice_suspended(about)
        contract = db.session.scalars(sa.select(Contract)).one()
        assert contract.signing_held
        upkeep.lapse(scene.later(90))
        assert contract.state is ContractState.DRAFT  # the clock stands still for both sides
        last = contract.sign_by
        awarded.at.now = scene.later(9)
        events.notice_ended(about)
        assert not contract.signing_held
        assert contract.sign_by == last + timedelta(days=9)  # the days it was held come back
        events.notice_ended(about)
        assert contract.sign_by == last + timedelta(days=9)


def test_the_contract_of_a_revoked_award_lapses(app, awarded):
    with app.app_context(), web.transaction():
        events.award_dropped({"award": awarded.award.id + 1})
        contract = db.session.scalars(sa.select(Contract)).one()
        assert contract.state is ContractState.DRAFT
        events.award_dropped({"award": awarded.award.id})
        assert contract.state is ContractState.LAPSED
        events.award_dropped({"award": awarded.award.id})


@pytest.mark.parametrize("event", ["ended", "revoked", "cancelled"])
def test_a_subsidy_follows_its_notice(writing, make, event):
    world = scene.build(make, support_ratio=Decimal("0.2"))
    batch = proposed(world, accepted(world))
    subsidies.decide(batch, approve=True, reason="", by=world.leader, now=NOON)
    notice = subsidies.publish(batch, by=world.officer, now=NOON)
    assert db.session.scalars(sa.select(Notice.subject_noun)).one() == "subsidy_batch"
    assert notice.subjects[0]["拟补助金额"] == "2.00 万元"
    getattr(events, f"notice_{event}")({"subject_noun": "subsidy_batch", "subject_id": batch.id})
    cleared = event == "ended"
    assert batch.state is (SubsidyState.CLEARED if cleared else SubsidyState.REVOKED)
    assert subsidies.budget_of(2026).committed_fen == (batch.total_fen if cleared else 0)
    assert db.session.scalars(sa.select(SubsidyBatch)).one() is batch


def test_the_archive_opens_and_checks_itself_without_the_platform(app, writing, world, tmp_path):
    contract = scene.signed(world)
    name, _ = store.keep(io.BytesIO(scene.PDF), suffix=".pdf", most=10**6)
    for one in contract.files:
        one.stored_as, one.digest = name, name.removesuffix(".pdf")
    scene.performed(world, contract)
    db.session.refresh(contract)
    for one in contract.files:
        one.stored_as, one.digest = name, name.removesuffix(".pdf")
    db.session.flush()
    packed = archiving.pack(contract)
    with zipfile.ZipFile(store.path_of(packed.stored_as)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
        ledger = next(one for one in names if one.endswith("付款台账.txt"))
        assert "已付合计\t100,000.05 元" in archive.read(ledger).decode()
    assert {"index.html", "manifest.json", "verify.py"} <= set(names)
    checked = subprocess.run(
        [sys.executable, "verify.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    archiving.close(contract, packed, by=world.officer, now=NOON)
    assert contract.state is ContractState.ARCHIVED


@pytest.fixture
def lead(writing, world, make):
    """A lead under negotiation between the world's firm and institute."""
    need = make.need(
        organisation=world.firm, created_by_id=world.firm_admin.id, duration_months=12,
        ip_arrangement="成果归双方共有",
    )  # fmt: skip
    achievement = make.achievement(organisation=world.institute, created_by_id=world.inventor.id)
    return make.add(
        Lead(
            lead_no="DJ202600009", need_id=need.id, achievement_id=achievement.id,
            state=LeadState.NEGOTIATING, source=LeadSource.MATCH, buyer_consent_at=NOON,
            seller_consent_at=NOON, officer_id=world.officer.id, last_step_at=NOON,
            created_at=NOON,
        )
    )  # fmt: skip


def test_a_lead_that_is_ripe_becomes_a_contract_of_its_parties(world, lead):
    owner, stranger = (db.session.get_one(User, one.id) for one in (
        world.firm_admin, world.stranger
    ))  # fmt: skip
    assert drafting.leads_without_contract(stranger) == []
    with pytest.raises(NotFound):
        drafting.from_lead(lead.public_id, total_fen=100, kind="service", by=stranger,
                           now=NOON)  # fmt: skip
    contract = drafting.from_lead(
        lead.public_id, total_fen=5_000_000, kind="service", by=owner, now=NOON
    )
    assert (contract.buyer_id, contract.seller_id) == (world.firm.id, world.institute.id)
    assert contract.sign_by is None  # no award, no clock
    assert drafting.leads_without_contract(owner) == []
    scene.agreed(world, contract)
    signing.sign(contract, scan=scene.received(), signed_on=scene.TODAY, by=world.officer, now=NOON)
    assert lead.state is LeadState.SIGNED
    scene.performed(world, contract)
    assert contract.state is ContractState.COMPLETED


def test_figures_count_what_is_registered_by_its_day(writing, world):
    contract = scene.signed(world)
    year = periods.current("year", scene.TODAY)

    def figure(label):
        return next((one.count, one.fen) for one in deals.lines(year) if one.label == label)

    assert figure("签订技术合同") == (1, scene.QUOTE)
    assert figure("登记成交额") == (0, 0)
    row = submitted(world, contract)
    registering.register(contract, row, by=world.officer, **certificate(tech_fen=9_000_000))
    assert figure("登记成交额") == (1, scene.QUOTE)
    assert figure("其中技术交易额") == (1, 9_000_000)
    assert figure("吸纳（买方在本区）") == (1, scene.QUOTE)
    assert figure("输出（卖方在本区）") == (0, 0)
    scene.performed(world, contract)
    assert figure("兑付（已核对付款）") == (3, scene.QUOTE)
    before = year.year_before()
    assert all(one.fen == 0 for one in deals.lines(before))
