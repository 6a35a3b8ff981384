"""汇总与结论: from locked sheets to means, places and the section chief's conclusion."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.codes import Selector
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.lifecycles import SheetState
from matchmaker.reviewing import sheets
from matchmaker.reviewing.models import Panelist, Review, ReviewKind, Subject
from matchmaker.reviewing.operations import REVIEWABLE_NEEDS
from matchmaker.scoring import averaging, ranking, tables
from matchmaker.scoring.sheets import rounded, total

SHORTEST_CONCLUSION = 10
Given = dict[tuple[str, str], dict[str, Decimal]]


def judges(review: Review) -> list[Panelist]:
    """Return who scored, in the order of the seats."""
    return list(review.sitting)


def given(review: Review) -> Given:
    """Return (judge's mark, subject's number) → scores of all parts, of locked sheets only.

    A pair that lacks a part is left out: half a sheet is no valid one.
    """
    wanted = {one.key for one in review.rubric.criteria}
    found: Given = {}
    for sheet in sheets.of_review(review):
        if sheet.state is SheetState.LOCKED:
            key = (sheet.panelist.mark, str(sheet.subject.number))
            found.setdefault(key, {}).update(sheet.given)
    return {key: scores for key, scores in found.items() if set(scores) == wanted}


def aggregate(review: Review, *, by: Any, now: datetime) -> None:
    """Compute means and places from the locked sheets and write them down.

    Raises `WrongState` where a sheet was changed after it was signed, or too few are valid.
    """
    spoilt = [one for one in sheets.of_review(review) if not sheets.is_intact(one)]
    if spoilt:
        raise WrongState("有打分表与提交时的签名散列不符，不能汇总；请报督查核实。")
    result = compute(review)
    review.result, review.aggregated_at = result, now
    text = json.dumps(result, ensure_ascii=False, sort_keys=True)
    review.result_digest = hashlib.sha256(text.encode()).hexdigest()
    by_number = {subject.number: subject for subject in review.subjects}
    for row in result["ranking"]:
        subject = by_number[row["subject"]]
        subject.place, subject.outcome, subject.tie = row["place"], row["outcome"], row["tie"]
        subject.mean, subject.tie_mean = Decimal(row["mean"]), Decimal(row["tie_mean"])
    trail.advance(review, "aggregate", by=by, now=now, digest=review.result_digest)
    outbox.add("review.aggregated", {"id": review.id}, now=now)


def compute(review: Review) -> dict[str, Any]:
    """Return the ranking as plain values: it can be computed again from the sheets at any time."""
    scores, marks = given(review), [one.mark for one in judges(review)]
    vetoed = _vetoed(review)
    standings, means = [], {}
    for subject in review.subjects:
        own = [scores.get((mark, str(subject.number))) for mark in marks]
        totals = [total(review.rubric, one) if one is not None else None for one in own]
        try:
            means[subject.number] = averaging.trimmed_mean(totals)
        except averaging.TooFew as error:
            raise WrongState(f"{subject.alias}：{error}，不能汇总。") from error
        tie = [one[review.rubric.tie_breaker.key] if one else None for one in own]
        standings.append(
            ranking.Standing(
                str(subject.number),
                means[subject.number].value,
                averaging.trimmed_mean(tie).value,
                subject.bid.quote_fen if subject.bid else None,
                vetoed=subject.number in vetoed,
            )
        )
    seed = review.seed
    placed = ranking.rank(standings, seed=seed, pass_line=_line(review))
    by_name = {one.name: one for one in standings}
    rows = [
        {
            "subject": int(one.name),
            "place": one.place,
            "mean": str(by_name[one.name].mean),
            "tie_mean": str(by_name[one.name].tie_mean),
            "outcome": one.outcome.value,
            "tie": one.tie.value,
            "lot": ranking.lot(seed, one.name) if one.tie is ranking.TieBreak.LOT else "",
            "counted": means[int(one.name)].counted,
            "dropped": [str(x) for x in _dropped(means[int(one.name)])],
        }
        for one in placed
    ]
    return {"ranking": rows, "judges": len(marks), "pass_line": review.pass_line, "seed": seed}


def _dropped(mean: averaging.Mean) -> list[Decimal]:
    return [one for one in (mean.lowest, mean.highest) if one is not None]


def _line(review: Review) -> Decimal:
    """The pass line; none where the owner alone chooses among what is not excluded."""
    bounty = review.bounty
    if bounty is not None and bounty.selector is Selector.ENTERPRISE_ONLY:
        return Decimal(0)
    return Decimal(review.pass_line)


def _vetoed(review: Review) -> dict[int, list[str]]:
    """Return subject's number → the veto items any judge marked: one is enough."""
    found: dict[int, list[str]] = {}
    for sheet in sheets.of_review(review):
        for item in sheet.vetoes:
            known = found.setdefault(sheet.subject.number, [])
            if item not in known:
                known.append(item)
    return found


vetoes = _vetoed


def criterion_means(review: Review, subject: Subject) -> dict[str, Decimal]:
    """Return criterion's key → mean over the judges, trimmed as the total is."""
    scores = given(review)
    own = [scores.get((one.mark, str(subject.number))) for one in judges(review)]
    return {
        one.key: rounded(averaging.trimmed_mean([x[one.key] if x else None for x in own]).value)
        for one in review.rubric.criteria
    }


def chair_tables(review: Review) -> tuple[list[tables.JudgeRow], list[tables.CriterionRow]]:
    """Return judge × subject and criterion × subject; judges are numbered, not named."""
    marks = [one.mark for one in judges(review)]
    numbered = {mark: f"专家 {number}" for number, mark in enumerate(marks, 1)}
    scores = {(numbered[mark], subject): one for (mark, subject), one in given(review).items()}
    names = list(numbered.values())
    subjects = [str(one.number) for one in review.subjects]
    return (
        tables.judges(review.rubric, names, subjects, scores),
        tables.criteria(review.rubric, names, subjects, scores),
    )


def conclude(review: Review, *, conclusion: str, by: Any, now: datetime) -> None:
    """Conclude the review: bids are recommended or not, needs on the line are shortlisted.

    Raises `NotAllowed` for whoever organised it, `Invalid` for a conclusion of a few words.
    """
    if by.id in (review.officer_id, review.drawn_by_id):
        raise NotAllowed("评审组织者不能作出评审结论，请由另一位负责人办理。")
    if len(conclusion.strip()) < SHORTEST_CONCLUSION:
        raise Invalid({"conclusion": f"请写明结论意见，至少 {SHORTEST_CONCLUSION} 个字"})
    review.conclusion = conclusion.strip()
    review.concluded_at, review.concluded_by_id = now, by.id
    trail.advance(review, "conclude", by=by, now=now, digest=review.result_digest)
    for subject in review.subjects:
        _follow(subject, by=by, now=now)
    outbox.add("review.concluded", {"id": review.id}, now=now)


def _follow(subject: Subject, *, by: Any, now: datetime) -> None:
    passed = subject.outcome == ranking.Outcome.RECOMMENDED
    told: dict[str, Any] = {"place": subject.place, "mean": str(subject.mean)}
    if subject.bid is not None:
        action = "recommend" if passed else "not_recommend"
        trail.advance(subject.bid, action, by=by, now=now, **told)
    elif subject.need is not None and passed and subject.need.state in REVIEWABLE_NEEDS:
        trail.advance(subject.need, "shortlist", by=by, now=now, **told)


def recommended(review: Review) -> list[Subject]:
    """Return the recommended subjects, the first place first."""
    found = [one for one in review.subjects if one.outcome == ranking.Outcome.RECOMMENDED]
    return sorted(found, key=lambda one: one.place or 0)


def ranked(review: Review) -> list[Subject]:
    """Return all subjects by place."""
    return sorted(review.subjects, key=lambda one: one.place or 0)


def is_of_needs(review: Review) -> bool:
    """Tell whether the review selects needs."""
    return review.kind is ReviewKind.NEEDS
