"""What becomes of a posted achievement: published, returned, taken offline, endorsed."""

from types import SimpleNamespace as S

import pytest
from sqlalchemy import select

from matchmaker.achievements.models import Achievement
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState, Role
from matchmaker.outbox.models import Event
from matchmaker.revisions.models import Remark
from tests import browser
from tests.integration.achievements.posting import TRANSFER, WHAT, only, path

pytestmark = pytest.mark.database


def test_the_officer_publishes_and_the_matcher_is_told(app, posted, sign_in, officer):
    _client, row = posted
    desk = sign_in(officer)
    assert WHAT["title"] in browser.text(desk.get("/achievements/?state=submitted"))
    page = path(row, "/decide")
    answer = browser.post(desk, path(row, "/move"), {"action": "publish"}, page=page)
    assert answer.location == path(row)
    found = only(app)
    assert found.state is PoolState.PUBLISHED
    assert found.published_at is not None
    with app.app_context():
        events = db.session.scalars(select(Event)).all()
        assert [(e.kind, e.payload) for e in events] == [("achievement.saved", {"id": row.id})]


def test_returned_with_remarks_it_is_corrected_and_compared(app, posted, sign_in, officer):
    client, row = posted
    desk = sign_in(officer)
    move, page = path(row, "/move"), path(row, "/decide")
    refused = browser.post(desk, move, {"action": "return"}, page=page)
    assert refused.status_code == 422
    said = {"action": "return", "reason": "补充依据", "remark-summary": "请写明运行时间的依据"}
    browser.post(desk, move, said, page=page)
    assert only(app).state is PoolState.RETURNED
    seen = browser.text(client.get(path(row)))
    assert "补充依据" in seen
    assert "请写明运行时间的依据" in seen
    assert "请写明运行时间的依据" in browser.text(client.get(path(row, "/edit/what")))
    better = {**WHAT, "summary": WHAT["summary"] + "运行记录由使用单位盖章证明。"}
    browser.post(client, path(row, "/edit/what"), better)
    browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert only(app).state is PoolState.SUBMITTED
    decision = desk.get(page)
    inserted = ["".join(e.itertext()) for e in browser.parse(decision).iter("ins")]
    assert "运行记录由使用单位盖章证明。" in inserted
    assert "第 1 版 → 第 2 版" in browser.text(client.get(path(row, "/versions")))
    with app.app_context():
        assert db.session.scalars(select(Remark)).one().resolved_at is not None


def test_offline_it_is_changed_and_comes_back(app, make, sign_in, posted, officer):
    client, row = posted
    desk = sign_in(officer)
    browser.post(desk, path(row, "/move"), {"action": "publish"}, page=path(row, "/decide"))
    refused = browser.post(client, path(row, "/move"), {"action": "withdraw"}, page=path(row))
    assert refused.status_code == 422
    gone = {"action": "withdraw", "reason": "正在改进"}
    browser.post(client, path(row, "/move"), gone, page=path(row))
    assert only(app).state is PoolState.OFFLINE
    assert app.test_client().get(path(row)).status_code == 404
    browser.post(client, path(row, "/edit/transfer"), {**TRANSFER, "go": "submit"})
    assert only(app).state is PoolState.SUBMITTED


def test_bulk_publishes_what_can_be_published(app, make, sign_in, officer):
    rows = [make.achievement(state=PoolState.SUBMITTED) for _ in range(2)]
    done = make.achievement(state=PoolState.PUBLISHED)
    ids = [row.public_id for row in (*rows, done)]
    client = sign_in(officer)
    data = {"action": "publish", "ids": ids}
    answer = browser.post(client, "/achievements/bulk", data, page="/achievements/")
    assert "已办理 2 条" in browser.text(client.get(answer.location))
    with app.app_context():
        states = {a.state for a in db.session.scalars(select(Achievement))}
        assert states == {PoolState.PUBLISHED}


def test_the_research_office_speaks_for_its_own(app, make, sign_in, posted, officer):
    client, row = posted
    dean = sign_in(make.user(Role.INSTITUTION_ADMIN, organisation=S(id=row.institution_id)))
    said = {"opinion": "情况属实，同意公开"}
    assert browser.post(dean, path(row, "/endorse"), said, page=path(row)).status_code == 302
    assert browser.post(dean, path(row, "/endorse"), {}, page=path(row)).status_code == 422
    decision = browser.text(sign_in(officer).get(path(row, "/decide")))
    assert "情况属实，同意公开" in decision
    assert browser.post(client, path(row, "/endorse"), said, page=path(row)).status_code == 404
    stranger = sign_in(make.user(Role.INSTITUTION_ADMIN))
    assert browser.post(stranger, path(row, "/endorse"), said, page=path(row)).status_code == 404


def test_likely_duplicates_stand_beside_the_decision(app, make, sign_in, officer):
    words = ["恒力控制", "磨抛", "机器人"]
    fresh = make.achievement(
        title="铸件机器人恒力磨抛系统", keywords=words, state=PoolState.SUBMITTED
    )
    twin = make.achievement(title="铸件机器人恒力磨抛成套系统", keywords=words)
    unlike = "以黄姜为原料，用酶解代替酸水解制取皂素，废水的化学需氧量降低八成，已完成中试。"
    make.achievement(
        title="黄姜皂素清洁生产工艺", keywords=["皂素", "酶解", "废水"], summary=unlike
    )
    page = sign_in(officer).get(path(fresh, "/decide"))
    assert path(twin) in browser.links(page)
    assert "黄姜皂素" not in browser.text(page)
