"""Links that work once: invitations, resets, the first administrators. Only hashes are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from matchmaker import clock, outbox
from matchmaker.accounts.models import OneTimeLink, User
from matchmaker.accounts.signing_in import plain_login
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import UserState
from matchmaker.messages import mail
from matchmaker.workflow import Labelled

LIFE = timedelta(hours=48)
MOST_MAILED = 3  # links mailed to one account within PACE, so that nobody's box is flooded
PACE = timedelta(hours=1)


class Purpose(Labelled):
    """What a link is for."""

    INVITATION = "invitation", "激活账号"
    RESET = "reset", "重设密码"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(user: User, purpose: Purpose, *, now: datetime) -> str:
    """Make a link for this account and return its token: shown or mailed once, never stored."""
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        token_hash=_hash(token), purpose=purpose.value, user_id=user.id, expires_at=now + LIFE
    )
    db.session.add(link)
    db.session.flush()
    return token


def find(token: str, *, now: datetime) -> OneTimeLink:
    """Return the live link of a token; raise `NotFound` for a used, expired or made-up one."""
    link = db.session.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == _hash(token)))
    usable = link is not None and link.used_at is None and link.expires_at > now
    if link is None or not usable or link.user.state is UserState.DISABLED:
        raise NotFound("这个链接已经用过或已过期（48 小时内有效）。请重新申请。")
    return link


def spend(link: OneTimeLink, *, now: datetime) -> User:
    """Use a link up, and every other one of its account; raise `NotFound` if just used."""
    taken = db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    if getattr(taken, "rowcount", 0) != 1:
        raise NotFound
    void(link.user, now=now)
    return link.user


def void(user: User, *, now: datetime) -> None:
    """End every link of an account."""
    open_ones = OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)
    db.session.execute(update(OneTimeLink).where(*open_ones).values(used_at=now))


def request_mail(login: str, purpose: Purpose, *, now: datetime) -> None:
    """Ask for a link by mail: the same row is written whether or not the account exists.

    The token is made when the mail is sent, so that no stored row lets anybody in.
    """
    payload = {"login": plain_login(login), "purpose": purpose.value}
    outbox.add("account.link", payload, now=now)


@outbox.handler("account.link")
def deliver(payload: dict[str, Any]) -> None:
    """Make a link and mail it, if the account exists, has an address and is not flooded."""
    now = clock.now()
    user = db.session.scalar(select(User).where(User.login == payload["login"]))
    if user is None or user.state is UserState.DISABLED or not user.email:
        return
    issued = select(func.count(OneTimeLink.id)).where(
        OneTimeLink.user_id == user.id, OneTimeLink.expires_at > now + LIFE - PACE
    )
    if (db.session.scalar(issued) or 0) >= MOST_MAILED:
        return
    purpose = Purpose(payload["purpose"])
    token = issue(user, purpose, now=now)
    text = (
        f"{user.name}，您好：\n\n请在 48 小时内打开下面的链接{purpose.label}，链接只能使用一次：\n"
        f"{mail.site_url('/link/' + token)}\n\n如果不是您本人申请，请忽略本邮件。"
    )
    mail.send(user.email, purpose.label, text, key=_hash(token)[:24])
