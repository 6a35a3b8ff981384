"""How a reader wants pages shown: 大字 mode, kept in the browser."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import web
from matchmaker.policy import endpoint

bp = Blueprint("web", __name__)


@bp.post("/display/large-text")
@endpoint("page", "set_display")
def large_text() -> ResponseReturnValue:
    """Switch 大字 mode on or off and go back."""
    back = request.form.get("next", "")
    answer = redirect(back if web.is_safe_next(back) else url_for("home.index"))
    on = request.cookies.get("large_text") == "1"
    answer.set_cookie("large_text", "0" if on else "1", max_age=31536000, samesite="Lax")
    return answer
