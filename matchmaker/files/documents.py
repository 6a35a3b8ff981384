"""Scans and written evidence people send in: what a file is, told by its content.

A noun that stores such files tells `store.keeps` which names it holds, so that none is swept.
"""

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from matchmaker.errors import Invalid
from matchmaker.files import store

MOST_BYTES = 20 * 1024 * 1024
_HEAD = 16
_MAGIC = ((b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"))
_PART = {"word/document.xml": ".docx", "OFD.xml": ".ofd"}
MIMETYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ofd": "application/ofd",
}
SCANS = frozenset({".pdf", ".jpg", ".png", ".docx"})
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


def kind_of(stream: IO[bytes] | Any) -> str:
    """Return the suffix the content deserves (.pdf .jpg .png .docx .ofd), "" for anything else."""
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    if head.startswith(b"PK\x03\x04"):
        return _packed(stream)
    return ""


def _packed(stream: IO[bytes] | Any) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    finally:
        stream.seek(0)
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""
    return next((suffix for part, suffix in _PART.items() if part in names), "")


def receive(
    upload: Any, *, field: str, allowed: frozenset[str] = SCANS, most: int = MOST_BYTES
) -> Received:
    """Store an upload (stream with a `filename`) after looking into it.

    field : the form's field, named in `Invalid` when the file is none of `allowed`, empty, larger
    than `most` bytes, or not what its name says it is.
    """
    name = PurePath((upload.filename or "").replace("\\", "/")).name[-120:]
    readable = "、".join(sorted(suffix.lstrip(".").upper() for suffix in allowed))
    said = PurePath(name).suffix.lower()
    found = kind_of(upload.stream)
    if found not in allowed:
        raise Invalid({field: f"“{name}”不是可接收的文件，请上传 {readable} 格式"})
    if _SAME.get(said, said) != found:
        raise Invalid({field: f"“{name}”的扩展名与内容不符（内容为 {found}），请改名后重新上传"})
    try:
        stored_as, size = store.keep(upload.stream, suffix=found, most=most)
    except store.TooLarge:
        raise Invalid(
            {field: f"“{name}”超过 {most // 1024 // 1024} MB，请压缩或分成几个文件"}
        ) from None
    return Received(name, stored_as, size)
