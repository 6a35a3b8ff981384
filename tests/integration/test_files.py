"""Files people send in: known by their content, kept while somebody names them."""

import pytest

from matchmaker.errors import Invalid
from matchmaker.files import documents, store
from tests.security import hostile
from tests.security.hostile import JPG, PDF, PNG, upload

DOCX = hostile.docx()


@pytest.mark.parametrize(
    ("name", "content"), [("证据.pdf", PDF), ("a.JPG", JPG), ("a.jpeg", JPG), ("a.png", PNG),
                          ("说明.docx", DOCX)]
)  # fmt: skip
def test_a_scan_is_kept_under_its_digest(writing, name, content):
    found = documents.receive(upload(name, content), field="files")
    assert (found.name, found.size) == (name, len(content))
    assert len(found.digest) == 64
    assert store.path_of(found.stored_as).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"<html>", "不是可接收的文件"),
        ("a.exe", b"MZ", "不是可接收的文件"),
        ("a.pdf", b"", "不是可接收的文件"),
        ("a.docx", hostile.zipped({"xl/workbook.xml": b"<x/>"}), "不是可接收的文件"),
        ("a.docx", hostile.docx(added={"word/vbaProject.bin": b"x"}), "带有宏"),
        ("a.docx", b"PK\x03\x04broken", "已损坏"),
        ("a.pdf", PNG, "扩展名与内容不符"),
        ("a.html", PDF, "扩展名与内容不符"),
    ],
)
def test_what_is_no_scan_is_refused_by_its_content(writing, name, content, says):
    with pytest.raises(Invalid, match=says) as refused:
        documents.receive(upload(name, content), field="files")
    assert set(refused.value.fields) == {"files"}


def test_a_file_past_the_limit_is_refused(writing):
    with pytest.raises(Invalid, match="超过 1 MB"):
        documents.receive(upload("a.pdf", PDF + b" " * 1024 * 1024), field="f", most=1024 * 1024)


def test_a_path_in_the_name_is_cut_off(writing):
    found = documents.receive(upload("..\\..\\etc/passwd.pdf", PDF), field="files")
    assert found.name == "passwd.pdf"


def test_the_sweep_leaves_what_somebody_names(writing, monkeypatch):
    monkeypatch.setattr(store, "_holders", [])
    kept = documents.receive(upload("a.pdf", PDF), field="f").stored_as
    lost = documents.receive(upload("b.png", PNG), field="f").stored_as
    store.keeps(lambda: {kept})
    assert store.sweep((), before=float("inf")) == 1
    assert store.path_of(kept).is_file()
    with pytest.raises(FileNotFoundError):
        store.path_of(lost)
