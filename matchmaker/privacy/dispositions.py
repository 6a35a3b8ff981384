"""What becomes of every column of every table when a person asks to be erased: one table.

`dispositions.csv` names each column once: erase, mask or keep, on what legal basis, and whether a
person's copy holds it. A column without a line stops the tests; `faults` says what is wrong.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from matchmaker.extensions import db

FOLDER = Path(__file__).resolve().parent
ERASE, MASK, KEEP = "erase", "mask", "keep"
DISPOSITIONS = {ERASE: "删除", MASK: "替换", KEEP: "保留"}
# Law: 个人信息保护法 (PIPL), 网络安全法, 档案法, 民法典; 办法: the measures the platform follows.
BASES = {
    "purpose": "处理目的已实现或本人撤回同意（个人信息保护法第四十七条）",
    "derived": "由个人信息计算得来，随之删除（个人信息保护法第四十七条）",
    "contact": "在单位资料中与本人一致的姓名和联系方式（个人信息保护法第四十七条）",
    "consent": "证明已取得同意（个人信息保护法第十四条、第六十九条）",
    "record": "行政办理记录，保存期未满（档案法；个人信息保护法第十三条第三项、第四十七条第二款）",
    "trail": "审计日志，不可修改（网络安全法第二十一条；个人信息保护法第四十七条第二款）",
    "review": "评审档案，保存十五年（办法第四十二条；个人信息保护法第四十七条第二款）",
    "bid": "揭榜档案，保存十五年（办法第四十二条；个人信息保护法第四十七条第二款）",
    "seal": "密封与开标的证据，保存十五年（办法第四十二条）",
    "contract": "技术合同档案（民法典第八百四十三条起；个人信息保护法第四十七条第二款）",
    "objection": "异议办理档案，保存期未满（个人信息保护法第四十七条第二款）",
    "published": "已依法公示的内容（个人信息保护法第十三条第三项）",
    "recusal": "回避核查所必需（个人信息保护法第十三条第三项）",
    "organisation": "单位登记信息（个人信息保护法第十三条第三项、第六项）",
    "business": "单位提交的业务材料，不以自然人为对象",
    "none": "不是个人信息",
}
REMOVING = frozenset({"purpose", "derived", "contact"})  # the bases on which something goes
GIVEN, CREDENTIAL, CONFIDENTIAL = "yes", "credential", "confidential"
WITHHELD = {
    CREDENTIAL: "（安全凭据，有记录，不输出）",
    CONFIDENTIAL: "（依法保密，不提供：个人信息保护法第十八条、第四十五条）",
}


@dataclass(frozen=True)
class Disposition:
    """One column's line; `copy` is "" where the column is about nobody in particular."""

    table: str
    column: str
    disposition: str
    basis: str
    copy: str


@lru_cache(maxsize=1)
def table() -> Mapping[tuple[str, str], Disposition]:
    """Return every line by (table, column)."""
    with (FOLDER / "dispositions.csv").open(encoding="utf-8", newline="") as file:
        lines = [Disposition(**row) for row in csv.DictReader(file)]
    return {(one.table, one.column): one for one in lines}


def columns(table_name: str, *wanted: str) -> list[str]:
    """Return a table's columns of these dispositions, in the file's order."""
    lines = table().values()
    return [one.column for one in lines if one.table == table_name and one.disposition in wanted]


def copied() -> dict[str, list[Disposition]]:
    """Return what a person's copy holds: table → its columns."""
    found: dict[str, list[Disposition]] = {}
    for one in table().values():
        if one.copy:
            found.setdefault(one.table, []).append(one)
    return found


@lru_cache(maxsize=1)
def labels() -> Mapping[tuple[str, str], str]:
    """Return what a reader calls a table or a column: ("table" or "column", name) → label."""
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["name"]): row["label"] for row in csv.DictReader(file)}


def faults() -> list[str]:
    """Return what is wrong between the models and the file, a line each. Empty: nothing."""
    stored = {(t.name, c.name) for t in db.metadata.sorted_tables for c in t.columns}
    known = table()
    found = [f"{t}.{c} 没有处置规定" for t, c in sorted(stored - set(known))]
    found += [f"{t}.{c} 已不存在" for t, c in sorted(set(known) - stored)]
    for (name, column), one in known.items():
        goes = one.disposition in {ERASE, MASK}
        if one.disposition not in DISPOSITIONS or one.basis not in BASES:
            found.append(f"{name}.{column} 的处置或依据无法识别")
        elif goes != (one.basis in REMOVING):
            found.append(f"{name}.{column} 的依据与处置不符")
        elif one.copy not in {"", GIVEN, *WITHHELD}:
            found.append(f"{name}.{column} 的副本规定无法识别")
        elif one.copy and ("column", column) not in labels():
            found.append(f"{column} 没有中文名称")
    return found
