"""I7 to I9: what was signed or published is as it was, periods ran, sums agree."""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.bidding.key_models import Opening
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import RecordEntry
from matchmaker.contracts.models import Contract, ContractFile
from matchmaker.guard.checks import Check, Row
from matchmaker.lifecycles import SheetState
from matchmaker.notices import freezing
from matchmaker.notices.models import Correction, Notice
from matchmaker.reviewing import sheets
from matchmaker.reviewing.models import Review
from matchmaker.reviewing.sheet_models import ScoreSheet, SheetVersion

SIGNED = (
    "('signed', 'performing', 'amending', 'disputed', 'terminating', 'eliminated', 'completed',"
    " 'terminated')"
)
SAVED = (SheetState.SUBMITTED, SheetState.REOPENING, SheetState.LOCKED)


def _sha256(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _sheets(session: Session) -> Iterator[Row]:
    for sheet in session.scalars(select(ScoreSheet).where(ScoreSheet.state.in_(SAVED))):
        kept = [one.digest for one in sheet.versions]
        if not sheets.is_intact(sheet) or sheet.digest not in kept:
            yield f"打分表 {sheet.public_id}", "内容与提交时的摘要不符"
    for version in session.scalars(select(SheetVersion)):
        if sheets.digest_of(version.content) != version.digest:
            yield f"打分表 {version.sheet.public_id}", f"第 {version.number} 稿被改动"


def _results(session: Session) -> Iterator[Row]:
    for review in session.scalars(select(Review).where(Review.result_digest != "")):
        if _sha256(review.result) != review.result_digest:
            yield f"评审 {review.review_no}", "汇总结果与摘要不符"


def _pages(session: Session) -> Iterator[Row]:
    for model, label in ((Notice, "公示"), (Correction, "更正公告")):
        query = select(model.public_id, model.page_html, model.page_digest)
        for name, page, digest in session.execute(query.where(model.page_digest != "")).tuples():
            if freezing.digest(page) != digest:
                yield f"{label} {name}", "页面与发布时的摘要不符"


def _records(session: Session) -> Iterator[Row]:
    query = select(Bounty.public_id, Bounty.snapshot, Bounty.digest).where(Bounty.digest != "")
    for name, snapshot, digest in session.execute(query).tuples():
        if record.sha256(snapshot) != digest:
            yield f"榜单 {name}", "发布内容与摘要不符"
    lines: dict[int, list[RecordEntry]] = {}
    query_lines = select(RecordEntry).order_by(RecordEntry.bounty_id, RecordEntry.seq)
    for entry in session.scalars(query_lines):
        lines.setdefault(entry.bounty_id, []).append(entry)
    for bounty_id, entries in lines.items():
        for fault in record.faults([record.line(one) for one in entries]):
            yield f"榜单公开记录 {bounty_id}", fault
    for opening in session.scalars(select(Opening)):
        if _sha256(opening.lines) != opening.digest:
            yield f"开标记录 {opening.bounty.public_id}", "内容与摘要不符"


def _scans(session: Session) -> Iterator[Row]:
    query = (
        select(Contract.contract_no)
        .where(Contract.scan_digest != "")
        .where(
            ~select(ContractFile.id)
            .where(
                ContractFile.contract_id == Contract.id,
                ContractFile.digest == Contract.scan_digest,
            )
            .exists()
        )
    )
    for name in session.scalars(query):
        yield f"合同 {name}", "签字扫描件与签订时的摘要不符"


UNCHANGED = (
    Check("I7", "打分表变了", ask=_sheets),
    Check("I7", "评审结果变了", ask=_results),
    Check("I7", "公示变了", ask=_pages),
    Check("I7", "榜单、公开记录或开标记录变了", ask=_records),
    Check("I7", "合同扫描件变了", ask=_scans),
)
NOTICED = (
    Check(
        "I8",
        "公示未满期就办结",
        "SELECT notice_no, CAST(end_on AS VARCHAR(20)) FROM public_notice"
        " WHERE state = 'ended_clear' AND (ended_at IS NULL OR ended_at < ends_at"
        " OR end_on IS NULL OR (provisional IS TRUE AND end_confirmed_at IS NULL))",
    ),
    Check(
        "I8",
        "公示期短于规定的工作日",
        "SELECT notice_no, CAST(workdays AS VARCHAR(4)) FROM public_notice"
        " WHERE state = 'ended_clear' AND (workdays < 5 OR ends_at < published_at)",
    ),
    Check(
        "I8",
        "公示期内有异议未办结就办结",
        "SELECT n.notice_no, o.objection_no FROM public_notice n"
        " JOIN objection o ON o.notice_id = n.id"
        " WHERE n.state = 'ended_clear' AND o.state IN ('submitted', 'accepted')"
        " AND o.received_at <= n.ended_at",
    ),
    Check(
        "I8",
        "没有公示期满就授予",
        "SELECT b.public_id, a.public_id FROM award a JOIN bounty b ON b.id = a.bounty_id"
        " WHERE a.state = 'made' AND NOT EXISTS (SELECT 1 FROM public_notice n"
        " WHERE n.subject_noun = 'bounty' AND n.subject_id = b.id AND n.kind = 'award'"
        " AND n.state IN ('ended_clear', 'suspended') AND n.published_at <= a.made_at)",
    ),
)
SUMS = (
    Check(
        "I9",
        "里程碑合计不等于合同额",
        "SELECT c.contract_no, CAST(sum(m.amount_fen) AS VARCHAR(20)) FROM tech_contract c"  # noqa: S608
        " JOIN milestone m ON m.contract_id = c.id AND m.state <> 'changed'"
        f" WHERE c.state IN {SIGNED} GROUP BY c.contract_no, c.total_fen"
        " HAVING sum(m.amount_fen) <> c.total_fen",
    ),
    Check(
        "I9",
        "里程碑已付与核对的付款不符，或超过应付",
        "SELECT c.contract_no, CAST(m.seq AS VARCHAR(4)) FROM milestone m"
        " JOIN tech_contract c ON c.id = m.contract_id LEFT JOIN payment p"
        " ON p.milestone_id = m.id AND p.state = 'verified'"
        " GROUP BY c.contract_no, m.id, m.seq, m.paid_fen, m.amount_fen"
        " HAVING coalesce(sum(p.amount_fen), 0) <> m.paid_fen OR m.paid_fen > m.amount_fen",
    ),
    Check(
        "I9",
        "合同已付与里程碑已付不符",
        "SELECT c.contract_no, CAST(c.paid_fen AS VARCHAR(20)) FROM tech_contract c"
        " LEFT JOIN milestone m ON m.contract_id = c.id"
        " GROUP BY c.id, c.contract_no, c.paid_fen, c.total_fen"
        " HAVING coalesce(sum(m.paid_fen), 0) <> c.paid_fen OR c.paid_fen > c.total_fen",
    ),
    Check(
        "I9",
        "补助拨付超过批准额",
        "SELECT b.batch_no, CAST(b.total_fen AS VARCHAR(20)) FROM subsidy_batch b"
        " JOIN subsidy s ON s.batch_id = b.id GROUP BY b.batch_no, b.total_fen"
        " HAVING sum(s.amount_fen) > b.total_fen",
    ),
)
CHECKS = (*UNCHANGED, *NOTICED, *SUMS)
