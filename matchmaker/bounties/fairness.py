"""公平竞争审查: an eligibility text must not name an organisation nor bind the institutions' place.

The district may ask that an enterprise be registered here: public money serves it. Institutions
may come from anywhere, so what is found here is refused wherever institutions bid.
"""

import re
import unicodedata
from collections.abc import Iterable

_ONLY = (
    "(?:仅限|只限|限于|限由|限定|限制|专限|只能|只接受|仅接受|须为|必须为|应为|须是|必须是|应当为"
    "|必须|须|限)"
)
_HERE = "(?:本[省市区县州盟镇街]|[本当]地(?!化)|[省市区县]内|属地|驻[地区市]|辖区|区域内|域内)"
_PLACE = "(?:[\u4e00-\u9fff]{2,4}(?:省|市|自治区|区|县))"
_KIND = "(?:高校|院校|院所|大学|学院|研究院|研究所|研究机构|科研|单位|团队|机构|揭榜方|申报方)"
_PLACES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(one)
    for one in (
        rf"{_ONLY}[^,。;]{{0,8}}(?:{_HERE}|{_PLACE})[^,。;]{{0,10}}(?:{_KIND}|注册|所在|设立|境内|范围)",
        rf"{_ONLY}[^,。;]{{0,4}}(?:注册|设立|登记|所在)[地于在]*[^,。;]{{0,4}}(?:{_HERE}|{_PLACE})",
        rf"(?:注册地|所在地|单位地址)[^,。;]{{0,6}}(?:{_HERE}|{_PLACE})",
        rf"{_HERE}[^,。;]{{0,8}}{_KIND}[^,。;]{{0,6}}(?:优先|方可|才可|才能|可以申报|可以揭榜)",
        r"(?:不接受|不受理|排除|谢绝)[^,。;]{0,6}(?:外[省市区县地]|域外|境外|省外|市外|区外)",
    )
)
_GENERIC = re.compile(
    "^(?:国内外?|境内外?|省内外?|高等|普通|相关|各类|全国|知名|重点|理工|综合|有关|一家|具备|具有|独立|"
    "国家|部属|院校|院所|学校|高校|研究|大学|学院|企业|机构|单位|科研|技术|工程|专业|双一流|任何|从事|该|其|为|的|或|和|与|及|由|以|上|等)*$"
)
_NAMED = re.compile(
    rf"(?:{_ONLY}|指定|定向(?:委托)?|特邀)(?:由|为|是|与|给)?"
    "(?P<name>[\u4e00-\u9fff]{2,16}?)(?:大学|学院|研究院|研究所|科学院|实验室|设计院)"
)
_DENIALS = re.compile(r"(?:不|不得|未|无|严禁|禁止|非)(?:作|做|得|再|予以|进行|设)?$")


def problems(text: str, *, names: Iterable[str] = ()) -> list[str]:
    """Say in Chinese what in the text favours somebody; empty when nothing does.

    names : organisations known to the platform; a text that mentions one names it.
    """
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").replace("\n", "。")
    found = [f"“{name}”是具体单位" for name in names if len(name) > 3 and name in folded]  # noqa: PLR2004
    for match in _NAMED.finditer(folded):
        proper = not _GENERIC.match(match["name"])
        if proper and not _denied(folded, match.start()):
            found.append(f"“{match[0]}”指定了单位")
    for pattern in _PLACES:
        found += [
            f"“{match[0]}”限定了地域"
            for match in pattern.finditer(folded)
            if not _denied(folded, match.start())
        ]
    return list(dict.fromkeys(found))


def _denied(text: str, start: int) -> bool:
    """Tell whether the words before say that there is no such limit: 不限定, 不得限于."""
    return _DENIALS.search(text[max(0, start - 4) : start]) is not None


CURE = "对揭榜方只能提业绩、设备、资质等条件，不得指定单位、限定地域，请改写"
