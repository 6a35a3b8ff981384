"""Two accounts of one person become one: an officer proposes, a leader approves, undo restores.

What the double made or keeps goes to the kept account; its roles do not, and it signs in no more.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker import sessions
from matchmaker.accounts import grants, links, signing_in
from matchmaker.accounts.merging import move_rows, references, return_row
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import Model, db, new_public_id
from matchmaker.lifecycles import OrganisationState, UserState

LIVE = frozenset({OrganisationState.ACTIVE, OrganisationState.SUSPENDING})
# What belongs to the account, not to the person: signing in, roles, and the trail for ever.
LEFT_ALONE = frozenset(
    {
        "audit_entry",
        "former_password",
        "known_device",
        "one_time_link",
        "organisation_merge",
        "person_merge",
        "recovery_code",
        "role_grant",
        "second_factor",
        "user_account",
        "web_session",
    }
)


class PersonMerge(Model):
    """One merge of accounts: who wanted it, who approved it, and every row it moved."""

    __tablename__ = "person_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    kept_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None]
    former_state: Mapped[str] = mapped_column(String(40), default="")
    moved: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    kept: Mapped[User] = relationship(foreign_keys=[kept_id])
    merged: Mapped[User] = relationship(foreign_keys=[merged_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])


def of_login(login: str, field: str) -> User:
    """Return the account of this login; raise `Invalid` for the form's field."""
    query = select(User).where(User.login == signing_in.plain_login(login))
    found = db.session.scalar(query)
    if found is None:
        raise Invalid({field: "没有这个登录账号，请核对"})
    return found


def get(public_id: str) -> PersonMerge:
    """Return a merge; raise `NotFound`."""
    found = db.session.scalar(select(PersonMerge).where(PersonMerge.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def listed() -> list[PersonMerge]:
    """Return every merge, those that wait first, then the latest."""
    latest = PersonMerge.decided_at.is_not(None), PersonMerge.id.desc()
    return list(db.session.scalars(select(PersonMerge).order_by(*latest)))


def propose(merged: User, kept: User, *, by: User, now: datetime, reason: str) -> PersonMerge:
    """Propose that two accounts are one person's. Raises `Invalid`."""
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么是同一个人"})
    _check(merged, kept, by)
    if _waiting(merged, kept):
        raise Invalid({"kept": "其中一个账号已有合并申请待审批"})
    merge = PersonMerge(
        kept_id=kept.id, merged_id=merged.id, reason=reason.strip(), proposed_by_id=by.id,
        proposed_at=now, moved=[],
    )  # fmt: skip
    db.session.add(merge)
    more = {"reason": reason.strip(), "into": kept.public_id}
    trail.record("merge_propose", "user", merged.public_id, by=by, now=now, **more)
    db.session.flush()
    return merge


def _check(merged: User, kept: User, by: User) -> None:
    """Raise `Invalid` where these two cannot be one person's accounts."""
    if merged.id == kept.id:
        raise Invalid({"kept": "两个账号相同，请分别填写"})
    if by.id in {merged.id, kept.id}:
        raise NotAllowed("不能办理自己账号的合并，请由其他人办理。")
    if merged.state is UserState.MERGED or kept.state is not UserState.ACTIVE:
        raise Invalid({"kept": "保留的账号须在用，并入的账号不能已合并"})
    if merged.organisation_id == kept.organisation_id:
        return
    if kept.organisation is None:
        raise Invalid({"kept": "请保留在单位任职的账号"})
    former = merged.organisation
    if former is not None and former.state in LIVE and kept.organisation.state in LIVE:
        raise Invalid({"kept": "两个账号分属两家在用单位，不能合并；换单位的请由系统管理员调整"})


def _waiting(*users: User) -> bool:
    ids = [user.id for user in users]
    query = select(PersonMerge.id).where(
        PersonMerge.decided_at.is_(None),
        PersonMerge.kept_id.in_(ids) | PersonMerge.merged_id.in_(ids),
    )
    return db.session.scalar(query.limit(1)) is not None


def _decide(merge: PersonMerge, by: User, now: datetime) -> None:
    if merge.decided_at is not None:
        raise WrongState("这项合并申请已经办理。")
    if merge.proposed_by_id == by.id:
        raise NotAllowed("提请人与审批人不能是同一人。")
    merge.decided_by_id, merge.decided_at = by.id, now


def refuse(merge: PersonMerge, *, by: User, now: datetime, reason: str) -> None:
    """Turn a proposal down, with the reason."""
    if not reason.strip():
        raise Invalid({"reason": "不予合并必须写明原因"})
    _decide(merge, by, now)
    public_id = merge.merged.public_id
    trail.record("merge_refuse", "user", public_id, by=by, now=now, reason=reason.strip())


def approve(merge: PersonMerge, *, by: User, now: datetime) -> None:
    """Merge: what refers to the double refers to the kept account; the double's sessions end."""
    _decide(merge, by, now)
    merged, kept = merge.merged, merge.kept
    _check(merged, kept, by)
    grants.refuse_last(merged, merged.roles)
    merge.former_state, merge.approved = merged.state.value, True
    trail.advance(merged, "merge", by=by, now=now, reason=merge.reason, into=kept.public_id)
    sessions.end_all(merged.id)
    links.void(merged, now=now)
    db.session.flush()
    merge.moved = [
        entry
        for table, column in references("user_account", LEFT_ALONE)
        for entry in move_rows(table, column, merged.id, kept.id)
    ]
    db.session.flush()
    db.session.expire_all()


def undo(merge: PersonMerge, *, by: User, now: datetime) -> None:
    """Take a merge back: what it moved and is still there returns to the double."""
    if not merge.approved or merge.undone_at is not None:
        raise WrongState("这项合并没有生效，或已经撤销。")
    if merge.kept.state is UserState.MERGED:
        raise WrongState("保留的账号后来又并入了别的账号，请先撤销后一次合并。")
    trail.advance(merge.merged, f"unmerge_{merge.former_state}", by=by, now=now)
    merge.undone_at = now
    db.session.flush()
    for entry in merge.moved:
        return_row(entry, merge.merged_id, merge.kept_id)
    db.session.expire_all()
