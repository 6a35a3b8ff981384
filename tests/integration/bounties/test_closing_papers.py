"""流榜公告 and 撤榜公告: offered when the bounty ended that way, told as the record tells it."""

import pytest
from sqlalchemy import select

from matchmaker import web
from matchmaker.bounties import ending
from matchmaker.bounties.ending import FailureKind, Settlement
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState
from matchmaker.places import operations as places
from tests.conftest import NOON
from tests.integration.bounties.conftest import need_values, published
from tests.unit.documents.reading import text

pytestmark = pytest.mark.database


@pytest.fixture
def out(app, make, people):
    """A published bounty of a bureau that has stated phone and address."""
    with app.app_context(), web.transaction():
        places.set_setting("phone", "0631-5220001")
        places.set_setting("address", "海澜区政务大厦")
        return published(people, make.need(**need_values(people.firm))).public_id


def ended(app, public_id, state, deed):
    with app.app_context(), web.transaction():
        bounty = db.session.scalars(select(Bounty).where(Bounty.public_id == public_id)).one()
        db.session.execute(
            Bounty.__table__.update().where(Bounty.id == bounty.id).values(state=state)
        )
        db.session.refresh(bounty)
        deed(bounty)


def test_an_open_bounty_has_no_closing_notice(people, sign_in, out):
    reader = sign_in(people.admin)
    for name in ("bounty_failed", "bounty_withdrawn"):
        assert reader.get(f"/bounties/{out}/papers/{name}").status_code == 404


def test_a_failed_one_has_its_reason_and_then_what_follows(app, people, sign_in, out):
    by = people.officer
    ended(
        app,
        out,
        BountyState.CLOSED,
        lambda bounty: ending.fail(bounty, FailureKind.OTHER, "团队不足", by=by, now=NOON),
    )
    reader = sign_in(people.admin)
    path = f"/bounties/{out}/papers/bounty_failed"
    said = text(reader.get(path).data)
    assert "其他：团队不足" in said
    assert "后续处理方式另行公布" in said
    assert "2026年11月20日研究" in said
    assert reader.get(f"/bounties/{out}/papers/bounty_withdrawn").status_code == 404
    with app.app_context(), web.transaction():
        bounty = db.session.scalars(select(Bounty).where(Bounty.public_id == out)).one()
        ending.settle(bounty, Settlement.MATCHING, "逐家对接", by=people.officer, now=NOON)
    assert "转个性化对接。逐家对接" in text(reader.get(path).data)
    page = reader.get(f"/bounties/{out}").get_data(as_text=True)
    assert "下载流榜公告" in page


def test_a_withdrawn_one_has_its_reason(app, people, sign_in, out):
    by = people.leader
    ended(
        app,
        out,
        BountyState.PUBLISHED,
        lambda bounty: ending.withdraw(bounty, "企业转产", by=by, now=NOON),
    )
    reader = sign_in(people.admin)
    said = text(reader.get(f"/bounties/{out}/papers/bounty_withdrawn").data)
    assert "企业转产" in said
    assert "予以撤榜" in said
    assert reader.get(f"/bounties/{out}/papers/bounty_failed").status_code == 404
