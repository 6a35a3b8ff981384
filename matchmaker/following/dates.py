"""The date by which a bounty's next step is due: its own dates first, else the bureau's limit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.bounties.models import Bounty
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.extensions import db
from matchmaker.following import limits
from matchmaker.following.stages import TASKS
from matchmaker.lifecycles import (
    COUNTING_NOTICES,
    OPEN_MILESTONES,
    OPEN_OBJECTIONS,
    UNSIGNED,
    BountyState,
    MilestoneState,
)
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

B, M = BountyState, MilestoneState
NOTICED = (B.LIST_NOTICE, B.AWARD_NOTICE)
# Which side a milestone waits for.
MILESTONE_WAITS: dict[MilestoneState, tuple[str, str]] = {
    M.PLANNED: ("交付", "揭榜方"),
    M.REWORK: ("返工后重新交付", "揭榜方"),
    M.SUBMITTED: ("检查交付物", "发榜方"),
    M.PASSED: ("备案检查结果", "局经办"),
    M.FAILED: ("商定检查不合格的处理", "发榜方、揭榜方"),
    M.PAYABLE: ("付款并上传凭证", "发榜方"),
}


class Audience(IntEnum):
    """Who may read by when a step is due: each reads what those before it read."""

    PUBLIC = 0
    PARTIES = 1
    BUREAU = 2


@dataclass(frozen=True)
class NextStep:
    """What comes next: by whom, by which last day; a person where one is in charge."""

    what: str
    who: str
    due_on: date | None
    audience: Audience = Audience.PUBLIC
    person_role: str = ""  # what `who` is called outside the bureau, where it names a person


# Whose business the date is that a state's own papers set; everybody's unless named.
_AUDIENCES = {B.SUSPENDED: Audience.BUREAU, B.AWARDED: Audience.PARTIES}


@dataclass
class Dates:
    """What the next steps of some bounties rest on, read in a few statements."""

    calendar: WorkdayCalendar
    limits: Mapping[str, int]
    notices: dict[int, date] = field(default_factory=dict)
    objections: dict[int, date] = field(default_factory=dict)
    signing: dict[int, date] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)


def load(ids: Iterable[int]) -> Dates:
    """Read the dates of these bounties (database ids)."""
    wanted = sorted(set(ids))
    found = Dates(
        WorkdayCalendar(places.holidays()),
        {name: limits.workdays(name) for name in limits.DEFAULTS},
    )
    for row in _notices(wanted):
        if row.end_on is not None and row.subject_id is not None:
            found.notices[row.subject_id] = row.end_on
    found.objections = _earliest(
        select(Notice.subject_id, Objection.decide_by)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(_about(wanted), Objection.state.in_(OPEN_OBJECTIONS))
    )
    contracts = select(Contract.bounty_id, Contract.sign_by)
    found.signing = _earliest(
        contracts.where(Contract.bounty_id.in_(wanted), Contract.state.in_(UNSIGNED))
    )
    found.milestones = _milestones(wanted)
    return found


def _about(ids: list[int]) -> Any:
    return (Notice.subject_noun == "bounty") & Notice.subject_id.in_(ids)


def _notices(ids: list[int]) -> Any:
    counting = Notice.state.in_(COUNTING_NOTICES)
    return db.session.scalars(select(Notice).where(_about(ids), counting).order_by(Notice.id))


def _earliest(query: Any) -> dict[int, date]:
    found: dict[int, date] = {}
    for bounty_id, day in db.session.execute(query):
        if day is not None:
            found[bounty_id] = min(day, found.get(bounty_id, day))
    return found


def _milestones(ids: list[int]) -> dict[int, Milestone]:
    """Return for each bounty the open milestone that is due first."""
    query = (
        select(Contract.bounty_id, Milestone)
        .join(Contract, Contract.id == Milestone.contract_id)
        .where(Contract.bounty_id.in_(ids), Milestone.state.in_(OPEN_MILESTONES))
        .order_by(Milestone.due_on.desc(), Milestone.seq.desc())
    )
    # The earliest comes last and stays.
    return {pair[0]: pair[1] for pair in db.session.execute(query)}


def next_step(
    bounty: Any, *, entered_at: datetime | None, dates: Dates, now: datetime
) -> NextStep | None:
    """Return what comes next for one bounty; None where its process has ended.

    entered_at : since when it is in its present state; at the deadline, the deadline itself.
    """
    state = bounty.present_state
    task = TASKS.get(state)
    if task is None or (state is B.FAILED and bounty.settlement):
        return None
    named = bool(task.person and bounty.handler)
    who, role = (bounty.handler.name, task.who) if named else (task.who, "")
    if state is B.IN_PROGRESS and bounty.id in dates.milestones:
        return _of_milestone(dates.milestones[bounty.id])
    own = _own_date(bounty, state, dates)
    if own is not None or not task.limit:
        return NextStep(task.what, who, own, _AUDIENCES.get(state, Audience.PUBLIC), role)
    since = clock.today(entered_at or bounty.updated_at or now)
    due = dates.calendar.add_workdays(since, max(1, dates.limits[task.limit])).day
    return NextStep(task.what, who, due, Audience.BUREAU, role)


def _of_milestone(row: Milestone) -> NextStep:
    what, who = MILESTONE_WAITS.get(row.state, ("履行", "揭榜方"))
    told = f"第 {row.seq} 个里程碑“{row.name}”：{what}"
    return NextStep(told, who, row.due_on, Audience.PARTIES)


def _own_date(bounty: Bounty, state: BountyState, dates: Dates) -> date | None:
    """Return the date the bounty's own papers set for its present state."""
    if state is B.PUBLISHED:
        return last_day(bounty.bid_deadline_at)
    if state in NOTICED:
        return dates.notices.get(bounty.id)
    if state is B.SUSPENDED:
        return dates.objections.get(bounty.id)
    return dates.signing.get(bounty.id) if state is B.AWARDED else None


def last_day(moment: datetime | None) -> date | None:
    """Return the last day of a period that ends at this moment: 24:00 belongs to its day."""
    if moment is None:
        return None
    return clock.today(moment - timedelta(seconds=1))


def is_late(step: NextStep | None, *, now: datetime) -> bool:
    """Tell whether the last day of a step has passed."""
    return step is not None and step.due_on is not None and step.due_on < clock.today(now)
