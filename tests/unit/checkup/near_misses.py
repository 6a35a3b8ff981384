"""Three near misses every rule must let pass, as changes to a good one."""

from tests.unit.checkup.good import GOOD, PLAIN, PROBLEM

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
        {"problem": PROBLEM + "年产量 2026-12345678 批次号可查。"},
        {"problem": PROBLEM + "由联系电话呼叫中心转写的语音也需处理，找总成厂配套。"},
    ],
    "present_value": [
        {
            "background": "转子八个月即磨损超差，堆焊修复易开裂变形。",
            "problem": PROBLEM,
            "foundation": "",
        },
        {
            "background": "离岸网衣夏季每次换网停产三天，十分频繁。",
            "problem": PROBLEM,
            "foundation": "",
        },
        {"background": "", "problem": PROBLEM, "foundation": "堆焊后硬度 45 HRC。"},
    ],
    "where_it_fails": [
        {**PLAIN, "background": "护理餐冷藏后出水分层，机构退货。"},
        {**PLAIN, "background": "检测用射线抽检，每米十二分钟，速度慢且有漏检。"},
        {**PLAIN, "background": "所用离子膜依赖进口，供货周期长达六个月。"},
        {**PLAIN, "background": "放大到十升后重现性差，收率八成。"},
    ],
    "what_was_tried": [
        {"foundation": "", "background": "转子磨损快，现用堆焊修复，三个月开裂。"},
        {"foundation": "", "background": "打磨靠人工砂轮，粉尘大、一致性差，年产四万件。"},
        {
            "foundation": "委托检测过一次。",
            "background": "转子磨损快，八个月超差。",
            "problem": PROBLEM,
        },
    ],
    "operating_conditions": [
        {"problem": "需要转子强化层，在 120℃ 下不开裂，热变形可控，可现场修复转子。"},
        {"problem": "需要阀芯密封件在高压液氨中长期不泄漏，启闭寿命满足要求。"},
        {"title": "菇房环境调控与杂菌早期识别"},
        {"problem": "寻求螺旋桩抗冻胀结构，可用于补救，施工不破坏组件，费用不高。"},
        {"problem": "在 28 nm 工艺下保证电容误差，输出沿用现有流程，不另买授权。"},
    ],
    "solution_prescribed": [
        {"problem": PROBLEM + "希望采用自动化超声等手段，也可另提路线。"},
        {"problem": PROBLEM + "必须采用无毒原料，符合食品级要求。"},
        {"problem": PROBLEM + "必须使用现有产线。"},
    ],
    "several_problems": [
        {"problem": "需要解决三个问题：一是三维测量定位；二是轨迹在线修正；三是接触力恒定。"},
        {"problem": PROBLEM + "同时需要兼顾耐磨和抗冲击。"},
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
        {"background": "转子磨损。", "problem": "转子磨损。" + PROBLEM},
        {"background": GOOD.background, "problem": PROBLEM},
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
        {
            "key_indicators": (*GOOD.key_indicators, "库存资金下降20%"),
            "background": GOOD.background + "库存资金占用达620万元。",
        },
        {"key_indicators": (*GOOD.key_indicators, "吨菇电耗由 820 kWh 下降15%")},
        {"key_indicators": (*GOOD.key_indicators, "检测效率比射线抽检提高2倍")},
        {"key_indicators": (*GOOD.key_indicators, "磨损寿命提高到24个月")},
    ],
    "test_method": [
        {"key_indicators": ("中性盐雾≥6000 h", "附着力≥10 MPa")},
        {"key_indicators": ("液氨浸泡1000 h体积变化≤8%", "泄漏量≤1 mL/min")},
        {"key_indicators": ("单件节拍≤6 min", "残余高度≤0.3 mm，由第三方测量")},
        {"key_indicators": ("出水氨氮≤10 mg/L（水温8℃，连续30天）", "停产≤7天")},
    ],
    "vague_indicator": [
        {"key_indicators": (*GOOD.key_indicators, "较现有水平明显缩短，≤6 min")},
        {"key_indicators": (*GOOD.key_indicators, "清洗周期≥90天")},
        {"key_indicators": (*GOOD.key_indicators, "良好级以上出菇比例≥90%")},
    ],
    "self_praise": [
        {"problem": PROBLEM + "国际标准 ISO 12944 的要求需同时满足。"},
        {"title": "领先角自动校正的伺服控制方法"},
        {"problem": PROBLEM + "需填补焊缝空洞并防止开裂。"},
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
        {"ip_arrangement": "软件著作权归我公司，算法专利归研发单位，销售按套提成5%"},
        {"ip_arrangement": "知识产权由双方共同所有，各自可独立使用"},
        {"ip_arrangement": "需方拥有所有权，研发方可发表论文"},
        {"ip_arrangement": "专利归研发方，需方享有独家生产权"},
        {"ip_arrangement": "发明专利共同申请，我方独家实施五年"},
        {"ip_arrangement": "模型归需方，算法框架归研发方"},
        {"ip_arrangement": "双方各占50%权益，需方优先受让"},
        {"ip_arrangement": "配方由需方持有，研发单位收取技术服务费"},
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
