"""★ A bounty's own public record: a chain anybody can verify, and the digest of what was published.

Each line carries its predecessor's digest. Bids never stand in it before the deadline.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker import locks
from matchmaker.audit import trail
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import RecordEntry
from matchmaker.extensions import db

GENESIS = "0" * 64
LABELS = {
    "published": "发布",
    "amended": "变更生效",
    "extended": "延期",
    "answered": "答疑",
    "closed": "截榜",
    "commitments": "公布密封凭证清单",
    "opened": "启封",
    "failed": "流榜",
    "withdrawn": "撤榜",
    "republished": "重新发榜",
    "settled": "流榜后处理",
    "dropped_award": "中选撤销或放弃",
    "selected": "拟定揭榜方",
    "notice": "公示",
    "award": "中选结果",
    "contracted": "签约",
    "accepted": "验收",
    "paid_out": "兑榜",
    "terminated": "终止",
}
WORDS = {
    "title": "榜单名称",
    "reason": "原因",
    "question": "提问",
    "answer": "答复",
    "by": "答复人",
}


def words(entry: RecordEntry) -> str:
    """Say a line's content in Chinese, "" where its name says it all."""
    said = entry.content
    parts = [f"{label}：{said[key]}" for key, label in WORDS.items() if said.get(key)]
    if until := said.get("bid_deadline_at"):
        parts.append(f"截榜时间：{until[:16].replace('T', ' ')}")
    if changed := said.get("changes"):
        parts.append(f"变更内容：{'、'.join(one['label'] for one in changed)}")
    if entry.kind == "commitments":
        parts.append(f"密封凭证 {len(said['bids'])} 份")
    return "；".join(parts)


def canonical(content: Any) -> str:
    """Return the one text of a JSON value that digests are taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(content: Any) -> str:
    """Return the SHA-256 of a JSON value's canonical text."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def sm3(content: Any) -> str:
    """Return the SM3 of a JSON value's canonical text, "" where this OpenSSL has none."""
    try:
        return hashlib.new("sm3", canonical(content).encode()).hexdigest()
    except ValueError:
        return ""


def line(entry: RecordEntry) -> dict[str, Any]:
    """Return a line as it is published: everything its digest is taken of, and the digest."""
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="seconds"),
        "kind": entry.kind,
        "content": entry.content,
        "previous": entry.previous,
        "digest": entry.digest,
    }


def digest_of(published: Mapping[str, Any]) -> str:
    """Return the digest a line must carry: of all its other parts."""
    return sha256({key: value for key, value in published.items() if key != "digest"})


def append(bounty: Bounty, kind: str, content: Mapping[str, Any], *, now: datetime) -> RecordEntry:
    """Append a line behind the last one; one writer at a time to a bounty's record."""
    db.session.flush()
    locks.hold(f"record:{bounty.id}")
    last = db.session.scalars(
        select(RecordEntry)
        .where(RecordEntry.bounty_id == bounty.id)
        .order_by(RecordEntry.seq.desc())
        .limit(1)
    ).first()
    entry = RecordEntry(
        bounty_id=bounty.id,
        seq=last.seq + 1 if last else 1,
        at=now.replace(microsecond=0),
        kind=kind,
        content=json.loads(canonical(content)),
        previous=last.digest if last else GENESIS,
    )
    entry.digest = ""
    entry.digest = digest_of(line(entry))
    db.session.add(entry)
    db.session.flush()
    return entry


def announce(
    bounty: Bounty, kind: str, content: Mapping[str, Any], *, now: datetime
) -> RecordEntry:
    """Append a line that no move of the bounty goes with: it has an entry of its own."""
    trail.record(
        "put_on_record", "bounty", bounty.public_id, by=trail.SYSTEM, now=now, line=LABELS[kind]
    )
    return append(bounty, kind, content, now=now)


def of(bounty_id: int) -> list[RecordEntry]:
    """Return the lines, oldest first."""
    query = select(RecordEntry).where(RecordEntry.bounty_id == bounty_id)
    return list(db.session.scalars(query.order_by(RecordEntry.seq)))


def head(bounty_id: int) -> str:
    """Return the digest of the last line, "" where there is none."""
    latest = select(func.max(RecordEntry.seq)).where(RecordEntry.bounty_id == bounty_id)
    query = select(RecordEntry.digest).where(
        RecordEntry.bounty_id == bounty_id, RecordEntry.seq == latest.scalar_subquery()
    )
    return db.session.scalar(query) or ""


def document(bounty: Any, entries: Sequence[RecordEntry]) -> dict[str, Any]:
    """Return the record as the file anybody may keep and verify."""
    return {
        "bounty_no": bounty.bounty_no,
        "public_id": bounty.public_id,
        "lines": [line(entry) for entry in entries],
        "head": entries[-1].digest if entries else "",
        "rule": "digest = SHA-256(canonical JSON of the line without digest); "
        "canonical: UTF-8, keys sorted, no blanks",
    }


def faults(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say in Chinese what does not fit in a record's lines; empty when the chain is whole."""
    found, previous = [], GENESIS
    for number, one in enumerate(lines, start=1):
        if one.get("seq") != number:
            found.append(f"第 {number} 条缺失或次序不对")
        if one.get("previous") != previous:
            found.append(f"第 {number} 条与上一条不衔接")
        if one.get("digest") != digest_of(one):
            found.append(f"第 {number} 条内容与摘要不符")
        previous = str(one.get("digest", ""))
    return found
