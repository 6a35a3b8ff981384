"""Realistic contexts, one a document: what the nouns will hand in."""

from copy import deepcopy
from datetime import date, datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0):
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)


ISSUED: dict[str, Any] = {
    "bureau_name": "海澜区科学技术局",
    "issued_on": date(2026, 11, 25),
    "contact_phone": "0631-5550123",
    "contact_address": "海澜区文化中路88号科创大厦1106室",
    "contact_section": "成果转化科",
    "contact_person": "于晓燕",
    "contact_email": "kjj@hailan.example.cn",
}
INDICATORS = [
    {
        "name": "疲劳寿命",
        "requirement": "碳纤维鱼竿节10万次循环后强度保持率≥92%",
        "test_method": "按GB/T 3354制样，由具备CMA资质的第三方检测",
    },
    {
        "name": "单位克重",
        "requirement": "≤1.45 g/cm，较现产品下降≥12%",
        "test_method": "抽取30支称重取平均值",
    },
    {
        "name": "良品率",
        "requirement": "中试线连续三批良品率≥96%",
        "test_method": "查验生产批次记录，发榜方、揭榜方共同见证",
    },
]
ENTRY: dict[str, Any] = {
    "bounty_no": "JB2026-003",
    "title": "轻量化高韧性碳纤维渔具复合材料成型关键技术",
    "kind": "技术攻关类",
    "mode": "单一揭榜",
    "publisher": "海澜渔具科技股份有限公司",
    "problem": "现有预浸料卷制工艺层间剪切强度离散大，薄壁节段在低温下脆断。\n"
    "拟解决：低温增韧树脂体系、薄壁管件快速固化与在线缺陷检测。",
    "indicators": INDICATORS,
    "prize_fen": 180_000_000,
    "subsidy": "验收通过后按技术合同实际支付额的20%给予后补助，最高50万元",
    "max_awards": 1,
    "duration_months": 18,
    "bidder_conditions": "具有独立法人资格的高校、科研院所或企业，可组成联合体；不限地域。",
    "ip_arrangement": "项目产生的知识产权由双方共有，发榜方在渔具领域享有独占实施权。",
    "pledge": True,
    "url": "https://jbt.hailan.example.cn/bounties/Jx3k9",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
RUBRIC = [
    {
        "name": "技术方案可行性与先进性",
        "weight": 30,
        "standard": "路线清晰、有数据支撑、风险有对策",
    },
    {"name": "指标响应度", "weight": 20, "standard": "逐条响应，满足或优于榜单指标"},
    {"name": "团队与研究基础", "weight": 20, "standard": "近三年同类项目、成果与人员投入"},
    {"name": "进度与里程碑", "weight": 10, "standard": "节点可考核，与付款相匹配"},
    {"name": "经费合理性", "weight": 10, "standard": "预算依据充分"},
    {"name": "成果归属与产业化前景", "weight": 10},
]
SAMPLES: dict[str, dict[str, Any]] = {
    "call_notice": {
        **ISSUED,
        "document_no": "海科字〔2026〕31号",
        "title": "关于征集2026年第二批“揭榜挂帅”技术需求的通知",
        "addressees": "各镇街、园区，有关企业",
        "batch_name": "2026年第二批“揭榜挂帅”",
        "purpose": "为贯彻落实创新驱动发展战略，破解我区重点产业链“卡脖子”技术难题，"
        "推动企业与高校院所精准对接，根据《海澜区“揭榜挂帅”项目管理办法》，制定本通知。",
        "scope": [
            "渔具与户外用品：轻量化材料、智能装备；",
            "海洋食品：精深加工、活性物质提取；",
            "高端装备：医用高分子、特种电机。",
        ],
        "eligibility": [
            "在海澜区注册、具有独立法人资格，并已纳入研发投入统计的企业；",
            "上年度研发费用不低于300万元，在研“揭榜挂帅”项目不超过2项；",
            "近三年无不良信用记录。",
        ],
        "requirements": [
            "需求应写明拟解决的主要技术问题、可量化的核心指标（不少于2项）、时限要求、产权归属和资金投入；",
            "不得指定揭榜单位，不得限定地域；",
            "所提需求应能在三年内取得突破。",
        ],
        "starts_on": date(2026, 11, 26),
        "ends_at": at(2026, 12, 26),
        "site_url": "https://jbt.hailan.example.cn",
        "attachments": ["技术需求征集表", "重点产业链目录"],
    },
    "bounty_notice": {
        **ISSUED,
        "document_no": "海科字〔2027〕2号",
        "title": "关于发布2026年第二批“揭榜挂帅”榜单的公告",
        "batch_name": "2026年第二批“揭榜挂帅”",
        "bounties": [
            ENTRY,
            {
                **deepcopy(ENTRY),
                "bounty_no": "JB2026-004",
                "title": "海参多肽低温酶解与脱腥一体化工艺",
                "kind": "成果转化类",
                "mode": "赛马制（并行2家）",
                "publisher": "威海海洋生物技术研究院",
                "problem": "现有酶解液腥味重、分子量分布宽，难以进入特医食品渠道。",
                "prize_fen": 10_000_005,
                "max_awards": 2,
                "pledge": False,
                "subsidy": "",
                "digest": None,
            },
        ],
        "published_on": date(2026, 11, 25),
        "bid_deadline_at": at(2026, 12, 25, 17),
        "questions_close_at": at(2026, 12, 18, 17),
        "site_url": "https://jbt.hailan.example.cn",
    },
    "bid_guide": {
        **ISSUED,
        "bounty_no": "JB2026-003",
        "bounty_title": ENTRY["title"],
        "publisher": ENTRY["publisher"],
        "kind": "技术攻关类",
        "mode": "单一揭榜",
        "selector": "专家推荐、企业择优",
        "prize_fen": 180_000_000,
        "max_awards": 1,
        "bidder_conditions": ENTRY["bidder_conditions"],
        "materials": [
            "揭榜申请书（在线填写，含指标响应表、经费预算和里程碑计划）；",
            "技术方案（PDF或OFD，不超过20 MB）；",
            "单位营业执照或事业单位法人证书；",
            "诚信承诺、无关联关系承诺（在线勾选）。",
        ],
        "formal_checks": [
            "牵头单位已通过平台认证，资质符合揭榜条件；",
            "预算合计等于报价，里程碑付款比例合计为100%；",
            "承诺齐全，无阻断级关联关系。",
        ],
        "rubric": RUBRIC,
        "price_reviewed": True,
        "pass_mark": 60,
        "pledge": True,
        "published_on": date(2026, 11, 25),
        "questions_close_at": at(2026, 12, 18, 17),
        "bid_deadline_at": at(2026, 12, 25, 17),
        "site_url": "https://jbt.hailan.example.cn",
    },
}
