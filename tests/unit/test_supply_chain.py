"""The gates of the supply chain: locks hash-pinned, an unanswered question is never "clean"."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def chain(monkeypatch):
    spec = importlib.util.spec_from_file_location("supply_chain", ROOT / "scripts/supply_chain.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "supply_chain", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path, chain, monkeypatch):
    """The repository's locks in a folder of their own, where a test may damage them."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    monkeypatch.setattr(chain, "ROOT", tmp_path)
    return tmp_path


def test_every_locked_package_has_its_hash(chain, tree, shows):
    result = chain.locks(tree)
    assert result.verdict == chain.PASSED, result.said
    shows("G", f"锁定文件：{result.said}")


def test_a_lock_without_a_hash_is_caught(chain, tree, shows):
    lock = tree / "requirements" / "run.lock"
    whole = lock.read_text("utf-8")
    start, end = whole.index("flask==3.1.3"), whole.index("\nflask-login")
    lock.write_text(whole[:start] + "flask==3.1.3" + whole[end:], encoding="utf-8")
    assert chain.locks(tree).said == "run.lock flask==3.1.3"
    lock.write_text(whole.replace("flask==3.1.3 ", "flask>=3.1.3 "), encoding="utf-8")
    assert chain.locks(tree).said == "run.lock flask>=3.1.3"
    lock.write_text(whole, encoding="utf-8")
    npm = json.loads((tree / "package-lock.json").read_text("utf-8"))
    name = next(name for name in npm["packages"] if name)
    del npm["packages"][name]["integrity"]
    (tree / "package-lock.json").write_text(json.dumps(npm), encoding="utf-8")
    result = chain.locks(tree)
    assert (result.verdict, result.said) == (chain.FAILED, f"package-lock.json {name}")
    shows("G", planted="锁定文件中去掉一个包的摘要、放宽一个包的版本")


def test_an_unanswered_audit_is_not_run_never_clean(chain, shows):
    clean = {"name": "flask", "version": "3.1.3", "vulns": []}
    weak = {"name": "jieba", "version": "0.42.1", "vulns": [{"id": "X"}]}
    unknown = {"name": "alembic", "skip_reason": "not found"}
    verdicts = [
        chain.judged_pip(answer, "ERROR: not reachable").verdict
        for answer in (None, {"dependencies": []}, {"dependencies": [clean, unknown]},
                       {"dependencies": [clean, weak]}, {"dependencies": [clean]})
    ]  # fmt: skip
    assert verdicts == [chain.NOT_RUN] * 3 + [chain.FAILED, chain.PASSED]
    whole = {"auditReportVersion": 2, "vulnerabilities": {}}
    said = [chain.judged_npm(one, "").verdict for one in ({}, {"error": {}}, whole)]
    assert said == [chain.NOT_RUN, chain.NOT_RUN, chain.PASSED]
    weak_npm = {**whole, "vulnerabilities": {"htmx.org": {}}}
    assert chain.judged_npm(weak_npm, "").verdict == chain.FAILED
    shows("G", "漏洞库问不到时记“未运行”，不记“通过”")


def test_what_nobody_reviewed_fails_and_every_review_says_why(chain):
    known = chain.reviewed()
    assert all(why and why != "??" for why in known.values())
    assert all((ROOT / file).exists() for file, _rule, _digest in known)
    assert chain._against_review("bandit", set(known)).verdict == chain.PASSED
    new = ("matchmaker/web.py", "B608", "0" * 16)
    assert chain._against_review("bandit", {*known, new}).said == "未复核：" + ",".join(new)
