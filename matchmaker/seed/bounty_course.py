"""One bounty's way up to its publication: the people who take part and the first steps."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Team
from matchmaker.bounties import approval, drafting, sources, timing
from matchmaker.bounties.models import Bounty
from matchmaker.extensions import db
from matchmaker.lifecycles import Role
from matchmaker.needs.models import Need
from matchmaker.seed.parties import District
from matchmaker.seed.stage import Steps, at_office

METHODS = ("具备资质的第三方检测机构抽样检测", "发榜企业产线现场实测", "连续运行考核，双方签字记录")
_FIGURE = re.compile(r"^(?P<name>\D{2,}?)(?P<rest>\d.*)$")
AT_FIRST = 5  # minutes between two courses that act on one day


@dataclass
class Course:
    """A bounty on its way, and who acts on it."""

    district: District
    need_key: str
    start: float  # days before the seeding
    number: int = 0
    handler: str = "officer"
    bidders: tuple[str, ...] = ()  # teams of the written district, the best first
    terms: dict[str, Any] = field(default_factory=dict)  # beside what every draft is given
    bounty: Any = None
    teams: list[Team] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The moment it is on the stage."""
        return clock.now()

    def who(self, login: str) -> User:
        """Return an account by the first part of its login."""
        return db.session.get_one(User, self.district.user_ids[login])

    @property
    def officer(self) -> User:
        """The officer in charge."""
        return self.who(self.handler)

    @property
    def chief(self) -> User:
        """The section chief."""
        return self.who("section_chief")

    @property
    def leader(self) -> User:
        """The leader in charge."""
        return self.who("leader")

    @property
    def owner(self) -> User:
        """The administrator of the enterprise that posts the bounty."""
        return self.manager(self.bounty.owner_id)

    def manager(self, organisation_id: int | None) -> User:
        """Return the administrator of an organisation."""
        of_it = select(User).where(User.organisation_id == organisation_id).order_by(User.id)
        wanted = {Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN}
        return next(user for user in db.session.scalars(of_it) if user.roles & wanted)

    def first(self) -> datetime:
        """Return the moment of the first step."""
        return self._office(self.district.days_ago(self.start))

    def after(self, days: float) -> datetime:
        """Return office time so many days later, on a working day."""
        return self._office(self.now + timedelta(days=days))

    def _office(self, day: datetime) -> datetime:
        return at_office(day, timing.calendar(), minute=self.number * AT_FIRST)


def need_of(course: Course) -> Need:
    """Return the need the bounty is drafted from."""
    return db.session.get_one(Need, course.district.needs[course.need_key])


def draft(course: Course) -> Steps:
    """Draft from the need and write what the need does not say."""
    yield course.first()
    course.bounty = drafting.from_needs([need_of(course)], by=course.officer, now=course.now)
    db.session.flush()
    indicators = [
        {**_measured(one), "test_method": METHODS[place % len(METHODS)], "is_key": place == 0}
        for place, one in enumerate(course.bounty.indicators)
    ]
    values = {"indicators": indicators, "support_type": "none", **course.terms}
    drafting.save(course.bounty, values, by=course.officer, now=course.now, version=None)


def _measured(one: dict[str, Any]) -> dict[str, Any]:
    """Let an indicator written in one piece say what is required from its first figure on."""
    if one["requirement"]:
        return one
    found = _FIGURE.match(one["name"])
    name, wanted = (found["name"], found["rest"]) if found else (one["name"], "满足")
    return {**one, "name": name.rstrip("：:，, "), "requirement": wanted}


def agree(course: Course) -> Steps:
    """Let every enterprise agree that has to."""
    yield course.after(1)
    for one in sources.must_consent(course.bounty):
        manager = course.manager(one.organisation_id)
        sources.consent(course.bounty, one.id, by=manager, now=course.now)


def submit(course: Course) -> Steps:
    """Hand the draft to the section chief."""
    yield from draft(course)
    yield from agree(course)
    approval.submit(course.bounty, by=course.officer, now=course.now)


def review(course: Course) -> Steps:
    """Let the section chief pass it, with the secrecy check."""
    yield from submit(course)
    yield course.after(1)
    approval.review(course.bounty, is_free_of_secrets=True, by=course.chief, now=course.now)


def publish(course: Course) -> Steps:
    """Let the leader publish it; drafting to publication takes four working days."""
    yield from review(course)
    yield course.after(1)
    approval.approve(course.bounty, by=course.leader, now=course.now)


def close(course: Course) -> Steps:
    """Wait for the deadline: the system closes by itself."""
    yield deadline(course.bounty) + timedelta(minutes=1)


def deadline(bounty: Bounty) -> datetime:
    """Return when bids close."""
    if bounty.bid_deadline_at is None:
        raise ValueError(bounty)
    return bounty.bid_deadline_at
