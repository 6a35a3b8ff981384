"""What `flask match` reads: two foreign tables as documents and facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matchmaker import codes
from matchmaker.matching import CandidateFacts, Document, NeedFacts
from matchmaker.spreadsheets import (
    FieldKind,
    FieldSpec,
    Row,
    SpreadsheetError,
    UnreadableError,
    match_headings,
    parse_cell,
    read_table,
)

_TEXT = ("正文", "简介", "内容", "内容简介", "描述", "摘要")
_KEYWORDS = FieldSpec("keywords", "关键词", ("关键字", "主题词"))
_FIELD = FieldSpec(
    "tech_field",
    "技术领域",
    ("技术领域代码", "所属技术领域", "领域", "所属领域"),
    kind=FieldKind.LIST,
)
_EXPIRES = FieldSpec("expires_on", "有效期至", ("有效期", "截止日期"), kind=FieldKind.DATE)
NEED_FIELDS = (
    FieldSpec("id", "需求编号", ("编号", "序号")),
    FieldSpec(
        "title",
        "需求名称",
        ("名称", "标题", "需求标题", "技术需求名称", "技术难题名称", "难题名称", "项目名称"),
    ),
    FieldSpec(
        "problem",
        "拟解决的主要技术问题",
        (
            *_TEXT,
            "需求简介",
            "需求内容",
            "需求描述",
            "技术需求",
            "主要技术问题",
            "技术问题",
            "问题",
        ),
    ),
    FieldSpec("background", "背景与现状", ("背景", "需求背景", "背景情况", "现状")),
    FieldSpec("indicators", "核心考核指标", ("考核指标", "技术指标", "主要技术指标")),
    _KEYWORDS,
    _FIELD,
    FieldSpec("modes", "合作方式", ("合作模式", "拟合作方式"), kind=FieldKind.LIST),
    FieldSpec("trl", "目标TRL", ("目标技术就绪度", "目标成熟度", "TRL")),
    FieldSpec(
        "price", "拟投入总额", ("预算", "拟投入资金", "经费预算", "榜金"), kind=FieldKind.MONEY
    ),
    _EXPIRES,
)
ACHIEVEMENT_FIELDS = (
    FieldSpec("id", "成果编号", ("编号", "序号")),
    FieldSpec(
        "title",
        "成果名称",
        ("名称", "标题", "成果标题", "科技成果名称", "技术名称", "专利名称", "项目名称"),
    ),
    FieldSpec(
        "summary", "成果简介", (*_TEXT, "成果介绍", "成果摘要", "成果描述", "成果内容", "技术简介")
    ),
    FieldSpec("indicators", "技术指标", ("主要技术指标", "性能指标")),
    FieldSpec("cases", "应用案例", ("应用情况",)),
    _KEYWORDS,
    _FIELD,
    FieldSpec("modes", "转化方式", ("拟转化方式", "合作方式", "转让方式"), kind=FieldKind.LIST),
    FieldSpec("trl", "技术就绪度", ("TRL", "成熟度", "技术成熟度")),
    FieldSpec("price", "意向价格", ("报价", "转让价格", "价格"), kind=FieldKind.MONEY),
    _EXPIRES,
)
_BODY = ("problem", "summary", "background", "indicators", "cases")


@dataclass(slots=True)
class Pool:
    """The documents of one table, what is known of each, and what could not be used."""

    documents: list[Document] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


class TableRefused(ValueError):
    """A table that cannot be matched; names the file, the cause and the cure in Chinese."""


def read_pool(path: Path, specs: Sequence[FieldSpec]) -> Pool:
    """Read a table into documents. Raises TableRefused."""
    try:
        table = read_table(path, specs=specs)
    except SpreadsheetError as error:
        raise TableRefused(f"{path.name}：{error.message_zh}") from None
    except OSError:
        raise TableRefused(f"{path.name}：找不到或打不开这个文件，请检查路径。") from None
    mapping = match_headings(table.headings, specs)
    _require(mapping.columns, specs, headings=table.headings, name=path.name)
    pool = Pool()
    if mapping.unknown:
        unknown = "、".join(column.heading for column in mapping.unknown)
        pool.remarks.append(f"未使用的列：{unknown}")
    for row in table.rows:
        _take(
            row,
            pool,
            {s: i for s in specs if (i := mapping.columns.get(s.key, -1)) >= 0},
            mapping.units,
        )
    if not pool.documents:
        raise TableRefused(f"{path.name}：标题行以下没有可用的行。")
    return pool


def need_facts(values: dict[str, Any]) -> NeedFacts:
    """What a row of needs says beside its words."""
    fields = _field_codes(values)
    return NeedFacts(
        tech_field=fields[0] if fields else "",
        coop_modes=_modes(values),
        target_trl=_trl(values),
        budget_fen=values.get("price"),
        expires_on=values.get("expires_on"),
    )


def candidate_facts(values: dict[str, Any]) -> CandidateFacts:
    """What a row of achievements says beside its words."""
    return CandidateFacts(
        tech_fields=frozenset(_field_codes(values)),
        transfer_modes=_modes(values),
        trl=_trl(values),
        asking_price_fen=values.get("price"),
        expires_on=values.get("expires_on"),
    )


def _require(
    columns: Iterable[str], specs: Sequence[FieldSpec], *, headings: Sequence[str], name: str
) -> None:
    for wanted in (("title",), _BODY):
        if not set(wanted) & set(columns):
            labels = "、".join(
                dict.fromkeys(
                    word for s in specs if s.key in wanted[:2] for word in (s.label, *s.aliases)
                )
            )
            seen = "、".join(heading for heading in headings if heading)
            raise TableRefused(
                f"{name}：缺少必需的列，请把一列命名为其中之一：{labels}。现有的列：{seen}。"
            )


def _take(row: Row, pool: Pool, columns: dict[FieldSpec, int], units: Mapping[str, str]) -> None:
    values: dict[str, Any] = {}
    for spec, index in columns.items():
        cell = row.cells[index] if index < len(row.cells) else None
        if spec.kind is FieldKind.MONEY and str(cell).strip() == "面议":
            continue
        try:
            values[spec.key] = parse_cell(cell, spec, unit=units.get(spec.key, ""))
        except UnreadableError as wrong:
            pool.remarks.append(f"第 {row.number} 行“{spec.label}”未采用：{wrong.cause_zh}")
    body = "\n".join(values[key] for key in _BODY if values.get(key))
    if not values.get("title") and not body:
        pool.remarks.append(f"第 {row.number} 行没有标题和正文，已跳过")
        return
    name = " ".join(str(values.get("id") or f"第{row.number}行").split())
    if name in pool.values:
        pool.remarks.append(f"第 {row.number} 行的编号“{name}”重复，已改记行号")
        name = f"{name}（第{row.number}行）"
    pool.values[name] = values
    pool.documents.append(
        Document(name, values.get("title") or "", values.get("keywords") or "", body)
    )


def _field_codes(values: dict[str, Any]) -> list[str]:
    found = []
    for text in values.get("tech_field") or ():
        for name in ("tech_field", "tech_field_top"):
            with suppress(codes.UnknownCodeError):
                found.append(codes.code_of(name, text))
    return found


def _modes(values: dict[str, Any]) -> frozenset[str]:
    """Codes where the list knows the words, else the words themselves, which compare as well."""
    found = set()
    for text in values.get("modes") or ():
        try:
            found.add(codes.code_of("coop_mode", text))
        except codes.UnknownCodeError:
            found.add(text)
    return frozenset(found)


def _trl(values: dict[str, Any]) -> int | None:
    level = re.fullmatch(r"\D*([1-9])\D*", str(values.get("trl") or ""))
    return int(level[1]) if level else None
