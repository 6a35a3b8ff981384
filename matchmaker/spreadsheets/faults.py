"""Cells of an .xlsx whose formula failed (#REF! …), which the parser reports as blank."""

import re
import zipfile
from html import unescape
from itertools import islice
from pathlib import Path
from posixpath import join, normpath
from typing import Final

_CHUNK: Final = 256 * 1024
_OVERLAP: Final = 16 * 1024
# Bounds of the search, so that a part made of nothing but marks costs no more than another.
_MARKS_LOOKED_AT: Final = 30_000
_NEAR: Final = 2_048
_MARK: Final = re.compile(rb'\bt="e"')
_REFERENCE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE: Final = re.compile(rb"<v>(#[A-Z0-9/?!]{1,12})</v>")
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')

Faults = dict[tuple[int, int], str]


def find_faults(path: Path, sheet: str) -> Faults:
    """Map (row, column), from 0, to the mark of the failed formula; the first 30,000 or so of them.

    The part was already unpacked within limits. A workbook that names its parts in an unusual
    way yields none: its failed cells then count as blank.
    """
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist():
            return {}
        found: Faults = {}
        rest, marks = b"", _MARKS_LOOKED_AT
        with archive.open(part) as stream:
            while (chunk := stream.read(_CHUNK)) and marks > 0:
                block = rest + chunk
                spots = [mark.span() for mark in islice(_MARK.finditer(block), marks)]
                found |= _faults_at(spots, block)
                marks -= len(spots)
                rest = block[-_OVERLAP:]
        return found


def _faults_at(spots: list[tuple[int, int]], block: bytes) -> Faults:
    found: Faults = {}
    for at, end in spots:
        start = block.rfind(b"<", max(0, at - _NEAR), at)
        opened = block.find(b">", end, end + _NEAR)
        closed = block.find(b"</c>", opened, opened + _NEAR)
        reference = _REFERENCE.search(block, start, opened)
        value = _VALUE.search(block, opened, closed)
        if block.startswith(b"<c ", start) and reference and value:
            letters, digits = reference.groups()
            found[int(digits) - 1, _column(letters)] = value.group(1).decode()
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The member that holds the named sheet, or an empty string."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    except KeyError:
        return ""
    targets = {
        each["Id"]: each["Target"]
        for each in map(_attributes, _RELATION.findall(links))
        if {"Id", "Target"} <= each.keys()
    }
    for each in map(_attributes, _SHEET.findall(book)):
        if each.get("name") == sheet:
            target = targets.get(each.get("r:id", ""), "")
            return normpath(join("xl", target)).lstrip("/")
    return ""


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
