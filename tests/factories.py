"""Rows with sensible values, one method a noun: `make.user(Role.OFFICER)`."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask, has_app_context

from matchmaker.accounts.models import Organisation, OrganisationKind, RoleGrant, User
from matchmaker.extensions import db
from matchmaker.lifecycles import ENTERPRISE, INSTITUTION, OrganisationState, Role, UserState
from matchmaker.places.models import Section, Town

BORN = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


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
