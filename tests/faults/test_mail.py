"""T14: mail over a bad line: nothing lost, nothing delivered twice; SMTP by a real server."""

import random
import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from aiosmtpd.controller import Controller

from matchmaker import outbox, web
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.messages import mail
from matchmaker.messages import operations as messages
from matchmaker.messages.models import Message
from matchmaker.outbox.models import Event, EventState
from tests.conftest import NOON
from tests.faults.site import free_port

pytestmark = pytest.mark.database
REFUSAL, BAD = "451 4.3.0 try again later", 0.3


class Sink:
    """A mail server that turns three in ten away, at the recipient or at the content."""

    def __init__(self) -> None:
        self.pick, self.bad, self.refused = random.Random(14), BAD, 0
        self.taken: list = []

    def turns_away(self) -> bool:
        self.refused += (found := self.pick.random() < self.bad / 2)
        return found

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.turns_away():
            return REFUSAL
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.turns_away():
            return REFUSAL
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def sink(app, monkeypatch):
    found = Sink()
    port = free_port()
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in (("MAIL_BACKEND", "smtp"), ("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", port),
                        ("SMTP_STARTTLS", False), ("SMTP_USER", "")):  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    yield found
    server.stop()


def told(make, count):
    """Leave so many messages with one reader; return their names."""
    reader = make.user(Role.EXPERT, email="zhang@kj.cn")
    with web.transaction():
        for number in range(count):
            messages.notify([reader.id], f"第 {number} 条", "机密内容", "/account", now=NOON)
    return {name for (name,) in db.session.query(Message.public_id)}


def delivered_in_time(hours=48):
    """Drain as the consumer does, minute after minute; return after how many minutes all went."""
    with time_machine.travel(NOON, tick=False) as traveller:
        for minute in range(hours * 60):
            outbox.drain(web.transaction, most=10_000)
            if not outbox.waiting()[0]:
                return minute
            traveller.shift(timedelta(minutes=1))
    raise AssertionError("mail still waits")


def ids(sink):
    return [one["Message-ID"] for one in sink.taken]


def on_a_bad_line(make, sink, count):
    wanted = {f"<{name}@localhost>" for name in told(make, count)}
    delivered_in_time()
    assert sink.refused > count / 5
    assert sorted(ids(sink)) == sorted(wanted)
    assert db.session.query(Event).filter(Event.progress != EventState.DONE).count() == 0


def test_mail_over_a_bad_line(app, make, sink, shows):
    with app.app_context():
        on_a_bad_line(make, sink, 60)
    assert all("机密" not in one.get_content() for one in sink.taken)
    shows("T14", f"邮件服务器三成拒收（拒了 {sink.refused} 次）：丢失 0、重复送达 0", tried=60)


@pytest.mark.full
def test_a_thousand_mails_over_a_bad_line(app, make, sink, shows):
    with app.app_context():
        on_a_bad_line(make, sink, 1000)
    shows("T14", f"邮件服务器三成拒收（拒了 {sink.refused} 次）：丢失 0、重复送达 0", tried=1000)


def test_a_server_that_is_away_for_a_day_loses_nothing(app, make, sink, monkeypatch):
    with app.app_context():
        told(make, 2)
        monkeypatch.setitem(app.config, "SMTP_PORT", 1)
        with time_machine.travel(NOON, tick=False) as traveller:
            for _ in range(26):
                outbox.drain(web.transaction)
                assert outbox.waiting() == (2, None)  # not due: the consumer itself is well
                traveller.shift(timedelta(hours=1, seconds=1))
            monkeypatch.undo()
        assert outbox.dead() == 0


def test_a_crash_between_delivery_and_commit_sends_the_same_message_again(
    app, make, sink, monkeypatch, shows
):
    sink.bad = 0
    with app.app_context():
        (name,) = told(make, 1)
        with monkeypatch.context() as patched, time_machine.travel(NOON, tick=False):
            patched.setattr(outbox, "EventState", _Breaks)
            outbox.drain(web.transaction)
        with time_machine.travel(NOON + 2 * outbox.LEASE, tick=False):
            outbox.drain(web.transaction)
    assert ids(sink) == [f"<{name}@localhost>"] * 2
    shows("T14", "送达后、记账前崩溃：再送一份，Message-ID 相同，收件端可去重")


class _Breaks:
    WAITING = EventState.WAITING


def test_a_slow_server_holds_no_lock(app, make, sink, monkeypatch):
    with app.app_context():
        told(make, 1)
        seen = []
        real = mail.send
        monkeypatch.setattr(
            mail, "send",
            lambda *a, **k: seen.append(bool(db.session.info.get("writing"))) or real(*a, **k),
        )  # fmt: skip
        sink.bad = 0
        outbox.drain(web.transaction)
    assert seen == [False]


def test_mail_sent_once_and_then_forgotten_is_caught(app, make, sink, monkeypatch, shows):
    """The fault planted in the application: a refused mail counts as sent."""
    real = mail.send

    def careless(*given, **named):
        try:
            real(*given, **named)
        except smtplib.SMTPException:
            return

    monkeypatch.setattr(mail, "send", careless)
    with app.app_context(), pytest.raises(AssertionError):
        on_a_bad_line(make, sink, 40)
    assert len(sink.taken) < 40
    shows("T14", planted="发信失败也算已发：40 封中有丢失，查出")
