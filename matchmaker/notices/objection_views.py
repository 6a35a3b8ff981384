"""异议: handing in, recording what came on paper, one's own list, evidence; handling is apart."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing, papers, policy
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.files import serving
from matchmaker.forms import Form
from matchmaker.notices import handling, letters, objection_page, objections, operations
from matchmaker.notices.listing import objection_spec
from matchmaker.notices.objection_forms import ObjectionForm, PaperForm
from matchmaker.notices.objection_models import Objection
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("objections", __name__, url_prefix="/objections")


@bp.get("")
@endpoint("objection", "read")
def index() -> ResponseReturnValue:
    """One's own objections; the bureau's list, overdue first."""
    viewer, now = me(), clock.now()
    bureau = policy.may(viewer, "objection", "read_bureau")
    found = listing.build(
        objection_spec(now, operations.calendar(), bureau=bureau),
        objections.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        empty={"title": "没有异议", "hint": "对公示有异议的，可在公示页提出。"},
    )
    return render_template("objections/list.html", listing=found, bureau=bureau)


@bp.route("/new/<public_id>", methods=["GET", "POST"])
@endpoint("objection", "create")
def create(public_id: str) -> ResponseReturnValue:
    """Object to a published notice, by the name of the account."""
    viewer = me()
    notice = operations.get(public_id, "read", viewer=viewer)
    if notice.published_on is None:
        raise NotFound
    organisation = viewer.organisation
    form = ObjectionForm(
        data={"phone": viewer.phone, "unit": organisation.name if organisation else ""}
    )
    late = ""
    if form.validate_on_submit():
        try:
            files = form.received()
            with transaction():
                row = objections.submit(
                    operations.get(public_id, "read", viewer=me()),
                    form.complaint(me().name),
                    files,
                    by=me(),
                    now=clock.now(),
                )
        except Invalid as refusal:
            form.show(refusal)
        except WrongState as refusal:  # too late: what was written stays on the page
            late = refusal.message
        else:
            flash(f"异议已提交，编号 {row.objection_no}；签收后将书面答复", "good")
            return redirect(url_for(".show", public_id=row.public_id))
    return _form(form, notice, late=late)


def _form(form: Form, notice: object, *, late: str = "") -> ResponseReturnValue:
    status = (409 if late else 422) if request.method == "POST" else 200
    paper = isinstance(form, PaperForm)
    page = render_template(
        "objections/new.html", form=form, notice=notice, late=late, paper=paper, who=me().name
    )
    return page, status


@bp.route("/record/<public_id>", methods=["GET", "POST"])
@endpoint("objection", "record_paper")
def record(public_id: str) -> ResponseReturnValue:
    """Record an objection that came on paper, with its scan and the day of receipt."""
    notice = operations.get(public_id, "confirm_end", viewer=me())
    form, late = PaperForm(), ""
    if form.validate_on_submit():
        try:
            files = form.received()
            with transaction():
                row = objections.record_paper(
                    operations.get(public_id, "confirm_end", viewer=me()),
                    form.complaint(form.name.data),
                    files,
                    received_on=form.received_on.data,
                    by=me(),
                    now=clock.now(),
                )
                hidden = row.against_id == me().id
        except Invalid as refusal:
            form.show(refusal)
        except WrongState as refusal:
            late = refusal.message
        else:
            flash(f"已登记书面异议，编号 {row.objection_no}", "good")
            target = url_for("notices.show", public_id=public_id)
            return redirect(target if hidden else url_for(".show", public_id=row.public_id))
    return _form(form, notice, late=late)


def page_of(row: Objection, **sent: Form) -> str:
    """Render an objection's page, with a form that was refused if there is one."""
    viewer = me()
    page = objection_page.read(row, viewer=viewer, now=clock.now())
    return render_template(
        "objections/show.html",
        page=page,
        objection=page.objection,
        forms=handling.forms(row, **sent),
    )


@bp.get("/<public_id>")
@endpoint("objection", "read")
def show(public_id: str) -> ResponseReturnValue:
    """An objection as its complainant or the bureau may see it."""
    return page_of(objections.get(public_id, "read", viewer=me()))


@bp.get("/<public_id>/files/<int:file_id>")
@endpoint("objection", "read_complainant_identity")
def file(public_id: str, file_id: int) -> Response:
    """A piece of evidence: for those who may know who objects."""
    row = objections.get(public_id, "read_complainant_identity", viewer=me())
    kept = objections.file_of(row, file_id)
    return serving.attachment(kept.stored_as, kept.name)


@bp.get("/<public_id>/reply")
@endpoint("objection", "read_complainant_identity")
def reply(public_id: str) -> Response:
    """异议答复书 as a Word file: it names who objected."""
    viewer, now = me(), clock.now()
    row = objections.get(public_id, "read_complainant_identity", viewer=viewer)
    return papers.respond(
        "objection_reply",
        letters.reply(row, now=now),
        filename=f"异议答复书-{row.objection_no}",
        noun="objection",
        object_id=public_id,
        viewer=viewer,
        now=now,
    )
