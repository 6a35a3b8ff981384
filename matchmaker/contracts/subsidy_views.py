"""Subsidies: budget, proposal, approval, notice, payment; and the ledger of payments."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.contracts import filing, subsidies, subsidy_rules
from matchmaker.contracts import listing as lists
from matchmaker.contracts.performing_models import Payment
from matchmaker.contracts.subsidy_forms import (
    BudgetForm,
    DecisionForm,
    ProposalForm,
    VoucherForm,
)
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("subsidies", __name__, url_prefix="/subsidies")


@bp.get("")
@endpoint("subsidy", "list")
def index() -> ResponseReturnValue:
    """The ledger of subsidies with its totals and the yearly budgets."""
    return _index(BudgetForm(formdata=None))


def _index(form: BudgetForm) -> str:
    viewer = me()
    spec, query = lists.subsidy_spec(), lists.batches(viewer)
    found = listing.build(
        spec,
        query,
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("subsidies.show", public_id=row.public_id),
        export_path=url_for(".export") if policy.may(viewer, "subsidy", "export_list") else "",
        empty={"title": "还没有补助", "hint": "验收通过、付款已核对的合同可提请补助。"},
    )
    sums = {"安排补助合计": lists.total(spec, query, request.args, SubsidyBatch.total_fen)}
    may = {
        "propose": policy.may(viewer, "contract", "fund_release_propose"),
        "budget": policy.may(viewer, "subsidy", "budget"),
        "budgets": policy.may(viewer, "subsidy", "read_bureau"),
    }
    return render_template(
        "subsidies/list.html", listing=found, sums=sums, may=may, form=form,
        budgets=subsidies.budgets() if may["budgets"] else [],
    )  # fmt: skip


@bp.get("/export")
@endpoint("subsidy", "export_list")
def export() -> Response:
    """The ledger as it stands on screen."""
    viewer = me()
    return exporting.respond(
        lists.subsidy_spec(), lists.batches(viewer), request.args, viewer=viewer,
        name="补助台账", now=clock.now(),
    )  # fmt: skip


@bp.post("/budget")
@endpoint("subsidy", "budget")
def budget() -> ResponseReturnValue:
    """State a year's budget, as the leader."""
    form = BudgetForm()
    try:
        if not form.validate():
            return _index(form), 422
        with transaction():
            subsidies.set_budget(
                form.year.data or 0, form.total_fen.data, source_doc=form.source_doc.data or "",
                by=me(), now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _index(form), 422
    flash("已录入年度预算", "good")
    return redirect(url_for(".index"))


@bp.get("/new")
@endpoint("contract", "fund_release_propose")
def new() -> ResponseReturnValue:
    """Choose the contracts and see what each may be given."""
    form = ProposalForm(formdata=None, data={"year": clock.today(clock.now()).year})
    return _new(form)


def _new(form: ProposalForm) -> str:
    return render_template(
        "subsidies/new.html", form=form, claims=subsidy_rules.claims(me()),
        picked=request.form.getlist("contracts"), typed=request.form,
    )  # fmt: skip


@bp.post("/new")
@endpoint("contract", "fund_release_propose")
def propose() -> ResponseReturnValue:
    """Propose subsidies together."""
    form = ProposalForm()
    if not form.validate():
        return _new(form), 422
    try:
        with transaction():
            picked = set(request.form.getlist("contracts"))
            known = [one.contract for one in subsidy_rules.claims(me())]
            batch = subsidies.propose(
                [one for one in known if one.public_id in picked],
                year=form.year.data or 0,
                name=form.name.data or "",
                excluded=form.excluded(known, request.form),
                note=form.note.data or "",
                by=me(),
                now=clock.now(),
            )
    except Invalid as refusal:
        form.show(refusal)
        return _new(form), 422
    flash("已提请，等待分管局长批准", "good")
    return redirect(url_for(".show", public_id=batch.public_id))


@bp.get("/<public_id>")
@endpoint("subsidy", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A batch: how each amount came about, who approved, what was paid."""
    return _page(public_id)


def _page(public_id: str, **sent: Any) -> str:
    viewer = me()
    batch = subsidies.get(public_id, viewer=viewer)
    bureau = policy.permits(viewer, "subsidy", "read_bureau", batch)
    lines = [one for one in batch.lines if bureau or one.beneficiary.id == viewer.organisation_id]
    may = {
        "decide": policy.may(viewer, "contract", "fund_release_approve"),
        "publish": policy.permits(viewer, "subsidy", "publish", batch),
        "pay": policy.permits(viewer, "subsidy", "pay", batch),
        "revoke": policy.permits(viewer, "subsidy", "revoke", batch),
    }
    return render_template(
        "subsidies/show.html", batch=batch, lines=lines, may=may, bureau=bureau,
        decision=sent.get("decision") or DecisionForm(formdata=None),
        voucher=sent.get("voucher") or VoucherForm(formdata=None),
    )  # fmt: skip


@bp.post("/<public_id>/decide")
@endpoint("contract", "fund_release_approve")
def decide(public_id: str) -> ResponseReturnValue:
    """Approve or refuse, as the leader."""
    form = DecisionForm()
    try:
        if form.decision.data not in {"approve", "refuse"}:
            raise Invalid({"decision": "请选择批准或不批准"})
        with transaction():
            subsidies.decide(
                subsidies.get(public_id, viewer=me()), approve=form.decision.data == "approve",
                reason=form.reason.data or "", by=me(), now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, decision=form), 422
    flash("已登记决定", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/publish")
@endpoint("subsidy", "publish")
def publish(public_id: str) -> ResponseReturnValue:
    """Draft the public notice."""
    with transaction():
        batch = subsidies.get(public_id, "publish", viewer=me())
        subsidies.publish(batch, by=me(), now=clock.now())
    flash("已起草补助公示，请提交审查", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/lines/<line_id>/pay")
@endpoint("subsidy", "pay")
def pay(public_id: str, line_id: str) -> ResponseReturnValue:
    """Record one line as paid, with its voucher."""
    form = VoucherForm()
    subsidies.get(public_id, "pay", viewer=me())
    try:
        if not form.validate():
            return _page(public_id, voucher=form), 422
        received = filing.receive(form.voucher.data, field="voucher", scan=True)
        with transaction():
            subsidies.pay(
                subsidies.get(public_id, "pay", viewer=me()), line_id, paid_on=form.paid_on.data,
                voucher_no=form.voucher_no.data or "", voucher=received, by=me(), now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, voucher=form), 422
    flash("已登记拨付", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/revoke")
@endpoint("subsidy", "revoke")
def revoke(public_id: str) -> ResponseReturnValue:
    """Take a batch back before it is paid, as the leader."""
    form = DecisionForm()
    try:
        with transaction():
            batch = subsidies.get(public_id, "revoke", viewer=me())
            subsidies.revoke(batch, reason=form.reason.data or "", by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, decision=form), 422
    flash("已撤销", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/payments")
@endpoint("payment", "list")
def payments() -> ResponseReturnValue:
    """The ledger of payments; totals are added up in 分 and converted last."""
    viewer = me()
    spec, query = lists.payment_spec(), lists.payments(viewer)
    found = listing.build(
        spec,
        query,
        request.args,
        viewer=viewer,
        path=url_for(".payments"),
        row_url=lambda row: url_for("contracts.show", public_id=row.contract_public_id),
        export_path=url_for(".export_payments")
        if policy.may(viewer, "payment", "export_list")
        else "",
        empty={"title": "还没有付款", "hint": "里程碑备案后，甲方付款并上传凭证。"},
    )
    sums = {"付款合计": lists.total(spec, query, request.args, Payment.amount_fen)}
    return render_template("contracts/ledger.html", listing=found, sums=sums)


@bp.get("/payments/export")
@endpoint("payment", "export_list")
def export_payments() -> Response:
    """The ledger of payments as it stands on screen."""
    viewer = me()
    return exporting.respond(
        lists.payment_spec(), lists.payments(viewer), request.args, viewer=viewer,
        name="兑付台账", now=clock.now(),
    )  # fmt: skip
