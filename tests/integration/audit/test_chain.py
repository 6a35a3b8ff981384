"""The trail's entries are chained when the transaction ends, behind everything else it locks."""

import threading

import pytest
from sqlalchemy import event, text

from matchmaker import locks, web
from matchmaker.audit import chain, trail
from matchmaker.audit.models import Entry
from matchmaker.errors import Stale
from matchmaker.extensions import db
from tests.conftest import NOON

pytestmark = pytest.mark.database


def record(number: int) -> None:
    trail.record("export", "need", str(number), by=trail.SYSTEM, now=NOON)


def names() -> list[str]:
    return [one.object_id for one in db.session.query(Entry).order_by(Entry.seq)]


def test_the_head_is_the_last_row_a_transaction_writes(app, make):
    need = make.need()
    written = []
    with app.app_context():

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith(("UPDATE", "INSERT")):
                written.append(statement.split()[1 if statement.startswith("UPDATE") else 2])

        event.listen(db.engines[None], "before_cursor_execute", note)
        try:
            with web.transaction():
                record(1)
                db.session.get_one(type(need), need.id).title = "改过的题目"
        finally:
            event.remove(db.engines[None], "before_cursor_execute", note)
    assert written.index("need") < written.index("audit_head") < written.index("audit_entry")


def test_a_question_about_entries_finds_those_of_its_own_transaction(app):
    with app.app_context(), web.transaction():
        record(1)
        assert [one.object_id for one in trail.history("need", "1")] == ["1"]
        record(2)
        assert names() == ["1", "2"]


def test_what_a_savepoint_takes_back_leaves_no_entry(app):
    with app.app_context():
        with web.transaction():
            record(1)
            savepoint = db.session.begin_nested()
            record(2)
            savepoint.rollback()
            record(3)
        assert names() == ["1", "3"]
        assert chain.verify() == (2, "")


def test_an_entry_chained_inside_a_savepoint_taken_back_waits_again(app):
    with app.app_context():
        with web.transaction():
            record(1)
            savepoint = db.session.begin_nested()
            record(2)
            assert names() == ["1", "2"]
            savepoint.rollback()
        assert names() == ["1"]
        assert chain.verify() == (1, "")


def test_a_failed_transaction_leaves_nothing_for_the_next(app):
    with app.app_context():
        with pytest.raises(ValueError, match="broken"), web.transaction():
            record(1)
            raise ValueError("broken")
        with web.transaction():
            record(2)
        assert names() == ["2"]


def test_writers_of_crossing_rows_do_not_wait_for_each_other_at_the_head(app, make):
    """One records and then writes a row, the other writes that row and then records."""
    need, told = make.need(), []
    first_has_recorded, second_has_written = threading.Event(), threading.Event()

    def retitle(title: str) -> None:
        db.session.execute(
            text("UPDATE need SET title = :t WHERE id = :i"), {"t": title, "i": need.id}
        )

    def one():
        with app.app_context(), web.transaction():
            record(1)
            first_has_recorded.set()
            second_has_written.wait(0.5)
            retitle("先记后改")
            told.append(1)

    def other():
        first_has_recorded.wait(60)
        with app.app_context(), web.transaction():
            retitle("先改后记")
            second_has_written.set()
            record(2)
            told.append(2)

    threads = [threading.Thread(target=deed) for deed in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == [1, 2]
    with app.app_context():
        assert chain.verify() == (2, "")


def test_who_is_chosen_to_give_way_is_told_so(app, make, database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite lets one writer in at a time: nobody waits for anybody")
    rows, answers = [make.need().id, make.need().id], []
    meeting = threading.Barrier(2)

    def deed(first: int, second: int):
        try:
            with app.app_context(), web.transaction():
                for number, row in enumerate((first, second)):
                    db.session.execute(
                        text("UPDATE need SET title = '互等' WHERE id = :i"), {"i": row}
                    )
                    if not number:
                        meeting.wait(60)
            answers.append(None)
        except Stale as error:
            answers.append(error)

    threads = [threading.Thread(target=deed, args=pair) for pair in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(type(one) is Stale for one in answers) == [False, True]


def test_a_number_longer_than_its_digits_is_still_the_last(app, make):
    make.organisation(name="单位1")
    with app.app_context(), web.transaction():
        from matchmaker.accounts.models import Organisation

        assert locks.next_number(Organisation.name, "单位", 1) == "单位2"
        make_name = db.session.query(Organisation).one()
        make_name.name = "单位10"
        assert locks.next_number(Organisation.name, "单位", 1) == "单位11"
