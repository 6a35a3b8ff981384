"""Which format a file is, by what it holds; its name is only cross-checked."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from .limits import Limits
from .refusals import Refusal, refuse


class FileFormat(StrEnum):
    """The formats read, by the extension they carry."""

    XLSX = ".xlsx"
    XLS = ".xls"
    ODS = ".ods"
    CSV = ".csv"


ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACRO_EXTENSIONS: Final = {".xlsm", ".xltm", ".xlam", ".xlsb"}
_TEXT_EXTENSIONS: Final = {".csv", ".txt", ".tsv"}
_FOREIGN: Final = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"PK\x05\x06", "空压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)
_MARKUP: Final = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<svg", b"<script", b"<meta")
_DIRECTORY_ENTRY_BYTES: Final = 128


def sniff(path: Path, *, limits: Limits) -> FileFormat:
    """Tell the format of the file at `path` by its first bytes.

    Raises SpreadsheetError when the file is too big, empty, of another kind, encrypted, carries
    macros, or its extension says something else than its content.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise refuse(Refusal.TOO_BIG, limit=limits.file_bytes // (1024 * 1024))
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip(b"\x00 \t\r\n"):
        raise refuse(Refusal.EMPTY)
    if path.suffix.lower() in _MACRO_EXTENSIONS:
        raise refuse(Refusal.MACROS)
    found = _format_of(path, head=head)
    _check_extension(path, found=found)
    return found


def _format_of(path: Path, *, head: bytes) -> FileFormat:
    if head.startswith(ZIP_MAGIC):
        is_ods = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head
        return FileFormat.ODS if is_ods else FileFormat.XLSX
    if head.startswith(OLE_MAGIC):
        _check_ole(path.read_bytes())
        return FileFormat.XLS
    _refuse_foreign(head)
    return FileFormat.CSV


def _check_ole(data: bytes) -> None:
    """Refuse an OLE container that is encrypted, has macros, or holds no workbook."""
    if not _has_stream(data, "Root Entry"):
        raise refuse(Refusal.DAMAGED)
    if _has_stream(data, "EncryptedPackage"):
        raise refuse(Refusal.ENCRYPTED)
    if _has_stream(data, "_VBA_PROJECT_CUR"):
        raise refuse(Refusal.MACROS)
    if not (_has_stream(data, "Workbook") or _has_stream(data, "Book")):
        raise refuse(Refusal.NOT_A_WORKBOOK, found="（内容是其他 Office 文档）")


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a directory entry of an OLE file is called `name`.

    Entries begin at multiples of 128 bytes, so text in a cell is not mistaken for one.
    """
    wanted = name.encode("utf-16-le") + b"\x00\x00"
    position = data.find(wanted)
    while position >= 0:
        if position % _DIRECTORY_ENTRY_BYTES == 0:
            return True
        position = data.find(wanted, position + 1)
    return False


def _refuse_foreign(head: bytes) -> None:
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            raise refuse(Refusal.NOT_A_WORKBOOK, found=f"（内容是{name}）")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise refuse(Refusal.NOT_A_WORKBOOK, found="（内容是网页）")


def _check_extension(path: Path, *, found: FileFormat) -> None:
    extension = path.suffix.lower()
    allowed = _TEXT_EXTENSIONS if found is FileFormat.CSV else {found.value}
    if extension not in allowed:
        shown = extension[:12] or "无"
        raise refuse(Refusal.WRONG_EXTENSION, found=found.value, extension=shown)
