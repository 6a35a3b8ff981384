"""The audit trail's rows: appended, chained, never changed."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import DDL, ForeignKey, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.extensions import Model


class AuditHead(Model):
    """The chain's last link; its one row is the lock that puts appenders in a queue."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class Entry(Model):
    """One audited act: who, when, from where, what, to which row, why, with what outcome."""

    __tablename__ = "audit_entry"
    disclosure: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "seq", "at", "actor_name", "actor_roles", "action", "noun", "object_id", "from_state",
            "to_state", "reason", "details", "ip", "request_id",
        ),
        "A",
    )  # fmt: skip
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(100))
    actor_roles: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    noun: Mapped[str] = mapped_column(String(40), index=True)
    object_id: Mapped[str] = mapped_column(String(40), index=True)
    from_state: Mapped[str] = mapped_column(String(40), default="")
    to_state: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]]
    ip: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(20), default="")
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def public_id(self) -> str:
        """The entry's number, as a list names its rows."""
        return str(self.seq)


class Anchor(Model):
    """The chain's head as it was once a day: sent to the auditors, printed, never changed."""

    __tablename__ = "audit_anchor"
    day: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb} BEFORE {verb} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    for verb in ("update", "delete")
)
POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$",
    "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()",
    "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()",
)
SQLITE_ANCHOR_GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS audit_anchor_no_{verb} BEFORE {verb} ON audit_anchor "
    "BEGIN SELECT RAISE(ABORT, 'audit anchors are never changed'); END"
    for verb in ("update", "delete")
)
POSTGRES_ANCHOR_GUARDS = (  # by the trail's own function: its message says what is refused
    "CREATE TRIGGER audit_anchor_no_change BEFORE UPDATE OR DELETE ON audit_anchor "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()",
    "CREATE TRIGGER audit_anchor_no_truncate BEFORE TRUNCATE ON audit_anchor "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()",
)
for _model, _dialect, _guards in (
    (Entry, "sqlite", SQLITE_GUARDS),
    (Entry, "postgresql", POSTGRES_GUARDS),
    (Anchor, "sqlite", SQLITE_ANCHOR_GUARDS),
    (Anchor, "postgresql", POSTGRES_ANCHOR_GUARDS),
):
    for _guard in _guards:
        _ddl = DDL(_guard).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(_model.__table__, "after_create", _ddl)
# The anchors' guard calls the trail's function: the trail's table is made first.
Anchor.__table__.add_is_dependent_on(Entry.__table__)  # type: ignore[attr-defined]
