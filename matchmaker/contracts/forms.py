"""Forms of the contract's own pages: text, confirmation, signing, payment, closing."""

from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from matchmaker import codes
from matchmaker.brokering.lead_models import Side
from matchmaker.contracts import registering
from matchmaker.contracts.closing_models import Cause, Finding
from matchmaker.form_fields import LinesField, MoneyField, NumberField, labelled, options
from matchmaker.forms import Form

DAY = [Optional()]
SCAN = "PDF、OFD 或图片，不超过 20 MB"
FILES = "PDF、OFD、Word 或图片，每个不超过 20 MB"
WHY = [InputRequired("请写明原因"), Length(max=500)]


class TextForm(Form):
    """The contract's text; its stages and clauses are read apart (`plan_reading`)."""

    title = StringField("合同名称", [Length(max=200)])
    kind = SelectField("合同类别", choices=options(codes.choices("contract_type")))
    subtype = SelectField("子类", validate_choice=False)
    payment_mode = SelectField("付款方式", choices=options(codes.choices("payment_mode")))
    total_fen = MoneyField("合同成交额", description="填写万元，精确到分，如 10.000005")
    start_on = DateField("起始日", DAY)
    end_on = DateField("截止日", DAY, description="通常写到对应日的前一天")
    indicators = LinesField("考核指标", description="每行一条：指标：要求（验收方法）")
    content_clause = TextAreaField("技术内容、形式和要求", [Length(max=3000)])
    ip_clause = TextAreaField(
        "成果归属", [Length(max=3000)], description="未约定的，委托开发的专利申请权归研究开发人"
    )
    benefit_clause = TextAreaField("收益分配", [Length(max=3000)])
    secrecy_clause = TextAreaField("保密条款", [Length(max=3000)])
    acceptance_clause = TextAreaField("验收标准和方法", [Length(max=3000)])
    risk_clause = TextAreaField("风险责任", [Length(max=3000)])
    breach_clause = TextAreaField("违约责任", [Length(max=3000)])
    agreed_price = BooleanField("协议定价（未经拍卖、挂牌）")
    plan = HiddenField("里程碑与付款")

    def offer(self, kind: str) -> None:
        """Fill the subtypes of the chosen kind; the others' stand behind their kind's name."""
        found = [("", "无")]
        for code, label in codes.choices("contract_type"):
            mark = "" if code == kind else f"（{label}）"
            found += [(sub, f"{name}{mark}") for sub, name in codes.contract_subtypes(code)]
        seen: dict[str, str] = {}
        for value, label in found:
            seen.setdefault(value, label)
            if not label.endswith("）"):
                seen[value] = label
        self.subtype.choices = options(seen.items())


class ConfirmForm(Form):
    """Confirmation of the very version the page shows."""

    number = HiddenField("版本")


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = StringField("原因", WHY, id="reason")


class PriceForm(Form):
    """协议定价公示."""

    begins = DateField("公示起始日", DAY)
    ends = DateField("公示截止日", DAY, description="不少于 15 日，首日不计")
    url = StringField("公示网址或张贴处", [Length(max=500)])


class SignForm(Form):
    """Verification of the signed scan."""

    signed_on = DateField("签订日", [InputRequired("请选择签订日")])
    scan = FileField("签字盖章扫描件", description=SCAN)


class DeliverForm(Form):
    """交付."""

    note = TextAreaField("完成情况", [Length(max=3000)])
    files = MultipleFileField("交付物", description=FILES)


class CheckForm(Form):
    """检查."""

    verdict = RadioField(
        "检查结论",
        choices=options((("pass", "通过"), ("rework", "返工"), ("fail", "不合格"))),
        validate_choice=False,
    )
    note = TextAreaField("检查意见", [Length(max=3000)])
    sheet = FileField("检查验收单", description=f"可不传；{FILES}")


class PaymentForm(Form):
    """付款."""

    amount_fen = MoneyField("付款金额", description="填写万元，精确到分")
    paid_on = DateField("付款日期", DAY)
    voucher_no = StringField("凭证号", [Length(max=60)])
    voucher = FileField("付款凭证", description=SCAN)


class SheetForm(Form):
    """What the registration sheet asks for beside the contract."""

    declared_tech_fen = MoneyField(
        "申报技术交易额", description="成交额减去购置设备、原材料等非技术性费用，万元"
    )
    tech_field_code = SelectField(
        "技术领域", choices=options([("", "请选择"), *codes.choices("tech_field")])
    )
    industry_code = SelectField(
        "服务的国民经济行业", choices=options([("", "请选择"), *codes.choices("industry")])
    )
    ip_type = SelectField(
        "涉及的知识产权", choices=options([("", "请选择"), *codes.choices("ip_type")])
    )
    plan_source = SelectField(
        "计划来源", choices=options([("", "请选择"), *registering.PLAN_SOURCES])
    )
    social_goal = SelectField(
        "社会经济目标", choices=options([("", "请选择"), *registering.SOCIAL_GOALS])
    )
    agency = StringField("登记机构", [Length(max=100)])
    agent_name = StringField("经办人", [Length(max=50)])
    agent_phone = StringField("经办人电话", [Length(max=40)])
    is_related = BooleanField("关联交易")
    is_disputed = BooleanField("合同性质或金额有争议（登记期限延长）")
    seller_uscc = StringField("卖方统一社会信用代码", [Length(max=18)])
    seller_address = StringField("卖方地址", [Length(max=200)])
    seller_legal_rep = StringField("卖方法定代表人", [Length(max=50)])
    buyer_uscc = StringField("买方统一社会信用代码", [Length(max=18)])
    buyer_address = StringField("买方地址", [Length(max=200)])
    buyer_legal_rep = StringField("买方法定代表人", [Length(max=50)])

    def values(self) -> dict[str, Any]:
        """Return what was written, by field."""
        return {field.name: field.data for field in self}


class CertificateForm(Form):
    """登记证明."""

    reg_no = StringField("登记编号", [Length(max=30)], description="多为 16 位")
    reg_on = DateField("登记日期", DAY, description="成交额按登记日归入统计期")
    reg_agency = StringField("登记机构", [Length(max=100)])
    tech_fen = MoneyField("核定技术交易额", description="大于 0，不超过合同成交额")
    certificate = FileField("登记证明", description=f"可不传；{SCAN}")


class SupplementForm(Form):
    """补充协议: total, term and reason; the stages of the balance are read apart."""

    reason = TextAreaField("变更原因", [Length(max=2000)])
    total_fen = MoneyField("变更后的合同成交额", description="万元；已付的各期不动")
    end_on = DateField("变更后的截止日", DAY)
    plan = HiddenField("余额的里程碑")


class ScanForm(Form):
    """A signed paper."""

    scan = FileField("签章扫描件", description=SCAN, id="supplement-scan")


class InspectForm(Form):
    """中期检查."""

    held_on = DateField("检查日期", DAY)
    finding = SelectField("检查结论", choices=labelled(Finding))
    note = TextAreaField("检查情况", [Length(max=3000)])
    material = FileField("检查材料", description=f"可不传；{FILES}")


class ExtendForm(Form):
    """履行期限延长."""

    until = DateField("延长至", DAY, description="只能延长一次，不超过 12 个月")
    reason = TextAreaField("延期原因", [Length(max=2000)])


class ApplyForm(Form):
    """验收申请; one measured value an indicator is read apart."""

    summary = TextAreaField("完成情况", [Length(max=5000)])
    funds = TextAreaField("经费使用情况", [Length(max=2000)])
    results = HiddenField("指标实测值")
    files = MultipleFileField("验收材料", description=f"测试报告、经费决算等；{FILES}")


class ConveneForm(Form):
    """专家验收; the experts are read apart."""

    held_on = DateField("验收日期", DAY)
    place = StringField("验收地点", [Length(max=200)])
    method = StringField("验收方式", [Length(max=100)], description="如 现场验收、会议验收")
    experts = HiddenField("验收专家")
    opinion = TextAreaField("专家组意见", [Length(max=5000)])


class ConcludeForm(Form):
    """验收结论."""

    verdict = RadioField(
        "验收结论",
        choices=options((("pass", "通过"), ("rectify", "限期整改"), ("fail", "不通过"))),
        validate_choice=False,
    )
    note = TextAreaField("意见", [Length(max=2000)])


class TerminateForm(Form):
    """提请终止."""

    cause = SelectField("终止原因", choices=labelled(Cause))
    at_fault = SelectField(
        "责任方",
        choices=options((("", "无"), (Side.BUYER.value, "甲方"), (Side.SELLER.value, "乙方"))),
    )
    reason = TextAreaField("事实和依据", [Length(max=3000)])
    recover_fen = MoneyField("拟追回金额", description="万元；没有的留空")
    integrity_years = NumberField(
        "拟列入失信名单（年）", [Optional()], description="只有弄虚作假、挪用资金才填，1 至 5 年"
    )

    @property
    def chosen(self) -> Cause | None:
        """The cause chosen; None for an unknown one."""
        known = {str(one.value): one for one in Cause}
        return known.get(self.cause.data or "")


class DecideForm(Form):
    """批准或不批准."""

    decision = RadioField(
        "决定", choices=options((("approve", "批准"), ("refuse", "不批准"))), validate_choice=False
    )
    note = TextAreaField("意见", [Length(max=2000)])


class LeadContractForm(Form):
    """A contract that comes of a lead."""

    lead = SelectField("对接", validate_choice=False)
    kind = SelectField("合同类别", choices=options(codes.choices("contract_type")), id="lead-kind")
    total_fen = MoneyField("合同成交额", description="填写万元")
