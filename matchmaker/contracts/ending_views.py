"""Mid-term checks, extension, acceptance, disputes and the end of a contract."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.contracts import accepting, deeds, ending, negotiating, reading
from matchmaker.contracts import page as pages
from matchmaker.contracts.closing_models import Finding
from matchmaker.contracts.forms import (
    ApplyForm,
    ConcludeForm,
    ConveneForm,
    DecideForm,
    ExtendForm,
    InspectForm,
    ReasonForm,
    TerminateForm,
)
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me

bp = Blueprint("contract_ending", __name__, url_prefix="/contracts")
ACCEPTANCE: dict[str, type[Form]] = {
    "inspect": InspectForm,
    "extend": ExtendForm,
    "apply": ApplyForm,
    "convene": ConveneForm,
    "conclude": ConcludeForm,
}
ENDING: dict[str, type[Form]] = {
    "reason": ReasonForm,
    "terminate": TerminateForm,
    "decide": DecideForm,
}
LEAST_EXPERT_ROWS = 5


@bp.get("/<public_id>/acceptance")
@endpoint("contract", "list")
def acceptance(public_id: str) -> ResponseReturnValue:
    """Mid-term checks, extension of the term, acceptance."""
    return _acceptance(public_id)


def _acceptance(public_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    page = pages.read(contract, viewer=me(), now=clock.now())
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in ACCEPTANCE.items()}
    experts = reading.experts(request.form)
    blank = {"name": "", "organisation": "", "title": "", "conclusion": ""}
    experts += [dict(blank) for _ in range(max(0, LEAST_EXPERT_ROWS - len(experts)))]
    return render_template(
        "contracts/acceptance.html", page=page, contract=page.contract, row=page.acceptance,
        forms=forms, results=reading.results(request.form, contract.indicators), experts=experts,
        apply_by=accepting.apply_by(contract),
    )  # fmt: skip


def _do(
    public_id: str, action: str, name: str, form: Form, deed: Any, **how: Any
) -> ResponseReturnValue:
    back = url_for("contract_ending.acceptance", public_id=public_id)
    return deeds.perform(
        public_id, action, form, deed, page=lambda: _acceptance(public_id, **{name: form}),
        back=back, **how,
    )  # fmt: skip


@bp.post("/<public_id>/inspections")
@endpoint("contract", "inspect")
def inspect(public_id: str) -> ResponseReturnValue:
    """Write a mid-term check down."""
    form = InspectForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        known = {str(one.value): one for one in Finding}
        accepting.inspect(
            contract, held_on=form.held_on.data, finding=known.get(form.finding.data),
            note=form.note.data or "", material=deeds.first(files, "material"), by=me(),
            now=clock.now(),
        )  # fmt: skip
        return "已登记中期检查"

    return _do(public_id, "inspect", "inspect", form, deed, uploads=("material",))


@bp.post("/<public_id>/extend-term")
@endpoint("contract", "extend_term")
def extend(public_id: str) -> ResponseReturnValue:
    """Extend the term once."""
    form = ExtendForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        accepting.extend_term(
            contract, until=form.until.data, reason=form.reason.data or "", by=me(),
            now=clock.now(),
        )  # fmt: skip
        return f"履行期限延长至 {contract.extended_to}"

    return _do(public_id, "extend_term", "extend", form, deed)


@bp.post("/<public_id>/acceptance/apply")
@endpoint("contract", "apply_acceptance")
def apply(public_id: str) -> ResponseReturnValue:
    """Apply for acceptance, as a party."""
    form = ApplyForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        accepting.apply(
            contract, summary=form.summary.data or "", funds=form.funds.data or "",
            results=reading.results(request.form, contract.indicators), files=files["files"],
            by=me(), now=clock.now(),
        )  # fmt: skip
        return "已申请验收"

    return _do(public_id, "apply_acceptance", "apply", form, deed, uploads=("files",))


@bp.post("/<public_id>/acceptance/convene")
@endpoint("contract", "convene_acceptance")
def convene(public_id: str) -> ResponseReturnValue:
    """Record the experts' meeting."""
    form = ConveneForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        accepting.convene(
            contract, accepting.required(contract), held_on=form.held_on.data,
            experts=reading.experts(request.form), opinion=form.opinion.data or "",
            place=form.place.data or "", method=form.method.data or "", by=me(), now=clock.now(),
        )  # fmt: skip
        return "已登记专家意见，等待审定结论"

    return _do(public_id, "convene_acceptance", "convene", form, deed)


@bp.post("/<public_id>/acceptance/conclude")
@endpoint("contract", "conclude_acceptance")
def conclude(public_id: str) -> ResponseReturnValue:
    """Conclude the acceptance, as the section chief."""
    form = ConcludeForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row = accepting.required(contract)
        accepting.conclude(
            contract, row, form.verdict.data or "", note=form.note.data or "", by=me(),
            now=clock.now(),
        )  # fmt: skip
        return f"已审定：{row.state.label}"

    return _do(public_id, "conclude_acceptance", "conclude", form, deed)


@bp.get("/<public_id>/ending")
@endpoint("contract", "list")
def show(public_id: str) -> ResponseReturnValue:
    """Disputes and termination."""
    return _ending(public_id)


def _ending(public_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    page = pages.read(contract, viewer=me(), now=clock.now())
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in ENDING.items()}
    return render_template("contracts/ending.html", page=page, contract=page.contract, forms=forms)


def _end(public_id: str, action: str, name: str, form: Form, deed: Any) -> ResponseReturnValue:
    return deeds.perform(
        public_id, action, form, deed, page=lambda: _ending(public_id, **{name: form}),
        back=url_for("contracts.show", public_id=public_id),
    )  # fmt: skip


@bp.post("/<public_id>/dispute")
@endpoint("contract", "dispute")
def dispute(public_id: str) -> ResponseReturnValue:
    """Put a dispute on record."""
    form = ReasonForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        ending.dispute(contract, reason=form.reason.data or "", by=me(), now=clock.now())
        return "已登记争议，暂停交付和付款"

    return _end(public_id, "dispute", "reason", form, deed)


@bp.post("/<public_id>/resume")
@endpoint("contract", "resume")
def resume(public_id: str) -> ResponseReturnValue:
    """End a dispute."""
    form = ReasonForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        ending.resume(contract, reason=form.reason.data or "", by=me(), now=clock.now())
        return "已恢复履行"

    return _end(public_id, "resume", "reason", form, deed)


@bp.post("/<public_id>/terminate")
@endpoint("contract", "terminate_request")
def terminate(public_id: str) -> ResponseReturnValue:
    """Ask the leader to end the contract."""
    form = TerminateForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        ending.request(
            contract, cause=form.chosen, at_fault=form.at_fault.data or "",
            reason=form.reason.data or "", recover_fen=form.recover_fen.data,
            integrity_years=form.integrity_years.data, by=me(), now=clock.now(),
        )  # fmt: skip
        return "已提请终止，等待分管局长审批"

    return _end(public_id, "terminate_request", "terminate", form, deed)


@bp.post("/<public_id>/terminate/decide")
@endpoint("contract", "terminate_approve")
def decide(public_id: str) -> ResponseReturnValue:
    """Approve or refuse, as the leader."""
    form = DecideForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        if form.decision.data not in {"approve", "refuse"}:
            raise Invalid({"decision": "请选择批准或不批准"})
        approve = form.decision.data == "approve"
        note = form.note.data or ""
        ending.decide(contract, approve=approve, note=note, by=me(), now=clock.now())
        return "已批准终止" if approve else "未批准，合同恢复履行"

    return _end(public_id, "terminate_approve", "decide", form, deed)
