"""赛马: all teams on one test table; who drops out gets no more, the first takes the main sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode
from matchmaker.contracts import bounty_steps, ending, performing, refusing, signing
from matchmaker.contracts.models import Contract
from matchmaker.contracts.race_models import Outcome, RaceResult, RaceStage
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, ContractState

RUNNING = (ContractState.SIGNED, ContractState.PERFORMING)


@dataclass(frozen=True)
class Measured:
    """What one team showed in a stage: indicator → value, and what came of it."""

    contract_id: int
    values: Mapping[str, str]
    outcome: Outcome
    reached_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One stage's test table: indicators down, teams across."""

    stage: RaceStage
    teams: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]] = field(default_factory=tuple)
    outcomes: Sequence[Outcome] = field(default_factory=tuple)


def stages(bounty: Bounty) -> list[RaceStage]:
    """Return the stages held so far, in order."""
    query = select(RaceStage).where(RaceStage.bounty_id == bounty.id)
    return list(db.session.scalars(query.order_by(RaceStage.seq)))


def table(stage: RaceStage) -> Table:
    """Return the stage's results as one table, the same indicators for every team."""
    results = stage.results
    return Table(
        stage=stage,
        teams=[one.contract.seller.name for one in results],
        rows=[
            (indicator, [str(one.measured.get(indicator, "")) for one in results])
            for indicator in stage.indicators
        ],
        outcomes=[one.outcome for one in results],
    )


def running(bounty: Bounty) -> list[Contract]:
    """Return the teams that are still in the race."""
    return [one for one in bounty_steps.contracts(bounty) if one.state in RUNNING]


def hold(
    bounty: Bounty,
    *,
    name: str,
    tested_on: date | None,
    tested_by: str,
    results: Sequence[Measured],
    by: Any,
    now: datetime,
) -> RaceStage:
    """Write a stage down and let its consequences follow.

    Every running team needs a value for every indicator. Eliminated: open instalments stop, paid
    ones stay. Reached: the earliest takes the main sum, the others' main sums stop.
    """
    if bounty.mode is not BountyMode.HORSE_RACE:
        raise WrongState("只有赛马制榜单才有阶段比测。")
    teams = {one.id: one for one in running(bounty)}
    indicators = [str(one.get("name")) for one in bounty.indicators]
    _check_stage(name, tested_on, tested_by, clock.today(now))
    _check_table(teams, indicators, results)
    stage = _enter(bounty, name, tested_on, tested_by, indicators, by=by, now=now)
    for one in results:
        row = RaceResult(
            stage_id=stage.id, contract_id=one.contract_id, measured=dict(one.values),
            outcome=one.outcome, reached_on=one.reached_on, note=one.note.strip()[:1000],
        )  # fmt: skip
        db.session.add(row)
        _follow(teams[one.contract_id], one, stage, by=by, now=now)
    outcomes = {teams[one.contract_id].contract_no: one.outcome.value for one in results}
    told: dict[str, Any] = {"stage": stage.seq, "outcomes": outcomes}
    trail.record("hold_stage", "bounty", bounty.public_id, by=by, now=now, **told)
    _award_main(bounty, teams, results, by=by, now=now)
    outbox.add("race.stage_held", {"bounty": bounty.id, "stage": stage.id}, now=now)
    bounty_steps.settle(bounty, now=now)
    return stage


def _enter(
    bounty: Bounty,
    name: str,
    tested_on: date | None,
    tested_by: str,
    indicators: Sequence[str],
    *,
    by: Any,
    now: datetime,
) -> RaceStage:
    last = db.session.scalar(
        select(func.max(RaceStage.seq)).where(RaceStage.bounty_id == bounty.id)
    )
    stage = RaceStage(
        bounty_id=bounty.id, seq=(last or 0) + 1, name=name.strip()[:200],
        indicators=list(indicators), tested_on=tested_on, tested_by=tested_by.strip()[:200],
        at=now, by_id=by.id,
    )  # fmt: skip
    db.session.add(stage)
    db.session.flush()
    return stage


def _check_stage(name: str, tested_on: date | None, tested_by: str, today: date) -> None:
    refusing.refuse(
        (not name.strip(), "name", "请填写阶段名称"),
        (
            refusing.not_past(tested_on, today),
            "tested_on",
            "请选择比测日期，不能晚于今天",
        ),
        (not tested_by.strip(), "tested_by", "请填写比测机构或专家组"),
    )


def _check_table(
    teams: Mapping[int, Contract], indicators: Sequence[str], results: Sequence[Measured]
) -> None:
    blanks = [
        key for one in results for key in indicators if not str(one.values.get(key, "")).strip()
    ]
    reached = [one for one in results if one.outcome is Outcome.REACHED]
    days = sorted(one.reached_on for one in reached if one.reached_on)
    out = [one for one in results if one.outcome is Outcome.ELIMINATED]
    same = sorted(one.contract_id for one in results) == sorted(teams)
    refusing.refuse(
        (not same, "results", "须对每一家在赛团队填写同一张比测表"),
        (bool(blanks), "results", f"缺少“{blanks[0] if blanks else ''}”的实测值"),
        (len(days) < len(reached), "results", "判定达标的须填写达标日期"),
        (days[:1] == days[1:2] != [], "results", "有两家同日达标，请按比测先后核定达标日期"),
        (
            len(out) == len(results),
            "results",
            "不能淘汰全部团队；全部不达标的请提请终止",
        ),
    )


def _follow(contract: Contract, one: Measured, stage: RaceStage, *, by: Any, now: datetime) -> None:
    reason = f"第 {stage.seq} 阶段“{stage.name}”比测{one.outcome.label}"
    bid = db.session.get(Bid, contract.bid_id) if contract.bid_id else None
    if one.outcome is not Outcome.ELIMINATED:
        if bid is not None and bid.state is BidState.CONTRACTED:
            trail.advance(bid, "pass_stage", by=by, now=now)
            trail.advance(bid, "next_stage", by=by, now=now)
        return
    ending.stop_milestones(contract, reason, by=by, now=now)
    trail.advance(contract, "eliminate", by=by, now=now, reason=reason)
    if bid is not None and bid.state in (BidState.CONTRACTED, BidState.STAGE_PASSED):
        trail.advance(bid, "eliminate", by=by, now=now, reason=reason)


def _award_main(
    bounty: Bounty,
    teams: Mapping[int, Contract],
    results: Sequence[Measured],
    *,
    by: Any,
    now: datetime,
) -> None:
    if any(one.is_winner for one in bounty_steps.contracts(bounty)):
        return
    reached = [one for one in results if one.outcome is Outcome.REACHED and one.reached_on]
    if not reached:
        return
    first = min(reached, key=lambda one: one.reached_on or date.max)
    for contract_id, contract in teams.items():
        if contract_id == first.contract_id:
            contract.is_winner = True
            continue
        reason = f"主榜金归首个达标者 {teams[first.contract_id].seller.name}"
        ending.stop_milestones(contract, reason, by=by, now=now, main_only=True)
        if contract.state is ContractState.SIGNED:
            signing.start(contract, by=trail.SYSTEM, now=now)
        performing.complete_if_paid(contract, now=now)
