"""What the bureau publishes before bids come in: 征集通知, 榜单公告, 揭榜指南."""

from scripts.document_templates.style import Sheet


def contacts(sheet: Sheet) -> None:
    """Add whom to ask; it stays with what follows, so that no signature stands alone."""
    for text, condition in (
        (
            "联系单位：{{ 发文单位 }}{% if 联系科室 %}{{ 联系科室 }}{% endif %}"
            "{% if 联系人 %}　{{ 联系人 }}{% endif %}",
            "",
        ),
        ("联系电话：{{ 联系电话 }}", ""),
        ("电子邮箱：{{ 电子邮箱 }}", "电子邮箱"),
        ("联系地址：{{ 联系地址 }}", ""),
    ):
        if condition:
            sheet.control(f"if {condition}")
        sheet.line(text, "公文正文").paragraph_format.keep_with_next = True
        if condition:
            sheet.control("endif")


def issued(sheet: Sheet) -> None:
    """Add the issuing agency and the date."""
    sheet.signed("{{ 发文单位 }}", "{{ 发文日期 }}")


def call_notice() -> Sheet:
    """征集通知."""
    sheet = Sheet("征集通知")
    sheet.head("{{ 发文单位 }}")
    sheet.title("{{ 通知标题 }}")
    sheet.flush("{{ 主送单位 }}：")
    sheet.p("{{ 征集目的 }}")
    sheet.p("现组织开展{{ 征集批次 }}技术需求征集，有关事项通知如下：")
    for heading, name in (
        ("一、征集范围", "征集范围"),
        ("二、申报条件", "申报条件"),
        ("三、填报要求", "填报要求"),
    ):
        sheet.h1(heading)
        sheet.each("项", name, "{{ loop.index }}．{{ 项 }}")
    sheet.h1("四、征集时间")
    sheet.p("自{{ 征集开始日期 }}起，至{{ 征集截止时间 }}止。逾期系统不再受理。")
    sheet.h1("五、填报方式")
    sheet.p(
        "申报单位登录揭榜台（{{ 平台网址 }}），使用本单位账号在线填报；尚未注册的，"
        "凭统一社会信用代码注册，经审核后填报。"
    )
    sheet.p("本平台为非涉密系统，严禁填报、上传国家秘密、工作秘密和内部敏感信息。")
    sheet.h1("六、联系方式")
    contacts(sheet)
    sheet.control("if 附件")
    sheet.space()
    sheet.each("项", "附件", "附件{{ loop.index }}：{{ 项 }}")
    sheet.control("endif")
    issued(sheet)
    return sheet


def indicators(sheet: Sheet, rows: str = "考核指标") -> None:
    """Add the table of indicators with how each is tested."""
    sheet.table(
        [
            ("序号", 8, "{{ loop.index }}"),
            ("指标名称", 24, "{{ 标.指标名称 }}{% if 标.关键指标 %}（关键）{% endif %}"),
            ("指标要求", 34, "{{ 标.指标要求 }}"),
            ("验收方法", 34, "{{ 标.验收方法 }}"),
        ],
        row="标",
        rows=rows,
    )


def bounty_notice() -> Sheet:
    """榜单公告."""
    sheet = Sheet("榜单公告")
    sheet.head("{{ 发文单位 }}")
    sheet.title("{{ 公告标题 }}")
    sheet.p(
        "经征集、论证和审核，现将{% if 批次名称 %}{{ 批次名称 }}{% else %}“揭榜挂帅”{% endif %}"
        "榜单（共{{ 榜单 | length }}项）予以公告，欢迎符合条件的单位和团队揭榜。"
    )
    sheet.h1("一、时间安排")
    sheet.p("发榜日期：{{ 发榜日期 }}")
    sheet.when("提问截止时间", "提问截止：{{ 提问截止时间 }}")
    sheet.p("揭榜截止：{{ 揭榜截止时间 }}（北京时间，以系统收齐材料的时间为准，逾期不予受理）")
    sheet.h1("二、揭榜方式")
    sheet.p(
        "登录揭榜台（{{ 平台网址 }}）在线提交揭榜申请。申请提交后即加密封存，截止前任何人"
        "（包括本局）均不能查看；封存后取得的电子回执可随时核验。"
    )
    sheet.h1("三、榜单内容")
    sheet.control("for 榜 in 榜单")
    sheet.h2("第{{ loop.index }}项　{{ 榜.榜单名称 }}（{{ 榜.榜单编号 }}）")
    sheet.p(
        "发榜单位：{{ 榜.发榜单位 }}",
        "榜单类型：{{ 榜.榜单类型 }}　　组织方式：{{ 榜.组织方式 }}",
        "任务内容：{{ 榜.任务内容 }}",
    )
    sheet.lead("考核指标：")
    indicators(sheet, "榜.考核指标")
    sheet.p(
        "榜　　额：{{ 榜.榜额 }}（大写：{{ 榜.榜额大写 }}），拟选揭榜方不超过{{ 榜.拟选数量 }}家",
    )
    sheet.when("榜.财政支持", "财政支持：{{ 榜.财政支持 }}")
    sheet.p(
        "执行期限：{{ 榜.执行期 }}个月",
        "揭榜条件：{{ 榜.揭榜条件 }}",
        "产权归属：{{ 榜.产权归属 }}",
    )
    sheet.when("榜.立军令状", "本榜实行军令状制，揭榜方提交申请时须一并提交军令状。")
    sheet.p("榜单网址：{{ 榜.榜单网址 }}")
    sheet.control("if 榜.公告摘要值")
    sheet.p("公告摘要值（SHA-256）：{{ 榜.公告摘要值 }}")
    sheet.control("endif")
    sheet.control("endfor")
    sheet.h1("四、联系方式")
    contacts(sheet)
    issued(sheet)
    return sheet


def bid_guide() -> Sheet:
    """揭榜指南."""
    sheet = Sheet("揭榜指南")
    sheet.title("揭榜指南")
    sheet.line("{{ 榜单名称 }}（{{ 榜单编号 }}）", "公文副标题")
    sheet.form(
        [
            ("发榜单位", "{{ 发榜单位 }}", "榜单类型", "{{ 榜单类型 }}"),
            ("组织方式", "{{ 组织方式 }}", "决选方式", "{{ 决选方式 }}"),
            ("榜　　额", "{{ 榜额 }}", "拟选数量", "不超过{{ 拟选数量 }}家"),
            ("发榜日期", "{{ 发榜日期 }}", "揭榜截止", "{{ 揭榜截止时间 }}"),
        ],
        (15, 35, 15, 35),
    )
    sheet.space()
    sheet.h1("一、揭榜条件")
    sheet.p("{{ 揭榜条件 }}")
    sheet.p(
        "揭榜方与发榜方不得为同一法人，不得存在隶属、控股或实际控制关系；近三年无不良信用记录。"
    )
    sheet.h1("二、申报材料")
    sheet.each("项", "申报材料", "{{ loop.index }}．{{ 项 }}")
    sheet.when("立军令状", "本榜实行军令状制，须同时提交由项目负责人签署、单位盖章的军令状。")
    sheet.h1("三、提交与封存")
    sheet.p(
        "1．登录揭榜台（{{ 平台网址 }}），在本榜页面点击“揭榜”，按步骤填写，草稿自动保存。",
        "2．牵头单位、联合单位和团队成员分别在线确认后，方可提交。",
        "3．提交即加密封存，系统给出签名回执和封存包，请妥善保存。截止前可以替换或撤回，"
        "替换后原回执作废。",
        "4．{{ 揭榜截止时间 }}（北京时间）截止，恰为该时刻提交的视为逾期。",
        "5．截止后由两名以上保管人共同启封，封存凭证同时公开，申请人可凭回执自行核验。",
    )
    sheet.when("提问截止时间", "对榜单有疑问的，可在{{ 提问截止时间 }}前在线提问，答复对全体公开。")
    sheet.h1("四、形式审查要点")
    sheet.each("项", "形式审查要点", "{{ loop.index }}．{{ 项 }}")
    sheet.h1("五、评审标准")
    sheet.table(
        [
            ("评审项", 28, "{{ 项.评审项 }}"),
            ("权重", 12, "{{ 项.权重 }}"),
            ("评分说明", 60, "{{ 项.评分说明 }}"),
        ],
        row="项",
        rows="评审标准",
    )
    sheet.p("评审按百分制计分，合格线为{{ 合格线 }}分。")
    sheet.when("评价格", "技术部分先行评定并锁定，之后再开启报价部分。")
    sheet.h1("六、联系方式")
    contacts(sheet)
    issued(sheet)
    return sheet


def closing(title: str, opening: str) -> Sheet:
    """流榜公告 or 撤榜公告."""
    sheet = Sheet(title)
    sheet.head("{{ 发文单位 }}")
    sheet.title(f"关于“{{{{ 榜单名称 }}}}”榜单{title[:2]}的公告")
    sheet.p(
        f"{{{{ 发榜日期 }}}}发布的“揭榜挂帅”榜单《{{{{ 榜单名称 }}}}》（编号：{{{{ 榜单编号 }}}}，"
        f"发榜单位：{{{{ 发榜单位 }}}}），{opening}现予公告。"
    )
    sheet.h1("一、原因")
    sheet.p("{{ 原因 }}")
    sheet.h1("二、后续安排")
    sheet.p("{{ 后续安排 }}")
    sheet.p("原榜单页面及本公告长期保留，供公众查阅。")
    sheet.p("榜单网址：{{ 榜单网址 }}")
    sheet.h1("三、联系方式")
    contacts(sheet)
    issued(sheet)
    return sheet


def bounty_failed() -> Sheet:
    """流榜公告."""
    return closing("流榜公告", "经{{ 决定日期 }}研究，未能产生揭榜单位，按流榜处理，")


def bounty_withdrawn() -> Sheet:
    """撤榜公告."""
    return closing("撤榜公告", "经发榜单位书面申请、{{ 决定日期 }}研究批准，予以撤榜，")


WRITERS = {
    "bounty_failed": bounty_failed,
    "bounty_withdrawn": bounty_withdrawn,
    "call_notice": call_notice,
    "bounty_notice": bounty_notice,
    "bid_guide": bid_guide,
}
