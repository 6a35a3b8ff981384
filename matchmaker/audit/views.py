"""Pages of the audit trail."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker import clock, exporting, listing, policy
from matchmaker.audit import trail, verifying
from matchmaker.audit.listing import SPEC
from matchmaker.audit.policy import about_security
from matchmaker.policy import endpoint
from matchmaker.web import me, transaction

bp = Blueprint("audit", __name__, url_prefix="/audit")


def _page(query: Any, title: str, *, export_path: str = "") -> ResponseReturnValue:
    found = listing.build(
        SPEC,
        query,
        request.args,
        viewer=me(),
        path=request.path,
        row_url=lambda _row: "",
        export_path=export_path,
    )
    verifies = policy.may(me(), "audit_log", "verify_chain")
    return render_template("audit/list.html", listing=found, title=title, verifies=verifies)


@bp.get("")
@endpoint("audit_log", "read_all")
def index() -> ResponseReturnValue:
    """List every entry, for the auditor."""
    query = policy.scope(me(), "audit_log", "read_all")
    return _page(query, "审计日志", export_path=url_for(".export"))


@bp.get("/security")
@endpoint("audit_log", "read_security_events")
def security() -> ResponseReturnValue:
    """List what concerns security."""
    query = policy.scope(me(), "audit_log", "read_security_events").where(about_security())
    return _page(query, "安全事件")


@bp.get("/mine")
@endpoint("audit_log", "read_own_entries")
def mine() -> ResponseReturnValue:
    """List what one did oneself."""
    return _page(policy.scope(me(), "audit_log", "read_own_entries"), "我的操作记录")


@bp.get("/export")
@endpoint("audit_log", "export")
def export() -> ResponseReturnValue:
    """Export the list as it is on screen."""
    query = policy.scope(me(), "audit_log", "read_all")
    return exporting.respond(
        SPEC, query, request.args, viewer=me(), name="审计日志", now=clock.now()
    )


@bp.post("/verify")
@endpoint("audit_log", "verify_chain")
def verify() -> ResponseReturnValue:
    """Walk the whole chain and say whether anything was changed or cut off."""
    count, fault = verifying.whole()
    with transaction():
        trail.record(
            "verify_chain", "audit_log", by=me(), now=clock.now(), count=count, fault=fault
        )
    flash(
        f"校验到第 {count} 条：{fault}" if fault else f"共 {count} 条，完整无改动",
        "bad" if fault else "good",
    )
    back = ".index" if policy.may(me(), "audit_log", "read_all") else ".security"
    return redirect(url_for(back))
