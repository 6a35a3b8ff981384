"""评审: setting one up, over a bounty's bids or over needs."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.forms import options
from matchmaker.policy import endpoint
from matchmaker.reviewing import operations
from matchmaker.reviewing.forms import BidReviewForm, NeedReviewForm, SetupForm
from matchmaker.reviewing.models import Review
from matchmaker.web import me, transaction

bp = Blueprint("review_setup", __name__, url_prefix="/reviews/new")


def _setup_forms(sent: SetupForm | None = None) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    kinds: tuple[tuple[str, type[SetupForm]], ...] = (
        ("bids", BidReviewForm),
        ("needs", NeedReviewForm),
    )
    for name, kind in kinds:
        forms[name] = sent if isinstance(sent, kind) else kind(formdata=None)
        _offer(forms[name])
        if forms[name] is not sent:
            forms[name].due_on.data = operations.default_due(clock.now())
            forms[name].panel_size.data = "5"
    return forms


def _offer(form: Any) -> None:
    if isinstance(form, BidReviewForm):
        rows = operations.bounties_to_review(me())
        form.bounty.choices = options((one.public_id, one.title) for one in rows)
    else:
        needs = operations.needs_to_review(me())
        form.needs.choices = options((one.public_id, one.title) for one in needs)


@bp.get("")
@endpoint("review", "create")
def new() -> ResponseReturnValue:
    """Choose what is to be judged, by how many, until when."""
    forms = _setup_forms()
    wanted = request.args.get("bounty", "")
    if wanted:
        forms["bids"].bounty.data = wanted
    return render_template("reviewing/new.html", forms=forms)


def _set_up(form: Any, make: Callable[[Any, operations.Setup], Review]) -> ResponseReturnValue:
    _offer(form)
    if form.validate():
        setup = operations.Setup(int(form.panel_size.data), form.due_on.data)
        try:
            with transaction():
                public_id = make(form, setup).public_id
            flash("已建立评审，请抽取专家", "good")
            return redirect(url_for("reviews.show", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
    return render_template("reviewing/new.html", forms=_setup_forms(form)), 422


@bp.post("/bids")
@endpoint("review", "create")
def new_bids() -> ResponseReturnValue:
    """Set up the review of a bounty's bids."""

    def make(form: Any, setup: operations.Setup) -> Review:
        known = {one.public_id: one for one in operations.bounties_to_review(me())}
        if form.bounty.data not in known:
            raise Invalid({"bounty": "请选择榜单"})
        bounty = known[form.bounty.data]
        return operations.review_bids(bounty, setup, by=me(), now=clock.now())

    return _set_up(BidReviewForm(), make)


@bp.post("/needs")
@endpoint("review", "create")
def new_needs() -> ResponseReturnValue:
    """Set up the selection of needs."""

    def make(form: Any, setup: operations.Setup) -> Review:
        chosen = set(form.needs.data or ())
        needs = [one for one in operations.needs_to_review(me()) if one.public_id in chosen]
        return operations.review_needs(
            form.title.data or "", needs, setup, by=me(), now=clock.now()
        )

    return _set_up(NeedReviewForm(), make)
