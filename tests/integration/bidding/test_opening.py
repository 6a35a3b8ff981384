"""From the deadline to the record of the opening, and everything that must not work."""

import itertools
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from matchmaker import sealing, web
from matchmaker.audit import chain, trail
from matchmaker.bidding import vault
from matchmaker.bidding.key_models import HolderKey, Opening
from matchmaker.bidding.models import Bid, BidFile
from matchmaker.bounties import record as bounty_record
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState
from matchmaker.outbox.models import Event
from tests import browser
from tests.factories import holder_words
from tests.integration.bidding import conftest as steps

pytestmark = pytest.mark.database
HOLDERS = ("officer", "leader", "auditor")


@pytest.fixture
def three(app, make, stage):
    """Three sealed bids of three institutes; the first is the stage's own."""
    found = [stage, steps.team(make), steps.team(make)]
    stage.bids = [
        steps.quick(app, one, stage.bounty, pi_name=f"林海{n}", team=[])
        for n, one in enumerate(found)
    ]
    stage.teams = found
    return stage


def bid(app, name):
    with app.app_context():
        return db.session.scalars(select(Bid).where(Bid.public_id == name)).one()


def record(app):
    with app.app_context():
        return db.session.scalars(select(Opening)).one_or_none()


def test_before_the_deadline_the_list_says_nothing_and_after_it_holds_every_bid(
    app, three, client, frozen
):
    url = f"/bounties/{three.bounty.public_id}/commitments"
    assert "截榜后公布" in browser.text(client.get(url))
    assert client.get(f"{url}.json").status_code == 404
    frozen.move_to(three.bounty.bid_deadline_at)  # no job has run: the present state counts
    listed = client.get(f"{url}.json").json
    assert {one["commitment"] for one in listed["bids"]} == {
        bid(app, name).commitment for name in three.bids
    }
    assert listed["site_key"]
    steps.close(app, frozen, three.bounty)
    assert client.get(f"{url}.json").json == listed
    assert [bid(app, name).state for name in three.bids] == [BidState.LOCKED] * 3
    assert "共收到 3 份有效申请" in browser.text(client.get(url))


def test_the_bidder_finds_himself_in_the_published_list_offline(
    app, stage, sign_in, client, frozen, tmp_path
):
    mine, office = sign_in(stage.researcher), sign_in(stage.office)
    base, package = steps.sealed(mine, office, stage.bounty)
    receipt = mine.get(f"{base}/receipt.json").data
    steps.close(app, frozen, stage.bounty)
    listed = client.get(f"/bounties/{stage.bounty.public_id}/commitments.json").data
    for name, body in (("p.zip", package), ("r.json", receipt), ("c.json", listed)):
        (tmp_path / name).write_bytes(body)
    (tmp_path / "v.py").write_bytes(client.get("/bids/verify.py").data)
    arguments = [sys.executable, "v.py", "p.zip", "r.json", "c.json"]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "在公布的清单中" in done.stdout) == (0, True), done.stderr


def test_at_the_deadline_the_book_goes_to_the_trail_without_a_name(app, three, frozen):
    steps.close(app, frozen, three.bounty)
    with app.app_context():
        assert chain.verify()[1] == ""
        for name in three.bids:
            entries = trail.history("bid", name)
            assert [e.action for e in entries] == [
                "create", "share_with_institution", "endorse", "submit", "lock",
            ]  # fmt: skip
            assert {e.actor_id for e in entries} == {None}
        merged = trail.history("bounty", three.bounty.public_id)
        assert "merge_book" in [e.action for e in merged]


def test_a_draft_that_was_never_sealed_lapses_and_leaves_nothing(app, stage, frozen, instance):
    name = steps.drafted(app, stage.researcher, stage.bounty)
    steps.close(app, frozen, stage.bounty)
    steps.close(app, frozen, stage.bounty)
    row = bid(app, name)
    assert (row.state, row.draft) == (BidState.LAPSED, None)
    assert not (instance / "bids" / "drafts" / name).exists()


@pytest.mark.parametrize("pair", list(itertools.permutations(HOLDERS, 2)))
def test_any_two_holders_open_and_everything_agrees(app, three, sign_in, frozen, pair):
    steps.close(app, frozen, three.bounty)
    first, second = (getattr(three, name) for name in pair)
    answer = steps.open_with(sign_in(first), three.bounty, first)
    assert answer.status_code == 302
    assert record(app) is None
    assert bid(app, three.bids[0]).content == {}
    answer = steps.open_with(sign_in(second), three.bounty, second)
    assert answer.status_code == 302
    found = record(app)
    assert [one["opened"] for one in found.lines] == [True] * 3
    assert {one["name"] for one in found.holders} == {first.name, second.name}
    row = bid(app, three.bids[0])
    assert (row.state, row.quote_fen, row.created_by_id, row.lead_organisation_id) == (
        BidState.OPENED, 180_000_000, three.researcher.id, three.unit.id,
    )  # fmt: skip
    assert row.content["solution_text"] == steps.SOLUTION
    with app.app_context():
        assert db.session.query(BidFile).count() == 3
        kinds = db.session.scalars(select(Event.kind)).all()
    assert kinds.count("bids.opened") == 1


def test_before_the_deadline_nobody_opens(app, three, sign_in):
    for holder in (three.officer, three.leader, three.auditor):
        client = sign_in(holder)
        page = client.get(f"/bounties/{three.bounty.public_id}/opening")
        assert "输入口令" not in [h for h in browser.text(page).split() if h == "输入口令"]
        url = f"/bounties/{three.bounty.public_id}/opening"
        sent = {**browser.hidden(page), "passphrase": holder_words(holder)}
        assert client.post(url, data=sent).status_code in {404, 409}
    assert record(app) is None


def test_one_holder_alone_and_the_same_twice_open_nothing(app, three, sign_in, frozen):
    steps.close(app, frozen, three.bounty)
    client = sign_in(three.officer)
    for _ in range(3):
        assert steps.open_with(client, three.bounty, three.officer).status_code == 302
    assert record(app) is None
    assert bid(app, three.bids[0]).state is BidState.LOCKED


def test_a_wrong_passphrase_is_named_recorded_and_soon_refused(app, three, sign_in, frozen):
    steps.close(app, frozen, three.bounty)
    client = sign_in(three.leader)
    url = f"/bounties/{three.bounty.public_id}/opening"
    for _ in range(5):
        answer = browser.post(client, url, {"passphrase": "猜一个口令看看行不行"})
        assert (answer.status_code, "口令不正确" in browser.text(answer)) == (422, True)
    answer = steps.open_with(client, three.bounty, three.leader)
    assert (answer.status_code, "15 分钟" in browser.text(answer)) == (409, True)
    frozen.shift(timedelta(minutes=16))
    assert steps.open_with(sign_in(three.leader), three.bounty, three.leader).status_code == 302


def test_who_holds_no_share_neither_sees_nor_opens(app, make, three, sign_in, frozen):
    steps.close(app, frozen, three.bounty)
    from matchmaker.lifecycles import Role

    for role in (Role.OFFICER, Role.SYSADMIN, Role.SECADMIN, Role.EXPERT, Role.SECTION_CHIEF):
        client = sign_in(make.user(role))
        url = f"/bounties/{three.bounty.public_id}/opening"
        assert client.get(url).status_code == 404, role
        assert client.post(url, data=browser.hidden(client.get("/messages"))).status_code == 404
    other = make.user(Role.LEADER)
    make.holder_key(other)
    answer = steps.open_with(sign_in(other), three.bounty, other)
    assert (answer.status_code, "不是本榜单" in browser.text(answer)) == (403, True)


def edited(app, **values):
    def change(name):
        with app.app_context(), web.transaction():
            db.session.execute(update(Bid).where(Bid.public_id == name).values(**values))

    return change


def flip_envelope(app, instance):
    def change(name):
        path = instance / "bids" / "sealed" / bid(app, name).envelope
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 1
        path.write_bytes(bytes(body))

    return change


def swap_envelope(app, name, other):
    with app.app_context(), web.transaction():
        value = db.session.scalar(select(Bid.envelope).where(Bid.public_id == other))
        db.session.execute(update(Bid).where(Bid.public_id == name).values(envelope=value))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"commitment": "ab" * 32}, "承诺值不符"),
        ({"signature": "00" * 64}, "签名不正确"),
        ({"valid_key": "cd" * 32}, "牵头单位标识"),
        ({"envelope": "ef" * 32}, "不在存储中"),
        ({"received_at": None}, "签名不正确"),
        ("flip", "散列值与登记的不符"),
        ("swap", "密封件已损坏或被改动"),
        ("delete", "已不存在"),
        ({"bid_no": "ANOTHERNUMBR"}, "密封件已损坏或被改动"),
    ],
)
def test_a_bid_edited_by_hand_is_spoiled_named_and_leaves_the_others_whole(
    app, three, sign_in, frozen, instance, fault, said
):
    steps.close(app, frozen, three.bounty)
    victim = three.bids[1]
    if isinstance(fault, dict):
        edited(app, **fault)(victim)
    elif fault == "flip":
        flip_envelope(app, instance)(victim)
    elif fault == "swap":
        swap_envelope(app, victim, three.bids[0])
    else:
        with app.app_context(), web.transaction():
            db.session.execute(text("DELETE FROM bid_mark"))
            db.session.execute(text("DELETE FROM bid WHERE public_id = :name"), {"name": victim})
    for holder in (three.officer, three.auditor):
        assert steps.open_with(sign_in(holder), three.bounty, holder).status_code == 302
    bad = [one for one in record(app).lines if not one["opened"]]
    assert bad
    assert said in " ".join(one["reason"] for one in bad)
    assert sum(one["opened"] for one in record(app).lines) == 2
    page = browser.text(sign_in(three.officer).get(f"/bounties/{three.bounty.public_id}/opening"))
    assert "不符" in page
    if fault != "delete":
        row = bid(app, victim)
        assert (row.state, row.content) == (BidState.VOID, {})
        assert row.spoiled_reason


def test_an_edit_before_the_deadline_is_found_too(app, three, sign_in, frozen):
    edited(app, commitment="ab" * 32)(three.bids[0])
    steps.close(app, frozen, three.bounty)
    for holder in (three.officer, three.leader):
        steps.open_with(sign_in(holder), three.bounty, holder)
    bad = [one for one in record(app).lines if not one["opened"]]
    assert len(bad) == 1


def test_a_lost_share_is_made_anew_on_the_page_and_opens(app, three, sign_in, frozen):
    make_new = sign_in(three.auditor)
    words = "石径 竹林 晚钟 渡口 雨"
    sent = {"passphrase": words, "again": words, "lost": "y"}
    assert browser.post(make_new, "/my-key", sent).status_code == 302
    url = f"/bounties/{three.bounty.public_id}/opening"
    step = f"{url}/reissue/supervisor"
    page = sign_in(three.officer).get(url)
    assert "补发份额" in browser.text(page)
    first = browser.post(
        sign_in(three.officer), step,
        {"successor": three.auditor.public_id, "passphrase": holder_words(three.officer)}, page=url,
    )  # fmt: skip
    assert first.status_code == 302, browser.text(first)
    second = browser.post(
        sign_in(three.leader), step, {"passphrase": holder_words(three.leader)}, page=url
    )
    assert second.status_code == 302, browser.text(second)
    steps.close(app, frozen, three.bounty)
    steps.open_with(sign_in(three.leader), three.bounty, three.leader)
    answer = browser.post(sign_in(three.auditor), url, {"passphrase": words})
    assert answer.status_code == 302, browser.text(answer)
    assert [one["opened"] for one in record(app).lines] == [True] * 3


def test_the_auditor_witnesses_once(app, three, sign_in, frozen):
    steps.opened(app, frozen, sign_in, three)
    client = sign_in(three.auditor)
    url = f"/bounties/{three.bounty.public_id}/opening"
    assert browser.post(client, f"{url}/witness", page=url).status_code == 302
    assert [one["name"] for one in record(app).witnesses] == [three.auditor.name]


def test_the_same_person_in_two_bids_is_hinted_at(app, make, stage, sign_in, frozen):
    other = steps.team(make)
    shared = [{"name": "周帆", "organisation": "某某研究院", "title": "算法"}]
    names = [
        steps.quick(app, who, stage.bounty, pi_name=pi, team=shared)
        for who, pi in ((stage, "林海"), (other, "江月"))
    ]
    steps.opened(app, frozen, sign_in, stage)
    first, second = (bid(app, name) for name in names)
    assert f"周帆同时出现在申请 {second.bid_no}" in first.hints
    assert f"周帆同时出现在申请 {first.bid_no}" in second.hints


def test_a_withdrawn_bounty_never_opens_its_bids(app, three, frozen):
    from matchmaker import clock, jobs, outbox
    from matchmaker.bounties.models import Bounty

    with app.app_context():
        with web.transaction():
            row = db.session.get_one(Bounty, three.bounty.id)
            leader = db.session.merge(three.leader)
            trail.advance(row, "withdraw", by=leader, now=clock.now(), reason="发榜方申请")
            outbox.add("bounty.withdrawn", {"id": row.id}, now=clock.now())
        jobs.drain()
    assert [bid(app, name).state for name in three.bids] == [BidState.CANCELLED] * 3


def test_the_wrong_key_is_no_key(app, three, sign_in, frozen):
    """Shares that make another key (all rows swapped by hand) open nothing and say so."""
    steps.close(app, frozen, three.bounty)
    with app.app_context(), web.transaction():
        public = sealing.new_keypair()[1]
        db.session.execute(text("UPDATE bounty_key SET public_key = :key"), {"key": public})
    steps.open_with(sign_in(three.officer), three.bounty, three.officer)
    answer = steps.open_with(sign_in(three.leader), three.bounty, three.leader)
    assert (answer.status_code, "不是本榜单的开标密钥" in browser.text(answer)) == (409, True)
    assert bid(app, three.bids[0]).state is BidState.LOCKED


def test_what_lies_on_disk_is_for_its_owner_alone(app, three, instance):
    for path in (instance / "bids").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    with app.app_context():
        assert db.session.query(HolderKey).count() == 3
        assert json.loads(db.session.query(HolderKey).first().wrapped)["kdf"] == "scrypt"
        assert vault.site_key()


def test_a_bounty_that_had_bids_did_not_fail_for_want_of_them(app, three, frozen):
    from matchmaker.bounties import ending
    from matchmaker.bounties.models import Bounty
    from matchmaker.errors import WrongState

    steps.close(app, frozen, three.bounty)
    with app.app_context():
        row = db.session.get_one(Bounty, three.bounty.id)
        assert row.state is BountyState.CLOSED
        for kind in (ending.FailureKind.NO_BIDS, ending.FailureKind.NONE_QUALIFIED):
            with pytest.raises(WrongState):
                ending.fail(row, kind, by=three.leader, now=frozen and row.closed_at)


@pytest.mark.parametrize("name", ["site.key", "mark.key"])
def test_with_other_keys_beside_the_database_nothing_is_opened_or_spoiled(
    app, three, sign_in, frozen, instance, name
):
    steps.close(app, frozen, three.bounty)
    path = instance / "bids" / name
    body = path.read_bytes()
    path.unlink()
    try:
        answer = steps.open_with(sign_in(three.officer), three.bounty, three.officer)
        assert (answer.status_code, "恢复这两个文件" in browser.text(answer)) == (409, True)
        assert bid(app, three.bids[0]).state is BidState.LOCKED
    finally:
        path.write_bytes(body)
    for holder in (three.officer, three.leader):
        assert steps.open_with(sign_in(holder), three.bounty, holder).status_code == 302
    assert [one["opened"] for one in record(app).lines] == [True] * 3


def test_the_bountys_page_leads_to_list_and_opening(three, sign_in, client):
    page, opens = (
        f"/bounties/{three.bounty.public_id}",
        f"/bounties/{three.bounty.public_id}/opening",
    )
    assert f"{page}/commitments" in browser.links(client.get(page))
    assert opens not in browser.links(client.get(page))
    for holder in (three.officer, three.leader, three.auditor):
        assert opens in browser.links(sign_in(holder).get(page))


def test_the_public_page_counts_from_the_deadline_on_and_tells_of_the_opening(
    app, three, client, frozen, sign_in
):
    path = f"/bounties/{three.bounty.public_id}"
    assert "揭榜申请</h2>" not in client.get(path).get_data(as_text=True)
    steps.opened(app, frozen, sign_in, three)
    page = browser.text(client.get(path))
    assert "截榜时收到 3 份有效申请" in page
    assert "启封 3 份，与公布的凭证相符 3 份" in page
    with app.app_context():
        lines = [one for one in bounty_record.of(three.bounty.id) if one.kind == "opened"]
        assert len(lines) == 1
        assert all(one["fits"] for one in lines[0].content["bids"])
    shown = browser.text(sign_in(three.officer).get(f"{path}/opening"))
    assert "收到时间（北京时间）" in shown
    assert "2026-11-20 12:00:00" in shown
