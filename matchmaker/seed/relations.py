"""Related parties of the demonstration district: some planted, found by the resolver, judged."""

from sqlalchemy import select

from matchmaker.accounts import renaming
from matchmaker.accounts.models import Organisation
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.kinship import Kind
from matchmaker.relations import declaring, operations
from matchmaker.relations.models import RelationHit, Source
from matchmaker.seed.parties import District

# Organisation → what its registration says beside what the written district has.
REGISTERED: dict[str, dict[str, object]] = {
    "machinery-e1": {"holders": (("machinery-e4", "30"), ("林崇礼", "70"))},
    "machinery-e6": {"holders": (("machinery-e2", "12.5"), ("梁绍辉", "87.5"))},
    "materials-e2": {"address": "海澜区高新技术产业园区创新路66号3号楼502室"},
    "materials-e7": {"address": "澜州市海澜区高新技术产业园区创新路６６号3号楼502"},
    "energy-e5": {"contact_phone": "0639-5218866"},
    "energy-e7": {"contact_phone": "(0639)5218866"},
    "life-e6": {"legal_rep": "司徒砚秋"},
    "life-e7": {"legal_rep": "司徒砚秋"},
}
PAIRS = (
    ("machinery-e1", "machinery-e4"),
    ("machinery-e6", "machinery-e2"),
    ("materials-e2", "materials-e7"),
    ("energy-e5", "energy-e7"),
    ("life-e6", "life-e7"),
)
# Which pair's hit is judged, by whom, how and with what words.
JUDGED = (
    ("materials-e2", "officer", "dismiss", "两家租用同一处众创空间，无股权和人员往来，已核对执照"),
    ("machinery-e6", "officer", "confirm", "企业登记信息核对属实，参股 12.5% 且派有董事"),
    ("life-e6", "section_chief", "dismiss", "经核对身份信息，系同名不同人"),
)  # fmt: skip


def fill_relations(district: District) -> int:
    """Plant registrations, a declaration and a former name; return how many hits were kept."""
    for key, facts in REGISTERED.items():
        _register(district, district.organisations[key], dict(facts))
    db.session.flush()
    _rename(district)
    experts = _experts(district)
    now = district.days_ago(3)
    kept = {
        a: operations.check("look_up", "", [_of(district, a)], [_of(district, b)], now=now,
                            label="人工查询")
        for a, b in PAIRS
    }  # fmt: skip
    for expert, key in experts:
        operations.check(
            "look_up", "", [expert], [_of(district, key)], now=now, label="评审专家回避核对"
        )
    for key, login, action, reason in JUDGED:
        for row in kept[key]:
            by = district.users[login]
            version = str(row.version)
            operations.judge(
                row, action, reason=reason, version=version, by=by, now=district.days_ago(2)
            )
    return len(db.session.scalars(select(RelationHit.id)).all())


def _of(district: District, key: str) -> Organisation:
    return district.organisations[key]


def _register(district: District, row: Organisation, facts: dict[str, object]) -> None:
    holders = facts.pop("holders", ())
    for name, value in facts.items():
        setattr(row, name, value)
    stakes = []
    for holder, ratio in holders:  # type: ignore[attr-defined]
        known = district.organisations.get(holder)
        code = (known.uscc or "") if known else ""
        stakes.append({"name": known.name if known else holder, "ratio": ratio, "uscc": code})
    if stakes:
        row.controllers = stakes


def _rename(district: District) -> None:
    """Let a university have had another name, under which an expert is still filed."""
    university = district.organisations["machinery-i1"]
    present, university.name = university.name, "澜州工学院"
    db.session.flush()
    renaming.rename(
        university, present, basis="教育部更名批复（演示）", version=university.version,
        by=district.users["officer"], now=district.days_ago(200),
    )  # fmt: skip


def _experts(district: District) -> list[tuple[Expert, str]]:
    """Give three experts something to keep away from; return each with the organisation."""
    query = select(Expert).order_by(Expert.id).limit(4)
    partner, _, kin, renamed = db.session.scalars(query).all()
    firm, other = _of(district, "machinery-e3"), _of(district, "machinery-e4")
    partner.recent_partners = [firm.name]
    renamed.organisation_id, renamed.org_name = None, "澜州工学院机械工程学院"
    db.session.flush()
    sides = declaring.Sides(kin.name, kin.organisation_name, other.legal_rep, other.name)
    declaring.declare(
        sides, kind=Kind.KIN, source=Source.SELF, words="妻弟", on=None,
        by=district.users["officer"], now=district.days_ago(20),
    )  # fmt: skip
    return [(partner, "machinery-e3"), (kin, "machinery-e4"), (renamed, "machinery-i1")]
