"""What an expert has to do: seats with a countdown, and a seat's sheets."""

from datetime import datetime
from typing import Any

from matchmaker.extensions import db
from matchmaker.lifecycles import PanelistState, ReviewState
from matchmaker.reviewing import pages, seats, sheets
from matchmaker.reviewing.models import Panelist

OVER = (ReviewState.SCORED, ReviewState.AGGREGATED, ReviewState.CONCLUDED)


def mine(viewer: Any, *, now: datetime) -> list[dict[str, Any]]:
    """Return the expert's seats, what waits for an answer or scores first."""
    rows = [_line(one, now=now) for one in db.session.scalars(seats.mine(viewer)).unique()]
    return sorted(rows, key=lambda row: (row["over"], row["seat"].review.due_at))


def _line(seat: Panelist, *, now: datetime) -> dict[str, Any]:
    own = sheets.of_panelist(seat)
    done = sum(one.state in sheets.DONE for one in own)
    over = seat.review.state in OVER
    return {
        "seat": seat,
        "review": seat.review,
        "task": _task(seat, done, len(own)),
        "over": over,
        "left": "" if over else pages.left(seat.review, now=now),
        "late": not over and now >= seat.review.due_at,
    }


def _task(seat: Panelist, done: int, given: int) -> str:
    if seat.state is PanelistState.INVITED:
        return "请答复是否参加"
    if seat.review.state in OVER:
        return "评审已完成"
    if not given:
        return "等待其他专家确认"
    if done == given:
        return "已提交，等待其他专家"
    return f"打分表已提交 {done} / {given} 张"


def assignment(seat: Panelist, *, now: datetime) -> dict[str, Any]:
    """Return the page of one seat: subjects, the sheets by part, what is open."""
    review, own = seat.review, sheets.of_panelist(seat)
    by_subject: dict[int, dict[str, Any]] = {}
    for sheet in own:
        by_subject.setdefault(sheet.subject_id, {})[sheet.part.value] = sheet
    confirmed = seat.state is PanelistState.CONFIRMED
    return {
        "review": review,
        "invited": seat.state is PanelistState.INVITED,
        "confirmed": confirmed,
        "reads": confirmed and review.state is ReviewState.SCORING,
        "subjects": [(one, by_subject.get(one.id, {})) for one in review.subjects],
        "has_price": len(review.rubric.parts) > 1,
        "price_open": sheets.price_is_open(seat),
        "left": pages.left(review, now=now),
        "late": now >= review.due_at,
        "blind": review.is_blind,
        "owner": review.bounty.owner.name if review.bounty is not None else "",
        "finished": bool(own) and all(one.state in sheets.DONE for one in own),
    }


def waiting(viewer: Any) -> int:
    """Count the seats with something to do: the number beside the navigation entry."""
    if not viewer.is_authenticated:
        return 0
    return sum(
        1
        for one in db.session.scalars(seats.mine(viewer)).unique()
        if one.state is PanelistState.INVITED
        or (
            one.review.state is ReviewState.SCORING
            and any(sheet.state not in sheets.DONE for sheet in sheets.of_panelist(one))
        )
    )
