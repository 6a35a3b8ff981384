"""People: inviting, disabling, members of an organisation, accounts of the bureau."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker import disclosure, policy, sessions
from matchmaker.accounts import grants, links, operations, signing_in
from matchmaker.accounts.models import Organisation, RoleGrant, User
from matchmaker.audit import trail
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState

MANAGE = ("create_account", "disable", "grant_role_approve")
SHORTEST_LOGIN = 3


def listed(viewer: Any) -> Select[tuple[User]]:
    """Return the query of the accounts the viewer manages."""
    query = policy.scope(viewer, "user", *MANAGE)
    return query.options(
        joinedload(User.organisation), joinedload(User.section), joinedload(User.town)
    )


def own_members(viewer: Any) -> Select[tuple[User]]:
    """Return the query of the accounts of the viewer's own organisation."""
    return listed(viewer).where(User.organisation_id == viewer.organisation_id)


def show(public_id: str, *, viewer: Any) -> Shown:
    """Return an account as its manager may see it; raise `NotFound` for anybody else's."""
    return disclosure.one(listed(viewer).where(User.public_id == public_id), viewer, "user")


def get(public_id: str, *, viewer: Any, action: str) -> User:
    """Return the account on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "user", action).where(User.public_id == public_id)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _new(fields: dict[str, Any], *, now: datetime) -> User:
    """Make a sleeping account. Raises `Invalid` for a login that is taken or too short."""
    login = signing_in.plain_login(fields["login"])
    if len(login) < SHORTEST_LOGIN or len(login.split()) != 1 or "#" in login:
        raise Invalid({"login": "登录账号至少 3 个字符，不能含空格和 #，建议用邮箱或工号"})
    if db.session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Invalid(
            {
                "login": "这个登录账号已被使用。"
                "一个人只能在一个单位任职，换单位的请联系系统管理员调整"
            }
        )
    phone, email = operations.checked_contact(fields.get("phone", ""), fields.get("email", ""))
    user = User(
        login=login,
        name=fields["name"].strip(),
        title=fields.get("title", "").strip(),
        phone=phone,
        email=email,
        section_id=fields.get("section_id"),
        town_id=fields.get("town_id"),
        state=UserState.INVITED,
        created_at=now,
    )
    db.session.add(user)
    return user


def invite(
    organisation: Organisation,
    fields: dict[str, Any],
    roles: Collection[Role],
    *,
    by: User,
    now: datetime,
) -> tuple[User, str]:
    """Invite a colleague; return the account and the link's token, shown once."""
    _refuse_foreign(organisation, roles)
    user = _new(fields, now=now)
    user.organisation_id = organisation.id
    user.grants = [
        RoleGrant(
            role=role,
            requested_by_id=by.id,
            approved_by_id=by.id,
            requested_at=now,
            approved_at=now,
        )
        for role in roles
    ]
    trail.enter(user, by=by, now=now, action="invite", roles=sorted(roles))
    return user, send_link(user, by=by, now=now)


def create(
    fields: dict[str, Any], roles: Collection[Role], *, by: User, now: datetime
) -> tuple[User, str]:
    """Make an account for the bureau and ask for its roles; return it and the link's token."""
    user = _new(fields, now=now)
    trail.enter(user, by=by, now=now, action="create")
    for role in roles:
        grants.request(user, role, by=by, now=now)
    return user, send_link(user, by=by, now=now)


def send_link(user: User, *, by: User, now: datetime) -> str:
    """Make a one-time link, ask for another by mail, and return the token to hand over."""
    if user.state in {UserState.DISABLED, UserState.MERGED}:
        raise Invalid({"login": f"账号{user.state.label}，不能发送链接"})
    invited = user.state is UserState.INVITED
    purpose = links.Purpose.INVITATION if invited else links.Purpose.RESET
    token = links.issue(user, purpose, now=now)
    if user.email:
        links.request_mail(user.login, purpose, now=now)
    trail.record("send_link", "user", user.public_id, by=by, now=now, purpose=purpose.value)
    return token


def _refuse_foreign(organisation: Organisation, roles: Collection[Role]) -> None:
    offered = grants.OFFERED[organisation.kind]
    if not roles or not set(roles) <= set(offered):
        labels = "、".join(role.label for role in offered)
        raise Invalid({"roles": f"请至少选择一项本单位可授予的角色：{labels}"})


def set_roles(user: User, roles: Collection[Role], *, by: User, now: datetime) -> None:
    """Give a member exactly these roles of the organisation; its sessions end."""
    grants.refuse_self(user, by)
    if user.organisation is None:
        raise NotFound
    _refuse_foreign(user.organisation, roles)
    offered = set(grants.OFFERED[user.organisation.kind])
    gone = (user.roles & offered) - set(roles)
    grants.refuse_last(user, gone)
    grants.take_away(user, gone)
    for role in sorted(set(roles) - user.roles):
        user.grants.append(
            RoleGrant(
                role=role,
                requested_by_id=by.id,
                approved_by_id=by.id,
                requested_at=now,
                approved_at=now,
            )
        )
    sessions.end_all(user.id)
    trail.record("grant_role", "user", user.public_id, by=by, now=now, roles=sorted(roles))


def disable(user: User, *, by: User, now: datetime, reason: str) -> None:
    """Disable an account: its sessions and links end. Never one's own, never the last one."""
    grants.refuse_self(user, by)
    grants.refuse_last(user, user.roles)
    trail.advance(user, "disable", by=by, now=now, reason=reason)
    sessions.end_all(user.id)
    links.void(user, now=now)


def enable(user: User, *, by: User, now: datetime) -> None:
    """Enable an account; where it has no password yet, a new link is needed."""
    grants.refuse_self(user, by)
    if "#" in user.login:
        raise Invalid({"login": "这是被退回的认领申请，不能启用"})
    user.enabled_at, user.dormancy_told_at = now, None
    trail.advance(user, "enable", by=by, now=now)


def change_organisation(user: User, organisation: Organisation, *, by: User, now: datetime) -> None:
    """Let a person belong to another organisation: all roles go, all sessions end.

    The new organisation's administrator then gives the roles there.
    """
    grants.refuse_self(user, by)
    if user.organisation_id is None:
        raise Invalid({"organisation": "科技局账号不属于任何单位"})
    if user.organisation_id == organisation.id:
        raise Invalid({"organisation": "该账号已在这个单位"})
    grants.refuse_last(user, user.roles)
    before, user.organisation_id = user.organisation_id, organisation.id
    grants.take_away(user, list(Role))
    sessions.end_all(user.id)
    trail.record(
        "change_organisation", "user", user.public_id, by=by, now=now, before=before,
        after=organisation.id,
    )  # fmt: skip


def unlock(user: User, *, by: User, now: datetime) -> None:
    """Lift the pause that failed guesses have put on an account."""
    signing_in.forget_guesses(user)
    trail.record("unlock", "user", user.public_id, by=by, now=now)


def end_sessions(user: User, *, by: User, now: datetime) -> None:
    """End every session of somebody."""
    sessions.end_all(user.id)
    trail.record("end_sessions", "user", user.public_id, by=by, now=now)
