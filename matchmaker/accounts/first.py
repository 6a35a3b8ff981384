"""The first three accounts of a real instance (三员)."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.accounts import links
from matchmaker.accounts.models import Organisation, RoleGrant, User
from matchmaker.audit import trail
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState

FIRST = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)


def administrators(*, now: datetime) -> list[tuple[User, str]]:
    """Make the three administrators and a one-time link for each.

    Run again before anybody has activated an account, it voids the old links and makes new ones.
    Raises `WrongState` where the database holds anything else.
    """
    users = list(db.session.scalars(select(User).order_by(User.id)))
    logins = {role.value for role in FIRST}
    ours = {user.login for user in users} == logins
    asleep = all(user.state is UserState.INVITED for user in users)
    firms = db.session.scalar(select(Organisation.id).limit(1))
    if firms is not None or (users and not (ours and asleep)):
        message = "数据库中已有账号或单位，不能再次初始化。新增账号请由系统管理员在网页上办理。"
        raise WrongState(message)
    if not users:
        users = [_make(role, now=now) for role in FIRST]
    for user in users:
        links.void(user, now=now)
    return [(user, links.issue(user, links.Purpose.INVITATION, now=now)) for user in users]


def _make(role: Role, *, now: datetime) -> User:
    user = User(
        login=role.value,
        name=role.label,
        state=UserState.INVITED,
        created_at=now,
        grants=[RoleGrant(role=role, requested_at=now, approved_at=now)],
    )
    db.session.add(user)
    trail.enter(user, by=trail.SYSTEM, now=now, action="initialise", role=role.value)
    return user
