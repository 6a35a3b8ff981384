"""配对台, a pair's page, and the ranking beside a need or an achievement."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy, web
from matchmaker.brokering import advising, events, explaining, operations, pairings, vectors
from matchmaker.brokering.forms import RejectForm
from matchmaker.brokering.listing import BULK, DECIDED, desk_spec, with_sides
from matchmaker.brokering.models import CandidateKind, RejectReason
from matchmaker.errors import Invalid
from matchmaker.lifecycles import PairingState
from matchmaker.matching import grading
from matchmaker.needs import changes
from matchmaker.needs import operations as needs
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("brokering", __name__)
bp.app_template_filter("match_grade")(grading.grade)
bp.app_template_global("grade_legend")(grading.legend)
ALL_WORDS = 100


def _states() -> tuple[PairingState, ...]:
    """Return the states asked for: new ones, unless an existing state or both decided ones."""
    asked = request.args.get("state", "")
    if asked == DECIDED:
        return (PairingState.ACCEPTED, PairingState.REJECTED)
    known = {str(state.value): state for state in PairingState}
    return (known.get(asked, PairingState.NEW),)


@bp.get("/pairings")
@endpoint("pairing", "list")
def desk() -> ResponseReturnValue:
    """Every new pair over the threshold, best first; decided ones on their own tabs."""
    viewer, now, states = me(), clock.now(), _states()
    waiting = PairingState.NEW in states
    decides = waiting and policy.may(viewer, "pairing", "accept")
    found = listing.build(
        desk_spec(now, decided=not waiting),
        with_sides(pairings.desk(viewer, now=now, states=states)),
        request.args,
        viewer=viewer,
        path=url_for(".desk"),
        row_url=lambda row: url_for("brokering.show", public_id=row.public_id),
        export_path=url_for(".export"),
        bulk=BULK if decides else (),
        bulk_url=url_for(".bulk"),
        empty={
            "title": "没有待办的配对" if waiting else "没有符合条件的配对",
            "hint": "需求受理、成果上架后，系统随即计算配对；匹配度达到门槛的会出现在这里。",
        },
    )
    return render_template(
        "brokering/desk.html", listing=found, run=events.latest_run(), encoding=vectors.latest()
    )


@bp.get("/pairings/export")
@endpoint("pairing", "export_list")
def export() -> Response:
    """The desk as it stands on screen; decided pairs are the feedback the bureau gave."""
    viewer, now, states = me(), clock.now(), _states()
    query = with_sides(pairings.desk(viewer, now=now, states=states))
    spec = desk_spec(now, decided=PairingState.NEW not in states)
    return exporting.respond(spec, query, request.args, viewer=viewer, name="推荐配对", now=now)


@bp.post("/pairings/bulk")
@endpoint("pairing", "accept")
def bulk() -> ResponseReturnValue:
    """Decide all ticked pairs at once."""
    with transaction():
        done, before = pairings.decide_many(
            request.form.getlist("ids"),
            request.form.get("action", ""),
            note=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
    told = f"已办理 {done} 条配对"
    flash(told + (f"，另有 {before} 条他人已办理" if before else ""), "good" if done else "warn")
    return redirect(_back())


def _back() -> str:
    page = request.form.get("page", "")
    return page if web.is_safe_next(page) else url_for("brokering.desk")


@bp.get("/pairings/<public_id>")
@endpoint("pairing", "list")
def show(public_id: str) -> ResponseReturnValue:
    """A pair: both texts side by side, the words that carry it, and the decision."""
    return _page(public_id, RejectForm())


def _page(public_id: str, form: RejectForm) -> str:
    viewer = me()
    pairing = pairings.get(public_id, "list", viewer=viewer)
    return render_template(
        "brokering/show.html",
        pairing=pairings.shown(pairing, viewer=viewer),
        why=explaining.why(pairing, most=ALL_WORDS, with_texts=True),
        tips=advising.for_pair(pairing),
        lead=pairings.lead_of(pairing, viewer=viewer),
        form=form,
        may={
            a: policy.permits(viewer, "pairing", a, pairing) for a in ("accept", "reject", "undo")
        },
        noun=NOUNS.get(pairing.kind),
        others=matches_link("need", pairing.need),
    )


NOUNS = {
    CandidateKind.ACHIEVEMENT: "achievements.show",
    CandidateKind.EXPERT: "experts.show",
    CandidateKind.SERVICE: "services.show",
}


@bp.post("/pairings/<public_id>/accept")
@endpoint("pairing", "accept")
def accept(public_id: str) -> ResponseReturnValue:
    """Accept a pair and go to its lead."""
    with transaction():
        pairing = pairings.get(public_id, "accept", viewer=me())
        lead = pairings.accept(pairing, by=me(), now=clock.now())
        target = lead.public_id
    flash("已采纳，请征求双方意见", "good")
    return redirect(url_for("leads.show", public_id=target))


@bp.post("/pairings/<public_id>/reject")
@endpoint("pairing", "reject")
def reject(public_id: str) -> ResponseReturnValue:
    """Mark a pair as of no use."""
    form = RejectForm()
    if not form.validate():
        return _page(public_id, form), 422
    try:
        with transaction():
            pairing = pairings.get(public_id, "reject", viewer=me())
            pairings.reject(
                pairing, reason=form.reason, note=form.note.data or "", by=me(), now=clock.now()
            )
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash("已标为“不相关”，不再推荐；如有误可在本页撤销", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/pairings/<public_id>/undo")
@endpoint("pairing", "undo")
def undo(public_id: str) -> ResponseReturnValue:
    """Take a rejection back."""
    with transaction():
        pairing = pairings.get(public_id, "undo", viewer=me())
        pairings.undo(pairing, by=me(), now=clock.now())
    flash("已撤销，配对回到待办列表", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/pairings/<public_id>/introduce")
@endpoint("pairing", "request_introduction")
def introduce(public_id: str) -> ResponseReturnValue:
    """Ask to be introduced."""
    with transaction():
        pairing = pairings.get(public_id, "request_introduction", viewer=me())
        lead = pairings.introduce(pairing, by=me(), now=clock.now())
        target = lead.public_id
    flash("已提出对接申请并记录您的同意；对方同意后，双方可互见联系方式", "good")
    return redirect(url_for("leads.show", public_id=target))


@bp.post("/pairings/<public_id>/dismiss")
@endpoint("pairing", "dismiss")
def dismiss(public_id: str) -> ResponseReturnValue:
    """Say 不合适 as one of the parties."""
    known = {str(reason.value): reason for reason in RejectReason}
    with transaction():
        pairing = pairings.get(public_id, "dismiss", viewer=me())
        pairings.dismiss(
            pairing,
            reason=known.get(request.form.get("reason_code", "")),
            note=request.form.get("note", "")[:500],
            by=me(),
            now=clock.now(),
        )
    flash("已记下，不再推荐给您", "good")
    return redirect(_back())


@bp.get("/needs/<public_id>/matches")
@endpoint("need", "see_matches")
def need_matches(public_id: str) -> ResponseReturnValue:
    """匹配的成果 / 专家 / 服务 of a need, with why in place."""
    viewer = me()
    need, groups = operations.for_need(public_id, viewer=viewer, now=clock.now())
    best = [one.other for one in dict(groups)[CandidateKind.ACHIEVEMENT]]
    may_take = policy.permits(viewer, "need", "request_change", need)
    return render_template(
        "brokering/need.html",
        need=need,
        groups=groups,
        tips=advising.among(need, best),
        may_take=may_take and need.state in changes.CHANGEABLE,
        **_party(viewer),
    )


@bp.post("/needs/<public_id>/advice")
@endpoint("need", "request_change")
def take_advice(public_id: str) -> ResponseReturnValue:
    """Ask for the ticked words to join the need's keywords."""
    viewer, now = me(), clock.now()
    try:
        with transaction():
            need = needs.get(public_id, "request_change", viewer=viewer)
            best = operations.best_achievements(need, viewer=viewer, now=now)
            tips = advising.among(needs.read(public_id, viewer=viewer), best)
            advising.take(need, tips, request.form.getlist("words"), by=viewer, now=now)
    except Invalid as refusal:
        flash(str(refusal), "warn")
        return redirect(url_for(".need_matches", public_id=public_id))
    flash("已按勾选的词提交变更申请；科技局同意后写入关键词，并自动重新匹配。", "good")
    return redirect(url_for("needs.show", public_id=public_id))


@bp.get("/achievements/<public_id>/matches")
@endpoint("achievement", "see_matches")
def achievement_matches(public_id: str) -> ResponseReturnValue:
    """The open needs an achievement may answer."""
    viewer = me()
    row, matches = operations.for_candidate(
        CandidateKind.ACHIEVEMENT, public_id, viewer=viewer, now=clock.now()
    )
    return render_template(
        "brokering/achievement.html",
        row=row,
        matches_found=matches,
        tips=advising.among(row, [one.other for one in matches]),
        **_party(viewer),
    )


def _party(viewer: Any) -> dict[str, Any]:
    return {
        "asks": policy.may(viewer, "pairing", "request_introduction"),
        "decides": policy.may(viewer, "pairing", "accept"),
        "reasons": list(RejectReason),
        "names": NOUNS,
    }


@bp.app_template_global()
def matches_link(resource: str, row: Any) -> str:
    """Return the address of a row's ranking; "" where the viewer may not see it."""
    if not policy.permits(me(), resource, "see_matches", row):
        return ""
    return url_for(f"brokering.{resource}_matches", public_id=row.public_id)
