"""Experts, service organisations and brokers of the demonstration district."""

from typing import Any

from matchmaker.audit import trail
from matchmaker.codes import BrokerType, ServiceKind, ServiceLevel
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, PoolState, Role
from matchmaker.seed import reading
from matchmaker.seed.parties import District, add_user
from matchmaker.seed.pools import spread
from matchmaker.services.models import Broker, Service


def fill_experts(district: District) -> None:
    """Add the experts, those in the pool with accounts; the first has the demonstration's."""
    number = 0
    for part in reading.parts():
        for entry in part.entries("experts"):
            number += 1
            key = entry["institution"]
            institution = district.organisations[part.name_of(key)] if key else None
            waits = number % 20 == 0
            login = "expert" if number == 1 else f"expert{number}"
            user = None if waits else add_user(district, login, entry["name"], Role.EXPERT)
            db.session.flush()
            row = Expert(
                user_id=user.id if user else None,
                name=entry["name"],
                organisation_id=institution.id if institution else None,
                org_name=entry["org_name"],
                title=entry["title"],
                tech_field_codes=entry["tech_field_codes"],
                keywords=entry["keywords"],
                bio=entry["bio"],
                phone=f"137{number * 5477 % 10**8:08d}",
                email=f"zhuanjia{number}@example.cn",
                state=ExpertState.APPLIED if waits else ExpertState.IN_POOL,
                consent_at=district.days_ago(150),
                created_at=district.days_ago(number % 7 + 1 if waits else 180),
                updated_at=district.days_ago(spread(number, 120)),
            )
            db.session.add(row)
            trail.enter(row, by=trail.SYSTEM, now=row.created_at)


def fill_services(district: District) -> None:
    """Add the service organisations and the brokers."""
    number = 0
    for part in reading.parts():
        for entry in part.entries("services"):
            number += 1
            waits = number % 12 == 0
            row = Service(
                name=entry["name"],
                kind=ServiceKind(entry["kind"]),
                grade_level=ServiceLevel(entry["grade_level"]),
                record_no=entry["record_no"],
                intro=entry["intro"],
                offers=entry["services"],
                state=PoolState.SUBMITTED if waits else PoolState.PUBLISHED,
                created_at=district.days_ago(160),
                updated_at=district.days_ago(number % 7 + 1 if waits else spread(number, 120)),
            )
            db.session.add(row)
            trail.enter(row, by=trail.SYSTEM, now=row.created_at)
    number = 0
    for part in reading.parts():
        for entry in part.entries("brokers"):
            number += 1
            _fill_broker(district, entry, number)


def _fill_broker(district: District, entry: dict[str, Any], number: int) -> None:
    user = None
    if number == 1:
        user = add_user(district, "broker", entry["name"], Role.BROKER)
        db.session.flush()
    row = Broker(
        user_id=user.id if user else None,
        name=entry["name"],
        broker_type=BrokerType(entry["broker_type"]),
        grade_level=entry["grade_level"],
        org_name=entry["org_name"],
        serve_towns=entry["serve_towns"],
        cert_no=entry["cert_no"],
        state=PoolState.PUBLISHED,
        created_at=district.days_ago(160),
        updated_at=district.days_ago(spread(number, 120)),
    )
    db.session.add(row)
    trail.enter(row, by=trail.SYSTEM, now=row.created_at)
