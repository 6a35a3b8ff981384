"""From draft to the last day: three people, one number, a page that never changes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from matchmaker import jobs
from matchmaker.audit import trail
from matchmaker.codes import NoticeKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NoticeState, Role
from matchmaker.notices import correcting, freezing, operations, period, publishing
from matchmaker.notices.models import Notice
from matchmaker.outbox.models import Event
from matchmaker.places.models import Holiday
from tests.integration.notices.conftest import (
    LINES,
    WEDNESDAY,
    beijing,
    drafted,
    published,
    state_bureau,
)

pytestmark = pytest.mark.database


def events(kind):
    found = db.session.query(Event).filter(Event.kind == kind).order_by(Event.id)
    return [event.payload for event in found]


def test_a_notice_is_drafted_from_data_that_never_follows(writing, people):
    lines = [dict(LINES[0])]
    notice = drafted(people, subjects=lines)
    lines[0]["拟揭榜单位"] = "别的大学"
    db.session.flush()
    db.session.refresh(notice)
    assert notice.subjects == LINES
    assert "5 个工作日" in notice.text
    assert "实名" in notice.text
    assert notice.state is NoticeState.DRAFT
    assert notice.handler_id == people.officer.id
    assert operations.for_subject("bounty", 1) == [notice]


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_standing_text(writing, people, kind):
    notice = drafted(people, kind=kind, title="")
    assert notice.title.startswith("关于")
    assert "公示" in notice.text


@pytest.mark.parametrize("workdays", [4, 11, 0])
def test_a_period_has_five_to_ten_working_days(writing, people, workdays):
    with pytest.raises(Invalid, match="5 至 10 个工作日"):
        drafted(people, workdays=workdays)


def test_a_subject_has_one_notice_of_a_kind_at_a_time(writing, people):
    first = drafted(people)
    with pytest.raises(WrongState, match="已有一份拟揭榜公示"):
        drafted(people)
    drafted(people, kind=NoticeKind.SUBSIDY)
    operations.cancel(first, reason="榜单有变", by=people.officer, now=WEDNESDAY)
    assert drafted(people).state is NoticeState.DRAFT
    assert events("notice.cancelled")[0]["subject_id"] == 1


def test_three_different_people_publish(writing, people, make):
    state_bureau()
    both = make.user(Role.OFFICER, Role.SECTION_CHIEF, Role.LEADER)
    notice = drafted(people, by=both)
    operations.submit(notice, by=both, now=WEDNESDAY)
    with pytest.raises(NotAllowed, match="审查人不能是起草人"):
        operations.check(notice, by=both, now=WEDNESDAY)
    two = make.user(Role.SECTION_CHIEF, Role.LEADER)
    operations.check(notice, by=two, now=WEDNESDAY)
    for again in (both, two):
        with pytest.raises(NotAllowed, match="三个人"):
            publishing.publish(notice, by=again, now=WEDNESDAY)
    publishing.publish(notice, by=people.leader, now=WEDNESDAY)
    assert notice.state is NoticeState.PUBLISHED


def test_who_edited_the_draft_does_not_check_it(writing, people, make):
    state_bureau()
    both = make.user(Role.OFFICER, Role.SECTION_CHIEF)
    notice = drafted(people)
    operations.edit(notice, {"title": "改过的公示标题"}, by=both, now=WEDNESDAY)
    operations.submit(notice, by=people.officer, now=WEDNESDAY)
    with pytest.raises(NotAllowed):
        operations.check(notice, by=both, now=WEDNESDAY)


def test_an_unchecked_notice_is_not_published(writing, people):
    state_bureau()
    notice = drafted(people)
    with pytest.raises(WrongState, match="起草中"):
        publishing.publish(notice, by=people.leader, now=WEDNESDAY)
    assert notice.notice_no is None


def test_what_is_secret_or_personal_does_not_pass(writing, people):
    state_bureau()
    with pytest.raises(Invalid, match="疑似涉密"):
        drafted(people, subjects=[{"名称": "机密★某型号"}])
    notice = drafted(people, withheld=["周小红"])
    operations.edit(
        notice, {"text": "联系人周 小红，电话 13812345678，见附件。"}, by=people.officer,
        now=WEDNESDAY,
    )  # fmt: skip
    with pytest.raises(Invalid, match="疑似涉密"):
        operations.edit(notice, {"text": "密级：机密"}, by=people.officer, now=WEDNESDAY)
    db.session.expire(notice)
    operations.edit(
        notice, {"text": "联系人周 小红，电话 13812345678，见附件。"}, by=people.officer,
        now=WEDNESDAY,
    )  # fmt: skip
    operations.submit(notice, by=people.officer, now=WEDNESDAY)
    with pytest.raises(Invalid, match=r"手机号.*周小红"):
        operations.check(notice, by=people.chief, now=WEDNESDAY)
    operations.send_back(notice, reason="请遮盖电话和姓名", by=people.chief, now=WEDNESDAY)
    assert notice.state is NoticeState.DRAFT


def test_what_is_public_after_all_passes_with_a_reason(writing, people):
    state_bureau()
    notice = drafted(people, subjects=[{"合同编号": "13812345678"}])
    operations.submit(notice, by=people.officer, now=WEDNESDAY)
    operations.check(notice, note="系合同编号，已核实", by=people.chief, now=WEDNESDAY)
    assert notice.check_note == "系合同编号，已核实"
    assert "手机号" in trail.history("notice", notice.public_id)[-1].details["found"][0]


def test_the_bureaus_own_telephone_may_stand(writing, people):
    state_bureau()
    notice = drafted(people)
    operations.edit(
        notice, {"text": "如有异议请致电 0631-5220001。"}, by=people.officer, now=WEDNESDAY
    )
    assert operations.masking_findings(notice) == []


def test_a_notice_without_contact_is_not_handed_on(writing, people):
    notice = drafted(people)
    with pytest.raises(Invalid) as refused:
        operations.submit(notice, by=people.officer, now=WEDNESDAY)
    assert set(refused.value.fields) == {"contact_phone", "contact_address"}


def test_what_was_handed_on_is_not_edited(writing, people):
    notice = published(people)
    with pytest.raises(WrongState, match="不能再改"):
        operations.edit(notice, {"text": "另一段文字"}, by=people.officer, now=WEDNESDAY)


def test_numbers_follow_one_another_within_the_year(writing, people):
    found = [published(people, subject=n).notice_no for n in range(1, 4)]
    assert found == ["GS2026-001", "GS2026-002", "GS2026-003"]
    later = published(people, subject=9, now=beijing("2027-01-04 09:00"))
    assert later.notice_no == "GS2027-001"


def test_the_thousandth_number_follows_the_999th(writing, people):
    notice = published(people)
    db.session.execute(text("UPDATE public_notice SET notice_no = 'GS2026-999'"))
    db.session.expire(notice)
    assert published(people, subject=2).notice_no == "GS2026-1000"
    assert published(people, subject=3).notice_no == "GS2026-1001"


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2023-04-26", date(2023, 5, 6)),
        ("2026-09-23", date(2026, 10, 8)),
        ("2026-09-18", date(2026, 9, 24)),
        ("2026-02-09", date(2026, 2, 14)),
        ("2026-04-29", date(2026, 5, 9)),
    ],
)
def test_the_period_begins_the_next_day_and_ends_by_the_calendar(writing, people, day, end):
    notice = published(people, now=beijing(f"{day} 16:00"))
    assert notice.published_on == date.fromisoformat(day)
    assert (notice.start_on - notice.published_on).days == 1
    assert notice.end_on == end
    assert notice.ends_at == beijing(f"{end} 00:00") + timedelta(days=1)
    assert not notice.provisional


def test_the_page_is_kept_with_its_digest(writing, people):
    notice = published(people)
    assert freezing.digest(notice.page_html) == notice.page_digest
    assert publishing.is_intact(notice)
    for said in ("GS2026-001", "澜州工业大学", "2026-09-24 至 2026-10-08", "0631-5220001"):
        assert said in notice.page_html
    assert freezing.article(notice.page_html) in notice.page_html
    notice.page_html = notice.page_html.replace("澜州工业大学", "别的大学")
    assert not publishing.is_intact(notice)
    notice.page_digest = freezing.digest(notice.page_html)
    assert not publishing.is_intact(notice)


def test_a_hostile_title_stays_text(writing, people):
    notice = published(people, title="关于<script>alert(1)</script>的公示")
    assert "<script>" not in notice.page_html
    assert "&lt;script&gt;" in str(freezing.article(notice.page_html))


def phase(notice, moment, **more):
    return period.phase(notice, now=beijing(moment), **more).value


def test_a_page_shows_the_end_even_before_the_job_ran(writing, people):
    notice = published(people)
    assert phase(notice, "2026-09-23 23:59") == "soon"
    assert phase(notice, "2026-09-24 00:00") == "running"
    assert phase(notice, "2026-10-08 23:59:59") == "running"
    assert phase(notice, "2026-10-09 00:00") == "over"
    assert phase(notice, "2026-10-09 00:00", blocked=True) == "unsettled"
    assert notice.state is NoticeState.PUBLISHED


def test_the_system_starts_and_ends_it(app, writing, people, frozen):
    notice = published(people)
    frozen("2026-09-24 00:00:30")
    jobs_run(app)
    assert notice.state is NoticeState.RUNNING
    frozen("2026-10-08 23:59:59")
    jobs_run(app)
    assert notice.state is NoticeState.RUNNING
    frozen("2026-10-09 00:00:00")
    jobs_run(app)
    assert notice.state is NoticeState.ENDED_CLEAR
    expected = {"notice": notice.id, "kind": "award", "subject_noun": "bounty", "subject_id": 1}
    assert events("notice.ended") == [expected]
    jobs_run(app)
    assert len(events("notice.ended")) == 1
    assert notice.live_key is None


def jobs_run(app):
    from matchmaker import clock
    from matchmaker.notices import upkeep

    assert upkeep.keep_time in jobs._each_minute
    upkeep.keep_time(clock.now())


def test_a_provisional_end_waits_for_the_officer(app, writing, people, frozen):
    frozen("2026-12-25 10:00")
    notice = published(people, now=beijing("2026-12-25 10:00"))
    assert (notice.end_on, notice.provisional) == (date(2027, 1, 1), True)
    frozen("2027-01-02 08:00")
    jobs_run(app)
    assert notice.state is NoticeState.RUNNING
    assert phase(notice, "2027-01-02 08:00") == "unsettled"
    with pytest.raises(Invalid, match="依据"):
        publishing.confirm_end(
            notice, basis=" ", by=people.officer, now=beijing("2027-01-02 08:00")
        )
    publishing.confirm_end(
        notice, basis="国办发明电〔2026〕9 号", by=people.officer, now=beijing("2027-01-02 08:00")
    )
    jobs_run(app)
    assert notice.state is NoticeState.ENDED_CLEAR


def test_an_end_that_is_known_needs_no_confirmation(writing, people):
    notice = published(people)
    with pytest.raises(WrongState, match="不需要核定"):
        publishing.confirm_end(notice, basis="文号", by=people.officer, now=WEDNESDAY)


def test_the_bureaus_own_table_is_used(writing, people):
    db.session.add(Holiday(day=date(2026, 9, 24), is_workday=False, name="台风停工"))
    db.session.flush()
    assert published(people).end_on == date(2026, 10, 9)


def test_a_correction_stands_beside_the_notice(writing, people):
    notice = published(people)
    before = notice.page_html
    row = correcting.request(
        notice, text="榜单名称应为“铸件恒力磨抛机器人”。", reason="录入有误", by=people.officer,
        now=WEDNESDAY,
    )  # fmt: skip
    assert row.page_digest == ""
    correcting.approve(row, by=people.leader, now=WEDNESDAY)
    assert freezing.digest(row.page_html) == row.page_digest
    assert notice.page_html == before
    assert events("notice.corrected")[0]["notice"] == notice.id


def test_a_correction_takes_two_and_holds_no_telephone(writing, people, make):
    both = make.user(Role.OFFICER, Role.LEADER)
    notice = published(people)
    with pytest.raises(Invalid, match="手机号"):
        correcting.request(notice, text="请联系 13812345678", reason="补充", by=both, now=WEDNESDAY)
    row = correcting.request(notice, text="更正如下。", reason="补充", by=both, now=WEDNESDAY)
    with pytest.raises(NotAllowed, match="另一人"):
        correcting.approve(row, by=both, now=WEDNESDAY)
    correcting.decline(row, reason="不必更正", by=people.leader, now=WEDNESDAY)
    assert notice.corrections == [row]


def test_a_draft_has_no_correction(writing, people):
    with pytest.raises(WrongState, match="尚未发布"):
        correcting.request(
            drafted(people), text="更正", reason="补充", by=people.officer, now=WEDNESDAY
        )


def test_a_leader_withdraws_a_notice_and_its_page_stays(writing, people):
    notice = published(people)
    correcting.revoke(notice, reason="拟揭榜单位放弃", by=people.leader, now=WEDNESDAY)
    assert notice.state is NoticeState.REVOKED
    assert publishing.is_intact(notice)
    assert "拟揭榜单位放弃" in notice.corrections[0].page_html
    assert events("notice.revoked")[0]["outcome"] == "revoke"
    assert db.session.query(Notice).count() == 1
