"""Accounts nobody uses: told, then stopped, never without having been told, never the last."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import clock, jobs
from matchmaker.accounts import dormancy, members
from matchmaker.audit.models import Entry
from matchmaker.extensions import db
from matchmaker.lifecycles import Role, UserState
from matchmaker.messages.models import Message
from tests.conftest import NOON

pytestmark = pytest.mark.database


def idle(make, role, days, **values):
    return make.user(role, signed_in_at=NOON - timedelta(days=days), **values)


@pytest.mark.parametrize(
    ("role", "days", "told"),
    [
        (Role.OFFICER, 75, False),
        (Role.OFFICER, 77, True),
        (Role.EXPERT, 300, False),
        (Role.EXPERT, 352, True),
        (Role.ENTERPRISE_USER, 349, False),
        (Role.ENTERPRISE_USER, 400, True),
    ],
)
def test_the_owner_is_told_fourteen_days_before(writing, make, role, days, told):
    user = idle(make, role, days)
    assert dormancy.tidy(NOON) == (int(told), 0)
    subjects = db.session.scalars(select(Message.subject).where(Message.user_id == user.id)).all()
    assert subjects == ["您的账号长期未用，即将停用"] * told
    assert dormancy.tidy(NOON) == (0, 0)  # told once
    assert user.state is UserState.ACTIVE


def test_who_was_told_is_stopped_and_who_came_back_is_not(writing, make):
    gone, back = idle(make, Role.OFFICER, 80), idle(make, Role.OFFICER, 80)
    assert dormancy.tidy(NOON) == (2, 0)
    back.signed_in_at, back.dormancy_told_at = NOON + timedelta(days=1), None
    assert dormancy.tidy(NOON + timedelta(days=13)) == (0, 0)
    assert dormancy.tidy(NOON + timedelta(days=15)) == (0, 1)
    assert (gone.state, back.state) == (UserState.DISABLED, UserState.ACTIVE)
    entry = db.session.scalars(select(Entry).where(Entry.action == "disable_dormant")).one()
    assert (entry.object_id, entry.actor_name) == (gone.public_id, "系统")
    assert "90 天" in entry.reason


def test_nobody_is_stopped_without_fourteen_days_notice(writing, make):
    user = idle(make, Role.OFFICER, 500)
    assert dormancy.tidy(NOON) == (1, 0)
    assert dormancy.tidy(NOON + timedelta(days=13, hours=23)) == (0, 0)
    assert dormancy.tidy(NOON + timedelta(days=14)) == (0, 1)
    assert user.state is UserState.DISABLED


def test_who_is_enabled_again_starts_anew(writing, make):
    user = idle(make, Role.OFFICER, 500)
    dormancy.tidy(NOON)
    later = NOON + timedelta(days=14)
    dormancy.tidy(later)
    members.enable(user, by=make.user(Role.SYSADMIN, signed_in_at=later), now=later)
    assert dormancy.tidy(later + timedelta(days=75)) == (0, 0)
    assert dormancy.tidy(later + timedelta(days=77)) == (2, 0)  # the administrator as well
    assert user.state is UserState.ACTIVE


def test_the_last_administrator_stays(writing, make):
    admin = idle(make, Role.SECADMIN, 500)
    dormancy.tidy(NOON)
    assert dormancy.tidy(NOON + timedelta(days=30)) == (0, 0)
    assert admin.state is UserState.ACTIVE


@pytest.mark.parametrize(("demonstration", "told"), [(True, 0), (False, 1)])
def test_the_night_does_it_outside_a_demonstration(app, make, monkeypatch, demonstration, told):
    monkeypatch.setitem(app.config, "DEMONSTRATION", demonstration)
    make.user(Role.OFFICER, signed_in_at=clock.now() - timedelta(days=80))
    with app.app_context():
        jobs.run_nightly()
        found = db.session.scalars(select(Message)).all()
        assert len([one for one in found if "长期未用" in one.subject]) == told
