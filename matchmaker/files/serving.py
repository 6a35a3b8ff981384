"""Handing a stored file out again, under the name it came with, never to be shown in place."""

from pathlib import PurePath
from urllib.parse import quote

from flask import Flask, Response

from matchmaker.errors import NotFound, WrongState
from matchmaker.files import documents, scanning, store

SCAN = "X-File-Scan"  # clean or unscanned
OTHERS = {".zip": "application/zip", ".json": "application/json", ".py": "text/x-python"}


def attachment(stored_as: str, name: str) -> Response:
    """Answer with a stored file as a download; raise `NotFound` where it is gone.

    The caller has asked the policy. A browser saves it: nothing sent in is opened on this site.
    `WrongState` where a scanner has found something in it.
    """
    state = scanning.state_of(stored_as)
    if state is scanning.State.INFECTED:
        raise WrongState("这个文件检出病毒，已隔离，不能下载。请联系系统管理员。")
    try:
        body = store.path_of(stored_as).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
    response = download(body, name, suffix=PurePath(stored_as).suffix)
    response.headers[SCAN] = state.value
    return response


def init_app(app: Flask) -> None:
    """Let every template say beside a file's link whether it was scanned."""
    app.jinja_env.globals["scan_label"] = scanning.label


def download(body: bytes, name: str, *, suffix: str = "") -> Response:
    """Answer with bytes as a download; its type is its suffix's, unless told the name's."""
    ending = suffix or PurePath(name).suffix.lower()
    kind = {**documents.MIMETYPES, **OTHERS}.get(ending, "application/octet-stream")
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, mimetype=kind, headers={"Content-Disposition": disposition})
