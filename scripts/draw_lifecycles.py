"""Write docs/process.md from the lifecycles: states and moves drawn, and who may make them."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from matchmaker.lifecycles import ALL, Role  # noqa: E402
from matchmaker.workflow import Lifecycle, Move  # noqa: E402

TARGET = ROOT / "docs" / "process.md"
OPENING = """# 办理流程

本页由 `scripts/draw-lifecycles` 根据 `matchmaker/lifecycles/` 生成，请勿手改。
状态和流转只在那里增减，页面按钮、权限检查、办理记录、穷举测试和本页都从它得出。“谁可办理”列出的角色还须满足
`matchmaker/policy/permissions.csv` 的范围（本人、本单位、本镇街），未列出的一律不能办理。
"""


def page() -> str:
    """Return the whole document."""
    return "\n".join([OPENING, *(line for one in ALL for line in chapter(one))])


def chapter(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield one lifecycle: its diagram and its table of moves."""
    yield f"## {lifecycle.label}（`{lifecycle.noun}`）\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in lifecycle.states:
        yield f'    state "{state.label}" as {state}'
    yield f"    [*] --> {lifecycle.initial}"
    for move in lifecycle.moves:
        for source in lifecycle.states:
            if source in move.sources:
                yield f"    {source} --> {move.target}: {move.label}"
    yield "```\n"
    yield "| 办理 | 动作代码 | 从 | 到 | 谁可办理 | 须写原因 |"
    yield "|---|---|---|---|---|---|"
    yield from (row(lifecycle, move) for move in lifecycle.moves)
    yield ""


def row(lifecycle: Lifecycle, move: Move) -> str:
    """Return a move's line; states and roles stand in the order of their own pages."""
    sources = "、".join(state.label for state in lifecycle.states if state in move.sources)
    roles = "、".join(role.label for role in Role if role in move.by)
    reason = "是" if move.needs_reason else "否"
    cells = (move.label, f"`{move.action}`", sources, move.target.label, roles, reason)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")
    print(f"已写入 {TARGET.relative_to(ROOT)}")
