"""Drafting a bounty: from where it comes, its four stages, shares and consents."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.bounties import approval, checks, drafting, fields, forms, operations, source_views
from matchmaker.bounties.listing import UNTITLED
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.pages import bp
from matchmaker.bounties.rubrics import total_weight
from matchmaker.bounties.step_forms import ReasonForm
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.forms import Form
from matchmaker.needs import merging
from matchmaker.needs import operations as needs
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

MOST_NEEDS = 20


def _chosen_needs() -> list[Any]:
    ids = dict.fromkeys(request.values.getlist("need")[:MOST_NEEDS])
    return [needs.get(one, *needs.READ, viewer=me()) for one in ids]


def _achievement() -> Any:
    public_id = request.values.get("achievement", "")
    return source_views.offer(public_id, "read_public_fields", "read_bureau") if public_id else None


@bp.get("/new")
@endpoint("bounty", "create")
def new() -> ResponseReturnValue:
    """Confirm from which needs or achievement a bounty is drafted."""
    return _new_page()


def _new_page(problem: str = "", status: int = 200) -> ResponseReturnValue:
    chosen, achievement = _chosen_needs(), _achievement()
    merged = [part for need in chosen for part in merging.sources(need.id)]
    page = render_template(
        "bounties/new.html",
        needs=chosen,
        merged=merged,
        achievement=achievement,
        problem=problem,
        form=ReasonForm(formdata=None),
    )
    return page, status


@bp.post("/new")
@endpoint("bounty", "create")
def create() -> ResponseReturnValue:
    """Draft in one step and go on to what is still missing."""
    try:
        with transaction():
            achievement, now = _achievement(), clock.now()
            if achievement is not None:
                bounty = drafting.from_achievement(achievement, by=me(), now=now)
            else:
                bounty = drafting.from_needs(_chosen_needs(), by=me(), now=now)
            public_id = bounty.public_id
    except Invalid as refusal:
        return _new_page(refusal.message, 422)
    flash("已起草榜单，请补充验收方法等内容后提交会审。", "good")
    return redirect(url_for(".edit", public_id=public_id, stage=1))


def _stage(number: int) -> int:
    if not 1 <= number <= fields.LAST_STAGE:
        raise NotFound
    return number


@bp.get("/<public_id>/edit/<int:stage>")
@endpoint("bounty", "update")
def edit(public_id: str, stage: int) -> ResponseReturnValue:
    """One stage of a draft."""
    bounty = operations.get(public_id, "update", viewer=me())
    shown = forms.stored(bounty, fields.of_stage(_stage(stage)))
    form = forms.stage_form(stage)(data=shown)
    form.version.data = form.version.data or str(bounty.version)
    return _edit_page(form, bounty, stage)


def _edit_page(form: Form, bounty: Bounty, stage: int, status: int = 200) -> ResponseReturnValue:
    forms.offer_blanks(form)
    last = stage == fields.LAST_STAGE
    page = render_template(
        "bounties/edit.html",
        form=form,
        bounty=bounty,
        title=bounty.title or UNTITLED,
        stage=stage,
        stages=_steps(bounty),
        names=_names(stage),
        kinds={field.name: field.kind for field in fields.FIELDS},
        suffixes={field.name: field.suffix for field in fields.FIELDS},
        missing=missing(bounty) if last else [],
        warnings=checks.warnings(bounty) if last else [],
        weight=total_weight(bounty.rubric),
        may_submit=last and policy.permits(me(), "bounty", "submit_for_approval", bounty),
    )
    return page, status


def _names(stage: int) -> list[str]:
    return [field.name for field in fields.of_stage(stage)]


def _steps(bounty: Bounty) -> list[tuple[int, str, str]]:
    return [
        (number, label, url_for("bounties.edit", public_id=bounty.public_id, stage=number))
        for number, label in fields.STAGES
    ]


def missing(bounty: Bounty) -> list[tuple[str, str]]:
    """Return (what is missing, address of its field) before the draft can go for approval."""
    found = []
    for name, problem in checks.problems(bounty, now=clock.now()).items():
        if name in fields.BY_NAME:
            kind = fields.BY_NAME[name].kind
            anchor = name + forms.DAY if kind == "deadline" else name
            url = url_for(
                "bounties.edit", public_id=bounty.public_id, stage=fields.stage_of(name),
                _anchor=anchor,
            )  # fmt: skip
        else:
            url = url_for("bounties.show", public_id=bounty.public_id, _anchor="sources")
        found.append((problem, url))
    return found


@bp.post("/<public_id>/edit/<int:stage>")
@endpoint("bounty", "update")
def save(public_id: str, stage: int) -> ResponseReturnValue:
    """Save one stage and go on."""
    form = forms.stage_form(_stage(stage))()
    action = request.form.get("action", "next")
    if not form.validate_on_submit():
        return _edit_page(form, operations.get(public_id, "update", viewer=me()), stage, 422)
    lacking: int | None = None
    try:
        with transaction():
            _keep(form, public_id)
            if action == "submit":
                lacking = drafting.attempt(lambda: _submit(public_id))
    except Invalid as refusal:
        forms.show(form, refusal)
        return _edit_page(form, operations.get(public_id, "update", viewer=me()), stage, 422)
    if lacking is not None:
        return _submitted(public_id, lacking)
    if action == "next" and stage < fields.LAST_STAGE:
        return redirect(url_for(".edit", public_id=public_id, stage=stage + 1))
    if action in {"next", "rows"}:
        flash("已保存。", "good")
        return redirect(url_for(".edit", public_id=public_id, stage=stage))
    flash("草稿已保存，可随时回来继续填写。", "good")
    return redirect(url_for(".show", public_id=public_id))


def _keep(form: Form, public_id: str) -> Bounty:
    version = forms.version_of(form)
    if version is None:
        raise Stale
    bounty = operations.get(public_id, "update", viewer=me())
    now = clock.now()
    drafting.save(bounty, forms.values_of(form), by=me(), now=now, version=version)
    return bounty


@bp.post("/<public_id>/edit/<int:stage>/autosave")
@endpoint("bounty", "update")
def autosave(public_id: str, stage: int) -> ResponseReturnValue:
    """Keep what is typed so far."""
    form = forms.stage_form(_stage(stage))()
    if not form.validate():
        raise Invalid({name: "；".join(map(str, found)) for name, found in form.errors.items()})
    with transaction():
        version = _keep(form, public_id).version
    return jsonify({"version": version})


@bp.post("/<public_id>/submit")
@endpoint("bounty", "submit_for_approval")
def submit(public_id: str) -> ResponseReturnValue:
    """Send the draft to the section chief; what is missing is shown on the last stage."""
    with transaction():
        lacking = drafting.attempt(lambda: _submit(public_id))
    return _submitted(public_id, lacking)


def _submit(public_id: str) -> None:
    bounty = operations.get(public_id, "submit_for_approval", viewer=me())
    approval.submit(bounty, by=me(), now=clock.now())


def _submitted(public_id: str, lacking: int) -> ResponseReturnValue:
    if lacking:
        flash(f"还有 {lacking} 处需要补充，补齐后再提交会审；已填写的内容都已保存。", "warn")
        return redirect(url_for(".edit", public_id=public_id, stage=fields.LAST_STAGE))
    flash("已提交会审，请等待科室负责人核对。", "good")
    return redirect(url_for(".show", public_id=public_id))
