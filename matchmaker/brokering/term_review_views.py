"""待审新词 and 试算: what the machine proposes, and what words would change if saved."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, listing, policy
from matchmaker.audit import labels, trail
from matchmaker.brokering import proposals, terms, trials
from matchmaker.brokering.term_forms import AcceptForm, DismissForm
from matchmaker.brokering.term_listing import PROPOSALS, evidence
from matchmaker.brokering.term_views import page_of
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("term_review", __name__, url_prefix="/terms")
BULK = (("accept", "采纳", False), ("dismiss", "不采用", False))


@bp.get("/proposals")
@endpoint("proposal", "list")
def index() -> ResponseReturnValue:
    """What waits to be judged, with what speaks for it."""
    args = request.args
    if "state" not in args:
        args = type(args)([*args.items(multi=True), ("state", "waiting")])
    found = listing.build(
        PROPOSALS,
        proposals.listed(me()),
        args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        bulk=BULK,
        bulk_url=url_for(".decide_many"),
        empty={
            "title": "没有待审的新词",
            "hint": "系统每夜从四库文本和已采纳的配对中查找，也可以现在就查。",
        },
    )
    return render_template(
        "terms/proposals.html",
        listing=found,
        search=proposals.latest(),
        waiting=proposals.waiting(),
    )


@bp.post("/proposals/search")
@endpoint("proposal", "decide")
def search() -> ResponseReturnValue:
    """Look for new words now."""
    with transaction():
        proposals.ask(by=me(), now=clock.now())
    flash("已开始查找，完成后列在这里", "info")
    return redirect(url_for(".index"))


@bp.post("/proposals/decide")
@endpoint("proposal", "decide")
def decide_many() -> ResponseReturnValue:
    """Accept or dismiss those ticked."""
    ids, action = request.form.getlist("ids"), request.form.get("action", "")
    reason = request.form.get("reason", "")
    try:
        with transaction():
            done, before = proposals.decide_many(
                ids, action, reason=reason, by=me(), now=clock.now()
            )
    except Invalid as refusal:
        flash("；".join(refusal.fields.values()), "bad")
        return redirect(url_for(".index"))
    more = f"，{before} 条此前已办理" if before else ""
    flash(f"已{'采纳' if action == 'accept' else '设为不采用'} {done} 条{more}", "good")
    return redirect(url_for(".index"))


@bp.get("/proposals/<public_id>")
@endpoint("proposal", "list")
def show(public_id: str) -> ResponseReturnValue:
    """A proposal with its evidence."""
    return _page(public_id)


def _page(public_id: str, form: AcceptForm | None = None) -> str:
    query = proposals.listed(me()).where(policy.model_of("proposal").public_id == public_id)
    row = disclosure.one(query, me(), "proposal")
    filled = form or AcceptForm(formdata=None, kind=str(row.kind), words=row.key)
    return render_template(
        "terms/proposal.html",
        row=row,
        evidence=evidence(row),
        form=filled,
        dismissal=DismissForm(formdata=None),
        events=labels.events(trail.history("proposal", public_id)),
    )


@bp.post("/proposals/<public_id>/accept")
@endpoint("proposal", "decide")
def accept(public_id: str) -> ResponseReturnValue:
    """Accept a proposal, perhaps edited; or try first what it would change."""
    form = AcceptForm()
    if not form.validate():
        return _page(public_id, form), 422
    try:
        with transaction():
            row = proposals.get(public_id, viewer=me())
            told = {"provenance": form.provenance.data or "", "by": me(), "now": clock.now()}
            if request.form.get("then") == "try":
                kind = form.chosen or row.kind
                trial = trials.start(kind, form.words.data or "", proposal=row, **told)
                return redirect(url_for(".trial", public_id=trial.public_id))
            proposals.accept(row, form.words.data or "", kind=form.chosen, **told)
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash("已采纳；正在重新匹配", "good")
    return redirect(url_for(".index"))


@bp.post("/proposals/<public_id>/dismiss")
@endpoint("proposal", "decide")
def dismiss(public_id: str) -> ResponseReturnValue:
    """Put a proposal aside."""
    with transaction():
        row = proposals.get(public_id, viewer=me())
        reason = request.form.get("reason", "")
        proposals.dismiss(row, reason=reason, by=me(), now=clock.now())
    flash("已设为不采用，依据未成倍增加之前不再提出", "good")
    return redirect(url_for(".index"))


@bp.post("/proposals/<public_id>/reopen")
@endpoint("proposal", "decide")
def reopen(public_id: str) -> ResponseReturnValue:
    """Judge a dismissed proposal anew."""
    with transaction():
        proposals.reopen(proposals.get(public_id, viewer=me()), by=me(), now=clock.now())
    flash("已重新列入待审", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/trials/<public_id>")
@endpoint("trial", "make")
def trial(public_id: str) -> ResponseReturnValue:
    """What the words would change, once the consumer has tried them."""
    row = trials.get(public_id, viewer=me())
    return render_template(
        "terms/trial.html",
        row=row,
        entered=["、".join(words) for words in row.entered],
        changes=trials.changes(row),
        shared=terms.shared(row.kind, row.entered),
        back=page_of(row.kind),
    )


@bp.post("/trials/<public_id>/save")
@endpoint("trial", "make")
def save(public_id: str) -> ResponseReturnValue:
    """Put the tried words in force."""
    with transaction():
        row = trials.get(public_id, viewer=me())
        fresh, back = trials.save(row, by=me(), now=clock.now()), page_of(row.kind)
    flash(f"已保存 {fresh} 条；正在重新匹配", "good")
    return redirect(back)


@bp.post("/trials/<public_id>/discard")
@endpoint("trial", "make")
def discard(public_id: str) -> ResponseReturnValue:
    """Save nothing."""
    with transaction():
        row = trials.get(public_id, viewer=me())
        back = page_of(row.kind)
        trials.discard(row)
    flash("未保存，词典没有变化", "info")
    return redirect(back)
