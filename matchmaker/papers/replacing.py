"""The bureau's own templates: put in place after a check, taken out again, each on the trail."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from matchmaker import documents
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.documents.checking import check_file
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.papers.giving import folder, own_template

MOST = 5 * 1024 * 1024  # bytes of a template
NOUN = "document_template"


def document(key: str) -> documents.Document:
    """Return a document by its name; raise `NotFound`."""
    if key not in documents.names():
        raise NotFound
    return documents.get(key)


def current(key: str) -> Path:
    """Return the template in use: the bureau's own, else the platform's."""
    return own_template(key) or documents.path_of(key)


def received(key: str, stream: IO[bytes] | Any) -> Path:
    """Keep an upload beside its place and check it; return where it lies.

    Raises `Invalid` naming every fault; nothing is left behind then.
    """
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place, suffix=".part", delete=False) as partial:
        content = stream.read(MOST + 1)
        partial.write(content)
        partial.flush()
        os.fsync(partial.fileno())
    path = Path(partial.name)
    faults = ["模板不能超过 5 MB，请压缩图片后再上传"] if len(content) > MOST else []
    faults = faults or check_file(key, path)
    if faults:
        path.unlink()
        raise Invalid({"file": "；".join(faults)})
    return path


def replace(key: str, path: Path, *, by: Any, now: datetime) -> None:
    """Put a checked upload in place of the template."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    trail.record("replace_template", NOUN, key, by=by, now=now, digest=digest)
    path.replace(folder() / f"{key}.docx")


def restore(key: str, *, by: Any, now: datetime) -> None:
    """Take the bureau's own template out; raise `WrongState` where there is none."""
    path = own_template(key)
    if path is None:
        raise WrongState("现在用的就是平台模板，无需恢复。")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    trail.record("restore_template", NOUN, key, by=by, now=now, digest=digest)
    path.unlink()


def last_change(key: str) -> Entry | None:
    """Return the trail's last entry on a document's template."""
    entries = trail.history(NOUN, key)
    return entries[-1] if entries else None
