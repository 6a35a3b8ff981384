"""Two towns with their enterprises, the people of a call, and a call that runs for thirty days."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from matchmaker import jobs, web
from matchmaker.calls import inviting, operations
from matchmaker.calls.inviting import Chosen
from matchmaker.calls.models import Call
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from tests.conftest import NOON

CALL = {
    "title": "海澜区 2027 年第一季度企业技术需求征集",
    "content": "面向区内企业征集技术难题。",
    "start_on": date(2026, 11, 20),
    "end_on": date(2026, 12, 20),
    "tech_field_code": "",
    "chain_node_id": None,
    "target": 20,
    "is_open_to_all": True,
}
LAST_MOMENT = NOON.replace(month=12, day=20, hour=16)  # 24:00 of 20 December in Beijing


def as_typed(**changes):
    """The call as a browser sends it."""
    typed = {**CALL, "chain_node_id": "", "is_open_to_all": "y", **changes}
    return {name: str(value) for name, value in typed.items() if value is not None}


@pytest.fixture
def at():
    """Return a function: travel to NOON plus so much; the database comes along."""
    travels = []

    def go(moment=NOON, **later):
        while travels:
            travels.pop().stop()
        travel = time_machine.travel(moment + timedelta(**later), tick=False)
        travel.start()
        travels.append(travel)
        return moment + timedelta(**later)

    go()
    yield go
    while travels:
        travels.pop().stop()


@pytest.fixture
def people(make, at):
    east, west = make.town("城东街道", position=1), make.town("城西镇", position=2)
    firm = make.organisation(name="滨海阀门铸造有限公司", town_id=east.id, contact_name="王工",
                             contact_phone="13900000001")  # fmt: skip
    other = make.organisation(name="澜州橡塑有限公司", town_id=east.id, contact_name="李工",
                              contact_phone="13900000002")  # fmt: skip
    far = make.organisation(name="海西膜材料有限公司", town_id=west.id, contact_name="赵工",
                            contact_phone="13900000003")  # fmt: skip
    apart = make.organisation(name="云岭轴承有限公司")  # asked by no call
    return SimpleNamespace(
        apart=apart, east=east, west=west, firm=firm, other=other, far=far,
        owner=make.user(Role.ENTERPRISE_ADMIN, organisation=firm),
        colleague=make.user(Role.ENTERPRISE_USER, organisation=other),
        distant=make.user(Role.ENTERPRISE_ADMIN, organisation=far),
        stranger=make.user(Role.ENTERPRISE_ADMIN, organisation=apart),
        researcher=make.user(Role.RESEARCHER),
        officer=make.user(Role.OFFICER, name="钱经办"),
        second=make.user(Role.OFFICER, name="孙经办"),
        chief=make.user(Role.SECTION_CHIEF, name="周科长"),
        leader=make.user(Role.LEADER),
        assistant=make.user(Role.TOWN_OFFICER, town=east, name="城东助理"),
        western=make.user(Role.TOWN_OFFICER, town=west, name="城西助理"),
    )  # fmt: skip


@pytest.fixture
def work(app):
    """Return a function: do something in a transaction of its own, by a person as stored."""

    def do(deed):
        with app.app_context():
            with web.transaction():
                found = deed()
                if hasattr(found, "id"):
                    db.session.flush()
                    return found.id
            return found

    return do


@pytest.fixture
def user():
    """Return a function: the person as this session knows it."""
    return lambda one: db.session.merge(one, load=True)


@pytest.fixture
def published(work, people, user, app):
    """Return a function: the id of a call that asks the three enterprises."""

    def publish(**changes):
        values = {**CALL, **changes}

        def deed():
            call = operations.create(values, by=user(people.officer), now=NOON)
            chosen = Chosen((people.east.id, people.west.id))
            inviting.invite(call, chosen, (), by=user(people.officer), now=NOON)
            operations.publish(call, by=user(people.chief), now=NOON)
            return call

        call_id = work(deed)
        with app.app_context():
            jobs.drain()
        return call_id

    return publish


@pytest.fixture
def stored(app):
    """Return a function: the only call as it is stored, loaded with what pages read of it."""

    def load():
        with app.app_context():
            call = db.session.query(Call).one()
            _ = call.shown_state
            return call

    return load
