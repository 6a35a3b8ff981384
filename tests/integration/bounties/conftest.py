"""A bounty on its way: needs, the five people who handle it, a complete draft."""

from types import SimpleNamespace

import pytest
import time_machine

from matchmaker.bounties import approval, drafting, rubrics
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from tests.conftest import NOON

TASK = (
    "研制面向离散毛坯的恒力打磨末端执行器与在线测量系统，替代人工砂轮清理，"
    "并在发榜企业产线上连续运行三个月。"
)
INDICATORS = [
    {"name": "打磨接触力波动", "requirement": "≤±5 N", "test_method": "第三方检测", "is_key": True},
    {"name": "单件节拍", "requirement": "≤6 min", "test_method": "现场连续 50 件实测"},
]


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(make):
    """The bureau's four and the owner's administrator."""
    firm = make.organisation()
    found = SimpleNamespace(
        firm=firm,
        admin=make.user(Role.ENTERPRISE_ADMIN, organisation=firm),
        officer=make.user(Role.OFFICER),
        chief=make.user(Role.SECTION_CHIEF),
        leader=make.user(Role.LEADER),
        auditor=make.user(Role.AUDITOR),
    )
    for holder in (found.officer, found.leader, found.auditor):
        make.holder_key(holder)
    return found


def need_values(firm, **values):
    return {
        "organisation": firm, "pay_to_bidder_fen": 180_000_000, "budget_total_fen": 200_000_000,
        "duration_months": 18, "coop_modes": ["joint_dev"], "ip_arrangement": "专利双方共有",
        "bidder_conditions": "近三年做过同类项目", **values,
    }  # fmt: skip


def complete(**values):
    """What a draft from a need still lacks, as the operations take it."""
    return {
        "task_text": TASK, "indicators": INDICATORS, "support_type": "none", **values,
    }  # fmt: skip


def drafted(people, *needs, **values) -> Bounty:
    """Draft from needs and fill in the rest, in the present transaction."""
    officer = db.session.merge(people.officer)
    rows = [db.session.get_one(Need, need.id) for need in needs]
    bounty = drafting.from_needs(rows, by=officer, now=NOON)
    drafting.save(bounty, complete(**values), by=officer, now=NOON, version=None)
    return bounty


def published(people, *needs, **values) -> Bounty:
    """Take a draft through review and approval, in the present transaction."""
    bounty = drafted(people, *needs, **values)
    approval.submit(bounty, by=db.session.merge(people.officer), now=NOON)
    approval.review(bounty, is_free_of_secrets=True, by=db.session.merge(people.chief), now=NOON)
    approval.approve(bounty, by=db.session.merge(people.leader), now=NOON)
    return bounty


def levels():
    return rubrics.for_bids()
