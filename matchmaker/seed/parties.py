"""Towns, sections, chains, organisations and people of the demonstration district."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from stdnum.cn import uscc

from matchmaker.accounts import passwords
from matchmaker.accounts.models import Organisation, OrganisationKind, RoleGrant, User
from matchmaker.extensions import db
from matchmaker.lifecycles import OrganisationState, Role, UserState
from matchmaker.places.models import ChainNode, Section, Town
from matchmaker.seed import reading

REGION = "371099"
PASSWORD = "Hailan-Demo-2026"  # noqa: S105 - printed on the sign-in page of a demonstration
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
# Organisations that are not simply verified, by their place in the written order.
ODD_STATES = {
    7: OrganisationState.PENDING,
    22: OrganisationState.PENDING,
    38: OrganisationState.REJECTED,
    51: OrganisationState.UNCLAIMED,
    58: OrganisationState.UNCLAIMED,
}
STAFF = (
    ("officer", "周敏", "产学研合作科", Role.OFFICER),
    ("officer2", "何立群", "高新技术科", Role.OFFICER),
    ("officer3", "唐晓舟", "农村与社会发展科技科", Role.OFFICER),
    ("section_chief", "邱国平", "产学研合作科", Role.SECTION_CHIEF),
    ("leader", "林静远", "", Role.LEADER),
    ("auditor", "沈如海", "", Role.AUDITOR),
    ("sysadmin", "程一帆", "", Role.SYSADMIN),
    ("secadmin", "汪雪梅", "", Role.SECADMIN),
)


@dataclass
class District:
    """What later steps look rows up in."""

    now: datetime
    towns: dict[str, Town] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    chain_nodes: list[ChainNode] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    user_ids: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)  # key → id
    needs: dict[str, int] = field(default_factory=dict)
    password_hash: str = ""

    def let_go(self) -> None:
        """Keep the ids alone: what a session holds it reads again after every commit."""
        self.user_ids = {login: user.id for login, user in self.users.items()}
        self.users = {}
        db.session.expunge_all()

    def days_ago(self, days: float) -> datetime:
        """Return the moment so many days before the seeding."""
        return self.now - timedelta(days=days)


def credit_code(prefix: str, number: int) -> str:
    """Return a valid fictional 统一社会信用代码 of the demonstration region."""
    body = f"{number:08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11
    check = {10: "X", 11: "0"}.get(rest, str(rest))
    code = f"{prefix}{REGION}{body}{check}"
    return code + str(uscc.calc_check_digit(code))


def fill_places(district: District) -> None:
    """Add towns and parks, sections and industrial chains."""
    for position, (name, kind) in enumerate(reading.TOWNS, start=1):
        code = f"{REGION}{position:03d}"
        district.towns[name] = Town(code=code, name=name, kind=kind, position=position)
    for position, name in enumerate(reading.SECTIONS, start=1):
        district.sections[name] = Section(name=name, position=position)
    position = 0
    for chain, links in reading.CHAINS.items():
        parent = ChainNode(name=chain, position=(position := position + 1))
        nodes = [
            ChainNode(name=x, parent=parent, position=(position := position + 1)) for x in links
        ]
        district.chain_nodes.extend(nodes)
    db.session.add_all([*district.towns.values(), *district.sections.values()])
    db.session.add_all(district.chain_nodes)
    db.session.flush()


def add_user(district: District, login: str, name: str, *roles: Role, **values: object) -> User:
    """Add an active account with its roles in force."""
    born = district.days_ago(300)
    user = User(
        login=f"{login}@demo",
        name=name,
        state=UserState.ACTIVE,
        password_hash=district.password_hash,
        password_changed_at=district.now,
        created_at=born,
        consented_at=born,
        grants=[RoleGrant(role=role, requested_at=born, approved_at=born) for role in roles],
        **values,
    )
    district.users[login] = user
    db.session.add(user)
    return user


def fill_staff(district: District) -> None:
    """Add the bureau's people and an assistant for every town."""
    district.password_hash = passwords.hashed(PASSWORD)
    for login, name, section, role in STAFF:
        found = district.sections.get(section)
        add_user(district, login, name, role, section_id=found.id if found else None)
    names = [
        "梁文博",
        "苏婉清",
        "尹大勇",
        "韩雨桐",
        "贺成",
        "丁香凝",
        "罗启明",
        "孟庆松",
        "卢佳",
        "彭海生",
        "邵宁",
        "夏知秋",
    ]
    for town, name in zip(district.towns.values(), names, strict=True):
        login = "town_officer" if town.position == 1 else f"town_officer{town.position}"
        add_user(district, login, name, Role.TOWN_OFFICER, town_id=town.id)


def fill_enterprises(district: District) -> None:
    """Add the sixty enterprises, each with an administrator."""
    number = 0
    for part in reading.parts():
        for entry in part.entries("enterprises"):
            number += 1
            organisation = Organisation(
                kind=OrganisationKind.ENTERPRISE,
                name=entry["name"],
                uscc=credit_code("91", 10_000_000 + number * 137),
                state=ODD_STATES.get(number, OrganisationState.ACTIVE),
                org_type="企业",
                town_id=district.towns[entry["town"]].id,
                region_code=REGION,
                address=f"海澜区{entry['town']}",
                intro=entry["product"],
                industry_code=entry["industry_code"],
                tech_field_code=entry["tech_field_code"],
                tier=entry["tier"],
                is_above_scale=entry["staff_count"] >= 150,  # noqa: PLR2004
                legal_rep=entry["legal_rep"],
                staff_count=entry["staff_count"],
                rd_staff_count=entry["rd_staff_count"],
                contact_name=entry["contact_name"],
                contact_phone=f"138{number * 7919 % 10**8:08d}",
                contact_email=f"lianxi{number}@example.cn",
                created_at=district.days_ago(
                    number % 5 + 1 if number in ODD_STATES else 320 - number
                ),
            )
            district.organisations[part.name_of(entry["key"])] = organisation
            db.session.add(organisation)
            db.session.flush()
            _fill_members(district, organisation, entry, number)


def _fill_members(
    district: District, organisation: Organisation, entry: dict[str, object], number: int
) -> None:
    if organisation.state is OrganisationState.UNCLAIMED:
        return
    first = number == 1
    admin = "enterprise_admin" if first else f"firm{number}"
    values = {"organisation_id": organisation.id}
    add_user(
        district,
        admin,
        str(entry["contact_name"]),
        Role.ENTERPRISE_ADMIN,
        phone=organisation.contact_phone,
        email=organisation.contact_email,
        **values,
    )
    if first:
        add_user(district, "enterprise_user", "石磊", Role.ENTERPRISE_USER, **values)


def fill_institutions(district: District) -> None:
    """Add the research organisations; one that two parts name is one organisation."""
    number = 0
    for part in reading.parts():
        for entry in part.entries("institutions"):
            known = db.session.scalar(
                select(Organisation).where(Organisation.name == entry["name"])
            )
            if known is not None:
                known.aliases = sorted({*known.aliases, *entry["aliases"]})
                district.organisations[part.name_of(entry["key"])] = known
                continue
            number += 1
            organisation = Organisation(
                kind=OrganisationKind.INSTITUTION,
                name=entry["name"],
                uscc=credit_code("12", 40_000_000 + number * 211),
                state=OrganisationState.ACTIVE,
                org_type="事业单位",
                org_kind=entry["org_kind"],
                aliases=entry["aliases"],
                is_resident=entry["is_resident"],
                region_code=REGION if entry["is_resident"] else "",
                contact_name="科研处",
                contact_phone=f"139{number * 6367 % 10**8:08d}",
                contact_email=f"keyanchu{number}@example.cn",
                created_at=district.days_ago(340 - number),
            )
            district.organisations[part.name_of(entry["key"])] = organisation
            db.session.add(organisation)
            db.session.flush()
            login = "institution_admin" if number == 1 else f"institute{number}"
            name = f"{entry['aliases'][0] if entry['aliases'] else '院所'}科研处"
            add_user(district, login, name, Role.INSTITUTION_ADMIN, organisation_id=organisation.id)
