"""Which words of a text a person could vouch for as keywords.

A whole word that the dictionary or the bureau knows, that names a thing and is rare enough to
tell. Names of people, places and organisations, times, amounts and anything with a figure are left
out: nobody can honestly claim them for another text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.cutting import dictionary_classes
from matchmaker.matching.folding import fold
from matchmaker.matching.sides import Reading
from matchmaker.matching.text import LONGEST_TERM, SHORTEST

TELLING = 0.5  # of the idf of a word no text holds: what is commoner says too little
LONGEST_LATIN = 10  # letters
# What says too little alone, whoever writes it.
_EMPTY_WORDS = """
技术 工艺技术 关键技术 技术开发 系统 方法 设备 关键设备 装置 装备 产品 产品设计 材料 工艺
研究 应用 设计 开发 研发 制备 制造 生产 制作 建立 体系 优化 分析 综合 组成 目的 意义
现实意义 促进作用 关系 类别 要点 阶段 中心 机制 模式 平台 领域 行业 市场 公司 有限公司 集团
单位 客户 用户 人员 专家 团队 作者 基础 预算 指标 参数 性能 质量 效果 效率 成本 含量 数量
条件 环境 结构 功能 软件 常规 新型 大型 小型 最新 先进 有所 国产 产业化 项目 工程 示范 推广
服务 管理 论文 专利 成果 原理 理论 载体 本体 介质 对象 因素 信息 型式 领先水平 省级 国家级
吨级 毫米 厘米 微米 英寸 千克 公斤 万元 小时 分钟 摄氏度
"""
EMPTY = frozenset(_EMPTY_WORDS.split())
_BETWEEN = re.compile(r"[、,，;；/\s]+")
_FIGURE = re.compile(r"[\d一二三四五六七八九十百千万]")
_NAMING = ("n", "nz", "vn", "j", "b", "g", "x")  # jieba's classes of words that name a thing
_CHOSEN = (*_NAMING, "l", "v")  # the writer put it among the keywords: what is done names it too


def offered(other: Reading) -> Iterator[str]:
    """The whole words of a text that name something: its keywords first, then title and body."""
    for entry in _BETWEEN.split(other.document.keywords):
        if entry and _names(entry, other, _CHOSEN):
            yield entry
    for name in ("title", "body"):
        for unit in other.units[name]:
            surface = other.document.text(name)[unit.start : unit.end]
            if surface and _names(surface, other, _NAMING):
                yield surface


def _names(word: str, other: Reading, classes: Sequence[str]) -> bool:
    """Whether a word is one the writer may know, that tells, and is of one of these classes."""
    folded, segmenter = fold(word)[0], other.segmenter
    if not SHORTEST <= len(folded) <= LONGEST_TERM or _FIGURE.search(folded):
        return False
    if folded in EMPTY or not segmenter.tells(folded) or not _is_telling(folded, other):
        return False
    pieces = [unit.term for unit in segmenter.units(folded)]
    return all(_is_known(piece, other, classes) for piece in pieces)


def _is_known(piece: str, other: Reading, classes: Sequence[str]) -> bool:
    segmenter = other.segmenter
    if piece.isascii():
        shared = other.idf.counts.get(piece, 0) > 1  # what one text alone says is its own name
        return piece.isalpha() and len(piece) <= LONGEST_LATIN and (shared or piece in segmenter)
    return piece in segmenter or (segmenter.knows(piece) and not _is_other(piece, classes))


def _is_telling(folded: str, other: Reading) -> bool:
    rarest = other.idf.of("\0")
    terms = other.segmenter.terms(folded)
    return any(other.idf.of(term) >= TELLING * rarest for term in terms)


def is_new(word: str, text: Reading) -> bool:
    """Whether a text says this nowhere: neither the word, nor a synonym, nor all it is made of."""
    folded = fold(word)[0]
    meaning = text.segmenter.canonical(folded)
    if meaning in text.words or meaning in text.unit_terms:
        return False
    if any(folded in written for written in text.folded.values()):
        return False
    found = text.segmenter.tokens(folded)
    held = {place for one in found if one.term in text.words for place in range(one.start, one.end)}
    return len(held) + 1 < len(folded)


def _is_other(word: str, classes: Sequence[str]) -> bool:
    """Whether jieba's list gives the word another class than these."""
    hashes = _of_other_classes(tuple(classes))
    place = int(np.searchsorted(hashes, hash(word)))
    return place < len(hashes) and bool(hashes[place] == hash(word))


@lru_cache(maxsize=2)
def _of_other_classes(classes: tuple[str, ...]) -> NDArray[np.int64]:
    """Hashes, ascending, of all words of other classes: a fifth of the memory of the words."""
    return np.sort([hash(word) for word, kind in dictionary_classes() if kind not in classes])
