"""评审: the list, setting one up, its page, and what the bureau does on it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing, policy
from matchmaker.errors import Invalid, NotFound
from matchmaker.forms import Form
from matchmaker.papers import giving
from matchmaker.policy import endpoint
from matchmaker.reviewing import (
    aggregating,
    awarding,
    drawing,
    operations,
    pages,
    reminding,
    summary,
)
from matchmaker.reviewing.forms import (
    ConcludeForm,
    DrawForm,
    PostponeForm,
    ReasonForm,
)
from matchmaker.reviewing.listing import REVIEWS
from matchmaker.reviewing.models import Review
from matchmaker.web import me, transaction

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
FORMS: dict[str, type[Form]] = {
    "draw": DrawForm,
    "reason": ReasonForm,
    "postpone": PostponeForm,
    "conclude": ConcludeForm,
}


@bp.get("")
@endpoint("review", "list")
def index() -> ResponseReturnValue:
    """The reviews the viewer may see."""
    viewer = me()
    found = listing.build(
        REVIEWS,
        operations.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("reviews.show", public_id=row.public_id),
        empty={"title": "还没有评审", "hint": "榜单截榜、完成形式审查后，在这里组织评审。"},
    )
    return render_template(
        "reviewing/list.html", listing=found, creates=policy.may(viewer, "review", "create")
    )


@bp.get("/<public_id>")
@endpoint("review", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A review: steps, panel, progress, and once aggregated its result."""
    return _page(public_id)


def _page(public_id: str, **sent: Form) -> str:
    viewer, now = me(), clock.now()
    review = operations.get(public_id, "read", viewer=viewer)
    page = pages.read(review, viewer=viewer, now=now)
    aggregated = bool(review.result) and page.may["read_aggregate"]
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in FORMS.items()}
    return render_template(
        "reviewing/show.html",
        page=page,
        review=review,
        forms=forms,
        result=pages.result(review, names=pages.names_visible(review, viewer))
        if aggregated
        else None,
        choice=pages.choice_of(review),
        awards=pages.open_awards(review),
    )


Deed = Callable[[Review, Any], str]


def _do(public_id: str, action: str, deed: Deed, name: str = "") -> ResponseReturnValue:
    """Validate the form, do the deed in a transaction; on refusal show the page again (422)."""
    form = FORMS[name]() if name else None
    if form is None or form.validate():
        try:
            with transaction():
                told = deed(operations.get(public_id, action, viewer=me()), form)
            flash(told, "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as refusal:
            if form is None:
                raise
            form.show(refusal)
    assert form is not None  # noqa: S101 - only a form sends one back
    return _page(public_id, **{name: form}), 422


@bp.post("/<public_id>/draw")
@endpoint("review", "assign_panel")
def draw(public_id: str) -> ResponseReturnValue:
    """Draw the panel."""

    def deed(review: Review, form: Any) -> str:
        left_out = drawing.left_out(review, form.left_out.data or ())
        reason = form.small_pool_reason.data or ""
        drawing.perform(
            review, left_out=left_out, small_pool_reason=reason, by=me(), now=clock.now()
        )
        return "已抽取专家，名单待分管局长批准"

    return _do(public_id, "assign_panel", deed, "draw")


@bp.post("/<public_id>/approve-panel")
@endpoint("review", "approve_panel")
def approve_panel(public_id: str) -> ResponseReturnValue:
    """Approve the panel; the experts are invited."""

    def deed(review: Review, _form: Any) -> str:
        drawing.approve(review, by=me(), now=clock.now())
        return "已批准名单，邀请已发出"

    return _do(public_id, "approve_panel", deed)


@bp.post("/<public_id>/return-panel")
@endpoint("review", "approve_panel")
def return_panel(public_id: str) -> ResponseReturnValue:
    """Send the panel back to be drawn again."""

    def deed(review: Review, form: Any) -> str:
        drawing.send_back(review, reason=form.reason.data, by=me(), now=clock.now())
        return "已退回重抽"

    return _do(public_id, "approve_panel", deed, "reason")


@bp.post("/<public_id>/remind")
@endpoint("review", "chase")
def remind(public_id: str) -> ResponseReturnValue:
    """Remind whoever has something to do."""

    def deed(review: Review, _form: Any) -> str:
        return f"已提醒 {reminding.remind(review, by=me(), now=clock.now())} 位专家"

    return _do(public_id, "chase", deed)


@bp.post("/<public_id>/postpone")
@endpoint("review", "chase")
def postpone(public_id: str) -> ResponseReturnValue:
    """Move the day by which sheets are due."""

    def deed(review: Review, form: Any) -> str:
        operations.postpone(review, form.due_on.data, by=me(), now=clock.now())
        return "已延长打分时间"

    return _do(public_id, "chase", deed, "postpone")


@bp.post("/<public_id>/aggregate")
@endpoint("review", "aggregate")
def aggregate(public_id: str) -> ResponseReturnValue:
    """Compute the result from the locked sheets."""

    def deed(review: Review, _form: Any) -> str:
        aggregating.aggregate(review, by=me(), now=clock.now())
        return "已汇总，待科室负责人作出结论"

    return _do(public_id, "aggregate", deed)


@bp.post("/<public_id>/conclude")
@endpoint("review", "conclude")
def conclude(public_id: str) -> ResponseReturnValue:
    """Conclude, as somebody else than the organiser."""

    def deed(review: Review, form: Any) -> str:
        conclusion = form.conclusion.data or ""
        aggregating.conclude(review, conclusion=conclusion, by=me(), now=clock.now())
        return "已作出结论"

    return _do(public_id, "conclude", deed, "conclude")


@bp.post("/<public_id>/void")
@endpoint("review", "void")
def void(public_id: str) -> ResponseReturnValue:
    """Void the review: all is judged anew."""

    def deed(review: Review, form: Any) -> str:
        operations.void(review, reason=form.reason.data, by=me(), now=clock.now())
        return "评审已作废，请重新组织"

    return _do(public_id, "void", deed, "reason")


@bp.post("/<public_id>/propose")
@endpoint("bounty", "propose_award")
def propose(public_id: str) -> ResponseReturnValue:
    """Propose the award to whom the owner chose."""

    def deed(review: Review, _form: Any) -> str:
        awarding.propose(review, by=me(), now=clock.now())
        return "已提出拟揭榜决定，待科室负责人审核"

    return _do(public_id, "propose_award", deed)


@bp.get("/<public_id>/draw-record")
@endpoint("expert", "read_panel_members")
def draw_record(public_id: str) -> ResponseReturnValue:
    """The record of the draw: candidates, exclusions, seed, order."""
    review = operations.get(public_id, "read", viewer=me())
    if not pages.knows_panel(review, me()):
        raise NotFound
    record = pages.draw_record(review)
    return render_template("reviewing/draw.html", review=review, record=record)


@bp.get("/<public_id>/summary.docx")
@endpoint("review", "read_aggregate")
def summary_document(public_id: str) -> Response:
    """评审汇总表 in Word."""
    viewer = me()
    review = operations.get(public_id, "read_aggregate", viewer=viewer)
    names = pages.names_visible(review, viewer)
    return giving.respond(
        "review_summary",
        summary.context(review, names=names),
        filename=f"评审汇总表-{review.review_no}",
        noun="review",
        object_id=review.public_id,
        viewer=viewer,
        now=clock.now(),
    )
