"""A well-written need, which the cases of every rule change in one place."""

from matchmaker.checkup import NeedText

GOOD = NeedText(
    title="密炼机转子表面耐磨防腐强化",
    background="密炼机转子棱峰加工高填充胶料八个月即磨损超差，每年停机两次，现用堆焊修复易开裂变形。",
    problem="需要转子棱峰与端面的表面强化层，在 120℃ 胶料冲刷下结合强度高、无贯穿裂纹、热变形可控，"
    "并可在现有转子上再制造修复。",
    key_indicators=(
        "涂层硬度≥62 HRC",
        "结合强度≥70 MPa（GB/T 8642 拉伸法）",
        "磨损寿命由 8 个月提高到 24 个月",
    ),
    foundation="试过两种焊条堆焊，均在三个月内开裂。",
    bidder_conditions="有现场喷涂或熔覆能力，两年内有同类转子修复案例",
    duration_months=12,
    budget_total_fen=90_000_000,
    pay_to_bidder_fen=60_000_000,
    ip_arrangement="专利双方共有，需方在橡塑机械行业独占实施，研发方可用于教学科研",
    coop_modes=("service", "commission_dev"),
    keywords=("密炼机", "转子", "耐磨涂层", "再制造"),
    target_trl=8,
)

PROBLEM = "需要转子表面强化层，在胶料冲刷下不开裂、不变形，并可在现有转子上修复。"

PLAIN = {"problem": "需要在转子棱峰与端面形成表面强化层，适应 120℃ 的胶料。", "foundation": ""}
