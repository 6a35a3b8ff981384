"""Reviews and awards as lists."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select

from matchmaker import web
from matchmaker.lifecycles import AwardState, ReviewState
from matchmaker.listing import Column, Filter, Spec
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.models import Review, ReviewKind


def _by(column: Any, members: Any) -> Callable[[Select[Any], str], Select[Any]]:
    known = {str(one.value): one for one in members}
    return lambda query, value: query.where(column == known[value]) if value in known else query


def _labels(members: Any) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(str(one.value), one.label) for one in members]


REVIEWS = Spec(
    resource="review",
    columns=(
        Column("title", "评审", lambda s: s.title, sort=Review.title),
        Column("review_no", "编号", lambda s: s.review_no, sort=Review.review_no),
        Column("kind", "类型", lambda s: s.kind.label if s.kind else ""),
        Column("state", "状态", lambda s: s.state, sort=Review.state),
        Column("due", "打分截止", lambda s: web.as_moment(s.due_at), sort=Review.due_at),
        Column("officer", "组织者", lambda s: s.officer.name if s.officer else ""),
        Column("created", "建立", lambda s: web.as_day(s.created_at), sort=Review.created_at),
    ),
    filters=(
        Filter("state", "状态", _by(Review.state, ReviewState), choices=_labels(ReviewState)),
        Filter("kind", "类型", _by(Review.kind, ReviewKind), choices=_labels(ReviewKind)),
    ),
    default_sort="-created",
    search=(Review.title, Review.review_no),
    tie=Review.id,
)
AWARDS = Spec(
    resource="award",
    columns=(
        Column("title", "榜单", lambda s: s.bounty.title if s.bounty else ""),
        Column("bounty_no", "榜单编号", lambda s: s.bounty.bounty_no if s.bounty else ""),
        Column("place", "评审名次", lambda s: s.place or "认定"),
        Column("state", "状态", lambda s: s.state, sort=Award.state),
        Column("proposed", "提出", lambda s: web.as_day(s.proposed_at), sort=Award.proposed_at),
    ),
    filters=(Filter("state", "状态", _by(Award.state, AwardState), choices=_labels(AwardState)),),
    default_sort="-proposed",
    tie=Award.id,
)
