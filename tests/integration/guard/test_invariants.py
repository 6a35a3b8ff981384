"""Each invariant holds where nothing is wrong and names the row where something is."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from matchmaker import outbox, web
from matchmaker.accounts.models import RoleGrant, User
from matchmaker.audit import chain, trail
from matchmaker.audit.ledger import SealedEntry
from matchmaker.bidding.key_models import Opening
from matchmaker.bidding.models import Bid
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.guard import invariants
from matchmaker.lifecycles import BidState, BountyState, NeedState, Role, UserState
from matchmaker.needs.models import Need
from matchmaker.notices import freezing
from matchmaker.notices.models import Notice
from matchmaker.reviewing.award_models import Award
from matchmaker.sessions import WebSession
from tests.conftest import NOON

pytestmark = pytest.mark.database
DAY = timedelta(days=1)


class Broken:
    """Rows that break one invariant each; `make` writes them, `change` goes past the operations."""

    def __init__(self, make, instance: Path) -> None:
        self.make, self.instance = make, instance

    def change(self, model, row, **values) -> None:
        with self.make.saving():
            db.session.execute(update(model).where(model.id == row.id).values(**values))

    def bounty(self, **values):
        values = {"state": BountyState.CLOSED, "closed_at": NOON, "bid_deadline_at": NOON, **values}
        return self.make.bounty(**values)

    def bid(self, bounty, **values):
        values = {"state": BidState.LOCKED, "received_at": NOON - DAY, "created_at": NOON, **values}
        return self.make.add(Bid(bounty_id=bounty.id, **values))

    def award(self, **values):
        bounty = self.bounty()
        bid = self.bid(bounty)
        values = {"proposed_at": NOON, "live_key": f"{bounty.id}:1", "live_bid": bid.id, **values}
        return self.make.add(Award(bounty_id=bounty.id, bid_id=bid.id, **values))

    def i1(self):
        award = self.award()
        bounty = self.make.bounty()
        other = self.bid(bounty)
        values = {"live_key": "x", "live_bid": other.id, "bid_id": other.id, "proposed_at": NOON}
        self.make.add(Award(bounty_id=award.bounty_id, **values))
        return "两个有效决定"

    def i2(self):
        bid = self.bid(self.bounty(), received_at=NOON + timedelta(seconds=1))
        return bid.bid_no

    def i3(self):
        entry = {"book": "b", "seq": 1, "at": NOON, "action": "submit", "noun": "bid", "reason": "",
                 "object_id": "lost-bid", "details": {}, "mark": "m", "previous": "p",
                 "from_state": "draft", "to_state": "submitted", "digest": "d"}  # fmt: skip
        with self.make.saving():
            db.session.execute(insert(SealedEntry).values(**entry))
        return "lost-bid"

    def i4(self):
        bid = self.bid(self.bounty(), state=BidState.OPENED, opened_at=NOON, quote_fen=1)
        return bid.bid_no

    def i5(self):
        need = self.make.need(state=NeedState.DRAFT)
        with self.make.app.app_context(), web.transaction():
            trail.enter(db.session.get_one(Need, need.id), by=trail.SYSTEM, now=NOON)
        self.change(Need, need, state=NeedState.ACCEPTED)
        return f"需求 {need.public_id}（现为 accepted，日志为 draft）"

    def i6(self):
        officer = self.make.user(Role.OFFICER)
        award = self.award(proposed_by_id=officer.id, approved_by_id=officer.id)
        return award.public_id

    def i7(self):
        page = "<p>公示</p>"
        notice = self.make.add(
            Notice(kind="award", title="t", page_html=page, page_digest=freezing.digest(page),
                   created_at=NOON)
        )  # fmt: skip
        self.change(Notice, notice, page_html="<p>公示。</p>")
        return f"公示 {notice.public_id}"

    def i8(self):
        return self.award(state="made", made_at=NOON).public_id

    def i9(self):
        buyer, seller = self.make.organisation(), self.make.organisation()
        contract = self.make.add(
            Contract(contract_no="HT1", bounty_id=self.bounty().id, buyer_id=buyer.id, title="t",
                     seller_id=seller.id, kind="development", total_fen=100, planned_fen=100,
                     state="performing", created_at=NOON)
        )  # fmt: skip
        self.make.add(
            Milestone(contract_id=contract.id, seq=1, name="m", due_on=NOON.date(), amount_fen=99)
        )
        return "HT1（99）"

    def i10(self):
        with self.make.saving():
            outbox.add("message.mail", {"id": 987_654}, now=NOON)
        return "待发事项"

    def i11(self):
        folder = self.instance / "uploads"
        folder.mkdir(exist_ok=True)
        (folder / "lost.pdf").write_bytes(b"x")
        return "lost.pdf（内容与摘要不符）"

    def i12(self):
        user = self.make.user(Role.EXPERT)
        self.make.add(
            WebSession(token_hash="t", user_id=user.id, content="{}", created_at=NOON, seen_at=NOON)
        )
        self.change(User, user, state=UserState.DISABLED)
        return user.login


@pytest.fixture
def broken(make, instance, monkeypatch):
    monkeypatch.setattr(store, "_holders", [*store._holders, lambda: held])
    held = set()
    broken = Broken(make, instance)
    if not (instance / "uploads" / "lost.pdf").exists():
        held.add("lost.pdf")
    return broken


def told(app, code, said):
    """Return the findings of one invariant in which these words stand."""
    with app.app_context():
        found = invariants.broken()
        db.session.rollback()
    return [str(one) for one in found if one.code == code and said in str(one)]


def test_an_empty_database_keeps_every_invariant(app):
    with app.app_context():
        assert invariants.broken() == []
    answer = app.test_cli_runner().invoke(args=["ops", "invariants"])
    assert answer.exit_code == 0, answer.output
    assert "12 条不变量全部完好" in answer.output


@pytest.mark.parametrize("code", [f"I{number}" for number in range(1, 13)])
def test_a_broken_invariant_names_the_row(app, broken, code, shows):
    said = getattr(broken, code.lower())()
    assert told(app, code, said)
    answer = app.test_cli_runner().invoke(args=["ops", "invariants"])
    assert answer.exit_code == 1
    assert f"不符  {code}" in answer.output
    shows("T8", planted=f"绕过程序改数据，破坏不变量 {code}：flask ops invariants 点出该条记录")


def test_each_step_of_the_trail_is_held_against_the_table(app, make):
    need = make.need(state=NeedState.DRAFT)
    with app.app_context(), web.transaction():
        row = db.session.get_one(Need, need.id)
        trail.enter(row, by=trail.SYSTEM, now=NOON)
        states = [(need.public_id, "draft", "accepted")]
        trail.enter_many("need", states, by=trail.SYSTEM, now=NOON, action="submit")
        states = [(need.public_id, "submitted", "returned")]
        trail.enter_many("need", states, by=trail.SYSTEM, now=NOON, action="return")
    assert told(app, "I5", "流程表中没有：need submit draft→accepted")
    assert told(app, "I5", f"need {need.public_id}（第 3 条从 submitted 开始，前一条到 accepted）")


def test_a_step_by_somebody_who_may_not_or_without_a_reason_is_found(app, make):
    one, other = (make.bounty(state=BountyState.READY) for _ in range(2))
    officer = make.user(Role.OFFICER)
    with app.app_context(), web.transaction():
        states = [(one.public_id, "ready", "published")]
        trail.enter_many("bounty", states, by=officer, now=NOON, action="publish")
        states = [(other.public_id, "ready", "draft")]
        chief = make.user(Role.SECTION_CHIEF)
        trail.enter_many("bounty", states, by=chief, now=NOON, action="return")
    assert told(app, "I5", "无权办理：bounty publish ready→published")
    assert told(app, "I5", "没有理由：bounty return ready→draft")


def test_an_act_the_program_forgets_to_record_is_found(app, make, monkeypatch, shows):
    """The fault is in the application: a move that leaves no entry."""
    need = make.need(state=NeedState.DRAFT)
    owner = make.user(Role.ENTERPRISE_ADMIN)

    def submit():
        with app.app_context(), web.transaction():
            row = db.session.get_one(Need, need.id)
            trail.enter(row, by=trail.SYSTEM, now=NOON)
            with monkeypatch.context() as patched:
                patched.setattr(chain, "append", lambda entries: None)
                trail.advance(row, "submit", by=owner, now=NOON)

    assert not told(app, "I5", f"需求 {need.public_id}（现为 submitted")
    submit()
    assert told(app, "I5", f"需求 {need.public_id}（现为 submitted，日志为 draft）")
    shows("T8", planted="程序漏记一次状态变化：不变量 I5 查出")


def test_more_awards_than_places_and_one_for_another_bounty(app, broken, make):
    award = broken.award()
    bounty = broken.bounty()
    broken.change(Award, award, bounty_id=bounty.id)
    assert told(app, "I1", "不是同一榜单")
    broken.change(Award, award, slot=2)
    own = broken.bid(bounty)
    make.add(Award(bounty_id=bounty.id, bid_id=own.id, live_key="y", live_bid=own.id,
                   proposed_at=NOON))  # fmt: skip
    assert told(app, "I1", "多于名额")


def test_an_opening_by_one_or_without_the_trail_is_found(app, broken, make):
    bounty = broken.bounty()
    left_out = broken.bid(bounty, state=BidState.OPENED, valid_key="k")
    make.add(
        Opening(bounty_id=bounty.id, opened_at=NOON, holders=[{"name": "甲"}], lines=[], digest="x")
    )
    assert told(app, "I4", "持有人不足")
    assert told(app, "I4", "开标没有审计记录")
    assert told(app, "I3", f"开标记录漏列：{left_out.bid_no}")
    assert told(app, "I7", "开标记录")


def test_a_commitment_or_a_published_text_that_changed_is_found(app, broken, make):
    bounty = broken.bounty(snapshot={"terms": 1}, digest=record.sha256({"terms": 1}))
    bid = broken.bid(bounty, commitment="c" * 64)
    with app.app_context(), web.transaction():
        row = db.session.get_one(Bounty, bounty.id)
        said = {"bids": [{"bid": bid.bid_no, "commitment": "c" * 64}]}
        record.append(row, "commitments", said, now=NOON)
    assert not told(app, "I3", bid.bid_no)
    assert not told(app, "I7", bounty.public_id)
    broken.change(Bid, bid, commitment="d" * 64)
    broken.change(Bounty, bounty, snapshot={"terms": 2})
    assert told(app, "I3", f"密封凭证变了：{bid.bid_no}")
    assert told(app, "I7", f"榜单 {bounty.public_id}")
    with make.saving():
        db.session.execute(text("UPDATE bounty_record SET kind = 'opened'"))
    assert told(app, "I7", "第 1 条内容与摘要不符")


def test_two_offices_of_an_administrator_and_a_grant_to_oneself(app, make, broken):
    both = make.user(Role.SYSADMIN, Role.OFFICER)
    own = make.user()
    make.add(RoleGrant(user_id=own.id, role=Role.LEADER, requested_at=NOON, approved_at=NOON,
                       approved_by_id=own.id))  # fmt: skip
    assert told(app, "I12", both.login)
    assert told(app, "I6", own.login)
    assert not told(app, "I12", own.login)


def test_a_file_that_is_gone_and_a_file_of_nobody(app, instance, broken, monkeypatch):
    assert told(app, "I11", "lost.pdf（文件不在存储中）")
    place = instance / "uploads"
    place.mkdir(exist_ok=True)
    (place / "stray.pdf").write_bytes(b"x")
    assert not told(app, "I11", "stray.pdf")
    monkeypatch.setattr("matchmaker.guard.plumbing.UNDER_WAY", -DAY)
    assert told(app, "I11", "stray.pdf（没有记录")
