"""Handing a stored file out again, under the name it came with, never to be shown in place."""

from pathlib import PurePath
from urllib.parse import quote

from flask import Response

from matchmaker.errors import NotFound
from matchmaker.files import documents, store

OTHERS = {".zip": "application/zip", ".json": "application/json", ".py": "text/x-python"}


def attachment(stored_as: str, name: str) -> Response:
    """Answer with a stored file as a download; raise `NotFound` where it is gone.

    The caller has asked the policy. A browser saves it: nothing sent in is opened on this site.
    """
    try:
        body = store.path_of(stored_as).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
    return download(body, name, suffix=PurePath(stored_as).suffix)


def download(body: bytes, name: str, *, suffix: str = "") -> Response:
    """Answer with bytes as a download; its type is its suffix's, unless told the name's."""
    ending = suffix or PurePath(name).suffix.lower()
    kind = {**documents.MIMETYPES, **OTHERS}.get(ending, "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, mimetype=kind, headers={"Content-Disposition": disposition})
