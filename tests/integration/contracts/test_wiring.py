"""What stands between an award and its contract: objections, related parties, stated holidays."""

from datetime import date
from types import SimpleNamespace

import pytest

from matchmaker import jobs, web
from matchmaker.bounties import record
from matchmaker.contracts import negotiating, recomputing, registering, relating, signing
from matchmaker.contracts.closing_models import Registration
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, RegistrationState
from matchmaker.places import holidays, lists
from matchmaker.relations import operations as relations
from tests.conftest import NOON
from tests.integration.contracts import conftest as scene
from tests.integration.contracts.test_closing import submitted
from tests.integration.reviewing.conftest import user

pytestmark = pytest.mark.database


def why_not(contract, day=scene.TODAY):
    return negotiating.why_not_signable(contract, signed_on=day, today=day)


def test_an_open_objection_keeps_from_signing(writing, world, monkeypatch):
    contract = scene.agreed(world, scene.drafted(world))
    assert why_not(contract) == {}
    asked = []
    monkeypatch.setattr(
        "matchmaker.notices.operations.has_open_objection", lambda *about: asked.append(about) or 1
    )
    assert "异议正在处理" in why_not(contract)["scan"]
    assert asked == [("bounty", world.bounty.id)]


def tie(world, ratio):
    unit = db.session.merge(world.institute)
    unit.controllers = [{"name": world.firm.name, "ratio": ratio, "uscc": ""}]
    db.session.flush()


def test_a_blocking_tie_keeps_from_signing_until_the_chief_dismisses_it(writing, make, world):
    contract = scene.agreed(world, scene.drafted(world))
    tie(world, "51")
    scan = {"scan": scene.received(), "signed_on": NOON.date(), "now": NOON}
    with pytest.raises(Invalid, match="阻断级关联（控股或参股）"):
        signing.sign(contract, by=world.officer, **scan)
    (row,) = relations.of_subject("contract", contract.public_id)
    relations.judge(
        row, "dismiss", reason="股权已经转让完毕", version=str(row.version), by=user(world.chief),
        now=NOON,
    )  # fmt: skip
    signing.sign(contract, by=world.officer, **scan)
    assert contract.signed_on == NOON.date()


def test_a_tie_of_notice_level_does_not_keep_from_signing(writing, world):
    contract = scene.agreed(world, scene.drafted(world))
    tie(world, "12")
    signing.sign(contract, scan=scene.received(), signed_on=NOON.date(), by=world.officer, now=NOON)
    assert len(relations.of_subject("contract", contract.public_id)) == 1


def test_the_bureau_learns_of_a_tie_before_the_parties_come_to_sign(app, world):
    with app.app_context(), web.transaction():
        tie(world, "51")
        contract = scene.drafted(world)
        name = contract.public_id
    with app.app_context():
        jobs.drain()
        assert len(relations.of_subject("contract", name)) == 1


def test_a_contract_of_a_lead_is_not_compared(writing, world):
    tie(world, "51")
    name = scene.drafted(world).public_id
    relating.keep(SimpleNamespace(bounty_id=None), now=NOON)
    assert relations.of_subject("contract", name) == []


def state(days, *, works, by, now=NOON):
    return lists.state_holidays(
        [date.fromisoformat(day) for day in days], is_workday=works, name="调休",
        source_doc="国办发明电〔2026〕9 号", by=by, now=now,
    )  # fmt: skip


def test_the_time_to_sign_moves_later_with_stated_holidays_and_never_sooner(writing, world):
    contract = scene.drafted(world)
    before = contract.sign_by
    seen = holidays.preview({before: False}, by=world.officer, now=NOON)
    assert [one.what for one in seen] == [f"合同 {contract.contract_no} 的签约期限"]
    assert contract.sign_by == before, "the preview changes nothing"
    state([before.isoformat()], works=False, by=world.officer)
    later = contract.sign_by
    assert later > before
    state([before.isoformat()], works=True, by=world.officer)
    assert contract.sign_by == later
    db.session.flush()
    over = scene.later(90)
    assert not recomputing.recompute(
        _calendar({later: False}), reason="", by=world.officer, now=over, write=True
    )


def _calendar(days):
    from matchmaker.workdays import WorkdayCalendar

    return WorkdayCalendar(days)


def test_the_time_for_a_registration_moves_with_stated_holidays(writing, world):
    contract = scene.signed(world)
    registration = submitted(world, contract)
    before = registration.decide_by
    assert registration.state is RegistrationState.SUBMITTED
    assert registering.decision_workdays(contract, registration) == 15
    state([before.isoformat()], works=False, by=world.officer)
    assert registration.decide_by > before
    assert db.session.query(Registration).count() == 1


def test_the_public_page_tells_of_contracts_without_sums(app, world, client):
    path = f"/bounties/{world.bounty.public_id}"
    assert "签约与实施" not in client.get(path).get_data(as_text=True)
    with app.app_context(), web.transaction():
        contract = scene.signed(world)
        number = contract.contract_no
        lines = record.of(world.bounty.id)
        assert [one.kind for one in lines] == ["contracted"]
        assert lines[0].content["scans"] == [contract.scan_digest]
        assert record.faults([record.line(one) for one in lines]) == []
    page = client.get(path).get_data(as_text=True)
    assert "已签订技术合同 1 份" in page
    assert "里程碑 3 期，已完成并兑付 0 期" in page
    assert number not in page
    assert "100,000.05" not in page


def test_a_party_finds_the_contract_from_the_bounty(app, world, sign_in):
    with app.app_context(), web.transaction():
        number = scene.drafted(world).contract_no
    path = f"/bounties/{world.bounty.public_id}"
    assert number in sign_in(world.firm_admin).get(path).get_data(as_text=True)
    assert number not in sign_in(world.stranger).get(path).get_data(as_text=True)


def test_the_record_tells_of_acceptance_payment_and_end(app, world):
    from tests.integration.contracts.test_subsidies import accepted

    with app.app_context(), web.transaction():
        accepted(world)
        kinds = [one.kind for one in record.of(world.bounty.id)]
        state = db.session.get_one(type(world.bounty), world.bounty.id).state
    assert kinds == ["contracted", "accepted", "paid_out"]
    assert state is BountyState.PAID_OUT
