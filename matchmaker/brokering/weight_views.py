"""匹配权重: the sets, one with both rankings side by side, learning, publishing, going back."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing, policy
from matchmaker.audit import labels, trail
from matchmaker.brokering import events, side_by_side, weight_sets
from matchmaker.brokering.forms import WeightsForm
from matchmaker.brokering.weight_listing import SETS
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("weights", __name__, url_prefix="/weights")


@bp.get("")
@endpoint("weight_set", "list")
def index() -> ResponseReturnValue:
    """The sets, newest first, and which one is in force."""
    found = listing.build(
        SETS,
        weight_sets.listed(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        export_path=url_for(".export"),
        empty={
            "title": "还没有学习过",
            "hint": "在配对台采纳或标为不相关的判断累积起来后，系统据此学习排序的权重。",
        },
    )
    return render_template(
        "weights/list.html",
        listing=found,
        run=events.latest_run(),
        in_force=weight_sets.in_slot(weight_sets.PUBLISHED),
        learning=weight_sets.in_slot(weight_sets.LEARNING),
        may_learn=policy.may(me(), "weight_set", "learn"),
    )


@bp.get("/export")
@endpoint("weight_set", "list")
def export() -> Response:
    """The list as it stands on screen."""
    query = weight_sets.listed(me())
    return exporting.respond(
        SETS, query, request.args, viewer=me(), name="匹配权重", now=clock.now()
    )


@bp.post("/learn")
@endpoint("weight_set", "learn")
def learn() -> ResponseReturnValue:
    """Begin to learn."""
    with transaction():
        row = weight_sets.start(cause="手动学习", by=me(), now=clock.now())
        public_id = row.public_id
    flash("已开始学习，不影响现有推荐；完成后本页显示结果", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/<public_id>")
@endpoint("weight_set", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A set: what validation says, its weights, a need's two rankings."""
    return _page(public_id)


def _page(public_id: str, form: WeightsForm | None = None) -> str:
    query = weight_sets.listed(me()).where(policy.model_of("weight_set").public_id == public_id)
    row = disclosure.one(query, me(), "weight_set")
    learnt = row.state != weight_sets.LEARNING
    needs = side_by_side.choices(me()) if learnt else []
    chosen = request.args.get("need", "") or (needs[0][0] if needs else "")
    return render_template(
        "weights/show.html",
        row=row,
        lines=side_by_side.lines(row) if learnt else (),
        needs=needs,
        chosen=chosen,
        comparison=_comparison(public_id, chosen) if learnt and chosen else None,
        form=form or WeightsForm(formdata=None),
        may={
            action: policy.permits(me(), "weight_set", action, row)
            for action in ("publish", "discard", "roll_back")
        },
        run=events.latest_run(),
        events=labels.events(trail.history("weight_set", public_id)),
    )


def _comparison(public_id: str, need: str) -> Any:
    row = weight_sets.get(public_id, "read", viewer=me())
    return side_by_side.compare(row, need, viewer=me(), now=clock.now())


@bp.post("/<public_id>/publish")
@endpoint("weight_set", "publish")
def publish(public_id: str) -> ResponseReturnValue:
    """Put a set in force."""
    return _decide(public_id, "publish", weight_sets.publish, "已发布，正在按新权重重新匹配")


@bp.post("/<public_id>/discard")
@endpoint("weight_set", "discard")
def discard(public_id: str) -> ResponseReturnValue:
    """Let a set be."""
    return _decide(public_id, "discard", weight_sets.discard, "已记下不采用，现有推荐不变")


def _decide(public_id: str, action: str, operation: Any, told: str) -> ResponseReturnValue:
    form = WeightsForm()
    try:
        if not form.validate():
            return _page(public_id, form), 422
        with transaction():
            row = weight_sets.get(public_id, action, viewer=me())
            operation(row, reason=form.reason.data or "", by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/roll-back")
@endpoint("weight_set", "roll_back")
def roll_back(public_id: str) -> ResponseReturnValue:
    """Go back to the weights before."""
    with transaction():
        row = weight_sets.get(public_id, "roll_back", viewer=me())
        before = weight_sets.roll_back(row, by=me(), now=clock.now())
        told = "上一套权重" if before else "出厂权重"
    flash(f"已回退到{told}，正在重新匹配", "good")
    return redirect(url_for(".show", public_id=public_id))
