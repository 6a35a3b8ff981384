"""关联与回避: the hits, one with its chain, what joins two names, what people declared."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing, policy
from matchmaker.audit import labels, trail
from matchmaker.errors import Invalid, NotAllowed, NotFound
from matchmaker.lifecycles import RELATION, Role
from matchmaker.policy import endpoint
from matchmaker.relations import declaring, looking_up, operations
from matchmaker.relations.forms import DeclareForm, JudgeForm
from matchmaker.relations.listing import DECLARATIONS, HITS
from matchmaker.web import me, transaction

bp = Blueprint("relations", __name__, url_prefix="/relations")
ACTIONS = tuple(dict.fromkeys(move.action for move in RELATION.moves))


@bp.get("")
@endpoint("relation", "list")
def index() -> ResponseReturnValue:
    """The hits, those that wait for an opinion among them."""
    found = listing.build(
        HITS,
        operations.listed(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        export_path=url_for(".export"),
        empty={
            "title": "没有关联与回避的记录",
            "hint": "邀请揭榜、启封、抽取专家、签约时系统自动比对，查到的关联会出现在这里。",
        },
    )
    return render_template(
        "relations/list.html", listing=found, may_declare=policy.may(me(), "declaration", "create")
    )


@bp.get("/export")
@endpoint("relation", "export_list")
def export() -> Response:
    """The list as it stands on screen."""
    query = operations.listed(me())
    return exporting.respond(
        HITS, query, request.args, viewer=me(), name="关联与回避", now=clock.now()
    )


@bp.get("/look-up")
@endpoint("relation", "look_up")
def look_up() -> ResponseReturnValue:
    """What joins two names; asking leaves no record of a hit."""
    names = ("a_name", "a_organisation", "b_name", "b_organisation")
    asked = {name: request.args.get(name, "").strip()[:200] for name in names}
    answer, problems, status = None, {}, 200
    if any(asked.values()):
        try:
            answer = looking_up.ask(asked, now=clock.now())
        except Invalid as error:
            problems, status = error.fields, 422
    page = render_template(
        "relations/look_up.html",
        asked=asked,
        answer=answer,
        problems=problems,
        may_judge=policy.may(me(), "relation", "judge"),
    )
    return page, status


@bp.post("/look-up")
@endpoint("relation", "judge")
def keep() -> ResponseReturnValue:
    """Put what joins two names on record, to be judged."""
    with transaction():
        rows = [row.public_id for row in looking_up.keep(request.form, now=clock.now())]
    flash("已登记，请写明核实意见" if rows else "没有查到关联，未登记", "good" if rows else "info")
    if len(rows) == 1:
        return redirect(url_for(".show", public_id=rows[0]))
    return redirect(url_for(".index"))


@bp.get("/declared")
@endpoint("declaration", "list")
def declared() -> ResponseReturnValue:
    """The relations people declared or reported."""
    return _declarations()


def _declarations(form: DeclareForm | None = None) -> str:
    found = listing.build(
        DECLARATIONS,
        declaring.listed(me()).order_by(None),
        request.args,
        viewer=me(),
        path=url_for(".declared"),
        row_url=lambda _row: "",
        empty={"title": "还没有登记的申报", "hint": "承诺书、本人申报或举报中写明的关系在此登记。"},
    )
    return render_template(
        "relations/declared.html",
        listing=found,
        form=form or DeclareForm(formdata=None),
        may_declare=policy.may(me(), "declaration", "create"),
    )


@bp.post("/declared")
@endpoint("declaration", "create")
def declare() -> ResponseReturnValue:
    """Record a declaration."""
    form = DeclareForm()
    try:
        if not form.validate():
            return _declarations(form), 422
        kind, source = form.chosen()
        if kind is None or source is None:
            raise Invalid({"kind" if kind is None else "source": "请从列表中选择"})
        with transaction():
            declaring.declare(
                form.sides(),
                kind=kind,
                source=source,
                words=form.words.data or "",
                on=form.on.data,
                by=me(),
                now=clock.now(),
            )
    except Invalid as error:
        form.show(error)
        return _declarations(form), 422
    flash("已登记，此后的比对都会计入", "good")
    return redirect(url_for(".declared"))


@bp.post("/declared/<public_id>/revoke")
@endpoint("declaration", "revoke")
def revoke(public_id: str) -> ResponseReturnValue:
    """Take a declaration back."""
    with transaction():
        declaring.revoke(public_id, reason=request.form.get("reason", ""), by=me(), now=clock.now())
    flash("已撤销，此后的比对不再计入", "good")
    return redirect(url_for(".declared"))


@bp.get("/<public_id>")
@endpoint("relation", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A hit with its chain of evidence and what was made of it."""
    return _page(public_id)


def _page(public_id: str, form: JudgeForm | None = None) -> str:
    query = operations.listed(me()).where(policy.model_of("relation").public_id == public_id)
    row = disclosure.one(query, me(), "relation")
    return render_template(
        "relations/show.html",
        row=row,
        form=form or JudgeForm(formdata=None, version=str(row.version)),
        moves=_moves(row),
        chief_only=operations.CHIEF_ONLY if _barred(row) else "",
        events=labels.events(trail.history("relation", public_id)),
    )


def _moves(row: Any) -> list[Any]:
    """Return the judgements this viewer may pass on this hit."""
    if not policy.permits(me(), "relation", "judge", row):
        return []
    open_ones = list(RELATION.open_to(row.state, me().roles))
    return [one for one in open_ones if one.action == "confirm" or not _barred(row)]


def _barred(row: Any) -> bool:
    judges = policy.may(me(), "relation", "judge")
    return judges and row.level == "block" and Role.SECTION_CHIEF not in me().roles


@bp.post("/<public_id>/judge/<action>")
@endpoint("relation", "judge")
def judge(public_id: str, action: str) -> ResponseReturnValue:
    """Confirm or dismiss a hit in writing, or take the judgement back."""
    if action not in ACTIONS:
        raise NotFound
    form = JudgeForm()
    if not form.validate():
        return _page(public_id, form), 422
    try:
        with transaction():
            row = operations.get(public_id, viewer=me(), action="judge")
            operations.judge(
                row, action, reason=form.reason.data, version=form.version.data or "",
                by=me(), now=clock.now(),
            )  # fmt: skip
            label = row.state.label
    except (Invalid, NotAllowed) as error:
        if isinstance(error, Invalid):
            form.show(error)
        else:
            form.form_errors.append(error.message)
        return _page(public_id, form), error.status
    flash(f"已记录，当前：{label}", "good")
    return redirect(url_for(".show", public_id=public_id))
