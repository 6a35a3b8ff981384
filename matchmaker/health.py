"""Probes: `/healthz` says the process lives, `/readyz` that it can serve; and `/metrics`."""

import shutil
from datetime import timedelta

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from matchmaker import clock, outbox, starting, timeliness
from matchmaker import metrics as figures
from matchmaker.bidding import vault
from matchmaker.bidding.key_models import BountyKey, HolderKey, KeyShare, Opening
from matchmaker.bounties.models import Bounty
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import BountyState
from matchmaker.policy import endpoint

bp = Blueprint("health", __name__)
LEAST_FREE = 0.10  # share of the disk
OLDEST_EVENT = timedelta(minutes=10)
FEWEST_SHARES = 2
WARNING = "warning: "  # told, but no reason to take the site out of service


@bp.get("/healthz")
@endpoint("system", "probe")
def healthz() -> ResponseReturnValue:
    """Answer from the process alone."""
    return jsonify(status="ok")


@bp.get("/readyz")
@endpoint("system", "probe")
def readyz() -> ResponseReturnValue:
    """Name every check; 503 if one fails. Loopback only."""
    _only_from_here()
    checks = {
        "database": _database(),
        "migrations": starting.pending_migration(current_app),
        "disk": _disk(),
        "outbox": _outbox(),
        "clock": _clock(),
        "keys": _keys(),
    }
    ready = all(not said or said.startswith(WARNING) for said in checks.values())
    body = {name: problem or "ok" for name, problem in checks.items()}
    return jsonify(ready=ready, checks=body), 200 if ready else 503


@bp.get("/metrics")
@endpoint("system", "probe")
def metrics() -> ResponseReturnValue:
    """Tell Prometheus. Loopback only."""
    _only_from_here()
    return figures.page()


def _only_from_here() -> None:
    """Answer nobody but this machine, and no proxy on it that speaks for somebody else."""
    if request.remote_addr not in figures.LOOPBACK or "X-Forwarded-For" in request.headers:
        raise NotFound


def _database() -> str:
    try:
        with db.engines[None].begin() as connection:
            connection.execute(text("UPDATE audit_head SET seq = seq WHERE id = 0"))
    except SQLAlchemyError as error:
        return type(error).__name__
    return ""


def _disk() -> str:
    usage = shutil.disk_usage(current_app.config["INSTANCE"])
    return "" if usage.free / usage.total > LEAST_FREE else "little space left"


def _outbox() -> str:
    try:
        _, oldest = outbox.waiting()
    except SQLAlchemyError as error:
        return type(error).__name__
    late = oldest is not None and clock.now() - oldest > OLDEST_EVENT
    return f"waiting since {oldest}" if late else ""


def _clock() -> str:
    """A clock that nothing keeps is a failure only where the bureau says that something does."""
    fault = timeliness.clock_fault()
    strict = current_app.config["CLOCK_SYNC"] and not current_app.config["DEMONSTRATION"]
    return fault if strict or not fault else WARNING + fault


def _keys() -> str:
    """Two holders must be able to open every bounty that takes bids or waits to be opened."""
    usable = (
        select(func.count())
        .select_from(KeyShare)
        .join(HolderKey, HolderKey.id == KeyShare.holder_key_id)
        .where(KeyShare.key_id == BountyKey.id, HolderKey.retired_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(Bounty.bounty_no, usable, BountyKey.beside)
        .outerjoin(BountyKey, BountyKey.bounty_id == Bounty.id)
        .outerjoin(Opening, Opening.bounty_id == Bounty.id)
        .where(Bounty.state.in_((BountyState.PUBLISHED, BountyState.CLOSED)), Opening.id.is_(None))
    )
    try:
        rows = db.session.execute(query.order_by(Bounty.id)).tuples().all()
    except SQLAlchemyError as error:
        return type(error).__name__
    if any(beside and beside != vault.fingerprint() for _name, _shares, beside in rows):
        return "keys beside the database are not those of the open bounties"
    short = [str(name) for name, shares, _beside in rows if (shares or 0) < FEWEST_SHARES]
    return f"{WARNING}fewer than two shares: {', '.join(short[:5])}" if short else ""
