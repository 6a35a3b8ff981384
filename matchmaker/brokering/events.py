"""What the matcher does on events: a saved row, changed words, the night."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from matchmaker import clock, jobs, outbox
from matchmaker.accounts.models import Organisation
from matchmaker.brokering import corpus, recomputing, spreading
from matchmaker.brokering.candidates import KINDS
from matchmaker.brokering.models import CandidateKind, Pairing, Recomputation
from matchmaker.brokering.recomputing import Plan
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, PairingState
from matchmaker.needs.models import Need
from matchmaker.outbox.models import Event, EventState

ALONE = "（计算集群不可用，已改在本机计算）"
CHUNK = 20  # needs computed anew per event, so that no transaction is long


def _plan_need(payload: dict[str, Any]) -> Plan:
    now = clock.now()
    plan = recomputing.begin(now=now)
    if not plan.idle:
        recomputing.plan_need(plan, int(payload["id"]), now=now)
    return plan


def _plan_candidate(kind: CandidateKind, payload: dict[str, Any]) -> Plan:
    now = clock.now()
    plan = recomputing.begin(now=now)
    if not plan.idle:
        recomputing.plan_candidate(plan, kind, int(payload["id"]), now=now)
    return plan


def _consume(kind: str, make: Callable[[dict[str, Any]], Plan]) -> None:
    """Register a plan's making and its writing for one kind of event."""

    def handle(payload: dict[str, Any], plan: Plan) -> None:
        recomputing.apply(partial(make, payload), plan, now=clock.now())

    outbox.handler(kind, prepare=make)(handle)


_consume("need.saved", _plan_need)
_consume("matching.need", _plan_need)
_consume("vector.need", _plan_need)
for _event, _model in corpus.TAKEN_IN.items():
    if _model in KINDS:
        _consume(_event, partial(_plan_candidate, KINDS[_model]))


@outbox.handler("organisation.saved")
def organisation_saved(payload: dict[str, Any]) -> None:
    """Match anew what belongs to an organisation: its standing or its name changed."""
    now, owner = clock.now(), int(payload["id"])
    if db.session.get(Organisation, owner) is None:
        return
    for kind, model in corpus.SAVED.items():
        column = corpus.owner_column(model)
        for row_id in db.session.scalars(select(model.id).where(column == owner)):
            outbox.add(kind, {"id": row_id}, now=now)


def ask_refit(cause: str, payload: dict[str, Any]) -> None:
    """Ask for a refit unless one waits that nobody has begun: it will read the same words."""
    waiting = select(Event.id).where(
        Event.kind == "matching.refit",
        Event.progress == EventState.WAITING,
        Event.attempts == 0,
    )
    if db.session.scalars(waiting.limit(1)).first() is None:
        told = {"cause": payload.get("cause") or cause}
        outbox.add("matching.refit", told, now=clock.now())


outbox.handler("terms.changed")(partial(ask_refit, "词典或同义词调整"))
outbox.handler("weights.changed")(partial(ask_refit, "匹配权重调整"))


@outbox.handler("settings.changed")
def settings_changed(payload: dict[str, Any]) -> None:
    """Compute everything anew where the threshold moved."""
    if "push_threshold" in payload["names"]:
        ask_refit("推荐门槛调整", payload)


@jobs.nightly_at_length
def refit_nightly(now: datetime) -> None:
    """Fit and compute everything anew once a night."""
    outbox.add("matching.refit", {"cause": "夜间全量重算"}, now=now)


def _fit(_payload: dict[str, Any]) -> corpus.Held:
    return corpus.refitted(now=clock.now())


@outbox.handler("matching.refit", prepare=_fit)
def refit(payload: dict[str, Any], held: corpus.Held) -> None:
    """Put a newly fitted matcher in force and start computing every open need anew."""
    now = clock.now()
    corpus.agree(held, now=now)
    corpus.fit(held, now=now)
    corpus.use(held)
    total = db.session.scalar(select(func.count()).where(Need.state.in_(OPEN_NEEDS))) or 0
    run = Recomputation(cause=str(payload["cause"])[:100], total=total, started_at=now)
    db.session.add(run)
    db.session.flush()
    outbox.add("matching.recompute", {"run": run.id, "after": 0}, now=now)


def _next_needs(payload: dict[str, Any], *, most: int) -> list[tuple[int, str]]:
    """Return the run's next needs with their fields; none where a newer run has begun.

    They come by field of technology, so that the same candidates are met soon again.
    """
    newest = db.session.scalar(select(func.max(Recomputation.id)))
    if newest != payload["run"]:
        return []
    field = payload.get("field", "")
    later = or_(
        Need.tech_field_code > field,
        and_(Need.tech_field_code == field, Need.id > payload["after"]),
    )
    query = select(Need.id, Need.tech_field_code).where(Need.state.in_(OPEN_NEEDS), later)
    rows = db.session.execute(query.order_by(Need.tech_field_code, Need.id).limit(most))
    return [(row.id, row.tech_field_code) for row in rows]


def _plan_chunk(payload: dict[str, Any]) -> tuple[list[tuple[int, str]], Plan]:
    needs, now = _next_needs(payload, most=CHUNK), clock.now()
    plan = recomputing.begin(now=now)
    found = spreading.hits(
        plan.held,
        payload["run"],
        [need_id for need_id, _field in needs],
        upcoming=lambda most: [need_id for need_id, _field in _next_needs(payload, most=most)],
        now=now,
    )
    for need_id, _field in needs:
        recomputing.plan_need(plan, need_id, now=now, hits=found.get(need_id))
    plan.idle = False
    return needs, plan


@outbox.handler("matching.recompute", prepare=_plan_chunk)
def recompute(payload: dict[str, Any], prepared: tuple[list[tuple[int, str]], Plan]) -> None:
    """Write the next needs of a run; the last piece also clears what closed needs left."""
    (needs, plan), now = prepared, clock.now()
    recomputing.apply(lambda: _plan_chunk(payload)[1], plan, now=now)
    run = db.session.get_one(Recomputation, payload["run"])
    run.done += len(needs)
    if spreading.failed(run.id) and not run.cause.endswith(ALONE):
        run.cause = run.cause[: 100 - len(ALONE)] + ALONE
    if needs:
        after, field = needs[-1]
        cursor = {"run": run.id, "after": after, "field": field}
        outbox.add("matching.recompute", cursor, now=now)
        return
    run.finished_at = now
    closed = select(Need.id).where(Need.state.not_in(OPEN_NEEDS))
    db.session.execute(
        delete(Pairing).where(Pairing.state == PairingState.NEW, Pairing.need_id.in_(closed))
    )
    db.session.execute(
        update(Recomputation)
        .where(Recomputation.id < run.id, Recomputation.finished_at.is_(None))
        .values(finished_at=now)
    )


def latest_run() -> Recomputation | None:
    """Return the last run over everything, finished or not; None before the first."""
    return db.session.scalars(select(Recomputation).order_by(Recomputation.id.desc())).first()
