"""Calls, the invited and visits as lists."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from matchmaker import codes, web
from matchmaker.accounts.models import Organisation
from matchmaker.calls.models import Answer, Call, Invitation, Via, Visit, VisitKind
from matchmaker.disclosure import Hidden
from matchmaker.identifiers import row_number
from matchmaker.lifecycles import CallState
from matchmaker.listing import Choices, Column, Filter, Spec
from matchmaker.places import operations as places
from matchmaker.timekeeping import moment

Apply = Callable[[Select[Any], str], Select[Any]]
ANSWERED = "answered"
UNANSWERED = "unanswered"
GROUPS = {
    ANSWERED: (Answer.SUBMITTED, Answer.NONE),
    UNANSWERED: (Answer.SILENT, Answer.DRAFTED),
}


def town_choices() -> Choices:
    """Return the towns in use."""
    return [(str(town.id), town.name) for town in places.towns()]


def _labels(kinds: Any) -> Callable[[], Choices]:
    return lambda: [(str(kind.value), kind.label) for kind in kinds]


def _call_state(query: Select[Any], value: str) -> Select[Any]:
    """Narrow to a state as it counts now: past its end a call is closed."""
    ended = Call.ends_at <= moment()
    if value == CallState.PUBLISHED.value:
        return query.where(Call.state == CallState.PUBLISHED, ~ended)
    if value == CallState.CLOSED.value:
        late = (Call.state == CallState.PUBLISHED) & ended
        return query.where((Call.state == CallState.CLOSED) | late)
    known = {str(state.value): state for state in CallState}
    return query.where(Call.state == known[value]) if value in known else query


def _field(query: Select[Any], value: str) -> Select[Any]:
    known = value.isdecimal() and len(value) <= 3  # noqa: PLR2004
    return query.where(Call.tech_field_code.startswith(value)) if known else query


def _worded(value: Any) -> Any:
    return value if isinstance(value, Hidden) else (value.name if value else "")


def field_of(call: Any) -> str:
    """Return the field of technology a call asks about, "" for any."""
    return codes.label("tech_field", call.tech_field_code) if call.tech_field_code else ""


CALLS = (
    Column("call_no", "批次号", lambda c: c.call_no or "未编号", sort=Call.call_no),
    Column("title", "征集名称", lambda c: c.title, sort=Call.title),
    Column("state", "状态", lambda c: c.shown_state),
    Column("start_on", "开始日期", lambda c: web.as_day(c.start_on), sort=Call.start_on),
    Column("end_on", "截止日期", lambda c: web.as_day(c.end_on), sort=Call.end_on),
    Column(
        "field",
        "领域或产业链",
        lambda c: "、".join(filter(None, (field_of(c), str(c.chain_node or "")))) or "不限",
    ),
)
CALLS_BUREAU = (
    Column("target", "目标（条）", lambda c: c.target or "", align="end"),
    Column("handler", "经办", lambda c: _worded(c.handler)),
)


def call_spec(*, bureau: bool) -> Spec:
    """Return the calls' list; what only the bureau knows is for the bureau."""
    return Spec(
        resource="call",
        columns=(*CALLS, *CALLS_BUREAU) if bureau else CALLS,
        filters=(
            Filter("state", "状态", _call_state, choices=_labels(CallState)),
            Filter("field", "技术领域", _field, choices=lambda: codes.choices("tech_field")),
        ),
        default_sort="-end_on",
        search=(Call.title,),
        tie=Call.id,
    )


def _answer(query: Select[Any], value: str) -> Select[Any]:
    if value in GROUPS:
        return query.where(Invitation.answer_code.in_([one.value for one in GROUPS[value]]))
    known = {one.value for one in Answer}
    return query.where(Invitation.answer_code == value) if value in known else query


def _town(column: Any) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        number = row_number(value)
        if value == "none":
            return query.where(column.is_(None))
        return query if number is None else query.where(column == number)

    return apply


def _via(query: Select[Any], value: str) -> Select[Any]:
    known = {str(one.value): one for one in Via}
    return query.where(Invitation.via == known[value]) if value in known else query


def _enterprise(column: Any) -> Apply:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        named = Organisation.name.icontains(value, autoescape=True)
        return query.where(column.in_(select(Organisation.id).where(named)))

    return apply


def _answer_choices() -> Choices:
    groups = [(ANSWERED, "已答复"), (UNANSWERED, "未答复（含填写中）")]
    return [*groups, *_labels(Answer)()]


INVITED = (
    Column("name", "企业", lambda i: i.enterprise_name),
    Column("town", "镇街园区", lambda i: i.town_name or "未定", sort=Invitation.town_id),
    Column("answer", "填报情况", lambda i: i.answer, sort=Invitation.answer_code),
    Column("via", "邀请方式", lambda i: i.via, sort=Invitation.via),
    Column("none_at", "无需求登记", lambda i: web.as_day(i.none_at) if i.none_at else ""),
    Column("none_note", "说明", lambda i: i.none_note, default=False),
    Column("none_by", "登记人", lambda i: i.none_by_name, default=False),
    Column("reminded_on", "最近催报", lambda i: web.as_day(i.reminded_on) if i.reminded_on else ""),
)
CONTACTS = (
    Column("contact_name", "联系人", lambda i: i.contact_name),
    Column("contact_phone", "电话", lambda i: i.contact_phone),
)


def invitation_spec(*, contacts: bool) -> Spec:
    """Return the list of who is asked; telephone numbers for those who make the calls."""
    return Spec(
        resource="call_invitation",
        columns=(*INVITED, *CONTACTS) if contacts else INVITED,
        filters=(
            Filter("name", "企业名称", _enterprise(Invitation.enterprise_id), kind="text"),
            Filter("town", "镇街园区", _town(Invitation.town_id), choices=town_choices),
            Filter("answer", "填报情况", _answer, choices=_answer_choices),
            Filter("via", "邀请方式", _via, choices=_labels(Via)),
        ),
        default_sort="town",
        tie=Invitation.id,
    )


def _kind(query: Select[Any], value: str) -> Select[Any]:
    known = {str(one.value): one for one in VisitKind}
    return query.where(Visit.kind == known[value]) if value in known else query


def _visit_town(query: Select[Any], value: str) -> Select[Any]:
    number = row_number(value)
    if number is None:
        return query
    firms = select(Organisation.id).where(Organisation.town_id == number)
    return query.where(Visit.enterprise_id.in_(firms))


def _with_needs(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Visit.needs.any() if value == "yes" else ~Visit.needs.any())


VISITS = Spec(
    resource="visit",
    columns=(
        Column("visit_no", "编号", lambda v: v.visit_no, sort=Visit.visit_no),
        Column("name", "企业", lambda v: v.enterprise_name),
        Column("kind", "方式", lambda v: v.kind, sort=Visit.kind),
        Column("held_on", "日期", lambda v: web.as_day(v.held_on), sort=Visit.held_on),
        Column("town", "镇街园区", lambda v: v.town_name),
        Column("people", "参加人员", lambda v: v.people),
        Column("tags", "标签", lambda v: "、".join(v.tags)),
        Column("needs", "转为需求", lambda v: f"{v.need_count} 条" if v.need_count else ""),
        Column("findings", "发现的问题", lambda v: v.findings, default=False),
        Column("created_by", "登记人", lambda v: v.created_by.name, default=False),
    ),
    filters=(
        Filter("name", "企业名称", _enterprise(Visit.enterprise_id), kind="text"),
        Filter("kind", "方式", _kind, choices=_labels(VisitKind)),
        Filter("town", "镇街园区", _visit_town, choices=town_choices),
        Filter(
            "made",
            "转为需求",
            _with_needs,
            choices=lambda: [("yes", "已转"), ("no", "未转")],
        ),
    ),
    default_sort="-held_on",
    search=(Visit.findings, Visit.visit_no),
    tie=Visit.id,
)
