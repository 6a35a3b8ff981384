"""Odd and hostile files: each is refused by name, or read as what it honestly is."""

import random
import struct
import zipfile

import pytest

from matchmaker.spreadsheets import Limits, Refusal, SpreadsheetError, open_table, read_table

from . import builders

ROWS = [["名称", "简介"], ["甲", "乙"]]
PART = "xl/worksheets/sheet1.xml"
MB = 1024 * 1024


def book(folder, name="good.xlsx", rows=ROWS):
    return builders.xlsx(folder / name, rows)


def plain(folder, name, content):
    (folder / name).write_bytes(content)
    return folder / name


def changed(folder, name="bad.xlsx", added=(), **parts):
    content = {key.replace("__", "/"): value for key, value in parts.items()}
    return builders.rebuilt(book(folder), folder / name, changed=content, added=added)


def with_part(folder, content):
    return builders.rebuilt(book(folder), folder / "bad.xlsx", changed={PART: content})


def cut(folder, *, keep):
    whole = book(folder).read_bytes()
    return plain(folder, "cut.xlsx", whole[: int(len(whole) * keep)])


def lying_header(folder):
    """A bomb whose header claims one byte."""
    path = builders.archive(folder / "lie.xlsx", [("xl/workbook.xml", b"0" * (101 * MB))])
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 1)
    return plain(folder, "lie.xlsx", bytes(raw))


def flagged(folder):
    raw = bytearray(book(folder).read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    return plain(folder, "locked.xlsx", bytes(raw))


def from_the_future(folder):
    """A member that needs version 9.9 of the format."""
    raw = bytearray(book(folder).read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 6] = 99
    return plain(folder, "future.xlsx", bytes(raw))


def twice(folder):
    with pytest.warns(UserWarning, match="Duplicate"):
        return changed(folder, added=[(PART, b"<x/>")])


def far_cell(folder, reference):
    cell = f'<c r="{reference}"><v>1</v></c>'
    row = "".join(c for c in reference if c.isdigit())
    return with_part(
        folder,
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}">{cell}</row>'
        "</sheetData></worksheet>",
    )


ENTITIES = (
    '<!DOCTYPE b [<!ENTITY a "0"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData/></worksheet>'
)
EXTERNAL = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet/>'
SEALED = '<m:manifest xmlns:m="urn:x"><m:encryption-data/></m:manifest>'
MACRO_TYPES = (
    b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled"/></Types>'
)
REFUSED = {
    "no bytes": (lambda d: plain(d, "a.xlsx", b""), "empty"),
    "only zeros": (lambda d: plain(d, "a.csv", b"\0" * 900), "empty"),
    "only blanks": (lambda d: plain(d, "a.csv", b",,,\n , \n"), "empty"),
    "a sheet without cells": (lambda d: book(d, rows=[]), "empty"),
    "pdf as xlsx": (lambda d: plain(d, "a.xlsx", b"%PDF-1.7\n..."), "not_a_workbook"),
    "picture as xls": (lambda d: plain(d, "a.xls", b"\x89PNG\r\n\x1a\n"), "not_a_workbook"),
    "program as csv": (lambda d: plain(d, "a.csv", b"MZ\x90\0" * 99), "not_a_workbook"),
    "web page as xls": (lambda d: plain(d, "a.xls", b"<html><table>"), "not_a_workbook"),
    "svg as csv": (lambda d: plain(d, "a.csv", b"\xef\xbb\xbf <svg onload=x>"), "not_a_workbook"),
    "noise as csv": (lambda d: plain(d, "a.csv", bytes(range(1, 256)) * 9), "not_a_workbook"),
    "docx as xlsx": (
        lambda d: builders.archive(d / "a.xlsx", [("word/document.xml", "<w/>")]),
        "not_a_workbook",
    ),
    "doc as xls": (
        lambda d: builders.ole(d / "a.xls", [("WordDocument", b"Workbook")]),
        "not_a_workbook",
    ),
    "xlsx called xls": (lambda d: book(d).rename(d / "a.xls"), "wrong_extension"),
    "xls called xlsx": (
        lambda d: builders.xls(d / "b.xls", ROWS).rename(d / "a.xlsx"),
        "wrong_extension",
    ),
    "csv called xlsx": (lambda d: plain(d, "a.xlsx", b"a,b\n1,2"), "wrong_extension"),
    "no extension": (lambda d: book(d).rename(d / "upload"), "wrong_extension"),
    "right-to-left name": (lambda d: book(d).rename(d / "a\u202excod.slx"), "wrong_extension"),
    "encrypted xlsx": (
        lambda d: builders.ole(
            d / "a.xlsx", [("EncryptionInfo", b"x"), ("EncryptedPackage", b"x")]
        ),
        "encrypted",
    ),
    "encrypted xls": (lambda d: builders.xls(d / "a.xls", ROWS, protected=True), "encrypted"),
    "encrypted ods": (lambda d: builders.ods(d / "a.ods", ROWS, manifest=SEALED), "encrypted"),
    "zip password": (flagged, "encrypted"),
    "xlsm": (lambda d: book(d).rename(d / "a.xlsm"), "macros"),
    "macro part in xlsx": (lambda d: changed(d, added=[("xl/vbaProject.bin", b"x")]), "macros"),
    "macro type in xlsx": (
        lambda d: builders.rebuilt(
            book(d), d / "b.xlsx", changed={"[Content_Types].xml": MACRO_TYPES}
        ),
        "macros",
    ),
    "old macro sheet": (
        lambda d: changed(d, added=[("xl/macrosheets/sheet1.xml", b"<x/>")]),
        "macros",
    ),
    "macro in xls": (
        lambda d: builders.xls(d / "a.xls", ROWS, extra_streams=[("_VBA_PROJECT_CUR", b"x")]),
        "macros",
    ),
    "macro sheet in xls": (
        lambda d: builders.xls(d / "a.xls", ROWS, macro_sheet=True),
        "macros",
    ),
    "bomb": (lambda d: changed(d, added=[("xl/media/a", b"0" * (101 * MB))]), "bomb"),
    "dense bomb under the absolute bound": (
        lambda d: changed(d, added=[("xl/media/a", b"0" * (70 * MB))]),
        "bomb",
    ),
    "many members": (
        lambda d: changed(d, added=[(f"xl/media/{n}", b"0") for n in range(201)]),
        "bomb",
    ),
    "a cell in the far corner": (lambda d: far_cell(d, "XFD1048576"), "bomb"),
    "header that lies": (lying_header, "damaged"),
    "member outside": (lambda d: changed(d, added=[("../../evil", b"0")]), "unsafe"),
    "member at the root": (lambda d: changed(d, added=[("/etc/evil", b"0")]), "unsafe"),
    "member twice": (twice, "unsafe"),
    "entity bomb": (lambda d: with_part(d, ENTITIES), "unsafe"),
    "external entity": (lambda d: with_part(d, EXTERNAL), "unsafe"),
    "unusual compression": (
        lambda d: builders.archive(
            d / "a.xlsx", [("xl/workbook.xml", b"0" * 99)], method=zipfile.ZIP_LZMA
        ),
        "unsafe",
    ),
    "zip of the future": (from_the_future, "unsafe"),
    "half a workbook": (lambda d: cut(d, keep=0.5), "damaged"),
    "almost a workbook": (lambda d: cut(d, keep=0.98), "damaged"),
    "broken xml": (lambda d: with_part(d, "<worksheet><sheetData><row><c"), "damaged"),
    "half an xls": (
        lambda d: plain(d, "b.xls", builders.xls(d / "a.xls", ROWS).read_bytes()[:-1100]),
        "damaged",
    ),
    "ten to the five columns": (lambda d: plain(d, "a.csv", b"x," * 100_000), "too_many_columns"),
    "a cell far right": (lambda d: far_cell(d, "XFD1"), "too_many_columns"),
    "endless rows": (lambda d: plain(d, "a.csv", b"a,b\n" * 50_002), "too_many_rows"),
    "endless cell": (lambda d: plain(d, "a.csv", b"a,b\n" + b"x" * 200_001), "cell_too_long"),
    "endless row": (
        lambda d: plain(d, "a.csv", b"a,b\n" + (b"x" * 190_000 + b",") * 6),
        "cell_too_long",
    ),
    "quote never closed": (
        lambda d: plain(d, "a.csv", b'a,b\n"' + b"x,y\n" * 60_000),
        "cell_too_long",
    ),
    "no known encoding": (lambda d: plain(d, "a.csv", b"\xb1\xea,\xff\xff\n"), "undecodable"),
    "half a utf-16": (lambda d: plain(d, "a.csv", b"\xff\xfea\x00\x00\xd8"), "undecodable"),
    "too big": (lambda d: plain(d, "a.csv", b"a" * (20 * MB + 1)), "too_big"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_cause_and_cure(tmp_path, name):
    make, code = REFUSED[name]
    with pytest.raises(SpreadsheetError) as caught:
        read_table(make(tmp_path))
    assert caught.value.code == Refusal(code)
    assert caught.value.message_zh.endswith("。")
    assert "{" not in caught.value.message_zh


READ = {
    "dense but small": lambda d: book(d, rows=[*ROWS, *([["甲" * 200, "乙"]] * 2000)]),
    "cell in the last row": lambda d: far_cell(d, "A1048576"),
    "a name of 200 characters": lambda d: book(d, name="长" * 60 + ".xlsx"),
    "upper case extension": lambda d: book(d, name="A.XLSX"),
    "hidden neighbour": lambda d: builders.xlsx(d / "a.xlsx", ROWS, hidden=["旧"]),
    "apostrophes and markup": lambda d: plain(d, "a.csv", b"a,b\n<script>,' OR 1=1 --\n"),
    "declared delimiter": lambda d: plain(d, "a.csv", b"sep=;\na;b\n1;2\n"),
    "utf-16": lambda d: plain(d, "a.csv", "a,b\n1,2\n".encode("utf-16")),
    "long cell in the sample": lambda d: plain(d, "a.csv", b"a,b\n" + b"x" * 180_000),
    "stray zero byte": lambda d: plain(d, "a.csv", b"a,b\nx\0y,z\n" + b"long,line\n" * 99),
    "need of 50,000 characters": lambda d: plain(d, "a.csv", b"a,b\n1," + b"x" * 50_000),
}


@pytest.mark.parametrize("name", READ)
def test_an_odd_but_honest_file_is_read(tmp_path, name):
    assert read_table(READ[name](tmp_path)).rows


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(SpreadsheetError) as caught:
        read_table(book(tmp_path), limits=Limits(wall_seconds=0.0))
    assert caught.value.code is Refusal.TIMED_OUT


def test_a_child_out_of_processor_time_is_ended(tmp_path):
    rows = "".join(f"甲{n},乙\n" for n in range(400_000))
    path = plain(tmp_path, "a.csv", ("名称,简介\n" + rows).encode())
    with pytest.raises(SpreadsheetError) as caught:
        read_table(path, limits=Limits(cpu_seconds=0, rows=10**6))
    assert caught.value.code is Refusal.TIMED_OUT


MUTANTS = 300


def test_damaged_bytes_are_read_or_refused_and_nothing_else(tmp_path, in_process):
    """Truncated and flipped workbooks of three formats, parsed in this process for speed."""
    chance = random.Random(20261122)
    seeds = [
        book(tmp_path),
        builders.ods(tmp_path / "a.ods", ROWS),
        builders.xls(tmp_path / "a.xls", ROWS),
    ]
    outcomes = set()
    for number in range(MUTANTS):
        seed = seeds[number % len(seeds)]
        raw = bytearray(seed.read_bytes())
        for _ in range(chance.randrange(1, 9)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        if number % 5 == 0:
            del raw[chance.randrange(1, len(raw)) :]
        outcomes.add(in_process(plain(tmp_path, f"mutant{seed.suffix}", bytes(raw))))
    assert outcomes <= {"read", *Refusal}
    assert {"read", Refusal.DAMAGED} <= outcomes


def test_mutants_that_reach_the_xml_are_read_or_refused(tmp_path, in_process):
    chance = random.Random(7)
    with zipfile.ZipFile(book(tmp_path)) as archive:
        part = archive.read(PART)
    for _ in range(100):
        raw = bytearray(part)
        raw[chance.randrange(len(raw))] = chance.randrange(256)
        assert in_process(with_part(tmp_path, bytes(raw))) in {"read", *Refusal}


def test_the_child_is_told_nothing_of_our_environment(tmp_path, monkeypatch):
    seen = {}
    from matchmaker.spreadsheets import reading

    real = reading.subprocess.Popen

    def spy(*args, **kwargs):
        seen.update(kwargs)
        return real(*args, **kwargs)

    monkeypatch.setattr(reading.subprocess, "Popen", spy)
    with open_table(book(tmp_path)):
        pass
    assert seen["env"] == {"LANG": "C.UTF-8"}
    assert seen["close_fds"] is True
