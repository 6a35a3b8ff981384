"""公示 before publication and what may be done beside it after: one address a deed."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.codes import NoticeKind
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.notices import correcting, operations, pages, publishing
from matchmaker.notices.forms import (
    CheckForm,
    ConfirmEndForm,
    CorrectionForm,
    NewForm,
    NoticeForm,
    ReasonForm,
    write_table,
)
from matchmaker.notices.models import Notice
from matchmaker.notices.pages import bp
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

Deed = Callable[[Notice, Any], None]


def draft_page(notice: Notice, **sent: Form) -> str:
    """Render a draft with what is still wrong with it and the deeds of the viewer."""
    viewer, now = me(), clock.now()
    forms = {
        "check": sent.get("check") or CheckForm(formdata=None),
        "reason": sent.get("reason") or ReasonForm(formdata=None),
    }
    return render_template(
        "notices/draft.html",
        notice=pages.shown(notice, viewer),
        may=pages.possible(notice, viewer),
        found=operations.masking_findings(notice),
        end=publishing.expected_end(notice, now=now),
        events=pages.history(notice),
        forms=forms,
        problems=sent.get("problems", {}),
    )


@bp.route("/new", methods=["GET", "POST"])
@endpoint("notice", "create")
def create() -> ResponseReturnValue:
    """Begin a notice that belongs to no other noun."""
    form = NewForm()
    if form.validate_on_submit():
        kind = NoticeKind(form.kind.data)
        try:
            with transaction():
                notice = operations.draft(
                    kind, "", None, title=form.title.data or "", subjects=[], by=me(),
                    now=clock.now(),
                )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash("已起草，请补充公示对象", "good")
            return redirect(url_for(".edit", public_id=notice.public_id))
    status = 422 if request.method == "POST" else 200
    return render_template("notices/new.html", form=form), status


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@endpoint("notice", "update")
def edit(public_id: str) -> ResponseReturnValue:
    """Write the text; where the data came from another noun, its table stays as it is."""
    notice = operations.get(public_id, "update", viewer=me())
    form = NoticeForm(obj=notice)
    if request.method == "GET" and not form.restored:
        form.subjects.data = write_table(notice.subjects, notice.labels)
    if notice.subject_noun:
        del form.subjects
    if form.validate_on_submit():
        try:
            with transaction():
                notice = operations.get(public_id, "update", viewer=me())
                operations.edit(notice, form.values(), by=me(), now=clock.now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash("已保存", "good")
            return redirect(url_for(".show", public_id=public_id))
    status = 422 if request.method == "POST" else 200
    return render_template("notices/edit.html", form=form, notice=notice), status


def _do(public_id: str, action: str, told: str, deed: Deed) -> ResponseReturnValue:
    """Do a deed that needs no form."""
    with transaction():
        deed(operations.get(public_id, action, viewer=me()), None)
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


def _with(public_id: str, action: str, name: str, told: str, deed: Deed) -> ResponseReturnValue:
    """Validate a draft's form, do the deed; on refusal show the draft again (422)."""
    form: Form = {"check": CheckForm, "reason": ReasonForm}[name]()
    try:
        if form.validate():
            with transaction():
                deed(operations.get(public_id, action, viewer=me()), form)
            flash(told, "good")
            return redirect(url_for(".show", public_id=public_id))
    except Invalid as refusal:
        form.show(refusal)
    notice = operations.get(public_id, action, viewer=me())
    if pages.is_draft(notice):
        return draft_page(notice, **{name: form}), 422
    flash("；".join(text for texts in form.errors.values() for text in texts), "bad")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/submit")
@endpoint("notice", "submit")
def submit(public_id: str) -> ResponseReturnValue:
    """Hand the draft on to be checked; what is missing leads back to the form."""
    try:
        return _do(
            public_id,
            "submit",
            "已提交科室负责人审查",
            lambda notice, _: operations.submit(notice, by=me(), now=clock.now()),
        )
    except Invalid as refusal:
        flash(f"还不能提交：{refusal.message}", "bad")
        return redirect(url_for(".edit", public_id=public_id))


@bp.post("/<public_id>/check")
@endpoint("notice", "check")
def check(public_id: str) -> ResponseReturnValue:
    """Pass the check of secrecy and masking."""

    def deed(notice: Notice, form: Any) -> None:
        operations.check(notice, note=form.note.data or "", by=me(), now=clock.now())

    return _with(public_id, "check", "check", "审查通过，已送局领导批准", deed)


@bp.post("/<public_id>/return")
@endpoint("notice", "return")
def return_(public_id: str) -> ResponseReturnValue:
    """Send the notice back to its officer."""

    def deed(notice: Notice, form: Any) -> None:
        operations.send_back(notice, reason=form.reason.data, by=me(), now=clock.now())

    return _with(public_id, "return", "reason", "已退回经办修改", deed)


@bp.post("/<public_id>/cancel")
@endpoint("notice", "cancel")
def cancel(public_id: str) -> ResponseReturnValue:
    """Drop the draft."""

    def deed(notice: Notice, form: Any) -> None:
        operations.cancel(notice, reason=form.reason.data, by=me(), now=clock.now())

    return _with(public_id, "cancel", "reason", "已作废", deed)


@bp.post("/<public_id>/publish")
@endpoint("notice", "approve")
def publish(public_id: str) -> ResponseReturnValue:
    """Approve, which publishes."""
    return _do(
        public_id,
        "approve",
        "已发布，公示期自次日起计算",
        lambda notice, _: publishing.publish(notice, by=me(), now=clock.now()),
    )


@bp.post("/<public_id>/confirm-end")
@endpoint("notice", "confirm_end")
def confirm_end(public_id: str) -> ResponseReturnValue:
    """Confirm a provisional last day."""
    form = ConfirmEndForm()

    def deed(notice: Notice, _form: Any) -> None:
        basis = form.basis.data or ""
        publishing.confirm_end(notice, basis=basis, by=me(), now=clock.now())

    try:
        return _do(public_id, "confirm_end", "已核定止日", deed)
    except Invalid as refusal:
        flash(refusal.message, "bad")
        return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/revoke")
@endpoint("notice", "revoke")
def revoke(public_id: str) -> ResponseReturnValue:
    """Withdraw a published notice for another reason than an objection."""

    def deed(notice: Notice, form: Any) -> None:
        correcting.revoke(notice, reason=form.reason.data, by=me(), now=clock.now())

    return _with(public_id, "revoke", "reason", "已撤回，原公示页保留", deed)


@bp.route("/<public_id>/correct", methods=["GET", "POST"])
@endpoint("notice", "correct_request")
def correct(public_id: str) -> ResponseReturnValue:
    """Ask for a correction to be set beside the notice."""
    notice = operations.get(public_id, "correct_request", viewer=me())
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            with transaction():
                notice = operations.get(public_id, "correct_request", viewer=me())
                correcting.request(
                    notice, text=form.text.data, reason=form.reason.data, by=me(), now=clock.now()
                )
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash("更正公告已送局领导批准", "good")
            return redirect(url_for(".show", public_id=public_id))
    status = 422 if request.method == "POST" else 200
    return render_template("notices/correct.html", form=form, notice=notice), status


@bp.post("/corrections/<public_id>/<decision>")
@endpoint("notice", "correct_approve")
def decide_correction(public_id: str, decision: str) -> ResponseReturnValue:
    """Publish a correction, or decline it with a reason."""
    with transaction():
        row = correcting.get(public_id, viewer=me())
        if decision == "approve":
            correcting.approve(row, by=me(), now=clock.now())
        else:
            reason = request.form.get("reason", "")[:500]
            correcting.decline(row, reason=reason, by=me(), now=clock.now())
        notice = row.notice.public_id
    flash("更正公告已发布" if decision == "approve" else "已退回更正申请", "good")
    return redirect(url_for(".show", public_id=notice))
