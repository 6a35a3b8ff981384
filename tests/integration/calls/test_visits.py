"""走访 and 问诊: written down, corrected, turned into a need in one step."""

from datetime import date

import pytest
from sqlalchemy import select

from matchmaker.audit.models import Entry
from matchmaker.calls import visits
from matchmaker.calls.models import Visit, VisitKind
from matchmaker.codes import NeedSource
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState
from matchmaker.needs.models import Need
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database
TYPED = {
    "enterprise": "滨海阀门铸造有限公司",
    "kind": "visit",
    "held_on": "2026-11-18",
    "people": "钱经办、周科长",
    "findings": "阀体打磨靠人工，粉尘大、用工难。\n希望引入力控打磨机器人。",
    "tags": "智能制造、打磨",
}
VALUES = {
    "held_on": date(2026, 11, 18),
    "people": "钱经办",
    "findings": "阀体打磨靠人工，粉尘大。",
    "tags": ["打磨"],
}


def only(app):
    with app.app_context():
        return db.session.scalars(select(Visit)).one()


@pytest.mark.parametrize(
    ("kind", "source", "label"),
    [
        ("visit", NeedSource.VISIT, "企业走访"),
        ("diagnosis", NeedSource.DIAGNOSIS, "技术问诊"),
    ],
)
def test_a_finding_becomes_a_need_in_one_step(app, sign_in, people, kind, source, label):
    officer = sign_in(people.officer)
    answer = browser.post(officer, "/visits/new", {**TYPED, "kind": kind})
    assert answer.status_code == 302
    visit = only(app)
    assert (visit.visit_no, visit.tags) == ("ZF202600001", ["智能制造", "打磨"])
    url = f"/visits/{visit.public_id}"
    made = browser.post(officer, f"{url}/need", page=url)
    assert made.location.endswith("/edit/1")
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert (need.state, need.source) == (NeedState.DRAFT, source)
        assert need.title == "阀体打磨靠人工，粉尘大、用工难。"
        assert need.problem == TYPED["findings"]
        assert need.source_note == f"{label}记录 ZF202600001（2026-11-18，钱经办、周科长）"
    assert need.title in browser.text(officer.get(url))
    page = officer.get(f"/needs/{need.public_id}")
    assert url in browser.links(page)
    own = sign_in(people.owner).get(f"/needs/{need.public_id}")
    assert own.status_code == 200
    assert url not in browser.links(own)  # the record itself is the bureau's


def test_a_wrong_field_is_named_and_nothing_typed_is_lost(app, sign_in, people):
    officer = sign_in(people.officer)
    wrong = {**TYPED, "enterprise": "没有这家公司", "held_on": "2026-11-21", "people": ""}
    page = browser.post(officer, "/visits/new", wrong)
    assert page.status_code == 422
    assert "没有企业“没有这家公司”" in browser.text(page)
    assert browser.values(page)["findings"].startswith("阀体打磨")
    page = browser.post(officer, "/visits/new", {**wrong, "enterprise": TYPED["enterprise"]})
    assert "日期不能晚于今天" in browser.text(page)
    assert "请填写参加人员" in browser.text(page)
    with app.app_context():
        assert db.session.scalars(select(Visit)).all() == []


@pytest.mark.parametrize(
    "changes",
    [{"findings": "内部资料★，密级：机密"}, {"tags": [f"标签{n}" for n in range(11)]},
     {"findings": " "}, {"held_on": None}],
)  # fmt: skip
def test_what_may_not_be_written_down(writing, people, user, changes):
    with pytest.raises(Invalid) as refusal:
        values, by = {**VALUES, **changes}, user(people.officer)
        visits.write_down(people.firm.name, VisitKind.VISIT, values, by=by, now=NOON)
    assert set(refusal.value.fields) == set(changes)


def test_a_town_assistant_writes_of_the_own_town_only(app, sign_in, people, writing, user):
    by = user(people.assistant)
    visit = visits.write_down(people.firm.name, VisitKind.VISIT, VALUES, by=by, now=NOON)
    assert visit.created_by_id == people.assistant.id
    with pytest.raises(Invalid, match="不在本镇街"):
        visits.write_down(people.far.name, VisitKind.VISIT, VALUES, by=by, now=NOON)
    with pytest.raises(NotAllowed):
        visits.write_down(
            people.firm.name, VisitKind.VISIT, VALUES, by=user(people.owner), now=NOON
        )


def test_who_reads_corrects_and_turns_into_a_need(app, sign_in, people):
    browser.post(sign_in(people.officer), "/visits/new", TYPED)
    url = f"/visits/{only(app).public_id}"
    for who, read, edit in (
        (people.officer, 200, 200), (people.second, 200, 404), (people.leader, 200, 404),
        (people.assistant, 200, 200), (people.western, 404, 404), (people.owner, 404, 404),
        (people.researcher, 404, 404),
    ):  # fmt: skip
        client = sign_in(who)
        assert client.get(url).status_code == read, who.name
        assert client.get(f"{url}/edit").status_code == edit, who.name
    assert browser.post(sign_in(people.assistant), f"{url}/need", page=url).status_code == 404
    changed = {"findings": "已更正的问题", "held_on": "2026-11-17", "people": "钱经办"}
    assert browser.post(sign_in(people.officer), f"{url}/edit", changed).status_code == 302
    assert only(app).findings == "已更正的问题"
    with app.app_context():
        entry = db.session.scalars(
            select(Entry).where(Entry.noun == "visit", Entry.action == "update")
        ).one()
        assert entry.details["before"]["findings"] == TYPED["findings"]


def test_the_list_is_scoped_searched_and_exported(app, sign_in, people):
    browser.post(sign_in(people.officer), "/visits/new", TYPED)
    far = {**TYPED, "enterprise": "海西膜材料有限公司", "findings": "膜通量衰减快"}
    browser.post(sign_in(people.officer), "/visits/new", far)
    officer = sign_in(people.officer)
    assert "共 2 条" in browser.text(officer.get("/visits"))
    assert "共 1 条" in browser.text(officer.get("/visits?q=膜通量"))
    assert "共 2 条" in browser.text(officer.get("/visits?made=no"))
    assert "海西膜" not in browser.text(sign_in(people.assistant).get("/visits"))
    assert sign_in(people.assistant).get("/visits/export").status_code == 200
    assert sign_in(people.owner).get("/visits").status_code == 404
