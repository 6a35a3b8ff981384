"""What of the bounties waits for whom: kinds of work, each found through the permission table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from matchmaker import policy
from matchmaker.bounties.models import Bounty, BountySource, present_state
from matchmaker.bounties.records import Change
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.lifecycles import (
    UNSIGNED,
    AwardState,
    BountyState,
    ChangeState,
    ContractState,
    MilestoneState,
    NoticeState,
    ObjectionState,
    PanelistState,
    ReviewState,
    SheetState,
)
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.reviewing.award_models import Award, Choice
from matchmaker.reviewing.models import Panelist, Review
from matchmaker.reviewing.sheet_models import ScoreSheet

B, M, R = BountyState, MilestoneState, ReviewState


@dataclass(frozen=True)
class Duty:
    """A kind of work: whose it is says the table (resource, action); which rows, the condition.

    due : the last day of a row, where it has one of its own; else `since` plus `limit` counts. A
    bounty has waited since its last move, as the board says.
    of : the rows to list, where they are not the resource's own (a contract's milestones).
    """

    label: str
    resource: str
    action: str
    condition: Callable[[], ColumnElement[bool]]
    title: Callable[[Any], str]
    endpoint: str
    name: Callable[[Any], str] = lambda row: str(row.public_id)
    due: Callable[[Any], date | datetime | None] | None = None
    since: Callable[[Any], datetime | None] | None = None
    limit: str = "step_workdays"
    rows: Callable[[Any], Select[Any]] | None = None

    def query(self, viewer: Any) -> Select[Any]:
        """Return the rows that wait for this viewer."""
        base = self.rows(viewer) if self.rows else policy.scope(viewer, self.resource, self.action)
        return base.where(self.condition())


def _bounty(*states: BountyState) -> Callable[[], ColumnElement[bool]]:
    return lambda: present_state().in_(states)


def _state(model: Any, *states: Any) -> Callable[[], ColumnElement[bool]]:
    return lambda: model.state.in_(states)


def _of_bounty(label: str, action: str, *states: BountyState) -> Duty:
    return Duty(
        label,
        "bounty",
        action,
        _bounty(*states),
        lambda row: row.title or "（未填写名称）",
        "bounties.show",
    )


def _milestones(action: str) -> Callable[[Any], Select[Any]]:
    def rows(viewer: Any) -> Select[Any]:
        mine = select(Contract.id).where(policy.expression(viewer, "contract", action))
        return select(Milestone).where(Milestone.contract_id.in_(mine))

    return rows


def _of_milestone(label: str, action: str, *states: MilestoneState) -> Duty:
    return Duty(
        label,
        "contract",
        action,
        _state(Milestone, *states),
        lambda row: f"{row.contract.title} · {row.name}",
        "contracts.show",
        name=lambda row: str(row.contract.public_id),
        due=lambda row: row.due_on,
        rows=_milestones(action),
    )


def _changes(action: str) -> Callable[[Any], Select[Any]]:
    def rows(viewer: Any) -> Select[Any]:
        mine = select(Bounty.id).where(policy.expression(viewer, "bounty", action))
        return select(Change).where(Change.bounty_id.in_(mine))

    return rows


def _of_change(label: str, action: str, *states: ChangeState) -> Duty:
    return Duty(
        label,
        "bounty",
        action,
        _state(Change, *states),
        lambda row: f"{row.bounty.title}：{row.kind.label}",
        "bounties.changes",
        name=lambda row: str(row.bounty.public_id),
        since=lambda row: row.requested_at,
        rows=_changes(action),
    )


def _of_review(label: str, action: str, *states: ReviewState) -> Duty:
    return Duty(
        label,
        "review",
        action,
        _state(Review, *states),
        lambda row: row.title,
        "reviews.show",
        due=lambda row: row.due_at,
    )


def _unconsented() -> ColumnElement[bool]:
    """Hold for drafts one of whose sources has not agreed; the organisation's own are scoped."""
    waiting = select(BountySource.bounty_id).where(BountySource.consented_at.is_(None))
    return present_state().in_((B.DRAFT,)) & Bounty.id.in_(waiting)


def _unchosen() -> ColumnElement[bool]:
    chosen = select(Choice.review_id)
    return Review.state.in_((R.CONCLUDED,)) & Review.id.not_in(chosen)


def _unsettled() -> ColumnElement[bool]:
    return present_state().in_((B.FAILED,)) & (Bounty.settlement == "")


def _seats(viewer: Any) -> Select[Any]:
    """Return the expert's seats at which a sheet is still open."""
    open_sheets = select(ScoreSheet.panelist_id).where(
        ScoreSheet.state == SheetState.DRAFT,
        policy.expression(viewer, "score_sheet", "update"),
    )
    return select(Panelist).where(Panelist.id.in_(open_sheets))


DUTIES: tuple[Duty, ...] = (
    _of_bounty("待提交会审的榜单", "submit_for_approval", B.DRAFT),
    _of_bounty("待会审的榜单", "review", B.REVIEWING),
    _of_bounty("待批准发布的榜单", "approve", B.READY),
    Duty(
        "待本单位同意的榜单", "bounty", "consent_source", _unconsented,
        lambda row: row.title, "bounties.show",
    ),
    _of_bounty("已截榜，待开榜的榜单", "open_bids_share", B.CLOSED),
    Duty(
        "流榜后待定去向的榜单", "bounty", "settle", _unsettled,
        lambda row: row.title, "bounties.show",
    ),
    _of_change("待会审的榜单变更", "amend_review", ChangeState.REQUESTED),
    _of_change("待批准的榜单变更", "amend_approve", ChangeState.REVIEWED),
    _of_review("待抽取专家的评审", "assign_panel", R.CREATED),
    _of_review("待批准名单的评审", "approve_panel", R.DRAWN),
    _of_review("待汇总的评审", "aggregate", R.SCORED),
    _of_review("待作结论的评审", "conclude", R.AGGREGATED),
    Duty(
        "待选定揭榜方", "review", "confirm_choice", _unchosen,
        lambda row: row.title, "choices.show", due=lambda row: row.due_at,
    ),
    Duty(
        "待答复的评审邀请", "panelist", "read_own_assignment",
        _state(Panelist, PanelistState.INVITED), lambda row: row.review.title,
        "assignments.show", due=lambda row: row.review.due_at,
    ),
    Duty(
        "待提交的打分表", "score_sheet", "update", true, lambda row: row.review.title,
        "assignments.show", due=lambda row: row.review.due_at, rows=_seats,
    ),
    Duty(
        "待审核的拟揭榜名单", "award", "endorse", _state(Award, AwardState.PROPOSED),
        lambda row: row.bounty.title, "awards.show", since=lambda row: row.proposed_at,
    ),
    Duty(
        "待批准的拟揭榜名单", "award", "approve", _state(Award, AwardState.ENDORSED),
        lambda row: row.bounty.title, "awards.show", since=lambda row: row.proposed_at,
    ),
    Duty(
        "待审查的公示", "notice", "check", _state(Notice, NoticeState.SUBMITTED),
        lambda row: row.title, "notices.show", since=lambda row: row.created_at,
    ),
    Duty(
        "待发布的公示", "notice", "approve", _state(Notice, NoticeState.CHECKED),
        lambda row: row.title, "notices.show", since=lambda row: row.checked_at,
    ),
    Duty(
        "待受理的异议", "objection", "accept_or_refuse",
        _state(Objection, ObjectionState.SUBMITTED), lambda row: row.objection_no,
        "objections.show", since=lambda row: row.received_at,
    ),
    Duty(
        "待查清的异议", "objection", "handle", _state(Objection, ObjectionState.ACCEPTED),
        lambda row: row.objection_no, "objections.show", due=lambda row: row.decide_by,
    ),
    Duty(
        "待决定的异议", "objection", "decide", _state(Objection, ObjectionState.ACCEPTED),
        lambda row: row.objection_no, "objections.show", due=lambda row: row.decide_by,
    ),
    Duty(
        "待签订的合同", "contract", "sign", _state(Contract, *UNSIGNED),
        lambda row: row.title, "contracts.show", due=lambda row: row.sign_by,
    ),
    Duty(
        "待核验签订的合同", "contract", "verify", _state(Contract, *UNSIGNED),
        lambda row: row.title, "contracts.show", due=lambda row: row.sign_by,
    ),
    Duty(
        "待批准终止的合同", "contract", "terminate_approve",
        _state(Contract, ContractState.TERMINATING), lambda row: row.title, "contracts.show",
        due=lambda row: row.end_on,
    ),
    _of_milestone("待交付的里程碑", "submit_milestone", M.PLANNED, M.REWORK),
    _of_milestone("待检查的里程碑", "accept_milestone", M.SUBMITTED),
    _of_milestone("待付款的里程碑", "record_payment", M.PAYABLE),
    _of_milestone("待备案的里程碑", "file_milestone", M.PASSED),
)  # fmt: skip
