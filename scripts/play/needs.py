"""Chapter three: the enterprise posts what it cannot solve, a researcher posts what he has."""

from play.cast import Cast

NEED = (
    {
        "title": "大型泵阀铸件机器人恒力打磨与在线测量技术",
        "problem": "铸件毛坯尺寸离散大，固定轨迹打磨会过切或漏磨，需要末端恒力控制、"
        "三维视觉定位和打磨后粗糙度在线测量，替代人工砂轮。",
        "background": "年产泵阀铸件四万件，飞边全部靠人工砂轮清理，粉尘大、用工难、一致性差。",
        "tech_field_code": "≈先进制造工艺与装备",
        "keywords": "铸件打磨、恒力控制、机器人、三维视觉、在线测量",
    },
    {
        "key_indicators": "打磨接触力波动≤±5 N\n单件打磨节拍≤6 min\n打磨后表面粗糙度Ra≤6.3 μm",
        "bidder_conditions": "有机器人打磨或力控的研究基础，能到现场联调。",
    },
    {"duration_months": "18", "budget_total_fen": "260", "pay_to_bidder_fen": "180"},
    {
        "coop_modes": ["≈委托开发"],
        "ip_arrangement": "专利由双方共有，需方在本行业独占实施，另行许可须双方同意。",
    },
    {"audience": "≈公开", "no_secret_declared": "y"},
)
ACHIEVEMENT = {
    "title": "恒力末端执行器与机器人自适应磨抛系统",
    "origin": "domestic",
    "tech_field_code": "≈先进制造工艺与装备",
    "keywords": "恒力控制、机器人、磨抛、三维视觉",
    "summary": "研制气动恒力末端执行器与结构光三维定位模块，对离散铸件毛坯实现自适应打磨，"
    "接触力波动小于四牛，打磨后粗糙度在线测量，已在泵阀铸件产线试用一年。",
    "trl": "7",
    "ip_items-0-type": "≈无",
    "ownership": "≈单位所有",
    "transfer_modes": ["≈合作"],
    "no_secret_declared": "y",
}


def post(cast: Cast) -> None:
    """Five stages, then the town assistant screens and the officer accepts."""
    enterprise = cast["enterprise"]
    enterprise.open("/needs/new")
    for fields in NEED[:-1]:
        enterprise.press("下一步", fields, quiet=True)
    enterprise.press("提交科技局", NEED[-1])
    cast.made["need"] = enterprise.page.url.split("?")[0]
    number = cast.made["need"].rstrip("/").rpartition("/")[2]
    cast["town"].open(f"/needs/{number}/review")
    cast["town"].press("通过初筛")
    cast["officer"].open(f"/needs/{number}/review")
    cast["officer"].press("受理，进入难题库", {"need_type": "≈个性"})


def achievement(cast: Cast) -> None:
    """Three stages; the office confirms the rights, the officer puts it on the shelf."""
    researcher = cast["team_a"]
    page = researcher.open("/achievements/new")
    while "achievements" in page.url:
        form, _ = page.form("提交审核" if "提交审核" in page.markup else "下一步")
        names = {f.get("name") for kind in ("input", "textarea", "select") for f in form.iter(kind)}
        fields = {name: value for name, value in ACHIEVEMENT.items() if name in names}
        if "提交审核" in page.markup:
            page = researcher.press("提交审核", fields)
            break
        page = researcher.press("下一步", fields, quiet=True)
    cast.made["achievement"] = page.url.split("?")[0]
    cast["officer"].open(f"{cast.made['achievement']}/decide")
    cast["officer"].press("审核上架")
