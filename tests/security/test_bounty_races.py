"""Two at once on one bounty: one publication, one number each, a deadline that decides."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker import web
from matchmaker.accounts.models import User
from matchmaker.audit.models import Entry
from matchmaker.bounties import approval, changing, closing, deciding, record
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Change, RecordEntry
from matchmaker.errors import Refusal
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, ChangeState, Role
from tests.conftest import NOON
from tests.integration.bounties.conftest import drafted, need_values, people  # noqa: F401
from tests.security.test_races import together

pytestmark = pytest.mark.database


def acting(app, model, row_id, user_id, deed):
    """Return a deed done in a context and a transaction of its own, as a worker would."""

    def run():
        with app.app_context(), web.transaction():
            query = select(model).where(model.id == row_id).with_for_update()
            row = db.session.scalars(query).one()
            deed(row, by=db.session.get_one(User, user_id), now=NOON)

    return run


def ready(make, people):  # noqa: F811
    bounty = drafted(people, make.need(**need_values(people.firm)))
    approval.submit(bounty, by=db.session.merge(people.officer), now=NOON)
    approval.review(bounty, is_free_of_secrets=True, by=db.session.merge(people.chief), now=NOON)
    return bounty


def counted(app, *conditions):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry).where(*conditions))


def test_two_leaders_publish_one_bounty_once(app, make, people):  # noqa: F811
    with time_machine.travel(NOON, tick=False):
        leaders = [people.leader, make.user(Role.LEADER)]
        make.holder_key(leaders[1])
        for _ in range(5):
            with app.app_context(), web.transaction():
                bounty_id = ready(make, people).id
            found = together(
                *(acting(app, Bounty, bounty_id, one.id, approval.approve) for one in leaders)
            )
            assert sum(one is None for one in found) == 1, found
            assert sum(isinstance(one, Refusal) and one.status == 409 for one in found) == 1, found
        assert counted(app, Entry.action == "publish") == 5
        with app.app_context():
            numbers = db.session.scalars(select(Bounty.bounty_no).order_by(Bounty.id)).all()
            assert numbers == [f"JB2026-{n:03}" for n in range(1, 6)]
            assert db.session.scalar(select(func.count()).select_from(RecordEntry)) == 5


def test_two_bounties_published_at_once_get_two_numbers(app, make, people):  # noqa: F811
    with time_machine.travel(NOON, tick=False):
        with app.app_context(), web.transaction():
            ids = [ready(make, people).id for _ in range(4)]
        found = together(
            *(acting(app, Bounty, one, people.leader.id, approval.approve) for one in ids)
        )
        assert found == [None] * 4
        with app.app_context():
            numbers = set(db.session.scalars(select(Bounty.bounty_no)))
            assert numbers == {f"JB2026-{n:03}" for n in range(1, 5)}


def test_an_amendment_approved_while_closing_leaves_one_truth(app, make, people):  # noqa: F811
    """Either it moved the deadline and bids go on, or it lapsed and the bounty is closed."""
    seen = set()
    for seconds in (0, 1):
        with time_machine.travel(NOON, tick=False), app.app_context(), web.transaction():
            bounty = ready(make, people)
            approval.approve(bounty, by=db.session.merge(people.leader), now=NOON)
            closes, bounty_id = bounty.bid_deadline_at, bounty.id
        moment = closes - timedelta(seconds=seconds)
        with time_machine.travel(moment, tick=False):
            with app.app_context(), web.transaction(), time_machine.travel(NOON, tick=False):
                change = changing.request_terms(
                    db.session.get_one(Bounty, bounty_id), {"title": "新的榜单名称"}, "说明",
                    by=db.session.merge(people.officer), now=NOON,
                )  # fmt: skip
                deciding.review(change, by=db.session.merge(people.chief), now=NOON)
                change_id = change.id

            def close():
                with app.app_context(), web.transaction():
                    closing.close_due(moment)  # noqa: B023

            def approve(change, *, by, now):
                deciding.approve(change, by=by, now=moment)  # noqa: B023

            found = together(acting(app, Change, change_id, people.leader.id, approve), close)
            with app.app_context():
                row, change = (
                    db.session.get_one(Bounty, bounty_id),
                    db.session.get_one(Change, change_id),
                )
                whole = [record.line(one) for one in record.of(bounty_id)]
                assert record.faults(whole) == []
                kinds = [one["kind"] for one in whole]
                outcome = (row.state, change.state, kinds[1:])
                seen.add(seconds)
                assert outcome in (
                    (BountyState.PUBLISHED, ChangeState.APPROVED, ["amended"]),
                    (BountyState.CLOSED, ChangeState.LAPSED, ["closed"]),
                ), (outcome, found)
                assert (row.state is BountyState.CLOSED) == (seconds == 0)
                assert (row.bid_deadline_at > closes) == (seconds == 1)
    assert seen == {0, 1}


def test_two_answers_to_one_question_are_one(app, make, people):  # noqa: F811
    from matchmaker.bounties import questions
    from matchmaker.bounties.records import Question

    asker = make.user(Role.RESEARCHER)
    with time_machine.travel(NOON, tick=False):
        with app.app_context(), web.transaction():
            bounty = ready(make, people)
            approval.approve(bounty, by=db.session.merge(people.leader), now=NOON)
            question = questions.ask(
                bounty, "能否到现场看设备？", by=db.session.merge(asker), now=NOON
            )
            db.session.flush()
            question_id, bounty_id = question.id, bounty.id

        def answer(bounty, *, by, now):
            row = db.session.get_one(Question, question_id)
            questions.answer(bounty, [row], public_body=row.body, body="可以", by=by, now=now)

        found = together(
            *(
                acting(app, Bounty, bounty_id, one.id, answer)
                for one in (people.officer, people.admin)
            )
        )
        assert sum(one is None for one in found) == 1, found
        with app.app_context():
            assert [one.kind for one in record.of(bounty_id)] == ["published", "answered"]
