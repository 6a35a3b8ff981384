"""Consent inside a draft: the unit's office, and the partner units."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bidding import content as contents
from matchmaker.bidding import drafts
from matchmaker.bidding.draft_views import bp
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction


@bp.post("/<public_id>/share")
@endpoint("bid", "share_with_institution")
def share(public_id: str) -> ResponseReturnValue:
    """Ask the unit's office for its consent."""
    with transaction():
        bid = drafts.get(public_id, "share_with_institution", viewer=me())
        drafts.share(bid, by=me(), now=clock.now())
    flash("已提交本单位确认；请提醒科研处（或企业管理员）登录后在“我的揭榜”中办理", "good")
    return redirect(url_for("bids.screen", public_id=public_id, stage=5))


@bp.get("/<public_id>/endorse")
@endpoint("bid", "endorse")
def endorse_page(public_id: str) -> ResponseReturnValue:
    """What the office consents to."""
    bid = drafts.get(public_id, "read_to_endorse", viewer=me())
    content = drafts.read(bid)
    done = bid.endorsed_digest == contents.digest(content)
    return render_template("bids/endorse.html", bid=bid, content=content, done=done)


@bp.post("/<public_id>/endorse")
@endpoint("bid", "endorse")
def endorse(public_id: str) -> ResponseReturnValue:
    """Consent in the unit's name."""
    with transaction():
        bid = drafts.get(public_id, "endorse", viewer=me())
        drafts.endorse(bid, by=me(), now=clock.now())
    flash("已代表本单位确认；内容再有修改须重新确认", "good")
    return redirect(url_for("bids.index"))


@bp.post("/<public_id>/accept")
@endpoint("bid", "accept_partnership")
def accept(public_id: str) -> ResponseReturnValue:
    """Agree, as a partner unit, to task and amount."""
    with transaction():
        bid = drafts.get(public_id, "accept_partnership", viewer=me())
        drafts.accept(bid, by=me(), now=clock.now())
    flash("已确认本单位承担的任务和经费", "good")
    return redirect(url_for("bids.index"))
