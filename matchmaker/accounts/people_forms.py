"""Forms of members and bureau accounts."""

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.accounts import grants
from matchmaker.accounts.models import OrganisationKind
from matchmaker.forms import Form, options
from matchmaker.lifecycles import Role
from matchmaker.places import operations as places


class Roles(SelectMultipleField):
    """Roles as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _roles(field: Any) -> list[Role]:
    return [Role(value) for value in field.data or []]


class PersonForm(Form):
    """What every new account needs."""

    name = StringField("姓名", [DataRequired("请填写姓名"), Length(max=50)])
    login = StringField(
        "登录账号",
        [DataRequired("请填写登录账号"), Length(max=100)],
        description="建议用本人邮箱或工号，建立后不能修改",
    )
    title = StringField("职务或职称", [Optional(), Length(max=100)])
    phone = StringField("手机号", [Optional(), Length(max=40)])
    email = StringField(
        "邮箱", [Optional(), Length(max=254)], description="填写后会同时收到激活邮件"
    )
    roles = Roles("角色")

    def fields(self) -> dict[str, Any]:
        """Return the model's values."""
        return {n: self[n].data or "" for n in ("name", "login", "title", "phone", "email")}

    def chosen(self) -> list[Role]:
        """Return the roles that were ticked."""
        return _roles(self.roles)


class InviteForm(PersonForm):
    """邀请成员."""

    def __init__(self, *, kind: OrganisationKind) -> None:
        super().__init__()
        self.roles.choices = options((r.value, r.label) for r in grants.OFFERED[kind])


class StaffForm(PersonForm):
    """新建账号, by the system administrator."""

    section_id = SelectField("科室")
    town_id = SelectField("所在镇街", description="镇街科技助理必填")

    def __init__(self) -> None:
        super().__init__()
        self.roles.choices = options((r.value, r.label) for r in grants.REQUESTED)
        sections, towns = places.sections(), places.towns()
        self.section_id.choices = options(((str(s.id), s.name) for s in sections), empty="无")
        self.town_id.choices = options(((str(t.id), t.name) for t in towns), empty="无")

    def fields(self) -> dict[str, Any]:
        """Return the model's values."""
        places_ = {
            n: int(self[n].data) if self[n].data else None for n in ("section_id", "town_id")
        }
        return {**super().fields(), **places_}


class RolesForm(Form):
    """调整角色 of a member."""

    roles = Roles("角色")

    def __init__(self, *, kind: OrganisationKind, held: frozenset[Role] = frozenset()) -> None:
        super().__init__(data={"roles": [role.value for role in held]})
        self.roles.choices = options((r.value, r.label) for r in grants.OFFERED[kind])

    def chosen(self) -> list[Role]:
        """Return the roles that were ticked."""
        return _roles(self.roles)


class RequestForm(Form):
    """申请角色 for an account."""

    role = SelectField("角色", [DataRequired("请选择角色")])

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = options(((r.value, r.label) for r in grants.REQUESTED), empty="请选择")
