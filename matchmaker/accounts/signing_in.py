"""Signing in: the same answer, at the same cost, whoever asks; ten guesses in fifteen minutes.

`reserve` counts a guess before it is looked at, `judge` looks at it outside any transaction
(hashing takes its time), `admit` and `refuse` write down what came of it.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from matchmaker import clock
from matchmaker.accounts import passwords
from matchmaker.accounts.models import Device, RoleGrant, SignInAttempt, User
from matchmaker.audit import trail
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages
from matchmaker.sessions import WebSession

WINDOW = timedelta(minutes=15)
MOST_GUESSES = 10
KEPT = timedelta(days=30)
FAILED = (
    "账号或密码不正确，或者尝试次数过多、登录已暂停。请核对后重试；"
    "同一账号 15 分钟内最多可试 10 次，忘记密码请点“忘记密码”。"
)


@dataclass(frozen=True)
class Guess:
    """One guess, counted: who it names (if anybody), and whether it may be looked at."""

    attempt_id: int
    user_id: int | None
    stored: str
    evaluated: bool


def plain_login(text: str) -> str:
    """Return the login as it is stored: folded width and case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()[:254]


def _device_hash(token: str, user_id: int) -> str:
    return hashlib.sha256(f"{token}:{user_id}".encode()).hexdigest()


def _knows(token: str, user_id: int) -> bool:
    found = select(Device.id).where(Device.token_hash == _device_hash(token, user_id))
    return bool(token) and db.session.scalar(found) is not None


def reserve(login: str, *, device: str, ip: str, now: datetime) -> Guess:
    """Count a guess, under the account's lock, and say whether it may be evaluated.

    device : the browser's device token, "" where it has none. A known device has a count of
    its own, so that a stranger's guesses never keep the owner out.
    """
    name = plain_login(login)
    user = db.session.scalar(select(User).where(User.login == name).with_for_update())
    known = user is not None and _knows(device, user.id)
    before = db.session.scalar(
        select(func.count(SignInAttempt.id)).where(
            SignInAttempt.login == name,
            SignInAttempt.at > now - WINDOW,
            SignInAttempt.known_device == known,
            SignInAttempt.succeeded.is_(False),
        )
    )
    attempt = SignInAttempt(login=name, at=now, ip=ip[:45], known_device=known)
    db.session.add(attempt)
    db.session.flush()
    usable = user is not None and user.state is UserState.ACTIVE
    return Guess(
        attempt_id=attempt.id,
        user_id=user.id if user is not None and usable else None,
        stored=user.password_hash if user is not None and usable else "",
        evaluated=(before or 0) < MOST_GUESSES,
    )


def judge(guess: Guess, password: str) -> bool:
    """Look at the guess; an unknown account costs the same hash and fails."""
    return guess.evaluated and passwords.verify(guess.stored, password)


def refuse(guess: Guess, *, now: datetime) -> None:
    """Put a failed guess on the trail, but not what was typed; paused guesses only count."""
    if not guess.evaluated:
        return
    found = db.session.get(User, guess.user_id) if guess.user_id else None
    trail.record(
        "sign_in_failed",
        "user",
        found.public_id if found else "",
        by=trail.SYSTEM,
        now=now,
    )


def admit(guess: Guess, password: str, *, device: str, now: datetime) -> tuple[User, str]:
    """Let the owner in; return the account and the device token its browser should keep."""
    user = accept(guess, password)
    return user, enter(user, device, now=now)


def accept(guess: Guess, password: str) -> User:
    """Count the guess as right and return the account; a second factor may still be wanted."""
    user = db.session.get(User, guess.user_id)
    if user is None or user.state is not UserState.ACTIVE:
        raise NotFound
    count_as_right(guess)
    if passwords.outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return user


def count_as_right(guess: Guess) -> None:
    """Take a guess out of those that fill the account's measure."""
    right = update(SignInAttempt).where(SignInAttempt.id == guess.attempt_id)
    db.session.execute(right.values(succeeded=True))


def enter(user: User, device: str, *, now: datetime, where: str = "") -> str:
    """Begin the account's presence on a browser; return the token the browser should keep.

    where : how the browser and its address are told to the owner, who hears of a new one.
    """
    is_first = user.signed_in_at is None
    if not (is_first or _knows(device, user.id)):
        said = (
            f"{clock.local(now):%Y-%m-%d %H:%M} {where}。不是您本人的，请立即退出该设备并修改密码。"
        )
        messages.notify([user.id], "您的账号在一台新设备上登录", said, "/account", now=now)
    user.signed_in_at, user.dormancy_told_at = now, None
    trail.record("sign_in", "user", user.public_id, by=user, now=now)
    return remember_device(user, device, now=now)


def remember_device(user: User, token: str, *, now: datetime) -> str:
    """Note that the account has signed in from this browser; return the browser's token."""
    kept = token if 20 <= len(token) <= 100 else secrets.token_urlsafe(32)  # noqa: PLR2004
    hashed = _device_hash(kept, user.id)
    device = db.session.scalar(select(Device).where(Device.token_hash == hashed))
    if device is None:
        device = Device(token_hash=hashed, user_id=user.id, first_seen_at=now, last_seen_at=now)
        db.session.add(device)
    device.last_seen_at = now
    return kept


def forget_guesses(user: User) -> None:
    """Lift the pause on an account: unlocked by an administrator, or a new password set."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.login == user.login))


def is_paused(user: User, *, now: datetime) -> bool:
    """Tell whether strangers' guesses at this account are being refused at this moment."""
    count = db.session.scalar(
        select(func.count(SignInAttempt.id)).where(
            SignInAttempt.login == user.login,
            SignInAttempt.at > now - WINDOW,
            SignInAttempt.known_device.is_(False),
            SignInAttempt.succeeded.is_(False),
        )
    )
    return (count or 0) >= MOST_GUESSES


def sweep(now: datetime) -> None:
    """Delete guesses nobody counts any more."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))


def _holders(role: Role) -> list[User]:
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == role,
            RoleGrant.approved_at.is_not(None),
            User.state == UserState.ACTIVE,
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(query).unique())


def demonstration_user(role: Role) -> User:
    """Return the account that stands for a role on a demonstration instance.

    The first whose only role it is, else the first that holds it; raises `NotFound` if none.
    """
    holders = _holders(role)
    if not holders:
        raise NotFound
    alone = [user for user in holders if user.roles == {role, Role.VISITOR}]
    return (alone or holders)[0]


def demonstration_roles() -> list[Role]:
    """Return the roles somebody holds, in the table's order."""
    held = set(
        db.session.scalars(
            select(RoleGrant.role)
            .join(User, User.id == RoleGrant.user_id)
            .where(RoleGrant.approved_at.is_not(None), User.state == UserState.ACTIVE)
            .distinct()
        )
    )
    return [role for role in Role if role in held]


def enter_demonstration(user: User, *, now: datetime) -> None:
    """Put on the trail that somebody entered as this example account."""
    user.signed_in_at = now
    trail.record("demo_sign_in", "user", user.public_id, by=user, now=now)


def leave(user: Any, *, session_id: int | None, now: datetime) -> None:
    """End this session on the server."""
    if session_id is not None:
        db.session.execute(delete(WebSession).where(WebSession.id == session_id))
    trail.record("sign_out", "user", user.public_id, by=user, now=now)
