"""Over real worker processes everything ranks as on one machine, whatever happens to a worker."""

import json
import os
import signal

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matchmaker import cluster, jobs, outbox, web
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import candidates, events, recomputing, spreading
from matchmaker.brokering.models import Pairing, Recomputation
from matchmaker.cli.match import match_command
from matchmaker.cluster import linking
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState
from matchmaker.matching import engine, explain
from matchmaker.needs.models import Need
from tests.conftest import NOON
from tests.ranked import (
    EXAMPLES,
    LEARNT,
    SEGMENTER,
    example_needs,
    example_pool,
    on_one_machine,
    ranked,
    rules_of,
    told,
)

pytest.importorskip("distributed", reason="没有安装 [cluster]：跳过集群测试")
NEEDS, OFFERED = example_needs(), example_pool()


def spread_out(link, needs, offered, rules, **shown):
    """The rankings the cluster finds, and the `Spread` they came of."""
    spread = cluster.Spread(link, rules, **shown)
    pieces, batches = spread.cut(offered, most=7), spread.cut(needs, most=6)
    spread.fit(pieces, batches)
    found = spread.ask(spread.place(pieces), batches)
    return spread, ranked(found, needs, offered, rules)


def same(found, expected):
    """Ids and scores alike to the last bit, and the reasons where nothing is left."""
    assert [one.pairs for one in found] == [one.pairs for one in expected]
    assert [told(one) for one in found] == [told(one) for one in expected]


@pytest.mark.parametrize(
    "changed",
    [{}, {"threshold": 0.0, "top": 1}, {"weights": LEARNT}, {"engine": engine.PLAIN}],
    ids=["usual", "no threshold", "learnt weights", "numpy"],
)
def test_two_workers_rank_as_one_machine_does(link, changed):
    rules = rules_of(**changed)
    _, expected = on_one_machine(NEEDS, OFFERED, rules)
    _, found = spread_out(link, NEEDS, OFFERED, rules)
    same(found, expected)
    assert any(one.pairs for one in found)


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_rows_than_shards(link, rows):
    rules = rules_of()
    _, expected = on_one_machine(NEEDS, OFFERED[:rows], rules)
    _, found = spread_out(link, NEEDS, OFFERED[:rows], rules)
    same(found, expected)


def test_no_needs_and_nothing_at_all(link):
    assert spread_out(link, [], OFFERED, rules_of())[1] == []
    assert spread_out(link, [], [], rules_of())[1] == []


def test_winners_are_explained_at_the_idf_of_all(link):
    rules = rules_of()
    spread, rankings = spread_out(link, NEEDS, OFFERED, rules)
    idf, _ = on_one_machine(NEEDS, OFFERED, rules)
    texts = {document.id: document for document, _ in OFFERED}
    winners = [
        (need, [texts[pair.id] for pair in ranking.pairs[:1]])
        for (need, _), ranking in zip(NEEDS, rankings, strict=True)
    ]
    expected = [
        [explain(need, one, segmenter=SEGMENTER, idf=idf) for one in ones] for need, ones in winners
    ]
    assert spread.explain(winners) == expected


def test_a_worker_killed_in_the_middle_changes_nothing(link):
    rules = rules_of()
    _, expected = on_one_machine(NEEDS, OFFERED, rules)
    before = link.processes()
    victim = min(before.values())
    seen = []

    def progress(label, steps, count):
        for number, step in enumerate(steps):
            if label == "配对" and number == 0:
                os.kill(victim, signal.SIGKILL)
                seen.append(count)
            yield step

    _, found = spread_out(link, NEEDS, OFFERED, rules, progress=progress)
    same(found, expected)
    assert seen[0] > 1
    assert victim not in link.processes().values()


def test_memory_that_is_too_short_is_told_before_anything_is_sent(link, monkeypatch):
    monkeypatch.setattr("matchmaker.cluster.spreading.FACTOR", 1e6)
    with pytest.raises(cluster.ClusterFailed, match=r"内存不够：每个至少要 [\d,]+ MB.*1,500 MB"):
        spread_out(link, NEEDS, OFFERED, rules_of())


def test_a_fault_of_the_program_is_told_as_such(link):
    twice = [OFFERED[0]] * 9  # more often than there are shards
    with pytest.raises(cluster.ClusterFailed, match="工作进程出错：ValueError：编号重复"):
        spread_out(link, NEEDS, twice, rules_of())


# The command.


@pytest.fixture
def tables(tmp_path):
    """Both tables of the examples."""
    paths = []
    for name, text in (("needs", "problem"), ("achievements", "summary")):
        book = openpyxl.Workbook()
        book.active.append(["编号", "名称", "简介", "关键词", "领域"])
        for one in EXAMPLES[name]:
            words = "、".join(one["keywords"])
            book.active.append([one["id"], one["title"], one[text], words, one["tech_field_code"]])
        paths.append(tmp_path / f"{name}.xlsx")
        book.save(paths[-1])
    (tmp_path / "words.txt").write_text("\n".join(EXAMPLES["user_dict"]), encoding="utf-8")
    groups = ["、".join(group) for group in EXAMPLES["synonyms"]]
    (tmp_path / "synonyms.txt").write_text("\n".join(groups), encoding="utf-8")
    return paths


def run(tables, *options):
    return CliRunner().invoke(match_command, [*map(str, tables), *map(str, options)])


def cells(path):
    book = openpyxl.load_workbook(path)
    return {s.title: [[cell.value for cell in row] for row in s] for s in book}


def test_the_command_writes_the_same_workbook(tables, tmp_path, scheduler):
    words = ("--words", tmp_path / "words.txt", "--synonyms", tmp_path / "synonyms.txt")
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    assert run(tables, "--out", one, *words).exit_code == 0
    result = run(tables, "--out", other, *words, "--scheduler", scheduler)
    assert result.exit_code == 0, result.output
    assert cells(other) == cells(one)
    assert len(cells(one)["配对"]) > 20
    assert "工作进程 2 个，每个内存上限 1,500 MB，最多用到" in result.output
    assert "分词" in result.output
    assert "写理由" in result.output


# The nightly run.


@pytest.fixture
def district(app, make, monkeypatch):
    """Needs and achievements whose pairs are computed in small portions."""
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)
    monkeypatch.setattr(events, "CHUNK", 2)
    monkeypatch.setattr(spreading, "PORTION", 4)
    told_ = {"N": [], "A": []}
    for one in EXAMPLES["needs"][:7]:
        told_["N"].append(make.need(title=one["title"], problem=one["problem"]))
    for one in EXAMPLES["achievements"][:12]:
        told_["A"].append(make.achievement(title=one["title"], summary=one["summary"]))
    second = EXAMPLES["achievements"][4]
    told_["A"].append(make.achievement(title="另一项成果", summary=second["summary"]))
    told_["A"].append(make.expert(keywords=["恒力控制", "机器人"]))
    return told_


def nightly(app):
    """Compute everything anew; return every pair as stored, and what was told of the run."""
    with app.app_context():
        app.extensions.pop("matcher", None)
        with web.transaction():
            outbox.add("matching.refit", {"cause": "夜间全量重算"}, now=NOON)
        jobs.drain()
        db.session.rollback()
        pairs = db.session.scalars(select(Pairing).order_by(Pairing.need_id, Pairing.id))
        found = [
            (p.need_id, p.kind, p.achievement_id, p.expert_id, p.text_score, p.score, p.words,
             json.dumps(p.adjustments, ensure_ascii=False))
            for p in pairs
        ]  # fmt: skip
        run_ = db.session.scalars(select(Recomputation).order_by(Recomputation.id.desc())).first()
        assert run_.done == run_.total
        cause = run_.cause
        db.session.rollback()
        return sorted(found, key=str), cause


def forget_pairs(app):
    with app.app_context(), web.transaction():
        for pair in db.session.scalars(select(Pairing)):
            db.session.delete(pair)


def test_the_nightly_run_stores_the_same_pairs(app, district, scheduler, monkeypatch):
    expected, _ = nightly(app)
    assert len(expected) > 5
    forget_pairs(app)
    asked = []
    original = cluster.Spread.ask
    monkeypatch.setattr(cluster.Spread, "ask", lambda *a, **k: asked.append(1) or original(*a, **k))
    monkeypatch.setitem(app.config, "MATCHING_SCHEDULER", scheduler)
    found, cause = nightly(app)
    assert found == expected
    assert cause == "夜间全量重算"
    assert len(asked) == 2 * 3  # portions, kinds
    assert "spread" not in app.extensions


@pytest.mark.parametrize("most", [spreading.MOST, 1], ids=["short lists", "full lists"])
def test_rows_saved_during_the_night_count_as_they_are_now(
    app, district, scheduler, monkeypatch, most
):
    """A text edited, a row withdrawn and a need edited after the pools were sent."""
    edited, gone, need = district["A"][0].id, district["A"][4].id, district["N"][5].id
    like = EXAMPLES["needs"][6]
    original, done = spreading.hits, []

    def save(title, summary, state, problem):
        with web.transaction():
            row = db.session.get_one(Achievement, edited)
            row.title, row.summary = title, summary
            db.session.get_one(Achievement, gone).state = state
            db.session.get_one(Need, need).problem = problem
            for kind, one in (("achievement", edited), ("achievement", gone), ("need", need)):
                outbox.add(f"{kind}.saved", {"id": one}, now=NOON)

    def meanwhile(*arguments, **told_):
        found = original(*arguments, **told_)
        if not done:
            done.append(found)
            save(like["title"], like["problem"], PoolState.OFFLINE, "果园病虫害识别")
        return found

    monkeypatch.setattr(spreading, "hits", meanwhile)
    for module in (candidates, recomputing, spreading):
        monkeypatch.setattr(module, "MOST", most)
    expected, _ = nightly(app)
    assert [one for one in expected if one[2] == edited]
    assert not [one for one in expected if one[2] == gone]
    forget_pairs(app)
    with app.app_context():
        one, other = EXAMPLES["achievements"][0], EXAMPLES["needs"][5]
        save(one["title"], one["summary"], PoolState.PUBLISHED, other["problem"])
        jobs.drain()
    forget_pairs(app)
    done.clear()
    monkeypatch.setitem(app.config, "MATCHING_SCHEDULER", scheduler)
    found, cause = nightly(app)
    assert done[0]
    assert cause == "夜间全量重算"
    assert found == expected


def test_without_its_cluster_the_night_is_computed_here(app, district, monkeypatch):
    expected, _ = nightly(app)
    forget_pairs(app)
    monkeypatch.setattr(linking, "CONNECTING", 0.2)
    monkeypatch.setitem(app.config, "MATCHING_SCHEDULER", "tcp://127.0.0.1:9")
    found, cause = nightly(app)
    assert found == expected
    assert cause == "夜间全量重算（计算集群不可用，已改在本机计算）"
