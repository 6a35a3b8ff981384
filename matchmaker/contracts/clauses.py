"""The clauses of a contract that its kind asks for, each with what is usually agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.errors import Invalid

MOST = 2000  # characters of one clause
ROYALTY = ("royalty", "royalty_with_entry_fee")  # payment modes that state how royalties are paid


@dataclass(frozen=True)
class Clause:
    """One clause: its name in the documents, its label, what is usual; `many`: one entry a line."""

    key: str
    label: str
    usual: str
    many: bool = False


COMMON = (
    Clause("signed_place", "签订地点", "{district}"),
    Clause("requirements", "技术要求", "按本合同约定的考核指标和验收方法执行。"),
    Clause("place", "履行地点", "甲方所在地"),
    Clause("manner", "履行方式", "乙方按里程碑提交交付物，甲方检查确认。"),
    Clause(
        "dispute", "争议解决",
        "双方协商解决；协商不成的，向甲方住所地有管辖权的人民法院提起诉讼。",
    ),
)  # fmt: skip
_STATUS = Clause("status", "权利现状", "权利有效，未设定质押，不存在影响本合同履行的纠纷。")
_DOCUMENTS = Clause("documents", "技术资料", "技术说明书\n工艺文件和图纸\n检测报告", many=True)
_GUIDANCE = Clause("guidance", "技术指导", "乙方派技术人员到现场指导，直至甲方独立运行。")
_IMPROVEMENT = Clause("improvement", "后续改进", "后续改进的成果归改进方所有，他方可协商使用。")
_COSTS = Clause("costs", "费用负担", "乙方履行本合同的费用已包含在合同总额内，由乙方承担。")
BY_KIND: dict[str, tuple[Clause, ...]] = {
    "development": (
        Clause("division", "分工与协作", "甲方提供工件、场地和试验条件，乙方承担研究开发。"),
        Clause("equipment", "设备归属", "以本合同经费购置的设备归甲方所有，另有约定的从其约定。"),
    ),
    "transfer": (
        _STATUS, _DOCUMENTS, _GUIDANCE, _IMPROVEMENT,
        Clause("handover", "资料交付", "合同生效后 15 日内，在甲方所在地交付。"),
    ),
    "license": (
        Clause("exclusivity", "许可方式", "普通许可"),
        Clause("territory", "许可地域", "中华人民共和国境内"),
        Clause("scope", "许可范围", "制造、使用、销售"),
        Clause("sublicense", "再许可约定", "未经乙方书面同意，甲方不得再许可第三方。"),
        _STATUS, _DOCUMENTS, _GUIDANCE, _IMPROVEMENT,
    ),
    "consulting": (
        Clause("questions", "咨询事项", "见技术内容。"),
        Clause("report", "报告形式", "书面咨询报告一式两份及电子版。"),
        Clause("materials", "背景资料", "甲方现有工艺和设备资料", many=True),
        Clause(
            "reliance", "采信约定",
            "甲方按乙方符合约定要求的咨询报告作出决策所造成的损失，由甲方承担。",
        ),
        _COSTS,
    ),
    "service": (
        Clause("goal", "服务目标", "达到本合同约定的考核指标。"),
        Clause("conditions", "工作条件", "场地、水电和必要的设备", many=True),
        Clause(
            "new_results", "新成果归属",
            "受托人利用委托人提供的资料和工作条件完成的新成果属于受托人，反之属于委托人。",
        ),
        _COSTS,
    ),
}  # fmt: skip
ROYALTIES = Clause("royalty", "提成约定", "按使用本技术的产品销售额提成，比例、期限另行约定。")


def of(kind: str, payment_mode: str) -> tuple[Clause, ...]:
    """Return the clauses a contract of this kind, paid in this way, must hold."""
    royalty = (ROYALTIES,) if payment_mode in ROYALTY else ()
    return (*COMMON, *BY_KIND.get(kind, ()), *royalty)


def checked(
    kind: str, payment_mode: str, given: Mapping[str, Any], *, district: str
) -> dict[str, str]:
    """Return every clause of the kind, what is usual where none was written; raise `Invalid`."""
    found = {}
    for clause in of(kind, payment_mode):
        text = str(given.get(clause.key) or "").strip()
        if len(text) > MOST:
            raise Invalid({f"clause_{clause.key}": f"{clause.label}请控制在 {MOST} 字以内"})
        found[clause.key] = text or clause.usual.format(district=district)
    return found


def labels(kind: str, payment_mode: str) -> dict[str, str]:
    """Return key → label of the kind's clauses."""
    return {clause.key: clause.label for clause in of(kind, payment_mode)}


def entry(kind: str, payment_mode: str, kept: Mapping[str, str]) -> dict[str, Any]:
    """Return the clauses as the documents want them: texts, and lists where there are many."""
    return {
        clause.key: [line for line in kept.get(clause.key, "").splitlines() if line.strip()]
        if clause.many
        else kept.get(clause.key, "")
        for clause in of(kind, payment_mode)
    }
