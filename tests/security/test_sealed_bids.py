"""T3, T6, T10: before the deadline nothing tells of a bid; none is late, lost or readable."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from matchmaker import outbox, web
from matchmaker.audit import chain, trail
from matchmaker.audit.models import Entry
from matchmaker.bidding import drafts, submitting, vault
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Refusal
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, Role
from tests.conftest import NOON, dispose
from tests.integration.bidding import conftest as steps
from tests.security import surface

pytestmark = pytest.mark.database
frozen, stage = steps.frozen, steps.stage
OUTSIDERS = [role for role in Role if role not in {Role.VISITOR, Role.SYSTEM}]
# What differs between any two answers: tokens, keys and the request's own number.
CHANGING = re.compile(
    r'(name="(?:csrf_token|submission_key|draft)"[^>]*value=")[^"]*|(csrf-token" content=")[^"]*'
    r'|(value=")[^"]*(" name="csrf_token)'
)


RANDOM = re.compile(r"\b[0-9a-f]{12}\b|\b[0-9a-f]{64}\b")
FEW_PEOPLE = ("visitor", "auditor", "officer", "researcher")
FEW = ("/", "/audit", "/desk", "/messages", "/readyz", "/healthz", "/bids", "/figures")


def looks(app, people, bounty, *, only=None):
    """Return every GET answer of everybody who is no bidder: path → status, headers, body."""
    rows = {"bounty": bounty}
    found = {}
    mine = [
        f"/bounties/{bounty.public_id}{more}"
        for more in ("", "/commitments", "/commitments.json", "/opening", "/changes", "/questions")
    ]
    mine += [f"/bids/of/{bounty.public_id}", "/bids", f"/bids/start/{bounty.public_id}"]
    routes = list(surface.addresses(app, rows, method="GET"))
    for name, client in people.items():
        paths = surface.worth_a_look(app, client, routes) if only is None else only
        for path in dict.fromkeys([*paths, *mine]):
            answer = client.get(path)
            headers = {
                key: value
                for key, value in answer.headers
                if key not in {"X-Request-ID", "Set-Cookie", "Date"}
            }
            body = CHANGING.sub(r"\1\2\3", answer.data.decode(errors="replace"))
            body = body.replace(answer.headers.get("X-Request-ID", "\0"), "")
            if path == "/metrics":  # the rest counts and times what this test itself asks
                body = re.findall(r"^matchmaker_(?:audit|outbox_w|outbox_d).*", body, re.M)
                del headers["Content-Length"]
            elif path == "/account/data":  # unpacked, without the numbers of one's own requests
                body = RANDOM.sub("", surface.body(answer))
                del headers["Content-Length"]
            found[name, path] = (answer.status_code, headers, body)
    return found


@pytest.fixture
def two_worlds(app, make, stage, sign_in):
    """The same world looked at twice: before any bid, and with three sealed and a draft."""
    teams = [stage, steps.team(make), steps.team(make)]
    town = make.town()
    people = {
        role.value: sign_in(
            make.user(role, **({"town": town} if role is Role.TOWN_OFFICER else {}))
        )
        for role in OUTSIDERS
    }
    people |= {name: sign_in(getattr(stage, name)) for name in ("officer", "leader", "auditor")}
    people["owner"] = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=stage.owner))
    people["visitor"] = app.test_client()
    return teams, people


def differing(before, after):
    return {key for key in before if before[key] != after[key]}


def kept(app, instance):
    """Return the database as it is: a copy of the file, or every row."""
    with app.app_context():
        if db.engines[None].dialect.name == "sqlite":
            dispose()
            return (instance / "test.db").read_bytes()
        with db.engines[None].connect() as connection:
            return {
                table: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in db.metadata.sorted_tables
            }


def put_back(app, instance, moment):
    with app.app_context():
        dispose()
        if isinstance(moment, bytes):
            for suffix in ("-wal", "-shm"):
                (instance / f"test.db{suffix}").unlink(missing_ok=True)
            (instance / "test.db").write_bytes(moment)
            return
        with db.engines[None].begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
            for table, rows in moment.items():
                if rows:
                    connection.execute(table.insert(), rows)
            connection.execute(text("SET session_replication_role = DEFAULT"))
            for table in moment:  # numbers go on from where they were, as in the file of SQLite
                named = f"pg_get_serial_sequence('{table.name}', 'id')"
                if "id" in table.c and connection.scalar(text(f"SELECT {named}")):
                    highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"
                    connection.execute(text(f"SELECT setval({named}, {highest}, false)"))


@pytest.mark.timeout(1500)
def test_no_answer_to_anybody_else_changes_by_a_byte(app, stage, two_worlds, instance, every_role):
    teams, people = two_worlds
    if not every_role:
        people = {name: people[name] for name in FEW_PEOPLE}
    moment = kept(app, instance)
    before = looks(app, people, stage.bounty)
    put_back(app, instance, moment)  # what looking itself left on the trail is not there twice
    for number, team in enumerate(teams):
        steps.quick(app, team, stage.bounty, pi_name=f"林海{number}")
    steps.drafted(app, teams[0].researcher, stage.bounty)
    after = looks(app, people, stage.bounty)
    assert len(before) > (900 if every_role else 200)
    assert sum(status == 200 for status, _, _ in before.values()) > (300 if every_role else 100)
    assert differing(before, after) == set()
    assert counted(app) == (3, 1)


def counted(app):
    with app.app_context():
        states = [row.state for row in db.session.scalars(select(Bid))]
    return states.count(BidState.SUBMITTED), states.count(BidState.DRAFT)


def leak_count(app, monkeypatch):
    """A count on the bounty's public list."""
    from matchmaker.bidding import closing

    monkeypatch.setattr(closing, "may_publish", lambda bounty: True)


def leak_trail(app, monkeypatch):
    """An entry on the global trail, and with it its number."""
    monkeypatch.setattr(Bid, "book", None)


def leak_outbox(app, monkeypatch):
    """An event that waits: the queue's length."""
    sealed = submitting.seal

    def seal(bid, prepared, *, by, now):
        sealed(bid, prepared, by=by, now=now)
        outbox.add("bid.sealed", {"id": bid.id}, now=now)

    monkeypatch.setattr(submitting, "seal", seal)


def leak_header(app, monkeypatch):
    """An ETag made of the rows there are."""

    def mark(response):
        response.headers["ETag"] = str(db.session.scalar(select(func.count()).select_from(Bid)))
        return response

    monkeypatch.setitem(app.after_request_funcs, None, [mark, *app.after_request_funcs[None]])


def leak_refusal(app, monkeypatch):
    """Another answer for a bid that exists than for one that does not."""
    monkeypatch.setattr(drafts, "refusal", lambda bounty, user: "已有人揭榜" if _any_bid() else "")


def _any_bid():
    sealed = select(Bid.id).where(Bid.state == BidState.SUBMITTED)
    return db.session.scalar(sealed.limit(1)) is not None


def queue_of(app):
    with app.app_context():
        return outbox.waiting()[0]


@pytest.mark.parametrize("leak", [leak_count, leak_trail, leak_outbox, leak_header, leak_refusal])
def test_each_planted_leak_is_seen(app, stage, two_worlds, monkeypatch, leak):
    teams, people = two_worlds
    few = {name: people[name] for name in FEW_PEOPLE}
    leak(app, monkeypatch)
    looks(app, few, stage.bounty, only=FEW)
    before, waiting = looks(app, few, stage.bounty, only=FEW), queue_of(app)
    steps.quick(app, teams[1], stage.bounty)
    after = looks(app, few, stage.bounty, only=FEW)
    assert differing(before, after) or queue_of(app) != waiting


CANARIES = ("kanari-solution-7391", "kanari-partner-5527", "13899997391", "918273645")


@pytest.fixture
def canary_bid(app, make, stage):
    firm = make.organisation()
    name = steps.drafted(
        app,
        stage.researcher,
        stage.bounty,
        solution_text=f"{CANARIES[0]} {steps.SOLUTION}",
        cases=CANARIES[1],
        pi_phone=CANARIES[2],
        quote_fen=918_273_645,
        quote_note="kanari-note-1",
        budget_lines=[{"name": "设备", "amount_fen": 918_273_645, "note": "kanari-note-2"}],
    )
    assert firm
    steps.ready(app, stage.researcher, stage.office, name)
    return name


def found_in(app, instance, *extra):
    """Return where a canary lies in the clear: files of the instance, temporary files, rows."""
    wanted = [one.encode() for one in (*CANARIES, "kanari-note", "kanari-attachment", *extra)]
    hits = set()
    for path in instance.rglob("*"):
        if path.is_file() and path.name not in {"template.db"}:
            body = path.read_bytes()
            hits |= {(path.name, one.decode()) for one in wanted if one in body}
    with app.app_context():
        reader = db.engines["reader"]
        with reader.connect() as connection:
            for table in db.metadata.sorted_tables:
                rows = repr(connection.execute(select(table)).all())
                hits |= {(table.name, one.decode()) for one in wanted if one.decode() in rows}
    return hits


def test_no_canary_is_found_anywhere_before_the_opening(app, stage, instance, canary_bid, capfd):
    assert found_in(app, instance) == set()  # the draft: encrypted with its key beside it
    steps.submit(app, stage.researcher, canary_bid)
    assert found_in(app, instance, stage.researcher.name) <= {
        ("user_account", stage.researcher.name), ("test.db", stage.researcher.name),
        ("test.db-wal", stage.researcher.name),
    }  # fmt: skip
    out, err = capfd.readouterr()
    assert not any(one in out + err for one in CANARIES)
    assert not (instance / "bids" / "drafts" / canary_bid).exists()


def test_the_search_for_canaries_sees_a_plaintext_copy(
    app, stage, instance, canary_bid, monkeypatch
):
    kept = vault.keep_envelope

    def careless(envelope):
        (instance / "bids" / "oops.part").write_bytes(CANARIES[0].encode())
        return kept(envelope)

    monkeypatch.setattr(vault, "keep_envelope", careless)
    steps.submit(app, stage.researcher, canary_bid)
    assert ("oops.part", CANARIES[0]) in found_in(app, instance)
    (instance / "bids" / "oops.part").unlink()


@pytest.mark.parametrize("when", ["before the row", "before the commit", "before the key"])
def test_a_crash_while_sealing_loses_nothing_acknowledged_and_leaves_no_plaintext(
    app,
    stage,
    frozen,
    instance,
    canary_bid,
    monkeypatch,
    when,
):
    class Killed(BaseException):
        """As sudden as SIGKILL for everything that is not on disk."""

    def die(*_args, **_options):
        raise Killed

    target = {
        "before the row": (submitting, "seal"),
        "before the commit": (trail, "advance"),
        "before the key": (vault, "destroy_draft"),
    }[when]
    with monkeypatch.context() as patched:
        patched.setattr(*target, die)
        with pytest.raises(Killed):
            steps.submit(app, stage.researcher, canary_bid)
    assert found_in(app, instance) == set()
    with app.app_context():
        state = db.session.scalar(select(Bid.state).where(Bid.public_id == canary_bid))
    assert state is (BidState.SUBMITTED if when == "before the key" else BidState.DRAFT)
    if state is BidState.DRAFT:  # nothing was acknowledged: the bidder sends again
        steps.submit(app, stage.researcher, canary_bid)
    steps.close(app, frozen, stage.bounty)
    frozen.shift(timedelta(days=365))  # the sweeper's hour has passed on every file's clock
    steps.close(app, frozen, stage.bounty)
    assert not (instance / "bids" / "drafts" / canary_bid).exists()
    with app.app_context():
        kept = set(db.session.scalars(select(Bid.envelope).where(Bid.envelope != "")))
    assert {path.name for path in (instance / "bids" / "sealed").iterdir()} <= kept


def test_forty_at_the_deadline_none_late_none_lost(app, make, stage, frozen):
    """Half are sent before, half from the deadline on; the clock moves while they run."""
    teams = [steps.team(make) for _ in range(40)]
    names = []
    for number, team in enumerate(teams):
        name = steps.drafted(app, team.researcher, stage.bounty, pi_name=f"林海{number}", team=[])
        steps.ready(app, team.researcher, team.office, name)
        names.append(name)
    deadline = stage.bounty.bid_deadline_at
    frozen.move_to(deadline - timedelta(milliseconds=1))
    told = {}
    gate = threading.Barrier(4)

    def send(share):
        gate.wait(30)
        for number in share:
            if number == 20:
                frozen.move_to(deadline)
            try:
                steps.submit(app, teams[number].researcher, names[number])
                told[names[number]] = "received"
            except Refusal:
                told[names[number]] = "refused"

    workers = [threading.Thread(target=send, args=(range(n, 40, 4),)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(240)
    assert len(told) == 40
    with app.app_context():
        rows = db.session.scalars(select(Bid)).all()
        late = [row for row in rows if row.received_at and row.received_at >= deadline]
        assert late == []
    steps.close(app, frozen, stage.bounty)
    acknowledged = {name for name, answer in told.items() if answer == "received"}
    with app.app_context():
        locked = select(Bid.public_id).where(Bid.state == BidState.LOCKED)
        assert set(db.session.scalars(locked)) == acknowledged
        assert chain.verify()[1] == ""
        entries = select(func.count()).where(Entry.noun == "bid", Entry.action == "submit")
        assert db.session.scalar(entries) == len(acknowledged)
    assert 0 < len(acknowledged) < 40


def test_a_handler_that_asks_the_clock_first_is_caught_late(app, stage, frozen, monkeypatch):
    """Teeth: with the naive check the late one gets in, and the count above would be wrong."""
    name = steps.drafted(app, stage.researcher, stage.bounty)
    steps.ready(app, stage.researcher, stage.office, name)
    deadline = stage.bounty.bid_deadline_at
    frozen.move_to(deadline - timedelta(seconds=1))

    def naive(bounty):
        frozen.move_to(deadline + timedelta(seconds=5))  # a slow upload after the check
        return deadline + timedelta(seconds=5)

    monkeypatch.setattr(submitting, "receive", naive)
    steps.submit(app, stage.researcher, name)
    with app.app_context():
        assert db.session.scalar(select(Bid.received_at)) >= deadline


def test_closing_and_submitting_take_turns(app, make, stage, frozen, database_url):
    """The bid is either received before the bounty is closed, or refused: never between."""
    name = steps.drafted(app, stage.researcher, stage.bounty)
    steps.ready(app, stage.researcher, stage.office, name)
    frozen.move_to(stage.bounty.bid_deadline_at - timedelta(seconds=1))
    held, go = threading.Event(), threading.Event()
    told = []

    def submit():
        with app.app_context():
            person = db.session.merge(stage.researcher, load=True)
            bid = drafts.get(name, "submit", viewer=person)
            prepared = submitting.prepare(bid, now=NOON)
            with web.transaction():
                bid = drafts.get(name, "submit", viewer=person)
                submitting.seal(bid, prepared, by=person, now=NOON)
                held.set()
                go.wait(20)
            told.append("received")

    def close():
        held.wait(30)
        frozen.move_to(stage.bounty.bid_deadline_at)
        timer = threading.Timer(0.5, go.set)
        timer.start()
        steps.close(app, frozen, stage.bounty)

    workers = [threading.Thread(target=one) for one in (submit, close)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert told == ["received"]
    steps.close(app, frozen, stage.bounty)
    with app.app_context():
        assert db.session.scalar(select(Bounty.state)) is BountyState.CLOSED
        assert db.session.scalar(select(Bid.state)) is BidState.LOCKED
        assert db.session.scalar(text("SELECT count(*) FROM bid")) == 1
