"""Documents from templates: nothing open, nothing executed, numbers and dates as written here."""

import copy
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker import documents
from matchmaker.documents import rendering
from matchmaker.documents.filling import PARAGRAPH, as_moment, as_text
from tests.unit.documents.all_samples import SAMPLES
from tests.unit.documents.reading import W, lines, part, text
from tests.unit.documents.samples import at


def sample(name="bounty_notice"):
    return copy.deepcopy(SAMPLES[name])


@pytest.fixture(params=documents.names())
def name(request):
    return request.param


def template(*paragraphs, header=""):
    paper = docx.Document()
    for one in paragraphs:
        paper.add_paragraph(one)
    paper.sections[0].header.paragraphs[0].text = header
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def paths(fields, place=""):
    """Every name a context may fill, an amount by its plain name."""
    for field in fields:
        yield place + field.label
        yield from paths(field.parts, f"{place}{field.label}.")


def test_a_committed_template_has_exactly_the_declared_fields(name):
    assert documents.check(name, documents.path_of(name)) == []
    known = dict(rendering.declared(documents.fields(name)))
    found = set()
    for path in rendering.used(documents.path_of(name)):
        above = path.rpartition(".")[0]
        found |= {above, f"{above}.{known[path].label}".lstrip(".")}
    assert found - {""} == set(paths(documents.fields(name)))


def test_each_template_has_one_document_and_each_document_a_sample():
    files = {path.stem for path in rendering.TEMPLATES.iterdir()}
    assert files == set(documents.names()) == set(SAMPLES)


def test_every_document_renders_from_its_sample(name):
    content = documents.render(name, sample(name))
    said = text(content)
    assert "{{" not in said
    assert "{%" not in said
    for wrong in ("None", "nan", "____", "BLANK", "object at"):
        assert wrong not in said


def test_equal_content_has_equal_bytes(name):
    assert documents.render(name, sample(name)) == documents.render(name, sample(name))


def mandatory(name):
    context = sample(name)
    for field in documents.fields(name):
        if field.required:
            yield field, {key: value for key, value in context.items() if key != field.key}


def test_every_mandatory_blank_is_named(name):
    for field, context in mandatory(name):
        with pytest.raises(documents.MissingField) as refused:
            documents.render(name, context, template=b"")
        assert refused.value.labels == (field.label + field.hint,)
        assert field.label in refused.value.message
        assert refused.value.status == 422


def test_all_missing_blanks_are_named_at_once(name):
    with pytest.raises(documents.MissingField) as refused:
        documents.render(name, {})
    wanted = [f.label + f.hint for f in documents.fields(name) if f.required]
    assert list(refused.value.labels) == wanted


def test_only_the_optional_ones_may_stay_open(name):
    context = sample(name)
    wanted = {field.key for field in documents.fields(name) if field.required}
    said = text(documents.render(name, {key: context[key] for key in wanted}))
    assert "{" not in said


def test_a_missing_cell_is_named_by_its_row():
    context = sample()
    context["bounties"][1]["indicators"][2]["test_method"] = " \u3000\x00"
    with pytest.raises(documents.MissingField) as refused:
        documents.render("bounty_notice", context)
    assert refused.value.labels == ("榜单第2行的考核指标第3行的验收方法",)
    assert list(refused.value.fields) == ["bounties.2.indicators.3.test_method"]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("published_on", "2026-11-25"),
        ("published_on", at(2026, 11, 25)),
        ("bid_deadline_at", at(2026, 12, 25, 17).replace(tzinfo=None)),
        ("bid_deadline_at", date(2026, 12, 25)),
        ("title", 3),
        ("title", True),
        ("bounties", "轻量化"),
        ("unheard_of", "x"),
    ],
)
def test_a_context_that_breaks_the_contract_is_a_programming_error(key, wrong):
    with pytest.raises(TypeError, match=key):
        documents.render("bounty_notice", {**sample(), key: wrong})


@pytest.mark.parametrize("wrong", [1.5, Decimal("NaN"), "180", True])
def test_money_is_whole_fen(wrong):
    context = sample()
    context["bounties"][0]["prize_fen"] = wrong
    with pytest.raises(TypeError, match="prize_fen"):
        documents.render("bounty_notice", context)


def test_dates_and_money_are_written_in_chinese():
    said = text(documents.render("bounty_notice", sample()))
    assert "1,800,000.00元" in said
    assert "壹佰捌拾万元整" in said
    assert "100,000.05元（大写：壹拾万元零伍分）" in said
    assert "2026年11月25日" in said
    assert "揭榜截止：2026年12月25日17:00" in said


def test_a_deadline_at_midnight_is_the_end_of_its_day():
    said = text(documents.render("call_notice", sample("call_notice")))
    assert "至2026年12月25日24:00止" in said
    assert as_moment(datetime(2026, 12, 25, 16, tzinfo=UTC)) == "2026年12月26日00:00"
    assert as_moment(datetime(2026, 12, 25, 8, 59, 59, tzinfo=UTC)) == "2026年12月25日16:59:59"


def test_every_row_and_every_line_is_printed():
    said = lines(documents.render("bounty_notice", sample()))
    assert said.count("疲劳寿命") == 2
    at_problem = next(i for i, line in enumerate(said) if line.startswith("任务内容：现有预浸料"))
    assert said[at_problem + 1].startswith("拟解决：低温增韧")


HOSTILE = [
    "</w:t></w:r></w:p><w:p>插入",
    "<script>alert(1)</script> & \"'",
    "]]> <!-- --> <?xml?> &amp; &#x41; &lt;",
    "{{ 发文单位 }}{% for x in y %}",
    "{{ 7 * 7 }}",
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "a\x00b\x08c\x0bd\x0ee\x1bf\x7fg\x85h\ufffe\uffff\ud800",
    "左\u202e右\u2066中\u2069",
    "DDEAUTO c:\\windows\\system32\\cmd.exe",
    'w:fldSimple instr="INCLUDETEXT"',
    "𠮷野家 😀 ㍿",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_stays_text(value):
    context = sample()
    context["title"] = f"甲{value}乙"
    context["bounties"][0]["indicators"][0]["name"] = f"甲{value}乙"
    content = documents.render("bounty_notice", context)
    clean = "".join(
        c for c in value if c.isprintable() and c not in "\u202e\u2066\u2069\ufffe\uffff"
    )
    assert lines(content).count(f"甲{clean}乙") == 2
    plain = documents.render("bounty_notice", sample())
    assert len(lines(content)) == len(lines(plain))
    docx.Document(io.BytesIO(content))


FORMULAS = st.sampled_from(
    (
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "＝",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "<w:t>",
        "&",
        "]]>",
        "\x1b",
    )
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.text(max_size=40), FORMULAS), min_size=20, max_size=40))
def test_any_text_is_printed_as_it_reads_and_nowhere_else(values):
    context = {**sample("bid_guide"), "materials": values}
    if not any(as_text(value) for value in values):
        return
    content = documents.render("bid_guide", context)
    kept = [line for value in values for line in as_text(value).split(PARAGRAPH) if line]
    said = lines(content)
    first = next(i for i, line in enumerate(said) if line == "二、申报材料") + 1
    block = "\n".join(said[first : first + len(kept)])
    bare = "\n".join(re.sub(r"\t", "", line) for line in kept)
    assert re.sub(r"(?m)^\d+．", "", block).split("\n") == [
        re.sub(r"^\d+．", "", line) for line in bare.split("\n")
    ]
    names = {element.tag for element in part(content).iter()}
    assert not {f"{W}{tag}" for tag in ("instrText", "fldSimple", "object", "hyperlink")} & names


def test_a_bell_or_form_feed_makes_no_paragraph_of_its_own():
    context = {**sample(), "title": "甲\a乙"}
    assert "甲乙" in lines(documents.render("bounty_notice", context))


def test_the_mark_of_who_took_it_is_in_the_properties():
    content = documents.render("bid_guide", sample("bid_guide"), comments="由 王 导出")
    assert docx.Document(io.BytesIO(content)).core_properties.comments == "由 王 导出"


def test_a_replaced_template_is_filled():
    own = template("榜单：{{ 公告标题 }}", header="{{ 发文单位 }}")
    content = documents.render("bounty_notice", sample(), template=own)
    assert lines(content) == ["榜单：关于发布2026年第二批“揭榜挂帅”榜单的公告"]


def test_a_template_is_checked_for_unknown_and_missing_fields():
    own = template(
        "{{ 公告标题 }} {{ 发榜人 }}", "{%p for 榜 in 榜单 %}", "{{ 榜.名 }}", "{%p endfor %}"
    )
    faults = documents.check("bounty_notice", own)
    assert "系统没有“发榜人”这个字段，请对照字段清单改正" in faults
    assert "系统没有“榜单.名”这个字段，请对照字段清单改正" in faults
    assert "缺少必填字段“发文单位”，请在模板中写上 {{ 发文单位 }}" in faults
    assert "缺少必填字段“榜单.榜单编号”，请在模板中写上 {{ 榜单.榜单编号 }}" in faults


@pytest.mark.parametrize(
    "written",
    [
        "{{ ''.__class__ }}",
        "{{ 公告标题.__class__ }}",
        "{{ 公告标题['x'] }}",
        "{{ 公告标题 | upper }}",
        "{{ 公告标题 * 999999999 }}",
        "{{ range(9) }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% macro x() %}{% endmacro %}",
        "{% for a in 榜单 %}{% for b in 榜单 %}{% for c in 榜单 %}{% for d in 榜单 %}"
        "{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ 公告标题",
        "{% if 公告标题 %}",
        "{% for x in %}",
    ],
)
def test_a_template_cannot_compute(written):
    own = template(written)
    assert documents.check("bounty_notice", own)
    with pytest.raises(documents.TemplateFault):
        documents.render("bounty_notice", sample(), template=own)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"PK\x05\x06" + b"\0" * 18])
def test_a_file_that_is_no_document_is_refused(content):
    assert "不是有效的 Word 文档" in documents.check("bounty_notice", content)[0]
