"""补充关键词: words that would raise a need's or an achievement's match, asked as a question.

A word is taken only from texts whose every field the matcher reads is open to the viewer. What a
word brings is exact at the idf in force. Taken words go through 变更申请, so an officer decides.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker import matching
from matchmaker.achievements.models import Achievement
from matchmaker.brokering import candidates, corpus
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.matching import Reading
from matchmaker.needs import changes
from matchmaker.needs.models import Need
from matchmaker.needs.records import NeedChange

BEST = 3  # texts whose words are looked at
READ_BY_MATCHER: dict[type[Any], tuple[str, ...]] = {
    Need: ("title", "keywords", "problem", "background", "key_indicators"),
    Achievement: ("title", "keywords", "summary", "indicators", "cases"),
    Expert: ("keywords", "bio"),
}
FULL = "请少勾选几个，或在“申请变更”中先删去用处不大的词。"


@dataclass(frozen=True, slots=True)
class Tip:
    """A word to ask about: with which text it would bring how much of the text score."""

    word: str
    gain: float
    title: str


@dataclass(frozen=True, slots=True)
class ForPair:
    """What either side of a pair might add; kinds without keywords of their own have no advice."""

    need: list[Tip]
    candidate: list[Tip]


def _read(row: Any) -> Reading:
    return corpus.explainer().read(candidates.document_of(row))


def _tips(row: Any, others: Sequence[tuple[str, Any]]) -> list[Tip]:
    """Advise a row against (title, row) of others."""
    found = matching.advise(_read(row), [_read(other) for _, other in others])
    return [
        Tip(
            one.word,
            *max((gain, title) for gain, (title, _) in zip(one.gains, others, strict=True)),
        )
        for one in found
    ]


def is_open(shown: Shown) -> bool:
    """Tell whether the viewer may read all that the matcher reads of a row."""
    return all(shown.sees(name) for name in READ_BY_MATCHER[type_of(shown)])


def type_of(shown: Shown) -> type[Any]:
    """Return the model of a row shown."""
    return next(model for model in READ_BY_MATCHER if model.lifecycle is shown.lifecycle)


def among(row: Shown, others: Iterable[Shown]) -> list[Tip]:
    """Advise a row against the best of others, best first, as far as the viewer may read them."""
    best = [one for one in list(others)[:BEST] if is_open(one)]
    told = [(one.title, db.session.get_one(type_of(one), one.id)) for one in best]
    return _tips(db.session.get_one(type_of(row), row.id), told)


def for_pair(pairing: Pairing) -> ForPair:
    """Advise both sides of a pair, for the officer who reads both texts."""
    need = _tips(pairing.need, [(pairing.candidate_title, pairing.candidate)])
    if pairing.kind is CandidateKind.SERVICE:
        return ForPair(need, [])
    return ForPair(need, _tips(pairing.candidate, [(pairing.need_title, pairing.need)]))


def take(
    need: Need, tips: Sequence[Tip], words: Collection[str], *, by: Any, now: datetime
) -> NeedChange:
    """Ask for the ticked words among those advised to join the need's keywords (变更申请).

    A change that waits already keeps what else it asks for. Raises `Invalid` where nothing advised
    is ticked or the keywords would be too many.
    """
    chosen = [tip for tip in tips if tip.word in words]
    if not chosen:
        raise Invalid({"words": "请先勾选要补充的关键词；如建议已变化，请刷新页面后再选。"})
    waiting = changes.waiting(need.id)
    values = dict(waiting.content) if waiting else {}
    held = values.get("keywords", need.keywords)
    values["keywords"] = [*held, *(tip.word for tip in chosen if tip.word not in held)]
    told = _note(chosen)
    note = f"{waiting.note}；{told}" if waiting and told not in waiting.note else told
    try:
        return changes.request(need, values, note[: changes.LONGEST_NOTE], by=by, now=now)
    except Invalid as refusal:
        if "keywords" in refusal.fields:
            raise Invalid({"keywords": f"{refusal.fields['keywords']}。{FULL}"}) from refusal
        raise


def _note(chosen: Sequence[Tip]) -> str:
    told = "、".join(f"{tip.word}（与“{tip.title[:30]}”预计 +{tip.gain:.3f}）" for tip in chosen)
    return f"按匹配建议补充关键词：{told}"
