"""Tell people something, and let them read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from matchmaker import outbox
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.messages import mail, sms
from matchmaker.messages.models import Message

LONGEST_SUBJECT = 200


def notify(
    user_ids: Iterable[int],
    subject: str,
    body: str,
    url: str,
    *,
    now: datetime,
    by_mail: bool = True,
) -> None:
    """Leave a message with each of these people, inside the caller's transaction.

    url : path on this site the message leads to, "" for none. The mail that follows only says
    that a message waits: neither subject nor body leaves the platform.
    """
    rows = [
        Message(
            user_id=user_id, subject=subject[:LONGEST_SUBJECT], body=body, url=url, created_at=now
        )
        for user_id in dict.fromkeys(user_ids)
    ]
    db.session.add_all(rows)
    db.session.flush()
    for kind, channel in (("message.mail", mail), ("message.sms", sms)):
        if by_mail and channel.is_sent():
            for row in rows:
                outbox.add(kind, {"id": row.id}, now=now)


def mine(viewer: Any) -> Select[tuple[Message]]:
    """Return the query of the viewer's own messages."""
    return select(Message).where(Message.user_id == viewer.id)


def unread(viewer: Any) -> int:
    """Count what the viewer has not read."""
    if not viewer.is_authenticated:
        return 0
    waiting = mine(viewer).where(Message.read_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def read(public_id: str, *, by: Any, now: datetime) -> str:
    """Mark one of one's own messages as read; return where it leads. `NotFound` for others'."""
    message = db.session.scalar(mine(by).where(Message.public_id == public_id))
    if message is None:
        raise NotFound
    message.read_at = message.read_at or now
    return message.url


def read_all(*, by: Any, now: datetime) -> int:
    """Mark all one's messages as read; return how many were not."""
    waiting = update(Message).where(Message.user_id == by.id, Message.read_at.is_(None))
    done = db.session.execute(waiting.values(read_at=now))
    return int(getattr(done, "rowcount", 0))
