"""Needs from draft to submission: each guard both ways."""

import pytest
import sqlalchemy as sa

from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState, OrganisationState, Role
from matchmaker.needs import content, fields, operations
from matchmaker.needs.models import Need
from matchmaker.outbox.models import Event
from matchmaker.places.operations import set_setting
from matchmaker.revisions import operations as revisions
from tests.conftest import NOON
from tests.integration.needs.conftest import GOOD

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("writing")]


def events(kind):
    return db.session.scalars(sa.select(Event).where(Event.kind == kind)).all()


def test_the_form_stays_within_its_bar():
    assert len(fields.FIELDS) <= 22
    assert sum(field.required for field in fields.FIELDS) == 11
    assert {field.stage for field in fields.FIELDS} == {1, 2, 3, 4, 5}


def test_a_draft_may_be_empty_and_grows_by_parts(firm, owner):
    need = operations.create_draft(firm, {}, by=owner, now=NOON)
    operations.save_draft(need, {"title": " 阀体\n打磨 "}, by=owner, now=NOON, version=need.version)
    operations.save_draft(need, {"keywords": ["力控", "力控", " "]}, by=owner, now=NOON)
    assert (need.title, need.keywords, need.keyword_line) == ("阀体 打磨", ["力控"], "力控")
    assert need.state is NeedState.DRAFT
    assert [e.action for e in trail.history("need", need.public_id)] == ["create"]


def test_what_the_profile_knows_is_not_asked_again(make, owner):
    firm = make.organisation(industry_code="C34")
    by = make.user(Role.ENTERPRISE_USER, organisation=firm)
    assert operations.create_draft(firm, {}, by=by, now=NOON).industry_code == "C34"


def test_nobody_writes_for_another_enterprise_but_the_bureau(make, firm, outsider, officer):
    with pytest.raises(NotAllowed):
        operations.create_draft(firm, GOOD, by=outsider, now=NOON)
    with pytest.raises(NotAllowed):
        operations.create_draft(firm, GOOD, by=make.user(Role.RESEARCHER), now=NOON)
    need = operations.create_draft(firm, GOOD, by=officer, now=NOON)
    assert trail.history("need", need.public_id)[0].details == {"on_behalf": True}


@pytest.mark.parametrize(
    ("name", "bad", "said"),
    [
        ("title", "长" * 121, "最多 120 字"),
        ("problem", "长" * 50_000, "最多 3000 字，现为 50000 字"),
        ("keywords", list("abcdefghi"), "最多 8 个"),
        ("keywords", ["长" * 31], "每个最多 30 字"),
        ("key_indicators", ["长" * 201], "每个最多 200 字"),
        ("duration_months", 49, "1 至 48"),
        ("duration_months", 0, "1 至 48"),
        ("budget_total_fen", 0, "须大于 0"),
        ("budget_total_fen", -1, "不小于 0"),
        ("budget_total_fen", 10**16, "不小于 0"),
        ("tech_field_code", "999", "不在列表里"),
        ("coop_modes", ["alchemy"], "不在列表里"),
        ("category", "alchemy", "不在列表里"),
        ("audience", "nobody", "不在列表里"),
        ("target_trl", "10", "不在列表里"),
        ("chain_node_id", "77", "不在列表里"),
        ("directed_to", ["没有的大学"], "平台上没有"),
        ("problem", "本项目属国家秘密，机密★10年", "疑似涉密"),
        ("keywords", ["机密★"], "疑似涉密"),
    ],
)
def test_what_no_draft_may_hold(firm, owner, name, bad, said):
    with pytest.raises(Invalid, match=said) as refused:
        operations.create_draft(firm, {name: bad}, by=owner, now=NOON)
    assert list(refused.value.fields) == [name]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("title", "长" * 120),
        ("problem", "长" * 3000),
        ("duration_months", 48),
        ("duration_months", ""),
        ("budget_total_fen", 120_000_000),
        ("problem", "本企业的技术秘密和商业秘密由双方另签协议保护"),
        ("foundation", "<script>alert(1)</script>'; DROP TABLE need; -- 😀"),
    ],
)
def test_what_a_draft_may_hold(draft, name, good):
    assert getattr(draft(**{name: good}), name) == (good or None)


def test_control_characters_do_not_reach_the_database(draft):
    assert draft(title="阀\x00体\x07打磨技术").title == "阀体打磨技术"


def test_the_bidder_is_paid_within_the_budget(draft, owner):
    with pytest.raises(Invalid, match="不能超过拟投入总额"):
        draft(pay_to_bidder_fen=180_000_001)
    need = draft(pay_to_bidder_fen=180_000_000)
    with pytest.raises(Invalid, match="不能超过拟投入总额"):
        operations.save_draft(need, {"budget_total_fen": 100}, by=owner, now=NOON)


def test_an_edit_on_an_old_version_is_refused(draft, owner):
    need = draft()
    first = need.version
    operations.save_draft(need, {"title": "甲技术攻关"}, by=owner, now=NOON, version=first)
    with pytest.raises(Stale):
        operations.save_draft(need, {"title": "乙技术攻关"}, by=owner, now=NOON, version=first)
    assert need.title == "甲技术攻关"


def test_submission_numbers_keeps_and_moves(draft, owner, firm):
    first, second = draft(), draft()
    for need in (first, second):
        operations.submit(need, by=owner, now=NOON)
    town = db.session.merge(firm).town.code[-2:]
    assert [first.need_no, second.need_no] == [f"XQ2026{town}0001", f"XQ2026{town}0002"]
    assert first.state is NeedState.SUBMITTED
    assert revisions.get("need", first.id, 1).content["title"] == GOOD["title"]
    assert not events("need.saved")  # nothing to match before it is accepted


@pytest.mark.parametrize("name", [field.name for field in fields.FIELDS if field.required])
def test_every_required_field_is_asked_for(draft, owner, name):
    if name == "audience":
        # The form proposes 向社会公开: it is never empty.
        assert draft(audience="").audience == "public"
        return
    need = draft(**{name: [] if isinstance(GOOD[name], list) else ""})
    with pytest.raises(Invalid, match="还没有填写") as refused:
        operations.submit(need, by=owner, now=NOON)
    assert list(refused.value.fields) == [name]
    assert need.state is NeedState.DRAFT
    assert need.need_no is None


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": "打磨"}, "title"),
        ({"problem": "太短"}, "problem"),
        ({"background": "太短"}, "background"),
        ({"keywords": ["力控", "打磨"]}, "keywords"),
        ({"key_indicators": ["节拍≤6 min"]}, "key_indicators"),
        ({"key_indicators": ["节拍≤6 min", "运行平稳"]}, "key_indicators"),
        ({"audience": "directed"}, "directed_to"),
        ({"no_secret_declared": False}, "no_secret_declared"),
    ],
)
def test_what_is_too_little_to_submit(draft, owner, changes, name):
    need = draft(**changes)
    with pytest.raises(Invalid) as refused:
        operations.submit(need, by=owner, now=NOON)
    assert list(refused.value.fields) == [name]


def test_a_directed_need_names_its_readers(draft, owner, institute):
    need = draft(audience="directed", directed_to=["滨海理工大学"])
    operations.submit(need, by=owner, now=NOON)
    assert revisions.get("need", need.id, 1).content["directed_to"] == ["滨海理工大学"]


@pytest.mark.parametrize("state", sorted(set(OrganisationState)))
def test_only_a_verified_enterprise_submits(make, state):
    firm = make.organisation(state=state)
    by = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    need = operations.create_draft(firm, GOOD, by=by, now=NOON)
    if state in operations.MAY_SUBMIT:
        operations.submit(need, by=by, now=NOON)
        assert need.need_no
    else:
        with pytest.raises(Invalid, match="草稿已保存"):
            operations.submit(need, by=by, now=NOON)


def test_the_bureau_submits_for_an_enterprise_nobody_has_claimed(make, officer):
    firm = make.organisation(state=OrganisationState.UNCLAIMED)
    need = operations.create_draft(firm, GOOD, by=officer, now=NOON)
    operations.submit(need, by=officer, now=NOON)
    moved = trail.history("need", need.public_id)[1]
    assert moved.details == {"on_behalf": True}
    suspended = make.organisation(state=OrganisationState.SUSPENDED)
    need = operations.create_draft(suspended, GOOD, by=officer, now=NOON)
    with pytest.raises(Invalid, match="已停用"):
        operations.submit(need, by=officer, now=NOON)


@pytest.mark.parametrize(
    ("has_town", "switched_on", "state"),
    [
        (True, True, NeedState.SUBMITTED),
        (True, False, NeedState.SCREENED),
        (False, True, NeedState.SCREENED),
    ],
)
def test_screening_is_skipped_where_there_is_none(make, has_town, switched_on, state):
    set_setting("town_screening", switched_on)
    firm = make.organisation(town_id=make.town().id if has_town else None)
    by = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    need = operations.create_draft(firm, GOOD, by=by, now=NOON)
    operations.submit(need, by=by, now=NOON)
    assert need.state is state


@pytest.mark.parametrize("state", sorted(set(NeedState) - set(operations.EDITABLE)))
def test_what_was_submitted_is_not_edited_in_place(make, owner, firm, state):
    need = make.need(organisation=firm, state=state)
    with pytest.raises(WrongState):
        operations.save_draft(need, {"title": "改个名字试试"}, by=owner, now=NOON)
    with pytest.raises(WrongState):
        operations.delete_draft(need, by=owner, now=NOON)
    with pytest.raises(WrongState):
        operations.submit(need, by=owner, now=NOON)


def test_a_draft_is_deleted_and_the_deed_is_on_the_trail(draft, owner):
    need = draft()
    public_id = need.public_id
    operations.delete_draft(need, by=owner, now=NOON)
    assert db.session.query(Need).count() == 0
    assert trail.history("need", public_id)[-1].action == "delete_draft"


def test_a_row_is_found_only_by_whom_it_is_for(draft, owner, outsider, officer):
    need = draft()
    assert operations.get(need.public_id, "update", viewer=owner) is need
    for other in (outsider, officer):
        with pytest.raises(NotFound):
            operations.get(need.public_id, "update", viewer=other)
        with pytest.raises(NotFound):
            operations.read(need.public_id, viewer=other)
    with pytest.raises(NotFound):
        operations.get(need.public_id, "submit_on_behalf", viewer=officer)


def test_a_colleagues_draft_is_not_mine_but_what_the_bureau_entered_is(make, firm, owner, officer):
    colleague = make.user(Role.ENTERPRISE_USER, organisation=firm)
    own = operations.create_draft(firm, GOOD, by=colleague, now=NOON)
    entered = operations.create_draft(firm, GOOD, by=officer, now=NOON)
    written = operations.create_draft(firm, GOOD, by=owner, now=NOON)
    seen = set(db.session.scalars(operations.visible(colleague)))
    assert seen == {own, entered}
    assert set(db.session.scalars(operations.visible(owner))) == {own, entered, written}


def test_an_enterprise_is_named_in_full_or_by_its_code(make):
    firm = make.organisation(name="澜州海瀚阀门有限公司", uscc="91371099XXXX00019Y")
    assert operations.enterprise_named(" 澜州海瀚阀门有限公司 ").id == firm.id
    assert operations.enterprise_named("91371099xxxx00019y").id == firm.id
    with pytest.raises(Invalid, match="平台上没有企业"):
        operations.enterprise_named("海瀚")


def test_versions_read_in_words():
    before = {"budget_total_fen": 180_000_000, "coop_modes": ["license"], "audience": "public"}
    after = {"budget_total_fen": 200_000_000, "coop_modes": ["license"], "audience": "member"}
    assert content.differences(before, after) == [
        ("拟投入总额", "180 万元", "200 万元"),
        ("公开范围", "向社会公开", "仅认证用户可见"),
    ]
