"""Matching at once: what a saved row changes among the stored pairs."""

import pytest
from sqlalchemy import select, update

from matchmaker import jobs, outbox, web
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import events, explaining, recomputing
from matchmaker.brokering.models import CandidateKind, Corpus, Pairing, Recomputation
from matchmaker.codes import Integrity
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, NeedState, PairingState, PoolState
from matchmaker.needs.models import Need
from matchmaker.places import operations as places
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)


def saved(*rows):
    """Write the event each row's save would write, and let the consumer work."""
    with web.transaction():
        for row in rows:
            noun = type(row).__name__.lower()
            outbox.add(f"{noun}.saved", {"id": row.id}, now=NOON)
    return jobs.drain()


def pairs(**where):
    db.session.rollback()
    return list(db.session.scalars(select(Pairing).filter_by(**where).order_by(Pairing.id)))


def test_a_saved_need_and_achievement_make_an_explained_pair(app, make):
    need, other = (
        make.need(),
        make.need(
            title="果园病虫害识别",
            problem="苹果树病虫害",
            keywords=[],
            background="果园",
            key_indicators=[],
        ),
    )
    achievement = make.achievement()
    with app.app_context():
        saved(need, other, achievement)
        (pair,) = pairs(kind=CandidateKind.ACHIEVEMENT)
        assert (pair.need_id, pair.achievement_id) == (need.id, achievement.id)
        why = explaining.why(pair, with_texts=True)
        assert sum(points for _, points, _ in why.words) + why.rest == pytest.approx(
            pair.text_score, abs=1e-9
        )
        assert why.current
        points = sum(one["points"] for one in pair.adjustments)
        assert pair.score == pytest.approx(pair.text_score + points, abs=1e-12)
        assert "机器人" in pair.words
        assert why.sentence
        assert pair.explanation == {}  # explained when shown, kept with a decision


def test_doing_it_again_changes_nothing(app, make):
    need, achievement, expert = make.need(), make.achievement(), make.expert(keywords=["力控"])
    with app.app_context():
        saved(need, achievement, expert)
        before = [(p.id, p.score, p.version, p.computed_at) for p in pairs()]
        assert len(before) == 2
        saved(expert, need, achievement, need)
        assert [(p.id, p.score, p.version, p.computed_at) for p in pairs()] == before


def test_a_changed_text_changes_score_and_explanation(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        (before,) = pairs()
        was = before.id, before.text_score, before.texts_digest
        with web.transaction():
            db.session.get_one(Achievement, achievement.id).title = "铸件打磨机器人力控技术"
        saved(achievement)
        (after,) = pairs()
        assert after.id == was[0]
        assert after.text_score > was[1]
        assert after.texts_digest != was[2]


def test_what_was_decided_stays_and_never_comes_back_as_new(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        with web.transaction():
            db.session.execute(update(Pairing).values(state=PairingState.REJECTED, score=0.5))
            db.session.get_one(Achievement, achievement.id).title = "铸件打磨机器人力控技术"
        saved(need, achievement)
        (pair,) = pairs()
        assert (pair.state, pair.score) == (PairingState.REJECTED, 0.5)


@pytest.mark.parametrize(("offset", "found"), [(-1e-6, 1), (1e-6, 0)])
def test_the_threshold_is_a_setting_and_holds_to_the_digit(app, make, offset, found):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        (pair,) = pairs()
        lowest = min(pair.score, pair.text_score)
        with web.transaction():
            places.set_setting("push_threshold", lowest + offset)
            outbox.add("settings.changed", {"names": ["push_threshold"]}, now=NOON)
        jobs.drain()
        assert len(pairs()) == found


BLACKLISTED = {"integrity": Integrity.BLACKLIST}
YESTERDAY, TODAY = NOON.date().replace(day=19), NOON.date()


@pytest.mark.parametrize(
    ("need_has", "achievement_has", "found"),
    [
        ({}, {}, 1),
        ({"state": NeedState.CLOSED}, {}, 0),
        ({"state": NeedState.MATCHING}, {}, 1),
        ({"expires_on": YESTERDAY}, {}, 0),
        ({"expires_on": TODAY}, {}, 1),
        ({}, {"state": PoolState.OFFLINE}, 0),
        ({}, {"state": PoolState.TRANSFORMED}, 0),
        ({"organisation": BLACKLISTED}, {}, 0),
        ({"organisation": BLACKLISTED | {"integrity_until": YESTERDAY}}, {}, 1),
        ({}, {"organisation": BLACKLISTED}, 0),
    ],
)
def test_hard_filters_hold_back_at_first(app, make, need_has, achievement_has, found):
    def resolved(has):
        owner = has.get("organisation")
        return has | {"organisation": make.organisation(**owner)} if owner else has

    need = make.need(**resolved(need_has))
    achievement = make.achievement(**resolved(achievement_has))
    with app.app_context():
        saved(need, achievement)
        assert len(pairs()) == found


def changed(model, row, **values):
    with web.transaction():
        db.session.execute(update(model).where(model.id == row.id).values(**values))


def test_what_goes_offline_or_closes_takes_its_new_pairs_along(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        changed(Achievement, achievement, state=PoolState.OFFLINE)
        saved(achievement)
        assert pairs() == []
        changed(Achievement, achievement, state=PoolState.PUBLISHED)
        saved(achievement)
        assert len(pairs()) == 1
        changed(Need, need, state=NeedState.WITHDRAWN)
        saved(need)
        assert pairs() == []


def test_an_organisation_listed_for_integrity_loses_its_pairs_at_once(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        with web.transaction():
            firm = db.session.get_one(Organisation, need.enterprise_id)
            firm.integrity = Integrity.BLACKLIST
            outbox.add("organisation.saved", {"id": firm.id}, now=NOON)
        jobs.drain()
        assert pairs() == []
        with web.transaction():
            db.session.get_one(Organisation, need.enterprise_id).integrity = Integrity.NORMAL
            outbox.add("organisation.saved", {"id": need.enterprise_id}, now=NOON)
        jobs.drain()
        assert len(pairs()) == 1


def test_experts_and_services_answer_too(app, make):
    need = make.need()
    expert = make.expert(keywords=["力控", "打磨", "机器人"])
    waiting = make.expert(keywords=["力控", "打磨"], state=ExpertState.APPLIED)
    service = make.service(intro="提供机器人打磨力控测试", offers=[{"name": "打磨"}])
    with app.app_context():
        saved(need, expert, waiting, service)
        assert {(p.kind, p.expert_id, p.service_id) for p in pairs()} == {
            (CandidateKind.EXPERT, expert.id, None),
            (CandidateKind.SERVICE, None, service.id),
        }


def test_another_consumer_finds_the_same_and_misses_nothing(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        mine = app.extensions["matcher"]
        late = make.achievement()
        app.extensions.pop("matcher")  # the other process builds its own
        saved(late)
        assert app.extensions["matcher"].token == mine.token
        app.extensions["matcher"] = mine  # it never handled `late`, and must not forget it
        saved(need)
        assert {p.achievement_id for p in pairs()} == {achievement.id, late.id}


def test_a_ranking_overtaken_by_another_consumer_is_computed_again(app, make, monkeypatch):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        plan = events._plan_need({"id": need.id})
        changed(Achievement, achievement, state=PoolState.OFFLINE)
        saved(achievement)
        again = []

        def make_again():
            again.append(1)
            return events._plan_need({"id": need.id})

        plan.inserts.append({})  # would crash if it were written
        with web.transaction():
            recomputing.apply(make_again, plan, now=NOON)
        assert again == [1]
        assert pairs() == []


def test_more_than_fifty_candidates_leave_the_best_fifty(app, make, monkeypatch):
    monkeypatch.setattr("matchmaker.brokering.candidates.MOST", 3)
    monkeypatch.setattr("matchmaker.brokering.recomputing.MOST", 3)
    need = make.need()
    weak = [make.achievement(title=f"机器人{n}") for n in range(4)]
    with app.app_context():
        saved(need, *weak)
        assert len(pairs()) == 3
        best = make.achievement(title="铸件打磨机器人力控技术")
        saved(best)
        kept = pairs()
        assert len(kept) == 3
        assert best.id in {p.achievement_id for p in kept}
        changed(Achievement, best, state=PoolState.OFFLINE)
        saved(best)
        assert len(pairs()) == 3  # the next one moved up


def test_a_flood_of_rows_is_computed_anew_in_one_run(app, make):
    need, first = make.need(), make.achievement()
    with app.app_context():
        saved(need, first)
        many = [make.achievement() for _ in range(14)]
        saved(*many)
        run = db.session.scalars(select(Recomputation)).one()
        assert (run.done, run.total) == (1, 1)
        assert run.finished_at
        assert db.session.get_one(Corpus, 1).documents == 16
        assert not db.session.get_one(Corpus, 1).refit_due
        assert len(pairs()) == 15


def test_a_run_in_many_pieces_meets_every_need_once(app, make, monkeypatch):
    monkeypatch.setattr(events, "CHUNK", 2)
    needs = [make.need(tech_field_code=code) for code in ("804", "", "101", "804", "806", "")]
    achievement = make.achievement()
    with app.app_context():
        saved(*needs, achievement)
        with web.transaction():
            db.session.execute(Pairing.__table__.delete())
            outbox.add("matching.refit", {"cause": "试"}, now=NOON)
        jobs.drain()
        run = db.session.scalars(select(Recomputation).order_by(Recomputation.id.desc())).first()
        assert (run.done, run.total) == (6, 6)
        assert {p.need_id for p in pairs()} == {need.id for need in needs}


def test_the_night_fits_anew(app, make):
    need, achievement = make.need(), make.achievement()
    with app.app_context():
        saved(need, achievement)
        token = db.session.get_one(Corpus, 1).token
        db.session.rollback()
        jobs.run_nightly()
        jobs.drain()
        assert db.session.get_one(Corpus, 1).token != token
        assert len(pairs()) == 1
