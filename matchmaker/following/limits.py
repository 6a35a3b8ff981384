"""How many working days a step may take; the house's values until the bureau states its own."""

from typing import Any

from matchmaker.places import operations as places

DEFAULTS: dict[str, Any] = {
    "step_workdays": 5,  # 会审, 批准, 开榜与形式审查, 拟定名单: each
    "review_workdays": 20,  # 截榜后完成评审与择优
    "acceptance_workdays": 20,  # 组织验收, 兑付, 归档: each
}
places.DEFAULTS.update(DEFAULTS)


def workdays(name: str) -> int:
    """Return one limit as the bureau stated it."""
    return int(places.settings()[name])
