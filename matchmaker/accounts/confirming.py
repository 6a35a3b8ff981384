"""Password or code once more before a weighty step; then the step goes on where it was.

A form that was held up is shown again with everything in it, but for secrets and files, and is
sent on by the browser itself (307) as soon as the owner has been confirmed.
"""

from collections.abc import Iterator

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, web
from matchmaker.accounts import entering, factors, signing_in
from matchmaker.audit import trail
from matchmaker.errors import ConfirmationRequired
from matchmaker.policy import endpoint, step_up
from matchmaker.sessions import NEVER_KEPT
from matchmaker.web import me, transaction

bp = Blueprint("confirming", __name__)
OWN = frozenset({"confirm_secret", "csrf_token"})
FAILED = "密码或验证码不正确，或者尝试次数过多。15 分钟内最多可试 10 次。"


@bp.app_errorhandler(ConfirmationRequired)
def held_up(error: ConfirmationRequired) -> ResponseReturnValue:
    """Ask for the confirmation, with what the held-up form contained."""
    if web.wants_json():
        return {"error": error.message, "request_id": g.request_id}, error.status
    if request.method == "POST":
        return _page(request.full_path.rstrip("?"), resend=True), error.status
    return redirect(url_for("confirming.ask", next=request.full_path.rstrip("?")))


def _carried() -> Iterator[tuple[str, str]]:
    """Yield what the held-up form contained and may be shown again."""
    for name, values in request.form.lists():
        if name not in OWN and not _is_secret(name):
            yield from ((name, value) for value in values)


def _is_secret(name: str) -> bool:
    return any(word in name for word in NEVER_KEPT if word != "confidential")


def _page(to: str, *, resend: bool, error: str = "") -> str:
    return render_template(
        "accounts/confirm.html",
        to=to,
        resend=resend,
        error=error,
        by_click=bool(session.get(entering.BY_ONE_CLICK)),
        has_factor=bool(session.get(entering.HAS_FACTOR)),
        carried=list(_carried()) if resend else [],
        secrets=[name for name in request.form if name not in OWN and _is_secret(name)],
        files=sorted(request.files),
    )


@bp.get("/account/confirm")
@endpoint("user", "confirm_identity")
def ask() -> ResponseReturnValue:
    """Ask who it is, before a page or a file that wants it."""
    return _page(entering.target(), resend=False)


@bp.post("/account/confirm")
@endpoint("user", "confirm_identity")
def check() -> ResponseReturnValue:
    """Look at password or code; if right, let what was held up go on."""
    resend = request.args.get("resend") == "1"
    if not _is_confirmed(request.form.get("confirm_secret", "")[:1000]):
        return _page(entering.target(), resend=resend, error=FAILED), 422
    step_up.confirm(clock.now())
    return redirect(entering.target(), 307 if resend else 303)


def _is_confirmed(typed: str) -> bool:
    if session.get(entering.BY_ONE_CLICK):
        return True
    with transaction(claims=False):
        guess = signing_in.reserve(
            me().login, device=entering.device(), ip=request.remote_addr or "", now=clock.now()
        )
    fits = signing_in.judge(guess, typed)
    with transaction(claims=False):
        now = clock.now()
        if guess.evaluated and not fits:
            fits = factors.accept(me(), typed, moment=clock.unmoved(), now=now)
        if fits:
            signing_in.count_as_right(guess)
        done = "confirm_identity" if fits else "confirm_failed"
        trail.record(done, "user", me().public_id, by=me(), now=now)
    return fits
