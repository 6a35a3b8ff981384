"""Every committed head, also written down outside the database: a cut tail is found against it.

`AUDIT_HEADS` names a file that the site may append to and somebody else owns (docs/operations.md);
"" keeps none. Lines: moment, number, digest. A crash between commit and line leaves a gap, no lie.
"""

import os
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app

from matchmaker import clock
from matchmaker.audit import chain

log = structlog.get_logger()
PARTS, DIGEST_LENGTH = 3, 64


def init_app(app: Flask) -> None:
    """Write a line after each commit that chained an entry."""
    app.extensions.setdefault("after_commit", []).append(_committed)


def path() -> Path | None:
    """Return where heads are written down, None where nowhere."""
    name = str(current_app.config["AUDIT_HEADS"])
    return Path(current_app.config["INSTANCE"]) / name if name else None


def _committed(session: Any) -> None:
    head = session.info.pop(chain.HEAD, None)
    place = path()
    if head is None or place is None:
        return
    line = f"{clock.now():%Y-%m-%dT%H:%M:%SZ} {head[0]} {head[1]}\n"
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())  # one write: lines of several processes stay whole
        finally:
            os.close(descriptor)
    except OSError as error:  # the act is committed; the next head closes the gap
        log.error("audit_head_not_written", error=str(error))


def written(place: Path) -> dict[int, str]:
    """Return number → digest of every whole line; half a line of a crash counts for nothing."""
    found = {}
    with place.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            parts = line.split()
            if len(parts) == PARTS and parts[1].isdecimal() and len(parts[2]) == DIGEST_LENGTH:
                found[int(parts[1])] = parts[2]
    return found
