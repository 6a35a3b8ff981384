"""After publication only what is asked, reviewed and approved changes; the deadline only later."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker import jobs, web
from matchmaker.bounties import (
    changing,
    closing,
    deciding,
    ending,
    operations,
    record,
    timing,
    watching,
)
from matchmaker.bounties.ending import FailureKind, Settlement
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import Change, ChangeKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState, ChangeState, NeedState, Role
from matchmaker.messages.models import Message
from matchmaker.needs.models import Need
from tests.conftest import NOON
from tests.integration.bounties.conftest import need_values, published

pytestmark = pytest.mark.database
DAY = timedelta(days=1)


@pytest.fixture
def bounty(writing, make, people):
    return published(people, make.need(**need_values(people.firm)))


def put_in_force(people, bounty, change, now=NOON):
    deciding.review(change, by=people.chief, now=now)
    deciding.approve(change, by=people.leader, now=now)


def test_an_amendment_shows_whom_it_touches_and_never_bids(bounty, people):
    seen = changing.preview(bounty, {"title": "另一个榜单名称"}, now=NOON)
    assert [(d.label, d.after) for d in seen.differences] == [("榜单名称", "另一个榜单名称")]
    assert seen.deadline_after == seen.deadline_before == bounty.bid_deadline_at
    assert not any("申请" in label or "揭榜" in label for label, _ in seen.touched)
    assert bounty.title != "另一个榜单名称"


def test_three_people_put_an_amendment_in_force(bounty, people, make):
    values = {"title": "另一个榜单名称", "limited_text": "换过的限定内容"}
    change = changing.request_terms(bounty, values, "指标表述更清楚", by=people.officer, now=NOON)
    both = make.user(Role.OFFICER, Role.SECTION_CHIEF, Role.LEADER)
    with pytest.raises(NotAllowed):
        deciding.review(change, by=people.officer, now=NOON)
    with pytest.raises(WrongState):
        deciding.approve(change, by=people.leader, now=NOON)
    deciding.review(change, by=both, now=NOON)
    with pytest.raises(NotAllowed, match="三人分别办理"):
        deciding.approve(change, by=both, now=NOON)
    assert operations.terms_version(bounty) == 1
    deciding.approve(change, by=people.leader, now=NOON)
    assert bounty.title == "另一个榜单名称"
    assert operations.terms_version(bounty) == 2
    last = record.line(record.of(bounty.id)[-1])
    assert last["kind"] == "amended"
    assert [one["field"] for one in last["content"]["changes"]] == ["title"]
    assert "换过的限定内容" not in str(last)
    assert last["content"]["limited_changed"]
    assert record.faults([record.line(one) for one in record.of(bounty.id)]) == []
    assert bounty.snapshot["terms"]["title"] != bounty.title  # as published, never changed


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"eligibility": "仅限省内高校"}, "eligibility"),
        ({"rubric": []}, "rubric"),
        ({"indicators": []}, "indicators"),
        ({"task_text": "密级：机密★10年" + "字" * 60}, "task_text"),
        ({}, "reason"),
    ],
)
def test_an_amendment_keeps_the_rules_of_a_draft(bounty, people, values, field):
    with pytest.raises(Invalid) as refused:
        changing.request_terms(bounty, values, "说明", by=people.officer, now=NOON)
    assert field in refused.value.fields
    assert bounty.indicators


@pytest.mark.parametrize("name", ["bid_deadline_at", "kind", "owner_id", "mode", "bounty_no"])
def test_what_may_never_change_is_no_amendment(bounty, people, name):
    with pytest.raises(KeyError):
        changing.request_terms(bounty, {name: "x"}, "说明", by=people.officer, now=NOON)


def test_one_change_at_a_time_and_it_can_be_taken_back(bounty, people):
    first = changing.request_terms(
        bounty, {"title": "新的榜单名称一"}, "说明", by=people.officer, now=NOON
    )
    with pytest.raises(WrongState, match="在办"):
        changing.request_terms(
            bounty, {"title": "新的榜单名称二"}, "说明", by=people.officer, now=NOON
        )
    deciding.take_back(first, by=people.officer, now=NOON)
    second = changing.request_terms(
        bounty, {"title": "新的榜单名称二"}, "说明", by=people.officer, now=NOON
    )
    with pytest.raises(Invalid, match="必须写明原因"):
        deciding.refuse(second, "", by=people.chief, now=NOON)
    deciding.refuse(second, "不必要", by=people.chief, now=NOON)
    assert changing.open_of(bounty) is None
    assert bounty.title not in {"新的榜单名称一", "新的榜单名称二"}


def test_a_late_amendment_gives_bidders_more_time(bounty, people):
    closes = bounty.bid_deadline_at
    late = closes - 2 * DAY
    with time_machine.travel(late, tick=False):
        change = changing.request_terms(
            bounty, {"title": "新的榜单名称"}, "说明", by=people.officer, now=late
        )
        assert changing.shown(change, now=late).deadline_after > closes
        put_in_force(people, bounty, change, now=late)
    assert bounty.bid_deadline_at >= closes + 7 * DAY
    assert bounty.extended_count == 0
    assert timing.is_whole(bounty.bid_deadline_at)
    assert bounty.question_deadline_at > late


def until(bounty, days):
    return timing.deadline((bounty.bid_deadline_at + days * DAY).date(), "24:00")


def test_an_extension_is_later_once_and_thirty_days_at_most(bounty, people):
    closes = bounty.bid_deadline_at
    for wrong in (closes, closes - DAY, until(bounty, 32), closes + DAY / 24, None):
        with pytest.raises(Invalid):
            changing.request_extension(bounty, wrong, "说明", by=people.officer, now=NOON)
    change = changing.request_extension(
        bounty, until(bounty, 10), "响应团队较少", by=people.officer, now=NOON
    )
    put_in_force(people, bounty, change)
    assert bounty.bid_deadline_at == until_of(closes, 10)
    assert record.of(bounty.id)[-1].kind == "extended"
    with pytest.raises(Invalid, match="已延期过一次"):
        changing.request_extension(bounty, until(bounty, 5), "说明", by=people.officer, now=NOON)


def until_of(closes, days):
    return timing.deadline((closes + days * DAY).date(), "24:00")


def test_at_the_deadline_it_closes_once_and_whatever_waited_lapses(bounty, people):
    change = changing.request_terms(
        bounty, {"title": "新的榜单名称"}, "说明", by=people.officer, now=NOON
    )
    deciding.review(change, by=people.chief, now=NOON)
    closes = bounty.bid_deadline_at
    with time_machine.travel(closes - timedelta(seconds=5), tick=False):
        assert closing.close_due(closes) == 0  # the database's clock decides, not the argument
    with time_machine.travel(closes, tick=False):
        with pytest.raises(WrongState, match="已截榜"):
            deciding.approve(change, by=people.leader, now=closes)
        assert closing.close_due(closes) == 1
        assert closing.close_due(closes) == 0
    assert (bounty.state, change.state) == (BountyState.CLOSED, ChangeState.LAPSED)
    assert record.of(bounty.id)[-1].kind == "closed"
    with time_machine.travel(closes - 3 * DAY, tick=False):  # the clock moved back
        closing.close_due(closes - 3 * DAY)
        assert bounty.state is BountyState.CLOSED
        for deed in (changing.request_terms, changing.request_extension):
            with pytest.raises(WrongState):
                deed(bounty, {"title": "x"}, "说明", by=people.officer, now=NOON)


def test_between_deadline_and_job_everybody_sees_it_closed(app, make, people):
    with app.app_context(), web.transaction():
        row = published(people, make.need(**need_values(people.firm)))
        public_id, closes = row.public_id, row.bid_deadline_at
    with time_machine.travel(closes, tick=False), app.app_context():
        viewer = db.session.merge(people.officer, load=True)
        shown = operations.read(public_id, viewer=viewer)
        assert shown.state is BountyState.PUBLISHED
        assert shown.present_state is BountyState.CLOSED
        for action in ("amend_request", "extend_deadline_request", "ask_question", "invite"):
            with pytest.raises(Exception, match="没有找到"):
                operations.get(public_id, action, viewer=viewer)
        assert operations.get(public_id, "fail", viewer=viewer)
        jobs.run_due()
        assert operations.read(public_id, viewer=viewer).state is BountyState.CLOSED


def test_withdrawal_needs_the_owners_writing_and_the_leader(bounty, people):
    with pytest.raises(Invalid, match="书面申请"):
        changing.request_withdrawal(bounty, "", "企业转产", by=people.officer, now=NOON)
    change = changing.request_withdrawal(
        bounty, "11 月 19 日来函", "企业转产", by=people.officer, now=NOON
    )
    with pytest.raises(NotAllowed):
        deciding.review(change, by=people.chief, now=NOON)
    with pytest.raises(NotAllowed):
        deciding.approve(change, by=people.officer, now=NOON)
    deciding.approve(change, by=people.leader, now=NOON)
    assert bounty.state is BountyState.WITHDRAWN
    assert bounty.sources[0].need.state is NeedState.REOPENED
    assert record.of(bounty.id)[-1].kind == "withdrawn"


@pytest.mark.parametrize(
    "state", [BountyState.AWARD_NOTICE, BountyState.AWARDED, BountyState.DRAFT]
)
def test_after_the_award_notice_nothing_is_withdrawn(writing, make, people, state):
    row = make.bounty(state=state)
    with pytest.raises(WrongState):
        changing.request_withdrawal(row, "来函", "说明", by=people.officer, now=NOON)


def closed(bounty):
    with time_machine.travel(bounty.bid_deadline_at, tick=False):
        closing.close_due(bounty.bid_deadline_at)
    return bounty


def test_a_failed_bounty_frees_its_needs_and_comes_back_as_r1(bounty, people):
    with pytest.raises(WrongState):
        ending.fail(bounty, FailureKind.NO_BIDS, by=people.officer, now=NOON)
    closed(bounty)
    with pytest.raises(Invalid, match="原因"):
        ending.fail(bounty, None, by=people.officer, now=NOON)
    ending.fail(bounty, FailureKind.NO_BIDS, by=people.officer, now=NOON)
    need = bounty.sources[0].need
    assert (bounty.state, need.state) == (BountyState.FAILED, NeedState.REOPENED)
    with pytest.raises(Invalid, match="变化"):
        ending.republish(bounty, "", by=people.officer, now=NOON)
    draft = ending.republish(bounty, "榜额提高", by=people.officer, now=NOON)
    assert (draft.state, draft.revision) == (BountyState.DRAFT, 1)
    assert need.state is NeedState.SHORTLISTED
    with pytest.raises(WrongState, match="不能重复办理"):
        ending.republish(bounty, "再来", by=people.officer, now=NOON)
    from matchmaker.bounties import approval

    approval.submit(draft, by=people.officer, now=NOON)
    approval.review(draft, is_free_of_secrets=True, by=people.chief, now=NOON)
    approval.approve(draft, by=people.leader, now=NOON)
    assert draft.bounty_no == f"{bounty.bounty_no}-R1"
    assert record.of(draft.id)[0].content["follows"] == bounty.bounty_no
    assert ending.editions(bounty) == [draft]
    assert bounty.state is BountyState.FAILED  # the former page stays


@pytest.mark.parametrize("way", [Settlement.MATCHING, Settlement.ENDED])
def test_what_follows_a_failure_is_settled_once(bounty, people, way):
    closed(bounty)
    ending.fail(bounty, FailureKind.OTHER, "企业撤资", by=people.officer, now=NOON)
    with pytest.raises(Invalid):
        ending.settle(bounty, None, "x", by=people.officer, now=NOON)
    ending.settle(bounty, way, "企业意见", by=people.officer, now=NOON)
    expected = NeedState.CLOSED if way is Settlement.ENDED else NeedState.REOPENED
    assert bounty.sources[0].need.state is expected
    with pytest.raises(WrongState):
        ending.settle(bounty, way, "再来", by=people.officer, now=NOON)


def test_who_knows_of_bids_may_refuse_a_failure(bounty, people, monkeypatch):
    def there_are_bids(row, kind, *, by, now):
        raise Invalid({"failure_kind": "已有有效申请"})

    monkeypatch.setattr(ending, "before_fail", [there_are_bids])
    closed(bounty)
    with pytest.raises(Invalid, match="有效申请"):
        ending.fail(bounty, FailureKind.NO_BIDS, by=people.officer, now=NOON)
    assert bounty.state is BountyState.CLOSED


def test_everybody_who_touched_the_bounty_is_told_the_same(app, make, people):
    follower, stranger = make.user(Role.RESEARCHER), make.user(Role.RESEARCHER)
    with app.app_context():
        with web.transaction():
            row = published(people, make.need(**need_values(people.firm)))
            watching.follow(row.id, by=follower, now=NOON)
            bounty_id = row.id
        jobs.drain()
        with web.transaction():
            row = db.session.get_one(Bounty, bounty_id)
            users = {
                n: db.session.merge(getattr(people, n)) for n in ("officer", "chief", "leader")
            }
            change = changing.request_terms(
                row, {"title": "新的榜单名称"}, "说明", by=users["officer"], now=NOON
            )
            deciding.review(change, by=users["chief"], now=NOON)
            deciding.approve(change, by=users["leader"], now=NOON)
        jobs.drain()

        def told(user):
            query = select(func.count()).where(
                Message.user_id == user.id, Message.subject.startswith("榜单内容有变更")
            )
            return db.session.scalar(query)

        assert (told(follower), told(stranger), told(people.admin), told(people.officer)) == (
            1,
            0,
            1,
            1,
        )
        assert db.session.scalars(select(Change)).one().kind is ChangeKind.TERMS
        assert db.session.scalars(select(Need)).one().state is NeedState.ON_BOUNTY
