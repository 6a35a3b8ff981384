"""Every route as everybody in every relation, and what the table says of it: for T1.

The expectation is read from permissions.csv alone: a role is admitted to a row in a state by
`allow`, or by `own` where the person stands in that relation to the row, as the world was built.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker import policy
from matchmaker.lifecycles import Role
from matchmaker.policy import table
from tests import browser
from tests.security import surface

OWN, SAME, OTHER, MISSING = "own", "same", "other", "missing"
FETCH = {"X-Requested-With": "fetch"}
# The row each blueprint is about, and who of the world's people call it their own.
ROWS: dict[str, tuple[str, frozenset[str]]] = {
    "needs": ("submitted_need", frozenset({"owner", "officer", "assistant"})),
    "achievements": ("draft_achievement", frozenset({"inventor"})),
    "teams": ("draft_team", frozenset({"inventor"})),
    "services": ("draft_service", frozenset()),
    "brokers": ("draft_broker", frozenset()),
    "experts": ("applied_expert", frozenset()),
    "calls": (  # it asks every enterprise
        "call",
        frozenset(
            {"officer", "owner", "assistant", "enterprise_user", "enterprise_admin", "colleague"}
        ),
    ),
    "notices": ("draft_notice", frozenset({"officer"})),
    "objections": ("objection", frozenset({"inventor", "officer"})),
    "organisations": ("newcomer", frozenset({"assistant"})),
    "users": ("user", frozenset({"owner"})),
    "members": ("user", frozenset({"owner"})),
    "leads": ("lead", frozenset({"owner", "inventor", "officer"})),
    "pairings": ("pairing", frozenset({"owner", "inventor", "officer"})),
    "imports": ("batch", frozenset({"officer"})),
    "visits": ("visit", frozenset({"officer", "assistant"})),
    "relations": ("relation", frozenset()),
    "duplicates": ("duplicate", frozenset()),
    **dict.fromkeys(("bounties", "following"), ("draft_bounty", frozenset({"owner", "officer"}))),
    **dict.fromkeys(
        surface.CONTRACTS, ("tech_contract", frozenset({"owner", "inventor", "officer"}))
    ),
}


# Further rows of the same owners that the long round looks at as well.
FURTHER: dict[str, tuple[str, ...]] = {
    "needs": ("need", "returned_need"),
    "achievements": ("published_achievement", "submitted_achievement"),
    "teams": ("published_team", "submitted_team"),
    "services": ("published_service", "submitted_service"),
    "brokers": ("published_broker", "submitted_broker"),
    "experts": ("in_pool_expert",),
    "notices": ("notice",),
    "bounties": ("bounty",),
    "following": ("bounty",),
}


@dataclass(frozen=True)
class Probe:
    """One thing tried: the route, as whom, standing how to the row, by which channel."""

    method: str
    rule: str
    role: str
    relation: str
    channel: str


@dataclass
class Person:
    """Somebody with a session; `name` is who he is in the world."""

    name: str
    role: str
    organisation_id: int | None
    client: Any
    token: dict[str, str]


def people(make: Any, sign_in: Any, app: Any, world: Any) -> list[Person]:
    """Return one of each role, strangers to every row, and those the world's rows belong to."""
    firm, institute = world.rows["firm"], world.rows["institute"]
    users = {
        role.value: make.user(role, **({"town": make.town()} if role is Role.TOWN_OFFICER else {}))
        for role in Role
        if role not in {Role.VISITOR, Role.SYSTEM}
    }
    users |= {name: world.people[name] for name in ("owner", "inventor", "officer", "assistant")}
    users |= {
        "stranger_officer": make.user(Role.OFFICER),
        "colleague": make.user(Role.ENTERPRISE_USER, organisation=firm),
        "researcher_here": make.user(Role.RESEARCHER, organisation=institute),
    }
    found = [Person("visitor", "visitor", None, app.test_client(), {})]
    for name, user in users.items():
        role = next(iter(sorted(one.value for one in user.roles - {Role.VISITOR})))
        client = sign_in(user)
        token = browser.hidden(client.get("/account"))
        found.append(Person(name, role, user.organisation_id, client, token))
    for one in found[:1]:
        one.token.update(browser.hidden(one.client.get("/sign-in")))
    return found


def relation(person: Person, world: Any, row: Any, owners: frozenset[str]) -> str:
    """Return how somebody stands to a row."""
    if person.name in owners:
        return OWN
    ours = {
        world.rows["firm"].id: {"owner"} & owners,
        world.rows["institute"].id: {"inventor"} & owners,
    }
    mine = person.organisation_id
    is_it = row is not None and row.__tablename__ == "organisation" and row.id == mine
    return SAME if ours.get(mine) or is_it else OTHER


def named() -> list[dict[str, str]]:
    """Return the table as the file has it, read without the application."""
    with table.PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Table:
    """The file's rows by (resource, action)."""

    lines: dict[tuple[str, str], list[dict[str, str]]]

    @classmethod
    def read(cls) -> "Table":
        """Read the file."""
        found: dict[tuple[str, str], list[dict[str, str]]] = {}
        for line in named():
            found.setdefault((line["resource"], line["action"]), []).append(line)
        return cls(found)

    def admits(self, bound: tuple[str, str], role: str, how: str, row: Any) -> bool:
        """Tell whether the table admits a role, standing `how`, to the row in its state."""
        return self._admits(bound, self._lines_of(bound), role, how, row)

    def shows(self, resource: str, role: str, how: str, row: Any) -> bool:
        """Tell whether the table lets a role read anything of the row: it knows the row exists."""
        return self._admits((resource, ""), self._reading(resource), role, how, row)

    @staticmethod
    def _admits(
        bound: tuple[str, str], lines: Iterable[dict[str, str]], role: str, how: str, row: Any
    ) -> bool:
        for line in lines:
            if not _covers(bound[0], line["state"], row):
                continue
            if line["allow"] == "ALL" or role in line["allow"].split():
                return True
            if how != OTHER and role in line["own"].split():
                return True
        return False

    def _lines_of(self, bound: tuple[str, str]) -> Iterator[dict[str, str]]:
        """Yield the lines of an action; a page bound to its list is open to whoever may read."""
        yield from self.lines[bound]
        if bound[1].startswith("list"):
            yield from self._reading(bound[0])

    def _reading(self, resource: str) -> Iterator[dict[str, str]]:
        for (noun, action), lines in self.lines.items():
            if noun == resource and action.startswith(("read", "list", "see")):
                yield from lines

    def knows(self, bound: tuple[str, str], role: str) -> bool:
        """Tell whether any line of this action names the role at all."""
        return any(
            line["allow"] == "ALL" or role in (line["allow"] + " " + line["own"]).split()
            for line in self.lines[bound]
        )


def _covers(resource: str, state: str, row: Any) -> bool:
    if row is None or state == "any":
        return True
    return row.state in policy.engine._bindings[resource].states.get(state, ())


def about(resource: str, row: Any) -> bool:
    """Tell whether the resource's rows are of this row's kind: else only the role decides."""
    bound = policy.engine._bindings.get(resource)
    return bound is not None and row is not None and bound.model is type(row)


def routes(app: Any) -> Iterator[tuple[Any, str, tuple[str, str]]]:
    """Yield (rule, method, bound) of everything that can be asked for."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in surface.WAYS_OUT:
            continue
        bound = app.view_functions[rule.endpoint].policy
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method, bound


def path_of(app: Any, rule: Any, public_id: str, *, method: str) -> str:
    """Return the address with this row in it; its other parts are the first that could be."""
    blueprint = rule.endpoint.split(".")[0]
    values = {
        name: public_id if name == "public_id" else surface._part(name, blueprint, {})[0]
        for name in rule.arguments
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def said(answer: Any) -> Any:
    """Return what a refusal says, without the number of the request."""
    body = answer.get_json(silent=True)
    if isinstance(body, dict):
        body.pop("request_id", None)
        return body
    return answer.data


def ask(person: Person, method: str, path: str, channel: str) -> Any:
    """Send one request by one channel: a page, or a program's answer."""
    headers = FETCH if channel == "json" else {}
    if method == "GET":
        return person.client.get(path, headers=headers)
    return person.client.post(path, data=person.token, headers=headers)
