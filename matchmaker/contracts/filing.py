"""Files of a contract: stored by digest, found again by what they are about."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import web
from matchmaker.contracts.models import Contract, ContractFile, FileKind
from matchmaker.contracts.subsidy_models import Subsidy
from matchmaker.extensions import db
from matchmaker.files import documents, store

SIGNED_SCANS = frozenset({".pdf", ".ofd", ".jpg", ".png"})


def receive(upload: Any, *, field: str, scan: bool = False) -> documents.Received | None:
    """Look into an upload and store it, outside any transaction; None where nothing was sent.

    scan : a signed paper, so PDF, OFD or a picture; else Word files pass as well.
    """
    if upload is None or not getattr(upload, "filename", ""):
        return None
    allowed = SIGNED_SCANS if scan else SIGNED_SCANS | {".docx"}
    return documents.receive(upload, field=field, allowed=allowed)


def keep(
    contract: Contract,
    received: documents.Received,
    kind: FileKind,
    *,
    about: str = "",
    by: Any,
    now: datetime,
) -> ContractFile:
    """Write the stored file down as one of the contract's."""
    row = ContractFile(
        contract_id=contract.id,
        kind=kind,
        about=about,
        name=received.name,
        stored_as=received.stored_as,
        digest=received.digest,
        size=received.size,
        at=now,
        by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def of(contract: Contract, kind: FileKind, about: str = "") -> list[ContractFile]:
    """Return the contract's files of a kind, the oldest first."""
    query = select(ContractFile).where(
        ContractFile.contract_id == contract.id, ContractFile.kind == kind
    )
    if about:
        query = query.where(ContractFile.about == about)
    return list(db.session.scalars(query.order_by(ContractFile.id)))


def get(contract: Contract, public_id: str) -> ContractFile:
    """Return one file of this very contract; raise `NotFound` for another's."""
    query = select(ContractFile).where(
        ContractFile.contract_id == contract.id, ContractFile.public_id == public_id
    )
    return web.found(db.session.scalars(query).one_or_none())


@store.keeps
def names() -> set[str]:
    """Return every stored name a contract holds."""
    files = set(db.session.scalars(select(ContractFile.stored_as)))
    archives = db.session.scalars(select(Contract.archive_name).where(Contract.archive_name != ""))
    vouchers = db.session.scalars(select(Subsidy.stored_as).where(Subsidy.stored_as != ""))
    return files | set(archives) | set(vouchers)
