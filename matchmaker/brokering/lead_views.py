"""对接: the list, a lead's page, and every step on it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.brokering import lead_page, leads
from matchmaker.brokering.forms import (
    AssignForm,
    ConsentForm,
    EndForm,
    FollowUpForm,
    ReviveForm,
    StepForm,
)
from matchmaker.brokering.lead_listing import lead_spec
from matchmaker.brokering.lead_models import Lead, Manner, Side
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("leads", __name__, url_prefix="/leads")
FORMS: dict[str, type[Form]] = {
    "step": StepForm,
    "follow": FollowUpForm,
    "end": EndForm,
    "revive": ReviveForm,
    "consent": ConsentForm,
    "assign": AssignForm,
}


@bp.get("")
@endpoint("lead", "list")
def index() -> ResponseReturnValue:
    """The leads the viewer may see."""
    viewer, now = me(), clock.now()
    bureau = policy.may(viewer, "lead", "read_bureau")
    opens = policy.may(viewer, "lead", "read")
    found = listing.build(
        lead_spec(now, bureau=bureau),
        leads.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("leads.show", public_id=row.public_id) if opens else "",
        export_path=url_for(".export") if policy.may(viewer, "lead", "export_list") else "",
        empty={
            "title": "还没有对接",
            "hint": "采纳配对或在匹配结果中申请对接后，会出现在这里。",
        },
    )
    return render_template("leads/list.html", listing=found)


@bp.get("/export")
@endpoint("lead", "export_list")
def export() -> Response:
    """The list as it stands on screen."""
    viewer, now = me(), clock.now()
    spec = lead_spec(now, bureau=True)
    return exporting.respond(
        spec, leads.visible(viewer), request.args, viewer=viewer, name="对接清单", now=now
    )


@bp.get("/<public_id>")
@endpoint("lead", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A lead: both sides, what happened, what comes next."""
    return _page(public_id)


def _page(public_id: str, **sent: Form) -> str:
    viewer, now = me(), clock.now()
    lead = leads.get(public_id, "read", viewer=viewer)
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in FORMS.items()}
    lead_page.offer_people(forms["assign"], lead)
    page = lead_page.read(lead, viewer=viewer, now=now)
    return render_template("leads/show.html", page=page, lead=page.lead, forms=forms)


Deed = Callable[[Lead, Any], str]


def _do(public_id: str, action: str, name: str, deed: Deed) -> ResponseReturnValue:
    """Validate the form, do the deed in a transaction; on refusal show the page again (422)."""
    form = FORMS[name]()
    if name == "assign":
        lead_page.offer_people(form, leads.get(public_id, action, viewer=me()))
    if not form.validate():
        return _page(public_id, **{name: form}), 422
    try:
        with transaction():
            told = deed(leads.get(public_id, action, viewer=me()), form)
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, **{name: form}), 422
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/consent")
@endpoint("lead", "consent")
def consent(public_id: str) -> ResponseReturnValue:
    """Agree to be introduced, as a party."""
    with transaction():
        lead = leads.get(public_id, "consent", viewer=me())
        leads.consent(lead, by=me(), now=clock.now())
    flash("已记录您的同意；双方都同意后即可互见联系方式", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/consent-for")
@endpoint("lead", "consent_on_behalf")
def consent_for(public_id: str) -> ResponseReturnValue:
    """Write down a consent given to the officer."""

    def deed(lead: Lead, form: Any) -> str:
        side = Side(form.side.data)
        leads.consent_for(lead, side, note=form.note.data, by=me(), now=clock.now())
        return f"已代为登记{side.label}同意"

    return _do(public_id, "consent_on_behalf", "consent", deed)


@bp.post("/<public_id>/step/<action>")
@endpoint("lead", "update_progress")
def step(public_id: str, action: str) -> ResponseReturnValue:
    """Take the lead to its next stage."""

    def deed(lead: Lead, form: Any) -> str:
        leads.advance(
            lead,
            action,
            by=me(),
            now=clock.now(),
            reason=form.reason.data or "",
            next_action=form.next_action.data or "",
            next_on=form.next_on.data,
        )
        return f"已登记：{lead.state.label}"

    return _do(public_id, "update_progress", "step", deed)


@bp.post("/<public_id>/follow-up")
@endpoint("lead", "update_progress")
def follow_up(public_id: str) -> ResponseReturnValue:
    """Write down a contact."""

    def deed(lead: Lead, form: Any) -> str:
        leads.follow_up(
            lead,
            manner=Manner(form.manner.data),
            note=form.note.data,
            next_action=form.next_action.data or "",
            next_on=form.next_on.data,
            by=me(),
            now=clock.now(),
        )
        return "已登记跟进"

    return _do(public_id, "update_progress", "follow", deed)


@bp.post("/<public_id>/decline")
@endpoint("lead", "decline")
def decline(public_id: str) -> ResponseReturnValue:
    """Decline, as a party."""
    return _do(public_id, "decline", "end", _ended("decline", "已谢绝这次对接"))


@bp.post("/<public_id>/stop")
@endpoint("lead", "update_progress")
def stop(public_id: str) -> ResponseReturnValue:
    """Stop, as the bureau or the broker."""
    return _do(public_id, "update_progress", "end", _ended("stop", "已终止对接"))


def _ended(action: str, told: str) -> Deed:
    def deed(lead: Lead, form: Any) -> str:
        note = form.note.data or ""
        leads.end(lead, action, dead_reason=form.reason, note=note, by=me(), now=clock.now())
        return told

    return deed


@bp.post("/<public_id>/revive")
@endpoint("lead", "revive")
def revive(public_id: str) -> ResponseReturnValue:
    """Take up a lead that ended."""

    def deed(lead: Lead, form: Any) -> str:
        leads.revive(lead, reason=form.reason.data, by=me(), now=clock.now())
        return "已恢复，请重新征求双方意见"

    return _do(public_id, "revive", "revive", deed)


@bp.post("/<public_id>/assign")
@endpoint("lead", "assign")
def assign(public_id: str) -> ResponseReturnValue:
    """Give the lead to an officer and a broker."""

    def deed(lead: Lead, form: Any) -> str:
        officer, broker = lead_page.people(form)
        leads.assign(lead, officer=officer, broker=broker, by=me(), now=clock.now())
        return f"已分派给{officer.name}"

    return _do(public_id, "assign", "assign", deed)
