"""Every noun's template opens, maps to itself and imports."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.imports.parties import KINDS
from matchmaker.lifecycles import Role
from tests.integration.imports import sheets

pytestmark = pytest.mark.database
FILLED = {
    "need": {
        "企业名称": "澜州阀门铸造有限公司",
        "需求名称": "低温焊接修复大型模具技术",
        "拟解决的主要技术问题": sheets.PROBLEM,
        "技术领域": "804",
        "公开范围": "仅认证用户可见",
        "对外匿名": "是",
    },
    "achievement": {
        "完成单位": "澜州理工大学",
        "成果名称": "恒力末端执行器与机器人磨抛系统",
        "成果简介": sheets.SUMMARY,
        "技术指标": "配准误差≤0.2 mm",
        "意向价格": 120,
    },
    "team": {
        "团队名称": "机器人磨抛团队",
        "完成单位": "澜州理工大学",
        "研究方向": "机器人力控磨抛与视觉测量",
        "技术领域": "804",
    },
    "expert": {
        "姓名": "周明远",
        "工作单位": "澜州理工大学",
        "技术领域": "804",
        "关键词": "磨抛、力控",
        "联系电话": "13800000000",
    },
    "service": {
        "机构名称": "澜州检验检测中心",
        "服务类别": "检测认证",
        "机构简介": "开展金属材料与机械产品检测",
        "服务项目": "金相检测、力学性能试验",
    },
    "broker": {"姓名": "李文", "工作单位": "澜州技术转移中心", "人员类型": "科技特派员"},
    "organisation": {
        "单位名称": "澜州新锐机械有限公司",
        "单位类别": "企业",
        "联系电话": "0631-5200000",
    },
}
WRITTEN = {
    "need": {"is_anonymous": True, "tech_field_code": "804"},
    "achievement": {"asking_price_fen": 120_000_000, "is_negotiable": False},
    "team": {"tech_field_codes": ["804"]},
    "expert": {"org_name": "澜州理工大学", "keywords": ["磨抛", "力控"]},
    "service": {"kind": "testing"},
    "broker": {"broker_type": "commissioner", "org_name": "澜州技术转移中心"},
    "organisation": {"kind": "enterprise", "contact_phone": "0631-5200000"},
}


def filled(content: bytes, noun: str) -> io.BytesIO:
    """Fill the first row below the example of a downloaded template."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    headings = {str(cell.value).split("（")[0].rstrip("*"): cell.column for cell in page[3]}
    for heading, value in FILLED[noun].items():
        page.cell(row=5, column=headings[heading], value=value)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


@pytest.mark.parametrize("noun", KINDS)
def test_a_filled_template_imports_and_undoes(app, make, sign_in, noun):
    client = sign_in(make.user(Role.OFFICER))
    template = client.get(f"/imports/template/{noun}")
    assert template.status_code == 200
    stream = filled(template.data, noun)
    batch = sheets.checked(app, client, stream, noun=noun, name="模板.xlsx")
    page = client.get(f"/imports/{batch}").get_data(as_text=True)
    assert "将导入 1 行" in page, page
    sheets.confirm(app, client, batch)
    kind = KINDS[noun]
    with app.app_context():
        query = select(kind.model).where(kind.model.batch_id.is_not(None))
        if noun == "organisation":
            query = select(kind.model).where(kind.model.name == "澜州新锐机械有限公司")
        row = db.session.scalars(query).one()
        assert row.state is kind.initial
        assert {name: getattr(row, name) for name in WRITTEN[noun]} == WRITTEN[noun]
    again = sheets.checked(app, client, filled(template.data, noun), noun=noun, name="模板.xlsx")
    assert "0 行有错误" in (said := client.get(f"/imports/{again}").get_data(as_text=True)), said
    assert "1 行与平台相同" in said
    from tests.browser import post

    post(client, f"/imports/{batch}/undo", page=f"/imports/{batch}")
    with app.app_context():
        assert db.session.scalars(query).all() == []


def test_a_template_for_what_is_not_imported_is_not_found(make, sign_in):
    assert sign_in(make.user(Role.OFFICER)).get("/imports/template/user").status_code == 404
