"""走访 and 问诊: write down what was found, and turn it into a need in one step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker import clock, disclosure, locks, policy, secrecy, web
from matchmaker.accounts.models import Organisation, OrganisationKind
from matchmaker.audit import trail
from matchmaker.calls import inviting
from matchmaker.calls.models import Visit, VisitKind
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid
from matchmaker.extensions import db, new_public_id
from matchmaker.lifecycles import Role
from matchmaker.needs import operations as needs
from matchmaker.needs.models import Need

LONGEST_PEOPLE, LONGEST_FINDINGS, MOST_TAGS, LONGEST_TAG = 100, 3000, 10, 20
FIRST_WORDS = 60  # of the findings: the draft's working title
MOST_KEYWORDS = 8  # a need carries no more


def visible(viewer: Any) -> Select[Any]:
    """Return the visits the viewer may see, with what a list shows of each."""
    owner = joinedload(Visit.enterprise).joinedload(Organisation.town)
    query = policy.scope(viewer, "visit", "read_bureau")
    return query.options(owner, joinedload(Visit.created_by), selectinload(Visit.needs))


def read(public_id: str, *, viewer: Any) -> Shown:
    """Return one visit as this viewer may see it; raise `NotFound`."""
    return disclosure.one(visible(viewer).where(Visit.public_id == public_id), viewer, "visit")


def get(public_id: str, *actions: str, viewer: Any) -> Visit:
    """Return the visit on which the viewer may do any of `actions`; raise `NotFound`."""
    query = policy.scope(viewer, "visit", *actions).where(Visit.public_id == public_id)
    found: Visit = web.found(db.session.scalar(query))
    return found


def _enterprise(text: str, *, by: Any) -> Organisation:
    """Find the enterprise by full name or credit code; a town assistant's is of the own town."""
    named = text.strip()
    query = inviting.enterprises().where(
        (Organisation.name == named) | (Organisation.uscc == named.upper())
    )
    row: Organisation | None = db.session.scalars(query.limit(1)).first()
    if row is None:
        problem = f"平台上没有企业“{named[:60]}”，请核对全称或统一社会信用代码"
        raise Invalid({"enterprise": problem if named else "请填写企业全称或统一社会信用代码"})
    if Role.OFFICER not in by.roles and row.town_id != by.town_id:
        raise Invalid({"enterprise": "该企业不在本镇街，请核对，或请科技局登记"})
    return row


def _checked(values: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    people, findings = (values.get("people") or "").strip(), (values.get("findings") or "").strip()
    tags = list(dict.fromkeys(values.get("tags") or ()))
    held_on, problems = values.get("held_on"), {}
    if held_on is None:
        problems["held_on"] = "请填写日期，如 2026-11-20"
    elif held_on > clock.today(now):
        problems["held_on"] = "日期不能晚于今天"
    if not people or len(people) > LONGEST_PEOPLE:
        problems["people"] = f"请填写参加人员，最多 {LONGEST_PEOPLE} 字"
    if not findings or len(findings) > LONGEST_FINDINGS:
        problems["findings"] = f"请填写发现的问题或意见，最多 {LONGEST_FINDINGS} 字"
    hits = secrecy.guard({"发现的问题": findings})
    if hits:
        problems["findings"] = secrecy.refusal(hits)
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        problems["tags"] = f"标签最多 {MOST_TAGS} 个，每个最多 {LONGEST_TAG} 字"
    if problems:
        raise Invalid(problems)
    return {"held_on": held_on, "people": people, "findings": findings, "tags": tags}


def write_down(
    enterprise: str, kind: VisitKind, values: Mapping[str, Any], *, by: Any, now: datetime
) -> Visit:
    """Write down a visit or a diagnosis; raise `Invalid` naming what is wrong.

    values : held_on, people (officers or experts), findings, tags.
    """
    policy.require(by, "visit", "create")
    owner, given = _enterprise(enterprise, by=by), _checked(values, now=now)
    if owner.kind is not OrganisationKind.ENTERPRISE:
        raise Invalid({"enterprise": "走访和问诊登记的对象须是企业"})
    name = new_public_id()
    trail.record("create", "visit", name, by=by, now=now, kind=kind.value, enterprise=owner.name)
    visit = Visit(
        public_id=name,
        visit_no=locks.next_number(Visit.visit_no, f"ZF{clock.today(now).year}", 5),
        kind=kind,
        enterprise_id=owner.id,
        created_at=now,
        created_by_id=by.id,
        **given,
    )
    db.session.add(visit)
    db.session.flush()
    return visit


def correct(visit: Visit, values: Mapping[str, Any], *, by: Any, now: datetime) -> None:
    """Correct what was written down; what it said before stays on the trail."""
    given = _checked(values, now=now)
    before = {
        name: str(getattr(visit, name)) for name in given if getattr(visit, name) != given[name]
    }
    for name, value in given.items():
        setattr(visit, name, value)
    trail.record("update", "visit", visit.public_id, by=by, now=now, before=before)


def make_need(visit: Visit, *, by: Any, now: datetime) -> Need:
    """Turn a visit into the draft of a need (转为需求), its source and record linked."""
    manner = visit.kind.label
    need = needs.create_draft(
        visit.enterprise,
        {
            "title": visit.findings.splitlines()[0][:FIRST_WORDS],
            "problem": visit.findings,
            "keywords": visit.tags[:MOST_KEYWORDS],
        },
        by=by,
        now=now,
        source=visit.kind.need_source,
        source_note=f"{manner}记录 {visit.visit_no}（{visit.held_on}，{visit.people}）"[:300],
    )
    visit.needs.append(need)
    db.session.flush()
    need_name = need.public_id
    trail.record("make_need", "visit", visit.public_id, by=by, now=now, need=need_name)
    return need


def needs_of(visit: Visit, *, viewer: Any) -> list[Shown]:
    """Return the needs that came of a visit, as far as the viewer may know of them."""
    ids = [need.id for need in visit.needs]
    query = needs.visible(viewer).where(Need.id.in_(ids)).order_by(Need.id)
    return disclosure.shown(query, viewer, "need")
