"""Writing a need: five stages, each an address of its own, saved while one types."""

import re
import secrets

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.codes import NeedSource
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.extensions import db, new_public_id
from matchmaker.forms import Form
from matchmaker.lifecycles import ENTERPRISE
from matchmaker.needs import fields, forms, health, operations
from matchmaker.needs.models import Need
from matchmaker.needs.pages import bp
from matchmaker.needs.stages import stage_page
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

PROPOSED_NAME = re.compile(r"[A-Za-z0-9_-]{16}")
ON_BEHALF = ("enterprise", "source", "source_note")


def _stage(number: int) -> int:
    if not 1 <= number <= fields.LAST_STAGE:
        raise NotFound
    return number


def _new_form() -> forms.NewForm:
    """Return the first stage of a need that has no row yet, under the name it will have."""
    form = forms.NewForm()
    if me().roles & ENTERPRISE:
        for name in ON_BEHALF:
            del form[name]
    if not PROPOSED_NAME.fullmatch(form.draft.data or ""):
        form.draft.data = new_public_id()
    return form


def _save_new(form: forms.NewForm) -> Need:
    """Create the draft the form proposes; save into it where an earlier autosave made it."""
    values, now = forms.values_of(form), clock.now()
    if operations.exists(form.draft.data):
        need = operations.get(form.draft.data, "update", viewer=me())
        version = forms.version_of(form)
        if version is None:
            raise Stale
        operations.save_draft(need, values, by=me(), now=now, version=version)
        return need
    on_behalf = "enterprise" in form
    enterprise = (
        operations.enterprise_named(form.enterprise.data or "") if on_behalf else me().organisation
    )
    return operations.create_draft(
        enterprise,
        values,
        by=me(),
        now=now,
        public_id=form.draft.data,
        source=NeedSource(form.source.data) if on_behalf else NeedSource.SELF,
        source_note=(form.source_note.data or "") if on_behalf else "",
    )


@bp.get("/new")
@endpoint("need", "create")
def new() -> ResponseReturnValue:
    """The first stage of a new need; nothing is written until something is sent."""
    return stage_page(_new_form(), None, 1)


@bp.post("/new")
@endpoint("need", "create")
def create() -> ResponseReturnValue:
    """Create the draft and go on to the second stage."""
    form = _new_form()
    if not form.validate_on_submit():
        return stage_page(form, None, 1, status=422, typed=True)
    try:
        with transaction():
            need = _save_new(form)
            public_id = need.public_id
    except Invalid as refusal:
        form.show(refusal)
        return stage_page(form, None, 1, status=422, typed=True)
    if request.form.get("action") == "save":
        flash("草稿已保存，可随时回来继续填写。", "good")
        return redirect(url_for(".show", public_id=public_id))
    return redirect(url_for(".edit", public_id=public_id, stage=2))


@bp.post("/new/autosave")
@endpoint("need", "create")
def autosave_new() -> ResponseReturnValue:
    """Keep what is typed into a need that may not have a row yet."""
    form = _new_form()
    _check_readable(form)
    with transaction():
        need = _save_new(form)
        version = need.version
    return jsonify({"version": version})


def _check_readable(form: Form) -> None:
    if not form.validate():
        raise Invalid({name: "；".join(map(str, found)) for name, found in form.errors.items()})


@bp.get("/<public_id>/edit/<int:stage>")
@endpoint("need", "update")
def edit(public_id: str, stage: int) -> ResponseReturnValue:
    """One stage of a draft."""
    need = operations.get(public_id, "update", viewer=me())
    form = forms.stage_form(_stage(stage))(data=forms.stored(need, stage))
    form.version.data = form.version.data or str(need.version)
    return stage_page(form, need, stage)


@bp.post("/<public_id>/edit/<int:stage>")
@endpoint("need", "update")
def save(public_id: str, stage: int) -> ResponseReturnValue:
    """Save one stage and go on; on the last one, submit."""
    form = forms.stage_form(_stage(stage))()
    action = request.form.get("action", "next")
    if not form.validate_on_submit():
        return _again(form, public_id, stage)
    problems: Invalid | None = None
    try:
        with transaction():
            need = operations.get(public_id, "update", viewer=me())
            version = forms.version_of(form)
            if version is None:
                raise Stale
            values, now = forms.values_of(form), clock.now()
            operations.save_draft(need, values, by=me(), now=now, version=version)
            if action == "submit":
                problems = _try_to_submit(public_id)
    except Invalid as refusal:
        form.show(refusal)
        return _again(form, public_id, stage)
    if problems is not None:
        return _unsubmitted(form, public_id, stage, problems)
    return _onward(public_id, stage, action)


def _try_to_submit(public_id: str) -> Invalid | None:
    """Submit inside the transaction that saved; a refusal undoes the submission, not the save."""
    try:
        with db.session.begin_nested():
            need = operations.get(public_id, "submit", "submit_on_behalf", viewer=me())
            operations.submit(need, by=me(), now=clock.now())
    except Invalid as refusal:
        return refusal
    return None


def _unsubmitted(form: Form, public_id: str, stage: int, problems: Invalid) -> ResponseReturnValue:
    """Show what keeps the need from being submitted; the draft is saved and may be sent again."""
    need = operations.get(public_id, "update", viewer=me())
    form.submission_key.data = secrets.token_urlsafe(16)
    form.version.data = str(need.version)
    form.show(problems)
    return stage_page(form, need, stage, status=422, typed=True)


def _again(form: Form, public_id: str, stage: int) -> ResponseReturnValue:
    need = operations.get(public_id, "update", viewer=me())
    return stage_page(form, need, stage, status=422, typed=True)


def _onward(public_id: str, stage: int, action: str) -> ResponseReturnValue:
    if action == "submit":
        flash("已提交。科技局受理后将进入难题库并自动匹配成果，进展会通知到您。", "good")
        return redirect(url_for(".show", public_id=public_id))
    if action == "save" or stage == fields.LAST_STAGE:
        flash("草稿已保存，可随时回来继续填写。", "good")
        return redirect(url_for(".show", public_id=public_id))
    return redirect(url_for(".edit", public_id=public_id, stage=stage + 1))


@bp.post("/<public_id>/autosave/<int:stage>")
@endpoint("need", "update")
def autosave(public_id: str, stage: int) -> ResponseReturnValue:
    """Keep what is typed; answers the new version, or 401, 409, 422 as JSON."""
    form = forms.stage_form(_stage(stage))()
    _check_readable(form)
    with transaction():
        need = operations.get(public_id, "update", viewer=me())
        version = forms.version_of(form)
        if version is None:
            raise Stale
        values, now = forms.values_of(form), clock.now()
        operations.save_draft(need, values, by=me(), now=now, version=version)
        version = need.version
    return jsonify({"version": version})


@bp.post("/new/checkup")
@endpoint("need", "create")
def checkup_new() -> ResponseReturnValue:
    """Check what is typed into a need that has no row yet; nothing is saved."""
    return _checked(_new_form(), None, 1)


@bp.post("/<public_id>/checkup/<int:stage>")
@endpoint("need", "update")
def checkup(public_id: str, stage: int) -> ResponseReturnValue:
    """Check what is typed into one stage; nothing is saved."""
    form = forms.stage_form(_stage(stage))()
    return _checked(form, operations.get(public_id, "update", viewer=me()), stage)


def _checked(form: Form, need: Need | None, stage: int) -> ResponseReturnValue:
    """Answer the findings alone to htmx, the whole page with them to a browser without it."""
    if request.headers.get("HX-Request") != "true":
        return stage_page(form, need, stage, typed=True)
    found = health.findings(need, forms.readable_values_of(form))
    return render_template("needs/_checkup.html", findings=health.of_stage(found, stage))


@bp.post("/<public_id>/delete")
@endpoint("need", "delete_draft")
def delete(public_id: str) -> ResponseReturnValue:
    """Delete a draft that was never submitted."""
    with transaction():
        need = operations.get(public_id, "delete_draft", viewer=me())
        operations.delete_draft(need, by=me(), now=clock.now())
    flash("草稿已删除。", "good")
    return redirect(url_for(".index"))


@bp.post("/<public_id>/submit")
@endpoint("need", "submit_on_behalf")
def submit(public_id: str) -> ResponseReturnValue:
    """Submit a complete draft straight from its page, for the bureau acting for an enterprise."""
    with transaction():
        need = operations.get(public_id, "submit_on_behalf", viewer=me())
        operations.submit(need, by=me(), now=clock.now())
    flash("已代企业提交。", "good")
    return redirect(url_for(".show", public_id=public_id))
