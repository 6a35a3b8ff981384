"""A person downloads the own data."""

from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting
from matchmaker.audit import trail
from matchmaker.policy import endpoint
from matchmaker.privacy import copying, people
from matchmaker.web import me, transaction

bp = Blueprint("privacy", __name__)


@bp.get("/account/data")
@endpoint("user", "export_personal_data")
def download() -> ResponseReturnValue:
    """Answer with everything held about the person who asks, as a workbook or JSON."""
    now = clock.now()
    found = copying.copy(people.of(me()), now=now)
    as_json = request.args.get("format") == "json"
    content = copying.as_json(found) if as_json else copying.as_workbook(found)
    with transaction():
        trail.record("export", "user", me().public_id, by=me(), now=now, personal=True)
    name = quote(f"本人个人信息-{clock.local(now):%Y%m%d-%H%M}.{'json' if as_json else 'xlsx'}")
    return Response(
        content,
        mimetype="application/json" if as_json else exporting.WORKBOOK,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
