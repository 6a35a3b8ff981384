"""榜单: the public list and feed, a bounty's page, its record; every step is in its own module."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, listing, policy
from matchmaker.bounties import (
    approval_views,
    change_views,
    dialogue_views,
    draft_views,
    ending_views,
    invitation_views,
    operations,
    papers,
    record,
    showing,
    source_views,
    timing,
    watching,
)
from matchmaker.bounties.listing import UNNUMBERED, spec_for
from matchmaker.bounties.pages import bp
from matchmaker.errors import NotFound
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

__all__ = [
    "approval_views",
    "bp",
    "change_views",
    "dialogue_views",
    "draft_views",
    "ending_views",
    "invitation_views",
    "source_views",
]
MOST_OWN, MOST_FEED = 10, 30


@bp.get("")
@endpoint("bounty", "list")
def index() -> ResponseReturnValue:
    """The bounties the viewer may know of; above them the viewer's own."""
    viewer = me()
    bureau = policy.may(viewer, "bounty", "read_bureau")
    found = listing.build(
        spec_for(viewer),
        operations.visible(viewer) if bureau else operations.public(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda shown: url_for("bounties.show", public_id=shown.public_id),
        export_path=url_for(".export") if policy.may(viewer, "bounty", "export_list") else "",
        empty={"title": "没有符合条件的榜单", "hint": "可以减少筛选条件，或订阅更新。"},
    )
    mine = []
    if viewer.is_authenticated:
        latest = operations.own(viewer).order_by(*operations.LATEST_FIRST).limit(MOST_OWN)
        mine = disclosure.shown(latest, viewer, "bounty")
    return render_template("bounties/list.html", listing=found, mine=mine, unnumbered=UNNUMBERED)


@bp.get("/export")
@endpoint("bounty", "export_list")
def export() -> Response:
    """The list as a workbook, exactly as on screen."""
    return exporting.respond(
        spec_for(me()), operations.visible(me()), request.args, viewer=me(), name="榜单",
        now=clock.now(),
    )  # fmt: skip


@bp.get("/feed.xml")
@endpoint("bounty", "read_public")
def feed() -> Response:
    """The latest bounties as RSS: for subscribers and aggregators."""
    query = operations.public(me()).order_by(*operations.NEWEST_FIRST).limit(MOST_FEED)
    rows = disclosure.shown(query, me(), "bounty")
    body = render_template("bounties/feed.xml", rows=rows, stamp=timing.stamp, rfc=timing.rfc822)
    return Response(body, mimetype="application/rss+xml")


@bp.get("/<public_id>")
@endpoint("bounty", "list")
def show(public_id: str) -> ResponseReturnValue:
    """One bounty, as this viewer may see it, and what the viewer may do with it."""
    viewer, now = me(), clock.now()
    bounty = operations.get(public_id, viewer=viewer)
    if operations.is_published(bounty):
        watching.note_visit(bounty.id, "opened", by=viewer, now=now)
    return render_template("bounties/show.html", **showing.context(public_id))


@bp.post("/<public_id>/follow")
@endpoint("bounty", "follow")
def follow(public_id: str) -> ResponseReturnValue:
    """Follow a bounty or follow it no longer."""
    with transaction():
        bounty = operations.get(public_id, "follow", viewer=me())
        if watching.follows(bounty.id, me()):
            watching.unfollow(bounty.id, by=me())
            told = "已取消关注。"
        else:
            watching.follow(bounty.id, by=me(), now=clock.now())
            told = "已关注，变更、答疑和结果会发消息告诉您。"
    flash(told, "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/<public_id>/record")
@endpoint("bounty", "read_public")
def show_record(public_id: str) -> ResponseReturnValue:
    """The public record, verified line by line, and how to verify it oneself."""
    bounty = _published(public_id)
    entries = record.of(bounty.id)
    lines = [record.line(one) for one in entries]
    return render_template(
        "bounties/record.html",
        bounty=operations.read(public_id, viewer=me()),
        lines=[
            {
                **line,
                "at": one.at,
                "words": record.words(one),
                "canonical": record.canonical(one.content),
            }
            for one, line in zip(entries, lines, strict=True)
        ],
        labels=record.LABELS,
        faults=record.faults(lines),
        head=record.head(bounty.id),
        snapshot_fits=record.sha256(bounty.snapshot) == bounty.digest,
    )


@bp.get("/<public_id>/record.json")
@endpoint("bounty", "read_public")
def record_file(public_id: str) -> ResponseReturnValue:
    """The public record as a file."""
    bounty = _published(public_id)
    return jsonify(record.document(bounty, record.of(bounty.id)))


@bp.get("/<public_id>/snapshot.json")
@endpoint("bounty", "read_public")
def snapshot_file(public_id: str) -> Response:
    """What was published, as the very text the digest is taken of."""
    bounty = _published(public_id)
    return Response(record.canonical(bounty.snapshot), mimetype="application/json")


@bp.get("/<public_id>/papers/<name>")
@endpoint("bounty", "list")
def paper(public_id: str, name: str) -> Response:
    """榜单公告 or 揭榜指南 as a Word file."""
    bounty, now = _published(public_id), clock.now()
    watching.note_visit(bounty.id, "downloaded", by=me(), now=now)
    url = url_for(".show", public_id=public_id, _external=True)
    return papers.respond(_published(public_id), name, url=url, viewer=me(), now=now)


def _published(public_id: str) -> Any:
    bounty = operations.get(public_id, viewer=me())
    if not operations.is_published(bounty):
        raise NotFound
    return bounty
