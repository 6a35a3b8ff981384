"""A bounty is drafted in one step; what is missing is named; three people bring it out."""

from datetime import timedelta
from decimal import Decimal

import pytest

from matchmaker.audit import trail
from matchmaker.bounties import (
    approval,
    checks,
    drafting,
    publishing,
    record,
    rubrics,
    sources,
    timing,
)
from matchmaker.codes import BountyKind, BountyMode
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.lifecycles import BountyState, NeedState, Role
from tests.conftest import NOON
from tests.integration.bounties.conftest import complete, drafted, need_values, published

pytestmark = pytest.mark.database


def test_one_need_makes_a_draft_in_one_step(writing, make, people):
    need = make.need(**need_values(people.firm))
    bounty = drafting.from_needs([need], by=people.officer, now=NOON)
    assert (bounty.state, bounty.kind) == (BountyState.DRAFT, BountyKind.NEED_SOLVING)
    assert bounty.title == need.title
    assert bounty.amount_fen == 180_000_000
    assert [one["requirement"] for one in bounty.indicators] == ["≤±5 N", "≤6 min"]
    assert [one["name"] for one in bounty.indicators] == ["打磨接触力波动", "单件节拍"]
    assert rubrics.problems(bounty.rubric) == []
    assert need.state is NeedState.SHORTLISTED
    assert [one.share_bp for one in bounty.sources] == [10_000]
    found = checks.problems(bounty, now=NOON)
    assert "验收方法" in found["indicators"]
    assert set(found) >= {"indicators", "support_type"}
    with pytest.raises(Invalid, match="不能重复发榜"):
        drafting.from_needs([need], by=people.officer, now=NOON)


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.SUBMITTED, NeedState.RESOLVED])
def test_a_need_that_is_not_in_the_pool_makes_none(writing, make, people, state):
    need = make.need(**need_values(people.firm, state=state))
    with pytest.raises(Invalid, match="不能转为榜单"):
        drafting.from_needs([need], by=people.officer, now=NOON)


def test_an_achievement_makes_a_transfer_bounty(writing, make, people):
    row = make.achievement(asking_price_fen=30_000_000, is_negotiable=False)
    bounty = drafting.from_achievement(row, by=people.officer, now=NOON)
    assert bounty.kind is BountyKind.TRANSFER
    assert bounty.owner_id == row.institution_id
    assert "注册在本区" in bounty.eligibility
    assert "eligibility" not in checks.problems(bounty, now=NOON)


def test_several_enterprises_share_to_the_last_hundredth(writing, make, people):
    needs = [make.need(**need_values(make.organisation())) for _ in range(3)]
    bounty = drafted(people, *needs)
    assert [one.share_bp for one in bounty.sources] == [3334, 3333, 3333]
    assert bounty.amount_fen == 3 * 180_000_000
    ids = [one.id for one in bounty.sources]
    with pytest.raises(Invalid, match=r"合计 99\.99%.*相差的 0\.01% 加到其中一家"):
        sources.set_shares(bounty, dict.fromkeys(ids, "33.33"), by=people.officer, now=NOON)
    with pytest.raises(Invalid, match="从其中一家减去"):
        sources.set_shares(bounty, dict.fromkeys(ids, "33.34"), by=people.officer, now=NOON)
    with pytest.raises(Invalid, match="最多两位小数"):
        sources.set_shares(bounty, dict.fromkeys(ids, "33.333"), by=people.officer, now=NOON)
    wanted = dict(zip(ids, ("50", "25.5", "24.5%"), strict=True))
    sources.set_shares(bounty, wanted, by=people.officer, now=NOON)
    assert [one.share_bp for one in bounty.sources] == [5000, 2550, 2450]


def test_each_enterprise_consents_and_a_changed_share_is_asked_again(writing, make, people):
    firms = [make.organisation(), make.organisation()]
    bounty = drafted(people, *(make.need(**need_values(firm)) for firm in firms))
    first, second = bounty.sources
    assert "尚未同意" in checks.problems(bounty, now=NOON)["consents"]
    admin = make.user(Role.ENTERPRISE_ADMIN, organisation=firms[0])
    with pytest.raises(NotAllowed):
        sources.consent(bounty, second.id, by=admin, now=NOON)
    sources.consent(bounty, first.id, by=admin, now=NOON)
    with pytest.raises(Invalid, match="文号"):
        sources.record_consent(bounty, second.id, " ", by=people.officer, now=NOON)
    sources.record_consent(bounty, second.id, "11 月 18 日同意书", by=people.officer, now=NOON)
    assert "consents" not in checks.problems(bounty, now=NOON)
    shares = {first.id: "60", second.id: "40"}
    sources.set_shares(bounty, shares, by=people.officer, now=NOON)
    assert "尚未同意" in checks.problems(bounty, now=NOON)["consents"]


def test_an_anonymous_enterprise_agrees_to_be_named(writing, make, people):
    bounty = drafted(people, make.need(**need_values(people.firm, is_anonymous=True)))
    assert "尚未同意" in checks.problems(bounty, now=NOON)["consents"]


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"eligibility": "仅限本省高校申报"}, "eligibility", "限定了地域"),
        ({"eligibility": "指定哈尔滨工业大学承担"}, "eligibility", "指定了单位"),
        ({"rubric": []}, "rubric", "还没有填写"),
        ({"rubric": rubrics.for_bids()[:5]}, "rubric", "权重合计须为 100，现为 90"),
        ({"bid_deadline_at": timing.deadline((NOON + timedelta(days=14)).date(), "17:00")},
         "bid_deadline_at", "太近"),
        ({"mode": "horse_race", "max_awards": 1}, "max_awards", "2 至 3 家"),
        ({"mode": "horse_race", "max_awards": 2}, "stages", "至少 2 个阶段"),
        ({"mode": "recognition"}, "recognition_reason", "认定制须填写"),
        ({"support_type": "post_subsidy"}, "support_ratio", "有财政支持的须填写"),
    ],
)  # fmt: skip
def test_what_keeps_a_draft_back_is_named(writing, make, people, values, field, says):
    bounty = drafted(people, make.need(**need_values(people.firm)), **values)
    with pytest.raises(Invalid) as refused:
        approval.submit(bounty, by=people.officer, now=NOON)
    assert says in refused.value.fields[field]
    assert bounty.state is BountyState.DRAFT


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "字" * 121}, "title"),
        ({"support_ratio": Decimal("1.2")}, "support_ratio"),
        ({"pass_line": 101}, "pass_line"),
        ({"mode": "auction"}, "mode"),
        ({"task_text": "密级：机密★10年"}, "task_text"),
        ({"bid_deadline_at": NOON}, "bid_deadline_at"),
        ({"amount_fen": 0}, "amount_fen"),
        ({"coop_modes": ["nothing"]}, "coop_modes"),
        ({"recognised_id": "没有的大学"}, "recognised_id"),
    ],
)
def test_what_no_draft_may_hold_is_refused_at_once(writing, make, people, values, field):
    bounty = drafting.from_needs(
        [make.need(**need_values(people.firm))], by=people.officer, now=NOON
    )
    with pytest.raises(Invalid) as refused:
        drafting.save(bounty, values, by=people.officer, now=NOON, version=None)
    assert set(refused.value.fields) == {field}


def race(**values):
    stages = [
        {
            "name": "样机",
            "due_months": 6,
            "amount_fen": 20_000_000,
            "keep": 1,
            "rule": "力波动大者淘汰",
        },
        {
            "name": "产线",
            "due_months": 18,
            "amount_fen": 100_000_000,
            "keep": None,
            "rule": "首个达标者",
        },
    ]
    return {"mode": "horse_race", "max_awards": 2, "stages": stages, **values}


def test_a_race_pays_no_more_than_the_prize(writing, make, people):
    need = make.need(**need_values(people.firm))
    bounty = drafted(people, need, **race())  # 2 × 20 + 1 × 100 万, prize 180
    assert checks.problems(bounty, now=NOON) == {}
    bounty.amount_fen = 139_999_999
    assert "超过榜额" in checks.problems(bounty, now=NOON)["stages"]
    bounty.amount_fen = 140_000_000
    bounty.duration_months = 12
    assert "超过执行期" in checks.problems(bounty, now=NOON)["stages"]
    assert bounty.mode is BountyMode.HORSE_RACE


def test_three_different_people_bring_it_out(writing, make, people):
    need = make.need(**need_values(people.firm))
    bounty = drafted(people, need)
    approval.submit(bounty, by=people.officer, now=NOON)
    everything = make.user(Role.SECTION_CHIEF, Role.LEADER)
    bounty.handler_id = everything.id
    with pytest.raises(NotAllowed, match="会审人不能是经办人"):
        approval.review(bounty, is_free_of_secrets=True, by=everything, now=NOON)
    bounty.handler_id = people.officer.id
    with pytest.raises(Invalid, match="勾选"):
        approval.review(bounty, is_free_of_secrets=False, by=everything, now=NOON)
    with pytest.raises(WrongState):
        approval.approve(bounty, by=people.leader, now=NOON)
    approval.review(bounty, is_free_of_secrets=True, by=everything, now=NOON)
    with pytest.raises(NotAllowed, match="三人分别办理"):
        approval.approve(bounty, by=everything, now=NOON)
    approval.approve(bounty, by=people.leader, now=NOON)
    assert bounty.state is BountyState.PUBLISHED
    assert need.state is NeedState.ON_BOUNTY
    acts = [(e.action, e.actor_id) for e in trail.history("bounty", bounty.public_id) if e.to_state]
    assert acts == [
        ("create", people.officer.id), ("submit_for_approval", people.officer.id),
        ("review", everything.id), ("publish", people.leader.id),
    ]  # fmt: skip


def test_a_returned_draft_loses_its_checks(writing, make, people):
    bounty = drafted(people, make.need(**need_values(people.firm)))
    approval.submit(bounty, by=people.officer, now=NOON)
    approval.review(bounty, is_free_of_secrets=True, by=people.chief, now=NOON)
    with pytest.raises(Invalid, match="必须写明原因"):
        approval.return_(bounty, " ", by=people.leader, now=NOON)
    approval.return_(bounty, "榜额依据不足", by=people.leader, now=NOON)
    assert bounty.state is BountyState.DRAFT
    assert bounty.secrecy_checked_at is None
    drafting.save(bounty, {"title": "新的榜单名称"}, by=people.officer, now=NOON, version=None)


def test_publication_numbers_snapshots_and_begins_the_record(writing, make, people):
    first = published(people, make.need(**need_values(people.firm)), limited_text="限定的工艺参数")
    second = published(people, make.need(**need_values(people.firm)))
    assert (first.bounty_no, second.bounty_no) == ("JB2026-001", "JB2026-002")
    assert first.digest == record.sha256(first.snapshot)
    assert len(first.digest_sm3) in {0, 64}
    assert "限定的工艺参数" not in str(first.snapshot)
    assert first.snapshot["limited_digest"] == record.sha256("限定的工艺参数")
    lines = [record.line(one) for one in record.of(first.id)]
    assert [one["kind"] for one in lines] == ["published"]
    assert lines[0]["content"]["sha256"] == first.digest
    assert record.faults(lines) == []
    assert timing.day_and_hour(first.question_deadline_at)[1] == "17:00"
    with pytest.raises(WrongState, match="不能直接修改"):
        drafting.save(first, {"title": "改"}, by=people.officer, now=NOON, version=None)


def test_a_registered_check_refuses_kindly_and_nothing_is_published(
    writing, make, people, monkeypatch
):
    def no_keys(bounty, *, by, now):
        raise Invalid({"keys": "启封人尚未设置口令"})

    monkeypatch.setattr(publishing, "before_publish", [no_keys])
    with pytest.raises(Invalid, match="启封人"):
        published(people, make.need(**need_values(people.firm)))


def test_every_line_of_the_record_is_guarded(writing, make, people):
    bounty = published(people, make.need(**need_values(people.firm)))
    record.append(bounty, "answered", {"answer": "可以"}, now=NOON)
    lines = [record.line(one) for one in record.of(bounty.id)]
    assert record.faults(lines) == []
    assert record.head(bounty.id) == lines[-1]["digest"]
    for change in (
        {"content": {"answer": "不可以"}},
        {"at": "2026-01-01T00:00:00+00:00"},
        {"kind": "x"},
    ):
        assert record.faults([lines[0], {**lines[1], **change}])
    assert record.faults(lines[1:])
    assert record.faults(lines[::-1])


def test_a_draft_set_aside_frees_its_need(writing, make, people):
    need = make.need(**need_values(people.firm))
    bounty = drafted(people, need)
    approval.drop(bounty, "企业改变计划", by=people.officer, now=NOON)
    assert bounty.state is BountyState.DROPPED
    assert drafting.from_needs([need], by=people.officer, now=NOON).id != bounty.id
    assert complete()
