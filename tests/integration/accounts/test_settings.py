"""Settings pages: stated by the bureau, on the trail, never deleting what is in use."""

from datetime import date

import pytest
from sqlalchemy import select

from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.places import lists, operations
from tests import browser
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER))


def test_the_bureau_states_its_name_and_switches(app, officer):
    fields = browser.values(officer.get("/settings"))
    del fields["town_screening"]
    changed = {
        **fields,
        "bureau_name": "望海区科学技术局",
        "phone": "0631-5200000",
        "push_threshold": "0.2",
    }
    assert browser.post(officer, "/settings", changed).status_code == 302
    assert "0631-5200000" in officer.get("/settings").get_data(as_text=True)
    with app.app_context():
        stated = operations.settings()
        assert (stated["bureau_name"], stated["town_screening"], stated["push_threshold"]) == (
            "望海区科学技术局", False, 0.2,
        )  # fmt: skip
        rows = db.session.scalars(select(Entry).where(Entry.action == "change_setting")).all()
        assert {row.object_id for row in rows} == {
            "bureau_name", "phone", "push_threshold", "town_screening",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"push_threshold": "1.5"}, "0 至 1"),
        ({"push_threshold": "很多"}, "推送门槛"),
        ({"bureau_name": ""}, "请填写局名称"),
        ({"region_code": "37"}, "6 位数字"),
        ({"lead_idle_days": "0"}, "1 至 365"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_saved(app, officer, changes, says):
    fields = {**browser.values(officer.get("/settings")), "phone": "123", **changes}
    answer = browser.post(officer, "/settings", fields)
    assert answer.status_code == 422
    assert says in browser.text(answer)
    with app.app_context():
        assert operations.settings()["phone"] == ""


@pytest.mark.parametrize("role", [Role.LEADER, Role.ENTERPRISE_ADMIN, Role.AUDITOR, Role.SECADMIN])
def test_others_may_not_change_settings(make, sign_in, role):
    reader = sign_in(make.user(role))
    for path in ("/settings", "/settings/lists/towns", "/settings/holidays"):
        assert reader.get(path).status_code == 404


@pytest.mark.parametrize("key", ["sections", "towns", "chains"])
def test_a_list_is_added_to_renamed_retired_and_put_in_order(app, officer, key):
    path = f"/settings/lists/{key}"
    for number in (1, 2, 3):
        more = {"name": f"第{number}", "code": f"37109900{number}", "kind": "town", "parent_id": ""}
        assert browser.post(officer, path, more).status_code == 302
    again = browser.post(
        officer, path, {"name": "第1", "code": "9", "kind": "town", "parent_id": ""}
    )
    assert again.status_code == 422
    assert "同名" in browser.text(again)
    with app.app_context():
        third = lists.rows(lists.kind_of(key))[2].id
    for deed in ("up", "up", "up", "retire"):
        assert (
            browser.post(officer, f"{path}/{third}", {"deed": deed}, page=path).status_code == 302
        )
    browser.post(officer, f"{path}/{third}", {"deed": "rename", "name": "改名后"}, page=path)
    with app.app_context():
        rows = lists.rows(lists.kind_of(key))
        assert [(row.name, row.is_active) for row in rows] == [
            ("改名后", False), ("第1", True), ("第2", True),
        ]  # fmt: skip
    browser.post(officer, f"{path}/{third}", {"deed": "restore"}, page=path)
    browser.post(officer, f"{path}/{third}", {"deed": "down"}, page=path)
    with app.app_context():
        rows = lists.rows(lists.kind_of(key))
        assert [row.name for row in rows if row.is_active] == ["第1", "改名后", "第2"]
        entries = db.session.scalars(select(Entry).where(Entry.action == "edit_list")).all()
        assert len(entries) == 10
    assert browser.post(officer, f"{path}/{third}", {"deed": "drop"}, page=path).status_code == 404
    assert browser.post(officer, f"{path}/99999", {"deed": "up"}, page=path).status_code == 404
    assert (
        browser.post(
            officer, f"{path}/{third}", {"deed": "rename", "name": " "}, page=path
        ).status_code
        == 422
    )


def test_chains_have_two_levels(writing, make):
    officer, chains = make.user(Role.OFFICER), lists.kind_of("chains")
    top = lists.add(chains, {"name": "海洋装备"}, by=officer, now=NOON)
    link = lists.add(chains, {"name": "水下装备", "parent_id": top.id}, by=officer, now=NOON)
    assert str(link) == "海洋装备 · 水下装备"
    with pytest.raises(Invalid, match="不能再设环节"):
        lists.add(chains, {"name": "推进器", "parent_id": link.id}, by=officer, now=NOON)
    other = lists.add(chains, {"name": "氟新材料"}, by=officer, now=NOON)
    lists.add(chains, {"name": "水下装备", "parent_id": other.id}, by=officer, now=NOON)
    with pytest.raises(NotFound):
        lists.kind_of("nothing")


@pytest.mark.parametrize("code", ["", "12-34", "1234567890123", "代码"])
def test_a_wrong_town_code_is_named(writing, make, code):
    officer, towns = make.user(Role.OFFICER), lists.kind_of("towns")
    with pytest.raises(Invalid, match="1 至 12 位"):
        lists.add(towns, {"name": "甲镇", "code": code}, by=officer, now=NOON)


def test_holidays_are_stated_and_taken_back(app, officer):
    fields = {
        "day": "2027-02-05",
        "is_workday": "0",
        "name": "春节",
        "source_doc": "国办发明电〔2026〕9号",
    }
    assert browser.post(officer, "/settings/holidays", fields).status_code == 302
    with app.app_context():
        assert operations.holidays() == {date(2027, 2, 5): False}
    browser.post(officer, "/settings/holidays", {**fields, "is_workday": "1"})
    with app.app_context():
        assert operations.holidays() == {date(2027, 2, 5): True}
    page = "/settings/holidays"
    assert browser.post(officer, page, {**fields, "source_doc": ""}).status_code == 422
    assert browser.post(officer, page, {**fields, "day": "2027-02-31"}).status_code == 422
    drop = "/settings/holidays/2027-02-05/drop"
    assert browser.post(officer, drop, page=page).status_code == 302
    assert browser.post(officer, drop, page=page).status_code == 404
    assert browser.post(officer, "/settings/holidays/x/drop", page=page).status_code == 404
    with app.app_context():
        assert operations.holidays() == {}
