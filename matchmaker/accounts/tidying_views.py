"""Pages for merging organisations and handing over work."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from matchmaker import clock
from matchmaker.accounts import handover, members, merging, organisations
from matchmaker.accounts.models import Organisation
from matchmaker.accounts.organisation_forms import ReasonForm
from matchmaker.accounts.registration import of_code
from matchmaker.errors import Invalid
from matchmaker.forms import Form, options
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("tidying", __name__)


class ProposeForm(Form):
    """提请合并: the one to keep is picked from the lookalikes or named by its code."""

    kept = SelectField("保留哪一家")
    uscc = StringField("或填保留单位的信用代码", [Optional(), Length(max=40)])
    reason = StringField("理由", [DataRequired("请写明为什么是同一家单位"), Length(max=500)])


class HandoverForm(Form):
    """移交工作."""

    leaver = SelectField("移交人", [DataRequired("请选择移交人")])
    successor = SelectField("接手人", [DataRequired("请选择接手人")])

    def __init__(self) -> None:
        super().__init__()
        people = [(user.public_id, f"{user.name}（{user.login}）") for user in handover.officers()]
        self.leaver.choices = options(people, empty="请选择")
        self.successor.choices = options(people, empty="请选择")


def _propose_form(row: Organisation) -> ProposeForm:
    form = ProposeForm()
    alike = organisations.lookalikes(row, viewer=me())
    pairs = [(other.public_id, f"{other.name}（{other.state.label}）") for other, _ in alike]
    form.kept.choices = options(pairs, empty="不在其中")
    return form


@bp.route("/organisations/<public_id>/merge", methods=["GET", "POST"])
@endpoint("organisation", "merge_propose")
def propose(public_id: str) -> ResponseReturnValue:
    """Propose that this organisation is the same as another."""
    row = organisations.get(public_id, viewer=me(), action="merge_propose")
    form = _propose_form(row)
    if form.validate_on_submit():
        try:
            with transaction():
                row = organisations.get(public_id, viewer=me(), action="merge_propose")
                merging.propose(row, _kept(form), by=me(), now=clock.now(), reason=form.reason.data)
            flash("已提请合并，待分管局长批准", "good")
            return redirect(url_for("organisations.show", public_id=public_id))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("organisations/merge.html", row=row, form=form), status


def _kept(form: ProposeForm) -> Organisation:
    if form.kept.data:
        return organisations.get(form.kept.data, viewer=me(), action="merge_propose")
    found = of_code("".join((form.uscc.data or "").split()).upper())
    if found is None:
        raise Invalid({"uscc": "请选择一家相近的单位，或填写库中单位的信用代码"})
    return found


@bp.get("/organisations/merges")
@endpoint("organisation", "merge_approve")
def merges() -> ResponseReturnValue:
    """List the proposals and what was merged."""
    return render_template("organisations/merges.html", merges=merging.listed())


@bp.post("/organisations/merges/<public_id>")
@endpoint("organisation", "merge_approve")
def decide(public_id: str) -> ResponseReturnValue:
    """Approve a proposal, or turn it down."""
    form = ReasonForm()
    approved = request.form.get("decision") == "approve"
    with transaction():
        merge = merging.get(public_id)
        if approved:
            merging.approve(merge, by=me(), now=clock.now())
        else:
            merging.refuse(merge, by=me(), now=clock.now(), reason=form.reason.data or "")
    flash("已合并，可在本页撤销" if approved else "已退回合并申请", "good")
    return redirect(url_for(".merges"))


@bp.post("/organisations/merges/<public_id>/undo")
@endpoint("organisation", "unmerge")
def undo(public_id: str) -> ResponseReturnValue:
    """Take a merge back."""
    with transaction():
        merging.undo(merging.get(public_id), by=me(), now=clock.now())
    flash("已撤销合并", "good")
    return redirect(url_for(".merges"))


@bp.route("/handover", methods=["GET", "POST"])
@endpoint("user", "reassign_work")
def hand_over() -> ResponseReturnValue:
    """Hand a leaving officer's work to another."""
    form = HandoverForm()
    if form.validate_on_submit():
        try:
            with transaction():
                leaver, successor = (
                    members.get(field.data, viewer=me(), action="reassign_work")
                    for field in (form.leaver, form.successor)
                )
                count = handover.reassign(leaver, successor, by=me(), now=clock.now())
            flash(f"已移交 {count} 项工作", "good")
            return redirect(url_for(".hand_over"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    loads = [(user, handover.counts(user)) for user in handover.officers()]
    return render_template("users/handover.html", form=form, loads=loads), status
