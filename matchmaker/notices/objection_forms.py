"""Forms of an objection: handing it in, and every step of handling it."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.codes import ObjectionOutcome
from matchmaker.files import documents
from matchmaker.files.documents import Received
from matchmaker.form_fields import LongTextField, labelled, options
from matchmaker.forms import Form
from matchmaker.notices.objections import Complaint

FILES_HINT = "PDF、JPG、PNG 或 DOCX，每个不超过 20 MB，一次合计不超过 25 MB，最多 10 个"


class ObjectionForm(Form):
    """What a signed-in complainant fills in; the name is the account's."""

    phone = StringField("联系电话", [InputRequired("请填写联系电话"), Length(max=40)])
    unit = StringField("所在单位", [Optional(), Length(max=200)])
    address = StringField("联系地址", [Optional(), Length(max=200)])
    body = LongTextField(
        "异议的事实和理由",
        [InputRequired("请写明事实和理由"), Length(max=5000)],
        description="写明对公示的哪一项有异议、依据的事实、有何证据，不少于 20 字",
    )
    request = TextAreaField("请求", [Optional(), Length(max=1000)])
    against_officer = BooleanField("异议涉及本公示的经办人员本人（将交由其他人办理）")
    files = MultipleFileField("证据材料", description=FILES_HINT)

    def complaint(self, name: str) -> Complaint:
        """Return what was filled in, raised by `name`."""
        return Complaint(
            name=name,
            phone=self.phone.data or "",
            unit=self.unit.data or "",
            address=self.address.data or "",
            body=self.body.data or "",
            request=self.request.data or "",
            against_officer=bool(self.against_officer.data),
        )

    def received(self) -> list[Received]:
        """Store what was uploaded; raises `Invalid` naming the file that is not acceptable."""
        given: list[Any] = [one for one in self.files.data or [] if getattr(one, "filename", "")]
        return [documents.receive(one, field="files") for one in given]


class PaperForm(ObjectionForm):
    """An objection that came on paper: who, when, and its scan."""

    name = StringField("异议人姓名", [InputRequired("请填写异议人姓名"), Length(max=100)])
    received_on = DateField(
        "收到日期",
        [InputRequired("请填写收到日期")],
        description="以实际收到书面材料的日期为准，决定是否在公示期内",
    )
    files = MultipleFileField("书面材料扫描件", description=FILES_HINT)


class AcceptForm(Form):
    """Signing for an objection."""

    note = StringField("签收说明", [Optional(), Length(max=500)], id="accept-note")


class RefuseForm(Form):
    """Why an objection is not taken on."""

    reason = TextAreaField(
        "不予受理的理由",
        [InputRequired("请写明理由"), Length(max=1000)],
        id="refuse-reason",
        description="异议人会看到",
    )


class WithdrawForm(Form):
    """Why an objection is taken back."""

    reason = TextAreaField(
        "撤回原因", [InputRequired("请写明原因"), Length(max=500)], id="withdraw-reason"
    )


class AssignForm(Form):
    """Who handles the objection."""

    officer = SelectField("经办人", id="assign-officer", validate_choice=False)


class FindingsForm(Form):
    """What the investigation found."""

    findings = LongTextField(
        "调查情况",
        [InputRequired("请写明调查情况"), Length(max=10_000)],
        id="findings-text",
        description="调查经过、查明的事实、处理建议；仅局内可见",
    )


class ExtendForm(Form):
    """Why ten more working days are needed."""

    reason = TextAreaField(
        "延长的原因",
        [InputRequired("请写明原因"), Length(max=300)],
        id="extend-reason",
        description="可延长一次，10 个工作日；异议人会看到原因",
    )


class DecideForm(Form):
    """The decision: its conclusion for the complainant, its summary for everybody."""

    verdict = RadioField(
        "结论",
        choices=options((("dismiss", "异议不成立，恢复公示"), ("uphold", "异议成立，撤回公示"))),
        validate_choice=False,
        id="decide-verdict",
    )
    outcome = SelectField(
        "异议成立的，如何处理", choices=[], validate_choice=False, id="decide-outcome"
    )
    conclusion = LongTextField(
        "结论和理由",
        [InputRequired("请写明结论和理由"), Length(max=10_000)],
        id="decide-conclusion",
        description="写入异议答复书的“调查核实情况”，送达异议人",
    )
    summary = LongTextField(
        "公开的处理情况",
        [InputRequired("请写一段可以公开的处理情况"), Length(max=2000)],
        id="decide-summary",
        description="显示在公示页，不得透露异议人身份",
    )

    def offer(self, outcomes: Any) -> None:
        """Fill the select box of what may follow."""
        self.outcome.choices = [*labelled(outcomes)]

    @property
    def chosen(self) -> ObjectionOutcome | None:
        """The outcome chosen; None where none or an unknown one was sent."""
        known = {str(one.value): one for one in ObjectionOutcome}
        return known.get(self.outcome.data or "")
