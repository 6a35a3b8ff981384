"""Versions of the text, both sides' confirmation, the clock, and the officer's verification."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, policy, web
from matchmaker.accounts.models import OrganisationKind
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.brokering.lead_models import Side
from matchmaker.codes import BountyMode, Integrity
from matchmaker.contracts import filing, parameters, people, refusing, terms
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.errors import Invalid, NotAllowed, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import UNSIGNED, BountyState, ContractState
from matchmaker.notices import operations as notices
from matchmaker.places import operations as places
from matchmaker.relations import operations as relations
from matchmaker.revisions import operations as versions
from matchmaker.workdays import WorkdayCalendar

READ = ("read", "read_metadata")
NOUN = "contract"


def get(public_id: str, *actions: str, viewer: Any) -> Contract:
    """Return the contract on which the viewer may do any of `actions`; `NotFound` otherwise."""
    query = policy.scope(viewer, NOUN, *(actions or READ)).where(Contract.public_id == public_id)
    found: Contract = web.found(db.session.scalars(query).one_or_none())
    return found


def save(
    contract: Contract, fields: Mapping[str, Any], *, version: int | None, by: Any, now: datetime
) -> int:
    """Keep a new text; return its number. What was confirmed before counts no more.

    version : the row's version the form was opened with; another one raises `Stale`.
    fields : of `terms.LABELS`, plan as a list of stages, difference_reasons by key.
    """
    if people.side_of(contract, by) is None:
        raise NotAllowed("合同文本由双方修改。")
    if contract.state not in (ContractState.DRAFT, ContractState.NEGOTIATING):
        raise WrongState(f"合同当前为“{contract.state.label}”，不能修改文本。")
    if version is not None and version != contract.version:
        raise Stale
    found = terms.checked(fields, district=places.settings()["district_name"])
    reasons = found.pop("difference_reasons", {}) or {}
    for name, value in found.items():
        setattr(contract, name, value)
    contract.planned_fen = sum(stage["amount_fen"] for stage in contract.plan)
    kept = {key: str(text).strip()[:500] for key, text in reasons.items() if str(text).strip()}
    contract.difference_reasons = kept
    return _kept(contract, by=by, now=now)


def _kept(contract: Contract, *, by: Any, now: datetime) -> int:
    _void_confirmations(contract)
    revision = versions.keep(NOUN, contract.id, terms.content(contract), by=by, now=now)
    contract.text_no = revision.number
    told: dict[str, Any] = {"text_no": revision.number, "total_fen": contract.total_fen}
    if contract.state is ContractState.DRAFT:
        trail.advance(contract, "negotiate", by=by, now=now, **told)
    else:
        trail.record("save_text", NOUN, contract.public_id, by=by, now=now, **told)
    side = people.side_of(contract, by)
    outbox.add(
        "contract.text_saved", {"contract": contract.id, "by": side.value if side else ""}, now=now
    )
    return revision.number


def _void_confirmations(contract: Contract) -> None:
    for side in Side:
        for part in ("no", "at", "by_id"):
            setattr(contract, f"{side.value}_confirmed_{part}", None)


def confirm(contract: Contract, *, number: int, by: Any, now: datetime) -> None:
    """Confirm, for one side, exactly the text the page showed; raise `Stale` for an older one."""
    side = people.side_of(contract, by)
    if side is None:
        raise NotAllowed("由合同双方的单位管理员确认。")
    if contract.state not in (ContractState.NEGOTIATING, ContractState.PRICE_NOTICE):
        raise WrongState(f"合同当前为“{contract.state.label}”，不能确认文本。")
    if number != contract.text_no:
        raise Stale("合同文本已有新版本，请看过最新版本后再确认。")
    problems = terms.unexplained(contract)
    if problems:
        raise Invalid(problems)
    setattr(contract, f"{side.value}_confirmed_no", number)
    setattr(contract, f"{side.value}_confirmed_at", now)
    setattr(contract, f"{side.value}_confirmed_by_id", by.id)
    trail.record(
        "confirm_text", NOUN, contract.public_id, by=by, now=now, side=side.value, text_no=number
    )
    if contract.both_confirmed:
        outbox.add("contract.both_confirmed", {"contract": contract.id}, now=now)


def needs_price_notice(contract: Contract) -> bool:
    """Tell whether an agreed price must be published first: transfer or licence, institution's."""
    seller = contract.seller
    public = seller.kind is OrganisationKind.INSTITUTION or (seller.uscc or "").startswith("12")
    return public and contract.agreed_price and contract.kind in ("transfer", "license")


def publish_price(
    contract: Contract, *, begins: date, ends: date, url: str, by: Any, now: datetime
) -> None:
    """Record the institution's own notice of the agreed price; signing waits until it is over."""
    days = int(parameters.get("price_notice_days"))
    problems = {}
    if not needs_price_notice(contract):
        problems["begins"] = "只有高校院所以协议定价转让、许可成果时才需公示"
    if begins > clock.today(now):
        problems["begins"] = "公示起始日不能晚于今天"
    if (ends - begins).days < days:  # the first day is not counted
        least = begins + timedelta(days=days)
        problems["ends"] = f"公示不少于 {days} 日（首日不计），止日最早为 {least}"
    if not url.strip():
        problems["url"] = "请填写公示网址或张贴处"
    if problems:
        raise Invalid(problems)
    if not contract.both_confirmed:
        raise WrongState("请双方先确认同一版文本，再公示价格。")
    contract.price_notice_from, contract.price_notice_to = begins, ends
    contract.price_notice_url = url.strip()[:500]
    trail.advance(contract, "publish_price", by=by, now=now, ends=ends.isoformat())


def reopen(contract: Contract, *, reason: str, by: Any, now: datetime) -> None:
    """Take the text back from the notice to change it: the notice must then be repeated."""
    trail.advance(contract, "reopen_text", by=by, now=now, reason=reason)
    contract.price_notice_from = contract.price_notice_to = None
    contract.price_notice_url = ""
    _void_confirmations(contract)


def extend(contract: Contract, *, reason: str, by: Any, now: datetime) -> date:
    """Give the parties more time to sign, once; return the new last day."""
    if contract.state not in UNSIGNED or contract.sign_by is None:
        raise WrongState("这份合同没有签约期限，或已签订。")
    if contract.sign_extended:
        raise WrongState("签约期限只能延长一次。")
    if clock.today(now) > contract.sign_by:
        raise WrongState("签约期限已过，不能再延长。")
    if not reason.strip():
        raise Invalid({"reason": "延长签约期限必须写明原因"})
    calendar = WorkdayCalendar(places.holidays())
    last = calendar.add_days(contract.sign_by, int(parameters.get("sign_extension_days")))
    contract.sign_by, contract.sign_by_guessed = last.day, last.provisional
    contract.sign_extended = True
    trail.record(
        "extend_signing", NOUN, contract.public_id, by=by, now=now, reason=reason.strip(),
        sign_by=last.day.isoformat(),
    )  # fmt: skip
    outbox.add("contract.signing_extended", {"contract": contract.id}, now=now)
    return last.day


def is_overdue(contract: Any, *, today: date) -> bool:
    """Tell whether the time to sign is over, whatever a job has or has not done."""
    return (
        contract.state in UNSIGNED
        and contract.sign_by is not None
        and today > contract.sign_by
        and not contract.signing_held
    )


def lapse(contract: Contract, *, by: Any, now: datetime, reason: str = "") -> None:
    """Let a contract lapse whose time to sign is over: the award falls to the standby."""
    if not is_overdue(contract, today=clock.today(now)):
        raise WrongState("签约期限未过，或正在处理异议，不能作废。")
    told = reason.strip() or f"签约期限 {contract.sign_by} 已过，视为放弃"
    _ended(contract, "lapse", told, by=by, now=now)


def give_up(contract: Contract, *, reason: str, by: Any, now: datetime) -> None:
    """Give the award up, as a party."""
    if people.side_of(contract, by) is None:
        raise NotAllowed
    _ended(contract, "give_up", reason, by=by, now=now)


def _ended(contract: Contract, action: str, reason: str, *, by: Any, now: datetime) -> None:
    trail.advance(contract, action, by=by, now=now, reason=reason)
    side = people.side_of(contract, by) if by.id else None
    payload = {
        "contract": contract.id, "award": contract.award_id, "bounty": contract.bounty_id,
        "bid": contract.bid_id, "reason": reason, "side": side.value if side else "",
    }  # fmt: skip
    outbox.add("contract.overdue", payload, now=now)


def why_not_signable(contract: Contract, *, signed_on: date, today: date) -> dict[str, str]:
    """Return field → what still stands in the way of signing on that day; empty means nothing."""
    blacklisted = next(
        (one for one in (contract.buyer, contract.seller) if one.integrity is Integrity.BLACKLIST),
        None,
    )
    planned = sum(stage["amount_fen"] for stage in contract.plan)
    late = f"签约期限为 {contract.sign_by}，签订日已超期，视为放弃"
    named = blacklisted.name if blacklisted else ""
    return (
        terms.unexplained(contract)
        | refusing.gathered(
            (not contract.both_confirmed, "scan", "双方还没有确认同一版文本"),
            (signed_on > today, "signed_on", "签订日不能晚于今天"),
            (refusing.before(contract.sign_by, signed_on), "signed_on", late),
            (planned != contract.total_fen, "plan", "里程碑合计与合同成交额不一致"),
            (blacklisted is not None, "scan", f"{named}在失信名单中，不能签约"),
        )
        | _why_not_by_price(contract, signed_on)
        | _why_not_by_bounty(contract)
    )


def _why_not_by_price(contract: Contract, signed_on: date) -> dict[str, str]:
    if not needs_price_notice(contract):
        return {}
    last = contract.price_notice_to
    return refusing.gathered(
        (last is None, "signed_on", "协议定价的转让、许可须先公示不少于 15 日"),
        (last is not None and signed_on <= last, "signed_on", f"签订日须晚于公示止日 {last}"),
    )


def _why_not_by_bounty(contract: Contract) -> dict[str, str]:
    bounty = contract.bounty
    if bounty is None:
        return {}
    bid = db.session.get_one(Bid, contract.bid_id) if contract.bid_id else None
    problems = {}
    held = contract.signing_held or bounty.state is BountyState.SUSPENDED
    if held or notices.has_open_objection("bounty", bounty.id):
        problems["scan"] = "异议正在处理，暂停签约"
    elif bounty.state is not BountyState.AWARDED:
        problems["scan"] = f"榜单当前为“{bounty.state.label}”，公示结束后才能签约"
    if tied := relations.blocking(relations.of_subject(NOUN, contract.public_id)):
        kinds = "、".join(dict.fromkeys(one.kind.label for one in tied))
        problems["scan"] = (
            f"双方存在阻断级关联（{kinds}），不能签约；如有出入，请科室负责人在“关联与回避”中核实"
        )
    parties = {contract.buyer_id, contract.seller_id}
    if bid is not None and parties != {bounty.owner_id, bid.lead_organisation_id}:
        problems["scan"] = "合同双方须是发榜方和中选方"
    if bounty.mode is BountyMode.HORSE_RACE and committed(contract) > (bounty.amount_fen or 0):
        problems["plan"] = "各家阶段付款与主榜金合计超过榜额"
    return problems


def committed(contract: Contract) -> int:
    """Return what a horse race would cost with this contract: all stages and one main sum."""
    live = select(Contract).where(
        Contract.bounty_id == contract.bounty_id,
        Contract.state.not_in((ContractState.LAPSED, ContractState.ARCHIVED, *UNSIGNED)),
        Contract.id != contract.id,
    )
    plans = [contract.plan, *(one.plan for one in db.session.scalars(live))]
    stages = sum(one["amount_fen"] for plan in plans for one in plan if not one.get("is_main"))
    mains = [sum(one["amount_fen"] for one in plan if one.get("is_main")) for plan in plans]
    return int(stages + max(mains, default=0))


def scans(contract: Contract) -> list[Any]:
    """Return the scans of the signed contract, the latest last."""
    return filing.of(contract, FileKind.SCAN)
