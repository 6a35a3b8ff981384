"""Whether two addresses are the same door, however they are written."""

import re
from dataclasses import dataclass

from matchmaker.kinship.spelling import fold

_PROVINCE = re.compile(r"^[\u4e00-\u9fff]{2,6}?(?:省|自治区)")
_CITY = re.compile(r"^[\u4e00-\u9fff]{2,6}?(?:市|自治州|地区|盟)")
_DISTRICT = re.compile(r"^[\u4e00-\u9fff]{1,4}?(?:区|县|市|旗)(?!域)")
_TOWN = re.compile(r"^[\u4e00-\u9fff]{2,4}?(?:街道办事处|街道|镇|乡)(?!路|街)")
_NUMERALS = dict(zip("一二三四五六七八九", "123456789", strict=True)) | {"十": "10"}
_NUMERAL = re.compile(
    r"([一二三四五六七八九十])(?=路|街|巷|号|楼|室|栋|幢|座|单元|层|车间|区|组|期|弄)"
)
_HOUSE = re.compile(
    r"^(.*?(?:路|街|道|巷|弄|大街|胡同|村|里|园|区|庄)[\u4e00-\u9fff]{0,3}?)(\d+)号(?!楼|院楼)"
)
_TOKEN = re.compile(r"[a-z]+|\d+")
_UNIT_WORDS = re.compile(r"[座室楼栋幢单元层号房#\-/,,。.()（）内]|[a-z0-9]")
_SHARED = re.compile(r"大厦|大楼|广场|中心|园|城|孵化|创业|众创|写字楼|商务|座|层")


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: `key` finds candidates, the rest decides."""

    key: str
    places: tuple[str, str, str]  # city, district, town; "" where not written
    building: str


def parse(text: str) -> Address | None:
    """Take an address apart; None for one that names no door (a park, a village, a tower)."""
    rest = _PROVINCE.sub("", fold(text))
    city, rest = _cut(_CITY, rest)
    district, rest = _cut(_DISTRICT, rest)
    town, rest = _cut(_TOWN, rest)
    rest = _NUMERAL.sub(lambda found: _NUMERALS[found[1]], rest)
    house = _HOUSE.match(rest)
    street, number, tail = (house[1], house[2], rest[house.end() :]) if house else ("", "", rest)
    tokens = _tokens(tail)
    if not number and not tokens:
        return None
    if number and not tokens and _SHARED.search(tail):
        return None  # a building of many, no room
    building = _UNIT_WORDS.sub("", tail)
    key = "|".join([street or building, number, *tokens])
    return Address(key, (city, district, town), building)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (found[0], text[found.end() :]) if found else ("", text)


def _tokens(tail: str) -> list[str]:
    """Return building, floor and room; a floor the room's number begins with says nothing."""
    found = _TOKEN.findall(tail)
    return [
        one
        for place, one in enumerate(found)
        if not (
            one.isdigit()
            and any(later != one and later.startswith(one) for later in found[place + 1 :])
        )
    ]


def same(left: Address, right: Address) -> bool:
    """Tell whether two addresses name one door; what only one of them writes is no difference."""
    if left.key != right.key:
        return False
    pairs = zip(left.places, right.places, strict=True)
    if any(a and b and a != b for a, b in pairs):
        return False
    shorter, longer = sorted((left.building, right.building), key=len)
    return shorter in longer
