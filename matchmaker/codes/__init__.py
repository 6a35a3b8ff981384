"""The official code lists (代码表) and the form's own, read-only and typed."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matchmaker.codes.fields import (
    FIELD_LISTS,
    BountyKind,
    BountyMode,
    BrokerGrade,
    BrokerType,
    DeadReason,
    Disclosure,
    Integrity,
    LeadSource,
    NeedCategory,
    NeedSource,
    NeedType,
    NoticeKind,
    ObjectionOutcome,
    Origin,
    Ownership,
    ResearchKind,
    Selector,
    ServiceKind,
    ServiceLevel,
    Stage,
)

__all__ = [
    "BountyKind",
    "BountyMode",
    "BrokerGrade",
    "BrokerType",
    "Code",
    "DeadReason",
    "Disclosure",
    "Integrity",
    "LeadSource",
    "NeedCategory",
    "NeedSource",
    "NeedType",
    "NoticeKind",
    "ObjectionOutcome",
    "Origin",
    "Ownership",
    "ResearchKind",
    "Selector",
    "ServiceKind",
    "ServiceLevel",
    "Stage",
    "TechField",
    "UnknownCodeError",
    "UnknownListError",
    "check",
    "choices",
    "code_of",
    "contract_subtypes",
    "field_distance",
    "grouped_choices",
    "is_code",
    "label",
    "list_names",
    "stage_of",
    "tech_fields",
]

_FILE = Path(__file__).with_name("codes.json")
_PLAIN = (
    "industry_section", "uscc_org_prefix", "payment_mode", "trl", "ip_type", "ip_status",
    "transfer_mode", "enterprise_tier", "support_type", "event_kind",
)  # fmt: skip
_TRANSFER_GROUPS = {
    "成果转让与许可": ("assign", "license", "equity"),
    "合作研发与实施": ("joint_implement", "self", "commission_dev", "joint_dev"),
    "服务与共建": ("service", "consulting", "platform", "talent"),
    "其他": ("negotiable",),
}
_ALSO_SAID = {
    ("transfer_mode", "作价入股"): "equity",
    ("transfer_mode", "技术入股"): "equity",
    ("transfer_mode", "转让"): "assign",
    ("transfer_mode", "许可"): "license",
    ("transfer_mode", "技术许可"): "license",
    ("transfer_mode", "合作实施"): "joint_implement",
    ("transfer_mode", "自行实施"): "self",
    ("transfer_mode", "人才引进"): "talent",
    ("transfer_mode", "人才派驻"): "talent",
    ("disclosure", "公开"): "public",
    ("disclosure", "定向"): "directed",
    ("ip_type", "实用新型"): "utility_model",
    ("ip_type", "外观设计"): "design",
    ("ip_type", "发明"): "invention",
}
_LAST_EARLY_TRL, _LAST_MIDDLE_TRL, _LAST_TRL = 4, 6, 9


class UnknownCodeError(LookupError):
    """The list holds no such code; the message is fit to show."""


class UnknownListError(LookupError):
    """There is no code list of that name: a mistake of the program."""


@dataclass(frozen=True, slots=True)
class TechField:
    """One of the eight national high-tech fields with its second level (技术领域)."""

    code: str
    name: str
    children: tuple["TechField", ...] = ()


@cache
def _raw() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8")))


@cache
def tech_fields() -> tuple[TechField, ...]:
    """Return the tree of technology fields: 8 fields, 52 of the second level."""
    return tuple(
        TechField(
            branch["code"],
            branch["name"],
            tuple(TechField(leaf["code"], leaf["name"]) for leaf in branch["children"]),
        )
        for branch in _raw()["tech_field"]
    )


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    """Every list as code → label, in the order of the source."""
    raw = _raw()
    tables: dict[str, dict[str, str]] = {name: dict(raw[name]) for name in _PLAIN}
    tables["industry"] = dict(raw["industry_division_common"])
    tables["tech_field"] = {leaf.code: leaf.name for top in tech_fields() for leaf in top.children}
    tables["tech_field_top"] = {top.code: top.name for top in tech_fields()}
    tables["contract_type"] = {code: kind["name"] for code, kind in raw["contract_type"].items()}
    tables["coop_mode"] = tables["transfer_mode"]
    for name, members in FIELD_LISTS.items():
        tables[name] = {member.value: member.label for member in members}
    return MappingProxyType(tables)


def list_names() -> tuple[str, ...]:
    """Return the names every other function here takes as its first argument."""
    return tuple(_lists())


def _table(name: str) -> Mapping[str, str]:
    try:
        return _lists()[name]
    except KeyError:
        raise UnknownListError(f"no code list {name!r}") from None


def is_code(name: str, code: str) -> bool:
    """Tell whether the list holds the code."""
    return code in _table(name)


def check(name: str, code: str) -> str:
    """Return the code unchanged; raises UnknownCodeError if the list lacks it."""
    label(name, code)
    return code


def label(name: str, code: str) -> str:
    """Return the Chinese label of a code; raises UnknownCodeError if the list lacks it."""
    try:
        return _table(name)[code]
    except KeyError:
        raise UnknownCodeError(f"代码“{code}”不在代码表中，请从列表中选择") from None


def choices(name: str) -> list[tuple[str, str]]:
    """Return (code, label) pairs for a select box, in the order of the source."""
    return list(_table(name).items())


def grouped_choices(name: str) -> dict[str, list[tuple[str, str]]]:
    """Return the pairs under their group's label; raises UnknownListError if it has no groups."""
    if name == "tech_field":
        return {
            top.name: [(leaf.code, leaf.name) for leaf in top.children] for top in tech_fields()
        }
    if name in {"transfer_mode", "coop_mode"}:
        return {
            group: [(code, label(name, code)) for code in codes]
            for group, codes in _TRANSFER_GROUPS.items()
        }
    if name == "industry":
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, text in choices(name):
            groups.setdefault(label("industry_section", code[0]), []).append((code, text))
        return groups
    raise UnknownListError(f"code list {name!r} has no groups")


def contract_subtypes(contract_type: str) -> list[tuple[str, str]]:
    """Return the (code, label) pairs below one of the five kinds of technical contract."""
    check("contract_type", contract_type)
    return list(_raw()["contract_type"][contract_type]["subtypes"].items())


def code_of(name: str, text: str) -> str:
    """Find the code a person meant by a code, a label, or both ("804 先进制造工艺与装备").

    Width, spaces and case are folded, a label's bracketed remark may be left out.
    Raises UnknownCodeError naming the text and the cure.
    """
    wanted = _fold(text)
    for code, text_of_code in choices(name):
        if wanted in _ways_of_writing(code, text_of_code):
            return code
    for (list_name, said), code in _ALSO_SAID.items():
        if wanted == _fold(said) and (list_name == name or (list_name, name) == _COOP):
            return code
    sample = "、".join(text for _, text in choices(name)[:4])
    raise UnknownCodeError(f"“{text}”不在代码表中，可填：{sample}等，请按模板下拉列表填写")


_COOP = ("transfer_mode", "coop_mode")


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _ways_of_writing(code: str, text: str) -> Iterator[str]:
    folded = _fold(text)
    yield code.casefold()
    yield folded
    yield folded.split("(")[0]
    yield code.casefold() + folded
    yield folded.removesuffix("技术")
    yield f"{folded}({code.casefold()})"


def stage_of(trl: int) -> Stage:
    """Return the stage a technology readiness level belongs to: 1–4, 5–6, 7–9."""
    if not 1 <= trl <= _LAST_TRL:
        raise UnknownCodeError(f"技术就绪度应为 1 至 9 的整数，现为 {trl}")
    if trl <= _LAST_EARLY_TRL:
        return Stage.EARLY
    return Stage.MIDDLE if trl <= _LAST_MIDDLE_TRL else Stage.MATURE


def field_distance(left: str, right: str) -> int:
    """Return 0 for the same technology field, 1 below the same top field, otherwise 2."""
    check("tech_field", left)
    check("tech_field", right)
    if left == right:
        return 0
    return 1 if left[0] == right[0] else 2
