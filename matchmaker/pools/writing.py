"""Writes every pool shares: draft, submit, return, publish, withdraw; nobody commits here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from matchmaker import outbox, policy, secrecy
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import PoolState, Role
from matchmaker.pools import reading
from matchmaker.pools.specs import Pool
from matchmaker.revisions import operations as revisions

UNVERIFIED = "贵单位尚未通过认证，草稿已可保存，认证通过后即可提交。"


def start(pool: Pool, values: Mapping[str, Any], *, by: Any, now: datetime, owner: str = "") -> Any:
    """Make a draft of the author's own organisation, or of `owner` where an officer acts for it.

    owner : name or credit code of the organisation.
    """
    if not any(policy.may(by, pool.resource, action) for action in pool.creates):
        raise NotAllowed(None if by.is_verified else UNVERIFIED)
    on_behalf = Role.OFFICER in by.roles
    organisation_id = _owner_id(pool, owner) if on_behalf else by.organisation_id
    if pool.needs_owner and organisation_id is None:
        raise NotAllowed("您的账号没有所属单位，不能填报。")
    if not str(values.get(pool.headline) or "").strip():
        raise Invalid({pool.headline: f"请先填写{pool.labels()[pool.headline]}"})
    row = pool.model(created_at=now, updated_at=now, created_by_id=by.id)
    setattr(row, f"{pool.owner}_id", organisation_id)
    if on_behalf:
        row.handler_id = by.id
    noted = {**_noted(by), **pool.born(row, by, now)}
    _fill(pool, row, values)
    db.session.add(row)
    trail.enter(row, by=by, now=now, **noted)
    if not pool.drafts:
        _complete(pool, row, by=by, now=now)
    return row


def _complete(pool: Pool, row: Any, *, by: Any, now: datetime) -> None:
    """Bind the full rules and keep the version."""
    content = pool.content(row)
    _guard(pool, content)
    problems = pool.check(row)
    if problems:
        raise Invalid(problems)
    revisions.keep(pool.noun, row.id, content, by=by, now=now)


def _noted(by: Any) -> dict[str, Any]:
    return {"on_behalf": True} if Role.OFFICER in by.roles else {}


def _owner_id(pool: Pool, name: str) -> int | None:
    found = reading.owner_named(pool, name) if name.strip() else None
    if found is None and (name.strip() or pool.needs_owner):
        raise Invalid(
            {"owner": "没有找到这家单位，请从下拉提示中选择全称或填写统一社会信用代码；"
                      "尚未登记的单位请先在“单位”中登记"}
        )  # fmt: skip
    return found.id if found else None


def _fill(pool: Pool, row: Any, values: Mapping[str, Any]) -> list[str]:
    """Set the values and return the names that changed; refuse marks of state secrecy."""
    _guard(pool, values)
    problems = pool.refuse(row, values)
    if problems:
        raise Invalid(problems)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _guard(pool: Pool, values: Mapping[str, Any]) -> None:
    labels = pool.labels()
    problems = {}
    for name, value in values.items():
        hits = secrecy.guard({labels.get(name, name): "\n".join(_texts(value))})
        if hits:
            problems[name] = secrecy.refusal(hits)
    if problems:
        raise Invalid(problems)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def save(
    pool: Pool,
    public_id: str,
    values: Mapping[str, Any],
    *,
    version: str,
    by: Any,
    now: datetime,
) -> Any:
    """Change one's draft. `version` is the one the form was opened on: `Stale` where it moved."""
    row = reading.to_act_on(pool, public_id, *pool.writes, viewer=by)
    if version and version != str(row.version):
        raise Stale
    changed = _fill(pool, row, values)
    if changed:
        row.updated_at = now
        db.session.flush()
    if changed and not pool.drafts:
        trail.record("update", pool.noun, row.public_id, by=by, now=now, fields=changed)
        _complete(pool, row, by=by, now=now)
        outbox.add(f"{pool.noun}.saved", {"id": row.id}, now=now)
    return row


def submit(pool: Pool, row: Any, *, by: Any, now: datetime) -> None:
    """Hand one's draft to the bureau: the full rules bind, the version is kept.

    What was taken offline comes back the same way.
    """
    action = "republish" if row.state == PoolState.OFFLINE else "submit"
    if not by.is_verified:
        raise NotAllowed(UNVERIFIED)
    if not reading.permitted(pool, row, action, by):
        raise NotAllowed
    _complete(pool, row, by=by, now=now)
    trail.advance(row, action, by=by, now=now, **_noted(by))
    row.return_reason = ""
    if hasattr(row, "submitted_at"):
        row.submitted_at = now


def delete_draft(pool: Pool, public_id: str, *, by: Any, now: datetime) -> None:
    """Delete one's own draft; what was submitted once is kept for ever (`WrongState`)."""
    row = reading.to_act_on(pool, public_id, "delete_draft", viewer=by)
    if not reading.never_submitted(pool, row):
        raise WrongState(f"已经提交过的{pool.label}不能删除，可以下架或撤回。")
    title = getattr(row, pool.headline)
    trail.record("delete_draft", pool.noun, row.public_id, by=by, now=now, title=title)
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise WrongState(f"已有其他记录引用这条{pool.label}，请先解除引用再删除。") from error


def move(
    pool: Pool,
    public_id: str,
    action: str,
    *,
    by: Any,
    now: datetime,
    reason: str = "",
    remarks: Mapping[str, str] | None = None,
    version: str = "",
) -> Any:
    """Make any move but submission: decide, withdraw, put back, record a transfer."""
    row = reading.to_act_on(pool, public_id, *pool.moves.get(action, ()), viewer=by)
    if version and version != str(row.version):
        raise Stale
    trail.advance(row, action, by=by, now=now, reason=reason)
    if action == "return":
        revisions.pin(pool.noun, row.id, remarks or {}, by=by, now=now)
        row.return_reason = reason
    if action == "publish" and hasattr(row, "published_at"):
        row.published_at = now
    row.updated_at = now
    outbox.add(f"{pool.noun}.saved", {"id": row.id}, now=now)
    return row
