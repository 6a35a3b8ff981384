"""Forms of the subsidies' pages."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker import money
from matchmaker.errors import Invalid
from matchmaker.form_fields import MoneyField, NumberField, options
from matchmaker.forms import Form


class BudgetForm(Form):
    """年度补助预算."""

    year = NumberField("年度", [InputRequired("请填写年度")])
    total_fen = MoneyField("预算总额", description="万元，不少于已安排的补助")
    source_doc = StringField("依据文件", [Length(max=200)])


class ProposalForm(Form):
    """提请补助; the contracts and what is left out of each are read apart."""

    name = StringField("批次名称", [Length(max=100)])
    year = NumberField("预算年度", [InputRequired("请填写年度")])
    contracts = HiddenField("合同")
    note = TextAreaField("说明", [Length(max=2000)])

    def excluded(self, contracts: Iterable[Any], sent: Any) -> dict[int, int]:
        """Return contract id → 分 spent on equipment; raise `Invalid` for what is no amount."""
        found = {}
        for one in contracts:
            text = sent.get(f"excluded-{one.public_id}", "").strip()
            try:
                found[one.id] = money.parse_money(text) if text else 0
            except money.MoneyError as error:
                raise Invalid({"contracts": f"{one.contract_no}：{error}"}) from None
        return found


class DecisionForm(Form):
    """批准或不予补助."""

    decision = RadioField(
        "决定",
        choices=options((("approve", "批准"), ("refuse", "不批准"))),
        validate_choice=False,
    )
    reason = StringField("意见", [Length(max=500)], description="不批准或撤销时必填")


class VoucherForm(Form):
    """拨付."""

    paid_on = DateField("拨付日期", [Optional()])
    voucher_no = StringField("凭证号", [Length(max=60)])
    voucher = FileField("拨付凭证", description="PDF、OFD 或图片，不超过 20 MB")
