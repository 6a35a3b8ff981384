"""What can be wrong with a cluster is told in Chinese, and nothing is half written."""

import logging
import threading
import warnings
from contextlib import suppress
from importlib import import_module

import pytest
from click.testing import CliRunner

from matchmaker import cluster
from matchmaker.cli.match import match_command
from matchmaker.cluster import linking
from tests.ranked import example_needs, example_pool, rules_of

distributed = pytest.importorskip("distributed", reason="没有安装 [cluster]：跳过集群测试")
NEEDS, OFFERED = example_needs(), example_pool()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Seconds instead of half a minute."""
    monkeypatch.setattr(linking, "CONNECTING", 3.0)
    monkeypatch.setattr(linking, "BEAT", 0.1)
    monkeypatch.setattr(linking, "PATIENCE", 0.5)


@pytest.fixture
def small():
    """A scheduler and one worker within this process."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, protocol="tcp",
            host="127.0.0.1", dashboard_address=None, silence_logs=logging.CRITICAL,
        )  # fmt: skip
    yield started
    with warnings.catch_warnings(), suppress(TimeoutError):  # one test closes its scheduler
        warnings.simplefilter("ignore")
        started.close(timeout=1)
    started.status = distributed.core.Status.closed  # else it warns in somebody else's test


def tables(folder):
    """Two small tables, and where the pairs would go."""
    for name in ("needs", "achievements"):
        (folder / f"{name}.csv").write_text(
            "名称,简介\n铸件打磨,机器人恒力打磨铸件\n", encoding="utf-8"
        )
    return folder / "needs.csv", folder / "achievements.csv", folder / "pairs.xlsx"


def refused(folder, address):
    """The one line a run over this address ends with; an older result is left as it was."""
    needs, achievements, out = tables(folder)
    out.write_text("as it was", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    options = [str(needs), str(achievements), "--out", str(out), "--scheduler", address]
    result = CliRunner().invoke(match_command, options)
    assert result.exit_code == 1, result.output
    assert out.read_text(encoding="utf-8") == "as it was"
    assert sorted(path.name for path in folder.iterdir()) == before
    return result.output.strip().splitlines()[-1]


def test_without_the_extra_it_says_how_to_install(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name) if name == "distributed" else AssertionError(name)

    monkeypatch.setattr(linking, "import_module", missing)
    told = refused(tmp_path, "tcp://127.0.0.1:8786")
    assert told == (
        "错误：没有安装集群组件。请在每台机器上运行："
        ".venv/bin/pip install 'dask[distributed]==2026.8.0'"
    )


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:9", "连不上调度器 tcp://127.0.0.1:9。请检查地址"),
        ("http://127.0.0.1:8786", "调度器地址“http://127.0.0.1:8786”不对"),
    ],
)
def test_nobody_answers(tmp_path, monkeypatch, address, message):
    monkeypatch.setattr(linking, "CONNECTING", 0.3)
    assert message in refused(tmp_path, address)


def test_a_scheduler_of_another_version(tmp_path, small, monkeypatch):
    own = import_module("distributed.versions").get_versions

    def newer(*arguments, **named):
        told = own(*arguments, **named)
        return told | {"packages": told["packages"] | {"distributed": "2031.1.0"}}

    monkeypatch.setattr("distributed.client.version_module.get_versions", newer)
    told = refused(tmp_path, small.scheduler_address)
    assert "的 distributed 是 2026.8.0，本机是 2031.1.0，请装成同一版本" in told


def test_a_worker_with_another_matcher(tmp_path, small, monkeypatch):
    here = threading.get_ident()
    own = linking._rules()
    monkeypatch.setattr(
        linking, "_rules", lambda: own if threading.get_ident() == here else "tfidf-9.py3.11"
    )
    told = refused(tmp_path, small.scheduler_address)
    assert f"的匹配程序是另一个版本（tfidf-9.py3.11，本机 {own}）" in told


def test_a_scheduler_without_workers(tmp_path, small, monkeypatch):
    monkeypatch.setattr(linking, "CONNECTING", 0.5)
    small.scale(0)
    small.sync(small._correct_state)
    told = refused(tmp_path, small.scheduler_address)
    assert "上没有工作进程，请先启动（scripts/cluster）" in told


def interrupted(small, stop):
    """The sentence a run ends with whose cluster goes away at its first answer."""

    def progress(label, steps, _count):
        for step in steps:
            if label == "配对":
                stop()
            yield step

    with (
        pytest.raises(cluster.ClusterFailed) as failed,
        cluster.connected(small.scheduler_address) as link,
    ):
        rules = rules_of()
        spread = cluster.Spread(link, rules, progress=progress)
        pieces, batches = spread.cut(OFFERED), spread.cut(NEEDS, most=1)
        spread.fit(pieces, batches)
        spread.ask(spread.place(pieces), batches)
    return str(failed.value)


def test_all_workers_lost(small):
    def stop():
        small.scale(0)
        small.sync(small._correct_state)

    assert "上的工作进程都已退出" in interrupted(small, stop)


def test_the_scheduler_lost(small):
    told = interrupted(small, lambda: small.sync(small.scheduler.close))
    assert "的连接中断" in told
