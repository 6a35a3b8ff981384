import pytest

from matchmaker.accounts.models import OrganisationKind
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.needs import operations
from matchmaker.needs.models import Need
from tests.conftest import NOON

GOOD = {
    "title": "大型阀体铸件机器人自适应打磨技术",
    "problem": "铸件毛坯尺寸离散大，固定轨迹打磨会过切或漏磨，"
    "需要解决测量定位、轨迹修正和恒力控制三个问题。",
    "key_indicators": ["打磨接触力波动≤±5 N", "单件节拍≤6 min"],
    "keywords": ["铸件打磨", "力控", "三维视觉"],
    "tech_field_code": "804",
    "coop_modes": ["commission_dev", "joint_dev"],
    "duration_months": 18,
    "budget_total_fen": 180_000_000,
    "pay_to_bidder_fen": 120_000_000,
    "ip_arrangement": "专利双方共有，需方在本行业独占实施",
    "audience": "public",
    "no_secret_declared": True,
}
# The same as a browser sends it, stage by stage.
STAGES = {
    1: {
        "title": GOOD["title"],
        "problem": GOOD["problem"],
        "keywords": "铸件打磨、力控、三维视觉",
        "tech_field_code": "804",
    },
    2: {"key_indicators": "打磨接触力波动≤±5 N\n单件节拍≤6 min"},
    3: {"duration_months": "１８", "budget_total_fen": "180", "pay_to_bidder_fen": "120万元"},
    4: {"coop_modes": ["commission_dev"], "ip_arrangement": GOOD["ip_arrangement"]},
    5: {"audience": "public", "no_secret_declared": "y"},
}


@pytest.fixture
def firm(make):
    return make.organisation(name="澜州海瀚阀门有限公司", town_id=make.town("城东街道").id)


@pytest.fixture
def owner(make, firm):
    return make.user(Role.ENTERPRISE_ADMIN, organisation=firm)


@pytest.fixture
def officer(make):
    return make.user(Role.OFFICER, name="经办甲")


@pytest.fixture
def outsider(make):
    return make.user(Role.ENTERPRISE_ADMIN)


@pytest.fixture
def researcher(make):
    return make.user(Role.RESEARCHER)


@pytest.fixture
def institute(make):
    return make.organisation(OrganisationKind.INSTITUTION, name="滨海理工大学")


@pytest.fixture
def draft(firm, owner):
    """Return a function: a complete draft of the firm, inside `writing`."""

    def made(**changes) -> Need:
        return operations.create_draft(
            db.session.merge(firm), {**GOOD, **changes}, by=db.session.merge(owner), now=NOON
        )

    return made
