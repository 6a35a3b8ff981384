"""Following the bounties: the board, one timeline each, the own ones."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, policy
from matchmaker.bounties import operations as bounties
from matchmaker.following import board, cards, timeline
from matchmaker.following.board import Filters
from matchmaker.following.dates import Audience
from matchmaker.following.stages import ALL_STAGES, STAGES
from matchmaker.policy import endpoint
from matchmaker.web import me

bp = Blueprint("following", __name__, url_prefix="/following")
VIEWS = (("board", "看板"), ("table", "表格"), ("times", "各环节用时"))


@bp.get("")
@endpoint("bounty", "follow_board")
def index() -> ResponseReturnValue:
    """The board: as columns, as a table, or as working days by person; the address says which."""
    viewer, now = me(), clock.now()
    filters = Filters.of(request.args)
    asked = request.args.get("view", "board")
    view = asked if asked in dict(VIEWS) else "board"
    deck = board.read(viewer, filters, now=now)
    total, late = board.counted(deck)
    rows, page, pages = board.page_of(deck, request.args.get("page", ""))
    return render_template(
        f"following/{view}.html",
        view=view,
        views=VIEWS,
        filters=filters,
        choices=board.choices(viewer),
        rows=rows,
        page_no=page,
        pages=pages,
        lanes=board.lanes(deck, filters) if view == "board" else [],
        loads=board.load_by_person(deck, now=now) if view == "times" else {},
        stages=STAGES,
        total=total,
        late=late,
        as_of=board.as_of(now),
        may_export=policy.may(viewer, "bounty", "export_list"),
    )


@bp.get("/export")
@endpoint("bounty", "export_list")
def export() -> Response:
    """The board's cards as a workbook, in its order."""
    return _sheet(times=False)


@bp.get("/times/export")
@endpoint("bounty", "export_list")
def export_times() -> Response:
    """The working days by person as a workbook."""
    return _sheet(times=True)


def _sheet(*, times: bool) -> Response:
    viewer, now = me(), clock.now()
    filters = Filters.of(request.args)
    deck = board.read(viewer, filters, now=now)
    sheet = board.times_sheet(deck, now=now) if times else board.sheet(deck)
    kept = "；".join(f"{name}={value}" for name, value in filters.kept.items()) or "无"
    return exporting.respond_table(
        sheet, resource="bounty", viewer=viewer, now=now, conditions=kept, rows=len(deck.cards)
    )


@bp.get("/mine")
@endpoint("bounty", "follow_own")
def mine() -> ResponseReturnValue:
    """The organisation's own bounties: where each stands, what it waits for, by when."""
    viewer, now = me(), clock.now()
    query = bounties.own(viewer)
    deck = cards.deal(query, viewer=viewer, audience=Audience.PARTIES, now=now)
    return render_template("following/mine.html", cards=deck.cards)


@bp.get("/<public_id>")
@endpoint("bounty", "list")
def show(public_id: str) -> ResponseReturnValue:
    """One bounty's timeline, as this viewer may read it."""
    viewer, now = me(), clock.now()
    bounty = bounties.get(public_id, viewer=viewer)
    shown = bounties.read(public_id, viewer=viewer)
    found = timeline.of(bounty, viewer=viewer, now=now)
    return render_template(
        "following/show.html",
        bounty=shown,
        found=found,
        stages=ALL_STAGES if found.bounty.present_state in ALL_STAGES[-1].states else STAGES,
        board=policy.may(viewer, "bounty", "follow_board"),
        bounty_url=_link("bounties.show", public_id),
    )


def _link(name: str, public_id: str) -> str:
    return url_for(name, public_id=public_id) if name in current_app.view_functions else ""


@bp.app_template_global()
def timeline_link(bounty: Any) -> str:
    """Return the address of a bounty's timeline, for its own page."""
    return url_for("following.show", public_id=bounty.public_id)
