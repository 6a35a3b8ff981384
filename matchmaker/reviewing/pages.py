"""What a review's page shows to one viewer: progress, panel, result; never interim scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import policy, web
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    AWARD,
    PANELIST,
    REVIEW,
    SCORE_SHEET,
    AwardState,
    BountyState,
    PanelistState,
    ReviewState,
    SheetState,
)  # fmt: skip
from matchmaker.places import operations as places
from matchmaker.reviewing import aggregating, awarding, choosing, drawing, sheets
from matchmaker.reviewing.models import Panelist, Review, Subject
from matchmaker.reviewing.sheet_models import ScoreSheet
from matchmaker.scoring import Part
from matchmaker.scoring.ranking import Outcome, TieBreak
from matchmaker.workdays import WorkdayCalendar

R = ReviewState
STEPS = (
    (R.CREATED, "抽取专家"), (R.DRAWN, "批准名单"), (R.INVITING, "专家确认"), (R.SCORING, "打分"),
    (R.SCORED, "汇总"), (R.AGGREGATED, "结论"), (R.CONCLUDED, "完成"),
)  # fmt: skip
ACTIONS = (
    "assign_panel", "approve_panel", "chase", "aggregate", "conclude", "void", "read_aggregate",
    "propose_award",
)  # fmt: skip
ORDER = tuple(state for state, _ in STEPS)


@dataclass(frozen=True)
class Seat:
    """A seat and how far its sheets are; `name` only for those who may know the panel."""

    label: str
    panelist: Panelist
    name: str
    institution: str
    technical: tuple[int, int]
    price: tuple[int, int]
    reopening: Sequence[ScoreSheet]

    @property
    def done(self) -> bool:
        """Whether everything handed out has been submitted."""
        given = self.technical[1] + self.price[1]
        return given > 0 and self.technical[0] + self.price[0] == given


@dataclass(frozen=True)
class Page:
    """Everything the review's template needs."""

    review: Review
    may: dict[str, bool]
    seats: list[Seat]
    knows_panel: bool
    steps: list[tuple[str, str, None]]
    left: str
    late: bool
    events: list[Any]
    step: str = ""


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    when: str
    title: str
    by: str
    detail: str
    tone: str


def read(review: Review, *, viewer: Any, now: datetime) -> Page:
    """Return the page of a review for one viewer."""
    may = {action: policy.permits(viewer, "review", action, review) for action in ACTIONS}
    knows = knows_panel(review, viewer)
    open_now = review.state in (R.INVITING, R.SCORING)
    return Page(
        review=review,
        may=_possible(review, may),
        seats=[_seat(n, one, knows=knows) for n, one in enumerate(review.panelists, 1)],
        knows_panel=knows,
        steps=[(str(state), label, None) for state, label in STEPS],
        left=left(review, now=now),
        late=open_now and now >= review.due_at,
        events=history(review, knows=knows),
        step=str(review.state),
    )


def knows_panel(review: Review, viewer: Any) -> bool:
    """Tell whether the viewer may read who sits: `expert, panel_secret, read_panel_members`."""
    if not policy.may(viewer, "expert", "read_panel_members"):
        return False
    query = policy.scope(viewer, "panelist", "read_members")
    return db.session.scalar(query.where(Panelist.review_id == review.id).limit(1)) is not None


def left(review: Review, *, now: datetime) -> str:
    """Say in working days what is left until the sheets are due."""
    return WorkdayCalendar(places.holidays()).remaining(now, review.due_at)


def _possible(review: Review, may: dict[str, bool]) -> dict[str, bool]:
    bounty = review.bounty
    under_review = bounty is not None and bounty.state is BountyState.UNDER_REVIEW
    live = awarding.live(bounty) if bounty is not None else []
    return may | {
        "draw": may["assign_panel"] and review.state is R.CREATED,
        "approve": may["approve_panel"] and review.state is R.DRAWN,
        "conclude": may["conclude"] and review.state is R.AGGREGATED,
        "void": may["void"] and (bounty is None or under_review),
        "propose_award": may["propose_award"] and under_review and not live,
        "postpone": may["chase"] and review.state in (R.INVITING, R.SCORING),
    }


def _seat(number: int, panelist: Panelist, *, knows: bool) -> Seat:
    own = sheets.of_panelist(panelist)
    counts = {}
    for part in Part:
        given = [one for one in own if one.part is part]
        counts[part] = (sum(one.state in sheets.DONE for one in given), len(given))
    return Seat(
        f"专家 {number}",
        panelist,
        panelist.name if knows else "（名单保密）",
        panelist.institution if knows else "",
        counts[Part.TECHNICAL],
        counts[Part.PRICE],
        [one for one in own if one.state is SheetState.REOPENING],
    )


def history(review: Review, *, knows: bool) -> list[Event]:
    """Return what happened to the review, newest first; names of judges only for who may know."""
    labels = {
        m.action: m.label for one in (REVIEW, PANELIST, SCORE_SHEET, AWARD) for m in one.moves
    }
    labels |= {
        "create": "建立评审", "postpone": "延长打分", "choose": "发榜方选定",
        "pass_over": "补抽时跳过", "remind": "催办", "choice_reopened": "退回重新选定",
    }  # fmt: skip
    hidden = {"pass_over"}
    return [
        Event(
            web.as_moment(one.at), labels.get(one.action, one.action), one.actor_name,
            one.reason, _tone(one.to_state),
        )
        for one in reversed(trail.history("review", review.public_id))
        if knows or one.action not in hidden
    ]  # fmt: skip


def _tone(state: str) -> str:
    return {str(one.value): one.tone for one in R}.get(state, "neutral")


@dataclass(frozen=True)
class Result:
    """The chair's tables and the ranking with the labels a page prints."""

    subjects: list[Subject]
    ranking: list[dict[str, Any]]
    judges: list[Any]
    criteria: list[Any]
    vetoes: dict[int, list[str]]


def result(review: Review, *, names: bool) -> Result:
    """Return the result of an aggregated review; `names` tells who bids, an alias otherwise."""
    rows = {row["subject"]: row for row in review.result["ranking"]}
    ranking = [
        {
            "subject": one, "label": one.label if names else one.alias, "place": one.place,
            "mean": one.mean, "outcome": Outcome(one.outcome), "tie": TieBreak(one.tie).label,
            "counted": rows[one.number]["counted"], "dropped": rows[one.number]["dropped"],
        }
        for one in aggregating.ranked(review)
    ]  # fmt: skip
    judges, criteria = aggregating.chair_tables(review)
    return Result(review.subjects, ranking, judges, criteria, aggregating.vetoes(review))


def names_visible(review: Review, viewer: Any) -> bool:
    """Tell whether the viewer reads who bids: never an expert of a blind review."""
    return not review.is_blind or policy.may(viewer, "bid", "read_bidder_identity_blind_review")


def draw_record(review: Review) -> dict[str, Any]:
    """Return the draw as it is on record, and whether the record gives the same panel again."""
    drawn = review.drawn_at is not None
    return {
        "candidates": review.candidates,
        "moment": drawing.moment_of(review.drawn_at) if review.drawn_at else "",
        "agrees": drawn and drawing.recompute(review) == drawing.first_panel(review),
        "excluded": [one for one in review.candidates if one.excluded],
    }


def choice_of(review: Review) -> dict[str, Any] | None:
    """Return the owner's choice as a page prints it."""
    choice = choosing.of_review(review)
    if choice is None:
        return None
    return {
        "row": choice,
        "chosen": choosing.subjects(review, choice.chosen),
        "standby": choosing.subjects(review, choice.standby),
    }


def open_awards(review: Review) -> list[Any]:
    """Return the live awards of the review's bounty."""
    return awarding.live(review.bounty) if review.bounty is not None else []


def waiting_seats(review: Review) -> list[Panelist]:
    """Return who has something to do: to answer, or sheets to submit."""
    query = select(ScoreSheet.panelist_id).where(ScoreSheet.state == SheetState.DRAFT)
    writing = set(db.session.scalars(query))
    return [
        one for one in review.sitting if one.state is PanelistState.INVITED or one.id in writing
    ]


AWARD_STEPS = (AwardState.PROPOSED, AwardState.ENDORSED, AwardState.NOTICE, AwardState.MADE)
