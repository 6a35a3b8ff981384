"""T13: what is acknowledged is on the disk: the file first, then the row, then the answer."""

import re
import shutil
import subprocess

import pytest

from tests.faults.site import Client, Site

pytestmark = pytest.mark.full
TRACED = "trace=fsync,fdatasync,rename,renameat,renameat2,write,sendto,sendmsg,recvfrom"
STARTED = re.compile(r"\"POST /objections/new/")
ANSWERED = re.compile(r"(?:sendto|sendmsg|write)\(.*\"HTTP/1\.1 302")
STEPS = {
    "file": re.compile(r"f(?:data)?sync\(\d+<[^>]*/uploads/[^>]*\.part>"),
    "rename": re.compile(r"rename(?:at2?)?\(.*\.part\".*/uploads/"),
    "folder": re.compile(r"f(?:data)?sync\(\d+<[^>]*/uploads>"),
    "log": re.compile(r"f(?:data)?sync\(\d+<[^>]*/matchmaker\.db-wal>"),
}


def tracing():
    """Return strace's path; skip where there is none or the kernel forbids it."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("没有 strace，先落盘后答复没有测（apt-get install strace）")
    tried = subprocess.run([found, "-f", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("内核不许 strace，先落盘后答复没有测")
    return found


def traced(folder, times, *, factory=""):
    """Let one client hand in so many objections; return for each the order of its steps."""
    site = Site(folder / "instance", **({"factory": factory} if factory else {}))
    kept = folder / "trace"
    site.before = (tracing(), "-f", "-y", "-s", "200", "-e", TRACED, "-o", str(kept))
    try:
        site.start(workers=1, threads=1)
        client = Client(site, site.people[0][1])
        assert all(client.hand_in(f"{number:032x}") for number in range(times)), client.strange
    finally:
        site.stop_inner()
    return list(orders(kept))


def orders(kept):
    steps = None
    with kept.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if STARTED.search(line):
                steps = []
            elif steps is not None and ANSWERED.search(line):
                yield steps
                steps = None
            elif steps is not None:
                steps += [name for name, pattern in STEPS.items() if pattern.search(line)]


def in_order(steps):
    """Tell whether file, rename, folder and, after them, the log were synced before the answer."""
    wanted = iter(steps)
    return all(any(step == one for step in wanted) for one in STEPS)


@pytest.mark.timeout(600)
def test_two_hundred_answers_come_after_their_syncs(tmp_path, shows):
    found = traced(tmp_path, 200)
    assert len(found) == 200
    assert [steps for steps in found if not in_order(steps)] == []
    shows(
        "T13", "确认前已落盘：文件 fsync、改名、目录 fsync，再数据库日志 fsync，然后答复", tried=200
    )


@pytest.mark.timeout(600)
def test_a_database_that_syncs_seldom_is_caught(tmp_path, shows):
    found = traced(tmp_path, 20, factory="tests.faults.mutants:syncs_seldom()")
    assert len(found) == 20
    late = [steps for steps in found if "log" not in steps]
    assert len(late) == 20
    shows("T13", planted="SQLite 设为 synchronous=NORMAL：20 次确认前都没有落盘，查出")
