"""Files made for the tests, honest and hostile; nothing of them lies in the repository."""

import struct
import zipfile
from pathlib import Path

import openpyxl


def xlsx(path: Path, rows, *, merge=(), name="需求", hidden=()) -> Path:
    """A workbook of one visible sheet; `hidden` names hidden ones put before it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = name
    for row in rows:
        page.append(row)
    for area in merge:
        page.merge_cells(area)
    for index, each in enumerate(hidden):
        book.create_sheet(each, index).sheet_state = "hidden"
    book.active = len(hidden)
    book.save(path)
    return path


def archive(path: Path, members, *, method=zipfile.ZIP_DEFLATED) -> Path:
    """A zip of (name, content) pairs."""
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def rebuilt(source: Path, target: Path, *, changed=None, added=()) -> Path:
    """A copy of an archive with some members' content replaced and others added."""
    with zipfile.ZipFile(source) as old:
        members = [(each.filename, old.read(each)) for each in old.infolist()]
    members = [(name, (changed or {}).get(name, content)) for name, content in members]
    return archive(target, [*members, *added])


def ods(path: Path, rows, *, manifest="") -> Path:
    """The smallest OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="需求">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = manifest or (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", kind, zipfile.ZIP_STORED)
        made.writestr("content.xml", content)
        made.writestr("META-INF/manifest.xml", manifest)
    return path


def ole(path: Path, streams) -> Path:
    """An OLE container (compound file, version 3) of (name, bytes) streams, each >= 4096 long."""
    size, free, end, table = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chains, entries, body, sector = [], [_entry("Root Entry", 5, end, 0, child=1)], b"", 0
    for number, (name, raw) in enumerate(streams, start=1):
        data = raw.ljust(4096, b"\0")
        data += b"\0" * (-len(data) % size)
        count = len(data) // size
        sibling = number + 1 if number < len(streams) else free
        entries.append(_entry(name, 2, sector, len(data), sibling=sibling))
        chains += [*range(sector + 1, sector + count), end]
        body, sector = body + data, sector + count
    directory = b"".join(entries)
    directory += b"\0" * (-len(directory) % size)
    count = len(directory) // size
    first_directory, sector = sector, sector + count
    chains += [*range(first_directory + 1, first_directory + count), end]
    tables = -(-(len(chains) + 2) // 127)
    chains += [table] * tables
    chains += [free] * (tables * 128 - len(chains))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, first_directory, 0, 4096, end, 0, end, 0)
    places = [*range(sector, sector + tables)] + [free] * (109 - tables)
    header += struct.pack("<109I", *places)
    path.write_bytes(header + body + directory + struct.pack(f"<{len(chains)}I", *chains))
    return path


def _entry(name, kind, start, length, *, child=0xFFFFFFFF, sibling=0xFFFFFFFF):
    text = name.encode("utf-16-le") + b"\0\0"
    fields = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, sibling, child)
    return text.ljust(64, b"\0") + fields + b"\0" * 36 + struct.pack("<IQ", start, length)


def xls(path: Path, rows, *, extra_streams=(), protected=False, macro_sheet=False) -> Path:
    """A BIFF8 workbook of one sheet with text and numbers."""
    bof = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = "需求".encode("utf-16-le")
    lock = _record(0x2F, b"\x01\x00" + b"\x01\x00\x01\x00" + b"\x07" * 48) if protected else b""
    sheet_size = 4 + 8
    start = len(bof) + len(lock) + sheet_size + len(name) + 4
    sheet = _record(0x85, struct.pack("<IBBBB", start, 0, macro_sheet, 2, 1) + name)
    page = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                page += _record(0x204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            else:
                page += _record(0x203, place + struct.pack("<d", cell))
    end = _record(0x0A, b"")
    return ole(path, [("Workbook", bof + lock + sheet + end + page + end), *extra_streams])


def _record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data
