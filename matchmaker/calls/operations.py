"""征集批次: draft, publish, extend once, close at the end of the last day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from matchmaker import clock, codes, disclosure, locks, outbox, policy, secrecy, web, workdays
from matchmaker.audit import trail
from matchmaker.calls.models import Call, Invitation
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import CallState
from matchmaker.places.models import ChainNode

FORM_VERSION = "2026-1"  # the need's form as of this release; kept with each call
READ = ("read_public_fields", "read_bureau")
LONGEST_TITLE, LONGEST_CONTENT, LONGEST_REASON = 100, 5000, 500
LONGEST_EXTENSION = 60  # days
PLAIN = ("title", "content", "start_on", "end_on", "tech_field_code", "target", "is_open_to_all")


def visible(viewer: Any) -> Select[Any]:
    """Return the calls the viewer may know of, with what a list shows of each."""
    query = policy.scope(viewer, "call", *READ)
    return query.options(joinedload(Call.handler), joinedload(Call.chain_node))


def read(public_id: str, *, viewer: Any) -> Shown:
    """Return one call as this viewer may see it; raise `NotFound`."""
    return disclosure.one(visible(viewer).where(Call.public_id == public_id), viewer, "call")


def get(public_id: str, *actions: str, viewer: Any) -> Call:
    """Return the call on which the viewer may do any of `actions`; raise `NotFound`."""
    query = policy.scope(viewer, "call", *actions).where(Call.public_id == public_id)
    found: Call = web.found(db.session.scalar(query))
    return found


def create(values: Mapping[str, Any], *, by: Any, now: datetime) -> Call:
    """Begin a call; raise `Invalid` naming what is wrong."""
    policy.require(by, "call", "create")
    call = Call(form_version=FORM_VERSION, handler_id=by.id, created_by_id=by.id, created_at=now)
    _write(call, values)
    db.session.add(call)
    trail.enter(call, by=by, now=now)
    return call


def update(call: Call, values: Mapping[str, Any], *, by: Any, now: datetime) -> None:
    """Change a draft; what is published stands, but for its one extension."""
    if call.state is not CallState.DRAFT:
        raise WrongState("征集已发布，内容不能修改；如需延长期限请办理延期。")
    with db.session.no_autoflush:
        _write(call, values)
    trail.record("update", "call", call.public_id, by=by, now=now)


def _write(call: Call, values: Mapping[str, Any]) -> None:
    found = {name: values.get(name) for name in PLAIN}
    node_id = values.get("chain_node_id")
    problems = _problems(found, node_id)
    if problems:
        raise Invalid(problems)
    for name, value in found.items():
        setattr(call, name, value)
    call.title, call.content = call.title.strip(), (call.content or "").strip()
    call.tech_field_code = call.tech_field_code or ""
    call.chain_node_id = node_id
    call.starts_at = _start_of(call.start_on)
    call.ends_at = workdays.end_of(call.end_on)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=clock.BEIJING)


def _problems(values: Mapping[str, Any], node_id: int | None) -> dict[str, str]:
    found = {**_in_texts(values), **_in_period(values["start_on"], values["end_on"])}
    if values["target"] is not None and values["target"] < 1:
        found["target"] = "征集目标为不小于 1 的整数，没有目标可不填"
    code = values["tech_field_code"]
    if code and not codes.is_code("tech_field", code):
        found["tech_field_code"] = "技术领域不在列表里，请重新选择"
    if node_id is not None and db.session.get(ChainNode, node_id) is None:
        found["chain_node_id"] = "产业链不在列表里，请重新选择"
    return found


def _in_texts(values: Mapping[str, Any]) -> dict[str, str]:
    title, content = (values["title"] or "").strip(), values["content"] or ""
    found = {}
    if not title or len(title) > LONGEST_TITLE:
        found["title"] = f"请填写征集名称，最多 {LONGEST_TITLE} 字"
    if len(content) > LONGEST_CONTENT:
        found["content"] = f"征集说明最多 {LONGEST_CONTENT} 字，现为 {len(content)} 字"
    for name, label in (("title", "征集名称"), ("content", "征集说明")):
        hits = secrecy.guard({label: values[name] or ""})
        if hits:
            found[name] = secrecy.refusal(hits)
    return found


def _in_period(start: date | None, end: date | None) -> dict[str, str]:
    found = {}
    if start is None:
        found["start_on"] = "请填写开始日期，如 2026-12-01"
    if end is None:
        found["end_on"] = "请填写截止日期，如 2026-12-31；当日 24:00 截止"
    elif start is not None and end < start:
        found["end_on"] = "截止日期不能早于开始日期"
    return found


def check_version(call: Call, version: int | None) -> None:
    """Raise `Stale` when the form was opened on another version; None asks nothing."""
    if version is not None and version != call.version:
        raise Stale


def publish(call: Call, *, by: Any, now: datetime, version: int | None = None) -> None:
    """Publish a draft (section chief, who did not draft it): number it and tell the invited."""
    check_version(call, version)
    call.lifecycle.find("publish", call.state)
    if by.id == call.created_by_id:
        raise NotAllowed("起草人不能自己发布，请由另一位科室负责人签发。")
    if call.end_on < clock.today(now):
        raise Invalid({"end_on": "截止日期已过，请退回经办修改日期后再发布"})
    if not call.is_open_to_all and not invited(call):
        raise Invalid({"invited": "尚未邀请企业，也未向全区企业开放，请先确定邀请名单"})
    call.published_at, call.published_by_id = now, by.id
    trail.advance(call, "publish", by=by, now=now)
    call.call_no = locks.next_number(Call.call_no, f"ZJ{clock.today(now).year}", 3)
    db.session.flush()
    outbox.add("call.published", {"id": call.id}, now=now)


def invited(call: Call) -> int:
    """Return how many enterprises the call asks by name."""
    query = select(func.count()).select_from(Invitation).where(Invitation.call_id == call.id)
    return db.session.scalar(query) or 0


def discard(call: Call, *, by: Any, now: datetime) -> None:
    """Give a draft up; its trail stays."""
    trail.advance(call, "discard", by=by, now=now)


def extend(
    call: Call,
    end_on: date | None,
    reason: str,
    *,
    by: Any,
    now: datetime,
    version: int | None = None,
) -> None:
    """Move the last day once, by at most sixty days, with a reason everybody can read."""
    check_version(call, version)
    if call.state not in {CallState.PUBLISHED, CallState.CLOSED}:
        raise WrongState(f"本批次为“{call.state.label}”，不能延期。")
    if call.former_end_on is not None:
        raise WrongState("本批次已延期过一次，不能再次延期，可另发一批征集。")
    problems = _extension_problems(call, end_on, reason, now=now)
    if problems or end_on is None:
        raise Invalid(problems)
    call.former_end_on, call.end_on = call.end_on, end_on
    call.ends_at, call.extension_reason = workdays.end_of(end_on), reason.strip()
    details = {"from": call.former_end_on.isoformat(), "to": end_on.isoformat()}
    if call.state is CallState.CLOSED:
        trail.advance(call, "extend", by=by, now=now, reason=call.extension_reason, **details)
    else:
        db.session.flush()
        reason = call.extension_reason
        trail.record("extend", "call", call.public_id, by=by, now=now, reason=reason, **details)
    outbox.add("call.extended", {"id": call.id}, now=now)


def _extension_problems(
    call: Call, end_on: date | None, reason: str, *, now: datetime
) -> dict[str, str]:
    found = {}
    if not reason.strip() or len(reason) > LONGEST_REASON:
        found["reason"] = f"请写明延期理由，{LONGEST_REASON} 字以内；理由会公开"
    if end_on is None:
        found["end_on"] = "请填写新的截止日期"
    elif end_on <= call.end_on or end_on < clock.today(now):
        found["end_on"] = f"新的截止日期须晚于原截止日期（{call.end_on}）且不早于今天"
    elif end_on > call.end_on + timedelta(days=LONGEST_EXTENSION):
        found["end_on"] = f"最多延长 {LONGEST_EXTENSION} 天"
    return found


def close_due(*, now: datetime) -> int:
    """Close what is past its last moment by the database's clock; return how many."""
    due = select(Call).where(Call.state == CallState.PUBLISHED, Call.has_ended)
    found = list(db.session.scalars(due.order_by(Call.id)))
    for call in found:
        trail.advance(call, "close", by=trail.SYSTEM, now=now)
        outbox.add("call.closed", {"id": call.id}, now=now)
    return len(found)
