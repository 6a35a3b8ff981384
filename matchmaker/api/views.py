"""The interface for programs: the pools as JSON, under the same policy as the pages."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import disclosure, listing
from matchmaker.api import documents, resources
from matchmaker.errors import Invalid
from matchmaker.policy import endpoint
from matchmaker.web import me

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/")
@endpoint("api", "list")
def docs() -> ResponseReturnValue:
    """Describe the interface from the very lists and levels it serves."""
    viewer = me()
    described = [(one, one.spec(viewer)) for one in resources.RESOURCES.values()]
    return render_template("api/docs.html", described=described, sizes=listing.SIZES)


@bp.get("/<key>")
@endpoint("api", "list")
def index(key: str) -> ResponseReturnValue:
    """Answer with one page of a pool."""
    resource, viewer = resources.find(key), me()
    spec = resource.spec(viewer)
    repeated = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if repeated:
        raise Invalid(dict.fromkeys(repeated, "同一参数只能出现一次"))
    documents.check(spec, request.args)
    found = listing.build(
        spec,
        resource.readable(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index", key=key),
        row_url=lambda _shown: "",
    )
    return jsonify(documents.page(found, resource.read))


@bp.get("/<key>/<public_id>")
@endpoint("api", "list")
def show(key: str, public_id: str) -> ResponseReturnValue:
    """Answer with one row; one the viewer may not see is not found."""
    resource, viewer = resources.find(key), me()
    query = resource.readable(viewer).where(resource.model.public_id == public_id)
    shown = disclosure.one(query, viewer, resource.resource)
    body: dict[str, Any] = documents.document(shown, resource.read)
    return jsonify({**body, "url": url_for(resource.page, public_id=public_id)})
