"""导入批次: a workbook from upload to imported rows, and back."""

from matchmaker.lifecycles.roles import INSTITUTION, Role
from matchmaker.workflow import Lifecycle, State, move


class BatchState(State):
    """批次状态."""

    UPLOADED = "uploaded", "待对应栏目", "warn"
    CHECKING = "checking", "正在核对", "active"
    CHECKED = "checked", "待确认导入", "warn"
    APPLYING = "applying", "正在导入", "active"
    APPLIED = "applied", "已导入", "good"
    UNDONE = "undone", "已撤销", "neutral"
    FAILED = "failed", "未能核对", "bad"
    DISCARDED = "discarded", "已放弃", "neutral"


B = BatchState
IMPORTERS = INSTITUTION | {Role.OFFICER}
BATCH = Lifecycle(
    "batch",
    "导入批次",
    B.UPLOADED,
    move("map", "核对", {B.UPLOADED, B.CHECKED, B.FAILED}, B.CHECKING, by=IMPORTERS),
    move("checked", "核对完成", B.CHECKING, B.CHECKED, by={Role.SYSTEM}),
    move("fail", "核对失败", B.CHECKING, B.FAILED, by={Role.SYSTEM}, needs_reason=True),
    move("confirm", "确认导入", B.CHECKED, B.APPLYING, by=IMPORTERS),
    move("apply", "导入完成", B.APPLYING, B.APPLIED, by={Role.SYSTEM}),
    move("recheck", "重新核对", B.APPLYING, B.CHECKING, by={Role.SYSTEM}, needs_reason=True),
    move("abort", "导入中止", B.APPLYING, B.FAILED, by={Role.SYSTEM}, needs_reason=True),
    move("undo", "撤销导入", B.APPLIED, B.UNDONE, by=IMPORTERS),
    move(
        "discard",
        "放弃",
        {B.UPLOADED, B.CHECKED, B.FAILED},
        B.DISCARDED,
        by=IMPORTERS | {Role.SYSTEM},
    ),
)
