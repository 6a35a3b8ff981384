"""T14: whatever fails in the middle of a step, nothing of it stays; T9: a stage is whole or not."""

import hashlib
import io
import shutil
import subprocess
import uuid
from contextlib import suppress
from types import SimpleNamespace

import pytest
from sqlalchemy import event, inspect, text

from matchmaker import clock, web
from matchmaker.audit import chain, trail
from matchmaker.bidding import closing as bid_closing
from matchmaker.bidding.models import Bid
from matchmaker.bounties import closing as bounty_closing
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState
from tests import browser
from tests.faults.site import Client, Site, check
from tests.integration.bidding import conftest as bids

frozen, stage = bids.frozen, bids.stage
ASIDE = {"web_session", "submission", "sign_in_attempt", "known_device"}


class Injected(Exception):
    """The failure the test puts behind a statement."""


class Failing:
    """Makes the n-th statement inside a transaction fail after it was carried out."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self, *_given) -> None:
        if not db.session.info.get("writing"):
            return  # the session's own row, written after the answer is made
        self.left -= 1
        if self.left == 0:
            raise Injected


def picture(app):
    """Return the digest of every row of the business tables, as a new reader sees them."""
    with app.app_context(), db.engines["reader"].connect() as connection:
        digest = hashlib.sha256()
        for table in sorted(set(inspect(connection).get_table_names()) - ASIDE):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            digest.update(repr((table, sorted(map(repr, rows)))).encode())
    return digest.hexdigest()


def through(app, act):
    """Do `act` with its first statement failing, then its second … until it passes.

    Returns how many failures there were. `act` returns whether it was done. After each failure
    the tables must be as before; after the last one the step is there, whole.
    """
    failing = Failing()
    with app.app_context():
        engine = db.engines[None]
    event.listen(engine, "after_cursor_execute", failing)
    try:
        for failures in range(1, 2000):
            before, failing.left = picture(app), failures
            try:
                done = act()
            except Injected:
                done = False
            if failing.left > 0:
                assert done
                return failures - 1
            assert picture(app) == before, "half of the step stays after a failure"
            assert not done, "it says that it is done, and a statement of it failed"
    finally:
        event.remove(engine, "after_cursor_execute", failing)
    raise AssertionError("the step never passes")


class Stubborn:
    """A client whose every POST goes through all failures first."""

    def __init__(self, app, client) -> None:
        self.app, self.client, self.failures, self.answer = app, client, 0, None

    def get(self, *given, **named):
        return self.client.get(*given, **named)

    def post(self, *given, **named):
        sent = dict(named)
        data = dict(sent.pop("data", None) or {})
        files = {n: (v[0].read(), v[1]) for n, v in data.items() if isinstance(v, tuple)}

        def act():
            fresh = {n: (io.BytesIO(v[0]), v[1]) for n, v in files.items()}
            self.answer = self.client.post(*given, data={**data, **fresh}, **sent)
            assert self.answer.status_code in {302, 409}, browser.text(self.answer)
            return True

        self.failures += through(self.app, act)
        return self.answer


@pytest.mark.full
@pytest.mark.timeout(900)
def test_a_bid_from_draft_to_seal_leaves_nothing_half_done(app, stage, sign_in, shows):
    """Every statement of the ten steps fails once."""
    client = Stubborn(app, sign_in(stage.researcher))
    office = Stubborn(app, sign_in(stage.office))
    bids.sealed(client, office, stage.bounty)
    with app.app_context():
        (bid,) = db.session.query(Bid).all()
        assert bid.state is BidState.SUBMITTED
        assert chain.verify()[1] == ""
    failures = client.failures + office.failures
    assert failures > 100
    shows("T14", "起草到密封提交十步，每一条 SQL 语句之后出错：都没有留下半成品", tried=failures)


@pytest.fixture
def due(app, stage, sign_in, frozen):
    """A bounty with one sealed bid whose deadline has come."""
    bids.sealed(sign_in(stage.researcher), sign_in(stage.office), stage.bounty)
    frozen.move_to(stage.bounty.bid_deadline_at)
    with app.app_context():
        yield SimpleNamespace(bounty=stage.bounty.id)


def close(due):
    with web.transaction():
        return bounty_closing._close(due.bounty, now=clock.now()) == 1


def lock(due):
    with web.transaction():
        bid_closing.bounty_closed({"id": due.bounty})
    return True


def test_closing_is_done_whole_or_not_at_all(app, due, shows):
    """Closing a bounty, locking its bids, merging the book, publishing what was received."""
    first, second = through(app, lambda: close(due)), through(app, lambda: lock(due))
    (bid,) = db.session.query(Bid).all()
    assert (bid.state, bid.bounty.state) == (BidState.LOCKED, BountyState.CLOSED)
    assert chain.verify()[1] == ""
    assert second > 10
    said = "截榜、锁定、并账、公布凭证，每一条 SQL 语句之后出错：要么全做、要么不做"
    for promise in ("T9", "T14"):
        shows(promise, said, tried=first + second)


def test_a_step_that_commits_half_way_is_caught(app, due, monkeypatch, shows):
    """The fault planted in the application: the book is committed before the bids are locked."""
    merged = trail.merge

    def hasty(*given, **named):
        merged(*given, **named)
        db.session.commit()

    monkeypatch.setattr(trail, "merge", hasty)
    through(app, lambda: close(due))
    with pytest.raises(AssertionError, match="half"):
        through(app, lambda: lock(due))
    for promise in ("T9", "T14"):
        shows(promise, planted="截榜处理中途先提交一半：出错后留下半成品，查出")


@pytest.mark.full
def test_a_full_disk_acknowledges_nothing_that_is_not_there(tmp_path, shows):
    """A small disk of its own fills up under uploads; afterwards there is room again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("无权挂载小磁盘，写满磁盘没有测")
    site = Site(disk / "instance")
    filler = disk / "filler"
    try:
        site.start()
        client = Client(site, site.people[0][1])
        handed_in(client, 5)
        free = shutil.disk_usage(disk).free
        with suppress(OSError), filler.open("wb") as file:
            file.write(bytes(max(0, free - 300_000)))
            file.flush()
        refused = 120 - handed_in(client, 120)
        assert refused > 10
        assert site.ask("GET", "/readyz")[0] == 503
        filler.unlink()
        assert handed_in(client, 5) == 5
        assert site.stop() == 0
        assert check(site, [client]) == {}
        done = len(client.acknowledged)
    finally:
        if site.process.poll() is None:
            site.kill()
        subprocess.run(["umount", "-l", str(disk)], check=True)
    shows("T14", f"磁盘写满：{done} 次确认都在，{refused} 次拒绝未留半成品；腾出空间后照常办理")


def handed_in(client, times):
    """Try so many objections, once each; return how many were acknowledged."""
    before = len(client.acknowledged)
    for _ in range(times):
        key = uuid.uuid4().hex
        with suppress(OSError):
            if client.hand_in(key):
                client.acknowledged.append(key)
    return len(client.acknowledged) - before
