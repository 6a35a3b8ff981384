"""An amount the form accepts fits its column: 分 outgrow 32 bits at 2147 万元."""

import pytest

from matchmaker.accounts.models import Organisation
from matchmaker.extensions import db
from matchmaker.money import MAX_FEN
from matchmaker.needs.models import Need

pytestmark = pytest.mark.database


def test_the_largest_amount_is_stored_and_shown(app, make, client):
    need = make.need(budget_total_fen=MAX_FEN, pay_to_bidder_fen=MAX_FEN)
    firm = make.organisation(revenue_fen=MAX_FEN, rd_expense_fen=MAX_FEN)
    make.achievement(asking_price_fen=MAX_FEN)
    make.broker(deal_amount_fen=MAX_FEN)
    with app.app_context():
        assert db.session.get_one(Need, need.id).budget_total_fen == MAX_FEN
        assert db.session.get_one(Organisation, firm.id).revenue_fen == MAX_FEN
    assert client.get(f"/needs/{need.public_id}").status_code == 200
