"""A need and an achievement that fit, matched."""

from types import SimpleNamespace

import pytest

from matchmaker import jobs, outbox, web
from matchmaker.accounts.models import OrganisationKind
from matchmaker.lifecycles import Role
from tests.conftest import NOON


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setattr("matchmaker.clock.now", lambda: NOON)


@pytest.fixture
def saved(app):
    """Return a function: write the events of saved rows and let the consumer work."""

    def save(*rows):
        with app.app_context():
            with web.transaction():
                for row in rows:
                    kind = f"{type(row).__name__.lower()}.saved"
                    outbox.add(kind, {"id": row.id}, now=NOON)
            return jobs.drain()

    return save


@pytest.fixture
def world(app, make, saved):
    """People of both sides and of the bureau around one pair."""
    town = make.town("城东街道")
    firm = make.organisation(
        name="滨海阀门铸造有限公司", town_id=town.id, contact_name="王工",
        contact_phone="13900000001", contact_email="wang@example.cn",
    )  # fmt: skip
    institute = make.organisation(
        OrganisationKind.INSTITUTION, name="澜州工业大学", contact_name="李处长",
        contact_phone="13900000002", contact_email="li@example.cn",
    )  # fmt: skip
    buyer = make.user(Role.ENTERPRISE_ADMIN, organisation=firm)
    seller = make.user(Role.RESEARCHER, organisation=institute)
    need = make.need(
        organisation=firm, created_by_id=buyer.id, need_no="XQ2026010001", is_anonymous=True
    )
    achievement = make.achievement(organisation=institute, created_by_id=seller.id)
    saved(need, achievement)
    return SimpleNamespace(
        town=town, firm=firm, institute=institute, buyer=buyer, seller=seller, need=need,
        achievement=achievement, officer=make.user(Role.OFFICER, name="赵经办"),
        colleague=make.user(Role.OFFICER, name="钱经办"), leader=make.user(Role.LEADER),
        assistant=make.user(Role.TOWN_OFFICER, town=town),
        stranger_assistant=make.user(Role.TOWN_OFFICER, town=make.town("别处镇")),
        stranger=make.user(Role.ENTERPRISE_ADMIN), outsider=make.user(Role.RESEARCHER),
    )  # fmt: skip
