"""Who is told when the bureau decides."""

import pytest
import sqlalchemy as sa

from matchmaker import outbox, web
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, Role
from matchmaker.messages.models import Message
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
KINDS = {
    "need.returned": ("需求被退回修改", {"reason": "指标不明"}, True),
    "need.accepted": ("需求已受理", {}, True),
    "need.expiring": ("需求将于 30 天后到期", {}, True),
    "need.change_requested": ("企业申请变更需求", {}, False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_owner_or_the_handler_is_told(app, make, firm, owner, officer, *, kind):
    subject, more, to_owner = KINDS[kind]
    colleague = make.user(Role.ENTERPRISE_USER, organisation=firm)
    need = make.need(organisation=firm, handler_id=officer.id)
    with app.app_context():
        with web.transaction():
            outbox.add(kind, {"id": need.id, **more}, now=NOON)
        outbox.drain(web.transaction)
        told = {m.user_id: m for m in db.session.scalars(sa.select(Message))}
        assert (owner.id in told) is to_owner
        assert colleague.id not in told
        first = next(iter(told.values()))
        assert first.subject.startswith(subject)
        assert first.url == f"/needs/{need.public_id}"


def test_the_officer_does_not_edit_what_was_accepted(make, sign_in, officer, owner, firm):
    need = make.need(organisation=firm)
    draft = make.need(organisation=firm, state=NeedState.DRAFT)
    edit = "/needs/{}/edit/1"
    page = sign_in(officer).get(f"/needs/{need.public_id}")
    assert edit.format(need.public_id) not in browser.links(page)
    page = sign_in(owner).get(f"/needs/{draft.public_id}")
    assert edit.format(draft.public_id) in browser.links(page)
