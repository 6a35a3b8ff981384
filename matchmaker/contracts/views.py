"""Contracts: the list, a contract's page, its files and documents, and new ones of leads."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, papers, policy, web
from matchmaker.contracts import archiving, drafting, filing, negotiating
from matchmaker.contracts import page as pages
from matchmaker.contracts import papers as writing
from matchmaker.contracts.forms import LeadContractForm, ReasonForm
from matchmaker.contracts.listing import contract_spec, total, visible, yuan
from matchmaker.contracts.models import Contract
from matchmaker.errors import Invalid, NotFound
from matchmaker.files import serving, store
from matchmaker.form_fields import options
from matchmaker.lifecycles import BUREAU
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("contracts", __name__, url_prefix="/contracts")
bp.app_template_filter("yuan")(yuan)
EMPTY = {"title": "还没有合同", "hint": "揭榜公示结束后自动生成草稿；对接达成意向后也可以起草。"}


@bp.get("")
@endpoint("contract", "list")
def index() -> ResponseReturnValue:
    """The contracts the viewer may see, with totals added up in 分."""
    viewer, now = me(), clock.now()
    bureau = bool(viewer.roles & BUREAU)
    spec, query = contract_spec(now, bureau=bureau), visible(viewer)
    found = listing.build(
        spec,
        query,
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for("contracts.show", public_id=row.public_id),
        export_path=url_for(".export") if policy.may(viewer, "contract", "export_list") else "",
        empty=EMPTY,
    )
    sums = {
        "成交额合计": total(spec, query, request.args, Contract.total_fen),
        "已付合计": total(spec, query, request.args, Contract.paid_fen),
    }
    creates = policy.may(viewer, "contract", "create")
    return render_template("contracts/list.html", listing=found, sums=sums, creates=creates)


@bp.get("/export")
@endpoint("contract", "export_list")
def export() -> Response:
    """The list as it stands on screen."""
    viewer, now = me(), clock.now()
    spec = contract_spec(now, bureau=True)
    return exporting.respond(
        spec, visible(viewer), request.args, viewer=viewer, name="技术合同", now=now
    )


@bp.get("/new")
@endpoint("contract", "create")
def new() -> ResponseReturnValue:
    """Draft a contract of a lead."""
    return _new(LeadContractForm(formdata=None))


def _new(form: LeadContractForm) -> str:
    found = drafting.leads_without_contract(me())
    form.lead.choices = options(
        (one.public_id, f"{one.lead_no} {one.need_title} ⇄ {one.supplier_title}") for one in found
    )
    return render_template("contracts/new.html", form=form, leads=found)


@bp.post("/new")
@endpoint("contract", "create")
def create() -> ResponseReturnValue:
    """Make the draft."""
    form = LeadContractForm()
    try:
        if not form.validate() or not form.total_fen.data:
            raise Invalid({} if form.total_fen.data else {"total_fen": "请填写合同成交额"})
        with transaction():
            contract = drafting.from_lead(
                form.lead.data or "", total_fen=form.total_fen.data, kind=form.kind.data,
                by=me(), now=clock.now(),
            )  # fmt: skip
    except Invalid as refusal:
        form.show(refusal)
        return _new(form), 422
    flash("已起草，请核对文本", "good")
    return redirect(url_for(".show", public_id=contract.public_id))


@bp.get("/<public_id>")
@endpoint("contract", "list")
def show(public_id: str) -> ResponseReturnValue:
    """A contract: what is next, its text, milestones, payments, registration, history."""
    viewer = me()
    contract = negotiating.get(public_id, viewer=viewer)
    page = pages.read(contract, viewer=viewer, now=clock.now())
    papers_ready = {"contract": page.reads, **_papers(page)}
    return render_template(
        "contracts/show.html", page=page, contract=page.contract, papers=papers_ready,
        titles=writing.TITLES, reason=ReasonForm(formdata=None),
    )  # fmt: skip


def _papers(page: pages.Page) -> dict[str, bool]:
    if not page.reads:
        return {}
    return {
        "pledge": bool(page.row.bounty and page.row.bounty.require_pledge),
        "registration": page.registration is not None,
        "acceptance": page.acceptance is not None,
    }


@bp.get("/<public_id>/files/<document_id>")
@endpoint("contract", "list")
def download(public_id: str, document_id: str) -> ResponseReturnValue:
    """One file of the contract, as an attachment."""
    viewer = me()
    contract = negotiating.get(public_id, "read", viewer=viewer)
    row = filing.get(contract, document_id)
    return serving.attachment(row.stored_as, row.name)


@bp.get("/<public_id>/papers/<kind>")
@endpoint("contract", "list")
def paper(public_id: str, kind: str) -> ResponseReturnValue:
    """One of the contract's documents in Word."""
    viewer, now = me(), clock.now()
    contract = negotiating.get(public_id, "read", viewer=viewer)
    if kind not in writing.TITLES:
        raise NotFound
    name, context = writing.context(contract, kind)
    title = f"{writing.TITLES[kind]}-{contract.contract_no}"
    return papers.respond(
        name, context, filename=title, noun="contract", object_id=contract.public_id,
        viewer=viewer, now=now,
    )  # fmt: skip


@bp.post("/<public_id>/archive")
@endpoint("contract", "archive")
def archive(public_id: str) -> ResponseReturnValue:
    """Pack everything into one ZIP and close the file."""
    viewer, now = me(), clock.now()
    packed = archiving.pack(negotiating.get(public_id, "archive", viewer=viewer))
    with transaction():
        contract = negotiating.get(public_id, "archive", viewer=me())
        archiving.close(contract, packed, by=me(), now=now)
    flash("已归档", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/<public_id>/archive.zip")
@endpoint("contract", "open_archive")
def open_archive(public_id: str) -> ResponseReturnValue:
    """The archive of a closed contract."""
    contract: Any = negotiating.get(public_id, "open_archive", viewer=me())
    try:
        path = store.path_of(web.found(contract.archive_name or None))
    except FileNotFoundError as error:
        raise NotFound from error
    name = f"{contract.contract_no}-归档.zip"
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
