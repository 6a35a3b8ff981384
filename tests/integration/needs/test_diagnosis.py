"""技术问诊: recorded, the need revised by the bureau, the revision confirmed by the enterprise."""

from datetime import date

import pytest
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.audit import trail
from matchmaker.codes import NeedType
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState
from matchmaker.messages.models import Message
from matchmaker.needs import decisions, diagnosing, operations
from matchmaker.needs.models import Need
from matchmaker.needs.records import NeedRevision
from matchmaker.revisions import operations as revisions
from tests import browser
from tests.conftest import NOON
from tests.integration.needs.conftest import GOOD

pytestmark = pytest.mark.database
SHARPER = ["打磨接触力波动≤±3 N", "单件节拍≤5 min"]


def diagnosed(draft, officer, owner):
    """An accepted need that experts looked at, inside a writing session."""
    made, by = draft(), db.session.merge(officer)
    operations.submit(made, by=db.session.merge(owner), now=NOON)
    decisions.screen(made, by=trail.SYSTEM, now=NOON)
    decisions.accept(made, NeedType.INDIVIDUAL, None, by=by, now=NOON)
    decisions.diagnose(
        made, held_on=date(2026, 11, 19), expert_name="张教授、李研究员", opinion="指标应收紧",
        by=by, now=NOON,
    )  # fmt: skip
    return made


@pytest.fixture
def need(writing, draft, officer, owner):
    return diagnosed(draft, officer, owner)


@pytest.fixture
def committed(app, draft, officer, owner):
    with app.app_context():
        with web.transaction():
            need = diagnosed(draft, officer, owner)
        return need.public_id


def propose(need, by, **changes):
    values = {**GOOD, "key_indicators": SHARPER, **changes}
    return diagnosing.propose(need, values, "按专家意见收紧指标", by=by, now=NOON)


def test_a_revision_holds_once_the_enterprise_confirms(need, officer, owner):
    assert need.state is NeedState.DIAGNOSED
    row = propose(need, db.session.merge(officer))
    assert row.content == {"key_indicators": SHARPER}
    assert need.key_indicators == GOOD["key_indicators"]  # the accepted text stands meanwhile
    shown = diagnosing.shown(need)
    assert [label for label, *_ in shown.rows] == ["核心考核指标"]
    before = len(revisions.of("need", need.id))
    diagnosing.confirm(need, by=db.session.merge(owner), now=NOON)
    assert need.key_indicators == SHARPER
    assert len(revisions.of("need", need.id)) == before + 1
    assert diagnosing.waiting(need.id) is None


def test_a_refused_revision_changes_nothing(need, officer, owner):
    propose(need, db.session.merge(officer))
    with pytest.raises(Invalid, match="不同意的原因"):
        diagnosing.decline(need, " ", by=db.session.merge(owner), now=NOON)
    diagnosing.decline(need, "节拍做不到", by=db.session.merge(owner), now=NOON)
    assert need.key_indicators == GOOD["key_indicators"]
    kept = db.session.scalars(select(NeedRevision)).one()
    assert (kept.is_confirmed, kept.decision_note) == (False, "节拍做不到")


def test_what_cannot_be_proposed(need, draft, officer):
    by = db.session.merge(officer)
    with pytest.raises(Invalid, match="没有需要确认的修订"):
        propose(need, by, key_indicators=GOOD["key_indicators"])
    with pytest.raises(Invalid):
        propose(need, by, key_indicators=["只有一条 5 N"])
    with pytest.raises(Invalid, match="写明改了什么"):
        diagnosing.propose(need, {**GOOD, "key_indicators": SHARPER}, " ", by=by, now=NOON)
    decisions.undo_diagnosis(need, "登记有误", by=by, now=NOON)
    propose(need, by)  # the record of the diagnosis stays
    with pytest.raises(WrongState):
        propose(draft(), by)


def test_a_second_proposal_replaces_the_first(need, officer):
    by = db.session.merge(officer)
    propose(need, by)
    propose(need, by, duration_months=24)
    kept = db.session.scalars(select(NeedRevision)).one()
    assert kept.content == {"key_indicators": SHARPER, "duration_months": 24}


def test_the_pages_of_a_revision(app, committed, sign_in, owner, officer, outsider):
    url = f"/needs/{committed}"
    client = sign_in(officer)
    page = client.get(f"{url}/revision")
    assert "指标应收紧" in browser.text(page)
    typed = browser.values(page)
    sent = {"key_indicators": "\n".join(SHARPER), "coop_modes": GOOD["coop_modes"]}
    data = {**typed, **sent, "note": "按专家意见收紧指标"}
    data.pop("is_anonymous", None)
    answer = browser.post(client, f"{url}/revision", {k: v for k, v in data.items() if k})
    assert answer.status_code == 302, browser.text(answer)
    own = sign_in(owner)
    assert "待企业确认的修订" in browser.text(own.get(url))
    assert "确认修订" not in browser.text(client.get(url))  # not the bureau's to confirm
    for stranger in (sign_in(outsider), client):
        refused = browser.post(stranger, f"{url}/revision/accept", page=url)
        assert refused.status_code == 404
    assert sign_in(outsider).get(f"{url}/revision").status_code == 404
    assert browser.post(own, f"{url}/revision/accept", page=url).status_code == 302
    with app.app_context():
        need = db.session.scalars(select(Need)).one()
        assert need.key_indicators == SHARPER
        jobs.drain()
        told = select(Message.user_id, Message.subject)
        found = {(who, subject.split("：")[0]) for who, subject in db.session.execute(told)}
    assert (owner.id, "请确认问诊修订") in found
    assert (officer.id, "企业已确认问诊修订") in found
