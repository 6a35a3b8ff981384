"""Which organisation a name means, and which one it is a part of."""

import re
from collections import defaultdict
from dataclasses import dataclass

from matchmaker.kinship.spelling import expanded, name_key

_LEGAL_FORM = re.compile(r"公司$|厂$|合作社$|企业$|集团$|银行$")
_INSTITUTION = re.compile(r"大学|学院|学校|研究院|研究所|科学院|医院|实验室|中心|所$")
_COMPANY_UNIT = re.compile(
    r"(?:分公司|支公司|分厂|分店|分行|支行|分院|办事处|代表处|营业部|事业部|项目部|车间|工厂|厂区|中心|"
    r"研究院|研究所|实验室|工作站|技术部|研发部|试验室|基地)$"
)
_INSTITUTION_UNIT = re.compile(
    r"(?:学院|系|所|院|中心|实验室|校区|分校|部|处|医院|团队|课题组|基地|站|室|书院|平台)$"
)
_BRACKET = re.compile(r"^\([^()]+\)")
_COMPANY = re.compile(r"公司$")
_SHORTEST_PREFIX, _SHORTEST_SHORT_NAME, _SHORTEST_WITHOUT_PLACE, _FURTHEST = 3, 4, 8, 4

PRESENT, FORMER, ALIAS = "名称", "曾用名", "别名"
_RANK = {PRESENT: 0, FORMER: 1, ALIAS: 2}


@dataclass(frozen=True, slots=True)
class Meant:
    """A node that a name means: by which of its names, and whether beyond doubt."""

    node: str
    manner: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A node that the named one is a part of."""

    node: str
    words: str
    certain: bool
    by: str = ""  # 曾用名 or 别名, where it is not by the present name


class Names:
    """An index over every name; `add` first, ask afterwards."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, str]] = defaultdict(dict)  # spelling → node → manner
        self._companies: list[tuple[str, str]] = []  # names of records, to look into
        self._records: set[str] = set()
        self._looked_up: dict[tuple[str, str], list[Meant]] = {}

    def copy(self) -> "Names":
        """Return an index of the same names that can be added to."""
        other = Names()
        for spelling, nodes in self._nodes.items():
            other._nodes[spelling] = dict(nodes)
        other._companies, other._records = list(self._companies), set(self._records)
        return other

    def add(self, node: str, name: str, manner: str, *, record: bool) -> None:
        """Enter a name of a node; a record is an organisation known by more than its name."""
        key = name_key(name)
        if not key:
            return
        self._looked_up.clear()
        for spelling in {key, expanded(key)}:
            known = self._nodes[spelling]
            if node not in known or _RANK[manner] < _RANK[known[node]]:
                known[node] = manner
        if record:
            self._records.add(node)
            if manner == PRESENT and _LEGAL_FORM.search(key):
                self._companies.append((key, node))

    def meant(self, name: str, *, besides: str = "") -> list[Meant]:
        """Return the nodes the name means, present names before former ones and aliases.

        A name that several organisations bear or bore is doubtful; a present name beats the rest.
        """
        key = name_key(name)
        for spelling in dict.fromkeys((key, expanded(key))):
            found = {
                node: how for node, how in self._nodes.get(spelling, {}).items() if node != besides
            }
            if found:
                return self._ranked(found)
        memo = (key, besides)
        if memo not in self._looked_up:  # this one looks through every name
            self._looked_up[memo] = self._shortened(key, besides)
        return self._looked_up[memo]

    def _ranked(self, found: dict[str, str]) -> list[Meant]:
        present = {node for node, how in found.items() if how == PRESENT}
        others = [node for node in found if node not in present]
        certain = len(set(others) & self._records) <= 1 and not present & self._records
        return [
            *(Meant(node, PRESENT, certain=True) for node in sorted(present)),
            *(Meant(node, found[node], certain=certain) for node in sorted(others)),
        ]

    def _shortened(self, key: str, besides: str) -> list[Meant]:
        """Find the one company whose name has the short form near its beginning: 海泊重工.

        With its legal form the name may lack the place only.
        """
        least = _SHORTEST_WITHOUT_PLACE if _LEGAL_FORM.search(key) else _SHORTEST_SHORT_NAME
        if len(key) < least or _INSTITUTION.search(key):
            return []
        found = {
            node
            for name, node in self._companies
            if node != besides and 0 <= name.find(key) <= _FURTHEST
        }
        return [Meant(node, "简称", certain=False) for node in found] if len(found) == 1 else []

    def whole(self, name: str, *, besides: str = "") -> list[Whole]:
        """Return what the named organisation is a part of: 院系 ⊂ 大学, branch ⊂ company.

        The longest known name it begins with counts, if what follows names a part.
        """
        key = name_key(name)
        for spelling in dict.fromkeys((key, expanded(key))):
            for end in range(len(spelling) - 1, _SHORTEST_PREFIX - 1, -1):
                known = self._nodes.get(spelling[:end])
                if not known:
                    continue
                words = _part_words(spelling[:end], spelling[end:])
                found = [m for m in self._ranked(known) if m.node != besides] if words else []
                if found:
                    doubt = "冠名" in words
                    return [
                        Whole(
                            m.node,
                            words,
                            m.certain and not doubt,
                            "" if m.manner == PRESENT else m.manner,
                        )
                        for m in found
                    ]
        return []


def _part_words(whole: str, rest: str) -> str:
    """Name what `rest` makes of the whole; "" where it begins another organisation's name."""
    bracket = _BRACKET.match(rest)
    if bracket and (bracket.end() == len(rest) or _unit(whole, rest[bracket.end() :])):
        return "校区或驻地"
    if _unit(whole, rest):
        return "下属单位"
    if _COMPANY.search(rest) and _INSTITUTION.search(whole):
        return "冠名企业"
    return ""


def _unit(whole: str, rest: str) -> bool:
    if _LEGAL_FORM.search(whole):
        return _COMPANY_UNIT.search(rest) is not None
    if _INSTITUTION.search(whole):
        return _INSTITUTION_UNIT.search(rest) is not None
    return (_COMPANY_UNIT.search(rest) or _INSTITUTION_UNIT.search(rest)) is not None
