"""What every page shares: the transaction, refusals as pages, headers, filters."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, SecurityError

from matchmaker import clock, sessions
from matchmaker.errors import (
    AlreadyDone,
    Invalid,
    NotFound,
    Refusal,
    SignInRequired,
    Stale,
    WrongState,
)
from matchmaker.extensions import db

log = structlog.get_logger()
T = TypeVar("T")

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTP_ERRORS = {
    400: "请求的内容有误，请核对后重新提交。",
    401: "请先登录。",
    403: "您没有办理这一步的权限。",
    404: "没有找到这个地址或记录，请核对。",
    405: "这个地址不支持这种请求方法。",
    406: "不能按所要求的格式返回，请改用 JSON。",
    409: "与当前状态冲突，请刷新后再试。",
    413: "提交的内容过大，请减少后再提交。",
    415: "不支持这种内容格式，请按接口说明提交。",
    422: "有内容需要修改。",
    429: "请求过于频繁，请稍候再试。",
    500: "系统出错，请稍后再试；仍不行的，请把请求编号告诉科技局。",
    503: "系统正在维护，请稍后再试。",
}
"""What a program is told by status; others by their hundred's first."""


DUPLICATE = "同样的内容刚刚已由他人（或另一个窗口）办理，本次没有重复写入。请刷新页面核对。"


@contextmanager
def transaction(*, claims: bool = True) -> Iterator[None]:
    """Write: everything inside commits together or not at all. Never nested.

    What the reader loaded before is read again under the writer's lock. A form that carries a
    `submission_key` takes effect once (unless `claims` is off): then `AlreadyDone` is raised.
    """
    session = db.session
    if session.info.get("writing"):
        message = "transactions do not nest"
        raise RuntimeError(message)
    session.rollback()
    session.info["writing"] = True
    try:
        if claims and has_request_context() and request.method == "POST":
            _claim_submission()
        yield
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale from error
    except DBAPIError as error:
        session.rollback()
        _tell_kindly(error)
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
    for hook in current_app.extensions.get("after_commit", []):
        hook(session)


def _tell_kindly(error: DBAPIError) -> None:
    """Refuse kindly where the cause is somebody else's write of a moment before."""
    code = getattr(error.orig, "sqlstate", "")
    if code == "23505" or "UNIQUE constraint failed" in str(error.orig):
        raise WrongState(DUPLICATE) from error
    if code in {"40001", "40P01", "55P03"}:  # PostgreSQL chose this writer to give way
        raise Stale from error


def _claim_submission() -> None:
    """Take the form's key in the same transaction as its effect."""
    key = request.form.get("submission_key", "")[:64]
    if not key:
        return
    try:
        db.session.add(sessions.Submission(key=key, at=clock.now()))
        db.session.flush()
    except IntegrityError as error:
        raise AlreadyDone from error


def me() -> Any:
    """Return the signed-in user (or the anonymous visitor) of this request, not a proxy for it."""
    return cast("Any", current_user)._get_current_object()  # noqa: SLF001 - werkzeug's own name


def wants_json() -> bool:
    """Tell whether the caller is a program or htmx rather than a page in a browser."""
    return request.path.startswith("/api/") or request.headers.get("X-Requested-With") == "fetch"


def is_safe_next(target: str) -> bool:
    """Accept only a path of this site: one slash, no backslash, no control character."""
    plain = target.isprintable() and "\\" not in target
    return plain and target.startswith("/") and not target.startswith("//")


def _refused(error: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    if wants_json():
        body: dict[str, Any] = {"error": error.message, "request_id": g.request_id}
        if isinstance(error, Invalid):
            body["fields"] = error.fields
        return jsonify(body), error.status
    if isinstance(error, SignInRequired):
        return _ask_to_sign_in(error.message)
    if isinstance(error, AlreadyDone):
        flash(error.message, "info")
        back = request.form.get("next", "")
        return redirect(back if is_safe_next(back) else url_for("home.index"))
    status = error.status
    return render_template(f"errors/{status}.html", message=error.message, error=error), status


def _ask_to_sign_in(message: str) -> ResponseReturnValue:
    """Send to sign-in and bring the user back; what a form held is kept for the return."""
    if request.method == "POST":
        kept = sessions.keep_form(request.path, request.form)
        target = request.form.get("page", "") or request.path
        message = "登录已超时，请重新登录。"
        message += "您刚才填写的内容已保留，登录后会自动恢复。" if kept else "刚才这一页没有保存。"
    else:
        target = request.full_path.rstrip("?")
    flash(message, "warn")
    return redirect(url_for("accounts.sign_in", next=target))


def _is_from_elsewhere() -> bool:
    """Tell whether another site's page sent this, by what the browser says of itself."""
    said = request.headers.get("Sec-Fetch-Site", "")
    if said:
        return said not in {"same-origin", "none"}
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.host


def _csrf_failed(error: CSRFError) -> ResponseReturnValue:
    if _is_from_elsewhere():  # it came without its session: begin none that would replace it
        log.warning("cross_site_refused", reason=error.description)
        answer = _http_error(error)
        if sessions.current_id() is None:
            session.clear()  # the page's own token would begin one
        return answer
    if not current_user.is_authenticated:
        return _refused(SignInRequired("登录已超时，请重新登录。"))
    log.warning("csrf_refused", reason=error.description)
    return render_template("errors/expired.html", message="页面停留太久，请重新提交。"), 400


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # an unknown host gets no page of ours
        return Response("域名不在本站的服务范围内。", 400, mimetype="text/plain")
    code = error.code or 500
    if wants_json():
        said = HTTP_ERRORS.get(code, HTTP_ERRORS[code // 500 * 100 + 400])
        return jsonify({"error": said, "request_id": g.request_id}), code
    known = {400, 403, 404, 405, 413, 429, 500}
    page = code if code in known else 400
    return render_template(f"errors/{page}.html", message=None, error=error), code


def _crashed(error: Exception) -> ResponseReturnValue:
    """Give a reference number, never a trace."""
    db.session.rollback()
    log.error("crashed", error=type(error).__name__, exc_info=error)
    if wants_json():
        return jsonify({"error": "系统出错", "request_id": g.request_id}), 500
    return render_template("errors/500.html", message=None, error=error), 500


def _start_request() -> None:
    g.request_id = uuid.uuid4().hex[:12]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_unstorable() -> None:
    """Refuse NUL, which PostgreSQL stores in no text and nobody can type."""
    given = (request.path, *_flat(request.args), *_flat(request.form))
    if any("\0" in text for text in given):
        abort(400)


def _flat(given: MultiDict[str, str]) -> Iterator[str]:
    for values in given.listvalues():
        yield from values


def _finish_request(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
        )
    if current_app.config["ON_HTTPS"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def fen_as_wan(fen: int | None) -> str:
    """Show 分 as 万元 with two decimals at the most."""
    if fen is None:
        return "—"
    text = f"{fen / 1_000_000:,.2f}"
    return f"{text.rstrip('0').rstrip('.')} 万元"


def as_moment(moment: datetime | None) -> str:
    """Show a moment in Beijing time, to the minute."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M") if moment else "—"


def as_day(day: date | datetime | None) -> str:
    """Show a day."""
    if isinstance(day, datetime):
        day = clock.today(day)
    return day.strftime("%Y-%m-%d") if day else "—"


def found(row: T | None) -> T:
    """Return the row; raise `NotFound` where there is none."""
    if row is None:
        raise NotFound
    return row


def init_app(app: Flask) -> None:
    """Register handlers, headers and filters."""
    # First of all, before CSRF refuses: every answer carries a request id.
    first = app.before_request_funcs.setdefault(None, [])
    first[:0] = [_start_request, _refuse_unstorable]
    app.after_request(_finish_request)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    if not app.config.get("TESTING") or app.config.get("SHOW_CRASH_PAGE"):
        app.register_error_handler(Exception, _crashed)
    app.jinja_env.filters.update(wan=fen_as_wan, moment=as_moment, day=as_day)
