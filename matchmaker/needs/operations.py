"""Reads, drafts and submission of needs; what the bureau decides is in `decisions.py`.

Operations take a row that `get` found within the actor's scope; they re-check what must hold,
move the row through the trail, and never commit.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from matchmaker import clock, disclosure, outbox, policy
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.codes import NeedSource
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ENTERPRISE, NeedState, OrganisationState, Role
from matchmaker.needs import content
from matchmaker.needs.models import Need
from matchmaker.needs.records import NeedSerial
from matchmaker.places import operations as places
from matchmaker.revisions import operations as revisions

# Actions that open a row to a reader; letters of its fields are opened apart.
READ = (
    "read",
    "read_full",
    "read_public_fields",
    "read_limited_fields",
    "read_confidential_fields",
)
EDITABLE = (NeedState.DRAFT, NeedState.RETURNED)
LATEST_FIRST = (Need.updated_at.desc(), Need.id.desc())
MAY_SUBMIT = (OrganisationState.ACTIVE, OrganisationState.SUSPENDING)
Guard = Callable[[Need, Any, datetime], None]
_guards: list[Guard] = []


def guard_submission(check: Guard) -> Guard:
    """Register what a later noun asks of a submission: `check(need, by, now)` raises `Invalid`."""
    _guards.append(check)
    return check


def visible(viewer: Any) -> Select[Any]:
    """Return the needs this viewer may know of, with what a list shows of each."""
    query = policy.scope(viewer, "need", *READ)
    owner = joinedload(Need.enterprise).joinedload(Organisation.town)
    return query.options(owner, joinedload(Need.handler), joinedload(Need.chain_node))


def own(viewer: Any) -> Select[Any]:
    """Return the needs of the viewer: an enterprise's own, an officer's handled ones."""
    if not viewer.is_authenticated:
        return visible(viewer).where(false())
    if viewer.organisation_id:
        return visible(viewer).where(Need.enterprise_id == viewer.organisation_id)
    return visible(viewer).where(Need.handler_id == viewer.id)


def read(public_id: str, *, viewer: Any) -> Shown:
    """Return one need as this viewer may see it; raise `NotFound`."""
    return disclosure.one(visible(viewer).where(Need.public_id == public_id), viewer, "need")


def get(public_id: str, *actions: str, viewer: Any) -> Need:
    """Return the need on which the viewer may do any of `actions`; raise `NotFound`.

    Whoever may not even read the row is told the same as for a row that does not exist.
    """
    query = policy.scope(viewer, "need", *actions).where(Need.public_id == public_id)
    row = db.session.scalar(query.where(policy.expression(viewer, "need", *READ)))
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def exists(public_id: str) -> bool:
    """Tell whether any need has this name in URLs, for a form that proposes one."""
    return db.session.scalar(select(Need.id).where(Need.public_id == public_id)) is not None


def enterprise_named(text: str) -> Organisation:
    """Return the enterprise of this full name or credit code, for whoever writes on its behalf."""
    named = (Organisation.name == text.strip()) | (Organisation.uscc == text.strip().upper())
    live = Organisation.state.not_in((OrganisationState.MERGED, OrganisationState.SUSPENDED))
    kind = Organisation.kind == OrganisationKind.ENTERPRISE
    row = db.session.scalars(select(Organisation).where(named, live, kind).limit(1)).first()
    if row is None:
        problem = f"平台上没有企业“{text.strip()[:60]}”，请核对全称或统一社会信用代码"
        raise Invalid({"enterprise": problem})
    return row


def create_draft(
    enterprise: Organisation,
    values: Mapping[str, Any],
    *,
    by: Any,
    now: datetime,
    public_id: str = "",
    source: NeedSource = NeedSource.SELF,
    source_note: str = "",
    batch_id: int | None = None,
    call_id: int | None = None,
) -> Need:
    """Begin a need for an enterprise (填报); officers and brokers do it on behalf of one.

    values : any of `fields.FIELDS`. Raises `NotAllowed` (not one's enterprise) and `Invalid`.
    """
    policy.require(by, "need", "create")
    on_behalf = by.organisation_id != enterprise.id
    if on_behalf and not by.roles & {Role.OFFICER, Role.BROKER}:
        raise NotAllowed
    need = Need(
        enterprise=enterprise,
        title="",
        created_at=now,
        updated_at=now,
        created_by_id=by.id,
        source=source,
        source_note=source_note[:300],
        batch_id=batch_id,
        call_id=call_id,
        industry_code=enterprise.industry_code,
        chain_node_id=enterprise.chain_node_id,
    )
    if public_id:
        need.public_id = public_id
    with db.session.no_autoflush:
        content.write(need, content.clean(values))
    db.session.add(need)
    trail.enter(need, by=by, now=now, on_behalf=on_behalf)
    return need


def check_version(need: Need, version: int | None) -> None:
    """Raise `Stale` when the form was opened on another version; None asks nothing."""
    if version is not None and version != need.version:
        raise Stale


def save_draft(
    need: Need,
    values: Mapping[str, Any],
    *,
    by: Any,
    now: datetime,
    version: int | None = None,
) -> None:
    """Save part of a draft or of a returned need; nothing is checked for completeness."""
    policy.require(by, "need", "update")
    if need.state not in EDITABLE:
        raise WrongState("本需求已提交，内容不能直接修改；如需更改请联系科技局退回。")
    check_version(need, version)
    with db.session.no_autoflush:
        content.write(need, content.clean(values))
    if db.session.is_modified(need):
        need.updated_at = now
    db.session.flush()


def delete_draft(need: Need, *, by: Any, now: datetime) -> None:
    """Delete a draft that was never submitted; what was submitted once is kept for ever."""
    if need.state is not NeedState.DRAFT or need.need_no:
        raise WrongState("已经提交过的需求不能删除，可以撤回。")
    trail.record("delete_draft", "need", need.public_id, by=by, now=now, title=need.title)
    db.session.delete(need)
    db.session.flush()


def submit(need: Need, *, by: Any, now: datetime, version: int | None = None) -> None:
    """Send a need to the bureau (提交); raise `Invalid` naming every field still wrong.

    Gives the number on the first submission, keeps the version, and skips the screening where
    the bureau has switched it off or the enterprise has no town.
    """
    check_version(need, version)
    need.lifecycle.find("submit", need.state)  # a wrong state is told before wrong fields
    _check_owner(need, by)
    for check in _guards:
        check(need, by, now)
    content.check_complete(need)
    need.need_no = need.need_no or _next_number(need, now)
    need.submitted_at = need.updated_at = now
    need.return_reason = ""
    on_behalf = by.organisation_id != need.enterprise_id
    trail.advance(need, "submit", by=by, now=now, on_behalf=on_behalf)
    revisions.keep("need", need.id, content.snapshot(need), by=by, now=now)
    if need.enterprise.town_id is None or not places.settings()["town_screening"]:
        trail.advance(need, "screen", by=trail.SYSTEM, now=now)


def _check_owner(need: Need, by: Any) -> None:
    """Refuse for an organisation that is not verified; the bureau may act for an unclaimed one."""
    state = need.enterprise.state
    if by.roles & ENTERPRISE and state not in MAY_SUBMIT:
        problem = f"贵单位目前为“{state.label}”，通过认证后才能提交。草稿已保存，不会丢失。"
        raise Invalid({"enterprise": problem})
    if state in {OrganisationState.SUSPENDED, OrganisationState.MERGED}:
        raise Invalid({"enterprise": f"该单位目前为“{state.label}”，不能提交需求"})


def _next_number(need: Need, now: datetime) -> str:
    """Return XQ, year, two digits of the town, four of the serial; safe against a race."""
    town = need.enterprise.town
    digits = town.code[-2:] if town is not None else "00"
    prefix = f"XQ{clock.today(now).year}{digits}"
    taken = (
        update(NeedSerial)
        .where(NeedSerial.prefix == prefix)
        .values(last=NeedSerial.last + 1)
        .returning(NeedSerial.last)
    )
    serial = db.session.scalar(taken)
    if serial is None:
        try:
            with db.session.begin_nested():
                db.session.add(NeedSerial(prefix=prefix, last=1))
            serial = 1
        except IntegrityError:
            serial = db.session.scalar(taken)
    return f"{prefix}{serial:04}"


def changed(need: Need, *, now: datetime) -> None:
    """Tell the matcher that what it knows of this need may no longer hold."""
    outbox.add("need.saved", {"id": need.id}, now=now)
