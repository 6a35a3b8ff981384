"""The permission table binds: its rows, every route, and what the engine makes of them."""

import csv
import hashlib

import pytest
from flask import Flask

import config
from matchmaker import policy
from matchmaker.accounts import grants
from matchmaker.accounts.identity import Visitor
from matchmaker.codes import Disclosure
from matchmaker.lifecycles import ADMINISTRATORS, NeedState, OrganisationState, Role
from matchmaker.needs.models import Need
from matchmaker.policy import crosswalk, table
from matchmaker.policy.engine import UNBOUND_ALLOWED

pytestmark = pytest.mark.database
BOUND_ROWS = 316
DIGEST = "ee33c1f88b34f70a45d597cdf5650e887d1ce7c21ee9c57db27a000ce7367cae"


def bound():
    return [row for row in policy.rows() if not row.added]


def test_the_bureaus_rows_stand_as_they_were_given():
    lines = []
    with table.PATH.open(encoding="utf-8") as file:
        lines = sorted(line.rstrip("\n,") for line in file if line.rstrip("\n").endswith(","))
    assert len(bound()) == BOUND_ROWS
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == DIGEST


def test_added_rows_say_why(record_property):
    added = [row for row in policy.rows() if row.added]
    assert all(len(row.added) > 3 for row in added)
    record_property("added rows", "\n".join(f"{r.resource} {r.action}: {r.added}" for r in added))


def test_a_row_written_again_gives_other_roles():
    """Decisions 2: town assistants and section chiefs get rows of their own."""
    seen = {}
    for row in policy.rows():
        key = (row.resource, row.state, row.action)
        given = seen.setdefault(key, set())
        assert not given & (row.allow | row.own), key
        assert not given or row.added, key
        given |= row.allow | row.own


def test_every_route_is_bound_and_an_unbound_one_stops_the_start(bare_app):
    policy.check_bound(bare_app)
    other = Flask("other")
    other.add_url_rule("/open", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="/open"):
        policy.check_bound(other)


def test_a_route_bound_to_an_unknown_row_stops_the_start():
    other = Flask("other")
    other.add_url_rule("/x", view_func=policy.endpoint("need", "no_such_action")(lambda: ""))
    with pytest.raises(RuntimeError, match="no_such_action"):
        policy.check_bound(other)


def test_a_planted_route_without_a_rule_stops_the_start(instance, monkeypatch, shows):
    """The fault is planted in the application itself: one of its own views loses its rule."""
    from matchmaker import create_app, display

    monkeypatch.delattr(display.large_text, "policy")
    settings = config.Testing(instance)
    with pytest.raises(RuntimeError, match="/display/large-text"):
        create_app(settings)
    monkeypatch.undo()
    app = create_app(settings)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in UNBOUND_ALLOWED]
    shows("T1", "每个入口都绑定权限表的一行，未绑定的系统拒绝启动", tried=len(rules))
    shows("T1", planted="一个入口没有绑定权限表")


def test_the_table_is_printed_as_it_was_given(app):
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["policy", "print", "--named"]).output
    with table.PATH.open(encoding="utf-8", newline="") as file:
        given = [line for line in csv.DictReader(file) if not line["added"]]
    rows = list(csv.DictReader(printed.splitlines()))
    named = ("resource", "state", "action", "allow", "own")
    assert rows == [{name: line[name] for name in named} for line in given]
    whole = runner.invoke(args=["policy", "print"]).output
    assert len(whole.splitlines()) == len(policy.rows()) + 1


@pytest.mark.parametrize("changed", [False, True])
def test_the_table_is_compared_both_ways(app, tmp_path, changed):
    runner = app.test_cli_runner()
    text = runner.invoke(args=["policy", "print", "--named"]).output
    line = "bid,sealed,count,,\n"
    assert line in text
    file = tmp_path / "permissions.csv"
    file.write_text(text.replace(line, "bid,sealed,count,leader,\n") if changed else text)
    answer = runner.invoke(args=["policy", "compare", str(file)])
    assert answer.exit_code == int(changed)
    assert ("只在系统：bid,sealed,count,," in answer.output) is changed
    assert f"一致 {BOUND_ROWS - changed} 行" in answer.output


def test_every_state_of_the_table_means_something_built(app):
    assert set(crosswalk.unanswered()) == set(crosswalk.ELSEWHERE)
    walked = {(resource, state): built for resource, state, built in crosswalk.lines()}
    assert walked["bounty", "publicity"] == ("award_notice", "suspended")
    assert walked["bid", "closed_unopened"] == ("locked", "cancelled", "lapsed")
    printed = app.test_cli_runner().invoke(args=["policy", "crosswalk"]).output
    assert "need,submitted,submitted screened" in printed


def test_a_state_nobody_answers_for_is_found(app, monkeypatch):
    binding = policy.engine.binding_of("bounty")
    less = {name: built for name, built in binding.states.items() if name != "closed"}
    monkeypatch.setattr(binding, "states", less)
    assert ("bounty", "closed") in crosswalk.unanswered()


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", sorted(set(Role) - {Role.VISITOR, Role.SYSTEM}))
def test_one_person_never_holds_two_of_the_three_nor_one_with_business(first, second):
    """三员分立."""
    assert bool(grants.conflict({first, second})) is (first is not second)


def visible(viewer):
    from matchmaker.extensions import db

    actions = policy.engine.LEVELS["P"]
    return {row.id for row in db.session.scalars(policy.scope(viewer, "need", *actions))}


def test_who_sees_which_need(writing, make):
    mine, other = make.organisation(), make.organisation()
    town = make.town()
    admin = make.user(Role.ENTERPRISE_ADMIN, organisation=mine)
    user = make.user(Role.ENTERPRISE_USER, organisation=mine)
    researcher = make.user(Role.RESEARCHER)
    unverified = make.user(
        Role.RESEARCHER,
        organisation=make.organisation(state=OrganisationState.PENDING),
    )
    assistant = make.user(Role.TOWN_OFFICER, town=town)
    officer = make.user(Role.OFFICER)
    in_town = make.organisation(town_id=town.id)
    draft = make.need(organisation=mine, state=NeedState.DRAFT, created_by_id=user.id)
    submitted = make.need(organisation=in_town, state=NeedState.SUBMITTED)
    public = make.need(organisation=other)
    member = make.need(organisation=other, audience=Disclosure.MEMBER)
    directed = make.need(organisation=other, audience=Disclosure.DIRECTED)
    directed.directed_to.append(researcher.organisation)
    withdrawn_unread = make.need(organisation=other, state=NeedState.WITHDRAWN)
    assert visible(Visitor()) == {public.id}
    assert visible(unverified) == {public.id}
    assert visible(researcher) == {public.id, member.id, directed.id}
    assert visible(admin) == {draft.id, public.id, member.id}
    assert visible(user) == {draft.id, public.id, member.id}
    assert submitted.id in visible(assistant)
    assert draft.id not in visible(assistant)
    assert {submitted.id, public.id, member.id, directed.id, withdrawn_unread.id} <= visible(
        officer
    )


def test_permits_asks_the_same_table(writing, make):
    officer, researcher = make.user(Role.OFFICER), make.user(Role.RESEARCHER)
    need = make.need(state=NeedState.SCREENED)
    assert policy.permits(officer, "need", "review_decide", need)
    assert not policy.permits(researcher, "need", "review_decide", need)
    assert not policy.permits(officer, "need", "review_decide", make.need())
    assert Need.__tablename__ == "need"
