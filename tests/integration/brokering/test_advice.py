"""补充关键词: what is advised to whom, what one click does, and that the prediction comes true."""

import re

import pytest
from sqlalchemy import select

from matchmaker import jobs, web
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import advising, candidates, operations
from matchmaker.brokering.models import Pairing
from matchmaker.codes import Disclosure
from matchmaker.disclosure import Shown
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import NeedState
from matchmaker.needs import changes
from matchmaker.needs.models import Need
from tests.browser import forms, parse, post, text
from tests.conftest import NOON

pytestmark = pytest.mark.database

WHOLE = {
    "duration_months": 18, "budget_total_fen": 180_000_000, "pay_to_bidder_fen": 150_000_000,
    "coop_modes": ["commission_dev"], "ip_arrangement": "双方共有，需方独占实施",
    "no_secret_declared": True, "background": "",
}  # fmt: skip


@pytest.fixture
def whole(app, world, saved):
    """The world with a need that could be submitted as it stands."""
    with app.app_context(), web.transaction():
        need = db.session.get_one(Need, world.need.id)
        for name, value in WHOLE.items():
            setattr(need, name, value)
    saved(world.need)
    return world


def matches(world):
    return f"/needs/{world.need.public_id}/matches"


def offers(world):
    return f"/achievements/{world.achievement.public_id}/matches"


def advised(response):
    """The words to tick on a page."""
    boxes = [box for box in parse(response).iter("input") if box.get("name") == "words"]
    return [box.get("value") for box in boxes]


def take(world, client, *words):
    where = f"/needs/{world.need.public_id}/advice"
    return post(client, where, {"words": list(words)}, page=matches(world))


def waiting(app, world):
    with app.app_context():
        return changes.waiting(world.need.id)


def test_an_enterprise_is_asked_about_words_it_lacks(world, sign_in):
    page = sign_in(world.buyer).get(matches(world))
    assert "补充这些内容可提高匹配" in text(page)
    assert "如果贵方需求也涉及“点云”" in text(page) or "执行器" in advised(page)
    told = " ".join([world.need.title, *world.need.keywords, world.need.problem])
    assert advised(page)
    assert not [word for word in advised(page) if word in told]


def test_one_click_asks_for_the_words_and_the_gain_comes_true(app, whole, sign_in):
    client = sign_in(whole.buyer)
    page = client.get(matches(whole))
    word = advised(page)[0]
    with app.app_context():
        before = db.session.scalars(select(Pairing)).one().text_score
        viewer = db.session.merge(whole.buyer)
        need, groups = operations.for_need(whole.need.public_id, viewer=viewer, now=NOON)
        tip = advising.among(need, [one.other for one in groups[0][1]])[0]
    assert tip.word == word
    assert take(whole, client, word).status_code == 302
    change = waiting(app, whole)
    assert change.content == {"keywords": [*whole.need.keywords, word]}
    shown = text(sign_in(whole.officer).get(f"/needs/{whole.need.public_id}"))
    assert f"{word}（与“{whole.achievement.title}”预计 +{tip.gain:.3f}）" in shown
    where = f"/needs/{whole.need.public_id}"
    officer = sign_in(whole.officer)
    assert post(officer, f"{where}/change/accept", page=where).status_code == 302
    with app.app_context():
        jobs.drain()
        after = db.session.scalars(select(Pairing)).one().text_score
    assert after - before == pytest.approx(tip.gain, abs=1e-9)
    assert word not in advised(client.get(matches(whole)))


def test_a_change_that_waits_keeps_what_else_it_asks_for(app, whole, sign_in):
    with app.app_context(), web.transaction():
        need = db.session.get_one(Need, whole.need.id)
        buyer = db.session.merge(whole.buyer)
        changes.request(need, {"duration_months": 24}, "期限放宽", by=buyer, now=NOON)
    client = sign_in(whole.buyer)
    first, second = advised(client.get(matches(whole)))[:2]
    assert take(whole, client, first).status_code == 302
    assert take(whole, client, second).status_code == 302
    change = waiting(app, whole)
    assert change.content["duration_months"] == 24
    assert change.content["keywords"] == [*whole.need.keywords, first, second]
    assert change.note.startswith("期限放宽；")


@pytest.mark.parametrize(
    ("words", "said"), [((), "请先勾选"), (("石墨烯",), "请先勾选"), (("机器人",), "请先勾选")]
)
def test_only_advised_words_are_taken(app, whole, sign_in, words, said):
    client = sign_in(whole.buyer)
    take(whole, client, *words)
    assert said in text(client.get(matches(whole)))
    assert waiting(app, whole) is None


def test_too_many_keywords_are_refused_with_the_cure(app, whole, sign_in):
    with app.app_context(), web.transaction():
        need = db.session.get_one(Need, whole.need.id)
        need.keywords = [*need.keywords, "飞边", "砂轮", "粉尘", "阀体", "毛坯"]
    client = sign_in(whole.buyer)
    take(whole, client, *advised(client.get(matches(whole))))
    assert "请少勾选几个" in text(client.get(matches(whole)))
    assert waiting(app, whole) is None


@pytest.mark.parametrize("who", ["officer", "leader", "seller", "stranger", "outsider"])
def test_nobody_else_takes_words_for_the_enterprise(app, whole, sign_in, who):
    client = sign_in(getattr(whole, who))
    where = f"/needs/{whole.need.public_id}/advice"
    answer = post(client, where, {"words": ["点云"]}, page="/messages")
    assert answer.status_code == 404
    assert waiting(app, whole) is None


def test_the_bureau_reads_the_advice_without_a_form(world, sign_in):
    page = sign_in(world.officer).get(matches(world))
    assert "如果企业需求也涉及" in text(page)
    assert advised(page) == []


def test_a_need_on_its_way_to_a_bounty_offers_no_form(app, whole, sign_in):
    with app.app_context(), web.transaction():
        table = Need.__table__
        db.session.execute(table.update().values(state=NeedState.SHORTLISTED))
    page = sign_in(whole.buyer).get(matches(whole))
    assert not [f for f in forms(page) if f.get("action", "").endswith("/advice")]


def test_an_owner_is_told_how_to_add_words_to_an_achievement(world, sign_in):
    page = sign_in(world.seller).get(offers(world))
    assert "如果本成果也涉及" in text(page)
    assert "下架" in text(page)
    assert sign_in(world.outsider).get(offers(world)).status_code == 404


@pytest.mark.parametrize(
    ("audience", "told"), [(Disclosure.PUBLIC, True), (Disclosure.DIRECTED, False)]
)
def test_words_come_only_from_needs_open_to_the_owner(app, world, sign_in, audience, told):
    with app.app_context(), web.transaction():
        db.session.get_one(Need, world.need.id).audience = audience
    page = text(sign_in(world.seller).get(offers(world)))
    assert ("如果本成果也涉及" in page) is told


def test_an_officer_sees_what_either_side_might_add(world, sign_in, app):
    with app.app_context():
        pair = db.session.scalars(select(Pairing)).one()
    page = text(sign_in(world.officer).get(f"/pairings/{pair.public_id}"))
    assert "请企业确认" in page
    assert "请成果方确认" in page
    assert re.search(
        r"如果该成果也涉及“.+?”，可补充到关键词：与“.+?”的文字匹配度预计 \+0\.\d{3}", page
    )


def test_a_confidential_text_is_never_read(app, world, saved, sign_in):
    with app.app_context(), web.transaction():
        row = db.session.get_one(Achievement, world.achievement.id)
        row.detail = "石墨烯涂层的机密配方"
    saved(world.achievement)
    assert "石墨烯" not in text(sign_in(world.buyer).get(matches(world)))


class Recorder:
    """A row that notes which of its attributes are read."""

    def __init__(self, row):
        self.row, self.read = row, set()

    @property
    def __class__(self):
        return type(self.row)

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(self.row, name)


@pytest.mark.parametrize("model", list(advising.READ_BY_MATCHER))
def test_the_matcher_reads_only_open_fields_and_they_are_all_checked(app, make, model):
    row = getattr(make, model.__name__.lower())()
    watched = Recorder(row)
    with app.app_context():
        candidates.document_of(watched)
    read = watched.read - {"id"}
    assert read == set(advising.READ_BY_MATCHER[model])
    assert {model.disclosure[name] for name in read} <= {"P", "M"}


def test_a_row_not_wholly_open_lends_no_words(make):
    assert advising.is_open(Shown(make.achievement(), frozenset("P")))
    assert advising.is_open(Shown(make.expert(), frozenset("PM")))
    assert not advising.is_open(Shown(make.expert(), frozenset("P")))
    assert advising.type_of(Shown(make.expert(), frozenset("P"))) is Expert
