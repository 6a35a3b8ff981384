"""The real site in processes of its own, with the demonstration district, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.walker import CHROMIUM, WIDE, Walker

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds to migrate, seed and answer, on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("没有 chromium：浏览器测试没有运行（以 root 运行 scripts/setup --test 可装）")
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def database(site: str, folder: Path) -> Path:
    """The running site's SQLite file."""
    return folder / "instance" / "matchmaker.db"


@pytest.fixture(scope="session")
def site(chromium: str, folder: Path) -> Iterator[str]:
    """The address of a freshly seeded site: web server and job consumer, as scripts/serve runs."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "INSTANCE_PATH": str(folder / "instance"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "MATCHMAKER_ENV": "development",
        "FLASK_APP": "matchmaker",
    }
    log = folder / "site.log"
    command = [sys.executable, str(ROOT / "scripts" / "run_site.py")]
    with log.open("wb") as output:
        ranked = [*command, "db upgrade", "seed"]
        subprocess.run(ranked, cwd=ROOT, env=environment, stdout=output, check=True)
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until_ready(process, f"http://127.0.0.1:{port}/healthz", log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    message = f"the site did not start:\n{log.read_text('utf-8')[-3000:]}"
    raise RuntimeError(message)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield running
        running.close()


@pytest.fixture
def walker(browser: Browser, site: str) -> Iterator[Walker]:
    """Somebody at a desk with an empty browser; the end of the test finds no script error."""
    context = browser.new_context(locale="zh-CN", viewport=WIDE, timezone_id="Asia/Shanghai")
    context.set_default_timeout(20_000)
    visitor = Walker(context.new_page(), site)
    yield visitor
    assert visitor.heard == []
    context.close()


@pytest.fixture
def without_scripts(browser: Browser, site: str) -> Iterator[Walker]:
    """The same with JavaScript switched off (no axe: it is a script itself)."""
    context = browser.new_context(locale="zh-CN", viewport=WIDE, java_script_enabled=False)
    context.set_default_timeout(20_000)
    yield Walker(context.new_page(), site)
    context.close()
