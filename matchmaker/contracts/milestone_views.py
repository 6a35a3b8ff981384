"""A milestone's page: delivery, check, filing, payment, each by the one whose turn it is."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.contracts import deeds, filing, negotiating, performing
from matchmaker.contracts import page as pages
from matchmaker.contracts.forms import CheckForm, DeliverForm, PaymentForm, ReasonForm
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.forms import Form
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("milestones", __name__, url_prefix="/contracts")
FORMS: dict[str, type[Form]] = {
    "deliver": DeliverForm,
    "check": CheckForm,
    "payment": PaymentForm,
    "reason": ReasonForm,
}
KINDS = (FileKind.DELIVERY, FileKind.CHECK)


def _url(public_id: str, milestone_id: str) -> str:
    return url_for("milestones.show", public_id=public_id, milestone_id=milestone_id)


@bp.get("/<public_id>/milestones/<milestone_id>")
@endpoint("contract", "list")
def show(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """One milestone with its files and payments."""
    return _page(public_id, milestone_id)


def _page(public_id: str, milestone_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    row = performing.milestone_of(contract, milestone_id)
    page = pages.read(contract, viewer=me(), now=clock.now())
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in FORMS.items()}
    about = f"milestone:{row.id}"
    files = [one for kind in KINDS for one in filing.of(contract, kind, about)]
    vouchers = {
        one.id: filing.of(contract, FileKind.VOUCHER, f"payment:{one.id}") for one in row.payments
    }
    return render_template(
        "contracts/milestone.html", page=page, contract=page.contract, row=row, forms=forms,
        files=files, vouchers=vouchers, pending=performing.pending_fen(row),
    )  # fmt: skip


@bp.post("/<public_id>/milestones/<milestone_id>/deliver")
@endpoint("contract", "submit_milestone")
def deliver(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """Hand the deliverables in."""
    form = DeliverForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        row = performing.milestone_of(contract, milestone_id)
        performing.submit(
            contract, row, note=form.note.data or "", files=files["files"], by=me(),
            now=clock.now(),
        )  # fmt: skip
        return "已提交，等待甲方检查"

    return deeds.perform(
        public_id, "submit_milestone", form, deed, uploads=("files",),
        page=lambda: _page(public_id, milestone_id, deliver=form),
        back=_url(public_id, milestone_id),
    )  # fmt: skip


@bp.post("/<public_id>/milestones/<milestone_id>/check")
@endpoint("contract", "accept_milestone")
def check(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """Say whether the delivery passes."""
    form = CheckForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        row = performing.milestone_of(contract, milestone_id)
        performing.check(
            contract, row, form.verdict.data or "", note=form.note.data or "",
            sheet=deeds.first(files, "sheet"), by=me(), now=clock.now(),
        )  # fmt: skip
        return f"已登记检查结论：{row.state.label}"

    return deeds.perform(
        public_id, "accept_milestone", form, deed, uploads=("sheet",),
        page=lambda: _page(public_id, milestone_id, check=form),
        back=_url(public_id, milestone_id),
    )  # fmt: skip


@bp.post("/<public_id>/milestones/<milestone_id>/file")
@endpoint("contract", "file_milestone")
def file(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """File a passed check."""
    with transaction():
        contract = negotiating.get(public_id, "file_milestone", viewer=me())
        row = performing.milestone_of(contract, milestone_id)
        performing.file(contract, row, by=me(), now=clock.now())
    flash("已备案，等待付款", "good")
    return redirect(_url(public_id, milestone_id))


@bp.post("/<public_id>/milestones/<milestone_id>/retry")
@endpoint("contract", "file_milestone")
def retry(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """Let a failed milestone be delivered again."""
    form = ReasonForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        row = performing.milestone_of(contract, milestone_id)
        performing.retry(contract, row, reason=form.reason.data or "", by=me(), now=clock.now())
        return "已准予重新交付"

    return deeds.perform(
        public_id, "file_milestone", form, deed,
        page=lambda: _page(public_id, milestone_id, reason=form),
        back=_url(public_id, milestone_id),
    )  # fmt: skip


@bp.post("/<public_id>/milestones/<milestone_id>/payments")
@endpoint("contract", "record_payment")
def pay(public_id: str, milestone_id: str) -> ResponseReturnValue:
    """Record a payment with its voucher."""
    form = PaymentForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        row = performing.milestone_of(contract, milestone_id)
        performing.record_payment(
            contract, row, amount_fen=form.amount_fen.data, paid_on=form.paid_on.data,
            voucher_no=form.voucher_no.data or "", voucher=deeds.first(files, "voucher"),
            by=me(), now=clock.now(),
        )  # fmt: skip
        return "已提交凭证，等待局经办核对"

    return deeds.perform(
        public_id, "record_payment", form, deed, uploads=("voucher",), scans=("voucher",),
        page=lambda: _page(public_id, milestone_id, payment=form),
        back=_url(public_id, milestone_id),
    )  # fmt: skip


@bp.post("/<public_id>/payments/<payment_id>/verify")
@endpoint("contract", "verify_payment")
def verify(public_id: str, payment_id: str) -> ResponseReturnValue:
    """Count a payment after comparing it with its voucher."""
    with transaction():
        contract = negotiating.get(public_id, "verify_payment", viewer=me())
        payment = performing.payment_of(contract, payment_id)
        performing.verify_payment(contract, payment, by=me(), now=clock.now())
        milestone_id = payment.milestone.public_id
    flash("已核对，记入台账", "good")
    return redirect(_url(public_id, milestone_id))


@bp.post("/<public_id>/payments/<payment_id>/return")
@endpoint("contract", "verify_payment")
def give_back(public_id: str, payment_id: str) -> ResponseReturnValue:
    """Send a voucher back."""
    form = ReasonForm()
    contract = negotiating.get(public_id, "verify_payment", viewer=me())
    milestone_id = performing.payment_of(contract, payment_id).milestone.public_id

    def deed(contract: Contract, _files: deeds.Files) -> str:
        payment = performing.payment_of(contract, payment_id)
        reason = form.reason.data or ""
        performing.return_payment(payment, reason=reason, by=me(), now=clock.now())
        return "已退回凭证"

    return deeds.perform(
        public_id, "verify_payment", form, deed,
        page=lambda: _page(public_id, milestone_id, reason=form),
        back=_url(public_id, milestone_id),
    )  # fmt: skip
