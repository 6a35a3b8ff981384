"""People around one notice, and what takes it to each of its states."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine

from matchmaker.codes import NoticeKind
from matchmaker.extensions import db
from matchmaker.files import documents
from matchmaker.lifecycles import Role
from matchmaker.notices import deciding, objections, operations, publishing
from matchmaker.places import operations as places

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
LINES = [{"榜单编号": "JB2026-001", "榜单名称": "铸件恒力打磨机器人", "拟揭榜单位": "澜州工业大学"}]
WEDNESDAY = datetime(2026, 9, 23, 2, 0, tzinfo=UTC)  # ends 10-08, over the National Day
BODY = "拟揭榜单位在指标响应表中填写的接触力波动与其公开论文所载数据不符，请予核实。"


def beijing(text: str) -> datetime:
    """Return a moment written as a clerk's wall clock says: "2026-09-23 10:00"."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def frozen():
    """Return a function that sets the time of application and database."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield lambda moment: traveller.move_to(
            beijing(moment) if isinstance(moment, str) else moment
        )


@pytest.fixture
def people(make):
    """Return who takes part."""
    return SimpleNamespace(
        officer=make.user(Role.OFFICER, name="赵经办"),
        colleague=make.user(Role.OFFICER, name="钱经办"),
        chief=make.user(Role.SECTION_CHIEF, name="孙科长"),
        leader=make.user(Role.LEADER, name="李局长"),
        auditor=make.user(Role.AUDITOR, name="周督查"),
        rival=make.user(Role.RESEARCHER, name="吴异议", phone="13900001111"),
        other=make.user(Role.ENTERPRISE_ADMIN, name="郑异议"),
        stranger=make.user(Role.RESEARCHER, name="王旁人"),
    )


def state_bureau():
    """State what a notice says of the bureau."""
    places.set_setting("phone", "0631-5220001")
    places.set_setting("address", "海澜区政务大厦 6 楼")
    db.session.flush()


def drafted(people, *, now=WEDNESDAY, workdays=5, kind=NoticeKind.AWARD, subject=1, **values):
    values.setdefault("title", "关于铸件恒力打磨项目拟揭榜单位的公示")
    values.setdefault("subjects", LINES)
    values.setdefault("by", people.officer)
    return operations.draft(kind, "bounty", subject, workdays=workdays, now=now, **values)


def published(people, *, now=WEDNESDAY, **values):
    """Take a notice through three hands to publication."""
    state_bureau()
    notice = drafted(people, now=now, **values)
    operations.submit(notice, by=people.officer, now=now)
    operations.check(notice, by=people.chief, now=now)
    publishing.publish(notice, by=people.leader, now=now)
    return notice


def evidence(name="证据.pdf", content=PDF):
    upload = SimpleNamespace(filename=name, stream=io.BytesIO(content))
    return documents.receive(upload, field="files")


def complaint(**values):
    said = {"name": "吴异议", "phone": "13900001111", "unit": "北方机械研究所", "body": BODY}
    return objections.Complaint(**{**said, **values})


def objected(notice, people, *, by=None, now=WEDNESDAY, **values):
    by = by or people.rival
    return objections.submit(notice, complaint(**values), [evidence()], by=by, now=now)


def found_out(row, people, *, now, by=None):
    text = (
        "经调阅原始测试记录并请两位专家复核，指标响应表所填数据与检测报告一致，建议认定异议不成立。"
    )
    deciding.find_out(row, findings=text, by=by or people.officer, now=now)


SUMMARY = "经复核原始测试记录，指标数据与检测报告一致，异议不成立。"
