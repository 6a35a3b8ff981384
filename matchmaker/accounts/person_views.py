"""Pages for merging the accounts of one person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from matchmaker import clock
from matchmaker.accounts import person_merging
from matchmaker.accounts.organisation_forms import ReasonForm
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("people", __name__, url_prefix="/people")


class MergeForm(Form):
    """提请合并账号: both are named by their logins."""

    merged = StringField("并入的登录账号", [DataRequired("请填写登录账号"), Length(max=254)])
    kept = StringField("保留的登录账号", [DataRequired("请填写登录账号"), Length(max=254)])
    reason = StringField("理由", [DataRequired("请写明为什么是同一个人"), Length(max=500)])


@bp.route("/merge", methods=["GET", "POST"])
@endpoint("user", "merge_propose")
def propose() -> ResponseReturnValue:
    """Propose that two accounts are one person's."""
    form = MergeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                merged, kept = (
                    person_merging.of_login(form[name].data, name) for name in ("merged", "kept")
                )
                reason = form.reason.data
                person_merging.propose(merged, kept, by=me(), now=clock.now(), reason=reason)
            flash("已提请合并，待分管局长批准", "good")
            return redirect(url_for(".propose"))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("users/merge.html", form=form), status


@bp.get("/merges")
@endpoint("user", "merge_approve")
def merges() -> ResponseReturnValue:
    """List the proposals and what was merged."""
    return render_template("users/merges.html", merges=person_merging.listed())


@bp.post("/merges/<public_id>")
@endpoint("user", "merge_approve")
def decide(public_id: str) -> ResponseReturnValue:
    """Approve a proposal, or turn it down."""
    form = ReasonForm()
    approved = request.form.get("decision") == "approve"
    with transaction():
        merge = person_merging.get(public_id)
        if approved:
            person_merging.approve(merge, by=me(), now=clock.now())
        else:
            reason = form.reason.data or ""
            person_merging.refuse(merge, by=me(), now=clock.now(), reason=reason)
    flash("已合并，可在本页撤销" if approved else "已退回合并申请", "good")
    return redirect(url_for(".merges"))


@bp.post("/merges/<public_id>/undo")
@endpoint("user", "unmerge")
def undo(public_id: str) -> ResponseReturnValue:
    """Take a merge back."""
    with transaction():
        person_merging.undo(person_merging.get(public_id), by=me(), now=clock.now())
    flash("已撤销合并", "good")
    return redirect(url_for(".merges"))
