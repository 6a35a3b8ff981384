"""Accounts nobody uses are stopped by night, after a message; an administrator enables them again.

An account is told fourteen days before, and never stopped without having been told that long ago.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from matchmaker import clock, sessions
from matchmaker.accounts import grants, links
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import STAFF, Role, UserState
from matchmaker.messages import operations as messages

NOTICE = timedelta(days=14)
BUREAU_IDLE = timedelta(days=90)
OTHERS_IDLE = timedelta(days=365)


def idle_limit(roles: Collection[Role]) -> timedelta:
    """Return for how long an account of these roles may lie unused."""
    return BUREAU_IDLE if set(roles) & STAFF else OTHERS_IDLE


def last_use(user: User) -> datetime:
    """Return from when an account's idleness counts."""
    return max((at for at in (user.signed_in_at, user.enabled_at) if at), default=user.created_at)


def tidy(now: datetime) -> tuple[int, int]:
    """Tell whose account lies unused, stop whose owner was told; return how many of each.

    The last administrator of a kind is told but never stopped.
    """
    told = stopped = 0
    for user in _unused(now):
        idle = now - last_use(user)
        limit = idle_limit(user.roles)
        if idle < limit - NOTICE:
            continue
        if user.dormancy_told_at is None:
            _tell(user, now + max(NOTICE, limit - idle), now=now)
            told += 1
        elif idle >= limit and now - user.dormancy_told_at >= NOTICE:
            stopped += _stop(user, limit, now=now)
    return told, stopped


def _unused(now: datetime) -> list[User]:
    """Return the accounts that have not been used for the shorter limit, less the notice."""
    used = func.coalesce(User.signed_in_at, User.created_at)
    query = select(User).where(User.state == UserState.ACTIVE, used < now - BUREAU_IDLE + NOTICE)
    return list(db.session.scalars(query.order_by(User.id)).unique())


def _tell(user: User, until: datetime, *, now: datetime) -> None:
    user.dormancy_told_at = now
    said = f"请在 {clock.local(until):%Y-%m-%d} 前登录一次，否则账号将自动停用；"
    said += "停用后可请管理员重新启用。"
    messages.notify([user.id], "您的账号长期未用，即将停用", said, "/account", now=now)


def _stop(user: User, limit: timedelta, *, now: datetime) -> int:
    try:
        grants.refuse_last(user, user.roles)
    except Invalid:
        return 0
    reason = f"超过 {limit.days} 天未登录，已提前 {NOTICE.days} 天提醒"
    trail.advance(user, "disable_dormant", by=trail.SYSTEM, now=now, reason=reason)
    sessions.end_all(user.id)
    links.void(user, now=now)
    return 1
