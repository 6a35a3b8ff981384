"""我的评审: an expert's seats, the declaration, the material, nothing else."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.errors import Invalid, NotFound
from matchmaker.files import serving
from matchmaker.forms import Form
from matchmaker.lifecycles import ReviewState
from matchmaker.policy import endpoint
from matchmaker.reviewing import desk, reading, seats, sheets
from matchmaker.reviewing.forms import ConfirmForm, ReasonForm
from matchmaker.reviewing.models import Panelist, Subject
from matchmaker.web import as_moment, me, transaction

bp = Blueprint("assignments", __name__, url_prefix="/my-reviews")


@bp.get("")
@endpoint("expert", "read_own_assignment")
def index() -> ResponseReturnValue:
    """The expert's seats with what is left to do."""
    return render_template("reviewing/mine.html", rows=desk.mine(me(), now=clock.now()))


@bp.get("/<public_id>")
@endpoint("expert", "read_own_assignment")
def show(public_id: str) -> ResponseReturnValue:
    """One seat: answer the invitation, then the subjects and their sheets."""
    return _page(public_id)


def _page(public_id: str, **sent: Form) -> str:
    seat = seats.get(public_id, "read_own_assignment", viewer=me())
    forms = {
        "confirm": sent.get("confirm") or ConfirmForm(formdata=None),
        "reason": sent.get("reason") or ReasonForm(formdata=None),
    }
    page = desk.assignment(seat, now=clock.now())
    return render_template("reviewing/assignment.html", page=page, seat=seat, forms=forms)


def _answer(public_id: str, name: str, action: str, deed: Any, told: str) -> ResponseReturnValue:
    form: Any = ConfirmForm() if name == "confirm" else ReasonForm()
    if not form.validate():
        return _page(public_id, **{name: form}), 422
    try:
        with transaction():
            deed(seats.get(public_id, action, viewer=me()), form)
    except Invalid as refusal:
        form.show(refusal)
        return _page(public_id, **{name: form}), 422
    flash(told, "good")
    return redirect(url_for(".index"))


@bp.post("/<public_id>/confirm")
@endpoint("expert", "read_own_assignment")
def confirm(public_id: str) -> ResponseReturnValue:
    """Take the seat with the declaration."""

    def deed(seat: Panelist, form: Any) -> None:
        seats.confirm(seat, declared=form.declared.data, by=me(), now=clock.now())

    told = "已确认参加；全体专家确认后即可打分"
    return _answer(public_id, "confirm", "read_own_assignment", deed, told)


@bp.post("/<public_id>/refuse")
@endpoint("expert", "read_own_assignment")
def refuse(public_id: str) -> ResponseReturnValue:
    """Decline the invitation."""

    def deed(seat: Panelist, form: Any) -> None:
        seats.refuse(seat, reason=form.reason.data, by=me(), now=clock.now())

    return _answer(public_id, "reason", "read_own_assignment", deed, "已谢绝，感谢答复")


@bp.post("/<public_id>/conflict")
@endpoint("expert", "declare_conflict")
def conflict(public_id: str) -> ResponseReturnValue:
    """Declare a reason to keep away, at any time before everything is submitted."""

    def deed(seat: Panelist, form: Any) -> None:
        seats.declare_conflict(seat, reason=form.reason.data, by=me(), now=clock.now())

    return _answer(public_id, "reason", "declare_conflict", deed, "已申报回避，不再参加本次评审")


@bp.get("/<public_id>/material/<int:row_id>")
@endpoint("expert", "read_own_assignment")
def material(public_id: str, row_id: int) -> ResponseReturnValue:
    """What the judge reads of one subject; the price only once it is open to this judge."""
    seat, subject = _opened(public_id, row_id)
    opened = subject.bid is not None and sheets.price_is_open(seat)
    mark = f"{me().name} {as_moment(clock.now())} 仅供本次评审"
    return render_template(
        "reviewing/material.html",
        seat=seat,
        subject=subject,
        sections=reading.technical(subject, seat.review),
        price=reading.price(subject, seat.review) if opened else [],
        files=reading.files(subject, seat.review, price_open=opened),
        priced=subject.bid is not None,
        opened=opened,
        mark=mark,
    )


def _opened(public_id: str, number: int) -> tuple[Panelist, Subject]:
    """Return seat and subject while scoring runs; raise `NotFound` before and after."""
    seat = seats.get(public_id, "read_material", viewer=me())
    found = [one for one in seat.review.subjects if one.number == number]
    if seat.review.state is not ReviewState.SCORING or not found:
        raise NotFound
    return seat, found[0]


@bp.get("/<public_id>/material/<int:row_id>/files/<int:file_id>")
@endpoint("bid", "download_attachment")
def attachment(public_id: str, row_id: int, file_id: int) -> Response:
    """An attachment the judge may open."""
    seat, subject = _opened(public_id, row_id)
    opened = sheets.price_is_open(seat)
    for one in reading.files(subject, seat.review, price_open=opened):
        if one.id == file_id:
            return serving.attachment(one.stored_as, one.name)
    raise NotFound
