"""Chapter two: enterprises and universities register, the officer verifies; experts apply."""

import re

from play.cast import PASSWORD, Cast, set_password
from play.person import Refused

FIRMS = (
    # key, name, credit code, administrator
    ("enterprise", "海澜东岳泵阀有限公司", "91371099MA00000013", "企业·赵立新"),
)
LATHE, DOCK = "澜州理工大学", "滨海智能装备研究院"
INSTITUTIONS = (
    # key of the office, name, credit code, kind, administrator, key of the researcher, researcher
    ("office_a", LATHE, "12370000MB00000017", "高等", "科研处·何静", "team_a", "研究·周启明"),
    ("office_b", DOCK, "12370000MB00000025", "科研", "科研处·罗岚", "team_b", "研究·吴思远"),
)
EXPERTS = tuple(
    (f"expert_{number}", f"专家·{name}", school)
    for number, (name, school) in enumerate(
        (
            ("郑国华", "华东工业大学"),
            ("王海宁", "中原理工大学"),
            ("李慕青", "西部机械研究所"),
            ("冯志远", "江南大学堂"),
            ("陈书瑶", "北方智能制造研究院"),
            ("褚天阔", "岭南工学院"),
            ("卫明远", "关中精密研究所"),
            ("蒋云舟", "东海装备学院"),
            ("沈怀瑾", "蜀都自动化研究所"),
        ),
        start=1,
    )
)


def code(first_17: str) -> str:
    """Return a made-up but valid credit code (GB 32100) for its first 17 characters."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(first_17[:17]))
    return first_17[:17] + letters[-total % 31]


def register(cast: Cast) -> None:
    """Each organisation registers with its first account; the officer verifies it."""
    for key, name, number, who in FIRMS:
        fields = {"kind": "enterprise", "town_id": "≈临港街道", "industry_code": "≈通用设备"}
        _register(cast, key, who, {"name": name, "uscc": code(number), **fields})
    for key, name, number, kind, who, _, _ in INSTITUTIONS:
        fields = {"kind": "institution", "org_kind": f"≈{kind}"}
        _register(cast, key, who, {"name": name, "uscc": code(number), **fields})
    officer = cast["officer"]
    for _ in (*FIRMS, *INSTITUTIONS):
        officer.open("/organisations/desk")
        officer.press("通过认证")


def _register(cast: Cast, key: str, who: str, fields: dict[str, str]) -> None:
    person = cast.join(key, who, fields["uscc"])
    person.open("/register")
    person.press(
        "提交注册",
        {
            "contact_name": who.partition("·")[2],
            "phone": f"1380000{len(cast.people):04}",
            "email": f"{key}@example.cn",
            "password": PASSWORD,
            "password_again": PASSWORD,
            "consent": "y",
            **fields,
        },
    )
    person.sign_in()


def researchers(cast: Cast) -> None:
    """Each university office invites its researcher, who sets a password."""
    for office, _, _, _, _, key, name in INSTITUTIONS:
        admin = cast[office]
        admin.open("/members/invite")
        login = f"{key}@example.cn"
        page = admin.press(
            "邀请", {"name": name.partition("·")[2], "login": login, "roles": "≈科研人员"}
        )
        set_password(cast.join(key, name, login), link_on(page.markup))


def link_on(markup: str) -> str:
    """Return the one-time link a page shows once."""
    found = re.search(r"/link/[\w-]+", markup)
    if found is None:
        message = "页面没有显示一次性链接"
        raise Refused(message)
    return found[0]


def experts(cast: Cast) -> None:
    """Nine experts get accounts, apply with their consent, and are admitted by two people."""
    sysadmin, secadmin = cast["sysadmin"], cast["secadmin"]
    for key, name, school in EXPERTS:
        login = f"{key}@example.cn"
        sysadmin.open("/users/new")
        page = sysadmin.press(
            "新建账号",
            {"name": name.partition("·")[2], "login": login, "roles": "≈评审专家"},
            quiet=True,
        )
        secadmin.open("/users/grants")
        secadmin.press("批准", quiet=True)
        expert = cast.join(key, name, login)
        set_password(expert, link_on(page.markup))
        expert.open("/experts/new")
        expert.press("提交", _application(name, school, len(cast.people)), quiet=True)
        cast.made[key] = expert.page.url
        for who, button in (("officer", "提请入库"), ("leader", "批准入库")):
            cast[who].open(expert.page.url)
            cast[who].press(button, quiet=True)
    cast["leader"].say(f"批准 {len(EXPERTS)} 位专家入库")


def _application(name: str, school: str, number: int) -> dict[str, str | list[str]]:
    return {
        "name": name.partition("·")[2],
        "org_name": school,
        "title": "教授",
        "tech_field_codes": ["≈先进制造工艺与装备", "≈工业生产过程控制系统"],
        "keywords": "机器人、力控、打磨、在线测量",
        "bio": "长期从事机器人恒力控制、铸件打磨与在线测量研究，承担多项装备攻关。",
        "phone": f"1390000{number:04}",
        "email": f"expert{number}@example.cn",
        "myself": "y",
    }
