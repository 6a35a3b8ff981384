"""Days and hours of a bounty: when bids close, when questions do, how little time is allowed."""

from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from matchmaker import clock
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar, end_of

AT_FIVE, AT_MIDNIGHT = "17:00", "24:00"
HOURS = (AT_FIVE, AT_MIDNIGHT)
ONE_DAY = timedelta(days=1)
USUAL_DAYS = 31  # a draft's deadline, from the day it is drafted


def calendar() -> WorkdayCalendar:
    """Return the bureau's working days."""
    return WorkdayCalendar(places.holidays())


def _setting(name: str) -> int:
    return int(places.settings()[name])


def deadline(day: date, hour: str) -> datetime:
    """Return the instant of 17:00 or 24:00 on a day in Beijing, in UTC."""
    if hour == AT_MIDNIGHT:
        return end_of(day)
    return datetime.combine(day, time(17), tzinfo=clock.BEIJING).astimezone(UTC)


def day_and_hour(moment: datetime) -> tuple[date, str]:
    """Return the day a deadline is on and its hour as people write it; midnight is 24:00."""
    local = clock.local(moment)
    if local.time() == time():
        return local.date() - timedelta(days=1), AT_MIDNIGHT
    return local.date(), f"{local:%H:%M}"


def stamp(moment: datetime | None) -> str:
    """Show a deadline: 2026-12-20 24:00（北京时间）."""
    if moment is None:
        return ""
    day, hour = day_and_hour(moment)
    return f"{day:%Y-%m-%d} {hour}（北京时间）"


def rfc822(moment: datetime) -> str:
    """Return a moment as feeds write it."""
    return format_datetime(clock.local(moment))


def is_whole(moment: datetime) -> bool:
    """Tell whether a deadline is at one of the two hours a bounty may close."""
    return day_and_hour(moment)[1] in HOURS and clock.local(moment).second == 0


def earliest_day(now: datetime) -> date:
    """Return the first day on which bids may close if the bounty is published now."""
    return calendar().add_days(clock.today(now), _setting("bounty_least_days")).day


def usual(now: datetime) -> datetime:
    """Return the deadline a new draft proposes: a month ahead, on a working day, 17:00."""
    day = calendar().roll_over(clock.today(now) + timedelta(days=USUAL_DAYS)).day
    return deadline(day, AT_FIVE)


def before(moment: datetime, workdays: int) -> datetime:
    """Return 17:00 of the working day so many working days before a deadline's day."""
    days, day = calendar(), day_and_hour(moment)[0]
    left = workdays
    while left:
        day -= timedelta(days=1)
        left -= days.workdays_between(day - timedelta(days=1), day).days
    return deadline(day, AT_FIVE)


def questions_close(bid_deadline: datetime) -> datetime:
    """Return until when questions are taken unless the draft says otherwise."""
    return before(bid_deadline, _setting("question_close_workdays"))


def moved_by_amendment(bid_deadline: datetime, *, now: datetime) -> datetime | None:
    """Return the deadline a change approved now moves to; None where it comes early enough."""
    if now <= before(bid_deadline, _setting("amend_late_workdays")):
        return None
    day, hour = day_and_hour(bid_deadline)
    later = calendar().add_days(day, _setting("amend_extend_days")).day
    return deadline(later, hour if hour in HOURS else AT_FIVE)


def latest_extension(bid_deadline: datetime) -> date:
    """Return the last day an extension may move the deadline to."""
    return day_and_hour(bid_deadline)[0] + timedelta(days=_setting("extension_most_days"))
