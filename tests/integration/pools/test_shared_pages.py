"""Teams, services and brokers: one lifecycle, the same pages, told once for all three."""

from dataclasses import dataclass, field
from types import SimpleNamespace as S
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.accounts.models import OrganisationKind
from matchmaker.achievements.models import Team
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, PoolState, Role
from matchmaker.outbox.models import Event
from matchmaker.services.models import Broker, Service
from tests import browser

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Case:
    """One noun: its address, author, a complete form, a change, what is incomplete."""

    views: str
    stage: str
    model: type[Any]
    author: Role
    form: dict[str, Any]
    lacking: tuple[str, str]
    long: str
    hidden: str
    outsider: Role
    filters: dict[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.views


CASES = (
    Case(
        views="teams",
        stage="team",
        model=Team,
        author=Role.RESEARCHER,
        form={
            "name": "机器人磨抛团队",
            "leader_name": "梁启文",
            "leader_title": "教授",
            "directions": "机器人力控磨抛与视觉测量，曲面恒力控制",
            "tech_field_codes": ["804", "803"],
            "members-0-name": "宋怀瑾",
            "members-0-organisation": "澜州理工学院",
        },
        lacking=("leader_title", "请填写负责人职称"),
        long="directions",
        hidden="宋怀瑾",
        outsider=Role.RESEARCHER,
        filters={"field=804": True, "field=101": False, "institution=澜州": True, "q=恒力": True},
    ),
    Case(
        views="services",
        stage="service",
        model=Service,
        author=Role.ENTERPRISE_ADMIN,
        form={
            "name": "澜州泵阀检测中心",
            "kind": "testing",
            "grade_level": "city",
            "record_no": "BA-2026-017",
            "intro": "具备泵阀整机性能与材料检测资质，可出具检测报告，设备四十台套。",
            "offers-0-name": "泵阀性能试验",
            "offers-0-price": "每台 3000 元起",
            "staff-0-name": "范秉衡",
        },
        lacking=("intro", "请填写机构介绍"),
        long="intro",
        hidden="范秉衡",
        outsider=Role.ENTERPRISE_ADMIN,
        filters={"kind=testing": True, "kind=pilot": False, "level=city": True, "q=资质": True},
    ),
    Case(
        views="brokers",
        stage="broker",
        model=Broker,
        author=Role.BROKER,
        form={
            "name": "顾明远",
            "broker_type": "commissioner",
            "grade_level": "市级特派员",
            "org_name": "澜州技术转移中心",
            "intro": "十年装备制造领域成果转化经历，促成合作三十余项。",
            "cert_no": "JJR-371099-0021",
        },
        lacking=("broker_type", "请选择类型"),
        long="intro",
        hidden="JJR-371099-0021",
        outsider=Role.BROKER,
        filters={"type=commissioner": True, "type=cto": False, "q=装备": True},
    ),
)


@pytest.fixture(params=CASES, ids=str)
def case(request):
    return request.param


def only(app, case):
    with app.app_context():
        return db.session.scalars(select(case.model)).one()


def path(case, row, rest=""):
    return f"/{case.views}/{row.public_id}{rest}"


@pytest.fixture
def posted(app, make, sign_in, case):
    """The author's client and the submitted row."""
    client = sign_in(make.user(case.author))
    browser.post(client, f"/{case.views}/new", {**case.form, "go": "submit"})
    return client, only(app, case)


@pytest.fixture
def desk(make, sign_in):
    return sign_in(make.user(Role.OFFICER))


def decide(desk, case, row, **data):
    return browser.post(desk, path(case, row, "/move"), data, page=path(case, row, "/decide"))


def test_one_page_and_it_is_with_the_bureau(app, case, posted, desk):
    client, row = posted
    assert row.state is PoolState.SUBMITTED
    assert app.test_client().get(path(case, row)).status_code == 404
    assert decide(desk, case, row, action="publish").status_code == 302
    assert only(app, case).state is PoolState.PUBLISHED
    with app.app_context():
        kinds = [e.kind for e in db.session.scalars(select(Event))]
        assert kinds == [f"{case.model.lifecycle.noun}.saved"]
    seen = browser.text(app.test_client().get(path(case, row)))
    assert case.form["name"] in seen
    assert case.hidden not in seen
    assert case.hidden in browser.text(client.get(path(case, row)))
    assert case.hidden in browser.text(desk.get(path(case, row)))


def test_what_is_missing_stays_a_draft(app, make, sign_in, case):
    client = sign_in(make.user(case.author))
    name, message = case.lacking
    data = {**case.form, name: "", "go": "submit"}
    answer = browser.post(client, f"/{case.views}/new", data)
    assert answer.status_code == 422
    assert message in browser.text(answer)
    row = only(app, case)
    assert row.state is PoolState.DRAFT
    save = path(case, row, f"/edit/{case.stage}")
    again = {**browser.hidden(answer, save), **case.form, "go": "submit"}
    assert client.post(save, data=again).status_code == 302
    assert only(app, case).state is PoolState.SUBMITTED


def test_returned_with_a_remark_and_handed_in_again(app, case, posted, desk):
    client, row = posted
    remark = {f"remark-{case.long}": "请写得更具体"}
    assert decide(desk, case, row, action="return").status_code == 422
    decide(desk, case, row, action="return", reason="内容过于笼统", **remark)
    assert "请写得更具体" in browser.text(client.get(path(case, row)))
    better = {**case.form, case.long: case.form[case.long] + "近三年共服务企业二十家。"}
    browser.post(client, path(case, row, f"/edit/{case.stage}"), {**better, "go": "submit"})
    inserted = browser.parse(desk.get(path(case, row, "/decide"))).iter("ins")
    assert "近三年共服务企业二十家。" in ["".join(e.itertext()) for e in inserted]
    assert "请写得更具体" not in browser.text(client.get(path(case, row)))


def test_strangers_find_no_draft_and_move_nothing(app, make, sign_in, case, desk):
    row = getattr(make, case.model.lifecycle.noun)(state=PoolState.DRAFT)
    stranger = sign_in(make.user(case.outsider))
    for client in (app.test_client(), stranger):
        assert client.get(path(case, row)).status_code == 404
    assert stranger.get(path(case, row, f"/edit/{case.stage}")).status_code == 404
    done = getattr(make, case.model.lifecycle.noun)()
    data = {"action": "withdraw", "reason": "不是我的"}
    answer = browser.post(stranger, path(case, done, "/move"), data, page=f"/{case.views}/")
    assert answer.status_code == 403
    with app.app_context():
        assert db.session.get_one(case.model, done.id).state is PoolState.PUBLISHED


def test_who_has_no_part_in_a_pool_opens_no_form(app, make, sign_in, case):
    assert app.test_client().get(f"/{case.views}/new").status_code == 302
    for role in (Role.EXPERT, Role.AUDITOR, Role.SYSADMIN, Role.LEADER):
        client = sign_in(make.user(role))
        assert client.get(f"/{case.views}/new").status_code == 404
        assert client.get(f"/{case.views}/").status_code == 200


def test_an_unverified_organisation_does_not_submit(app, make, sign_in, case):
    kind = OrganisationKind.INSTITUTION
    firm = make.organisation(kind, state=OrganisationState.PENDING)
    user = make.user(case.author, organisation=S(id=firm.id))
    client = sign_in(user)
    answer = browser.post(client, f"/{case.views}/new", {**case.form, "go": "submit"})
    assert answer.status_code == 403
    assert "尚未通过认证" in browser.text(answer)


def test_an_officer_acts_for_an_organisation(app, make, desk, case):
    school = make.organisation(OrganisationKind.INSTITUTION, name="澜州理工学院")
    data = {**case.form, "owner": "澜州理工学院", "go": "submit"}
    assert browser.post(desk, f"/{case.views}/new", data).status_code == 302
    row = only(app, case)
    assert row.state is PoolState.SUBMITTED
    owner_id = row.institution_id if hasattr(row, "institution_id") else row.organisation_id
    assert owner_id == school.id
    assert "代填" in browser.text(desk.get(f"/{case.views}/new"))


def test_hostile_and_endless_text(app, make, sign_in, case):
    client = sign_in(make.user(case.author))
    endless = {**case.form, case.long: "字" * 50_000}
    answer = browser.post(client, f"/{case.views}/new", endless)
    assert answer.status_code == 422
    assert "现为 50000 字" in browser.text(answer)
    nasty = {**case.form, case.long: "<img src=x onerror=alert(1)>' OR ''='{{ 7*7 }}测试测试"}
    browser.post(client, f"/{case.views}/new", nasty)
    page = client.get(path(case, only(app, case)))
    assert "<img" not in page.get_data(as_text=True)
    assert "{{ 7*7 }}" in browser.text(page)


def test_a_mark_of_secrecy_is_refused_with_advice(app, make, sign_in, case):
    client = sign_in(make.user(case.author))
    marked = {**case.form, case.long: "本项目密级：机密，请勿外传，内容从略从略从略"}
    answer = browser.post(client, f"/{case.views}/new", marked)
    assert answer.status_code == 422
    assert "线下渠道" in browser.text(answer)
    with app.app_context():
        assert db.session.query(case.model).count() == 0


def test_the_list_is_narrowed(app, case, posted, desk):
    _client, row = posted
    decide(desk, case, row, action="publish")
    for query, found in case.filters.items():
        page = app.test_client().get(f"/{case.views}/?{query}")
        hits = [link for link in browser.links(page) if link == path(case, row)]
        assert bool(hits) is found, query


def test_a_broker_registers_once(app, make, sign_in):
    case = CASES[2]
    client = sign_in(make.user(Role.BROKER))
    browser.post(client, "/brokers/new", case.form)
    answer = browser.post(client, "/brokers/new", case.form)
    assert "已登记过经纪人信息" in browser.text(answer)
    assert only(app, case).user_id is not None


def test_towns_are_for_verified_users(app, make, sign_in):
    make.town("海澜街道")
    row = make.broker(serve_towns=["海澜街道"])
    firm = sign_in(make.user(Role.ENTERPRISE_USER))
    visitor = app.test_client()
    assert "海澜街道" in browser.text(firm.get(f"/brokers/{row.public_id}"))
    assert "海澜街道" not in browser.text(visitor.get(f"/brokers/{row.public_id}"))
    for town, found in (("海澜街道", True), ("别处", False)):
        listed = browser.text(firm.get(f"/brokers/?town={town}"))
        assert (row.name in listed) is found
        assert row.name in browser.text(visitor.get(f"/brokers/?town={town}"))


def test_a_wrong_credit_code_is_named(app, make, sign_in):
    client = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    data = {**CASES[1].form, "uscc": "91371099XXXX00018Y", "go": "submit"}
    assert "校验位不符" in browser.text(browser.post(client, "/services/new", data))
