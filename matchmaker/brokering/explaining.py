"""Why a pair scores what it does, as a page shows it: words, both texts with marks, the sum.

Explained when shown, at the idf in force; once somebody decided, as it was then (`frozen`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker import matching
from matchmaker.brokering import candidates, corpus, vectors
from matchmaker.brokering.candidates import FIELD_LABELS
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.matching import SEMANTIC, semantic

NOUNS = {
    CandidateKind.ACHIEVEMENT: "该成果",
    CandidateKind.EXPERT: "该专家",
    CandidateKind.SERVICE: "该服务机构",
}
Mark = tuple[int, int, str, bool]  # start, end (characters), the other side's word, is it the same
MOST_WORDS = 12
SAME = 1e-9  # scores that agree this far are of the same texts, words and idf
SHOWN = 0.0005  # points; a word that brings less would read 0.000 and is summed up in the rest
FAINTEST = 0.05  # of the heaviest mark's points; what brings less is not marked


@dataclass(frozen=True)
class TextField:
    """One field of one side: its label, its text, and the marks in it."""

    label: str
    text: str
    marks: list[Mark]


@dataclass(frozen=True)
class Why:
    """Why a pair scores what it does; `words` and `rest` sum to `text_score`.

    words : (how both sides write it, points, in which fields), heaviest first.
    rest : points of the words not listed.
    current : False where a text was edited since; then nothing is marked.
    semantic : points and reason of the third channel.  nearest : the sentences most alike, with
    the texts only.  lacks_semantic : the channel is in use, but not in this score yet.
    """

    sentence: str
    text_score: float
    words: list[tuple[str, float, str]]
    rest: float
    missing: list[str]
    adjustments: list[tuple[str, float, str]]
    need: list[TextField] = field(default_factory=list)
    candidate: list[TextField] = field(default_factory=list)
    current: bool = True
    semantic: tuple[float, str] | None = None
    nearest: matching.Nearest | None = None
    lacks_semantic: bool = False


def frozen(pairing: Pairing) -> dict[str, Any]:
    """Return the explanation to keep with a decision: as it stands now, in plain values."""
    held = corpus.explainer()
    found = matching.explain_readings(
        held.read(candidates.document_of(pairing.need)),
        held.read(candidates.document_of(pairing.candidate)),
        candidate_noun=NOUNS[pairing.kind],
        weights=held.weights,
    )
    return found.to_dict()


def why(pairing: Pairing, *, most: int = MOST_WORDS, with_texts: bool = False) -> Why:
    """Return the explanation of a pair, with both texts if wanted."""
    stored = pairing.explanation
    if stored:
        digest = candidates.digest_of(pairing.need, pairing.candidate)
        current = pairing.texts_digest == digest
    else:
        stored = frozen(pairing)
        current = abs(stored["text_score"] - pairing.text_score) <= SAME
    words = [_word(*word) for word in stored["words"]]
    told = [word for word in words[:most] if word[1] >= SHOWN]
    texts = _texts(pairing, stored if current else {}) if with_texts else {}
    facts = [one for one in pairing.adjustments if one["code"] != SEMANTIC]
    third = [one for one in pairing.adjustments if one["code"] == SEMANTIC]
    return Why(
        sentence=stored["sentence"],
        text_score=stored["text_score"],
        words=told,
        rest=sum(points for _, points, _ in words[len(told) :]),
        missing=list(stored["missing"]),
        adjustments=[(a["label_zh"], a["points"], a["reason_zh"]) for a in facts],
        current=current,
        semantic=(third[0]["points"], third[0]["reason_zh"]) if third else None,
        nearest=_nearest(pairing) if third and with_texts and current else None,
        lacks_semantic=lacks_semantic(pairing),
        **texts,
    )


def lacks_semantic(pairing: Any) -> bool:
    """Tell whether a score is without the third channel though that is in use (未含语义)."""
    return pairing.semantic_points is None and vectors.encoder() is not None


def _nearest(pairing: Pairing) -> matching.Nearest | None:
    own = vectors.encoder()
    sides = (candidates.document_of(pairing.need), candidates.document_of(pairing.candidate))
    return semantic.nearest(own, *sides) if own else None


def _word(
    _term: str,
    in_need: list[str],
    in_candidate: list[str],
    shares: list[list[Any]],
    is_met: bool = True,  # noqa: FBT001, FBT002 - as stored; older rows have none
) -> tuple[str, float, str]:
    known = {written.casefold() for written in in_candidate}
    same = any(written.casefold() in known for written in in_need)
    between = "≈" if not is_met else "＝"
    shown = in_need[0] if same else f"{in_need[0]}{between}{in_candidate[0]}"
    fields = [f"{FIELD_LABELS[a]}对{FIELD_LABELS[b]} {points:.3f}" for a, b, points in shares]
    return shown, sum(points for _, _, points in shares), "，".join(fields)


def _texts(pairing: Pairing, stored: Mapping[str, Any]) -> dict[str, Any]:
    words = stored.get("words", ())
    answers = {word[0]: word[2][0] for word in words}
    asked = {word[2][0].casefold(): word[1][0] for word in reversed(words)}
    met = {word[0] for word in words if all(word[4:])}  # the others share characters only
    return {
        "need": _side(pairing.need, stored.get("need_spans", ()), answers, met),
        "candidate": _side(pairing.candidate, stored.get("candidate_spans", ()), asked, met),
    }


def _side(
    row: Any, spans: Iterable[list[Any]], other: Mapping[str, str], met: Collection[str]
) -> list[TextField]:
    document = candidates.document_of(row)
    marks: dict[str, list[Mark]] = {name: [] for name in FIELD_LABELS}
    heaviest = max((points for span in spans for points in span[4:]), default=0.0)
    for name, start, end, term, *points in spans:
        if not points or points[0] >= FAINTEST * heaviest:
            told = "对方写作" if term in met else "只有部分字相同，对方写作"
            marks[name].append((start, end, f"{told}：{other.get(term, term)}", term in met))
    # Where marks overlap, the one that starts first and reaches furthest is kept.
    return [
        TextField(label, document.text(name), _apart(marks[name]))
        for name, label in FIELD_LABELS.items()
        if document.text(name)
    ]


def _apart(marks: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m[0], -m[1])):
        if not kept or mark[0] >= kept[-1][1]:
            kept.append(mark)
    return kept
