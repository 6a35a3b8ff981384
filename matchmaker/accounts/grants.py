"""Which roles one person may hold together, and taking and giving them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select

from matchmaker import sessions
from matchmaker.accounts.models import OrganisationKind, RoleGrant, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import ADMINISTRATORS, BUREAU, ENTERPRISE, INSTITUTION, Role, UserState

# What an organisation's administrator may give to members, the first being the plain one.
OFFERED: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.ENTERPRISE: (Role.ENTERPRISE_USER, Role.ENTERPRISE_ADMIN),
    OrganisationKind.INSTITUTION: (Role.RESEARCHER, Role.INSTITUTION_ADMIN),
    OrganisationKind.SERVICE: (Role.BROKER,),
}
# What the system administrator may ask for; the security administrator approves.
REQUESTED: tuple[Role, ...] = (
    Role.OFFICER,
    Role.SECTION_CHIEF,
    Role.LEADER,
    Role.TOWN_OFFICER,
    Role.EXPERT,
    Role.BROKER,
    Role.AUDITOR,
    Role.SYSADMIN,
    Role.SECADMIN,
)
_OUTSIDE = ENTERPRISE | INSTITUTION


def conflict(roles: Collection[Role]) -> str:
    """Say why these roles may not be one person's, "" if they may (三员互斥)."""
    held = set(roles) - {Role.VISITOR}
    if held & ADMINISTRATORS and len(held) > 1:
        return "系统管理员、安全保密管理员、督查审计三者互斥，也不能兼任业务角色"
    if held & _OUTSIDE and held & BUREAU:
        return "科技局人员不能兼任企业或院所的角色"
    if held & ENTERPRISE and held & INSTITUTION:
        return "一个人只能在一个单位任职"
    return ""


def all_of(user: User) -> frozenset[Role]:
    """Return every role of the account, those still waiting for approval among them."""
    return frozenset(grant.role for grant in user.grants)


def refuse_self(user: User, by: User) -> None:
    """Nobody grants to himself: raise `NotAllowed`."""
    if user.id == by.id:
        raise NotAllowed("不能给自己授权，也不能停用自己的账号，请由其他管理员办理。")


def refuse_conflict(roles: Collection[Role]) -> None:
    """Raise `Invalid` where the roles may not be one person's."""
    problem = conflict(roles)
    if problem:
        raise Invalid({"role": problem})


def grant_of(grant_id: int) -> RoleGrant:
    """Return a role somebody asked for, locked; raise `NotFound` if it waits no more."""
    grant = db.session.get(RoleGrant, grant_id, with_for_update=True)
    if grant is None or grant.approved_at is not None:
        raise NotFound("这项角色申请已经办理，或不存在。")
    return grant


def waiting() -> list[RoleGrant]:
    """Return the roles that wait for approval, the oldest request first."""
    query = select(RoleGrant).where(RoleGrant.approved_at.is_(None))
    return list(db.session.scalars(query.order_by(RoleGrant.requested_at, RoleGrant.id)))


def request(user: User, role: Role, *, by: User, now: datetime) -> RoleGrant:
    """Ask for a role for somebody else; it counts once approved. Raises `Invalid`, `NotAllowed`."""
    refuse_self(user, by)
    if role not in REQUESTED:
        raise Invalid({"role": "企业、院所的角色由本单位管理员授予"})
    if role in all_of(user):
        raise Invalid({"role": f"该账号已有或已申请“{role.label}”"})
    if role is Role.TOWN_OFFICER and user.town_id is None:
        raise Invalid({"role": "镇街科技助理须先填写所在镇街"})
    if role in BUREAU | ADMINISTRATORS and user.organisation_id is not None:
        raise Invalid({"role": "该账号属于某一单位，不能担任科技局的角色"})
    refuse_conflict(all_of(user) | {role})
    grant = RoleGrant(user=user, role=role, requested_by_id=by.id, requested_at=now)
    db.session.add(grant)
    db.session.flush()
    trail.record("request_role", "user", user.public_id, by=by, now=now, role=role.value)
    return grant


def approve(grant: RoleGrant, *, by: User, now: datetime) -> None:
    """Put a requested role in force; its holder's sessions end. Never by whom it concerns."""
    refuse_self(grant.user, by)
    if grant.requested_by_id == by.id:
        raise NotAllowed("申请人与批准人不能是同一人。")
    refuse_conflict(all_of(grant.user))
    grant.approved_by_id, grant.approved_at = by.id, now
    sessions.end_all(grant.user_id)
    trail.record(
        "approve_role", "user", grant.user.public_id, by=by, now=now, role=grant.role.value
    )


def refuse(grant: RoleGrant, *, by: User, now: datetime, reason: str) -> None:
    """Turn a requested role down, with the reason."""
    if not reason.strip():
        raise Invalid({"reason": "不予批准必须写明原因"})
    user, role = grant.user, grant.role
    take_away(user, {role})
    trail.record(
        "refuse_role", "user", user.public_id, by=by, now=now, reason=reason, role=role.value
    )


def holders(role: Role, *, organisation_id: int | None = None) -> int:
    """Count the active accounts that hold a role, of one organisation where it is named."""
    query = (
        select(func.count(User.id))
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role == role,
            RoleGrant.approved_at.is_not(None),
            User.state == UserState.ACTIVE,
        )
    )
    if organisation_id is not None:
        query = query.where(User.organisation_id == organisation_id)
    return db.session.scalar(query) or 0


def refuse_last(user: User, roles: Collection[Role]) -> None:
    """Keep the last administrator of each kind: raise `Invalid` where nobody would be left."""
    if user.state is not UserState.ACTIVE:
        return
    for role in set(roles) & (ADMINISTRATORS | {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}):
        if role in user.roles and holders(role, organisation_id=user.organisation_id) <= 1:
            raise Invalid({"role": f"这是最后一名{role.label}，请先由另一人担任"})


def take_away(user: User, roles: Collection[Role]) -> None:
    """Delete these grants of an account, whatever their standing."""
    gone = delete(RoleGrant).where(RoleGrant.user_id == user.id, RoleGrant.role.in_(roles))
    db.session.execute(gone)
    db.session.expire(user, ["grants"])


def revoke(user: User, role: Role, *, by: User, now: datetime) -> None:
    """Take a role away at once; its holder's sessions end. Raises `Invalid`, `NotAllowed`."""
    refuse_self(user, by)
    refuse_last(user, {role})
    if role not in all_of(user):
        raise NotFound
    take_away(user, {role})
    sessions.end_all(user.id)
    trail.record("revoke_role", "user", user.public_id, by=by, now=now, role=role.value)
