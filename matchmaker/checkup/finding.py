"""What the health check (需求体检) reads and what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Severity(StrEnum):
    """How much a finding weighs; only MUST stops a submission."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Keep the Chinese label beside the stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    MUST = "must", "必须改"
    ADVICE = "advice", "建议"
    HINT = "hint", "提示"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedText:
    """The plain values of a technical need, complete or still being written.

    Money in 分, None where not filled in yet; coop_modes are codes of transfer_mode.
    """

    title: str = ""
    background: str = ""
    problem: str = ""
    key_indicators: tuple[str, ...] = ()
    foundation: str = ""
    bidder_conditions: str = ""
    duration_months: int | None = None
    budget_total_fen: int | None = None
    pay_to_bidder_fen: int | None = None
    ip_arrangement: str = ""
    coop_modes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    target_trl: int | None = None

    @property
    def story(self) -> str:
        """Background, problem and work done so far, as one text."""
        return "。".join((self.background, self.problem, self.foundation))

    @property
    def published(self) -> tuple[tuple[str, str], ...]:
        """Every text field with its name, all of which others will read."""
        return (
            ("title", self.title),
            ("background", self.background),
            ("problem", self.problem),
            ("key_indicators", "\n".join(self.key_indicators)),
            ("foundation", self.foundation),
            ("bidder_conditions", self.bidder_conditions),
            ("ip_arrangement", self.ip_arrangement),
            ("keywords", "\n".join(self.keywords)),
        )


FIELD_LABELS = {
    "title": "需求名称",
    "background": "背景与现状",
    "problem": "拟解决的主要技术问题",
    "key_indicators": "核心考核指标",
    "foundation": "现有基础与已做工作",
    "bidder_conditions": "对揭榜方条件",
    "duration_months": "完成时限",
    "budget_total": "拟投入总额",
    "pay_to_bidder": "其中付给揭榜方",
    "ip_arrangement": "产权归属与利益分配",
    "keywords": "关键词",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one field, with the reason and a better wording beside the poor one."""

    rule: str
    field: str
    severity: Severity
    message_zh: str
    why_zh: str
    example_before: str
    example_after: str

    @property
    def field_label(self) -> str:
        """The field's Chinese name on the form."""
        return FIELD_LABELS[self.field]


Remarks = Iterator[tuple[str, str]]
"""(field, message) pairs, none when the rule has nothing to say."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One explicit rule: what it looks for, why it matters, and how the cure reads."""

    code: str
    severity: Severity
    find: Callable[[NeedText], Remarks]
    why: str
    before: str
    after: str

    def findings(self, need: NeedText) -> Iterator[Finding]:
        """Apply the rule."""
        for field, message in self.find(need):
            yield Finding(
                self.code, field, self.severity, message, self.why, self.before, self.after
            )
