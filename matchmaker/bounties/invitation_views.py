"""邀请 and coverage: who fits with the words why, conflicts first; names only for the auditor."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.bounties import inviting, operations, suggesting
from matchmaker.bounties.pages import bp
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

NOTE = "note-"


@bp.get("/<public_id>/invitations")
@endpoint("bounty", "read_coverage")
def invitations(public_id: str) -> ResponseReturnValue:
    """Who fits, who was invited, how far the publication reached."""
    return _page(public_id)


def _page(public_id: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    viewer = me()
    bounty = operations.get(public_id, "read_coverage", viewer=viewer)
    invited, found = inviting.invited(bounty.id), suggesting.of(bounty.id)
    fresh = [one for one in found if one.id not in invited]
    hits = inviting.hits(bounty, fresh, now=clock.now())
    page = render_template(
        "bounties/invitations.html",
        bounty=bounty,
        rows=[
            {
                "one": one,
                "name": inviting.name_of(one),
                "owner": one.organisation.name if one.organisation else "",
                "invitation": invited.get(one.id),
                "hits": hits.get(one.id, []),
            }
            for one in found
        ],
        coverage=inviting.coverage(bounty),
        may_invite=policy.permits(viewer, "bounty", "invite", bounty),
        problem=problem,
        typed=request.form,
        ticked=request.form.getlist("ids"),
        blocking=inviting.BLOCKING,
    )
    return page, status


@bp.post("/<public_id>/invitations")
@endpoint("bounty", "invite")
def invite(public_id: str) -> ResponseReturnValue:
    """Invite those ticked."""
    ids = list(dict.fromkeys(request.form.getlist("ids")))
    notes = {
        name.removeprefix(NOTE): value
        for name, value in request.form.items()
        if name.startswith(NOTE)
    }
    try:
        with transaction():
            bounty = operations.get(public_id, "invite", viewer=me())
            count = inviting.invite(bounty, ids, notes, by=me(), now=clock.now())
    except Invalid as refusal:
        return _page(public_id, refusal.message, 422)
    flash(f"已邀请 {count} 家，邀请信附有共同的关键词。", "good")
    return redirect(url_for(".invitations", public_id=public_id))


@bp.get("/<public_id>/visits")
@endpoint("bounty", "read_visit_log")
def visits(public_id: str) -> ResponseReturnValue:
    """Who opened and downloaded what: for the auditor."""
    bounty = operations.get(public_id, "read_visit_log", viewer=me())
    return render_template(
        "bounties/visits.html",
        bounty=bounty,
        visits=inviting.visits(bounty.id),
        invitations=list(inviting.invited(bounty.id).values()),
    )
