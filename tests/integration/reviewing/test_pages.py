"""The whole review over HTTP: every step by its own person, and what each may not see."""

import re

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.accounts.models import User
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    AwardState,
    BidState,
    BountyState,
    PanelistState,
    ReviewState,
    Role,
)
from matchmaker.messages.models import Message
from matchmaker.notices.models import Notice
from matchmaker.reviewing import events
from matchmaker.reviewing.award_models import Award, Feedback
from matchmaker.reviewing.models import Panelist, Review
from matchmaker.reviewing.sheet_models import ScoreSheet
from matchmaker.scoring import Part
from tests import browser
from tests.integration.reviewing import conftest as steps
from tests.integration.reviewing.conftest import COMMENT, fixed_clock, hall  # noqa: F401

pytestmark = pytest.mark.database


class Story:
    """The review so far, and everybody signed in."""

    def __init__(self, app, hall, sign_in):  # noqa: F811
        self.app, self.hall, self.sign_in = app, hall, sign_in
        names = ("officer", "chief", "leader", "auditor", "owner", "other_officer")
        self.people = {name: sign_in(getattr(hall, name)) for name in names}
        self.review = ""

    def read(self, query):
        with self.app.app_context():
            return db.session.scalars(query).all()

    def one(self, model):
        return self.read(select(model))[-1]

    def drain(self):
        with self.app.app_context():
            return jobs.drain()

    @property
    def url(self):
        return f"/reviews/{self.review}"

    def post(self, who, url, data=None, page=""):
        answer = browser.post(self.people[who], url, data, page=page or self.url)
        assert answer.status_code == 302, browser.text(answer)
        self.drain()
        return answer

    def set_up(self):
        data = {"bounty": self.hall.bounty.public_id, "panel_size": "3", "due_on": "2026-12-10"}
        answer = self.post("officer", "/reviews/new/bids", data, page="/reviews/new")
        self.review = answer.location.rsplit("/", 1)[-1]

    def draw(self):
        self.post("officer", f"{self.url}/draw", {"left_out": "", "small_pool_reason": ""})

    def approve(self):
        self.post("leader", f"{self.url}/approve-panel")

    def seats(self):
        states = (PanelistState.INVITED, PanelistState.CONFIRMED)
        with self.app.app_context():
            query = select(Panelist).where(Panelist.state.in_(states)).order_by(Panelist.id)
            return [(one.public_id, one.expert.user_id) for one in db.session.scalars(query)]

    def judges(self):
        return [(seat, self.sign_in(user_id)) for seat, user_id in self.seats()]

    def confirm(self):
        for seat, client in self.judges():
            url = f"/my-reviews/{seat}/confirm"
            answer = browser.post(client, url, {"declared": "y"}, page=f"/my-reviews/{seat}")
            assert answer.status_code == 302
        self.drain()

    def sheets_of(self, seat, part):
        with self.app.app_context():
            query = (
                select(ScoreSheet)
                .join(Panelist)
                .where(Panelist.public_id == seat, ScoreSheet.part == part)
                .order_by(ScoreSheet.id)
            )
            return [(one.public_id, one.subject.number) for one in db.session.scalars(query)]

    def score(self, part, judges=None):
        for seat, client in judges or self.judges():
            for sheet, number in self.sheets_of(seat, part):
                answer = submit(client, sheet, {1: 90, 2: 80, 3: 50}[number])
                assert answer.status_code == 302, browser.text(answer)
        self.drain()

    def to_scoring(self):
        self.set_up()
        self.draw()
        self.approve()
        self.confirm()

    def to_conclusion(self):
        self.to_scoring()
        self.score(Part.TECHNICAL)
        self.score(Part.PRICE)
        self.post("officer", f"{self.url}/aggregate")
        self.post("chief", f"{self.url}/conclude", {"conclusion": "同意专家组的推荐意见。"})


def submit(client, sheet, score):
    page = client.get(f"/score-sheets/{sheet}")
    boxes = re.findall(r'name="(score_\d+)"', page.get_data(as_text=True))
    data = dict.fromkeys(boxes, str(score)) | {"comment": COMMENT, "advice": "recommend"}
    url = f"/score-sheets/{sheet}/submit"
    return browser.post(client, url, data, page=f"/score-sheets/{sheet}")


@pytest.fixture
def story(app, hall, sign_in):  # noqa: F811
    return Story(app, hall, sign_in)


def test_from_the_draw_to_the_award(story, fixed_clock):  # noqa: F811
    story.to_conclusion()
    shown = browser.text(story.people["owner"].get(f"/choices/{story.review}"))
    assert "澜北大学" in shown
    subject = re.search(
        r'name="chosen"[^>]*value="([^"]+)"',
        story.people["owner"].get(f"/choices/{story.review}").get_data(as_text=True),
    )[1]
    story.post("owner", f"/choices/{story.review}", {"chosen": subject}, f"/choices/{story.review}")
    story.post("officer", f"{story.url}/propose")
    award = f"/awards/{story.one(Award).public_id}"
    story.post("chief", f"{award}/endorse", page=award)
    story.post("leader", f"{award}/approve", page=award)
    assert story.one(Bounty).state is BountyState.AWARD_NOTICE
    notice = story.one(Notice)
    assert notice.subject_id == story.hall.bounty.id
    payload = {"kind": "award", "subject_noun": "bounty", "subject_id": notice.subject_id}
    with story.app.app_context(), events.awarding.web.transaction():
        events.notice_ended(payload)
    story.drain()
    assert story.one(Award).state is AwardState.MADE
    states = {one.id: one.state for one in story.read(select(Bid))}
    assert states[story.hall.bids[0].id] is BidState.WON
    assert len(story.read(select(Feedback))) == 2


def test_feedback_is_reviewed_then_read_by_its_bidder_only(story, fixed_clock):  # noqa: F811
    test_from_the_draw_to_the_award(story, fixed_clock)
    with story.app.app_context():
        query = select(Feedback).where(Feedback.bid_id == story.hall.bids[1].id)
        public_id = db.session.scalars(query).one().public_id
    loser, rival = (story.sign_in(one) for one in story.hall.bidders[1:])
    read = f"/feedback/mine/{public_id}"
    assert loser.get(read).status_code == 404
    page = f"/feedback/{public_id}"
    assert "澜南大学" in browser.text(story.people["officer"].get("/feedback"))
    body = story.people["officer"].get(page)
    text = browser.values(body)["body"]
    wrong = browser.post(
        story.people["officer"], page, {"body": text + "澜北大学更好", "action": "release"}
    )
    assert wrong.status_code == 422
    assert "澜北大学更好" in browser.values(wrong)["body"]
    story.post("officer", page, {"body": text, "action": "release"}, page)
    told = browser.text(loser.get(read))
    assert COMMENT in told
    assert "澜北" not in told
    assert "评委" in told  # the panel is public once the result is known
    assert rival.get(read).status_code == 404


def test_nobody_reads_before_declaring(story):
    story.set_up()
    story.draw()
    for client in (story.sign_in(user) for _, user in story.seats()):
        assert "请答复" not in browser.text(client.get("/my-reviews"))
    story.approve()
    seat, client = story.judges()[0]
    assert "请答复是否参加" in browser.text(client.get("/my-reviews"))
    material = f"/my-reviews/{seat}/material/1"
    assert client.get(material).status_code == 404
    refused = browser.post(client, f"/my-reviews/{seat}/confirm", {}, page=f"/my-reviews/{seat}")
    assert refused.status_code == 422
    story.confirm()
    assert client.get(material).status_code == 200


def test_a_judge_reads_blind_with_a_watermark_and_only_the_own_seat(story):
    story.to_scoring()
    (seat, client), (other, _), _ = story.judges()
    page = client.get(f"/my-reviews/{seat}/material/1")
    told = browser.text(page)
    assert "澜北" not in page.get_data(as_text=True)
    assert "评委" in told
    assert "2026-11-20 12:00" in told
    assert client.get(f"/my-reviews/{other}/material/1").status_code == 404
    assert client.get(f"/my-reviews/{other}").status_code == 404
    sheet, _ = story.sheets_of(other, Part.TECHNICAL)[0]
    assert client.get(f"/score-sheets/{sheet}").status_code == 404
    assert client.get(f"/my-reviews/{seat}/material/99").status_code == 404


PRICES = ("90 万元", "91 万元", "92 万元", "90000000", "91000000", "92000000")


def test_no_price_before_all_technical_sheets_are_locked(story):
    story.to_scoring()
    judges = story.judges()
    story.score(Part.TECHNICAL, judges[:2])
    for seat, client in judges:
        pages = [f"/my-reviews/{seat}", "/my-reviews"]
        pages += [f"/my-reviews/{seat}/material/{n}" for n in (1, 2, 3)]
        pages += [f"/score-sheets/{sheet}" for sheet, _ in story.sheets_of(seat, Part.TECHNICAL)]
        for page in pages:
            told = client.get(page).get_data(as_text=True)
            assert not any(price in told for price in PRICES), page
        assert story.sheets_of(seat, Part.PRICE) == []
        for path in (f"{story.url}/summary.docx", f"/choices/{story.review}", story.url):
            assert client.get(path).status_code == 404
    story.score(Part.TECHNICAL, judges[2:])
    seat, client = judges[0]
    assert "90 万元" in browser.text(client.get(f"/my-reviews/{seat}/material/1"))


def test_interim_scores_are_for_nobody(story):
    story.to_scoring()
    judges = story.judges()
    story.score(Part.TECHNICAL, judges[:2])
    sheet, _ = story.sheets_of(judges[0][0], Part.TECHNICAL)[0]
    for who in ("officer", "chief", "leader", "auditor", "owner", "other_officer"):
        client = story.people[who]
        assert client.get(f"/score-sheets/{sheet}").status_code == 404
        assert client.get(f"{story.url}/summary.docx").status_code == 404
        told = client.get(story.url).get_data(as_text=True)
        assert COMMENT not in told
        assert "专家 × 对象" not in told
        assert client.get(f"/choices/{story.review}").status_code == 404


def test_the_panel_is_secret(story):
    story.to_scoring()
    with story.app.app_context():
        names = [one.name for one in db.session.scalars(select(Panelist))]
    for who in ("officer", "leader", "auditor"):
        told = story.people[who].get(story.url).get_data(as_text=True)
        assert all(name in told for name in names), who
        assert story.people[who].get(f"{story.url}/draw-record").status_code == 200
    told = story.people["chief"].get(story.url).get_data(as_text=True)
    assert not any(name in told for name in names)
    assert story.people["chief"].get(f"{story.url}/draw-record").status_code == 404
    for who in ("owner", "other_officer"):
        assert story.people[who].get(story.url).status_code == 404
        assert story.people[who].get(f"{story.url}/draw-record").status_code == 404


def test_the_draw_record_agrees_with_itself(story):
    story.set_up()
    story.draw()
    told = browser.text(story.people["leader"].get(f"{story.url}/draw-record"))
    assert "与抽取结果一致" in told
    assert "2026-11-20T12:00:00+08:00" in told


def test_the_same_sheet_is_submitted_once(story):
    story.to_scoring()
    seat, client = story.judges()[0]
    sheet, _ = story.sheets_of(seat, Part.TECHNICAL)[0]
    assert submit(client, sheet, 80).status_code == 302
    url = f"/score-sheets/{sheet}/submit"
    again = browser.post(client, url, {"score_1": "10"}, page=f"/my-reviews/{seat}")
    assert again.status_code == 409
    assert "已经提交" in browser.text(again)


def test_an_incomplete_sheet_keeps_what_was_typed(story):
    story.to_scoring()
    seat, client = story.judges()[0]
    sheet, _ = story.sheets_of(seat, Part.TECHNICAL)[0]
    page = f"/score-sheets/{sheet}"
    answer = browser.post(client, f"{page}/submit", {"score_1": "abc", "comment": "短"}, page=page)
    assert answer.status_code == 422
    assert "请填写 0 至 100 的分数" in browser.text(answer)
    assert browser.values(answer)["score_1"] == "abc"
    saved = browser.post(client, f"{page}/save", {"score_1": "abc", "comment": "短"}, page=page)
    assert saved.status_code == 302
    assert browser.values(client.get(page))["score_1"] == "abc"


def test_a_sheet_is_asked_back_and_decided_by_the_leader_without_scores(story):
    story.to_scoring()
    seat, client = story.judges()[0]
    sheet, _ = story.sheets_of(seat, Part.TECHNICAL)[0]
    submit(client, sheet, 77)
    page = f"/score-sheets/{sheet}"
    browser.post(client, f"{page}/reopen", {"reason": "第二项看错"}, page=page)
    waiting = browser.text(story.people["leader"].get("/panelists/reopening"))
    assert "第二项看错" in waiting
    assert "77" not in waiting
    url = f"/panelists/reopening/{sheet}"
    story.post("leader", url, {"decision": "approve"}, page="/panelists/reopening")
    assert submit(client, sheet, 78).status_code == 302
    assert story.people["chief"].get("/panelists/reopening").status_code == 404


def test_a_refusal_is_redrawn_and_the_officer_replaces(story):
    story.set_up()
    story.draw()
    story.approve()
    (seat, client), (second, _), _ = story.judges()
    answer = browser.post(
        client, f"/my-reviews/{seat}/refuse", {"reason": "出差"}, page=f"/my-reviews/{seat}"
    )
    assert answer.status_code == 302
    story.drain()
    assert len(story.seats()) == 3
    page = f"/panelists/{second}/replace"
    assert browser.post(story.people["officer"], page, {"reason": ""}).status_code == 422
    story.post("officer", page, {"reason": "三日未答复"}, page=page)
    assert len(story.seats()) == 3
    story.confirm()
    assert story.one(Review).state is ReviewState.SCORING


def test_everybody_is_told_and_no_message_names_a_judge(story):
    story.to_scoring()
    with story.app.app_context():
        judges = {one.expert.user_id for one in db.session.scalars(select(Panelist))}
        names = [one.name for one in db.session.scalars(select(Panelist))]
        found = db.session.scalars(select(Message)).all()
    assert judges <= {one.user_id for one in found}
    told = "".join(one.subject + one.body for one in found if one.user_id not in judges)
    assert not any(name in told for name in names)
    story.post("officer", f"{story.url}/remind")
    with story.app.app_context():
        subjects = [one.subject for one in db.session.scalars(select(Message))]
    assert sum("请尽快完成评审" in one for one in subjects) == 3


def test_the_organiser_cannot_conclude_though_a_chief(story, app, make):
    story.to_scoring()
    story.score(Part.TECHNICAL)
    story.score(Part.PRICE)
    story.post("officer", f"{story.url}/aggregate")
    assert browser.post(
        story.people["officer"], f"{story.url}/conclude", {"conclusion": "同意推荐第一名。"}
    ).status_code in (404, 405)
    with app.app_context():
        officer = db.session.get_one(User, story.hall.officer.id)
        assert Role.SECTION_CHIEF not in officer.roles


def test_the_summary_is_a_word_file(story):
    story.to_conclusion()
    answer = story.people["officer"].get(f"{story.url}/summary.docx")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"


def test_needs_are_selected_and_ranked(story, make):
    rows = [make.need(need_no=f"XQ2026{n:06}", handler_id=story.hall.officer.id) for n in range(2)]
    data = {
        "title": "第一批遴选", "needs": [one.public_id for one in rows], "panel_size": "3",
        "due_on": "2026-12-10",
    }  # fmt: skip
    answer = story.post("officer", "/reviews/new/needs", data, page="/reviews/new")
    story.review = answer.location.rsplit("/", 1)[-1]
    story.draw()
    story.approve()
    story.confirm()
    story.score(Part.TECHNICAL)
    story.post("officer", f"{story.url}/aggregate")
    story.post("chief", f"{story.url}/conclude", {"conclusion": "同意两项列为拟发榜。"})
    told = browser.text(story.people["officer"].get(story.url))
    assert rows[0].title in told
    assert "已结论" in told


def test_every_list_has_its_empty_state(story, sign_in, make):
    fresh = sign_in(make.user(Role.EXPERT))
    assert "目前没有评审任务" in browser.text(fresh.get("/my-reviews"))
    assert "还没有评审" in browser.text(story.people["officer"].get("/reviews"))
    assert "还没有拟揭榜决定" in browser.text(story.people["officer"].get("/awards"))
    assert "没有需要反馈" in browser.text(story.people["officer"].get("/feedback"))
    assert "没有待选定" in browser.text(story.people["owner"].get("/choices"))
    assert "没有待处理" in browser.text(story.people["leader"].get("/panelists/reopening"))
    bidder = sign_in(story.hall.bidders[0])
    assert "还没有评审反馈" in browser.text(bidder.get("/feedback/mine"))


def test_recognition_is_proposed_on_its_own_page(story, app):
    with app.app_context(), events.awarding.web.transaction():
        db.session.get_one(Bounty, story.hall.bounty.id).mode = "recognition"
    page = f"/awards/recognise/{story.hall.bounty.public_id}"
    assert browser.post(story.people["officer"], page, {"bid": "x"}).status_code == 422
    data = {"bid": story.hall.bids[0].public_id, "reason": "唯一具备资质并完成中试的团队"}
    story.post("officer", page, data, page=page)
    assert story.one(Award).state is AwardState.PROPOSED
    assert story.people["other_officer"].get(page).status_code == 404


def test_somebody_elses_seat_sheet_and_award_are_not_found(story, sign_in, make):
    test_from_the_draw_to_the_award(story, None)
    stranger = sign_in(make.user(Role.EXPERT))
    outsider = sign_in(make.user(Role.ENTERPRISE_ADMIN))
    seat = story.seats()[0][0]
    sheet = story.sheets_of(seat, Part.TECHNICAL)[0][0]
    award = story.one(Award).public_id
    for client in (stranger, outsider, story.people["other_officer"]):
        for path in (
            f"/my-reviews/{seat}", f"/score-sheets/{sheet}", f"/awards/{award}",
            f"/choices/{story.review}", story.url,
        ):  # fmt: skip
            assert client.get(path).status_code == 404, path


def test_an_expert_reads_nothing_after_scoring(story):
    story.to_conclusion()
    seat, client = story.judges()[0]
    assert client.get(f"/my-reviews/{seat}/material/1").status_code == 404
    assert steps.NAMES[0] not in client.get(f"/my-reviews/{seat}").get_data(as_text=True)
