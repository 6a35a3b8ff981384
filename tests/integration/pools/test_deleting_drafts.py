"""A draft never submitted is deleted by its owner; nothing else is, by nobody."""

import pytest

from matchmaker.accounts.models import OrganisationKind
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState, Role
from matchmaker.revisions import operations as revisions
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
NOUNS = {
    "achievement": ("achievements", Role.RESEARCHER, "institution"),
    "team": ("teams", Role.RESEARCHER, "institution"),
    "service": ("services", Role.ENTERPRISE_ADMIN, "organisation"),
    "broker": ("brokers", Role.BROKER, "organisation"),
}


@pytest.fixture(params=NOUNS)
def draft(request, make):
    """Return a function: (noun, row, its address, its author) of a row in this state."""
    noun = request.param
    views, role, owner = NOUNS[noun]

    def made(state=PoolState.DRAFT):
        kind = OrganisationKind[owner.upper()] if owner == "institution" else None
        firm = make.organisation(*([kind] if kind else []))
        author = make.user(role, organisation=firm)
        mine = {"user_id": author.id} if noun == "broker" else {}
        values = {f"{owner}_id": firm.id, "created_by_id": author.id, "state": state}
        row = getattr(make, noun)(**values, **mine)
        return noun, row, f"/{views}/{row.public_id}", author

    return made


def is_there(app, row):
    with app.app_context():
        return db.session.get(type(row), row.id) is not None


def test_its_owner_deletes_a_draft_and_the_trail_says_so(app, sign_in, draft):
    noun, row, path, author = draft()
    client = sign_in(author)
    assert "删除草稿" in browser.text(client.get(path))
    answer = browser.post(client, f"{path}/delete", page=path)
    assert answer.status_code == 302
    assert not is_there(app, row)
    assert client.get(path).status_code == 404
    with app.app_context():
        entry = trail.history(noun, row.public_id)[-1]
        assert (entry.action, entry.actor_id) == ("delete_draft", author.id)


def test_a_stranger_deletes_nothing(app, make, sign_in, draft):
    noun, row, path, _ = draft()
    stranger = sign_in(make.user(NOUNS[noun][1]))
    page = path.rsplit("/", 1)[0] + "/"
    assert browser.post(stranger, f"{path}/delete", page=page).status_code == 404
    assert is_there(app, row)


@pytest.mark.parametrize("state", [PoolState.RETURNED, PoolState.OFFLINE, PoolState.SUBMITTED])
def test_what_was_handed_in_stays(app, sign_in, draft, state):
    _, row, path, author = draft(state)
    client = sign_in(author)
    assert "删除草稿" not in browser.text(client.get(path))
    assert browser.post(client, f"{path}/delete", page=path).status_code in {403, 409}
    assert is_there(app, row)


def test_a_draft_with_a_kept_version_stays(app, sign_in, draft):
    noun, row, path, author = draft()
    with app.app_context():
        db.session.info["writing"] = True
        revisions.keep(noun, row.id, {"name": "旧"}, by=author, now=NOON)
        db.session.commit()
        db.session.remove()
    client = sign_in(author)
    assert "删除草稿" not in browser.text(client.get(path))
    assert browser.post(client, f"{path}/delete", page=path).status_code == 409
    assert is_there(app, row)


def test_what_others_refer_to_stays(app, make, sign_in):
    firm = make.organisation(OrganisationKind.INSTITUTION)
    author = make.user(Role.RESEARCHER, organisation=firm)
    values = {"institution_id": firm.id, "created_by_id": author.id}
    team = make.team(state=PoolState.DRAFT, **values)
    make.achievement(team_id=team.id, **values)
    path = f"/teams/{team.public_id}"
    answer = browser.post(sign_in(author), f"{path}/delete", page=path)
    assert answer.status_code == 409
    assert "先解除引用" in browser.text(answer)
    assert is_there(app, team)
