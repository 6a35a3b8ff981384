"""Signing in and out, links, and one's own account."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from matchmaker import clock, sessions, web
from matchmaker.accounts import entering, factors, links, operations, password_rules, signing_in
from matchmaker.accounts.forms import (
    ChangePasswordForm,
    ForgotForm,
    NewPasswordForm,
    ProfileForm,
    SignInForm,
)
from matchmaker.errors import Invalid, NotFound
from matchmaker.lifecycles import Role
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("accounts", __name__)
# What somebody whose password has to be renewed may still open.
BEFORE_RENEWAL = frozenset({"accounts.password", "accounts.sign_out", "web.large_text", "static"})


@bp.before_app_request
def renew_password_first() -> ResponseReturnValue | None:
    """Lead to the password page while the password has to be changed."""
    if request.endpoint in BEFORE_RENEWAL or request.endpoint is None:
        return None
    reason = operations.must_renew(me(), now=clock.now())
    if not reason:
        return None
    if web.wants_json():
        return {"error": reason}, 403
    flash(reason, "warn")
    return redirect(url_for("accounts.password"))


def _sign_in_page(form: SignInForm) -> str:
    roles = signing_in.demonstration_roles() if current_app.config["DEMONSTRATION"] else []
    return render_template(
        "accounts/sign_in.html",
        form=form,
        roles=roles,
        next=entering.target(),
        register_url=url_for("registration.register"),
    )


@bp.get("/sign-in")
@endpoint("user", "sign_in")
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page."""
    if me().is_authenticated:
        return redirect(entering.target())
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@endpoint("user", "sign_in")
def try_sign_in() -> ResponseReturnValue:
    """Count the guess, look at it, and let the owner in."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    device = entering.device()
    with transaction():
        guess = signing_in.reserve(
            form.login.data, device=device, ip=request.remote_addr or "", now=clock.now()
        )
    if not signing_in.judge(guess, form.password.data):
        with transaction():
            signing_in.refuse(guess, now=clock.now())
        form.form_errors.append(signing_in.FAILED)
        return _sign_in_page(form), 422
    with transaction():
        user = signing_in.accept(guess, form.password.data)
        token = ""
        if not factors.is_enrolled(user):
            token = signing_in.enter(user, device, now=clock.now(), where=entering.where())
    if not token:
        return entering.ask_for_code(user, now=clock.now())
    entering.begin(user)
    return entering.keep_device(make_response(redirect(entering.target())), token)


@bp.post("/sign-in/demonstration")
@endpoint("user", "demo_sign_in")
def demo_sign_in() -> ResponseReturnValue:
    """Sign in as a role's example account; only a demonstration instance knows this page."""
    if not current_app.config["DEMONSTRATION"]:
        raise NotFound
    wanted = request.form.get("demo_login", "")
    if wanted not in {role.value for role in Role}:
        raise NotFound
    with transaction():
        user = signing_in.demonstration_user(Role(wanted))
        signing_in.enter_demonstration(user, now=clock.now())
    entering.begin(user, **{entering.BY_ONE_CLICK: True})
    flash(f"已以{Role(wanted).label}“{user.name}”的身份登录演示环境", "good")
    return redirect(entering.target())


@bp.post("/sign-out")
@endpoint("user", "sign_out")
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    with transaction():
        signing_in.leave(me(), session_id=sessions.current_id(), now=clock.now())
    logout_user()
    session.clear()
    sessions.rotate()
    flash("已退出登录", "good")
    return redirect(url_for(".sign_in"))


@bp.route("/forgot", methods=["GET", "POST"])
@endpoint("user", "sign_in")
def forgot() -> ResponseReturnValue:
    """Ask for a reset link; the answer never tells whether the account exists."""
    form = ForgotForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/forgot.html", form=form), status
    with transaction():
        links.request_mail(form.login.data, links.Purpose.RESET, now=clock.now())
    flash("如果该账号存在并登记了邮箱，重设密码的链接会在几分钟内发到邮箱，48 小时内有效。", "info")
    return redirect(url_for(".sign_in"))


@bp.route("/link/<token>", methods=["GET", "POST"])
@endpoint("user", "use_link")
def use_link(token: str) -> ResponseReturnValue:
    """Set a password by a one-time link; opening the page does not use the link up."""
    link = links.find(token, now=clock.now())
    form = NewPasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction():
                operations.use_link(token, form.password.data, now=clock.now())
            flash("密码已设置，请用新密码登录", "good")
            return redirect(url_for(".sign_in"))
        except Invalid as error:
            form.show(error)
    if request.method == "POST":
        status = 422
        link = links.find(token, now=clock.now())
    rules = password_rules.profile(link.user.roles)
    page = render_template("accounts/link.html", form=form, user=link.user, rules=rules)
    return page, status


@bp.route("/account/password", methods=["GET", "POST"])
@endpoint("user", "change_own_password")
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            with transaction():
                operations.change_password(
                    me(),
                    form.old_password.data,
                    form.password.data,
                    session_id=sessions.current_id(),
                    now=clock.now(),
                )
            sessions.rotate()
            flash("密码已修改，其他设备上的登录已全部退出", "good")
            return redirect(url_for(".show"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    rules = password_rules.profile(me().roles)
    return render_template("accounts/password.html", form=form, rules=rules), status


@bp.get("/account")
@endpoint("user", "list_own_sessions")
def show() -> ResponseReturnValue:
    """Show one's own account with its sessions."""
    found = operations.own_sessions(me())
    return render_template(
        "accounts/show.html", sessions=found, here=sessions.current_id(), form=_profile_form()
    )


def _profile_form(**values: Any) -> ProfileForm:
    return ProfileForm(obj=me(), **values)


@bp.post("/account")
@endpoint("user", "update_self")
def update_profile() -> ResponseReturnValue:
    """Correct one's own name and how one is reached."""
    form = ProfileForm()
    if form.validate():
        try:
            with transaction():
                fields = {f: form[f].data or "" for f in ("name", "title", "phone", "email")}
                operations.update_profile(me(), now=clock.now(), **fields)
            flash("个人资料已保存", "good")
            return redirect(url_for(".show"))
        except Invalid as error:
            form.show(error)
    found = operations.own_sessions(me())
    page = render_template(
        "accounts/show.html", sessions=found, here=sessions.current_id(), form=form
    )
    return page, 422


@bp.post("/account/sessions/<int:session_id>/end")
@endpoint("user", "end_own_sessions")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with transaction():
        operations.end_own_session(me(), session_id, now=clock.now())
    flash("该设备上的登录已退出", "good")
    return redirect(url_for(".show"))


@bp.post("/account/sessions/end")
@endpoint("user", "end_own_sessions")
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's sessions but this one."""
    with transaction():
        operations.end_other_sessions(me(), session_id=sessions.current_id(), now=clock.now())
    flash("其他设备上的登录已全部退出", "good")
    return redirect(url_for(".show"))
