"""Server-side sessions: the browser holds a random token, the database holds the rest."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from matchmaker import clock
from matchmaker.extensions import Model, db
from matchmaker.lifecycles.roles import ADMINISTRATORS, BUREAU, Role

TOUCH = timedelta(seconds=60)  # "last seen" is written at most this often
KEPT_FORM_BYTES = 300_000
NEVER_KEPT = ("password", "passphrase", "confidential")  # in a field's name: the form is not kept


class WebSession(Model):
    """One browser's session (会话)."""

    __tablename__ = "web_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    ip: Mapped[str] = mapped_column(String(45), default="")


class Submission(Model):
    """A form's key, taken by the transaction that carried the form out."""

    __tablename__ = "submission"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The session's content in this request; `row` is None until it is first saved."""

    def __init__(self, content: dict[str, Any] | None, row: dict[str, Any] | None) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(content or {}, changed)
        self.row = row
        self.modified = False
        self.rotate = False
        self.ended_user_id: int | None = None  # whose session this browser's token last was


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def limits(roles: frozenset[Role]) -> tuple[timedelta, timedelta]:
    """Return (idle, absolute) for holders of these roles."""
    if roles & ADMINISTRATORS:
        return timedelta(minutes=15), timedelta(hours=8)
    if roles & (BUREAU | {Role.EXPERT}):
        return timedelta(minutes=30), timedelta(hours=8)
    return timedelta(minutes=30), timedelta(hours=12)


class DatabaseSessions(SessionInterface):
    """Flask's session interface over `web_session`; writes on a connection of its own."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of the request's token; an ended one is an empty new one."""
        token = request.cookies.get(self.get_cookie_name(app), "")
        if not token or request.endpoint == "static":
            return ServerSession(None, None)
        with db.engines["reader"].connect() as connection:
            found = connection.execute(
                select(WebSession.__table__).where(WebSession.token_hash == _hash(token))
            ).mappings()
            row = found.one_or_none()
        if row is None:
            return ServerSession(None, None)
        if self._ended(row):
            fresh = ServerSession(None, None)
            fresh.ended_user_id = row["user_id"]
            return fresh
        return ServerSession(json.loads(row["content"]), {**row, "token": token})

    @staticmethod
    def _ended(row: Any) -> bool:
        now = clock.now()
        content = json.loads(row["content"])
        idle, absolute = limits(frozenset(Role(role) for role in content.get("roles", [])))
        return bool(now - row["seen_at"] > idle or now - row["created_at"] > absolute)

    def save_session(self, app: Flask, opened: SessionMixin, response: Response) -> None:
        """Insert, update, rotate or delete; touch `seen_at` at most once a minute."""
        if not isinstance(opened, ServerSession):
            return
        now = clock.now()
        row = opened.row
        if row is None and not opened:
            return
        stale = row is not None and now - row["seen_at"] > TOUCH
        if not (opened.modified or opened.rotate or stale):
            return
        values: dict[str, Any] = {
            "content": json.dumps(dict(opened), ensure_ascii=False, default=str),
            "seen_at": now,
            "user_id": int(opened["_user_id"]) if opened.get("_user_id") else None,
        }
        if row is None or opened.rotate:
            token = secrets.token_urlsafe(32)
            self._insert(opened, values, token=token, now=now)
            self._set_cookie(app, response, token)
            return
        with db.engines[None].begin() as connection:
            connection.execute(
                update(WebSession).where(WebSession.id == row["id"]).values(**values)
            )

    @staticmethod
    def _insert(
        opened: ServerSession, values: dict[str, Any], *, token: str, now: datetime
    ) -> None:
        from flask import request

        with db.engines[None].begin() as connection:
            if opened.row is not None:
                connection.execute(delete(WebSession).where(WebSession.id == opened.row["id"]))
            connection.execute(
                WebSession.__table__.insert().values(  # type: ignore[attr-defined]
                    token_hash=_hash(token),
                    created_at=now,
                    user_agent=str(request.user_agent)[:200],
                    ip=(request.remote_addr or "")[:45],
                    **values,
                )
            )

    def get_cookie_name(self, app: Flask) -> str:
        """Use the `__Host-` prefix wherever the site is served by https."""
        return "__Host-session" if app.config["ON_HTTPS"] else "session"

    def _set_cookie(self, app: Flask, response: Response, token: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            token,
            httponly=True,
            secure=bool(app.config["ON_HTTPS"]),
            samesite="Lax",
            path="/",
        )


def rotate() -> None:
    """Give the session a new token: on sign-in and sign-out."""
    session.rotate = True  # type: ignore[attr-defined]
    session.modified = True


def end_all(user_id: int, *, but: int | None = None) -> None:
    """End every session of a user (password or role changed, account disabled).

    but : id of the one session that may go on.
    """
    ended = delete(WebSession).where(WebSession.user_id == user_id)
    if but is not None:
        ended = ended.where(WebSession.id != but)
    db.session.execute(ended)


def current_id() -> int | None:
    """Return the id of this request's session row, None before its first save."""
    row = getattr(session, "row", None)
    return row["id"] if row else None


def keep_form(path: str, form: Mapping[str, Any]) -> bool:
    """Keep what an expired page held, until its form is opened again after sign-in.

    Return whether it was kept: secrets, a bid's content and what is too long are not.
    """
    lists = form.to_dict(flat=False) if hasattr(form, "to_dict") else dict(form)
    kept = {k: v for k, v in lists.items() if k not in {"csrf_token", "submission_key"}}
    if any(word in name for name in kept for word in NEVER_KEPT):
        return False
    text = json.dumps(kept, ensure_ascii=False)
    if len(text.encode()) > KEPT_FORM_BYTES:
        return False
    owner = getattr(session, "ended_user_id", None)
    session["kept_form"] = {"path": path, "fields": kept, "user_id": owner}
    return True


def take_kept_form(path: str) -> dict[str, list[str]] | None:
    """Return and forget what `keep_form` kept for this path; None where there is nothing.

    What one person typed is not restored to another who signs in on the same browser.
    """
    kept = session.get("kept_form")
    if not kept or kept["path"] != path:
        return None
    session.pop("kept_form")
    owner = kept.get("user_id")
    if owner is not None and str(owner) != session.get("_user_id"):
        return None
    fields: dict[str, list[str]] = kept["fields"]
    return fields


def sweep(now: datetime) -> int:
    """Delete sessions and form keys nobody can use any more; return how many sessions."""
    done = db.session.execute(
        delete(WebSession).where(WebSession.seen_at < now - timedelta(hours=12))
    )
    db.session.execute(delete(Submission).where(Submission.at < now - timedelta(days=7)))
    return int(getattr(done, "rowcount", 0))


def init_app(app: Flask) -> None:
    """Replace Flask's cookie sessions."""
    app.session_interface = DatabaseSessions()
