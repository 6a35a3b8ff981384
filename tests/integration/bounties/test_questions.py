"""Questions: asked until a day, answered to all, the asker known to the auditor alone."""

from datetime import timedelta

import pytest
import time_machine

from matchmaker.bounties import inviting, questions, record, suggesting, watching
from matchmaker.bounties.records import Suggestion, SuggestionKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role
from tests.conftest import NOON
from tests.integration.bounties.conftest import need_values, published

pytestmark = pytest.mark.database


@pytest.fixture
def bounty(writing, make, people):
    return published(people, make.need(**need_values(people.firm)))


def test_a_verified_researcher_asks_and_all_read_the_answer(bounty, people, make):
    asker = make.user(Role.RESEARCHER)
    question = questions.ask(bounty, "样件由谁提供？我们学校的设备能测。", by=asker, now=NOON)
    assert questions.answered(bounty.id) == []
    assert questions.waiting(bounty.id) == [question]
    questions.answer(
        bounty, [question], public_body="样件由谁提供？", body="由发榜企业提供 20 件。",
        by=people.officer, now=NOON,
    )  # fmt: skip
    assert questions.answered(bounty.id) == [question]
    line = record.line(record.of(bounty.id)[-1])
    assert line["content"] == {
        "question": "样件由谁提供？", "answer": "由发榜企业提供 20 件。", "by": "科技局",
        "merged": 1,
    }  # fmt: skip
    assert asker.name not in str(line)
    with pytest.raises(WrongState, match="已经答复"):
        questions.answer(
            bounty, [question], public_body="样件由谁提供？", body="x", by=people.officer, now=NOON
        )


def test_alike_questions_get_one_answer(bounty, people, make):
    asked = [
        questions.ask(bounty, f"能否到现场看设备？{n}", by=make.user(Role.RESEARCHER), now=NOON)
        for n in range(3)
    ]
    questions.answer(
        bounty,
        asked,
        public_body="能否到现场看设备？",
        body="可以预约。",
        by=people.admin,
        now=NOON,
    )
    assert [one.answered_as for one in questions.answered(bounty.id)] == ["发榜方"]
    assert questions.waiting(bounty.id) == []


def test_who_may_ask_and_until_when(bounty, people, make):
    unverified = make.user(
        Role.RESEARCHER, organisation=make.organisation(state=OrganisationState.PENDING)
    )
    with pytest.raises(NotAllowed):
        questions.ask(bounty, "能否延期？", by=unverified, now=NOON)
    with pytest.raises(NotAllowed):
        questions.ask(bounty, "能否延期？", by=people.officer, now=NOON)
    asker = make.user(Role.RESEARCHER)
    with pytest.raises(Invalid, match="5 至 1000 字"):
        questions.ask(bounty, "？", by=asker, now=NOON)
    with pytest.raises(Invalid, match="涉密"):
        questions.ask(bounty, "附件是机密★10年的，可以吗", by=asker, now=NOON)
    for moment, may in (
        (bounty.question_deadline_at - timedelta(seconds=1), True),
        (bounty.question_deadline_at, False),
        (bounty.bid_deadline_at, False),
    ):
        with time_machine.travel(moment, tick=False):
            if may:
                questions.ask(bounty, "最后一刻的问题？", by=asker, now=moment)
            else:
                with pytest.raises(WrongState):
                    questions.ask(bounty, "最后一刻的问题？", by=asker, now=moment)


def suggestion(bounty, organisation, **values):
    row = Suggestion(
        bounty_id=bounty.id, target=f"enterprise:{organisation.id}", kind=SuggestionKind.ENTERPRISE,
        organisation_id=organisation.id, score=0.5, words=["力控"], at=NOON, **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_conflicts_are_looked_at_before_the_invitation(bounty, people, make):
    owner = bounty.owner
    owner.contact_phone = "0631-5206677"
    free, near, tied = (make.organisation() for _ in range(3))
    near.contact_phone = "0631-5206677"
    tied.controllers = [{"name": owner.name, "ratio": "60%"}]
    db.session.flush()
    rows = {org.id: suggestion(bounty, org) for org in (free, near, tied)}
    names = {key: row.public_id for key, row in rows.items()}
    with pytest.raises(Invalid, match="存在关联，不能邀请"):
        inviting.invite(bounty, [names[free.id], names[tied.id]], {}, by=people.officer, now=NOON)
    assert inviting.invited(bounty.id) == {}
    with pytest.raises(Invalid, match="核实意见"):
        inviting.invite(bounty, [names[near.id]], {}, by=people.officer, now=NOON)
    notes = {names[near.id]: "同一楼宇总机，已核实无关联"}
    wanted = [names[free.id], names[near.id]]
    assert inviting.invite(bounty, wanted, notes, by=people.officer, now=NOON) == 2
    assert inviting.invite(bounty, wanted, notes, by=people.officer, now=NOON) == 0
    kept = inviting.invited(bounty.id)[rows[near.id].id]
    assert kept.note == notes[names[near.id]]
    assert [hit["level"] for hit in kept.hits] == ["提示"]
    assert "电话" in kept.hits[0]["text"]
    with pytest.raises(Invalid, match="勾选"):
        inviting.invite(bounty, [], {}, by=people.officer, now=NOON)


def test_coverage_is_counts_of_what_was_read(bounty, people, make, writing):
    from matchmaker.bounties.records import Visit

    org = make.organisation()
    reader = make.user(Role.ENTERPRISE_ADMIN, organisation=org)
    row = suggestion(bounty, org)
    inviting.invite(bounty, [row.public_id], {}, by=people.officer, now=NOON)
    assert inviting.coverage(bounty).opened == 0
    db.session.add(Visit(bounty_id=bounty.id, user_id=reader.id, what="opened", at=NOON))
    db.session.add(Visit(bounty_id=bounty.id, user_id=reader.id, what="downloaded", at=NOON))
    questions.ask(bounty, "能否到现场看设备？", by=make.user(Role.RESEARCHER), now=NOON)
    watching.follow(bounty.id, by=reader, now=NOON)
    watching.follow(bounty.id, by=reader, now=NOON)
    db.session.flush()
    seen = inviting.coverage(bounty)
    assert (seen.invited, seen.opened, seen.asked, seen.downloaded, seen.followers) == (
        1,
        1,
        1,
        1,
        1,
    )
    watching.unfollow(bounty.id, by=reader)
    assert inviting.coverage(bounty).followers == 0
    assert reader.id in watching.audience(bounty.id)


def test_the_matcher_finds_teams_with_the_words_why(app, make, people):
    from matchmaker import jobs, web

    team, other = make.team(), make.team(name="海洋牧场团队", directions="贝类育苗与海藻养殖")
    achievement = make.achievement()
    with app.app_context():
        with web.transaction():
            bounty = published(people, make.need(**need_values(people.firm)))
            bounty_id = bounty.id
        jobs.drain()
        found = suggesting.of(bounty_id)
        targets = {one.target: one for one in found}
        assert f"team:{team.id}" in targets
        assert f"achievement:{achievement.id}" in targets
        assert f"team:{other.id}" not in targets
        assert "机器人" in "".join(targets[f"team:{team.id}"].words)
