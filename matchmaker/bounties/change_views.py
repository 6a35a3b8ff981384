"""变更、延期、撤榜: asked for with a preview, decided by others; the history is public."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.bounties import changing, deciding, fields, forms, operations, timing
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import bp
from matchmaker.bounties.records import Change, ChangeKind
from matchmaker.bounties.step_forms import ExtensionForm, ReasonForm, WithdrawalForm
from matchmaker.errors import Invalid, NotFound
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

AMENDED_STAGES = (1, 2, 3, 4)
MAY = ("amend_request", "extend_deadline_request", "cancel_request", "amend_review")
APPROVALS = {
    ChangeKind.TERMS: "amend_approve",
    ChangeKind.EXTENSION: "extend_deadline_approve",
    ChangeKind.WITHDRAWAL: "cancel_approve",
}


@bp.get("/<public_id>/changes")
@endpoint("bounty", "read_changes")
def changes(public_id: str) -> ResponseReturnValue:
    """Every change that was asked for, what it would do, and the forms to ask for another."""
    return _page(public_id)


def _page(public_id: str, status: int = 200, **sent: Form) -> ResponseReturnValue:
    viewer, now = me(), clock.now()
    bounty = operations.get(public_id, "read_changes", viewer=viewer)
    waiting = changing.open_of(bounty)
    may = {action: policy.permits(viewer, "bounty", action, bounty) for action in MAY}
    decides = waiting is not None and policy.permits(
        viewer, "bounty", APPROVALS[waiting.kind], bounty
    )
    page = render_template(
        "bounties/changes.html",
        bounty=bounty,
        waiting=waiting,
        preview=changing.shown(waiting, now=now) if waiting else None,
        history=changing.of(bounty.id, approved_only=False),
        may=may,
        decides=decides,
        stages=[(n, label) for n, label in fields.STAGES if n in AMENDED_STAGES],
        stamp=timing.stamp,
        latest=timing.latest_extension(bounty.bid_deadline_at) if bounty.bid_deadline_at else None,
        forms={
            "extension": sent.get("extension") or ExtensionForm(formdata=None),
            "withdrawal": sent.get("withdrawal") or WithdrawalForm(formdata=None),
            "reason": ReasonForm(formdata=None),
        },
    )
    return page, status


@bp.get("/<public_id>/amend/<int:stage>")
@endpoint("bounty", "amend_request")
def amend(public_id: str, stage: int) -> ResponseReturnValue:
    """The form of what may be amended, one stage at a time."""
    bounty = operations.get(public_id, "amend_request", viewer=me())
    chosen = _amendable(stage)
    form = forms.amendment_form(stage)(data=forms.stored(bounty, chosen))
    return _amend_page(form, bounty, stage)


def _amendable(stage: int) -> tuple[fields.Field, ...]:
    if stage not in AMENDED_STAGES:
        raise NotFound
    return tuple(field for field in fields.of_stage(stage) if field.amendable)


def _amend_page(
    form: Form, bounty: Bounty, stage: int, status: int = 200, preview: Any = None
) -> ResponseReturnValue:
    forms.offer_blanks(form)
    page = render_template(
        "bounties/amend.html",
        form=form,
        bounty=bounty,
        stage=stage,
        label=dict(fields.STAGES)[stage],
        names=[field.name for field in _amendable(stage)],
        kinds={field.name: field.kind for field in fields.FIELDS},
        suffixes={field.name: field.suffix for field in fields.FIELDS},
        preview=preview,
        stamp=timing.stamp,
    )
    return page, status


@bp.post("/<public_id>/amend/<int:stage>")
@endpoint("bounty", "amend_request")
def ask_amendment(public_id: str, stage: int) -> ResponseReturnValue:
    """Show what the amendment would do; ask for it on the second send."""
    _amendable(stage)
    form, now = forms.amendment_form(stage)(), clock.now()
    bounty = operations.get(public_id, "amend_request", viewer=me())
    if not form.validate_on_submit():
        return _amend_page(form, bounty, stage, 422)
    values, reason = forms.values_of(form), form["reason"].data or ""
    try:
        if request.form.get("action") != "request":
            return _amend_page(
                form, bounty, stage, preview=changing.preview(bounty, values, now=now)
            )
        with transaction():
            bounty = operations.get(public_id, "amend_request", viewer=me())
            changing.request_terms(bounty, values, reason, by=me(), now=now)
    except Invalid as refusal:
        forms.show(form, refusal)
        return _amend_page(form, operations.get(public_id, viewer=me()), stage, 422)
    return _asked(public_id)


def _asked(public_id: str) -> ResponseReturnValue:
    flash("已提出申请，待审批；批准前榜单内容不变。", "good")
    return redirect(url_for(".changes", public_id=public_id))


@bp.post("/<public_id>/extend")
@endpoint("bounty", "extend_deadline_request")
def extend(public_id: str) -> ResponseReturnValue:
    """Ask for the one extension."""
    form = ExtensionForm()
    try:
        with transaction():
            bounty = operations.get(public_id, "extend_deadline_request", viewer=me())
            changing.request_extension(
                bounty, form.until, form.reason.data or "", by=me(), now=clock.now()
            )
    except Invalid as refusal:
        forms.show(form, refusal)
        return _page(public_id, 422, extension=form)
    return _asked(public_id)


@bp.post("/<public_id>/withdraw")
@endpoint("bounty", "cancel_request")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Ask for the withdrawal on the owner's writing."""
    form = WithdrawalForm()
    try:
        with transaction():
            bounty = operations.get(public_id, "cancel_request", viewer=me())
            changing.request_withdrawal(
                bounty, form.owner_request.data or "", form.reason.data or "", by=me(),
                now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, 422, withdrawal=form)
    return _asked(public_id)


Deed = Callable[[Change], None]


def _decide(
    public_id: str, change_id: str, action: str, deed: Deed, told: str
) -> ResponseReturnValue:
    with transaction():
        bounty = operations.get(public_id, action, viewer=me())
        change = changing.get(bounty, change_id)
        deed(change)
    flash(told, "good")
    return redirect(url_for(".changes", public_id=public_id))


@bp.post("/<public_id>/changes/<change_id>/review")
@endpoint("bounty", "amend_review")
def review_change(public_id: str, change_id: str) -> ResponseReturnValue:
    """Pass the review of a change."""

    def deed(change: Change) -> None:
        deciding.review(change, by=me(), now=clock.now())

    return _decide(public_id, change_id, "amend_review", deed, "会审已通过，待分管局长批准。")


def _approved(public_id: str, change_id: str, kind: ChangeKind) -> ResponseReturnValue:
    def deed(change: Change) -> None:
        if change.kind is not kind:
            raise NotFound
        deciding.approve(change, by=me(), now=clock.now())

    return _decide(public_id, change_id, APPROVALS[kind], deed, "已批准，即时生效并公布。")


@bp.post("/<public_id>/changes/<change_id>/approve")
@endpoint("bounty", "amend_approve")
def approve_change(public_id: str, change_id: str) -> ResponseReturnValue:
    """Put an amendment in force."""
    return _approved(public_id, change_id, ChangeKind.TERMS)


@bp.post("/<public_id>/changes/<change_id>/approve-extension")
@endpoint("bounty", "extend_deadline_approve")
def approve_extension(public_id: str, change_id: str) -> ResponseReturnValue:
    """Put an extension in force."""
    return _approved(public_id, change_id, ChangeKind.EXTENSION)


@bp.post("/<public_id>/changes/<change_id>/approve-withdrawal")
@endpoint("bounty", "cancel_approve")
def approve_withdrawal(public_id: str, change_id: str) -> ResponseReturnValue:
    """Withdraw the bounty."""
    return _approved(public_id, change_id, ChangeKind.WITHDRAWAL)


@bp.post("/<public_id>/changes/<change_id>/refuse")
@endpoint("bounty", "read_changes")
def refuse_change(public_id: str, change_id: str) -> ResponseReturnValue:
    """Refuse a change, as the chief or the leader."""

    def deed(change: Change) -> None:
        reason = request.form.get("reason", "")
        deciding.refuse(change, reason, by=me(), now=clock.now())

    return _decide(public_id, change_id, "read_changes", deed, "已答复不同意。")


@bp.post("/<public_id>/changes/<change_id>/take-back")
@endpoint("bounty", "read_changes")
def take_back_change(public_id: str, change_id: str) -> ResponseReturnValue:
    """Take a change back, as the officer."""

    def deed(change: Change) -> None:
        deciding.take_back(change, by=me(), now=clock.now())

    return _decide(public_id, change_id, "read_changes", deed, "已撤回申请。")
