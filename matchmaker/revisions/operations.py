"""Keep versions, compare them, pin remarks to fields."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz.distance import LCSseq
from sqlalchemy import func, select

from matchmaker.accounts.models import User
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.revisions.models import Remark, Revision

MOST_BODY = 1000  # characters of one remark
COMPARED = 5000  # characters of a field that are compared
MOST_PAIRS = 500_000  # of equal characters; beyond, difflib takes seconds: 25 million for a*5000
_SEGMENTS = {"-": "delete", "+": "insert", "same": "equal"}


def _plain(content: Any) -> Any:
    if isinstance(content, date):
        return content.isoformat()
    return content


def keep(
    noun: str, object_id: int, content: Mapping[str, Any], *, by: User | None, now: datetime
) -> Revision:
    """Keep the content as the next version of the row; open remarks count as answered."""
    latest = select(func.max(Revision.number)).where(
        Revision.noun == noun, Revision.object_id == object_id
    )
    revision = Revision(
        noun=noun,
        object_id=object_id,
        number=(db.session.scalar(latest) or 0) + 1,
        content={key: _plain(value) for key, value in content.items()},
        at=now,
        by_id=by.id if by else None,
    )
    db.session.add(revision)
    for remark in open_remarks(noun, object_id):
        remark.resolved_at = now
    db.session.flush()
    return revision


def of(noun: str, object_id: int) -> list[Revision]:
    """Return the row's versions, newest first."""
    query = select(Revision).where(Revision.noun == noun, Revision.object_id == object_id)
    return list(db.session.scalars(query.order_by(Revision.number.desc())))


def get(noun: str, object_id: int, number: int) -> Revision:
    """Return one version; raise `NotFound`."""
    query = select(Revision).where(
        Revision.noun == noun, Revision.object_id == object_id, Revision.number == number
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def pin(
    noun: str,
    object_id: int,
    remarks: Mapping[str, str],
    *,
    by: User,
    now: datetime,
) -> list[Remark]:
    """Pin remarks (field → text) to the row's latest version; empty texts are left out."""
    versions = of(noun, object_id)
    number = versions[0].number if versions else 0
    written = []
    for field, body in remarks.items():
        text = body.strip()
        if len(text) > MOST_BODY:
            raise Invalid({field: f"修改意见请控制在 {MOST_BODY} 字以内"})
        if text:
            written.append(
                Remark(
                    noun=noun,
                    object_id=object_id,
                    number=number,
                    field=field,
                    body=text,
                    at=now,
                    by_id=by.id,
                )
            )
    db.session.add_all(written)
    db.session.flush()
    return written


def open_remarks(noun: str, object_id: int) -> list[Remark]:
    """Return the remarks that await an answer, in the order written."""
    query = select(Remark).where(
        Remark.noun == noun, Remark.object_id == object_id, Remark.resolved_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Remark.id)))


def open_by_field(noun: str, object_id: int) -> dict[str, list[Remark]]:
    """Return the open remarks by the field they are pinned to."""
    found: dict[str, list[Remark]] = {}
    for remark in open_remarks(noun, object_id):
        found.setdefault(remark.field, []).append(remark)
    return found


@dataclass(frozen=True)
class FieldChange:
    """One field that differs between two versions: pieces are (kind, text), kind = - + or same."""

    field: str
    pieces: tuple[tuple[str, str], ...]

    @property
    def segments(self) -> list[tuple[str, str]]:
        """Return the pieces as the macro `diff.inline` takes them."""
        return [(_SEGMENTS[kind], text) for kind, text in self.pieces]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return the fields that differ, in the order of `after`, with what went and what came."""
    keys = [*after, *(key for key in before if key not in after)]
    return [
        FieldChange(key, tuple(_pieces(_text(before.get(key)), _text(after.get(key)))))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, list):
        return "\n".join(_text(one) for one in content)
    if isinstance(content, dict):
        return " ".join(str(one) for one in content.values() if one not in {None, ""})
    return str(content)


def _pieces(old: str, new: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in _steps(old[:COMPARED], new[:COMPARED]):
        if tag == "equal":
            pieces.append(("same", old[i1:i2]))
            continue
        if i2 > i1:
            pieces.append(("-", old[i1:i2]))
        if j2 > j1:
            pieces.append(("+", new[j1:j2]))
    return pieces


def _steps(old: str, new: str) -> Iterable[tuple[str, int, int, int, int]]:
    """Return how the old text becomes the new: for readers, or for monotonous text quickly."""
    held = Counter(new)
    if sum(held[character] * count for character, count in Counter(old).items()) > MOST_PAIRS:
        quick: Iterable[Any] = LCSseq.opcodes(old, new)
        return [
            (one.tag, one.src_start, one.src_end, one.dest_start, one.dest_end) for one in quick
        ]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
