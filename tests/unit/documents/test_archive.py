"""The archive opens, and is checked, without the platform."""

import hashlib
import json
import re
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import date
from urllib.parse import unquote

import html5lib
import pytest

from matchmaker.documents import archive
from tests.unit.documents.samples import at

TITLE = "轻量化高韧性碳纤维渔具（JB2026-003）"
TIMELINE = [
    archive.Event(at(2026, 11, 25, 9), "于晓燕", "发榜"),
    (date(2026, 12, 28), "系统", "启封 <script>"),
]


def sections(folder):
    scan = folder / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    return [
        ("征集", [("征集通知.docx", b"notice", "第二批")]),
        ("发榜", []),
        ("签约", [archive.Item("合同/扫描件.pdf", scan), ("合同_扫描件.PDF", b"other", "补")]),
    ]


@pytest.fixture
def built(tmp_path):
    return archive.build(tmp_path / "out" / "归档.zip", TITLE, sections(tmp_path), TIMELINE)


@pytest.fixture
def unpacked(built, tmp_path):
    with zipfile.ZipFile(built.path) as packed:
        assert packed.testzip() is None
        packed.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def check(folder, *arguments):
    command = [sys.executable, "-I", str(folder / "verify.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_each_stage_has_a_folder_and_every_file_its_digest(built, unpacked):
    manifest = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    paths = [one["path"] for one in manifest["files"]]
    assert paths == [
        "01-征集/征集通知.docx",
        "03-签约/合同_扫描件.pdf",
        "03-签约/合同_扫描件（2）.PDF",
        "index.html",
        "verify.py",
    ]
    for one in manifest["files"]:
        content = (unpacked / one["path"]).read_bytes()
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
        assert one["bytes"] == len(content)
    assert built.files == len(paths)
    assert built.manifest_digest == archive.hashlib.sha256(
        (unpacked / "manifest.json").read_bytes()
    ).hexdigest()  # fmt: skip


def test_the_index_needs_nothing_from_outside(unpacked):
    text = (unpacked / "index.html").read_text("utf-8")
    assert not re.search(r"https?://|//[a-z]|<script|src=|@import|url\(", text)
    page = html5lib.parse(text, namespaceHTMLElements=False)
    links = [link.get("href") for link in page.iter("a")]
    ids = {node.get("id") for node in page.iter() if node.get("id")}
    for link in links:
        assert link[1:] in ids if link.startswith("#") else (unpacked / unquote(link)).is_file()
    assert {"#stage-1", "#stage-2", "#stage-3", "#record"} <= set(links)
    said = "".join(page.itertext())
    assert "2026年11月25日09:00" in said
    assert "2026年12月28日　系统　启封 <script>" in said
    assert "本阶段没有归档文件" in said
    assert hashlib.sha256(b"notice").hexdigest() in said


def test_equal_input_has_equal_bytes(built, tmp_path):
    again = archive.build(tmp_path / "again.zip", TITLE, sections(tmp_path), TIMELINE)
    assert again.path.read_bytes() == built.path.read_bytes()
    assert again.manifest_digest == built.manifest_digest


def test_the_checker_is_short_and_finds_every_change(built, unpacked):
    lines = (unpacked / "verify.py").read_text("utf-8").splitlines()
    assert len(lines) <= 30
    good = check(unpacked, built.manifest_digest)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "相符: 5 个文件" in good.stdout
    assert check(unpacked, "0" * 64).returncode == 1
    (unpacked / "01-征集" / "征集通知.docx").write_bytes(b"changed")
    (unpacked / "03-签约" / "合同_扫描件.pdf").unlink()
    (unpacked / "03-签约" / "添.txt").write_text("x", encoding="utf-8")
    bad = check(unpacked)
    assert bad.returncode == 1
    for fault in ("改动: 01-征集", "缺少: 03-签约", "多出: 03-签约/添.txt"):
        assert fault in bad.stdout


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\a?.docx", "C__a_.docx"),
        ("CON.txt", "_CON.txt"),
        ("\x00\u202e..", "未命名"),
        ("长" * 200 + ".pdf", "长" * 76 + ".pdf"),
        ("", "未命名"),
    ],
)
def test_names_are_safe_to_unpack_anywhere(given, wanted):
    assert archive.safe_name(given) == wanted


def test_a_missing_file_leaves_nothing_behind_and_keeps_the_older_archive(built, tmp_path):
    before = built.path.read_bytes()
    with pytest.raises(FileNotFoundError):
        archive.build(built.path, TITLE, [("签约", [("合同.pdf", tmp_path / "gone")])], [])
    assert built.path.read_bytes() == before
    assert [path.name for path in built.path.parent.iterdir()] == [built.path.name]


def test_a_large_file_is_streamed(tmp_path):
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(48 * 1024 * 1024)
    tracemalloc.start()
    built = archive.build(tmp_path / "a.zip", TITLE, [("验收", [("视频.bin", large)])], [])
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert built.size < 2 * 1024 * 1024
