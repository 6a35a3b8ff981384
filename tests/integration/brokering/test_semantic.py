"""整体语义 end to end: vectors behind the scenes, scores with and without, and the pages."""

import pytest
from sqlalchemy import func, select

from matchmaker import jobs, web
from matchmaker.brokering import corpus, explaining, vectoring, vectors
from matchmaker.brokering.candidates import document_of
from matchmaker.brokering.models import Pairing
from matchmaker.brokering.vector_models import TextVector, VectorRun
from matchmaker.extensions import db
from matchmaker.matching import semantic
from tests.browser import text
from tests.conftest import NOON
from tests.encoders import CountingEncoder

pytestmark = pytest.mark.database
LACKING = "未含语义"


@pytest.fixture(autouse=True)
def none_at_first(app):
    app.extensions.pop("encoder", None)
    yield
    app.extensions.pop("encoder", None)


@pytest.fixture
def encoder(app):
    app.extensions["encoder"] = own = CountingEncoder()
    return own


def the_pair():
    """The world's own pair, which came first."""
    return db.session.scalars(select(Pairing).order_by(Pairing.id)).first()


def third():
    return the_pair().semantic_points


def count(model=TextVector):
    return db.session.scalar(select(func.count()).select_from(model))


def exported(client):
    return client.get("/pairings/export?format=csv").get_data().decode("utf-8-sig")


def run_all():
    with web.transaction():
        vectoring.begin(NOON)
    jobs.drain()


def expected(own, pair):
    """The points as the stored text score and both texts say them."""
    sides = [document_of(pair.need), document_of(pair.candidate)]
    found = semantic.likeness(own, *semantic.vectors(own, sides))
    return found.points * semantic.room(pair.text_score)


@pytest.fixture(autouse=True)
def unsure(monkeypatch):
    """The world's pair is a sure one; here the encoder has its say in it."""
    monkeypatch.setattr(semantic, "SURE", 0.9)


def test_switched_off_nothing_is_worked_out_or_shown(app, world, sign_in):
    with app.app_context():
        run_all()
        assert (count(), count(VectorRun), third()) == (0, 0, None)
        assert not explaining.why(the_pair()).lacks_semantic
        path = f"/pairings/{the_pair().public_id}"
    client = sign_in(world.officer)
    for page in ("/pairings", path, f"/needs/{world.need.public_id}/matches"):
        assert "语义" not in text(client.get(page))
    assert "整体语义" not in exported(client)


def test_saved_rows_get_their_vectors_and_the_pair_its_points(app, encoder, world):
    with app.app_context():
        pair = the_pair()
        assert count() == 2
        assert third() == pytest.approx(expected(encoder, pair), abs=1e-9)
        parts = [pair.text_score, *(one["points"] for one in pair.adjustments)]
        assert pair.score == pytest.approx(sum(parts), abs=1e-9)
        assert pair.algorithm_version.endswith(f".{encoder.key}")


def test_an_edited_text_loses_its_share_until_it_is_worked_out(app, encoder, world, saved):
    with app.app_context():
        before = the_pair().score
        with web.transaction():
            the_pair().need.problem += "铸件打磨轨迹在线修正。"
        held = corpus.current(now=NOON)
        held.matcher.put(the_pair().need, today=NOON.date())
        names = str(the_pair().need_id), the_pair().kind, str(the_pair().achievement_id)
        assert held.matcher.pair_facts(*names).likeness is None
    saved(world.need)
    with app.app_context():
        pair = the_pair()
        assert third() == pytest.approx(expected(encoder, pair), abs=1e-9)
        assert pair.score != before


def test_the_first_use_works_everything_out_in_pieces(app, make, world, monkeypatch):
    monkeypatch.setattr(vectors, "AT_ONCE", 2)
    monkeypatch.setattr(vectors, "READ", 3)
    rows = [make.achievement(title=f"成果之{name}") for name in "甲乙丙丁戊己"]
    with app.app_context():
        assert third() is None
        app.extensions["encoder"] = own = CountingEncoder()
        jobs.run_due()
        jobs.drain()
        run = vectors.latest()
        assert (run.done, run.total, run.computed) == (8, 8, len(rows) + 2)
        assert run.finished_at is not None
        assert count() == len(rows) + 2
        pair = the_pair()
        assert third() == pytest.approx(expected(own, pair), abs=1e-9)
        parts = [pair.text_score, *(one["points"] for one in pair.adjustments)]
        assert pair.score == pytest.approx(sum(parts), abs=1e-9)
        asked = own.asked
        jobs.run_due()
        run_all()
        assert own.asked == asked
        assert vectors.latest().computed == 0


def test_a_run_that_was_cut_short_goes_on_where_it_was(app, make, world, monkeypatch):
    monkeypatch.setattr(vectors, "AT_ONCE", 1)
    monkeypatch.setattr(vectors, "READ", 1)
    with app.app_context():
        app.extensions["encoder"] = own = CountingEncoder()
        with web.transaction():
            vectoring.begin(NOON)
        real, calls = own.encode, []

        def break_off(texts):
            calls.append(texts)
            if len(calls) == 2:
                raise RuntimeError("the consumer died")
            return real(texts)

        own.encode = break_off
        jobs.drain()
        run = vectors.latest()
        assert (run.done, run.total, run.finished_at) == (1, 2, None)
        own.encode = real
        monkeypatch.setattr("matchmaker.clock.now", lambda: NOON.replace(hour=23))
        jobs.drain()
        assert vectors.latest().finished_at is not None
        assert count() == 2


def test_vectors_nobody_needs_are_swept(app, encoder, world, saved):
    with app.app_context(), web.transaction():
        the_pair().need.problem += "另有一句。"
        other = TextVector(encoder="older-1", digest="0" * 32, vector=b"\0\0", seen_in=0)
        db.session.add(other)
    saved(world.need)
    with app.app_context():
        assert count() == 4
        run_all()
        assert count() == 2
        assert third() is not None


def test_the_officer_sees_progress_and_what_is_still_lacking(app, world, sign_in):
    app.extensions["encoder"] = CountingEncoder()
    with app.app_context():
        with web.transaction():
            vectoring.begin(NOON)
        path = f"/pairings/{the_pair().public_id}"
    client = sign_in(world.officer)
    desk = text(client.get("/pairings"))
    assert "已算 0 / 2 条" in desk
    assert LACKING in desk
    assert LACKING in text(client.get(path))
    sheet = exported(client)
    assert "整体语义" in sheet
    assert LACKING in sheet


def test_the_pages_tell_the_share_and_the_nearest_sentences(app, encoder, world, sign_in):
    with app.app_context():
        run_all()
        pair = the_pair()
        points, path = f"{third():+.3f}", f"/pairings/{pair.public_id}"
        sides = [document_of(pair.need), document_of(pair.candidate)]
        near = semantic.nearest(encoder, *sides)
    client = sign_in(world.officer)
    desk = text(client.get("/pairings"))
    assert points in desk
    assert LACKING not in desk
    assert "已算" not in desk
    shown = text(client.get(path))
    assert "整体语义" in shown
    assert points in shown
    assert f"“{near.need}”" in shown
    assert f"“{near.candidate}”" in shown


def test_a_decided_pair_keeps_the_share_it_was_judged_by(app, encoder, world, sign_in):
    with app.app_context():
        run_all()
        path, points = f"/pairings/{the_pair().public_id}", third()
    client = sign_in(world.officer)
    client.post(f"{path}/reject", data={"reason_code": "field"})
    app.extensions["encoder"] = None
    app.extensions.pop("matcher", None)
    with app.app_context():
        assert third() == points
        why = explaining.why(the_pair())
        assert why.semantic[0] == points
        assert not why.lacks_semantic
