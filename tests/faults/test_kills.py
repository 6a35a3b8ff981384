"""T11, T12: the application or PostgreSQL killed without warning; nothing acknowledged is lost."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from matchmaker.ops import clusters
from tests.faults.site import Client, Site, check

pytestmark = pytest.mark.full
HASTE, PAUSE = 0.05, 0.35  # seconds between two kills, at least and at most
KILLS, SERVER_KILLS, BACK = 60, 20, 10  # BACK: seconds until the site answers again


@pytest.fixture
def site(tmp_path):
    found = Site(tmp_path / "instance")
    yield found
    ended(found)


def ended(site):
    if site.process is not None and site.process.poll() is None:
        site.kill()


def under_fire(site, kill, rounds):
    """Let eight clients work while `kill` strikes so many times; return the clients at rest."""
    clients = [Client(site, cookie) for _, cookie in site.people]
    for client in clients:
        client.start()
    for number in range(rounds):
        time.sleep(random.Random(number).uniform(HASTE, PAUSE))
        kill(number)
    time.sleep(1)
    for client in clients:
        client.ended.set()
    for client in clients:
        client.join(60)
        assert not client.is_alive()
    return clients


def counted(clients):
    return sum(len(client.acknowledged) for client in clients)


@pytest.mark.timeout(900)
def test_the_application_killed_sixty_times_loses_nothing(site, shows):
    site.start(workers=2)

    def kill(number):
        if number % 4 == 0:
            site.kill()
            site.start(workers=2)
        else:
            site.kill_workers()
            site.wait()

    clients = under_fire(site, kill, KILLS)
    assert site.stop() == 0
    assert check(site, clients) == {}
    assert counted(clients) > KILLS
    stray = len(list((site.folder / "uploads").glob("*.part")))
    shows("T11", f"强行终止程序（四次中一次连主进程），8 个客户端收到 {counted(clients)} 次确认："
                 f"丢失 0、重复 0、缺文件日志事项 0、日志断链 0，半截文件 {stray} 个留待清扫",
          tried=KILLS)  # fmt: skip


@pytest.mark.timeout(300)
def test_an_answer_before_the_write_is_caught(tmp_path, shows):
    site = Site(tmp_path / "instance", factory="tests.faults.mutants:answers_first()")
    try:
        site.start(workers=2)
        clients = under_fire(site, lambda _: (time.sleep(0.3), site.kill_workers(), site.wait()), 6)
        site.stop()
        wrong = check(site, clients)
    finally:
        ended(site)
    assert len(wrong["lost"]) > 0
    shows(
        "T11",
        planted=f"先答复、后写入：{counted(clients)} 次确认丢失 {len(wrong['lost'])} 次，查出",
    )


@pytest.fixture
def cluster(tmp_path):
    """A PostgreSQL of its own, below a folder its account may pass through."""
    folder = Path("/tmp") / f"matchmaker-kill-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        clusters.make(folder, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
        yield folder
    finally:
        clusters.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def shot(site, cluster, rounds):
    """Kill PostgreSQL so many times under load; return clients and the slowest way back."""
    slowest = 0.0

    def kill(_number):
        nonlocal slowest
        postmaster = int((cluster / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        restarted(cluster)
        slowest = max(slowest, answering(site))
        time.sleep(0.3)

    try:
        site.start(workers=2)
        clients = under_fire(site, kill, rounds)
        assert site.stop() == 0
        return clients, slowest, check(site, clients)
    finally:
        ended(site)


@pytest.mark.timeout(900)
def test_postgresql_killed_twenty_times_loses_nothing(tmp_path, cluster, shows):
    url = clusters.address(cluster).render_as_string(hide_password=False)
    clients, slowest, wrong = shot(Site(tmp_path / "instance", url), cluster, SERVER_KILLS)
    assert wrong == {}
    assert counted(clients) > SERVER_KILLS
    assert slowest <= BACK
    said = (
        f"强行终止 PostgreSQL，{counted(clients)} 次确认丢失 0；程序自行恢复，最慢 {slowest:.1f} 秒"
    )
    shows("T12", said, tried=SERVER_KILLS)


@pytest.mark.timeout(300)
def test_a_server_told_not_to_wait_for_its_log_is_caught(tmp_path, cluster, shows):
    with (cluster / "data" / "postgresql.conf").open("a") as file:
        file.write("wal_writer_delay = '10s'\nwal_writer_flush_after = '1GB'\n")
        file.write("wal_buffers = '64MB'\n")
    clusters.stop(cluster)
    clusters.start(cluster)
    url = clusters.address(cluster).render_as_string(hide_password=False)
    lazy = Site(tmp_path / "instance", url, factory="tests.faults.mutants:commits_lazily()")
    clients, _, wrong = shot(lazy, cluster, 5)
    assert len(wrong["lost"]) > 0
    said = f"{counted(clients)} 次确认丢失 {len(wrong['lost'])} 次"
    shows("T12", planted=f"提交不等落盘（synchronous_commit=off）：{said}，查出")


def restarted(cluster):
    """Start PostgreSQL again as soon as the processes it left behind are gone."""
    for _ in range(100):
        try:
            clusters.start(cluster)
        except clusters.BackupRefused:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((cluster / "log").read_text()[-2000:])


def answering(site):
    """Return after how many seconds a page that asks the database answers again."""
    began = time.monotonic()
    while time.monotonic() - began < 30:
        try:
            if site.ask("GET", "/sign-in")[0] == 200 and site.ask("GET", "/bounties")[0] == 200:
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("the site does not come back")


@pytest.mark.timeout(120)
def test_told_to_stop_the_site_finishes_what_it_does(site, shows):
    """SIGTERM while requests are under way: each is answered, the exit is clean, none is lost."""
    site.start(workers=2)
    clients = [Client(site, cookie) for _, cookie in site.people]
    for client in clients:
        client.start()
    time.sleep(2)
    began = time.monotonic()
    status = site.stop()
    took = time.monotonic() - began
    for client in clients:
        client.ended.set()
    for client in clients:
        client.join(60)
    assert (status, took <= 30) == (0, True)
    assert check(site, clients) == {}
    with pytest.raises(OSError):  # noqa: PT011
        site.ask("GET", "/readyz")
    shows("T11", f"负载下收到停止信号：{took:.1f} 秒内办完手头请求，退出码 0，丢失 0")
