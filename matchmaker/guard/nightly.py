"""Every night: the invariants and the whole trail; who runs the site is told of what is wrong."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from matchmaker import clock, jobs, outbox
from matchmaker.accounts.models import RoleGrant, User
from matchmaker.audit import trail, verifying
from matchmaker.extensions import db
from matchmaker.guard import invariants
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages import operations as messages

log = structlog.get_logger()
SUBJECT = "数据核对发现问题，请立即处理"
ADVICE = (
    "请不要删改任何数据，先执行 flask ops backup 留存现状，再按《运行维护》第七节核实；"
    "审计日志不完整的，同时报告督查。"
)


def holders(*roles: Role) -> list[int]:
    """Return the active accounts that hold one of these roles."""
    query = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role.in_(roles), RoleGrant.approved_at.is_not(None))
        .where(User.state == UserState.ACTIVE)
        .order_by(User.id)
    )
    return list(db.session.scalars(query.distinct()))


@jobs.nightly_at_length
def ask(now: datetime) -> None:
    """Have the data checked; the checking itself holds no lock."""
    outbox.add("data.check", {}, now=now)


def _look(_payload: dict[str, Any]) -> tuple[int, list[str]]:
    """Return how many entries the trail has and everything that is wrong, in Chinese."""
    count, fault = verifying.whole()
    found = [str(one) for one in invariants.broken()]
    return count, [f"审计日志：{fault}", *found] if fault else found


@outbox.handler("data.check", prepare=_look)
def tell(_payload: dict[str, Any], looked: tuple[int, list[str]]) -> None:
    """Put the outcome on the trail; tell system administrators and auditors of what is wrong."""
    count, wrong = looked
    now = clock.now()
    trail.record("check_data", "system", by=trail.SYSTEM, now=now, entries=count, wrong=len(wrong))
    if wrong:
        log.error("data_check_failed", wrong=wrong)
        people = holders(Role.SYSADMIN, Role.AUDITOR)
        messages.notify(people, SUBJECT, "\n".join([*wrong, ADVICE]), "", now=now)
