"""Near-duplicate titles and organisation names, for a human to decide on.

Nothing here merges or refuses anything: the thresholds lean towards showing one pair too many.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

TITLE_THRESHOLD = 58.0
"""On the twenty example needs the one planted pair reaches 63.9, the next pair 40.0."""

ENTERPRISE_THRESHOLD = 75.0
"""One character of four differs: the shortest cores of enterprises with one mistyped character."""

INSTITUTION_THRESHOLD = 88.0
"""Universities differ by little on purpose: 湖南大学 and 湖南农业大学 reach 80."""

LONGEST_INPUT = 2_000
"""Characters of a title with its keywords that are looked at; the rest is ignored."""

_FEW_WORDS = 3

Segment = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class TitleCandidate:
    """A record already in the pool, with what tells it apart."""

    id: int
    title: str
    keywords: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OrganisationCandidate:
    """An organisation already known, with the other names it goes by (别名)."""

    id: int
    name: str
    aliases: Sequence[str] = ()


def similar_titles(
    title: str,
    keywords: Sequence[str],
    candidates: Iterable[TitleCandidate],
    *,
    segment: Segment,
    threshold: float = TITLE_THRESHOLD,
) -> list[tuple[int, float]]:
    """Return (id, ratio 0–100) of the candidates at or above the threshold, best first.

    segment : cuts a text into words, long ones also into their parts (jieba's cut_for_search).
    Texts of fewer than three words are compared whole: a subset of them would always reach 100.
    """
    wanted = _words(title, keywords, segment)
    found = [
        (candidate.id, ratio)
        for candidate in candidates
        if (ratio := _title_ratio(wanted, _words(candidate.title, candidate.keywords, segment)))
        >= threshold
    ]
    return _best_first(found)


def _words(title: str, keywords: Sequence[str], segment: Segment) -> list[str]:
    text = unicodedata.normalize("NFKC", " ".join([title, *keywords]))[:LONGEST_INPUT].lower()
    return sorted({word for word in segment(text) if any(map(str.isalnum, word))})


def _title_ratio(left: list[str], right: list[str]) -> float:
    if not left or not right:
        return 0.0
    few = min(len(left), len(right)) < _FEW_WORDS
    compare = fuzz.token_sort_ratio if few else fuzz.token_set_ratio
    return float(compare(" ".join(left), " ".join(right)))


def similar_organisations(
    name: str,
    candidates: Iterable[OrganisationCandidate],
    *,
    places: Sequence[str] = (),
) -> list[tuple[int, float]]:
    """Return (id, ratio 0–100) of organisations whose name or alias is close, best first.

    places : the district's own place names, cut from the front like the provinces are.
    """
    wanted = core_name(name, places=places)
    threshold = INSTITUTION_THRESHOLD if _INSTITUTION.search(wanted) else ENTERPRISE_THRESHOLD
    found = []
    for candidate in candidates:
        names = [candidate.name, *candidate.aliases]
        ratio = max(_name_ratio(wanted, core_name(other, places=places)) for other in names)
        if ratio >= threshold:
            found.append((candidate.id, ratio))
    return _best_first(found)


def _name_ratio(left: str, right: str) -> float:
    """Compare two cores; the same characters in another order count as the same."""
    return float(100 if sorted(left) == sorted(right) else fuzz.ratio(left, right))


def _best_first(found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


_REGIONS = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国"
)
_REGION = re.compile(
    rf"^(?:(?:{_REGIONS})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?"
    r"|[\u4e00-\u9fff]{2,3}(?:省|市(?!政|场)|地区|自治州|县|区(?!域)))"
)
_REMARK = re.compile(r"\([^)]*\)")
_LEGAL = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|股份公司|责任公司|总公司|公司|集团|总厂|厂|"
    r"农民专业合作社|专业合作社|合作社)(?:分公司)?$"
)
_WEAK = re.compile(r"(?:高新技术|科技|技术|实业|工程|发展|集团|新能源|产业|股份|制造)$")
_INSTITUTION = re.compile(r"大学|学院|学校|研究|医院|科学院|中心$|实验室")
_SHORTEST_CORE = 2


def core_name(name: str, *, places: Sequence[str] = ()) -> str:
    """Return what tells an organisation apart: place, bracketed remark and legal form cut off.

    A university or institute keeps its place, which is its name (山东大学). At least two
    characters are always left.
    """
    core = "".join(unicodedata.normalize("NFKC", name)[:LONGEST_INPUT].lower().split())
    core = _cut(core, _REMARK)
    if _INSTITUTION.search(core):
        return core
    core = _cut(core, _LEGAL)
    core = _cut(core, _WEAK)
    for _ in range(2):  # province, then city or district
        core = _cut(core, _REGION)
    for place in places:
        if place and len(core.removeprefix(place)) >= _SHORTEST_CORE:
            core = core.removeprefix(place)
    return core


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    rest = pattern.sub("", text)
    return rest if len(rest) >= _SHORTEST_CORE else text
