"""拟揭榜决定: the list, an award's page, and the three hands it passes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing, policy
from matchmaker.errors import Invalid
from matchmaker.forms import Form, options
from matchmaker.lifecycles import AwardState
from matchmaker.policy import endpoint
from matchmaker.reviewing import awarding, ending, recognising
from matchmaker.reviewing.award_models import Award
from matchmaker.reviewing.forms import RecognitionForm, SendBackForm
from matchmaker.reviewing.listing import AWARDS
from matchmaker.web import me, transaction

bp = Blueprint("awards", __name__, url_prefix="/awards")
A = AwardState


@bp.get("")
@endpoint("award", "list")
def index() -> ResponseReturnValue:
    """The awards the viewer may see."""
    viewer = me()
    found = listing.build(
        AWARDS,
        awarding.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("awards.show", public_id=row.public_id),
        empty={"title": "还没有拟揭榜决定", "hint": "评审作出结论、发榜方选定后，由经办人提出。"},
    )
    rows = recognising.open_to(viewer)
    return render_template("reviewing/awards.html", listing=found, recognisable=rows)


@bp.get("/<public_id>")
@endpoint("award", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One award with the others of its bounty."""
    return _page(public_id, SendBackForm(formdata=None))


def _page(public_id: str, form: Form) -> str:
    viewer = me()
    award = awarding.get(public_id, "read", viewer=viewer)
    actions = ("endorse", "approve", "return", "forfeit")
    may = {one: policy.permits(viewer, "award", one, award) for one in actions}
    return render_template(
        "reviewing/award.html",
        award=award,
        others=[one for one in awarding.live(award.bounty) if one.id != award.id],
        may={
            "endorse": may["endorse"] and award.state is A.PROPOSED,
            "approve": may["approve"] and award.state is A.ENDORSED,
            "return": may["return"] and award.state in (A.PROPOSED, A.ENDORSED),
            "forfeit": may["forfeit"] and award.state is A.MADE,
        },
        events=awarding.history(award),
        standby=ending.standby(award.review),
        form=form,
    )


def _do(public_id: str, action: str, deed: Callable[[Award, Any], str]) -> ResponseReturnValue:
    form = SendBackForm()
    if action in ("return", "forfeit") and not form.validate():
        return _page(public_id, form), 422
    with transaction():
        told = deed(awarding.get(public_id, action, viewer=me()), form)
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/endorse")
@endpoint("award", "endorse")
def endorse(public_id: str) -> ResponseReturnValue:
    """Endorse what is proposed for the bounty."""

    def deed(award: Award, _form: Any) -> str:
        awarding.endorse(award.bounty, by=me(), now=clock.now())
        return "已审核通过，待分管局长批准公示"

    return _do(public_id, "endorse", deed)


@bp.post("/<public_id>/approve")
@endpoint("bounty", "approve_award")
def approve(public_id: str) -> ResponseReturnValue:
    """Approve; the public notice is drafted."""

    def deed(award: Award, _form: Any) -> str:
        awarding.approve(award.bounty, by=me(), now=clock.now())
        return "已批准，公示稿已起草，请按公示程序审查发布"

    return _do(public_id, "approve", deed)


@bp.post("/<public_id>/return")
@endpoint("award", "return")
def send_back(public_id: str) -> ResponseReturnValue:
    """Send what is proposed back."""

    def deed(award: Award, form: Any) -> str:
        awarding.send_back(
            award.bounty,
            reason=form.reason.data,
            reopen_choice=form.reopen_choice.data,
            by=me(),
            now=clock.now(),
        )
        return "已退回经办人"

    return _do(public_id, "return", deed)


@bp.post("/<public_id>/forfeit")
@endpoint("award", "forfeit")
def forfeit(public_id: str) -> ResponseReturnValue:
    """Record that the winner gave up."""

    def deed(award: Award, form: Any) -> str:
        following = ending.forfeit(award, reason=form.reason.data, by=me(), now=clock.now())
        return "已登记放弃，候补已递补，请科室审核" if following else "已登记放弃"

    return _do(public_id, "forfeit", deed)


@bp.route("/recognise/<public_id>", methods=["GET", "POST"])
@endpoint("award", "propose")
def recognise(public_id: str) -> ResponseReturnValue:
    """Propose the team a recognition bounty names, without scoring."""
    bounty = recognising.get(public_id, viewer=me())
    form = RecognitionForm()
    form.bid.choices = options(recognising.choices(bounty))
    if form.validate_on_submit():
        try:
            with transaction():
                bounty = recognising.get(public_id, viewer=me())
                bid = recognising.bid_of(bounty, form.bid.data)
                reason = form.reason.data or ""
                award = awarding.propose_recognition(
                    bounty, bid, reason=reason, by=me(), now=clock.now()
                )
                shown = award.public_id
            flash("已提出认定，待科室负责人审核", "good")
            return redirect(url_for(".show", public_id=shown))
        except Invalid as refusal:
            form.show(refusal)
    status = 422 if form.is_submitted() else 200
    return render_template("reviewing/recognise.html", bounty=bounty, form=form), status
