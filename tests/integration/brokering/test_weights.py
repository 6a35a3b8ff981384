"""匹配权重: learnt in shadow, published with a reason, in force everywhere, rolled back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matchmaker import jobs, web
from matchmaker.audit.models import Entry
from matchmaker.brokering import corpus, explaining, learning, side_by_side, weight_sets
from matchmaker.brokering.candidates import digest_of
from matchmaker.brokering.models import CandidateKind, Pairing, RejectReason
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState, Role, WeightSetState
from matchmaker.matching import Validation, Weights
from matchmaker.matching.features import NAMES
from tests.browser import post, text
from tests.conftest import NOON

pytestmark = pytest.mark.database
HALVED = {name: 0.5 if "." in name else 1.0 for name in NAMES}
REASON = "对照十条需求，新排序更合判断"


def draft(make, **values):
    told = {
        "state": WeightSetState.DRAFT, "weights": HALVED, "low": 0.01, "gain": 0.05, "high": 0.1,
        "before": 0.7, "after": 0.75, "decisions": 60, "accepted": 30, "compared": 15,
        "verdict": "在未参与学习的判断上变好", "cause": "手动学习", "started_at": NOON,
        "learnt_at": NOON,
    }  # fmt: skip
    return make.add(WeightSet(**{**told, **values}))


def decided(make, world, count, *, state=PairingState.ACCEPTED, at=NOON, **values):
    """So many decided pairs of one need, on the texts as they are."""
    found = []
    for _ in range(count):
        achievement = make.achievement(organisation=world.institute)
        told = {
            "kind": CandidateKind.ACHIEVEMENT, "need_id": world.need.id, "text_score": 0.3,
            "achievement_id": achievement.id, "score": 0.3, "state": state, "decided_at": at,
            "texts_digest": digest_of(world.need, achievement), "algorithm_version": "x",
            "first_seen_at": NOON, "computed_at": NOON, "adjustments": [{"code": "field_same"}],
        }  # fmt: skip
        found.append(make.add(Pairing(**{**told, **values})))
    return found


def sets():
    db.session.rollback()
    return list(db.session.scalars(select(WeightSet).order_by(WeightSet.id)))


def press(client, row, action, **data):
    address = f"/weights/{row.public_id}"
    return post(client, f"{address}/{action}", data, page=address)


def test_published_weights_are_in_force_and_rolled_back(app, make, world, sign_in):
    officer, row = sign_in(world.officer), draft(make)
    with app.app_context():
        before = db.session.scalars(select(Pairing)).one()
        usual, version = before.text_score, before.algorithm_version
    assert press(officer, row, "publish", reason=REASON).status_code == 302
    with app.app_context():
        jobs.drain()
        pair = db.session.scalars(select(Pairing)).one()
        learnt = Weights.from_dict(HALVED).version
        assert pair.text_score == pytest.approx(usual / 2, abs=1e-9)
        assert pair.algorithm_version == f"{version}.{learnt}"
        assert corpus.explainer().weights == Weights.from_dict(HALVED)
        public_id = pair.public_id
    assert f"{usual / 2:.3f}" in text(officer.get(f"/pairings/{public_id}"))
    assert press(officer, row, "roll-back").status_code == 302
    with app.app_context():
        jobs.drain()
        pair = db.session.scalars(select(Pairing)).one()
        assert (pair.text_score, pair.algorithm_version) == (usual, version)
        acts = db.session.scalars(select(Entry).where(Entry.noun == "weight_set")).all()
        told = [(entry.action, entry.actor_name, entry.reason) for entry in acts]
        assert told == [("publish", "赵经办", REASON), ("roll_back", "赵经办", "")]


def test_a_text_score_may_pass_one_and_still_adds_up(app, make, world, saved, sign_in):
    officer = sign_in(world.officer)
    told = {"title": "铸件打磨", "keywords": ["力控"]}
    need = make.need(**told, problem="", background="", key_indicators=[])
    saved(need, make.achievement(**told, summary=""))
    row = draft(make, weights=dict.fromkeys(NAMES, 3.0))
    press(officer, row, "publish", reason=REASON)
    with app.app_context():
        jobs.drain()
        pair = max(db.session.scalars(select(Pairing)), key=lambda one: one.text_score)
        assert pair.text_score == pytest.approx(3.0)
        why = explaining.why(pair)
        assert why.current
        assert sum(points for _, points, _ in why.words) + why.rest == pytest.approx(3.0, abs=1e-9)


def test_a_second_set_replaces_the_first_and_gives_it_back(app, make, world, sign_in):
    officer = sign_in(world.officer)
    first, second = draft(make), draft(make, weights={"trl": 2.0}, base=HALVED)
    for row in (first, second):
        assert press(officer, row, "publish", reason=REASON).status_code == 302
    with app.app_context():
        assert [row.state for row in sets()] == ["retired", "published"]
        assert weight_sets.published() == {"trl": 2.0}
    press(officer, second, "roll-back")
    with app.app_context():
        assert [row.state for row in sets()] == ["published", "retired"]
        assert weight_sets.published() == HALVED
    assert press(officer, second, "roll-back").status_code == 404


def test_a_set_compared_with_other_weights_is_not_published(app, make, world):
    stale = draft(make, base={"trl": 2.0})
    with app.app_context(), pytest.raises(WrongState, match="请重新学习"), web.transaction():
        row = db.session.get(WeightSet, stale.id)
        weight_sets.publish(row, reason=REASON, by=world.officer, now=NOON)


def test_publishing_and_letting_be_want_a_reason(app, make, world, sign_in):
    officer, row = sign_in(world.officer), draft(make)
    for action in ("publish", "discard"):
        answer = press(officer, row, action, reason=" 好 ")
        assert answer.status_code == 422
        assert "请写明理由，不少于 5 个字" in text(answer)
    assert press(officer, row, "discard", reason=REASON).status_code == 302
    with app.app_context():
        assert (sets()[0].state, weight_sets.published()) == ("retired", {})
    assert press(officer, row, "publish", reason=REASON).status_code == 404


def test_what_validation_does_not_support_cannot_be_a_draft(make):
    with pytest.raises(IntegrityError):
        draft(make, low=-0.01)


@pytest.mark.parametrize("role", [Role.LEADER, Role.SECTION_CHIEF, Role.AUDITOR])
def test_others_of_the_bureau_read_only(make, sign_in, role):
    row, client = draft(make), sign_in(make.user(role))
    assert "匹配权重" in text(client.get("/weights"))
    shown = text(client.get(f"/weights/{row.public_id}"))
    assert "技术领域加减分" in shown
    assert "不采用" not in shown
    for action in ("publish", "discard"):
        assert press(client, row, action, reason=REASON).status_code == 404
    assert post(client, "/weights/learn", page="/weights").status_code in {403, 404}


@pytest.mark.parametrize("role", [Role.ENTERPRISE_ADMIN, Role.RESEARCHER, Role.TOWN_OFFICER])
def test_outsiders_see_no_weights(make, sign_in, role):
    row, client = draft(make), sign_in(make.user(role))
    assert client.get("/weights").status_code == 404
    assert client.get(f"/weights/{row.public_id}").status_code == 404


def test_learning_reads_in_pieces_and_says_why_it_refuses(app, make, world, sign_in, monkeypatch):
    monkeypatch.setattr(learning, "CHUNK", 3)
    decided(make, world, 4)
    decided(make, world, 2, state=PairingState.REJECTED, reason_code=RejectReason.EXISTING)
    decided(make, world, 1, texts_digest="edited")
    older = draft(make)
    officer = sign_in(world.officer)
    assert "还没有" not in text(officer.get("/weights"))
    assert post(officer, "/weights/learn", page="/weights").status_code == 302
    shown = text(officer.get("/weights"))
    assert "正在学习" in shown
    assert "立即学习" not in shown
    with app.app_context():
        jobs.drain()
        discarded, row = sets()
        assert discarded.id == older.id
        assert discarded.state is WeightSetState.RETIRED
        assert row.state is WeightSetState.REJECTED
        assert (row.done, row.total, row.skipped, row.decisions) == (5, 5, 1, 4)
        assert row.newest_decision_at == NOON
        assert row.observations == []
        public_id = row.public_id
    assert "现有采纳 4 条、不相关 0 条" in text(officer.get(f"/weights/{public_id}"))


def test_what_is_supported_waits_as_a_draft(app, make, world, monkeypatch):
    decided(make, world, 2)
    read = []

    def learnt(decisions, *, against):
        read.extend(decisions)
        verdict = Validation(2, 2, 12, supported=True, reason_zh="变好", gain=0.1, low=0.02)
        return Weights.from_dict(HALVED), verdict

    monkeypatch.setattr(learning, "learn", learnt)
    with app.app_context():
        with web.transaction():
            weight_sets.start(cause="手动学习", by=world.officer, now=NOON)
        jobs.drain()
        (row,) = sets()
        assert (row.state, row.weights, row.low) == (WeightSetState.DRAFT, HALVED, 0.02)
        assert all(one.accepted and len(one.features) == len(NAMES) for one in read)
        assert weight_sets.published() == {}


def test_only_one_learns_at_a_time(app, make, world):
    with app.app_context(), web.transaction():
        weight_sets.start(cause="手动学习", by=world.officer, now=NOON)
        with pytest.raises(WrongState, match="正在进行"):
            weight_sets.start(cause="手动学习", by=world.officer, now=NOON)


def test_a_night_learns_once_enough_was_decided(app, make, world, monkeypatch):
    monkeypatch.setattr(learning, "NIGHTLY", 2)
    decided(make, world, 1)
    with app.app_context(), web.transaction():
        learning.learn_nightly(NOON)
        assert sets() == []
    decided(make, world, 1)
    with app.app_context():
        for _ in range(2):  # the second night finds nothing new
            with web.transaction():
                learning.learn_nightly(NOON)
            jobs.drain()
        assert [(row.cause, row.started_by_id) for row in sets()] == [("夜间学习", None)]
    decided(make, world, 2, at=NOON + timedelta(hours=1))
    with app.app_context():
        with web.transaction():
            learning.learn_nightly(NOON)
        assert len(sets()) == 2


def test_both_rankings_stand_side_by_side(app, make, world, saved, sign_in):
    other = make.achievement(title="铸件打磨机器人力控", summary="铸件打磨", keywords=[])
    saved(other)
    in_titles = {name: 3.0 if name.endswith("head.head") else 0.1 for name in NAMES}
    row = draft(make, weights=in_titles)
    with app.app_context():
        stored = db.session.get(WeightSet, row.id)
        found = side_by_side.compare(stored, world.need.public_id, viewer=world.officer, now=NOON)
        pairs = {one.public_id: one for one in db.session.scalars(select(Pairing))}
        for place in found.before:
            assert place.score == pytest.approx(pairs[place.public_id].score, abs=1e-9)
        order = [one.score for one in sorted(pairs.values(), key=lambda one: -one.score)]
        assert [place.score for place in found.before] == pytest.approx(order)
        assert found.after[0].title == "铸件打磨机器人力控"
        assert sum(place.moved for place in found.after) == 0
    shown = text(sign_in(world.officer).get(f"/weights/{row.public_id}"))
    assert "新旧排序对照" in shown
    assert "原权重的排序" in shown
    answer = sign_in(world.officer).get(f"/weights/{row.public_id}?need=nobody")
    assert answer.status_code == 404


def test_an_empty_reason_is_named(app, make, world):
    row = draft(make)
    with app.app_context(), pytest.raises(Invalid), web.transaction():
        weight_sets.discard(
            db.session.get(WeightSet, row.id), reason="", by=world.officer, now=NOON
        )
