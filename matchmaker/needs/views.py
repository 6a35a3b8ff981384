"""难题库: the list, a need's page, its versions; writing and deciding are in their own modules."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, disclosure, exporting, identifiers, listing, policy
from matchmaker.needs import (
    changes,
    content,
    deciding,
    decisions,
    diagnosing,
    diagnosis_pages,
    editing,
    fields,
    merging,
    operations,
    revising,
)
from matchmaker.needs.listing import UNTITLED, spec_for
from matchmaker.needs.models import Need
from matchmaker.needs.pages import bp, hidden_reasons, history, moves_open, pairs, related_links
from matchmaker.policy import endpoint
from matchmaker.revisions import operations as revisions
from matchmaker.web import me

__all__ = ["bp", "deciding", "diagnosis_pages", "editing", "revising"]
MOST_OWN = 10
BULK = [
    ("accept", "受理为个性化需求", False),
    ("take", "由我经办", False),
    ("merge", "合并为共性需求", False),
]


@bp.get("")
@endpoint("need", "list")
def index() -> ResponseReturnValue:
    """The pool; above it, for an enterprise, its own needs."""
    viewer = me()
    found = listing.build(
        spec_for(viewer),
        operations.visible(viewer),
        request.args,
        viewer=viewer,
        path=url_for(".index"),
        row_url=lambda shown: url_for("needs.show", public_id=shown.public_id),
        bulk=BULK if policy.may(viewer, "need", "manage") else (),
        bulk_url=url_for(".bulk"),
        export_path=_export_path(viewer),
        empty=_empty(viewer),
    )
    mine = []
    if viewer.is_authenticated and viewer.organisation_id:
        latest = operations.own(viewer).order_by(*operations.LATEST_FIRST).limit(MOST_OWN)
        mine = disclosure.shown(latest, viewer, "need")
    return render_template(
        "needs/list.html",
        listing=found,
        mine=mine,
        untitled=UNTITLED,
        actions=_actions(viewer),
    )


def _actions(viewer: Any) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    if policy.may(viewer, "need", "merge_approve"):
        found.append(("合并提议", url_for("needs.merges")))
    if policy.may(viewer, "need", "create"):
        found.append(("填报需求", url_for("needs.new"), "primary"))
    return found


def _empty(viewer: Any) -> dict[str, str]:
    said = {"title": "没有符合条件的需求", "hint": "可以减少筛选条件后再看。"}
    if policy.may(viewer, "need", "create"):
        said |= {"url": url_for("needs.new"), "label": "填报需求"}
    return said


def _export_path(viewer: Any) -> str:
    return url_for("needs.export") if policy.may(viewer, "need", "export_list") else ""


@bp.get("/export")
@endpoint("need", "export_list")
def export() -> ResponseReturnValue:
    """The list as a workbook, exactly as on screen or with every field the viewer may see."""
    return exporting.respond(
        spec_for(me()),
        operations.visible(me()),
        request.args,
        viewer=me(),
        name="难题库",
        now=clock.now(),
    )


@bp.get("/<public_id>")
@endpoint("need", "list")
def show(public_id: str) -> ResponseReturnValue:
    """One need as this viewer may see it, and what the viewer may do with it."""
    viewer = me()
    shown = operations.read(public_id, viewer=viewer)
    need = operations.get(public_id, *operations.READ, viewer=viewer)
    inner = policy.permits(viewer, "need", "read_versions", need)
    may = {
        action: policy.permits(viewer, "need", action, need)
        for action in ("update", "delete_draft", "comment", "manage", "request_change")
    }
    return render_template(
        "needs/show.html",
        need=shown,
        title=shown.title or UNTITLED,
        stages=[(label, pairs(shown, number)) for number, label in fields.STAGES],
        hidden=hidden_reasons(shown),
        moves=moves_open(need, viewer),
        may=may,
        inner=inner,
        related=related_links(need, viewer) if inner else [],
        events=history(shown) if inner else [],
        versions=revisions.of("need", need.id) if inner else [],
        remarks=revisions.open_by_field("need", need.id) if inner else {},
        labels=fields.LABELS,
        diagnoses=decisions.diagnoses(need.id) if inner else [],
        revision=diagnosing.shown(need) if inner else None,
        officers=decisions.officers() if may["manage"] else [],
        waiting=changes.waiting(need.id) if inner else None,
        proposed=_proposed(need) if inner else [],
        sources=merging.sources(need.id) if policy.may(viewer, "need", "merge_propose") else [],
        merges=merging.of_main(need.id) if may["manage"] else [],
    )


def _proposed(need: Need) -> list[tuple[str, str, str]]:
    waiting = changes.waiting(need.id)
    return changes.proposed(need, waiting) if waiting is not None else []


def _version(name: str, otherwise: int) -> int:
    asked = identifiers.row_number(request.args.get(name, ""))
    return otherwise if asked is None else asked


@bp.get("/<public_id>/versions")
@endpoint("need", "read_versions")
def versions(public_id: str) -> ResponseReturnValue:
    """Two versions side by side: the newest against the one before, unless others are named."""
    need = operations.get(public_id, "read_versions", viewer=me())
    kept = revisions.of("need", need.id)
    newest = kept[0].number if kept else 0
    after = _version("after", newest)
    before = _version("before", max(1, after - 1))
    old = revisions.get("need", need.id, before).content if kept else {}
    new = revisions.get("need", need.id, after).content if kept else {}
    return render_template(
        "needs/versions.html",
        title=need.title or UNTITLED,
        public_id=public_id,
        versions=kept,
        before=before,
        after=after,
        rows=content.differences(old, new),
    )
