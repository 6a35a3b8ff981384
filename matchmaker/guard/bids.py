"""I1 to I4: awards and sealed bids."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.bidding.key_models import Opening
from matchmaker.bidding.models import Bid
from matchmaker.bounties.records import RecordEntry
from matchmaker.guard.checks import Check, Row

HOLDERS = 2


def _few_holders(session: Session) -> Iterator[Row]:
    for opening in session.scalars(select(Opening)):
        if len({one["name"] for one in opening.holders}) < HOLDERS:
            yield opening.bounty.public_id, "开标记录不足两位持有人"


def _left_out_of_opening(session: Session) -> Iterator[Row]:
    """Compare the opening's list with what was received and counts."""
    for opening in session.scalars(select(Opening)):
        counted = select(Bid.bid_no).where(
            Bid.bounty_id == opening.bounty_id, Bid.valid_key.is_not(None)
        )
        listed = {one["bid"] for one in opening.lines}
        for name in session.scalars(counted):
            if name not in listed:
                yield name, "不在开标记录中"


def _changed_commitments(session: Session) -> Iterator[Row]:
    """Compare what was published at the deadline with the rows as they are."""
    query = select(RecordEntry).where(RecordEntry.kind == "commitments")
    for entry in session.scalars(query):
        told = {one["bid"]: one["commitment"] for one in entry.content["bids"]}
        rows = select(Bid.bid_no, Bid.commitment).where(Bid.bounty_id == entry.bounty_id)
        kept = dict(session.execute(rows).tuples().all())
        for name, commitment in told.items():
            if kept.get(name) != commitment:
                yield name, "与截榜时公布的密封凭证不符"


AWARDS = (
    Check(
        "I1",
        "同一名额有两个有效决定",
        "SELECT b.public_id, 'award ' || min(a.public_id) || ' / ' || max(a.public_id)"
        " FROM award a JOIN bounty b ON b.id = a.bounty_id"
        " WHERE a.state IN ('proposed', 'endorsed', 'notice', 'made')"
        " GROUP BY b.public_id, a.slot HAVING count(*) > 1",
    ),
    Check(
        "I1",
        "有效决定多于名额",
        "SELECT b.public_id, CAST(count(*) AS VARCHAR(10))"
        " FROM award a JOIN bounty b ON b.id = a.bounty_id"
        " WHERE a.state IN ('proposed', 'endorsed', 'notice', 'made')"
        " GROUP BY b.public_id, b.max_awards HAVING count(*) > b.max_awards",
    ),
    Check(
        "I1",
        "决定与所选申请不是同一榜单",
        "SELECT a.public_id, d.bid_no FROM award a JOIN bid d ON d.id = a.bid_id"
        " WHERE d.bounty_id <> a.bounty_id",
    ),
)
RECEIVED = (
    Check(
        "I2",
        "截止之后收到",
        "SELECT d.bid_no, CAST(d.received_at AS VARCHAR(40))"
        " FROM bid d JOIN bounty b ON b.id = d.bounty_id WHERE d.received_at > b.bid_deadline_at",
    ),
    Check(
        "I2",
        "榜单公布之前或截榜之后收到",
        "SELECT d.bid_no, CAST(d.received_at AS VARCHAR(40))"
        " FROM bid d JOIN bounty b ON b.id = d.bounty_id WHERE d.received_at IS NOT NULL"
        " AND (b.published_at IS NULL OR d.received_at < b.published_at"
        " OR d.received_at > b.closed_at)",
    ),
    Check(
        "I3",
        "回执过的申请没有记录",
        "SELECT e.object_id, e.book FROM sealed_entry e"
        " LEFT JOIN bid d ON d.public_id = e.object_id"
        " WHERE e.noun = 'bid' AND e.action = 'submit' AND d.id IS NULL",
    ),
    Check(
        "I3",
        "状态与是否收到不符",
        "SELECT bid_no, state FROM bid WHERE (received_at IS NOT NULL)"
        " = (state IN ('draft', 'lapsed'))"
        " AND state <> 'withdrawn'",
    ),
    Check(
        "I3",
        "榜单已开标而申请未启封",
        "SELECT d.bid_no, d.state FROM bid d JOIN bid_opening o ON o.bounty_id = d.bounty_id"
        " WHERE d.state IN ('draft', 'submitted', 'locked')",
    ),
    Check(
        "I3",
        "截榜后没有锁定",
        "SELECT d.bid_no, b.public_id FROM bid d JOIN bounty b ON b.id = d.bounty_id"
        " WHERE d.state = 'submitted' AND b.state <> 'published' AND NOT EXISTS ("
        "SELECT 1 FROM outbox_event e WHERE e.progress = 'waiting'"
        " AND e.kind IN ('bounty.closed', 'bounty.withdrawn'))",
    ),
    Check("I3", "开标记录漏列", ask=_left_out_of_opening),
    Check("I3", "密封凭证变了", ask=_changed_commitments),
)
SEALED = (
    Check(
        "I4",
        "没有开标记录而内容可读",
        "SELECT d.bid_no, d.state FROM bid d LEFT JOIN bid_opening o ON o.bounty_id = d.bounty_id"
        " WHERE o.id IS NULL AND d.state <> 'draft' AND (d.opened_at IS NOT NULL"
        " OR d.quote_fen IS NOT NULL OR d.lead_organisation_id IS NOT NULL"
        " OR CAST(d.content AS VARCHAR(10)) <> '{}')",
    ),
    Check(
        "I4",
        "密封的申请留有草稿或参与人",
        "SELECT d.bid_no, d.state FROM bid d WHERE d.state IN ('submitted', 'replaced', 'locked')"
        " AND (d.draft IS NOT NULL OR d.created_by_id IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM bid_party p WHERE p.bid_id = d.id)"
        " OR EXISTS (SELECT 1 FROM bid_file f WHERE f.bid_id = d.id))",
    ),
    Check(
        "I4",
        "开标没有另一位持有人先提供份额",
        "SELECT e.object_id, e.actor_name FROM audit_entry e WHERE e.action = 'open_bids'"
        " AND NOT EXISTS (SELECT 1 FROM audit_entry h WHERE h.action = 'hand_share'"
        " AND h.object_id = e.object_id AND h.seq < e.seq AND h.actor_id <> e.actor_id)",
    ),
    Check(
        "I4",
        "开标没有审计记录，或早于截榜",
        "SELECT b.public_id, CAST(o.opened_at AS VARCHAR(40)) FROM bid_opening o"
        " JOIN bounty b ON b.id = o.bounty_id"
        " WHERE b.closed_at IS NULL OR o.opened_at < b.closed_at OR NOT EXISTS ("
        "SELECT 1 FROM audit_entry e WHERE e.action = 'open_bids' AND e.object_id = b.public_id)",
    ),
    Check("I4", "持有人不足", ask=_few_holders),
)
CHECKS = (*AWARDS, *RECEIVED, *SEALED)
