"""Bids under seal, their opening by two holders, and the formal check."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bidding import (
    attachments,
    checking,
    drafts,
    keys,
    opening,
    relating,
    submitting,
    vault,
)
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState
from matchmaker.money import split_installments
from matchmaker.relations import operations as relations
from matchmaker.seed import bounty_course
from matchmaker.seed.bounty_course import Course
from matchmaker.seed.parties import District
from matchmaker.seed.stage import Steps, settings

PASSPHRASE = "海澜 灯塔 渔火 归帆 石榴"  # noqa: S105 - printed beside the demonstration's accounts
CHEAP = 16  # scrypt's n
LOOKED_INTO = "已向双方核实并查阅任职材料，不参与本项目决策，不构成应回避的关联"
HOLDERS = ("officer", "officer2", "leader", "auditor")
PDF = "%PDF-1.7\n%% {name}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
LINES = (("设备与材料费", "45"), ("测试化验加工费", "20"), ("人员劳务费", "25"), ("管理费", "10"))
PLAN = (
    ("方案与小样", "方案报告、小样和自测数据", "30"),
    ("样机与试制", "样机（中试样品）和试制记录", "30"),
    ("现场应用", "现场连续运行记录和用户意见", "20"),
    ("验收", "第三方检测报告、技术资料和人员培训记录", "20"),
)
DISCOUNTS = (92, 95, 97)  # per cent of what the owner pays
RACE_DISCOUNTS = (70, 72, 74)  # three teams run, one main sum is paid
RACE_SHARES = ("5", "5", "5", "85")


def set_up_keys(district: District, *, now: datetime) -> None:
    """Give the holders their keys, all under the demonstration's passphrase."""
    with settings(HOLDER_SCRYPT_N=CHEAP):  # everybody knows this passphrase
        for login in HOLDERS:
            user = district.users[login]
            keys.set_up(user, passphrase=PASSPHRASE, again=PASSPHRASE, now=now)


def team_of(course: Course, key: str) -> Team:
    """Return a team of the written district."""
    return db.session.get_one(Team, course.district.teams[key])


def upload(name: str) -> Any:
    """Return a small PDF as a browser sends it."""
    body = PDF.format(name=name).encode()
    return SimpleNamespace(filename=f"{name}.pdf", stream=io.BytesIO(body))


def solution(bounty: Bounty, team: Team) -> str:
    """Return what the team proposes, out of its directions and its own achievements."""
    query = select(Achievement).where(Achievement.team_id == team.id).order_by(Achievement.id)
    own = db.session.scalars(query).all()
    near = [one for one in own if one.tech_field_code == bounty.tech_field_code]
    basis = (near or own)[:1]
    found = "".join(f"以已有成果“{one.title}”为基础：{one.summary}" for one in basis)
    wanted = "；".join(f"{one['name']}{one['requirement']}" for one in bounty.indicators)
    return (
        f"{team.name}长期从事{team.directions}\n{found}\n"
        f"拟在发榜企业现场分四步实施：先摸清现状数据并做小样对比，再试制样机，然后上线连续运行，"
        f"最后由第三方检测。逐项对照的指标为：{wanted}。"
    )


def content(course: Course, team: Team, place: int) -> dict[str, Any]:
    """Return what a team enters on the first four screens."""
    bounty = course.bounty
    race = bounty.mode is BountyMode.HORSE_RACE
    discounts = RACE_DISCOUNTS if race else DISCOUNTS
    shares = RACE_SHARES if race else tuple(share for _, _, share in PLAN)
    quote = bounty.amount_fen * discounts[place % len(discounts)] // 100
    parts = split_installments(quote, [Decimal(share) for _, share in LINES])
    months = bounty.duration_months
    return {
        "pi_name": team.leader_name,
        "pi_title": team.leader_title or "研究员",
        "pi_phone": f"136{(team.id * 7351 + 10_000_000) % 10**8:08d}",
        "team": [
            {"name": one["name"], "organisation": "", "title": str(one.get("title") or "研究骨干")}
            for one in team.members[:3]
        ],
        "solution_text": solution(bounty, team),
        "quote_fen": quote,
        "quote_note": "",
        "budget_lines": [
            {"name": name, "amount_fen": part, "note": ""}
            for (name, _), part in zip(LINES, parts, strict=True)
        ],
        "milestones": [
            {"name": name, "due_months": max(step, months * step // len(PLAN)),
             "deliverables": what, "share": share}
            for step, ((name, what, _), share) in enumerate(
                zip(PLAN, shares, strict=True), start=1
            )
        ],
        "cases": f"{team.name}近三年为同行业企业完成过同类技术服务，用户意见附后。",
        "pledges": {"integrity": True, "no_relation": True, "employer": True},
        "pledge_text": (
            f"我团队承诺按期达到榜单全部指标，逐期交付；由{team.leader_name}总负责，"
            "未达标的退回相应款项并承担违约责任。"
        ),
    }  # fmt: skip


def write(course: Course, key: str, place: int) -> Bid:
    """Let a team's leader begin a draft and fill the four screens."""
    team = team_of(course, key)
    leader = db.session.get_one(User, team.created_by_id)
    bid = drafts.begin(course.bounty, by=leader, now=course.now)
    answers = [
        {**one, "answer": "exceed" if number == place else "meet", "value": value, "note": ""}
        for number, (one, value) in enumerate(_promised(course, bid))
    ]
    drafts.save(bid, {**content(course, team, place), "indicator_responses": answers})
    attachments.add(bid, upload("技术方案"))
    return bid


def _promised(course: Course, bid: Bid) -> list[tuple[dict[str, Any], str]]:
    wanted = [one["requirement"] or "达到" for one in course.bounty.indicators]
    return list(zip(drafts.read(bid)["indicator_responses"], wanted, strict=True))


def seal(course: Course, bid: Bid) -> None:
    """Have the office consent, make the package, and seal it."""
    leader = db.session.get_one(User, bid.created_by_id)
    drafts.share(bid, by=leader, now=course.now)
    drafts.endorse(bid, by=course.manager(bid.lead_organisation_id), now=course.now)
    submitting.make_package(bid, now=course.now)
    db.session.flush()
    prepared = submitting.prepare(bid, now=course.now)
    submitting.seal(bid, prepared, by=leader, now=course.now)
    vault.destroy_draft(bid.public_id)


def bid_all(course: Course) -> Steps:
    """Let the bidders bid one after the other, evenly between now and the deadline.

    They keep no office hours: counted in working days, a holiday would carry one past it.
    """
    opens, closes = course.now, bounty_course.deadline(course.bounty)
    for place, key in enumerate(course.bidders, start=1):
        yield opens + (closes - opens) * place / (len(course.bidders) + 1)
        seal(course, write(course, key, place))


def opened(course: Course) -> Steps:
    """Close, open with two holders, check every bid."""
    yield from bounty_course.publish(course)
    yield from bid_all(course)
    yield from bounty_course.close(course)
    yield course.after(1)
    _open(course, course.officer)
    yield course.now + timedelta(minutes=20)
    _open(course, course.leader)
    yield course.now + timedelta(minutes=10)
    opening.witness(course.bounty, by=course.who("auditor"), now=course.now)
    yield course.after(1)
    passed = dict.fromkeys(checking.ITEMS, True)
    for bid in bids(course.bounty, BidState.OPENED):
        judge_hints(course, bid)
        checking.check(bid, passed, {}, by=course.officer, now=course.now)


def judge_hints(course: Course, bid: Bid) -> None:
    """Look into every hint of a related party before the formal check, with a written opinion."""
    for hit in relations.waiting(relating.compare(bid, now=course.now)):
        relations.judge(
            hit, "dismiss", reason=LOOKED_INTO, version=str(hit.version), by=course.officer,
            now=course.now,
        )  # fmt: skip


def _open(course: Course, holder: Any) -> None:
    attempt = opening.try_with(course.bounty, PASSPHRASE, by=holder, now=course.now)
    opening.carry_out(course.bounty, attempt, by=holder, now=course.now)


def bids(bounty: Bounty, *states: BidState) -> list[Bid]:
    """Return the bounty's bids in these states."""
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.state.in_(states))
    return list(db.session.scalars(query.order_by(Bid.id)))
