"""What the house promises of its own code, asserted on the code."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "matchmaker").rglob("*.py"))
MOST_FILE_LINES, MOST_FUNCTION_LINES, MOST_TEMPLATE_LINES = 300, 40, 120


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", PACKAGE, ids=names(PACKAGE))
def test_files_and_functions_stay_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_FILE_LINES
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
    }
    assert long == {}


def test_templates_stay_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "templates").rglob("*.html")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_TEMPLATE_LINES
    }
    assert long == {}


def assigned_states(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield node.lineno


def test_only_the_trail_assigns_a_state():
    found = {str(p.relative_to(ROOT)): list(assigned_states(p)) for p in PACKAGE}
    assert {name for name, lines in found.items() if lines} == {"matchmaker/audit/trail.py"}


def calls(path, *wanted):
    """Yield the lines that call one of these dotted names, as `datetime.now`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in wanted:
            yield node.lineno


def test_only_the_clock_reads_the_clock():
    wanted = ("datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time")
    found = {str(p.relative_to(ROOT)) for p in PACKAGE if list(calls(p, *wanted))}
    assert found == {"matchmaker/clock.py"}


def test_only_the_transaction_commits():
    found = {
        str(p.relative_to(ROOT))
        for p in PACKAGE
        if list(calls(p, "db.session.commit", "session.commit"))
    }
    assert found == {"matchmaker/web.py"}


def test_views_never_hand_out_unscoped_rows():
    unscoped = ("db.session.get", "db.session.get_one", "db.get_or_404", "db.session.query")
    views = [p for p in PACKAGE if p.name.endswith("views.py")]
    found = {str(p.relative_to(ROOT)): lines for p in views if (lines := list(calls(p, *unscoped)))}
    assert found == {}


def test_operations_know_no_http():
    for path in PACKAGE:
        if path.name == "operations.py":
            text = path.read_text(encoding="utf-8")
            assert "from flask" not in text, path
            assert "import flask" not in text, path


def test_a_document_named_in_the_code_is_in_the_repository():
    known = {path.name for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]}
    texts = [*PACKAGE, ROOT / "matchmaker" / "policy" / "permissions.csv"]
    missing = {
        str(path.relative_to(ROOT)): sorted(unknown)
        for path in texts
        if (unknown := set(re.findall(r"[\w-]+\.md\b", path.read_text("utf-8"))) - known)
    }
    assert missing == {}
