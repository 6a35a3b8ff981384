"""The second factor: the code at sign-in, binding a telephone, recovery codes."""

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, sessions, web
from matchmaker.accounts import entering, factors, members, signing_in
from matchmaker.accounts.forms import CodeForm
from matchmaker.accounts.identity import load
from matchmaker.accounts.models import User
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("factors", __name__)
CODE_FAILED = (
    "验证码不正确、已用过或已过期，或者尝试次数过多。"
    "请等下一个验证码出现后再试；手机不在身边的，可输入恢复码。"
)
MUST = "您的角色须使用动态验证码登录，请先绑定手机上的验证器，再继续使用。"
# What somebody who has to bind a telephone may still open.
BEFORE_ENROLMENT = frozenset(
    {
        *("factors.show", "factors.begin", "factors.confirm"),
        *("confirming.ask", "confirming.check"),
        *("accounts.password", "accounts.sign_out", "web.large_text", "static", "bootstrap.static"),
    }
)


@bp.before_app_request
def enrol_first() -> ResponseReturnValue | None:
    """Lead whoever may not go without a second factor to its page, and nowhere else."""
    if request.endpoint in BEFORE_ENROLMENT or not entering.led_to_enrolment(me()):
        return None
    if web.wants_json():
        return {"error": MUST}, 403
    flash(MUST, "warn")
    return redirect(url_for("factors.show"))


@bp.get("/sign-in/code")
@endpoint("user", "sign_in")
def code() -> ResponseReturnValue:
    """Ask for the code of whoever has just given the right password."""
    if entering.waiting_user_id(now=clock.now()) is None:
        return redirect(url_for("accounts.sign_in", next=entering.target()))
    return _code_page(CodeForm())


def _code_page(form: CodeForm) -> str:
    return render_template("accounts/code.html", form=form, next=entering.target())


@bp.post("/sign-in/code")
@endpoint("user", "sign_in")
def try_code() -> ResponseReturnValue:
    """Count the code as a guess, look at it, and let the owner in."""
    waiting = entering.waiting_user_id(now=clock.now())
    user = load(str(waiting)) if waiting is not None else None
    if user is None:
        flash("等待验证码已超时，请重新登录。", "warn")
        return redirect(url_for("accounts.sign_in", next=entering.target()))
    form = CodeForm()
    if not form.validate():
        return _code_page(form), 422
    with transaction():
        token = _judge(user, form.code.data)
    if not token:
        form.form_errors.append(CODE_FAILED)
        return _code_page(form), 422
    entering.begin(user, **{entering.HAS_FACTOR: True})
    return entering.keep_device(make_response(redirect(entering.target())), token)


def _judge(user: User, code: str) -> str:
    """Return the browser's device token where the code fits, "" where it does not."""
    now, device = clock.now(), entering.device()
    guess = signing_in.reserve(user.login, device=device, ip=request.remote_addr or "", now=now)
    fits = guess.evaluated and factors.accept(user, code, moment=clock.unmoved(), now=now)
    if not fits:
        signing_in.refuse(guess, now=now)
        return ""
    signing_in.count_as_right(guess)
    return signing_in.enter(user, device, now=now, where=entering.where())


@bp.get("/account/second-factor")
@endpoint("user", "enrol_second_factor")
def show() -> ResponseReturnValue:
    """Show one's own second factor, and the one that is being bound."""
    return _page(CodeForm()), 200


def _page(form: CodeForm) -> str:
    waiting = factors.pending(me())
    picture = segno.make(waiting[1]).svg_data_uri(scale=5, border=4) if waiting else ""
    return render_template(
        "accounts/factor.html",
        form=form,
        enrolled=factors.is_enrolled(me()),
        mandatory=factors.is_mandatory(me()),
        left=factors.left(me()),
        secret=waiting[0] if waiting else "",
        picture=picture,
    )


@bp.post("/account/second-factor/begin")
@endpoint("user", "enrol_second_factor")
def begin() -> ResponseReturnValue:
    """Make a secret for one's own telephone."""
    with transaction():
        factors.begin(me())
    return redirect(url_for(".show"))


@bp.post("/account/second-factor")
@endpoint("user", "enrol_second_factor")
def confirm() -> ResponseReturnValue:
    """Let the secret count once the telephone has shown a code of it."""
    form = CodeForm()
    if form.validate():
        try:
            with transaction():
                codes = factors.confirm(
                    me(),
                    form.code.data,
                    session_id=sessions.current_id(),
                    moment=clock.unmoved(),
                    now=clock.now(),
                )
            entering.mark_factor(has=True)
            return _codes_page(codes)
        except Invalid as error:
            form.show(error)
    return _page(form), 422


def _codes_page(codes: list[str]) -> str:
    """Show recovery codes this once; nobody can show them again."""
    return render_template("accounts/recovery_codes.html", codes=codes)


@bp.post("/account/second-factor/codes")
@endpoint("user", "enrol_second_factor")
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes; the former ones end."""
    with transaction():
        codes = factors.renew(me(), now=clock.now())
    return _codes_page(codes)


@bp.post("/account/second-factor/drop")
@endpoint("user", "enrol_second_factor")
def drop() -> ResponseReturnValue:
    """Do without a second factor, where one's roles allow it."""
    with transaction():
        factors.drop(me(), now=clock.now())
    entering.mark_factor(has=False)
    flash("动态验证码已停用", "good")
    return redirect(url_for("accounts.show"))


@bp.post("/users/<public_id>/second-factor/reset")
@endpoint("user", "reset_second_factor")
def reset(public_id: str) -> ResponseReturnValue:
    """Forget somebody's factor whose telephone is lost, with the reason."""
    with transaction():
        user = members.get(public_id, viewer=me(), action="reset_second_factor")
        factors.reset(user, by=me(), now=clock.now(), reason=request.form.get("reason", "")[:500])
    flash("动态验证码已重置，本人下次登录时重新绑定", "good")
    return redirect(url_for("users.show", public_id=public_id))
