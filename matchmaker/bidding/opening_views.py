"""公布清单 and 开标: the commitments, the opening by two holders, the record, a lost share."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, papers
from matchmaker.bidding import closing, keys, letters, opening, pages, reissue, vault
from matchmaker.bidding.key_forms import OpeningForm, ReissueForm
from matchmaker.bidding.key_models import BountyKey, Chair
from matchmaker.bounties import operations as bounties
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, NotFound
from matchmaker.forms import options
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("openings", __name__, url_prefix="/bounties/<public_id>")


@bp.get("/commitments")
@endpoint("bid", "verify_commitment")
def commitments(public_id: str) -> ResponseReturnValue:
    """The list of commitments: public from the deadline on, the same for everybody before."""
    bounty = pages.bounty_of(public_id, viewer=me())
    listed = closing.commitments(bounty) if closing.may_publish(bounty) else None
    return render_template("bidding/commitments.html", bounty=bounty, listed=listed)


@bp.get("/commitments.json")
@endpoint("bid", "verify_commitment")
def commitments_file(public_id: str) -> ResponseReturnValue:
    """The list as the bidder's program reads it; 404 before the deadline."""
    bounty = pages.bounty_of(public_id, viewer=me())
    if not closing.may_publish(bounty):
        raise NotFound
    return jsonify(
        bounty=bounty.bounty_no, site_key=vault.site_key(), bids=closing.commitments(bounty)
    )


@bp.app_template_global()
def opening_link(public_id: str) -> str:
    """Return where a bounty's bids are opened, "" for who has nothing to do with it."""
    concerned = pages.is_concerned(public_id, me())
    return url_for("openings.show", public_id=public_id) if concerned else ""


def _bounty(public_id: str, *actions: str) -> Bounty:
    return bounties.get(public_id, *actions, viewer=me())


@bp.get("/opening")
@endpoint("system", "hold_key_share")
def show(public_id: str) -> ResponseReturnValue:
    """The opening: who holds, who gave his share, and afterwards the record."""
    return _page(public_id)


def _page(public_id: str, **sent: Any) -> str:
    bounty = _bounty(public_id)
    key: BountyKey = keys.key_of(bounty)
    pages.require_concerned(bounty, me())
    lost = reissue.lost(key)
    form = sent.get("reissue_form") or ReissueForm(formdata=None)
    form.successor.choices = options(
        (user.public_id, user.name) for share in lost for user in reissue.successors(share)
    )
    return render_template(
        "bidding/opening.html",
        bounty=bounty,
        key=key,
        usable=keys.usable,
        mine=next((one for one in key.shares if one.user_id == me().id), None),
        ready=closing.may_publish(bounty),
        record=opening.record_of(bounty),
        received=opening.received,
        lost=lost,
        form=sent.get("form") or OpeningForm(formdata=None),
        reissue_form=form,
    )


@bp.get("/opening/record.docx")
@endpoint("system", "hold_key_share")
def record_paper(public_id: str) -> Response:
    """开标记录 as a Word file, to be signed."""
    bounty, now = _bounty(public_id), clock.now()
    pages.require_concerned(bounty, me())
    return papers.respond(
        "opening_record",
        letters.opening(opening.need_record(bounty), now=now),
        filename=f"开标记录-{bounty.bounty_no}",
        noun="bounty",
        object_id=bounty.public_id,
        viewer=me(),
        now=now,
    )


@bp.post("/opening")
@endpoint("bounty", "open_bids_share")
def give_share(public_id: str) -> ResponseReturnValue:
    """Give one's share; with the second one the bids are open."""
    form, now = OpeningForm(), clock.now()
    bounty = _bounty(public_id, "open_bids_share")
    try:
        attempt = opening.try_with(bounty, form.passphrase.data or "", by=me(), now=now)
    except Invalid as refusal:
        with transaction():
            opening.note_wrong(bounty, by=me(), now=now)
        form.show(refusal)
        return _page(public_id, form=form), 422
    with transaction():
        bounty = _bounty(public_id, "open_bids_share")
        record = opening.carry_out(bounty, attempt, by=me(), now=now)
        told = f"已开标，启封 {len(record.lines)} 份申请" if record else ""
    flash(told or "您的一份已提供，请另一位持有人在自己的账号中输入口令", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/opening/witness")
@endpoint("bounty", "witness_opening")
def witness(public_id: str) -> ResponseReturnValue:
    """Say that one was present."""
    with transaction():
        opening.witness(_bounty(public_id, *bounties.READ), by=me(), now=clock.now())
    flash("已登记见证", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/opening/reissue/<chair>")
@endpoint("bounty", "reissue_share")
def start_reissue(public_id: str, chair: str) -> ResponseReturnValue:
    """Give the first part of a lost share, or the second where the first was given."""
    form, now = ReissueForm(), clock.now()
    place = _chair(chair)
    try:
        with transaction():
            key = keys.key_of(_bounty(public_id, "reissue_share"))
            done = pages.reissued(key, place, form, by=me(), now=now)
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, reissue_form=form), 422
    flash("份额已补发" if done else "第一步已办，请另一位持有人办理第二步", "good")
    return redirect(url_for(".show", public_id=public_id))


def _chair(name: str) -> Chair:
    try:
        return Chair(name)
    except ValueError:
        raise NotFound from None
