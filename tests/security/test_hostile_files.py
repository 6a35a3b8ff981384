"""T21. Files that mean harm: every one refused, by its content, in a child that can do nothing."""

import resource
import time

import pytest

from matchmaker.errors import Invalid
from matchmaker.files import contents, documents, packages, start_package, store
from matchmaker.spreadsheets import Limits, archives
from tests.security import hostile

ALLOWED = documents.SCANS | {".ofd"}
MB = 1024 * 1024


def accepted(name):
    """Send a file through the pipeline; tell whether it was kept."""
    file_name, make = hostile.REFUSED[name]
    try:
        documents.receive(hostile.upload(file_name, make()), field="f", allowed=ALLOWED)
    except Invalid as refusal:
        return not refusal.fields["f"].startswith("“")  # unexplained is no better than kept
    return True


def stored():
    return [path for path in store.folder().rglob("*") if path.is_file()]


def test_no_hostile_file_is_kept(writing, shows):
    kept = [name for name in hostile.REFUSED if accepted(name)]
    assert kept == []
    assert stored() == []
    assert len(hostile.REFUSED) >= 60
    shows("T21", "有害文件（压缩炸弹、嵌套、越界、混合、宏、加密、截断、改名）误收 0 个",
          tried=len(hostile.REFUSED))  # fmt: skip


@pytest.mark.parametrize("name", hostile.KEPT)
def test_an_odd_but_honest_file_is_kept(writing, name):
    file_name, content = hostile.KEPT[name]
    found = documents.receive(hostile.upload(file_name, content), field="f", allowed=ALLOWED)
    assert store.path_of(found.stored_as).read_bytes() == content
    assert len(found.name) <= documents.LONGEST_NAME
    assert not set(found.name) & set("\u202e\u200b/\\")


def test_the_child_takes_on_limits_before_it_reads(monkeypatch, shows):
    taken = {}
    monkeypatch.setattr(resource, "setrlimit", taken.__setitem__)
    start_package.confine()
    assert taken[resource.RLIMIT_AS] == (300 * MB, 300 * MB)
    assert taken[resource.RLIMIT_CPU][0] <= 2
    assert taken[resource.RLIMIT_FSIZE] == (0, 0)
    shows("T21", "解析压缩文档的子进程：内存不超过 300 MB、处理器时间不超过 2 秒、不能写文件")


def test_the_site_itself_never_opens_a_zip_document(monkeypatch, shows):
    """The packages module is for the child: here only its bytes are handed over."""

    def opened(_body):
        raise AssertionError

    monkeypatch.setattr(packages, "inspect", opened)
    assert contents.look(hostile.docx()) == (".docx", "")


@pytest.mark.parametrize(("said", "code"), [(b"", 0), (b"", -9), (b"not json", 1), (b"null", 0)])
def test_a_child_that_dies_has_met_a_bomb(monkeypatch, tmp_path, said, code):
    program = tmp_path / "dies.py"
    program.write_text(f"import sys; sys.stdout.buffer.write({said!r}); sys.exit({max(code, 0)})")
    monkeypatch.setattr(contents, "_PROGRAM", program)
    assert contents.look(hostile.docx()) == ("", packages.BOMB)


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(contents, "_WALL_SECONDS", 0.001)
    assert contents.look(hostile.docx()) == ("", packages.BOMB)


def test_files_told_by_the_names_within_are_noticed(writing, monkeypatch, shows):
    """Teeth: a pipeline that believes an archive's list of names keeps bombs and scripts."""

    def by_names(body):
        return (".docx", "") if b"word/document.xml" in body else ("", packages.DAMAGED)

    monkeypatch.setattr(contents, "_packed", by_names)
    for name in ("docx bomb", "dde", "symlink", "ole object", "docm called docx"):
        assert accepted(name), name
    shows("T21", planted="压缩文档只看成员名，不读内容")


def test_sizes_believed_from_the_header_are_noticed(writing, monkeypatch, shows):
    """Teeth: with the list's own sizes added up, the bomb that says one byte passes the count."""

    def believed(_archive, members, *, packed, limits):
        if sum(one.file_size for one in members) > limits.unpacked_bytes:
            raise archives.refuse(archives.Refusal.BOMB)

    bomb = hostile.docx(added={"word/media/a": b"0" * (101 * MB)})
    assert packages.inspect(bomb) == ("", packages.BOMB)
    monkeypatch.setattr(archives, "_count", believed)
    assert packages.inspect(bomb) == ("", packages.BOMB)
    monkeypatch.setattr(packages, "_read", lambda _body: "")
    assert packages.inspect(hostile.lying(bomb)) == (".docx", "")
    shows("T21", planted="解压大小取自文件头而不是边读边计")


def test_markup_and_archives_behind_a_scan_are_noticed(writing, monkeypatch, shows):
    """Teeth: a pipeline that looks at the first bytes only keeps polyglots."""

    def by_head(body):
        return next((kind for magic, kind in contents._MAGIC if body.startswith(magic)), ""), ""

    monkeypatch.setattr(contents, "look", by_head)
    for name in ("pdf then zip", "jpg then page", "half a pdf", "encrypted pdf"):
        assert accepted(name), name
    shows("T21", planted="只看文件开头几个字节")


@pytest.mark.full
def test_each_hostile_file_is_refused_within_its_limits(writing, shows):
    """2 s a file, measured in the child and here; the child's 300 MB are its address space."""
    slowest = 0.0
    for name in hostile.REFUSED:
        started, before = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        file_name, make = hostile.REFUSED[name]
        upload = hostile.upload(file_name, make())
        built = time.process_time() - started
        with pytest.raises(Invalid):
            documents.receive(upload, field="f", allowed=ALLOWED)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = time.process_time() - started - built
        spent += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        slowest = max(slowest, spent)
        assert spent < 2, name
    shows("T21", f"每个文件从收到到拒绝的处理器时间至多 {slowest:.2f} 秒")


def test_limits_of_the_promise():
    limits = Limits()
    assert (limits.file_bytes, limits.entries, limits.unpacked_bytes, limits.ratio) == (
        20 * MB, 200, 100 * MB, 50,
    )  # fmt: skip
    assert limits.file_bytes == documents.MOST_BYTES
