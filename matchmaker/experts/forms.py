"""The application of an expert, by the expert or by whoever recommends one."""

from typing import Any

from wtforms import BooleanField, ValidationError

from matchmaker import codes
from matchmaker.pools.forms import PoolForm
from matchmaker.pools.inputs import CheckBoxes, Wanted, Words, line, paragraph
from matchmaker.pools.specs import Stage

CONSENT = (
    "本人同意进入专家库：姓名、单位、职称、领域和关键词向已认证用户展示，"
    "联系方式仅科技局用于联络；可随时撤回"
)


def _ticked(_form: Any, field: Any) -> None:
    if not field.data:
        raise ValidationError("请勾选同意后再提交；不同意则不能入库")


class ExpertForm(PoolForm):
    """An expert on one page; the consent box is there only for one's own application."""

    name = line("姓名", 50, wanted=True)
    org_name = line("工作单位", 100, description="单位已在平台登记并由本单位填报的可以不填")
    title = line("职称职务", 50, wanted=True)
    tech_field_codes = CheckBoxes(
        "技术领域", codes.choices("tech_field"), validators=[Wanted()], description="1 至 3 个"
    )
    keywords = Words("关键词", [Wanted()], description="3 至 10 个，用顿号隔开；参与匹配")
    bio = paragraph("研究方向与成就", 2000, description="参与匹配，认证用户可见")
    slots = Words("可预约时段", description="如：周三下午、每月第一个周五")
    phone = line("手机", 20, wanted=True, description="仅科技局可见，查看会留下记录")
    email = line("邮箱", 100, description="仅科技局可见")
    recent_partners = Words("近三年合作单位", longest=60, description="仅科技局可见，用于评审回避")
    myself = BooleanField(CONSENT, [Wanted(), _ticked])

    def prepare(self, row: Any, viewer: Any) -> None:
        """Ask for consent only when somebody applies for oneself."""
        if row is not None or not applies(viewer):
            del self.myself

    def content(self) -> dict[str, Any]:
        """Return attribute → value; consent is a deed of its own."""
        found = super().content()
        found.pop("myself", None)
        return found


def applies(viewer: Any) -> bool:
    """Tell whether the viewer applies for oneself rather than recommending somebody."""
    return not viewer.roles & {"officer", "institution_admin"}


STAGES = (
    Stage(
        "expert",
        "专家",
        (
            "name",
            "org_name",
            "title",
            "tech_field_codes",
            "keywords",
            "bio",
            "slots",
            "phone",
            "email",
            "recent_partners",
            "myself",
        ),
    ),
)
