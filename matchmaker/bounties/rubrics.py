"""打分表: items with weights that make 100, each level spelt out; the bureau edits the defaults.

A rubric is a list of items {"name", "weight", "part": technical or price, "levels": [{"label",
"low", "high", "text"} …]}, the levels from the highest down: they cover 0 to 100 without a gap.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from matchmaker.errors import Invalid
from matchmaker.workflow import Labelled

WHOLE = 100
MOST_ITEMS = 12
FEWEST_ITEMS = 2
LEVELS: tuple[tuple[str, int, int], ...] = (
    ("优", 90, 100),
    ("良", 75, 89),
    ("中", 60, 74),
    ("差", 0, 59),
)
Item = dict[str, Any]


class Part(Labelled):
    """Which part of the score sheet an item stands on: the technical one is locked first."""

    TECHNICAL = "technical", "技术部分"
    PRICE = "price", "经费部分"


# (name, weight, part, what each of the four levels means, highest first)
_BIDS: tuple[tuple[str, int, Part, tuple[str, ...]], ...] = (
    ("技术方案可行性与先进性", 30, Part.TECHNICAL, (
        "路线完整、关键环节有试验或文献依据，明显优于现有做法",
        "路线完整、依据基本充分，个别环节待验证",
        "路线大体可行，关键环节依据不足",
        "路线缺项或与任务不符")),
    ("指标响应度", 20, Part.TECHNICAL, (
        "全部满足且有两项以上优于要求，测试方法明确",
        "全部满足，测试方法明确",
        "非关键指标有偏离并说明理由",
        "关键指标偏离或未逐条响应")),
    ("团队与研究基础", 20, Part.TECHNICAL, (
        "负责人做成过同类项目，人员、设备齐备",
        "有相近基础，人员、设备基本齐备",
        "基础相关但不充分",
        "缺少相关基础")),
    ("进度与里程碑", 10, Part.TECHNICAL, (
        "节点具体、可检查，风险有预案", "节点具体、可检查", "节点笼统", "进度不可行")),
    ("经费合理性", 10, Part.PRICE, (
        "测算有依据、与任务匹配、报价有优势", "测算有依据、与任务匹配",
        "部分科目依据不足", "测算失实或与任务不符")),
    ("成果归属与产业化前景", 10, Part.TECHNICAL, (
        "归属清楚，可直接在本区投产见效", "归属清楚，投产条件基本具备",
        "归属基本清楚，投产条件不明", "归属有争议或难以应用")),
)  # fmt: skip
_NEEDS: tuple[tuple[str, int, Part, tuple[str, ...]], ...] = (
    ("产业带动作用", 30, Part.TECHNICAL, (
        "解决重点产业链共性难题，多家企业受益", "带动本行业若干企业",
        "主要惠及本企业", "带动作用不明")),
    ("技术指标（先进、明确、可考核）", 30, Part.TECHNICAL, (
        "指标先进，逐条可测", "指标明确，基本可测", "指标笼统", "没有可考核指标")),
    ("研究基础", 20, Part.TECHNICAL, (
        "已有试验数据和配套条件", "有一定条件", "条件不足", "没有基础")),
    ("财务（投入与支付能力）", 20, Part.TECHNICAL, (
        "资金落实、付给揭榜方比例高", "资金基本落实", "资金计划不完整", "资金不落实")),
)  # fmt: skip
VETOES = ("不响应关键指标", "资质不符", "存在未申报的关联关系", "材料造假")
PASS_LINE = 60


def _made(rows: Sequence[tuple[str, int, Part, tuple[str, ...]]]) -> list[Item]:
    return [
        {
            "name": name,
            "weight": weight,
            "part": part.value,
            "levels": [
                {"label": label, "low": low, "high": high, "text": text}
                for (label, low, high), text in zip(LEVELS, texts, strict=True)
            ],
        }
        for name, weight, part, texts in rows
    ]


def for_bids() -> list[Item]:
    """Return the default rubric of a bid review (揭榜评审)."""
    return _made(_BIDS)


def for_needs() -> list[Item]:
    """Return the default rubric of the selection of needs (需求遴选)."""
    return _made(_NEEDS)


def total_weight(rubric: Sequence[Mapping[str, Any]]) -> int:
    """Return the sum of the weights that are whole numbers."""
    return sum(w for item in rubric if isinstance(w := item.get("weight"), int))


def problems(rubric: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say in Chinese everything that keeps the rubric from being used; empty when it is fit."""
    found = []
    if not FEWEST_ITEMS <= len(rubric) <= MOST_ITEMS:
        found.append(f"打分项应有 {FEWEST_ITEMS} 至 {MOST_ITEMS} 项，现为 {len(rubric)} 项")
    names = [str(item.get("name", "")).strip() for item in rubric]
    if len(set(names)) < len(names):
        found.append("打分项名称重复，请合并或改名")
    for number, item in enumerate(rubric, start=1):
        found += _of_item(item, names[number - 1] or f"第 {number} 项")
    total = total_weight(rubric)
    if total != WHOLE:
        found.append(f"权重合计须为 {WHOLE}，现为 {total}，请调整后再提交")
    if not any(item.get("part") == Part.TECHNICAL.value for item in rubric):
        found.append("至少要有一项属于技术部分")
    return found


def _of_item(item: Mapping[str, Any], name: str) -> list[str]:
    found = []
    if not str(item.get("name", "")).strip():
        found.append(f"{name}没有填写名称")
    weight = item.get("weight")
    if not isinstance(weight, int) or not 1 <= weight <= WHOLE:
        found.append(f"“{name}”的权重须为 1 至 {WHOLE} 的整数")
    if item.get("part") not in {part.value for part in Part}:
        found.append(f"“{name}”须选择属于技术部分还是经费部分")
    levels = list(item.get("levels", ()))
    if len(levels) < FEWEST_ITEMS or any(not str(x.get("text", "")).strip() for x in levels):
        found.append(f"“{name}”的各档标准须逐档写明")
    if levels and not _covers(levels):
        found.append(f"“{name}”的分档须由高到低、首尾相接，覆盖 0 至 100 分")
    return found


def _covers(levels: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether the levels run from 100 down to 0 without a gap or an overlap."""
    expected = WHOLE
    for level in levels:
        low, high = level.get("low"), level.get("high")
        if not isinstance(low, int) or high != expected or low > expected:
            return False
        expected = low - 1
    return expected == -1


def check(rubric: Sequence[Mapping[str, Any]]) -> None:
    """Raise `Invalid` naming everything wrong with the rubric."""
    found = problems(rubric)
    if found:
        raise Invalid({"rubric": "；".join(found)})
