"""What a file is and whether it may be kept, told by its whole content, never by its name."""

import json
import re
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

from matchmaker.files import packages

_MAGIC: Final = (
    (b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"PK\x03\x04", ".zip"),
)  # fmt: skip
_PROGRAM: Final = Path(__file__).with_name("start_package.py")
_WALL_SECONDS: Final = 10
_WEB: Final = re.compile(rb"<(?:!doctype html|html|script|svg|iframe|\?php)", re.IGNORECASE)
_LOOKED_AT: Final = {".pdf": 1024, ".jpg": 65_536, ".png": 65_536}  # bytes searched for markup
_PDF_END: Final = re.compile(rb"%%EOF[\s\0]*\Z")
_PDF_TAIL: Final = 2048
_PDF_ACTS: Final = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?![A-Za-z])")
_JPEG_MARK: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_MOST_MARKS: Final = 20_000
_MOST_PIXELS: Final = 200_000_000
_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # marks that give the size
_END: Final = 0xD9
_CHUNK_HEAD: Final = 8  # bytes of a PNG chunk's length and name, and of the file's own mark

POLYGLOT: Final = "里混有别的文件或网页代码，请重新导出后上传"
ACTS: Final = "带有脚本或会启动程序，请打印成新的 PDF 后上传"
HUGE: Final = "的像素过多，请缩小后上传"


def look(body: bytes) -> tuple[str, str]:
    """Return (suffix the content deserves, "" for none we take; what is wrong with it, or "").

    Suffixes: .pdf .jpg .png .docx .ofd. Zip documents are opened by a child process only.
    """
    kind = next((suffix for magic, suffix in _MAGIC if body.startswith(magic)), "")
    if kind == ".zip":
        return _packed(body)
    if not kind:
        return "", ""
    fault = {".pdf": _pdf, ".jpg": _jpeg, ".png": _png}[kind](body)
    mixed = _WEB.search(body, 0, _LOOKED_AT[kind]) or zipfile.is_zipfile(BytesIO(body))
    return kind, POLYGLOT if mixed else fault


def _packed(body: bytes) -> tuple[str, str]:
    """Ask the child; one that dies or takes too long has met a bomb."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, the content goes by stdin
            [sys.executable, "-I", "-X", "utf8", str(_PROGRAM)],
            input=body,
            capture_output=True,
            env={"LANG": "C.UTF-8"},
            timeout=_WALL_SECONDS,
            check=False,
        )
        kind, fault = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, TypeError):
        return "", packages.BOMB
    return kind, fault


def _pdf(body: bytes) -> str:
    tail = body[-_PDF_TAIL:]
    if not _PDF_END.search(tail):
        return POLYGLOT if b"%%EOF" in body else packages.DAMAGED
    if re.search(rb"/Encrypt(?![A-Za-z])", body):
        return packages.ENCRYPTED
    return ACTS if _PDF_ACTS.search(body) else ""


def _jpeg(body: bytes) -> str:
    """Walk the segments to the end mark; phones may put a film behind it, but no program."""
    at = 2
    for _ in range(_MOST_MARKS):
        found = _JPEG_MARK.search(body, at)
        if not found:
            return packages.DAMAGED
        mark, at = body[found.start() + 1], found.end()
        if mark == _END:
            return POLYGLOT if _WEB.search(body, at) or b"%PDF-" in body[at:] else ""
        if at + 2 > len(body):
            return packages.DAMAGED
        if mark in _FRAME and _pixels(body, at + 3) > _MOST_PIXELS:
            return HUGE
        at += int.from_bytes(body[at : at + 2], "big")
    return packages.DAMAGED


def _pixels(body: bytes, at: int) -> int:
    height, width = body[at : at + 2], body[at + 2 : at + 4]
    return int.from_bytes(height, "big") * int.from_bytes(width, "big")


def _png(body: bytes) -> str:
    """Walk the chunks; the last must be the end, with nothing behind it."""
    at = _CHUNK_HEAD
    for number in range(_MOST_MARKS):
        head = body[at : at + _CHUNK_HEAD]
        if len(head) < _CHUNK_HEAD or (number == 0 and head[4:] != b"IHDR"):
            return packages.DAMAGED
        length, name = struct.unpack(">I4s", head)
        if name == b"IHDR":
            width, height = struct.unpack(">II", body[at + 8 : at + 16].ljust(8, b"\0"))
            if width * height > _MOST_PIXELS:
                return HUGE
        at += length + 12
        if name == b"IEND":
            if at > len(body):
                return packages.DAMAGED
            return POLYGLOT if body[at:].strip(b"\0\r\n ") else ""
    return packages.DAMAGED
