"""The page of promises tells what passed, and what was not shown."""

import sys

from tests.assurance import ROOT, Shown, page, read

FIGURE = Shown(
    "T18", "tests/a.py::test_b[x]", "复制的 cookie 均被拒绝（96 次）", False, "SQLite", True
)
FAULT = Shown("T18", "tests/a.py::test_c", "会话只存在签名里", True, "SQLite", True)


def test_the_page_lists_figures_then_faults_and_what_is_not_shown():
    told = page([FAULT, FIGURE, FIGURE])
    figure = "- 复制的 cookie 均被拒绝（96 次） · SQLite · `tests/a.py::test_b`"
    fault = "- 植入缺陷，已查出：会话只存在签名里 · SQLite · `tests/a.py::test_c`"
    assert told.count(figure) == 1
    assert told.index(figure) < told.index(fault)
    assert "## T1 谁能做什么：每个入口都受权限表约束\n\n本次运行没有证明。" in told


def test_a_test_shows_a_promise(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["tests.assurance"]')
    pytester.makepyfile(
        """
        def test_kept(shows):
            shows("T5", "两人同时办理只成一次", tried=50)
            shows("T5", planted="去掉版本号")

        def test_broken(shows):
            shows("T6", "不会写到页上")
            assert False
        """
    )
    result = pytester.runpytest_subprocess("--assurance=page.md", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    told = (pytester.path / "page.md").read_text(encoding="utf-8")
    assert "两人同时办理只成一次（50 次）" in told
    assert "植入缺陷，已查出：去掉版本号" in told
    assert "不会写到页上" not in told


def test_two_runs_become_one_page(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["tests.assurance"]')
    pytester.makepyfile('def test_kept(shows):\n    shows("T5", "两人同时办理只成一次", tried=50)')
    for _ in range(2):
        result = pytester.runpytest_subprocess("--assurance-into=lines", "-p", "no:cacheprovider")
        result.assert_outcomes(passed=1)
    shown = read(pytester.path / "lines")
    assert [one.promise for one in shown] == ["T5", "T5"]
    assert page(shown).count("两人同时办理只成一次（50 次）") == 1
    pytester.run(sys.executable, "-m", "tests.assurance", "lines", "page.md")
    assert (pytester.path / "page.md").read_text("utf-8").count("（50 次）") == 1
