"""Two at once: exactly one effect and one entry on the trail, the other told so in words."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from matchmaker import web
from matchmaker.accounts import grants
from matchmaker.accounts.models import Organisation, RoleGrant, User
from matchmaker.audit.models import Entry
from matchmaker.brokering.lead_models import Lead
from matchmaker.extensions import db
from matchmaker.imports.models import Batch
from matchmaker.lifecycles import NeedState, Role
from matchmaker.needs.models import Need
from tests import browser
from tests.integration.accounts.test_organisations import entry
from tests.integration.brokering.conftest import fixed_clock, saved, world  # noqa: F401
from tests.integration.brokering.test_parties import pair_of
from tests.integration.imports import sheets

pytestmark = pytest.mark.database
TOLD = {302, 409, 422, 404}


def together(*deeds):
    """Do all at once; return what came back, exceptions as such."""
    gate, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(index, deed):
        gate.wait(60)
        try:
            found[index] = deed()
        except Exception as error:
            found[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def prepared(client, url, data=None, *, page=""):
    """Open the form now, send it later: the token and the key are those of the page."""
    fields = {**browser.hidden(client.get(page or url), url), **(data or {})}
    return lambda: client.post(url, data=fields)


def entries(app, action, noun):
    with app.app_context():
        query = select(func.count()).where(Entry.action == action, Entry.noun == noun)
        return db.session.scalar(query)


def count(app, model, *conditions):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def statuses(found):
    assert all(hasattr(one, "status_code") for one in found), found
    told = Counter(one.status_code for one in found)
    assert set(told) <= TOLD, told
    return told


def test_two_officers_accept_one_pair(app, world, sign_in):  # noqa: F811
    url = f"/pairings/{pair_of(app).public_id}/accept"
    deeds = [
        prepared(sign_in(who), url, page="/pairings") for who in (world.officer, world.colleague)
    ]
    told = statuses(together(*deeds))
    assert count(app, Lead) == 1
    assert entries(app, "accept", "pairing") == entries(app, "create", "lead") == 1
    assert told[302] == 1
    assert told[409] + told[404] == 1


def test_two_officers_take_one_need_in(app, make, sign_in):
    need = make.need(state=NeedState.SCREENED)
    page = f"/needs/{need.public_id}/review"
    officers = [sign_in(make.user(Role.OFFICER)) for _ in range(2)]
    deeds = [
        prepared(one, f"/needs/{need.public_id}/accept", {"need_type": "individual"}, page=page)
        for one in officers
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "accept", "need") == 1
    assert count(app, Need, Need.state == NeedState.ACCEPTED) == 1


def test_one_credit_code_registered_twice(app, make):
    town = make.town()
    deeds = [
        prepared(app.test_client(), "/register", entry(town, name=f"澜州精工{n}有限公司"))
        for n in range(2)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1, [browser.text(one()) for one in deeds]
    assert count(app, Organisation) == count(app, User) == 1
    assert entries(app, "register", "organisation") == 1


def test_one_role_asked_for_twice(app, make, sign_in):
    user = make.user(Role.OFFICER)
    url, page = f"/users/{user.public_id}/roles", f"/users/{user.public_id}"
    asking = [sign_in(make.user(Role.SYSADMIN)) for _ in range(2)]
    told = statuses(together(*(prepared(c, url, {"role": "leader"}, page=page) for c in asking)))
    assert told[302] >= 1
    assert count(app, RoleGrant, RoleGrant.role == Role.LEADER) == 1
    assert entries(app, "request_role", "user") == 1


def test_one_role_approved_twice(app, make, sign_in):
    user, asking = make.user(Role.OFFICER), make.user(Role.SYSADMIN)
    with app.app_context(), web.transaction():
        someone = db.session.get_one(User, user.id)
        by = db.session.get_one(User, asking.id)
        grant = grants.request(someone, Role.LEADER, by=by, now=web.clock.now()).id
    deciding = [sign_in(make.user(Role.SECADMIN)) for _ in range(2)]
    data = {"decision": "approve"}
    deeds = [prepared(c, f"/users/grants/{grant}", data, page="/users/grants") for c in deciding]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "approve_role", "user") == 1


def test_one_batch_confirmed_twice(app, make, sign_in):
    make.organisation(name="澜州阀门铸造有限公司")
    officer = make.user(Role.OFFICER)
    client = sign_in(officer)
    rows = sheets.needs(sheets.need("澜州阀门铸造有限公司", "低温焊接修复大型模具技术"))
    batch = sheets.checked(app, client, rows)
    url, page = f"/imports/{batch}/confirm", f"/imports/{batch}"
    deeds = [prepared(sign_in(officer), url, {"clean": "y"}, page=page) for _ in range(2)]
    told = statuses(together(*deeds))
    sheets.drain(app)
    assert told[302] == 1
    assert count(app, Need) == count(app, Batch) == 1
    assert entries(app, "confirm", "batch") == 1


def test_one_form_sent_twice_at_once(app, make, sign_in):
    client = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    send = prepared(client, "/needs/new", {"title": "大型阀体铸件自适应打磨"})
    told = statuses(together(send, send, send))
    assert told[302] >= 1
    assert count(app, Need) == 1
    assert entries(app, "create", "need") == 1
