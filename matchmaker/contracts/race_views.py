"""The stages of a horse race on one test table."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.contracts import negotiating, racing
from matchmaker.contracts.models import Contract
from matchmaker.contracts.race_models import Outcome
from matchmaker.contracts.racing import Measured
from matchmaker.errors import Invalid, NotFound
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("races", __name__, url_prefix="/contracts")


class StageForm(Form):
    """The hidden fields of the stage; its boxes are the page's own."""


def _contract(public_id: str) -> Contract:
    contract = negotiating.get(public_id, "race", viewer=me())
    if contract.bounty is None:
        raise NotFound
    return contract


@bp.get("/<public_id>/race")
@endpoint("contract", "race")
def show(public_id: str) -> ResponseReturnValue:
    """The stages held so far, and a blank table for the next."""
    return _page(public_id, StageForm(formdata=None))


def _page(public_id: str, form: StageForm) -> str:
    contract = _contract(public_id)
    bounty = contract.bounty
    assert bounty is not None  # noqa: S101 - refused in `_contract`
    tables = [racing.table(stage) for stage in racing.stages(bounty)]
    return render_template(
        "contracts/race.html", form=form, row=contract, bounty=bounty, tables=tables,
        teams=racing.running(bounty), outcomes=list(Outcome), typed=request.form,
        indicators=[str(one.get("name")) for one in bounty.indicators],
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _measured(contract: Contract, indicators: list[str]) -> Measured:
    sent, key = request.form, contract.public_id
    known = {str(one.value): one for one in Outcome}
    outcome = known.get(sent.get(f"outcome-{key}", ""))
    if outcome is None:
        raise Invalid({"results": f"请为{contract.seller.name}选择阶段结论"})
    return Measured(
        contract.id,
        {name: sent.get(f"value-{key}-{place}", "") for place, name in enumerate(indicators)},
        outcome,
        reached_on=_day(sent.get(f"reached-{key}", "")) if outcome is Outcome.REACHED else None,
        note=sent.get(f"note-{key}", ""),
    )


@bp.post("/<public_id>/race")
@endpoint("contract", "race")
def hold(public_id: str) -> ResponseReturnValue:
    """Write a stage down; eliminations and the main sum follow from it."""
    form = StageForm()
    _contract(public_id)
    if not form.validate():
        return _page(public_id, form), 422
    try:
        with transaction():
            bounty = _contract(public_id).bounty
            assert bounty is not None  # noqa: S101 - refused in `_contract`
            indicators = [str(one.get("name")) for one in bounty.indicators]
            stage = racing.hold(
                bounty,
                name=request.form.get("name", ""),
                tested_on=_day(request.form.get("tested_on", "")),
                tested_by=request.form.get("tested_by", ""),
                results=[_measured(one, indicators) for one in racing.running(bounty)],
                by=me(),
                now=clock.now(),
            )
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, form), 422
    flash(f"已登记第 {stage.seq} 阶段比测", "good")
    return redirect(url_for(".show", public_id=public_id))
