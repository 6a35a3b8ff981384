"""会审 and 批准: the page on which a chief and a leader decide, and their steps."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bounties import approval, checks, operations, reading, timing
from matchmaker.bounties.fields import STAGES, of_stage
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import bp
from matchmaker.bounties.step_forms import ReasonForm, ReviewForm
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction


def _page(bounty: Bounty, form: ReviewForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "bounties/review.html",
        bounty=bounty,
        form=form,
        reason=ReasonForm(formdata=None),
        marks=approval.findings(bounty),
        warnings=checks.warnings(bounty),
        problems=list(checks.problems(bounty, now=clock.now()).values()),
        groups=[
            (label, reading.pairs(bounty, [f.name for f in of_stage(number)]))
            for number, label in STAGES
        ],
        deadline=timing.stamp(bounty.bid_deadline_at),
    )
    return page, status


@bp.get("/<public_id>/review")
@endpoint("bounty", "review")
def review_page(public_id: str) -> ResponseReturnValue:
    """Everything the chief has to look at, secrecy findings first."""
    return _page(operations.get(public_id, "review", viewer=me()), ReviewForm())


@bp.post("/<public_id>/review")
@endpoint("bounty", "review")
def review(public_id: str) -> ResponseReturnValue:
    """Pass the review and its secrecy check."""
    form = ReviewForm()
    try:
        with transaction():
            bounty = operations.get(public_id, "review", viewer=me())
            ticked = bool(form.is_free_of_secrets.data)
            approval.review(bounty, is_free_of_secrets=ticked, by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _page(operations.get(public_id, "review", viewer=me()), form, 422)
    flash("会审和保密审查已通过。", "good")
    return redirect(url_for(".show", public_id=public_id))


def _reason() -> str:
    return request.form.get("reason", "")


@bp.post("/<public_id>/return")
@endpoint("bounty", "return")
def return_(public_id: str) -> ResponseReturnValue:
    """Send the draft back to the officer."""
    with transaction():
        bounty = operations.get(public_id, "return", viewer=me())
        approval.return_(bounty, _reason(), by=me(), now=clock.now())
    flash("已退回经办人修改。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/approve")
@endpoint("bounty", "approve")
def approve(public_id: str) -> ResponseReturnValue:
    """Approve; that publishes."""
    try:
        with transaction():
            bounty = operations.get(public_id, "approve", viewer=me())
            approval.approve(bounty, by=me(), now=clock.now())
            told = f"已批准发布，编号 {bounty.bounty_no}。"
    except Invalid as refusal:
        flash(f"未能发布：{refusal.message}", "warn")
        return redirect(url_for(".show", public_id=public_id))
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/drop")
@endpoint("bounty", "drop")
def drop(public_id: str) -> ResponseReturnValue:
    """Set a draft aside."""
    with transaction():
        bounty = operations.get(public_id, "drop", viewer=me())
        approval.drop(bounty, _reason(), by=me(), now=clock.now())
    flash("草稿已作废，来源需求仍在拟发榜池中。", "good")
    return redirect(url_for(".show", public_id=public_id))
