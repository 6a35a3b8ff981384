"""Two at once: one effect, one entry on the trail, the other told so."""

import pytest
import sqlalchemy as sa

from matchmaker import web
from matchmaker.contracts import performing, subsidies
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone, Payment
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.extensions import db
from matchmaker.lifecycles import MilestoneState, PaymentState
from tests import browser
from tests.conftest import NOON
from tests.integration.contracts import conftest as scene
from tests.security.test_races import count, entries, prepared, statuses, together

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)


def upload(client, url, data, *, page, name):
    """Open the form now, send it with a file later."""
    fields = {**browser.hidden(client.get(page), url), **data}
    return lambda: client.post(
        url, data=fields | {name: scene.upload()}, content_type="multipart/form-data"
    )


def test_two_windows_sign_one_contract(app, world, sign_in):
    with app.app_context(), web.transaction():
        home = f"/contracts/{scene.agreed(world, scene.drafted(world)).public_id}"
    data = {"signed_on": "2026-11-20"}
    deeds = [
        upload(sign_in(world.officer), f"{home}/sign", data, page=f"{home}/signing", name="scan")
        for _ in range(2)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "sign", "contract") == 1
    assert count(app, Milestone) == 3


def payable(app, world):
    with app.app_context(), web.transaction():
        contract = scene.signed(world)
        row = scene.milestones(contract)[0]
        scene.delivered(world, contract, row)
        return f"/contracts/{contract.public_id}", row.public_id


def test_two_vouchers_at_once_never_exceed_what_is_due(app, world, sign_in):
    home, name = payable(app, world)
    url = f"{home}/milestones/{name}"
    data = {"amount_fen": "3.333002", "paid_on": "2026-11-20", "voucher_no": "1"}
    deeds = [
        upload(sign_in(world.firm_admin), f"{url}/payments", data, page=url, name="voucher")
        for _ in range(2)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert count(app, Payment) == 1


def test_two_windows_verify_one_payment(app, world, sign_in):
    home, name = payable(app, world)
    with app.app_context(), web.transaction():
        contract = db.session.scalars(sa.select(Contract)).one()
        row = scene.milestones(contract)[0]
        payment = performing.record_payment(
            contract, row, amount_fen=row.due_fen, paid_on=NOON.date(), voucher_no="1",
            voucher=scene.received(), by=world.firm_admin, now=NOON,
        )  # fmt: skip
        url = f"{home}/payments/{payment.public_id}/verify"
    page = f"{home}/milestones/{name}"
    deeds = [prepared(sign_in(world.officer), url, page=page) for _ in range(2)]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert count(app, Payment, Payment.state == PaymentState.VERIFIED) == 1
    assert count(app, Milestone, Milestone.state == MilestoneState.PAID) == 1
    with app.app_context():
        paid = db.session.scalars(sa.select(Contract.paid_fen)).one()
    assert paid == scene.PARTS[0]


def test_two_officers_propose_one_contracts_subsidy(app, world, sign_in):
    with app.app_context(), web.transaction():
        contract = scene.signed(world)
        contract.bounty.support_type, contract.handler_id = "grant", None
        scene.performed(world, contract)
        subsidies.set_budget(2026, 10**9, source_doc="", by=world.leader, now=NOON)
        data = {"name": "第一批", "year": "2026", "contracts": contract.public_id}
    url = "/subsidies/new"
    deeds = [prepared(sign_in(one), url, data) for one in (world.officer, world.colleague)]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert count(app, SubsidyBatch) == 1
    assert entries(app, "create", "subsidy_batch") == 1
