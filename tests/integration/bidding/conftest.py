"""A published bounty with its key, a bidder, his office, and a draft complete but for consent."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select

from matchmaker import clock, jobs, web
from matchmaker.accounts.models import OrganisationKind, User
from matchmaker.bidding import attachments, drafts, keys, submitting, vault
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests import browser
from tests.conftest import NOON
from tests.factories import holder_words

PDF = b"%PDF-1.7\n% kanari-attachment\n%%EOF"
SOLUTION = (
    "采用结构光相机获取毛坯点云并与数模配准，恒力末端执行器实时补偿接触力，"
    "产线连续验证三个月，第三方检测机构出具报告。"
)


@pytest.fixture
def frozen():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def bureau(make):
    found = SimpleNamespace(
        officer=make.user(Role.OFFICER),
        leader=make.user(Role.LEADER),
        auditor=make.user(Role.AUDITOR),
    )
    for holder in vars(found).values():
        make.holder_key(holder)
    return found


def published(app, make, people, **values):
    """A published bounty with its key in three shares."""
    bounty = make.bounty(handler_id=people.officer.id, **values)
    with app.app_context(), web.transaction():
        row = db.session.get_one(Bounty, bounty.id)
        keys.prepare(row, by=db.session.merge(people.leader), now=NOON)
    return bounty


@pytest.fixture
def stage(app, make, frozen):
    """Bureau, bounty, and one institute with its researcher and office."""
    people = bureau(make)
    people.unit = make.organisation(OrganisationKind.INSTITUTION)
    people.owner = make.organisation()
    people.researcher = make.user(Role.RESEARCHER, organisation=people.unit)
    people.office = make.user(Role.INSTITUTION_ADMIN, organisation=people.unit)
    people.bounty = published(app, make, people, organisation=people.owner)
    return people


PEOPLE_SCREEN = {
    "pi_name": "林海", "pi_title": "教授", "pi_phone": "13812345678", "action": "next",
    "team-0-name": "周帆", "team-0-organisation": "本校", "team-0-title": "算法",
}  # fmt: skip
ANSWER_SCREEN = {
    "solution_text": SOLUTION, "action": "next",
    "indicator_responses-0-indicator": "打磨接触力波动", "indicator_responses-0-answer": "exceed",
    "indicator_responses-0-value": "≤±3 N", "indicator_responses-1-indicator": "单件节拍",
    "indicator_responses-1-answer": "meet", "indicator_responses-1-value": "≤6 min",
}  # fmt: skip
FIGURE_SCREEN = {
    "quote_fen": "180", "action": "next",
    "budget_lines-0-name": "设备", "budget_lines-0-amount_fen": "100",
    "budget_lines-1-name": "人员", "budget_lines-1-amount_fen": "80",
    "milestones-0-name": "样机", "milestones-0-due_months": "6",
    "milestones-0-deliverables": "样机一台", "milestones-0-share": "33.33",
    "milestones-1-name": "上线", "milestones-1-due_months": "12",
    "milestones-1-deliverables": "产线验证", "milestones-1-share": "33.33",
    "milestones-2-name": "验收", "milestones-2-due_months": "18",
    "milestones-2-deliverables": "第三方检测", "milestones-2-share": "33.34",
}  # fmt: skip
PLEDGE_SCREEN = {
    "pledge_integrity": "y", "pledge_no_relation": "y", "pledge_employer": "y", "action": "next",
    "cases": "三条产线",
}  # fmt: skip
SCREENS = {1: PEOPLE_SCREEN, 2: ANSWER_SCREEN, 3: FIGURE_SCREEN, 4: PLEDGE_SCREEN}


def begin(client, bounty):
    """Begin a draft; return its address."""
    answer = browser.post(client, f"/bids/start/{bounty.public_id}")
    assert answer.status_code == 302, browser.text(answer)
    return answer.headers["Location"].removesuffix("/1")


def fill(client, base, **changed):
    """Fill the four screens; `changed` as number → values laid over."""
    upload(client, base)
    for number, values in SCREENS.items():
        sent = {**values, **changed.get(f"screen{number}", {})}
        answer = browser.post(client, f"{base}/{number}", sent)
        assert answer.status_code == 302, browser.text(answer)


def upload(client, base, body=PDF, name="方案.pdf"):
    page = client.get(f"{base}/2")
    sent = {**browser.hidden(page, f"{base}/files"), "file": (io.BytesIO(body), name)}
    return client.post(f"{base}/files", data=sent, content_type="multipart/form-data")


def agree(client, office, base):
    """Share with the office and have its consent, then make the package."""
    assert browser.post(client, f"{base}/share", page=f"{base}/5").status_code == 302
    assert browser.post(office, f"{base}/endorse").status_code == 302
    answer = browser.post(client, f"{base}/package", page=f"{base}/5")
    assert answer.status_code == 302, browser.text(answer)


def seal(client, base):
    return browser.post(client, f"{base}/submit", {"kept": "y"}, page=f"{base}/5")


def sealed(client, office, bounty, **changed):
    """Bring a bid under seal; return its address and the package kept."""
    base = begin(client, bounty)
    fill(client, base, **changed)
    agree(client, office, base)
    package = client.get(f"{base}/package").data
    answer = seal(client, base)
    assert answer.status_code == 302, browser.text(answer)
    return base, package


CONTENT = {
    "pi_name": "林海", "pi_title": "教授", "pi_phone": "13812345678",
    "team": [{"name": "周帆", "organisation": "", "title": "算法"}],
    "solution_text": SOLUTION, "quote_fen": 180_000_000, "quote_note": "",
    "budget_lines": [{"name": "设备", "amount_fen": 180_000_000, "note": ""}],
    "milestones": [
        {"name": "验收", "due_months": 18, "deliverables": "报告", "share": "100.00"},
    ],
    "cases": "三条产线",
    "pledges": {"integrity": True, "no_relation": True, "employer": True},
}  # fmt: skip


def drafted(app, user, bounty, **content):
    """Begin and fill a draft without pages; return its name."""
    with app.app_context(), web.transaction():
        person = db.session.get_one(User, user.id)
        bid = drafts.begin(db.session.get_one(Bounty, bounty.id), by=person, now=clock.now())
        answers = [
            {**one, "answer": "meet", "value": "达到"}
            for one in drafts.read(bid)["indicator_responses"]
        ]
        drafts.save(bid, {**CONTENT, "indicator_responses": answers, **content})
        upload = SimpleNamespace(filename="方案.pdf", stream=io.BytesIO(PDF))
        attachments.add(bid, upload)
        return bid.public_id


def ready(app, user, office, name):
    """Have the draft endorsed and its package made."""
    with app.app_context(), web.transaction():
        bid = db.session.scalars(select(Bid).where(Bid.public_id == name)).one()
        drafts.share(bid, by=db.session.get_one(User, user.id), now=clock.now())
        drafts.endorse(bid, by=db.session.get_one(User, office.id), now=clock.now())
        submitting.make_package(bid, now=clock.now())


def submit(app, user, name):
    """Seal a ready draft as a request would; what refuses it is raised."""
    with app.app_context():
        person = db.session.get_one(User, user.id)
        bid = drafts.get(name, "submit", viewer=person)
        prepared = submitting.prepare(bid, now=clock.now())
        with web.transaction():
            person = db.session.get_one(User, user.id)
            bid = drafts.get(name, "submit", viewer=person)
            submitting.seal(bid, prepared, by=person, now=clock.now())
        vault.destroy_draft(name)
        db.session.remove()


def team(make, **values):
    """An institute with its researcher and its office."""
    unit = make.organisation(OrganisationKind.INSTITUTION, **values)
    return SimpleNamespace(
        unit=unit,
        researcher=make.user(Role.RESEARCHER, organisation=unit),
        office=make.user(Role.INSTITUTION_ADMIN, organisation=unit),
    )


def quick(app, who, bounty, **content):
    """Bring a bid under seal without pages; return its name."""
    name = drafted(app, who.researcher, bounty, **content)
    ready(app, who.researcher, who.office, name)
    submit(app, who.researcher, name)
    return name


def close(app, frozen, bounty):
    """Let the deadline pass and the minute's jobs run."""
    frozen.move_to(bounty.bid_deadline_at + timedelta(minutes=1))
    with app.app_context():
        jobs.run_due()
        jobs.drain()
        db.session.remove()


def open_with(client, bounty, holder):
    url = f"/bounties/{bounty.public_id}/opening"
    return browser.post(client, url, {"passphrase": holder_words(holder)})


def opened(app, frozen, sign_in, stage):
    """Close and open by officer and leader."""
    close(app, frozen, stage.bounty)
    for holder in (stage.officer, stage.leader):
        answer = open_with(sign_in(holder), stage.bounty, holder)
        assert answer.status_code == 302, browser.text(answer)
