"""One's own account: password, sessions, profile; and the first use of a link."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from matchmaker import identifiers, sessions
from matchmaker.accounts import links, password_rules, passwords, signing_in
from matchmaker.accounts.identity import Visitor
from matchmaker.accounts.models import FormerPassword, OneTimeLink, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import UserState
from matchmaker.sessions import WebSession


def must_renew(user: Any, *, now: datetime) -> str:
    """Return why the password has to be changed before anything else, "" if it need not be."""
    if not user.is_authenticated:
        return ""
    if user.must_change_password:
        return "请先设置新密码，再继续使用。"
    rotation = password_rules.profile(user.roles).rotation
    changed = user.password_changed_at
    if rotation and changed and now - changed > rotation:
        return f"密码已使用超过 {rotation.days} 天，请更换后继续使用。"
    return ""


def check_password(user: User, password: str, *, field: str) -> None:
    """Raise `Invalid` with everything that is wrong with a new password for this account."""
    rules = password_rules.profile(user.roles)
    found = password_rules.problems(password, login=user.login, rules=rules)
    if not found and rules.remembered and _was_used(user, password, rules.remembered):
        found.append(f"不能使用最近 {rules.remembered} 次用过的密码")
    if found:
        raise Invalid({field: "；".join(found)})


def _was_used(user: User, password: str, remembered: int) -> bool:
    former = select(FormerPassword.password_hash).where(FormerPassword.user_id == user.id)
    latest = db.session.scalars(former.order_by(FormerPassword.id.desc()).limit(remembered - 1))
    hashes = [user.password_hash, *latest]
    return any(passwords.verify(stored, password) for stored in hashes if stored)


def set_password(user: User, password: str, *, now: datetime, field: str = "password") -> None:
    """Give the account a new password; its guesses and links are forgotten. Raises `Invalid`."""
    check_password(user, password, field=field)
    if user.password_hash:
        db.session.add(
            FormerPassword(user_id=user.id, password_hash=user.password_hash, replaced_at=now)
        )
    user.password_hash = passwords.hashed(password)
    user.password_changed_at = now
    user.must_change_password = False
    signing_in.forget_guesses(user)
    links.void(user, now=now)


def change_password(
    user: User, old: str, new: str, *, session_id: int | None, now: datetime
) -> None:
    """Change one's own password; every other session of the account ends."""
    if not passwords.verify(user.password_hash, old):
        raise Invalid({"old_password": "原密码不正确"})
    set_password(user, new, now=now, field="password")
    sessions.end_all(user.id, but=session_id)
    trail.record("change_password", "user", user.public_id, by=user, now=now)


def use_link(token: str, password: str, *, now: datetime) -> User:
    """Set the password a link allows, activate an invited account, end its sessions."""
    link: OneTimeLink = links.find(token, now=now)
    check_password(link.user, password, field="password")
    user = links.spend(link, now=now)
    set_password(user, password, now=now)
    if user.state is UserState.INVITED:
        trail.advance(user, "activate", by=Visitor(), now=now)
        user.consented_at = now
    sessions.end_all(user.id)
    trail.record("use_link", "user", user.public_id, by=user, now=now, purpose=link.purpose)
    return user


def own_sessions(user: User) -> Sequence[WebSession]:
    """Return one's own sessions, the latest first."""
    query = select(WebSession).where(WebSession.user_id == user.id)
    return db.session.scalars(query.order_by(WebSession.seen_at.desc())).all()


def end_own_session(user: User, session_id: int, *, now: datetime) -> None:
    """End one of one's own sessions; raise `NotFound` for anybody else's."""
    ended = delete(WebSession).where(WebSession.id == session_id, WebSession.user_id == user.id)
    if getattr(db.session.execute(ended), "rowcount", 0) != 1:
        raise NotFound
    trail.record("end_session", "user", user.public_id, by=user, now=now)


def end_other_sessions(user: User, *, session_id: int | None, now: datetime) -> None:
    """End all of one's sessions but this one."""
    sessions.end_all(user.id, but=session_id)
    trail.record("end_sessions", "user", user.public_id, by=user, now=now)


def update_profile(
    user: User, *, name: str, phone: str, email: str, title: str, now: datetime
) -> None:
    """Correct one's own name and how one is reached. Raises `Invalid`."""
    user.name, user.title = name.strip(), title.strip()
    user.phone, user.email = checked_contact(phone, email)
    trail.record("update_self", "user", user.public_id, by=user, now=now)


def checked_contact(phone: str, email: str) -> tuple[str, str]:
    """Return phone and address in their stored form; raise `Invalid` naming what is wrong."""
    found: dict[str, str] = {}
    readers = {
        "phone": (phone, identifiers.mobile_number),
        "email": (email, identifiers.email_address),
    }
    plain = {}
    for field, (typed, read) in readers.items():
        try:
            plain[field] = read(typed) if typed.strip() else ""
        except identifiers.IdentifierError as error:
            found[field] = str(error)
    if found:
        raise Invalid(found)
    return plain["phone"], plain["email"]
