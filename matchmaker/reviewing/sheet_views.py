"""打分表: filled in by its judge beside the rubric's levels, saved, submitted, asked back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matchmaker import clock
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.reviewing import sheets
from matchmaker.reviewing.forms import ReasonForm, score_name, sheet_form, typed
from matchmaker.reviewing.sheet_models import ScoreSheet
from matchmaker.scoring import Part
from matchmaker.web import me, transaction

bp = Blueprint("score_sheets", __name__, url_prefix="/score-sheets")


def _form(sheet: ScoreSheet, *, sent: bool) -> Any:
    """Return the sheet's form with what was kept, or with what was just sent."""
    kind = sheet_form(sheet.panelist.review.rubric, sheet.part)
    if sent:
        return kind()
    form: Any = kind()
    if form.restored:
        return form
    kept: MultiDict[str, str] = MultiDict()
    for key, value in sheet.scores.items():
        kept.add(f"score_{key}", value)
    for item in sheet.vetoes:
        kept.add("vetoes", item)
    kept["comment"] = sheet.comment
    kept["advice"] = sheet.advice.value if sheet.advice else ""
    form = kind(formdata=kept)
    form.version.data = sheet.version
    return form


def _page(sheet: ScoreSheet, form: Any) -> str:
    rubric = sheet.panelist.review.rubric
    return render_template(
        "reviewing/sheet.html",
        sheet=sheet,
        form=form,
        criteria=[(one, form[score_name(one)]) for one in rubric.of(sheet.part)],
        technical=sheet.part is Part.TECHNICAL,
        reason=ReasonForm(formdata=None),
        price_open=sheets.price_is_open(sheet.panelist),
    )


@bp.get("/<public_id>")
@endpoint("score_sheet", "read_own")
def show(public_id: str) -> ResponseReturnValue:
    """The judge's own sheet, as a form while it is a draft."""
    sheet = sheets.own(public_id, viewer=me())
    return _page(sheet, _form(sheet, sent=False))


@bp.post("/<public_id>/save")
@endpoint("score_sheet", "update")
def save(public_id: str) -> ResponseReturnValue:
    """Keep the draft as typed."""
    sheet = sheets.get(public_id, "update", viewer=me())
    form = _form(sheet, sent=True)
    with transaction():
        sheet = sheets.get(public_id, "update", viewer=me())
        given = typed(form, sheet.panelist.review.rubric.of(sheet.part))
        sheets.save(sheet, given, by=me(), now=clock.now())
        version = sheet.version
    if request.headers.get("X-Requested-With") == "fetch":
        return {"version": version}
    flash("已保存草稿", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/submit")
@endpoint("score_sheet", "submit")
def submit(public_id: str) -> ResponseReturnValue:
    """Submit the sheet: hashed and never changed."""
    sheet = sheets.for_submission(public_id, viewer=me())
    form = _form(sheet, sent=True)
    try:
        with transaction():
            sheet = sheets.for_submission(public_id, viewer=me())
            given = typed(form, sheet.panelist.review.rubric.of(sheet.part))
            sheets.submit(sheet, given, by=me(), now=clock.now())
            seat = sheet.panelist.public_id
    except Invalid as refusal:
        form.show(refusal)
        return _page(sheets.own(public_id, viewer=me()), form), 422
    flash("打分表已提交并锁定", "good")
    return redirect(url_for("assignments.show", public_id=seat))


@bp.post("/<public_id>/reopen")
@endpoint("score_sheet", "reopen_request")
def reopen(public_id: str) -> ResponseReturnValue:
    """Ask the leader to send a submitted sheet back."""
    form = ReasonForm()
    if not form.validate():
        raise Invalid({"reason": "请写明申请退回的原因"})
    with transaction():
        sheet = sheets.get(public_id, "reopen_request", viewer=me())
        sheets.request_reopening(sheet, reason=form.reason.data or "", by=me(), now=clock.now())
    flash("已申请退回，待分管局长批准", "good")
    return redirect(url_for(".show", public_id=public_id))
