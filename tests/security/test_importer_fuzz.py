"""T22. Damaged files through the importers: read, or refused in Chinese; never a crash."""

import csv
import io
import json
import random
import zipfile

import pytest
import sqlalchemy as sa

from matchmaker.extensions import db
from matchmaker.files import packages
from matchmaker.imports.models import Batch, BatchRow
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from matchmaker.spreadsheets import Limits, Refusal, SpreadsheetError, child
from tests.browser import text
from tests.integration.imports import sheets
from tests.security import hostile

FIRM = "澜州阀门铸造有限公司"
SHORT, LONG = 300, 5_000  # mutants read by the child's code
THROUGH_THE_SITE = 24
PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml")


def honest():
    row = sheets.need(FIRM, "低温焊接修复大型模具技术")
    book = sheets.needs(row, row).getvalue()
    lines = io.StringIO()
    csv.writer(lines).writerows([sheets.NEED_HEADINGS, row, row])
    return {".xlsx": book, ".csv": lines.getvalue().encode()}


def mutated(raw, chance):
    """Return bytes with some flipped, cut, doubled or blown up."""
    changed = bytearray(raw)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randrange(1, 200)]
        else:
            changed[at:at] = chance.choice((b"\0", b'"', b"<", b"&#0;", b"\xff\xfe", b"9" * 400))
        changed = changed or bytearray(b"x")
    return bytes(changed)


def inside(book, chance):
    """Return a workbook one of whose parts was mutated before it was packed."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([one for one in PARTS if one in parts])
    return hostile.zipped({**parts, name: mutated(parts[name], chance)})


def mutants(count, seed):
    chance, whole = random.Random(seed), honest()
    for number in range(count):
        suffix = (".xlsx", ".csv")[number % 2]
        deep = suffix == ".xlsx" and number % 4
        raw = whole[suffix]
        yield suffix, inside(raw, chance) if deep else mutated(raw, chance)


def outcome(path):
    lines = []
    request = child.Request(path, "", frozenset(), Limits())
    child.serve(request, write=lambda line: lines.append(json.loads(line)))
    last = lines[-1]
    return "read" if "end" in last else Refusal(last["refusal"])


def outcomes(folder, count, seed):
    found = set()
    for suffix, raw in mutants(count, seed):
        path = folder / f"mutant{suffix}"
        path.write_bytes(raw)
        found.add(outcome(path))
    return found


def test_mutants_are_read_or_refused(tmp_path, shows):
    found = outcomes(tmp_path, SHORT, 22)
    assert found <= {"read", *Refusal}
    assert {"read", Refusal.DAMAGED} <= found
    shows("T22", "变异的 xlsx、csv 经导入的解析程序：读出或说明原因拒绝，无异常", tried=SHORT)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_many_mutants_are_read_or_refused(tmp_path, shows):
    assert outcomes(tmp_path, LONG, 2026) <= {"read", *Refusal}
    shows("T22", "变异的 xlsx、csv（长跑）：读出或说明原因拒绝，无异常", tried=LONG)


def test_mutated_documents_are_judged(shows):
    chance, whole = random.Random(5), hostile.docx("<w:p/>")
    seen = set()
    for _ in range(SHORT):
        kind, fault = packages.inspect(mutated(whole, chance))
        assert kind in {"", ".docx", ".ofd"}
        seen.add(bool(fault))
    assert True in seen
    shows("T22", "变异的 docx 经附件检查：收下或说明原因拒绝，无异常", tried=SHORT)


def test_a_parser_whose_errors_escape_is_noticed(tmp_path, monkeypatch, shows):
    """Teeth: the same mutants through a child that names no refusal for what a parser throws."""

    def escaping(error):
        if isinstance(error, SpreadsheetError):
            return error
        raise error

    monkeypatch.setattr(child, "_refusal_for", escaping)
    with pytest.raises(BaseException, match=r"."):
        outcomes(tmp_path, SHORT, 22)
    shows("T22", planted="解析程序的异常不转成拒绝说明")


@pytest.mark.database
def test_mutants_through_the_pages(app, make, sign_in, shows):
    """The real route and the real child: a page with the reason, or a batch; no need is written."""
    make.organisation(name=FIRM)
    client = sign_in(make.user(Role.OFFICER))
    answers = set()
    for suffix, raw in mutants(THROUGH_THE_SITE, 7):
        answer = sheets.upload(client, io.BytesIO(raw), name=f"需求{suffix}")
        answers.add(answer.status_code)
        assert answer.status_code in {302, 422}, text(answer)
        if answer.status_code == 302:
            batch = sheets.public_id(answer)
            assert sheets.send_mapping(client, batch).status_code in {302, 422}
            sheets.drain(app)
            assert client.get(f"/imports/{batch}").status_code in {200, 302}
    assert answers == {302, 422}
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Need)) == 0
    shows("T22", "变异文件经上传、对应栏目、试运行各页：500 错误 0，未写入需求",
          tried=THROUGH_THE_SITE)  # fmt: skip


@pytest.mark.database
def test_a_file_that_breaks_off_writes_no_row(app, make, sign_in, shows):
    """All or nothing: 300 good rows before the one that cannot be read leave no row behind."""
    make.organisation(name=FIRM)
    client = sign_in(make.user(Role.OFFICER))
    lines = [",".join(sheets.NEED_HEADINGS[:3])]
    lines += [f"{FIRM},低温焊接修复大型模具技术{n},问题" for n in range(300)]
    lines.append(f"{FIRM},低温焊接,{'x' * 200_001}")
    batch = sheets.checked(app, client, io.BytesIO("\n".join(lines).encode()), name="需求.csv")
    assert "第 302 行有单元格超过 200000 个字" in text(client.get(f"/imports/{batch}"))
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(BatchRow)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Batch)) == 1
    shows("T22", "文件末尾才出错的，前面的行一条也不留")
