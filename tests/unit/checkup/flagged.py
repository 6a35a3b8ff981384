"""Three needs every rule must flag, as changes to a good one."""

from tests.unit.checkup.good import GOOD, PROBLEM

FLAGGED = {
    "title_empty": [
        {"title": "技术需求"},
        {"title": "关于寻求高校合作的项目"},
        {"title": "寻求石墨烯防腐涂料分散工艺"},
    ],
    "title_shape": [
        {"title": "硫化物固态电解质粉体" + "空气稳定性提升与公斤级制备工艺" * 3},
        {"title": "转子修复"},
        {"title": "北原橡塑机械有限公司转子耐磨涂层"},
        {"title": "转子耐磨涂层、密封件老化、胶料分散、混炼能耗控制"},
    ],
    "keyword_count": [
        {"keywords": ()},
        {"keywords": ("转子", "涂层")},
        {"keywords": ("转子", "转子", "涂层", "耐磨涂层", "转子")},
    ],
    "keyword_generic": [
        {"keywords": ("技术", "转子", "涂层")},
        {"keywords": ("转子", "新材料", "耐磨涂层", "智能化")},
        {"keywords": ("节能", "转子", "密炼机")},
    ],
    "contact_in_text": [
        {"problem": PROBLEM + "有意者致电 138 1234 5678。"},
        {"foundation": "资料可发 zhang.san@example.com 索取，已做过两轮堆焊试验。"},
        {"bidder_conditions": "具备熔覆能力，请联系王经理"},
    ],
    "present_value": [
        {
            "background": "转子磨损快，堆焊修复易开裂变形，影响生产。",
            "problem": PROBLEM,
            "foundation": "",
        },
        {
            "background": "七家企业都反映漏检多、速度慢，客户抱怨。",
            "problem": PROBLEM,
            "foundation": "",
        },
        {"background": "", "problem": PROBLEM, "foundation": "现用堆焊。"},
    ],
    "where_it_fails": [
        {
            "background": "公司主营密炼机，产品销往各地，年产五百台。",
            "problem": "需要在转子棱峰与端面形成表面强化层，适应 120℃ 的胶料。",
            "foundation": "",
        },
        {
            "background": "公司建有三条网衣生产线，年产八百吨。",
            "problem": "希望获得一种网衣表面处理工艺，可以用于海上养殖网箱。",
            "foundation": "",
        },
        {
            "background": "我厂拟开发新一代热泵产品，年产二万台。",
            "problem": "开发适合北方地区家庭使用的热泵机组控制器并形成样机。",
            "foundation": "",
        },
    ],
    "what_was_tried": [
        {
            "background": "转子磨损快，易超差、易开裂。",
            "problem": "希望得到转子表面强化层，不开裂、不变形。",
            "foundation": "",
        },
        {
            "background": "阀芯在高压液氨中应力腐蚀开裂，寿命短。",
            "problem": "寻求耐氨阀芯材料及表面处理方案。",
            "foundation": "",
        },
        {
            "background": "",
            "problem": "网衣四十天被藤壶堵塞，需要不含铜的防污方法，寿命两年。",
            "foundation": "",
        },
    ],
    "operating_conditions": [
        {
            "title": "语音命令词本地识别模型",
            "background": "小家电语音控制误唤醒多，现用云端方案延迟约两秒，用户流失。",
            "problem": "需要能在单片机上运行的唤醒和命令词识别模型，误唤醒少。",
            "key_indicators": ("唤醒率≥95%", "响应≤300 ms"),
            "foundation": "",
        },
        {
            "title": "合同文本风险条款自动识别",
            "background": "法务人员每天审阅合同四十份，漏看率约百分之三。",
            "problem": "需要自动标出合同中的风险条款，并给出理由，减少漏看。",
            "key_indicators": ("识别准确率≥95%", "单份用时≤1 min"),
            "foundation": "试过关键词比对，误报多。",
        },
        {
            "title": "阀芯密封件泄漏治理",
            "background": "密封件三个月即泄漏，现用丁腈橡胶，更换频繁。",
            "problem": "需要一种使用寿命更久的密封件，装在阀芯上不泄漏。",
            "key_indicators": ("泄漏量≤1 mL/min", "寿命≥12个月"),
            "foundation": "",
        },
    ],
    "solution_prescribed": [
        {"problem": PROBLEM + "必须采用超音速火焰喷涂碳化钨路线。"},
        {"problem": PROBLEM + "只接受激光熔覆。不接受其他方案。"},
        {"problem": PROBLEM + "传感器选用某进口品牌。"},
    ],
    "several_problems": [
        {"problem": "一是转子磨损；二是密封老化；三是能耗高；四是粉尘大，均需在 120℃ 下解决。"},
        {"problem": PROBLEM + "此外还想开发一套仓储管理软件。"},
        {"problem": "1、转子磨损；2、密封老化；3、温控波动；4、粉尘超标；5、排产混乱。"},
    ],
    "too_short": [
        {"problem": ""},
        {"problem": "转子磨损快，堆焊易开裂。"},
        {"background": "转子磨损快，八个月超差。"},
    ],
    "too_long": [
        {"background": GOOD.background + "公司历年获奖情况如下，" * 100},
        {"problem": GOOD.problem + "工况数据逐日记录如下；" * 150},
        {"problem": "胶料冲刷磨损" * 5_000},
    ],
    "copied_text": [
        {"problem": GOOD.background},
        {"problem": GOOD.background + "请予解决。"},
        {"background": GOOD.problem[:-6], "problem": GOOD.problem},
    ],
    "indicator_count": [
        {"key_indicators": ()},
        {"key_indicators": ("涂层硬度≥62 HRC",)},
        {"key_indicators": ("涂层硬度≥62 HRC", "  ", "")},
    ],
    "indicator_measurable": [
        {"key_indicators": (*GOOD.key_indicators, "涂层结合牢固")},
        {"key_indicators": (*GOOD.key_indicators, "运行稳定可靠")},
        {"key_indicators": ("操作简便", "结合强度≥70 MPa（拉伸法）")},
    ],
    "indicator_unit": [
        {"key_indicators": (*GOOD.key_indicators, "涂层硬度达到62")},
        {"key_indicators": (*GOOD.key_indicators, "生产节拍≤6")},
        {"key_indicators": (*GOOD.key_indicators, "残余高度 < 0.3")},
    ],
    "relative_without_base": [
        {"key_indicators": (*GOOD.key_indicators, "吨菇电耗下降15%")},
        {"key_indicators": (*GOOD.key_indicators, "检测效率提高2倍")},
        {"key_indicators": (*GOOD.key_indicators, "药剂费减少三成")},
    ],
    "test_method": [
        {"key_indicators": ("单件节拍≤6 min", "残余高度≤0.3 mm")},
        {"key_indicators": ("回收率≥70%", "脱盐率≥97%")},
        {"key_indicators": ("污染率降到1%以下", "出菇整齐度≥90%")},
    ],
    "vague_indicator": [
        {"key_indicators": (*GOOD.key_indicators, "显著提高检测速度")},
        {"key_indicators": (*GOOD.key_indicators, "技术达到国内领先水平")},
        {"key_indicators": (*GOOD.key_indicators, "涂层外观良好")},
    ],
    "self_praise": [
        {"title": "国际领先的转子表面强化层"},
        {"problem": PROBLEM + "成果填补国内空白。"},
        {"problem": "研制世界一流的转子强化层，解决胶料冲刷下磨损与开裂。"},
    ],
    "budget_missing": [
        {"budget_total_fen": None},
        {"budget_total_fen": 0},
        {"budget_total_fen": -1},
    ],
    "budget_scale": [
        {"budget_total_fen": 18_000, "pay_to_bidder_fen": None},
        {"budget_total_fen": 999_999, "pay_to_bidder_fen": None},
        {"budget_total_fen": 1_800_000_000_000, "pay_to_bidder_fen": None},
    ],
    "budget_thin": [
        {"budget_total_fen": 5_000_000, "pay_to_bidder_fen": None},
        {"budget_total_fen": 9_999_999, "pay_to_bidder_fen": None, "target_trl": 7},
        {
            "budget_total_fen": 3_000_000,
            "pay_to_bidder_fen": None,
            "target_trl": None,
            "key_indicators": (*GOOD.key_indicators, "修复后转子跳动≤0.05 mm"),
        },
    ],
    "pay_above_budget": [
        {"pay_to_bidder_fen": 90_000_001},
        {"pay_to_bidder_fen": 900_000_000},
        {"budget_total_fen": 50_000_000},
    ],
    "pay_share": [
        {"pay_to_bidder_fen": 0},
        {"pay_to_bidder_fen": 26_999_999},
        {"pay_to_bidder_fen": -5},
    ],
    "duration_range": [
        {"duration_months": None},
        {"duration_months": 0},
        {"duration_months": 49},
    ],
    "duration_plausible": [
        {"duration_months": 1},
        {"duration_months": 2, "target_trl": 6},
        {"duration_months": 37},
    ],
    "rights_missing": [
        {"ip_arrangement": ""},
        {"ip_arrangement": "双方协商"},
        {"ip_arrangement": "面议，由双方签约时另行约定。"},
    ],
    "rights_one_sided": [
        {"ip_arrangement": "需方所有"},
        {"ip_arrangement": "非独占许可"},
        {"ip_arrangement": "双方共有"},
    ],
    "bidder_unit_named": [
        {"bidder_conditions": "须为滨海理工大学材料学院团队"},
        {"bidder_conditions": "由中欧膜材料研究院承担"},
        {"bidder_conditions": "与华创装备有限公司有合作基础"},
    ],
    "bidder_region": [
        {"bidder_conditions": "仅限本省高校"},
        {"bidder_conditions": "注册地须在滨城市"},
        {"bidder_conditions": "省内科研院所，有熔覆设备"},
    ],
}
