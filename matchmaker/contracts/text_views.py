"""Negotiating and signing: the text, its versions, confirmation, the clock, the scan."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.codes import BountyMode
from matchmaker.contracts import clauses, deeds, negotiating, reading, signing, terms
from matchmaker.contracts import page as pages
from matchmaker.contracts.forms import ConfirmForm, PriceForm, ReasonForm, SignForm, TextForm
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid, WrongState
from matchmaker.forms import Form
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import ContractState
from matchmaker.policy import endpoint
from matchmaker.revisions import operations as versions
from matchmaker.web import me, transaction

bp = Blueprint("contract_texts", __name__, url_prefix="/contracts")
PLAIN = (
    "title", "kind", "subtype", "payment_mode", "total_fen", "start_on", "end_on", "indicators",
    "content_clause", "ip_clause", "benefit_clause", "secrecy_clause", "acceptance_clause",
    "risk_clause", "breach_clause", "agreed_price",
)  # fmt: skip


def _home(public_id: str) -> str:
    return url_for("contracts.show", public_id=public_id)


@bp.get("/<public_id>/text")
@endpoint("contract", "update")
def edit(public_id: str) -> ResponseReturnValue:
    """Change the text, as a party."""
    contract = negotiating.get(public_id, "update", viewer=me())
    if contract.state not in (ContractState.DRAFT, ContractState.NEGOTIATING):
        raise WrongState(f"合同当前为“{contract.state.label}”，不能修改文本。")
    form = TextForm(obj=contract) if not request.form else TextForm()
    form.version.data = str(contract.version)
    return _edit(contract, form)


def _edit(contract: Contract, form: TextForm) -> str:
    sent = request.method == "POST"
    kind, mode = form.kind.data or contract.kind, form.payment_mode.data or contract.payment_mode
    form.offer(kind)
    bounty = contract.bounty
    race = bounty is not None and bounty.mode is BountyMode.HORSE_RACE
    given = reading.stages(request.form) if sent else contract.plan
    texts = reading.clause_texts(request.form, kind, mode) if sent else contract.clauses
    written = reading.reasons(request.form) if sent else contract.difference_reasons
    return render_template(
        "contracts/edit.html",
        form=form,
        row=contract,
        stages=reading.padded(given, race=race),
        clauses=clauses.of(kind, mode),
        texts=texts,
        reasons=written,
        differences=terms.DIFFERENCES if contract.award_terms else {},
    )


@bp.post("/<public_id>/text")
@endpoint("contract", "update")
def save(public_id: str) -> ResponseReturnValue:
    """Keep the text as a new version."""
    contract = negotiating.get(public_id, "update", viewer=me())
    form = TextForm()
    form.offer(form.kind.data or contract.kind)
    if not form.validate():
        return _edit(contract, form), 422
    values: dict[str, Any] = {name: form[name].data for name in PLAIN}
    values |= {
        "plan": reading.stages(request.form),
        "clauses": reading.clause_texts(request.form, form.kind.data, form.payment_mode.data),
        "difference_reasons": reading.reasons(request.form),
    }
    version = row_number(form.version.data or "")
    try:
        with transaction():
            contract = negotiating.get(public_id, "update", viewer=me())
            number = negotiating.save(contract, values, version=version, by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _edit(negotiating.get(public_id, "update", viewer=me()), form), 422
    flash(f"已保存为第 {number} 版，双方须重新确认", "good")
    return redirect(_home(public_id))


@bp.get("/<public_id>/versions")
@endpoint("contract", "list")
def history(public_id: str) -> ResponseReturnValue:
    """Two versions of the text side by side."""
    contract = negotiating.get(public_id, "read", viewer=me())
    found = versions.of("contract", contract.id)
    numbers = [one.number for one in found]
    newer = _asked("newer", numbers, 0)
    older = _asked("older", numbers, 1)
    rows = []
    if newer and older:
        before = versions.get("contract", contract.id, older).content
        after = versions.get("contract", contract.id, newer).content
        rows = [
            (label, _joined(before.get(key)), _joined(after.get(key)))
            for key, label in terms.LABELS.items()
        ]
    return render_template(
        "contracts/versions.html", row=contract, versions=found, newer=newer, older=older,
        rows=rows,
    )  # fmt: skip


def _asked(name: str, numbers: list[int], place: int) -> int:
    asked = row_number(request.args.get(name, ""))
    if asked in numbers:
        return int(asked or 0)
    return numbers[place] if len(numbers) > place else 0


def _joined(value: Any) -> str:
    return "\n".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


@bp.post("/<public_id>/confirm")
@endpoint("contract", "sign")
def confirm(public_id: str) -> ResponseReturnValue:
    """Confirm the very version that was shown."""
    number = row_number(ConfirmForm().number.data or "") or 0
    with transaction():
        contract = negotiating.get(public_id, "sign", viewer=me())
        negotiating.confirm(contract, number=number, by=me(), now=clock.now())
    flash(f"已确认第 {number} 版", "good")
    return redirect(_home(public_id))


@bp.get("/<public_id>/signing")
@endpoint("contract", "list")
def signing_page(public_id: str) -> ResponseReturnValue:
    """Price notice, scan, extension, giving up: what the viewer may of it."""
    return _signing(public_id)


FORMS: dict[str, type[Form]] = {"price": PriceForm, "sign": SignForm, "reason": ReasonForm}


def _signing(public_id: str, **sent: Form) -> str:
    contract = negotiating.get(public_id, "read", viewer=me())
    now = clock.now()
    page = pages.read(contract, viewer=me(), now=now)
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in FORMS.items()}
    today = clock.today(now)
    problems = negotiating.why_not_signable(contract, signed_on=today, today=today)
    return render_template(
        "contracts/signing.html", page=page, row=contract, forms=forms,
        problems=list(problems.values()),
    )  # fmt: skip


@bp.post("/<public_id>/price-notice")
@endpoint("contract", "publish_price")
def price(public_id: str) -> ResponseReturnValue:
    """Record the institution's notice of the agreed price."""
    form = PriceForm()

    def deed(contract: Contract, _files: deeds.Files) -> str:
        if form.begins.data is None or form.ends.data is None:
            raise Invalid({"ends": "请填写公示起止日期"})
        negotiating.publish_price(
            contract, begins=form.begins.data, ends=form.ends.data, url=form.url.data or "",
            by=me(), now=clock.now(),
        )  # fmt: skip
        return f"已登记，公示至 {contract.price_notice_to}"

    return deeds.perform(
        public_id, "publish_price", form, deed, page=lambda: _signing(public_id, price=form),
        back=_home(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/sign")
@endpoint("contract", "verify")
def sign(public_id: str) -> ResponseReturnValue:
    """Verify the scan and record the signing."""
    form = SignForm()

    def deed(contract: Contract, files: deeds.Files) -> str:
        scan = deeds.first(files, "scan")
        signing.sign(contract, scan=scan, signed_on=form.signed_on.data, by=me(), now=clock.now())
        return "已核验签订"

    return deeds.perform(
        public_id, "verify", form, deed, page=lambda: _signing(public_id, sign=form),
        back=_home(public_id), uploads=("scan",), scans=("scan",),
    )  # fmt: skip


def _with_reason(public_id: str, action: str, deed: Any) -> ResponseReturnValue:
    form = ReasonForm()

    def act(contract: Contract, _files: deeds.Files) -> str:
        return str(deed(contract, form.reason.data or ""))

    return deeds.perform(
        public_id, action, form, act, page=lambda: _signing(public_id, reason=form),
        back=_home(public_id),
    )  # fmt: skip


@bp.post("/<public_id>/reopen")
@endpoint("contract", "update")
def reopen(public_id: str) -> ResponseReturnValue:
    """Take the text back from the price notice."""

    def deed(contract: Contract, reason: str) -> str:
        negotiating.reopen(contract, reason=reason, by=me(), now=clock.now())
        return "可以修改文本了；改后须重新确认和公示"

    return _with_reason(public_id, "update", deed)


@bp.post("/<public_id>/extend-signing")
@endpoint("contract", "extend_signing")
def extend(public_id: str) -> ResponseReturnValue:
    """Give more time to sign, once."""

    def deed(contract: Contract, reason: str) -> str:
        last = negotiating.extend(contract, reason=reason, by=me(), now=clock.now())
        return f"签约期限延长至 {last}"

    return _with_reason(public_id, "extend_signing", deed)


@bp.post("/<public_id>/give-up")
@endpoint("contract", "give_up")
def give_up(public_id: str) -> ResponseReturnValue:
    """Give the award up, as a party."""

    def deed(contract: Contract, reason: str) -> str:
        negotiating.give_up(contract, reason=reason, by=me(), now=clock.now())
        return "已放弃签约"

    return _with_reason(public_id, "give_up", deed)


@bp.post("/<public_id>/lapse")
@endpoint("contract", "lapse")
def lapse(public_id: str) -> ResponseReturnValue:
    """Confirm that the time to sign is over."""

    def deed(contract: Contract, reason: str) -> str:
        negotiating.lapse(contract, by=me(), now=clock.now(), reason=reason)
        return "已作废，转候补处理"

    return _with_reason(public_id, "lapse", deed)
