"""Proposed words are judged and remembered; words are tried before they are saved."""

import pytest
from sqlalchemy import select

from matchmaker import clock, jobs, web
from matchmaker.audit.models import Entry
from matchmaker.brokering import corpus, proposals
from matchmaker.brokering.models import Pairing, SynonymGroup, Term
from matchmaker.brokering.term_models import TermKind, TermProposal, TermTrial
from matchmaker.extensions import db
from matchmaker.lifecycles import PairingState, ProposalState, Role
from tests.browser import post, text

pytestmark = pytest.mark.database
VERBS = ("提高", "降低", "检测", "更换")


@pytest.fixture
def officer(make, sign_in):
    return sign_in(make.user(Role.OFFICER, name="赵经办"))


def bodies(make, count=4):
    for place in range(count):
        verb, other = VERBS[place % 4], VERBS[(place + 1) % 4]
        make.achievement(
            title=f"成果{place}", summary=f"{verb}铸膜液{other}，{other}铸膜液{verb}。", keywords=[]
        )


def searched(app):
    with app.app_context():
        with web.transaction():
            proposals.search_nightly(clock.now())
        jobs.drain()
        return {row.key: row for row in db.session.scalars(select(TermProposal))}


def proposal(key="铸膜液", support=4, **more):
    now = clock.now()
    return TermProposal(
        kind=TermKind.WORD, key=key, words=[key], support=support, times=8, cohesion=0.8,
        freedom=1.2, examples=[["成果一", f"提高{key}"]], found_at=now, seen_at=now, **more,
    )  # fmt: skip


def stored(app, *rows):
    with app.app_context():
        with web.transaction():
            db.session.add_all(rows)
        return [row.public_id for row in rows]


def state_of(app, public_id):
    with app.app_context():
        query = select(TermProposal.state).where(TermProposal.public_id == public_id)
        return db.session.scalars(query).one()


def test_the_night_finds_new_words_and_shows_them_with_evidence(app, make, officer):
    bodies(make)
    found = searched(app)
    assert list(found) == ["铸膜液"]
    assert (found["铸膜液"].support, found["铸膜液"].times) == (4, 8)
    shown = text(officer.get("/terms/proposals"))
    assert "4 篇文本中出现 8 次" in shown
    assert "读了 4 篇文本、0 个已采纳的配对，新提出 1 条" in shown
    page = text(officer.get(f"/terms/proposals/{found['铸膜液'].public_id}"))
    assert "成果" in page
    assert "降低铸膜液检测" in page
    assert list(searched(app)) == ["铸膜液"]  # once, however often it is found


def test_accepted_pairs_propose_synonyms(app, make, officer):
    for place in range(2):
        need = make.need(
            title="铸件打磨", problem="打磨", background="", keywords=[], key_indicators=[]
        )
        achievement = make.achievement(title="磨削设备", summary="磨削", keywords=[])
        stored(app, Pairing(
            kind="achievement", need_id=need.id, achievement_id=achievement.id, text_score=0.2,
            score=0.2, texts_digest=str(place), algorithm_version="1", first_seen_at=clock.now(),
            computed_at=clock.now(), state=PairingState.ACCEPTED,
        ))  # fmt: skip
    found = searched(app)
    assert found["打磨、磨削"].support == 2
    assert "在 2 个已采纳的配对中互相对应" in text(officer.get("/terms/proposals"))


def test_a_proposal_is_edited_accepted_and_in_force(app, officer):
    (public_id,) = stored(app, proposal())
    data = {"kind": "synonyms", "words": "铸膜液、制膜液", "provenance": "讨论"}
    answer = post(officer, f"/terms/proposals/{public_id}/accept", data, page="/terms/proposals")
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.scalars(select(SynonymGroup)).one().words == ["铸膜液", "制膜液"]
        row = db.session.scalars(select(TermProposal)).one()
        assert (row.state, row.saved_as) == (ProposalState.ACCEPTED, "铸膜液、制膜液")
        entry = db.session.scalars(select(Entry).where(Entry.noun == "proposal")).one()
        assert (entry.action, entry.actor_name) == ("accept", "赵经办")
    again = post(officer, f"/terms/proposals/{public_id}/accept", data, page="/terms/proposals")
    assert again.status_code == 409


def test_an_edit_the_dictionary_cannot_take_is_refused(app, officer):
    (public_id,) = stored(app, proposal())
    data = {"kind": "word", "words": "有 空格"}
    answer = post(officer, f"/terms/proposals/{public_id}/accept", data, page="/terms/proposals")
    assert answer.status_code == 422
    assert "不能有空格" in text(answer)
    assert state_of(app, public_id) is ProposalState.WAITING


def test_what_was_dismissed_comes_back_only_on_far_more_evidence(app, make, officer):
    bodies(make)
    public_id = searched(app)["铸膜液"].public_id
    data = {"reason": "过于一般"}
    post(officer, f"/terms/proposals/{public_id}/dismiss", data, page="/terms/proposals")
    assert state_of(app, public_id) is ProposalState.DISMISSED
    bodies(make, 3)
    searched(app)
    assert state_of(app, public_id) is ProposalState.DISMISSED
    bodies(make, 1)
    searched(app)
    assert state_of(app, public_id) is ProposalState.WAITING
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.action == "reopen")).one()
        assert entry.actor_name == "系统"


def test_many_are_decided_at_once_and_one_is_taken_back(app, officer):
    ids = stored(app, proposal("铸膜液"), proposal("再生料"), proposal("崩刃"))
    many = {"ids": ids[:2], "action": "dismiss", "reason": "不需要"}
    assert post(officer, "/terms/proposals/decide", many, page="/terms").status_code == 302
    post(officer, "/terms/proposals/decide", {"ids": ids, "action": "accept"}, page="/terms")
    assert [state_of(app, one) for one in ids] == ["dismissed", "dismissed", "accepted"]
    assert post(officer, "/terms/proposals/decide", {"action": "x", "ids": ids}, page="/terms"
                ).status_code == 404  # fmt: skip
    assert "请先勾选" in text(
        officer.get(post(officer, "/terms/proposals/decide", {"action": "accept"}, page="/terms")
                    .location))  # fmt: skip
    post(officer, f"/terms/proposals/{ids[0]}/reopen", page="/terms")
    assert state_of(app, ids[0]) is ProposalState.WAITING
    with app.app_context():
        assert list(db.session.scalars(select(Term.word))) == ["崩刃"]


def test_a_search_is_asked_for_once_at_a_time(app, officer):
    assert post(officer, "/terms/proposals/search", page="/terms/proposals").status_code == 302
    assert "正在查找" in text(officer.get("/terms/proposals"))
    assert post(officer, "/terms/proposals/search", page="/terms").status_code == 409


def apart(make):
    need = make.need(
        title="黄姜皂素清洁提取", problem="黄姜皂素收率低", background="", keywords=["黄姜皂素"],
        key_indicators=[],
    )  # fmt: skip
    achievement = make.achievement(
        title="盾叶薯蓣皂苷元酶解", summary="盾叶薯蓣皂苷元绿色制备", keywords=["盾叶薯蓣"]
    )
    return need, achievement


def tried(app, officer, words):
    data = {"words": words, "then": "try", "provenance": "试算"}
    answer = post(officer, "/terms/synonyms", data, page="/terms/synonyms")
    assert "正在试算" in text(officer.get(answer.location))
    with app.app_context():
        jobs.drain()
    return answer.location


def test_a_trial_foretells_the_ranking_that_saving_brings(app, make, saved, officer):
    saved(*apart(make))
    path = tried(app, officer, "黄姜、盾叶薯蓣\n皂素、皂苷元")
    shown = text(officer.get(path))
    assert "新过门槛 1" in shown
    assert "盾叶薯蓣皂苷元酶解" in shown
    with app.app_context():
        assert db.session.scalars(select(Pairing)).all() == []
        assert db.session.scalars(select(SynonymGroup)).all() == []
        foretold = db.session.scalars(select(TermTrial)).one().outcome["changes"][0]["after"]
    assert post(officer, f"{path}/save", page=path).status_code == 302
    assert post(officer, f"{path}/save", page="/terms").status_code == 409
    with app.app_context():
        jobs.drain()
        pair = db.session.scalars(select(Pairing)).one()
        assert foretold == [[pair.achievement_id, pytest.approx(pair.score, abs=1e-9)]]
        assert len(corpus.dictionary().groups) == 2


def test_a_trial_that_is_not_saved_changes_nothing(app, make, saved, officer):
    saved(*apart(make))
    path = tried(app, officer, "从未出现、也没有过")
    assert "不改变任何排名" in text(officer.get(path))
    assert post(officer, f"{path}/discard", page=path).status_code == 302
    assert officer.get(path).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(SynonymGroup)).all() == []


def test_a_trial_of_a_proposal_accepts_it_when_saved(app, officer, make, sign_in):
    (public_id,) = stored(app, proposal())
    data = {"kind": "word", "words": "铸膜液", "then": "try"}
    path = post(
        officer, f"/terms/proposals/{public_id}/accept", data, page="/terms/proposals"
    ).location
    assert sign_in(make.user(Role.OFFICER)).get(path).status_code == 404
    assert state_of(app, public_id) is ProposalState.WAITING
    assert post(officer, f"{path}/save", page=path).status_code == 302
    assert state_of(app, public_id) is ProposalState.ACCEPTED


def test_a_trial_says_which_groups_it_would_join(app, officer):
    path = tried(app, officer, "SF6、绝缘气体")
    assert "六氟化硫、sf6" in text(officer.get(path))
