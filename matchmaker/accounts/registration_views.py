"""The page on which organisations register, or claim what the bureau has listed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.accounts import password_rules, registration
from matchmaker.accounts.organisation_forms import RegisterForm
from matchmaker.errors import Invalid
from matchmaker.lifecycles import UserState
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("registration", __name__)


@bp.route("/register", methods=["GET", "POST"])
@endpoint("organisation", "register")
def register() -> ResponseReturnValue:
    """Register an organisation with its first account."""
    form = RegisterForm()
    if form.validate_on_submit():
        contact = registration.Contact(
            name=form.contact_name.data,
            title=form.contact_title.data or "",
            phone=form.phone.data,
            email=form.email.data,
            password=form.password.data,
        )
        try:
            with transaction():
                _, user = registration.register(form.fields(), contact, by=me(), now=clock.now())
                login, sleeps = user.login, user.state is UserState.INVITED
            flash(_answer(login, sleeps=sleeps), "good")
            return redirect(url_for("accounts.sign_in"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    page = render_template("organisations/register.html", form=form, rules=password_rules.OTHERS)
    return page, status


def _answer(login: str, *, sleeps: bool) -> str:
    if sleeps:
        return f"已提交认领申请。科技局核实后账号即可使用，登录账号为信用代码 {login.upper()}。"
    return (
        f"注册成功，登录账号为信用代码 {login.upper()}。认证通过前可以登录并起草，通过后即可提交。"
    )
