"""Pages of the figures, their workbook and the rows behind each number."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotFound
from matchmaker.policy import endpoint
from matchmaker.reporting import (
    deals,
    figures,
    operations,
    periods,
    quality,
    quality_workbook,
    subjects,
    workbook,
)
from matchmaker.reporting.counting import Cell
from matchmaker.reporting.subjects import Subject
from matchmaker.web import me

bp = Blueprint("reporting", __name__, url_prefix="/figures")


@bp.get("", endpoint="figures")
@endpoint("page", "figures")
def figures_page() -> ResponseReturnValue:
    """Show the figures of the chosen period; wrong dates are named beside this month's."""
    now, wrong, args = clock.now(), {}, request.args
    try:
        period = periods.chosen(args, clock.today(now))
    except Invalid as error:
        wrong, period = error.fields, periods.current("month", clock.today(now))
    page = render_template(
        "reporting/figures.html",
        board=figures.board(period, now=now),
        deals=deals.lines(period),
        kinds=periods.KINDS,
        asked={key: args.get(key, "") for key in ("period", "from", "to")},
        wrong=wrong,
        listed=operations.open_to(me()),
        args=period.page_args,
    )
    return page, 422 if wrong else 200


@bp.get("/export")
@endpoint("page", "figures")
def export() -> ResponseReturnValue:
    """Answer with the figures as a workbook; the export goes on the trail."""
    now = clock.now()
    period = periods.chosen(request.args, clock.today(now))
    return workbook.respond(figures.board(period, now=now), viewer=me(), now=now)


@bp.get("/quality")
@endpoint("page", "match_quality")
def match_quality() -> ResponseReturnValue:
    """Show how good the recommendations are; wrong dates are named beside this year's."""
    now, wrong, args = clock.now(), {}, request.args
    try:
        period = _quality_period(now)
    except Invalid as error:
        wrong, period = error.fields, periods.current("year", clock.today(now))
    page = render_template(
        "reporting/quality.html",
        board=quality.board(period, args, now=now),
        kinds=periods.KINDS,
        asked={key: args.get(key, "") for key in ("period", "from", "to", "town", "field")},
        choices={"town": subjects.towns(), "field": subjects.fields()},
        wrong=wrong,
        listed=operations.open_to(me()),
        args={**period.page_args, **{key: args.get(key, "") for key in ("town", "field")}},
        words=quality_workbook.WORDS,
    )
    return page, 422 if wrong else 200


@bp.get("/quality/export")
@endpoint("page", "match_quality")
def export_quality() -> ResponseReturnValue:
    """Answer with the matcher's figures as a workbook; the export goes on the trail."""
    now = clock.now()
    found = quality.board(_quality_period(now), request.args, now=now)
    return quality_workbook.respond(found, viewer=me(), now=now)


def _quality_period(now: datetime) -> periods.Period:
    """Return the period asked for; the running year where none is."""
    return periods.chosen({"period": "year", **request.args}, clock.today(now))


@bp.get("/<key>")
@endpoint("page", "figures")
def rows(key: str) -> ResponseReturnValue:
    """List the rows a figure counts; the filters in the address are the figure's own."""
    subject = operations.subject(key)
    found = listing.build(
        operations.spec(subject, now=clock.now()),
        operations.readable(subject, viewer=me()),
        request.args,
        viewer=me(),
        path=url_for(".rows", key=key),
        row_url=_row_url(subject),
        export_path=url_for(".export_rows", key=key) if _may_export(subject) else "",
        empty={"title": "没有符合条件的记录", "hint": "可去掉部分筛选条件再看。"},
    )
    return render_template("reporting/rows.html", listing=found, subject=subject)


@bp.get("/<key>/export")
@endpoint("page", "figures")
def export_rows(key: str) -> Response:
    """Answer with those rows as a workbook."""
    subject = operations.subject(key)
    if not _may_export(subject):
        raise NotFound
    return exporting.respond(
        operations.spec(subject, now=clock.now()),
        operations.readable(subject, viewer=me()),
        request.args,
        viewer=me(),
        name=f"统计明细-{subject.label}",
        now=clock.now(),
    )


def _may_export(subject: Subject) -> bool:
    return policy.may(me(), subject.resource, "export_list")


def _row_url(subject: Subject) -> Any:
    name, attribute = subject.row

    def url(shown: Shown) -> str:
        if name not in current_app.view_functions:
            return ""
        return url_for(name, public_id=getattr(shown, attribute))

    return url


@bp.app_template_global()
def drill(cell: Cell) -> str:
    """Return the address of the rows a figure counts."""
    values: dict[str, Any] = {**cell.args, "key": cell.subject}
    return url_for("reporting.rows", **values)


@bp.app_template_global()
def quality_link() -> str:
    """Return the address of 匹配质量; "" where the viewer may not read it."""
    return url_for("reporting.match_quality") if policy.may(me(), "page", "match_quality") else ""
