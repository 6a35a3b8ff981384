"""Pages on which an organisation's administrator keeps its members."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing
from matchmaker.accounts import members
from matchmaker.accounts.organisation_forms import ReasonForm
from matchmaker.accounts.people_forms import InviteForm, RolesForm
from matchmaker.accounts.people_listing import MEMBERS
from matchmaker.errors import Invalid, NotFound
from matchmaker.messages.mail import site_url
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("members", __name__, url_prefix="/members")


@bp.get("")
@endpoint("organisation", "manage_members")
def index() -> ResponseReturnValue:
    """List the organisation's members."""
    found = listing.build(
        MEMBERS,
        members.own_members(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        empty={"title": "还没有成员", "url": url_for(".invite"), "label": "邀请成员"},
    )
    return render_template("members/list.html", listing=found)


@bp.route("/invite", methods=["GET", "POST"])
@endpoint("organisation", "manage_members")
def invite() -> ResponseReturnValue:
    """Invite a colleague; the link is shown once."""
    organisation = me().organisation
    if organisation is None:
        raise NotFound
    form = InviteForm(kind=organisation.kind)
    if form.validate_on_submit():
        try:
            with transaction():
                user, token = members.invite(
                    me().organisation, form.fields(), form.chosen(), by=me(), now=clock.now()
                )
                name = user.name
            return link_page(name, token, back=url_for(".index"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("members/invite.html", form=form), status


def link_page(name: str, token: str, *, back: str) -> ResponseReturnValue:
    """Show a one-time link this once; nobody can show it again."""
    link = site_url(url_for("accounts.use_link", token=token))
    return render_template("members/link.html", name=name, link=link, back=back)


def _member(public_id: str, action: str) -> Any:
    row = members.get(public_id, viewer=me(), action=action)
    if row.organisation_id is None or row.organisation_id != me().organisation_id:
        raise NotFound
    return row


@bp.route("/<public_id>", methods=["GET", "POST"])
@endpoint("organisation", "manage_members")
def show(public_id: str) -> ResponseReturnValue:
    """Show a member, and change the roles."""
    row = _member(public_id, "create_account")
    form = RolesForm(kind=row.organisation.kind, held=row.roles)
    if form.validate_on_submit():
        try:
            with transaction():
                row = _member(public_id, "grant_role_request")
                members.set_roles(row, form.chosen(), by=me(), now=clock.now())
            flash("角色已调整，该成员需重新登录", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    shown = members.show(public_id, viewer=me())
    return render_template("members/show.html", row=shown, form=form), status


@bp.post("/<public_id>/disable")
@endpoint("organisation", "manage_members")
def disable(public_id: str) -> ResponseReturnValue:
    """Disable a member."""
    form = ReasonForm()
    with transaction():
        row = _member(public_id, "disable")
        members.disable(row, by=me(), now=clock.now(), reason=form.reason.data or "")
    flash("账号已停用", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/enable")
@endpoint("organisation", "manage_members")
def enable(public_id: str) -> ResponseReturnValue:
    """Enable a member again."""
    with transaction():
        members.enable(_member(public_id, "disable"), by=me(), now=clock.now())
    flash("账号已启用", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/link")
@endpoint("organisation", "manage_members")
def send_link(public_id: str) -> ResponseReturnValue:
    """Make a new link for a colleague who has not activated the account yet."""
    with transaction():
        row = _member(public_id, "create_account")
        if row.password_hash:
            raise NotFound
        token = members.send_link(row, by=me(), now=clock.now())
        name = row.name
    return link_page(name, token, back=url_for(".show", public_id=public_id))
