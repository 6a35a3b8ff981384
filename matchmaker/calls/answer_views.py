"""What an enterprise does with a call: begin a need, or answer that there is nothing."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.calls import answering, operations
from matchmaker.calls.forms import NothingForm
from matchmaker.calls.pages import bp, show_page
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import found, me, transaction


def _mine() -> Any:
    return found(me().organisation)


@bp.post("/<public_id>/answer")
@endpoint("call", "answer")
def answer(public_id: str) -> ResponseReturnValue:
    """Begin a need for this call (去填报) and go on to its first stage."""
    with transaction():
        call = operations.get(public_id, "answer", viewer=me())
        need = answering.start(call, _mine(), by=me(), now=clock.now())
        name = need.public_id
    flash("已建立草稿，请逐步填写后提交；截止前可随时回来修改。", "good")
    return redirect(url_for("needs.edit", public_id=name, stage=1))


@bp.post("/<public_id>/nothing")
@endpoint("call", "answer")
def nothing(public_id: str) -> ResponseReturnValue:
    """Answer that there is nothing this time."""
    form = NothingForm()
    try:
        with transaction():
            call = operations.get(public_id, "answer", viewer=me())
            note = form.note.data or ""
            answering.nothing(call, _mine(), note, by=me(), now=clock.now())
    except Invalid as refusal:
        form.show(refusal)
        return show_page(public_id, nothing=form), 422
    flash("已登记本次无需求，感谢答复；截止前仍可改为填报。", "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<public_id>/something")
@endpoint("call", "answer")
def something(public_id: str) -> ResponseReturnValue:
    """Take "nothing this time" back."""
    with transaction():
        call = operations.get(public_id, "answer", viewer=me())
        answering.not_nothing(call, _mine(), by=me(), now=clock.now())
    flash("已撤回“本次无需求”，请点“去填报”。", "good")
    return redirect(url_for(".show", public_id=public_id))
