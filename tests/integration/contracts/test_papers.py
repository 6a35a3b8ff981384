"""The contract's Word documents: numbers and dates right, no blank left open."""

import io
import zipfile
from datetime import date

import pytest

from matchmaker import documents
from matchmaker.contracts import accepting, clauses, negotiating, papers, registering
from tests.conftest import NOON
from tests.integration.contracts.conftest import drafted, fields, signed
from tests.integration.contracts.test_closing import SHEET, applied, convened, submitted

pytestmark = pytest.mark.database


def words(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def complete(contract):
    """Fill in whom to call, which the districts' own data has."""
    for unit, name in ((contract.buyer, "王工"), (contract.seller, "李处长")):
        unit.contact_name, unit.contact_phone = name, "13900000001"


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [
        ("development", "commissioned"), ("transfer", "patent"), ("license", "know_how"),
        ("consulting", ""), ("service", "general"),
    ],
)  # fmt: skip
def test_each_of_the_five_kinds_is_written_without_a_blank(writing, world, kind, subtype):
    contract = drafted(world)
    complete(contract)
    values = fields(contract, kind=kind, subtype=subtype, clauses={})
    negotiating.save(contract, values, version=None, by=world.firm_admin, now=NOON)
    assert set(contract.clauses) == {one.key for one in clauses.of(kind, "installments")}
    name, context = papers.context(contract, "contract")
    text = words(documents.render(name, context))
    assert name == f"contract_{kind}"
    for expected in ("HT20260001", "壹拾万元零伍分", "33,330.02", "33,340.01", "滨海阀门铸造"):
        assert expected in text, expected


def test_the_pledge_names_steps_and_who_answers(writing, world):
    contract = drafted(world)
    text = words(documents.render(*papers.context(contract, "pledge")))
    assert "李教授" in text
    assert "样机试制" in text
    assert documents.as_date(date.fromisoformat(contract.plan[0]["due_on"])) in text


def test_the_sheet_is_written_once_it_is_whole(writing, world):
    contract = signed(world)
    complete(contract)
    row = registering.required(contract)
    with pytest.raises(documents.MissingField, match="技术交易额"):
        documents.render(*papers.context(contract, "registration"))
    submitted(world, contract)
    text = words(documents.render(*papers.context(contract, "registration")))
    for expected in ("90,000.00", "10,000.05", "2026年11月20日", "事业单位"):
        assert expected in text, expected
    assert row.sheet["agency"] == SHEET["agency"]


def test_the_acceptance_is_written_when_it_is_concluded(writing, world):
    contract = signed(world)
    complete(contract)
    row = applied(world, contract)
    convened(world, contract, row, place="企业车间", method="现场验收")
    with pytest.raises(documents.MissingField, match="验收结论"):
        documents.render(*papers.context(contract, "acceptance"))
    row.funds = "经费按预算使用。"
    accepting.conclude(contract, row, "pass", note="同意", by=world.chief, now=NOON)
    text = words(documents.render(*papers.context(contract, "acceptance")))
    for expected in ("验收通过", "专家0", "组长", "≤±5 N", "第三方检测"):
        assert expected in text, expected


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("接触力：≤±5 N（第三方检测）", ("接触力", "≤±5 N", "第三方检测")),
        ("节拍≤6 min", ("节拍≤6 min", "节拍≤6 min", papers.BY_CLAUSE)),
    ],
)
def test_an_indicator_is_read_back_from_its_line(line, parts):
    assert tuple(papers.indicator(line).values()) == parts
