"""`flask demo-clock`: move a demonstration instance's time and let happen what falls due."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from matchmaker import clock, jobs, timekeeping, web
from matchmaker.audit import trail
from matchmaker.cli import happenings
from matchmaker.cli.failing import Failure

AMOUNT = re.compile(r"\+(\d{1,4})([dh])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}
FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")
FARTHEST = timedelta(days=4000)
# When something may fall due within a day, in Beijing: midnight, noon, the end of office hours.
HOURS = (time(0), time(12), time(17), time(17, 30))
NIGHT = time(2, 30)
USAGE = "用法：flask demo-clock [+30d | +3h | to 2026-12-31T17:00 | reset]"


@click.command(
    "demo-clock", help="查看或向前移动演示环境的时间：+30d、+3h、to 2026-12-31T17:00、reset。"
)
@click.argument("words", nargs=-1)
@with_appcontext
def demo_clock(words: tuple[str, ...]) -> None:
    """Tell the time, move it forward running what falls due on the way, or go back to the real."""
    if not current_app.config["DEMONSTRATION"]:
        message = "只有演示环境可以移动时间。"
        raise Failure(message)
    if not words:
        _tell_time()
    elif list(words) == ["reset"]:
        _reset()
    else:
        _move(_target(words, now=clock.now()))


def _tell_time() -> None:
    moved = timekeeping.offset()
    said = f"（比真实时间快 {_amount(moved)}）" if moved else "（真实时间）"
    click.echo(f"演示时间：{web.as_moment(clock.now())}{said}")


def _amount(moved: timedelta) -> str:
    days, hours = divmod(round(moved / UNITS["h"]), 24)
    parts = [f"{days} 天"] if days else []
    return " ".join(parts + ([f"{hours} 小时"] if hours else [])) or "不到 1 小时"


def _target(words: Sequence[str], *, now: datetime) -> datetime:
    """Return the moment asked for; refuse what is unreadable, past or too far away."""
    found = _stated(words[1:]) if words[0] == "to" else _later(words, now=now)
    if found is None:
        raise Failure(f"看不懂“{' '.join(words)}”。{USAGE}")
    if found <= now:
        told = f"演示时间只能向前，现在是 {web.as_moment(now)}；要回到真实时间请用 reset。"
        raise Failure(told)
    if found > now + FARTHEST:
        raise Failure(f"一次最多移动 {FARTHEST.days} 天。")
    return found


def _later(words: Sequence[str], *, now: datetime) -> datetime | None:
    match = AMOUNT.fullmatch(words[0]) if len(words) == 1 else None
    return now + int(match[1]) * UNITS[match[2]] if match else None


def _stated(words: Sequence[str]) -> datetime | None:
    text = " ".join(words)
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=clock.BEIJING)
        except ValueError:
            continue
    return None


def _reset() -> None:
    with web.transaction():
        timekeeping.unset()
        trail.record("reset_clock", "system", by=trail.SYSTEM, now=clock.now())
    click.echo(f"已恢复真实时间：{web.as_moment(clock.now())}。已经发生的事不会撤销。")


def _move(target: datetime) -> None:
    """Walk to the target, stopping wherever something may fall due, as if the time had passed."""
    began = happenings.begin()
    start = clock.now()
    for moment, is_night in stops(start, target):
        _set(moment)
        jobs.run_due()
        if is_night:
            jobs.run_nightly(at_length=False)
        jobs.drain()
    if any(is_night for _, is_night in stops(start, target)):
        jobs.run_nightly()
        jobs.drain()
    with web.transaction():
        now = clock.now()
        trail.record("move_clock", "system", by=trail.SYSTEM, now=now, start=start.isoformat())
    click.echo(f"演示时间：{web.as_moment(start)} → {web.as_moment(clock.now())}")
    for line in happenings.since(began):
        click.echo(f"  {line}")


def _set(moment: datetime) -> None:
    """Let it be this moment now; the offset is measured from the real time."""
    with web.transaction():
        real = clock.now() - timekeeping.offset()
        timekeeping.set_offset(moment - real)


def stops(start: datetime, target: datetime) -> Iterator[tuple[datetime, bool]]:
    """Yield (moment, whether the night's jobs run) after start up to and including target."""
    day = clock.today(start)
    while day <= clock.today(target):
        for hour in sorted((*HOURS, NIGHT)):
            moment = datetime.combine(day, hour, tzinfo=clock.BEIJING)
            if start < moment < target:
                yield moment, hour == NIGHT
        day += timedelta(days=1)
    yield target, False
