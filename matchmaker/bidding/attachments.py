"""A draft's files: told by their content, encrypted at once, listed in the draft."""

import hashlib
from typing import Any

from matchmaker.bidding import drafts, vault
from matchmaker.bidding.models import Bid
from matchmaker.errors import Invalid, NotFound
from matchmaker.files import documents, scanning

KINDS = frozenset({".pdf", ".ofd", ".docx"})
MOST_BYTES, MOST_FILES, MOST_IN_ALL = 20 * 1024 * 1024, 20, 60 * 1024 * 1024


def add(bid: Bid, upload: Any) -> None:
    """Keep an uploaded file with the draft; raise `Invalid` on `file` with the cure.

    The upload is read from memory: no copy of it is ever written in the clear. The scanner's
    verdict is not kept, whose digest would tell of a bid: what is opened is scanned again.
    """
    name = documents.name_of(upload) if upload else ""
    if not name:
        raise Invalid({"file": "请选择要上传的文件"})
    _, body = documents.examined(upload, field="file", allowed=KINDS, most=MOST_BYTES)
    documents.refuse_infected(scanning.scan(body), name, field="file")
    content = drafts.read(bid)
    files = [one for one in content["files"] if one["name"] != name]
    if len(files) >= MOST_FILES or sum(one["size"] for one in files) + len(body) > MOST_IN_ALL:
        raise Invalid({"file": "附件最多 20 个、合计不超过 60 MB，请先删除不需要的附件"})
    digest = hashlib.sha256(body).hexdigest()
    stored = vault.keep_file(bid.public_id, body)
    files.append({"name": name, "digest": digest, "size": len(body), "stored_as": stored})
    drafts.save(bid, {"files": files})


def remove(bid: Bid, digest: str) -> None:
    """Take a file out of the draft."""
    content = drafts.read(bid)
    one = find(content, digest)
    drafts.save(bid, {"files": [other for other in content["files"] if other is not one]})
    vault.drop_file(bid.public_id, one["stored_as"])


def body_of(bid: Bid, digest: str) -> tuple[str, bytes]:
    """Return a file's name and bytes."""
    one = find(drafts.read(bid), digest)
    return one["name"], vault.read_file(bid.public_id, one["stored_as"])


def find(content: dict[str, Any], digest: str) -> dict[str, Any]:
    """Return a file's entry by its digest; raise `NotFound`."""
    for one in content["files"]:
        if one["digest"] == digest:
            found: dict[str, Any] = one
            return found
    raise NotFound
