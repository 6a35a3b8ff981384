"""The browser's side of signing in: the session begins, the browser is known again."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, redirect, request, session, url_for
from flask_login import login_user

from matchmaker import clock, sessions, web
from matchmaker.accounts import factors
from matchmaker.accounts.models import User
from matchmaker.lifecycles import Role
from matchmaker.policy import step_up

DEVICE_SECONDS = 365 * 24 * 3600
WAITING = "waiting_for_code"  # whose password was right, in the server-side session
PATIENCE = timedelta(minutes=5)
HAS_FACTOR, BY_ONE_CLICK = "has_factor", "by_one_click"


def device_cookie() -> str:
    """Return the name of the cookie by which a browser is known again."""
    return "__Host-device" if current_app.config["ON_HTTPS"] else "device"


def device() -> str:
    """Return this browser's device token, "" where it has none."""
    return request.cookies.get(device_cookie(), "")


def target() -> str:
    """Return where to go after signing in: only a path of this site."""
    wanted = request.args.get("next", "")
    return wanted if wanted and web.is_safe_next(wanted) else request.script_root + "/"


def where() -> str:
    """Return how this browser is told to its owner."""
    return f"地址 {request.remote_addr or '未知'}，浏览器 {str(request.user_agent)[:120] or '未知'}"


def begin(user: User, **marks: Any) -> None:
    """Start a session under a new token; only what an expired page held is carried over.

    marks : what the session should know besides (`HAS_FACTOR`, `BY_ONE_CLICK`).
    """
    kept = session.get("kept_form")
    session.clear()
    if kept:
        session["kept_form"] = kept
    login_user(user)
    session["roles"] = sorted(user.roles - {Role.VISITOR})
    session.update(marks)
    step_up.confirm(clock.now())
    sessions.rotate()


def keep_device(answer: Response, token: str) -> Response:
    """Give the browser its device token."""
    answer.set_cookie(
        device_cookie(),
        token,
        max_age=DEVICE_SECONDS,
        httponly=True,
        secure=bool(current_app.config["ON_HTTPS"]),
        samesite="Lax",
        path="/",
    )
    return answer


def ask_for_code(user: User, *, now: datetime) -> Response:
    """Remember on the server whose password was right, and ask for the code."""
    session[WAITING] = {"user_id": user.id, "until": (now + PATIENCE).isoformat()}
    return redirect(url_for("factors.code", next=target()))  # type: ignore[return-value]


def waiting_user_id(*, now: datetime) -> int | None:
    """Return whose code is waited for on this browser, None where nobody's (any more)."""
    waiting = session.get(WAITING)
    if not waiting or datetime.fromisoformat(waiting["until"]) < now:
        return None
    return int(waiting["user_id"])


def led_to_enrolment(user: Any) -> bool:
    """Tell whether this account has to bind a telephone before anything else."""
    if not user.is_authenticated or session.get(HAS_FACTOR) or not factors.is_mandatory(user):
        return False
    return not factors.is_enrolled(user)


def mark_factor(*, has: bool) -> None:
    """Tell the running session whether its account has a second factor."""
    session[HAS_FACTOR] = has
