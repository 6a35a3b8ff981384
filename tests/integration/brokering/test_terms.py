"""The bureau's words: in force at once, recorded, refused with the cure."""

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.audit.models import Entry
from matchmaker.brokering.models import Pairing, Recomputation, SynonymGroup, Term
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.browser import post, text

pytestmark = pytest.mark.database


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER, name="赵经办"))


def add(client, kind, words, **more):
    return post(client, f"/terms/{kind}", {"words": words, **more}, page="/terms")


def test_words_are_added_from_a_list_and_recorded(app, officer):
    answer = add(officer, "words", "恒力末端执行器\n\n 磨抛 \n磨抛\n", provenance="行业词表")
    assert answer.status_code == 302
    shown = text(officer.get("/terms"))
    for told in ("恒力末端执行器", "磨抛", "行业词表", "赵经办"):
        assert told in shown
    assert add(officer, "words", "磨抛\n砂带").status_code == 302
    with app.app_context():
        assert set(db.session.scalars(select(Term.word))) == {"恒力末端执行器", "磨抛", "砂带"}
        asked = select(Entry).where(Entry.action == "add_terms").order_by(Entry.seq)
        told = [(entry.actor_name, entry.details["count"]) for entry in db.session.scalars(asked)]
        assert told == [("赵经办", 2), ("赵经办", 1)]


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("words", "好词语\n短", "第 2 行"),
        ("words", "有 空格", "不能有空格"),
        ("words", "长" * 21, "2 至 20 个字"),
        ("words", "", "请填写词语"),
        ("words", "词" * 5000, "2 至 20 个字"),
        ("words", "😀😀", "只能由汉字"),
        ("synonyms", "、".join(f"词语{n}" for n in range(21)), "一组最多 20 个词"),
        ("synonyms", "激光熔覆", "至少要有两个词"),
        ("synonyms", "激光熔覆、覆", "第 1 行"),
    ],
)
def test_a_word_that_cannot_be_used_is_refused_and_nothing_added(app, officer, kind, words, told):
    answer = add(officer, kind, words)
    assert answer.status_code == 422
    assert told in text(answer)
    with app.app_context():
        assert db.session.scalars(select(Term)).all() == []
        assert db.session.scalars(select(SynonymGroup)).all() == []


def test_synonyms_join_texts_at_once_and_part_again(app, make, saved, officer):
    need = make.need(
        title="黄姜皂素清洁提取", problem="黄姜皂素收率低", background="", keywords=["黄姜皂素"],
        key_indicators=[],
    )  # fmt: skip
    achievement = make.achievement(
        title="盾叶薯蓣皂苷元酶解", summary="盾叶薯蓣皂苷元绿色制备", keywords=["盾叶薯蓣"]
    )
    saved(need, achievement)
    with app.app_context():
        assert db.session.scalars(select(Pairing)).all() == []
    assert add(officer, "synonyms", "黄姜、盾叶薯蓣\n皂素，皂苷元").status_code == 302
    with app.app_context():
        jobs.drain()
        pair = db.session.scalars(select(Pairing)).one()
        run = db.session.scalars(select(Recomputation)).one()
        assert (run.cause, run.done, run.total) == ("新增同义词", 1, 1)
        public_id = pair.public_id
        group = db.session.scalars(select(SynonymGroup).order_by(SynonymGroup.id)).first()
        doomed = [g.public_id for g in db.session.scalars(select(SynonymGroup))]
    assert group.words == ["黄姜", "盾叶薯蓣"]
    shown = text(officer.get(f"/pairings/{public_id}"))
    assert "黄姜＝盾叶薯蓣" in shown
    for one in doomed:
        answer = post(officer, f"/terms/synonyms/{one}/remove", page="/terms")
        assert answer.status_code == 302
    with app.app_context():
        jobs.drain()
        assert db.session.scalars(select(Pairing)).all() == []


def test_a_word_is_removed(app, officer):
    add(officer, "words", "磨抛")
    with app.app_context():
        public_id = db.session.scalars(select(Term.public_id)).one()
    assert post(officer, f"/terms/words/{public_id}/remove", page="/terms").status_code == 302
    assert post(officer, f"/terms/words/{public_id}/remove", page="/terms").status_code == 404
    with app.app_context():
        row = db.session.scalars(select(Term)).one()
        assert (row.word, row.removed_by.name) == ("磨抛", "赵经办")


@pytest.mark.parametrize("role", [Role.LEADER, Role.TOWN_OFFICER, Role.ENTERPRISE_ADMIN])
def test_only_officers_edit_the_words(make, sign_in, role):
    client = sign_in(make.user(role))
    assert client.get("/terms").status_code == 404
    assert add(client, "words", "磨抛").status_code in {400, 404}
