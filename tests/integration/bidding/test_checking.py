"""形式审查: item by item, a refusal by two people, two working days to appeal, who reads what."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, web
from matchmaker.accounts.models import Organisation, User
from matchmaker.bidding import checking, reading, relating
from matchmaker.bidding.models import Bid, BidFile
from matchmaker.errors import NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, Role
from matchmaker.relations import operations as relations
from tests import browser
from tests.integration.bidding import conftest as steps

pytestmark = pytest.mark.database
ALL_PASS = dict.fromkeys(checking.ITEMS, "pass")


@pytest.fixture
def opened(app, make, stage, sign_in, frozen):
    stage.rival = steps.team(make)
    stage.name = steps.quick(app, stage, stage.bounty)
    stage.other = steps.quick(app, stage.rival, stage.bounty, pi_name="江月", team=[])
    steps.opened(app, frozen, sign_in, stage)
    stage.url = f"/bids/{stage.name}"
    return stage


def row(app, name):
    with app.app_context():
        return db.session.scalars(select(Bid).where(Bid.public_id == name)).one()


def check(client, url, **said):
    return browser.post(client, f"{url}/check", {**ALL_PASS, **said})


def test_all_items_passed_qualify(app, opened, sign_in):
    client = sign_in(opened.officer)
    page = client.get(f"/bids/of/{opened.bounty.public_id}")
    assert opened.unit.name in browser.text(page)
    assert check(client, opened.url).status_code == 302
    assert row(app, opened.name).state is BidState.QUALIFIED


def test_an_item_left_open_or_failed_without_a_reason_is_named(app, opened, sign_in):
    client = sign_in(opened.officer)
    answer = browser.post(client, f"{opened.url}/check", {"unit": "pass"})
    assert (answer.status_code, "请选择“申请材料齐全" in browser.text(answer)) == (422, True)
    answer = check(client, opened.url, materials="fail")
    assert (answer.status_code, "请写明理由" in browser.text(answer)) == (422, True)
    assert row(app, opened.name).state is BidState.OPENED


def refused(app, opened, sign_in):
    client = sign_in(opened.officer)
    said = {"materials": "fail", "note_materials": "附件缺第三方报告"}
    assert check(client, opened.url, **said).status_code == 302
    assert row(app, opened.name).state is BidState.DISQUALIFYING
    leader = sign_in(opened.leader)
    page = f"{opened.url}/check"
    answer = browser.post(leader, f"{opened.url}/disqualify", {"decision": "approve"}, page=page)
    assert answer.status_code == 302, browser.text(answer)


def test_a_refusal_takes_two_people_and_tells_the_bidder_why(app, opened, sign_in):
    officer = sign_in(opened.officer)
    said = {"materials": "fail", "note_materials": "附件缺第三方报告"}
    check(officer, opened.url, **said)
    token = browser.hidden(officer.get("/messages"))
    assert officer.post(f"{opened.url}/disqualify", data=token).status_code == 404
    with app.app_context():
        bid = row(app, opened.name)
        with pytest.raises(NotAllowed, match="提请人不能批准"):
            checking.approve(bid, by=opened.officer, now=bid.opened_at)
    leader = sign_in(opened.leader)
    page = f"{opened.url}/check"
    browser.post(leader, f"{opened.url}/disqualify", {"decision": "approve"}, page=page)
    assert row(app, opened.name).state is BidState.DISQUALIFIED
    mine = browser.text(sign_in(opened.researcher).get(opened.url))
    assert "附件缺第三方报告" in mine
    assert "申诉" in mine
    assert "未通过形式审查" in browser.text(sign_in(opened.researcher).get("/messages"))


def test_the_leader_may_not_agree_but_says_why(app, opened, sign_in):
    check(sign_in(opened.officer), opened.url, limit="fail", note_limit="在研超限")
    leader, page = sign_in(opened.leader), f"{opened.url}/check"
    sent = {"decision": "refuse"}
    answer = browser.post(leader, f"{opened.url}/disqualify", sent, page=page)
    assert answer.status_code == 422
    sent["reason"] = "核实后未超限"
    assert browser.post(leader, f"{opened.url}/disqualify", sent, page=page).status_code == 302
    assert row(app, opened.name).state is BidState.QUALIFIED


@pytest.mark.parametrize(
    ("decision", "state"), [("uphold", "qualified"), ("dismiss", "disqualified")]
)
def test_an_appeal_within_two_working_days_is_decided(app, opened, sign_in, decision, state):
    refused(app, opened, sign_in)
    mine, leader = sign_in(opened.researcher), sign_in(opened.leader)
    text = {"appeal": "第三方报告在附件第 12 页，请核对"}
    assert browser.post(mine, f"{opened.url}/appeal", text, page=opened.url).status_code == 302
    page = f"{opened.url}/check"
    sent = {"decision": decision, "reason": "已核对附件第 12 页"}
    answer = browser.post(leader, f"{opened.url}/appeal/decide", sent, page=page)
    assert answer.status_code == 302, browser.text(answer)
    assert row(app, opened.name).state == state
    assert "已核对附件" in browser.text(mine.get(opened.url))


def test_an_appeal_on_the_third_working_day_is_too_late(app, opened, sign_in, frozen):
    refused(app, opened, sign_in)
    until = row(app, opened.name).appeal_until
    frozen.move_to(until - timedelta(seconds=1))
    mine = sign_in(opened.researcher)
    fields = browser.hidden(mine.get(opened.url), f"{opened.url}/appeal")
    assert fields["csrf_token"]
    frozen.move_to(until)
    sent = {**fields, "appeal": "第三方报告在附件第 12 页，请核对"}
    assert mine.post(f"{opened.url}/appeal", data=sent).status_code == 409


def test_who_reads_which_part_of_an_opened_bid(app, make, opened):
    def view(user):
        with app.app_context():
            person = db.session.get_one(User, user.id)
            found = reading.view(row(app, opened.name), viewer=person)
            return tuple(
                part is not None for part in (found.identity, found.technical, found.price)
            )

    reading.price_is_open.append(lambda bid: False)
    try:
        assert view(opened.researcher) == (True, True, True)
        assert view(opened.officer) == (True, True, False)
        assert view(opened.leader) == (True, False, False)
        assert view(opened.auditor) == (True, False, False)
        assert view(opened.rival.researcher) == (False, False, False)
        assert view(make.user(Role.OFFICER)) == (False, False, False)
        assert view(make.user(Role.EXPERT)) == (False, False, False)
        assert view(make.user(Role.ENTERPRISE_ADMIN, organisation=opened.owner)) == (
            False, True, False,
        )  # fmt: skip
        reading.price_is_open.append(lambda bid: True)
        assert view(opened.officer) == (True, True, True)
        assert view(opened.leader) == (True, False, True)
    finally:
        del reading.price_is_open[-2:]


def test_the_blind_view_names_nobody_and_no_price(app, opened):
    with app.app_context():
        said = str(reading.blind_view(row(app, opened.name)))
    assert steps.SOLUTION in said
    for hidden in (opened.unit.name, "林海", "周帆", "13812345678", "180000000"):
        assert hidden not in said


def test_a_rival_sees_nothing_of_an_opened_bid(opened, sign_in):
    rival = sign_in(opened.rival.researcher)
    for path in ("", "/check", "/receipt.json", "/1", "/package"):
        assert rival.get(f"{opened.url}{path}").status_code == 404, path
    assert rival.get(f"/bids/of/{opened.bounty.public_id}").status_code == 404


def test_the_officer_downloads_what_was_attached(app, opened, sign_in):
    with app.app_context():
        file_id = db.session.scalar(
            select(BidFile.id).where(BidFile.bid_id == row(app, opened.name).id)
        )
    url = f"{opened.url}/attachments/{file_id}"
    answer = sign_in(opened.officer).get(url, buffered=True)
    assert (answer.status_code, answer.data) == (200, steps.PDF)
    assert sign_in(opened.leader).get(url).status_code == 404
    assert sign_in(opened.rival.researcher).get(url).status_code == 404


def held(app, opened, ratio):
    with app.app_context(), web.transaction():
        unit = db.session.get_one(Organisation, opened.unit.id)
        owner = opened.bounty.owner_id
        name = db.session.get_one(Organisation, owner).name
        unit.controllers = [{"name": name, "ratio": ratio, "uscc": ""}]


def judged(app, make, opened, action):
    """Judge what ties the bid, as the section chief; return what was found."""
    chief = make.user(Role.SECTION_CHIEF)
    with app.app_context(), web.transaction():
        (row,) = relating.compare(db.session.merge(row_of(opened)), now=clock.now())
        relations.judge(
            row, action, reason="已查阅工商档案", version=str(row.version), by=chief,
            now=clock.now(),
        )  # fmt: skip
        return row.public_id


def row_of(opened):
    return db.session.scalars(select(Bid).where(Bid.public_id == opened.name)).one()


@pytest.mark.parametrize(
    ("action", "status"), [("confirm", 422), ("dismiss", 302)], ids=["confirmed", "dismissed"]
)
def test_a_notice_waits_for_an_opinion_before_the_bid_passes(
    app, make, opened, sign_in, action, status
):
    client = sign_in(opened.officer)
    held(app, opened, "12")
    answer = check(client, opened.url)
    assert answer.status_code == 422
    assert "还有 1 条提示级关联未写核实意见（控股或参股）" in browser.text(answer)
    assert row(app, opened.name).state is BidState.OPENED
    name = judged(app, make, opened, action)
    assert f"/relations/{name}" in browser.links(client.get(f"{opened.url}/check"))
    assert check(client, opened.url).status_code == status


def test_what_blocks_is_the_reason_of_the_refusal(app, opened, sign_in):
    client = sign_in(opened.officer)
    held(app, opened, "51")
    answer = check(client, opened.url)
    assert answer.status_code == 422
    assert "阻断级关联（控股或参股），不能判为符合" in browser.text(answer)
    assert check(client, opened.url, relation="fail").status_code == 302  # the note writes itself
    bid = row(app, opened.name)
    assert bid.state is BidState.DISQUALIFYING
    assert "与发榜方存在阻断级关联（控股或参股）" in bid.decided_reason
    assert "51" not in bid.decided_reason
