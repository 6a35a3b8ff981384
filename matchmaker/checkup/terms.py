"""Rules on money, time, rights and the conditions put to bidders."""

import re

from matchmaker.checkup.finding import NeedText, Remarks, Rule, Severity
from matchmaker.money import Unit, format_short

_WAN = Unit.WAN.fen
_LEAST_BUDGET_WAN, _MOST_BUDGET_WAN = 1, 50_000
_THIN_BUDGET_WAN = 10
_MANY_INDICATORS = 4
_PROTOTYPE_TRL, _PILOT_TRL = 6, 7
_LEAST_SHARE_PERCENT = 30
_LONGEST_MONTHS, _USUAL_MONTHS = 48, 36
_SHORT_MONTHS = 2

_OWNER = re.compile(
    r"归(?!属)[^，。；,;]{1,16}|共同(?:申请|拥有|持有|享有|申报)|所有|共有|共享|归属|所有权|专利权|知识产权由|各自|保留|独占实施"
)
_BENEFIT = re.compile(
    r"收益|利益|分成|提成|分配|比例|许可|独占|使用权|实施权|署名|奖励|优先|股|费用|分享|共享.{1,}保留|"
    r"批件.{1,}共有|所有.{1,20}(?:所有|共有|保留)|有偿|免费|无偿|报酬|[可能](?:以)?[^，。；,;]{0,4}使用|论文|发表|推广|"
    r"独家|归.+归|商业化|生产权|销售权|经营权|销售额|利润|回报|补偿|付费|支付"
)
_CLAUSE_END = re.compile(r"[，,；;。]")
_POSTPONED = re.compile(
    r"^(?:双方|由双方|另行|面议|待定|再|后续|签约时|具体|协商|商定|合同|约定|确定|解决|可|时|中|进一步|[，。,、\s])*$"
)
_UNIT_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,12}?(?:理工|科技|工业|农业|师范|海洋|交通|医科|电子科技)?"
    r"(?:大学|学院|科学院|研究院|研究所|设计院)|[\u4e00-\u9fff]{2,12}?(?:有限公司|股份公司|集团)"
)
_ANY_UNIT = re.compile(
    r"高校|高等|院校|国内|国外|境内外|各|相关|有关|知名|重点|省级|国家级|市级|部级|级以上|独立|具有|具备|企业|单位|"
    r"一流|双一流|本科|科研|专业|行业|第三方|依法|注册|或者|以及|等|任何|不限|包括|至少|检测|设计资质|所在|隶属|合作|法人"
)
_REGION_ONLY = re.compile(
    r"(?:限|仅限?|只限|须为?|必须为?|应为?|要求为?|优先(?:考虑|选择)?)[^，。；,;]{0,6}(?:本|省|市|区|县)(?:省|市|区|县|地|内)"
    r"|(?:注册地|所在地|住所地)(?:须|必须|应|要)?(?:在|为|位于)(?!中国|境内|中华)"
    r"|(?:本|我)(?:省|市|区|县|地)(?:范围)?内?的?(?:高校|院所|企业|单位|科研|机构|团队|注册)"
    r"|(?:省|市|区|县)内的?(?:高校|院所|企业|单位|科研|机构|团队|注册)"
)


def _budget_missing(need: NeedText) -> Remarks:
    if need.budget_total_fen is None or need.budget_total_fen <= 0:
        yield "budget_total", "没有填写拟投入总额"


def _budget_scale(need: NeedText) -> Remarks:
    budget = need.budget_total_fen or 0
    if 0 < budget < _LEAST_BUDGET_WAN * _WAN or budget > _MOST_BUDGET_WAN * _WAN:
        yield "budget_total", f"拟投入总额为 {format_short(budget)}，请核对单位是元还是万元"


def _budget_thin(need: NeedText) -> Remarks:
    budget = need.budget_total_fen or 0
    demanding = len(need.key_indicators) >= _MANY_INDICATORS or (
        need.target_trl is not None and need.target_trl >= _PILOT_TRL
    )
    if _LEAST_BUDGET_WAN * _WAN <= budget < _THIN_BUDGET_WAN * _WAN and demanding:
        yield "budget_total", f"投入 {format_short(budget)}，与指标数量或目标就绪度相比偏少"


def _pay_above(need: NeedText) -> Remarks:
    total, pay = need.budget_total_fen, need.pay_to_bidder_fen
    if total is not None and pay is not None and pay > total > 0:
        yield "pay_to_bidder", f"付给揭榜方 {format_short(pay)}，超过总额 {format_short(total)}"


def _pay_share(need: NeedText) -> Remarks:
    total, pay = need.budget_total_fen, need.pay_to_bidder_fen
    if not total or pay is None or total < 0:
        return
    if pay <= 0:
        yield "pay_to_bidder", "付给揭榜方的金额为 0，揭榜方没有经费开展研究"
    elif pay * 100 < total * _LEAST_SHARE_PERCENT:
        yield "pay_to_bidder", f"付给揭榜方的部分不足总额的 {_LEAST_SHARE_PERCENT}%"


def _duration_range(need: NeedText) -> Remarks:
    months = need.duration_months
    if months is None:
        yield "duration_months", "没有填写完成时限"
    elif not 1 <= months <= _LONGEST_MONTHS:
        yield "duration_months", f"完成时限为 {months} 个月，应在 1 至 {_LONGEST_MONTHS} 个月之间"


def _duration_plausible(need: NeedText) -> Remarks:
    months, level = need.duration_months, need.target_trl
    if months is None or not 1 <= months <= _LONGEST_MONTHS:
        return
    if months <= _SHORT_MONTHS and level is not None and level >= _PROTOTYPE_TRL:
        yield "duration_months", f"{months} 个月内做到就绪度 {level} 级，时间偏紧"
    if months > _USUAL_MONTHS:
        yield "duration_months", f"完成时限 {months} 个月，超过常见的 {_USUAL_MONTHS} 个月"


def _rights_missing(need: NeedText) -> Remarks:
    text = need.ip_arrangement.strip()
    if not text:
        yield "ip_arrangement", "没有写产权归属与利益分配"
    elif _POSTPONED.match(text):
        yield "ip_arrangement", f"“{text[:20]}”等于没有写，请先给出企业的意向"


def _rights_one_sided(need: NeedText) -> Remarks:
    text = need.ip_arrangement.strip()
    if not text or _POSTPONED.match(text) or _CLAUSE_END.search(text.rstrip("。；;，,")):
        return
    if not _OWNER.search(text):
        yield "ip_arrangement", "写了使用方式，没有写成果归谁所有"
    if not _BENEFIT.search(text):
        yield "ip_arrangement", "写了成果归属，没有写双方如何使用和分享收益"


def _unit_named(need: NeedText) -> Remarks:
    for found in _UNIT_NAME.finditer(need.bidder_conditions):
        if not _ANY_UNIT.search(found[0]):
            yield "bidder_conditions", f"条件中出现“{found[0]}”，疑似指定单位"


def _region_only(need: NeedText) -> Remarks:
    found = _REGION_ONLY.search(need.bidder_conditions)
    if found:
        yield "bidder_conditions", f"条件“{found[0]}”限定了揭榜方的地域"


RULES = (
    Rule(
        "budget_missing",
        Severity.MUST,
        _budget_missing,
        "没有投入数额，院所无法判断能做到哪一步，也不能发榜。",
        "资金：面议",
        "拟投入总额 180 万元，其中付给揭榜方 120 万元",
    ),
    Rule(
        "budget_scale",
        Severity.ADVICE,
        _budget_scale,
        "录入时把元当成万元最常见，差一万倍的金额会让对接双方误判。",
        "拟投入总额 1,800,000 万元",
        "拟投入总额 180 万元",
    ),
    Rule(
        "budget_thin",
        Severity.HINT,
        _budget_thin,
        "指标多、要做到中试以上而投入很少的需求，多半无人应答；可减少指标或分步实施。",
        "投入 5 万元，完成 5 项指标并批量应用",
        "先投入 5 万元做小试，验证磨损寿命一项指标；通过后再投入 60 万元做中试",
    ),
    Rule(
        "pay_above_budget",
        Severity.MUST,
        _pay_above,
        "付给揭榜方的钱是总投入的一部分，不能大于总额。",
        "总额 100 万元，付给揭榜方 150 万元",
        "总额 150 万元，付给揭榜方 100 万元",
    ),
    Rule(
        "pay_share",
        Severity.HINT,
        _pay_share,
        "揭榜方看的是拿到手的研究经费；自有设备、材料投入可以写，但不能代替付款。",
        "总额 500 万元，付给揭榜方 20 万元",
        "总额 500 万元（含自购设备 300 万元），付给揭榜方 200 万元",
    ),
    Rule(
        "duration_range",
        Severity.MUST,
        _duration_range,
        "时限决定方案怎么做，合同里也必须写；超过 48 个月的应拆成几期。",
        "尽快完成",
        "18 个月，其中前 6 个月完成小试",
    ),
    Rule(
        "duration_plausible",
        Severity.HINT,
        _duration_plausible,
        "时限过紧无人敢接，过长则技术已经更新；可按阶段给出节点。",
        "2 个月内实现批量应用",
        "12 个月：4 个月出样机，8 个月现场试用，12 个月定型",
    ),
    Rule(
        "rights_missing",
        Severity.ADVICE,
        _rights_missing,
        "成果归谁、能不能发文章、能不能给别家用，是院所最先问的；写“协商”等于把谈判推到最后。",
        "双方协商",
        "专利双方共有；需方在本行业独占实施，研发方可用于教学和科研",
    ),
    Rule(
        "rights_one_sided",
        Severity.HINT,
        _rights_one_sided,
        "只写归属或只写使用，另一半会在签约时成为争议；两方面都写，对接快得多。",
        "需方所有",
        "专利权归需方所有；研发方享有署名权，按新增销售额的 1% 提成三年",
    ),
    Rule(
        "bidder_unit_named",
        Severity.MUST,
        _unit_named,
        "指定单位违反公平竞争要求，发榜审查不会通过；有合作意向的单位请走个性化对接。",
        "须为某某大学材料学院",
        "具备含氟聚合物合成和成膜的中试条件",
    ),
    Rule(
        "bidder_region",
        Severity.MUST,
        _region_only,
        "揭榜方不得限定地域；需要到现场服务的，写服务响应时间。",
        "仅限省内高校",
        "能在 48 小时内到现场服务",
    ),
)
