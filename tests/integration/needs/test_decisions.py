"""What the bureau decides, and how a need ends: each move both ways."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.audit import trail
from matchmaker.codes import NeedType
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NEED, NeedState, Role, UserState
from matchmaker.needs import decisions, operations
from matchmaker.outbox.models import Event
from matchmaker.revisions import operations as revisions
from tests.conftest import NOON

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("writing")]
TODAY = date(2026, 11, 20)


def events():
    return [event.kind for event in db.session.scalars(sa.select(Event).order_by(Event.id))]


def test_screened_then_accepted_the_need_enters_the_pool(make, draft, owner, officer, firm):
    need = draft()
    operations.submit(need, by=owner, now=NOON)
    assistant = make.user(Role.TOWN_OFFICER, town=db.session.merge(firm).town)
    decisions.screen(need, by=assistant, now=NOON, note="情况属实")
    assert trail.history("need", need.public_id)[-1].reason == "情况属实"
    decisions.accept(need, NeedType.INDIVIDUAL, None, by=officer, now=NOON)
    assert need.state is NeedState.ACCEPTED
    assert (need.need_type, need.handler) == (NeedType.INDIVIDUAL, officer)
    assert (need.accepted_at, need.expires_on) == (NOON, date(2027, 11, 20))
    assert events() == ["need.accepted", "need.saved"]


def test_a_returned_need_carries_its_remarks_until_it_comes_back(draft, owner, officer):
    need = draft()
    operations.submit(need, by=owner, now=NOON)
    remarks = {"key_indicators": "请写明测试方法", "title": " "}
    decisions.return_(need, "指标不可考核", remarks, by=officer, now=NOON)
    assert need.state is NeedState.RETURNED
    assert list(revisions.open_by_field("need", need.id)) == ["key_indicators"]
    assert events() == ["need.returned"]
    number = need.need_no
    operations.save_draft(need, {"key_indicators": ["甲≤1", "乙≤2"]}, by=owner, now=NOON)
    operations.submit(need, by=owner, now=NOON)
    assert (need.need_no, need.return_reason) == (number, "")
    assert revisions.open_by_field("need", need.id) == {}
    assert [one.number for one in revisions.of("need", need.id)] == [2, 1]


@pytest.mark.parametrize(
    ("reason", "said"), [("  ", "必须写明原因"), ("长" * 2001, "最多 2000 字")]
)
def test_a_return_says_why(make, officer, reason, said):
    need = make.need(state=NeedState.SCREENED)
    with pytest.raises(Invalid, match=said):
        decisions.return_(need, reason, {}, by=officer, now=NOON)


def test_a_decision_on_an_old_version_is_refused(make, officer):
    need = make.need(state=NeedState.SCREENED)
    opened = need.version
    need.title = "改过的名称"
    db.session.flush()
    with pytest.raises(Stale):
        decisions.accept(need, NeedType.COMMON, None, by=officer, now=NOON, version=opened)
    with pytest.raises(Stale):
        decisions.return_(need, "原因", {}, by=officer, now=NOON, version=opened)
    decisions.accept(need, NeedType.COMMON, None, by=officer, now=NOON, version=need.version)


def test_the_handler_is_an_officer_in_service(make, officer):
    need = make.need(state=NeedState.SCREENED)
    left = make.user(Role.OFFICER, state=UserState.DISABLED)
    for nobody in (make.user(Role.LEADER), left):
        with pytest.raises(Invalid, match="不是在岗的局经办"):
            decisions.accept(need, NeedType.COMMON, nobody, by=officer, now=NOON)
        with pytest.raises(Invalid, match="不是在岗的局经办"):
            decisions.assign(need, nobody, by=officer, now=NOON)
    other = make.user(Role.OFFICER)
    decisions.assign(need, other, by=officer, now=NOON)
    assert need.handler is other
    assert set(decisions.officers()) == {officer, other}
    assert trail.history("need", need.public_id)[-1].action == "assign"


def test_the_last_day_lies_ahead(make, officer):
    need = make.need(state=NeedState.SCREENED)
    with pytest.raises(Invalid, match="须晚于今天"):
        decisions.accept(need, NeedType.COMMON, None, by=officer, now=NOON, expires_on=TODAY)


SIMPLE = {
    "screen": lambda need, by: decisions.screen(need, by=by, now=NOON),
    "accept": lambda need, by: decisions.accept(need, NeedType.COMMON, None, by=by, now=NOON),
    "return": lambda need, by: decisions.return_(need, "原因", {}, by=by, now=NOON),
    "diagnose": lambda need, by: decisions.diagnose(
        need, held_on=TODAY, expert_name="张教授", opinion="指标可行", by=by, now=NOON
    ),
    "undo_diagnosis": lambda need, by: decisions.undo_diagnosis(need, "登记有误", by=by, now=NOON),
    "resolve": lambda need, by: decisions.resolve(need, "合同HT-1", by=by, now=NOON),
    "close": lambda need, by: decisions.close(need, "企业转产", by=by, now=NOON),
    "withdraw": lambda need, by: decisions.withdraw(need, "已自行解决", by=by, now=NOON),
    "reopen": lambda need, by: decisions.reopen(need, "再次提出", by=by, now=NOON),
}
CASES = [(action, state) for action in SIMPLE for state in NeedState]


@pytest.mark.parametrize(("action", "state"), CASES)
def test_every_decision_is_open_in_its_states_alone(make, officer, action, state):
    by = make.user(Role.TOWN_OFFICER) if action == "screen" else officer
    need = make.need(state=state, accepted_at=NOON)
    if any(move.action == action and state in move.sources for move in NEED.moves):
        SIMPLE[action](need, by)
        assert need.state is NEED.find(action, state).target
    else:
        with pytest.raises(WrongState):
            SIMPLE[action](need, by)
        assert need.state is state


@pytest.mark.parametrize("action", sorted(set(SIMPLE) - {"screen"}))
def test_a_researcher_decides_nothing(make, action):
    state = next(min(move.sources) for move in NEED.moves if move.action == action)
    need = make.need(state=state, accepted_at=NOON)
    with pytest.raises(NotAllowed):
        SIMPLE[action](need, make.user(Role.RESEARCHER))


def test_a_diagnosis_is_recorded_in_full(make, officer):
    need = make.need()
    with pytest.raises(Invalid) as refused:
        decisions.diagnose(
            need, held_on=TODAY + timedelta(1), expert_name="", opinion="", by=officer, now=NOON
        )
    assert set(refused.value.fields) == {"held_on", "expert_name", "opinion"}
    SIMPLE["diagnose"](need, officer)
    assert [one.expert_name for one in decisions.diagnoses(need.id)] == ["张教授"]


def test_solved_means_evidence_and_a_day(make, officer):
    need = make.need(state=NeedState.MATCHING)
    with pytest.raises(Invalid, match="请写明依据"):
        decisions.resolve(need, " ", by=officer, now=NOON)
    decisions.resolve(need, "合同 HT2026-01", by=officer, now=NOON)
    assert need.resolved_at == NOON
    decisions.reopen(need, "指标未达成", by=officer, now=NOON)
    assert need.resolved_at is None


def test_reopening_gives_time_and_needs_a_first_acceptance(make, officer):
    need = make.need(state=NeedState.EXPIRED, accepted_at=NOON, expires_on=TODAY)
    decisions.reopen(need, "企业仍需要", by=officer, now=NOON)
    assert need.expires_on == date(2027, 11, 20)
    never = make.need(state=NeedState.WITHDRAWN)
    with pytest.raises(Invalid, match="从未受理"):
        decisions.reopen(never, "企业仍需要", by=officer, now=NOON)


def test_needs_run_out_by_night(make):
    past = make.need(expires_on=TODAY - timedelta(1))
    last_day = make.need(expires_on=TODAY)
    on_bounty = make.need(state=NeedState.ON_BOUNTY, expires_on=TODAY - timedelta(1))
    make.need(expires_on=TODAY + timedelta(30))
    assert decisions.expire_due(now=NOON) == 1
    assert past.state is NeedState.EXPIRED
    assert last_day.state is NeedState.ACCEPTED
    assert on_bounty.state is NeedState.ON_BOUNTY
    assert events() == ["need.saved", "need.expiring"]
