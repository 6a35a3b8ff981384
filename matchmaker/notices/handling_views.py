"""异议: every step of handling one, one address a step."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.notices import deciding, handling, objections
from matchmaker.notices.objection_models import Objection
from matchmaker.notices.objection_views import bp, page_of
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

__all__ = ["bp"]
Deed = Callable[[Objection, Any], str]


def _do(public_id: str, action: str, name: str, deed: Deed) -> ResponseReturnValue:
    """Validate the form, do the deed in a transaction; on refusal show the page again (422)."""
    form: Any = handling.FORMS[name]()
    if name == "assign":
        form.officer.choices = []
    try:
        if not form.validate():
            return page_of(_seen(public_id), **{name: form}), 422
        with transaction():
            told = deed(objections.get(public_id, action, viewer=me()), form)
    except Invalid as refusal:
        form.show(refusal)
        return page_of(_seen(public_id), **{name: form}), 422
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


def _seen(public_id: str) -> Objection:
    return objections.get(public_id, "read", viewer=me())


@bp.post("/<public_id>/accept")
@endpoint("objection", "accept_or_refuse")
def accept(public_id: str) -> ResponseReturnValue:
    """Sign for it: the notice stands still."""

    def deed(row: Objection, form: Any) -> str:
        deciding.accept(row, note=form.note.data or "", by=me(), now=clock.now())
        return "已签收受理，公示中止，10 个工作日内作出答复"

    return _do(public_id, "accept_or_refuse", "accept", deed)


@bp.post("/<public_id>/refuse")
@endpoint("objection", "accept_or_refuse")
def refuse(public_id: str) -> ResponseReturnValue:
    """Decline to take it on."""

    def deed(row: Objection, form: Any) -> str:
        deciding.refuse(row, reason=form.reason.data, by=me(), now=clock.now())
        return "已登记不予受理，理由已告知异议人"

    return _do(public_id, "accept_or_refuse", "refuse", deed)


@bp.post("/<public_id>/withdraw")
@endpoint("objection", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take it back."""

    def deed(row: Objection, form: Any) -> str:
        objections.withdraw(row, reason=form.reason.data, by=me(), now=clock.now())
        return "异议已撤回"

    return _do(public_id, "withdraw", "withdraw", deed)


@bp.post("/<public_id>/assign")
@endpoint("objection", "assign")
def assign(public_id: str) -> ResponseReturnValue:
    """Give it to an officer it is not about."""

    def deed(row: Objection, form: Any) -> str:
        known = {str(one.id): one for one in deciding.officers(row)}
        officer = known.get(form.officer.data or "")
        if officer is None:
            raise Invalid({"officer": "请从列表中选择经办人"})
        deciding.assign(row, officer, by=me(), now=clock.now())
        return f"已交由{officer.name}办理"

    return _do(public_id, "assign", "assign", deed)


@bp.post("/<public_id>/findings")
@endpoint("objection", "handle")
def find_out(public_id: str) -> ResponseReturnValue:
    """Write down what the investigation found."""

    def deed(row: Objection, form: Any) -> str:
        deciding.find_out(row, findings=form.findings.data, by=me(), now=clock.now())
        return "已登记调查情况，送局领导决定"

    return _do(public_id, "handle", "find_out", deed)


@bp.post("/<public_id>/extend")
@endpoint("objection", "extend")
def extend(public_id: str) -> ResponseReturnValue:
    """Give ten more working days, once."""

    def deed(row: Objection, form: Any) -> str:
        deciding.extend(row, reason=form.reason.data, by=me(), now=clock.now())
        return f"答复期限延长至 {row.decide_by}"

    return _do(public_id, "extend", "extend", deed)


@bp.post("/<public_id>/decide")
@endpoint("objection", "decide")
def decide(public_id: str) -> ResponseReturnValue:
    """Decide: unfounded, or justified and what follows."""

    def deed(row: Objection, form: Any) -> str:
        said = {"conclusion": form.conclusion.data, "summary": form.summary.data}
        if request.form.get("verdict") == "uphold":
            deciding.uphold(row, outcome=form.chosen, **said, by=me(), now=clock.now())
            return "已决定：异议成立，公示已撤回并发布更正公告"
        if request.form.get("verdict") != "dismiss":
            raise Invalid({"verdict": "请选择结论"})
        deciding.dismiss(row, **said, by=me(), now=clock.now())
        return "已决定：异议不成立"

    return _do(public_id, "decide", "decide", deed)
