"""Rules on how the problem is told: where it fails, under what conditions, what was tried."""

import re

from rapidfuzz import fuzz

from matchmaker.checkup.finding import NeedText, Remarks, Rule, Severity

_BACKGROUND_LEAST, _PROBLEM_LEAST = 20, 30
_BACKGROUND_MOST, _PROBLEM_MOST = 1_000, 1_500
_COPIED_RATIO, _COPIED_LEAST, _COMPARED = 80, 30, 3_000
_MANY_PROBLEMS = 4

_QUANTITY = re.compile(
    r"\d|[一二两三四五六七八九十百千万半几数]+(?:\s*(?:年|个月|月|周|天|日|小时|分钟|秒|吨|升|米|毫米|度|成|倍|级|次|段|件|万|℃|公里|海里|工作日|%)|分之)"
)
_COUNT_OF_FIRMS = re.compile(r"[\d一二两三四五六七八九十百多数]+余?(?:家|个(?:企业|厂|车间)|名|人)")
_FAILS = re.compile(
    r"不[稳足能够齐均高低良到达愿理易好匀佳顺]|难|差|漏|裂|磨损|堵|失效|离散|超[标差出]|依赖|靠人工|频繁|过[大高低切长慢]|高浓|"
    r"慢|弱|低(?!成本|功耗|碳|能耗)|缺[陷少乏]|短缺|变形|脱落|腐蚀|锈|团聚|污染|损[耗失伤]|波动|偏[差高低大]|问题|瓶颈|故障|溶胀|"
    r"停[产机]|限产|限用|废[品水渣气]|报废|返[工修]|误[差判]|老化|泄漏|渗漏|断|卡[滞死]|噪声大|延迟|流失|隐患|成本高|能耗高|单价高|"
    r"[只仅](?:有|能|占)|无法|没有|引入|析出|附着|落后|贵|耗时|费时|费工|人工|退货|投诉|分层|"
    r"变[稠硬软色质脆黄]|结[块垢皮]|积灰|浪费|凭经验|起皱|受限|处罚|危险|风险|事故|侧滑|碰|赔付|死亡|招不到|下降|下滑|衰减"
)
_TRIED = re.compile(
    r"已|曾|现有|现用|现行|目前|当前|沿用|采用|使用|试[过制验用]|做过|尝试|改用|更换|原[来有先工]|靠|依赖|依靠|依托|由单台|为原料|"
    r"我公司|我司|我厂|企业(?:希望|反映)|主推|所用|现|[用以经].{1,10}[法后]|每|年产|日产|进口|近[一两三几]年|停留在|处理后|后进"
)
_SIZE = re.compile(
    r"\d\s*(?:mm|cm|nm|μm|m|米|毫米|微米|厘米|公里|kg|g|t|吨|公斤|升|L|kW|MW|千瓦|度|V|A|亩|立方米)(?![A-Za-z])"
)
_CONDITIONS = re.compile(
    r"炉|管[道壁线]|弯管|水冷壁|高处|高空|井下|船|罐|大棚|冷库|"
    r"℃|MPa|kPa|Pa\b|rpm|kV|Hz|温度|高温|低温|常温|室温|湿|压力|高压|常压|真空|粉尘|介质|海水|海上|离岸|海域|盐雾|酸|碱|溶剂|"
    r"环境|工况|条件|连续|长期|长周期|负荷|载荷|转速|流量|浓度|进水|原料|基材|材质|规格|尺寸|产线|车间|现场|生产线|节拍|批|户外|露天|"
    r"土壤|水质|气候|生态区|种植|亩|品种|噪声|断网|电压|频率|氨|气体|氢|粒径|胶料|无菌|浪溅|养殖|在线|车体|"
    r"冻|岩|阴雨|风[沙浪速]|潮[湿汐]|振动|油污|冲[击刷]|在[^，。；,;]{1,15}[下时]|工艺下|服务器|接口|兼容|已建|既有|适[应用]"
)
_PRESCRIBED = re.compile(
    r"(?:必须|只能|只接受|仅接受|限定|指定|一律|务必|要求统一)(?:采用|使用|选用|用|购买|采购|是)[^，。；]{2,}"
    r"|(?:不接受|不考虑)(?:其他|别的|其它)(?:方案|路线|方法|技术|工艺)"
    r"|(?:采用|使用|选用)(?:指定|某)?[^，。；]{0,10}(?:品牌|牌号的?设备)"
)
_NOT_A_SOLUTION = re.compile(
    r"(?:标准|规程|规范|环保|无毒|国产|食品级|合格|现有|原有|本企业|我公司)"
)
_NUMBERED = re.compile(
    r"(?:第[一二三四五六七八九]|[一二三四五六七八九]是|[（(][一二三四五六七八九1-9][)）]|[①-⑨]|(?<![\d.])[1-9][、.．](?!\d))"
)
_BESIDES = re.compile(
    r"(?:另外|此外|同时|顺便|还)(?:还|也|我们)?(?:想|需要?|希望|要)(?:解决|开发|寻[找求]|引进|招聘|建设|申报)"
)


def _present_value(need: NeedText) -> Remarks:
    story = _COUNT_OF_FIRMS.sub("", need.story)
    if need.problem.strip() and not _QUANTITY.search(story):
        yield "background", "背景和问题中没有一个现状数值，看不出与目标差多少"


def _where_it_fails(need: NeedText) -> Remarks:
    if need.problem.strip() and not _FAILS.search(need.story):
        yield "problem", "只写了想要什么，没有写现在卡在哪里"


def _tried(need: NeedText) -> Remarks:
    told = need.foundation.strip() or _TRIED.search(need.story) or _QUANTITY.search(need.background)
    if need.problem.strip() and not told:
        yield "foundation", "没有写现在怎么做、试过什么办法"


def _conditions(need: NeedText) -> Remarks:
    told = "\n".join((need.title, need.story, *need.key_indicators))
    if need.problem.strip() and not _CONDITIONS.search(told) and not _SIZE.search(need.story):
        yield "problem", "没有写使用条件，如温度、压力、介质、产量或安装环境"


def _prescribed(need: NeedText) -> Remarks:
    for found in _PRESCRIBED.finditer(need.problem):
        if not _NOT_A_SOLUTION.search(found[0]):
            yield "problem", f"“{found[0][:30]}”规定了做法，可能排除更好的方案"
            return


def _several(need: NeedText) -> Remarks:
    if len(_NUMBERED.findall(need.problem)) >= _MANY_PROBLEMS:
        yield "problem", "一份需求列了四个以上的问题，请核对是否应当分开填报"
    besides = _BESIDES.search(need.problem)
    if besides:
        yield "problem", f"“{besides[0]}”之后像是另一个需求，请分开填报"


def _too_short(need: NeedText) -> Remarks:
    for field, text, least in (
        ("background", need.background, _BACKGROUND_LEAST),
        ("problem", need.problem, _PROBLEM_LEAST),
    ):
        length = len("".join(text.split()))
        if length < least and (length or field == "problem"):
            yield field, f"只有 {length} 个字，至少写 {least} 个字"


def _too_long(need: NeedText) -> Remarks:
    for field, text, most in (
        ("background", need.background, _BACKGROUND_MOST),
        ("problem", need.problem, _PROBLEM_MOST),
    ):
        if len(text) > most:
            yield field, f"有 {len(text)} 个字，建议压缩到 {most} 字以内"


def _copied(need: NeedText) -> Remarks:
    left, right = need.background[:_COMPARED], need.problem[:_COMPARED]
    if min(len(left), len(right)) < _COPIED_LEAST:
        return
    if max(fuzz.ratio(left, right), fuzz.partial_ratio(left, right)) >= _COPIED_RATIO:
        yield "problem", "与“背景与现状”基本相同，请分开写：背景写现状，问题写难点"


RULES = (
    Rule(
        "present_value",
        Severity.ADVICE,
        _present_value,
        "有现值才看得出差距；专家据此判断是改工艺就够，还是要重新研制。",
        "检测速度慢，漏检多",
        "射线抽检每米焊缝需 12 min，漏检率约 8%",
    ),
    Rule(
        "where_it_fails",
        Severity.ADVICE,
        _where_it_fails,
        "写出在哪一步、出现什么现象，院所才知道手里的技术对不对路。",
        "需要一种网衣处理技术",
        "网衣夏季四十天即被藤壶堵塞，换网一次停产三天",
    ),
    Rule(
        "what_was_tried",
        Severity.HINT,
        _tried,
        "说明现在怎么做、试过什么，可以少收一半重复的方案。",
        "希望提高转子寿命",
        "现用堆焊修复，试过两种焊条，均在三个月内开裂",
    ),
    Rule(
        "operating_conditions",
        Severity.HINT,
        _conditions,
        "实验室里做得到的指标，换一个温度、介质或产量就可能做不到。",
        "要求密封件不泄漏",
        "60 MPa 液氨中每分钟启闭 600 次，密封件泄漏量≤1 mL/min",
    ),
    Rule(
        "solution_prescribed",
        Severity.ADVICE,
        _prescribed,
        "把做法写死会挡住更好的路线；确有理由的，写清理由和必须满足的条件。",
        "必须采用射线检测方案",
        "焊缝全长在线检测，检测区不得有电离辐射；可采用超声等手段",
    ),
    Rule(
        "several_problems",
        Severity.ADVICE,
        _several,
        "几个不相干的问题放在一起，没有一个团队全会，匹配也会失准。",
        "解决网衣附着；另外还需要开发投喂软件",
        "分为两份需求：“网衣防生物附着”“投喂管理软件”",
    ),
    Rule(
        "too_short",
        Severity.MUST,
        _too_short,
        "三言两语的需求无法匹配，专家也提不出方案。",
        "轮胎滚阻高",
        "出口欧盟的半钢胎滚阻停留在 C 级，白炭黑在胶料中团聚，混炼四段，能耗高",
    ),
    Rule(
        "too_long",
        Severity.HINT,
        _too_long,
        "读的人先看前几百字；企业介绍、荣誉和市场分析不必写在这里。",
        "（企业简介和荣誉 1,200 字）",
        "（只写工艺现状、难点和影响，300 字左右；其余放附件）",
    ),
    Rule(
        "copied_text",
        Severity.ADVICE,
        _copied,
        "两栏内容相同，等于少写了一栏。",
        "背景与问题均为“转子磨损快，堆焊易开裂”",
        "背景写：八个月磨损超差，每年停机两次；问题写：强化层既要耐磨又不能热变形",
    ),
)
