"""评审 operations: set up over bids or needs, read, void."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import clock, locks, policy, scoring, web, workdays
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties import rubrics
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, NeedState, ReviewState
from matchmaker.needs.models import Need
from matchmaker.places import operations as places
from matchmaker.reviewing.models import Review, ReviewKind, Subject
from matchmaker.scoring import draw

DEFAULT_WORKDAYS = 10
WAITING_BIDS = (BidState.LOCKED, BidState.OPENED, BidState.DISQUALIFYING)
REVIEWABLE_NEEDS = (NeedState.ACCEPTED, NeedState.DIAGNOSED, NeedState.MATCHING, NeedState.REOPENED)
VOIDABLE_BOUNTY = (BountyState.UNDER_REVIEW, BountyState.SELECTED)


@dataclass(frozen=True)
class Setup:
    """What the officer decides about a review before it begins."""

    panel_size: int
    due_on: date
    fields: Sequence[str] = ()


def visible(viewer: Any) -> Select[Any]:
    """Return the query of the reviews the viewer may see in a list."""
    query = policy.scope(viewer, "review", "list")
    return query.options(joinedload(Review.officer), joinedload(Review.bounty))


def get(public_id: str, *actions: str, viewer: Any) -> Review:
    """Return the review on which the viewer may do any of `actions`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "review", *(actions or ("read",)))
    query = query.where(Review.public_id == public_id).options(
        selectinload(Review.subjects).joinedload(Subject.bid).joinedload(Bid.lead_organisation),
        selectinload(Review.subjects).joinedload(Subject.need).joinedload(Need.enterprise),
        selectinload(Review.panelists),
    )
    found: Review = web.found(db.session.scalars(query).one_or_none())
    return found


def of_bounty(bounty: Bounty) -> Review | None:
    """Return the bounty's live review, the one that counts."""
    query = select(Review).where(Review.live_key == live_key(bounty))
    return db.session.scalars(query).one_or_none()


def live_key(bounty: Bounty) -> str:
    """Return the key only one live review of a bounty may hold."""
    return f"bounty:{bounty.id}"


def review_bids(bounty: Bounty, setup: Setup, *, by: Any, now: datetime) -> Review:
    """Set up the review of a closed bounty's qualified bids, or anew after a voided one.

    Raises `WrongState` while a bid waits for its formal check or none qualified, `Invalid`.
    """
    if bounty.handler_id not in (None, by.id):
        raise NotAllowed("只有本榜单的经办人可以组织评审。")
    bids = _bids(bounty)
    _check(setup, now=now)
    previous = db.session.scalars(
        select(Review).where(Review.bounty_id == bounty.id).order_by(Review.id.desc())
    ).first()
    if previous is not None and previous.state is not ReviewState.VOIDED:
        raise WrongState("本榜单已有评审，请在原评审上办理。")
    review = Review(
        kind=ReviewKind.BIDS,
        live_key=live_key(bounty),
        bounty=bounty,
        previous_id=previous.id if previous else None,
        title=bounty.title,
        rubric_rows=[dict(row) for row in bounty.rubric],
        vetoes=list(rubrics.VETOES),
        is_blind=bounty.is_blind,
        pass_line=bounty.pass_line,
        fields=list(setup.fields) or [bounty.tech_field_code],
    )
    review.subjects = [Subject(bid=bid) for bid in bids]
    _enter(review, setup, by=by, now=now)
    if bounty.state is BountyState.CLOSED:
        trail.advance(bounty, "start_review", by=by, now=now)
        for bid in bids:
            trail.advance(bid, "start_review", by=by, now=now)
    return review


def _bids(bounty: Bounty) -> list[Bid]:
    """Return the bids to be judged, those of a voided review once more."""
    if bounty.state is BountyState.UNDER_REVIEW:
        wanted: tuple[BidState, ...] = (BidState.UNDER_REVIEW,)
    elif bounty.state is BountyState.CLOSED:
        wanted = (BidState.QUALIFIED,)
    else:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，不能组织评审。")
    of_it = select(Bid).where(Bid.bounty_id == bounty.id)
    waiting = of_it.where(Bid.state.in_(WAITING_BIDS)).subquery()
    left = db.session.scalar(select(func.count()).select_from(waiting))
    if left:
        raise WrongState(f"还有 {left} 份揭榜申请没有完成启封或形式审查，请先办完。")
    found = list(db.session.scalars(of_it.where(Bid.state.in_(wanted)).order_by(Bid.id)))
    if not found:
        raise WrongState("没有通过形式审查的揭榜申请，不能组织评审；请办理流榜。")
    return found


def review_needs(
    title: str, needs: Sequence[Need], setup: Setup, *, by: Any, now: datetime
) -> Review:
    """Set up the review that ranks needs before they may become bounties (需求遴选)."""
    if not title.strip():
        raise Invalid({"title": "请填写评审名称，如“2026 年第一批需求遴选”"})
    if not needs:
        raise Invalid({"needs": "请至少选择一项需求"})
    for need in needs:
        if need.state not in REVIEWABLE_NEEDS:
            raise WrongState(f"需求“{need.title}”当前为“{need.state.label}”，不能参加遴选评审。")
    _check(setup, now=now)
    fields = list(setup.fields) or sorted({need.tech_field_code for need in needs})
    review = Review(
        kind=ReviewKind.NEEDS,
        title=title.strip()[:200],
        rubric_rows=rubrics.for_needs(),
        vetoes=[],
        is_blind=False,
        pass_line=rubrics.PASS_LINE,
        fields=fields,
    )
    review.subjects = [Subject(need=need) for need in needs]
    _enter(review, setup, by=by, now=now)
    return review


def needs_to_review(viewer: Any) -> list[Need]:
    """Return the needs that may enter a selection, those already in a live one left out."""
    judged = (
        select(Subject.need_id)
        .join(Review)
        .where(Review.state != ReviewState.VOIDED, Subject.need_id.is_not(None))
    )
    query = policy.scope(viewer, "need", "read_bureau").where(
        Need.state.in_(REVIEWABLE_NEEDS), Need.id.not_in(judged)
    )
    return list(db.session.scalars(query.order_by(Need.accepted_at, Need.id)))


def bounties_to_review(viewer: Any) -> list[Bounty]:
    """Return the bounties whose bids the officer may now have judged."""
    live = select(Review.bounty_id).where(Review.live_key.is_not(None))
    query = select(Bounty).where(
        Bounty.state.in_((BountyState.CLOSED, BountyState.UNDER_REVIEW)),
        (Bounty.handler_id == viewer.id) | Bounty.handler_id.is_(None),
        Bounty.id.not_in(live),
    )
    return list(db.session.scalars(query.order_by(Bounty.bid_deadline_at, Bounty.id)))


def _check(setup: Setup, *, now: datetime) -> None:
    problems = {}
    if setup.panel_size not in draw.SIZES:
        problems["panel_size"] = "专家人数应为 3、5 或 7 人"
    if setup.due_on <= clock.today(now):
        problems["due_on"] = "打分截止日应晚于今天"
    if problems:
        raise Invalid(problems)


def default_due(now: datetime) -> date:
    """Return the day ten working days from now."""
    calendar = workdays.WorkdayCalendar(places.holidays())
    return calendar.add_workdays(clock.today(now), DEFAULT_WORKDAYS).day


def _enter(review: Review, setup: Setup, *, by: Any, now: datetime) -> None:
    try:
        scoring.rubric.read(review.rubric_rows, review.vetoes)
    except scoring.RubricError as error:
        raise Invalid({"rubric": f"评分表不能使用：{error}"}) from error
    for number, subject in enumerate(review.subjects, 1):
        subject.number = number
    review.panel_size, review.due_at = setup.panel_size, workdays.end_of(setup.due_on)
    review.officer_id, review.created_at = by.id, now
    trail.record("review_setup", "review", by=by, now=now, kind=review.kind.value)
    review.review_no = locks.next_number(Review.review_no, f"PS{clock.today(now).year}-", 3)
    db.session.add(review)
    trail.enter(review, by=by, now=now, kind=review.kind.value, subjects=len(review.subjects))


def postpone(review: Review, due_on: date, *, by: Any, now: datetime) -> None:
    """Move the day by which the sheets are due."""
    due = workdays.end_of(due_on)
    if due_on <= clock.today(now) or due <= review.due_at:
        raise Invalid({"due_on": "新的打分截止日应晚于今天和原截止日"})
    review.due_at = due
    trail.record("postpone", "review", review.public_id, by=by, now=now, due_on=str(due_on))


def void(review: Review, *, reason: str, by: Any, now: datetime) -> None:
    """Void the review: all is judged anew; scores and draw stay on record.

    A bounty that has not gone to its award notice falls back to 评审中, its bids with it.
    """
    bounty = review.bounty
    if bounty is not None and bounty.state not in VOIDABLE_BOUNTY:
        raise WrongState(f"榜单当前为“{bounty.state.label}”，评审不能再作废；请按异议程序办理。")
    if bounty is not None and bounty.state is BountyState.SELECTED:
        raise WrongState("拟揭榜决定尚在办理，请先退回或撤销该决定，再作废评审。")
    for subject in review.subjects:
        if subject.bid is not None and subject.bid.state in RANKED:
            trail.advance(subject.bid, "review_again", by=by, now=now, reason=reason)
    review.live_key, review.void_reason = None, reason
    trail.advance(review, "void", by=by, now=now, reason=reason)


RANKED = (BidState.RECOMMENDED, BidState.NOT_RECOMMENDED, BidState.STANDBY)
