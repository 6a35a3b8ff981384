"""Two at once in a review: one effect each, and the last of several judges completes the panel."""

import pytest
from sqlalchemy import func, select

from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import LIVE_AWARDS, PanelistState, ReviewState, SheetState
from matchmaker.reviewing.award_models import Award, Choice
from matchmaker.reviewing.models import Panelist, Review
from matchmaker.reviewing.sheet_models import ScoreSheet
from matchmaker.scoring import Part
from tests.integration.reviewing.conftest import COMMENT, fixed_clock, hall  # noqa: F401
from tests.integration.reviewing.test_pages import Story
from tests.security.test_races import count, entries, prepared, statuses, together

pytestmark = pytest.mark.database
FULL = {f"score_{n}": "80" for n in range(1, 7)} | {"comment": COMMENT, "advice": "recommend"}


@pytest.fixture
def story(app, hall, sign_in):  # noqa: F811
    return Story(app, hall, sign_in)


def chosen(story):
    with story.app.app_context():
        review = db.session.scalars(select(Review)).one()
        return next(one.public_id for one in review.subjects if one.place == 1)


def test_one_bounty_is_put_under_review_twice_at_once(story, app, sign_in):
    data = {"bounty": story.hall.bounty.public_id, "panel_size": "3", "due_on": "2026-12-10"}
    officer = story.hall.officer
    deeds = [
        prepared(sign_in(officer), "/reviews/new/bids", data, page="/reviews/new") for _ in range(2)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert count(app, Review) == entries(app, "create", "review") == 1


def test_two_officers_award_at_once(story, app, sign_in):
    story.to_conclusion()
    page = f"/choices/{story.review}"
    story.post("owner", page, {"chosen": chosen(story)}, page)
    deeds = [
        prepared(sign_in(story.hall.officer), f"{story.url}/propose", page=story.url)
        for _ in range(2)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert told[409] + told[404] == 1
    assert count(app, Award, Award.state.in_(tuple(LIVE_AWARDS))) == 1
    assert entries(app, "propose", "award") == 1


def test_two_leaders_approve_one_award_at_once(story, app, sign_in, make):
    test_two_officers_award_at_once(story, app, sign_in)
    award = f"/awards/{story.one(Award).public_id}"
    story.post("chief", f"{award}/endorse", page=award)
    other = make.user(*[role for role in story.hall.leader.roles if role.value == "leader"])
    deeds = [
        prepared(sign_in(who), f"{award}/approve", page=award) for who in (story.hall.leader, other)
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert entries(app, "approve", "award") == entries(app, "start_award_notice", "bounty") == 1


def test_the_owner_chooses_in_two_windows(story, app, sign_in):
    story.to_conclusion()
    page = f"/choices/{story.review}"
    data = {"chosen": chosen(story)}
    deeds = [prepared(sign_in(story.hall.owner), page, data) for _ in range(2)]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert told[409] == 1
    assert count(app, Choice) == 1


def test_one_sheet_is_submitted_in_two_windows(story, app, sign_in):
    story.to_scoring()
    seat, user_id = story.seats()[0]
    sheet, _ = story.sheets_of(seat, Part.TECHNICAL)[0]
    url, page = f"/score-sheets/{sheet}/submit", f"/score-sheets/{sheet}"
    deeds = [
        prepared(sign_in(user_id), url, FULL | {"score_1": score}, page=page)
        for score in ("10", "90")
    ]
    told = statuses(together(*deeds))
    assert told[302] == 1
    assert told[409] == 1
    assert entries(app, "submit", "score_sheet") == 1
    with app.app_context():
        row = db.session.scalars(select(ScoreSheet).where(ScoreSheet.public_id == sheet)).one()
        assert len(row.versions) == 1
        assert row.scores["1"] in {"10", "90"}


def test_all_judges_confirm_at_once(story, app, sign_in):
    story.set_up()
    story.draw()
    story.approve()
    deeds = [
        prepared(
            sign_in(user_id), f"/my-reviews/{seat}/confirm", {"declared": "y"},
            page=f"/my-reviews/{seat}",
        )
        for seat, user_id in story.seats()
    ]  # fmt: skip
    assert statuses(together(*deeds))[302] == 3
    assert story.one(Review).state is ReviewState.SCORING
    assert count(app, ScoreSheet) == 9
    assert entries(app, "start", "review") == 1


def test_the_last_sheets_come_in_at_once(story, app, sign_in):
    story.to_scoring()
    last = []
    for seat, user_id in story.seats():
        client, own = sign_in(user_id), story.sheets_of(seat, Part.TECHNICAL)
        for sheet, _ in own[:-1]:
            page = f"/score-sheets/{sheet}"
            assert prepared(client, f"{page}/submit", FULL, page=page)().status_code == 302
        page = f"/score-sheets/{own[-1][0]}"
        last.append(prepared(client, f"{page}/submit", FULL, page=page))
    assert statuses(together(*last))[302] == 3
    assert story.one(Review).technical_locked_at is not None
    price = ScoreSheet.part == Part.PRICE
    assert count(app, ScoreSheet, price, ScoreSheet.state == SheetState.DRAFT) == 9


def test_two_judges_refuse_at_once(story, app, sign_in):
    story.set_up()
    story.draw()
    story.approve()
    deeds = [
        prepared(
            sign_in(user_id), f"/my-reviews/{seat}/refuse", {"reason": "出差"},
            page=f"/my-reviews/{seat}",
        )
        for seat, user_id in story.seats()[:2]
    ]  # fmt: skip
    told = statuses(together(*deeds))
    assert told[302] >= 1
    sitting = Panelist.state.in_((PanelistState.INVITED, PanelistState.CONFIRMED))
    assert count(app, Panelist, sitting) == 3
    with app.app_context():
        refused = select(func.count()).where(Entry.action == "refuse", Entry.noun == "panelist")
        assert db.session.scalar(refused) == told[302]
