"""Short messages say that a message waits, to those who have a mobile number, once."""

import json

import pytest

from matchmaker import jobs, web
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages import operations as messages
from matchmaker.messages.models import Message
from tests.conftest import NOON

pytestmark = pytest.mark.database


@pytest.fixture
def folder(app, instance, monkeypatch):
    monkeypatch.setitem(app.config, "SMS_BACKEND", "file")
    place = instance / "sms"
    yield place
    for path in place.glob("*") if place.exists() else ():
        path.unlink()


def test_a_short_message_names_nothing_but_that_one_waits(app, make, folder):
    reader = make.user(Role.EXPERT, phone="13812345678")
    landline = make.user(Role.EXPERT, phone="0631-5220001")
    with app.app_context():
        with web.transaction():
            people = [reader.id, landline.id]
            messages.notify(people, "某某需求预算 900 万", "机密内容", "/account", now=NOON)
        jobs.drain()
        (path,) = folder.iterdir()
        said = json.loads(path.read_text("utf-8"))
        name = db.session.query(Message.public_id).filter_by(user_id=reader.id).scalar()
    assert said["phone"] == "13812345678"
    assert path.stem == said["id"] == name
    assert "900" not in said["text"]
    assert "机密" not in said["text"]


def test_without_a_backend_nothing_is_queued(app, make, instance):
    reader = make.user(Role.EXPERT, phone="13812345678")
    with app.app_context():
        with web.transaction():
            messages.notify([reader.id], "x", "y", "", now=NOON)
        jobs.drain()
    assert not list((instance / "sms").glob("*"))
