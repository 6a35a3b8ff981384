"""T24 and T20's texts: what a stranger typed is no formula in an export, no markup on a page.

The district of `world` is built once more, every text of it hostile instead of a token.
"""

import csv
import io
import itertools
import re
import zipfile

import html5lib
import pytest
import sqlalchemy as sa

from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.spreadsheets import writing
from tests import browser
from tests.security import surface, world

pytestmark = [pytest.mark.database, pytest.mark.pages, pytest.mark.timeout(900)]
STARTS = ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", "|", "%", " =", "\n=", '"=')
FORMULAS = (
    "1+1", "cmd|'/c calc'!A0", 'HYPERLINK("http://127.0.0.1/"&A1,"x")', "DDE(\"cmd\";\"/c calc\")",
    "WEBSERVICE(\"http://127.0.0.1/\")", "IMPORTXML(A1)", "SUM(A1:A9)", "rundll32|'x'!A",
)  # fmt: skip
MARKUP = (
    "<script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>", "\"><b id={}>",
    "' onmouseover={} x='", "</textarea><script>{}</script>", "</title><i class={}>",
    "<a href=javascript:{}>x</a>", "{{{{ {} }}}}", "{{% raw %}}{}", "<iframe srcdoc={}>",
    "<!--{}", "</script><script>{}", "&lt;b&gt;{}", "<math><mi xlink:href=data:x,{}>",
    "<style>@import {}</style>", "<details open ontoggle={}>", "\u2028<b {}>", "<B/{}>", "`{}`",
)  # fmt: skip
MARK = re.compile(r"zj\d{5}q")
COMPLAINT = re.compile(r"^\s*[=+\-@|%＝＋－＠]")


def hostile_world(monkeypatch, make, texts):
    """Build the district with these texts in place of tokens; each carries a mark of its own."""
    planted = []
    supply = itertools.cycle(texts)

    class Hostile(world.World):
        def _token(self, model, name, *, filed, pattern="kanari{}yin"):
            if pattern != "kanari{}yin":
                return super()._token(model, name, filed=filed, pattern=pattern)
            planted.append(next(supply).replace("{}", f"zj{next(self.counter)}q"))
            return planted[-1]

    monkeypatch.setattr(world, "World", Hostile)
    return world.build(make), planted


def formulas():
    return [f"{start}{one} {{}}" for one in FORMULAS for start in STARTS]


def exports(app, district):
    """Every address that by its name hands out a table or a document; lists in both forms."""
    for endpoint, path in surface.addresses(app, district.named(), method="GET"):
        if re.search(r"export|/template|\.docx|/papers/|/documents/|workbook", path):
            yield endpoint, path
            if "export" in path:
                yield endpoint, f"{path}?all=1"
                yield endpoint, f"{path}?all=1&format=csv"


def wrong_cells(answer):
    """Return (kind, cells looked at, wrong ones: formulas, links, open csv cells, field codes)."""
    kind = answer.mimetype
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        sheets = b"".join(body for name, body in parts.items() if "worksheets/" in name)
        wrong = [name for name in parts if "externalLink" in name or "vba" in name.lower()]
        wrong += re.findall(rb"<f[ >][^<]*|<hyperlink[^>]*|<ddeLink[^>]*", sheets)
        return "xlsx", sheets.count(b"<c "), wrong
    if kind == "text/csv":
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        number = re.compile(r"-?\d+(\.\d+)?%?")
        wrong = [c for c in cells if COMPLAINT.match(c) and not number.fullmatch(c)]
        return "csv", len(cells), wrong
    if "wordprocessing" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as paper:
            body = paper.read("word/document.xml")
        return "docx", body.count(b"<w:t"), re.findall(rb"<w:instrText[^>]*>[^<]*(?:DDE|zj)", body)
    return "", 0, []


def walk(app, clients, district):
    """Take every export by everybody; return (counts by kind, endpoints, marks met, wrong)."""
    counts, endpoints, met, wrong = {}, set(), set(), []
    for client in clients:
        for endpoint, path in exports(app, district):
            answer = client.get(path)
            assert answer.status_code < 500, path
            kind, cells, bad = wrong_cells(answer) if answer.status_code == 200 else ("", 0, [])
            if kind:
                counts[kind] = counts.get(kind, 0) + cells
                endpoints.add(endpoint)
                met |= set(MARK.findall(surface.body(answer)))
                wrong += [(path, one) for one in bad]
                assert answer.headers["Content-Disposition"].startswith("attachment;")
    return counts, endpoints, met, wrong


def bureau(make, sign_in, district):
    others = (Role.AUDITOR, Role.LEADER, Role.SYSADMIN)
    return [sign_in(district.people["officer"]), *(sign_in(make.user(role)) for role in others)]


def test_no_export_holds_a_formula(app, make, sign_in, shows, monkeypatch):
    district, planted = hostile_world(monkeypatch, make, formulas())
    counts, endpoints, met, wrong = walk(app, bureau(make, sign_in, district), district)
    assert wrong == []
    assert {"xlsx", "csv", "docx"} <= set(counts)
    assert len(endpoints) >= 15, sorted(endpoints)
    assert len(met) >= 50, "hostile texts reach the exports"
    assert len(set(formulas())) >= 100
    told = f"{len(endpoints)} 个导出入口、{len(planted)} 处公式样文本：xlsx 公式 0、csv 未转义 0"
    shows("T24", told, tried=sum(counts.values()))


def test_each_export_is_on_the_trail(app, make, sign_in, shows, monkeypatch):
    district, _ = hostile_world(monkeypatch, make, formulas())
    client, tried = sign_in(district.people["officer"]), 0
    for path in ("needs", "achievements", "leads", "organisations", "bounties", "contracts"):
        for form in ("xlsx", "csv"):
            before = logged(app)
            assert client.get(f"/{path}/export?format={form}").status_code == 200
            assert logged(app) == before + 1, path
            tried += 1
    shows("T24", "每次导出记入审计日志一条", tried=tried)


def logged(app):
    with app.app_context():
        query = sa.select(sa.func.count()).select_from(Entry).where(Entry.action == "export")
        return db.session.scalar(query)


def test_an_open_csv_cell_is_noticed(app, make, sign_in, shows, monkeypatch):
    """Teeth: the same walk over a csv writer that escapes nothing, a workbook that guesses."""
    district, _ = hostile_world(monkeypatch, make, formulas())
    client = sign_in(district.people["officer"])
    assert wrong_cells(client.get("/needs/export?all=1&format=csv"))[2] == []
    assert wrong_cells(client.get("/needs/export?all=1"))[2] == []
    monkeypatch.setattr(writing, "_escaped", writing.as_text)
    assert wrong_cells(client.get("/needs/export?all=1&format=csv"))[2] != []
    shows("T24", planted="csv 单元格不转义")
    monkeypatch.setattr(
        writing.Worksheet, "write_string",
        lambda self, row, column, text, how: self.write_formula(row, column, text, how),
    )  # fmt: skip
    assert wrong_cells(client.get("/needs/export?all=1"))[2] != []
    shows("T24", planted="xlsx 文本写成公式")


def markup(count):
    return [f"{one}{number}" for number, one in zip(range(count), itertools.cycle(MARKUP))]


def became_markup(answer):
    """Return what of the marks is an element's name, attribute or script, after html5 parsing."""
    found = []
    text = answer.get_data(as_text=True)
    for element in html5lib.parse(text, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.rpartition("}")[2] in {"script", "style", "iframe", "svg", "math"}:
            found += MARK.findall(element.text or "")
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2].lower()
            acts = plain.startswith("on") or plain in {"srcdoc", "style", "id", "class"}
            runs = plain in {"href", "src", "action"} and value.lower().startswith("javascript:")
            found += MARK.findall(name) + (MARK.findall(value) if acts or runs else [])
    return found


PAGES = ("/needs", "/achievements/", "/teams/", "/experts/", "/services/", "/brokers/", "/leads",
         "/organisations", "/calls", "/visits", "/notices", "/objections", "/bounties",
         "/relations", "/contracts")  # fmt: skip


def crawl(client, district, shown):
    """Open the lists and every row's page; return (marks met as text, marks that became markup)."""
    met, wrong, pages = set(), [], set(PAGES)
    for path in PAGES:
        pages |= surface.links(client.get(path).get_data(as_text=True))
    wanted = [p for p in sorted(pages) if "?" not in p and shown(p)]
    for path in wanted:
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200 and answer.mimetype == "text/html":
            met |= set(MARK.findall(browser.text(answer)))
            wrong += [(path, one) for one in became_markup(answer)]
    return met, wrong


def test_markup_in_texts_stays_text(app, make, sign_in, shows, monkeypatch):
    district, planted = hostile_world(monkeypatch, make, markup(400))
    client = sign_in(district.people["officer"])
    rows = {row.public_id for row in district.named().values()}
    met, wrong = crawl(client, district, lambda p: p in PAGES or p.split("/")[-1] in rows)
    assert wrong == []
    assert len(met) > 60
    shows("T20", f"{len(planted)} 处脚本样文本在页面上仍是文本", tried=len(met))


def test_a_page_that_trusts_its_text_is_noticed(app, make, sign_in, shows, monkeypatch):
    """Teeth: the same look at an application whose templates escape nothing."""
    district, _ = hostile_world(monkeypatch, make, markup(400))
    client = sign_in(district.people["officer"])
    path = f"/needs/{district.rows['need'].public_id}"
    assert became_markup(client.get(path)) == []
    monkeypatch.setattr(app.jinja_env, "autoescape", False)
    app.jinja_env.cache.clear()
    try:
        assert became_markup(client.get(path)) != []
    finally:
        app.jinja_env.cache.clear()
    shows("T20", planted="模板不转义")
