"""The bureau's decisions on a need: one page to decide on, one address a decision."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.accounts.models import User
from matchmaker.codes import NeedType
from matchmaker.errors import Invalid, NotFound, Refusal
from matchmaker.extensions import db
from matchmaker.form_fields import options
from matchmaker.needs import decisions, duplicates, fields, forms, health, operations
from matchmaker.needs.listing import UNTITLED
from matchmaker.needs.models import Need
from matchmaker.needs.pages import bp, moves_open, pairs, readable_fields
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

REMARK = "remark-"  # prefix of the boxes for remarks pinned to fields
ENDINGS = {
    "resolve": decisions.resolve,
    "close": decisions.close,
    "undo_diagnosis": decisions.undo_diagnosis,
}


def _officers() -> list[Any]:
    return options((officer.public_id, officer.name) for officer in decisions.officers())


def _officer(public_id: str) -> User:
    for officer in decisions.officers():
        if officer.public_id == public_id:
            return officer
    raise Invalid({"handler": "请从列表中选择经办人"})


def _page(
    need: Need, form: forms.DecisionForm, problems: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Render the decision page: the text, its health check and its near-duplicates together."""
    viewer = me()
    found = health.findings(need)
    shown = operations.read(need.public_id, viewer=viewer)
    form.handler.choices = _officers()
    page = render_template(
        "needs/review.html",
        need=shown,
        title=shown.title or UNTITLED,
        form=form,
        stages=[(label, _boxes(shown, number)) for number, label in fields.STAGES],
        findings=found,
        found_by_name=health.by_attribute(found),
        near=duplicates.near(need, viewer=viewer),
        moves=moves_open(need, viewer),
        typed=request.form,
        problems=problems or {},
        version=need.version,
    )
    return page, 422 if problems else 200


def _boxes(shown: Any, stage: int) -> list[tuple[str, str, Any]]:
    return [
        (field.name, label, value)
        for field, (label, value) in zip(readable_fields(stage), pairs(shown, stage), strict=True)
    ]


@bp.get("/<public_id>/review")
@endpoint("need", "comment")
def review(public_id: str) -> ResponseReturnValue:
    """Where an officer or a town assistant decides."""
    need = operations.get(public_id, "comment", viewer=me())
    form = forms.DecisionForm()
    if policy.may(me(), "need", "review_decide"):
        form.handler.data = form.handler.data or me().public_id
    return _page(need, form)


def _decided(public_id: str, label: str) -> ResponseReturnValue:
    """Go on to the need; to the list where the move took it out of the viewer's sight."""
    flash(label, "good")
    try:
        operations.get(public_id, *operations.READ, viewer=me())
    except NotFound:
        return redirect(url_for(".index"))
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/accept")
@endpoint("need", "review_decide")
def accept(public_id: str) -> ResponseReturnValue:
    """Take the need into the pool."""
    form = forms.DecisionForm()
    try:
        if not form.validate_on_submit():
            raise Invalid({k: "；".join(map(str, v)) for k, v in form.errors.items()})
        with transaction():
            need = operations.get(public_id, "review_decide", viewer=me())
            decisions.accept(
                need,
                NeedType(form.need_type.data),
                _officer(form.handler.data) if form.handler.data else None,
                by=me(),
                now=clock.now(),
                expires_on=form.expires_on.data,
                version=forms.version_of(form),
            )
    except Invalid as refusal:
        return _page(operations.get(public_id, "review_decide", viewer=me()), form, refusal.fields)
    return _decided(public_id, "已受理，进入难题库，正在匹配成果。")


@bp.post("/<public_id>/screen")
@endpoint("need", "screen")
def screen(public_id: str) -> ResponseReturnValue:
    """Pass the town's screening."""
    with transaction():
        need = operations.get(public_id, "screen", viewer=me())
        decisions.screen(need, by=me(), now=clock.now(), note=request.form.get("reason", ""))
    return _decided(public_id, "已通过初筛，转科技局受理。")


@bp.post("/<public_id>/return")
@endpoint("need", "comment")
def return_(public_id: str) -> ResponseReturnValue:
    """Return the need, remarks pinned to its fields."""
    remarks = {
        name: text
        for name in fields.BY_NAME
        if (text := request.form.get(REMARK + name, "").strip())
    }
    form = forms.DecisionForm()
    try:
        with transaction():
            need = operations.get(public_id, "review_decide", "screen", viewer=me())
            reason = request.form.get("reason", "")
            decisions.return_(
                need, reason, remarks, by=me(), now=clock.now(), version=forms.version_of(form)
            )
    except Invalid as refusal:
        need = operations.get(public_id, "review_decide", "screen", viewer=me())
        return _page(need, form, refusal.fields)
    return _decided(public_id, "已退回企业修改，修改意见已标注到对应栏目。")


@bp.post("/<public_id>/assign")
@endpoint("need", "manage")
def assign(public_id: str) -> ResponseReturnValue:
    """Hand the need to another officer."""
    with transaction():
        need = operations.get(public_id, "manage", viewer=me())
        decisions.assign(need, _officer(request.form.get("handler", "")), by=me(), now=clock.now())
    return _decided(public_id, "已改派经办人。")


@bp.post("/<public_id>/diagnose")
@endpoint("need", "manage")
def diagnose(public_id: str) -> ResponseReturnValue:
    """Record a 技术问诊."""
    form = forms.DiagnosisForm()
    if not form.validate_on_submit() or form.held_on.data is None:
        raise Invalid({"held_on": "请按“年-月-日”填写问诊日期，如 2026-11-20"})
    with transaction():
        decisions.diagnose(
            operations.get(public_id, "manage", viewer=me()),
            held_on=form.held_on.data,
            expert_name=form.expert_name.data or "",
            opinion=form.opinion.data or "",
            by=me(),
            now=clock.now(),
        )
    return _decided(public_id, "已登记技术问诊。")


@bp.post("/<public_id>/end/<action>")
@endpoint("need", "manage")
def end(public_id: str, action: str) -> ResponseReturnValue:
    """Resolve, close, or take a diagnosis back: a reason is always asked for."""
    if action not in ENDINGS:
        raise NotFound
    with transaction():
        need = operations.get(public_id, "manage", viewer=me())
        ENDINGS[action](need, request.form.get("reason", ""), by=me(), now=clock.now())
    return _decided(public_id, "已办理。")


@bp.post("/<public_id>/withdraw")
@endpoint("need", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take the need back; the owner does it, or the bureau for the owner."""
    with transaction():
        need = operations.get(public_id, "withdraw", viewer=me())
        decisions.withdraw(need, request.form.get("reason", ""), by=me(), now=clock.now())
    return _decided(public_id, "已撤回。")


@bp.post("/<public_id>/reopen")
@endpoint("need", "reopen")
def reopen(public_id: str) -> ResponseReturnValue:
    """Put an ended need back into the pool."""
    with transaction():
        need = operations.get(public_id, "reopen", viewer=me())
        decisions.reopen(need, request.form.get("reason", ""), by=me(), now=clock.now())
    return _decided(public_id, "已重新开放。")


@bp.post("/bulk")
@endpoint("need", "manage")
def bulk() -> ResponseReturnValue:
    """Do the same to every ticked need; each stands alone, the rest is told by number."""
    action, done, left = request.form.get("action", ""), 0, []
    if action == "merge":
        ids = request.form.getlist("ids")[:50]
        return redirect(url_for(".propose_merge", ids=ids))
    for public_id in request.form.getlist("ids")[:100]:
        try:
            with transaction():
                _bulk_one(action, public_id)
            done += 1
        except Refusal as refusal:
            db.session.rollback()
            left.append(refusal.message)
    flash(f"已办理 {done} 条。", "good" if done else "info")
    for message in dict.fromkeys(left):
        flash(f"{left.count(message)} 条未办理：{message}", "warn")
    back = request.form.get("page", "")
    return redirect(back if back.startswith(url_for(".index") + "?") else url_for(".index"))


def _bulk_one(action: str, public_id: str) -> None:
    if action == "accept":
        need = operations.get(public_id, "review_decide", viewer=me())
        decisions.accept(need, NeedType.INDIVIDUAL, None, by=me(), now=clock.now())
    elif action == "take":
        need = operations.get(public_id, "manage", viewer=me())
        decisions.assign(need, me(), by=me(), now=clock.now())
    else:
        raise NotFound
