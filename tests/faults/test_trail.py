"""T17: whatever is done to the trail behind the program's back is found."""

import random
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matchmaker import web
from matchmaker.audit import chain, heads, trail, verifying
from matchmaker.audit.models import Anchor, AuditHead, Entry
from matchmaker.extensions import db
from matchmaker.guard import anchoring
from matchmaker.lifecycles import Role
from tests.conftest import NOON

pytestmark = pytest.mark.database
ENTRIES = 60
TEXTS = ("actor_name", "actor_roles", "action", "noun", "object_id", "from_state", "to_state",
         "reason", "ip", "request_id", "previous", "digest")  # fmt: skip


@pytest.fixture
def told(app, make, instance):
    """A trail of sixty entries, its heads written down beside the database, and an anchor."""
    officer = make.user(Role.OFFICER)
    app.config["AUDIT_HEADS"] = "heads.log"
    (instance / "heads.log").unlink(missing_ok=True)
    with app.app_context():
        for number in range(ENTRIES // 2):
            with web.transaction():
                trail.record("export", "need", str(number), by=officer, now=NOON, rows=number)
                trail.record("reveal", "user", str(number), by=officer, now=NOON, reason="核对")
        assert verifying.whole() == (ENTRIES, "")
        yield instance / "heads.log"
        db.session.remove()
    app.config["AUDIT_HEADS"] = ""


def changed(connection, rows, pick):
    """Do one random thing to the trail; return what it was."""
    kind = pick.choice(["edit", "details", "time", "delete", "swap", "insert", "tail", "whole"])
    one, other = pick.sample(range(1, ENTRIES + 1), 2)
    run = connection.exec_driver_sql
    if kind == "edit":
        column = pick.choice(TEXTS)
        new = pick.choice(["x", rows[one - 1][column][::-1] + "改", "0" * 64])[
            :20
        ]  # PostgreSQL holds the columns to their lengths
        run(f"UPDATE audit_entry SET {column} = '{new}' WHERE seq = {one}")
    elif kind == "details":
        run(f"UPDATE audit_entry SET details = '{{\"rows\": {pick.randrange(10**6, 10**9)}}}'"
            f" WHERE seq = {one}")  # fmt: skip
    elif kind == "time":
        run(f"UPDATE audit_entry SET at = '2026-11-2{pick.randrange(1, 9)} 01:00:00'"
            f" WHERE seq = {one}")  # fmt: skip
    elif kind == "delete":
        run(f"DELETE FROM audit_entry WHERE seq = {one}")
    elif kind == "swap":
        for old, new in ((one, 10_000), (other, one), (10_000, other)):
            run(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}")
    elif kind == "insert":
        extra = {**rows[one - 1], "seq": ENTRIES + 1, "digest": f"{pick.randrange(10**9):064}"}
        connection.execute(insert(Entry), [extra])
    else:
        cut_off(connection, rows, pick.randrange(1, ENTRIES) if kind == "tail" else 0)
    return f"{kind} {one} {other}"


def cut_off(connection, rows, left):
    """Remove the end and put the head back where it then belongs, as who knows the code would."""
    connection.exec_driver_sql(f"DELETE FROM audit_entry WHERE seq > {left}")
    digest = rows[left - 1]["digest"] if left else chain.GENESIS
    connection.exec_driver_sql(f"UPDATE audit_head SET seq = {left}, digest = '{digest}'")


def unguarded(connection):
    """Take the guards away, as only the database's owner can."""
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_entry_no_{verb}")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def attack(rounds, seed):
    """Change the trail and take it back, so many times; return what was not found."""
    pick, missed = random.Random(seed), []
    with db.engines["reader"].connect() as connection:
        rows = [
            dict(row)
            for row in connection.execute(Entry.__table__.select().order_by(Entry.seq)).mappings()
        ]
    for _ in range(rounds):
        with db.engines[None].connect() as connection, connection.begin() as transaction:
            unguarded(connection)
            done = changed(connection, rows, pick)
            with sa_session(connection) as session:
                _, fault = verifying.whole(session)
            if not fault:
                missed.append(done)
            transaction.rollback()
    return missed


def sa_session(connection):
    return Session(connection, join_transaction_mode="create_savepoint")


def test_random_changes_are_all_found(told, shows):
    assert attack(100, seed=17) == []
    assert verifying.whole() == (ENTRIES, "")
    shows("T17", "随机改、删、换、插、截尾审计日志，全部查出", tried=100)


@pytest.mark.full
def test_a_thousand_random_changes_are_all_found(told, shows):
    assert attack(1000, seed=20261129) == []
    shows("T17", "随机改、删、换、插、截尾审计日志，全部查出", tried=1000)


def test_without_heads_and_anchors_a_cut_tail_would_pass(told, app, shows):
    """The fault planted in the application: nothing is kept outside the database."""
    app.config["AUDIT_HEADS"] = ""
    missed = attack(40, seed=17)
    assert {one.split()[0] for one in missed} == {"tail", "whole"}
    app.config["AUDIT_HEADS"] = "heads.log"
    assert attack(40, seed=17) == []
    shows("T17", planted="程序不另存链头：截尾并改回链头查不出；恢复另存后同样的截尾全部查出")


def test_a_cut_tail_is_found_against_the_anchor_and_against_paper(told, app):
    app.config["AUDIT_HEADS"] = ""
    with web.transaction():
        assert anchoring.anchor(NOON).seq == ENTRIES
        assert anchoring.anchor(NOON) is None  # once a day
    with db.engines["reader"].connect() as connection:
        rows = connection.execute(Entry.__table__.select().order_by(Entry.seq)).mappings().all()
    digest = rows[-1]["digest"]
    with db.engines[None].connect() as connection, connection.begin() as transaction:
        unguarded(connection)
        cut_off(connection, rows, ENTRIES - 3)
        with sa_session(connection) as session:
            count, fault = verifying.whole(session)
            assert (count, "末尾缺失：2026-11-20 的每日锚点记到第 60 条，现有 57 条") == (57, fault)
            connection.exec_driver_sql("DROP TABLE audit_anchor")
            db.metadata.tables["audit_anchor"].create(connection)
            assert verifying.whole(session) == (57, "")
            on_paper = [(ENTRIES, digest, "所给的锚点")]
            assert "所给的锚点记到第 60 条" in verifying.whole(session, given=on_paper)[1]
        transaction.rollback()
    assert verifying.whole(given=[(5, "0" * 64, "所给的锚点")])[1].startswith(
        "第 5 条与所给的锚点不符"
    )


def test_a_trail_written_anew_is_found(told):
    """Whoever rewrites every digest from an entry on makes a chain that fits itself only."""
    with db.engines[None].connect() as connection, connection.begin() as transaction:
        unguarded(connection)
        with sa_session(connection) as session:
            previous = None
            for entry in session.query(Entry).order_by(Entry.seq):
                if entry.seq == 10:
                    entry.reason = "改过的理由"
                if previous:
                    entry.previous = previous
                previous = entry.digest = chain.digest(entry)
            session.query(AuditHead).update({"digest": previous})
            session.flush()
            assert chain.verify(session) == (ENTRIES, "")
            assert "第 10 条与另存的链头文件 heads.log不符" in verifying.whole(session)[1]
        transaction.rollback()


def test_the_program_itself_cannot_change_or_remove_an_entry(told, make, shows):
    """Teeth: INSERT OR REPLACE removes a row without DELETE; only recursive triggers see it."""
    row = "SELECT seq, at, actor_id, actor_name, actor_roles, action, noun, object_id, from_state,"
    row += " to_state, 'x', details, ip, request_id, previous, digest FROM audit_entry"
    embedded = db.engines[None].dialect.name == "sqlite"
    statements = [
        "UPDATE audit_entry SET reason = 'x' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        f"INSERT OR REPLACE INTO audit_entry {row} WHERE seq = 1" if embedded
        else "TRUNCATE audit_entry",
    ]  # fmt: skip
    with web.transaction():
        anchoring.anchor(NOON)
    statements += ["UPDATE audit_anchor SET seq = 1", "DELETE FROM audit_anchor"]
    for statement in statements:
        with (
            pytest.raises(DBAPIError, match="never changed"),
            db.engines[None].begin() as connection,
        ):
            connection.exec_driver_sql(statement)
    assert verifying.whole()[1] == ""
    shows("T17", "程序自己的连接改、删、替换日志和锚点均被拒绝", tried=len(statements))
    if embedded:
        with db.engines[None].connect() as connection, connection.begin() as transaction:
            connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
            connection.exec_driver_sql(statements[2])
            with sa_session(connection) as session:
                assert "第 1 条被改动" in verifying.whole(session)[1]
            transaction.rollback()
        db.engines[None].dispose()  # the next connection has its triggers again
        said = "连接不开 recursive_triggers：INSERT OR REPLACE 绕过触发器，校验仍查出"
        shows("T17", planted=said)


def test_the_auditor_has_the_anchor_by_mail(told, app, make, instance):
    from matchmaker import jobs

    auditor = make.user(Role.AUDITOR, email="auditor@example.cn")
    with web.transaction():
        kept = anchoring.anchor(NOON)
    jobs.drain()
    (mail,) = (instance / "mail").glob("anchor-*.eml")
    text = message_from_bytes(mail.read_bytes(), policy=default).get_content()
    assert kept.digest in text.replace("\n", "")
    mail.unlink()
    assert mail.name == f"anchor-2026-11-20-{auditor.id}.eml"
    assert db.session.get(Anchor, NOON.date()).digest == kept.digest


def test_sm3_by_configuration_and_a_change_of_it_half_way(told, app):
    before = chain.head(db.session)
    app.config["AUDIT_DIGEST"] = "sm3"
    with web.transaction():
        trail.record("export", "need", "sm3", by=trail.SYSTEM, now=NOON)
    app.config["AUDIT_DIGEST"] = "sha256"
    with web.transaction():
        trail.record("export", "need", "sha", by=trail.SYSTEM, now=NOON)
    entry = db.session.get_one(Entry, ENTRIES + 1)
    assert entry.previous == before
    assert entry.digest == chain.digest(entry, "sm3") != chain.digest(entry, "sha256")
    assert verifying.whole() == (ENTRIES + 2, "")


def test_a_head_that_was_never_committed_is_not_written_down(told):
    lines = told.read_text().splitlines()
    with pytest.raises(ValueError, match="broken"), web.transaction():
        trail.record("export", "need", "x", by=trail.SYSTEM, now=NOON)
        db.session.flush()
        raise ValueError("broken")
    with web.transaction():
        db.session.execute(text("UPDATE setting SET content = content"))
    assert told.read_text().splitlines() == lines
    assert heads.written(told)[ENTRIES] == chain.head(db.session)


def test_half_a_line_and_a_full_disk_do_no_harm(told, monkeypatch):
    with told.open("a") as file:
        file.write("2026-11-20T04:00:00Z 61 abc")
    assert verifying.whole() == (ENTRIES, "")
    monkeypatch.setattr("matchmaker.audit.heads.os.write", _full)
    with web.transaction():
        trail.record("export", "need", "x", by=trail.SYSTEM, now=NOON)
    assert verifying.whole() == (ENTRIES + 1, "")


def _full(*_args):
    raise OSError(28, "No space left on device")
