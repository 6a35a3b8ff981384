"""Whom a call asks and how far it has come: list, figures, reminders, call list, notice."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, papers, policy
from matchmaker.calls import answering, inviting, operations, progress, reminding, tables
from matchmaker.calls import papers as call_papers
from matchmaker.calls.forms import InviteForm, OnBehalfForm
from matchmaker.calls.listing import invitation_spec
from matchmaker.calls.models import Call
from matchmaker.calls.pages import bp, possible
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.messages.mail import site_url
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction


def _contacts() -> bool:
    return policy.may(me(), "call_invitation", "read_contacts")


def _rows(call: Call, *, bulk: bool) -> listing.Listing:
    viewer, name = me(), call.public_id
    writes = policy.may(viewer, "call_invitation", "answer_on_behalf") and call.is_open
    return listing.build(
        invitation_spec(contacts=_contacts()),
        inviting.visible(call, viewer),
        request.args,
        viewer=viewer,
        path=url_for(request.endpoint or "", public_id=name),
        row_url=lambda row: url_for("calls.told", public_id=name, row_id=row.id) if writes else "",
        bulk=[("remove", "移出名单", False)] if bulk else (),
        bulk_url=url_for("calls.uninvite", public_id=name),
        export_path=url_for("calls.export", public_id=name),
        empty={"title": "没有符合条件的企业", "hint": "可减少筛选条件，或先邀请企业。"},
    )


@bp.get("/<public_id>/invited")
@endpoint("call", "update")
def invited(public_id: str) -> ResponseReturnValue:
    """Choose whom the call asks."""
    return _invited_page(public_id, InviteForm())


def _invited_page(public_id: str, form: Form, unknown: Any = ()) -> ResponseReturnValue:
    call = operations.get(public_id, "update", viewer=me())
    draft = possible(call, me())["discard"]
    rows = _rows(call, bulk=draft)
    page = render_template(
        "calls/invited.html", call=call, form=form, listing=rows, unknown=unknown, draft=draft
    )
    return page, 422 if form.errors else 200


@bp.post("/<public_id>/invited")
@endpoint("call", "update")
def invite(public_id: str) -> ResponseReturnValue:
    """Add enterprises; what was not understood is shown again to be corrected."""
    form = InviteForm()
    if not form.validate():
        return _invited_page(public_id, form)
    names = inviting.lines(form.names.data or "")
    try:
        with transaction():
            call = operations.get(public_id, "update", viewer=me())
            chosen = form.chosen
            added, unknown = inviting.invite(call, chosen, names, by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _invited_page(public_id, form)
    flash(f"已加入 {added} 家企业。", "good" if added else "info")
    if unknown:
        again = InviteForm(formdata=None, names="\n".join(unknown))
        return _invited_page(public_id, again, unknown)
    return redirect(url_for(".invited", public_id=public_id))


@bp.post("/<public_id>/uninvite")
@endpoint("call", "update")
def uninvite(public_id: str) -> ResponseReturnValue:
    """Take ticked enterprises off a draft's list."""
    with transaction():
        call = operations.get(public_id, "update", viewer=me())
        ids = request.form.getlist("ids")[:100]
        count = inviting.remove(call, ids, by=me(), now=clock.now())
    flash(f"已移出 {count} 家企业。", "good")
    return redirect(url_for(".invited", public_id=public_id))


@bp.get("/<public_id>/progress")
@endpoint("call", "see_progress")
def show_progress(public_id: str) -> ResponseReturnValue:
    """Figures by town, with the enterprises behind each."""
    viewer, now = me(), clock.now()
    call = operations.get(public_id, "see_progress", viewer=viewer)
    towns, total = progress.by_town(call, viewer=viewer)
    address = site_url(url_for(".show", public_id=public_id))
    return render_template(
        "calls/progress.html",
        call=call,
        state=call.shown_state,
        towns=towns,
        total=total,
        may=possible(call, viewer),
        contacts=_contacts(),
        listing=_rows(call, bulk=False),
        message=progress.message(call, viewer=viewer, address=address, now=now),
        sent=reminding.sent(call),
    )


@bp.get("/<public_id>/progress/export")
@endpoint("call_invitation", "export_list")
def export(public_id: str) -> Response:
    """The enterprises as they stand on screen."""
    call = operations.get(public_id, "see_progress", "update", viewer=me())
    return exporting.respond(
        invitation_spec(contacts=_contacts()),
        inviting.visible(call, me()),
        request.args,
        viewer=me(),
        name="征集填报名单",
        now=clock.now(),
    )


@bp.get("/<public_id>/progress/towns")
@endpoint("call_invitation", "export_list")
def export_towns(public_id: str) -> Response:
    """The figures by town as a workbook."""
    call = operations.get(public_id, "see_progress", viewer=me())
    sheet = tables.towns(call, viewer=me())
    return exporting.respond_table(
        sheet,
        resource="call",
        viewer=me(),
        now=clock.now(),
        conditions=f"{call.call_no or '草稿'} {call.title}",
        call=call.public_id,
    )


@bp.post("/<public_id>/remind")
@endpoint("call", "remind")
def remind(public_id: str) -> ResponseReturnValue:
    """Remind who has not answered; nobody twice a day."""
    with transaction():
        call = operations.get(public_id, "remind", viewer=me())
        count = reminding.remind(call, by=me(), now=clock.now())
    told = f"已催报 {count} 家。" if count else "未答复的企业今天都已催报过，没有重复发送。"
    flash(told, "good" if count else "info")
    return redirect(url_for(".show_progress", public_id=public_id))


@bp.get("/<public_id>/call-list")
@endpoint("call_invitation", "read_contacts")
def call_list(public_id: str) -> ResponseReturnValue:
    """Who has not answered, with telephone numbers, to be printed; who looked is on the trail."""
    viewer, now = me(), clock.now()
    call = operations.get(public_id, "see_progress", viewer=viewer)
    page = render_template(
        "calls/call_list.html",
        call=call,
        groups=tables.call_list(call, viewer=viewer),
        printed_at=now,
    )
    with transaction():
        tables.record_printing(public_id, by=viewer, now=now)
    return page


@bp.route("/<public_id>/invitations/<int:row_id>", methods=["GET", "POST"])
@endpoint("call_invitation", "answer_on_behalf")
def told(public_id: str, row_id: int) -> ResponseReturnValue:
    """One asked enterprise, and the form for what it said on the telephone."""
    form = OnBehalfForm()
    if form.is_submitted():
        try:
            with transaction():
                call = operations.get(public_id, "see_progress", viewer=me())
                row = answering.row_for(call, row_id, viewer=me())
                note = form.note.data or ""
                answering.nothing(call, row.enterprise, note, by=me(), now=clock.now())
            flash("已登记电话答复。", "good")
            return redirect(url_for(".show_progress", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
    call = operations.get(public_id, "see_progress", viewer=me())
    row = answering.row_for(call, row_id, viewer=me())
    page = render_template("calls/told.html", call=call, row=row, form=form)
    return page, 422 if form.errors else 200


@bp.get("/<public_id>/notice")
@endpoint("call", "draft_notice")
def notice(public_id: str) -> Response:
    """征集通知 as a Word file."""
    call, now = operations.get(public_id, "draft_notice", viewer=me()), clock.now()
    context = call_papers.notice(call, address=site_url(url_for("home.index")), now=now)
    return papers.respond(
        "call_notice",
        context,
        filename=f"征集通知-{call.call_no or call.title}",
        noun="call",
        object_id=public_id,
        viewer=me(),
        now=now,
    )
