"""A backup holds everything, a damaged one is refused, and restoring gives it all back."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile

import pytest

import config
from matchmaker import create_app
from matchmaker.audit import chain, trail
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from matchmaker.ops.archives import MANIFEST
from matchmaker.ops.databases import EMBEDDED, SERVER
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture
def ops(app, instance):
    uploads = instance / "uploads"
    (uploads / "ab").mkdir(parents=True)
    (uploads / "ab" / "abcd").write_bytes(b"a contract")
    yield lambda *args: app.test_cli_runner().invoke(args=["ops", *map(str, args)])
    shutil.rmtree(uploads)


@pytest.fixture
def embedded(app):
    """Hold on SQLite only: a server's database is dumped and loaded by its own tools."""
    with app.app_context():
        return db.engine.url.get_backend_name() == "sqlite"


@pytest.fixture
def made(ops, make, tmp_path, app):
    """One backup of an instance with a need, an upload and a trail."""
    make.need(title="甲需求")
    with app.app_context():
        db.session.info["writing"] = True
        trail.record("reveal", "user", by=make.user(Role.OFFICER), now=NOON)
        db.session.commit()
        db.session.info.pop("writing")
    answer = ops("backup", "--to", tmp_path / "kept")
    assert answer.exit_code == 0, answer.output
    (found,) = (tmp_path / "kept").iterdir()
    return found


def contents(path):
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


def rewritten(path, files, *, name="changed.tar.gz"):
    """Write a backup with other contents; `files` are as `contents` returned them."""
    target = path.with_name(name)
    with tarfile.open(target, "w:gz") as archive:
        for inner, data in files.items():
            member = tarfile.TarInfo(inner)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target


def relisted(files):
    """Let the manifest agree with changed contents, as somebody who tampers would."""
    manifest = json.loads(files[MANIFEST])
    for inner, data in files.items():
        if inner != MANIFEST:
            told = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            manifest["files"][inner] = told
    return {**files, MANIFEST: json.dumps(manifest).encode()}


def test_a_backup_is_one_file_for_its_owner_alone(made, embedded):
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    held = contents(made)
    assert set(held) == {MANIFEST, EMBEDDED if embedded else SERVER, "uploads/ab/abcd"}
    manifest = json.loads(held[MANIFEST])
    assert manifest["audit_entries"] == 2  # the reveal, and the backup itself
    assert len(manifest["audit_digest"]) == 64


def test_a_sound_backup_is_told_so(made, ops):
    answer = ops("verify-backup", made)
    assert answer.exit_code == 0
    assert "备份完好" in answer.output
    assert "审计日志 2 条" in answer.output


def test_restoring_gives_an_instance_that_starts(made, ops, tmp_path, embedded):
    target = tmp_path / "new"
    answer = ops("restore", made, "--into", target)
    assert answer.exit_code == 0, answer.output
    assert (target / "uploads" / "ab" / "abcd").read_bytes() == b"a contract"
    if not embedded:
        assert "pg_restore" in answer.output
        assert (target / SERVER).stat().st_size > 0
        return
    settings = config.Testing(target)
    settings.SQLALCHEMY_DATABASE_URI = f"sqlite:///{target / 'matchmaker.db'}"
    restored = create_app(settings)
    with restored.app_context():
        assert [need.title for need in db.session.scalars(db.select(Need))] == ["甲需求"]
        assert chain.verify() == (2, "")
        for engine in db.engines.values():
            engine.dispose()


def test_a_folder_that_holds_anything_is_refused_and_left_alone(made, ops, tmp_path):
    target = tmp_path / "used"
    target.mkdir()
    (target / "note").write_text("mine")
    answer = ops("restore", made, "--into", target)
    assert answer.exit_code != 0
    assert "不是空目录" in answer.output
    assert [path.name for path in target.iterdir()] == ["note"]


def test_an_empty_folder_is_taken(made, ops, tmp_path):
    (tmp_path / "empty").mkdir()
    assert ops("restore", made, "--into", tmp_path / "empty").exit_code == 0


def refused(ops, path, tmp_path, words):
    for answer in (ops("verify-backup", path), ops("restore", path, "--into", tmp_path / "x")):
        assert answer.exit_code == 1
        assert words in answer.output
    assert not (tmp_path / "x").exists()


def test_a_cut_backup_is_refused(made, ops, tmp_path):
    cut = made.with_name("cut.tar.gz")
    cut.write_bytes(made.read_bytes()[:-200])
    refused(ops, cut, tmp_path, "不是完整的备份文件")


def test_another_file_is_refused(ops, tmp_path):
    other = tmp_path / "other.tar.gz"
    other.write_bytes(os.urandom(500))
    refused(ops, other, tmp_path, "不是完整的备份文件")


def test_a_changed_a_missing_and_a_foreign_file_are_refused(made, ops, tmp_path):
    held = contents(made)
    changed = {**held, "uploads/ab/abcd": b"A contract"}
    refused(ops, rewritten(made, changed), tmp_path, "被改动或损坏：uploads/ab/abcd")
    missing = {name: data for name, data in held.items() if name != "uploads/ab/abcd"}
    refused(ops, rewritten(made, missing), tmp_path, "uploads/ab/abcd 缺失")
    refused(ops, rewritten(made, {**held, "extra": b"x"}), tmp_path, "extra 多出")


def test_a_file_that_would_leave_the_folder_is_refused(made, ops, tmp_path):
    escaping = rewritten(made, {**contents(made), "../escaped": b"x"})
    refused(ops, escaping, tmp_path, "不是完整的备份文件")
    assert not list(tmp_path.rglob("escaped"))


def tampered(made, tmp_path, *statements):
    held = contents(made)
    path = tmp_path / "work.db"
    path.write_bytes(held[EMBEDDED])
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("DROP TRIGGER audit_entry_no_delete")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return rewritten(made, relisted({**held, EMBEDDED: path.read_bytes()}))


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE audit_entry SET reason = 'x' WHERE seq = 1"], "第 1 条被改动"),
        (["DELETE FROM audit_entry WHERE seq = 2"], "末尾缺失"),
        (
            ["DELETE FROM audit_entry WHERE seq = 2",
             "UPDATE audit_head SET seq = 1, digest = (SELECT digest FROM audit_entry)"],
            "与清单记录的末条不符",
        ),
    ],
)  # fmt: skip
def test_a_changed_trail_is_found_even_with_a_fitting_manifest(
    made, ops, tmp_path, embedded, statements, words
):
    if embedded:
        refused(ops, tampered(made, tmp_path, *statements), tmp_path, words)


def test_a_broken_database_is_refused_even_with_a_fitting_manifest(made, ops, tmp_path, embedded):
    if embedded:
        held = contents(made)
        broken = held[EMBEDDED][:8192] + os.urandom(4096) + held[EMBEDDED][12288:]
        files = relisted({**held, EMBEDDED: broken})
        refused(ops, rewritten(made, files), tmp_path, "数据库")
