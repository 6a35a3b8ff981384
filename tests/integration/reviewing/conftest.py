"""A closed bounty with three qualified bids, experts of the field, and the bureau's people."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from matchmaker import web
from matchmaker.accounts.models import OrganisationKind, User
from matchmaker.bidding.models import Bid
from matchmaker.bounties import rubrics
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState, Role
from matchmaker.reviewing import (
    aggregating,
    awarding,
    choosing,
    drawing,
    operations,
    seats,
    sheets,
)
from matchmaker.reviewing.models import Review
from matchmaker.reviewing.operations import Setup
from matchmaker.reviewing.sheet_models import Advice
from matchmaker.scoring import Part
from tests.conftest import NOON
from tests.factories import BORN

COMMENT = "技术路线清楚，关键指标均有响应，团队具备相应工程经验。"
SETUP = Setup(panel_size=3, due_on=date(2026, 12, 10))


def content(name, quote=90_000_000, **more):
    """Return what an opened bid holds."""
    return {
        "pi_name": f"{name}所长", "pi_title": "教授", "pi_phone": "13900000000",
        "team": [{"name": f"{name}成员甲", "organisation": f"{name}大学", "title": "副教授"}],
        "partners": [
            {"organisation": f"{name}协作厂", "task": "试制", "amount_fen": quote // 3}
        ],
        "solution_text": f"{name}大学采用恒力末端与视觉测量，分三步完成阀体打磨攻关。",
        "indicator_responses": [
            {"indicator": "打磨接触力波动", "answer": "meet", "value": "±4 N", "note": "自测"}
        ],
        "quote_fen": quote,
        "budget_lines": [{"name": "设备费", "amount_fen": quote, "note": "传感器"}],
        "milestones": [
            {"name": "样机", "due_months": 6, "deliverables": "样机一台", "share": "40"}
        ],
        "achievements": [], "cases": f"{name}大学曾为泵阀企业改造产线。", "pledges": {},
        "files": [], **more,
    }  # fmt: skip


NAMES = ("澜北", "澜南", "澜西")


@pytest.fixture
def fixed_clock(monkeypatch):
    """Let the application's time be `clock.at`, noon unless a test moves it."""
    held = SimpleNamespace(at=NOON)
    monkeypatch.setattr("matchmaker.clock.now", lambda: held.at)
    return held


@pytest.fixture
def hall(app, make, fixed_clock):
    """People, a closed bounty with qualified bids, and twelve experts with accounts."""
    return build(make)


def build(make, experts=15, **bounty_values):
    firm = make.organisation(name="滨海阀门铸造有限公司")
    officer = make.user(Role.OFFICER, name="赵经办")
    bounty = make.bounty(
        organisation=firm, state=BountyState.CLOSED, handler_id=officer.id,
        rubric=rubrics.for_bids(), bid_deadline_at=BORN + timedelta(days=1), **bounty_values,
    )  # fmt: skip
    bids, bidders = [], []
    for number, name in enumerate(NAMES):
        unit = make.organisation(OrganisationKind.INSTITUTION, name=f"{name}大学")
        bidder = make.user(Role.RESEARCHER, organisation=unit)
        quote = 90_000_000 + number * 1_000_000
        bids.append(
            make.add(
                Bid(
                    bounty_id=bounty.id,
                    state=BidState.QUALIFIED,
                    lead_organisation_id=unit.id,
                    created_by_id=bidder.id,
                    quote_fen=quote,
                    content=content(name, quote),
                    commitment=f"{number:064x}",
                    created_at=BORN,
                    received_at=BORN,
                    opened_at=NOON,
                )
            )
        )
        bidders.append(bidder)
    people = []
    for number in range(experts):
        user = make.user(Role.EXPERT, name=f"评委{number:02}")
        people.append(
            make.expert(
                name=f"评委{number:02}",
                user_id=user.id,
                org_name=f"外地第{number}研究院",
                tech_field_codes=["804"],
            )
        )
    return SimpleNamespace(
        firm=firm, bounty=bounty, bids=bids, bidders=bidders, experts=people, officer=officer,
        chief=make.user(Role.SECTION_CHIEF, name="孙科长"), leader=make.user(Role.LEADER),
        auditor=make.user(Role.AUDITOR), owner=make.user(Role.ENTERPRISE_ADMIN, organisation=firm),
        other_officer=make.user(Role.OFFICER, name="钱经办"),
    )  # fmt: skip


def user(row):
    """Return the account in this session."""
    return db.session.get_one(User, row if isinstance(row, int) else row.id)


def judge(panelist):
    return db.session.get_one(User, panelist.expert.user_id)


def set_up(hall, setup=SETUP, now=NOON):
    bounty = db.session.get_one(Bounty, hall.bounty.id)
    return operations.review_bids(bounty, setup, by=user(hall.officer), now=now)


def drawn(hall, setup=SETUP, now=NOON, **more):
    review = set_up(hall, setup, now)
    drawing.perform(review, by=user(hall.officer), now=now, **more)
    return review


def invited(hall, setup=SETUP, now=NOON, **more):
    review = drawn(hall, setup, now, **more)
    drawing.approve(review, by=user(hall.leader), now=now)
    return review


def scoring(hall, setup=SETUP, now=NOON):
    review = invited(hall, setup, now)
    for panelist in list(review.sitting):
        seats.confirm(panelist, declared=True, by=judge(panelist), now=now)
    return review


def fill_in(panelist, part, scores, now=NOON, **more):
    """Submit a judge's sheets of one part: subject's number → score on every criterion."""
    for sheet in sheets.of_panelist(panelist):
        if sheet.part is part and sheet.state.value == "draft":
            typed = typed_for(sheet, scores[sheet.subject.number], **more)
            sheets.submit(sheet, typed, by=judge(panelist), now=now)


def typed_for(sheet, score, **more):
    keys = [one.key for one in sheet.panelist.review.rubric.of(sheet.part)]
    given = {key: str(score) for key in keys}
    return {"scores": given, "comment": COMMENT, "advice": Advice.RECOMMEND, **more}


SCORES = ({1: 90, 2: 80, 3: 50}, {1: 88, 2: 84, 3: 55}, {1: 92, 2: 79, 3: 52})


def scored(hall, scores=SCORES, setup=SETUP, now=NOON):
    review = scoring(hall, setup, now)
    for part in (Part.TECHNICAL, Part.PRICE):
        for panelist, own in zip(review.sitting, scores, strict=True):
            fill_in(panelist, part, own, now)
    return review


def concluded(hall, scores=SCORES, setup=SETUP, now=NOON):
    review = scored(hall, scores, setup, now)
    aggregating.aggregate(review, by=user(hall.officer), now=now)
    aggregating.conclude(review, conclusion="同意专家组推荐意见。", by=user(hall.chief), now=now)
    return review


def proposed(hall, places=(1,), reason="", now=NOON):
    review = concluded(hall, now=now)
    chosen = [one.public_id for one in review.subjects if one.place in places]
    choosing.choose(review, chosen, reason=reason, by=user(hall.owner), now=now)
    awarding.propose(review, by=user(hall.officer), now=now)
    return review


def noticed(hall, now=NOON, **more):
    review = proposed(hall, now=now, **more)
    bounty = review.bounty
    awarding.endorse(bounty, by=user(hall.chief), now=now)
    awarding.approve(bounty, by=user(hall.leader), now=now)
    return review


@pytest.fixture
def committed(app):
    """Return a function: do a deed in a committed transaction; give back the review's id."""

    def run(deed, *args, **kwargs):
        with app.app_context(), web.transaction():
            found = deed(*args, **kwargs)
            db.session.flush()
            return found.public_id if isinstance(found, Review) else found

    return run


def noticed_two(hall, now=NOON):
    """Go to the award notice where only two bids were judged."""
    review = scored(hall, ({1: 90, 2: 80},) * 3, now=now)
    aggregating.aggregate(review, by=user(hall.officer), now=now)
    aggregating.conclude(review, conclusion="同意专家组推荐意见。", by=user(hall.chief), now=now)
    first = [one.public_id for one in review.subjects if one.place == 1]
    choosing.choose(review, first, by=user(hall.owner), now=now)
    awarding.propose(review, by=user(hall.officer), now=now)
    awarding.endorse(review.bounty, by=user(hall.chief), now=now)
    awarding.approve(review.bounty, by=user(hall.leader), now=now)
    return review
