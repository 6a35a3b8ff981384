"""Where a bounty comes from: proposals, shares, consents, and the links that lead to a draft."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.achievements import operations as achievements
from matchmaker.bounties import drafting, operations, sources
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import bp
from matchmaker.bounties.step_forms import ConsentNoteForm, ProposalForm
from matchmaker.errors import Invalid
from matchmaker.lifecycles import PoolState
from matchmaker.needs import operations as needs
from matchmaker.policy import endpoint
from matchmaker.pools import reading as pool_reading
from matchmaker.web import me, transaction

SHARE = "share-"


def offer(public_id: str, *actions: str) -> Any:
    """Return an achievement on which the viewer may do any of `actions`."""
    return pool_reading.to_act_on(achievements.POOL, public_id, *actions, viewer=me())


@bp.post("/propose")
@endpoint("bounty", "propose")
def propose() -> ResponseReturnValue:
    """Ask the bureau to put one's own need or achievement on a bounty."""
    form, need_id = ProposalForm(), request.form.get("need", "")
    with transaction():
        row: Any = (
            needs.get(need_id, "read_bureau", viewer=me())
            if need_id
            else offer(request.form.get("achievement", ""), "read_own", "write")
        )
        drafting.propose(row, form.note.data or "", by=me(), now=clock.now())
    flash("已向科技局申请发榜，办理情况会发消息告诉您。", "good")
    plural = "needs" if need_id else "achievements"
    return redirect(url_for(f"{plural}.show", public_id=row.public_id))


def source_lines(bounty: Bounty, viewer: Any) -> list[dict[str, Any]]:
    """Return the sources with share and consent; empty for whoever has nothing to do with them."""
    if not policy.permits(viewer, "bounty", "read", bounty) and not policy.permits(
        viewer, "bounty", "read_bureau", bounty
    ):
        return []
    wanted = {one.id for one in sources.must_consent(bounty)}
    return [
        {
            "id": one.id,
            "title": (one.need or one.achievement).title,  # type: ignore[union-attr]
            "url": _source_url(one),
            "organisation": one.organisation.name,
            "share": sources.percent(one.share_bp),
            "must": one.id in wanted,
            "consented_at": one.consented_at,
            "note": one.consent_note,
            "mine": one.organisation_id == viewer.organisation_id,
        }
        for one in bounty.sources
    ]


def _source_url(one: Any) -> str:
    row, plural = (one.need, "needs") if one.need else (one.achievement, "achievements")
    return url_for(f"{plural}.show", public_id=row.public_id)


def _to_sources(public_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", public_id=public_id, _anchor="sources"))


@bp.post("/<public_id>/shares")
@endpoint("bounty", "submit_for_approval")
def shares(public_id: str) -> ResponseReturnValue:
    """Settle who bears how much."""
    typed = {
        int(name.removeprefix(SHARE)): value
        for name, value in request.form.items()
        if name.startswith(SHARE) and name.removeprefix(SHARE).isdecimal()
    }
    try:
        with transaction():
            bounty = operations.get(public_id, "submit_for_approval", viewer=me())
            sources.set_shares(bounty, typed, by=me(), now=clock.now())
    except Invalid as refusal:
        flash(refusal.message, "warn")
        return _to_sources(public_id)
    flash("已保存分摊比例；比例有变的单位须重新同意。", "good")
    return _to_sources(public_id)


@bp.post("/<public_id>/consent/<int:source_id>")
@endpoint("bounty", "consent_source")
def consent(public_id: str, source_id: int) -> ResponseReturnValue:
    """Agree to the task and the own share."""
    with transaction():
        bounty = operations.get(public_id, "consent_source", viewer=me())
        sources.consent(bounty, source_id, by=me(), now=clock.now())
    flash("已记录贵单位的同意。", "good")
    return _to_sources(public_id)


@bp.post("/<public_id>/consent/<int:source_id>/record")
@endpoint("bounty", "record_consent")
def record_consent(public_id: str, source_id: int) -> ResponseReturnValue:
    """Write down a consent given on paper."""
    form = ConsentNoteForm()
    try:
        with transaction():
            bounty = operations.get(public_id, "record_consent", viewer=me())
            note = form.note.data or ""
            sources.record_consent(bounty, source_id, note, by=me(), now=clock.now())
    except Invalid as refusal:
        flash(refusal.message, "warn")
        return _to_sources(public_id)
    flash("已登记书面同意。", "good")
    return _to_sources(public_id)


@bp.app_template_global()
def draft_bounty_link(noun: str, row: Any) -> str:
    """Return where a bounty is drafted from a need or an achievement, "" for who may not."""
    ready = row.state in (drafting.DRAFTABLE if noun == "need" else (PoolState.PUBLISHED,))
    if not ready or not policy.may(me(), "bounty", "create"):
        return ""
    return url_for("bounties.new", **{noun: row.public_id})


@bp.app_template_global()
def may_propose_bounty(noun: str, row: Any) -> bool:
    """Tell whether the viewer may ask for a bounty from the own need or achievement."""
    ready = row.state in (drafting.DRAFTABLE if noun == "need" else (PoolState.PUBLISHED,))
    own = "read_bureau" if noun == "need" else "write"
    outside = me().is_authenticated and me().organisation_id is not None
    return bool(
        ready
        and outside
        and policy.may(me(), "bounty", "propose")
        and policy.permits(me(), noun, own, row)
    )
