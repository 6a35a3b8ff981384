"""Ending a lead: its reason and its state reach the database together."""

import pytest

from matchmaker import web
from matchmaker.accounts.models import User
from matchmaker.brokering import leads, pairings
from matchmaker.brokering.models import Pairing
from matchmaker.codes import DeadReason
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState
from tests.conftest import NOON

pytestmark = pytest.mark.database


def test_reading_the_actors_roles_writes_no_reason_without_its_state(app, world):
    with app.app_context(), web.transaction():
        officer = db.session.get_one(User, world.officer.id)
        pair = db.session.scalars(db.select(Pairing)).one()
        lead = pairings.accept(pair, by=officer, now=NOON)
        db.session.flush()
        db.session.expire(officer)  # its roles are read again inside the move
        leads.end(lead, "stop", dead_reason=DeadReason.PRICE, by=officer, now=NOON)
        assert (lead.state, lead.dead_reason) == (LeadState.DEAD, DeadReason.PRICE)
