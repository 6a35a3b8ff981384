"""企业选定: the owner reads the ranking and chooses within the recommended."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.form_fields import options
from matchmaker.policy import endpoint
from matchmaker.reviewing import aggregating, choosing, operations, pages
from matchmaker.reviewing.forms import ChoiceForm
from matchmaker.reviewing.models import Review
from matchmaker.web import me, transaction

bp = Blueprint("choices", __name__, url_prefix="/choices")


@bp.get("")
@endpoint("bounty", "confirm_choice_by_demander")
def index() -> ResponseReturnValue:
    """The concluded reviews of one's own bounties."""
    return render_template("reviewing/choices.html", rows=choosing.waiting(me()))


@bp.get("/<public_id>")
@endpoint("bounty", "confirm_choice_by_demander")
def show(public_id: str) -> ResponseReturnValue:
    """The ranking and the choice."""
    review = operations.get(public_id, "confirm_choice", viewer=me())
    return _page(review, ChoiceForm(formdata=None))


def _page(review: Review, form: Any) -> str:
    offered = aggregating.recommended(review)
    form.chosen.choices = options(
        (one.public_id, f"第 {one.place} 名 {one.label}（{one.mean} 分）") for one in offered
    )
    return render_template(
        "reviewing/choice.html",
        review=review,
        form=form,
        result=pages.result(review, names=True),
        choice=pages.choice_of(review),
        chooses=choosing.is_open(review),
        most=review.bounty.max_awards if review.bounty else 1,
    )


@bp.post("/<public_id>")
@endpoint("bounty", "confirm_choice_by_demander")
def choose(public_id: str) -> ResponseReturnValue:
    """Choose within the recommended."""

    def deed(review: Review, form: Any) -> None:
        chosen, reason = form.chosen.data or (), form.reason.data or ""
        choosing.choose(review, chosen, reason=reason, by=me(), now=clock.now())

    return _decide(public_id, deed, "已提交选定意见")


@bp.post("/<public_id>/none")
@endpoint("bounty", "confirm_choice_by_demander")
def none(public_id: str) -> ResponseReturnValue:
    """Say that none is suitable, and why."""

    def deed(review: Review, form: Any) -> None:
        choosing.choose_none(review, reason=form.reason.data or "", by=me(), now=clock.now())

    return _decide(public_id, deed, "已提交意见，科技局将办理流榜")


def _decide(public_id: str, deed: Any, told: str) -> ResponseReturnValue:
    form = ChoiceForm()
    try:
        with transaction():
            deed(operations.get(public_id, "confirm_choice", viewer=me()), form)
    except Invalid as refusal:
        form.show(refusal)
        return _page(operations.get(public_id, "confirm_choice", viewer=me()), form), 422
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))
