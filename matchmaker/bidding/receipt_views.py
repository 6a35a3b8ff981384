"""Package, seal, receipt: and after it replacing, withdrawing, confirming anew."""

from pathlib import Path

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, papers, policy, sealing
from matchmaker.bidding import checking, drafts, letters, pages, replacing, submitting, vault
from matchmaker.bidding.check_forms import AppealForm
from matchmaker.bidding.draft_views import bp, check_page
from matchmaker.bidding.forms import PackageForm, SubmitForm
from matchmaker.errors import Invalid
from matchmaker.files import serving
from matchmaker.lifecycles import BidState
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

SCRIPT = Path(sealing.__file__).with_name("verify_bid.py")


@bp.post("/<public_id>/package")
@endpoint("bid", "submit")
def make_package(public_id: str) -> ResponseReturnValue:
    """Fix the package of the draft as it stands."""
    form = SubmitForm()
    try:
        with transaction():
            bid = drafts.get(public_id, "submit", viewer=me())
            submitting.make_package(bid, now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return check_page(drafts.get(public_id, "submit", viewer=me()), form=form), 422
    flash("材料包已生成，请下载保存后再密封提交", "good")
    return redirect(url_for(".screen", public_id=public_id, stage=5))


@bp.get("/<public_id>/package")
@endpoint("bid", "submit")
def package(public_id: str) -> Response:
    """The bidder's own package, while the draft is still his to read."""
    bid = drafts.get(public_id, "submit", viewer=me())
    made = submitting.packed(bid)
    name = f"揭榜材料包-{bid.bounty.bounty_no}.zip"
    return serving.download(made.pack(), name)


@bp.post("/<public_id>/submit")
@endpoint("bid", "submit")
def submit(public_id: str) -> ResponseReturnValue:
    """Seal: nobody can read the bid from here on, until two holders open it."""
    form, now = SubmitForm(), clock.now()
    bid = drafts.get(public_id, "submit", viewer=me())
    try:
        if not form.kept.data:
            raise Invalid({"kept": "请先下载材料包并勾选已妥善保存；密封后平台无法再显示内容"})
        prepared = submitting.prepare(bid, now=now)
        with transaction():
            bid = drafts.get(public_id, "submit", viewer=me())
            submitting.seal(bid, prepared, by=me(), now=now)
    except Invalid as refusal:
        form.show(refusal)
        return check_page(drafts.get(public_id, "submit", viewer=me()), form=form), 422
    vault.destroy_draft(public_id)
    flash("申请已密封提交。请下载回执并与材料包一起保存。", "good")
    return redirect(url_for(".receipt", public_id=public_id))


@bp.get("/<public_id>")
@endpoint("bid", "read_receipt")
def receipt(public_id: str) -> ResponseReturnValue:
    """The receipt and what may still be done."""
    return _receipt(public_id)


def _receipt(public_id: str, form: PackageForm | None = None) -> str:
    bid = drafts.get(public_id, "read_receipt", viewer=me())
    return render_template(
        "bids/receipt.html",
        bid=bid,
        facts=submitting.receipt_of(bid),
        site_key=vault.site_key(),
        events=pages.timeline(bid),
        sealed=bid.state is BidState.SUBMITTED,
        amended=bid.state is BidState.SUBMITTED and bid.terms_version < bid.bounty.terms_version,
        form=form or PackageForm(formdata=None),
        may_appeal=checking.may_appeal(bid, now=clock.now())
        and policy.permits(me(), "bid", "appeal", bid),
        appeal_form=AppealForm(formdata=None),
    )


@bp.get("/<public_id>/receipt.json")
@endpoint("bid", "read_receipt")
def receipt_file(public_id: str) -> Response:
    """The receipt as a file."""
    bid = drafts.get(public_id, "read_receipt", viewer=me())
    return serving.download(submitting.receipt_file(bid).encode(), "receipt.json")


@bp.get("/<public_id>/receipt.docx")
@endpoint("bid", "read_receipt")
def receipt_paper(public_id: str) -> Response:
    """The receipt on paper. One's own copy goes on no trail, which would tell of a bid."""
    bid = drafts.get(public_id, "read_receipt", viewer=me())
    url = url_for("openings.commitments", public_id=bid.bounty.public_id, _external=True)
    content = papers.produce("receipt", letters.receipt(bid, url=url, now=clock.now()))
    return papers.attached(content, f"受理回执-{bid.bid_no}.docx", papers.WORD)


@bp.get("/verify.py")
@endpoint("bid", "verify_commitment")
def script() -> Response:
    """The program by which a bidder checks his receipt without the site."""
    return serving.download(SCRIPT.read_bytes(), "verify_bid.py")


@bp.post("/<public_id>/withdraw")
@endpoint("bid", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take the sealed bid back."""
    with transaction():
        bid = drafts.get(public_id, "withdraw", viewer=me())
        submitting.withdraw(bid, by=me(), now=clock.now())
    flash("申请已撤回，原回执作废", "good")
    return redirect(url_for(".receipt", public_id=public_id))


@bp.post("/<public_id>/reconfirm")
@endpoint("bid", "reconfirm")
def reconfirm(public_id: str) -> ResponseReturnValue:
    """Say that the bid stands after an amendment."""
    with transaction():
        bid = drafts.get(public_id, "reconfirm", viewer=me())
        submitting.reconfirm(bid, by=me(), now=clock.now())
    flash("已确认：榜单更正后，本申请内容不变", "good")
    return redirect(url_for(".receipt", public_id=public_id))


@bp.post("/<public_id>/replace")
@endpoint("bid", "replace")
def replace(public_id: str) -> ResponseReturnValue:
    """Begin a draft that will replace the sealed bid; a package handed back fills it."""
    form = PackageForm()
    upload = request.files.get("package")
    body = upload.read() if upload and upload.filename else b""
    try:
        with transaction():
            former = drafts.get(public_id, "replace", viewer=me())
            draft = replacing.begin(former, package=body, by=me(), now=clock.now())
            name = draft.public_id
    except Invalid as refusal:
        form.show(refusal)
        return _receipt(public_id, form), 422
    flash("已建立替换稿；新稿密封前，原申请仍然有效", "good")
    return redirect(url_for(".screen", public_id=name, stage=1))
