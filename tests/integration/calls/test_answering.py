"""An enterprise answers a call: a need within the period, or nothing this time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.audit.models import Entry
from matchmaker.calls import answering
from matchmaker.calls.models import Answer, Call, Invitation, Via
from matchmaker.codes import NeedSource
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, Role
from matchmaker.needs import decisions
from matchmaker.needs import operations as needs
from matchmaker.needs.models import Need
from matchmaker.places import operations as places
from tests import browser
from tests.conftest import NOON
from tests.integration.calls.conftest import LAST_MOMENT
from tests.integration.needs.conftest import GOOD

pytestmark = pytest.mark.database


@pytest.fixture
def drafted(work, people, user, published):
    """Return a function: the id of a complete draft that answers the call."""

    def draft(who=None, firm=None):
        call_id = published()

        def deed():
            by, call = user(who or people.owner), db.session.get(Call, call_id)
            need = answering.start(call, user(firm or people.firm), by=by, now=NOON)
            needs.save_draft(need, GOOD, by=by, now=NOON)
            return need

        return work(deed)

    return draft


def submit(work, user, need_id, by, now=NOON):
    work(lambda: needs.submit(db.session.get(Need, need_id), by=user(by), now=now))


def invited(app, enterprise):
    with app.app_context():
        query = select(Invitation).where(Invitation.enterprise_id == enterprise.id)
        row = db.session.scalar(query)
        return (row.via, row.answer) if row else None


def test_an_enterprise_answers_with_a_need(app, sign_in, people, published, stored):
    published()
    url = f"/calls/{stored().public_id}"
    owner = sign_in(people.owner)
    assert "贵单位可以填报的征集" in browser.text(owner.get("/calls"))
    answer = browser.post(owner, f"{url}/answer", page=url)
    assert answer.status_code == 302
    assert answer.location.endswith("/edit/1")
    assert invited(app, people.firm) == (Via.TOWN, Answer.DRAFTED)
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert (need.source, need.call_id) == (NeedSource.CALL, stored().id)
        assert need.source_note.startswith("ZJ2026001")
    page = owner.get(f"/needs/{need.public_id}")
    assert "征集批次：" in browser.text(page)
    assert url in browser.links(page)


def test_submitting_in_time_counts(app, work, user, people, drafted, at):
    need_id = drafted()
    at(LAST_MOMENT - timedelta(seconds=1))
    submit(work, user, need_id, people.owner)
    assert invited(app, people.firm) == (Via.TOWN, Answer.SUBMITTED)


def test_at_the_last_moment_it_is_too_late_for_the_call(app, work, user, people, drafted, at):
    """With the standing channel open the need goes on as the enterprise's own."""
    need_id = drafted()
    now = at(LAST_MOMENT)
    submit(work, user, need_id, people.owner, now)
    with app.app_context():
        need = db.session.get(Need, need_id)
        assert need.state is NeedState.SUBMITTED
        assert (need.call_id, need.source) == (None, NeedSource.SELF)
        assert "截止后提交" in need.source_note
    assert invited(app, people.firm) == (Via.TOWN, Answer.SILENT)


def test_without_a_standing_channel_only_an_open_call_lets_a_need_in(
    app, work, user, people, drafted, at
):
    need_id = drafted()
    work(lambda: places.set_setting("standing_channel", False))
    loose = work(
        lambda: needs.create_draft(user(people.firm), GOOD, by=user(people.owner), now=NOON)
    )
    with pytest.raises(Invalid, match="没有开放常年填报通道"):
        submit(work, user, loose, people.owner)
    submit(work, user, loose, people.officer)  # the bureau may act for it at any time
    at(LAST_MOMENT)
    with pytest.raises(Invalid, match="不再接收填报"):
        submit(work, user, need_id, people.owner)
    with app.app_context():
        assert db.session.get(Need, need_id).state is NeedState.DRAFT


def test_a_late_submission_is_told_on_the_page(app, sign_in, people, drafted, work, at):
    from tests.integration.needs.conftest import STAGES

    need_id = drafted()
    work(lambda: places.set_setting("standing_channel", False))
    with app.app_context():
        name = db.session.get(Need, need_id).public_id
    at(LAST_MOMENT)
    client = sign_in(people.owner)
    data = {**STAGES[5], "action": "submit"}
    page = browser.post(client, f"/needs/{name}/edit/5", data)
    assert page.status_code == 422
    assert "已于 2026-12-20 24:00 截止" in browser.text(page)


def test_a_returned_need_comes_back_after_the_end(app, work, user, people, drafted, at):
    need_id = drafted()
    submit(work, user, need_id, people.owner)
    work(lambda: decisions.return_(
        db.session.get(Need, need_id), "请补充指标", {}, by=user(people.assistant), now=NOON
    ))  # fmt: skip
    now = at(LAST_MOMENT + timedelta(days=2))
    submit(work, user, need_id, people.owner, now)
    with app.app_context():
        need = db.session.get(Need, need_id)
        assert need.state is NeedState.SUBMITTED
        assert need.call_id is not None
    assert invited(app, people.firm) == (Via.TOWN, Answer.SUBMITTED)


def test_who_was_not_asked_may_answer_a_call_open_to_all(app, work, user, people, published):
    call_id = published()

    def deed():
        by = user(people.stranger)
        call = db.session.get(Call, call_id)
        need = answering.start(call, by.organisation, by=by, now=NOON)
        needs.save_draft(need, GOOD, by=by, now=NOON)
        needs.submit(need, by=by, now=NOON)

    work(deed)
    with app.app_context():
        rows = select(Invitation).where(Invitation.via == Via.OWN)
        assert db.session.scalars(rows).one().answer is Answer.SUBMITTED


def test_a_call_for_the_invited_is_nobody_elses(sign_in, people, published, stored):
    published(is_open_to_all=False)
    url = f"/calls/{stored().public_id}"
    stranger = sign_in(people.stranger)
    assert "去填报" not in browser.text(stranger.get(url))
    assert browser.post(stranger, f"{url}/answer", page=url).status_code == 404
    assert browser.post(stranger, f"{url}/nothing", page=url).status_code == 404
    assert "去填报" in browser.text(sign_in(people.owner).get(url))


def test_nothing_this_time_counts_and_can_be_taken_back(app, sign_in, people, published, stored):
    published()
    url = f"/calls/{stored().public_id}"
    owner = sign_in(people.owner)
    assert (
        browser.post(owner, f"{url}/nothing", {"note": "今年已有合作"}, page=url).status_code == 302
    )
    assert invited(app, people.firm) == (Via.TOWN, Answer.NONE)
    page = owner.get(url)
    assert "已于 2026-11-20 答复“本次无需求”" in browser.text(page)
    browser.post(owner, f"{url}/something", page=url)
    assert invited(app, people.firm) == (Via.TOWN, Answer.SILENT)
    with app.app_context():
        acts = select(Entry.action).where(Entry.noun == "call").order_by(Entry.seq)
        assert list(db.session.scalars(acts))[-2:] == ["answer_nothing", "take_back_nothing"]


def test_a_need_after_nothing_counts_as_a_need(app, work, user, people, drafted):
    need_id = drafted()
    with app.app_context():
        call_id = db.session.get(Need, need_id).call_id
    work(lambda: answering.nothing(
        db.session.get(Call, call_id), user(people.firm), "", by=user(people.owner), now=NOON
    ))  # fmt: skip
    submit(work, user, need_id, people.owner)
    assert invited(app, people.firm) == (Via.TOWN, Answer.SUBMITTED)

    def again():
        call = db.session.get(Call, call_id)
        answering.nothing(call, user(people.firm), "", by=user(people.owner), now=NOON)

    with pytest.raises(WrongState, match="已提交需求"):
        work(again)


def test_an_answer_by_telephone_says_who_gave_it(app, sign_in, people, published, stored):
    published()
    url = f"/calls/{stored().public_id}"
    with app.app_context():
        rows = {row.enterprise_id: row.id for row in db.session.scalars(select(Invitation))}
    mine, theirs = rows[people.firm.id], rows[people.far.id]
    assistant = sign_in(people.assistant)
    form = f"{url}/invitations/{mine}"
    refused = browser.post(assistant, form, {"note": " "})
    assert refused.status_code == 422
    assert "谁在何时以何种方式答复" in browser.text(refused)
    assert browser.post(assistant, form, {"note": "王工 12 月 3 日电话答复"}).status_code == 302
    assert invited(app, people.firm) == (Via.TOWN, Answer.NONE)
    assert assistant.get(f"{url}/invitations/{theirs}").status_code == 404  # another town's
    assert sign_in(people.owner).get(form).status_code == 404


@pytest.mark.parametrize("moment", [NOON - timedelta(days=1), LAST_MOMENT])
def test_outside_the_period_nobody_answers(app, sign_in, people, published, stored, at, moment):
    published()
    url = f"/calls/{stored().public_id}"
    owner = sign_in(people.owner)
    hidden = browser.hidden(owner.get(url), f"{url}/answer")
    at(moment)
    again = owner.get(url)
    assert "去填报" not in browser.text(again)
    answer = owner.post(f"{url}/answer", data=hidden)
    assert answer.status_code in {409, 302}  # 302: the session has run out meanwhile
    with app.app_context():
        jobs.drain()
        assert db.session.scalars(select(Need)).all() == []


def test_two_of_one_firm_answer_nothing_at_once(app, people, published, make, sign_in, stored):
    """The stranger's firm was not asked: two of its people make one line between them."""
    from tests.security.test_races import prepared, statuses, together

    published()
    other = make.user(Role.ENTERPRISE_USER, organisation=people.apart)
    url = f"/calls/{stored().public_id}"
    deeds = [prepared(sign_in(one), f"{url}/nothing", page=url) for one in (people.stranger, other)]
    told = statuses(together(*deeds))
    assert told[302] >= 1
    with app.app_context():
        rows = select(Invitation).where(Invitation.enterprise_id == people.apart.id)
        assert len(db.session.scalars(rows).all()) == 1
