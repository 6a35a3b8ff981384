"""Registration and supplements of a contract."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.contracts import amending, deeds, negotiating, reading, registering
from matchmaker.contracts import page as pages
from matchmaker.contracts.forms import (
    CertificateForm,
    ReasonForm,
    ScanForm,
    SheetForm,
    SupplementForm,
)
from matchmaker.contracts.models import Contract
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("contract_closing", __name__, url_prefix="/contracts")


def _sheet_url(public_id: str) -> str:
    return url_for("contract_closing.registration", public_id=public_id)


@bp.get("/<public_id>/registration")
@endpoint("contract", "list")
def registration(public_id: str) -> ResponseReturnValue:
    """The registration sheet, what it lacks, its clocks and the decision."""
    return _registration(public_id)


def _registration(public_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    row = registering.required(contract)
    sheet = sent.get("sheet")
    if sheet is None:
        sheet = SheetForm(formdata=None, data={**row.sheet, "is_disputed": row.is_disputed})
    kinds: dict[str, type[Form]] = {"certificate": CertificateForm, "reason": ReasonForm}
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in kinds.items()}
    page = pages.read(contract, viewer=me(), now=clock.now())
    return render_template(
        "contracts/registration.html", page=page, contract=page.contract, row=row, sheet=sheet,
        lines=registering.sheet(contract, row), missing=registering.missing(contract, row),
        forms=forms,
    )  # fmt: skip


@bp.post("/<public_id>/registration")
@endpoint("contract", "register_submit")
def fill(public_id: str) -> ResponseReturnValue:
    """Keep the sheet; hand it in where that was asked for."""
    form = SheetForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row, now = registering.required(contract), clock.now()
        registering.fill(contract, row, form.values(), by=me(), now=now)
        if request.form.get("deed") != "submit":
            left = registering.missing(contract, row)
            return f"已保存，还缺 {len(left)} 项" if left else "已保存，可以提交登记"
        last = registering.submit(contract, row, by=me(), now=now)
        return f"已提交登记，应于 {last} 前办结"

    return deeds.perform(
        public_id, "register_submit", form, deed,
        page=lambda: _registration(public_id, sheet=form), back=_sheet_url(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/registration/again")
@endpoint("contract", "register_submit")
def again(public_id: str) -> ResponseReturnValue:
    """Take the sheet up again after a refusal."""
    with transaction():
        contract = negotiating.get(public_id, "register_submit", viewer=me())
        row = registering.required(contract)
        registering.prepare_again(contract, row, by=me(), now=clock.now())
    flash("可以补正登记表了", "good")
    return redirect(_sheet_url(public_id))


@bp.post("/<public_id>/registration/certificate")
@endpoint("contract", "register")
def certificate(public_id: str) -> ResponseReturnValue:
    """Enter what the agency certified."""
    form = CertificateForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        registering.register(
            contract, registering.required(contract), reg_no=form.reg_no.data or "",
            reg_on=form.reg_on.data, reg_agency=form.reg_agency.data or "",
            tech_fen=form.tech_fen.data, certificate=deeds.first(files, "certificate"),
            by=me(), now=clock.now(),
        )  # fmt: skip
        return "已登记，计入成交额"

    return deeds.perform(
        public_id, "register", form, deed, uploads=("certificate",), scans=("certificate",),
        page=lambda: _registration(public_id, certificate=form), back=_sheet_url(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/registration/reject")
@endpoint("contract", "register")
def reject(public_id: str) -> ResponseReturnValue:
    """Enter a refusal, or the cancelling of a registration."""
    form = ReasonForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row = registering.required(contract)
        act = registering.cancel if request.form.get("deed") == "cancel" else registering.reject
        act(contract, row, reason=form.reason.data or "", by=me(), now=clock.now())
        return "已录入"

    return deeds.perform(
        public_id, "register", form, deed, page=lambda: _registration(public_id, reason=form),
        back=_sheet_url(public_id),
    )  # fmt: skip


def _supplement_url(public_id: str) -> str:
    return url_for("contract_closing.supplement", public_id=public_id)


@bp.get("/<public_id>/supplement")
@endpoint("contract", "list")
def supplement(public_id: str) -> ResponseReturnValue:
    """The supplement under way, and the older ones, side by side with what they replaced."""
    return _supplement(public_id)


def _supplement(public_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    page = pages.read(contract, viewer=me(), now=clock.now())
    proposing = sent.get("propose")
    if proposing is None:
        given = {"total_fen": contract.total_fen, "end_on": contract.end_on}
        proposing = SupplementForm(formdata=None, data=given)
    stages = reading.stages(request.form) if request.method == "POST" else []
    found = amending.all_of(contract)
    return render_template(
        "contracts/supplement.html", page=page, contract=page.contract, form=proposing,
        stages=reading.padded(stages), open=amending.open_one(contract),
        older=[(one, amending.comparison(one)) for one in reversed(found)],
        scan=sent.get("scan") or ScanForm(formdata=None),
        reason=sent.get("reason") or ReasonForm(formdata=None),
    )  # fmt: skip


@bp.post("/<public_id>/supplement")
@endpoint("contract", "amend")
def propose(public_id: str) -> ResponseReturnValue:
    """Propose a supplement, as a party."""
    form = SupplementForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row = amending.propose(
            contract, reason=form.reason.data or "", total_fen=form.total_fen.data,
            end_on=form.end_on.data, plan=reading.stages(request.form), by=me(), now=clock.now(),
        )  # fmt: skip
        return f"已提出第 {row.number} 号补充协议，等待对方确认"

    return deeds.perform(
        public_id, "amend", form, deed, page=lambda: _supplement(public_id, propose=form),
        back=_supplement_url(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/supplement/confirm")
@endpoint("contract", "amend")
def confirm(public_id: str) -> ResponseReturnValue:
    """Confirm the supplement for one's side."""
    with transaction():
        contract = negotiating.get(public_id, "amend", viewer=me())
        row = amending.required(contract)
        amending.confirm(contract, row, by=me(), now=clock.now())
    flash("已确认补充协议", "good")
    return redirect(_supplement_url(public_id))


@bp.post("/<public_id>/supplement/drop")
@endpoint("contract", "amend")
def drop(public_id: str) -> ResponseReturnValue:
    """Take the supplement back."""
    form = ReasonForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row = amending.required(contract)
        amending.drop(contract, row, reason=form.reason.data or "", by=me(), now=clock.now())
        return "已撤回，合同按原约定履行"

    return deeds.perform(
        public_id, "amend", form, deed, page=lambda: _supplement(public_id, reason=form),
        back=_supplement_url(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/supplement/apply")
@endpoint("contract", "amend_apply")
def apply(public_id: str) -> ResponseReturnValue:
    """Put the supplement in force, with its scan."""
    form = ScanForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        row, scan = amending.required(contract), deeds.first(files, "scan")
        amending.apply(contract, row, scan=scan, by=me(), now=clock.now())
        return "补充协议已生效"

    return deeds.perform(
        public_id, "amend_apply", form, deed, uploads=("scan",), scans=("scan",),
        page=lambda: _supplement(public_id, scan=form), back=_supplement_url(public_id),
    )  # fmt: skip
