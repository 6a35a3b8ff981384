"""The first page, by role; search over the pools."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock
from matchmaker.bounties import fitting as bounties
from matchmaker.brokering import operations as brokering
from matchmaker.home import dashboard, operations
from matchmaker.lifecycles import BUREAU
from matchmaker.policy import endpoint
from matchmaker.web import me

bp = Blueprint("home", __name__)
LONGEST_SEARCH = 60  # characters


@bp.get("/")
@endpoint("page", "home")
def index() -> ResponseReturnValue:
    """Show the public home to visitors, everybody else their own first page."""
    viewer = me()
    if not viewer.is_authenticated:
        return render_template(
            "home/public.html",
            counts=operations.pool_counts(),
            bounties=operations.latest_bounties(viewer),
            needs=operations.latest_needs(viewer),
            achievements=operations.latest_achievements(viewer),
        )
    if viewer.roles & BUREAU:
        return redirect(url_for("home.desk"))
    now = clock.now()
    return render_template(
        "home/dashboard.html",
        panels=dashboard.panels(viewer, now=now),
        fitting=brokering.fitting_needs(viewer, now=now),
        fitting_bounties=bounties.fitting_bounties(viewer),
        candidates=brokering.fitting_candidates(viewer, now=now),
    )


@bp.get("/desk")
@endpoint("user", "read_desk")
def desk() -> ResponseReturnValue:
    """Show the bureau what needs it today, overdue first."""
    return render_template("home/desk.html", groups=dashboard.desk(me(), now=clock.now()))


@bp.get("/search")
@endpoint("page", "search")
def search() -> ResponseReturnValue:
    """Search the pools; hits are scoped to the viewer."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    return render_template("home/search.html", text=text, pools=operations.search(me(), text))


@bp.app_template_global()
def link(name: str, **values: Any) -> str:
    """Return the URL of an endpoint, "" where no such page is built in."""
    return url_for(name, **values) if name in current_app.view_functions else ""
