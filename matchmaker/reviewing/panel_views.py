"""A seat, as the officer keeps it: replace, record absence, remind; and a sheet asked back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.reviewing import reopening, seats, sheets
from matchmaker.reviewing.forms import DecisionForm, ReasonForm
from matchmaker.web import me, transaction

bp = Blueprint("panelists", __name__, url_prefix="/panelists")


def _explained(public_id: str, title: str, deed: Any, told: str) -> ResponseReturnValue:
    """Ask for the reason, do the deed, go back to the review."""
    seat = seats.get(public_id, "replace_member", viewer=me())
    form = ReasonForm()
    if form.validate_on_submit():
        with transaction():
            seat = seats.get(public_id, "replace_member", viewer=me())
            deed(seat, reason=form.reason.data, by=me(), now=clock.now())
        flash(told, "good")
        return redirect(url_for("reviews.show", public_id=seat.review.public_id))
    status = 422 if form.is_submitted() else 200
    return render_template("reviewing/reason.html", seat=seat, form=form, title=title), status


@bp.route("/<public_id>/replace", methods=["GET", "POST"])
@endpoint("expert", "replace_member")
def replace(public_id: str) -> ResponseReturnValue:
    """Replace somebody; the same seeded order gives the next."""
    return _explained(public_id, "更换专家", seats.replace, "已更换，并按原抽取顺序补抽")


@bp.route("/<public_id>/absent", methods=["GET", "POST"])
@endpoint("expert", "replace_member")
def absent(public_id: str) -> ResponseReturnValue:
    """Record that a judge gave no scores in time."""
    return _explained(public_id, "登记缺席", seats.miss, "已登记缺席，按其余有效打分汇总")


@bp.get("/reopening")
@endpoint("score_sheet", "reopen_approve")
def waiting() -> ResponseReturnValue:
    """The sheets whose judges ask for them back."""
    return render_template("reviewing/reopening.html", rows=reopening.waiting(me()))


@bp.post("/reopening/<public_id>")
@endpoint("score_sheet", "reopen_approve")
def decide(public_id: str) -> ResponseReturnValue:
    """Send a sheet back to its judge, or not."""
    form = DecisionForm()
    if form.decision.data not in ("approve", "refuse"):
        raise Invalid({"decision": "请选择处理意见"})
    approve = form.decision.data == "approve"
    with transaction():
        sheet = sheets.get(public_id, "reopen_approve", viewer=me())
        sheets.decide_reopening(
            sheet, approve=approve, reason=form.reason.data or "", by=me(), now=clock.now()
        )
    flash("已退回专家修改" if approve else "已答复专家：不同意退回", "good")
    return redirect(url_for(".waiting"))
