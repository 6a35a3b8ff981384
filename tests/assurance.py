"""What the tests show of each promise: collected over all workers, written as docs/assurance.md.

A test that shows something of a promise asks for `shows` and says it in the reader's words:

    shows("T18", "十二种角色各八种失效情形，复制的 cookie 均被拒绝", tried=96)
    shows("T18", planted="会话只存在签名 cookie 里")   # a planted fault, caught

`--assurance FILE` writes the page. A promise without a passed test stands there as not shown.
Several runs become one page by lines: `--assurance-into LINES` adds a run's, and
`python -m tests.assurance LINES PAGE` writes the page of them all.
"""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.promises import PROMISES

PROPERTY = "assurance"
GATHERED = pytest.StashKey[list["Shown"]]()
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Shown:
    """One thing a test has shown: a figure reached, or a planted fault caught."""

    promise: str
    test: str
    said: str
    planted: bool
    database: str
    passed: bool


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option that names the page."""
    parser.addoption("--assurance", type=Path, help="write what was shown of each promise here")
    parser.addoption("--assurance-into", type=Path, help="add what was shown to this file of lines")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with nothing shown."""
    config.stash[GATHERED] = []
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config))


@pytest.fixture
def shows(record_property: Callable[[str, object], None], request: pytest.FixtureRequest):
    """Return `shows(promise, said, *, tried, planted)`: counted only if the test passes."""
    database = "SQLite"
    if "database_url" in request.fixturenames:
        address = request.getfixturevalue("database_url")
        database = "SQLite" if address.startswith("sqlite") else "PostgreSQL"

    def say(promise: str, said: str = "", *, tried: int | None = None, planted: str = "") -> None:
        assert promise in PROMISES, promise
        assert said or planted
        if tried is not None:
            assert tried > 0, "nothing was tried"
            said = f"{said}（{tried:,} 次）"
        record_property(PROPERTY, [promise, planted or said, bool(planted), database])

    return say


class Collector:
    """Listens on the process that hears every worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a finished test has said."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                promise, said, planted, database = value  # type: ignore[misc]
                kept = Shown(promise, report.nodeid, said, planted, database, report.passed)
                self.config.stash[GATHERED].append(kept)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a line a promise, and write the page if one is asked for."""
        gathered = [shown for shown in self.config.stash[GATHERED] if shown.passed]
        if not gathered:
            return
        terminalreporter.section("promises shown")
        for promise, shown in _by_promise(gathered).items():
            planted = sum(one.planted for one in shown)
            terminalreporter.write_line(
                f"{promise}: {len(shown) - planted} figures, {planted} planted faults caught"
            )
        asked = self.config.getoption("--assurance")
        if asked:
            asked.write_text(page(gathered), encoding="utf-8")
        into = self.config.getoption("--assurance-into")
        if into:
            with into.open("a", encoding="utf-8") as file:
                for one in gathered:
                    file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def _by_promise(gathered: Iterable[Shown]) -> dict[str, list[Shown]]:
    sorted_in: dict[str, list[Shown]] = defaultdict(list)
    for shown in gathered:
        sorted_in[shown.promise].append(shown)
    return {promise: sorted_in[promise] for promise in PROMISES if promise in sorted_in}


def page(gathered: Iterable[Shown]) -> str:
    """Return the page: a chapter a promise, figures first, then the faults that were caught."""
    by_promise = _by_promise(gathered)
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    lines = [
        "# 承诺与证据",
        "",
        "本页由测试运行生成，不手工修改。每条承诺下先列测试得到的数字，再列测试故意植入、并被查出的缺陷。",
        f"生成时间 {datetime.now(UTC):%Y-%m-%d %H:%M} UTC，代码版本 {commit or '未知'}。",
    ]
    for promise, title in PROMISES.items():
        lines += ["", f"## {promise} {title}", ""]
        shown = by_promise.get(promise)
        if not shown:
            lines.append("本次运行没有证明。")
            continue
        for one in sorted(set(shown), key=lambda one: (one.planted, one.test, one.said)):
            mark = "植入缺陷，已查出：" if one.planted else ""
            test = one.test.split("[")[0]
            lines.append(f"- {mark}{one.said} · {one.database} · `{test}`")
    return "\n".join(lines) + "\n"


def read(lines: Path) -> list[Shown]:
    """Return what several runs have added to a file of lines."""
    return [Shown(**json.loads(line)) for line in lines.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(read(Path(sys.argv[1]))), encoding="utf-8")
