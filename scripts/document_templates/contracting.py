"""The five technology contracts (民法典 第三编第二十章) and the 技术合同登记表."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.document_templates import clauses
from scripts.document_templates.publishing import indicators
from scripts.document_templates.style import Sheet

DIGITS = "〇一二三四五六七八九十"
SIDES = {
    "技术开发合同": ("委托方", "研究开发方"),
    "技术转让合同": ("受让方", "让与方"),
    "技术许可合同": ("被许可方", "许可方"),
    "技术咨询合同": ("委托方", "受托方"),
    "技术服务合同": ("委托方", "受托方"),
}


def numeral(number: int) -> str:
    """Write 1–99 in Chinese."""
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return front + (DIGITS[ones] if ones or not tens else "")


@dataclass
class Articles:
    """Numbers the articles of one contract."""

    sheet: Sheet
    count: int = 0

    def begin(self, heading: str) -> None:
        """Begin the next article."""
        self.count += 1
        self.sheet.h1(f"第{numeral(self.count)}条　{heading}")


def cover(sheet: Sheet, title: str, subtype: str) -> None:
    """Add the first page."""
    buyer, seller = SIDES[title]
    sheet.p("合同编号：{{ 合同编号 }}")
    for _line in range(3):
        sheet.space()
    sheet.line(title, "合同封面标题")
    if subtype:
        sheet.line(f"（{{{{ {subtype} }}}}）", "公文副标题")
    for _line in range(2):
        sheet.space()
    sheet.form(
        [
            ("项目名称", "{{ 项目名称 }}"),
            (f"{buyer}\n（甲方）", "{{ 甲方.名称 }}"),
            (f"{seller}\n（乙方）", "{{ 乙方.名称 }}"),
            ("签订地点", "{{ 签订地点 }}"),
            ("有效期限", "{{ 合同开始日期 }}至{{ 合同截止日期 }}"),
        ],
        (24, 76),
    )
    sheet.page_break()


def parties(sheet: Sheet, title: str) -> None:
    """Add who the two sides are."""
    for side, role in zip(("甲方", "乙方"), SIDES[title], strict=True):
        sheet.form(
            [
                (f"{side}（{role}）", f"{{{{ {side}.名称 }}}}"),
                ("信用代码", f"{{{{ {side}.统一社会信用代码 }}}}"),
                ("住　　所", f"{{{{ {side}.住所 }}}}"),
                (
                    "法定代表人",
                    f"{{{{ {side}.法定代表人 }}}}",
                    "项目联系人",
                    f"{{{{ {side}.项目联系人 }}}}",
                ),
                (
                    "联系电话",
                    f"{{{{ {side}.联系电话 }}}}",
                    "电子邮箱",
                    f"{{{{ {side}.电子邮箱 }}}}",
                ),
            ],
            (20, 32, 18, 30),
        )
        sheet.space()


def subject(sheet: Sheet, articles: Articles) -> None:
    """Add terms, content, indicators."""
    articles.begin("名词和术语的解释")
    sheet.control("if 名词解释")
    sheet.each("词", "名词解释", "{{ 词.名词 }}：{{ 词.释义 }}")
    sheet.control("else")
    sheet.p(
        "本合同所用名词和术语，按国家标准、行业标准的规定理解；没有标准的，按本行业通常含义理解。"
    )
    sheet.control("endif")
    articles.begin("标的的内容、范围和要求")
    sheet.p(
        "（一）内容和范围：{{ 标的内容 }}", "（二）技术要求：{{ 技术要求 }}", "（三）考核指标："
    )
    indicators(sheet)


def performance(sheet: Sheet, articles: Articles) -> None:
    """Add plan, place, manner, price."""
    articles.begin("履行的计划、进度、期限、地点和方式")
    sheet.lead("（一）本合同自{{ 合同开始日期 }}起至{{ 合同截止日期 }}止履行，计划和进度如下：")
    sheet.table(
        [
            ("序号", 6, "{{ loop.index }}"),
            ("节点", 18, "{{ 期.节点名称 }}"),
            ("完成日期", 22, "{{ 期.完成日期 }}"),
            ("交付物", 24, "{{ 期.交付物 }}"),
            ("付款金额", 20, "{{ 期.付款金额 }}"),
            ("比例%", 10, "{{ 期.付款比例 }}"),
        ],
        row="期",
        rows="里程碑",
    )
    sheet.p("（二）履行地点：{{ 履行地点 }}", "（三）履行方式：{{ 履行方式 }}")
    sheet.control("if 联合单位")
    sheet.lead("（四）乙方与下列单位共同承担，乙方对甲方负总责：")
    sheet.table(
        [
            ("联合单位", 32, "{{ 联.单位名称 }}"),
            ("承担任务", 42, "{{ 联.承担任务 }}"),
            ("分配金额", 26, "{{ 联.分配金额 }}"),
        ],
        row="联",
        rows="联合单位",
    )
    sheet.control("endif")
    articles.begin("价款、报酬及其支付方式")
    sheet.p(
        "（一）合同总额为人民币{{ 合同总额 }}（大写：{{ 合同总额大写 }}）。",
        "（二）支付方式：{{ 付款方式 }}。每期款项在相应节点经甲方确认通过后支付，金额见第"
        f"{numeral(articles.count - 1)}条所列计划。",
    )
    sheet.when("提成约定", "（三）提成约定：{{ 提成约定 }}")
    sheet.control("if 乙方.银行账号")
    sheet.p("乙方收款账户：{{ 乙方.名称 }}，{{ 乙方.开户银行 }}，账号{{ 乙方.银行账号 }}。")
    sheet.control("else")
    sheet.p("乙方应在首期付款前，以加盖财务专用章的书面函件提供收款账户。")
    sheet.control("endif")
    sheet.when("甲方.银行账号", "甲方开票信息：{{ 甲方.开户银行 }}，账号{{ 甲方.银行账号 }}。")


def results(sheet: Sheet, articles: Articles, ownership: str) -> None:
    """Add secrecy, ownership and benefit, patents, acceptance."""
    articles.begin("技术信息和资料的保密")
    sheet.p("{{ 保密条款 }}")
    articles.begin("技术成果的归属和收益的分配")
    sheet.p(
        "（一）归属：{{ 成果归属 }}",
        "（二）收益分配：{{ 收益分配 }}",
        f"（三）{ownership}",
    )
    sheet.control("if 涉及专利")
    sheet.lead("（四）本合同涉及下列专利：")
    sheet.table(
        [
            ("发明创造名称", 24, "{{ 专.发明创造名称 }}"),
            ("专利权人（申请人）", 21, "{{ 专.专利权人 }}"),
            ("申请日", 17, "{{ 专.申请日 }}"),
            ("专利号（申请号）", 21, "{{ 专.专利号 }}"),
            ("有效期至", 17, "{{ 专.有效期至 }}"),
        ],
        row="专",
        rows="涉及专利",
    )
    sheet.control("endif")
    articles.begin("验收的标准和方法")
    sheet.p(
        "{{ 验收条款 }}",
        f"考核指标以第{numeral(2)}条所列为准，按其所列方法检验。",
    )


def ending(sheet: Sheet, articles: Articles, title: str) -> None:
    """Add breach, change, dispute, annexes, signatures."""
    articles.begin("违约责任")
    sheet.p("{{ 违约责任 }}")
    articles.begin("合同的变更和解除")
    sheet.p(*clauses.CHANGE)
    articles.begin("争议的解决方法")
    sheet.p("{{ 争议解决 }}")
    articles.begin("附件和其他")
    sheet.p(*clauses.ANNEXES)
    sheet.when("立军令状", "双方和科技部门签署的军令状是本合同的附件。")
    sheet.each("项", "合同附件", "附件{{ loop.index }}：{{ 项 }}")
    sheet.p(
        "本合同一式{{ 合同份数 }}份，双方各执一份，其余用于技术合同认定登记和科技部门备案；"
        "自双方法定代表人或者授权代表签字并盖章之日起生效。"
    )
    buyer, seller = SIDES[title]
    signer = "法定代表人或授权代表"
    sheet.signatures(
        [
            (f"甲方（{buyer}）：{{{{ 甲方.名称 }}}}", signer),
            (f"乙方（{seller}）：{{{{ 乙方.名称 }}}}", signer),
        ]
    )


def contract(
    title: str, subtype: str, own: Callable[[Sheet, Articles], None], ownership: str
) -> Sheet:
    """Write one kind of contract around its own articles."""
    sheet = Sheet(title, tight=True)
    cover(sheet, title, subtype)
    sheet.title(title)
    parties(sheet, title)
    sheet.p(
        "依据《中华人民共和国民法典》的规定，甲乙双方就“{{ 项目名称 }}”项目，在平等、自愿、公平、"
        "诚信的基础上协商一致，签订本合同。"
    )
    sheet.when(
        "榜单编号",
        "本项目来源于“揭榜挂帅”榜单《{{ 榜单名称 }}》（编号：{{ 榜单编号 }}），乙方为经公示无异议"
        "的揭榜方。",
    )
    articles = Articles(sheet)
    subject(sheet, articles)
    own(sheet, articles)
    performance(sheet, articles)
    results(sheet, articles, ownership)
    ending(sheet, articles, title)
    return sheet


def registration() -> Sheet:
    """技术合同登记表."""
    sheet = Sheet("技术合同登记表", tight=True)
    sheet.title("技术合同登记表")
    form = [
        ("合同名称", "{{ 合同名称 }}"),
        ("合同编号", "{{ 合同编号 }}", "签订日期", "{{ 签订日期 }}"),
        (
            "合同类别",
            "{{ 合同类别 }}{% if 合同子类 %}（{{ 合同子类 }}）{% endif %}",
            "合同期限",
            "{{ 合同开始日期 }}至{{ 合同截止日期 }}",
        ),
    ]
    for side, title in (("卖方", "卖方（让与方、受托方）"), ("买方", "买方（受让方、委托方）")):
        form += [
            (title, f"{{{{ {side}.名称 }}}}"),
            (
                "信用代码",
                f"{{{{ {side}.统一社会信用代码 }}}}",
                "单位性质",
                f"{{{{ {side}.单位性质 }}}}",
            ),
            ("所在地", f"{{{{ {side}.所在地 }}}}", "法定代表人", f"{{{{ {side}.法定代表人 }}}}"),
            ("联系人", f"{{{{ {side}.联系人 }}}}", "联系电话", f"{{{{ {side}.联系电话 }}}}"),
        ]
    form += [
        ("中介方", "{% if 中介方 %}{{ 中介方 }}{% else %}无{% endif %}"),
        ("合同成交总额", "{{ 合同成交总额 }}（大写：{{ 合同成交总额大写 }}）"),
        ("技术交易额", "{{ 技术交易额 }}", "非技术性费用", "{{ 非技术性费用 }}"),
        ("支付方式", "{{ 支付方式 }}", "知识产权", "{{ 知识产权类型 }}"),
        ("技术领域", "{{ 技术领域 }}", "服务行业", "{{ 服务行业 }}"),
        ("社会经济目标", "{{ 社会经济目标 }}", "计划来源", "{{ 计划来源 }}"),
        (
            "含财政资金",
            "{% if 含财政资金 %}是{% else %}否{% endif %}",
            "关联交易",
            "{% if 关联交易 %}是{% else %}否{% endif %}",
        ),
        ("项目简介", "{{ 项目简介 }}"),
        ("登记机构", "{{ 登记机构 }}", "申请日期", "{{ 申请日期 }}"),
    ]
    sheet.form(form, (17, 35, 17, 31))
    sheet.p("卖方承诺：所填内容和所附合同文本真实、完整，本合同未在其他登记机构申请登记。")
    sheet.signatures([("卖方：{{ 卖方.名称 }}", "经办人")])
    return sheet


def _writer(key: str) -> Callable[[], Sheet]:
    kind = clauses.KINDS[key]
    return lambda: contract(kind.title, kind.subtype, kind.articles, kind.ownership)


WRITERS: dict[str, Callable[[], Sheet]] = {
    **{f"contract_{key}": _writer(key) for key in clauses.KINDS},
    "registration": registration,
}
