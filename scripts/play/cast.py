"""Chapter one: three administrators and the bureau's own people."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from play.person import Person, Refused
from play.site import Site

PASSWORD = "Rehearsal-2026-Hailan"  # noqa: S105 - of a rehearsal's made-up people
STAFF = (
    # key, name, login, role as the form shows it
    ("officer", "经办·林晓", "linxiao@bureau.example", "局经办"),
    ("chief", "科长·高远", "gaoyuan@bureau.example", "科室负责人"),
    ("leader", "局长·苏敏", "sumin@bureau.example", "分管局长"),
    ("town", "镇街·田野", "tianye@bureau.example", "镇街科技助理"),
)


@dataclass
class Cast:
    """Everybody of the story by key, and what they have made so far."""

    site: Site
    people: dict[str, Person] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    kind: Callable[..., Person] = Person  # or one who sits at a real screen

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    def change(self, kind: Callable[..., Person]) -> None:
        """Let everybody go on with another kind of browser, in the sessions they have."""
        if kind == self.kind:
            return
        self.kind = kind
        for key, old in self.people.items():
            new = kind(old.home, old.name, old.login, old.password)
            new.remember(old.cookies())
            new.inside = old.inside
            old.leave()
            self.people[key] = new

    def join(self, key: str, name: str, login: str) -> Person:
        """Add somebody who knows his account and password."""
        self.people[key] = self.kind(self.site.home, name, login, PASSWORD)
        return self.people[key]


def administrators(cast: Cast) -> None:
    """`flask init` prints three one-time links; each administrator sets a password."""
    printed = cast.site.flask("init")
    links = dict(re.findall(r"账号 (\w+)）：\S*?(/link/\S+)", printed))
    for login, name in (
        ("sysadmin", "系统管理员"),
        ("secadmin", "安全员"),
        ("auditor", "督查·严正"),
    ):
        person = cast.join(login, name, login)
        set_password(person, links[login])


def set_password(person: Person, link: str) -> None:
    """Use a one-time link."""
    person.open(link)
    person.press("设置密码", {"password": PASSWORD, "password_again": PASSWORD})
    person.sign_in()


def staff(cast: Cast) -> None:
    """The system administrator makes accounts, the security administrator grants the roles."""
    sysadmin, secadmin = cast["sysadmin"], cast["secadmin"]
    sysadmin.open("/settings/lists/towns")
    sysadmin.press("添加", {"name": "临港街道", "code": "371099001"})
    sysadmin.open("/settings")
    said = {
        "bureau_name": "海澜区科学技术局",
        "phone": "0531-88880001",
        "address": "海澜区文昌路 1 号",
    }
    sysadmin.press("保存", said)
    sysadmin.open("/settings/lists/sections")
    sysadmin.press("添加", {"name": "成果转化科"})
    for key, name, login, role in STAFF:
        sysadmin.open("/users/new")
        fields = {"name": name.partition("·")[2], "login": login, "roles": f"≈{role}"}
        place = {"town_id": "≈临港"} if key == "town" else {"section_id": "≈成果转化科"}
        page = sysadmin.press("新建账号", {**fields, **place})
        found = re.search(r"/link/[\w-]+", page.markup)
        if not found:
            message = f"没有显示 {name} 的一次性链接"
            raise Refused(message)
        secadmin.open("/users/grants")
        secadmin.press("批准", {})
        set_password(cast.join(key, name, login), found[0])
