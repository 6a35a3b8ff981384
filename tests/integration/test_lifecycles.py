"""Every (state, action, role) of every lifecycle: it works on the page, and nowhere else."""

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ALL, Role
from matchmaker.workflow import Lifecycle, State
from tests.conftest import NOON

pytestmark = pytest.mark.database
every = pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.noun)


@dataclass(frozen=True)
class Holder:
    """Somebody who holds exactly one role."""

    roles: frozenset
    id: None = None
    name: str = "某人"


def holder(role):
    return Holder(frozenset({role}))


@dataclass
class Subject:
    """What the trail asks of a row; no table's own rules stand in the way of the engine's."""

    lifecycle: Lifecycle
    state: State
    public_id: str = "row"


def row(lifecycle, state):
    return Subject(lifecycle, state)


def written(lifecycle, state, action):
    return [m for m in lifecycle.moves if m.action == action and state in m.sources]


def entries():
    return db.session.scalar(select(func.count()).select_from(Entry))


@every
def test_what_is_not_on_the_page_is_refused_and_changes_nothing(writing, lifecycle):
    actions = {m.action for m in lifecycle.moves} | {"no_such_action"}
    refused = 0
    for state, action, role in itertools.product(lifecycle.states, actions, Role):
        moves = written(lifecycle, state, action)
        if any(role in m.by for m in moves):
            continue
        subject = row(lifecycle, state)
        with pytest.raises(NotAllowed if moves else WrongState):
            trail.advance(subject, action, by=holder(role), now=NOON, reason="理由")
        assert subject.state is state
        refused += 1
    assert refused > len(actions) * len(lifecycle.states)
    assert entries() == 0


@every
def test_what_is_on_the_page_moves_the_row_and_leaves_one_entry(writing, lifecycle):
    done = 0
    for move in lifecycle.moves:
        for state, role in itertools.product(sorted(move.sources), sorted(move.by)):
            subject = row(lifecycle, state)
            moved = trail.advance(subject, move.action, by=holder(role), now=NOON, reason="理由")
            assert subject.state is moved is move.target
            done += 1
    kept = db.session.execute(select(Entry.noun, Entry.action).distinct()).all()
    assert set(kept) == {(lifecycle.noun, m.action) for m in lifecycle.moves}
    assert entries() == done


@every
@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_that_must_be_given_is_asked_for(writing, lifecycle, reason):
    for move in lifecycle.moves:
        state, role = min(move.sources), min(move.by)
        subject = row(lifecycle, state)
        if not move.needs_reason:
            trail.advance(subject, move.action, by=holder(role), now=NOON, reason=reason)
            continue
        with pytest.raises(Invalid, match="必须写明原因"):
            trail.advance(subject, move.action, by=holder(role), now=NOON, reason=reason)
        assert subject.state is state


def test_holding_no_role_at_all_opens_nothing(writing):
    for lifecycle in ALL:
        for move in lifecycle.moves:
            subject = row(lifecycle, min(move.sources))
            with pytest.raises(NotAllowed):
                trail.advance(subject, move.action, by=Holder(frozenset()), now=NOON, reason="理由")
    assert entries() == 0
