"""Why a pair scores what it does: by word, by field, in both texts and in one sentence.

What a shared term brings is laid upon the words that hold it: a character or a pair upon the
words it stands in, in proportion to its characters there. Nothing is left over: the points of the
words, those of the marks in the need and those of the marks in the candidate each sum to the score.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matchmaker.matching.features import DEFAULT, Weights
from matchmaker.matching.folding import fold
from matchmaker.matching.naming import EMPTY
from matchmaker.matching.sides import Laid, Reading, Side, pair
from matchmaker.matching.text import Segmenter, Token
from matchmaker.matching.weighting import CHANNELS, FIELDS, Document, Idf, channel

MISSING = 5  # need words named as not met
TOLD_MET, TOLD_MISSING = 3, 2  # words in the sentence


class Span(NamedTuple):
    """A word that shares something: where it stands, its meaning, and what it brings there."""

    field: str
    start: int
    end: int
    term: str
    points: float


class Share(NamedTuple):
    """What a word adds to the text score by standing in this field of each side."""

    need_field: str
    candidate_field: str
    points: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the need, as both sides write it, and what it adds.

    is_met : the candidate holds this very word; otherwise only characters of it.
    """

    term: str
    in_need: tuple[str, ...]
    in_candidate: tuple[str, ...]
    shares: tuple[Share, ...]
    is_met: bool = True

    @property
    def points(self) -> float:
        """What the word adds to the text score."""
        return math.fsum(share.points for share in self.shares)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The points of `words` sum to `text_score`; `missing` are the need's heaviest unmet words.

    channels : what each of `CHANNELS` adds, in their order.
    """

    text_score: float
    channels: tuple[float, ...]
    words: tuple[Word, ...]
    missing: tuple[str, ...]
    need_spans: tuple[Span, ...]
    candidate_spans: tuple[Span, ...]
    sentence: str

    @property
    def main_words(self) -> tuple[Word, ...]:
        """The words to show, heaviest first: none that is only part of another one."""
        met = [word for word in self.words if word.is_met]
        kept = set(whole([word.in_need[0] for word in met]))
        return tuple(word for word in met if word.in_need[0] in kept)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "text_score": self.text_score,
            "channels": list(self.channels),
            "words": [
                [
                    word.term,
                    list(word.in_need),
                    list(word.in_candidate),
                    list(map(list, word.shares)),
                    word.is_met,
                ]
                for word in self.words
            ],
            "missing": list(self.missing),
            "need_spans": list(map(list, self.need_spans)),
            "candidate_spans": list(map(list, self.candidate_spans)),
            "sentence": self.sentence,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Explanation":
        """The explanation that `to_dict` gave. Raises KeyError, TypeError or ValueError."""
        return cls(
            text_score=stored["text_score"],
            channels=tuple(stored["channels"]),
            words=tuple(
                Word(term, tuple(need), tuple(candidate), tuple(Share(*s) for s in shares), is_met)
                for term, need, candidate, shares, is_met in stored["words"]
            ),
            missing=tuple(stored["missing"]),
            need_spans=tuple(Span(*span) for span in stored["need_spans"]),
            candidate_spans=tuple(Span(*span) for span in stored["candidate_spans"]),
            sentence=stored["sentence"],
        )


def explain(
    need: Document,
    candidate: Document,
    *,
    segmenter: Segmenter,
    idf: Idf,
    candidate_noun: str = "该成果",
    weights: Weights = DEFAULT,
) -> Explanation:
    """Explain the text score of two documents at this idf, the index's own, and these weights.

    candidate_noun : what the sentence calls the candidate: 该成果, 该专家, 该服务机构.
    """
    asked, offered = (Reading.of(one, segmenter, idf) for one in (need, candidate))
    return explain_readings(asked, offered, candidate_noun=candidate_noun, weights=weights)


def explain_readings(
    need: Reading,
    candidate: Reading,
    *,
    candidate_noun: str = "该成果",
    weights: Weights = DEFAULT,
) -> Explanation:
    """`explain` for texts read before, of one segmenter and one idf."""
    asked, offered = pair(need, candidate)
    shared = sorted(need.parts.keys() & candidate.parts.keys())
    laid = _words(asked, offered, shared, weights)
    words = sorted(laid, key=lambda word: (-word.points, word.term))
    unmet = missing(need, candidate)
    totals = [0.0] * len(CHANNELS)
    for term in shared:
        totals[channel(term)] += sum(
            one * other * weights.text(term, mine, theirs)
            for mine, one in need.parts[term].items()
            for theirs, other in candidate.parts[term].items()
        )
    return Explanation(
        text_score=math.fsum(word.points for word in words),
        channels=tuple(totals),
        words=tuple(words),
        missing=unmet,
        need_spans=_spans(asked, candidate, shared, weights.text),
        candidate_spans=_spans(
            offered, need, shared, lambda t, mine, its: weights.text(t, its, mine)
        ),
        sentence=_sentence(_told(words, need.segmenter), unmet, candidate_noun),
    )


def _words(asked: Side, offered: Side, shared: Sequence[str], weights: Weights) -> list[Word]:
    """Lay each shared term upon the need's words; tell which of the candidate's words answer."""
    shares: dict[str, dict[tuple[str, str], float]] = {}
    answers: dict[str, dict[str, float]] = {}
    met: dict[str, bool] = {}
    for term in shared:
        there = list(offered.reading.parts[term].items())
        replies: list[Laid] | None = None
        for need_field, unit, one in asked.laid(term):
            word = unit.term
            mine = shares.setdefault(word, {})
            for field, other in there:
                points = one * other * weights.text(term, need_field, field)
                mine[need_field, field] = mine.get((need_field, field), 0.0) + points
            if word not in met:
                met[word] = offered.holds(word)
            if not met[word]:
                if replies is None:
                    replies = list(offered.laid(term))
                others = answers.setdefault(word, {})
                for field, reply, other in replies:
                    points = one * other * weights.text(term, need_field, field)
                    others[reply.term] = others.get(reply.term, 0.0) + points
    return [_word(word, shares[word], answers.get(word, {}), asked, offered) for word in shares]


def _word(
    word: str,
    shares: dict[tuple[str, str], float],
    answers: dict[str, float],
    asked: Side,
    offered: Side,
) -> Word:
    """A word as it is told. answers : what each of the candidate's words brings to an unmet one."""
    best = min(answers, key=lambda answer: (-answers[answer], answer)) if answers else word
    told = tuple(Share(*fields, points) for fields, points in shares.items())
    return Word(word, asked.surfaces(word), offered.surfaces(best), told, not answers)


def _spans(
    side: Side, other: Reading, shared: Sequence[str], weight: Callable[[str, str, str], float]
) -> tuple[Span, ...]:
    """What each word brings where it stands, in the order of the text."""
    points: dict[tuple[str, int], float] = {}
    units: dict[tuple[str, int], Token] = {}
    for term in shared:
        there = {
            name: sum(weight(term, name, its) * value for its, value in other.parts[term].items())
            for name in side.reading.parts[term]
        }
        for name, unit, here in side.laid(term):
            place = name, unit.start
            units[place] = unit
            points[place] = points.get(place, 0.0) + here * there[name]
    order = sorted(points, key=lambda place: (FIELDS.index(place[0]), place[1]))
    return tuple(
        Span(place[0], units[place].start, units[place].end, units[place].term, points[place])
        for place in order
    )


def fragments(text: str, spans: Iterable[Span]) -> list[tuple[str, str]]:
    """A field's text in pieces, each with the met word it belongs to or "": for highlighting."""
    pieces, done = [], 0
    for span in spans:
        pieces += [(text[done : span.start], ""), (text[span.start : span.end], span.term)]
        done = span.end
    return [piece for piece in (*pieces, (text[done:], "")) if piece[0]]


def missing(need: Reading, candidate: Reading, *, most: int = MISSING) -> tuple[str, ...]:
    """The need's heaviest whole words that the candidate lacks, as the need writes them.

    Left out are runs no dictionary knows, words that say too little alone, parts of longer words,
    and words that stand in the candidate's text though it was cut elsewhere.
    """
    texts = candidate.folded.values()
    unmet = (need.words & need.unit_terms) - candidate.words - EMPTY
    found: list[str] = []
    for term in sorted(unmet, key=lambda term: (-need.weights[term], term)):
        surface = need.surface(term)
        stands = not term.isascii() and any(fold(surface)[0] in text for text in texts)
        if need.segmenter.knows(term) and not stands:
            found.append(surface)
    return tuple(whole(found)[:most])


def whole(words: Sequence[str]) -> list[str]:
    """The words that are no part of another one."""
    parts = {
        word[start:end]
        for word in words
        for start in range(len(word))
        for end in range(start + 1, len(word) + 1)
        if end - start < len(word)
    }
    return [word for word in words if word not in parts]


def _told(words: Sequence[Word], segmenter: Segmenter) -> list[Word]:
    """The heaviest whole words met; runs no dictionary knows only if there is nothing better."""
    met = [word for word in words if word.is_met and segmenter.tells(word.term)]
    candidates = [word for word in met if segmenter.knows(word.term)] or met
    kept = set(whole([word.in_need[0] for word in candidates]))
    return [word for word in candidates if word.in_need[0] in kept][:TOLD_MET]


def _sentence(words: Sequence[Word], missing: Sequence[str], noun: str) -> str:
    if not words:
        return f"双方的文字中没有相同的词，{noun}是否合用请人工判断。"
    same = [word for word in words if not _renamed(word)]
    told = [f"双方都提到{_quoted(word.in_need[0] for word in same)}"] if same else []
    told += [
        f"需求中的“{word.in_need[0]}”就是{noun}中的“{word.in_candidate[0]}”"
        for word in words
        if _renamed(word)
    ]
    unmet = [word for word in missing if not any(met.in_need[0] in word for met in words)]
    if unmet:
        told.append(f"需求中的{_quoted(unmet[:TOLD_MISSING])}在{noun}中没有提到")
    return "，".join(told) + "。"


def _quoted(words: Iterable[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def _renamed(word: Word) -> bool:
    written = {surface.casefold() for surface in word.in_need}
    return written.isdisjoint(surface.casefold() for surface in word.in_candidate)
