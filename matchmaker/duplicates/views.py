"""疑似重复: the list, one pair side by side with the bureau's word, any two texts side by side."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing, policy
from matchmaker.audit import labels, trail
from matchmaker.duplicates import checking, operations
from matchmaker.duplicates.listing import PAIRS, noun_label
from matchmaker.duplicates.sources import known
from matchmaker.errors import Invalid, NotFound
from matchmaker.lifecycles import DUPLICATE
from matchmaker.matching.clauses import Fate, shared
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("duplicates", __name__, url_prefix="/duplicates")
ACTIONS = tuple(dict.fromkeys(move.action for move in DUPLICATE.moves))
MOST_PASSAGES = 12


@bp.get("")
@endpoint("duplicate", "list")
def index() -> ResponseReturnValue:
    """The pairs, the likest first, and how far the comparison has come."""
    found = listing.build(
        PAIRS,
        operations.current(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        export_path=url_for(".export"),
        empty={
            "title": "没有疑似重复的文本",
            "hint": "需求、成果提交或修改后由后台自动比对，查到的会出现在这里。",
        },
    )
    return render_template(
        "duplicates/list.html",
        listing=found,
        progress=checking.progress(),
        nouns=[(noun, source.label) for noun, source in known().items()],
        may_recheck=policy.may(me(), "duplicate", "recheck"),
    )


@bp.get("/export")
@endpoint("duplicate", "export_list")
def export() -> Response:
    """The list as it stands on screen."""
    query = operations.current(me())
    return exporting.respond(
        PAIRS, query, request.args, viewer=me(), name="疑似重复", now=clock.now()
    )


@bp.post("/recheck")
@endpoint("duplicate", "recheck")
def recheck() -> ResponseReturnValue:
    """Compare all texts of a noun anew, in the background."""
    with transaction():
        operations.check_again(request.form.get("noun", ""), by=me(), now=clock.now())
    flash("已安排重新比对，进度见本页", "good")
    return redirect(url_for(".index"))


@bp.get("/compare")
@endpoint("duplicate", "compare")
def compare() -> ResponseReturnValue:
    """Any two texts whose inside the reader knows."""
    asked = [request.args.get(name, "")[:40] for name in ("noun", "a", "b")]
    both = operations.compare(*asked, viewer=me())
    return render_template("duplicates/compare.html", both=both, **_context(both))


def _context(both: operations.Compared) -> dict[str, Any]:
    passages = [passage for _label, sides in both.fields for passage in shared(sides)]
    passages.sort(key=lambda passage: (-len(passage), passage))
    page = both.source.page
    return {
        "passages": passages[:MOST_PASSAGES],
        "fates": Fate,
        "a_url": url_for(page, public_id=both.a.public_id),
        "b_url": url_for(page, public_id=both.b.public_id),
        "owners": [both.source.owner_name(one) for one in (both.a, both.b)],
    }


@bp.get("/<public_id>")
@endpoint("duplicate", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One pair: both texts side by side, the judgement, what may follow."""
    return _page(public_id)


def _page(public_id: str, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    query = operations.listed(me()).where(policy.model_of("duplicate").public_id == public_id)
    row = disclosure.one(query, me(), "duplicate")
    try:
        both = operations.compare(row.noun, row.a_public_id, row.b_public_id, viewer=me())
    except NotFound:
        both = None  # one of them was withdrawn or deleted
    page = render_template(
        "duplicates/show.html",
        row=row,
        noun=noun_label(row),
        both=both,
        problems=problems or {},
        typed=request.form.get("reason", ""),
        moves=_moves(row),
        merge_url=_merge_url(row),
        events=labels.events(trail.history("duplicate", public_id)),
        **(_context(both) if both else {}),
    )
    return page, 422 if problems else 200


def _moves(row: Any) -> list[Any]:
    if not policy.permits(me(), "duplicate", "judge", row):
        return []
    return list(DUPLICATE.open_to(row.state, me().roles))


def _merge_url(row: Any) -> str:
    """Return where both are proposed for merging, once they are said to be duplicates."""
    source = known().get(row.noun)
    if source is None or not source.merging or row.state != "confirmed":
        return ""
    if not (row.is_current and policy.may(me(), row.noun, "merge_propose")):
        return ""
    return url_for(source.merging, ids=[row.a_public_id, row.b_public_id])


@bp.post("/<public_id>/judge/<action>")
@endpoint("duplicate", "judge")
def judge(public_id: str, action: str) -> ResponseReturnValue:
    """Say 是重复 or 不是重复, or take it back."""
    if action not in ACTIONS:
        raise NotFound
    try:
        with transaction():
            pair = operations.get(public_id, viewer=me(), action="judge")
            operations.judge(
                pair, action, reason=request.form.get("reason", ""),
                version=request.form.get("version", ""), by=me(), now=clock.now(),
            )  # fmt: skip
            label = pair.state.label
    except Invalid as error:
        return _page(public_id, error.fields)
    flash(f"已记录，当前：{label}", "good")
    return redirect(url_for(".show", public_id=public_id))
