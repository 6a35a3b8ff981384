"""更名: a verified organisation's new name is recorded by the bureau; the former one is kept."""

import unicodedata
from datetime import datetime

from sqlalchemy import select

from matchmaker import outbox
from matchmaker.accounts.models import FormerName, Organisation, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, Stale
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState

SHORTEST, LONGEST = 2, 100


def rename(
    organisation: Organisation, name: str, *, basis: str, version: int, by: User, now: datetime
) -> None:
    """Give an organisation its new name and keep the old one among its former names.

    basis : the registrar's notice of the change. Raises `Stale`, or `Invalid` naming the field.
    """
    if organisation.version != version:
        raise Stale
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    problems = {}
    if not SHORTEST <= len(name) <= LONGEST:
        problems["name"] = f"名称为 {SHORTEST} 至 {LONGEST} 个字"
    elif name == organisation.name:
        problems["name"] = "新名称与现名称相同"
    if not basis.strip():
        problems["basis"] = "请写明依据，如登记机关准予变更登记通知书的文号和日期"
    if organisation.state is OrganisationState.MERGED:
        problems["name"] = "已合并的单位不能更名，请在保留的单位上办理"
    if problems:
        raise Invalid(problems)
    keep(organisation, by=by, now=now, basis=basis.strip())
    before, organisation.name = organisation.name, name
    db.session.flush()
    trail.record(
        "rename", "organisation", organisation.public_id, by=by, now=now, reason=basis.strip(),
        before=before, after=name,
    )  # fmt: skip
    outbox.add("organisation.saved", {"id": organisation.id}, now=now)
    outbox.add("organisation.renamed", {"id": organisation.id, "before": before}, now=now)


def keep(organisation: Organisation, *, by: User, now: datetime, basis: str) -> None:
    """Keep the present name as a former one, once."""
    known = select(FormerName.id).where(
        FormerName.organisation_id == organisation.id, FormerName.name == organisation.name
    )
    if db.session.scalar(known) is None:
        db.session.add(
            FormerName(
                organisation_id=organisation.id,
                name=organisation.name,
                until=now,
                basis=basis,
                recorded_by_id=by.id,
            )
        )
