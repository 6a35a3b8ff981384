"""What happens to a bounty before the public: questions, changes, invitations, followers."""

from datetime import timedelta
from typing import Any

from matchmaker.bounties import changing, deciding, inviting, questions, suggesting, watching
from matchmaker.seed import bounty_bids, bounty_course
from matchmaker.seed.bounty_course import Course
from matchmaker.seed.stage import Steps

ASKED = (
    ("researcher4", "试制用的毛坯和冷铁由发榜企业提供，还是由揭榜方自行准备？",
     "毛坯、砂芯和冷铁由发榜企业提供，数量以每轮试制三十件为限，运费由发榜企业承担。"),
    ("researcher7", "预测软件能否部署在发榜企业内网，是否要求交出源代码？",
     "须部署在企业内网；交付可执行程序、接口文档和二次开发手册，不要求交出求解器源代码。"),
    ("researcher11", "现场验证期间停机造成的损失由谁承担？", ""),
)  # fmt: skip
FOLLOWERS = ("researcher4", "researcher7", "researcher9", "institute2", "broker")
VISITORS = ("researcher", "researcher4", "researcher7", "researcher9", "institution_admin")
EXPLAINED = "经核实与发榜方没有利害关系，可以邀请"
LATER = "应揭榜方提问，明确试制件数和现场验证的时间，其他条件不变。"
ADDED = "\n\n【补充】发榜企业每轮提供不超过三十件试制毛坯，现场验证安排在发榜后第六个月起。"


def lively(course: Course) -> Steps:
    """揭榜中 with questions, an amendment in force, invitations, followers and sealed bids."""
    yield from bounty_course.publish(course)
    yield course.after(1)
    invite(course)
    yield course.after(1)
    for login in FOLLOWERS:
        watching.follow(course.bounty.id, by=course.who(login), now=course.now)
    asked = [
        questions.ask(course.bounty, body, by=course.who(login), now=course.now)
        for login, body, _ in ASKED
    ]
    yield course.after(2)
    for question, (_, body, said) in zip(asked, ASKED, strict=True):
        if said:
            questions.answer(
                course.bounty, [question], public_body=body, body=said, by=course.officer,
                now=course.now,
            )  # fmt: skip
    yield from amended(course)
    yield from sealed_after_changes(course)


def invite(course: Course) -> None:
    """Invite whom the matcher found, as far as nothing forbids it."""
    found = suggesting.of(course.bounty.id)[:8]
    tied = inviting.hits(course.bounty, found, now=course.now)
    free = [one for one in found if not any(h["level"] == inviting.BLOCKING for h in tied[one.id])]
    notes = {one.public_id: EXPLAINED for one in free}
    names = [one.public_id for one in free[:5]]
    if names:
        inviting.invite(course.bounty, names, notes, by=course.officer, now=course.now)


def amended(course: Course) -> Steps:
    """Ask for a change of the terms, review and approve it: three people."""
    yield course.after(1)
    values = {"task_text": course.bounty.task_text + ADDED}
    change = changing.request_terms(course.bounty, values, LATER, by=course.officer, now=course.now)
    yield course.after(1)
    deciding.review(change, by=course.chief, now=course.now)
    yield course.now + timedelta(hours=4)
    deciding.approve(change, by=course.leader, now=course.now)


def sealed_after_changes(course: Course) -> Steps:
    """Seal the bids on the terms now in force."""
    for place, key in enumerate(course.bidders):
        yield course.after(1)
        bounty_bids.seal(course, bounty_bids.write(course, key, place))


def with_draft(course: Course) -> Steps:
    """揭榜中, with a bid that is written but not sealed, and an extension that waits."""
    yield from bounty_course.publish(course)
    yield course.after(2)
    invite(course)
    for key in course.bidders:
        yield course.after(2)
        bounty_bids.write(course, key, 0)
    yield course.after(1)
    until = later(course, 14)
    reason = "多家单位反映需要到现场取样，拟延长揭榜时间两周。"
    changing.request_extension(course.bounty, until, reason, by=course.officer, now=course.now)


def later(course: Course, days: int) -> Any:
    """Return the deadline moved by so many days, at its hour."""
    return bounty_course.deadline(course.bounty) + timedelta(days=days)


def withdrawn(course: Course) -> Steps:
    """已撤榜 on the owner's written request, a sealed bid with it."""
    yield from bounty_course.publish(course)
    yield from bounty_bids.bid_all(course)
    yield course.after(3)
    reason = "发榜企业生产线整体搬迁，短期内不具备现场验证条件，申请撤榜。"
    change = changing.request_withdrawal(
        course.bounty, "企业来函（盖章件），经法定代表人签字", reason, by=course.officer,
        now=course.now,
    )  # fmt: skip
    yield course.after(1)
    deciding.approve(change, by=course.leader, now=course.now)
