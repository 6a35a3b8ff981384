"""Panel, score sheets, conclusion, choice, award, and its public notice with an objection."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.files import documents
from matchmaker.lifecycles import ExpertState, SheetState
from matchmaker.notices import deciding, objections, period, publishing
from matchmaker.notices import operations as notices
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.places import operations as places
from matchmaker.reviewing import aggregating, awarding, choosing, drawing, operations, seats, sheets
from matchmaker.reviewing.models import Panelist, Review
from matchmaker.reviewing.operations import Setup
from matchmaker.reviewing.sheet_models import Advice, ScoreSheet
from matchmaker.scoring import Part
from matchmaker.seed import bounty_bids
from matchmaker.seed.bounty_course import Course
from matchmaker.seed.stage import Steps

PANEL = 3
SMALL_POOL = "区级专家库相关方向在库人数有限，已将相近方向的专家一并列为候选"
MOST_REFUSALS = 4
BUSY = "评审期间在外地出差，不能按时完成打分"
CONCLUSION = "评审程序符合规定，专家打分独立完成，同意专家组推荐意见，按名次提交发榜方选定。"
COMMENTS = (
    "技术路线与任务书一致，关键指标逐条响应，已有成果可以支撑；现场验证的工况和次数宜再写细。",
    "团队有同类项目业绩，样机到上线的安排可行；风险应对一节偏简单，建议补充备用方案。",
    "指标承诺有依据，测试方法清楚；进度略紧，建议把第三方检测提前到上线之前。",
)
BASE = (88, 79, 71)  # points of the first, second and third bidder
CHECKED = "仅含单位名称、金额和名次，可以公开"


def review_of(course: Course) -> Review:
    """Return the bounty's live review."""
    found = operations.of_bounty(course.bounty)
    assert found is not None  # noqa: S101 - the course has set it up
    return found


def fields_near(code: str) -> list[str]:
    """Return the fields of the same class that experts of the pool have."""
    pool = db.session.scalars(select(Expert).where(Expert.state == ExpertState.IN_POOL))
    return sorted({one for expert in pool for one in expert.tech_field_codes if one[0] == code[0]})


def invited(course: Course, fields: Sequence[str] = ()) -> Steps:
    """Set the review up, draw, and let the leader approve the panel."""
    yield from bounty_bids.opened(course)
    yield course.after(1)
    due_on = operations.default_due(course.now)
    near = fields or fields_near(course.bounty.tech_field_code)
    setup = Setup(PANEL, due_on, near)
    review = operations.review_bids(course.bounty, setup, by=course.officer, now=course.now)
    drawing.perform(review, small_pool_reason=SMALL_POOL, by=course.officer, now=course.now)
    yield course.now + timedelta(hours=3)
    drawing.approve(review_of(course), by=course.leader, now=course.now)


def judge(panelist: Panelist) -> User:
    """Return the account of a judge."""
    return db.session.get_one(User, panelist.expert.user_id)


def scoring(course: Course, fields: Sequence[str] = (), wanted: int | None = None) -> Steps:
    """Let every expert confirm and declare.

    wanted : the account for which others give way, so that the visitor has something to score.
    """
    yield from invited(course, fields)
    yield course.after(1)
    if wanted is not None:
        make_room(course, wanted)
    for panelist in list(review_of(course).sitting):
        seats.confirm(panelist, declared=True, by=judge(panelist), now=course.now)


def make_room(course: Course, wanted: int) -> None:
    """Let judges decline until the draw's own order reaches the visitor's expert."""
    review = review_of(course)
    for _ in range(MOST_REFUSALS):
        sitting = list(review.sitting)
        if len(sitting) < PANEL or wanted in {one.expert.user_id for one in sitting}:
            return
        first = sitting[0]
        seats.refuse(first, reason=BUSY, by=judge(first), now=course.now)
        db.session.flush()


def submit_sheets(course: Course, panelist: Panelist, part: Part, place: int) -> None:
    """Submit a judge's open sheets of one part."""
    for sheet in sheets.of_panelist(panelist):
        if sheet.part is part and sheet.state is SheetState.DRAFT:
            sheets.submit(sheet, _typed(sheet, place), by=judge(panelist), now=course.now)


def _typed(sheet: ScoreSheet, place: int) -> dict[str, Any]:
    review = sheet.panelist.review
    points = BASE[(sheet.subject.number - 1) % len(BASE)] + (place - 1) * 3
    given = {
        one.key: str(points + (number * 7 + place) % 5 - 2)
        for number, one in enumerate(review.rubric.of(sheet.part))
    }
    comment = COMMENTS[(sheet.subject.number + place) % len(COMMENTS)]
    return {"scores": given, "comment": comment, "advice": Advice.RECOMMEND}


def concluded(course: Course) -> Steps:
    """Score both parts, aggregate, and conclude by the section chief."""
    yield from scoring(course)
    for part in (Part.TECHNICAL, Part.PRICE):
        yield course.after(2)
        for place, panelist in enumerate(review_of(course).sitting):
            submit_sheets(course, panelist, part, place)
    yield course.after(1)
    review = review_of(course)
    aggregating.aggregate(review, by=course.officer, now=course.now)
    aggregating.conclude(review, conclusion=CONCLUSION, by=course.chief, now=course.now)


def selected(course: Course) -> Steps:
    """Let the owner choose in the order of the places; propose and endorse."""
    yield from concluded(course)
    yield course.after(2)
    review = review_of(course)
    most = course.bounty.max_awards
    chosen = [one.public_id for one in aggregating.recommended(review)[:most]]
    choosing.choose(review, chosen, by=course.owner, now=course.now)
    yield course.after(1)
    review = review_of(course)
    awarding.propose(review, by=course.officer, now=course.now)
    awarding.endorse(course.bounty, by=course.chief, now=course.now)


def approved(course: Course) -> Steps:
    """Let the leader approve: the notice is drafted."""
    yield from selected(course)
    yield course.after(1)
    awarding.approve(course.bounty, by=course.leader, now=course.now)


def announced(course: Course) -> Steps:
    """Take the award's notice through three hands to the public."""
    yield from approved(course)
    yield course.after(1)
    announce(course, notice_of(course))


def awarded(course: Course) -> Steps:
    """Wait until the notice is over: the system makes the award and drafts the contract."""
    yield from announced(course)
    yield from over(course)


def over(course: Course) -> Steps:
    """Wait until the running notice ends."""
    ends_at = notice_of(course).ends_at
    assert ends_at is not None  # noqa: S101 - it was published
    yield ends_at + timedelta(minutes=1)


def notice_of(course: Course) -> Notice:
    """Return the bounty's latest notice."""
    return notices.for_subject("bounty", course.bounty.id)[0]


def announce(course: Course, notice: Notice) -> None:
    """Submit, check and publish a notice."""
    by, now = course.officer, course.now
    notices.submit(notice, by=by, now=now)
    notices.check(notice, note=CHECKED, by=course.chief, now=now)
    publishing.publish(notice, by=course.leader, now=now)
    if period.unconfirmed(notice):
        publishing.confirm_end(notice, basis="核对国务院办公厅放假安排", by=by, now=now)


def state_bureau() -> None:
    """State what a notice says of the bureau."""
    places.set_setting("phone", "0639-5200112")
    places.set_setting("address", "海澜区政务服务中心 6 楼 612 室")
    db.session.flush()


def object_to(course: Course, login: str, body: str) -> Objection:
    """Hand in an objection with evidence, by somebody's real name."""
    user = course.who(login)
    unit = user.organisation.name if user.organisation else ""
    said = objections.Complaint(
        name=user.name, phone="13800007788", unit=unit, body=body, request="请核实后重新公示。"
    )
    evidence = documents.receive(bounty_bids.upload("证据材料"), field="files")
    return objections.submit(notice_of(course), said, [evidence], by=user, now=course.now)


def suspended(course: Course, login: str, body: str, findings: str) -> Steps:
    """Let an objection be accepted: the notice stands still; findings wait for the leader."""
    yield from announced(course)
    yield course.after(2)
    objection = object_to(course, login, body)
    yield course.after(1)
    deciding.accept(objection, by=course.officer, now=course.now)
    if findings:
        yield course.after(2)
        deciding.find_out(objection, findings=findings, by=course.officer, now=course.now)


def today(course: Course) -> Any:
    """Return the day it is on the stage."""
    return clock.today(course.now)
