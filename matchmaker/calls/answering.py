"""An enterprise answers a call: with a need, or with "nothing this time" (无需求)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from matchmaker import clock, policy, web
from matchmaker.accounts.models import Organisation
from matchmaker.audit import trail
from matchmaker.calls import inviting
from matchmaker.calls.models import Answer, Call, Invitation, Via
from matchmaker.codes import NeedSource
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import ENTERPRISE
from matchmaker.messages import operations as messages
from matchmaker.needs import operations as needs
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

LONGEST_NOTE = 300


def open_to(viewer: Any) -> Select[Any]:
    """Return the calls this enterprise may answer now, the next to end first."""
    query = policy.scope(viewer, "call", "answer").where(Call.open_now())
    return query.order_by(Call.ends_at, Call.id)


def invitation(call: Call, enterprise_id: int) -> Invitation | None:
    """Return the enterprise's line on the call's list, if it has one."""
    query = select(Invitation).where(
        Invitation.call_id == call.id, Invitation.enterprise_id == enterprise_id
    )
    return db.session.scalar(query)


def needs_of(call: Call, enterprise_id: int) -> list[Need]:
    """Return what the enterprise wrote for the call, drafts too, oldest first."""
    query = select(Need).where(Need.call_id == call.id, Need.enterprise_id == enterprise_id)
    return list(db.session.scalars(query.order_by(Need.id)))


def start(call: Call, enterprise: Organisation, *, by: Any, now: datetime) -> Need:
    """Begin a need that answers the call (去填报); raise `WrongState` outside its period."""
    _check_open(call)
    return needs.create_draft(
        enterprise,
        {"tech_field_code": call.tech_field_code, "chain_node_id": call.chain_node_id},
        by=by,
        now=now,
        source=NeedSource.CALL,
        source_note=f"{call.call_no} {call.title}",
        call_id=call.id,
    )


def _check_open(call: Call) -> None:
    if not call.is_open:
        begins = not call.has_begun
        told = f"将于 {call.start_on} 开始" if begins else f"已于 {call.end_on} 24:00 截止"
        raise WrongState(f"征集“{call.title}”{told}，现在不能填报。")


def nothing(
    call: Call, enterprise: Organisation, note: str, *, by: Any, now: datetime
) -> Invitation:
    """Write down that the enterprise has nothing this time, so that it counts as answered.

    by : somebody of the enterprise, or the bureau writing down what it was told on the telephone;
    that needs a note of who said so.
    """
    _check_open(call)
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": f"说明最多 {LONGEST_NOTE} 字"})
    on_behalf = by.organisation_id != enterprise.id
    if on_behalf and not note.strip():
        raise Invalid({"note": "请写明谁在何时以何种方式答复，如：王工 12 月 3 日电话答复"})
    row = invitation(call, enterprise.id)
    if row is None:
        row = inviting.enter(call, enterprise, Via.OWN, now=now)
        db.session.add(row)
        db.session.flush()
    if row.answer is Answer.SUBMITTED:
        raise WrongState("该企业在这一批次已提交需求，不需要再登记“无需求”。")
    row.none_at, row.none_by_id, row.none_note = now, by.id, note.strip()
    db.session.flush()
    name = enterprise.name
    trail.record(
        "answer_nothing", "call", call.public_id, by=by, now=now, reason=row.none_note,
        enterprise=name, on_behalf=on_behalf,
    )  # fmt: skip
    return row


def not_nothing(call: Call, enterprise: Organisation, *, by: Any, now: datetime) -> None:
    """Take "nothing this time" back while the call is open."""
    _check_open(call)
    row = web.found(invitation(call, enterprise.id))
    row.none_at, row.none_by_id, row.none_note = None, None, ""
    name = enterprise.name
    trail.record(
        "take_back_nothing", "call", call.public_id, by=by, now=now, enterprise=name
    )  # fmt: skip


@needs.guard_submission
def check_channel(need: Need, by: Any, now: datetime) -> None:
    """Let a need in through its open call, else through the standing channel (常年通道).

    A need that was submitted once comes back from correction whenever it is ready. One whose call
    has ended goes on as 自主填报 where the bureau keeps the standing channel open.
    """
    if need.need_no:
        return
    standing = bool(places.settings()["standing_channel"])
    if need.call_id is None:
        if not standing and by.roles & ENTERPRISE:
            problem = "目前没有开放常年填报通道，请在征集期内从“需求征集”进入填报；草稿已保存"
            raise Invalid({"call": problem})
        return
    asked = select(Call).where(Call.id == need.call_id)
    call = db.session.scalar(asked.where(Call.open_now()))
    if call is not None:
        if invitation(call, need.enterprise_id) is None:
            db.session.add(inviting.enter(call, need.enterprise, Via.OWN, now=now))
        return
    _missed(need, db.session.scalars(asked).one(), standing=standing, by=by, now=now)


def _missed(need: Need, call: Call, *, standing: bool, by: Any, now: datetime) -> None:
    told = f"征集“{call.title}”已于 {call.end_on} 24:00 截止"
    if not standing:
        raise Invalid({"call": f"{told}，不再接收填报；草稿已保存，可待下一批征集时提交"})
    need.call_id, need.source = None, NeedSource.SELF
    need.source_note = f"{call.call_no} 截止后提交，转常年通道"
    body = f"{told}，您的需求已转为自主填报，照常受理，不影响后续对接。"
    url = f"/needs/{need.public_id}"
    messages.notify([by.id], "需求已转为自主填报", body, url, now=now)


def days_left(call: Call, *, now: datetime) -> int:
    """Return the days to the call's last day; 0 on it, negative after."""
    return (call.end_on - clock.today(now)).days


def row_for(call: Call, row_id: int, *, viewer: Any) -> Invitation:
    """Return the asked enterprise whose answer the viewer may write down; raise `NotFound`."""
    query = policy.scope(viewer, "call_invitation", "answer_on_behalf")
    query = query.where(Invitation.call_id == call.id, Invitation.id == row_id)
    row: Invitation = web.found(db.session.scalar(query))
    return row
