"""What happened while a demonstration's time passed, in Chinese, from the trail."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock, outbox
from matchmaker.audit.labels import ACTIONS
from matchmaker.audit.models import Entry
from matchmaker.extensions import Model, db
from matchmaker.lifecycles import ALL
from matchmaker.messages.models import Message

LIFECYCLES = {one.noun: one for one in ALL}
MOST_LINES = 60
OTHER_ACTS = {"remind": "催报"}
NAMED_BY = ("title", "name", "call_no", "notice_no", "contract_no", "bounty_no", "need_no")


@dataclass(frozen=True)
class Beginning:
    """Where the trail and the messages stood."""

    seq: int
    message_id: int


def begin() -> Beginning:
    """Remember where the trail and the messages stand."""
    seq = db.session.scalar(select(func.max(Entry.seq))) or 0
    return Beginning(seq, db.session.scalar(select(func.max(Message.id))) or 0)


def since(began: Beginning) -> list[str]:
    """Return a line for every move since, and how many messages were sent."""
    query = select(Entry).where(Entry.seq > began.seq).order_by(Entry.seq)
    entries = list(db.session.scalars(query))
    lines = [line for entry in entries if (line := _line(entry))]
    left = len(lines) - MOST_LINES
    told = lines[:MOST_LINES] + ([f"…… 另有 {left} 项，见审计日志"] if left > 0 else [])
    others = Counter(OTHER_ACTS[entry.action] for entry in entries if entry.action in OTHER_ACTS)
    told += [f"{label} {count} 次" for label, count in others.items()]
    sent = select(func.count()).select_from(Message).where(Message.id > began.message_id)
    messages = db.session.scalar(sent) or 0
    told += [f"发出站内消息 {messages} 条"] if messages else []
    return [*(told or ["没有到期的事项"]), *_undone()]


def _line(entry: Entry) -> str:
    """Return one move as a line; "" for what moved nothing."""
    lifecycle = LIFECYCLES.get(entry.noun)
    if lifecycle is None or not entry.to_state:
        return ""
    labels = {state.value: state.label for state in lifecycle.states}
    moves = {move.action: move.label for move in lifecycle.moves}
    action = moves.get(entry.action, ACTIONS.get(entry.action, entry.action))
    when = clock.local(entry.at).strftime("%m-%d %H:%M")
    name = _name(entry.noun, entry.object_id)
    state = labels.get(entry.to_state, entry.to_state)
    return f"{when} {lifecycle.label}{name}：{action}（{state}）"


def _model(noun: str) -> Any:
    for mapper in Model.registry.mappers:
        lifecycle = getattr(mapper.class_, "lifecycle", None)
        if lifecycle is not None and lifecycle.noun == noun:
            return mapper.class_
    return None


def _name(noun: str, public_id: str) -> str:
    """Return what the row is called, between quotation marks; "" where it has no name."""
    model = _model(noun)
    columns = model.__mapper__.columns if model is not None else {}
    known = next((name for name in NAMED_BY if name in columns), None)
    if known is None or "public_id" not in columns:
        return ""
    query = select(getattr(model, known)).where(model.public_id == public_id)
    found = db.session.scalar(query)
    return f"“{str(found)[:40]}”" if found else ""


def _undone() -> list[str]:
    """Tell of events that failed and wait for another try, so that nobody waits in vain."""
    waiting, _ = outbox.waiting()
    return [f"还有 {waiting} 项后台任务未处理完，可稍后运行 flask jobs --once"] if waiting else []
