"""Seeded near duplicates of texts, for scripts/measure-duplicates: planted, so that they are known.

Written before the detector was tuned. Rates are shares of the text's characters.
"""

import random
import re
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import jieba

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from matchmaker.matching.text import dictionary  # noqa: E402

CLAUSE = re.compile(r"[^，。；：,.;:!?！？、\n]+[，。；：,.;:!?！？、\n]*")
RATES = (0.1, 0.2, 0.3, 0.4)


@lru_cache(maxsize=1)
def _tokenizer() -> jieba.Tokenizer:
    """Return a tokenizer of its own: no cache file is read."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = dictionary()
    tokenizer.initialized = True
    return tokenizer


def words(text: str) -> list[str]:
    """Cut a text into words and what stands between them."""
    return list(_tokenizer().cut(text, HMM=False))


def _says(word: str) -> bool:
    return any(map(str.isalnum, word))


class Alteration:
    """Ways to write a text again. New words and clauses come from other texts of the same set."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable, no secret
        self.clauses = [clause for text in texts for clause in CLAUSE.findall(text)]
        self.lexicon: dict[int, list[str]] = {}
        for text in texts:
            for word in filter(_says, words(text)):
                self.lexicon.setdefault(len(word), []).append(word)

    @property
    def kinds(self) -> dict[str, Callable[[str, float], str]]:
        """Every way, by its name."""
        return {
            "words replaced": self.replaced,
            "words deleted": self.deleted,
            "words inserted": self.inserted,
            "replaced, clauses shuffled": self.shuffled,
            "clauses exchanged, shuffled": self.exchanged,
            "all of them": self.mixed,
        }

    def _chosen(self, cut: Sequence[str], rate: float) -> set[int]:
        """Choose words until they hold `rate` of the characters."""
        places = [place for place, word in enumerate(cut) if _says(word)]
        self.random.shuffle(places)
        wanted = rate * sum(len(cut[place]) for place in places)
        chosen: set[int] = set()
        held = 0
        for place in places:
            if held >= wanted:
                break
            chosen.add(place)
            held += len(cut[place])
        return chosen

    def _other(self, word: str) -> str:
        nearest = min(self.lexicon, key=lambda length: abs(length - len(word)))
        return self.random.choice(self.lexicon[nearest])

    def replaced(self, text: str, rate: float) -> str:
        """Put another text's word of the same length for words at random places."""
        cut = words(text)
        chosen = self._chosen(cut, rate)
        return "".join(self._other(w) if at in chosen else w for at, w in enumerate(cut))

    def deleted(self, text: str, rate: float) -> str:
        """Leave words out."""
        cut = words(text)
        chosen = self._chosen(cut, rate)
        return "".join(word for at, word in enumerate(cut) if at not in chosen)

    def inserted(self, text: str, rate: float) -> str:
        """Put further words in."""
        cut = words(text)
        chosen = self._chosen(cut, rate)
        return "".join(w + self._other(w) if at in chosen else w for at, w in enumerate(cut))

    def shuffled(self, text: str, rate: float) -> str:
        """Replace words, then put all clauses in another order."""
        clauses = CLAUSE.findall(self.replaced(text, rate))
        self.random.shuffle(clauses)
        return "".join(clauses)

    def exchanged(self, text: str, rate: float) -> str:
        """Put other texts' clauses for some, then put all in another order.

        The last clause is taken only where that comes nearer to the rate than leaving it.
        """
        clauses = CLAUSE.findall(text)
        places = list(range(len(clauses)))
        self.random.shuffle(places)
        wanted, held = rate * len(text), 0.0
        for place in places:
            if held + len(clauses[place]) / 2 > wanted:
                continue
            held += len(clauses[place])
            clauses[place] = self.random.choice(self.clauses)
        self.random.shuffle(clauses)
        return "".join(clauses)

    def mixed(self, text: str, rate: float) -> str:
        """Delete, insert and replace a third of the rate each, clauses shuffled."""
        third = rate / 3
        return self.shuffled(self.inserted(self.deleted(text, third), third), third)
