"""A token in every text and amount that is not public: outsiders meet none, wherever they look."""

import pytest

from matchmaker import disclosure
from tests.security import surface, world

pytestmark = [pytest.mark.database, pytest.mark.pages, pytest.mark.timeout(900)]
ALWAYS_CLOSED = set("COBAIR-")  # to anybody who is neither party nor bureau
# Beside these, what a level M closes: to the unverified everything, to others by noun.
CLOSED_BY_NOUN = {
    "visitor": set("M"),
    "unverified": set("M"),
}
NO_LIMITED = {("enterprise", "need"), ("town_officer", "need")} | {
    (name, "bounty") for name in ("enterprise", "town_officer", "broker", "expert")
}
LISTS = ("needs", "achievements/", "teams/", "experts/", "services/", "brokers/", "organisations",
         "calls", "visits", "notices", "objections", "bounties", "relations")  # fmt: skip


@pytest.fixture
def district(make):
    return world.build(make)


def closed_to(name, district):
    """Return the tokens this outsider must not meet."""
    found = set()
    for token, canary in district.canaries.items():
        limited = name in CLOSED_BY_NOUN or (name, canary.noun) in NO_LIMITED
        if not canary.filed or canary.letter in ALWAYS_CLOSED or (canary.letter == "M" and limited):
            found.add(token)
    return found


def everything(app, client, district):
    """Yield (address, text) of all this visitor can open: routes, their links, full lists."""
    routes = surface.addresses(app, district.named(), method="GET")
    known = surface.worth_a_look(app, client, routes)
    for noun in LISTS:
        known.append(f"/{noun.rstrip('/')}/export?all=1")
        known.append(f"/{noun}?cols={','.join(columns(client, noun))}&size=100")
    followed = set(known)
    while known:
        path = known.pop()
        answer = client.get(path)
        if answer.status_code != 200:
            continue
        text = surface.body(answer)
        yield path, text
        for link in surface.links(text):
            if link not in followed and "?" not in link:
                followed.add(link)
                known.append(link)


def columns(client, noun):
    page = client.get(f"/{noun}").get_data(as_text=True)
    return surface.column_keys(page)


def leaks(name, app, client, district):
    closed = closed_to(name, district)
    for path, text in everything(app, client, district):
        for token in surface.TOKEN.findall(text):
            if token in closed:
                canary = district.canaries[token]
                yield path, canary.noun, canary.attribute, canary.letter, canary.filed


@pytest.fixture
def as_(sign_in, client, district):
    return lambda name: client if name == "visitor" else sign_in(district.people[name])


@pytest.mark.parametrize("name", ["visitor", *world.PEOPLE])
def test_an_outsider_meets_no_closed_value(app, as_, district, name):
    assert list(leaks(name, app, as_(name), district)) == []


def test_the_crawl_sees_what_insiders_may(app, as_, district):
    """Teeth: the same crawl by owners and the bureau finds tokens of every closed level."""
    wanted = {
        ("need", "B"), ("need", "M"), ("achievement", "C"), ("achievement", "M"),
        ("organisation", "B"), ("organisation", "C"), ("expert", "B"), ("service", "B"),
        ("broker", "B"), ("research_team", "B"), ("lead", "B"), ("follow_up", "-"),
        ("tech_contract", "O"), ("milestone", "-"), ("payment", "M"), ("termination", "-"),
        ("acceptance", "-"), ("inspection", "-"), ("contract_file", "-"),
        ("call_invitation", "B"), ("field_visit", "B"), ("need_call", "P"),
        ("public_notice", "P"), ("public_notice", "B"), ("objection", "A"), ("objection", "B"),
        ("bounty", "M"), ("bounty_question", "-"), ("bounty_change", "-"),
        ("relation_hit", "B"), ("duplicate_pair", "B"), ("declared_relation", "B"),
    }  # fmt: skip
    for name in ("owner", "inventor", "officer"):
        for _, text in everything(app, as_(name), district):
            met = {token for token in surface.TOKEN.findall(text) if token in district.canaries}
            wanted -= {(district.canaries[t].noun, district.canaries[t].letter) for t in met}
            if not wanted:
                return
    assert wanted == set()


def test_the_crawl_catches_a_planted_leak(app, as_, district, monkeypatch):
    """Teeth: one level opened by mistake, and a visitor's crawl names the fields."""
    monkeypatch.setattr(disclosure.Shown, "sees", lambda *_: True)
    monkeypatch.setattr(disclosure.Shown, "__getattr__", lambda s, name: getattr(s._row, name))
    wanted = {("need", "foundation"), ("achievement", "detail")}
    for _, noun, attribute, *_ in leaks("visitor", app, as_("visitor"), district):
        wanted.discard((noun, attribute))
        if not wanted:
            return
    assert wanted == set()


def test_searching_for_a_closed_value_finds_no_row(app, as_, district):
    """A list narrowed by a closed text must not tell that some row holds it."""
    for name in ("visitor", "enterprise", "researcher"):
        client, closed = as_(name), sorted(closed_to(name, district))
        for noun in (*LISTS, "search"):
            nothing = rows(client, noun, "nichtszufinden", district)
            assert nothing == set()
            for token in closed[::9]:
                assert rows(client, noun, token, district) == set(), (name, noun, token)


def rows(client, noun, text, district):
    answer = client.get(f"/{noun}", query_string={"q": text})
    page = answer.get_data(as_text=True) if answer.status_code == 200 else ""
    return {row.public_id for row in district.named().values() if row.public_id in page}
