"""Feedback to whoever was not chosen, drafted from the rubric: no names, nobody else's figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from matchmaker.scoring.rubric import Criterion, Level, Rubric

MOST_NAMED = 3
GOOD = 1  # the second level and above count as a strength
Means = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion: the level the bidder reached and the one the chosen plan reached."""

    criterion: Criterion
    own: int
    chosen: int

    @property
    def behind(self) -> int:
        """Levels behind the chosen plan; negative where ahead of it."""
        return self.own - self.chosen

    @property
    def level(self) -> Level:
        """The level reached."""
        return self.criterion.levels[self.own]

    def told(self) -> str:
        """Return the line as the bidder reads it."""
        name, weight = self.criterion.name, self.criterion.weight
        own = f"{name}（权重 {weight}%）：贵方为{_spelt(self.level)}；"
        chosen = self.criterion.levels[self.chosen]
        if self.behind == 0:
            return f"{own}入选方案同为“{chosen.label}”。"
        return f"{own}入选方案为{_spelt(chosen)}。"

    def advice(self) -> str:
        """Say what the next better level asks for."""
        better = self.criterion.levels[max(self.own - 1, 0)]
        return f"{self.criterion.name}：下次请达到{_spelt(better)}。"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is told: criterion by criterion, strengths, gaps and advice."""

    lines: tuple[Line, ...]
    strengths: tuple[str, ...]
    gaps: tuple[str, ...]
    advice: tuple[str, ...]

    def text(self) -> str:
        """Return the whole as plain text for the officer to edit."""
        parts: list[tuple[str, Sequence[str]]] = [
            ("一、逐项评价", [line.told() for line in self.lines]),
            ("二、主要优点", self.strengths or ("各项均有较大提升空间。",)),
            ("三、主要差距", self.gaps or ("各项与入选方案处于同一档次，差距体现在档内分数。",)),
            ("四、改进建议", self.advice or ("保持现有水平，并补充验证数据和应用案例。",)),
        ]
        return "\n\n".join(_numbered(heading, lines) for heading, lines in parts)


def draft(rubric: Rubric, own: Means, chosen: Means) -> Feedback:
    """Draft from the judges' means by criterion (0 to 100) of the bidder and the chosen plan."""
    lines = tuple(
        Line(one, one.standing(own[one.key]), one.standing(chosen[one.key]))
        for one in rubric.criteria
    )
    good = [line for line in lines if line.own <= GOOD]
    good.sort(key=lambda line: (line.behind, line.own, -line.criterion.weight))
    gaps = [line for line in lines if line.behind > 0]
    gaps.sort(key=lambda line: -line.behind * line.criterion.weight)
    weak = gaps or [line for line in lines if line.own > GOOD]
    return Feedback(
        lines,
        tuple(f"{line.criterion.name}：{_spelt(line.level)}。" for line in good[:MOST_NAMED]),
        tuple(
            f"{line.criterion.name}：低入选方案 {line.behind} 档。" for line in gaps[:MOST_NAMED]
        ),
        tuple(line.advice() for line in weak[:MOST_NAMED]),
    )


def draft_alone(rubric: Rubric, own: Means) -> str:
    """Draft what is told where no plan was chosen: the levels reached and what was missing."""
    lines = [Line(one, (level := one.standing(own[one.key])), level) for one in rubric.criteria]
    told = [
        f"{line.criterion.name}（权重 {line.criterion.weight}%）：{_spelt(line.level)}。"
        for line in lines
    ]
    weak = [line.advice() for line in lines if line.own > GOOD][:MOST_NAMED]
    advice = weak or ["保持现有水平，并补充验证数据和应用案例。"]
    return "\n\n".join([_numbered("一、逐项评价", told), _numbered("二、改进建议", advice)])


def draft_disqualified(reasons: Sequence[str]) -> str:
    """Draft what a bidder is told whose bid did not pass the formal check."""
    advice = "请对照揭榜指南逐项核对申请资格和材料，补齐后可参与今后的榜单。"
    return "\n\n".join(
        [
            _numbered("一、未进入评审的原因", reasons or ["形式审查未通过"]),
            _numbered("二、改进建议", [advice]),
        ]
    )


def _numbered(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *(f"{number}. {line}" for number, line in enumerate(lines, 1))])


def _spelt(level: Level) -> str:
    return f"“{level.label}”（{level.text}）" if level.text else f"“{level.label}”"
