"""流榜 and what follows it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, policy
from matchmaker.bounties import ending, operations
from matchmaker.bounties.ending import FailureKind, Settlement
from matchmaker.bounties.pages import bp
from matchmaker.bounties.step_forms import FailureForm, RepublishForm, SettlementForm
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

Deed = Callable[[], tuple[str, str]]  # what is told, whose page comes next


@bp.get("/<public_id>/ending")
@endpoint("bounty", "read_changes")
def ending_page(public_id: str) -> ResponseReturnValue:
    """The forms of 流榜 and of what follows; the page says which are open now."""
    return _page(public_id)


def _page(public_id: str, status: int = 200, **sent: Form) -> ResponseReturnValue:
    bounty = operations.get(public_id, "read_changes", viewer=me())
    actions = ("fail", "settle", "republish")
    page = render_template(
        "bounties/ending.html",
        bounty=bounty,
        may={action: policy.permits(me(), "bounty", action, bounty) for action in actions},
        failure=FailureKind(bounty.failure_kind).label if bounty.failure_kind else "",
        settled=Settlement(bounty.settlement).label if bounty.settlement else "",
        forms={
            "fail": sent.get("fail") or FailureForm(formdata=None),
            "settle": sent.get("settle") or SettlementForm(formdata=None),
            "republish": sent.get("republish") or RepublishForm(formdata=None),
        },
    )
    return page, status


def _done(public_id: str, name: str, form: Form, deed: Deed) -> ResponseReturnValue:
    try:
        with transaction():
            told, target = deed()
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, 422, **{name: form})
    flash(told, "good")
    return redirect(url_for(".show", public_id=target))


@bp.post("/<public_id>/fail")
@endpoint("bounty", "fail")
def fail(public_id: str) -> ResponseReturnValue:
    """Declare 流榜."""
    form = FailureForm()

    def deed() -> tuple[str, str]:
        bounty = operations.get(public_id, "fail", viewer=me())
        known = {str(kind.value): kind for kind in FailureKind}
        kind = known.get(form.failure_kind.data or "")
        ending.fail(bounty, kind, form.note.data or "", by=me(), now=clock.now())
        return "已流榜，来源需求退回难题库。", public_id

    return _done(public_id, "fail", form, deed)


@bp.post("/<public_id>/settle")
@endpoint("bounty", "settle")
def settle(public_id: str) -> ResponseReturnValue:
    """Settle what becomes of the needs."""
    form = SettlementForm()

    def deed() -> tuple[str, str]:
        bounty = operations.get(public_id, "settle", viewer=me())
        known = {str(way.value): way for way in Settlement}
        way = known.get(form.settlement.data or "")
        ending.settle(bounty, way, form.note.data or "", by=me(), now=clock.now())
        return "已登记处理方式。", public_id

    return _done(public_id, "settle", form, deed)


@bp.post("/<public_id>/republish")
@endpoint("bounty", "republish")
def republish(public_id: str) -> ResponseReturnValue:
    """Draft the next edition."""
    form = RepublishForm()

    def deed() -> tuple[str, str]:
        bounty = operations.get(public_id, "republish", viewer=me())
        statement = form.statement.data or ""
        draft = ending.republish(bounty, statement, by=me(), now=clock.now())
        return "已起草新一版榜单，请修改后提交会审。", draft.public_id

    return _done(public_id, "republish", form, deed)
