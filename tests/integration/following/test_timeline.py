"""One timeline a bounty: everybody understands it, nobody reads more than may be known."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker import web
from matchmaker.accounts.identity import Visitor
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.bidding.models import Bid
from matchmaker.bounties import operations as bounties
from matchmaker.codes import NoticeKind
from matchmaker.extensions import db
from matchmaker.following import timeline
from matchmaker.following.dates import Audience
from matchmaker.lifecycles import BidState, BountyState, NoticeState
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Channel, Objection
from tests import browser
from tests.conftest import NOON
from tests.factories import BORN
from tests.integration.contracts import conftest as contracting
from tests.integration.following.conftest import MOVES
from tests.integration.reviewing import conftest as judging
from tests.integration.reviewing.conftest import committed, fixed_clock, hall  # noqa: F401

pytestmark = pytest.mark.database


@pytest.fixture
def read(app, acting):
    """Return a function: the timeline somebody reads, titles oldest first."""

    def reads(bounty, who, now=NOON):
        with app.app_context():
            viewer = Visitor() if who == "visitor" else acting(who)
            row = bounties.get(bounty.public_id, viewer=viewer)
            return timeline.of(row, viewer=viewer, now=now)

    return reads


def titles(found):
    return [event.title for event in reversed(found.events)]


def test_what_happened_who_and_when(read, bounty):
    found = read(bounty, "officer")
    assert [(e.title, e.by) for e in reversed(found.events)] == [
        ("榜单：建立", "赵经办"),
        ("榜单：提交会审", "赵经办"),
        ("榜单：会审通过", "孙科长"),
        ("榜单：批准发布", "李局长"),
    ]
    assert found.events[0].when == "2026-11-10 12:00"
    assert found.events[0].detail == "依据会议纪要"


def test_the_owner_reads_the_drafting_without_names(read, bounty):
    found = read(bounty, "owner")
    assert [(e.title, e.by) for e in reversed(found.events)] == [
        ("榜单：建立", "局经办"),
        ("榜单：提交会审", "局经办"),
        ("榜单：会审通过", "科室负责人"),
        ("榜单：批准发布", "分管局长"),
    ]
    assert {event.detail for event in found.events} == {""}


@pytest.mark.parametrize("who", ["visitor", "stranger", "rival", "expert", "assistant", "bidder"])
def test_others_read_it_from_publication_on(read, bounty, who):
    found = read(bounty, who)
    assert [(e.title, e.by) for e in found.events] == [("榜单：批准发布", "分管局长")]
    assert found.spans == []


def test_what_is_next_by_when_and_who_must_act(read, bounty):
    for who in ("officer", "owner", "visitor"):
        found = read(bounty, who)
        assert found.step.what == "接受提问和揭榜申请，到期截榜"
        assert found.step.who == "揭榜方"
        assert found.due_text == "剩 14 个工作日（12-10 24:00）"
        assert not found.is_late


def test_the_bureaus_own_limits_and_names_stay_inside(read, moved):
    bounty = moved(MOVES[:2], bounty_no=None)  # since Monday, 2 November, with the section chief
    inside, owner = read(bounty, "chief"), read(bounty, "owner")
    assert (inside.step.who, inside.is_late) == ("科室负责人", True)
    assert inside.due_text == "已逾期 9 个工作日"
    assert (owner.step.who, owner.due_text, owner.is_late) == ("科室负责人", "", False)
    draft = moved(MOVES[:1], bounty_no=None)
    assert read(draft, "officer").step.who == "赵经办"
    assert read(draft, "owner").step.who == "局经办"


def test_a_draft_is_nobodys_business_outside(sign_in, client, people, moved):
    url = f"/following/{moved(MOVES[:2], bounty_no=None).public_id}"
    for who in (people.stranger, people.rival, people.expert, people.assistant):
        assert sign_in(who).get(url).status_code == 404
    assert client.get(url).status_code == 404
    for who in (people.officer, people.chief, people.leader, people.auditor, people.owner):
        assert sign_in(who).get(url).status_code == 200


def sealed(app, acting, bounty, people):
    """Put a bid of the institute beside the bounty, sealed, and its moves on the trail."""
    with app.app_context(), web.transaction():
        bid = Bid(bounty_id=bounty.id, created_at=BORN, created_by_id=people.bidder.id)
        db.session.add(bid)
        trail.enter(bid, by=acting("bidder"), now=NOON - timedelta(days=3))
        bid.received_at = NOON - timedelta(days=2)
        bid.created_by_id = None  # sealed_names_nobody, as sealing leaves it
        trail.advance(bid, "submit", by=acting("bidder"), now=bid.received_at)
        return bid.id


@pytest.mark.parametrize(
    "who", ["officer", "chief", "leader", "auditor", "owner", "stranger", "visitor", "rival"]
)
def test_nobody_reads_of_a_bid_before_the_deadline(
    app, acting, read, bounty, people, who, sign_in, client
):
    before = titles(read(bounty, who))
    sealed(app, acting, bounty, people)
    found = read(bounty, who)
    assert titles(found) == before
    reader = client if who == "visitor" else sign_in(getattr(people, who))
    page = reader.get(f"/following/{bounty.public_id}").get_data(as_text=True)
    assert "揭榜申请“" not in page
    if who in {"officer", "chief", "leader", "auditor"}:
        for view in ("board", "table", "times"):
            shown = reader.get(f"/following?view={view}").get_data(as_text=True)
            assert "密封" not in shown
            assert people.unit.name not in shown


def test_the_deadline_itself_is_an_event(read, bounty):
    """The closing job has not run: by time the bounty is closed all the same."""
    import time_machine

    with time_machine.travel(NOON + timedelta(days=21), tick=False):
        found = read(bounty, "visitor", NOON + timedelta(days=21))
    assert titles(found)[-1] == "榜单：截榜"
    assert found.step.what == "两名保管人开榜，逐项形式审查"
    assert found.due_text == ""


@pytest.fixture
def noticed(hall, committed):  # noqa: F811
    """A bounty in its award notice: reviewed by a panel, awarded by three people."""
    committed(judging.noticed, hall)
    return hall


def test_after_the_opening_the_bureau_reads_the_review_and_no_expert_is_named(app, noticed):
    with app.app_context():
        officer = judging.user(noticed.officer)
        found = timeline.of(
            bounties.get(noticed.bounty.public_id, viewer=officer), viewer=officer, now=NOON
        )
    said = "\n".join(f"{event.title} {event.by}" for event in found.events)
    for part in ("评审：抽取专家", "评审：作出结论", "拟揭榜决定：", "揭榜申请“"):
        assert part in said, part
    assert "评委" not in said


def test_outside_the_review_is_seen_by_its_result_only(app, noticed, make):
    viewers = [Visitor(), noticed.bidders[0], noticed.owner]
    with app.app_context():
        for viewer in viewers:
            known = viewer if isinstance(viewer, Visitor) else judging.user(viewer)
            row = bounties.get(noticed.bounty.public_id, viewer=known)
            found = timeline.of(row, viewer=known, now=NOON)
            said = " ".join(f"{event.title} {event.by}" for event in found.events)
            for hidden in ("评审：", "拟揭榜决定", "赵经办", "孙科长", "评委"):
                assert hidden not in said
            others = {bid.bid_no for bid in noticed.bids}
            own = {noticed.bids[0].bid_no} if known is viewers[1] or viewer is viewers[1] else set()
            assert not any(no in said for no in others - own)


def notice(make, bounty, **values):
    return make.add(Notice(
        kind=NoticeKind.AWARD, title="拟揭榜公示", state=NoticeState.RUNNING,
        notice_no="GS2026-001",
        subject_noun="bounty", subject_id=bounty.id, published_on=NOON.date(), page_digest="x",
        start_on=NOON.date() + timedelta(days=1), end_on=NOON.date() + timedelta(days=7),
        created_at=NOON, **values,
    ))  # fmt: skip


def test_an_objection_is_told_without_its_author(app, acting, make, read, moved, people):
    bounty = moved((*MOVES, (4, "close", "system"), (3, "start_review", "officer"),
                    (2, "select", "chief"), (1, "start_award_notice", "leader")),
                   deadline=timedelta(days=-4))  # fmt: skip
    row = notice(make, bounty, handler_id=people.officer.id)
    with app.app_context(), web.transaction():
        objection = Objection(
            objection_no="YY2026-001", notice_id=row.id, channel=Channel.ONLINE,
            complainant_name="张三", complainant_phone="13900000000",
            submitted_by_id=people.rival.id, received_at=NOON,
            created_at=NOON, body="业绩不实", request="重新核验",
        )  # fmt: skip
        db.session.add(objection)
        trail.enter(objection, by=acting("rival"), now=NOON, action="submit")
    inside = read(bounty, "leader")
    event = next(e for e in inside.events if e.title.startswith("异议"))
    assert event.by == "异议人"
    assert people.rival.name not in " ".join(f"{e.title}{e.by}{e.detail}" for e in inside.events)
    assert not any("异议" in title for title in titles(read(bounty, "visitor")))
    assert inside.step.what == "拟揭榜公示期满"
    assert inside.due_text == "剩 5 个工作日（11-27 24:00）"


def test_a_contract_is_the_parties_and_the_bureaus(app, make, hall, committed):  # noqa: F811
    world = contracting.build(make)
    with app.app_context(), web.transaction():
        contract = contracting.signed(world)
        row = db.session.get_one(type(world.bounty), world.bounty.id)
        name, number = row.public_id, contract.contract_no
    with app.app_context():
        for who, sees in ((world.officer, True), (world.firm_admin, True), (Visitor(), False)):
            viewer = who if isinstance(who, Visitor) else judging.user(who)
            row = bounties.get(name, viewer=viewer)
            found = timeline.of(row, viewer=viewer, now=NOON)
            said = " ".join(event.title for event in found.events)
            assert (f"技术合同“{number}”：核验签订" in said) is sees
            assert timeline.audience_of(row, viewer) is (
                Audience.PUBLIC if not sees else
                Audience.BUREAU if who is world.officer else Audience.PARTIES
            )  # fmt: skip


def test_the_page_of_every_role(app, sign_in, client, people, bounty):
    url = f"/following/{bounty.public_id}"
    for who in (*vars(people).values(),):
        if not hasattr(who, "login"):
            continue
        page = sign_in(who).get(url)
        assert page.status_code == 200
        text = browser.text(page)
        assert "接受提问和揭榜申请，到期截榜" in text
        assert ("各环节用时" in text) == (
            who.name in {"赵经办", "钱经办", "孙科长", "李局长", "周督查"}
        )
    assert client.get(url).status_code == 200
    assert client.get("/following/nothing-here").status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == len(MOVES)


def test_the_states_know_their_task_or_have_none():
    from matchmaker.following.stages import ALL_STAGES, ENDED, TASKS, stage_of

    assert {state for stage in ALL_STAGES for state in stage.states} == set(BountyState)
    for state in BountyState:
        assert stage_of(state)
        assert state in TASKS or state in ENDED.states
    assert BidState.SUBMITTED.label


def test_the_bounty_leads_to_its_timeline_and_back(sign_in, client, people, bounty):
    here, there = f"/bounties/{bounty.public_id}", f"/following/{bounty.public_id}"
    for reader in (client, sign_in(people.officer)):
        assert there in browser.links(reader.get(here))
        assert here in browser.links(reader.get(there))
