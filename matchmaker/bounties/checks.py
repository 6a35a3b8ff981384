"""What keeps a draft from going out: every rule named with its cure."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.bounties import content, fairness, rubrics, sources, timing
from matchmaker.bounties.fields import FIELDS, LABELS, Field
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyKind, BountyMode
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.money import format_short

FEWEST_MEASURED = 2
FEWEST_STAGES = 2
FEWEST_RACERS = 2
NO_SUPPORT = "none"
Problems = dict[str, str]


def problems(bounty: Bounty, *, now: datetime) -> Problems:
    """Return field → what is wrong and the cure, of everything that keeps the draft back."""
    return {**dates(bounty, now=now), **sources.problems(bounty), **terms(bounty)}


def terms(bounty: Bounty) -> Problems:
    """Return what is wrong with the terms themselves, whenever they are published."""
    found: Problems = {}
    for field in FIELDS:
        lacking = _lacking(field, getattr(bounty, field.name))
        if lacking:
            found[field.name] = lacking
    for rule in (_indicators, _mode, _support, _rubric, _eligibility):
        for name, problem in rule(bounty).items():
            found.setdefault(name, problem)
    return found | content.secrets({field.name: getattr(bounty, field.name) for field in FIELDS})


def complete(bounty: Bounty, *, now: datetime) -> None:
    """Raise `Invalid` naming everything that keeps the draft back."""
    found = problems(bounty, now=now)
    if found:
        raise Invalid(found)


def _lacking(field: Field, value: Any) -> str:
    blank = value is None or value in ("", [])
    if blank:
        return f"{field.label}还没有填写" if field.required else ""
    if field.kind in {"line", "text"} and len(value) < field.least:
        return f"{field.label}至少 {field.least} 字，现为 {len(value)} 字，请补充"
    if field.kind in {"words", "choices", "indicators"} and len(value) < field.least:
        return f"{field.label}至少 {field.least} 条，现为 {len(value)} 条，请补充"
    return ""


def _indicators(bounty: Bounty) -> Problems:
    rows = bounty.indicators
    for number, row in enumerate(rows, start=1):
        for key, label in (("name", "名称"), ("requirement", "要求"), ("test_method", "验收方法")):
            if not row.get(key):
                return {"indicators": f"第 {number} 条指标没有写{label}，请补充"}
    measured = [row for row in rows if any(c.isdigit() for c in str(row.get("requirement")))]
    if rows and len(measured) < FEWEST_MEASURED:
        return {"indicators": "至少 2 条指标的要求须写明数值，例：≤±5 N"}
    if rows and not any(row.get("is_key") for row in rows):
        return {"indicators": "请至少勾选一条关键指标（不响应即否决）"}
    return {}


def _mode(bounty: Bounty) -> Problems:
    if bounty.mode is BountyMode.HORSE_RACE:
        return _race(bounty)
    if bounty.mode is BountyMode.RECOGNITION:
        found = {}
        for name in ("recognised_id", "recognised_team", "recognition_reason"):
            if not getattr(bounty, name):
                found[name] = f"认定制须填写{LABELS[name]}"
        return found
    return {}


def _race(bounty: Bounty) -> Problems:
    found: Problems = {}
    if bounty.max_awards < FEWEST_RACERS:
        found["max_awards"] = "赛马制须有 2 至 3 家中选，请改为 2 或 3"
    rows, months = bounty.stages, 0
    if len(rows) < FEWEST_STAGES:
        return found | {"stages": f"赛马制至少 {FEWEST_STAGES} 个阶段，现为 {len(rows)} 个"}
    for number, row in enumerate(rows, start=1):
        missing = [
            label
            for key, label in (("name", "名称"), ("due_months", "完成月份"), ("rule", "淘汰规则"))
            if not row.get(key)
        ]
        if missing or row.get("amount_fen") is None:
            wanted = "、".join([*missing, *(["每家金额"] if row.get("amount_fen") is None else [])])
            return found | {"stages": f"第 {number} 阶段没有写{wanted}，请补充"}
        if row["due_months"] <= months:
            return found | {"stages": f"第 {number} 阶段的完成月份须晚于前一阶段"}
        months = row["due_months"]
    return found | _race_money(bounty, months)


def _race_money(bounty: Bounty, months: int) -> Problems:
    if bounty.duration_months and months > bounty.duration_months:
        return {"stages": f"末阶段第 {months} 个月完成，超过执行期 {bounty.duration_months} 个月"}
    running, total = bounty.max_awards, 0
    for number, row in enumerate(bounty.stages, start=1):
        total += row["amount_fen"] * running
        kept = row.get("keep")
        if kept is not None and not 1 <= kept <= running:
            return {"stages": f"第 {number} 阶段之后保留 {kept} 家，应为 1 至 {running} 家"}
        running = kept or running
    if bounty.amount_fen and total > bounty.amount_fen:
        return {
            "stages": f"各家各阶段合计 {format_short(total)}，超过榜额"
            f" {format_short(bounty.amount_fen)}，请调整"
        }
    return {}


def _support(bounty: Bounty) -> Problems:
    if not bounty.support_type or bounty.support_type == NO_SUPPORT:
        return {}
    found = {}
    for name in ("support_ratio", "support_cap_fen"):
        if not getattr(bounty, name):
            found[name] = f"有财政支持的须填写{LABELS[name]}，且大于 0"
    return found


def _rubric(bounty: Bounty) -> Problems:
    found = rubrics.problems(bounty.rubric)
    return {"rubric": "；".join(found)} if found else {}


def _eligibility(bounty: Bounty) -> Problems:
    """Let institutions come from anywhere; an enterprise may be asked to be registered here."""
    if bounty.kind is BountyKind.TRANSFER or bounty.mode is BountyMode.RECOGNITION:
        return {}
    query = select(Organisation.name).where(Organisation.kind == OrganisationKind.INSTITUTION)
    named = fairness.problems(bounty.eligibility, names=db.session.scalars(query))
    return {"eligibility": f"{'；'.join(named)}。{fairness.CURE}"} if named else {}


def dates(bounty: Bounty, *, now: datetime) -> Problems:
    """Return what is wrong with the deadlines if the bounty were published now."""
    closes = bounty.bid_deadline_at
    if closes is None:
        return {}
    found: Problems = {}
    earliest, day = timing.earliest_day(now), timing.day_and_hour(closes)[0]
    if day < earliest:
        found["bid_deadline_at"] = (
            f"截榜日 {day:%Y-%m-%d} 太近：今天发布最早可定在 {earliest:%Y-%m-%d}，请改晚"
        )
    asked = bounty.question_deadline_at
    if asked is not None and asked >= closes:
        found["question_deadline_at"] = "提问截止须早于截榜时间，请改早或留空"
    elif asked is not None and asked <= now:
        found["question_deadline_at"] = "提问截止已过，请改晚或留空"
    return found


def warnings(bounty: Bounty) -> list[str]:
    """Return what the approvers should know though it forbids nothing."""
    found = []
    if bounty.bid_deadline_at is not None:
        day = timing.day_and_hour(bounty.bid_deadline_at)[0]
        works = timing.calendar().workdays_between(day - timing.ONE_DAY, day)
        if not works.days:
            found.append(f"截榜日 {day:%Y-%m-%d} 不是工作日")
        if works.provisional:
            found.append(f"{day:%Y} 年放假安排尚未公布，截榜日是否工作日待定")
    budget = sum(s.need.budget_total_fen or 0 for s in bounty.sources if s.need)
    if budget and bounty.amount_fen and bounty.amount_fen > budget:
        found.append("榜额高于来源需求的拟投入总额")
    if any(s.need and s.need.is_anonymous for s in bounty.sources):
        found.append("来源需求选择匿名展示，发榜后发榜方名称将公开")
    return found
