"""What makes a notice public: number, frozen page, period; and how the period ends by itself."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from matchmaker import clock, locks, timekeeping
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import COUNTING_NOTICES, NoticeState
from matchmaker.notices import freezing, operations, period
from matchmaker.notices.models import Notice, PeriodChange
from matchmaker.workdays import Deadline

PREFIX = "GS"


def expected_end(notice: Notice, *, now: datetime) -> Deadline:
    """Return the last day the period would have if the notice were published today."""
    return operations.calendar().add_workdays(clock.today(now), notice.workdays)


def publish(notice: Notice, *, by: User, now: datetime) -> None:
    """Approve and publish, as a third person: number, period and page are fixed now.

    The day counts from the server's clock; nobody can enter another one.
    """
    takers = {notice.created_by_id, notice.edited_by_id, notice.handler_id, notice.checked_by_id}
    if by.id in takers:
        raise NotAllowed("起草、审查、批准须由三个人分别办理，请由另一位局领导批准发布。")
    if notice.state is not NoticeState.CHECKED:
        raise WrongState(f"公示当前为“{notice.state.label}”，不能发布，请刷新页面后再看。")
    trail.record("approve", "notice", notice.public_id, by=by, now=now)
    notice.published_at, notice.published_on = now, clock.today(now)
    notice.start_on = notice.published_on + timedelta(days=1)
    notice.counted_from = notice.published_on
    period.set_end(notice, period.end_for(notice, operations.calendar()))
    prefix = f"{PREFIX}{notice.published_on.year}-"
    notice.notice_no = locks.next_number(Notice.notice_no, prefix, 3)
    notice.published_by_id = by.id
    notice.page_html, notice.page_digest = freezing.render("notices/frozen.html", notice=notice)
    trail.advance(
        notice, "publish", by=by, now=now, notice_no=notice.notice_no, digest=notice.page_digest,
        end_on=str(notice.end_on), provisional=notice.provisional,
    )  # fmt: skip
    operations.tell(notice, "published", now=now)


def is_intact(notice: Notice) -> bool:
    """Tell whether the stored page is still the one whose digest the trail holds."""
    said = [
        entry.details.get("digest")
        for entry in trail.history("notice", notice.public_id)
        if entry.action == "publish"
    ]
    return said == [notice.page_digest] == [freezing.digest(notice.page_html)]


def locked(notice_id: int) -> Notice:
    """Return the notice as it stands now and keep others from moving it until the commit."""
    query = select(Notice).where(Notice.id == notice_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def confirm_end(notice: Notice, *, basis: str, by: User, now: datetime) -> None:
    """State that a provisional last day holds, and by which document."""
    if notice.state not in COUNTING_NOTICES or not period.unconfirmed(notice):
        raise WrongState("这份公示的止日不需要核定，请刷新页面后再看。")
    if not basis.strip():
        raise Invalid({"basis": "请写明依据，如国办通知文号，或核对了哪一份日历"})
    notice.end_confirmed_at, notice.end_confirmed_by_id = now, by.id
    notice.end_basis = basis.strip()[:200]
    trail.record(
        "confirm_end", "notice", notice.public_id, by=by, now=now, reason=basis,
        end_on=str(notice.end_on),
    )  # fmt: skip


def moved(notice: Notice, before: date | None, *, reason: str, now: datetime) -> None:
    """Write down, for everybody to read, that the end moved."""
    db.session.add(
        PeriodChange(
            notice_id=notice.id,
            at=now,
            before=before,
            after=notice.end_on,
            provisional=notice.provisional,
            reason=reason[:300],
        )
    )


def start_due(*, now: datetime) -> int:
    """Let notices whose first day has come run; return how many."""
    query = select(Notice.id).where(Notice.state == NoticeState.PUBLISHED)
    begun = [*db.session.scalars(query.where(Notice.start_on <= clock.today(now)))]
    for notice_id in begun:
        notice = locked(notice_id)
        if notice.state is NoticeState.PUBLISHED:
            trail.advance(notice, "start", by=trail.SYSTEM, now=now)
    return len(begun)


def end_due(*, now: datetime) -> int:
    """End the notices whose period is over, by the database's time; return how many.

    A provisional end that nobody has confirmed, or an open objection, keeps a notice from ending.
    The row is locked first: an objection being handed in at that moment is waited for.
    """
    over = (Notice.state.in_(COUNTING_NOTICES), Notice.ends_at <= timekeeping.moment())
    ended = 0
    for notice_id in [*db.session.scalars(select(Notice.id).where(*over))]:
        notice = locked(notice_id)
        if notice.state not in COUNTING_NOTICES or period.unconfirmed(notice):
            continue
        if operations.open_objections(notice):
            continue
        notice.live_key, notice.ended_at = None, now
        trail.advance(notice, "end", by=trail.SYSTEM, now=now, end_on=str(notice.end_on))
        operations.tell(notice, "ended", now=now)
        ended += 1
    return ended
