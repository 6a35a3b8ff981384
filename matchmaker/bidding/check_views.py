"""形式审查: the opened bids of a bounty, one bid's page, the list, refusal and appeal."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bidding import checking, drafts, pages, reading
from matchmaker.bidding.check_forms import FAIL, PASS, AppealForm, ReasonForm, check_form
from matchmaker.bidding.draft_views import bp
from matchmaker.bidding.models import Bid
from matchmaker.errors import Invalid
from matchmaker.files import serving
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.relations import operations as relations
from matchmaker.web import me, transaction


@bp.get("/of/<public_id>")
@endpoint("bid", "list")
def opened(public_id: str) -> ResponseReturnValue:
    """The opened bids of a bounty, for those who handle it."""
    bounty = pages.bounty_of(public_id, viewer=me())
    bids = pages.opened_of(bounty, viewer=me())
    return render_template("bids/opened.html", bounty=bounty, bids=bids)


@bp.get("/<public_id>/check")
@endpoint("bid", "read_formal_check")
def check_page(public_id: str) -> ResponseReturnValue:
    """One opened bid: what it says as far as the viewer may read, and the check."""
    return _page(public_id)


def _page(public_id: str, **sent: Form) -> str:
    viewer = me()
    bid = drafts.get(public_id, "read_formal_check", viewer=viewer)
    forms = {
        "check": sent.get("check") or check_form()(formdata=None),
        "reason": sent.get("reason") or ReasonForm(formdata=None),
    }
    return render_template(
        "bids/check.html",
        bid=bid,
        view=reading.view(bid, viewer=viewer),
        may=reading.deeds(bid, viewer=viewer),
        items=checking.ITEMS,
        advice=checking.advice(bid) if bid.content else {},
        last=checking.latest(bid),
        ties=relations.of_subject("bid", bid.public_id),
        events=pages.timeline(bid),
        forms=forms,
    )


Deed = Callable[[Bid], str]


def _do(public_id: str, action: str, deed: Deed, name: str, form: Form) -> ResponseReturnValue:
    try:
        with transaction():
            told = deed(drafts.get(public_id, action, viewer=me()))
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, **{name: form}), 422
    flash(told, "good")
    return redirect(url_for(".check_page", public_id=public_id))


@bp.post("/<public_id>/check")
@endpoint("bid", "check_formally")
def check(public_id: str) -> ResponseReturnValue:
    """Write down the finding on every item."""
    form = check_form()()
    said = {key: form[key].data for key in checking.ITEMS}
    notes = {key: form[f"note_{key}"].data or "" for key in checking.ITEMS}

    def deed(bid: Bid) -> str:
        open_ones = {
            key: f"请选择“{label}”是否符合"
            for key, label in checking.ITEMS.items()
            if said[key] not in {PASS, FAIL}
        }
        if open_ones:
            raise Invalid(open_ones)
        passed = {key: value == PASS for key, value in said.items()}
        checking.check(bid, passed, notes, by=me(), now=clock.now())
        return f"已登记：{bid.state.label}"

    return _do(public_id, "check_formally", deed, "check", form)


@bp.post("/<public_id>/propose")
@endpoint("bid", "disqualify_propose")
def propose(public_id: str) -> ResponseReturnValue:
    """Propose a refusal after the check, for what came to light later."""
    form = ReasonForm()

    def deed(bid: Bid) -> str:
        checking.propose(bid, form.reason.data or "", by=me(), now=clock.now())
        return "已提请不予通过，待分管局长批准"

    return _do(public_id, "disqualify_propose", deed, "reason", form)


@bp.post("/<public_id>/disqualify")
@endpoint("bid", "disqualify_approve")
def approve(public_id: str) -> ResponseReturnValue:
    """Approve the refusal, or with a reason not."""
    form = ReasonForm()

    def deed(bid: Bid) -> str:
        if request.form.get("decision") == "refuse":
            checking.refuse(bid, form.reason.data or "", by=me(), now=clock.now())
            return "未同意，申请予以通过"
        checking.approve(bid, by=me(), now=clock.now())
        return "已批准不予通过，并通知揭榜方"

    return _do(public_id, "disqualify_approve", deed, "reason", form)


@bp.post("/<public_id>/appeal")
@endpoint("bid", "appeal")
def appeal(public_id: str) -> ResponseReturnValue:
    """Appeal, as the bidder."""
    form = AppealForm()
    with transaction():
        bid = drafts.get(public_id, "appeal", viewer=me())
        checking.appeal(bid, form.appeal.data or "", by=me(), now=clock.now())
    flash("申诉已提交", "good")
    return redirect(url_for(".receipt", public_id=public_id))


@bp.post("/<public_id>/appeal/decide")
@endpoint("bid", "decide_appeal")
def decide_appeal(public_id: str) -> ResponseReturnValue:
    """Decide the appeal."""
    form = ReasonForm()
    upheld = request.form.get("decision") == "uphold"

    def deed(bid: Bid) -> str:
        reason = form.reason.data or ""
        checking.decide_appeal(bid, upheld=upheld, reason=reason, by=me(), now=clock.now())
        return "申诉成立，申请予以通过" if upheld else "申诉不成立，维持原决定"

    return _do(public_id, "decide_appeal", deed, "reason", form)


@bp.get("/<public_id>/attachments/<int:file_id>")
@endpoint("bid", "download_attachment")
def attachment(public_id: str, file_id: int) -> Response:
    """An opened bid's attachment."""
    bid = drafts.get(public_id, "download_attachment", viewer=me())
    one = reading.file_of(bid, file_id)
    return serving.attachment(one.stored_as, one.name)


__all__: list[Any] = ["bp"]
