"""Scans and written evidence people send in: what a file is, told by its content.

A noun that stores such files tells `store.keeps` which names it holds, so that none is swept.
"""

import unicodedata
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from matchmaker.errors import Invalid
from matchmaker.files import contents, scanning, store

MOST_BYTES = 20 * 1024 * 1024
MIMETYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ofd": "application/ofd",
}
SCANS = frozenset({".pdf", ".jpg", ".png", ".docx"})
LONGEST_NAME = 120  # characters kept of a file's name: its end, with the suffix
_SAME = {".jpeg": ".jpg"}


@dataclass(frozen=True)
class Received:
    """A file as it was stored: `stored_as` names it in the store and begins with its digest."""

    name: str
    stored_as: str
    size: int

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return PurePath(self.stored_as).stem


def name_of(upload: Any) -> str:
    """Return the name an upload came with: no path, no control or direction marks, not too long."""
    last = PurePath((upload.filename or "").replace("\\", "/")).name
    seen = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Cs"})
    return seen[-LONGEST_NAME:]


def examined(upload: Any, *, field: str, allowed: frozenset[str], most: int) -> tuple[str, bytes]:
    """Return (suffix by content, bytes) of an upload that may be kept; raise `Invalid` on `field`.

    upload : a stream in memory with a `filename`; read up to `most` bytes, whatever was announced.
    A scanner that finds something has the file refused; one that is away lets it pass unscanned.
    """
    name = name_of(upload)
    readable = "、".join(sorted(suffix.lstrip(".").upper() for suffix in allowed))
    upload.stream.seek(0)
    body = upload.stream.read(most + 1)
    if len(body) > most:
        problem = f"“{name}”超过 {most // 1024 // 1024} MB，请压缩或分成几个文件"
        raise Invalid({field: problem})
    found, fault = contents.look(body)
    if fault:
        raise Invalid({field: f"“{name}”{fault}"})
    if found not in allowed:
        raise Invalid({field: f"“{name}”不是可接收的文件，请上传 {readable} 格式"})
    said = PurePath(name).suffix.lower()
    if _SAME.get(said, said) != found:
        raise Invalid({field: f"“{name}”的扩展名与内容不符（内容为 {found}），请改名后重新上传"})
    return found, body


def receive(
    upload: Any, *, field: str, allowed: frozenset[str] = SCANS, most: int = MOST_BYTES
) -> Received:
    """Store an upload (stream with a `filename`) after looking into it and scanning it.

    field : the form's field, named in `Invalid` when the file is none of `allowed`, empty, larger
    than `most` bytes, not what its name says it is, damaged, hostile or infected.
    """
    found, body = examined(upload, field=field, allowed=allowed, most=most)
    verdict = scanning.scan(body)
    refuse_infected(verdict, name_of(upload), field=field)
    stored_as, size = store.keep(BytesIO(body), suffix=found, most=most)
    scanning.note(stored_as, verdict)
    return Received(name_of(upload), stored_as, size)


def refuse_infected(verdict: scanning.Verdict, name: str, *, field: str) -> None:
    """Raise `Invalid` on `field` where the scanner has found something."""
    if verdict.state is scanning.State.INFECTED:
        raise Invalid({field: f"“{name}”检出病毒（{verdict.said}），没有保存，请查毒后重新上传"})
