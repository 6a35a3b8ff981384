"""Drafting, publishing, extending once, closing by the database's clock."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from matchmaker import jobs
from matchmaker.audit.models import Entry
from matchmaker.calls import inviting, operations
from matchmaker.calls.inviting import Chosen
from matchmaker.calls.models import Call, Invitation, Via
from matchmaker.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import CallState
from matchmaker.messages.models import Message
from tests import browser
from tests.conftest import NOON
from tests.integration.calls.conftest import CALL, LAST_MOMENT, as_typed

pytestmark = pytest.mark.database


def test_an_officer_drafts_a_chief_publishes_and_the_invited_are_told(
    app, sign_in, people, stored, at
):
    officer = sign_in(people.officer)
    answer = browser.post(officer, "/calls/new", as_typed())
    assert answer.status_code == 302
    names = {"towns": [str(people.east.id)], "names": "海西膜材料有限公司\n不存在的公司"}
    answer = browser.post(officer, answer.location, names)
    assert "没有找到" in browser.text(answer)
    call = stored()
    assert call.state is CallState.DRAFT
    url = f"/calls/{call.public_id}"
    assert sign_in(people.owner).get(url).status_code == 404  # a draft is for the bureau
    assert browser.post(officer, f"{url}/publish", page=url).status_code == 404
    chief = sign_in(people.chief)
    assert browser.post(chief, f"{url}/publish", page=url).status_code == 302
    call = stored()
    assert (call.state, call.call_no) == (CallState.PUBLISHED, "ZJ2026001")
    with app.app_context():
        jobs.drain()
        told = set(db.session.scalars(select(Message.user_id)))
    invited = {people.owner.id, people.colleague.id, people.distant.id}
    assert told == invited | {people.assistant.id, people.western.id}
    page = sign_in(people.owner).get(url)
    assert "去填报" in browser.text(page)
    assert "征集目标" not in browser.text(page)


def test_who_drafted_does_not_publish(writing, make, people, user):
    from matchmaker.lifecycles import Role

    both = make.user(Role.OFFICER, Role.SECTION_CHIEF)
    call = operations.create(CALL, by=both, now=NOON)
    with pytest.raises(NotAllowed):
        operations.publish(call, by=both, now=NOON)
    operations.publish(call, by=user(people.chief), now=NOON)
    assert call.state is CallState.PUBLISHED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "机密★需求征集"}, "title"),
        ({"end_on": date(2026, 11, 19)}, "end_on"),
        ({"start_on": None}, "start_on"),
        ({"target": 0}, "target"),
        ({"tech_field_code": "999"}, "tech_field_code"),
        ({"chain_node_id": 999_999}, "chain_node_id"),
        ({"content": "长" * 5001}, "content"),
    ],
)
def test_a_wrong_field_is_named(writing, people, user, changes, field):
    with pytest.raises(Invalid) as refusal:
        operations.create({**CALL, **changes}, by=user(people.officer), now=NOON)
    assert list(refusal.value.fields) == [field]


def test_what_cannot_be_published_yet_says_why(writing, people, user):
    closed = operations.create({**CALL, "is_open_to_all": False}, by=user(people.officer), now=NOON)
    with pytest.raises(Invalid, match="尚未邀请企业"):
        operations.publish(closed, by=user(people.chief), now=NOON)
    past = {**CALL, "start_on": date(2026, 11, 1), "end_on": date(2026, 11, 19)}
    over = operations.create(past, by=user(people.officer), now=NOON)
    with pytest.raises(Invalid, match="截止日期已过"):
        operations.publish(over, by=user(people.chief), now=NOON)


def test_a_published_text_stands(writing, people, user):
    call = operations.create(CALL, by=user(people.officer), now=NOON)
    operations.update(call, {**CALL, "title": "改了名称"}, by=user(people.officer), now=NOON)
    assert call.title == "改了名称"
    with pytest.raises(Stale):
        operations.publish(call, by=user(people.chief), now=NOON, version=call.version - 1)
    operations.publish(call, by=user(people.chief), now=NOON)
    with pytest.raises(WrongState):
        operations.update(call, CALL, by=user(people.officer), now=NOON)
    with pytest.raises(WrongState):
        inviting.remove(call, ["x"], by=user(people.officer), now=NOON)


def test_a_call_is_over_at_its_last_moment_before_any_job_ran(app, published, stored, at, people,
                                                             sign_in):  # fmt: skip
    published()
    at(LAST_MOMENT - timedelta(seconds=1))
    assert stored().shown_state is CallState.PUBLISHED
    at(LAST_MOMENT)
    call = stored()
    assert (call.state, call.shown_state) == (CallState.PUBLISHED, CallState.CLOSED)
    page = sign_in(people.owner).get(f"/calls/{call.public_id}")
    assert "已截止" in browser.text(page)
    assert "去填报" not in browser.text(page)
    listed = sign_in(people.officer).get("/calls?state=published")
    assert call.title not in browser.text(listed)
    with app.app_context():
        jobs.run_due()
        jobs.run_due()  # a second run finds nothing
        jobs.drain()
        closing = select(func.count()).where(Entry.noun == "call", Entry.action == "close")
        assert db.session.scalar(closing) == 1
        told = select(Message.user_id).where(Message.subject.startswith("征集已截止"))
        assert list(db.session.scalars(told)) == [people.officer.id]
    assert stored().state is CallState.CLOSED


def test_extended_once_with_a_reason(app, work, published, people, user, stored, at):
    call_id = published()

    def extend(end_on, reason, who=people.officer):
        return lambda: operations.extend(
            db.session.get(Call, call_id), end_on, reason, by=user(who), now=NOON
        )

    with pytest.raises(Invalid, match="延期理由"):
        work(extend(date(2026, 12, 30), " "))
    for wrong in (None, date(2026, 12, 20), date(2027, 3, 20)):
        with pytest.raises(Invalid):
            work(extend(wrong, "企业年底盘点"))
    work(extend(date(2026, 12, 30), "企业年底盘点"))
    call = stored()
    assert (call.end_on, call.former_end_on) == (date(2026, 12, 30), date(2026, 12, 20))
    assert call.ends_at == LAST_MOMENT + timedelta(days=10)
    with pytest.raises(WrongState, match="已延期过一次"):
        work(extend(date(2027, 1, 5), "再延"))
    at(LAST_MOMENT + timedelta(days=1))
    assert stored().is_open
    with app.app_context():
        jobs.drain()
        subjects = set(db.session.scalars(select(Message.subject)))
    assert any(subject.startswith("征集延期") for subject in subjects)


def test_a_closed_call_comes_back_by_extension(app, work, published, people, user, stored, at):
    call_id = published()
    now = at(LAST_MOMENT + timedelta(hours=1))
    with app.app_context():
        jobs.run_due()

    def extend():
        call = db.session.get(Call, call_id)
        operations.extend(call, date(2026, 12, 25), "应企业请求", by=user(people.chief), now=now)

    work(extend)
    assert stored().is_open


def test_two_extensions_at_once_leave_one(app, published, people, sign_in, stored):
    from tests.security.test_races import prepared, statuses, together

    published()
    url = f"/calls/{stored().public_id}"
    data = {"end_on": "2026-12-30", "reason": "企业年底盘点"}
    deeds = [prepared(sign_in(one), f"{url}/extend", data, page=url)
             for one in (people.officer, people.chief)]  # fmt: skip
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert told[409] == 1
    with app.app_context():
        query = select(func.count()).where(Entry.noun == "call", Entry.action == "extend")
        assert db.session.scalar(query) == 1


def test_whom_a_call_asks(writing, make, people, user):
    chain = make.add(__import__("matchmaker.places.models", fromlist=["x"]).ChainNode(name="橡塑"))
    link = make.add(type(chain)(name="密封件", parent_id=chain.id))
    inside = make.organisation(chain_node_id=link.id, town_id=people.east.id, tier="hte")
    call = operations.create(CALL, by=user(people.officer), now=NOON)

    def invite(chosen=None, *names):
        by = user(people.officer)
        return inviting.invite(call, chosen or Chosen(), names, by=by, now=NOON)

    with pytest.raises(Invalid, match="至少选择一项"):
        invite()
    with pytest.raises(Invalid):
        invite(Chosen(tier="nothing"))
    assert invite(Chosen(chain_node_id=chain.id)) == (1, [])
    assert invite(Chosen((people.west.id,), chain_node_id=chain.id)) == (0, [])
    assert invite(Chosen(tier="hte")) == (0, [])  # already there
    row = "1\t海西膜材料有限公司\t赵工"  # a line copied from a workbook
    assert invite(None, row, "没有这家") == (1, ["没有这家"])
    assert invite(Chosen((people.east.id,))) == (2, [])
    asked = {
        one.enterprise_id: (one.via, one.town_id) for one in db.session.scalars(select(Invitation))
    }
    assert asked == {
        inside.id: (Via.CHAIN, people.east.id),
        people.far.id: (Via.LIST, people.west.id),
        people.firm.id: (Via.TOWN, people.east.id),
        people.other.id: (Via.TOWN, people.east.id),
    }


def test_a_draft_is_the_handlers(app, sign_in, people, work, user, stored):
    work(lambda: operations.create(CALL, by=user(people.officer), now=NOON))
    url = f"/calls/{stored().public_id}"
    for who, status in (
        (people.officer, 200), (people.second, 404), (people.chief, 404), (people.owner, 404),
        (people.assistant, 404), (people.researcher, 404),
    ):  # fmt: skip
        assert sign_in(who).get(f"{url}/edit").status_code == status, who.name
    page = browser.post(sign_in(people.officer), f"{url}/edit", as_typed(title=""))
    assert page.status_code == 422
    assert "请填写征集名称" in browser.text(page)
    assert browser.values(page)["target"] == "20"  # nothing typed is lost
    browser.post(sign_in(people.officer), f"{url}/discard", page=url)
    assert stored().state is CallState.CANCELLED


def test_the_public_reads_a_published_call_and_nothing_of_the_bureau(client, published, stored):
    published()
    page = client.get(f"/calls/{stored().public_id}")
    assert page.status_code == 200
    text = browser.text(page)
    assert "面向区内企业征集技术难题" in text
    for hidden in ("钱经办", "征集目标", "滨海阀门", "办理过程"):
        assert hidden not in text
    for path in ("progress", "call-list", "invited", "progress/export"):
        assert client.get(f"/calls/{stored().public_id}/{path}").status_code == 302


def test_operations_find_only_what_one_may(app, published, people, user, stored):
    published()
    name = stored().public_id
    with app.app_context():
        assert operations.get(name, "see_progress", viewer=user(people.assistant)).id
        with pytest.raises(NotFound):
            operations.get(name, "see_progress", viewer=user(people.owner))
        with pytest.raises(NotFound):
            operations.get(name, "answer", viewer=user(people.researcher))


def test_the_notice_is_a_word_file_with_the_calls_own_dates(sign_in, people, published, stored,
                                                           work):  # fmt: skip
    import io

    from docx import Document

    from matchmaker.places import operations as places

    published()
    url = f"/calls/{stored().public_id}/notice"
    officer = sign_in(people.officer)
    refused = officer.get(url)
    assert refused.status_code == 422  # no telephone in the settings yet
    assert "联系电话" in browser.text(refused)

    def fill():
        places.set_setting("phone", "0631-1234567")
        places.set_setting("address", "海澜路 1 号")

    work(fill)
    answer = officer.get(url)
    assert answer.status_code == 200
    text = "\n".join(one.text for one in Document(io.BytesIO(answer.data)).paragraphs)
    assert "关于开展海澜区 2027 年第一季度企业技术需求征集的通知" in text
    assert "现组织开展2026 年第 1 批技术需求征集" in text
    assert "至2026年12月20日24:00止" in text.replace(" ", "")
    assert "{{" not in text
    assert sign_in(people.owner).get(url).status_code == 404
