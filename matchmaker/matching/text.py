"""From text to words: fold the writing, cut, drop what says nothing, unite synonyms.

jieba is known here and in `cutting.py` only. Its global dictionary and its cache file in the shared
temporary folder are never touched: a poisoned cache would be read with `marshal`, and one added
word would change every other tokenizer of the process.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import jieba

from matchmaker.matching import abbreviations
from matchmaker.matching.cutting import accelerated
from matchmaker.matching.folding import fold
from matchmaker.matching.lexicon import STOP_WORDS, UNITS

RULES = "2"  # raised whenever a change here gives other words for the same text
BLOCK = 500  # characters; jieba takes quadratic time on unbroken text
SHORTEST, LONGEST_TERM = 2, 20  # characters; each prefix of a dictionary word costs memory for good
LONGEST_TOKEN = 40  # characters; a longer run of Latin letters is no word

_BLOCKS = re.compile(
    rf"(?s).{{1,{BLOCK}}}\Z|.{{0,{BLOCK - 1}}}[\s,.;:!?、。…()\[\]“”《》]|.{{1,{BLOCK}}}"
)
_QUANTITY = re.compile(r"[\d.+#&_%-]+([a-z]*[23]?)")
_COUNTED = re.compile(
    "[一二三四五六七八九十百千万亿两几数半]+[家个件台套年月日天次种项位人倍元成]?"
)
_WORD = re.compile(r"[\u4e00-\u9fd5a-z0-9+#&._%-]+")  # what jieba can keep in one piece
_GENERATIONS = frozenset({"2g", "3g", "4g", "5g", "6g", "2d", "3d", "4d"})
_REMEMBERED = 200_000  # words whose pieces are kept; emptied when full


class Token(NamedTuple):
    """A term and where it stands, in characters of the text as it was written."""

    term: str
    start: int
    end: int


class TermRefused(ValueError):
    """A word the user dictionary cannot take; says why in Chinese."""


def blocks(text: str) -> list[str]:
    """Cut into pieces of at most `BLOCK` characters, after punctuation where there is any."""
    return _BLOCKS.findall(text)


def check_term(word: str) -> str:
    """Fold a word for the user dictionary; raise TermRefused if it could never be found."""
    term = fold(word.strip())[0]
    word = "".join(filter(str.isprintable, word))  # as the refusal shows it
    if not SHORTEST <= len(term) <= LONGEST_TERM:
        raise TermRefused(f"词语“{word[:LONGEST_TERM]}”须为 {SHORTEST} 至 {LONGEST_TERM} 个字")
    if not _WORD.fullmatch(term):
        raise TermRefused(f"词语“{word}”只能由汉字、字母、数字和 + # & . _ % - 组成，不能有空格")
    return term


@dataclass(frozen=True)
class Segmenter:
    """Cuts text into terms. A value: a changed dictionary is another segmenter.

    words : what to keep in one piece.  synonyms : groups that mean the same; the first of a
    group stands for all, and groups that share a word are one.  Words are folded and checked.
    base : the shipped groups in force, after the bureau's own, whose first word prevails.
    """

    words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    stop_words: frozenset[str] = STOP_WORDS
    base: tuple[tuple[str, ...], ...] = abbreviations.GROUPS

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(sorted({check_term(w) for w in self.words})))
        object.__setattr__(self, "synonyms", _united(map(_checked, self.synonyms)))
        object.__setattr__(self, "base", tuple(map(_checked, self.base)))

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """All groups of synonyms in force, the bureau's own and the shipped ones, united."""
        return _united((*self.synonyms, *self.base))

    @cached_property
    def version(self) -> str:
        """Twelve characters that differ as soon as any text could be cut differently."""
        told = [RULES, jieba.__version__, self.words, self.groups, sorted(self.stop_words)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    @cached_property
    def _canonical(self) -> dict[str, str]:
        return {word: group[0] for group in self.groups for word in group}

    @cached_property
    def _tokenizer(self) -> jieba.Tokenizer:
        frequencies, total = dictionary()
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies.copy(), total, True
        for word in self.kept:
            tokenizer.add_word(word)
        return tokenizer

    @cached_property
    def _cut(self) -> Callable[[str], Iterable[str]]:
        """From text to words without HMM, by rjieba where it is installed."""
        before, now = dictionary()[0], self._tokenizer.FREQ
        own = {word: now[word] for word in self.kept}
        quick = accelerated(own, counted_twice=sum(before.get(word, 0) for word in own))
        return quick or partial(self._tokenizer.cut, HMM=False)

    @cached_property
    def kept(self) -> list[str]:
        """What the tokenizer must be told to keep in one piece.

        Plain Latin words come whole anyway; told, they would be cut out of longer ones (pe|ople).
        """
        known = {*self.words, *self._canonical}
        return sorted(word for word in known if not (word.isascii() and word.isalnum()))

    @cached_property
    def _remembered(self) -> dict[str, tuple[Token, ...]]:
        return {}

    def tokens(self, text: str) -> list[Token]:
        """The terms of a text in order; a word's own sub-words follow it (search mode).

        Characters that no dictionary word claims are paired with their neighbours, so that a
        word jieba has never heard of still meets itself: 微|球 gives 微球.
        """
        folded, places = fold(text)
        found: list[Token] = []
        loose_end = -1  # where the last unclaimed character ended
        for word, start in self._words(folded):
            if self._is_loose(word):
                pair = folded[start - 1 : start + 1] if start == loose_end else ""
                pieces, start, loose_end = self._pieces(pair), start - 1, start + 1
            else:
                pieces = self._pieces(word)
            found += [
                Token(term, places[start + first], places[start + last - 1] + 1)
                for term, first, last in pieces
            ]
        return found

    def terms(self, text: str) -> list[str]:
        """The terms alone, in half the time."""
        folded = fold(text)[0]
        found: list[str] = []
        loose_end = -1
        for word, start in self._words(folded):
            if not self._is_loose(word):
                found += [term for term, _, _ in self._pieces(word)]
                continue
            if start == loose_end:
                found += [term for term, _, _ in self._pieces(folded[start - 1 : start + 1])]
            loose_end = start + 1
        return found

    def pieces(self, text: str) -> list[str]:
        """The plain cut of a text: nothing dropped, paired or united; folded."""
        return [word for word, _start in self._words(fold(text)[0])]

    def canonical(self, word: str) -> str:
        """The first word of its group of synonyms, or the word itself."""
        return self._canonical.get(word, word)

    def units(self, text: str) -> list[Token]:
        """The text in pieces a reader knows, in order: words, and runs of unclaimed characters.

        Together they cover every character that is written; `term` is the piece's meaning.
        """
        folded, places = fold(text)
        found: list[tuple[int, int, bool]] = []
        for word, start in self._words(folded):
            if not word.strip():
                continue
            loose = len(word) == 1
            if loose and found and found[-1][2] and found[-1][1] == start and word.isalnum():
                found[-1] = (found[-1][0], start + 1, True)
            else:
                found.append((start, start + len(word), loose and word.isalnum()))
        return [
            Token(self.canonical(folded[start:end]), places[start], places[end - 1] + 1)
            for start, end, _ in found
        ]

    def knows(self, term: str) -> bool:
        """Whether this is a word of a dictionary or in Latin letters, not a pair of characters."""
        return term.isascii() or bool(self._tokenizer.FREQ.get(term))

    def __contains__(self, term: str) -> bool:
        """Whether the bureau itself named this word, in the user dictionary or as a synonym."""
        return term in self._named

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset([*self.words, *self._canonical])

    def _words(self, folded: str) -> Iterator[tuple[str, int]]:
        start = 0
        for block in blocks(folded):
            for word in self._cut(block):
                yield word, start
                start += len(word)

    def _is_loose(self, word: str) -> bool:
        return len(word) == 1 and "\u4e00" <= word <= "\u9fd5" and word not in self.stop_words

    def _pieces(self, word: str) -> tuple[Token, ...]:
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[word] = tuple(self._cut_word(word))
        return known

    def _cut_word(self, word: str) -> Iterator[Token]:
        """The word and the known words inside it, each once per meaning."""
        term = self._canonical.get(word, word)
        if self.tells(word):
            yield Token(term, 0, len(word))
        if word.isascii():
            return
        for length in range(len(word) - 1, 1, -1):
            for start in range(len(word) - length + 1):
                part = word[start : start + length]
                meaning = self._canonical.get(part, part)
                if self._tokenizer.FREQ.get(part) and meaning != term and self.tells(part):
                    yield Token(meaning, start, start + length)

    def tells(self, word: str) -> bool:
        """Whether a word says something: no function word, figure, unit or single character."""
        if word in _GENERATIONS or word in self._canonical:
            return True
        if not SHORTEST <= len(word) <= LONGEST_TOKEN or word in self.stop_words or word in UNITS:
            return False
        if _COUNTED.fullmatch(word):
            return False
        quantity = _QUANTITY.fullmatch(word)
        return not quantity or (len(quantity[1]) > 1 and quantity[1] not in UNITS)


@lru_cache(maxsize=1)
def dictionary() -> tuple[dict[str, int], int]:
    """The word list of jieba itself: the frequency of each word and prefix, and their sum."""
    reader = jieba.Tokenizer()
    frequencies, total = reader.gen_pfdict(reader.get_dict_file())
    return frequencies, total


@lru_cache(maxsize=20_000)
def _checked(group: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(check_term(word) for word in group)


def _united(groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Merge groups that share a word, keeping the order of first mention."""
    merged: list[dict[str, None]] = []
    for group in groups:
        union = dict.fromkeys(group)
        for other in [known for known in merged if not known.keys().isdisjoint(union)]:
            merged.remove(other)
            union = other | union
        merged.append(union)
    return tuple(tuple(group) for group in merged)


@lru_cache(maxsize=1)
def _plain() -> Segmenter:
    return Segmenter()


@lru_cache(maxsize=50_000)
def plain_words(text: str) -> tuple[str, ...]:
    """Return a text's terms by the shipped dictionary alone, without the bureau's own words."""
    return tuple(_plain().terms(text))
