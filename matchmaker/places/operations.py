"""Reads and writes of the bureau's own lists and settings."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.places.models import ChainNode, Holiday, Section, Setting, Town

DEFAULTS: dict[str, Any] = {
    "bureau_name": "海澜区科学技术局",
    "district_name": "海澜区",
    "region_code": "371099",
    "phone": "",
    "address": "",
    "town_screening": True,  # 镇街初筛; a bureau without town assistants switches it off
    "standing_channel": True,  # 常年通道: needs are taken outside any call too
    "bounty_least_days": 15,  # natural days from publication to the bounty's deadline
    "question_close_workdays": 5,  # questions end so many working days before the deadline
    "amend_late_workdays": 5,  # an amendment in force later than this moves the deadline
    "amend_extend_days": 7,  # by so many natural days
    "extension_most_days": 30,  # the one extension a bounty may have
    "push_threshold": 0.105,  # pairs below are never pushed
    "appeal_workdays": 2,  # to appeal against a failed formal check
    "pi_most_running": 2,  # 在研限项: bounties one person may answer for at a time
    "lead_idle_days": 15,  # an open lead without a step for this long turns red
}


def settings() -> dict[str, Any]:
    """Return every setting, the house's default where the bureau has stated none."""
    stated = {row.name: row.content for row in db.session.scalars(select(Setting))}
    return {**DEFAULTS, **stated}


def set_setting(name: str, content: Any) -> None:
    """State one setting; raise `NotFound` for a name the platform does not know."""
    if name not in DEFAULTS:
        raise NotFound
    db.session.merge(Setting(name=name, content=content))


def towns() -> Sequence[Town]:
    """Return the towns and parks in use, in the bureau's order."""
    query = select(Town).where(Town.is_active).order_by(Town.position, Town.id)
    return db.session.scalars(query).all()


def sections() -> Sequence[Section]:
    """Return the sections in use, in the bureau's order."""
    query = select(Section).where(Section.is_active).order_by(Section.position, Section.id)
    return db.session.scalars(query).all()


def chain_nodes() -> Sequence[ChainNode]:
    """Return the industrial chains and their links in use, in the bureau's order."""
    query = select(ChainNode).where(ChainNode.is_active)
    return db.session.scalars(query.order_by(ChainNode.position, ChainNode.id)).all()


def holidays() -> dict[date, bool]:
    """Return the bureau's own days: True for a working day."""
    return {row.day: row.is_workday for row in db.session.scalars(select(Holiday))}
