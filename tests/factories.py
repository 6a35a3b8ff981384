"""Rows with sensible values, one method a noun: `make.user(Role.OFFICER)`."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, has_app_context

from matchmaker.accounts.models import Organisation, OrganisationKind, RoleGrant, User
from matchmaker.achievements.models import Achievement, Team
from matchmaker.bidding import keys
from matchmaker.bounties.models import Bounty
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    ENTERPRISE,
    INSTITUTION,
    ON_RECORD,
    OPEN_NEEDS,
    BountyState,
    ExpertState,
    NeedState,
    OrganisationState,
    PoolState,
    Role,
    UserState,
)
from matchmaker.needs.models import Need
from matchmaker.places.models import Section, Town
from matchmaker.services.models import Broker, Service

BORN = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
INDICATORS = (
    {"name": "打磨接触力波动", "requirement": "≤±5 N", "test_method": "第三方检测", "is_key": True},
    {"name": "单件节拍", "requirement": "≤6 min", "test_method": "现场实测", "is_key": False},
)
RUBRIC = (
    {"name": "技术方案可行性与先进性", "weight": 30, "part": "technical", "levels": []},
    {"name": "指标响应度", "weight": 20, "part": "technical", "levels": []},
    {"name": "团队与研究基础", "weight": 20, "part": "technical", "levels": []},
    {"name": "进度与里程碑", "weight": 10, "part": "technical", "levels": []},
    {"name": "经费合理性", "weight": 10, "part": "price", "levels": []},
    {"name": "成果归属与产业化前景", "weight": 10, "part": "technical", "levels": []},
)


def holder_words(user: Any) -> str:
    """Return the passphrase the tests give a holder."""
    return f"海风 明月 石桥 江湖 {user.public_id}"


class Make:
    """Makes rows; commits them unless the test's session is already writing."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.numbers = itertools.count(1)

    @contextmanager
    def saving(self) -> Iterator[None]:
        if has_app_context() and db.session.info.get("writing"):
            yield
            db.session.flush()
            return
        with self.app.app_context():
            db.session.info["writing"] = True
            db.session().expire_on_commit = False
            yield
            db.session.commit()
            db.session.expunge_all()
            db.session.remove()

    def add(self, row: Any) -> Any:
        with self.saving():
            db.session.add(row)
        return row

    def town(self, name: str = "", **values: Any) -> Town:
        number = next(self.numbers)
        return self.add(Town(code=f"37109{number:04}", name=name or f"第{number}街道", **values))

    def section(self, name: str = "", **values: Any) -> Section:
        return self.add(Section(name=name or f"第{next(self.numbers)}科", **values))

    def organisation(
        self, kind: OrganisationKind = OrganisationKind.ENTERPRISE, **values: Any
    ) -> Organisation:
        values.setdefault("name", f"澜州第{next(self.numbers)}机械有限公司")
        values.setdefault("state", OrganisationState.ACTIVE)
        return self.add(Organisation(kind=kind, created_at=BORN, **values))

    def user(self, *roles: Role, **values: Any) -> User:
        number = next(self.numbers)
        values.setdefault("login", f"user{number}@example.cn")
        values.setdefault("name", f"用户{number}")
        values.setdefault("state", UserState.ACTIVE)
        if "organisation" in values:
            values["organisation_id"] = values.pop("organisation").id
        elif set(roles) & (ENTERPRISE | INSTITUTION):
            enterprise = bool(set(roles) & ENTERPRISE)
            kind = OrganisationKind.ENTERPRISE if enterprise else OrganisationKind.INSTITUTION
            values["organisation_id"] = self.organisation(kind).id
        if "town" in values:
            values["town_id"] = values.pop("town").id
        grants = [RoleGrant(role=role, requested_at=BORN, approved_at=BORN) for role in roles]
        return self.add(User(created_at=BORN, grants=grants, **values))

    def _owner(self, values: dict[str, Any], key: str, kind: OrganisationKind) -> None:
        owner = values.pop("organisation", None)
        if f"{key}_id" not in values:
            values[f"{key}_id"] = (owner or self.organisation(kind)).id

    def need(self, **values: Any) -> Need:
        self._owner(values, "enterprise", OrganisationKind.ENTERPRISE)
        values.setdefault("state", NeedState.ACCEPTED)
        values.setdefault("title", f"铸件打磨机器人力控技术{next(self.numbers)}")
        values.setdefault("problem", "铸件毛坯尺寸离散大,固定轨迹打磨会过切或漏磨,需要恒力控制。")
        values.setdefault("background", "每年四万件阀体的飞边靠人工砂轮清理,粉尘大,用工难。")
        values.setdefault("key_indicators", ["打磨接触力波动≤±5 N", "单件节拍≤6 min"])
        values.setdefault("keywords", ["打磨", "力控", "机器人"])
        values.setdefault("tech_field_code", "804")
        if values["state"] in OPEN_NEEDS:
            values.setdefault("accepted_at", BORN)
        return self.add(Need(created_at=BORN, updated_at=BORN, **values))

    def holder_key(self, user: User) -> None:
        """Set up the key with which a holder opens his shares; see `holder_words`."""
        with self.saving():
            words = holder_words(user)
            person = db.session.merge(user)
            keys.set_up(person, passphrase=words, again=words, now=BORN)

    def bounty(self, **values: Any) -> Bounty:
        self._owner(values, "owner", OrganisationKind.ENTERPRISE)
        number = next(self.numbers)
        values.setdefault("state", BountyState.PUBLISHED)
        values.setdefault("title", f"铸件恒力打磨机器人关键技术攻关{number}")
        values.setdefault("task_text", "研制面向离散毛坯的恒力打磨末端与在线测量，替代人工砂轮。")
        values.setdefault("indicators", [{**one} for one in INDICATORS])
        values.setdefault("rubric", [{**one} for one in RUBRIC])
        values.setdefault("amount_fen", 200_000_000)
        values.setdefault("duration_months", 18)
        values.setdefault("tech_field_code", "804")
        values.setdefault("keywords", ["打磨", "力控", "机器人"])
        values.setdefault("bid_deadline_at", BORN + timedelta(days=45))
        values.setdefault("question_deadline_at", BORN + timedelta(days=38))
        if values["state"] in ON_RECORD:
            values.setdefault("bounty_no", f"JB2026-{number:03}")
            values.setdefault("published_at", BORN)
        return self.add(Bounty(created_at=BORN, updated_at=BORN, **values))

    def achievement(self, **values: Any) -> Achievement:
        self._owner(values, "institution", OrganisationKind.INSTITUTION)
        values.setdefault("state", PoolState.PUBLISHED)
        values.setdefault("title", f"恒力末端执行器与机器人磨抛系统{next(self.numbers)}")
        values.setdefault(
            "summary",
            "结构光相机获取点云并与数模配准,恒力末端执行器实时补偿接触力,已在泵阀铸件上运行一年。",
        )
        values.setdefault("keywords", ["恒力控制", "磨抛", "机器人"])
        values.setdefault("tech_field_code", "804")
        values.setdefault("trl", 8)
        return self.add(Achievement(created_at=BORN, updated_at=BORN, **values))

    def team(self, **values: Any) -> Team:
        self._owner(values, "institution", OrganisationKind.INSTITUTION)
        values.setdefault("state", PoolState.PUBLISHED)
        values.setdefault("name", f"机器人磨抛团队{next(self.numbers)}")
        values.setdefault("directions", "机器人力控磨抛与视觉测量")
        return self.add(Team(created_at=BORN, updated_at=BORN, **values))

    def expert(self, **values: Any) -> Expert:
        values.setdefault("state", ExpertState.IN_POOL)
        values.setdefault("name", f"专家{next(self.numbers)}")
        values.setdefault("bio", "从事机器人力控磨抛研究")
        values.setdefault("consent_at", BORN)
        return self.add(Expert(created_at=BORN, updated_at=BORN, **values))

    def service(self, **values: Any) -> Service:
        values.setdefault("state", PoolState.PUBLISHED)
        values.setdefault("name", f"澜州检测中心{next(self.numbers)}")
        return self.add(Service(created_at=BORN, updated_at=BORN, **values))

    def broker(self, **values: Any) -> Broker:
        values.setdefault("state", PoolState.PUBLISHED)
        values.setdefault("name", f"经纪人{next(self.numbers)}")
        return self.add(Broker(created_at=BORN, updated_at=BORN, **values))
