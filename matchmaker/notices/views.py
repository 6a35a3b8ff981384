"""公示: the public list, a notice's page, its stored original, the feed; the desk."""

from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, listing, papers, policy
from matchmaker.errors import NotFound
from matchmaker.notices import draft_views, feeds, letters, objections, operations, pages
from matchmaker.notices.draft_views import draft_page
from matchmaker.notices.forms import ConfirmEndForm, ReasonForm
from matchmaker.notices.listing import draft_spec, objection_spec, public_spec
from matchmaker.notices.pages import bp
from matchmaker.places import operations as places
from matchmaker.policy import endpoint
from matchmaker.web import found, me

__all__ = ["bp", "draft_views"]
MOST_IN_FEED = 50


@bp.get("")
@endpoint("notice", "read")
def index() -> ResponseReturnValue:
    """Everything the bureau has published, for everybody."""
    viewer, now = me(), clock.now()
    rows = listing.build(
        public_spec(now, operations.calendar()),
        operations.public(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        empty={"title": "还没有公示", "hint": "科技局发布公示后，会出现在这里。"},
    )
    return render_template("notices/list.html", listing=rows)


@bp.get("/feed.xml")
@endpoint("notice", "read")
def feed() -> Response:
    """The latest notices as RSS."""
    latest = operations.latest(me(), MOST_IN_FEED)
    body = feeds.rss(
        latest,
        site=places.settings()["bureau_name"],
        home=url_for(".index", _external=True),
        url_of=lambda row: url_for(".show", public_id=row.public_id, _external=True),
    )
    return Response(body, mimetype="application/rss+xml")


@bp.get("/desk")
@endpoint("notice", "list_desk")
def desk() -> ResponseReturnValue:
    """What is being drafted, and the objections under way, overdue first."""
    viewer, now = me(), clock.now()
    drafts = listing.build(
        draft_spec(),
        operations.drafts(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".desk"),
        row_url=lambda row: url_for(".show", public_id=row.public_id),
        empty={"title": "没有待发布的公示", "hint": "起草的和需要审查、批准的公示会列在这里。"},
    )
    handled = listing.build(
        objection_spec(now, operations.calendar(), bureau=True),
        objections.under_way(viewer),
        request.args.__class__(),
        viewer=viewer,
        path=url_for("objections.index"),
        row_url=lambda row: url_for("objections.show", public_id=row.public_id),
    )
    waiting = operations.unconfirmed(viewer)
    return render_template(
        "notices/desk.html",
        listing=drafts,
        objections=handled,
        waiting=waiting,
        may_create=policy.may(viewer, "notice", "create"),
        may_read_objections=policy.may(viewer, "objection", "read"),
    )


@bp.get("/<public_id>")
@endpoint("notice", "read")
def show(public_id: str) -> ResponseReturnValue:
    """A notice: what was published as it was published, and where its period stands."""
    viewer, now = me(), clock.now()
    notice = operations.get(public_id, "read", viewer=viewer)
    if pages.is_draft(notice):
        return draft_page(notice)
    page = pages.read(notice, viewer=viewer, now=now)
    bureau = page.notice.sees("handler")
    return render_template(
        "notices/show.html",
        page=page,
        notice=page.notice,
        events=pages.history(notice) if bureau else [],
        requested=pages.requested(notice) if page.may["correct_approve"] else [],
        form=ReasonForm(formdata=None),
        confirm=ConfirmEndForm(formdata=None),
    )


@bp.get("/<public_id>/original")
@endpoint("notice", "read")
def original(public_id: str) -> Response:
    """The stored page, byte by byte, so that anybody can recompute the digest."""
    notice = operations.get(public_id, "read", viewer=me())
    kept = disclosure.everything(notice)
    body = found(kept.page_html or None)
    name = quote(f"{notice.notice_no}.html")
    return Response(
        body.encode(),
        mimetype="text/html",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@bp.get("/<public_id>/document")
@endpoint("notice", "export_document")
def document(public_id: str) -> Response:
    """The notice as a Word file, to be printed, sealed and put up."""
    viewer, now = me(), clock.now()
    notice = operations.get(public_id, "export_document", viewer=viewer)
    if notice.published_on is None:
        raise NotFound
    url = url_for(".show", public_id=public_id, _external=True)
    return papers.respond(
        "public_notice",
        letters.notice(notice, url=url, now=now),
        filename=f"公示-{notice.notice_no}",
        noun="notice",
        object_id=public_id,
        viewer=viewer,
        now=now,
    )
