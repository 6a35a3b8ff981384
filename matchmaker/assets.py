"""Static files: addresses that change with the content, and the copies compressed at set-up.

Every `url_for('static', …)` carries the file's digest as `v`, so browsers may keep it for a year.
`scripts/vendor` writes `name.gz` beside the larger files; one older than its original is ignored.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

YEAR = 365 * 24 * 3600  # seconds


def init_app(app: Flask) -> None:
    """Serve static files with digests and compression; give templates `asset_exists`."""
    app.view_functions["static"] = serve
    app.url_defaults(_add_digest)
    app.jinja_env.globals["asset_exists"] = exists


def exists(filename: str) -> bool:
    """Say whether set-up has brought this file (vendor files are not in the repository)."""
    return _path(filename).is_file()


def serve(filename: str) -> ResponseReturnValue:
    """Answer a static file, the compressed copy where the browser takes one."""
    path = _path(filename)
    packed = path.with_name(path.name + ".gz")
    takes_gzip = request.accept_encodings["gzip"] > 0 and _is_fresh(packed, original=path)
    response = send_from_directory(
        str(current_app.static_folder),
        filename + ".gz" if takes_gzip else filename,
        mimetype=mimetypes.guess_type(filename)[0],
        max_age=YEAR if "v" in request.args else None,
    )
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _path(filename: str) -> Path:
    joined = safe_join(str(current_app.static_folder), filename)
    return Path(joined) if joined else Path(os.devnull)


def _is_fresh(packed: Path, *, original: Path) -> bool:
    return packed.is_file() and packed.stat().st_mtime >= original.stat().st_mtime


def _add_digest(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint != "static" or "v" in values or not values.get("filename"):
        return
    path = _path(values["filename"])
    if path.is_file():
        values["v"] = _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, changed_at: int) -> str:
    """Ten hexadecimal digits of the content; `changed_at` only makes the cache see an edit."""
    del changed_at
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
