"""Why a pair scores what it does: by word, by field, in both texts and in one sentence."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from matchmaker.matching.text import Segmenter, Token
from matchmaker.matching.weighting import FIELDS, Document, Idf, part

MISSING = 5  # need words named as not met
TOLD_MET, TOLD_MISSING = 3, 2  # words in the sentence


class Span(NamedTuple):
    """Where a met word stands: a field of the document and characters of its text."""

    field: str
    start: int
    end: int
    term: str


class Share(NamedTuple):
    """What a word adds to the text score by standing in this field of each side."""

    need_field: str
    candidate_field: str
    points: float


@dataclass(frozen=True, slots=True)
class Word:
    """A term both sides hold, as each of them writes it, and what it adds."""

    term: str
    in_need: tuple[str, ...]
    in_candidate: tuple[str, ...]
    shares: tuple[Share, ...]

    @property
    def points(self) -> float:
        """What the word adds to the text score."""
        return math.fsum(share.points for share in self.shares)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The points of `words` sum to `text_score`; `missing` are the need's heaviest unmet words."""

    text_score: float
    words: tuple[Word, ...]
    missing: tuple[str, ...]
    need_spans: tuple[Span, ...]
    candidate_spans: tuple[Span, ...]
    sentence: str

    @property
    def main_words(self) -> tuple[Word, ...]:
        """The words to show, heaviest first: none that is only part of another one."""
        whole = set(_whole([word.in_need[0] for word in self.words]))
        return tuple(word for word in self.words if word.in_need[0] in whole)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "text_score": self.text_score,
            "words": [
                [
                    word.term,
                    list(word.in_need),
                    list(word.in_candidate),
                    list(map(list, word.shares)),
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
            words=tuple(
                Word(term, tuple(need), tuple(candidate), tuple(Share(*share) for share in shares))
                for term, need, candidate, shares in stored["words"]
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
) -> Explanation:
    """Explain the text score of two documents at this idf, the index's own.

    candidate_noun : what the sentence calls the candidate: 该成果, 该专家, 该服务机构.
    """
    asked, offered = _Side.read(need, segmenter, idf), _Side.read(candidate, segmenter, idf)
    words = [_word(term, asked, offered) for term in asked.parts.keys() & offered.parts.keys()]
    words.sort(key=lambda word: (-word.points, word.term))
    met = {word.term for word in words}
    missing = _missing(asked, met, segmenter)
    return Explanation(
        text_score=math.fsum(word.points for word in words),
        words=tuple(words),
        missing=missing,
        need_spans=asked.spans_of(met),
        candidate_spans=offered.spans_of(met),
        sentence=_sentence(_told(words, segmenter), missing, candidate_noun),
    )


def fragments(text: str, spans: Iterable[Span]) -> list[tuple[str, str]]:
    """A field's text in pieces, each with the met term it belongs to or "": for highlighting.

    Where spans overlap, the one that starts first and reaches furthest is kept.
    """
    pieces, done = [], 0
    for _, start, end, term in sorted(spans, key=lambda span: (span.start, -span.end)):
        if start >= done:
            pieces += [(text[done:start], ""), (text[start:end], term)]
            done = end
    return [piece for piece in (*pieces, (text[done:], "")) if piece[0]]


@dataclass(frozen=True, slots=True)
class _Side:
    """One document read for explaining: unit parts by term and field, and where terms stand."""

    document: Document
    tokens: dict[str, list[Token]]
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    written: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, document: Document, segmenter: Segmenter, idf: Idf) -> "_Side":
        side = cls(document, {name: segmenter.tokens(document.text(name)) for name in FIELDS})
        for name, tokens in side.tokens.items():
            for term, count in Counter(token.term for token in tokens).items():
                side.parts.setdefault(term, {})[name] = part(name, count) * idf.of(term)
            text = document.text(name)
            for token in tokens:
                side.written.setdefault(token.term, Counter())[text[token.start : token.end]] += 1
        norm = math.sqrt(math.fsum(side.weight(term) ** 2 for term in side.parts))
        for shares in side.parts.values():
            shares.update({name: share / norm for name, share in shares.items()})
        return side

    def weight(self, term: str) -> float:
        return sum(self.parts[term].values())

    def spans_of(self, terms: Iterable[str]) -> tuple[Span, ...]:
        wanted = set(terms)
        return tuple(
            Span(name, token.start, token.end, token.term)
            for name in FIELDS
            for token in self.tokens[name]
            if token.term in wanted
        )

    def surfaces(self, term: str) -> tuple[str, ...]:
        """The term as this document writes it, most frequent first."""
        return tuple(word for word, _ in self.written[term].most_common())


def _word(term: str, asked: _Side, offered: _Side) -> Word:
    shares = (
        Share(need_field, candidate_field, one * other)
        for need_field, one in asked.parts[term].items()
        for candidate_field, other in offered.parts[term].items()
    )
    return Word(term, asked.surfaces(term), offered.surfaces(term), tuple(shares))


def _missing(asked: _Side, met: set[str], segmenter: Segmenter) -> tuple[str, ...]:
    unmet = [term for term in asked.parts if term not in met and segmenter.knows(term)]
    unmet.sort(key=lambda term: (-asked.weight(term), term))
    return tuple(_whole([asked.surfaces(term)[0] for term in unmet])[:MISSING])


def _whole(words: Sequence[str]) -> list[str]:
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
    """The heaviest whole words; bare character pairs only if there is nothing better."""
    candidates = [word for word in words if segmenter.knows(word.term)] or words
    whole = set(_whole([word.in_need[0] for word in candidates]))
    return [word for word in candidates if word.in_need[0] in whole][:TOLD_MET]


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
