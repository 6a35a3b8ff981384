"""Holders' keys: set up, shares given at publication, a lost share made anew by the other two."""

from itertools import combinations

import pytest

from matchmaker import sealing
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.bidding import keys, reissue
from matchmaker.bidding.key_models import BountyKey, Chair, HolderKey
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.conftest import NOON

pytestmark = pytest.mark.database
WORDS = {role: f"海风 明月 石桥 {role.value}" for role in Role}


@pytest.fixture
def bureau(app, make):
    return {
        Chair.OFFICER: make.user(Role.OFFICER),
        Chair.LEADER: make.user(Role.LEADER),
        Chair.SUPERVISOR: make.user(Role.AUDITOR),
    }


def words(chair):
    return f"海风 明月 石桥 江湖 {chair.value}"


def set_up(user, chair):
    return keys.set_up(user, passphrase=words(chair), again=words(chair), now=NOON)


@pytest.fixture
def published(writing, make, bureau):
    users = {chair: db.session.merge(user) for chair, user in bureau.items()}
    for chair, user in users.items():
        set_up(user, chair)
    bounty = make.bounty(handler_id=users[Chair.OFFICER].id)
    keys.prepare(bounty, by=users[Chair.LEADER], now=NOON)
    return keys.key_of(bounty), users


def values(key):
    return {
        share.place: keys.opened(share, words(share.chair))[1]
        for share in key.shares
        if keys.usable(share)
    }


def test_a_passphrase_is_long_typed_twice_and_not_one_letter(writing, make):
    officer = make.user(Role.OFFICER)
    for first, again, field in (
        ("短口令", "短口令", "passphrase"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "passphrase"),
        ("海风 明月 石桥 江湖 一", "海风 明月 石桥 江湖 二", "again"),
    ):
        with pytest.raises(Invalid) as refusal:
            keys.set_up(officer, passphrase=first, again=again, now=NOON)
        assert field in refusal.value.fields
    set_up(officer, Chair.OFFICER)
    assert keys.current(officer) is not None
    assert "石桥" not in str([row.__dict__ for row in db.session.query(HolderKey)])


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.RESEARCHER, Role.TOWN_OFFICER])
def test_who_may_hold_no_share_gets_no_key(writing, make, role):
    with pytest.raises(NotAllowed):
        set_up(make.user(role), Chair.OFFICER)


def test_an_administrator_who_is_also_auditor_is_no_supervisor(writing, make):
    both = make.user(Role.AUDITOR, Role.SYSADMIN)
    assert not keys.may_hold(both, Chair.SUPERVISOR)
    assert keys.may_hold(make.user(Role.AUDITOR), Chair.SUPERVISOR)


def test_publication_is_refused_kindly_while_a_holder_has_no_key(writing, make, bureau):
    users = {chair: db.session.merge(user) for chair, user in bureau.items()}
    bounty = make.bounty(handler_id=users[Chair.OFFICER].id)
    for chair in (Chair.OFFICER, Chair.LEADER):
        set_up(users[chair], chair)
    with pytest.raises(Invalid) as refusal:
        keys.prepare(bounty, by=users[Chair.LEADER], now=NOON)
    assert users[Chair.SUPERVISOR].name in refusal.value.message
    assert "我的密钥" in refusal.value.message
    assert db.session.query(BountyKey).count() == 0
    set_up(users[Chair.SUPERVISOR], Chair.SUPERVISOR)
    keys.prepare(bounty, by=users[Chair.LEADER], now=NOON)
    keys.prepare(bounty, by=users[Chair.LEADER], now=NOON)
    assert db.session.query(BountyKey).count() == 1


def test_any_two_of_three_shares_make_the_bountys_key(published):
    key, _ = published
    assert len(values(key)) == 3
    for pair in combinations(values(key).items(), 2):
        keys.check_key(key, sealing.combine(pair))
    with pytest.raises(sealing.WrongKey):
        keys.check_key(key, sealing.new_keypair()[0])


def test_a_wrong_passphrase_and_somebody_elses_are_named(published):
    key, users = published
    share = keys.own_share(key, users[Chair.LEADER])
    with pytest.raises(Invalid, match="口令不正确"):
        keys.opened(share, words(Chair.OFFICER))
    with pytest.raises(NotAllowed, match="不是本榜单"):
        keys.own_share(key, type("U", (), {"id": -1}))


def test_a_share_changed_in_the_database_is_found(published):
    key, users = published
    share = keys.own_share(key, users[Chair.LEADER])
    body = bytearray(keys.decoded(share.parts[0]))
    body[-1] ^= 1
    share.parts = [keys.encoded(bytes(body))]
    with pytest.raises(WrongState, match="损坏"):
        keys.opened(share, words(Chair.LEADER))


def test_another_passphrase_over_the_same_key_keeps_the_shares(published):
    key, users = published
    leader = users[Chair.LEADER]
    new = "石径 竹林 晚钟 渡口 雨"
    with pytest.raises(Invalid) as refusal:
        keys.change_passphrase(leader, present="x", passphrase=new, again=new, now=NOON)
    assert "present" in refusal.value.fields
    keys.change_passphrase(leader, present=words(Chair.LEADER), passphrase=new, again=new, now=NOON)
    share = keys.own_share(key, leader)
    assert keys.opened(share, new)


@pytest.mark.parametrize("chair", list(Chair))
def test_a_lost_share_is_made_anew_by_the_other_two(published, chair):
    key, users = published
    before = values(key)
    loser = users[chair]
    set_up(loser, chair)  # the passphrase was lost: a new pair, the old share is dead
    share = next(one for one in key.shares if one.chair is chair)
    assert reissue.lost(key) == [share]
    with pytest.raises(NotAllowed, match="补发"):
        keys.own_share(key, loser)
    first, second = (c for c in Chair if c is not chair)
    with pytest.raises(WrongState, match="另一位持有人还没有"):
        reissue.finish(key, chair, passphrase=words(second), by=users[second], now=NOON)
    reissue.start(key, chair, successor=loser, passphrase=words(first), by=users[first], now=NOON)
    with pytest.raises(NotAllowed, match="各办一步"):
        reissue.finish(key, chair, passphrase=words(first), by=users[first], now=NOON)
    reissue.finish(key, chair, passphrase=words(second), by=users[second], now=NOON)
    assert reissue.lost(key) == []
    assert values(key) == before
    for pair in combinations(values(key).items(), 2):
        keys.check_key(key, sealing.combine(pair))
    assert [e.action for e in trail.history("bounty", key.bounty.public_id)][-2:] == [
        "start_reissue",
        "reissue_share",
    ]


def test_a_successor_in_the_chair_takes_the_share_of_one_who_left(published, make):
    key, users = published
    other = make.user(Role.AUDITOR)
    other = db.session.merge(other)
    share = next(one for one in key.shares if one.chair is Chair.SUPERVISOR)
    with pytest.raises(WrongState, match="不需要补发"):
        reissue.start(
            key, Chair.SUPERVISOR, successor=other, passphrase="x",
            by=users[Chair.LEADER], now=NOON,
        )  # fmt: skip
    for grant in list(users[Chair.SUPERVISOR].grants):
        db.session.delete(grant)
    db.session.flush()
    db.session.expire(users[Chair.SUPERVISOR])
    with pytest.raises(Invalid, match="已设置开标密钥"):
        reissue.start(
            key, Chair.SUPERVISOR, successor=other, passphrase=words(Chair.LEADER),
            by=users[Chair.LEADER], now=NOON,
        )  # fmt: skip
    set_up(other, Chair.SUPERVISOR)
    for by, step in ((Chair.LEADER, "start"), (Chair.OFFICER, "finish")):
        more = {"successor": other} if step == "start" else {}
        getattr(reissue, step)(
            key, Chair.SUPERVISOR, passphrase=words(by), by=users[by], now=NOON, **more
        )
    assert share.user_id == other.id
    assert len(values(key)) == 3


def test_with_one_share_left_nothing_is_made_anew(published):
    key, users = published
    for chair in (Chair.LEADER, Chair.SUPERVISOR):
        set_up(users[chair], chair)
    with pytest.raises(WrongState, match="只剩一份"):
        reissue.start(
            key, Chair.LEADER, successor=users[Chair.LEADER],
            passphrase=words(Chair.OFFICER), by=users[Chair.OFFICER], now=NOON,
        )  # fmt: skip
    assert db.session.query(Entry).count() > 0
