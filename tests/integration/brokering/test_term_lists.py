"""Words kept with where they come from: filtered, removed and put back, in and out as files."""

import io

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.audit.models import Entry
from matchmaker.brokering import corpus, term_files
from matchmaker.brokering.models import SynonymGroup, Term
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.browser import post, text

pytestmark = pytest.mark.database


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER, name="赵经办"))


def add(client, kind, words, **more):
    return post(client, f"/terms/{kind}", {"words": words, **more}, page="/terms")


def upload(client, kind, content, name="词表.txt"):
    data = {"file": (io.BytesIO(content), name), "source": "行业协会"}
    return post(client, f"/terms/{kind}/import", data, page="/terms")


def ids(app, model):
    with app.app_context():
        return list(db.session.scalars(select(model.public_id).order_by(model.id)))


def test_words_are_filtered_by_part_source_and_state(app, officer):
    add(officer, "words", "恒力控制\n砂带", provenance="行业词表")
    add(officer, "words", "铸膜液", provenance="走访")
    assert "铸膜液" not in text(officer.get("/terms?word=恒力"))
    assert "恒力控制" not in text(officer.get("/terms?source=走访"))
    add(officer, "synonyms", "黄姜、盾叶薯蓣\n皂素、皂苷元")
    shown = text(officer.get("/terms/synonyms?word=薯蓣"))
    assert "黄姜、盾叶薯蓣" in shown
    assert "皂苷元" not in shown
    assert officer.get("/terms?by=x&state=x&page=9").status_code == 200


def test_a_removed_word_is_out_of_force_and_can_be_put_back(app, officer):
    add(officer, "words", "磨抛\n砂带", provenance="行业词表")
    first, second = ids(app, Term)
    page = officer.get(f"/terms/words/{first}")
    assert "行业词表" in text(page)
    assert post(officer, f"/terms/words/{first}/remove", page="/terms").status_code == 302
    assert "可在“已删除”中恢复" in text(officer.get("/terms"))
    assert "磨抛" not in text(officer.get("/terms"))
    assert "磨抛" in text(officer.get("/terms?state=out"))
    with app.app_context():
        assert list(corpus.dictionary().words) == ["砂带"]
    assert post(officer, f"/terms/words/{first}/restore", page="/terms").status_code == 302
    assert post(officer, f"/terms/words/{first}/restore", page="/terms").status_code == 404
    both = {"ids": [first, second], "action": "remove"}
    assert post(officer, "/terms/words/change", both, page="/terms").status_code == 302
    with app.app_context():
        assert list(corpus.dictionary().words) == []
        actions = set(db.session.scalars(select(Entry.action)))
    assert {"add_terms", "remove_term", "restore_term"} <= actions
    add(officer, "words", "磨抛", provenance="再次登记")
    with app.app_context():
        assert list(corpus.dictionary().words) == ["磨抛"]


def test_what_is_exported_can_be_imported_again(app, officer):
    add(officer, "words", "恒力控制\n铸膜液")
    add(officer, "synonyms", "黄姜、盾叶薯蓣")
    words = officer.get("/terms/words/text").data
    assert words.decode() == "恒力控制\n铸膜液\n"
    assert officer.get("/terms/synonyms/text").data.decode() == "黄姜、盾叶薯蓣\n"
    for public_id in ids(app, Term):
        post(officer, f"/terms/words/{public_id}/remove", page="/terms")
    assert upload(officer, "words", words).status_code == 302
    assert upload(officer, "synonyms", "打磨，磨抛\n磨抛 抛光".encode("gb18030")).status_code == 302
    with app.app_context():
        assert list(corpus.dictionary().words) == ["恒力控制", "铸膜液"]
        assert ["磨抛", "抛光"] in list(corpus.dictionary().groups)
        row = db.session.scalars(select(Term).where(Term.word == "铸膜液")).one()
        assert row.provenance == "行业协会，文件 词表.txt"
    assert officer.get("/terms/words/export").status_code == 200


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "请填写词语"),
        ("词".encode() * 5000, "2 至 20 个字"),
        ("好词语\n\x01\x02".encode(), "第 2 行"),
        (b"\x89PNG\x00\x00\xff\xff", "不是文本文件"),
        (b"a" * 100_001, "超过 1 MB"),
        ("😀😀".encode(), "只能由汉字"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_cure(app, officer, monkeypatch, content, told):
    monkeypatch.setattr(term_files, "MOST_BYTES", 100_000)
    answer = upload(officer, "words", content)
    assert answer.status_code == 422
    assert told in text(answer)
    assert ids(app, Term) == []


def test_a_cycle_and_groups_that_share_a_word_are_one_group(app, officer):
    add(officer, "synonyms", "打磨、磨抛\n磨抛、抛光\n抛光、打磨")
    with app.app_context():
        segmenter = corpus.explainer().segmenter
        assert {segmenter.canonical(word) for word in ("打磨", "磨抛", "抛光")} == {"打磨"}
        assert len(db.session.scalars(select(SynonymGroup)).all()) == 3


def test_a_shipped_group_is_switched_off_and_on(app, officer):
    assert "SF6".lower() in text(officer.get("/terms/base?word=SF6"))
    assert "没有含" in text(officer.get("/terms/base?word=没有这个词"))
    data = {"word": "六氟化硫"}
    assert post(officer, "/terms/base/switch", data, page="/terms/base").status_code == 302
    assert "赵经办" in text(officer.get("/terms/base?word=sf6"))
    with app.app_context():
        jobs.drain()
        assert corpus.explainer().segmenter.canonical("sf6") == "sf6"
    assert post(officer, "/terms/base/switch", data, page="/terms/base").status_code == 302
    with app.app_context():
        jobs.drain()
        assert corpus.explainer().segmenter.canonical("sf6") == "六氟化硫"
    assert post(officer, "/terms/base/switch", {"word": "x"}, page="/terms").status_code == 404


@pytest.mark.parametrize("path", ["/terms/synonyms", "/terms/base", "/terms/proposals"])
def test_only_officers_read_the_words(make, sign_in, path):
    assert sign_in(make.user(Role.LEADER)).get(path).status_code == 404
