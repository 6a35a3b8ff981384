"""Zip documents people send in (.docx, .ofd), judged by what they hold: runs in a child process.

Imports nothing of the application beside plain modules, as `start_package.py` loads it.
"""

import io
import re
import zipfile
from typing import Final

from matchmaker.spreadsheets.archives import inspect_container
from matchmaker.spreadsheets.limits import Limits
from matchmaker.spreadsheets.refusals import Refusal, SpreadsheetError

_PAGES: Final = 2000  # entries; each page of an .ofd is at least one
_PART: Final = {"word/document.xml": ".docx", "ofd.xml": ".ofd"}
_WORD: Final = b"wordprocessingml.document.main+xml"
_ACTIVE: Final = ("vbadata", "activex/", "oleobject", "afchunk", "customui/")
_OUTSIDE: Final = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_FETCHING: Final = re.compile(
    rb"(?<![A-Za-z])(?:DDE(?:AUTO)?|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\s", re.IGNORECASE
)
_FIELDS: Final = re.compile(rb"<w:instrText[^>]*>([^<]*)|w:instr\s*=\s*[\"']([^\"']*)")
_PACKED: Final = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b\x08")
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0")
_CHARTED: Final = "word/embeddings/"  # the table behind a chart is a workbook of its own

ENCRYPTED: Final = "设有密码，请取消密码、保存后再上传"
ACTIVE: Final = "带有宏、控件或嵌入对象，请删去后另存再上传"
BOMB: Final = "解压后异常庞大或部件过多，请删去多余内容或分成几个文件"
DAMAGED: Final = "已损坏或不完整，请重新导出后上传"
UNSAFE: Final = "内部结构不规范，请用 Word 或 WPS 新建文档、复制内容后再上传"
FETCHES: Final = "引用了外部的图片、模板或数据，请改为嵌入后再上传"
NESTED: Final = "里面套有压缩包或程序，请取出后分别上传"
_SAID: Final = {
    Refusal.ENCRYPTED: ENCRYPTED, Refusal.MACROS: ACTIVE, Refusal.BOMB: BOMB,
    Refusal.UNSAFE: UNSAFE, Refusal.DAMAGED: DAMAGED,
}  # fmt: skip


def inspect(body: bytes) -> tuple[str, str]:
    """Return (.docx, .ofd or "" for another archive; what is wrong with it, "" if nothing)."""
    try:
        names = inspect_container(io.BytesIO(body), limits=Limits(entries=_PAGES))
    except SpreadsheetError as error:
        return "", _SAID[error.code]
    kind = next((suffix for part, suffix in _PART.items() if part in names), "")
    if kind == ".docx" and len(names) > Limits().entries:
        return kind, BOMB
    if any(mark in name for name in names for mark in _ACTIVE):
        return kind, ACTIVE
    return kind, _read(body) if kind else ""


def _read(body: bytes) -> str:
    """Look into every part once more: what they unpack to was counted before."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        faults = (_fault(name.lower(), archive.read(name)) for name in archive.namelist())
        return next(filter(None, faults), "")


def _fault(name: str, content: bytes) -> str:
    if name.startswith(_CHARTED) and name.endswith(".xlsx"):
        return ""
    if content.startswith((*_PACKED, *_PROGRAMS)):
        return NESTED
    if name == "[content_types].xml" and _WORD not in content:
        return ACTIVE if b"macroenabled" in content.lower() else UNSAFE
    return _xml_fault(name, content) if name.endswith((".xml", ".rels")) else ""


def _xml_fault(name: str, content: bytes) -> str:
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE) or b"\0" in content[:200]:
        return UNSAFE  # entities, also those hidden in UTF-16
    links = _OUTSIDE.findall(content) if name.endswith(".rels") else ()
    fields = b"\n".join(b" ".join(groups) + b" " for groups in _FIELDS.findall(content))
    fetches = any(b"/hyperlink" not in link for link in links) or _FETCHING.search(fields)
    return FETCHES if fetches else ""
