"""Written once for every lifecycle: what each table must hold, whatever it is about."""

import importlib.util
import itertools
from pathlib import Path

import pytest

from matchmaker.errors import WrongState
from matchmaker.lifecycles import ALL, NEED, NeedState, Role
from matchmaker.workflow import Lifecycle, State, move

ROOT = Path(__file__).resolve().parents[2]
TONES = {"neutral", "active", "good", "warn", "bad"}
# States a row may also begin in: an import makes organisations that nobody has claimed yet.
IMPORTED = {"organisation": {"unclaimed"}}
every = pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.noun)


def reachable(lifecycle, *beginnings):
    found, waiting = set(), list(beginnings)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += [m.target for m in lifecycle.moves if state in m.sources]
    return found


def test_no_lifecycle_is_left_out():
    folder = ROOT / "matchmaker" / "lifecycles"
    names = {path.stem for path in folder.glob("*.py")} - {"__init__", "roles"}
    modules = [importlib.import_module(f"matchmaker.lifecycles.{name}") for name in names]
    written = {v for m in modules for v in vars(m).values() if isinstance(v, Lifecycle)}
    assert written == set(ALL)
    assert len({one.noun for one in ALL}) == len(ALL)


@every
def test_every_state_is_reached_from_the_first(lifecycle):
    assert reachable(lifecycle, lifecycle.initial) == set(lifecycle.states)


@every
def test_every_state_an_import_may_begin_in_leads_on(lifecycle):
    for value in IMPORTED.get(lifecycle.noun, ()):
        state = next(s for s in lifecycle.states if s == value)
        assert len(reachable(lifecycle, state)) > 1


def test_a_state_nothing_leads_to_is_found():
    class Lost(State):
        HERE = "here", "此"
        THERE = "there", "彼"
        NOWHERE = "nowhere", "无"

    table = Lifecycle("x", "例", Lost.HERE, move("go", "去", Lost.HERE, Lost.THERE, by={"a"}))
    assert set(table.states) - reachable(table, Lost.HERE) == {Lost.NOWHERE}


@every
def test_every_state_and_move_has_a_label_and_a_tone_the_pages_know(lifecycle):
    for state in lifecycle.states:
        assert state.label.strip(), state
        assert state.tone in TONES
        assert state.label != state.value
    assert all(m.label.strip() and m.label != m.action for m in lifecycle.moves)
    labels = [state.label for state in lifecycle.states]
    assert len(labels) == len(set(labels))


@every
def test_every_move_leads_elsewhere_and_is_somebodys(lifecycle):
    for each in lifecycle.moves:
        assert each.sources, each
        assert each.by, each
        assert each.target not in each.sources
        assert each.by <= set(Role)
        assert {*each.sources, each.target} <= set(lifecycle.states)


@every
def test_from_one_state_an_action_means_one_move(lifecycle):
    for one, other in itertools.combinations(lifecycle.moves, 2):
        assert one.action != other.action or not one.sources & other.sources


@every
def test_the_moves_found_and_offered_are_those_on_the_page(lifecycle):
    actions = {m.action for m in lifecycle.moves}
    for state, action in itertools.product(lifecycle.states, actions):
        written = [m for m in lifecycle.moves if m.action == action and state in m.sources]
        if written:
            assert [lifecycle.find(action, state)] == written
        else:
            with pytest.raises(WrongState, match=state.label):
                lifecycle.find(action, state)
        for role in Role:
            offered = [m for m in lifecycle.open_to(state, {role}) if m.action == action]
            assert offered == [m for m in written if role in m.by]


def test_the_moves_are_offered_in_the_written_order():
    offered = [m.action for m in NEED.open_to(NeedState.SCREENED, {Role.OFFICER})]
    assert offered == ["return", "accept", "withdraw"]


def drawing():
    path = ROOT / "scripts" / "draw_lifecycles.py"
    spec = importlib.util.spec_from_file_location("draw_lifecycles", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_process_page_is_drawn_from_the_tables_as_they_are():
    kept = (ROOT / "docs" / "process.md").read_text(encoding="utf-8")
    assert kept == drawing().page(), "run scripts/draw-lifecycles"


def test_the_drawing_shows_every_state_and_move():
    text = drawing().page()
    for lifecycle in ALL:
        for state in lifecycle.states:
            assert f'state "{state.label}" as {state}' in text
        for each in lifecycle.moves:
            for source in each.sources:
                assert f"    {source} --> {each.target}: {each.label}" in text
