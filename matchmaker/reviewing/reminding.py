"""催办: reminders to judges, by the officer's button and by night."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock, jobs
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import ReviewState
from matchmaker.messages import operations as messages
from matchmaker.reviewing import pages
from matchmaker.reviewing.models import Panelist, Review

SOON = timedelta(days=2)
SUBJECT = "请尽快完成评审：{title}"
BODY = "评审打分截止于 {due}。名单在结果公布前保密，请勿向他人透露您参加评审。"


def remind(review: Review, *, by: Any, now: datetime) -> int:
    """Remind everybody who has something to do; return how many."""
    waiting = pages.waiting_seats(review)
    for panelist in waiting:
        _tell(panelist, now=now)
    trail.record("remind", "review", review.public_id, by=by, now=now, reminded=len(waiting))
    return len(waiting)


def _tell(panelist: Panelist, *, now: datetime) -> None:
    review = panelist.review
    panelist.reminded_at = now
    user_id = panelist.expert.user_id
    if user_id is not None:
        due = clock.local(review.due_at).strftime("%m-%d %H:%M")
        messages.notify(
            [user_id],
            SUBJECT.format(title=review.title),
            BODY.format(due=due),
            f"/my-reviews/{panelist.public_id}",
            now=now,
        )


@jobs.nightly
def remind_before_due(now: datetime) -> None:
    """Remind once, two days before the sheets are due; tell the officer what is overdue."""
    open_states = (ReviewState.INVITING, ReviewState.SCORING)
    query = select(Review).where(Review.state.in_(open_states), Review.due_at <= now + SOON)
    for review in db.session.scalars(query):
        if now >= review.due_at:
            _tell_officer(review, now=now)
            continue
        for panelist in pages.waiting_seats(review):
            if panelist.reminded_at is None:
                _tell(panelist, now=now)


def _tell_officer(review: Review, *, now: datetime) -> None:
    waiting = pages.waiting_seats(review)
    if waiting:
        messages.notify(
            [review.officer_id],
            f"评审已过打分截止时间：{review.title}",
            f"还有 {len(waiting)} 位专家没有提交，请催办、延长、更换或登记缺席。",
            f"/reviews/{review.public_id}",
            now=now,
            by_mail=False,
        )
