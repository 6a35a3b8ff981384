"""From a workbook to rows, through the pages."""

import pytest
from sqlalchemy import func, select

from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.achievements.models import Achievement
from matchmaker.audit import chain, trail
from matchmaker.extensions import db
from matchmaker.imports.models import Batch, BatchRow
from matchmaker.lifecycles import BatchState, NeedState, OrganisationState, PoolState, Role
from matchmaker.needs.models import Need
from tests.browser import parse, post, text, values
from tests.integration.imports import sheets

pytestmark = pytest.mark.database


@pytest.fixture
def officer(make):
    return make.user(Role.OFFICER)


@pytest.fixture
def firm(make):
    return make.organisation(name="澜州阀门铸造有限公司")


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def verdicts(app, batch):
    with app.app_context():
        query = select(BatchRow.number, BatchRow.verdict).join(Batch, Batch.id == BatchRow.batch_id)
        return dict(
            db.session.execute(query.where(Batch.public_id == batch).order_by(BatchRow.number))
            .tuples()
            .all()
        )


def test_an_officer_imports_needs(app, make, sign_in, officer, firm):
    client = sign_in(officer)
    rows = [
        ("2026年企业技术需求汇总表", None, None, None, None, None),
        sheets.NEED_HEADINGS,
        sheets.need(
            "澜州阀门铸造有限公司",
            "大型阀体铸件机器人自适应打磨技术",
            words="打磨、力控、机器人",
        ),
        sheets.need("澜州阀门铸造有限公司", "高盐废水零排放蒸发结晶装置", budget="２６０万元"),
    ]
    batch = sheets.checked(app, client, sheets.workbook(rows, merge=["A1:F1"]))
    page = client.get(f"/imports/{batch}")
    assert "将导入 2 行" in text(page)
    assert "全部 2" in text(page)
    sheets.confirm(app, client, batch)
    assert "已导入 2 行" in text(client.get(f"/imports/{batch}"))
    with app.app_context():
        found = db.session.scalars(select(Need).order_by(Need.id)).all()
        assert [one.title for one in found] == [
            "大型阀体铸件机器人自适应打磨技术",
            "高盐废水零排放蒸发结晶装置",
        ]
        first = found[0]
        assert first.enterprise_id == firm.id
        assert first.state is NeedState.DRAFT
        assert first.budget_total_fen == 180_000_000
        assert found[1].budget_total_fen == 260_000_000
        assert first.keywords == ["打磨", "力控", "机器人"]
        assert first.coop_modes == ["commission_dev"]
        assert first.version == 1
        assert first.handler_id == officer.id
        assert [entry.action for entry in trail.history("need", first.public_id)] == ["import"]
        assert chain.verify()[1] == ""


def test_the_same_file_again_changes_nothing(app, sign_in, officer, firm):
    client = sign_in(officer)
    row = sheets.need(firm.name, "大型阀体铸件机器人自适应打磨技术")
    first = sheets.checked(app, client, sheets.needs(row))
    sheets.confirm(app, client, first)
    again = sheets.checked(app, client, sheets.needs(row))
    assert set(verdicts(app, again).values()) == {"same"}
    response = sheets.confirm(app, client, again)
    assert response.status_code == 422
    assert "没有可导入的行" in text(response)
    assert count(app, Need) == 1


def test_every_wrong_cell_is_named_with_line_column_cause_and_cure(app, sign_in, officer, firm):
    client = sign_in(officer)
    batch = sheets.checked(
        app,
        client,
        sheets.needs(
            sheets.need(firm.name, "高盐废水零排放蒸发结晶装置", budget="面谈", modes="众筹"),
            sheets.need(firm.name, "", problem=""),
            sheets.need(firm.name, "低温焊接修复大型模具技术", problem="本项资料密级：机密★5年。"),
        ),
    )
    said = text(client.get(f"/imports/{batch}?status=wrong"))
    assert "第 E 列“拟投入总额”：“面谈”" in said
    assert "第 F 列“合作方式”：“众筹”不在代码表中" in said
    assert "第 B 列“需求名称”：必填项未填写。请填写“需求名称”。" in said
    assert "第 C 列“拟解决的主要技术问题”" in said
    assert set(verdicts(app, batch).values()) == {"wrong"}
    assert count(app, Need) == 0


def test_the_wrong_rows_come_back_as_a_workbook(app, sign_in, officer, firm):
    client = sign_in(officer)
    batch = sheets.checked(
        app,
        client,
        sheets.needs(
            sheets.need(firm.name, "高盐废水零排放蒸发结晶装置", budget="面谈"),
            sheets.need(firm.name, "低温焊接修复大型模具技术"),
        ),
    )
    import io

    import openpyxl

    response = client.get(f"/imports/{batch}/wrong-rows")
    page = openpyxl.load_workbook(io.BytesIO(response.data)).active
    rows = list(page.values)
    assert rows[0] == (*sheets.NEED_HEADINGS, "原行号", "错误原因")
    assert len(rows) == 2
    assert rows[1][1] == "高盐废水零排放蒸发结晶装置"
    assert rows[1][6] == 2
    assert "拟投入总额" in rows[1][7]


def test_a_changed_row_shows_old_and_new_and_undo_restores(app, sign_in, officer, firm):
    client = sign_in(officer)
    title = "大型阀体铸件机器人自适应打磨技术"
    sheets.confirm(
        app, client, sheets.checked(app, client, sheets.needs(sheets.need(firm.name, title)))
    )
    changed = sheets.checked(app, client, sheets.needs(sheets.need(firm.name, title, budget=200)))
    said = text(client.get(f"/imports/{changed}?status=changed"))
    assert "拟投入总额：180 万元 → 200 万元" in said
    sheets.confirm(app, client, changed)
    with app.app_context():
        assert db.session.scalar(select(Need.budget_total_fen)) == 200_000_000
    post(client, f"/imports/{changed}/undo", page=f"/imports/{changed}")
    with app.app_context():
        need = db.session.scalar(select(Need))
        assert need.budget_total_fen == 180_000_000
        actions = [entry.action for entry in trail.history("need", need.public_id)]
        assert actions == ["import", "import_change", "import_undo"]


def test_undo_removes_what_was_created_with_its_organisations(app, sign_in, officer):
    client = sign_in(officer)
    batch = sheets.checked(
        app, client, sheets.needs(sheets.need("澜州新锐机械有限公司", "低温焊接修复大型模具技术"))
    )
    sheets.confirm(app, client, batch)
    with app.app_context():
        firm = db.session.scalar(select(Organisation))
        assert firm.state is OrganisationState.UNCLAIMED
        assert firm.kind is OrganisationKind.ENTERPRISE
    post(client, f"/imports/{batch}/undo", page=f"/imports/{batch}")
    assert count(app, Need) == 0
    assert count(app, Organisation) == 0
    assert "撤销" in text(client.get(f"/imports/{batch}"))


def test_undo_says_what_builds_on_it(app, sign_in, officer, firm):
    client = sign_in(officer)
    batch = sheets.checked(
        app, client, sheets.needs(sheets.need(firm.name, "低温焊接修复大型模具技术"))
    )
    sheets.confirm(app, client, batch)
    with app.app_context():
        db.session.info["writing"] = True
        db.session.scalar(select(Need)).background = "改过的背景"
        db.session.commit()
        db.session.info.pop("writing")
    response = post(client, f"/imports/{batch}/undo", page=f"/imports/{batch}")
    assert response.status_code == 409
    assert "第 2 行“低温焊接修复大型模具技术”：导入后又修改过" in text(response)
    assert count(app, Need) == 1


def test_a_name_close_to_a_known_one_waits_for_a_human(app, sign_in, officer, firm):
    client = sign_in(officer)
    batch = sheets.checked(
        app, client, sheets.needs(sheets.need("澜州阀门铸造公司", "低温焊接修复大型模具技术"))
    )
    page = client.get(f"/imports/{batch}")
    assert "就是“澜州阀门铸造有限公司”" in text(page)
    refused = sheets.confirm(app, client, batch)
    assert refused.status_code == 422
    assert "还有 1 个单位名称" in text(refused)
    field = next(key for key in values_of_selects(page) if key.startswith("name-"))
    post(client, f"/imports/{batch}/decide", {field: str(firm.id)}, page=f"/imports/{batch}")
    sheets.drain(app)
    sheets.confirm(app, client, batch)
    with app.app_context():
        assert db.session.scalar(select(Need.enterprise_id)) == firm.id
    assert count(app, Organisation) == 1


def values_of_selects(page):
    return [one.get("name", "") for one in parse(page).iter("select")]


def test_a_title_close_to_a_known_one_waits_for_a_human(app, make, sign_in, officer, firm):
    make.need(title="大型阀体铸件机器人自适应打磨技术", organisation=make.organisation())
    client = sign_in(officer)
    batch = sheets.checked(
        app, client, sheets.needs(sheets.need(firm.name, "阀体铸件机器人自适应打磨技术研究"))
    )
    assert "疑似重复：平台已有" in text(client.get(f"/imports/{batch}?status=similar"))
    assert sheets.confirm(app, client, batch).status_code == 422
    post(client, f"/imports/{batch}/decide", {"all": "skip"}, page=f"/imports/{batch}")
    sheets.confirm(app, client, batch)
    assert count(app, Need) == 1


def test_confirming_twice_imports_once(app, sign_in, officer, firm):
    client, other = sign_in(officer), sign_in(officer)
    batch = sheets.checked(
        app, client, sheets.needs(sheets.need(firm.name, "低温焊接修复大型模具技术"))
    )
    page = f"/imports/{batch}"
    first = post(client, f"{page}/confirm", {"clean": "y"}, page=page)
    second = post(other, f"{page}/confirm", {"clean": "y"}, page=page)
    assert first.status_code == 302
    assert second.status_code == 409
    sheets.drain(app)
    assert count(app, Need) == 1


def test_two_officers_with_the_same_file_import_it_once(app, make, sign_in, officer, firm):
    clients = [sign_in(officer), sign_in(make.user(Role.OFFICER))]
    row = sheets.need(firm.name, "低温焊接修复大型模具技术")
    batches = [sheets.checked(app, one, sheets.needs(row)) for one in clients]
    for one, batch in zip(clients, batches, strict=True):
        page = f"/imports/{batch}"
        assert post(one, f"{page}/confirm", {"clean": "y"}, page=page).status_code == 302
    sheets.drain(app)
    assert count(app, Need) == 1
    assert set(verdicts(app, batches[1]).values()) == {"same"}
    assert "已自动重新核对" in text(clients[1].get(f"/imports/{batches[1]}"))


def test_a_researcher_imports_only_the_own_institutions_achievements(app, make, sign_in):
    institute = make.organisation(OrganisationKind.INSTITUTION, name="澜州理工大学")
    client = sign_in(make.user(Role.RESEARCHER, organisation=institute))
    rows = [
        sheets.ACHIEVEMENT_HEADINGS,
        (
            None,
            "恒力末端执行器与机器人磨抛系统",
            sheets.SUMMARY,
            "TRL8",
            "发明专利 ZL2020101234567",
        ),
        ("别家大学", "高性能膜材料制备技术", sheets.SUMMARY, 7, "软件著作权"),
    ]
    batch = sheets.checked(app, client, sheets.workbook(rows), noun="achievement")
    assert "“别家大学”不是本单位" in text(client.get(f"/imports/{batch}"))
    sheets.confirm(app, client, batch)
    with app.app_context():
        row = db.session.scalars(select(Achievement)).one()
        assert row.institution_id == institute.id
        assert row.state is PoolState.DRAFT
        assert row.trl == 8
        assert row.ip_items == [
            {"type": "invention", "no": "ZL2020101234567", "status": "", "valid_to": ""}
        ]


def test_anothers_batch_does_not_exist(app, make, sign_in, officer, firm):
    institute = make.organisation(OrganisationKind.INSTITUTION)
    researcher = sign_in(make.user(Role.RESEARCHER, organisation=institute))
    batch = sheets.checked(
        app, sign_in(officer), sheets.needs(sheets.need(firm.name, "低温焊接修复大型模具技术"))
    )
    for path in ("", "/mapping", "/progress", "/wrong-rows"):
        assert researcher.get(f"/imports/{batch}{path}").status_code == 404, path
    other = sign_in(make.user(Role.OFFICER))
    assert other.get(f"/imports/{batch}").status_code == 200
    for action in ("confirm", "discard", "undo", "decide", "mapping", "sheet"):
        for client in (researcher, other):
            response = post(client, f"/imports/{batch}/{action}", page="/imports")
            assert response.status_code == 404, action
    with app.app_context():
        assert db.session.scalar(select(Batch.state)) is BatchState.CHECKED


def test_who_may_import_at_all(make, sign_in, client):
    assert client.get("/imports").status_code == 302
    assert sign_in(make.user(Role.ENTERPRISE_ADMIN)).get("/imports").status_code == 404
    assert sign_in(make.user(Role.LEADER)).get("/imports/new").status_code == 404


def test_columns_are_mapped_by_hand_and_remembered(app, sign_in, officer, firm):
    client = sign_in(officer)
    rows = [
        ("甲方", "题目要点", "攻关难点"),
        (firm.name, "低温焊接修复大型模具技术", sheets.PROBLEM),
    ]
    batch = sheets.public_id(sheets.upload(client, sheets.workbook(rows)))
    refused = post(client, f"/imports/{batch}/mapping", {})
    assert refused.status_code == 422
    assert "还缺少必填栏目：需求名称、企业名称、拟解决的主要技术问题" in text(refused)
    by_hand = {"column-0": "owner", "column-1": "title", "column-2": "problem"}
    assert post(client, f"/imports/{batch}/mapping", by_hand).status_code == 302
    sheets.drain(app)
    assert set(verdicts(app, batch).values()) == {"new"}
    again = sheets.public_id(sheets.upload(client, sheets.workbook(rows)))
    proposed = values(client.get(f"/imports/{again}/mapping"))
    assert {key: proposed[key] for key in by_hand} == by_hand
    twice = post(client, f"/imports/{again}/mapping", {**by_hand, "column-1": "owner"})
    assert twice.status_code == 422
    assert "“企业名称”选给了多列" in text(twice)
