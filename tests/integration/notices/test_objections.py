"""异议: in time or late, suspended and made up, decided within ten working days."""

from datetime import date

import pytest

from matchmaker.audit import trail
from matchmaker.codes import ObjectionOutcome
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NoticeState, ObjectionState, Role
from matchmaker.notices import deciding, objections, operations, period, publishing, upkeep
from matchmaker.notices.objection_models import Objection
from matchmaker.outbox.models import Event
from tests.integration.notices.conftest import (
    SUMMARY,
    WEDNESDAY,
    beijing,
    complaint,
    evidence,
    found_out,
    objected,
    published,
)

pytestmark = pytest.mark.database
CONCLUSION = "经核查，指标响应表所填数据有检测报告为证，异议不成立。"


def events(kind):
    found = db.session.query(Event).filter(Event.kind == kind).order_by(Event.id)
    return [event.payload for event in found]


def accept(row, people, moment, *, by=None):
    deciding.accept(row, by=by or people.officer, now=beijing(moment))


def dismiss(row, people, moment, *, by=None, **values):
    values = {"conclusion": CONCLUSION, "summary": SUMMARY, **values}
    deciding.dismiss(row, by=by or people.leader, now=beijing(moment), **values)


@pytest.fixture
def notice(writing, people, frozen):
    """Return a notice published on 2026-09-23: 9/24, 28, 29, 30, 10/8."""
    return published(people)


def test_the_last_minute_of_the_last_day_is_in_time(notice, people, frozen):
    frozen("2026-10-08 23:59:59")
    row = objected(notice, people)
    assert row.state is ObjectionState.SUBMITTED
    assert row.received_at.replace(microsecond=0) == beijing("2026-10-08 23:59:59")
    assert row.objection_no == "YY2026-001"


@pytest.mark.parametrize("moment", ["2026-10-09 00:00:00", "2026-10-09 00:00:01"])
def test_a_second_later_is_refused_kindly(notice, people, frozen, moment):
    frozen(moment)
    with pytest.raises(WrongState, match=r"2026-10-08 24 时届满.*线索"):
        objected(notice, people)
    assert db.session.query(Objection).count() == 0


def test_a_notice_ended_or_withdrawn_takes_no_objection(notice, people, frozen):
    frozen("2026-10-09 00:01")
    upkeep.keep_time(beijing("2026-10-09 00:01"))
    with pytest.raises(WrongState, match="届满"):
        objected(notice, people)


def test_already_on_the_day_of_publication(notice, people):
    assert objected(notice, people).state is ObjectionState.SUBMITTED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "某"}, "name"),
        ({"phone": "123"}, "phone"),
        ({"unit": "", "address": ""}, "unit"),
        ({"body": "不公平"}, "body"),
        ({"body": "该项目属于国家秘密项目，" * 4}, "body"),
    ],
)
def test_a_name_and_reasons_in_writing_are_asked_for(notice, people, values, field):
    with pytest.raises(Invalid) as refused:
        objected(notice, people, **values)
    assert set(refused.value.fields) == {field}


def test_evidence_is_asked_for(notice, people):
    with pytest.raises(Invalid, match="证据"):
        objections.submit(notice, complaint(), [], by=people.rival, now=WEDNESDAY)
    with pytest.raises(Invalid, match="最多上传"):
        objections.submit(
            notice, complaint(), [evidence(f"{n}.pdf") for n in range(11)], by=people.rival,
            now=WEDNESDAY,
        )  # fmt: skip


def test_evidence_is_kept_from_the_sweep(notice, people):
    row = objected(notice, people)
    assert objections.stored_names() == {row.files[0].stored_as}


def test_acceptance_stops_the_notice_and_starts_the_clock(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-29 15:00")
    assert (row.state, notice.state) == (ObjectionState.ACCEPTED, NoticeState.SUSPENDED)
    assert row.decide_by == date(
        2026, 10, 19
    )  # 9/30, 10/8 to 10/10 (a worked Saturday), 12 to 16, 19
    assert notice.spans == [{"after": "2026-09-23", "through": "2026-09-28"}]
    assert period.days_done(notice, operations.calendar()) == 2
    assert events("notice.suspended")[0]["subject_id"] == 1
    assert operations.has_open_objection("bounty", 1)


def test_an_objection_only_handed_in_stops_nothing(notice, people):
    objected(notice, people)
    assert notice.state is NoticeState.PUBLISHED
    assert events("notice.suspended") == []


def test_dismissed_makes_up_the_days_that_were_left(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-29 15:00")  # 9/24 and 9/28 are full; the 29th is not counted
    found_out(row, people, now=beijing("2026-10-12 09:00"))
    dismiss(row, people, "2026-10-13 10:00")  # the 13th is not counted either
    assert (row.state, notice.state) == (ObjectionState.DISMISSED, NoticeState.RUNNING)
    assert notice.end_on == date(2026, 10, 16)  # 14, 15, 16
    assert [(one.before, one.after) for one in notice.changes] == [
        (date(2026, 10, 8), date(2026, 10, 16))
    ]
    assert events("notice.resumed")[0]["notice"] == notice.id
    assert not operations.has_open_objection("bounty", 1)


def test_accepted_on_the_day_of_publication_nothing_is_kept(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-23 18:00")
    assert period.days_done(notice, operations.calendar()) == 0
    found_out(row, people, now=beijing("2026-09-24 09:00"))
    dismiss(row, people, "2026-09-24 10:00")
    assert notice.end_on == date(2026, 10, 9)  # five days after the 24th: 28 29 30 8 9


def test_accepted_on_the_last_day_one_day_is_made_up(notice, people, frozen):
    frozen("2026-10-08 09:00")
    row = objected(notice, people)
    accept(row, people, "2026-10-08 17:00")
    found_out(row, people, now=beijing("2026-10-09 09:00"))
    dismiss(row, people, "2026-10-09 10:00")
    assert notice.end_on == date(2026, 10, 10)  # a Saturday that is worked


def test_accepted_after_the_last_day_nothing_is_left_to_make_up(notice, people, frozen):
    frozen("2026-10-08 20:00")
    row = objected(notice, people)
    frozen("2026-10-09 00:01")
    upkeep.keep_time(beijing("2026-10-09 00:01"))
    assert notice.state is NoticeState.RUNNING, "an open objection keeps it from ending"
    accept(row, people, "2026-10-10 09:00")
    assert notice.state is NoticeState.SUSPENDED
    found_out(row, people, now=beijing("2026-10-12 09:00"))
    dismiss(row, people, "2026-10-12 10:00")
    assert (notice.state, notice.end_on) == (NoticeState.RUNNING, date(2026, 10, 8))
    frozen("2026-10-12 10:01")
    upkeep.keep_time(beijing("2026-10-12 10:01"))
    assert notice.state is NoticeState.ENDED_CLEAR


def test_two_suspensions_add_up(notice, people, frozen):
    first = objected(notice, people)
    accept(first, people, "2026-09-28 09:00")  # one full day: 9/24
    found_out(first, people, now=beijing("2026-09-28 10:00"))
    dismiss(first, people, "2026-09-28 11:00")  # four left: 29, 30, 10/8, 10/9
    assert notice.end_on == date(2026, 10, 9)
    frozen("2026-09-30 09:00")
    second = objected(notice, people, by=people.other, name="郑异议")
    accept(second, people, "2026-09-30 10:00")  # another full day: 9/29
    assert period.days_done(notice, operations.calendar()) == 2
    found_out(second, people, now=beijing("2026-10-08 10:00"))
    dismiss(second, people, "2026-10-08 11:00")  # three left: 9, 10, 12
    assert notice.end_on == date(2026, 10, 12)


def test_it_resumes_only_when_none_is_left_open(notice, people, frozen):
    first = objected(notice, people)
    accept(first, people, "2026-09-24 09:00")
    frozen("2026-09-24 10:00")
    second = objected(notice, people, by=people.other, name="郑异议")  # while it is suspended
    accept(second, people, "2026-09-24 11:00")
    for row in (first, second):
        assert notice.state is NoticeState.SUSPENDED
        found_out(row, people, now=beijing("2026-09-28 09:00"))
        dismiss(row, people, "2026-09-28 10:00")
    assert notice.state is NoticeState.RUNNING
    assert len(events("notice.suspended")) == len(events("notice.resumed")) == 1


def test_one_not_yet_accepted_keeps_it_suspended_until_refused(notice, people, frozen):
    first = objected(notice, people)
    accept(first, people, "2026-09-24 09:00")
    frozen("2026-09-24 10:00")
    second = objected(notice, people, by=people.other, name="郑异议")
    found_out(first, people, now=beijing("2026-09-28 09:00"))
    dismiss(first, people, "2026-09-28 10:00")
    assert notice.state is NoticeState.SUSPENDED
    with pytest.raises(Invalid, match="必须写明原因"):
        deciding.refuse(second, reason=" ", by=people.officer, now=WEDNESDAY)
    db.session.expire(second)
    deciding.refuse(second, reason="未附证据原件", by=people.officer, now=WEDNESDAY)
    assert second.conclusion == "未附证据原件"
    assert notice.state is NoticeState.RUNNING


@pytest.mark.parametrize("outcome", ObjectionOutcome)
def test_upheld_withdraws_the_notice_and_says_what_follows(notice, people, outcome):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    found_out(row, people, now=beijing("2026-09-28 09:00"))
    deciding.uphold(
        row, outcome=outcome, conclusion="经核查，数据与检测报告不符，异议成立。", by=people.leader,
        summary="经复核，指标数据与检测报告不符，异议成立。", now=beijing("2026-09-28 10:00"),
    )  # fmt: skip
    assert (row.state, notice.state) == (ObjectionState.UPHELD, NoticeState.REVOKED)
    assert events("notice.revoked")[0]["outcome"] == outcome.value
    assert "异议成立" in notice.corrections[0].page_html
    assert publishing.is_intact(notice)
    assert notice.live_key is None


def test_an_outcome_must_be_chosen(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    found_out(row, people, now=beijing("2026-09-28 09:00"))
    with pytest.raises(Invalid, match="处理方式"):
        deciding.uphold(
            row, outcome=None, conclusion="成立。", summary=SUMMARY, by=people.leader, now=WEDNESDAY
        )


def test_the_decision_rests_on_findings_and_names_nobody(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    with pytest.raises(Invalid, match="还没有登记调查情况"):
        dismiss(row, people, "2026-09-28 10:00")
    with pytest.raises(Invalid, match="不少于 20 字"):
        deciding.find_out(row, findings="已查", by=people.officer, now=WEDNESDAY)
    found_out(row, people, now=beijing("2026-09-28 09:00"))
    for leak in ("吴异议", "北方机械研究所", "13900001111"):
        with pytest.raises(Invalid) as refused:
            dismiss(row, people, "2026-09-28 10:00", summary=f"经核实，{leak}所反映的问题不成立。")
        assert set(refused.value.fields) == {"summary"}
    dismiss(row, people, "2026-09-28 10:00")
    assert row.public_summary == SUMMARY


def test_who_looked_into_it_does_not_decide(notice, people, make):
    both = make.user(Role.OFFICER, Role.LEADER)
    row = objected(notice, people)
    deciding.assign(row, both, by=people.leader, now=WEDNESDAY)
    accept(row, people, "2026-09-24 09:00", by=both)
    found_out(row, people, by=both, now=beijing("2026-09-28 09:00"))
    with pytest.raises(NotAllowed, match="经办人"):
        dismiss(row, people, "2026-09-28 10:00", by=both)


def test_ten_more_working_days_once(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    assert row.decide_by == date(2026, 10, 15)
    with pytest.raises(Invalid, match="原因"):
        deciding.extend(row, reason="", by=people.leader, now=WEDNESDAY)
    deciding.extend(row, reason="须委托第三方检测", by=people.leader, now=WEDNESDAY)
    assert row.decide_by == date(2026, 10, 29)
    with pytest.raises(WrongState, match="只能延长一次"):
        deciding.extend(row, reason="再延", by=people.leader, now=WEDNESDAY)


def test_no_extension_once_overdue(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    with pytest.raises(WrongState, match="已过"):
        deciding.extend(row, reason="忘了", by=people.leader, now=beijing("2026-10-16 09:00"))


def test_a_complaint_about_the_officer_is_anothers(notice, people):
    row = objected(notice, people, against_officer=True)
    assert (row.against_id, row.handler_id) == (people.officer.id, None)
    for deed in (
        lambda: deciding.accept(row, by=people.officer, now=WEDNESDAY),
        lambda: deciding.refuse(row, reason="不受理", by=people.officer, now=WEDNESDAY),
        lambda: deciding.find_out(row, findings="查" * 30, by=people.officer, now=WEDNESDAY),
    ):
        with pytest.raises(NotAllowed, match="涉及您本人"):
            deed()
    with pytest.raises(Invalid, match="未涉及"):
        deciding.assign(row, people.officer, by=people.leader, now=WEDNESDAY)
    assert people.officer not in deciding.officers(row)
    deciding.assign(row, people.colleague, by=people.leader, now=WEDNESDAY)
    accept(row, people, "2026-09-24 09:00", by=people.colleague)
    assert row.state is ObjectionState.ACCEPTED


def test_withdrawn_by_its_complainant_the_notice_goes_on(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    with pytest.raises(NotAllowed, match="本人"):
        objections.withdraw(row, reason="电话撤回", by=people.officer, now=WEDNESDAY)
    objections.withdraw(row, reason="已弄清", by=people.rival, now=beijing("2026-09-28 09:00"))
    assert (row.state, notice.state) == (ObjectionState.WITHDRAWN, NoticeState.RUNNING)
    assert notice.end_on == date(2026, 10, 10)


def paper(notice, people, day, *, now="2026-09-28 09:00", files=True):
    scans = [evidence("来信.pdf")] if files else []
    return objections.record_paper(
        notice, complaint(name="陈来信"), scans, received_on=date.fromisoformat(day),
        by=people.officer, now=beijing(now),
    )  # fmt: skip


def test_one_on_paper_is_recorded_with_its_scan(notice, people):
    row = paper(notice, people, "2026-09-25")
    assert (row.received_on, row.submitted_by_id) == (date(2026, 9, 25), None)
    assert row.recorded_by_id == people.officer.id
    for day, files, says in (
        ("2026-09-29", True, "不能晚于今天"),
        ("2026-09-22", True, "早于公示发布日"),
        ("2026-09-25", False, "扫描件"),
    ):
        with pytest.raises(Invalid, match=says):
            paper(notice, people, day, files=files)


def test_the_day_of_receipt_decides_even_after_the_end(notice, people, frozen):
    frozen("2026-10-09 00:01")
    upkeep.keep_time(beijing("2026-10-09 00:01"))
    assert notice.state is NoticeState.ENDED_CLEAR
    with pytest.raises(WrongState, match="届满"):
        paper(notice, people, "2026-10-09", now="2026-10-09 10:00")
    row = paper(notice, people, "2026-10-08", now="2026-10-09 10:00")
    accept(row, people, "2026-10-09 11:00")
    assert notice.state is NoticeState.SUSPENDED
    assert len(events("notice.suspended")) == 1
    objections.withdraw(row, reason="来信撤回", by=people.officer, now=beijing("2026-10-10 09:00"))
    frozen("2026-10-10 09:01")
    upkeep.keep_time(beijing("2026-10-10 09:01"))
    assert notice.state is NoticeState.ENDED_CLEAR


def test_the_trail_of_the_notice_never_says_who_objects(notice, people):
    row = objected(notice, people)
    accept(row, people, "2026-09-24 09:00")
    said = "".join(
        f"{entry.actor_name}{entry.reason}{entry.details}"
        for entry in trail.history("notice", notice.public_id)
    )
    assert "吴异议" not in said
    assert "13900001111" not in said
