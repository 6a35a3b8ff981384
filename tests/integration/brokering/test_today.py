"""今日工作: overdue leads come first, and only to whom they belong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import web
from matchmaker.accounts.models import User
from matchmaker.brokering import desk, pairings
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing
from matchmaker.extensions import db
from tests.browser import links, text
from tests.conftest import NOON

pytestmark = pytest.mark.database


def opened(app, world, **values):
    with app.app_context(), web.transaction():
        officer = db.session.get_one(User, world.officer.id)
        lead = pairings.accept(db.session.scalars(select(Pairing)).one(), by=officer, now=NOON)
        for name, value in values.items():
            setattr(lead, name, value)
        db.session.flush()
        return lead.public_id


def labels(app, user):
    with app.app_context():
        return [group.label for group in desk.groups(db.session.merge(user), now=NOON)]


def test_new_pairs_wait_on_the_officers_desk_alone(app, world, sign_in):
    assert labels(app, world.officer) == ["待办的配对"]
    assert labels(app, world.leader) == labels(app, world.assistant) == []
    answer = sign_in(world.officer).get("/desk")
    assert "待办的配对" in text(answer)
    assert "/pairings" in links(answer)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"next_on": NOON.date() - timedelta(days=1)}, ["逾期的对接"]),
        ({"next_on": NOON.date()}, ["今日到期的对接"]),
        ({"next_on": NOON.date() + timedelta(days=1)}, []),
        ({"next_on": None, "last_step_at": NOON - timedelta(days=15)}, ["逾期的对接"]),
        ({"next_on": None, "last_step_at": NOON - timedelta(days=14)}, []),
        ({"officer_id": None}, ["待分派的对接"]),
    ],
)
def test_leads_are_grouped_by_what_they_wait_for(app, world, values, found):
    opened(app, world, **values)
    assert labels(app, world.officer) == found
    others = ["待分派的对接"] if "officer_id" in values else []
    assert labels(app, world.colleague) == others


def test_overdue_leads_stand_first_and_red(app, world, make, sign_in):
    public_id = opened(app, world, next_on=NOON.date() - timedelta(days=2))
    answer = sign_in(world.officer).get("/desk")
    assert "逾期 1" in text(answer)
    assert f"/leads/{public_id}" in links(answer)
    listed = next(link for link in links(answer) if link.startswith("/leads?"))
    assert world.need.title in text(sign_in(world.officer).get(listed))
    with app.app_context():
        assert db.session.scalars(select(Lead)).one().next_action == "征求双方意见"
