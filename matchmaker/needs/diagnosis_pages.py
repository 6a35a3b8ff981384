"""Pages of a need's revision after a diagnosis: the bureau writes it, the enterprise decides."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.needs import diagnosing, fields, forms, operations
from matchmaker.needs.models import Need
from matchmaker.needs.pages import bp
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction


def _page(form: Form, need: Need) -> ResponseReturnValue:
    page = render_template(
        "needs/revision.html",
        form=form,
        title=need.title,
        public_id=need.public_id,
        diagnosis=diagnosing.latest(need),
        stages=[
            (label, [field.name for field in fields.of_stage(number) if field.name in form])
            for number, label in fields.STAGES
        ],
        kinds={field.name: field.kind for field in fields.FIELDS},
        examples={field.name: field.example for field in fields.FIELDS},
    )
    return page, 422 if form.errors else 200


def _need(public_id: str) -> Need:
    return operations.get(public_id, "manage", viewer=me())


@bp.route("/<public_id>/revision", methods=["GET", "POST"])
@endpoint("need", "manage")
def revision(public_id: str) -> ResponseReturnValue:
    """All fields on one page, as they stand or as last proposed; sent to the enterprise."""
    need = _need(public_id)
    diagnosing.latest(need)
    form = forms.whole_form()(data=_held(need))
    if request.method == "GET":
        form.version.data = form.version.data or str(need.version)
    if form.validate_on_submit():
        try:
            with transaction():
                values, note = forms.values_of(form), form["note"].data or ""
                version = forms.version_of(form) or 0
                diagnosing.propose(
                    _need(public_id), values, note, by=me(), now=clock.now(), version=version
                )
            flash("修订稿已送企业确认，确认前仍按原内容公开和匹配。", "good")
            return redirect(url_for(".show", public_id=public_id))
        except Invalid as refusal:
            form.show(refusal)
    return _page(form, _need(public_id))


def _held(need: Need) -> dict[str, object]:
    held, waiting = forms.stored(need), diagnosing.waiting(need.id)
    if waiting is None:
        return held
    asked = {name: forms.for_form(name, value) for name, value in waiting.content.items()}
    return {**held, **asked, "note": waiting.note}


@bp.post("/<public_id>/revision/<decision>")
@endpoint("need", "request_change")
def decide_revision(public_id: str, decision: str) -> ResponseReturnValue:
    """Confirm or refuse the waiting revision, as the enterprise."""
    with transaction():
        need = operations.get(public_id, "request_change", viewer=me())
        if decision == "accept":
            diagnosing.confirm(need, by=me(), now=clock.now())
        else:
            reason = request.form.get("reason", "")
            diagnosing.decline(need, reason, by=me(), now=clock.now())
    flash("已办理，科技局会收到通知。", "good")
    return redirect(url_for(".show", public_id=public_id))
