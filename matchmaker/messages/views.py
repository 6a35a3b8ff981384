"""Pages of one's messages."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, listing, web
from matchmaker.messages import operations
from matchmaker.messages.listing import SPEC
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("messages", __name__, url_prefix="/messages")


@bp.get("")
@endpoint("page", "messages")
def index() -> ResponseReturnValue:
    """List one's messages, newest first."""
    found = listing.build(
        SPEC,
        operations.mine(me()),
        request.args,
        viewer=me(),
        path=url_for(".index"),
        row_url=lambda _row: "",
        empty={"title": "没有消息", "hint": "有事项需要您办理时，会在这里提醒。"},
    )
    return render_template("messages/list.html", listing=found, unread=operations.unread(me()))


@bp.post("/<public_id>/open")
@endpoint("page", "messages")
def open_one(public_id: str) -> ResponseReturnValue:
    """Mark a message as read and go where it leads."""
    with transaction():
        url = operations.read(public_id, by=me(), now=clock.now())
    return redirect(url if url and web.is_safe_next(url) else url_for(".index"))


@bp.post("/read")
@endpoint("page", "messages")
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    with transaction():
        count = operations.read_all(by=me(), now=clock.now())
    flash(f"已将 {count} 条消息标为已读", "good")
    return redirect(url_for(".index"))
