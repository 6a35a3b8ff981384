import json
from functools import partial
from pathlib import Path

import pytest

from matchmaker.matching import Segmenter, cutting
from matchmaker.matching.folding import fold
from matchmaker.matching.text import blocks

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "data" / "examples.json").read_text(encoding="utf-8")
)
TEXTS = [
    fold(str(each[name]))[0]
    for side in ("needs", "achievements")
    for each in EXAMPLES[side]
    for name in ("title", "summary", "background", "problem")
    if name in each
]
OWN = tuple(EXAMPLES["user_dict"]), tuple(map(tuple, EXAMPLES["synonyms"]))
KNOWN = ("发展", "系统", "提高", "采用", "对不同", "的体", "介绍了", "一种")  # some counted twice
SEGMENTERS = [Segmenter(), Segmenter(*OWN), Segmenter(words=KNOWN), Segmenter(words=KNOWN[:3])]
ODD = [
    "",
    "的",
    "a-b_c.d",
    "3.5%的tbm",
    "\uffff\uffff膜",
    "👍🏻激光",
    "\x00\x07焊接",
    "㐀𠀀薄膜",
    "１２３",
]


@pytest.mark.parametrize("segmenter", SEGMENTERS)
def test_the_words_are_those_of_jieba_also_after_words_were_added(segmenter):
    plain = partial(segmenter._tokenizer.cut, HMM=False)
    for text in [*TEXTS, *ODD]:
        for block in blocks(text):
            assert list(segmenter._cut(block)) == list(plain(block))


def test_terms_and_version_do_not_depend_on_what_is_installed(monkeypatch):
    quick = Segmenter(*OWN)
    expected = [quick.terms(text) for text in TEXTS]
    monkeypatch.setattr(cutting.util, "find_spec", lambda _: None)
    plain = Segmenter(*OWN)
    assert [plain.terms(text) for text in TEXTS] == expected
    assert plain.version == quick.version


def test_jieba_can_be_asked_for(monkeypatch):
    monkeypatch.setenv(cutting.VARIABLE, "jieba")
    assert cutting.accelerated({}, counted_twice=0) is None
