"""T1: the table against every route, as every role, in every relation, by every channel."""

import re
import zlib

import pytest
from sqlalchemy import true

from matchmaker import policy
from matchmaker.lifecycles import Role
from tests.security import matrix, surface, world
from tests.security.matrix import MISSING, Probe, Table

pytestmark = [pytest.mark.database, pytest.mark.pages]
ADMITTED = {200, 302, 303, 404, 409, 503}  # 404: nothing there yet; 503: the probe's own word
TOKEN = re.compile(rb'(name="csrf_token" value|name="csrf-token" content)="[^"]*"')


@pytest.fixture
def district(make):
    return world.build(make)


def denied(person, answer):
    """Tell whether the route is not there for this person."""
    if person.name == "visitor" and answer.status_code in {302, 401}:
        return "Location" not in answer.headers or "/sign-in" in answer.headers["Location"]
    return answer.status_code == 404


def alike(person, answer, missing, public_id):
    """Tell whether an answer tells no more than that for a row that does not exist."""
    if answer.status_code != missing.status_code:
        return False
    if person.name == "visitor" and denied(person, answer):
        return True  # sent to sign in, whatever the address
    if answer.status_code < 400:
        return False
    if answer.is_json:
        return matrix.said(answer) == matrix.said(missing)
    return same_page(answer.data, public_id) == same_page(missing.data, public_id)


def same_page(body, public_id):
    return TOKEN.sub(b"", body.replace(public_id.encode(), surface.NO_ROW.encode()))


class Round:
    """Tries everything once; what the table and the site disagree on is kept.

    share : of the refusals by role alone, every how-manieth is tried.
    """

    def __init__(self, app, everybody, district, *, long=False, share=1, only=""):
        self.app, self.everybody, self.district = app, everybody, district
        self.long, self.share, self.only = long, share, only
        self.table = Table.read()
        self.rows = district.named()
        self.tried, self.wrong = set(), []
        roles = {}
        for person in everybody:
            roles.setdefault(person.role, person)
        self.first_of_role = list(roles.values())

    def run(self):
        for rule, method, bound in matrix.routes(self.app):
            if rule.endpoint.startswith(self.only):
                for channel in ("json", "page") if self.long else ("json",):
                    for person in self.everybody:
                        self.try_route(rule, method, bound, person, channel)
        return self

    def note(self, rule, method, person, how, channel, fits, answer):
        probe = Probe(method, rule.rule, person.role, f"{how}:{person.name}", channel)
        self.tried.add(probe)
        if not fits:
            self.wrong.append((probe, answer.status_code))

    def rows_of(self, rule):
        blueprint = rule.endpoint.split(".")[0]
        if "public_id" not in rule.arguments or blueprint not in matrix.ROWS:
            return []
        name, owners = matrix.ROWS[blueprint]
        names = [name, *matrix.FURTHER.get(blueprint, ())] if self.long else [name]
        return [(one, self.rows[one], owners) for one in names]

    def try_route(self, rule, method, bound, person, channel):
        if not self.table.knows(bound, person.role):
            if person in self.first_of_role:
                self.try_gate(rule, method, person, channel)
        elif rows := self.rows_of(rule):
            for row in rows:
                self.try_row(rule, method, bound, person, channel, *row)
        elif self.long and method == "GET" and not rule.arguments:
            answer = matrix.ask(person, method, rule.rule, channel)
            fits = answer.status_code in ADMITTED
            self.note(rule, method, person, "list", channel, fits, answer)

    def try_gate(self, rule, method, person, channel):
        if zlib.crc32(f"{method} {rule.rule} {person.role}".encode()) % self.share:
            return
        ids = [(MISSING, surface.NO_ROW)]
        if self.long:
            ids += [(name, row.public_id) for name, row, _ in self.rows_of(rule)[:1]]
        for how, public_id in ids:
            path = matrix.path_of(self.app, rule, public_id, method=method)
            answer = matrix.ask(person, method, path, channel)
            self.note(rule, method, person, how, channel, denied(person, answer), answer)

    def try_row(self, rule, method, bound, person, channel, name, row, owners):
        how = matrix.relation(person, self.district, row, owners)
        if not matrix.about(bound[0], row) or self.table.admits(bound, person.role, how, row):
            return  # whether it is done well is for the tests of the deed
        ids = (surface.NO_ROW, row.public_id)
        paths = [matrix.path_of(self.app, rule, one, method=method) for one in ids]
        missing, answer = (matrix.ask(person, method, path, channel) for path in paths)
        self.note(rule, method, person, f"{how} {MISSING}", channel, denied(person, missing) or (
            missing.status_code >= 400), missing)  # fmt: skip
        fits = alike(person, answer, missing, row.public_id)
        if self.table.shows(bound[0], person.role, how, row):  # that there is a row is known
            back = (answer.location or "").endswith(row.public_id)
            fits = fits or answer.status_code >= 400 or back
        self.note(rule, method, person, f"{how} {name}", channel, fits, answer)


def everybody(make, sign_in, app, district):
    return matrix.people(make, sign_in, app, district)


def test_every_route_keeps_to_the_table(app, make, sign_in, district, shows):
    done = Round(app, everybody(make, sign_in, app, district), district, share=4).run()
    assert done.wrong == []
    assert len({probe.role for probe in done.tried}) == 14
    shows("T1", "入口×角色×关系逐一核对权限表，无一处不符", tried=len(done.tried))


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_every_route_keeps_to_the_table_at_length(app, make, sign_in, district, shows):
    done = Round(app, everybody(make, sign_in, app, district), district, long=True).run()
    assert done.wrong == []
    assert len(done.tried) >= 20_000
    shows("T1", "入口×角色×关系×页面与数据两种渠道，无一处不符", tried=len(done.tried))


def test_a_dropped_scope_filter_is_noticed(app, make, sign_in, district, shows, monkeypatch):
    """What is somebody's own becomes everybody's of that role: the probes say where."""
    persons = everybody(make, sign_in, app, district)
    binding = policy.engine._bindings["achievement"]
    anything = dict.fromkeys(binding.relations, lambda _user: true())
    monkeypatch.setattr(binding, "relations", anything)
    wrong = Round(app, persons, district, only="achievements.").run().wrong
    assert {probe.role for probe, _ in wrong} >= {"researcher", "institution_admin"}
    shows("T1", planted="成果查询不再按所属单位过滤")


def test_a_gate_left_open_is_noticed(app, make, sign_in, district, shows, monkeypatch):
    persons = everybody(make, sign_in, app, district)
    monkeypatch.setattr(policy.engine, "may", lambda *_: True)
    wrong = Round(app, persons, district, only="users.").run().wrong
    assert "/users" in {probe.rule for probe, _ in wrong}
    shows("T1", planted="入口不再核对角色")


CHILDREN = ("approve", "approve-extension", "approve-withdrawal", "refuse", "review", "take-back")


def test_a_child_under_a_foreign_parent_is_not_there(make, sign_in, district, shows):
    """A change of one bounty is asked for under another of the same officer."""
    change, tried = district.rows["bounty_change"], 0
    foreign, nothing = district.rows["draft_bounty"].public_id, "Xa_-0123456789zX"
    users = [district.people["officer"], make.user(Role.LEADER), make.user(Role.SECTION_CHIEF)]
    for user in users:
        client = sign_in(user)
        token = matrix.browser.hidden(client.get("/account"))
        for step in CHILDREN:
            answers = [
                client.post(
                    f"/bounties/{foreign}/changes/{name}/{step}",
                    data={**token, "reason": "x"},
                    headers=matrix.FETCH,
                )
                for name in (change.public_id, nothing)
            ]
            assert [one.status_code for one in answers] == [404, 404], (step, user.roles)
            assert matrix.said(answers[0]) == matrix.said(answers[1])
            tried += 1
    shows("T1", "别家的下级记录挂在另一上级之下，一律查无此项", tried=tried)


def test_no_route_lets_anybody_be_somebody_else(app):
    forbidden = {"impersonate", "set_password_of_other", "grant_role_to_self", "set_state_directly",
                 "run_sql_console", "set_clock", "enable_debug"}  # fmt: skip
    bound = {bound for _, _, bound in matrix.routes(app)}
    assert not {action for _, action in bound} & forbidden
    assert not [rule for rule, _, _ in matrix.routes(app) if "impersonat" in rule.rule]
    nobody = [line for line in matrix.named() if line["action"] in forbidden]
    assert len(nobody) == len(forbidden)
    assert not [line for line in nobody if line["allow"] or line["own"]]
