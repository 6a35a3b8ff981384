"""What a check of an invariant is, and how all of them are run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

Row = tuple[str, str]  # what is wrong by its name, and the detail
MOST_NAMED = 20
INVARIANTS = {
    "I1": "一个榜单（每个名额）只有一个有效中选决定",
    "I2": "没有迟到的、或榜单未公布时收下的揭榜申请",
    "I3": "回执过的揭榜申请一份不少",
    "I4": "两位持有人开标并留下记录之前，内容不可读",
    "I5": "状态只按流程表变化，每次变化有一条审计记录",
    "I6": "经办、审核、批准不是同一人；评委与申请方无隶属关系",
    "I7": "锁定的打分表、发布的公示和榜单、签订的合同没有再变",
    "I8": "公示足够工作日且异议办结后才授予",
    "I9": "里程碑合计等于合同额，付款不超过应付",
    "I10": "每封待发邮件都由同一事务中的消息产生",
    "I11": "每个文件有记录，每条记录有文件且摘要相符",
    "I12": "停用的账号没有登录，三员不由一人兼任",
}


@dataclass(frozen=True)
class Check:
    """One question about the data; every row it returns breaks the invariant.

    sql : returns two columns, the row's name and the detail; or `ask`, a function of a session.
    """

    code: str
    said: str
    sql: str = ""
    ask: Callable[[Session], Iterable[Row]] | None = None

    def rows(self, session: Session) -> list[Row]:
        """Return what breaks it."""
        if self.ask is not None:
            return list(self.ask(session))
        return [(str(name), str(said or "")) for name, said in session.execute(text(self.sql))]


@dataclass(frozen=True)
class Finding:
    """A check that was broken, by how many rows, and the first of them."""

    code: str
    said: str
    count: int
    rows: Sequence[Row]

    def __str__(self) -> str:
        """Say it in Chinese, the rows by name."""
        named = "；".join(f"{name}（{said}）" if said else name for name, said in self.rows)
        more = f" 等 {self.count} 处" if self.count > len(self.rows) else ""
        return f"{self.code} {self.said}：{named}{more}"


def run(session: Any, checks: Iterable[Check]) -> list[Finding]:
    """Run every check on one session; return those that were broken, in the checks' order."""
    found = []
    for check in checks:
        rows = check.rows(session)
        if rows:
            found.append(Finding(check.code, check.said, len(rows), rows[:MOST_NAMED]))
    return found
