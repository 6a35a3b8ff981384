"""用户词典 and 同义词: the bureau's words, in force as soon as they are saved."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from matchmaker import outbox, policy, web
from matchmaker.audit import trail
from matchmaker.brokering import candidates
from matchmaker.brokering.models import SynonymGroup, Term
from matchmaker.brokering.term_models import BaseGroupOff, TermKind
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.matching import BASE_GROUPS

BETWEEN = re.compile(r"[、,，;；=＝\s]+")
MOST_AT_ONCE = 5000
MOST_IN_GROUP = 20
MODELS: dict[TermKind, type[Any]] = {TermKind.WORD: Term, TermKind.SYNONYMS: SynonymGroup}
RESOURCES = {TermKind.WORD: "term", TermKind.SYNONYMS: "synonym"}
REMOVED = {TermKind.WORD: "remove_term", TermKind.SYNONYMS: "remove_synonyms"}
RESTORED = {TermKind.WORD: "restore_term", TermKind.SYNONYMS: "restore_synonyms"}
policy.register("term", Term, states={}, relations={}, levels={"B": ("read_bureau",)})
policy.register("synonym", SynonymGroup, states={}, relations={}, levels={"B": ("read_bureau",)})


def listed(kind: TermKind, viewer: Any) -> Select[Any]:
    """Return the query of the words or groups the viewer may see, removed ones too."""
    return policy.scope(viewer, RESOURCES[kind], "list")


def parsed(kind: TermKind, text: str) -> list[list[str]]:
    """Read what was typed or uploaded, one word or one group a line; doubles count once.

    Raises `Invalid` for the first line the dictionary cannot take.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    noun = "词语，一次最多 {} 个" if kind is TermKind.WORD else "同义词，一次最多 {} 组"
    if not 0 < len(lines) <= MOST_AT_ONCE:
        raise Invalid({"words": "请填写" + noun.format(MOST_AT_ONCE)})
    read = _word if kind is TermKind.WORD else _group
    found = [read(number, line) for number, line in enumerate(lines, start=1)]
    return [list(one) for one in dict.fromkeys(map(tuple, found))]


def _word(number: int, line: str) -> list[str]:
    return [_checked(number, line)]


def _group(number: int, line: str) -> list[str]:
    parts = [part for part in BETWEEN.split(line) if part]
    if len(parts) > MOST_IN_GROUP:
        raise Invalid({"words": f"第 {number} 行：一组最多 {MOST_IN_GROUP} 个词，请分成几行"})
    group = list(dict.fromkeys(_checked(number, part) for part in parts))
    if len(group) < 2:  # noqa: PLR2004
        raise Invalid({"words": f"第 {number} 行至少要有两个词，用顿号隔开"})
    return group


def _checked(number: int, word: str) -> str:
    try:
        return candidates.checked_term(word)
    except Invalid as error:
        raise Invalid({"words": f"第 {number} 行：{error.fields['words']}"}) from error


def add_words(text: str, *, provenance: str = "", by: Any, now: datetime) -> tuple[int, int]:
    """Add one word a line; return how many were new and how many were known.

    Raises `Invalid` for the first word the dictionary cannot take; nothing is added then.
    """
    wanted = parsed(TermKind.WORD, text)
    fresh = _add(TermKind.WORD, wanted, provenance=provenance, by=by, now=now)
    return fresh, len(wanted) - fresh


def add_groups(text: str, *, provenance: str = "", by: Any, now: datetime) -> int:
    """Add one group a line, the standard word first; return how many were new."""
    wanted = parsed(TermKind.SYNONYMS, text)
    return _add(TermKind.SYNONYMS, wanted, provenance=provenance, by=by, now=now)


def add(
    kind: TermKind, entered: Sequence[list[str]], *, provenance: str, by: Any, now: datetime
) -> int:
    """Add words or groups already checked by `parsed`; return how many were new."""
    return _add(kind, entered, provenance=provenance, by=by, now=now)


def _add(
    kind: TermKind, entered: Iterable[list[str]], *, provenance: str, by: Any, now: datetime
) -> int:
    """Add what is not there; what was removed comes back under the new source."""
    model, adder = MODELS[kind], by.id
    known = {_key(row): row for row in db.session.scalars(select(model))}
    fresh: list[str] = []
    for words in entered:
        row = known.get(tuple(words))
        if row is not None and row.removed_at is None:
            continue
        if row is None:
            row = Term(word=words[0]) if kind is TermKind.WORD else SynonymGroup(words=words)
            known[tuple(words)] = row
        row.provenance, row.added_at, row.added_by_id = provenance.strip()[:200], now, adder
        row.removed_at = row.removed_by_id = None
        db.session.add(row)
        fresh.append("、".join(words))
    if fresh and kind is TermKind.WORD:
        told = {"words": fresh[:50], "count": len(fresh)}
        _changed("add_terms", "词典新增词语", by=by, now=now, **told)
    elif fresh:
        told = {"groups": fresh[:50], "count": len(fresh)}
        _changed("add_synonyms", "新增同义词", by=by, now=now, **told)
    return len(fresh)


def _key(row: Any) -> tuple[str, ...]:
    return (row.word,) if isinstance(row, Term) else tuple(row.words)


def remove(kind: TermKind, public_ids: Collection[str], *, by: Any, now: datetime) -> list[str]:
    """Take words or groups out, which stay to be put back; return what they were."""
    rows = _chosen(kind, public_ids, removed=False, by=by)
    for row in rows:
        row.removed_at, row.removed_by_id = now, by.id
    told = [row.told for row in rows]
    _changed(REMOVED[kind], "删除词语或同义词", by=by, now=now, words=told[:50], count=len(told))
    return told


def restore(kind: TermKind, public_ids: Collection[str], *, by: Any, now: datetime) -> list[str]:
    """Put removed words or groups back; return what they are."""
    rows = _chosen(kind, public_ids, removed=True, by=by)
    for row in rows:
        row.removed_at = row.removed_by_id = None
    told = [row.told for row in rows]
    _changed(RESTORED[kind], "恢复词语或同义词", by=by, now=now, words=told[:50], count=len(told))
    return told


def _chosen(
    kind: TermKind, public_ids: Collection[str], *, removed: bool, by: Any
) -> Sequence[Any]:
    if not public_ids:
        raise Invalid({"ids": "请先勾选要办理的词语"})
    model = MODELS[kind]
    query = listed(kind, by).where(model.public_id.in_(set(public_ids)))
    query = query.where(model.removed_at.is_not(None) if removed else model.removed_at.is_(None))
    rows = db.session.scalars(query.order_by(model.id)).all()
    web.found(rows[0] if rows else None)
    return rows


def shared(kind: TermKind, entered: Iterable[Collection[str]]) -> list[str]:
    """Return the groups in force that share a word with the entered ones: they become one."""
    words = {word for group in entered for word in group}
    if kind is TermKind.WORD:
        return []
    own = db.session.scalars(select(SynonymGroup.words).where(SynonymGroup.removed_at.is_(None)))
    off = set(db.session.scalars(select(BaseGroupOff.word)))
    base = [group for group in base_groups() if group[0] not in off]
    found = [group for group in (*own, *base) if not words.isdisjoint(group)]
    return ["、".join(group) for group in found if list(group) not in list(entered)]


def base_groups() -> list[list[str]]:
    """Return the shipped groups as they are stored: folded."""
    return [[candidates.checked_term(word) for word in group] for group in BASE_GROUPS]


def switched_off() -> dict[str, BaseGroupOff]:
    """Return the shipped groups switched off, by their first word."""
    return {row.word: row for row in db.session.scalars(select(BaseGroupOff))}


def switch(word: str, *, by: Any, now: datetime) -> bool:
    """Switch a shipped group off, or on again; return whether it is now in force."""
    known = {group[0]: group for group in base_groups()}
    group = web.found(known.get(word))
    row = switched_off().get(word)
    if row is None:
        db.session.add(BaseGroupOff(word=word, since=now, by_id=by.id))
    else:
        db.session.delete(row)
    action = "switch_off_group" if row is None else "switch_on_group"
    _changed(action, "平台内置同义词启停", by=by, now=now, group="、".join(group))
    return row is not None


def _changed(action: str, cause: str, *, by: Any, now: datetime, **details: Any) -> None:
    """Record who changed what, and have everything matched anew."""
    trail.record(action, "term", by=by, now=now, **details)
    outbox.add("terms.changed", {"cause": cause}, now=now)
