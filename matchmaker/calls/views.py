"""需求征集: the list, a call's page, drafting, publishing, extending."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, listing, policy
from matchmaker.calls import answer_views, answering, operations, progress_views
from matchmaker.calls.forms import CallForm, ExtendForm
from matchmaker.calls.listing import call_spec
from matchmaker.calls.models import Call
from matchmaker.calls.pages import bp, show_page
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.needs.forms import version_of
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

__all__ = ["answer_views", "bp", "progress_views"]


@bp.get("")
@endpoint("call", "list")
def index() -> ResponseReturnValue:
    """The calls; above them, for an enterprise, those it may answer now."""
    viewer = me()
    bureau = policy.may(viewer, "call", "read_bureau")
    found = listing.build(
        call_spec(bureau=bureau),
        operations.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("calls.show", public_id=row.public_id),
        empty={"title": "还没有征集", "hint": "科技局发布需求征集后，会出现在这里。"},
    )
    # A search shows what was searched for; what may be answered stands above the plain list.
    mine = [] if request.args else disclosure.shown(answering.open_to(viewer), viewer, "call")
    actions = [("起草征集", url_for(".new"), "primary")]
    return render_template(
        "calls/list.html",
        listing=found,
        mine=mine,
        actions=actions if policy.may(viewer, "call", "create") else [],
    )


def _form_page(form: CallForm, call: Call | None) -> ResponseReturnValue:
    page = render_template("calls/edit.html", form=form, call=call)
    return page, 422 if form.errors else 200


@bp.route("/new", methods=["GET", "POST"])
@endpoint("call", "create")
def new() -> ResponseReturnValue:
    """Draft a call."""
    form = CallForm()
    if form.validate_on_submit():
        try:
            with transaction():
                call = operations.create(form.values(), by=me(), now=clock.now())
                public_id = call.public_id
            flash("征集草稿已保存，请确定邀请名单后请科室负责人签发。", "good")
            return redirect(url_for(".invited", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
    return _form_page(form, None)


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@endpoint("call", "update")
def edit(public_id: str) -> ResponseReturnValue:
    """Change a draft."""
    call = operations.get(public_id, "update", viewer=me())
    form = CallForm(obj=call)
    if request.method == "GET":
        form.chain_node_id.data = str(call.chain_node_id or "")
        form.version.data = form.version.data or str(call.version)
    if form.validate_on_submit():
        try:
            with transaction():
                call = operations.get(public_id, "update", viewer=me())
                operations.check_version(call, version_of(form))
                operations.update(call, form.values(), by=me(), now=clock.now())
            flash("草稿已保存", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
            call = operations.get(public_id, "update", viewer=me())
    return _form_page(form, call)


@bp.get("/<public_id>")
@endpoint("call", "list")
def show(public_id: str) -> ResponseReturnValue:
    """A call: what is asked, until when, and what this viewer may do."""
    return show_page(public_id)


@bp.post("/<public_id>/publish")
@endpoint("call", "publish")
def publish(public_id: str) -> ResponseReturnValue:
    """Publish a draft, as the section chief."""
    try:
        with transaction():
            call = operations.get(public_id, "publish", viewer=me())
            version = version_of(Form())
            operations.publish(call, by=me(), now=clock.now(), version=version)
    except Invalid as refusal:
        return show_page(public_id, problems=refusal.fields), 422
    flash("征集已发布，正在通知受邀企业和镇街。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/discard")
@endpoint("call", "discard")
def discard(public_id: str) -> ResponseReturnValue:
    """Give a draft up."""
    with transaction():
        call = operations.get(public_id, "discard", viewer=me())
        operations.discard(call, by=me(), now=clock.now())
    flash("草稿已放弃", "good")
    return redirect(url_for(".index"))


@bp.post("/<public_id>/extend")
@endpoint("call", "extend")
def extend(public_id: str) -> ResponseReturnValue:
    """Extend once, with a reason."""
    form = ExtendForm()
    if not form.validate():
        return show_page(public_id, extend=form), 422
    try:
        with transaction():
            call = operations.get(public_id, "extend", viewer=me())
            operations.extend(
                call,
                form.end_on.data,
                form.reason.data or "",
                by=me(),
                now=clock.now(),
                version=version_of(form),
            )
    except Invalid as refusal:
        form.show(refusal)
        return show_page(public_id, extend=form), 422
    flash("已延期，正在通知受邀企业。", "good")
    return redirect(url_for(".show", public_id=public_id))
