"""走访与问诊: the list, a record, writing it down, turning it into a need."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.calls import visits
from matchmaker.calls.forms import VisitForm
from matchmaker.calls.listing import VISITS
from matchmaker.calls.models import VisitKind
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("visits", __name__, url_prefix="/visits")


@bp.get("")
@endpoint("visit", "read_bureau")
def index() -> ResponseReturnValue:
    """What was found at enterprises."""
    viewer = me()
    found = listing.build(
        VISITS,
        visits.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("visits.show", public_id=row.public_id),
        export_path=url_for(".export"),
        empty={"title": "还没有走访或问诊记录", "hint": "走访或问诊后登记，可一步转为需求。"},
    )
    may = policy.may(viewer, "visit", "create")
    return render_template("visits/list.html", listing=found, may_create=may)


@bp.get("/export")
@endpoint("visit", "export_list")
def export() -> Response:
    """The list as it stands on screen."""
    return exporting.respond(
        VISITS,
        visits.visible(me()),
        request.args,
        viewer=me(),
        name="走访问诊记录",
        now=clock.now(),
    )


@bp.route("/new", methods=["GET", "POST"])
@endpoint("visit", "create")
def new() -> ResponseReturnValue:
    """Write a visit down."""
    form = VisitForm()
    if form.validate_on_submit():
        try:
            with transaction():
                kind, firm = VisitKind(form.kind.data), form.enterprise.data or ""
                visit = visits.write_down(firm, kind, form.values(), by=me(), now=clock.now())
                name = visit.public_id
            flash("已登记", "good")
            return redirect(url_for(".show", public_id=name))
        except Invalid as refusal:
            form.show(refusal)
    page = render_template("visits/edit.html", form=form, visit=None)
    return page, 422 if form.errors else 200


@bp.get("/<public_id>")
@endpoint("visit", "read_bureau")
def show(public_id: str) -> ResponseReturnValue:
    """A record and the needs that came of it."""
    viewer = me()
    visit = visits.get(public_id, "read_bureau", viewer=viewer)
    may = {
        action: policy.permits(viewer, "visit", action, visit) for action in ("update", "make_need")
    }
    shown = visits.read(public_id, viewer=viewer)
    needs = visits.needs_of(visit, viewer=viewer)
    return render_template("visits/show.html", visit=shown, needs=needs, may=may)


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@endpoint("visit", "update")
def edit(public_id: str) -> ResponseReturnValue:
    """Correct a record; the enterprise and the kind stand."""
    visit = visits.get(public_id, "update", viewer=me())
    form = VisitForm(obj=visit)
    del form.enterprise
    del form.kind
    if form.validate_on_submit():
        try:
            with transaction():
                visit = visits.get(public_id, "update", viewer=me())
                visits.correct(visit, form.values(), by=me(), now=clock.now())
            flash("已更正", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
            visit = visits.get(public_id, "update", viewer=me())
    page = render_template("visits/edit.html", form=form, visit=visit)
    return page, 422 if form.errors else 200


@bp.post("/<public_id>/need")
@endpoint("visit", "make_need")
def make_need(public_id: str) -> ResponseReturnValue:
    """Turn the record into a need's draft and go on to its first stage."""
    with transaction():
        visit = visits.get(public_id, "make_need", viewer=me())
        need = visits.make_need(visit, by=me(), now=clock.now())
        name = need.public_id
    flash("已转为需求草稿，来源和记录已关联，请补充后代企业提交或交企业完善。", "good")
    return redirect(url_for("needs.edit", public_id=name, stage=1))
