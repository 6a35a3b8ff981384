"""Pages of what happens to accepted needs: requested changes and merges."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.needs import changes, fields, forms, merging, operations
from matchmaker.needs.models import Need
from matchmaker.needs.pages import bp
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction


def _change_page(form: Form, need: Need, *, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "needs/change.html",
        form=form,
        title=need.title,
        public_id=need.public_id,
        stages=[
            (label, [field.name for field in fields.of_stage(number) if field.name in form])
            for number, label in fields.STAGES
        ],
        kinds={field.name: field.kind for field in fields.FIELDS},
        examples={field.name: field.example for field in fields.FIELDS},
    )
    return page, status


@bp.get("/<public_id>/change")
@endpoint("need", "request_change")
def change(public_id: str) -> ResponseReturnValue:
    """All fields on one page, as accepted or as last asked for."""
    need = operations.get(public_id, "request_change", viewer=me())
    waiting = changes.waiting(need.id)
    held = forms.stored(need)
    if waiting is not None:
        asked = {name: forms.for_form(name, value) for name, value in waiting.content.items()}
        held = {**held, **asked, "note": waiting.note}
    form = forms.whole_form()(data=held)
    form.version.data = form.version.data or str(need.version)
    return _change_page(form, need)


@bp.post("/<public_id>/change")
@endpoint("need", "request_change")
def request_change(public_id: str) -> ResponseReturnValue:
    """Ask for the change."""
    form = forms.whole_form()()
    try:
        if not form.validate_on_submit():
            return _change_page(form, _changeable(public_id), status=422)
        with transaction():
            changes.request(
                _changeable(public_id),
                forms.values_of(form),
                form["note"].data or "",
                by=me(),
                now=clock.now(),
                version=forms.version_of(form) or 0,
            )
    except Invalid as refusal:
        form.show(refusal)
        return _change_page(form, _changeable(public_id), status=422)
    flash("变更申请已提交，科技局同意前仍按原内容公开和匹配。", "good")
    return redirect(url_for(".show", public_id=public_id))


def _changeable(public_id: str) -> Need:
    return operations.get(public_id, "request_change", viewer=me())


@bp.post("/<public_id>/change/<decision>")
@endpoint("need", "manage")
def decide_change(public_id: str, decision: str) -> ResponseReturnValue:
    """Accept or refuse the waiting change."""
    with transaction():
        need = operations.get(public_id, "manage", viewer=me())
        if decision == "accept":
            changes.accept(need, by=me(), now=clock.now())
        else:
            changes.refuse(need, request.form.get("reason", ""), by=me(), now=clock.now())
    flash("已办理变更申请。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/merge")
@endpoint("need", "merge_propose")
def propose_merge() -> ResponseReturnValue:
    """Choose which of the ticked needs stands for all."""
    return _merge_page({})


@bp.post("/merge")
@endpoint("need", "merge_propose")
def send_merge() -> ResponseReturnValue:
    """Send the proposal to the section chief."""
    try:
        with transaction():
            chosen = _ticked()
            named = [need for need in chosen if need.public_id == request.form.get("main")]
            if not named:
                raise Invalid({"main": "请选择以哪一条作为合并后的共性需求"})
            note = request.form.get("consent_note", "")
            merge = merging.propose(named[0], chosen, note, by=me(), now=clock.now())
            public_id = merge.main.public_id
    except Invalid as refusal:
        return _merge_page(refusal.fields)
    flash("合并提议已送科室负责人审批。", "good")
    return redirect(url_for(".show", public_id=public_id))


def _ticked() -> list[Need]:
    ids = request.values.getlist("ids")[:50]
    return [operations.get(one, "merge_propose", viewer=me()) for one in dict.fromkeys(ids)]


def _merge_page(problems: dict[str, str]) -> ResponseReturnValue:
    shown = [operations.read(need.public_id, viewer=me()) for need in _ticked()]
    page = render_template("needs/merge.html", needs=shown, problems=problems, typed=request.form)
    return page, 422 if problems else 200


@bp.get("/merges")
@endpoint("need", "merge_approve")
def merges() -> ResponseReturnValue:
    """What officers propose to merge, the undecided first."""
    return render_template("needs/merges.html", merges=merging.proposals())


@bp.post("/merges/<public_id>/<decision>")
@endpoint("need", "merge_approve")
def decide_merge(public_id: str, decision: str) -> ResponseReturnValue:
    """Approve, refuse or undo."""
    with transaction():
        merge = merging.get(public_id, by=me())
        if decision == "approve":
            merging.approve(merge, by=me(), now=clock.now())
        elif decision == "undo":
            merging.undo(merge, by=me(), now=clock.now())
        else:
            merging.refuse(merge, request.form.get("reason", ""), by=me(), now=clock.now())
    flash("已办理。", "good")
    return redirect(url_for(".merges"))
