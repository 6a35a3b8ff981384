"""rjieba in jieba's place where it is installed: the same words without HMM, many times sooner.

Words of the bureau enter it with the frequencies jieba gave them, so that both cut alike; the
tests hold them to it. A word the dictionary had already is counted twice in jieba's total and once
in rjieba's: a word that no text can hold makes up for it. `MATCHING_TOKENIZER=jieba` forces jieba.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module, util
from typing import cast

import jieba

VARIABLE = "MATCHING_TOKENIZER"
NO_WORD = "\uffff" * 2  # neither tokenizer looks such characters up


def accelerated(
    frequencies: Mapping[str, int], *, counted_twice: int
) -> Callable[[str], Iterable[str]] | None:
    """A function from text to words, with these words added; None without rjieba.

    counted_twice : the sum of the frequencies these words had before.
    """
    if os.environ.get(VARIABLE) == "jieba" or util.find_spec("rjieba") is None:
        return None
    tokenizer = import_module("rjieba").Jieba()
    for word, frequency in frequencies.items():
        tokenizer.add_word(word, frequency, None)
    if counted_twice:
        tokenizer.add_word(NO_WORD, counted_twice, None)
    return partial(tokenizer.cut, hmm=False)


def dictionary_classes() -> Iterator[tuple[str, str]]:
    """Each word of jieba's own list with its class, such as n noun, nr person, ns place, v verb."""
    with jieba.Tokenizer().get_dict_file() as lines:
        for line in cast("Iterable[bytes]", lines):
            word, _, kind = line.decode("utf-8").strip().split(" ")
            yield word, kind
