"""T15: a backup that came through gives everything back, and one that did not is refused."""

import hashlib
import json
import random
import shutil

import pytest

from matchmaker import web
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from matchmaker.ops import encryption, operations
from matchmaker.ops.archives import BackupRefused
from matchmaker.seed import entering
from tests.conftest import NOON

pytestmark = pytest.mark.database
CANARY = "金丝雀需求甲乙丙"


@pytest.fixture
def ops(app):
    return lambda *args: app.test_cli_runner().invoke(args=["ops", *map(str, args)])


@pytest.fixture
def kept(app, instance, make, monkeypatch):
    """A need, an account that may sign in, an entry of each, and a file that a noun names."""
    monkeypatch.setattr(store, "_holders", list(store._holders))
    with app.app_context():
        make.need(title=CANARY)
        make.user(Role.ENTERPRISE_ADMIN)
        with web.transaction():
            entering.put_on_trail(now=NOON)
            for need in db.session.query(Need):
                trail.enter(need, by=trail.SYSTEM, now=NOON)
        held = instance / "uploads"
        held.mkdir(exist_ok=True)
        content = CANARY.encode() * 50
        name = f"{hashlib.sha256(content).hexdigest()}.pdf"
        (held / name).write_bytes(content)
        store.keeps(lambda: {name})
    yield name
    shutil.rmtree(instance / "drills", ignore_errors=True)
    shutil.rmtree(instance / "backups", ignore_errors=True)


@pytest.fixture
def key(app, ops, tmp_path):
    """The bureau's key pair: the public half configured, the private one in a file."""
    answer = ops("backup-key", "--to", tmp_path / "private")
    assert answer.exit_code == 0, answer.output
    app.config["BACKUP_PUBLIC_KEY"] = answer.output.split("BACKUP_PUBLIC_KEY=")[1].strip()
    yield tmp_path / "private"
    app.config["BACKUP_PUBLIC_KEY"] = ""


def made(ops, folder):
    answer = ops("backup", "--to", folder)
    assert answer.exit_code == 0, answer.output
    (found,) = folder.iterdir()
    return found


def record_of(instance):
    (path,) = (instance / "drills").iterdir()
    return json.loads(path.read_text("utf-8"))


def is_server(app):
    with app.app_context():
        return db.engine.url.get_backend_name() != "sqlite"


def drilled(app, ops, instance, kept, key, shows):
    answer = ops("drill", "--key", key)
    assert answer.exit_code == 0, answer.output
    for words in ("逐个文件核对", "张表逐张核对行数", "链头与清单一致", "不变量检查", "登录成功"):
        assert f"通过：{words}" in answer.output or words in answer.output
    found = record_of(instance)
    assert (found["problem"], found["files"]) == ("", 2)
    assert found["seconds"] < 900
    assert found["age_hours"] < 24
    said = f"{found['rows']} 行、{found['files']} 个文件、审计日志 {found['audit_entries']} 条"
    shows("T15", f"恢复演练通过：{said}，{found['seconds']} 秒恢复到可登录")


def test_a_drill_on_the_embedded_database(app, ops, instance, kept, key, shows):
    if is_server(app):
        pytest.skip("the drill on PostgreSQL makes a cluster: scripts/test --full")
    drilled(app, ops, instance, kept, key, shows)


@pytest.mark.full
def test_a_drill_on_a_cluster_of_its_own(app, ops, instance, kept, key, shows):
    if not is_server(app):
        pytest.skip("runs in the PostgreSQL pass")
    drilled(app, ops, instance, kept, key, shows)


def test_a_backup_that_forgets_the_uploads_fails_the_drill(
    app, ops, instance, kept, monkeypatch, shows
):
    if is_server(app):
        pytest.skip("said once, on the embedded database")
    monkeypatch.setattr(operations, "FOLDERS", ("templates",))
    answer = ops("drill")
    assert answer.exit_code == 1
    assert f"I11 文件缺失或被改动：{kept}（文件不在存储中）" in answer.output
    assert record_of(instance)["problem"]
    shows("T15", planted="备份程序漏掉上传文件夹：演练不通过，点名缺失的文件")


def test_an_encrypted_backup_shows_nothing_and_opens_with_the_key_only(
    app, ops, kept, key, tmp_path, shows
):
    found = made(ops, tmp_path / "kept")
    assert found.name.endswith(".tar.gz.age")
    assert found.stat().st_mode & 0o077 == 0
    raw = found.read_bytes()
    assert encryption.is_encrypted(found)
    assert b"\x1f\x8b\x08" not in raw[:600]
    assert CANARY.encode() not in raw
    answer = ops("verify-backup", found)
    assert answer.exit_code == 1
    assert "备份已加密，请用 --key 指定私钥文件" in answer.output
    other = tmp_path / "other"
    encryption.new_key(other)
    assert "私钥不符" in ops("verify-backup", found, "--key", other).output
    assert ops("verify-backup", found, "--key", key).exit_code == 0
    target = tmp_path / "new"
    assert ops("restore", found, "--into", target, "--key", key).exit_code == 0
    assert (target / "uploads" / kept).read_bytes() == CANARY.encode() * 50
    shows("T15", "加密备份里找不到金丝雀文字，没有私钥打不开，有私钥完整恢复")


def test_a_wrong_public_key_is_refused_and_a_key_is_never_overwritten(app, ops, key, tmp_path):
    answer = ops("backup-key", "--to", key)
    assert answer.exit_code == 1
    assert "没有覆盖" in answer.output
    app.config["BACKUP_PUBLIC_KEY"] = "age1nonsense"
    answer = ops("backup", "--to", tmp_path / "kept")
    assert answer.exit_code == 1
    assert "不是有效的公钥" in answer.output
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_hundred_damaged_backups_are_all_refused(
    app, ops, kept, tmp_path, encrypted, request, shows
):
    if is_server(app):
        pytest.skip("said once, on the embedded database")
    key = request.getfixturevalue("key") if encrypted else None
    found, pick = made(ops, tmp_path / "kept"), random.Random(15)
    whole, accepted = found.read_bytes(), []
    operations.verify(found, key=key)
    for number in range(50):
        damaged = bytearray(whole)
        kind = pick.choice(["bit", "bit", "cut", "zero", "swap"])
        at, size = pick.randrange(30, len(whole) - 64), 32
        if kind == "bit":
            damaged[at] ^= 1 << pick.randrange(8)
        elif kind == "cut":
            del damaged[at:]
        elif kind == "zero":
            damaged[at : at + size] = bytes(size)
        else:
            damaged[at : at + 8], damaged[-16:-8] = damaged[-16:-8], damaged[at : at + 8]
        if bytes(damaged) == whole:
            continue
        path = tmp_path / "damaged"
        path.write_bytes(damaged)
        try:
            operations.verify(path, key=key)
        except BackupRefused:
            continue
        accepted.append((number, kind, at))
    assert accepted == []
    shows("T15", f"损坏的{'加密' if encrypted else '明文'}备份（翻位、截断、抹零、对调）全部拒绝",
          tried=50)  # fmt: skip
