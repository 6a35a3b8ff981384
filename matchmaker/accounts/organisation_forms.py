"""Forms of organisations."""

import unicodedata
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    EqualTo,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from matchmaker import codes
from matchmaker.accounts import stakes
from matchmaker.accounts.models import OrganisationKind
from matchmaker.forms import Form, options
from matchmaker.places import operations as places

PLEASE = "请选择"


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text or "").split())


def _or_none(value: str | None) -> int | None:
    return int(value) if value else None


def town_choices() -> list[Any]:
    """Return the towns in use, none chosen first."""
    return options(((str(town.id), town.name) for town in places.towns()), empty=PLEASE)


def _codes(name: str) -> list[Any]:
    return options(codes.choices(name), empty=PLEASE)


class _Organisation(Form):
    """What registering, adding and editing share."""

    name = StringField(
        "单位名称",
        [DataRequired("请填写营业执照或法人证书上的全称"), Length(2, 100, "名称为 2 至 100 个字")],
        filters=[_plain],
    )
    uscc = StringField(
        "统一社会信用代码",
        [DataRequired("请填写 18 位统一社会信用代码"), Length(max=40)],
        description="18 位，见营业执照或事业单位法人证书",
    )
    town_id = SelectField("所属镇街或园区", description="区外单位可不选")
    industry_code = SelectField("国民经济行业")
    org_kind = SelectField("院所类别")
    address = StringField("地址", [Optional(), Length(max=300)], filters=[_plain])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town_id.choices = town_choices()
        self.industry_code.choices = _codes("industry")
        self.org_kind.choices = _codes("org_kind")

    def _kind(self) -> str:
        return str(self.kind.data or "") if "kind" in self else ""

    def validate_town_id(self, field: Any) -> None:
        """An enterprise is somewhere in the district."""
        if self._kind() == OrganisationKind.ENTERPRISE and not field.data:
            raise ValidationError("企业须选择所属镇街或园区")

    def validate_org_kind(self, field: Any) -> None:
        """A research organisation says which kind it is."""
        if self._kind() == OrganisationKind.INSTITUTION and not field.data:
            raise ValidationError("高校院所须选择单位类别")

    def fields(self) -> dict[str, Any]:
        """Return the model's values."""
        return {
            "name": self.name.data,
            "uscc": _plain(self.uscc.data),
            "town_id": _or_none(self.town_id.data),
            "industry_code": self.industry_code.data or "",
            "org_kind": self.org_kind.data or "",
            "address": self.address.data or "",
        }


def _kinds(*kinds: OrganisationKind) -> list[Any]:
    return options((kind.value, kind.label) for kind in kinds)


class RegisterForm(_Organisation):
    """单位注册, by its own people."""

    kind = RadioField(
        "单位类别",
        [InputRequired("请选择单位类别")],
        choices=_kinds(OrganisationKind.ENTERPRISE, OrganisationKind.INSTITUTION),
    )
    contact_name = StringField("联系人姓名", [DataRequired("请填写联系人姓名"), Length(max=50)])
    contact_title = StringField("职务", [Optional(), Length(max=100)])
    phone = StringField("手机号", [DataRequired("请填写手机号"), Length(max=40)])
    email = StringField(
        "邮箱", [DataRequired("请填写邮箱，用于接收通知和找回密码"), Length(max=254)]
    )
    password = PasswordField("登录密码", [DataRequired("请设置登录密码"), Length(max=1000)])
    password_again = PasswordField(
        "再输入一遍密码",
        [DataRequired("请再输入一遍密码"), EqualTo("password", "两次输入的密码不一致")],
    )
    consent = BooleanField(
        "我已阅读并同意：平台为产学研对接的目的处理联系人的姓名、手机号和邮箱，只在双方同意对接后互见；"
        "可随时查阅、更正或撤回同意",
        [InputRequired("须同意后才能注册")],
    )

    def fields(self) -> dict[str, Any]:
        """Return the model's values, the kind among them."""
        return {**super().fields(), "kind": OrganisationKind(self.kind.data)}


class AddForm(_Organisation):
    """代录单位, by an officer: the code may be missing, or odd with a reason."""

    kind = RadioField(
        "单位类别", [InputRequired("请选择单位类别")], choices=_kinds(*OrganisationKind)
    )
    uscc = StringField("统一社会信用代码", [Optional(), Length(max=40)])
    odd_reason = StringField(
        "放行异常代码的理由",
        [Optional(), Length(max=200)],
        description="证照上的代码确实通不过校验时填写，将记入审计日志",
    )

    def fields(self) -> dict[str, Any]:
        """Return the model's values, the kind among them."""
        return {**super().fields(), "kind": OrganisationKind(self.kind.data)}


class EditForm(_Organisation):
    """维护单位资料; which fields matter depends on what the organisation is."""

    uscc = StringField("统一社会信用代码", [Optional(), Length(max=40)])
    aliases = StringField("别名", [Optional(), Length(max=300)], description="多个用顿号隔开")
    intro = TextAreaField("单位简介", [Optional(), Length(max=2000, message="简介最多 2000 字")])
    tech_field_code = SelectField("技术领域")
    chain_node_id = SelectField("产业链环节")
    tier = SelectField("企业梯次")
    hte_cert_no = StringField("高企证书编号", [Optional(), Length(max=30)])
    hte_valid_to = DateField("高企证书有效期至", [Optional()])
    is_above_scale = BooleanField("规模以上企业")
    founded_on = DateField("成立日期", [Optional()])
    legal_rep = StringField("法定代表人", [Optional(), Length(max=50)])
    controllers = TextAreaField(
        "股东与实际控制人", [Optional(), Length(max=5000)], description=stakes.HELP
    )
    staff_count = IntegerField("职工人数", [Optional(), NumberRange(0, 10_000_000)])
    rd_staff_count = IntegerField("研发人员数", [Optional(), NumberRange(0, 10_000_000)])
    contact_name = StringField("联系人", [Optional(), Length(max=50)])
    contact_phone = StringField("联系电话", [Optional(), Length(max=40)])
    contact_email = StringField("联系邮箱", [Optional(), Length(max=254)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tech_field_code.choices = _codes("tech_field")
        self.tier.choices = _codes("enterprise_tier")
        nodes = places.chain_nodes()
        self.chain_node_id.choices = options(((str(n.id), str(n)) for n in nodes), empty=PLEASE)

    def validate_controllers(self, field: Any) -> None:
        """Every line reads; the ratios do not exceed the whole."""
        try:
            stakes.parse(field.data or "")
        except stakes.StakeError as error:
            raise ValidationError(str(error)) from error

    def validate_rd_staff_count(self, field: Any) -> None:
        """Researchers are part of the staff."""
        if field.data is not None and (self.staff_count.data or 0) < field.data:
            raise ValidationError("研发人员数不能多于职工人数")

    def fields(self) -> dict[str, Any]:
        """Return the model's values."""
        plain = {
            name: self[name].data or ""
            for name in ("intro", "tech_field_code", "tier", "hte_cert_no", "legal_rep")
        }
        same = {
            name: self[name].data
            for name in (
                "hte_valid_to",
                "is_above_scale",
                "founded_on",
                "staff_count",
                "rd_staff_count",
            )
        }
        contact = {
            n: self[n].data or "" for n in ("contact_name", "contact_phone", "contact_email")
        }
        words = _plain(self.aliases.data).replace("，", "、").replace(",", "、").split("、")
        return {
            **super().fields(),
            **plain,
            **same,
            **contact,
            "chain_node_id": _or_none(self.chain_node_id.data),
            "controllers": stakes.parse(self.controllers.data or ""),
            "aliases": [word.strip() for word in words if word.strip()],
        }


class RenameForm(Form):
    """更名, by an officer."""

    name = StringField(
        "新名称",
        [DataRequired("请填写营业执照或法人证书上的新名称"), Length(2, 100)],
        filters=[_plain],
    )
    basis = StringField(
        "依据",
        [DataRequired("请写明依据"), Length(max=300)],
        description="如：登记机关准予变更登记通知书文号、日期",
    )


class ReasonForm(Form):
    """A decision with its reason."""

    reason = StringField("理由", [Optional(), Length(max=500, message="理由最多 500 字")])
