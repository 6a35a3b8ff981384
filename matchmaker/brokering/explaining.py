"""A stored explanation as a page shows it: words, both texts with marks, the sum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.brokering import candidates
from matchmaker.brokering.candidates import FIELD_LABELS
from matchmaker.brokering.models import Pairing

Mark = tuple[int, int, str]  # start, end (characters), what stands on the other side
MOST_WORDS = 12


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


def why(pairing: Pairing, *, most: int = MOST_WORDS, with_texts: bool = False) -> Why:
    """Return the explanation of a pair, with both texts if wanted."""
    stored = pairing.explanation
    words = [_word(*word) for word in stored["words"]]
    texts = _texts(pairing) if with_texts else {}
    return Why(
        sentence=stored["sentence"],
        text_score=pairing.text_score,
        words=words[:most],
        rest=sum(points for _, points, _ in words[most:]),
        missing=list(stored["missing"]),
        adjustments=[(a["label_zh"], a["points"], a["reason_zh"]) for a in pairing.adjustments],
        **texts,
    )


def _word(
    _term: str, in_need: list[str], in_candidate: list[str], shares: list[list[Any]]
) -> tuple[str, float, str]:
    known = {written.casefold() for written in in_candidate}
    same = any(written.casefold() in known for written in in_need)
    shown = in_need[0] if same else f"{in_need[0]}＝{in_candidate[0]}"
    fields = [f"{FIELD_LABELS[a]}对{FIELD_LABELS[b]} {points:.3f}" for a, b, points in shares]
    return shown, sum(points for _, _, points in shares), "，".join(fields)


def _texts(pairing: Pairing) -> dict[str, Any]:
    current = pairing.texts_digest == candidates.digest_of(pairing.need, pairing.candidate)
    stored: Mapping[str, Any] = pairing.explanation if current else {}
    other = {
        "need": {word[0]: word[2][0] for word in stored.get("words", ())},
        "candidate": {word[0]: word[1][0] for word in stored.get("words", ())},
    }
    return {
        "need": _side(pairing.need, stored.get("need_spans", ()), other["need"]),
        "candidate": _side(
            pairing.candidate, stored.get("candidate_spans", ()), other["candidate"]
        ),
        "current": current,
    }


def _side(row: Any, spans: Iterable[list[Any]], other: Mapping[str, str]) -> list[TextField]:
    document = candidates.document_of(row)
    marks: dict[str, list[Mark]] = {name: [] for name in FIELD_LABELS}
    for name, start, end, term in spans:
        marks[name].append((start, end, f"对方写作：{other.get(term, term)}"))
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
