"""The context of 评审汇总表: ranking, judges and criteria as the document wants them."""

from decimal import Decimal
from typing import Any

from matchmaker import clock
from matchmaker.places import operations as places
from matchmaker.reviewing import aggregating, pages
from matchmaker.reviewing.models import Review, Subject
from matchmaker.scoring import Part
from matchmaker.scoring.ranking import Outcome
from matchmaker.scoring.sheets import rounded
from matchmaker.scoring.tables import Cell

METHOD = (
    "各项 0 至 100 分，按权重加权；有效打分 5 份及以上的去掉一个最高分和一个最低分后取平均，"
    "四舍五入保留两位小数；同分依次比较{tie}、报价、抽签。合格线 {line} 分。"
)
MARK = "※"


def context(review: Review, *, names: bool) -> dict[str, Any]:
    """Return the document's context; `names` tells who bids, an alias otherwise."""
    found = pages.result(review, names=names)
    labels = {row["subject"].number: row["label"] for row in found.ranking}
    when = review.concluded_at or review.aggregated_at
    return {
        "bureau_name": places.settings()["bureau_name"],
        "title": f"{review.kind.label}汇总表",
        "subject_no": review.review_no,
        "subject": review.title,
        "reviewed_on": clock.today(when) if when else None,
        "method": METHOD.format(tie=review.rubric.tie_breaker.name, line=review.pass_line),
        "drawn": _drawn(review),
        "results": [_ranked(review, row) for row in found.ranking],
        "bidders": [labels[one.number] for one in review.subjects],
        "by_judge": [
            {"judge": row.judge, "scores": [_cell(one) for one in row.cells]}
            for row in found.judges
        ],
        "by_criterion": [
            {
                "name": row.name,
                "weight": f"{row.weight}%",
                "scores": [_cell(one) for one in row.cells],
            }
            for row in found.criteria
        ],
        "remarks": f"标{MARK}者与其他专家的打分相差较大。",
        "conclusion": review.conclusion or "（待作出结论）",
        "organiser": review.officer.name,
        "concluded_by": review.concluded_by.name if review.concluded_by else "（待签署）",
    }


def _drawn(review: Review) -> str:
    drawn = [one for one in review.candidates if not one.excluded]
    left = len(review.candidates) - len(drawn)
    return (
        f"从 {len(drawn)} 名候选专家中随机抽取 {review.panel_size} 人"
        f"（另因回避等排除 {left} 人），随机种子 {review.seed[:16]}…"
    )


def _cell(cell: Cell) -> str:
    if cell.value is None:
        return "—"
    return f"{cell.value}{MARK if cell.outlier else ''}"


def _ranked(review: Review, row: dict[str, Any]) -> dict[str, str]:
    subject: Subject = row["subject"]
    means = aggregating.criterion_means(review, subject)
    shares = {part: _share(review, part, means) for part in review.rubric.parts}
    verdict = Outcome(subject.outcome).label + (f"（{row['tie']}）" if row["tie"] else "")
    found = {
        "place": str(row["place"]),
        "name": row["label"],
        "technical": str(shares[Part.TECHNICAL]),
        "total": str(row["mean"]),
        "verdict": verdict,
    }
    if Part.PRICE in shares:
        found["price"] = str(shares[Part.PRICE])
    return found


def _share(review: Review, part: Part, means: dict[str, Decimal]) -> Decimal:
    """What a part adds to the total, from the criteria's means."""
    weighted = (one.weight * means[one.key] for one in review.rubric.of(part))
    return rounded(sum(weighted, Decimal(0)) / 100)
