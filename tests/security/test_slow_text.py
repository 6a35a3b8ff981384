"""T23. Text that would take a naive program minutes: every field full, one character over and over.

What is asserted is how the work is bounded: blocks, pairs, lengths. Seconds only in `full`.
"""

import time
from functools import cached_property

import pytest

from matchmaker import checkup, secrecy, similar
from matchmaker.extensions import db
from matchmaker.matching import text
from matchmaker.matching.clauses import side_by_side
from matchmaker.needs import fields
from matchmaker.needs.models import Need
from matchmaker.revisions import operations as revisions
from tests import browser
from tests.integration.needs.conftest import STAGES

LONG = 5000  # characters: no field of the main forms takes more
REPEATS = (
    "中", "a", "(", "中a", "ab", "1", "- ", "1-", "a@", "\u0301", "e\u0301", "\ufdfa", "\ud800",
    "\U0001f9ea", "\u200b", "密级", "联系", "不大于", "、", "１",
)  # fmt: skip
SECONDS = 2


def texts(length=LONG):
    return [(one * length)[:length] for one in REPEATS]


@pytest.fixture
def cut(monkeypatch):
    """Collect how long the pieces are that the segmenter is given at once."""
    lengths = []
    real = text.Segmenter._cut.func

    def recording(self):
        quick = real(self)
        return lambda block: (lengths.append(len(block)), quick(block))[1]

    watched = cached_property(recording)
    watched.__set_name__(text.Segmenter, "_cut")
    monkeypatch.setattr(text.Segmenter, "_cut", watched)
    return lengths


def segment_everything():
    segmenter = text.Segmenter()
    for one in texts(2000):
        segmenter.tokens(one)
        segmenter.terms(one)
        segmenter.units(one)
        segmenter.pieces(one)


def test_the_segmenter_is_given_blocks_only(cut, shows):
    segment_everything()
    assert 0 < max(cut) <= text.BLOCK == 500
    assert len(cut) > len(REPEATS)
    shows("T23", "重复字符的超长文本按不超过 500 字分块切词", tried=len(cut))


def test_text_cut_in_one_piece_is_noticed(cut, monkeypatch, shows):
    """Teeth: the same texts through a segmenter without the split (58 s at 100,000 characters)."""
    monkeypatch.setattr(text, "blocks", lambda folded: [folded])
    text.Segmenter().terms("中" * 600)
    assert max(cut) > text.BLOCK
    shows("T23", planted="切词前不分块")


class Counted:
    """Counts the equal pairs of characters difflib is asked to look at."""

    def __init__(self, real):
        self.real, self.most = real, 0

    def __call__(self, junk, old, new, **options):
        self.most = max(self.most, sum(new.count(one) * old.count(one) for one in set(old)))
        return self.real(junk, old, new, **options)


def other(one):
    return one[: len(one) // 2] + "乙" + one[len(one) // 2 :]


def test_versions_are_compared_within_bounds(monkeypatch, shows):
    counted = Counted(revisions.difflib.SequenceMatcher)
    monkeypatch.setattr(revisions.difflib, "SequenceMatcher", counted)
    for one in texts():
        changes = revisions.compare({"body": one}, {"body": other(one)})
        pieces = changes[0].pieces
        assert "".join(piece for tag, piece in pieces if tag != "+") == one[: revisions.COMPARED]
        assert ("+", "乙") in pieces
    assert counted.most <= revisions.MOST_PAIRS
    shows("T23", "版本对比：重复字符改用线性算法，difflib 至多比较 50 万对字符", tried=len(REPEATS))


def test_a_comparison_without_bounds_is_noticed(monkeypatch, shows):
    """Teeth: the same comparison with the bound taken away."""
    counted = Counted(revisions.difflib.SequenceMatcher)
    monkeypatch.setattr(revisions.difflib, "SequenceMatcher", counted)
    monkeypatch.setattr(revisions, "MOST_PAIRS", 10**12)
    revisions.compare({"body": "a" * 800}, {"body": "a" * 801})
    assert counted.most > 500_000
    shows("T23", planted="版本对比不限字符对数")


def test_ordinary_versions_read_as_before():
    old = "铸件毛坯尺寸离散大，固定轨迹打磨会过切或漏磨。" * 20
    new = old.replace("过切", "过切、崩边", 1)
    assert revisions._pieces(old, new).count(("+", "、崩边")) == 1


def test_titles_are_compared_by_their_first_2000_characters(monkeypatch, shows):
    lengths = []
    monkeypatch.setattr(similar, "_title_ratio", lambda left, right: 0.0)

    def recording(given):
        lengths.append(len(given))
        return [given[:9]]

    for one in texts():
        candidates = [similar.TitleCandidate(1, other(one))]
        similar.similar_titles(one, ["乙"], candidates, segment=recording)
    assert max(lengths) <= similar.LONGEST_INPUT == 2000
    shows("T23", "近似名称比对只看前 2000 字")


def need_of(one):
    return checkup.NeedText(
        title=one[:120], background=one[:2000], problem=one[:3000], foundation=one[:2000],
        key_indicators=(one[:200],) * 20, bidder_conditions=one[:1000], keywords=(one[:30],) * 8,
        ip_arrangement=one[:1000],
    )  # fmt: skip


def everything(one):
    """Do with a text what the pages do: check-up, secrecy, comparison clause by clause."""
    checkup.check(need_of(one))
    secrecy.guard({"正文": one})
    side_by_side(one, other(one))
    revisions.compare({"body": one}, {"body": other(one)})


def test_checkup_secrecy_and_comparison_end():
    for one in texts(600):
        everything(one)


@pytest.mark.database
def test_a_need_full_of_one_character_is_answered(app, make, sign_in, cut, shows):
    """Every text field of the need's form at its maximum, through the form."""
    from matchmaker.lifecycles import Role

    client = sign_in(make.user(Role.ENTERPRISE_ADMIN, organisation=make.organisation()))
    for one in ("中", "(", "a", "\u0301", "\U0001f9ea"):
        answer = browser.post(client, "/needs/new", {"title": f"打磨{one * 20}"})
        assert answer.status_code == 302, browser.text(answer)
        for stage in (2, 3, 4):
            sent = {**STAGES[stage], **filled(one, stage)}
            answer = browser.post(client, answer.location, sent)
            assert answer.status_code == 302, browser.text(answer)
        answer = browser.post(client, answer.location, {**STAGES[5], **filled(one, 5)})
        assert answer.status_code in {302, 422}
    nul = browser.post(client, "/needs/new", {"title": "\0" * 40})
    assert nul.status_code == 400
    assert not cut or max(cut) <= text.BLOCK
    with app.app_context():
        assert len(db.session.scalars(db.select(Need.id)).all()) == 5
    shows("T23", "需求表单各文本栏填满同一字符，逐阶段提交均有答复", tried=5 * 5)


def filled(one, stage):
    return {
        field.name: (one * field.most)[: field.most]
        for field in fields.of_stage(stage)
        if field.kind == "text"
    }


@pytest.mark.full
def test_no_text_takes_seconds(shows):
    """Processor time, with a bound so generous that only another order of growth breaks it."""
    slowest = 0.0
    segmenter = text.Segmenter()
    segmenter.terms("预热")
    for one in texts(3000):
        started = time.process_time()
        everything(one)
        segmenter.tokens(one)
        slowest = max(slowest, time.process_time() - started)
        assert slowest < SECONDS, one[:2]
    shows("T23", f"填满各栏上限的重复文本过体检、涉密检查、切词、两种对比：至多 {slowest:.2f} 秒")
