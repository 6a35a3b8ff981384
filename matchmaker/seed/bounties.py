"""Bounties in every state worth showing, each on its own need, played by their own operations."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from matchmaker.bounties import approval, ending
from matchmaker.bounties.ending import FailureKind
from matchmaker.codes import BountyMode
from matchmaker.contracts import bounty_steps, performing
from matchmaker.scoring import Part
from matchmaker.seed import (
    bounty_bids,
    bounty_contracts,
    bounty_course,
    bounty_judging,
    bounty_public,
)
from matchmaker.seed.bounty_course import Course
from matchmaker.seed.parties import District
from matchmaker.seed.stage import Steps

SUPPORT = {
    "support_type": "post_subsidy",
    "support_ratio": Decimal("0.2"),
    "support_cap_fen": 30_000_000,
}
PLEDGED = {"require_pledge": True, "is_blind": True}
OBJECTION = (
    "公示的拟揭榜单位在指标响应表中承诺的数值，与其公开发表论文和上一项目验收报告所载数据不符，"
    "请核对原始检测记录。"
)
FINDINGS = (
    "已调阅申请材料和第三方检测报告原件，并请两名专家书面复核；异议所引论文为早期样机数据，"
    "与本次申请的样机不同。建议认定异议不成立。"
)
METALS = ("401", "402")
RACE = "每家提交小样，由第三方在同一台架上比测，末位淘汰"


def drafting(course: Course) -> Steps:
    """起草中."""
    yield from bounty_course.draft(course)


def listed(course: Course) -> Steps:
    """拟发榜公示中."""
    yield from bounty_course.review(course)
    yield course.after(1)
    bounty_judging.announce(course, bounty_judging.notice_of(course))


def dropped(course: Course) -> Steps:
    """已作废."""
    yield from bounty_course.submit(course)
    yield course.after(1)
    approval.return_(course.bounty, "与在研项目内容重复，请核实", by=course.chief, now=course.now)
    yield course.after(2)
    reason = "企业已委托其他单位研发，来函撤回发榜申请"
    approval.drop(course.bounty, reason, by=course.officer, now=course.now)


def closed(course: Course) -> Steps:
    """已截榜, waiting for two holders."""
    yield from bounty_course.publish(course)
    yield from bounty_bids.bid_all(course)
    yield from bounty_course.close(course)


def under_review(course: Course) -> Steps:
    """评审中: the panel is drawn, the first judge has submitted the technical sheets."""
    wanted = course.who("expert")
    yield from bounty_judging.scoring(course, fields=METALS, wanted=wanted.id)
    yield course.after(1)
    sitting = bounty_judging.review_of(course).sitting
    seat = next(one for one in sitting if one.expert.user_id != wanted.id)
    bounty_judging.submit_sheets(course, seat, Part.TECHNICAL, 0)


def suspended(course: Course) -> Steps:
    """异议处理中: findings are written, the leader has to decide."""
    yield from bounty_judging.suspended(course, "researcher2", OBJECTION, FINDINGS)


def registered(course: Course) -> Steps:
    """已签约: performance begins in some weeks."""
    yield from bounty_contracts.signed(course, begins_in=75)


def third_milestone(course: Course) -> Steps:
    """实施中: two milestones are paid, the third is delivered and waits for its check."""
    yield from bounty_contracts.signed(course)
    yield from bounty_contracts.registered(course)
    yield from bounty_contracts.performed(course, 2, every=30)
    yield course.after(20)
    contract = bounty_contracts.contracts(course)[0]
    row = bounty_steps.live_milestones(contract)[2]
    performing.submit(
        contract, row, note=bounty_contracts.DELIVERED,
        files=[bounty_contracts.paper("现场运行月报")],
        by=bounty_contracts.seller(course, contract), now=course.now,
    )  # fmt: skip


def racing(course: Course) -> Steps:
    """赛马: three teams, the first stage held, one is out."""
    yield from bounty_contracts.signed(course)
    yield from bounty_contracts.performed(course, 1, every=25)
    yield course.after(3)
    bounty_contracts.race(course, out=2)


def finished(course: Course, upto: int = 4, *, unpaid: int = 0, every: int = 10) -> Steps:
    """All delivered, paid as far as told, and acceptance applied for."""
    yield from bounty_contracts.signed(course)
    yield from bounty_contracts.registered(course)
    yield from bounty_contracts.performed(course, upto, every=every, unpaid=unpaid)
    yield course.after(3)
    bounty_contracts.apply(course)


def in_acceptance(course: Course) -> Steps:
    """验收中: the experts met, the section chief concludes."""
    yield from finished(course)
    yield course.after(5)
    bounty_contracts.convene(course)


def concluded(course: Course, verdict: str, note: str, **more: Any) -> Steps:
    """Accepted, or sent to be put right."""
    yield from finished(course, **more)
    yield course.after(5)
    bounty_contracts.convene(course)
    yield course.after(2)
    bounty_contracts.conclude(course, verdict, note)


def rectifying(course: Course) -> Steps:
    """整改中."""
    yield from concluded(course, "rectify", "第三方检测只做了一个批次，须补做两个批次后再验收")


def accepted(course: Course) -> Steps:
    """验收通过, the last instalment is not yet paid."""
    yield from concluded(course, "pass", "同意通过验收", unpaid=1)


def paid_out(course: Course) -> Steps:
    """已兑榜."""
    yield from concluded(course, "pass", "同意通过验收")


def archived(course: Course) -> Steps:
    """已归档, with its ZIP."""
    yield from paid_out(course)
    yield course.after(3)
    bounty_contracts.archive(course)


def terminated(course: Course) -> Steps:
    """已终止, without anybody's fault."""
    yield from bounty_contracts.signed(course)
    yield from bounty_contracts.performed(course, 1, every=20)
    yield course.after(30)
    reason = "关键原料停产，替代路线经三轮试制仍达不到指标，专家论证认为技术路线不可行"
    yield from bounty_contracts.terminate(course, reason)


def failed(course: Course) -> Steps:
    """流榜, and its second edition in draft."""
    yield from closed(course)
    yield course.after(2)
    ending.fail(course.bounty, FailureKind.NO_BIDS, by=course.officer, now=course.now)
    yield course.after(8)
    said = "把两项次要指标改为目标值，执行期延长 6 个月，其余不变，重新发榜。"
    ending.republish(course.bounty, said, by=course.officer, now=course.now)


# Need, its officer, days before the seeding it begins, teams that bid, further terms, course.
Cast = tuple[str, str, float, tuple[str, ...], dict[str, Any], Callable[[Course], Steps]]
CAST: tuple[Cast, ...] = (
    ("materials-n1", "officer", 265, ("materials-t1", "materials-t12"), SUPPORT, archived),
    ("machinery-n3", "officer", 262, ("machinery-t6", "machinery-t12"), SUPPORT, paid_out),
    ("energy-n1", "officer2", 250, ("energy-t1", "energy-t5"), SUPPORT, paid_out),
    ("machinery-n1", "officer", 186, ("machinery-t1", "machinery-t7"), PLEDGED, third_milestone),
    ("life-n3", "officer2", 235, ("life-t6", "life-t9"), {}, accepted),
    ("energy-n13", "officer", 232, ("energy-t5", "energy-t4"), {}, rectifying),
    ("materials-n27", "officer2", 222, ("materials-t8", "materials-t11"),
     {"coop_modes": ["commission_dev"]}, in_acceptance),
    ("energy-n21", "officer2", 212, ("energy-t7", "energy-t6"), {}, terminated),
    ("machinery-n8", "officer", 165, ("machinery-t2", "machinery-t5", "machinery-t12"),
     {"race": True}, racing),
    ("materials-n19", "officer", 110, ("materials-t5", "materials-t9"), {}, registered),
    ("life-n24", "officer", 75, ("life-t11", "life-t3"), {}, bounty_judging.awarded),
    ("machinery-n18", "officer", 66,
     ("machinery-t5", "machinery-t8", "machinery-t12"), PLEDGED, suspended),
    ("life-n10", "officer2", 56, ("life-t9", "life-t5"), {}, bounty_judging.announced),
    ("energy-n7", "officer", 53, ("energy-t3", "energy-t6"), {}, bounty_judging.selected),
    ("machinery-n21", "officer", 44,
     ("machinery-t10", "machinery-t12", "machinery-t5"), {"is_blind": True}, under_review),
    ("energy-n27", "officer", 36, ("energy-t8", "energy-t5"), {}, closed),
    ("materials-n24", "officer2", 120, (), {}, failed),
    ("life-n17", "officer2", 45, ("life-t4",), {}, bounty_public.withdrawn),
    ("machinery-n2", "officer", 22,
     ("machinery-t1", "machinery-t10"), PLEDGED | SUPPORT, bounty_public.lively),
    ("machinery-n29", "officer2", 16, ("machinery-t1",), {}, bounty_public.with_draft),
    ("energy-n4", "officer", 9, (), {}, bounty_course.review),
    ("life-n25", "officer", 11, (), {"with_list_notice": True}, listed),
    ("materials-n29", "officer2", 6, (), {}, bounty_course.submit),
    ("energy-n36", "officer", 4, (), {}, drafting),
    ("life-n6", "officer2", 40, (), {}, dropped),
)  # fmt: skip
BEFORE = 12  # days a need was accepted before its bounty is drafted


def entered_before() -> dict[str, float]:
    """Return need → how many days ago it must have been entered to be on its bounty in time."""
    return {key: start + BEFORE for key, _, start, *_ in CAST}


def courses(district: District) -> list[Steps]:
    """Return the courses of all bounties."""
    return [
        course(Course(district, key, start, number, handler, bidders, _terms(terms)))
        for number, (key, handler, start, bidders, terms, course) in enumerate(CAST)
    ]


def _terms(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name != "race"} | (
        RACE_TERMS if terms.get("race") else {}
    )


RACE_TERMS: dict[str, Any] = {
    "mode": BountyMode.HORSE_RACE,
    "max_awards": 3,
    "stages": [
        {"name": "小样比测", "due_months": 3, "amount_fen": 5_000_000, "keep": 2, "rule": RACE},
        {"name": "样机比测", "due_months": 8, "amount_fen": 8_000_000, "keep": 1, "rule": RACE},
    ],
}


def keys_due(district: District) -> Any:
    """Return when the holders set their keys up: before the first bounty is published."""
    return district.now - timedelta(days=max(start for _, _, start, *_ in CAST) + 1)
