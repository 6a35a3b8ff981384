"""How far a call has come: by town, and in words to paste into WeChat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock
from matchmaker.calls import inviting
from matchmaker.calls.models import Answer, Call, Invitation, Via
from matchmaker.extensions import db
from matchmaker.needs.models import Need
from matchmaker.places.models import Town

NO_TOWN = "未定镇街"
MOST_NAMED = 30  # enterprises named in a text that is read on a telephone


@dataclass
class TownProgress:
    """One town's figures: enterprises asked and answered, needs handed in."""

    town_id: int | None
    name: str
    asked: int = 0
    submitted: int = 0
    none: int = 0
    drafted: int = 0
    silent: int = 0
    own: int = 0  # answered without having been asked
    needs: int = 0

    @property
    def answered(self) -> int:
        """Enterprises that handed in a need or said there is none."""
        return self.submitted + self.none

    @property
    def rate(self) -> str:
        """Answered of asked, per cent with one decimal; — where nobody was asked."""
        return f"{100 * self.answered / self.asked:.1f}%" if self.asked else "—"

    def add(self, other: "TownProgress") -> None:
        """Add another town's figures to these."""
        for name in ("asked", "submitted", "none", "drafted", "silent", "own", "needs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def by_town(call: Call, *, viewer: Any) -> tuple[list[TownProgress], TownProgress]:
    """Return (towns in the bureau's order, total) of what this viewer may see."""
    seen = inviting.visible(call, viewer).subquery()
    rows = db.session.execute(
        select(Invitation.town_id, Invitation.via, Invitation.answer_code, func.count())
        .where(Invitation.id.in_(select(seen.c.id)))
        .group_by(Invitation.town_id, Invitation.via, Invitation.answer_code)
    ).all()
    found: dict[int | None, TownProgress] = {}
    names = {town.id: town.name for town in _towns()}
    for town_id, via, answer, count in rows:
        one = found.setdefault(town_id, TownProgress(town_id, names.get(town_id, NO_TOWN)))
        if via is Via.OWN:
            one.own += count
        else:
            one.asked += count
            setattr(one, answer, getattr(one, answer) + count)
    for town_id, count in _needs_by_town(call, viewer):
        if town_id in found:
            found[town_id].needs += count
    order = [*names, None]
    towns = [found[town_id] for town_id in order if town_id in found]
    total = TownProgress(None, "合计")
    for one in towns:
        total.add(one)
    return towns, total


def _towns() -> list[Town]:
    return list(db.session.scalars(select(Town).order_by(Town.position, Town.id)))


def _needs_by_town(call: Call, viewer: Any) -> Any:
    """Count handed-in needs by the town their enterprise was asked in."""
    seen = inviting.visible(call, viewer).subquery()
    query = (
        select(Invitation.town_id, func.count(Need.id))
        .join(
            Need,
            (Need.call_id == Invitation.call_id) & (Need.enterprise_id == Invitation.enterprise_id),
        )
        .where(Invitation.id.in_(select(seen.c.id)), Need.submitted_at.is_not(None))
        .group_by(Invitation.town_id)
    )
    return db.session.execute(query).all()


def unanswered(call: Call, *, viewer: Any, town_id: int | None = None) -> Any:
    """Return the query of who has neither handed in nor said there is nothing."""
    query = inviting.visible(call, viewer).where(
        Invitation.answer_code.in_((Answer.SILENT.value, Answer.DRAFTED.value))
    )
    if town_id is not None:
        query = query.where(Invitation.town_id == town_id)
    return query.order_by(Invitation.town_id, Invitation.id)


def message(call: Call, *, viewer: Any, address: str, now: datetime) -> str:
    """Return a text to paste into WeChat: what is asked, until when, who has not answered."""
    missing = list(db.session.scalars(unanswered(call, viewer=viewer)))
    left = (call.end_on - clock.today(now)).days
    when = "今天" if left == 0 else f"还剩 {left} 天"
    parts = [
        f"【需求征集】{call.title}",
        f"截止时间：{call.end_on.month} 月 {call.end_on.day} 日 24:00（{when}）",
    ]
    if missing:
        named = "、".join(one.enterprise_name for one in missing[:MOST_NAMED])
        rest = (
            f" 等 {len(missing)} 家" if len(missing) > MOST_NAMED else f"（共 {len(missing)} 家）"
        )
        parts.append(f"尚未填报：{named}{rest}")
        parts.append("请登录平台填报；本次没有需求的，也请点“本次无需求”。")
    else:
        parts.append("应答企业已全部答复，感谢支持。")
    parts.append(f"填报地址：{address}")
    return "\n".join(parts)
