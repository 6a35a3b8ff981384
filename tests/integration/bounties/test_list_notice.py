"""An optional 拟发榜公示 stands between the chief and the leader."""

import pytest

from matchmaker.bounties import approval
from matchmaker.errors import WrongState
from matchmaker.lifecycles import BountyState
from matchmaker.notices import operations as notices
from tests.conftest import NOON
from tests.integration.bounties.conftest import drafted, need_values

pytestmark = pytest.mark.database


@pytest.fixture
def waiting(writing, make, people):
    bounty = drafted(people, make.need(**need_values(people.firm)), with_list_notice=True)
    approval.submit(bounty, by=people.officer, now=NOON)
    approval.review(bounty, is_free_of_secrets=True, by=people.chief, now=NOON)
    return bounty


def event(bounty, kind="list", noun="bounty"):
    return {"notice": 1, "kind": kind, "subject_noun": noun, "subject_id": bounty.id}


def test_the_review_begins_a_notice_for_the_officer(waiting, people):
    assert waiting.state is BountyState.LIST_NOTICE
    (notice,) = notices.for_subject("bounty", waiting.id)
    assert (notice.kind.value, notice.handler_id) == ("list", people.officer.id)
    assert waiting.title in str(notice.subjects)
    with pytest.raises(WrongState):
        approval.approve(waiting, by=people.leader, now=NOON)


def test_a_notice_that_ends_clear_makes_it_ready(waiting, people):
    approval._notice_ended(event(waiting, kind="award"))
    approval._notice_ended(event(waiting, noun="need"))
    assert waiting.state is BountyState.LIST_NOTICE
    approval._notice_ended(event(waiting))
    assert waiting.state is BountyState.READY
    approval._notice_ended(event(waiting))  # told twice
    approval.approve(waiting, by=people.leader, now=NOON)
    assert waiting.state is BountyState.PUBLISHED


def test_a_notice_revoked_sends_it_back(waiting):
    approval._notice_revoked({**event(waiting), "reason": "异议成立"})
    assert waiting.state is BountyState.DRAFT
    assert waiting.secrecy_checked_at is None
