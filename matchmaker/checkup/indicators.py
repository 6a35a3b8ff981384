"""Rules on the indicators a solution will be measured by (核心考核指标)."""

import re

from matchmaker.checkup.finding import NeedText, Remarks, Rule, Severity

_LEAST_INDICATORS, _NAME_LENGTH = 2, 4
_NUMBER = re.compile(
    r"\d|[一二两三四五六七八九十百千万半]+(?:[个项次倍级成天年月台套吨段道层步遍周日]|分之)"
)
_YES_OR_NO = re.compile(r"^(?:不|无|零|禁|可|能|通过|符合|取得|满足.*(?:标准|GB|ISO|IEC))")
_RELATIVE = re.compile(
    r"(?:提高|提升|增加|增长|降低|下降|减少|缩短|节约|节省|降本|增效)(?:幅度)?[≥≤>＞<约达]*\s*"
    r"(?:\d+(?:\.\d+)?\s*(?:%|％|个百分点|倍|元)|[一二两三四五六七八九]成|一半|一倍)"
)
_BASE = re.compile(
    r"由|从.{1,15}(?:到|至|降|升)|现(?:有|为|状|值|在|行)|目前|当前|相比|较|比|以.{1,15}(?:为基准|计)|基准|对照|原"
)
_BARE_END = re.compile(r"(?:达到?|至|为|到|[≥≤><=＞＜≧≦])\s*\d+(?:\.\d+)?\s*(?:以[上下])?$")
_NO_UNIT_NEEDED = re.compile(
    r"[A-Za-zα-ωΑ-Ω]|比$|系数|因子|指数|次数|个数|数量|件数|项数|台数|倍数|等级|级别|评分|粘数|度数|值$|常数|之比|雷诺数|标准差"
)
_METHOD = re.compile(
    r"GB|ISO|IEC|ASTM|DIN|JIS|HG/|JB/|YY/|标准|规程|规范|检测|检验|测试|测定|试验|第三方|方法|"
    r"放置|浸泡|盐雾|磨耗|耐压|挂[板网]|浸出|台架|抽样|计量|药典|为准|验收|实测|信噪比|洛氏|维氏|HRC|以.{1,8}[计算]|[（(][^）)]*\d[^）)]*[）)]"
)
_VAGUE = re.compile(
    r"国内领先|国际领先|世界领先|行业领先|国际先进|国内先进|世界一流|国内一流|先进水平|领先水平|填补.{0,4}空白|"
    r"显著|明显|大幅|尽可能|尽量|较[好高大低强快]|更[好高强快优]|优异|优良|良好|达到要求|满足(?:使用|客户|生产)要求|"
    r"提高(?:生产)?效率|降低成本|提升(?:产品)?(?:质量|性能|品质)"
)
_SELF_PRAISE = re.compile(r"国内领先|国际领先|世界领先|国际先进|世界一流|填补.{0,4}空白|颠覆性")


def _has_number(indicator: str) -> bool:
    return _NUMBER.search(indicator) is not None


def _count(need: NeedText) -> Remarks:
    given = [indicator for indicator in need.key_indicators if indicator.strip()]
    if len(given) < _LEAST_INDICATORS:
        yield "key_indicators", f"考核指标只有 {len(given)} 条，至少填写 2 条"


def _measurable(need: NeedText) -> Remarks:
    for indicator in need.key_indicators:
        text = indicator.strip()
        if text and not _has_number(text) and not _YES_OR_NO.match(text):
            yield "key_indicators", f"指标“{text[:30]}”没有数值，无法考核"


def _unit(need: NeedText) -> Remarks:
    for indicator in need.key_indicators:
        text = indicator.strip()
        ending = _BARE_END.search(text)
        if ending and not _NO_UNIT_NEEDED.search(text[: ending.start()]):
            yield "key_indicators", f"指标“{text[:30]}”只有数字，没有写单位"


def _relative(need: NeedText) -> Remarks:
    for indicator in need.key_indicators:
        change = _RELATIVE.search(indicator)
        if change and not _BASE.search(indicator) and not _told(indicator[: change.start()], need):
            yield "key_indicators", f"指标“{indicator.strip()[:30]}”是相对变化，没有写现值"


def _told(subject: str, need: NeedText) -> bool:
    """Tell whether the story puts a figure beside what changes: 库存资金占用达620万元."""
    name = subject.strip()[-_NAME_LENGTH:]
    told = re.search(re.escape(name) + r"[^，。；]{0,8}\d", need.story) if name else None
    return told is not None


def _method(need: NeedText) -> Remarks:
    numbered = [indicator for indicator in need.key_indicators if _has_number(indicator)]
    told = "\n".join((*need.key_indicators, need.problem))
    if numbered and not _METHOD.search(told):
        yield "key_indicators", "没有写明指标按什么标准或方法检测，验收时容易产生分歧"


def _vague(need: NeedText) -> Remarks:
    for indicator in need.key_indicators:
        word = _VAGUE.search(indicator)
        if word and not _has_number(indicator):
            yield "key_indicators", f"“{word[0]}”无法考核，请换成数值"


def _praise(need: NeedText) -> Remarks:
    for field, text in (("title", need.title), ("problem", need.problem)):
        word = _SELF_PRAISE.search(text)
        if word:
            yield field, f"“{word[0]}”没有说明要达到什么，请删去或换成具体指标"


RULES = (
    Rule(
        "indicator_count",
        Severity.MUST,
        _count,
        "揭榜方按指标报方案，验收也按指标逐条核对；少于两条说不清要做到什么程度。",
        "磨后残余高度≤0.3 mm",
        "磨后残余高度≤0.3 mm；单件节拍≤6 min；打磨接触力波动≤±5 N",
    ),
    Rule(
        "indicator_measurable",
        Severity.MUST,
        _measurable,
        "没有数值的指标验收时无从判定，也无法比较两份方案。",
        "涂层结合牢固",
        "涂层结合强度≥70 MPa（按 GB/T 8642 拉伸法）",
    ),
    Rule(
        "indicator_unit",
        Severity.ADVICE,
        _unit,
        "同一个数换一个单位相差千倍，没有单位的数字不能写进合同。",
        "涂层硬度达到62",
        "涂层硬度≥62 HRC",
    ),
    Rule(
        "relative_without_base",
        Severity.ADVICE,
        _relative,
        "“下降 15%”要有起点：揭榜方不知道现值，就判断不了难度，验收时也没有对照。",
        "吨菇电耗下降15%",
        "吨菇电耗由现在的 820 kWh 降到 700 kWh 以下",
    ),
    Rule(
        "test_method",
        Severity.HINT,
        _method,
        "同一指标用不同方法测，结果可能差一倍；写明标准、条件或由谁检测，可少一半争议。",
        "耐盐雾性能≥6000 h",
        "中性盐雾≥6000 h（GB/T 10125，委托有资质的第三方检测）",
    ),
    Rule(
        "vague_indicator",
        Severity.ADVICE,
        _vague,
        "“显著”“良好”“领先”各人理解不同，不能作为验收依据。",
        "显著提高检测速度，达到国内领先水平",
        "检测速度由 0.4 m/min 提高到 1 m/min 以上",
    ),
    Rule(
        "self_praise",
        Severity.HINT,
        _praise,
        "“国际先进”“填补空白”说的是名次，不是问题；专家和院所要看的是技术难点。",
        "研制国际领先的全氟磺酸膜",
        "研制 80℃ 电导率≥0.12 S/cm 的全氟磺酸膜",
    ),
)
