"""The list of audit entries."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select

from matchmaker import clock, listing
from matchmaker.audit import labels
from matchmaker.audit.models import Entry
from matchmaker.lifecycles import ALL, Role

Column, Filter = listing.Column, listing.Filter


def _midnight(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time.min, tzinfo=clock.BEIJING)
    except ValueError:
        return None


def _from(query: Select[Any], value: str) -> Select[Any]:
    start = _midnight(value)
    return query.where(Entry.at >= start) if start else query


def _until(query: Select[Any], value: str) -> Select[Any]:
    start = _midnight(value)
    return query.where(Entry.at < start + timedelta(days=1)) if start else query


def _roles(entry: Any) -> str:
    names = {role.value: role.label for role in Role}
    held = [names.get(name, name) for name in entry.actor_roles.split() if name != "visitor"]
    return "、".join(held) or "—"


def _change(entry: Any) -> str:
    before, after = (labels.state(entry.noun, s) for s in (entry.from_state, entry.to_state))
    return f"{before or '（无）'} → {after}" if after else ""


def _actions() -> list[tuple[str, str]]:
    found = dict(labels.ACTIONS)
    found.update({move.action: move.label for life in ALL for move in life.moves})
    return sorted(found.items(), key=lambda pair: pair[1])


SPEC = listing.Spec(
    resource="audit_log",
    columns=(
        Column("seq", "序号", lambda e: e.seq, sort=Entry.seq),
        Column("at", "时间", lambda e: f"{clock.local(e.at):%Y-%m-%d %H:%M:%S}", sort=Entry.at),
        Column("actor", "操作人", lambda e: e.actor_name, sort=Entry.actor_name),
        Column("roles", "角色", _roles),
        Column("action", "操作", lambda e: labels.action(e.noun, e.action), sort=Entry.action),
        Column("noun", "对象类别", lambda e: labels.noun(e.noun), sort=Entry.noun),
        Column("object", "对象编号", lambda e: e.object_id),
        Column("change", "状态变化", _change),
        Column("reason", "理由", lambda e: e.reason),
        Column("ip", "来源地址", lambda e: e.ip),
        Column(
            "details",
            "详情",
            lambda e: json.dumps(e.details, ensure_ascii=False) if e.details else "",
            default=False,
        ),
        Column("request", "请求号", lambda e: e.request_id, default=False),
    ),
    filters=(
        Filter("action", "操作", lambda q, v: q.where(Entry.action == v), choices=_actions),
        Filter(
            "noun",
            "对象类别",
            lambda q, v: q.where(Entry.noun == v),
            choices=lambda: sorted(labels.NOUNS.items()),
        ),
        Filter(
            "actor",
            "操作人",
            lambda q, v: q.where(Entry.actor_name.contains(v, autoescape=True)),
            kind="text",
        ),
        Filter("object", "对象编号", lambda q, v: q.where(Entry.object_id == v), kind="text"),
        Filter("from", "起", _from, kind="date"),
        Filter("until", "止", _until, kind="date"),
    ),
    default_sort="-seq",
    search=(Entry.reason,),
    tie=Entry.seq,
)
