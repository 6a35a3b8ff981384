"""Probes: `/healthz` says the process lives, `/readyz` that it can serve."""

import shutil
from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from matchmaker import clock, outbox
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.policy import endpoint

bp = Blueprint("health", __name__)
LEAST_FREE = 0.05  # share of the disk
OLDEST_EVENT = timedelta(minutes=10)


@bp.get("/healthz")
@endpoint("system", "probe")
def healthz() -> ResponseReturnValue:
    """Answer from the process alone."""
    return jsonify(status="ok")


@bp.get("/readyz")
@endpoint("system", "probe")
def readyz() -> ResponseReturnValue:
    """Name every check; 503 if one fails. Loopback only."""
    if request.remote_addr not in {"127.0.0.1", "::1"}:
        raise NotFound
    checks = {
        "database": _database(),
        "migrations": _migrations(),
        "disk": _disk(),
        "outbox": _outbox(),
    }
    ready = not any(checks.values())
    body = {name: problem or "ok" for name, problem in checks.items()}
    return jsonify(ready=ready, checks=body), 200 if ready else 503


def _database() -> str:
    try:
        with db.engines[None].begin() as connection:
            connection.execute(text("UPDATE audit_head SET seq = seq WHERE id = 0"))
    except SQLAlchemyError as error:
        return type(error).__name__
    return ""


def _migrations() -> str:
    migrate = current_app.extensions["migrate"]
    heads = ScriptDirectory(migrate.directory).get_heads()
    try:
        with db.engines["reader"].connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError as error:
        return type(error).__name__
    return "" if set(current) == set(heads) else f"database {current}, code {heads}"


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
