"""Every file that cannot be imported is refused in Chinese, on the page, with nothing kept."""

import io

import pytest
from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.imports.models import Batch, BatchRow
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from tests.browser import post, text
from tests.integration.imports import sheets
from tests.unit.spreadsheets import builders

pytestmark = pytest.mark.database
HEADINGS = sheets.NEED_HEADINGS


@pytest.fixture
def client(make, sign_in):
    make.organisation(name="澜州阀门铸造有限公司")
    return sign_in(make.user(Role.OFFICER))


def bomb(path):
    source = builders.xlsx(path / "honest.xlsx", [HEADINGS])
    return builders.rebuilt(source, path / "x.xlsx", added=[("xl/media/big", b"0" * 120_000_000)])


def macros(path):
    source = builders.xlsx(path / "honest.xlsx", [HEADINGS])
    return builders.rebuilt(source, path / "x.xlsx", added=[("xl/vbaProject.bin", b"macro")])


def encrypted(path):
    return builders.ole(path / "x.xlsx", [("EncryptedPackage", b"\1" * 5000)])


def wide(path):
    target = path / "x.csv"
    target.write_text(",".join(str(n % 10) for n in range(100_000)), encoding="utf-8")
    return target


def picture(path):
    target = path / "x.xlsx"
    target.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    return target


def empty(path):
    return builders.xlsx(path / "x.xlsx", [])


def damaged(path):
    source = builders.xlsx(path / "honest.xlsx", [HEADINGS])
    target = path / "x.xlsx"
    target.write_bytes(source.read_bytes()[:-200])
    return target


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (bomb, "解压后异常庞大"),
        (macros, "工作簿带有宏"),
        (encrypted, "设有打开密码"),
        (wide, "列，最多 200 列"),
        (picture, "不是表格文件"),
        (empty, "文件里没有数据"),
        (damaged, "文件已损坏或不完整"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_hostile_or_broken_file_is_refused(app, client, tmp_path, build, said):
    path = build(tmp_path)
    response = sheets.upload(client, io.BytesIO(path.read_bytes()), name=path.name)
    assert response.status_code == 422
    assert said in text(response)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Batch)) == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("需求.docx", "请选择 .xlsx、.xls、.ods 或 .csv"),
        ("需求.xlsm", "带宏的工作簿不予读取"),
        ("需求", "请选择 .xlsx"),
    ],
)
def test_a_wrong_kind_of_file_is_refused(client, name, said):
    response = sheets.upload(client, io.BytesIO(b"x"), name=name)
    assert response.status_code == 422
    assert said in text(response)


def test_no_file_and_no_noun(client):
    response = post(client, "/imports", {}, page="/imports/new")
    assert response.status_code == 422
    said = text(response)
    assert "请选择要上传的表格文件。" in said
    assert "请选择要导入的内容。" in said


def test_a_file_refused_only_in_its_last_rows_writes_nothing(app, client):
    lines = [",".join(HEADINGS[:3])]
    lines += [f"澜州阀门铸造有限公司,低温焊接修复大型模具技术{n},问题" for n in range(300)]
    lines += [f"澜州阀门铸造有限公司,低温焊接,{'x' * 200_001}"]
    stream = io.BytesIO("\n".join(lines).encode())
    batch = sheets.checked(app, client, stream, name="需求.csv")
    assert "第 302 行有单元格超过 200000 个字" in text(client.get(f"/imports/{batch}"))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BatchRow)) == 0


def test_a_gbk_csv_with_full_width_digits_and_markup_is_read(app, client):
    title = "<b>大型</b>模具'; DROP TABLE need;--焊接修复技术"
    rows = [
        "企业名称,需求名称,拟解决的主要技术问题,拟投入总额（万元）,完成时限,目标TRL",
        f"澜州阀门铸造有限公司,{title},{sheets.PROBLEM.replace(',', '，')},１８０,２年,ＴＲＬ８",
    ]
    stream = io.BytesIO("\r\n".join(rows).encode("gbk"))
    batch = sheets.checked(app, client, stream, name="需求.csv")
    sheets.confirm(app, client, batch)
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert need.title == title
        assert (need.budget_total_fen, need.duration_months, need.target_trl) == (
            180_000_000,
            24,
            8,
        )


def test_a_need_of_50000_characters_and_emoji(app, client):
    lines = [
        "企业名称,需求名称,拟解决的主要技术问题",
        f"澜州阀门铸造有限公司,低温焊接修复大型模具技术,{'很长' * 25_000}",
        f"澜州阀门铸造有限公司,高盐废水零排放蒸发结晶装置🔧,{sheets.SUMMARY.replace(',', '，')}",
    ]
    stream = io.BytesIO("\n".join(lines).encode())
    batch = sheets.checked(app, client, stream, name="需求.csv")
    said = text(client.get(f"/imports/{batch}"))
    assert "共 50000 个字，超过上限。请精简到 3000 个字以内。" in said
    sheets.confirm(app, client, batch)
    with app.app_context():
        assert db.session.scalars(select(Need.title)).one().endswith("🔧")


def test_a_row_twice_in_the_file_is_named(app, client):
    row = sheets.need("澜州阀门铸造有限公司", "低温焊接修复大型模具技术")
    batch = sheets.checked(app, client, sheets.needs(row, row))
    assert "与第 2 行重复。请只保留一行。" in text(client.get(f"/imports/{batch}"))


def test_a_wrong_credit_code_carries_its_correction(app, client):
    rows = [
        ("企业名称", "统一社会信用代码", "需求名称", "技术问题"),
        ("澜州新锐机械有限公司", "91371099MA0000", "低温焊接修复大型模具技术", sheets.PROBLEM),
    ]
    batch = sheets.checked(app, client, sheets.workbook(rows))
    assert "统一社会信用代码应为 18 位，现为 14 位" in text(client.get(f"/imports/{batch}"))


def test_the_mapping_cannot_be_bent(app, client):
    row = sheets.need("澜州阀门铸造有限公司", "低温焊接修复大型模具技术")
    batch = sheets.public_id(sheets.upload(client, sheets.needs(row)))
    for bent in ({"column-0": "state"}, {"column-99": "background"}):
        response = sheets.send_mapping(client, batch, **bent)
        assert response.status_code == 422, bent
        assert "有一列的选项无效" in text(response)
