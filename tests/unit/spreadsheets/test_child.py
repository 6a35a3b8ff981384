"""The child's code run in this process, where coverage sees it, and its bounds."""

import io
import json
import resource
import signal
import subprocess
import sys
import tracemalloc
from unittest.mock import patch

import openpyxl
import pytest

from matchmaker.spreadsheets import (
    Limits,
    Refusal,
    SpreadsheetError,
    child,
    delimited,
    open_table,
    read_table,
    reading,
    start_child,
)
from matchmaker.spreadsheets.faults import find_faults
from matchmaker.spreadsheets.merging import fill_merged
from matchmaker.spreadsheets.refusals import refuse

from . import builders
from .test_hostile_files import PART, READ, REFUSED, ROWS

# A parser that cannot allocate aborts the process, so this one stays in a child.
ABORTS = {"a cell in the far corner"}


@pytest.mark.parametrize("name", sorted(set(REFUSED) - ABORTS))
def test_the_childs_code_refuses_the_same(tmp_path, in_process, name):
    make, code = REFUSED[name]
    assert in_process(make(tmp_path)) == code


@pytest.mark.parametrize("name", sorted(set(READ) - {"cell in the last row"}))
def test_the_childs_code_reads_the_same(tmp_path, in_process, name):
    assert in_process(READ[name](tmp_path)) == "read"


def ask(path, *, sheet="", known=()):
    limits = {name: getattr(Limits(), name) for name in Limits.__dataclass_fields__}
    request = {"path": str(path), "sheet": sheet, "known": list(known), "limits": limits}
    sink = io.StringIO()
    child.main(io.StringIO(json.dumps(request)), sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


@pytest.fixture
def bounds(monkeypatch):
    """What the child would take on; this process stays as it is."""
    taken = {}
    monkeypatch.setattr(resource, "setrlimit", taken.__setitem__)
    return taken


def test_the_child_confines_itself_before_it_opens_anything(tmp_path, bounds):
    lines = ask(tmp_path / "absent.xlsx")
    assert lines == [{"refusal": "damaged", "message": str(refuse(Refusal.DAMAGED))}]
    assert bounds[resource.RLIMIT_AS] == (Limits().memory_bytes,) * 2
    assert bounds[resource.RLIMIT_CPU] == (30, 31)
    assert bounds[resource.RLIMIT_FSIZE] == (0, 0)


def test_the_child_speaks_lines_of_json(tmp_path, bounds):
    path = builders.xlsx(tmp_path / "a.xlsx", [["汇总"], *ROWS], merge=["A1:B1"])
    head, *rows = ask(path, known=["名称", "简介"])
    assert head["rows"] == [[1, ["汇总"]], [2, ["名称", "简介"]]]
    assert rows == [[3, ["甲", "乙"]], {"end": 1}]


def test_a_workbook_of_hidden_sheets_only_is_empty(tmp_path, in_process):
    path = builders.xlsx(tmp_path / "a.xlsx", ROWS)
    part = b'<sheet name="x" sheetId="1" state="hidden" r:id="rId1"/>'
    namespace = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    book = b"<workbook %b %b><sheets>%b</sheets></workbook>" % (main, namespace, part)
    hidden = builders.rebuilt(path, tmp_path / "b.xlsx", changed={"xl/workbook.xml": book})
    assert in_process(hidden) is Refusal.EMPTY


def test_several_sheets_and_all_kinds_of_cells(tmp_path, bounds):
    path = builders.xlsx(tmp_path / "a.xlsx", [["无关"]], hidden=["旧"])
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("数据")
    page["C2"], page["D2"] = "名称", "简介"
    page["C3"], page["D3"] = "甲", "#N/A"
    page["D3"].data_type = "e"
    page["C4"] = openpyxl.utils.datetime.from_ISO8601("2026-01-05T03:04:00")
    page["D4"] = openpyxl.utils.datetime.from_ISO8601("03:04:00")
    page["C5"] = openpyxl.utils.datetime.from_ISO8601("2026-01-05")
    page.merge_cells("C5:C6")
    page["D6"] = 5
    book.save(path)
    book.create_sheet("附注").append(["名称"])
    book.save(path)
    head, *rows = ask(path, known=["名称", "简介"])
    assert (head["sheet"], head["hidden"]) == ("数据", ["旧"])
    assert rows == [
        [3, [None, None, "甲", "#N/A"]],
        [4, [None, None, ["t", "2026-01-05T03:04:00"], "03:04:00"]],
        [5, [None, None, ["d", "2026-01-05"]]],
        [6, [None, None, ["d", "2026-01-05"], 5]],
        {"end": 4},
    ]
    assert ask(path, sheet="附表")[0]["refusal"] == "no_such_sheet"


@pytest.mark.parametrize(
    "damage",
    [{"xl/workbook.xml": b"<workbook/>"}, {"xl/_rels/workbook.xml.rels": b"<Relationships/>"}],
)
def test_an_unusual_workbook_has_no_faults_to_show(tmp_path, damage):
    path = builders.rebuilt(
        builders.xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "b.xlsx", changed=damage
    )
    assert find_faults(path, "需求") == {}
    assert find_faults(builders.archive(tmp_path / "c.xlsx", [("x", "y")]), "需求") == {}


def test_faults_are_found_across_blocks_and_only_in_cells(tmp_path):
    filler = "<!--" + "x" * 300_000 + "-->"
    cells = '<c r="AB7" t="e"><f>A1/0</f><v>#DIV/0!</v></c><x t="e"/><c t="e"><v>#N/A</v></c>'
    path = builders.rebuilt(
        builders.xlsx(tmp_path / "a.xlsx", ROWS),
        tmp_path / "b.xlsx",
        changed={PART: filler[:262_000] + cells + filler},
    )
    assert find_faults(path, "需求") == {(6, 27): "#DIV/0!"}


@pytest.mark.parametrize(
    ("thrown", "code"),
    [
        (MemoryError(), Refusal.BOMB),
        (RuntimeError(), Refusal.DAMAGED),
        (BaseException("panic"), Refusal.DAMAGED),
    ],
)
def test_whatever_a_parser_throws_becomes_a_refusal(monkeypatch, in_process, thrown, code):
    def fail(_request):
        raise thrown

    monkeypatch.setattr(child, "answer", fail)
    assert in_process("any") is code


def test_an_interrupt_is_not_swallowed(monkeypatch, in_process):
    def fail(_request):
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "answer", fail)
    with pytest.raises(KeyboardInterrupt):
        in_process("any")


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (-signal.SIGXCPU, Refusal.TIMED_OUT),
        (-signal.SIGKILL, Refusal.TIMED_OUT),
        (-signal.SIGABRT, Refusal.BOMB),
        (1, Refusal.DAMAGED),
    ],
)
def test_a_silent_death_is_named_by_its_signal(tmp_path, monkeypatch, code, refusal):
    script = "import os, sys; " + (f"os.kill(os.getpid(), {-code})" if code < 0 else "sys.exit(1)")
    program = tmp_path / "dies.py"
    program.write_text(script, encoding="ascii")
    monkeypatch.setattr(reading, "_PROGRAM", program)
    with (
        pytest.raises(SpreadsheetError) as caught,
        open_table(builders.xlsx(tmp_path / "a.xlsx", ROWS)),
    ):
        pass
    assert caught.value.code is refusal


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    program = tmp_path / "shouts.py"
    program.write_text("print('x' * 100_000, end='')", encoding="ascii")
    monkeypatch.setattr(reading, "_PROGRAM", program)
    monkeypatch.setattr(reading, "_LONGEST_LINE", 10)
    path = builders.xlsx(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(SpreadsheetError), open_table(path):
        pass


def test_the_child_never_loads_the_application():
    code = (
        "import runpy, sys; sys.argv = ['x']; import io; sys.stdin = io.StringIO('{}')\n"
        "try: runpy.run_path(sys.orig_argv[-1], run_name='__main__')\n"
        "except KeyError: pass\n"
        "loaded = {'flask', 'sqlalchemy', 'numpy', 'xlsxwriter', 'rapidfuzz'} & set(sys.modules)\n"
        "print(sorted(loaded))"
    )
    command = [sys.executable, "-c", code, str(reading._PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_large_table_streams_through_a_small_parent(tmp_path):
    path = tmp_path / "a.csv"
    line = ",".join(f"第{n}列的内容" for n in range(30))
    path.write_text("\n".join([line] * 20_001), encoding="utf-8")
    tracemalloc.start()
    with open_table(path) as stream:
        rows = sum(1 for _ in stream.iter_rows())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 20_000
    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize(
    ("ranges", "filled"),
    [
        ([((0, 0), (1, 0))], [["甲", 1], ["甲", 2], [None, 3]]),
        ([((0, 0), (0, 1))], [["甲", 1], [None, 2], [None, 3]]),
        ([((0, 1), (2, 1))], [["甲", 1], [None, 2], [None, 3]]),
        ([((0, 9), (2, 9))], [["甲", 1], [None, 2], [None, 3]]),
    ],
    ids=["down", "across", "over filled cells", "outside"],
)
def test_only_blanks_below_are_filled(ranges, filled):
    assert list(fill_merged([["甲", 1], [None, 2], [None, 3]], ranges)) == filled


def test_a_short_row_is_not_filled():
    assert list(fill_merged([[1, 2], [3]], [((0, 1), (1, 1))])) == [[1, 2], [3]]


def test_a_mark_outside_the_filled_area_is_dropped():
    assert list(child._with_faults(iter([["a"]]), {(0, 5): "#REF!"})) == [["a"]]


def test_a_damaged_text_is_refused_by_the_reader(tmp_path, monkeypatch):
    def broken(*_arguments, **_options):
        raise delimited.csv.Error("unexpected end of data")
        yield

    path = tmp_path / "a.csv"
    path.write_text("a,b", encoding="ascii")
    monkeypatch.setattr(delimited.csv, "reader", broken)
    rows = delimited.delimited_rows(path, delimited.find_dialect(path), limits=Limits())
    with pytest.raises(SpreadsheetError, match="已损坏"):
        next(rows)


def test_a_stream_name_inside_a_cell_is_no_stream(tmp_path):
    path = builders.xls(
        tmp_path / "a.xls", [["_VBA_PROJECT_CUR\0", "EncryptedPackage\0"], ["甲", 1]]
    )
    assert len(read_table(path).rows) == 1


def test_the_start_leaves_the_packages_bare(monkeypatch):
    ran = {}
    monkeypatch.setattr(start_child.runpy, "run_module", lambda *a, **k: ran.update(name=a, **k))
    with patch.dict(sys.modules):
        start_child.start()
        assert not hasattr(sys.modules["matchmaker"], "create_app")
        assert sys.modules["matchmaker.spreadsheets"].__path__ == [str(start_child.HERE)]
    assert ran == {"name": ("matchmaker.spreadsheets.child",), "run_name": "__main__"}


def test_rows_come_from_a_table_in_memory(tmp_path):
    table = read_table(builders.xlsx(tmp_path / "a.xlsx", ROWS))
    assert list(table.iter_rows()) == list(table.rows)
