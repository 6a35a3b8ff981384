"""认定登记: the sheet with every mandatory field filled or named, its clocks, the decision."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, codes, money, outbox, web
from matchmaker.audit import trail
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import filing, parameters, people, refusing
from matchmaker.contracts.closing_models import Registration
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import RegistrationState, Role
from matchmaker.money import Unit
from matchmaker.places import operations as places
from matchmaker.workdays import WorkdayCalendar

R = RegistrationState
WAN = Unit.WAN.fen
# What the sheet asks for and the contract does not hold.
SHEET: dict[str, str] = {
    "declared_tech_fen": "申报技术交易额",
    "industry_code": "服务的国民经济行业",
    "tech_field_code": "技术领域",
    "ip_type": "涉及的知识产权",
    "plan_source": "计划来源",
    "social_goal": "社会经济目标",
    "agency": "登记机构",
    "agent_name": "经办人",
    "agent_phone": "经办人电话",
}
PLAN_SOURCES = (
    ("bounty", "揭榜挂帅项目"), ("national", "国家科技计划"), ("provincial", "省部级计划"),
    ("city", "地市县计划"), ("none", "计划外"),
)  # fmt: skip
SOCIAL_GOALS = (
    ("industry", "工商业发展"), ("agriculture", "农林牧渔业发展"), ("environment", "环境保护"),
    ("energy", "能源生产和合理利用"), ("health", "卫生事业发展"),
    ("infrastructure", "基础设施发展"), ("education", "教育事业发展"), ("other", "其他民用目标"),
)  # fmt: skip


def of(contract: Contract) -> Registration | None:
    """Return the contract's registration; None before it is signed."""
    query = select(Registration).where(Registration.contract_id == contract.id)
    return db.session.scalars(query).one_or_none()


def required(contract: Contract) -> Registration:
    """Return the contract's registration; raise `NotFound` before it is signed."""
    return web.found(of(contract))


def sheet(contract: Contract, registration: Registration) -> list[tuple[str, str]]:
    """Return every mandatory line of the registration sheet: label, value ("" where missing)."""
    buyer, seller = (contract.parties.get(side.value, {}) for side in Side)
    kept = registration.sheet
    return [
        ("合同名称", contract.title),
        ("合同类别", contract.kind_label),
        ("卖方名称", seller.get("name", "")),
        ("卖方统一社会信用代码", seller.get("uscc", "")),
        ("卖方地址", seller.get("address", "")),
        ("卖方法定代表人", seller.get("legal_rep", "")),
        ("买方名称", buyer.get("name", "")),
        ("买方统一社会信用代码", buyer.get("uscc", "")),
        ("买方地址", buyer.get("address", "")),
        ("买方法定代表人", buyer.get("legal_rep", "")),
        ("签订日期", web.as_day(contract.signed_on)),
        ("履行期限", f"{web.as_day(contract.start_on)} 至 {web.as_day(contract.end_on)}"),
        ("合同成交额", money.format_money(contract.total_fen, unit=Unit.YUAN)),
        ("申报技术交易额", _amount(kept.get("declared_tech_fen"))),
        ("付款方式", contract.payment_label),
        ("技术领域", _label("tech_field", kept.get("tech_field_code"))),
        ("服务的国民经济行业", _label("industry", kept.get("industry_code"))),
        ("涉及的知识产权", _label("ip_type", kept.get("ip_type"))),
        ("计划来源", dict(PLAN_SOURCES).get(str(kept.get("plan_source")), "")),
        ("社会经济目标", dict(SOCIAL_GOALS).get(str(kept.get("social_goal")), "")),
        ("技术内容", contract.content_clause),
        ("经办人", str(kept.get("agent_name") or "")),
        ("经办人电话", str(kept.get("agent_phone") or "")),
        ("登记机构", str(kept.get("agency") or "")),
        ("合同扫描件摘要", contract.scan_digest),
    ]


def _amount(fen: Any) -> str:
    return money.format_money(int(fen), unit=Unit.YUAN) if fen else ""


def _label(name: str, code: Any) -> str:
    return codes.label(name, str(code)) if code and codes.is_code(name, str(code)) else ""


def missing(contract: Contract, registration: Registration) -> list[str]:
    """Name the mandatory lines that are empty."""
    return [label for label, value in sheet(contract, registration) if not value]


def fill(
    contract: Contract, registration: Registration, fields: Mapping[str, Any], *, by: Any,
    now: datetime,
) -> None:  # fmt: skip
    """Keep what the sheet asks for, and what of the parties was missing at signing."""
    _require_seller(contract, by)
    if registration.state is not R.PREPARING:
        raise WrongState(f"登记当前为“{registration.state.label}”，不能修改登记表。")
    declared = fields.get("declared_tech_fen")
    if declared is not None and not 0 < declared <= contract.total_fen:
        raise Invalid({"declared_tech_fen": "技术交易额须大于 0 且不超过合同成交额"})
    kept = {name: fields.get(name) for name in SHEET}
    registration.sheet = {**kept, "is_related": bool(fields.get("is_related"))}
    registration.is_disputed = bool(fields.get("is_disputed"))
    contract.parties = _completed(contract, fields)
    told: dict[str, Any] = {"missing": missing(contract, registration)}
    trail.record("fill_sheet", "registration", registration.public_id, by=by, now=now, **told)


def _completed(contract: Contract, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fill gaps of the parties' particulars; what was there at signing stays."""
    found = {}
    for side in Side:
        kept = dict(contract.parties.get(side.value, {}))
        for part in ("uscc", "address", "legal_rep"):
            given = str(fields.get(f"{side.value}_{part}") or "").strip()[:200]
            kept[part] = kept.get(part) or given
        found[side.value] = kept
    return found


def _require_seller(contract: Contract, by: Any) -> None:
    if Role.OFFICER not in by.roles and people.side_of(contract, by) is not Side.SELLER:
        raise NotAllowed("技术合同登记由卖方办理，局经办可代办。")


def decision_workdays(contract: Contract, registration: Registration) -> int:
    """Return how many working days the agency has: more for a large or disputed contract."""
    large = contract.total_fen >= int(parameters.get("registration_large_wan")) * WAN
    longer = large or registration.is_disputed
    name = "registration_workdays_large" if longer else "registration_workdays"
    return int(parameters.get(name))


def submit(contract: Contract, registration: Registration, *, by: Any, now: datetime) -> date:
    """Hand the sheet in; return the last day for the decision."""
    _require_seller(contract, by)
    gaps = missing(contract, registration)
    if gaps:
        raise Invalid({"sheet": "登记表还缺：" + "、".join(gaps)})
    calendar = WorkdayCalendar(places.holidays())
    last = calendar.add_workdays(clock.today(now), decision_workdays(contract, registration))
    registration.submitted_at, registration.decide_by = now, last.day
    trail.advance(registration, "submit", by=by, now=now, decide_by=last.day.isoformat())
    _tell("submitted", contract, now=now)
    return last.day


def register(
    contract: Contract,
    registration: Registration,
    *,
    reg_no: str,
    reg_on: date | None,
    reg_agency: str,
    tech_fen: int | None,
    certificate: Received | None,
    by: Any,
    now: datetime,
) -> None:
    """Enter what the agency certified; from here the contract counts as 成交额, by `reg_on`."""
    _check_certificate(contract, reg_no, reg_on, reg_agency, tech_fen or 0, clock.today(now))
    registration.reg_no, registration.reg_on = reg_no.strip()[:30], reg_on
    registration.reg_agency = reg_agency.strip()[:100]
    registration.total_fen, registration.tech_fen = contract.total_fen, tech_fen
    if certificate is not None:
        filing.keep(contract, certificate, FileKind.CERTIFICATE, by=by, now=now)
    trail.advance(
        registration, "register", by=by, now=now, reg_no=reg_no.strip(), tech_fen=tech_fen,
        total_fen=contract.total_fen,
    )  # fmt: skip
    _tell("registered", contract, now=now)


def _check_certificate(  # noqa: PLR0917 - the certificate's own fields
    contract: Contract,
    reg_no: str,
    reg_on: date | None,
    reg_agency: str,
    tech_fen: int,
    today: date,
) -> None:
    refusing.refuse(
        (not reg_no.strip(), "reg_no", "请填写登记编号"),
        (
            refusing.not_past(reg_on, today),
            "reg_on",
            "请选择登记日期，不能晚于今天",
        ),
        (
            refusing.before(reg_on, contract.signed_on),
            "reg_on",
            f"登记日期不能早于签订日 {contract.signed_on}",
        ),
        (not reg_agency.strip(), "reg_agency", "请填写登记机构"),
        (
            not 0 < tech_fen <= contract.total_fen,
            "tech_fen",
            "核定技术交易额须大于 0 且不超过合同成交额",
        ),
    )


def reject(
    contract: Contract, registration: Registration, *, reason: str, by: Any, now: datetime
) -> None:
    """Enter that the agency refused, with its reason."""
    registration.note = reason.strip()[:1000]
    trail.advance(registration, "reject", by=by, now=now, reason=reason)
    _tell("rejected", contract, now=now)


def prepare_again(
    contract: Contract, registration: Registration, *, by: Any, now: datetime
) -> None:
    """Take the sheet up again after a refusal."""
    _require_seller(contract, by)
    registration.submitted_at = registration.decide_by = None
    trail.advance(registration, "prepare_again", by=by, now=now)


def cancel(
    contract: Contract, registration: Registration, *, reason: str, by: Any, now: datetime
) -> None:
    """Enter that the registration was cancelled: its amount no longer counts."""
    registration.note = reason.strip()[:1000]
    trail.advance(registration, "cancel", by=by, now=now, reason=reason)
    _tell("rejected", contract, now=now)


def _tell(what: str, contract: Contract, *, now: datetime) -> None:
    outbox.add("registration.moved", {"what": what, "contract": contract.id}, now=now)
