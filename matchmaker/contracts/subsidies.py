"""财政补助: budgets, batches proposed and approved, published, paid; never twice a contract."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, locks, money, outbox, policy, web
from matchmaker.audit import trail
from matchmaker.codes import NoticeKind
from matchmaker.contracts import refusing
from matchmaker.contracts.models import Contract
from matchmaker.contracts.subsidy_models import Subsidy, SubsidyBatch, SubsidyBudget
from matchmaker.contracts.subsidy_rules import DEAD, Claim, claim, compress
from matchmaker.errors import Invalid, NotAllowed, WrongState
from matchmaker.extensions import db
from matchmaker.files.documents import Received
from matchmaker.lifecycles import SubsidyState
from matchmaker.money import Unit
from matchmaker.notices import operations as notices

S = SubsidyState


def budget_of(year: int) -> SubsidyBudget | None:
    """Return a year's budget; None where none is stated."""
    return db.session.get(SubsidyBudget, year)


def budgets() -> list[SubsidyBudget]:
    """Return the stated budgets, the latest year first."""
    return list(db.session.scalars(select(SubsidyBudget).order_by(SubsidyBudget.year.desc())))


def set_budget(
    year: int, total_fen: int | None, *, source_doc: str, by: Any, now: datetime
) -> SubsidyBudget:
    """State a year's budget; never below what is committed already."""
    row = budget_of(year)
    if not 2000 <= year <= 2100:  # noqa: PLR2004 - a year
        raise Invalid({"year": "请填写四位年份"})
    if total_fen is None or total_fen < (row.committed_fen if row else 0):
        raise Invalid({"total_fen": "预算不能少于已安排的补助"})
    if row is None:
        row = SubsidyBudget(year=year, total_fen=total_fen, committed_fen=0)
        db.session.add(row)
    row.total_fen, row.source_doc = total_fen, source_doc.strip()[:200]
    trail.record("set_budget", "subsidy_batch", str(year), by=by, now=now, total_fen=total_fen)
    db.session.flush()
    return row


def propose(
    contracts: Sequence[Contract],
    *,
    year: int,
    name: str,
    excluded: Mapping[int, int],
    note: str,
    by: Any,
    now: datetime,
) -> SubsidyBatch:
    """Propose subsidies together; over the budget all are compressed in proportion.

    excluded : contract id → 分 spent on equipment. Raises `Invalid` for a contract that may not.
    """
    budget = budget_of(year)
    found = [claim(one, excluded_fen=excluded.get(one.id, 0)) for one in contracts]
    objection = next((one for one in found if one.objection), None)
    why = f"{objection.contract.contract_no}：{objection.objection}" if objection else ""
    refusing.refuse(
        (not name.strip(), "name", "请填写批次名称"),
        (budget is None, "year", f"{year} 年补助预算尚未录入"),
        (not contracts, "contracts", "请至少选择一份合同"),
        (objection is not None, "contracts", why),
    )
    assert budget is not None  # noqa: S101 - refused above
    try:
        amounts = compress([one.due_fen for one in found], budget.total_fen - budget.committed_fen)
    except money.MoneyError as error:
        raise Invalid({"year": str(error)}) from None
    if min(amounts) <= 0:
        raise Invalid({"year": "预算余额过少，压缩后有合同不足 1 分"})
    batch = _batch(found, amounts, year=year, name=name, note=note, by=by, now=now)
    budget.committed_fen += batch.total_fen
    db.session.flush()
    outbox.add("subsidy.moved", {"what": "proposed", "batch": batch.id}, now=now)
    return batch


def _batch(
    found: Sequence[Claim], amounts: Sequence[int], *, year: int, name: str, note: str, by: Any,
    now: datetime,
) -> SubsidyBatch:  # fmt: skip
    batch = SubsidyBatch(
        batch_no=locks.next_number(SubsidyBatch.batch_no, f"BZ{year}", 3),
        name=name.strip()[:100], year=year, note=note.strip()[:2000],
        total_fen=sum(amounts), due_fen=sum(one.due_fen for one in found), proposed_at=now,
        proposed_by_id=by.id,
    )  # fmt: skip
    batch.lines = [
        Subsidy(
            contract_id=one.contract.id, contract_key=one.contract.id, base_fen=one.base_fen,
            excluded_fen=one.excluded_fen, ratio=f"{one.rule.ratio:.4f}",
            cap_fen=one.rule.cap_fen, due_fen=one.due_fen, amount_fen=amount,
        )
        for one, amount in zip(found, amounts, strict=True)
    ]  # fmt: skip
    db.session.add(batch)
    told: dict[str, Any] = {"total_fen": batch.total_fen, "due_fen": batch.due_fen, "year": year}
    trail.enter(batch, by=by, now=now, **told)
    return batch


def get(public_id: str, *actions: str, viewer: Any) -> SubsidyBatch:
    """Return the batch on which the viewer may do any of `actions`; `NotFound` otherwise."""
    query = policy.scope(viewer, "subsidy", *(actions or ("read",)))
    found: SubsidyBatch = web.found(
        db.session.scalar(query.where(SubsidyBatch.public_id == public_id))
    )
    return found


def decide(batch: SubsidyBatch, *, approve: bool, reason: str, by: Any, now: datetime) -> None:
    """Approve or refuse, as the leader; never one's own proposal."""
    if batch.proposed_by_id == by.id:
        raise NotAllowed("提请人不能批准自己的提请。")
    if approve:
        batch.approved_at, batch.approved_by_id = now, by.id
        trail.advance(batch, "approve", by=by, now=now, total_fen=batch.total_fen)
    else:
        trail.advance(batch, "refuse", by=by, now=now, reason=reason)
        release(batch)
    told = {"what": "approved" if approve else "refused", "batch": batch.id}
    outbox.add("subsidy.moved", told, now=now)


def revoke(batch: SubsidyBatch, *, reason: str, by: Any, now: datetime) -> None:
    """Take a batch back before anything of it is paid."""
    if batch.paid_fen:
        raise WrongState("已有补助拨付，不能整批撤销。")
    trail.advance(batch, "revoke", by=by, now=now, reason=reason)
    release(batch)


def release(batch: SubsidyBatch) -> None:
    """Give the budget back and let the contracts be proposed again."""
    budget = budget_of(batch.year)
    if budget is not None:
        budget.committed_fen -= batch.total_fen
    for line in batch.lines:
        line.contract_key = None
    db.session.flush()


def publish(batch: SubsidyBatch, *, by: Any, now: datetime) -> Any:
    """Draft the public notice of an approved batch; payment waits until it ends clear."""
    trail.advance(batch, "publish", by=by, now=now)
    notice = notices.draft(
        NoticeKind.SUBSIDY,
        "subsidy_batch",
        batch.id,
        title=f"关于{batch.name}的公示",
        subjects=[
            {
                "项目": line.contract.title,
                "受补助单位": line.beneficiary.name,
                "拟补助金额": money.format_money(line.amount_fen, unit=Unit.WAN),
            }
            for line in batch.lines
        ],
        url="",
        by=by,
        now=now,
    )
    batch.notice_id = notice.id
    return notice


def pay(
    batch: SubsidyBatch,
    line_id: str,
    *,
    paid_on: date | None,
    voucher_no: str,
    voucher: Received | None,
    by: Any,
    now: datetime,
) -> Subsidy:
    """Record one line as paid; the last one ends the batch."""
    line = web.found(next((one for one in batch.lines if one.public_id == line_id), None))
    if batch.state is not S.CLEARED:
        raise WrongState(f"补助当前为“{batch.state.label}”，公示期满无异议后才能拨付。")
    if line.paid_on is not None:
        raise WrongState("这笔补助已经拨付。")
    if line.contract.state in DEAD:
        raise WrongState(f"合同{line.contract.state.label}，不得拨付。")
    refusing.refuse(
        (
            refusing.not_past(paid_on, clock.today(now)),
            "paid_on",
            "请选择拨付日期，不能晚于今天",
        ),
        (not voucher_no.strip(), "voucher_no", "请填写拨付凭证号"),
        (voucher is None, "voucher", "请上传拨付凭证"),
    )
    assert voucher is not None  # noqa: S101 - refused above
    line.paid_on, line.voucher_no = paid_on, voucher_no.strip()[:60]
    line.stored_as = voucher.stored_as
    batch.paid_count += 1  # its version: two officers never pay one line twice
    told: dict[str, Any] = {"contract": line.contract.public_id, "amount_fen": line.amount_fen}
    trail.record("pay_subsidy", "subsidy_batch", batch.public_id, by=by, now=now, **told)
    if all(one.paid_on for one in batch.lines):
        trail.advance(batch, "pay", by=by, now=now, total_fen=batch.total_fen)
    return line
