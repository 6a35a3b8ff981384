"""Pages of organisations: list, page, changes, the verification desk."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing, policy
from matchmaker.accounts import organisations, registration, renaming, stakes
from matchmaker.accounts.models import Organisation
from matchmaker.accounts.organisation_forms import (
    AddForm,
    EditForm,
    ReasonForm,
    RenameForm,
)
from matchmaker.accounts.organisation_listing import SPEC, label
from matchmaker.audit import labels, trail
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.lifecycles import ORGANISATION, OrganisationState
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("organisations", __name__, url_prefix="/organisations")
ON_DESK = 20
MOVES = frozenset({"resubmit", "suspend_request", "suspend_approve", "suspend_refuse", "restore"})


def _listed() -> Any:
    query = organisations.listed(me())
    asked = request.args.get("state") == OrganisationState.MERGED
    return query if asked else query.where(Organisation.state != OrganisationState.MERGED)


@bp.get("")
@endpoint("organisation", "list_public")
def index() -> ResponseReturnValue:
    """List the organisations the viewer may know of."""
    found = listing.build(
        SPEC,
        _listed(),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        export_path=url_for(".export") if policy.may(me(), "organisation", "export_list") else "",
    )
    return render_template(
        "organisations/list.html",
        listing=found,
        can_add=policy.may(me(), "organisation", "import_rows"),
    )


@bp.get("/export")
@endpoint("organisation", "export_list")
def export() -> ResponseReturnValue:
    """Export the list as it is on screen."""
    return exporting.respond(
        SPEC, _listed(), request.args, viewer=me(), name="单位", now=clock.now()
    )


@bp.get("/desk")
@endpoint("organisation", "verify")
def desk() -> ResponseReturnValue:
    """Show what waits for verification, oldest first, each with its lookalikes."""
    query = organisations.waiting(me())
    rows = disclosure.shown(query.limit(ON_DESK), me(), "organisation")
    cases = [{"row": row, "alike": organisations.lookalikes(row, viewer=me())} for row in rows]
    return render_template("organisations/desk.html", cases=cases, form=ReasonForm(), most=ON_DESK)


@bp.post("/<public_id>/verify")
@endpoint("organisation", "verify")
def verify(public_id: str) -> ResponseReturnValue:
    """Decide on a registration or a claim."""
    form = ReasonForm()
    decision = (
        organisations.reject if request.form.get("decision") == "reject" else organisations.verify
    )
    reason = {"reason" if decision is organisations.reject else "note": form.reason.data or ""}
    with transaction():
        row = organisations.get(public_id, viewer=me(), action="verify")
        decision(row, by=me(), now=clock.now(), **reason)
        name = row.name
    flash(f"{'已退回' if decision is organisations.reject else '已通过'}：{name}", "good")
    return redirect(url_for(".desk"))


@bp.route("/add", methods=["GET", "POST"])
@endpoint("organisation", "import_rows")
def add() -> ResponseReturnValue:
    """Put an organisation on the list for the bureau."""
    form = AddForm()
    if form.validate_on_submit():
        try:
            with transaction():
                row = registration.add(
                    form.fields(),
                    by=me(),
                    now=clock.now(),
                    odd_reason=form.odd_reason.data or "",
                )
                public_id = row.public_id
            flash("已登记单位，本单位人员可凭信用代码认领", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("organisations/add.html", form=form), status


@bp.get("/<public_id>")
@endpoint("organisation", "list_public")
def show(public_id: str) -> ResponseReturnValue:
    """Show an organisation as the viewer may see it."""
    row = organisations.show(public_id, viewer=me())
    bureau = row.sees("verify_note")
    return render_template(
        "organisations/show.html",
        row=row,
        label=label,
        moves=_moves(row),
        may_list=policy.permits(me(), "organisation", "edit_integrity", row),
        may_merge=policy.permits(me(), "organisation", "merge_propose", row),
        may_rename=policy.permits(me(), "organisation", "rename", row),
        stakes=stakes.written(row.controllers) if row.controllers else "",
        may_edit=policy.permits(me(), "organisation", "update", row),
        events=labels.events(trail.history("organisation", public_id)) if bureau else [],
    )


def _moves(row: Any) -> list[Any]:
    """Return the moves this viewer may make with this very row, by page button."""
    open_ones = ORGANISATION.open_to(row.state, me().roles)
    return [
        move
        for move in open_ones
        if move.action in MOVES and policy.permits(me(), "organisation", move.action, row)
    ]


@bp.post("/<public_id>/move/<action>")
@endpoint("organisation", "list_public")
def move(public_id: str, action: str) -> ResponseReturnValue:
    """Resubmit, or suspend in two steps; the policy of the very action decides."""
    if action not in MOVES:
        raise NotFound
    form = ReasonForm()
    with transaction():
        row = organisations.get(public_id, viewer=me(), action=action)
        organisations.move(row, action, by=me(), now=clock.now(), reason=form.reason.data or "")
    flash("已办理", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@endpoint("organisation", "update")
def edit(public_id: str) -> ResponseReturnValue:
    """Keep an organisation's details."""
    row = organisations.get(public_id, viewer=me(), action="update")
    form = _edit_form(row)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            version = int(form.version.data or 0)
            with transaction():
                row = organisations.get(public_id, viewer=me(), action="update")
                organisations.update(row, form.fields(), version=version, by=me(), now=clock.now())
            flash("单位资料已保存", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as error:
            form.show(error)
        except Stale as error:
            form.form_errors.append(error.message)
            status = error.status
            row = organisations.get(public_id, viewer=me(), action="update")
            form.version.data = form.version.raw_data = str(row.version)
    return render_template("organisations/edit.html", form=form, row=row), status


@bp.route("/<public_id>/rename", methods=["GET", "POST"])
@endpoint("organisation", "rename")
def rename(public_id: str) -> ResponseReturnValue:
    """Record an organisation's new name."""
    row = organisations.get(public_id, viewer=me(), action="rename")
    form = RenameForm(version=str(row.version))
    if form.validate_on_submit():
        try:
            version = int(form.version.data or 0)
            with transaction():
                row = organisations.get(public_id, viewer=me(), action="rename")
                renaming.rename(
                    row,
                    form.name.data,
                    basis=form.basis.data,
                    version=version,
                    by=me(),
                    now=clock.now(),
                )
            flash("已登记更名，原名称保留为曾用名，按原名称仍能查到本单位", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as error:
            form.show(error)
    status = 422 if request.method == "POST" else 200
    return render_template("organisations/rename.html", form=form, row=row), status


def _edit_form(row: Organisation) -> EditForm:
    values = {
        "aliases": "、".join(row.aliases),
        "controllers": stakes.written(row.controllers),
        "town_id": str(row.town_id or ""),
        "chain_node_id": str(row.chain_node_id or ""),
        "version": str(row.version),
    }
    return EditForm(obj=_Values(row, values))


class _Values:
    """A row with some attributes put the way the form shows them."""

    def __init__(self, row: Any, values: dict[str, Any]) -> None:
        self._row, self._values = row, values

    def __getattr__(self, name: str) -> Any:
        return self._values[name] if name in self._values else getattr(self._row, name)
