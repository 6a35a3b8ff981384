"""The pairing desk and the pages of a pair."""

import csv
import re

import pytest
from sqlalchemy import select

from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing, RejectReason
from matchmaker.extensions import db
from matchmaker.lifecycles import LeadState, NeedState, PairingState
from matchmaker.needs.models import Need
from tests.browser import links, parse, post, text

pytestmark = pytest.mark.database


@pytest.fixture
def pair(app, world):
    with app.app_context():
        return db.session.scalars(select(Pairing)).one()


def now_state(app, pair):
    with app.app_context():
        row = db.session.get_one(Pairing, pair.id)
        return row.state, row.reason_code


def test_the_desk_lists_new_pairs_with_their_words(world, pair, sign_in):
    for user in (world.officer, world.leader, world.assistant):
        answer = sign_in(user).get("/pairings")
        assert answer.status_code == 200
        shown = text(answer)
        assert world.need.title in shown
        assert world.achievement.title in shown
        assert "机器人" in shown
        assert f"/pairings/{pair.public_id}" in links(answer)


def test_a_town_assistant_sees_only_the_own_town(world, pair, sign_in):
    client = sign_in(world.stranger_assistant)
    assert world.need.title not in text(client.get("/pairings"))
    assert client.get(f"/pairings/{pair.public_id}").status_code == 404


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger", "outsider"])
def test_the_parties_do_not_see_the_desk(world, pair, sign_in, who):
    client = sign_in(getattr(world, who))
    assert client.get("/pairings").status_code == 404
    assert client.get(f"/pairings/{pair.public_id}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("kind=expert", False),
        ("kind=achievement", True),
        ("score=0.99", False),
        ("score=0.05", True),
        ("score=abc", True),
        ("field=80", True),
        ("field=10", False),
        ("age=7", True),
        ("age=%2B30", False),
        ("text=力控", True),
        ("text=%25", False),
        ("state=rejected", False),
        ("handler=999", False),
        ("town=TOWN", True),
        ("town=999999", False),
    ],
)
def test_filters_narrow_the_desk(world, pair, sign_in, query, found):
    query = query.replace("TOWN", str(world.town.id))
    shown = text(sign_in(world.officer).get(f"/pairings?{query}"))
    assert (world.achievement.title in shown) is found


def test_a_pair_shows_both_texts_with_marks_and_a_sum(world, pair, sign_in):
    answer = sign_in(world.officer).get(f"/pairings/{pair.public_id}")
    shown = text(answer)
    marks = {mark.text for mark in parse(answer).iter("mark")}
    assert "机器人" in marks
    assert f"文字匹配度合计 {pair.text_score:.3f}" in shown
    assert pair.algorithm_version in shown
    assert "技术领域" in shown
    values = [float(meter.get("value")) for meter in parse(answer).iter("meter")]
    rest = float(re.search(r"其余词合计 (\d\.\d{3})", shown)[1])
    assert sum(values) + rest == pytest.approx(pair.text_score, abs=1e-3)
    assert min(values) >= 0.0005


def test_marks_tell_words_met_from_words_merely_alike(world, pair, sign_in):
    answer = sign_in(world.officer).get(f"/pairings/{pair.public_id}")
    marks = {(mark.text, mark.get("class")) for mark in parse(answer).iter("mark")}
    assert ("机器人", None) in marks
    assert ("打磨", "kin") in marks
    titles = {mark.get("title") for mark in parse(answer).iter("mark")}
    assert "只有部分字相同，对方写作：磨抛" in titles
    assert "打磨≈磨抛" in text(answer)
    assert "“≈”：两边不是同一个词" in text(answer)
    assert "“＝”" not in text(answer)


def test_a_pair_leads_to_the_needs_other_candidates(world, pair, sign_in):
    others = f"/needs/{world.need.public_id}/matches"
    page = sign_in(world.officer).get(f"/pairings/{pair.public_id}")
    assert others in links(page)
    assert others not in links(sign_in(world.assistant).get(f"/pairings/{pair.public_id}"))
    assert "打开配对" in text(sign_in(world.officer).get(others))


def test_faint_words_are_folded_and_still_sum_to_the_score(world, pair, sign_in):
    tree = parse(sign_in(world.officer).get(f"/pairings/{pair.public_id}"))
    folded = tree.find(".//details[@class='faint']")
    bars = [float(one.get("value")) for one in folded.iter("meter")]
    everything = [float(one.get("value")) for one in tree.iter("meter")]
    assert len(everything) - len(bars) == 12
    assert min(everything[:12]) >= max(bars)
    assert sum(everything) == pytest.approx(pair.text_score, abs=1e-4)


def test_edited_text_is_shown_without_wrong_marks(app, world, pair, sign_in, monkeypatch):
    from matchmaker import web

    with app.app_context(), web.transaction():
        db.session.get_one(Need, world.need.id).title = "改过的需求名称"
    answer = sign_in(world.officer).get(f"/pairings/{pair.public_id}")
    assert not list(parse(answer).iter("mark"))
    assert "正在重新计算" in text(answer)


def test_accepting_opens_a_lead_and_puts_the_need_in_matching(app, world, pair, sign_in):
    page = f"/pairings/{pair.public_id}"
    answer = post(sign_in(world.officer), f"{page}/accept", page=page)
    assert answer.status_code == 302
    with app.app_context():
        lead = db.session.scalars(select(Lead)).one()
        assert answer.location.endswith(f"/leads/{lead.public_id}")
        assert (lead.lead_no, lead.state) == ("DJ202600001", LeadState.RECOMMENDED)
        assert (lead.officer_id, lead.score) == (world.officer.id, pair.score)
        assert db.session.get_one(Need, world.need.id).state is NeedState.MATCHING
    assert now_state(app, pair)[0] is PairingState.ACCEPTED
    assert world.achievement.title not in text(sign_in(world.officer).get("/pairings"))


def test_two_officers_at_once_make_one_lead(app, world, pair, sign_in):
    page = f"/pairings/{pair.public_id}"
    first, second = sign_in(world.officer), sign_in(world.colleague)
    opened = second.get(page)
    assert opened.status_code == 200
    assert post(first, f"{page}/accept", page=page).status_code == 302
    answer = post(second, f"{page}/accept", page="/pairings")
    assert answer.status_code == 409
    with app.app_context():
        assert len(db.session.scalars(select(Lead)).all()) == 1


@pytest.mark.parametrize("who", ["leader", "assistant", "buyer", "seller"])
def test_only_officers_decide(app, world, pair, sign_in, who):
    page = f"/pairings/{pair.public_id}"
    for action in ("accept", "reject"):
        answer = post(sign_in(getattr(world, who)), f"{page}/{action}", page="/messages")
        assert answer.status_code == 404
    assert now_state(app, pair)[0] is PairingState.NEW


def test_rejecting_asks_why_and_can_be_undone(app, world, pair, sign_in, saved):
    client, page = sign_in(world.officer), f"/pairings/{pair.public_id}"
    assert post(client, f"{page}/reject", page=page).status_code == 422
    answer = post(client, f"{page}/reject", {"reason_code": "other"}, page=page)
    assert answer.status_code == 422
    assert "请写明原因" in text(answer)
    answer = post(client, f"{page}/reject", {"reason_code": "field"}, page=page)
    assert answer.location.endswith(page)
    assert "撤销判断" in text(client.get(page))
    assert now_state(app, pair) == (PairingState.REJECTED, RejectReason.FIELD)
    saved(world.need, world.achievement)
    assert now_state(app, pair)[0] is PairingState.REJECTED
    assert post(client, f"{page}/undo", page=page).status_code == 302
    assert now_state(app, pair) == (PairingState.NEW, None)
    assert post(client, f"{page}/undo", page=page).status_code == 409


def test_many_are_decided_at_once(app, make, world, pair, saved, sign_in):
    others = [make.achievement() for _ in range(3)]
    saved(*others)
    with app.app_context():
        ids = [p.public_id for p in db.session.scalars(select(Pairing).order_by(Pairing.id))]
    client = sign_in(world.officer)
    form = {"ids": ids[:2], "action": "reject:existing"}
    assert post(client, "/pairings/bulk", form, page="/pairings").status_code == 302
    form = {"ids": ids[1:], "action": "accept"}
    answer = post(client, "/pairings/bulk", form, page="/pairings", follow_redirects=True)
    assert "已办理 2 条配对，另有 1 条他人已办理" in text(answer)
    with app.app_context():
        states = [p.state for p in db.session.scalars(select(Pairing).order_by(Pairing.id))]
        numbers = sorted(lead.lead_no for lead in db.session.scalars(select(Lead)))
    assert states == [PairingState.REJECTED] * 2 + [PairingState.ACCEPTED] * 2
    assert numbers == ["DJ202600001", "DJ202600002"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "accept"}, 422),
        ({"ids": ["x"], "action": "nonsense"}, 404),
        ({"ids": ["x"], "action": "reject:nonsense"}, 404),
        ({"ids": ["PAIR"], "action": "reject:other"}, 422),
        ({"ids": ["PAIR"], "action": "reject"}, 422),
    ],
)
def test_a_wrong_bulk_deed_changes_nothing(app, world, pair, sign_in, form, status):
    form = form | {"ids": [pair.public_id if i == "PAIR" else i for i in form.get("ids", [])]}
    answer = post(sign_in(world.officer), "/pairings/bulk", form, page="/pairings")
    assert answer.status_code == status
    assert now_state(app, pair)[0] is PairingState.NEW


def test_the_desk_is_exported_as_shown(world, pair, sign_in):
    answer = sign_in(world.leader).get("/pairings/export?format=csv&kind=achievement")
    assert answer.status_code == 200
    assert world.achievement.title in answer.get_data().decode("utf-8-sig")


def test_what_was_decided_is_exported_as_feedback(make, world, pair, saved, sign_in):
    saved(make.achievement(title="另一种恒力磨抛系统"), make.achievement(title="第三种磨抛系统"))
    client = sign_in(world.officer)
    form = {"reason_code": "other", "note": "报价已过期"}
    url = f"/pairings/{pair.public_id}"
    assert post(client, f"{url}/reject", form, page=url).status_code == 302
    rest = [a.rsplit("/", 1)[1] for a in links(client.get("/pairings")) if "/pairings/" in a]
    fresh = next(one for one in rest if len(one) > 10 and not one.startswith("export"))
    accepted = {"ids": [fresh], "action": "accept"}
    assert post(client, "/pairings/bulk", accepted, page="/pairings").status_code == 302
    answer = client.get("/pairings/export?format=csv&state=decided")
    head, *rows = list(csv.reader(answer.get_data().decode("utf-8-sig").splitlines()))
    found = [dict(zip(head, row, strict=False)) for row in rows]
    told = {(one.get("办理情况"), one.get("原因"), one.get("补充说明")) for one in found}
    assert {("不相关", "其他", "报价已过期"), ("已采纳", "", "")} <= told
    decided = next(one for one in found if one.get("办理情况") == "不相关")
    assert decided["共同的词"]
    assert decided["匹配度"]
    assert decided["办理人"] == "赵经办"
    workbook = client.get("/pairings/export?state=decided")
    assert workbook.mimetype.endswith("spreadsheetml.sheet")
    assert "补充说明" not in client.get("/pairings/export?format=csv").get_data(as_text=True)
