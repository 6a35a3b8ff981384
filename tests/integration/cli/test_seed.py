"""`flask seed`: bounties in every state, played by real operations, every page of them works."""

import pytest
import sqlalchemy as sa

from matchmaker import timekeeping
from matchmaker.accounts.models import User
from matchmaker.audit import chain
from matchmaker.bounties.models import Bounty
from matchmaker.contracts.models import Contract
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState
from matchmaker.notices.models import Notice
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Review
from matchmaker.timekeeping import ClockOffset

PATHS = (
    (Bounty, "bounties", ("", "/record", "/record.json", "/snapshot.json", "/invitations",
                          "/changes", "/questions", "/visits", "/opening", "/commitments",
                          "/timeline")),
    (Review, "reviews", ("", "/draw-record", "/summary.docx")),
    (Notice, "notices", ("", "/original", "/document")),
    (Award, "awards", ("",)),
    (Contract, "contracts", ("", "/text", "/versions", "/registration", "/acceptance", "/ending",
                             "/race")),
)  # fmt: skip
ROLES = (
    *("", "officer", "section_chief", "leader", "auditor", "enterprise_admin", "researcher"),
    *("institution_admin", "expert"),
)


@pytest.fixture
def seeded(app):
    done = app.test_cli_runner().invoke(args=["seed"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        yield done.output
        db.session.remove()


def test_the_demonstration_shows_every_state_and_every_page_works(app, seeded, sign_in):
    assert "开标密钥" in seeded
    assert set(db.session.scalars(sa.select(Bounty.state))) == set(BountyState)
    editions = db.session.scalars(sa.select(Bounty.revision).where(Bounty.revision > 0)).all()
    assert editions == [1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ClockOffset)) == 0
    assert timekeeping.offset().total_seconds() == 0
    addresses = [
        f"/{plural}/{name}{tail}"
        for model, plural, tails in PATHS
        for name in db.session.scalars(sa.select(model.public_id))
        for tail in tails
    ]
    assert chain.verify()[1] == ""
    wrong = {}
    for role in ROLES:
        found = db.session.scalar(sa.select(User.id).where(User.login == f"{role}@demo"))
        client = sign_in(found) if role else app.test_client()
        for address in addresses:
            status = client.get(address).status_code
            if status >= 500:
                wrong[role, address] = status
    assert wrong == {}
