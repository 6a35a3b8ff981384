"""Three needs every rule must flag and three near misses it must not, as changes to a good one."""

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

_PROBLEM = "需要转子表面强化层，在胶料冲刷下不开裂、不变形，并可在现有转子上修复。"

_PLAIN = {"problem": "需要在转子棱峰与端面形成表面强化层，适应 120℃ 的胶料。", "foundation": ""}

FLAGGED = {
    "title_empty": [
        {"title": "技术需求"},
        {"title": "关于寻求高校合作的项目"},
        {"title": "寻求石墨烯防腐涂料分散工艺"},
    ],
    "title_shape": [
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
        {"problem": _PROBLEM + "有意者致电 138 1234 5678。"},
        {"foundation": "资料可发 zhang.san@example.com 索取，已做过两轮堆焊试验。"},
        {"bidder_conditions": "具备熔覆能力，请联系王经理"},
    ],
    "present_value": [
        {
            "background": "转子磨损快，堆焊修复易开裂变形，影响生产。",
            "problem": _PROBLEM,
            "foundation": "",
        },
        {
            "background": "七家企业都反映漏检多、速度慢，客户抱怨。",
            "problem": _PROBLEM,
            "foundation": "",
        },
        {"background": "", "problem": _PROBLEM, "foundation": "现用堆焊。"},
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
            "background": "转子磨损快，八个月超差，易开裂。",
            "problem": "希望得到转子表面强化层，不开裂、不变形。",
            "foundation": "",
        },
        {
            "background": "阀芯在高压液氨中应力腐蚀开裂，寿命三百小时。",
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
        {"problem": _PROBLEM + "必须采用超音速火焰喷涂碳化钨路线。"},
        {"problem": _PROBLEM + "只接受激光熔覆。不接受其他方案。"},
        {"problem": _PROBLEM + "传感器选用某进口品牌。"},
    ],
    "several_problems": [
        {"problem": "一是转子磨损；二是密封老化；三是能耗高；四是粉尘大，均需在 120℃ 下解决。"},
        {"problem": _PROBLEM + "此外还想开发一套仓储管理软件。"},
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
        {"problem": _PROBLEM + "成果填补国内空白。"},
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

NEAR_MISSES = {
    "title_empty": [
        {"title": "技术合同登记数据自动核验"},
        {"title": "产学研协议文本要素抽取"},
        {"title": "需求侧响应负荷预测技术"},
    ],
    "title_shape": [
        {"title": "黄姜皂素清洁提取"},
        {"title": "硫化物固态电解质粉体空气稳定性与公斤级制备及其与高镍正极界面兼容"},
        {"title": "转子、端面、密封环表面强化层"},
    ],
    "keyword_count": [
        {"keywords": ("密炼机", "转子", "耐磨涂层")},
        {"keywords": ("密炼机", "转子", "涂层", "熔覆", "喷涂", "堆焊", "再制造", "耐磨")},
        {"keywords": ("密炼机", "转子", "耐磨涂层", " ")},
    ],
    "keyword_generic": [
        {"keywords": ("节能电机", "转子", "涂层")},
        {"keywords": ("图像识别", "新材料数据库", "涂层")},
        {"keywords": ("绿色轮胎", "湿法混炼", "清洁生产")},
    ],
    "contact_in_text": [
        {"key_indicators": (*GOOD.key_indicators, "累计通过 13812345678901 次脉冲")},
        {"problem": _PROBLEM + "年产量 2026-12345678 批次号可查。"},
        {"problem": _PROBLEM + "由联系电话呼叫中心转写的语音也需处理，找总成厂配套。"},
    ],
    "present_value": [
        {
            "background": "转子八个月即磨损超差，堆焊修复易开裂变形。",
            "problem": _PROBLEM,
            "foundation": "",
        },
        {
            "background": "离岸网衣夏季每次换网停产三天，十分频繁。",
            "problem": _PROBLEM,
            "foundation": "",
        },
        {"background": "", "problem": _PROBLEM, "foundation": "堆焊后硬度 45 HRC。"},
    ],
    "where_it_fails": [
        {**_PLAIN, "background": "检测用射线抽检，每米十二分钟，速度慢且有漏检。"},
        {**_PLAIN, "background": "所用离子膜依赖进口，供货周期长达六个月。"},
        {**_PLAIN, "background": "放大到十升后重现性差，收率八成。"},
    ],
    "what_was_tried": [
        {"foundation": "", "background": "转子磨损快，现用堆焊修复，三个月开裂。"},
        {"foundation": "", "background": "打磨靠人工砂轮，粉尘大、一致性差，年产四万件。"},
        {
            "foundation": "委托检测过一次。",
            "background": "转子磨损快，八个月超差。",
            "problem": _PROBLEM,
        },
    ],
    "operating_conditions": [
        {"problem": "需要转子强化层，在 120℃ 下不开裂，热变形可控，可现场修复转子。"},
        {"problem": "需要阀芯密封件在高压液氨中长期不泄漏，启闭寿命满足要求。"},
        {"title": "菇房环境调控与杂菌早期识别"},
    ],
    "solution_prescribed": [
        {"problem": _PROBLEM + "希望采用自动化超声等手段，也可另提路线。"},
        {"problem": _PROBLEM + "必须采用无毒原料，符合食品级要求。"},
        {"problem": _PROBLEM + "必须使用现有产线。"},
    ],
    "several_problems": [
        {"problem": "需要解决三个问题：一是三维测量定位；二是轨迹在线修正；三是接触力恒定。"},
        {"problem": _PROBLEM + "同时需要兼顾耐磨和抗冲击。"},
        {"problem": "直径 1.2 米，转速 3.5 转每秒，温度 4.1 度，粉尘 5.2 毫克，易开裂，须强化。"},
    ],
    "too_short": [
        {"background": ""},
        {"background": "绿氢装备所用质子交换膜依赖进口,供货周期长,单价高。"},
        {"problem": "寻求耐氨密封材料、阀芯材料及表面处理方案,满足高频启闭寿命。"},
    ],
    "too_long": [
        {"background": GOOD.background * 20},
        {"problem": GOOD.problem * 20},
        {"foundation": "试验记录" * 1_000},
    ],
    "copied_text": [
        {"background": "转子磨损。", "problem": "转子磨损。" + _PROBLEM},
        {"background": GOOD.background, "problem": _PROBLEM},
        {"background": "", "problem": ""},
    ],
    "indicator_count": [
        {"key_indicators": ("涂层硬度≥62 HRC", "结合强度≥70 MPa")},
        {"key_indicators": ("钙≤20 ppm、镁≤20 ppm", "氟≤10 ppm")},
        {"key_indicators": ("绝缘介质GWP≤500", "柜宽≤420 mm", "")},
    ],
    "indicator_measurable": [
        {"key_indicators": (*GOOD.key_indicators, "不使用硫酸")},
        {"key_indicators": (*GOOD.key_indicators, "混炼段数由四段减为两段")},
        {"key_indicators": (*GOOD.key_indicators, "通过型式试验")},
    ],
    "indicator_unit": [
        {"key_indicators": (*GOOD.key_indicators, "绝缘介质GWP≤500")},
        {"key_indicators": (*GOOD.key_indicators, "摩擦系数≤0.15")},
        {"key_indicators": (*GOOD.key_indicators, "育成不育系≥2个")},
    ],
    "relative_without_base": [
        {"key_indicators": (*GOOD.key_indicators, "吨菇电耗由 820 kWh 下降15%")},
        {"key_indicators": (*GOOD.key_indicators, "检测效率比射线抽检提高2倍")},
        {"key_indicators": (*GOOD.key_indicators, "磨损寿命提高到24个月")},
    ],
    "test_method": [
        {"key_indicators": ("中性盐雾≥6000 h", "附着力≥10 MPa")},
        {"key_indicators": ("液氨浸泡1000 h体积变化≤8%", "泄漏量≤1 mL/min")},
        {"key_indicators": ("单件节拍≤6 min", "残余高度≤0.3 mm，由第三方测量")},
    ],
    "vague_indicator": [
        {"key_indicators": (*GOOD.key_indicators, "较现有水平明显缩短，≤6 min")},
        {"key_indicators": (*GOOD.key_indicators, "清洗周期≥90天")},
        {"key_indicators": (*GOOD.key_indicators, "良好级以上出菇比例≥90%")},
    ],
    "self_praise": [
        {"problem": _PROBLEM + "国际标准 ISO 12944 的要求需同时满足。"},
        {"title": "领先角自动校正的伺服控制方法"},
        {"problem": _PROBLEM + "需填补焊缝空洞并防止开裂。"},
    ],
    "budget_missing": [
        {"budget_total_fen": 1},
        {"budget_total_fen": 90_000_000},
        {"budget_total_fen": 10**13, "pay_to_bidder_fen": None},
    ],
    "budget_scale": [
        {"budget_total_fen": 1_000_000},
        {"budget_total_fen": 50_000_000_000},
        {"budget_total_fen": None},
    ],
    "budget_thin": [
        {"budget_total_fen": 10_000_000},
        {"budget_total_fen": 5_000_000, "target_trl": 4},
        {"budget_total_fen": 5_000_000, "target_trl": None},
    ],
    "pay_above_budget": [
        {"pay_to_bidder_fen": 90_000_000},
        {"pay_to_bidder_fen": None},
        {"budget_total_fen": None},
    ],
    "pay_share": [
        {"pay_to_bidder_fen": 27_000_000},
        {"pay_to_bidder_fen": None},
        {"pay_to_bidder_fen": 90_000_000},
    ],
    "duration_range": [
        {"duration_months": 1},
        {"duration_months": 48},
        {"duration_months": 24},
    ],
    "duration_plausible": [
        {"duration_months": 2, "target_trl": 4},
        {"duration_months": 3},
        {"duration_months": 36},
    ],
    "rights_missing": [
        {"ip_arrangement": "需方所有"},
        {"ip_arrangement": "双方共有，收益分配签约时另行约定"},
        {"ip_arrangement": "品种权共有"},
    ],
    "rights_one_sided": [
        {"ip_arrangement": "需方所有，研发方享有署名权"},
        {"ip_arrangement": "按出资比例共有"},
        {"ip_arrangement": "需方使用权，研发方所有"},
    ],
    "bidder_unit_named": [
        {"bidder_conditions": "国内高校、科研院所或具有独立法人资格的有限公司"},
        {"bidder_conditions": "省级以上研究院所均可，有中试条件"},
        {"bidder_conditions": "具备光电跟踪系统研制经历，面向各大学和企业集团"},
    ],
    "bidder_region": [
        {"bidder_conditions": "能在 48 小时内到达本市现场服务"},
        {"bidder_conditions": "有南繁基地，注册地在中国境内"},
        {"bidder_conditions": "在省内有工程业绩更佳，不限地域"},
    ],
}
