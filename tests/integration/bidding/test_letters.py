"""受理回执 and 开标记录 as Word files: what they say, and whom they tell nothing."""

import pytest
from sqlalchemy import func, select

from matchmaker.audit.models import Entry
from matchmaker.bidding.key_models import Opening
from matchmaker.bidding.models import Bid
from matchmaker.extensions import db
from matchmaker.places import operations as places
from tests.integration.bidding import conftest as steps
from tests.unit.documents.reading import text

pytestmark = pytest.mark.database


@pytest.fixture
def name(app, stage):
    return steps.quick(app, stage, stage.bounty, pi_name="林海", team=[])


def entries(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry))


def test_the_receipt_on_paper_is_the_bidders_own_and_leaves_no_trace(app, stage, sign_in, name):
    before = entries(app)
    answer = sign_in(stage.researcher).get(f"/bids/{name}/receipt.docx")
    assert answer.status_code == 200
    said = text(answer.data)
    with app.app_context():
        bid = db.session.scalars(select(Bid)).one()
        for value in (bid.bid_no, bid.commitment, bid.signature, bid.bounty.bounty_no):
            assert value in said
        assert bid.lead_organisation is None or bid.lead_organisation.name not in said
    assert "林海" not in said
    assert entries(app) == before
    for other in (stage.officer, stage.leader, stage.auditor):
        assert sign_in(other).get(f"/bids/{name}/receipt.docx").status_code == 404


def test_a_draft_has_no_receipt(app, stage, sign_in):
    draft = steps.drafted(app, stage.researcher, stage.bounty)
    assert sign_in(stage.researcher).get(f"/bids/{draft}/receipt.docx").status_code == 404


def test_the_record_of_the_opening_names_holders_and_units_but_no_price(
    app, stage, sign_in, frozen, name
):
    path = f"/bounties/{stage.bounty.public_id}/opening/record.docx"
    officer = sign_in(stage.officer)
    assert officer.get(path).status_code == 404
    steps.close(app, frozen, stage.bounty)
    for holder in (stage.officer, stage.auditor):
        assert steps.open_with(sign_in(holder), stage.bounty, holder).status_code == 302
    officer = sign_in(stage.officer)
    answer = officer.get(path)
    assert answer.status_code == 200
    said = text(answer.data)
    with app.app_context():
        opening = db.session.scalars(select(Opening)).one()
        assert opening.digest in said
        exported = db.session.scalars(select(Entry).where(Entry.action == "export")).one()
    assert exported.details["document"] == "opening_record"
    for value in (stage.officer.name, stage.auditor.name, stage.unit.name, "相符"):
        assert value in said
    assert "1,800,000" not in said
    assert sign_in(stage.researcher).get(path).status_code == 404


def test_without_bids_the_record_says_so(app, stage, sign_in, frozen):
    with app.app_context():
        assert places.settings()["phone"] == ""  # the record asks for none
    steps.close(app, frozen, stage.bounty)
    for holder in (stage.leader, stage.auditor):
        assert steps.open_with(sign_in(holder), stage.bounty, holder).status_code == 302
    answer = sign_in(stage.leader).get(f"/bounties/{stage.bounty.public_id}/opening/record.docx")
    assert "截止时没有收到揭榜申请" in text(answer.data)
