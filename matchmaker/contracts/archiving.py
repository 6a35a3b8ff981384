"""归档: everything of a contract in one ZIP that opens without the platform."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matchmaker import clock, documents, money, papers
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.contracts import bounty_steps, filing
from matchmaker.contracts import papers as writing
from matchmaker.contracts.models import Contract, FileKind
from matchmaker.contracts.performing_models import Payment
from matchmaker.documents import archive
from matchmaker.errors import NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.lifecycles import BountyState, ContractState
from matchmaker.money import Unit
from matchmaker.revisions import operations as versions

ENDED = (
    ContractState.COMPLETED, ContractState.TERMINATED, ContractState.ELIMINATED,
    ContractState.LAPSED,
)  # fmt: skip
MOST = 2 * 1024**3  # bytes
STAGES: dict[str, tuple[FileKind, ...]] = {
    "签约": (FileKind.SCAN, FileKind.PRICE_NOTICE, FileKind.SUPPLEMENT),
    "登记": (FileKind.CERTIFICATE,),
    "交付与检查": (FileKind.DELIVERY, FileKind.CHECK, FileKind.INSPECTION),
    "付款": (FileKind.VOUCHER,),
    "验收": (FileKind.ACCEPTANCE,),
}
AGREED = {"签约": ("contract", "pledge"), "登记": ("registration",), "验收": ("acceptance",)}


@dataclass(frozen=True)
class Packed:
    """What was packed: the stored name and the digest the platform remembers."""

    stored_as: str
    manifest_digest: str
    files: int


def pack(contract: Contract) -> Packed:
    """Write the archive into the store; reads only, so that no transaction waits for it."""
    if contract.state not in ENDED:
        raise WrongState(f"合同当前为“{contract.state.label}”，办结后才能归档。")
    sections = [(stage, _items(contract, stage)) for stage in STAGES]
    sections.append(("文本版本", _texts(contract)))
    sections.append(("台账", [archive.Item("付款台账.txt", _ledger(contract).encode())]))
    with tempfile.TemporaryDirectory() as folder:
        built = archive.build(
            Path(folder) / "archive.zip", f"{contract.contract_no} {contract.title}", sections,
            _timeline(contract),
        )  # fmt: skip
        with built.path.open("rb") as stream:
            stored_as, _ = store.keep(stream, suffix=".zip", most=MOST)
    return Packed(stored_as, built.manifest_digest, built.files)


def _items(contract: Contract, stage: str) -> list[archive.Item]:
    found = [
        archive.Item(f"{writing.TITLES[kind]}.docx", content, "由平台按登记数据生成")
        for kind in AGREED.get(stage, ())
        if (content := _written(contract, kind)) is not None
    ]
    kept = (row for kind in STAGES[stage] for row in filing.of(contract, kind))
    found += [archive.Item(one.name, store.path_of(one.stored_as), one.kind.label) for one in kept]
    return found


def _written(contract: Contract, kind: str) -> bytes | None:
    """Return a document as it can be written; None where it is not whole or not there."""
    try:
        name, context = writing.context(contract, kind)
        return papers.produce(name, context)
    except (documents.MissingField, NotFound):
        return None


def _texts(contract: Contract) -> list[archive.Item]:
    return [
        archive.Item(
            f"第{one.number}版.txt",
            "\n".join(f"{key}：{value}" for key, value in one.content.items()).encode(),
            f"{clock.local(one.at):%Y-%m-%d %H:%M}",
        )
        for one in reversed(versions.of("contract", contract.id))
    ]


def _ledger(contract: Contract) -> str:
    query = select(Payment).where(Payment.contract_id == contract.id).order_by(Payment.id)
    lines = [
        f"第{one.seq}期\t{one.milestone_name}\t{one.paid_on}\t"
        f"{money.format_money(one.amount_fen, unit=Unit.YUAN)}\t{one.voucher_no}\t{one.state.label}"
        for one in db.session.scalars(query)
    ]
    paid = money.format_money(contract.paid_fen, unit=Unit.YUAN)
    total = money.format_money(contract.total_fen, unit=Unit.YUAN)
    return "\n".join([*lines, f"合同成交额\t{total}", f"已付合计\t{paid}"])


def _timeline(contract: Contract) -> list[archive.Event]:
    rows = [("contract", contract.public_id)]
    if contract.bounty is not None:
        rows.append(("bounty", contract.bounty.public_id))
    found: list[Entry] = [one for row in rows for one in trail.history(*row)]
    return [
        archive.Event(one.at, one.actor_name, f"{one.action}：{one.reason}" if one.reason else (
            one.action
        ))
        for one in sorted(found, key=lambda entry: entry.seq)
    ]  # fmt: skip


def close(contract: Contract, packed: Packed, *, by: Any, now: datetime) -> None:
    """Archive the contract, and its bounty once all its contracts are."""
    contract.archive_name = packed.stored_as
    trail.advance(
        contract, "archive", by=by, now=now, archive=packed.stored_as, files=packed.files,
        manifest=packed.manifest_digest,
    )  # fmt: skip
    bounty = contract.bounty
    if bounty is None or bounty.state not in (BountyState.PAID_OUT, BountyState.TERMINATED):
        return
    rows = bounty_steps.contracts(bounty)
    if all(one.state is ContractState.ARCHIVED for one in rows):
        trail.advance(bounty, "archive", by=by, now=now, contracts=len(rows))
