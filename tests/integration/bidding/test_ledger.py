"""The sealed book: nothing on the trail before it is merged, everything after."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from matchmaker.audit import chain, ledger, trail
from matchmaker.audit.models import AuditHead, Entry
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BID, BidState, Role
from tests.conftest import NOON

pytestmark = pytest.mark.database


class Row:
    lifecycle = BID
    public_id = "bid-1"

    def __init__(self):
        self.state = BidState.DRAFT
        self.book = ledger.Book("bounty-1", lambda who: f"mark{who}")


def acted(make):
    by = make.user(Role.RESEARCHER)
    row = Row()
    trail.enter(row, by=by, now=NOON)
    trail.note(row, "endorse", by=by, now=NOON + timedelta(minutes=1), unit="x")
    trail.advance(row, "submit", by=by, now=NOON + timedelta(minutes=2))
    return row, by


def heads():
    return db.session.scalar(select(func.count()).select_from(AuditHead))


def test_what_is_under_seal_leaves_the_trail_and_its_numbers_alone(writing, make):
    row, by = acted(make)
    assert db.session.scalar(select(func.count()).select_from(Entry)) == heads() == 0
    kept = ledger.history("bounty-1", "bid-1")
    assert [(e.action, e.mark) for e in kept] == [
        (name, f"mark{by.id}") for name in ("create", "endorse", "submit")
    ]
    assert row.state is BidState.SUBMITTED


def test_merged_once_each_act_stands_on_the_trail_at_its_own_time(writing, make):
    row, by = acted(make)
    late = NOON + timedelta(days=1)
    assert trail.merge("bounty-1", "bounty", by=trail.SYSTEM, now=late) == 3
    assert trail.merge("bounty-1", "bounty", by=trail.SYSTEM, now=late) == 0
    entries = trail.history("bid", "bid-1")
    assert [(e.action, e.at, e.actor_id, e.actor_name) for e in entries] == [
        ("create", NOON, None, "（密封）"),
        ("endorse", NOON + timedelta(minutes=1), None, "（密封）"),
        ("submit", NOON + timedelta(minutes=2), None, "（密封）"),
    ]
    assert entries[1].details["mark"] == f"mark{by.id}"
    last = trail.history("bounty", "bounty-1")[-1]
    assert (last.action, last.reason, last.details["rows"]) == ("merge_book", "", 3)
    assert chain.verify() == (4, "")
    with pytest.raises(WrongState, match="已截榜"):
        trail.note(row, "withdraw", by=by, now=late)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE sealed_entry SET action = 'x' WHERE seq = 2", "第 2 条被改动"),
        ("DELETE FROM sealed_entry WHERE seq = 2", "第 2 条缺失"),
        ("DELETE FROM sealed_entry WHERE seq = 3", "末尾缺失"),
    ],
)
def test_a_changed_book_is_found_when_it_is_merged(writing, make, change, says):
    acted(make)
    db.session.execute(text(change))
    db.session.expire_all()
    trail.merge("bounty-1", "bounty", by=trail.SYSTEM, now=NOON)
    assert says in trail.history("bounty", "bounty-1")[-1].reason


def test_an_empty_book_closes_too(writing, make):
    assert trail.merge("bounty-1", "bounty", by=trail.SYSTEM, now=NOON) == 0
    with pytest.raises(WrongState):
        trail.enter(Row(), by=make.user(Role.RESEARCHER), now=NOON)
