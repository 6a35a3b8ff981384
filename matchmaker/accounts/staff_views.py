"""Pages of the administrators: accounts, roles, approvals (三员分立)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing, policy
from matchmaker.accounts import factors, grants, members, signing_in
from matchmaker.accounts.member_views import link_page
from matchmaker.accounts.organisation_forms import ReasonForm
from matchmaker.accounts.people_forms import RequestForm, StaffForm
from matchmaker.accounts.people_listing import EVERYBODY
from matchmaker.accounts.registration import of_code
from matchmaker.audit import labels, trail
from matchmaker.errors import Invalid, NotFound
from matchmaker.lifecycles import Role
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("users", __name__, url_prefix="/users")


@bp.get("")
@endpoint("user", "list_accounts")
def index() -> ResponseReturnValue:
    """List every account."""
    found = listing.build(
        EVERYBODY,
        members.listed(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
    )
    creates = Role.SYSADMIN in me().roles
    return render_template("users/list.html", listing=found, creates=creates)


@bp.route("/new", methods=["GET", "POST"])
@endpoint("user", "create_bureau_account")
def new() -> ResponseReturnValue:
    """Make an account and ask for its roles; the link is shown once."""
    form = StaffForm()
    if form.validate_on_submit():
        try:
            with transaction():
                user, token = members.create(form.fields(), form.chosen(), by=me(), now=clock.now())
                name = user.name
            return link_page(name, token, back=url_for(".index"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("users/new.html", form=form), status


@bp.get("/<public_id>")
@endpoint("user", "list_accounts")
def show(public_id: str) -> ResponseReturnValue:
    """Show an account with what this administrator may do about it."""
    return _page(public_id, RequestForm()), 200


def _page(public_id: str, form: RequestForm) -> str:
    row = members.show(public_id, viewer=me())
    user = members.get(public_id, viewer=me(), action="disable")
    return render_template(
        "users/show.html",
        row=row,
        form=form,
        held=[role for role in Role if role in user.roles - {Role.VISITOR}],
        paused=signing_in.is_paused(user, now=clock.now()),
        has_factor=factors.is_enrolled(user),
        may={action: policy.permits(me(), "user", action, row) for action in ACTIONS},
        events=labels.events(trail.history("user", public_id)),
    )


ACTIONS = (
    "create_bureau_account",
    "grant_role_approve",
    "unlock",
    "end_sessions_of_other",
    "send_reset_link_to_other",
    "reset_second_factor",
    "disable",
)


@bp.post("/<public_id>/roles")
@endpoint("user", "create_bureau_account")
def request_role(public_id: str) -> ResponseReturnValue:
    """Ask for a role."""
    form = RequestForm()
    if form.validate():
        try:
            with transaction():
                user = members.get(public_id, viewer=me(), action="create_bureau_account")
                grants.request(user, Role(form.role.data), by=me(), now=clock.now())
            flash("已提交角色申请，待安全保密管理员批准", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as error:
            form.show(error)
    return _page(public_id, form), 422


@bp.get("/grants", endpoint="grants")
@endpoint("user", "grant_role_approve")
def waiting() -> ResponseReturnValue:
    """List the roles that wait for approval."""
    return render_template("users/grants.html", waiting=grants.waiting())


@bp.post("/grants/<int:grant_id>")
@endpoint("user", "grant_role_approve")
def decide(grant_id: int) -> ResponseReturnValue:
    """Approve a role, or turn it down with the reason."""
    form = ReasonForm()
    approved = request.form.get("decision") == "approve"
    with transaction():
        grant = grants.grant_of(grant_id)
        if approved:
            grants.approve(grant, by=me(), now=clock.now())
        else:
            grants.refuse(grant, by=me(), now=clock.now(), reason=form.reason.data or "")
    flash("已批准，该账号需重新登录" if approved else "已退回角色申请", "good")
    return redirect(url_for(".grants"))


def _do(
    public_id: str, action: str, deed: Callable[..., Any], done: str, **more: Any
) -> ResponseReturnValue:
    with transaction():
        user = members.get(public_id, viewer=me(), action=action)
        deed(user, by=me(), now=clock.now(), **more)
    flash(done, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/roles/<role>/revoke")
@endpoint("user", "grant_role_approve")
def revoke(public_id: str, role: str) -> ResponseReturnValue:
    """Take a role away."""
    if role not in {one.value for one in Role}:
        raise NotFound
    return _do(public_id, "grant_role_approve", grants.revoke, "已收回角色", role=Role(role))


@bp.post("/<public_id>/disable")
@endpoint("user", "disable")
def disable(public_id: str) -> ResponseReturnValue:
    """Disable an account."""
    reason = request.form.get("reason", "")[:500]
    return _do(public_id, "disable", members.disable, "账号已停用", reason=reason)


@bp.post("/<public_id>/enable")
@endpoint("user", "disable")
def enable(public_id: str) -> ResponseReturnValue:
    """Enable an account again."""
    return _do(public_id, "disable", members.enable, "账号已启用")


@bp.post("/<public_id>/unlock")
@endpoint("user", "unlock")
def unlock(public_id: str) -> ResponseReturnValue:
    """Lift the pause failed guesses have put on an account."""
    return _do(public_id, "unlock", members.unlock, "已解除登录限制")


@bp.post("/<public_id>/sessions/end")
@endpoint("user", "end_sessions_of_other")
def end_sessions(public_id: str) -> ResponseReturnValue:
    """End every session of somebody."""
    return _do(public_id, "end_sessions_of_other", members.end_sessions, "已退出该账号的所有登录")


@bp.post("/<public_id>/link")
@endpoint("user", "send_reset_link_to_other")
def send_link(public_id: str) -> ResponseReturnValue:
    """Make a link to set a password, to be handed over."""
    with transaction():
        user = members.get(public_id, viewer=me(), action="send_reset_link_to_other")
        token = members.send_link(user, by=me(), now=clock.now())
        name = user.name
    return link_page(name, token, back=url_for(".show", public_id=public_id))


@bp.post("/<public_id>/organisation")
@endpoint("user", "create_bureau_account")
def change_organisation(public_id: str) -> ResponseReturnValue:
    """Let a person belong to another organisation, named by its credit code."""
    organisation = of_code("".join(request.form.get("uscc", "").split()).upper())
    if organisation is None:
        raise Invalid({"uscc": "没有这个信用代码的单位，请核对"})
    return _do(
        public_id,
        "create_bureau_account",
        members.change_organisation,
        "已调整单位，原角色已全部收回，请由新单位管理员授予角色",
        organisation=organisation,
    )
