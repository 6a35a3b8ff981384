"""Who follows a bounty, who opened it, and who is therefore told of its changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from matchmaker import web
from matchmaker.bounties.records import Follow, Invitation, Question, Visit
from matchmaker.extensions import db
from matchmaker.lifecycles import STAFF


def follows(bounty_id: int, viewer: Any) -> bool:
    """Tell whether the viewer follows the bounty."""
    if not viewer.is_authenticated:
        return False
    query = select(Follow.user_id).where(Follow.bounty_id == bounty_id, Follow.user_id == viewer.id)
    return db.session.scalar(query) is not None


def follow(bounty_id: int, *, by: Any, now: datetime) -> None:
    """Follow (关注); once is enough."""
    if not follows(bounty_id, by):
        db.session.add(Follow(bounty_id=bounty_id, user_id=by.id, at=now))
        db.session.flush()


def unfollow(bounty_id: int, *, by: Any) -> None:
    """Follow no longer."""
    db.session.execute(delete(Follow).where(Follow.bounty_id == bounty_id, Follow.user_id == by.id))


def note_visit(bounty_id: int, what: str, *, by: Any, now: datetime) -> None:
    """Write down that somebody outside the bureau opened or downloaded, the first time only.

    An access-log row: the one thing a page that is only read writes. Opens its own transaction.
    """
    if not by.is_authenticated or by.roles & STAFF or _noted(bounty_id, what, by.id):
        return
    user_id = by.id
    with web.transaction():
        if not _noted(bounty_id, what, user_id):
            db.session.add(Visit(bounty_id=bounty_id, user_id=user_id, what=what, at=now))


def _noted(bounty_id: int, what: str, user_id: int) -> bool:
    query = select(Visit.id).where(
        Visit.bounty_id == bounty_id, Visit.user_id == user_id, Visit.what == what
    )
    return db.session.scalar(query) is not None


def audience(bounty_id: int) -> list[int]:
    """Return everybody who was invited, follows, asked, opened or downloaded.

    Bidders are among them like anybody else: that somebody is told says nothing of a bid.
    """
    told = {
        user_id
        for one in db.session.scalars(
            select(Invitation.told).where(Invitation.bounty_id == bounty_id)
        )
        for user_id in one
    }
    for column in (Follow.user_id, Question.asked_by_id, Visit.user_id):
        query = select(column).where(column.class_.bounty_id == bounty_id)
        told |= set(db.session.scalars(query))
    return sorted(told)
