"""评审反馈: the officer reads, edits and releases; the bidder reads the own one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.reviewing import feedback
from matchmaker.reviewing.forms import FeedbackForm
from matchmaker.web import me, transaction

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


@bp.get("")
@endpoint("feedback", "list")
def index() -> ResponseReturnValue:
    """Who of the losers has not heard yet, and who has."""
    return render_template("reviewing/feedbacks.html", rows=feedback.listed(me()))


@bp.get("/mine")
@endpoint("bid", "read_own_feedback")
def mine() -> ResponseReturnValue:
    """The feedback on one's own bids."""
    return render_template("reviewing/own_feedback.html", rows=feedback.own(me()))


@bp.get("/mine/<public_id>")
@endpoint("score_sheet", "read_anonymised_comments")
def read(public_id: str) -> ResponseReturnValue:
    """One's own feedback with the judges' comments, unnamed."""
    row = feedback.get(public_id, "read_own", viewer=me())
    return render_template(
        "reviewing/feedback_read.html",
        row=row,
        comments=feedback.comments(row),
        panel=feedback.panel(row, viewer=me()),
    )


@bp.get("/<public_id>")
@endpoint("feedback", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One feedback, to be edited while it is a draft."""
    return _page(public_id)


def _page(public_id: str, form: Any = None) -> str:
    viewer = me()
    row = feedback.get(public_id, "read", viewer=viewer)
    if form is None:
        form = FeedbackForm()
        if not form.restored:
            form.body.data = row.body
        form.version.data = row.version
    edits = policy.permits(viewer, "feedback", "edit", row)
    return render_template("reviewing/feedback.html", row=row, form=form, edits=edits)


@bp.post("/<public_id>")
@endpoint("feedback", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """Keep the text, or release it to the bidder."""
    form = FeedbackForm()
    releases = request.form.get("action") == "release"
    try:
        with transaction():
            row = feedback.get(public_id, "edit", viewer=me())
            deed = feedback.release if releases else feedback.edit
            deed(row, form.body.data or "", by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash("已反馈给申请单位" if releases else "已保存", "good")
    return redirect(url_for(".index" if releases else ".show", public_id=public_id))
