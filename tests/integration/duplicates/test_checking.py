"""Comparing in the background: what is found, remembered, taken back; and who learns of it."""

import pytest
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.audit import trail
from matchmaker.duplicates import checking, operations
from matchmaker.duplicates.models import DuplicateMark, DuplicatePair
from matchmaker.errors import Invalid, NotFound, Stale
from matchmaker.extensions import db
from matchmaker.lifecycles import DuplicateState, NeedState, PoolState, Role
from matchmaker.needs.models import Need
from tests.conftest import NOON

pytestmark = pytest.mark.database
BODY = (
    "钢铁轧制加热炉产生的氧化铁皮粘附在辊道表面，造成板坯压痕。现有人工敲打清理每班两次，"
    "停机四十分钟。希望开发在线高压水与机械刷组合的清理装置，不停机完成清理，"
    "并由视觉系统判断残留面积。"
)
OTHER = "南美白对虾育苗池水质波动大，弧菌暴发后成活率骤降，拟用噬菌体与益生菌联用防控。"
PLAIN = {"background": "", "key_indicators": [], "keywords": []}
S = DuplicateState


@pytest.fixture
def need(make):
    """Return a function: a need of an enterprise of its own, with this text."""
    return lambda title, problem=BODY, **more: make.need(
        title=title, problem=problem, **{**PLAIN, **more}
    )


def check():
    """Do what a save leads to."""
    for source in checking.known().values():
        checking.let_go(source)
        outcome = checking.compute(source)
        if outcome is not None:
            checking.keep(outcome, now=NOON)


def pairs():
    return list(db.session.scalars(select(DuplicatePair).order_by(DuplicatePair.id)))


def test_likely_duplicates_are_found_within_a_pool(writing, make, need):
    need("辊道清理"), need("氧化铁皮清理"), need("对虾育苗", OTHER)
    one = make.achievement(title="辊刷", summary=BODY, keywords=[])
    two = make.achievement(title="水刷", summary=BODY + OTHER, keywords=[])
    make.achievement(title="草稿", summary=BODY, keywords=[], state=PoolState.DRAFT)
    check()
    found = {(p.noun, p.a_title, p.b_title) for p in pairs()}
    assert found == {("need", "辊道清理", "氧化铁皮清理"), ("achievement", "辊刷", "水刷")}
    assert all(p.is_across and p.state is S.OPEN for p in pairs())
    assert {one.public_id, two.public_id} == {pairs()[1].a_public_id, pairs()[1].b_public_id}


def test_only_what_changed_is_compared_again(writing, need):
    need("辊道清理")
    check()
    assert checking.compute(checking.known()["need"]) is None
    need("氧化铁皮清理")
    outcome = checking.compute(checking.known()["need"])
    assert len(outcome.asked) == 1
    checking.keep(outcome, now=NOON)
    assert len(pairs()) == 1


def test_much_is_compared_in_steps(writing, need, monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    for number in range(5):
        need(f"第{number}条")
    source = checking.known()["need"]
    check()
    assert checking.progress()[0][1:3] == (2, 5)
    while (outcome := checking.compute(source)) is not None:
        checking.keep(outcome, now=NOON)
    assert checking.progress()[0][1:3] == (5, 5)
    assert len(pairs()) == 10


def test_a_judgement_is_remembered_until_a_text_changes(writing, make, need):
    officer = make.user(Role.OFFICER)
    first, _ = need("辊道清理"), need("氧化铁皮清理")
    check()
    pair = pairs()[0]
    operations.judge(
        pair, "dismiss", reason="两家各自提出", version=str(pair.version), by=officer, now=NOON
    )
    checking.again("need", now=NOON)
    check()
    assert (pair.state, pair.reason) == (S.DISMISSED, "两家各自提出")
    first.problem = BODY + "装置须耐受九百度辐射热。"
    first.updated_at = NOON
    db.session.flush()
    check()
    assert (pair.state, pair.reason, pair.decided_at) == (S.OPEN, "", None)
    actions = [one.action for one in trail.history("duplicate", pair.public_id)]
    assert actions == ["create", "dismiss", "reopen"]


def test_a_text_written_anew_is_no_longer_alike(writing, need):
    first, _ = need("辊道清理"), need("氧化铁皮清理")
    check()
    first.problem, first.updated_at = OTHER, NOON
    db.session.flush()
    check()
    assert [p.is_current for p in pairs()] == [False]


def test_what_left_the_pool_is_let_go(writing, make, need):
    first, _ = need("辊道清理"), need("氧化铁皮清理")
    check()
    trail.advance(first, "close", by=make.user(Role.OFFICER), now=NOON, reason="企业停产")
    db.session.flush()
    check()
    assert [p.is_current for p in pairs()] == [False]
    marks = db.session.scalars(select(DuplicateMark.row_id).where(DuplicateMark.noun == "need"))
    assert first.id not in set(marks)


def test_a_save_leads_to_the_comparison(app, make, need):
    first, _ = need("辊道清理"), need("氧化铁皮清理")
    with app.app_context():
        with web.transaction():
            from matchmaker.needs.operations import changed

            changed(db.session.get_one(Need, first.id), now=NOON)
        jobs.drain()
        assert len(pairs()) == 1


def test_the_night_finds_what_no_save_announced(app, make, need):
    need("辊道清理"), need("氧化铁皮清理")
    with app.app_context():
        with web.transaction():
            checking.refresh(NOON)
        jobs.drain()
        assert len(pairs()) == 1


def test_judging_refuses_what_does_not_fit(writing, make, need):
    officer = make.user(Role.OFFICER)
    need("辊道清理"), need("氧化铁皮清理")
    check()
    pair = pairs()[0]
    with pytest.raises(Stale):
        operations.judge(pair, "confirm", reason="", version="9", by=officer, now=NOON)
    version = str(pair.version)
    with pytest.raises(Invalid):
        operations.judge(pair, "confirm", reason="长" * 501, version=version, by=officer, now=NOON)
    operations.judge(pair, "confirm", reason="", version=version, by=officer, now=NOON)
    with pytest.raises(Invalid):
        operations.judge(
            pair, "reopen", reason=" ", version=str(pair.version), by=officer, now=NOON
        )
    with pytest.raises(NotFound):
        operations.check_again("expert", by=officer, now=NOON)


def test_the_bureau_sees_across_enterprises_and_an_enterprise_only_its_own(writing, make, need):
    firm = make.organisation()
    owner = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    mine = need("辊道清理", organisation=firm)
    again = need("辊道再清理", organisation=firm)
    theirs = need("氧化铁皮清理")
    check()
    officer = make.user(Role.OFFICER)
    seen = {hint.other.id for hint in operations.beside("need", mine, viewer=officer)}
    assert seen == {again.id, theirs.id}
    seen = {hint.other.id for hint in operations.beside("need", mine, viewer=owner)}
    assert seen == {again.id}
    both = operations.compare("need", mine.public_id, again.public_id, viewer=owner)
    assert "难题描述" in [label for label, _ in both.fields]
    with pytest.raises(NotFound):
        operations.compare("need", mine.public_id, theirs.public_id, viewer=owner)
    assert operations.compare("need", mine.public_id, theirs.public_id, viewer=officer)


def test_a_town_sees_its_own_enterprises_only(writing, make, need):
    town = make.town()
    here = [make.organisation(town_id=town.id) for _ in range(2)]
    clerk = make.user(Role.TOWN_OFFICER, town=town)
    mine, neighbour = (
        need(title, organisation=firm, state=NeedState.SUBMITTED)
        for title, firm in zip(("辊道清理", "辊道再清理"), here, strict=True)
    )
    need("氧化铁皮清理")
    seen = {hint.other.id for hint in operations.beside("need", mine, viewer=clerk)}
    assert seen == {neighbour.id}


def test_older_texts_come_from_the_background(writing, make, need, monkeypatch):
    mine, other = need("辊道清理"), need("氧化铁皮清理")
    check()
    monkeypatch.setattr(operations, "MOST_COMPARED", 0)
    hints = operations.beside("need", mine, viewer=make.user(Role.OFFICER))
    assert [(hint.other.id, hint.pair is not None) for hint in hints] == [(other.id, True)]
