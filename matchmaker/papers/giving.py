"""A document filled, marked with who took it and sent as a Word file."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, current_app

from matchmaker import clock, documents, web
from matchmaker.audit import trail
from matchmaker.places import operations as places

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def folder() -> Path:
    """Return where this instance keeps the bureau's own templates."""
    return Path(current_app.config["INSTANCE"]) / "templates"


def own_template(name: str) -> Path | None:
    """Return the bureau's own template of a document, None where the platform's serves."""
    path = folder() / f"{documents.get(name).name}.docx"
    return path if path.is_file() else None


def issuer(now: datetime) -> dict[str, Any]:
    """Return the part of a context that says who issues: the contract `Issued`."""
    stated = places.settings()
    return {
        "bureau_name": stated["bureau_name"],
        "issued_on": clock.today(now),
        "contact_phone": stated["phone"],
        "contact_address": stated["address"],
    }


def produce(name: str, context: Mapping[str, Any], *, comments: str = "") -> bytes:
    """Return the document as .docx, from the bureau's own template where there is one.

    Raises `documents.MissingField`, a 422 that names every blank which would stay open.
    """
    return documents.render(name, context, template=own_template(name), comments=comments)


def respond(
    name: str,
    context: Mapping[str, Any],
    *,
    filename: str,
    noun: str,
    object_id: str,
    viewer: Any,
    now: datetime,
) -> Response:
    """Answer with the document as a Word file; the copy goes on the trail and is marked.

    filename : without extension, in Chinese, as "榜单公告-JB2026-003".
    noun, object_id : whose trail the copy is on, as "bounty" and its public_id.
    Raises `documents.MissingField`.
    """
    taken_at = f"{clock.local(now):%Y-%m-%d %H:%M}"
    mark = f"由 {viewer.name} 于 {taken_at} 从揭榜台导出"
    content = produce(name, context, comments=mark)
    with web.transaction():
        trail.record("export", noun, object_id, by=viewer, now=now, document=name)
    return attached(content, f"{filename}.docx", WORD)


def attached(content: bytes, filename: str, mimetype: str) -> Response:
    """Answer with a file to keep, under a Chinese name."""
    disposition = f"attachment; filename*=UTF-8''{quote(filename)}"
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})
