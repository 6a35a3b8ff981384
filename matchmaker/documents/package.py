"""The container of an uploaded .docx: what it may hold, counted while unpacking."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Final

MOST_ENTRIES: Final = 300
MOST_UNPACKED: Final = 40 * 1024 * 1024  # bytes
_CHUNK: Final = 256 * 1024
_MAIN: Final = b"wordprocessingml.document.main+xml"
_ACTIVE: Final = ("vbaproject", "embeddings/", "activex/", "afchunk", "vbadata")
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_FETCHING: Final = re.compile(
    rb"(?<![A-Za-z])(?:DDE(?:AUTO)?|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\s", re.IGNORECASE
)
_INSTRUCTION: Final = re.compile(rb"<w:instrText[^>]*>([^<]*)|w:instr\s*=\s*\"([^\"]*)")
NOT_WORD: Final = "文件不是有效的 Word 文档（.docx），请用 Word 或 WPS 另存为 .docx 后再上传"


def inspect(path: Path) -> str:
    """Return why this container is refused, "" where it may be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = [member.filename.lower() for member in members]
            if len(members) > MOST_ENTRIES or len(set(names)) < len(names):
                return "文件内部结构不规范，请用 Word 新建文档、复制内容后再上传"
            if any(mark in name for name in names for mark in _ACTIVE):
                return "模板带有宏、控件或嵌入对象，请删去后另存为 .docx 再上传"
            if "[content_types].xml" not in names or "word/document.xml" not in names:
                return NOT_WORD
            return _read(archive, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return NOT_WORD


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str:
    left = MOST_UNPACKED
    for member in members:
        content = b""
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    return "模板展开后超过 40 MB，请压缩或删去图片后再上传"
                content += chunk
        fault = _fault(member.filename.lower(), content)
        if fault:
            return fault
    return ""


def _fault(name: str, content: bytes) -> str:
    if name == "[content_types].xml" and _MAIN not in content:
        return NOT_WORD
    if not name.endswith((".xml", ".rels")):
        return ""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return "文件内部结构不规范，请用 Word 新建文档、复制内容后再上传"
    for link in _EXTERNAL.findall(content):
        if b"/hyperlink" not in link:
            return "模板引用了外部的图片或模板，请改为嵌入后再上传"
    for groups in _INSTRUCTION.findall(content):
        if _FETCHING.search(b" ".join(groups) + b" "):
            return "模板含有引用外部内容的域（DDE、INCLUDETEXT 等），请删去后再上传"
    return ""
