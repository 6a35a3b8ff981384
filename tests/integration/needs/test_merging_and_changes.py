"""Accepted needs: merged and taken apart, changed beside the accepted text."""

import pytest
import sqlalchemy as sa

from matchmaker.audit import trail
from matchmaker.codes import NeedType
from matchmaker.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, Role
from matchmaker.needs import changes, merging, operations
from matchmaker.outbox.models import Event
from matchmaker.revisions import operations as revisions
from tests.conftest import NOON
from tests.integration.needs.conftest import GOOD

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("writing")]
AGREED = "三家企业于11月10日书面同意"


@pytest.fixture
def chief(make):
    return make.user(Role.SECTION_CHIEF)


def test_a_merge_keeps_its_sources_and_can_be_undone(make, officer, chief):
    main = make.need(need_type=NeedType.INDIVIDUAL)
    parts = [make.need(), make.need(state=NeedState.DIAGNOSED)]
    merge = merging.propose(main, [main, *parts], AGREED, by=officer, now=NOON)
    assert all(part.state is not NeedState.MERGED for part in parts)
    merging.approve(merge, by=chief, now=NOON)
    assert [part.state for part in parts] == [NeedState.MERGED] * 2
    assert merging.sources(main.id) == parts
    assert main.need_type is NeedType.COMMON
    with pytest.raises(AlreadyDone):
        merging.approve(merge, by=chief, now=NOON)
    merging.undo(merge, by=chief, now=NOON)
    assert [part.state for part in parts] == [NeedState.ACCEPTED] * 2
    assert merging.sources(main.id) == []
    assert main.need_type is NeedType.INDIVIDUAL
    with pytest.raises(AlreadyDone):
        merging.undo(merge, by=chief, now=NOON)


def test_who_proposes_does_not_approve(make, officer, chief):
    both = make.user(Role.OFFICER, Role.SECTION_CHIEF)
    merge = merging.propose(make.need(), [make.need()], AGREED, by=both, now=NOON)
    for nobody in (officer, both):
        with pytest.raises(NotAllowed):
            merging.approve(merge, by=nobody, now=NOON)
    with pytest.raises(NotFound):
        merging.get(merge.public_id, by=officer)
    assert merging.get(merge.public_id, by=chief) is merge
    with pytest.raises(Invalid, match="须写明原因"):
        merging.refuse(merge, " ", by=chief, now=NOON)
    merging.refuse(merge, "指标差别大", by=chief, now=NOON)
    with pytest.raises(AlreadyDone):
        merging.undo(merge, by=chief, now=NOON)


def test_what_cannot_be_merged(make, officer):
    main, part = make.need(), make.need()
    submitted = make.need(state=NeedState.SUBMITTED)
    for needs, note, said in (
        ([main], AGREED, "至少选择两条"),
        ([main, submitted], AGREED, "已受理的需求才能并入"),
        ([main, part], " ", "如何同意合并"),
    ):
        with pytest.raises(Invalid, match=said):
            merging.propose(main, needs, note, by=officer, now=NOON)
    with pytest.raises(Invalid, match="不能作为合并后的需求"):
        merging.propose(submitted, [part], AGREED, by=officer, now=NOON)
    merging.propose(main, [part], AGREED, by=officer, now=NOON)
    with pytest.raises(Invalid, match="另一份合并提议"):
        merging.propose(make.need(), [part], AGREED, by=officer, now=NOON)
    assert [one.main for one in merging.proposals()] == [main]


@pytest.fixture
def accepted(make, firm):
    values = {**GOOD, "background": "", "organisation": firm, "accepted_at": NOON}
    return make.need(**values)


def test_the_accepted_text_stands_until_the_change_is_accepted(accepted, owner, officer):
    changes.request(accepted, {"duration_months": 24}, "周期延长", by=owner, now=NOON)
    changes.request(accepted, {"duration_months": 30}, "再延长", by=owner, now=NOON)
    assert accepted.duration_months == 18
    change = changes.waiting(accepted.id)
    assert changes.proposed(accepted, change) == [("完成时限", "18 个月", "30 个月")]
    changes.accept(accepted, by=officer, now=NOON)
    assert accepted.duration_months == 30
    assert revisions.get("need", accepted.id, 1).content["duration_months"] == 30
    assert changes.waiting(accepted.id) is None
    kinds = db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()
    assert kinds[-2:] == ["need.accepted", "need.saved"]
    with pytest.raises(NotFound):
        changes.accept(accepted, by=officer, now=NOON)


def test_a_refused_change_leaves_everything(accepted, owner, officer):
    changes.request(accepted, {"title": "阀体打磨单元开发"}, "改名", by=owner, now=NOON)
    with pytest.raises(Invalid, match="须写明原因"):
        changes.refuse(accepted, "", by=officer, now=NOON)
    changes.refuse(accepted, "名称已在公告中使用", by=officer, now=NOON)
    assert accepted.title == GOOD["title"]
    assert trail.history("need", accepted.public_id)[-1].action == "refuse_change"
    changes.request(accepted, {"title": "阀体打磨单元开发"}, "再次申请", by=owner, now=NOON)


@pytest.mark.parametrize(
    ("values", "note", "said"),
    [
        ({"duration_months": 18}, "没改", "没有需要变更"),
        ({"duration_months": 24}, " ", "请写明改了什么"),
        ({"title": ""}, "改名", "还没有填写"),
        ({"problem": "机密★10年"}, "补充", "疑似涉密"),
        ({"pay_to_bidder_fen": 10**12}, "加钱", "不能超过拟投入总额"),
    ],
)
def test_what_cannot_be_asked_for(accepted, owner, values, note, said):
    with pytest.raises(Invalid, match=said):
        changes.request(accepted, values, note, by=owner, now=NOON)
    assert changes.waiting(accepted.id) is None


@pytest.mark.parametrize("state", sorted(NeedState))
def test_only_open_needs_off_the_board_change(make, firm, owner, state):
    need = make.need(**{**GOOD, "background": "", "organisation": firm, "state": state})
    if state in changes.CHANGEABLE:
        assert changes.request(need, {"duration_months": 24}, "延长", by=owner, now=NOON)
    else:
        with pytest.raises(WrongState):
            changes.request(need, {"duration_months": 24}, "延长", by=owner, now=NOON)


def test_only_the_owner_asks(accepted, outsider, owner):
    assert operations.get(accepted.public_id, "request_change", viewer=owner)
    with pytest.raises(NotFound):
        operations.get(accepted.public_id, "request_change", viewer=outsider)
