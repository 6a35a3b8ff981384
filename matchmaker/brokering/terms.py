"""用户词典 and 同义词: the bureau's words, in force as soon as they are saved."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker import outbox, web
from matchmaker.audit import trail
from matchmaker.brokering import candidates
from matchmaker.brokering.models import SynonymGroup, Term
from matchmaker.errors import Invalid
from matchmaker.extensions import db

BETWEEN = re.compile(r"[、,，;；=＝\s]+")
MOST_AT_ONCE = 5000


def words() -> Sequence[Term]:
    """Return the dictionary, newest first."""
    query = select(Term).options(joinedload(Term.added_by))
    return db.session.scalars(query.order_by(Term.added_at.desc(), Term.word)).all()


def groups() -> Sequence[SynonymGroup]:
    """Return the groups of synonyms, newest first."""
    query = select(SynonymGroup).options(joinedload(SynonymGroup.added_by))
    return db.session.scalars(query.order_by(SynonymGroup.added_at.desc(), SynonymGroup.id)).all()


def add_words(text: str, *, provenance: str = "", by: Any, now: datetime) -> tuple[int, int]:
    """Add one word a line; return how many were new and how many were known.

    Raises `Invalid` for the first word the dictionary cannot take; nothing is added then.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST_AT_ONCE:
        raise Invalid({"words": f"请填写词语，一次最多 {MOST_AT_ONCE} 个"})
    wanted = dict.fromkeys(_checked(number, line) for number, line in enumerate(lines, start=1))
    known = set(db.session.scalars(select(Term.word)))
    fresh = [word for word in wanted if word not in known]
    for word in fresh:
        row = Term(word=word, provenance=provenance.strip(), added_at=now, added_by_id=by.id)
        db.session.add(row)
    if fresh:
        _changed("add_terms", "词典新增词语", by=by, now=now, words=fresh[:50], count=len(fresh))
    return len(fresh), len(wanted) - len(fresh)


def add_groups(text: str, *, provenance: str = "", by: Any, now: datetime) -> int:
    """Add one group a line, the standard word first; return how many groups."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST_AT_ONCE:
        raise Invalid({"words": f"请填写同义词，一次最多 {MOST_AT_ONCE} 组"})
    known = {tuple(group) for group in db.session.scalars(select(SynonymGroup.words))}
    fresh = []
    for number, line in enumerate(lines, start=1):
        parts = [part for part in BETWEEN.split(line) if part]
        group = list(dict.fromkeys(_checked(number, part) for part in parts))
        if len(group) < 2:  # noqa: PLR2004
            raise Invalid({"words": f"第 {number} 行至少要有两个词，用顿号隔开"})
        if tuple(group) not in known:
            known.add(tuple(group))
            fresh.append(group)
    for group in fresh:
        row = SynonymGroup(
            words=group, provenance=provenance.strip(), added_at=now, added_by_id=by.id
        )
        db.session.add(row)
    if fresh:
        _changed("add_synonyms", "新增同义词", by=by, now=now, groups=fresh[:50], count=len(fresh))
    return len(fresh)


def _checked(number: int, word: str) -> str:
    try:
        return candidates.checked_term(word)
    except Invalid as error:
        raise Invalid({"words": f"第 {number} 行：{error.fields['words']}"}) from error


def remove_word(public_id: str, *, by: Any, now: datetime) -> str:
    """Take a word out of the dictionary; return it."""
    query = select(Term).where(Term.public_id == public_id)
    row = web.found(db.session.scalars(query).one_or_none())
    db.session.delete(row)
    _changed("remove_term", "词典删除词语", by=by, now=now, word=row.word)
    return row.word


def remove_group(public_id: str, *, by: Any, now: datetime) -> str:
    """Take a group of synonyms away; return its words."""
    query = select(SynonymGroup).where(SynonymGroup.public_id == public_id)
    row = web.found(db.session.scalars(query).one_or_none())
    db.session.delete(row)
    _changed("remove_synonyms", "删除同义词", by=by, now=now, group=row.words)
    return "、".join(row.words)


def _changed(action: str, cause: str, *, by: Any, now: datetime, **details: Any) -> None:
    """Record who changed what, and have everything matched anew."""
    trail.record(action, "term", by=by, now=now, **details)
    outbox.add("terms.changed", {"cause": cause}, now=now)
