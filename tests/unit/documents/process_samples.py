"""Realistic contexts of bidding, opening, reviewing and notices."""

from datetime import date
from typing import Any

from tests.unit.documents.samples import ENTRY, INDICATORS, ISSUED, at

ISSUER = ("bureau_name", "issued_on", "contact_phone", "contact_address")
BOUNTY = {"bounty_no": "JB2026-003", "bounty_title": ENTRY["title"]}
COMMITMENTS = (
    "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
)
BIDDERS = ["哈尔滨工业大学（威海）", "山东大学（威海）", "威海光远新材料研究所"]
PROCESS: dict[str, dict[str, Any]] = {
    "receipt": {
        **{key: ISSUED[key] for key in ISSUER},
        **BOUNTY,
        "bid_no": "K7QX-93MD",
        "received_at": at(2026, 12, 24, 16, 41, 7),
        "bid_deadline_at": at(2026, 12, 25, 17),
        "files": [
            {"name": "技术方案.pdf", "size": "3.2 MB", "digest": COMMITMENTS[1]},
            {"name": "军令状（盖章）.pdf", "size": "412 KB", "digest": COMMITMENTS[2]},
        ],
        "commitment": COMMITMENTS[0],
        "signature": "MEUCIQDk3pQ0xq4q6oO7o2Tq8xkq0m3Zx1b1mWc9l5tq0w0ZyAIgC5b7cN8f",
        "public_key": "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
        "replaces": "T2WB-55HN",
        "site_url": "https://jbt.hailan.example.cn/receipts",
    },
    "pledge": {
        "bureau_name": "海澜区科学技术局",
        "version": "2026年第1版",
        **BOUNTY,
        "publisher": ENTRY["publisher"],
        "bidder": BIDDERS[0],
        "pi_name": "林建国",
        "goal": "突破低温增韧树脂与薄壁管件快速固化技术，实现国产替代并在发榜方产线应用。",
        "duration_months": 18,
        "indicators": INDICATORS,
        "steps": [
            {"name": "配方定型", "due": "第6个月末", "deliverables": "树脂配方、小试检测报告"},
            {"name": "中试验证", "due": "第12个月末", "deliverables": "中试样件200支"},
            {"name": "批量应用", "due": "第18个月末", "deliverables": "三批次生产记录"},
        ],
        "people": [
            {"name": "林建国", "organisation": BIDDERS[0], "duty": "项目负责人，对目标负总责"},
            {"name": "刘芳", "organisation": BIDDERS[2], "duty": "树脂体系研制"},
        ],
        "rewards": "按期达标的，发榜方按合同兑现榜额；优于关键指标10%以上的，另行奖励5万元。",
        "penalties": "弄虚作假、挪用经费的，终止合同，追回财政资金，依规列入失信名单。",
    },
    "opening_record": {
        "bureau_name": "海澜区科学技术局",
        **BOUNTY,
        "publisher": ENTRY["publisher"],
        "bid_deadline_at": at(2026, 12, 25, 17),
        "opened_at": at(2026, 12, 28, 9, 32, 15),
        "holders": [
            {"name": "王志远", "role": "成果转化科干事", "at": at(2026, 12, 28, 9, 30, 2)},
            {"name": "孙立", "role": "督查专员", "at": at(2026, 12, 28, 9, 32, 11)},
        ],
        "sealed_count": 3,
        "opened_count": 3,
        "bids": [
            {
                "bid_no": number,
                "lead_organisation": bidder,
                "received_at": at(2026, 12, day, 10, day, 1),
                "commitment": commitment,
                "verdict": "一致",
            }
            for number, bidder, day, commitment in zip(
                ("K7QX-93MD", "P4VA-28RC", "Z8JE-61TS"),
                BIDDERS,
                (24, 22, 25),
                COMMITMENTS,
                strict=True,
            )
        ],
        "record_digest": COMMITMENTS[2],
        "witnesses": ["孙立", "郑审"],
        "remarks": "无。",
        "recorded_on": date(2026, 12, 28),
    },
    "review_summary": {
        "bureau_name": "海澜区科学技术局",
        "title": "揭榜评审汇总表",
        "subject_no": "JB2026-003",
        "subject": ENTRY["title"],
        "reviewed_on": date(2027, 1, 6),
        "method": "百分制加权；5名评委去掉最高、最低各一后取平均，保留两位小数；合格线60分",
        "drawn": "从材料领域21名专家中随机抽取5名，剔除回避4名；抽取种子 7d1a54。",
        "results": [
            {
                "place": "1",
                "name": BIDDERS[0],
                "pi_name": "林建国",
                "technical": "80.25",
                "price": "8.10",
                "total": "88.35",
                "verdict": "推荐",
            },
            {
                "place": "2",
                "name": BIDDERS[1],
                "pi_name": "赵明",
                "technical": "74.00",
                "price": "9.00",
                "total": "83.00",
                "verdict": "推荐（候补）",
            },
            {"place": "—", "name": BIDDERS[2], "total": "58.67", "verdict": "不推荐"},
        ],
        "bidders": BIDDERS,
        "by_judge": [
            {"judge": f"评委{number}", "scores": scores}
            for number, scores in zip(
                "甲乙丙丁戊",
                (
                    ["88.50", "82.00", "60.00"],
                    ["90.05", "84.50", "57.00"],
                    ["86.50", "82.50", "59.00"],
                    ["97.00（偏高）", "85.00", "61.00"],
                    ["84.00", "80.00", "52.00（偏低）"],
                ),
                strict=True,
            )
        ],
        "by_criterion": [
            {
                "name": "技术方案可行性与先进性",
                "weight": "30",
                "scores": ["27.00", "25.20", "17.40"],
            },
            {"name": "指标响应度", "weight": "20", "scores": ["18.10", "16.40", "11.80"]},
            {"name": "团队与研究基础", "weight": "20", "scores": ["17.50", "16.90", "12.07"]},
        ],
        "remarks": "评委丁对第一名、评委戊对第三名的评分偏离均值较大，已由组长核对说明。",
        "conclusion": "推荐哈尔滨工业大学（威海）为拟揭榜单位，山东大学（威海）为候补。",
        "organiser": "王志远",
        "concluded_by": "于晓燕",
    },
    "bounty_failed": {
        **ISSUED,
        "bounty_no": "JB2026-004",
        "bounty_title": "海参多肽低温酶解与脱腥一体化工艺",
        "publisher": "威海海洋生物技术研究院",
        "published_on": date(2026, 11, 25),
        "decided_on": date(2026, 12, 29),
        "reason": "截至揭榜截止时间，未收到有效揭榜申请。",
        "follow_up": "该需求退回需求池，由我局组织个性化对接；修改条件后可重新发榜。",
        "url": "https://jbt.hailan.example.cn/bounties/Ab91",
    },
    "bounty_withdrawn": {
        **ISSUED,
        "document_no": "海科字〔2027〕5号",
        "bounty_no": "JB2026-006",
        "bounty_title": "特种电机绕组绝缘在线监测",
        "publisher": "海澜电机有限公司",
        "published_on": date(2026, 11, 25),
        "decided_on": date(2026, 12, 10),
        "reason": "发榜单位产线搬迁，所需技术条件发生重大变化。",
        "follow_up": "已提交的申请作废并已通知申请单位，封存材料不予启封。",
        "url": "https://jbt.hailan.example.cn/bounties/Cd20",
    },
    "public_notice": {
        **ISSUED,
        "notice_no": "GS2027-002",
        "title": "关于2026年第二批“揭榜挂帅”拟揭榜单位的公示",
        "basis": "根据《海澜区“揭榜挂帅”项目管理办法》，经形式审查、专家评审、发榜单位选定并研究，"
        "现将拟揭榜单位予以公示。",
        "columns": ["榜单编号", "榜单名称", "发榜单位", "拟揭榜单位", "榜额（万元）"],
        "rows": [
            ["JB2026-003", ENTRY["title"], ENTRY["publisher"], BIDDERS[0], "180.00"],
            ["JB2026-005", "近海养殖网箱防附着涂层", "海澜海洋装备有限公司", BIDDERS[1], "96.50"],
        ],
        "remarks": "评审专家：周立群、姜文、丛日刚、马骏、吕航。",
        "published_on": date(2027, 1, 8),
        "start_on": date(2027, 1, 9),
        "end_on": date(2027, 1, 15),
        "workdays": 5,
        "url": "https://jbt.hailan.example.cn/notices/GS2027-002",
    },
    "objection_reply": {
        **ISSUED,
        "reply_no": "海科异复〔2027〕1号",
        "objector": "威海光远新材料研究所",
        "notice_no": "GS2027-002",
        "notice_title": "关于2026年第二批“揭榜挂帅”拟揭榜单位的公示",
        "received_on": date(2027, 1, 13),
        "accepted_on": date(2027, 1, 14),
        "claim": "反映拟揭榜单位项目负责人与评审专家存在近三年合作关系，应当回避。",
        "findings": "经调阅专家抽取记录、近三年合作项目和论文，并询问当事人，未发现合作关系。",
        "decision": "异议不成立",
        "answer": "专家抽取和回避程序符合规定，评审结果有效。",
        "follow_up": "公示自2027年1月20日起恢复，补足剩余3个工作日。",
        "remedy": "对本答复不服的，可以自收到之日起60日内依法申请行政复议。",
    },
}
